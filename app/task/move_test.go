package task_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dingban/app/access"
	"dingban/app/board"
	"dingban/app/board/rank"
	"dingban/app/platform/testkit"
	"dingban/app/task"
)

// line adds tasks of these titles, in that order.
func (w *world) line(titles string, change ...func(*task.Draft)) []task.Task {
	w.t.Helper()
	var made []task.Task
	for title := range strings.FieldsSeq(titles) {
		made = append(made, w.add(title, change...))
	}
	return made
}

func TestMoveBesideANeighbour(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.line("甲 乙 丙 丁")
	a, b, d := c[0], c[1], c[3]
	d = w.move(d, task.Move{StateID: w.Todo.ID, BeforeID: a.ID})
	w.wantColumn(w.Todo, "丁 甲 乙 丙")
	d = w.move(d, task.Move{StateID: w.Todo.ID, AfterID: a.ID})
	w.wantColumn(w.Todo, "甲 丁 乙 丙")
	d = w.move(d, task.Move{StateID: w.Todo.ID, BeforeID: c[2].ID})
	w.wantColumn(w.Todo, "甲 乙 丁 丙")
	d = w.move(d, task.Move{StateID: w.Todo.ID, AfterID: c[2].ID})
	w.wantColumn(w.Todo, "甲 乙 丙 丁")
	a = w.move(a, task.Move{StateID: w.Todo.ID}) // no neighbour: the end
	w.wantColumn(w.Todo, "乙 丙 丁 甲")
	// Both neighbours: the one before counts.
	b = w.move(b, task.Move{StateID: w.Todo.ID, AfterID: d.ID, BeforeID: c[2].ID})
	w.wantColumn(w.Todo, "丙 丁 乙 甲")
	e := w.add("戊") // new ones still come last
	w.wantColumn(w.Todo, "丙 丁 乙 甲 戊")

	// Dropped where it stands, nothing happens.
	before := w.Settle()
	for _, m := range []task.Move{{AfterID: b.ID}, {BeforeID: e.ID}} {
		m.StateID = w.Todo.ID
		if stays := w.move(w.get(a.ID), m); stays.Version != a.Version || stays.Rank != a.Rank {
			t.Errorf("%+v: %+v", m, stays)
		}
	}
	if after := w.Settle(); after != before {
		t.Errorf("%d entries for nothing", after-before)
	}
}

func TestTheLastCardSentToTheEndStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.line("甲 乙")
	before := w.Settle()
	if got := w.move(c[1], task.Move{StateID: w.Todo.ID}); got.Version != 1 || got.Rank != c[1].Rank {
		t.Errorf("%+v", got)
	}
	if after := w.Settle(); after != before {
		t.Errorf("%d entries for nothing", after-before)
	}
}

func TestMoveBetweenColumns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.line("甲 乙 丙")
	w.line("做一 做二", in(w.Doing))
	moved := w.move(c[0], task.Move{StateID: w.Doing.ID})
	if moved.StateID != w.Doing.ID || moved.Version != 2 || moved.DoneAt != nil {
		t.Errorf("%+v", moved)
	}
	w.wantColumn(w.Todo, "乙 丙")
	w.wantColumn(w.Doing, "做一 做二 甲")
	w.move(c[1], task.Move{StateID: w.Doing.ID, BeforeID: moved.ID})
	w.wantColumn(w.Doing, "做一 做二 乙 甲")
	// A neighbour that is somewhere else, deleted or never was does no harm: the card goes to the end.
	w.Must(w.s.Delete(w.By("member"), c[1].ID, 2))
	for _, m := range []task.Move{{AfterID: c[2].ID}, {BeforeID: w.get(moved.ID).ID}, {BeforeID: c[1].ID}, {AfterID: 4}, {AfterID: -1}} {
		m.StateID = w.Done.ID
		last := w.move(w.add("新"), m)
		if last.StateID != w.Done.ID || last.DoneAt == nil {
			t.Errorf("%+v: %+v", m, last)
		}
		m.StateID = w.Doing.ID
		if m.BeforeID == moved.ID {
			continue
		}
		w.move(last, m)
		if column := w.column(w.Doing); !strings.HasSuffix(column, " 新") {
			t.Errorf("%+v: %s", m, column)
		}
	}
}

func TestMoveRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := w.add("任务")
	other := w.States(w.NewProject("ELSE", access.Private).ID)[0]
	gone, err := w.Modules.Board.Create(w.By("owner"), w.Project.ID, board.Draft{Name: "要删", Category: board.Doing})
	w.Must(err)
	w.Must(w.Modules.Board.Delete(w.By("owner"), gone.ID, 0))
	move := func(account string, m task.Move) error {
		_, err := w.s.Move(w.By(account), tk.ID, m)
		return err
	}
	for _, state := range []int64{0, 7, -1, other.ID, gone.ID, tk.ID} {
		testkit.WantField(t, move("member", task.Move{Version: 1, StateID: state}), "body.stateId", "board.no_such_state")
	}
	testkit.WantField(t, move("member", task.Move{Version: 1, StateID: w.Todo.ID, AfterID: tk.ID}), "body.afterId", "task.own_neighbour")
	testkit.WantField(t, move("member", task.Move{Version: 1, StateID: w.Todo.ID, BeforeID: tk.ID}), "body.beforeId", "task.own_neighbour")
	testkit.WantField(t, move("member", task.Move{StateID: w.Todo.ID}), "body.version", "field.required")
	testkit.WantCode(t, move("viewer", task.Move{Version: 1, StateID: w.Doing.ID}), "access.denied")
	testkit.WantCode(t, move("outsider", task.Move{Version: 1, StateID: w.Doing.ID}), "task.not_found")
	if got := w.get(tk.ID); got.Version != 1 || got.StateID != w.Todo.ID {
		t.Errorf("a refused move was made: %+v", got)
	}
}

func TestDoneExactlyWhileTheStateIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	accepted, err := w.Modules.Board.Create(w.By("owner"), w.Project.ID, board.Draft{Name: "已验收", Category: board.Done})
	w.Must(err)
	tk := w.add("任务")
	tk = w.move(tk, task.Move{StateID: w.Done.ID})
	if tk.DoneAt == nil || *tk.DoneAt < tk.CreatedAt {
		t.Fatalf("not done: %+v", tk)
	}
	if change := w.lastChange(tk.ID); !strings.HasPrefix(change, "task.move [{state ") || !strings.HasSuffix(change, "{done false true}]") {
		t.Error(change)
	}
	since := *tk.DoneAt
	if tk = w.move(tk, task.Move{StateID: accepted.ID}); tk.DoneAt == nil || *tk.DoneAt != since {
		t.Errorf("done anew by going from one done state to another: %+v", tk)
	}
	if tk = w.move(tk, task.Move{StateID: w.Doing.ID}); tk.DoneAt != nil || w.get(tk.ID).DoneAt != nil {
		t.Errorf("still done: %+v", tk)
	}
	if p, err := w.Modules.Project.Get(w.By("owner"), w.Project.ID); err != nil || p.OpenCount != 1 || p.DoneCount != 0 {
		t.Errorf("counted %+v %v", p, err)
	}
}

func TestCompleteAndReopen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("别的", in(w.Done))
	tk := w.add("任务", in(w.Doing))
	done, err := w.s.Complete(w.By("member"), tk.ID, 1, true)
	w.Must(err)
	if done.DoneAt == nil || done.StateID != w.Done.ID || done.Version != 2 {
		t.Errorf("completed: %+v", done)
	}
	if change := w.lastChange(tk.ID); !strings.HasPrefix(change, "task.complete ") {
		t.Error(change)
	}
	before := w.Settle()
	again, err := w.s.Complete(w.By("member"), tk.ID, 2, true)
	w.Must(err)
	if again.Version != 2 || *again.DoneAt != *done.DoneAt || w.Settle() != before {
		t.Errorf("completed twice: %+v", again)
	}
	open, err := w.s.Complete(w.By("member"), tk.ID, 2, false)
	w.Must(err)
	if open.DoneAt != nil || open.StateID != w.Todo.ID || open.Version != 3 {
		t.Errorf("taken up again: %+v", open)
	}
	if change := w.lastChange(tk.ID); !strings.HasPrefix(change, "task.reopen ") {
		t.Error(change)
	}
	// On a board with nothing to do but things being done, it goes there.
	w.Must(w.Modules.Board.Delete(w.By("owner"), w.Todo.ID, w.Doing.ID))
	tk = w.get(tk.ID)
	done, err = w.s.Complete(w.By("member"), tk.ID, tk.Version, true)
	w.Must(err)
	open, err = w.s.Complete(w.By("member"), tk.ID, done.Version, false)
	w.Must(err)
	if open.StateID != w.Doing.ID || open.DoneAt != nil {
		t.Errorf("taken up again: %+v", open)
	}
}

// However many people move cards at the same time, every card keeps a place of its own, and everybody sees one order.
func TestManyMovesAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var titles []string
	for i := range 50 {
		titles = append(titles, fmt.Sprintf("卡%02d", i))
	}
	cards := w.line(strings.Join(titles, " "))
	goal := w.line("甲 乙", in(w.Doing))
	for i, err := range together(50, func(i int) error {
		m := task.Move{Version: 1, StateID: w.Doing.ID}
		switch i % 5 { // all of them want the same two places
		case 0, 1:
			m.AfterID = goal[0].ID
		case 2, 3:
			m.BeforeID = goal[1].ID
		}
		_, err := w.s.Move(w.By([]string{"member", "manager", "owner"}[i%3]), cards[i].ID, m)
		return err
	}) {
		if err != nil {
			t.Errorf("move %d: %v", i, err)
		}
	}
	w.wantColumn(w.Todo, "")
	b, err := w.s.Board(w.By("viewer"), w.Project.ID, 0)
	w.Must(err)
	var ranks []string
	order := map[string]int{}
	for _, c := range b.Cards {
		if !rank.Valid(c.Rank) || c.StateID != w.Doing.ID {
			t.Errorf("card %+v", c)
		}
		order[c.Title] = len(ranks)
		ranks = append(ranks, c.Rank)
	}
	if len(ranks) != 52 || !slices.IsSorted(ranks) || len(slices.Compact(slices.Clone(ranks))) != 52 {
		t.Fatalf("%d ranks: %v", len(ranks), ranks)
	}
	for i := range cards {
		at := order[cards[i].Title]
		if between := order["甲"] < at && at < order["乙"]; between != (i%5 < 4) {
			t.Errorf("%s stands at %d; 甲 at %d, 乙 at %d", cards[i].Title, at, order["甲"], order["乙"])
		}
	}
	if mine, theirs := w.column(w.Doing), strings.Join(columnOf(w, "member"), " "); mine != theirs {
		t.Errorf("two readers see different orders:\n%s\n%s", mine, theirs)
	}
}

func columnOf(w *world, account string) []string {
	b, err := w.s.Board(w.By(account), w.Project.ID, 500)
	w.Must(err)
	var titles []string
	for _, c := range b.Cards {
		titles = append(titles, c.Title)
	}
	return titles
}

// A gap into which card after card is put runs out; then the column is ranked anew, in the same order.
func TestAColumnIsSpreadWhenAGapRunsOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.line("甲 乙 丙 丁")
	want := []string{"甲", "乙", "丙", "丁"}
	longest := 0
	for i := range 400 { // each one goes behind the first, so the gap there halves every time
		card := w.get(c[1+i%3].ID)
		longest = max(longest, len(w.move(card, task.Move{StateID: w.Todo.ID, AfterID: c[0].ID}).Rank))
		want = slices.DeleteFunc(want, func(title string) bool { return title == card.Title })
		want = slices.Insert(want, 1, card.Title)
	}
	w.wantColumn(w.Todo, strings.Join(want, " "))
	if longest > rank.MaxLength || longest < rank.MaxLength/2 {
		t.Errorf("the longest rank had %d digits: the column was never spread, or too late", longest)
	}
}
