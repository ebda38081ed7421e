package view

import (
	"cmp"
	"context"
	"slices"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"dingban/app/platform/actor"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/task"
	"dingban/app/view/query"
)

// Find gives a page of the tasks that a search chooses among those the person may read. Titles are sealed, so a
// condition on them is tested on at most 2,000 tasks a request: a page may then be shorter than asked for, even empty,
// and its cursor says how far the search has come.
func (s *Service) Find(ctx context.Context, q Search) ([]Found, string, error) {
	compiled, err := s.compile(ctx, "body.filter", q.Filter)
	if err != nil {
		return nil, "", err
	}
	if q.Sort.By == "" {
		q.Sort.By = "id"
	}
	var c input.Check
	checkSort(&c, "body.sort", q.Sort)
	if err := c.Err(); err != nil {
		return nil, "", err
	}
	q.Limit = db.Page{Limit: q.Limit}.Size()
	at, err := readCursor(q)
	if err != nil {
		return nil, "", err
	}
	if q.Sort.By == "title" {
		return s.byTitle(ctx, q, compiled, at)
	}
	out := make([]Found, 0, q.Limit)
	for range scanRounds {
		size := q.Limit - len(out) + 1
		if len(compiled.Texts) > 0 {
			size = scanSize
		}
		step := q.Sort.Behind(at)
		rows, err := s.tasks.Select(ctx, task.Selection{
			ProjectID: q.ProjectID, From: "task t" + step.Join, Where: compiled.Where + " AND " + step.Where,
			Args: slices.Concat(compiled.Args, step.Args), Order: step.Order, Limit: size,
		})
		if err != nil {
			return nil, "", err
		}
		for i := range rows {
			if compiled.Matches(rows[i].Title) {
				if len(out) == q.Limit {
					return out, cursor(q, at), nil
				}
				out = append(out, found(&rows[i]))
			}
			at = position(q.Sort, at.Stage, &rows[i])
		}
		if len(rows) < size {
			if at.Stage+1 == q.Sort.Stages() {
				return out, "", nil
			}
			at = query.Position{Stage: at.Stage + 1}
		}
	}
	return out, cursor(q, at), nil
}

// byTitle sorts in memory what the database cannot.
func (s *Service) byTitle(ctx context.Context, q Search, compiled query.Query, at query.Position) ([]Found, string, error) {
	rows, err := s.tasks.Select(ctx, task.Selection{
		ProjectID: q.ProjectID, From: "task t", Where: compiled.Where, Args: compiled.Args, Order: "t.id", Limit: maxByTitle + 1,
	})
	if err != nil {
		return nil, "", err
	}
	if len(rows) > maxByTitle {
		return nil, "", fault.Invalid(fault.At("body.sort.by", "view.too_many_to_sort", "max", maxByTitle))
	}
	rows = slices.DeleteFunc(rows, func(t task.Task) bool { return !compiled.Matches(t.Title) })
	order := collate.New(language.Chinese, collate.IgnoreCase, collate.Numeric)
	slices.SortFunc(rows, func(a, b task.Task) int {
		n := cmp.Or(order.CompareString(a.Title, b.Title), cmp.Compare(a.ID, b.ID))
		if q.Sort.Desc {
			return -n
		}
		return n
	})
	// The page goes on behind the last task shown; when that has gone, where it stood.
	first := 0
	if at.ID != 0 {
		first = min(int(at.Number), len(rows))
		if i := slices.IndexFunc(rows, func(t task.Task) bool { return t.ID == at.ID }); i >= 0 {
			first = i + 1
		}
	}
	last := min(first+q.Limit, len(rows))
	out := make([]Found, 0, last-first)
	for i := range rows[first:last] {
		out = append(out, found(&rows[first+i]))
	}
	if last == len(rows) {
		return out, "", nil
	}
	return out, cursor(q, query.Position{Number: int64(last), ID: rows[last-1].ID}), nil
}

func (s *Service) compile(ctx context.Context, location string, f *query.Filter) (query.Query, error) {
	who, _ := actor.From(ctx)
	var failed error
	compiled, err := query.Compile(location, f, query.Env{Now: s.clock.Now(), Me: who.PersonID, Below: func(department int64) []int64 {
		below, err := s.people.Descendants(ctx, department)
		failed = cmp.Or(failed, err)
		return below
	}})
	return compiled, cmp.Or(failed, err)
}

func checkSort(c *input.Check, location string, s query.Sort) {
	c.OneOf(location+".by", s.By, append(slices.Clone(query.Sorts), "title")...)
}

func cursor(q Search, at query.Position) string {
	return db.EncodeCursor(q.Sort.By, q.Sort.Desc, at.Stage, at.Number, at.Rank, at.ID)
}

// readCursor takes only a cursor of the same order: one of another would skip tasks without anybody noticing.
func readCursor(q Search) (at query.Position, err error) {
	if q.Cursor == "" {
		return at, nil
	}
	var by string
	var desc bool
	err = db.DecodeCursor(q.Cursor, &by, &desc, &at.Stage, &at.Number, &at.Rank, &at.ID)
	if err != nil || by != q.Sort.By || desc != q.Sort.Desc || at.Number < 0 || at.Stage < 0 || at.Stage >= q.Sort.Stages() {
		return at, fault.Invalid(fault.At("body.cursor", db.CodeCursor))
	}
	return at, nil
}

func position(s query.Sort, stage int, t *task.Task) query.Position {
	p := query.Position{Stage: stage, ID: t.ID}
	switch s.By {
	case "due":
		p.Number = orZero(t.DueAt)
	case "start":
		p.Number = orZero(t.StartAt)
	case "updated":
		p.Number = t.UpdatedAt
	case "state":
		p.Number, p.Rank = t.StateID, t.Rank
	}
	return p
}

func orZero(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

func found(t *task.Task) Found {
	return Found{Card: t.Card, ProjectName: t.ProjectName, CreatedBy: t.CreatedBy}
}
