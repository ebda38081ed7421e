package audit_test

import (
	"fmt"
	"slices"
	"testing"

	"dingban/app/access"

	"dingban/app/audit"
	"dingban/app/board"
	"dingban/app/org"
	"dingban/app/platform/actor"
	"dingban/app/platform/db"
	"dingban/app/project"
	"dingban/app/server/servertest"
	"dingban/app/task"
)

// named is a team, whose project is private, with a project open to the organisation; the auditor takes part in neither.
type named struct {
	*servertest.Team
	t    testing.TB
	open project.Project
}

func newNamed(t testing.TB) *named {
	t.Helper()
	w := &named{Team: servertest.NewTeam(t), t: t}
	w.Join("auditor", servertest.AuditAdmin)
	w.open = w.NewProject("WEB", access.OrganisationWide)
	return w
}

func (w *named) task(p project.Project, title string) task.Task {
	w.t.Helper()
	tk, err := w.Modules.Task.Create(w.By("owner"), task.Draft{ProjectID: p.ID, Title: title})
	w.Must(err)
	return tk
}

// newest is the latest entry of a verb, as the auditor sees it.
func (w *named) newest(verb string) audit.Entry {
	w.t.Helper()
	w.Settle()
	items, _, err := w.Modules.Audit.List(w.By("auditor"), audit.Filter{Verb: verb}, db.Page{Limit: 1})
	w.Must(err)
	if len(items) == 0 {
		w.t.Fatalf("no entry of %s", verb)
	}
	return items[0]
}

func about(e audit.Entry) string { return describe(e.Object) }

func describe(o audit.Object) string {
	return fmt.Sprintf("%s/%s/%s/%t/%t", o.Kind, o.Key, o.Name, o.ProjectID != 0, o.Gone)
}

func (w *named) want(verb, want string) audit.Entry {
	w.t.Helper()
	e := w.newest(verb)
	if got := about(e); got != want {
		w.t.Errorf("%s is about %s, want %s", verb, got, want)
	}
	return e
}

func wantMention(t *testing.T, e audit.Entry, want string) {
	t.Helper()
	got := make([]string, len(e.Mentions))
	for i, o := range e.Mentions {
		got[i] = describe(o)
	}
	if !slices.Contains(got, want) {
		t.Errorf("%s mentions %v, not %s", e.Verb, got, want)
	}
}

func TestEntriesNameWhatTheReaderMayRead(t *testing.T) {
	t.Parallel()
	w := newNamed(t)
	tk := w.task(w.open, "采购服务器")
	states, err := w.Modules.Board.List(w.By("owner"), w.open.ID)
	w.Must(err)
	_, err = w.Modules.Task.Move(w.By("owner"), tk.ID, task.Move{Version: tk.Version, StateID: states[1].ID})
	w.Must(err)

	e := w.want("task.move", "task/WEB-1/采购服务器/true/false")
	wantMention(t, e, "project/WEB/机房搬迁 WEB/true/false")
	wantMention(t, e, "state/WEB/"+states[0].Name+"/true/false")
	wantMention(t, e, "state/WEB/"+states[1].Name+"/true/false")

	_, err = w.Modules.Task.Update(w.By("owner"), tk.ID, task.Edit{Version: tk.Version + 1, AssigneeIDs: &[]int64{w.People["owner"]}})
	w.Must(err)
	wantMention(t, w.want("task.update", "task/WEB-1/采购服务器/true/false"), "person//人员 owner/false/false")

	_, err = w.Modules.Board.Create(w.By("owner"), w.open.ID, board.Draft{Name: "待验收", Category: board.Doing})
	w.Must(err)
	w.want("board.create_state", "state/WEB/待验收/true/false")
	wantMention(t, w.want("access.member_add", "person//人员 owner/false/false"), "project/WEB/机房搬迁 WEB/true/false")

	// What the auditor looked for is named too.
	_, _, err = w.Modules.Audit.List(w.By("auditor"), audit.Filter{Ref: fmt.Sprintf("task:%d", tk.ID)}, db.Page{})
	w.Must(err)
	w.Settle()
	// Looking at this is an entry as well, which may be numbered before it is read.
	looks, _, err := w.Modules.Audit.List(w.By("auditor"), audit.Filter{Verb: "audit.read"}, db.Page{Limit: 2})
	w.Must(err)
	at := slices.IndexFunc(looks, func(e audit.Entry) bool { return len(e.Mentions) > 0 })
	if at < 0 || about(looks[at]) != "journal///false/false" {
		t.Fatalf("what the auditor looked for is not there: %+v", looks)
	}
	wantMention(t, looks[at], "task/WEB-1/采购服务器/true/false")
}

// An auditor reads what happened, not the titles, keys and columns of projects that are not theirs; nor do they learn
// whether such a thing is still there.
func TestNamesOfOtherPeoplesProjectsStayClosed(t *testing.T) {
	t.Parallel()
	w := newNamed(t)
	tk := w.task(w.Project, "调整薪酬")
	moved, err := w.Modules.Task.Complete(w.By("owner"), tk.ID, tk.Version, true)
	w.Must(err)
	e := w.want("task.complete", "task///false/false")
	if e.Object.ID != tk.ID || len(e.Mentions) != 3 {
		t.Errorf("got %+v", e)
	}
	for _, o := range e.Mentions {
		if o.Key != "" || o.Name != "" || o.ProjectID != 0 || o.Gone {
			t.Errorf("the auditor learns %+v", o)
		}
	}
	w.Must(w.Modules.Task.Delete(w.By("owner"), tk.ID, moved.Version))
	w.want("task.complete", "task///false/false")
	w.want("task.delete", "task///false/false")

	// As a viewer of the project they may know.
	_, err = w.Modules.Project.SetMember(w.By("owner"), w.Project.ID, w.People["auditor"], "viewer")
	w.Must(err)
	w.Settle()
	w.want("task.complete", "task/OPS-1//true/true")
	w.want("task.delete", "task/OPS-1/调整薪酬/true/true")
}

func TestWhatIsGoneHasTheNameOfItsTime(t *testing.T) {
	t.Parallel()
	w := newNamed(t)
	system := actor.With(t.Context(), actor.System("audit_test"))
	d, err := w.Modules.Org.CreateDepartment(system, "法务部", 0)
	w.Must(err)
	w.want("org.department_create", "department//法务部/false/false")
	w.Must(w.Modules.Org.DeleteDepartment(system, d.ID))
	w.want("org.department_create", "department//法务部/false/true")
	w.want("org.department_delete", "department//法务部/false/true")

	st, err := w.Modules.Board.Create(w.By("owner"), w.open.ID, board.Draft{Name: "待验收", Category: board.Doing})
	w.Must(err)
	w.Must(w.Modules.Board.Delete(w.By("owner"), st.ID, 0))
	w.want("board.delete_state", "state/WEB/待验收/true/true")

	tk := w.task(w.open, "旧标题")
	changed, err := w.Modules.Task.Update(w.By("owner"), tk.ID, task.Edit{Version: tk.Version, Title: ptr("新标题")})
	w.Must(err)
	w.Must(w.Modules.Task.Delete(w.By("owner"), tk.ID, changed.Version))
	w.want("task.create", "task/WEB-1/旧标题/true/true")
	w.want("task.update", "task/WEB-1/新标题/true/true")
}

// A thing whose name cannot be read is shown by its number; the journal is read all the same.
func TestATamperedTitleHidesNoEntry(t *testing.T) {
	t.Parallel()
	w := newNamed(t)
	tk := w.task(w.open, "采购服务器")
	w.Settle() // search has read the title while it was whole
	if _, err := w.DB.Exec(w.By("owner"), "UPDATE task SET title = ? WHERE id = ?", []byte("tampered"), tk.ID); err != nil {
		t.Fatal(err)
	}
	w.want("task.create", "task/WEB-1//true/false")
}

// However long the page and however many things it speaks of, naming them takes one statement for the tasks and one for
// the states; everything else is in memory.
func TestStatementsDoNotGrowWithThePage(t *testing.T) {
	t.Parallel()
	w := newNamed(t)
	states, err := w.Modules.Board.List(w.By("owner"), w.open.ID)
	w.Must(err)
	for i := range 40 {
		p := []project.Project{w.open, w.Project}[i%2]
		tk := w.task(p, fmt.Sprintf("任务 %d", i))
		if p.ID == w.open.ID {
			_, err := w.Modules.Task.Move(w.By("owner"), tk.ID, task.Move{Version: tk.Version, StateID: states[i%3].ID})
			w.Must(err)
		}
	}
	d, err := w.Modules.Org.CreateDepartment(actor.With(t.Context(), actor.System("audit_test")), "法务部", 0)
	w.Must(err)
	_, err = w.Modules.Org.UpdateDepartment(actor.With(t.Context(), actor.System("audit_test")), d.ID, org.DepartmentChange{Version: d.Version, Name: ptr("法律部")})
	w.Must(err)
	w.Settle()
	count := func(limit int) int {
		ctx := db.CountStatements(w.By("auditor"))
		items, _, err := w.Modules.Audit.List(ctx, audit.Filter{Module: "task"}, db.Page{Limit: limit})
		w.Must(err)
		if len(items) != limit {
			t.Errorf("a page of %d, want %d", len(items), limit)
		}
		return db.Statements(ctx)
	}
	count(1) // brings into memory who may do what
	few := count(2)
	many := count(50)
	t.Logf("%d statements for 2 entries, %d for 50", few, many)
	if many != few || few > 5 {
		t.Errorf("2 entries take %d statements and 50 take %d; want the same, at most 5", few, many)
	}
}

func ptr[T any](v T) *T { return &v }
