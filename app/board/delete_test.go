package board_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"dingban/app/board"
	"dingban/app/platform/fault"
	"dingban/app/platform/testkit"
	"dingban/app/task"
)

func TestDeleteMovesTheCards(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b := w.add("甲", w.Doing.ID), w.add("乙", w.Doing.ID)
	gone := w.add("已删", w.Doing.ID)
	w.Must(w.Modules.Task.Delete(w.By("owner"), gone.ID, 1))
	rest := w.add("丙", w.Todo.ID)
	err := w.s.Delete(w.By("manager"), w.Doing.ID, 0)
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.KindConflict || f.Code != "board.state_in_use" || fmt.Sprint(f.Params["count"]) != "2" {
		t.Errorf("%v", err)
	}
	elsewhere := w.States(w.NewProject("ELSE", "").ID)[0].ID
	for _, to := range []int64{7, elsewhere, w.Doing.ID} {
		testkit.WantField(t, w.s.Delete(w.By("manager"), w.Doing.ID, to), "query.moveTo", "board.no_such_state")
	}
	w.wantNames("待办 进行中 已完成")
	w.Must(w.s.Delete(w.By("manager"), w.Doing.ID, w.Done.ID))
	w.wantNames("待办 已完成")
	if r := w.Told("board"); r.Verb != "board.delete_state" || r.Ref.ID != w.Doing.ID || fmt.Sprint(r.Changes[len(r.Changes)-1]) != fmt.Sprintf("{movedTo <nil> %v}", float64(w.Done.ID)) {
		t.Errorf("%+v", r)
	}
	for _, before := range []task.Task{a, b} {
		if got := w.get(before.ID); got.StateID != w.Done.ID || got.DoneAt == nil || got.Version != 2 || got.Title != before.Title {
			t.Errorf("moved %+v", got)
		}
	}
	if got := w.get(rest.ID); got.Version != 1 || got.StateID != w.Todo.ID {
		t.Errorf("a card of another state has changed: %+v", got)
	}
	for name, err := range map[string]error{
		"delete": w.s.Delete(w.By("manager"), w.Doing.ID, w.Done.ID),
		"update": func() error {
			_, err := w.s.Update(w.By("manager"), w.Doing.ID, board.Edit{Version: 1})
			return err
		}(),
	} {
		if !fault.HasCode(err, "state.not_found") {
			t.Errorf("%s of what is deleted: %v", name, err)
		}
	}
	briefs, err := w.s.Briefs(t.Context(), []int64{w.Doing.ID, w.Todo.ID, 7})
	if err != nil || len(briefs) != 2 || briefs[w.Doing.ID] != (board.Brief{Name: "进行中", ProjectID: w.Project.ID, Deleted: true}) || briefs[w.Todo.ID].Deleted { // history still names it
		t.Errorf("%v %v", briefs, err)
	}
	w.create("进行中", board.Doing, 0) // and its name is free
}

func TestDeleteOfAnEmptyState(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Must(w.s.Delete(w.By("owner"), w.Doing.ID, 0))
	w.Must(func() error { _, err := w.update(w.Todo.ID, board.Edit{Name: ptr("全部")}); return err }())
	w.wantNames("全部 已完成")
	extra := w.create("收件箱", board.Todo, 0)
	w.Must(w.s.Delete(w.By("owner"), w.Todo.ID, 0))
	if tk := w.add("新", 0); tk.StateID != extra.ID { // the first state of new tasks went: the next one takes its place
		t.Errorf("begins in %d", tk.StateID)
	}
}

// A board always keeps a state that is done and one that is not: else tasks could not be completed, or not taken up again.
func TestTheLastOfAKindStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	testkit.WantCode(t, w.s.Delete(w.By("owner"), w.Done.ID, w.Todo.ID), "board.last_done_state")
	_, err := w.update(w.Done.ID, board.Edit{Category: ptr(board.Doing)})
	testkit.WantCode(t, err, "board.last_done_state")
	w.Must(w.s.Delete(w.By("owner"), w.Todo.ID, w.Doing.ID))
	testkit.WantCode(t, w.s.Delete(w.By("owner"), w.Doing.ID, w.Done.ID), "board.last_open_state")
	_, err = w.update(w.Doing.ID, board.Edit{Category: ptr(board.Done)})
	testkit.WantCode(t, err, "board.last_open_state")
	w.wantNames("进行中 已完成")
	if st := w.state(w.Doing.ID); st.Category != board.Doing || st.Version != 1 {
		t.Errorf("a refused update was made: %+v", st)
	}
}

func TestAnotherCategoryCompletesAndReopens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("再一个", board.Done, 0)
	open, done := w.add("进行", w.Doing.ID), w.add("做完", w.Done.ID)
	_, err := w.update(w.Doing.ID, board.Edit{Category: ptr(board.Done)})
	w.Must(err)
	if got := w.get(open.ID); got.DoneAt == nil || got.Version != 2 {
		t.Errorf("its state means done now: %+v", got)
	}
	if got := w.get(done.ID); got.Version != 1 {
		t.Errorf("a card of another state has changed: %+v", got)
	}
	_, err = w.update(w.Doing.ID, board.Edit{Category: ptr(board.Todo)})
	w.Must(err)
	if got := w.get(open.ID); got.DoneAt != nil || got.Version != 3 {
		t.Errorf("its state means to do now: %+v", got)
	}
	_, err = w.update(w.Doing.ID, board.Edit{Category: ptr(board.Doing)}) // open stays open
	w.Must(err)
	if got := w.get(open.ID); got.Version != 3 {
		t.Errorf("nothing about it has changed: %+v", got)
	}
}

// A state that goes while cards come into it takes none of them along: each is in a state that is there, or its move was
// refused.
func TestNoCardIsLeftInADeletedState(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var cards []task.Task
	for i := range 12 {
		cards = append(cards, w.add(fmt.Sprint("卡", i), 0))
	}
	errs := make([]error, len(cards))
	var wg sync.WaitGroup
	for i, c := range cards {
		wg.Go(func() {
			if i == 6 {
				errs[i] = w.s.Delete(w.By("owner"), w.Doing.ID, w.Done.ID)
				return
			}
			if i%2 == 0 {
				_, errs[i] = w.Modules.Task.Create(w.By("member"), task.Draft{ProjectID: w.Project.ID, Title: "新", StateID: w.Doing.ID})
				return
			}
			_, errs[i] = w.Modules.Task.Move(w.By("member"), c.ID, task.Move{Version: 1, StateID: w.Doing.ID})
		})
	}
	wg.Wait()
	for i, err := range errs {
		if err != nil {
			testkit.WantField(t, err, "body.stateId", "board.no_such_state")
			if i == 6 {
				t.Errorf("delete: %v", err)
			}
		}
	}
	b, err := w.Modules.Task.Board(w.By("owner"), w.Project.ID, 500)
	w.Must(err)
	for _, c := range b.Cards {
		if c.StateID == w.Doing.ID || (c.StateID == w.Done.ID) != (c.DoneAt != nil) {
			t.Errorf("%+v", c)
		}
	}
	w.wantNames("待办 已完成")
}

func TestAnArchivedBoardStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Must(w.Modules.Project.Archive(w.By("owner"), w.Project.ID))
	_, err := w.s.Create(w.By("owner"), w.Project.ID, board.Draft{Name: "新", Category: board.Todo})
	testkit.WantCode(t, err, "project.archived")
	_, err = w.s.Update(w.By("owner"), w.Todo.ID, board.Edit{Version: 1, Name: ptr("新")})
	testkit.WantCode(t, err, "project.archived")
	testkit.WantCode(t, w.s.Delete(w.By("owner"), w.Todo.ID, w.Doing.ID), "project.archived")
	w.wantNames("待办 进行中 已完成")
}
