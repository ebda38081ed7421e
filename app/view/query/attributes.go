package query

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dingban/app/platform/ref"
)

// op is one way to compare an attribute: with how many values (-1 for one or more), and as which SQL.
type op struct {
	values int
	sql    func(c *compiler, location string, f Filter) string
}

type attribute struct{ ops map[string]op }

// attributes are those that a task has by itself. Times and ids are columns; what a task is tied to is in tables of
// pairs, asked by "IN (SELECT …)" so that the database may begin there when that is less to read.
var attributes = map[string]attribute{
	"project":    column("t.project_id", false),
	"state":      column("t.state_id", false),
	"creator":    column("t.created_by", false),
	"parent":     column("t.parent_id", true),
	"assignee":   pairs("SELECT x.task_id FROM task_assignee x WHERE x.person_id IN (%s)", "SELECT x.task_id FROM task_assignee x WHERE x.task_id = t.id"),
	"follower":   pairs("SELECT x.task_id FROM task_follower x WHERE x.person_id IN (%s)", "SELECT x.task_id FROM task_follower x WHERE x.task_id = t.id"),
	"department": department(),
	"label":      label(),
	"category":   category(),
	"priority":   codes("t.priority", "none", "low", "medium", "high", "urgent"),
	"title":      {map[string]op{"contains": {values: 1}, "notContains": {values: 1}}},
	"start":      times("t.start_at"),
	"due":        due(),
	"created":    times("t.created_at"),
	"updated":    times("t.updated_at"),
	"done":       times("t.done_at"),
	"estimate":   numbers("t.estimate", 525_600),
	"comments":   numbers("t.comment_count", 1_000_000),
	"subtasks":   numbers("t.sub_count", 1_000_000),
	"progress":   progress(),
}

// ids reads the values as ids; me is the person asking.
func (c *compiler) ids(location string, f Filter) []int64 {
	people := f.Field == "assignee" || f.Field == "follower" || f.Field == "creator"
	ids := make([]int64, 0, len(f.Values))
	for i, v := range f.Values {
		if people && v == "me" {
			ids = append(ids, c.env.Me)
			continue
		}
		id, err := strconv.ParseInt(v, 10, 64)
		if err != nil || id <= 0 || id > ref.MaxID {
			c.Add(fmt.Sprintf("%s.values[%d]", location, i), "view.bad_id")
			continue
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 { // only after a fault; the SQL is thrown away
		return []int64{0}
	}
	return ids
}

func plain(sql string) op { return op{0, func(*compiler, string, Filter) string { return sql }} }

func column(name string, optional bool) attribute {
	list := func(not string) op {
		return op{-1, func(c *compiler, at string, f Filter) string {
			return name + not + " IN (" + c.marks(c.ids(at, f)) + ")"
		}}
	}
	ops := map[string]op{"in": list(""), "notIn": list(" NOT")}
	if optional {
		ops["empty"], ops["notEmpty"] = plain(name+" = 0"), plain(name+" > 0")
	}
	return attribute{ops}
}

// pairs is an attribute in a table of pairs: with any of some ids, with none of them, with nothing at all.
func pairs(some, every string) attribute {
	list := func(not string) op {
		return op{-1, func(c *compiler, at string, f Filter) string {
			return "t.id" + not + " IN (" + fmt.Sprintf(some, c.marks(c.ids(at, f))) + ")"
		}}
	}
	return attribute{map[string]op{
		"in": list(""), "notIn": list(" NOT"), "empty": plain("NOT EXISTS (" + every + ")"), "notEmpty": plain("EXISTS (" + every + ")"),
	}}
}

func department() attribute {
	const some = "SELECT x.task_id FROM task_assignee x JOIN org_person p ON p.id = x.person_id WHERE p.department_id IN (%s)"
	list := func(not string) op {
		return op{-1, func(c *compiler, at string, f Filter) string {
			var all []int64
			for _, id := range c.ids(at, f) {
				all = append(append(all, id), c.env.Below(id)...)
			}
			slices.Sort(all)
			return "t.id" + not + " IN (" + fmt.Sprintf(some, c.marks(slices.Compact(all))) + ")"
		}}
	}
	return attribute{map[string]op{"in": list(""), "notIn": list(" NOT")}}
}

// label has all besides: each of some labels. A label that was deleted is none.
func label() attribute {
	const some = "SELECT x.task_id FROM task_label x WHERE x.label_id IN (%s)"
	a := pairs(some, "SELECT x.task_id FROM task_label x JOIN label l ON l.id = x.label_id WHERE x.task_id = t.id AND l.deleted_at = 0")
	a.ops["all"] = op{-1, func(c *compiler, at string, f Filter) string {
		ids := c.ids(at, f)
		parts := make([]string, len(ids))
		for i, id := range ids {
			parts[i] = "t.id IN (" + fmt.Sprintf(some, c.marks([]int64{id})) + ")"
		}
		return "(" + strings.Join(parts, " AND ") + ")"
	}}
	return a
}

func (c *compiler) code(location, value string, allowed []string) any {
	c.OneOf(location, value, allowed...)
	return value
}

func codes(name string, allowed ...string) attribute { return coded(name+"%s IN (%s)", allowed) }

// category is that of the state a task stands in.
func category() attribute {
	return coded("t.state_id%s IN (SELECT b.id FROM board_state b WHERE b.category IN (%s))", []string{"todo", "doing", "done"})
}

func coded(sql string, allowed []string) attribute {
	list := func(not string) op {
		return op{-1, func(c *compiler, at string, f Filter) string {
			for i, v := range f.Values {
				c.arg(c.code(fmt.Sprintf("%s.values[%d]", at, i), v, allowed))
			}
			return fmt.Sprintf(sql, not, strings.TrimSuffix(strings.Repeat("?,", len(f.Values)), ","))
		}}
	}
	return attribute{map[string]op{"in": list(""), "notIn": list(" NOT")}}
}

func (c *compiler) number(location string, f Filter, most int64) int64 {
	n, err := strconv.ParseInt(f.Values[0], 10, 64)
	if err != nil || n < 0 || n > most {
		c.Add(location+".values[0]", "view.bad_number", "max", most)
	}
	return n
}

func numbers(name string, most int64) attribute {
	compare := func(sign string) op {
		return op{1, func(c *compiler, at string, f Filter) string {
			c.arg(c.number(at, f, most))
			return name + sign + "?"
		}}
	}
	return attribute{map[string]op{
		"eq": compare(" = "), "gte": compare(" >= "), "lte": compare(" <= "), "empty": plain(name + " = 0"), "notEmpty": plain(name + " > 0"),
	}}
}

// progress is not stored for tasks with subtasks or a checklist, and databases divide differently: p >= n is asked as
// 100 * done >= n * count, and p <= n as its contrary for n + 1.
func progress() attribute {
	atLeast := func(c *compiler, n int64) string {
		c.arg(n, n, n, n)
		return "(t.done_at > 0 AND 100 >= ? OR t.done_at = 0 AND (t.sub_count > 0 AND 100 * t.sub_done >= ? * t.sub_count" +
			" OR t.sub_count = 0 AND t.check_count > 0 AND 100 * t.check_done >= ? * t.check_count" +
			" OR t.sub_count = 0 AND t.check_count = 0 AND t.progress >= ?))"
	}
	return attribute{map[string]op{
		"gte": {1, func(c *compiler, at string, f Filter) string { return atLeast(c, c.number(at, f, 100)) }},
		"lte": {1, func(c *compiler, at string, f Filter) string { return "NOT " + atLeast(c, c.number(at, f, 100)+1) }},
		"eq": {1, func(c *compiler, at string, f Filter) string {
			n := c.number(at, f, 100)
			return "(" + atLeast(c, n) + " AND NOT " + atLeast(c, n+1) + ")"
		}},
	}}
}
