// Package query turns the tree of conditions that people put together into the common subset of SQL, with everything
// they wrote as parameters. It knows no database: it only says what is wrong with a tree, and where.
package query

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"dingban/app/platform/input"
)

// Bounds of a tree.
const (
	MaxDepth      = 4
	MaxConditions = 40
	MaxValues     = 50
	maxText       = 100
)

// Filter is a group of conditions, or one condition.
type Filter struct {
	All    []Filter `json:"all,omitempty" doc:"A group: all of these hold. A tree has at most 4 levels of groups and 40 conditions."`
	Any    []Filter `json:"any,omitempty" doc:"A group: one of these holds. A condition on the title stands in groups of all only."`
	Field  string   `json:"field,omitempty" doc:"A condition: the attribute. project, state, category, assignee, department (of those responsible, with the departments below), follower, creator, priority, label, parent, title, start, due, created, updated, done, estimate (minutes), progress (percent), subtasks and comments (how many)." example:"due"`
	Op     string   `json:"op,omitempty" doc:"How it is compared: in, notIn, all (labels), empty, notEmpty, contains, notContains (title), is, before, after, between (times), eq, gte, lte (numbers)." example:"is"`
	Values []string `json:"values,omitempty" doc:"With what, at most 50: ids, codes, me, numbers, days of UTC+8 as 2026-11-28, or for is one of today, yesterday, tomorrow, thisWeek, lastWeek, nextWeek, thisMonth, lastMonth, nextMonth, next7, next30, last7, last30, overdue (due only)."`
}

// Env is what conditions refer to without naming it.
type Env struct {
	// Now decides what today is, in days of UTC+8.
	Now time.Time
	// Me is the person asking.
	Me int64
	// Below gives a department and those below it.
	Below func(department int64) []int64
}

// Text is a condition on titles, which are sealed: whoever reads the tasks has to test it.
type Text struct {
	part string
	not  bool
}

// Query is a tree as SQL about the task t. What Texts ask for is not in it.
type Query struct {
	Where string
	Args  []any
	Texts []Text
}

// Matches tells whether a title is as the tree wants it.
func (q Query) Matches(title string) bool {
	title = strings.ToLower(title)
	for _, t := range q.Texts {
		if strings.Contains(title, t.part) == t.not {
			return false
		}
	}
	return true
}

// Compile checks a tree and turns it into SQL. location is where the tree stands in the request; faults name the place
// below it. No tree is no condition.
func Compile(location string, f *Filter, env Env) (Query, error) {
	c := compiler{env: env}
	if f == nil {
		return Query{Where: "1 = 1"}, nil
	}
	where := c.node(location, *f, 1, true)
	if c.conditions > MaxConditions {
		c.Add(location, "view.too_many_conditions", "max", MaxConditions)
	}
	if err := c.Err(); err != nil {
		return Query{}, err
	}
	return Query{Where: where, Args: c.args, Texts: c.texts}, nil
}

type compiler struct {
	input.Check
	env        Env
	args       []any
	texts      []Text
	conditions int
}

// node gives the SQL of a group or a condition, in brackets. inAll says that everything above is a group of all.
func (c *compiler) node(location string, f Filter, level int, inAll bool) string {
	if f.Field != "" {
		if f.All != nil || f.Any != nil {
			c.Add(location, "view.bad_node")
			return ""
		}
		c.conditions++
		if c.conditions > MaxConditions { // told once, at the top
			return ""
		}
		return c.condition(location, f, inAll)
	}
	if f.Op != "" || f.Values != nil || f.All != nil && f.Any != nil {
		c.Add(location, "view.bad_node")
		return ""
	}
	if level > MaxDepth {
		c.Add(location, "view.too_deep", "max", MaxDepth)
		return ""
	}
	name, nodes, glue := "all", f.All, " AND "
	if f.Any != nil {
		name, nodes, glue, inAll = "any", f.Any, " OR ", false
	}
	if len(nodes) == 0 {
		return "1 = 1" // a group nobody has filled yet restricts nothing
	}
	parts := make([]string, len(nodes))
	for i, n := range nodes {
		if c.conditions > MaxConditions {
			break
		}
		parts[i] = c.node(fmt.Sprintf("%s.%s[%d]", location, name, i), n, level+1, inAll)
	}
	return "(" + strings.Join(parts, glue) + ")"
}

func (c *compiler) condition(location string, f Filter, inAll bool) string {
	a, known := attributes[f.Field]
	if !known {
		c.Add(location+".field", "view.no_such_field")
		return ""
	}
	op, known := a.ops[f.Op]
	if !known {
		c.Add(location+".op", "view.bad_op")
		return ""
	}
	if len(f.Values) > MaxValues {
		c.Add(location+".values", "view.too_many_values", "max", MaxValues)
		return ""
	}
	if op.values >= 0 && len(f.Values) != op.values {
		c.Add(location+".values", "view.bad_values", "count", op.values)
		return ""
	}
	if op.values < 0 && len(f.Values) == 0 {
		c.Add(location+".values", "field.required")
		return ""
	}
	if f.Field == "title" {
		return c.title(location, f, inAll)
	}
	return op.sql(c, location, f)
}

func (c *compiler) title(location string, f Filter, inAll bool) string {
	part := strings.ToLower(strings.TrimSpace(f.Values[0]))
	switch n := utf8.RuneCountInString(part); {
	case !inAll:
		c.Add(location+".field", "view.title_in_any")
	case n == 0:
		c.Add(location+".values[0]", "field.required")
	case n > maxText:
		c.Add(location+".values[0]", "field.too_long", "max", maxText)
	}
	c.texts = append(c.texts, Text{part: part, not: f.Op == "notContains"})
	return "1 = 1"
}

// arg adds a parameter where the SQL has its mark.
func (c *compiler) arg(values ...any) { c.args = append(c.args, values...) }

// marks adds parameters and gives their marks.
func (c *compiler) marks(ids []int64) string {
	for _, id := range ids {
		c.arg(id)
	}
	return strings.TrimSuffix(strings.Repeat("?,", len(ids)), ",")
}
