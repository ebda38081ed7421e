package board_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"dingban/app/board"
	"dingban/app/board/rank"
	"dingban/app/platform/actor"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/lang"
	"dingban/app/platform/testkit"
	"dingban/app/project"
)

func TestUsualStatesInTheCreatorsLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.wantNames("待办 进行中 已完成")
	for i, category := range []string{board.Todo, board.Doing, board.Done} {
		if st := w.States(w.Project.ID)[i]; st.Category != category || st.Version != 1 || st.WipLimit != nil || st.ProjectID != w.Project.ID || !rank.Valid(st.Rank) {
			t.Errorf("%+v", st)
		}
	}
	ctx := actor.With(t.Context(), actor.Actor{PersonID: w.People["owner"], Language: lang.English})
	p, err := w.Modules.Project.Create(ctx, project.Draft{Key: "ENG", Name: "English"})
	w.Must(err)
	if got := w.States(p.ID); got[0].Name != "To do" || got[2].Name != "Done" {
		t.Errorf("%+v", got)
	}
}

func TestCreateState(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.create(" 测试中 ", board.Doing, 0)
	if made.Name != "测试中" || made.Colour != "#3370ff" || made.Version != 1 || made.Category != board.Doing {
		t.Errorf("%+v", made)
	}
	w.wantNames("待办 进行中 已完成 测试中")
	if r := w.Told("board"); r.Verb != "board.create_state" || r.Ref.ID != made.ID || r.ProjectID != w.Project.ID || r.ActorID != w.People["manager"] || fmt.Sprint(r.Changes[0]) != "{name <nil> 测试中}" {
		t.Errorf("%+v", r)
	}
	w.create("待测试", board.Doing, w.Doing.ID)
	w.create("收件箱", board.Todo, w.Todo.ID)
	w.wantNames("待办 收件箱 进行中 待测试 已完成 测试中")
	colourful, err := w.s.Create(w.By("owner"), w.Project.ID, board.Draft{Name: "验收", Category: board.Done, Colour: "#8D4EDA"})
	w.Must(err)
	if colourful.Colour != "#8d4eda" {
		t.Errorf("%+v", colourful)
	}
}

func TestCreateStateRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	elsewhere := w.States(w.NewProject("ELSE", "").ID)[0].ID
	before := w.Settle()
	for _, c := range []struct {
		draft          board.Draft
		location, code string
	}{
		{board.Draft{Category: board.Todo}, "body.name", "field.required"},
		{board.Draft{Name: strings.Repeat("长", 101), Category: board.Todo}, "body.name", "field.too_long"},
		{board.Draft{Name: "两\n行", Category: board.Todo}, "body.name", "field.bad_characters"},
		{board.Draft{Name: "进行中", Category: board.Todo}, "body.name", "board.name_taken"},
		{board.Draft{Name: "新", Category: "paused"}, "body.category", "field.not_allowed"},
		{board.Draft{Name: "新"}, "body.category", "field.not_allowed"},
		{board.Draft{Name: "新", Category: board.Todo, Colour: "red"}, "body.colour", "field.bad_colour"},
		{board.Draft{Name: "新", Category: board.Todo, AfterID: 7}, "body.afterId", "board.no_such_state"},
		{board.Draft{Name: "新", Category: board.Todo, AfterID: elsewhere}, "body.afterId", "board.no_such_state"},
	} {
		_, err := w.s.Create(w.By("manager"), w.Project.ID, c.draft)
		testkit.WantField(t, err, c.location, c.code)
	}
	draft := board.Draft{Name: "新", Category: board.Todo}
	for account, code := range map[string]string{"outsider": "project.not_found", "viewer": "access.denied", "member": "access.denied"} {
		_, err := w.s.Create(w.By(account), w.Project.ID, draft)
		testkit.WantCode(t, err, code)
	}
	_, err := w.s.Create(w.By("owner"), 7, draft)
	testkit.WantCode(t, err, "project.not_found")
	w.wantNames("待办 进行中 已完成")
	if w.Settle() != before {
		t.Error("a refusal is in the journal")
	}
	for i := range 47 {
		w.create(fmt.Sprint("状态 ", i), board.Doing, 0)
	}
	_, err = w.s.Create(w.By("owner"), w.Project.ID, draft)
	testkit.WantCode(t, err, "board.too_many_states")
	if n := len(w.States(w.Project.ID)); n != 50 {
		t.Errorf("%d states", n)
	}
}

func TestUpdateOfEachField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, step := range []struct {
		edit   board.Edit
		change string
	}{
		{board.Edit{Name: ptr(" 待验收 ")}, "[{name 进行中 待验收}]"},
		{board.Edit{Colour: ptr("#8D4EDA")}, "[{colour #3370ff #8d4eda}]"},
		{board.Edit{WipLimit: ptr(int64(5))}, "[{wipLimit 0 5}]"},
		{board.Edit{WipLimit: ptr(int64(1000))}, "[{wipLimit 5 1000}]"},
		{board.Edit{WipLimit: ptr(int64(0))}, "[{wipLimit 1000 0}]"},
		{board.Edit{Category: ptr(board.Todo)}, "[{category doing todo}]"},
	} {
		before := w.state(w.Doing.ID)
		got, err := w.update(w.Doing.ID, step.edit)
		w.Must(err)
		if after := w.state(w.Doing.ID); got.Version != before.Version+1 || fmt.Sprintf("%+v", printable(after)) != fmt.Sprintf("%+v", printable(got)) {
			t.Errorf("%s: answered %+v, read %+v", step.change, got, after)
		}
		if r := w.Told("board"); r.Verb != "board.update_state" || r.Ref.ID != w.Doing.ID || fmt.Sprint(r.Changes) != step.change {
			t.Errorf("journal: %s %v, want %s", r.Verb, r.Changes, step.change)
		}
	}
	if st := w.state(w.Doing.ID); st.Name != "待验收" || st.WipLimit != nil || st.Category != board.Todo || st.Colour != "#8d4eda" {
		t.Errorf("in the end %+v", st)
	}
	before := w.Settle()
	same := w.state(w.Doing.ID)
	got, err := w.update(same.ID, board.Edit{Name: ptr("待验收 "), Category: ptr(board.Todo), Colour: ptr("#8D4EDA"), AfterID: &w.Todo.ID})
	if err != nil || got.Version != same.Version || w.Settle() != before {
		t.Errorf("an update of nothing: %+v %v", got, err)
	}
	if got, err = w.update(same.ID, board.Edit{Name: ptr("待验收")}); err != nil || got.Version != same.Version {
		t.Errorf("its own name is taken: %v", err)
	}
}

// printable is a state whose limit is a value, not an address.
func printable(st board.State) any {
	limit := int64(0)
	if st.WipLimit != nil {
		limit = *st.WipLimit
	}
	st.WipLimit = nil
	return []any{st, limit}
}

func TestUpdateRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct {
		edit           board.Edit
		location, code string
	}{
		{board.Edit{Name: ptr("")}, "body.name", "field.required"},
		{board.Edit{Name: ptr(strings.Repeat("长", 101))}, "body.name", "field.too_long"},
		{board.Edit{Name: ptr("待办")}, "body.name", "board.name_taken"},
		{board.Edit{Category: ptr("paused")}, "body.category", "field.not_allowed"},
		{board.Edit{Colour: ptr("#12345")}, "body.colour", "field.bad_colour"},
		{board.Edit{WipLimit: ptr(int64(-1))}, "body.wipLimit", "field.too_small"},
		{board.Edit{WipLimit: ptr(int64(1001))}, "body.wipLimit", "field.too_big"},
		{board.Edit{AfterID: ptr(int64(7))}, "body.afterId", "board.no_such_state"},
		{board.Edit{AfterID: &w.Doing.ID}, "body.afterId", "board.no_such_state"}, // behind itself
	} {
		_, err := w.update(w.Doing.ID, c.edit)
		testkit.WantField(t, err, c.location, c.code)
	}
	_, err := w.s.Update(w.By("owner"), w.Doing.ID, board.Edit{Name: ptr("x")})
	testkit.WantField(t, err, "body.version", "field.required")
	e := board.Edit{Version: 1, Name: ptr("新")}
	for account, code := range map[string]string{"outsider": "state.not_found", "viewer": "access.denied", "member": "access.denied"} {
		_, err := w.s.Update(w.By(account), w.Doing.ID, e)
		testkit.WantCode(t, err, code)
		testkit.WantCode(t, w.s.Delete(w.By(account), w.Doing.ID, w.Todo.ID), code)
	}
	_, err = w.s.Update(w.By("outsider"), 7, e)
	testkit.WantCode(t, err, "state.not_found")
	if st := w.state(w.Doing.ID); st.Version != 1 || st.Name != "进行中" {
		t.Errorf("a refused update was made: %+v", st)
	}
	_, err = w.s.Update(w.By("manager"), w.Doing.ID, e)
	w.Must(err)
	for _, version := range []int64{1, 3} {
		_, err = w.s.Update(w.By("owner"), w.Doing.ID, board.Edit{Version: version, Name: ptr("旧")})
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != "state.stale_version" || f.Current.(board.State).Name != "新" {
			t.Errorf("version %d: %v", version, err)
		}
	}
}

func TestReorder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	extra := w.create("其他", board.Doing, 0)
	for _, step := range []struct{ id, after int64 }{
		{extra.ID, 0}, {w.Todo.ID, w.Done.ID}, {extra.ID, w.Doing.ID}, {extra.ID, w.Doing.ID},
	} {
		_, err := w.update(step.id, board.Edit{AfterID: &step.after})
		w.Must(err)
	}
	w.wantNames("进行中 其他 已完成 待办")
	if v := w.state(extra.ID).Version; v != 3 {
		t.Errorf("version %d: a move to where it stands is a change", v)
	}
	// New tasks begin in the first state to do, wherever it stands.
	if tk := w.add("新任务", 0); tk.StateID != w.Todo.ID {
		t.Errorf("begins in %d", tk.StateID)
	}
	if _, err := w.update(w.Todo.ID, board.Edit{Category: ptr(board.Doing)}); err != nil {
		t.Fatal(err)
	}
	if tk := w.add("新任务", 0); tk.StateID != w.Doing.ID { // without one to do, in the first that is not done
		t.Errorf("begins in %d", tk.StateID)
	}
}

// Two columns that change places again and again use up the room between their neighbours; then all are ranked anew.
func TestReorderForEver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("其他", board.Doing, w.Todo.ID)
	longest := 0
	for i := range 400 {
		st := w.States(w.Project.ID)[2] // the third goes before the second, so the gap behind the first halves every time
		moved, err := w.update(st.ID, board.Edit{AfterID: &w.Todo.ID})
		if err != nil {
			t.Fatalf("after %d times: %v", i, err)
		}
		longest = max(longest, len(moved.Rank))
	}
	w.wantNames("待办 其他 进行中 已完成")
	if longest > rank.MaxLength || longest < rank.MaxLength/2 {
		t.Errorf("the longest rank had %d digits: the columns were never spread, or too late", longest)
	}
}

func TestChangesOfABoardAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var wg sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		wg.Go(func() {
			_, errs[i] = w.s.Create(w.By("manager"), w.Project.ID, board.Draft{Name: fmt.Sprint("状态", i/2), Category: board.Doing, AfterID: w.Todo.ID})
		})
	}
	wg.Wait()
	for i := 0; i < len(errs); i += 2 { // of two with one name one is made
		if (errs[i] == nil) == (errs[i+1] == nil) {
			t.Errorf("%v and %v", errs[i], errs[i+1])
		}
		testkit.WantField(t, errors.Join(errs[i], errs[i+1]), "body.name", "board.name_taken")
	}
	ranks := map[string]bool{}
	for _, st := range w.States(w.Project.ID) {
		ranks[st.Rank] = true
	}
	if names := w.names(); len(ranks) != 13 || !strings.HasPrefix(names, "待办 状态") || !strings.HasSuffix(names, " 进行中 已完成") {
		t.Errorf("%d ranks: %s", len(ranks), names)
	}
}

func TestStatesComeFromMemory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Settle()
	w.States(w.Project.ID)
	ctx := db.CountStatements(w.By("owner"))
	states, err := w.s.List(ctx, w.Project.ID)
	w.Must(err)
	if n := db.Statements(ctx); n != 0 || len(states) != 3 {
		t.Errorf("%d statements, %d states", n, len(states))
	}
	for _, project := range []int64{w.Project.ID, 7} { // not yours and not there are one answer
		_, err := w.s.List(w.By("outsider"), project)
		testkit.WantCode(t, err, "project.not_found")
	}
}
