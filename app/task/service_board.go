package task

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"dingban/app/board"
	"dingban/app/board/rank"
	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/platform/ref"
	"dingban/app/project"
)

// china is the zone in which days begin; it has had no summer time since 1991.
func china() *time.Location { return time.FixedZone("CST", 8*60*60) }

// Board gives a project's columns and cards, of the done ones the latest. It
// needs task:read in the project.
func (s *Service) Board(ctx context.Context, projectID int64, done int) (Board, error) {
	h, err := s.projects.Check(ctx, projectID, "project:read")
	if err != nil {
		return Board{}, err
	}
	if err := s.access.Check(ctx, "project", "task:read", h.Target()); err != nil {
		return Board{}, err
	}
	states, err := s.board.States(ctx, h.ID, h.StatesVersion)
	if err != nil {
		return Board{}, err
	}
	rows, truncated, err := s.boardCards(ctx, h.ID, min(done, maxDoneCards))
	if err != nil {
		return Board{}, err
	}
	b := Board{Project: ProjectLite{ID: h.ID, Key: h.Key, Name: h.Name, Colour: h.Colour}, States: states, Truncated: truncated, Cards: make([]Card, len(rows))}
	if who, ok := actor.From(ctx); ok {
		if b.Project.MyRole, _, err = s.access.Member(ctx, h.ID, who.PersonID); err != nil {
			return Board{}, err
		}
	}
	for i := range rows {
		if b.Cards[i], err = s.card(ctx, h, &rows[i]); err != nil {
			return Board{}, err
		}
	}
	return b, nil
}

// List gives a page of tasks in the projects the person may read, newest first.
func (s *Service) List(ctx context.Context, f Filter, page db.Page) ([]Task, string, error) {
	// What is wrong with the request is wrong for somebody without any project as well.
	if err := checkFilter(f); err != nil {
		return nil, "", err
	}
	before := ref.MaxID + 1
	if page.Cursor != "" {
		if err := db.DecodeCursor(page.Cursor, &before); err != nil {
			return nil, "", err
		}
	}
	from, where, args := s.conditions(f)
	items, err := s.Select(ctx, Selection{
		ProjectID: f.ProjectID, From: from, Where: where + " AND t.id < ?", Args: append(args, before), Order: "t.id DESC", Limit: page.Size() + 1, Full: true,
	})
	if err != nil || len(items) <= page.Size() {
		return items, "", err
	}
	items = items[:page.Size()]
	return items, db.EncodeCursor(items[len(items)-1].ID), nil
}

// Selection is SQL that chooses tasks t. Args are those of From and then of Where; what people send must be among them
// only. Full reads descriptions as well.
type Selection struct {
	ProjectID          int64
	From, Where, Order string
	Args               []any
	Limit              int
	Full               bool
}

// Select gives chosen tasks of one project, or of all, as far as the person may read them.
func (s *Service) Select(ctx context.Context, sel Selection) ([]Task, error) {
	ids, heads, err := s.projects.Readable(ctx, "task:read")
	if err != nil {
		return nil, err
	}
	if sel.ProjectID != 0 {
		if _, err := s.projects.Check(ctx, sel.ProjectID, "project:read"); err != nil {
			return nil, err
		}
		ids = []int64{sel.ProjectID}
	}
	if len(ids) == 0 {
		return []Task{}, nil
	}
	columns := cardColumns
	if sel.Full {
		columns = fullColumns
	}
	rows, err := s.read(ctx, sel.Full, "SELECT "+columns+" FROM "+sel.From+" WHERE ("+sel.Where+") AND t.project_id IN ("+db.Marks(len(ids))+") AND t.deleted_at = 0 ORDER BY "+sel.Order+" LIMIT ?",
		slices.Concat(sel.Args, db.Args(ids), []any{sel.Limit}))
	if err != nil {
		return nil, err
	}
	if err := s.addAssignees(ctx, rows); err != nil {
		return nil, err
	}
	if err := s.remember(ctx, rows, heads); err != nil {
		return nil, err
	}
	items := make([]Task, len(rows))
	for i := range rows {
		if items[i], err = s.task(ctx, heads[rows[i].ProjectID], &rows[i]); err != nil {
			return nil, err
		}
	}
	return items, nil
}

func checkFilter(f Filter) error {
	var c input.Check
	if f.Due != "" {
		c.OneOf("query.due", f.Due, Overdue, Today, Week)
	}
	if f.Priority != "" {
		c.OneOf("query.priority", f.Priority, None, Low, Medium, High, Urgent)
	}
	return c.Err()
}

// conditions turns a checked filter into the common subset of SQL.
func (s *Service) conditions(f Filter) (from, where string, args []any) {
	from = "task t"
	if f.AssigneeID != 0 {
		from += " JOIN task_assignee a ON a.task_id = t.id AND a.person_id = ?"
		args = append(args, f.AssigneeID)
	}
	if f.LabelID != 0 {
		from += " JOIN task_label l ON l.task_id = t.id AND l.label_id = ?"
		args = append(args, f.LabelID)
	}
	where = "1 = 1"
	add := func(condition string, values ...any) {
		where += " AND " + condition
		args = append(args, values...)
	}
	if f.StateID != 0 {
		add("t.state_id = ?", f.StateID)
	}
	if f.Priority != "" {
		add("t.priority = ?", f.Priority)
	}
	if f.Open || f.Due == Overdue {
		add("t.done_at = 0")
	}
	now := s.clock.Now().In(china())
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, china())
	switch f.Due {
	case Overdue: // a whole day is over when the next one begins
		add("t.due_at > 0 AND (t.due_at < ? AND t.due_all_day = 0 OR t.due_at < ? AND t.due_all_day = 1)", now.UnixMilli(), midnight.UnixMilli())
	case Today:
		add("t.due_at >= ? AND t.due_at < ?", midnight.UnixMilli(), midnight.AddDate(0, 0, 1).UnixMilli())
	case Week:
		add("t.due_at >= ? AND t.due_at < ?", midnight.UnixMilli(), midnight.AddDate(0, 0, 7).UnixMilli())
	}
	return from, where, args
}

// Move puts a task somewhere else on its board. It needs task:move, and the
// version that was seen.
func (s *Service) Move(ctx context.Context, id int64, m Move) (Task, error) {
	return s.change(ctx, id, m.Version, "task:move", "task.move", func(ctx context.Context, _ project.Head, r *row) error {
		switch {
		case m.AfterID == id:
			return fault.Invalid(fault.At("body.afterId", "task.own_neighbour"))
		case m.AfterID == 0 && m.BeforeID == id:
			return fault.Invalid(fault.At("body.beforeId", "task.own_neighbour"))
		}
		st, err := s.board.Hold(ctx, r.ProjectID, m.StateID, "body.stateId")
		if err != nil {
			return err
		}
		before := r.StateID
		s.enter(r, st)
		if m.AfterID == 0 && m.BeforeID == 0 {
			if before == st.ID { // what is the last card already stays as it is
				last, err := s.isLast(ctx, r)
				if err != nil || last {
					return err
				}
			}
			r.Rank = rank.FromID(s.db.NewID())
			return nil
		}
		r.Rank, err = s.between(ctx, r, m)
		return err
	})
}

// enter puts a task into a state; it is done exactly while that state is.
func (s *Service) enter(r *row, st board.State) {
	r.StateID = st.ID
	switch {
	case st.Category != board.Done:
		r.DoneAt = 0
	case r.DoneAt == 0:
		r.DoneAt = clock.Millis(s.clock)
	}
}

// between finds the rank beside the neighbours named. The state is held, so
// nobody else puts a card there meanwhile.
func (s *Service) between(ctx context.Context, r *row, m Move) (string, error) {
	for attempt := 0; ; attempt++ {
		after, before, err := s.around(ctx, r.ID, m)
		if err != nil {
			return "", err
		}
		if after == "" && before == "" {
			return rank.FromID(s.db.NewID()), nil // the neighbour is gone: the end
		}
		if r.Rank > after && (before == "" || r.Rank < before) {
			return r.Rank, nil // it stands there already, or would if it were in this column
		}
		if before == "" { // behind the last card is where new ones go as well
			if end := rank.FromID(s.db.NewID()); end > after {
				return end, nil
			}
		}
		between, err := rank.Between(after, before)
		if err == nil && len(between) <= rank.MaxLength {
			return between, nil
		}
		if err != nil && !errors.Is(err, rank.ErrNoRoom) || attempt > 0 {
			return "", err
		}
		if err := s.spread(ctx, m.StateID); err != nil {
			return "", err
		}
	}
}

// Complete takes a task into the first done state of its board, or back into
// the first one to do. It needs task:update, and the version that was seen.
func (s *Service) Complete(ctx context.Context, id, version int64, done bool) (Task, error) {
	verb, categories := "task.complete", []string{board.Done}
	if !done {
		verb, categories = "task.reopen", []string{board.Todo, board.Doing}
	}
	return s.change(ctx, id, version, "task:update", verb, func(ctx context.Context, _ project.Head, r *row) error {
		if (r.DoneAt != 0) == done {
			return nil
		}
		st, err := s.board.HoldFirst(ctx, r.ProjectID, categories...)
		if err != nil {
			return err
		}
		s.enter(r, st)
		r.Rank = rank.FromID(s.db.NewID())
		return nil
	})
}

// splitKey takes OPS-12 apart.
func splitKey(k string) (code string, number int64, ok bool) {
	code, digits, found := strings.Cut(strings.ToUpper(k), "-")
	n, err := strconv.ParseInt(digits, 10, 64)
	// Only what people are shown counts, no "+12" and no "012".
	return code, n, found && err == nil && n > 0 && code != "" && digits == strconv.FormatInt(n, 10)
}

// CountByProject is project.Counter.
func (s *Service) CountByProject(ctx context.Context, ids []int64) (map[int64]project.Count, error) {
	return s.countByProject(ctx, ids)
}

// cards is what the board sees of the tasks.
type cards struct{ s *Service }

func (c cards) CountIn(ctx context.Context, stateID int64) (int, error) {
	return c.s.countIn(ctx, stateID)
}

func (c cards) MoveAll(ctx context.Context, from, to board.State) error {
	if err := c.s.setColumn(ctx, from.ID, to.ID, c.doneAt(to), clock.Millis(c.s.clock)); err != nil {
		return err
	}
	return c.s.recount(ctx, to.ID)
}

func (c cards) Recategorise(ctx context.Context, st board.State) error {
	if err := c.s.setColumn(ctx, st.ID, st.ID, c.doneAt(st), clock.Millis(c.s.clock)); err != nil {
		return err
	}
	return c.s.recount(ctx, st.ID)
}

func (c cards) doneAt(st board.State) int64 {
	if st.Category == board.Done {
		return clock.Millis(c.s.clock)
	}
	return 0
}

var (
	_ board.Cards     = cards{}
	_ project.Counter = (*Service)(nil)
)
