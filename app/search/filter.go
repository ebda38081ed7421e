package search

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"dingban/app/platform/actor"
	"dingban/app/platform/fault"
	"dingban/app/search/posting"
	"dingban/app/search/query"
	"dingban/app/search/words"
)

// zone is the one in which days begin, as everywhere in the house.
func zone() *time.Location { return time.FixedZone("UTC+8", 8*60*60) }

// check is a filter made ready: it tells whether a document passes.
type check func(d *posting.Doc) bool

// filters are all filters of a query, made ready for the person acting.
type filters struct {
	checks []check
	// comments says that words are looked for in comments alone.
	comments bool
}

func (f *filters) pass(d *posting.Doc) bool {
	for _, c := range f.checks {
		if !c(d) {
			return false
		}
	}
	return true
}

// misunderstood names the part of a query that cannot be understood.
func misunderstood(code, part string) error {
	return fault.Invalid(fault.At("query.q", code, "part", part))
}

// prepare looks up what filters name. What a person may not read is not there for them.
func (s *Service) prepare(ctx context.Context, all []query.Filter) (*filters, error) {
	f := &filters{}
	for i := range all {
		q := &all[i]
		c, err := s.ready(ctx, q, f)
		if err != nil {
			return nil, err
		}
		if q.Not {
			yes := c
			c = func(d *posting.Doc) bool { return !yes(d) }
		}
		f.checks = append(f.checks, c)
	}
	return f, nil
}

func (s *Service) ready(ctx context.Context, q *query.Filter, f *filters) (check, error) {
	switch q.Field {
	case query.Due:
		return func(d *posting.Doc) bool {
			return isTask(d) && q.Span.Holds(d.Due) && (!q.Span.Overdue || d.Done == 0)
		}, nil
	case query.Created:
		return func(d *posting.Doc) bool { return q.Span.Holds(d.Created) }, nil
	case query.Updated:
		return func(d *posting.Doc) bool { return q.Span.Holds(d.Updated) }, nil
	case query.Done:
		return func(d *posting.Doc) bool { return isTask(d) && q.Span.Holds(d.Done) }, nil
	case query.Project:
		return s.inProjects(ctx, q)
	case query.State:
		return s.inStates(ctx, q)
	case query.Assignee:
		ids, none, err := s.named(ctx, q)
		return func(d *posting.Doc) bool {
			return isTask(d) && (none && len(d.People) == 0 || slices.ContainsFunc(d.People, func(id int64) bool { return ids[id] }))
		}, err
	case query.Creator:
		ids, _, err := s.named(ctx, q)
		return func(d *posting.Doc) bool { return ids[d.Creator] }, err
	case query.Priority:
		return oneOf(q, "search.bad_priority", priorityOf, func(d *posting.Doc) uint8 { return d.Priority })
	case query.Has:
		return has(q)
	default:
		return s.ofType(q, f)
	}
}

func isTask(d *posting.Doc) bool { return d.Kind == KindTask }

// oneOf is a filter by a code; the zero code stands for what has none.
func oneOf(q *query.Filter, code string, codeOf func(string) (uint8, bool), of func(d *posting.Doc) uint8) (check, error) {
	var wanted []uint8
	for _, v := range q.Values {
		c, ok := codeOf(words.Normalise(v))
		if !ok {
			return nil, misunderstood(code, q.Raw)
		}
		wanted = append(wanted, c)
	}
	return func(d *posting.Doc) bool { return isTask(d) && slices.Contains(wanted, of(d)) }, nil
}

func priorityOf(value string) (uint8, bool) {
	for i, names := range [...][]string{{"none", "无", "没有"}, {"low", "低"}, {"medium", "中"}, {"high", "高"}, {"urgent", "紧急"}} {
		if slices.Contains(names, value) {
			return uint8(i), true
		}
	}
	return 0, false
}

func has(q *query.Filter) (check, error) {
	var wanted uint8
	for _, v := range q.Values {
		switch words.Normalise(v) {
		case "description", "描述":
			wanted |= HasDescription
		case "comment", "comments", "评论":
			wanted |= HasComment
		case "assignee", "负责人":
			wanted |= HasAssignee
		case "due", "截止", "截止日期", "期限":
			wanted |= HasDue
		case "file", "files", "attachment", "附件", "文件":
			wanted |= HasFile
		default:
			return nil, misunderstood("search.bad_has", q.Raw)
		}
	}
	return func(d *posting.Doc) bool { return d.Has&wanted != 0 }, nil
}

func (s *Service) ofType(q *query.Filter, f *filters) (check, error) {
	var wanted []uint8
	comments := 0
	for _, v := range q.Values {
		switch v = words.Normalise(v); v {
		case "comment", "comments", "评论":
			comments++
			wanted = append(wanted, KindTask)
			continue
		case "任务", "tasks":
			v = "task"
		case "项目", "projects":
			v = "project"
		case "人", "人员", "成员", "people":
			v = "person"
		}
		at := slices.IndexFunc(s.sources, func(src Source) bool {
			kind, _ := src.Kind()
			return kind == v
		})
		if at < 0 {
			return nil, misunderstood("search.bad_type", q.Raw)
		}
		_, number := s.sources[at].Kind()
		wanted = append(wanted, number)
	}
	if comments == len(q.Values) {
		if q.Not {
			return nil, misunderstood("search.bad_type", q.Raw) // comments are no results of their own
		}
		f.comments = true
		return func(d *posting.Doc) bool { return isTask(d) && d.Has&HasComment != 0 }, nil
	}
	return func(d *posting.Doc) bool { return slices.Contains(wanted, d.Kind) }, nil
}

// inProjects knows projects by key, by name and by a part of it.
func (s *Service) inProjects(ctx context.Context, q *query.Filter) (check, error) {
	ids, heads, err := s.projects.Readable(ctx, "project:read")
	if err != nil {
		return nil, err
	}
	wanted := map[int64]bool{}
	for _, v := range q.Values {
		term := words.NewTerm(v)
		exact, loose := []int64{}, []int64{}
		for _, id := range ids {
			h := heads[id]
			title := words.Ready(words.Title, h.Name)
			switch {
			case words.Normalise(h.Key) == term.String(), words.Normalise(h.Name) == term.String():
				exact = append(exact, id)
			case term.In(&title):
				loose = append(loose, id)
			}
		}
		if len(exact) == 0 {
			exact = loose
		}
		if len(exact) == 0 {
			return nil, misunderstood("search.no_such_project", q.Raw)
		}
		for _, id := range exact {
			wanted[id] = true
		}
	}
	return func(d *posting.Doc) bool { return wanted[d.Project] }, nil
}

// inStates knows the states of all boards by name, and whether a task is done.
func (s *Service) inStates(ctx context.Context, q *query.Filter) (check, error) {
	wanted := map[int64]bool{}
	open, done := false, false
	for _, v := range q.Values {
		v = words.Normalise(v)
		switch v {
		case "open", "未完成":
			open = true
			continue
		case "done", "closed", "已完成":
			done = true
			continue
		}
		before := len(wanted)
		if err := s.statesCalled(ctx, v, wanted); err != nil {
			return nil, err
		}
		if len(wanted) == before {
			return nil, misunderstood("search.no_such_state", q.Raw)
		}
	}
	return func(d *posting.Doc) bool {
		return isTask(d) && (open && d.Done == 0 || done && d.Done != 0 || wanted[d.State])
	}, nil
}

func (s *Service) statesCalled(ctx context.Context, name string, into map[int64]bool) error {
	ids, heads, err := s.projects.Readable(ctx, "task:read")
	if err != nil {
		return err
	}
	for _, id := range ids {
		all, err := s.states.States(ctx, id, heads[id].StatesVersion)
		if err != nil {
			return err
		}
		for _, st := range all {
			if plain := words.Normalise(st.Name); plain == name || st.Category == name {
				into[st.ID] = true
			}
		}
	}
	return nil
}

// named knows people by name, by a part of it, by pinyin, by id, and as me.
func (s *Service) named(ctx context.Context, q *query.Filter) (ids map[int64]bool, none bool, err error) {
	ids = map[int64]bool{}
	for _, v := range q.Values {
		switch v = strings.TrimPrefix(words.Normalise(v), "@"); v {
		case "me", "我", "自己":
			who, _ := actor.From(ctx)
			ids[who.PersonID] = true
			continue
		case "none", "无", "没有":
			none = true
			continue
		}
		if err := s.peopleCalled(ctx, v, ids); err != nil {
			return nil, false, err
		}
		if len(ids) == 0 {
			return nil, false, misunderstood("search.no_such_person", q.Raw)
		}
	}
	return ids, none, nil
}

func (s *Service) peopleCalled(ctx context.Context, called string, into map[int64]bool) error {
	all, err := s.people.Directory(ctx)
	if err != nil {
		return err
	}
	number, _ := strconv.ParseInt(called, 10, 64)
	term := words.NewTerm(called)
	var exact, loose []int64
	for _, p := range all {
		title := words.Ready(words.Title, p.Name)
		switch {
		case p.ID == number, words.Normalise(p.Name) == called:
			exact = append(exact, p.ID)
		case term.In(&title):
			loose = append(loose, p.ID)
		}
	}
	if len(exact) == 0 {
		exact = loose
	}
	for _, id := range exact {
		into[id] = true
	}
	return nil
}
