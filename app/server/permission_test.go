package server_test

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"dingban/app/server/servertest"
)

// The permission matrix: what each operation answers to whom. permissions.golden.txt is its table, one line an operation,
// reviewed like code; an operation without a case fails the test. The world above which it is read:
//
//	stranger  not signed in
//	outsider  an ordinary person who is in no project
//	viewer    may look at the private project P
//	member    works in P
//	manager   manages P
//	owner     owns P
//	system, security, audit: the administrators, in no project
//
// Every cell gets a thing of its own to act on, made by the owner or by the system administrator, so that no cell changes
// what another one sees.
func TestPermissionMatrix(t *testing.T) {
	t.Parallel()
	m := newMatrix(t)
	columns := []string{"stranger", "outsider", "viewer", "member", "manager", "owner", "system", "security", "audit"}
	var table strings.Builder
	fmt.Fprintf(&table, "%-26s %s\n", "operation", strings.Join(columns, " "))
	cases := m.cases()
	for _, id := range slices.Sorted(maps.Keys(m.API.Ops())) {
		op := m.API.Ops()[id]
		make, ok := cases[id]
		if !ok {
			t.Errorf("%s is not in the permission matrix: add a case", id)
			continue
		}
		delete(cases, id)
		fmt.Fprintf(&table, "%-26s", id)
		for _, column := range columns {
			path, body := make()
			client := m.who[column]
			if id == "session-delete" && column != "stranger" { // signing out ends the session that is used
				client = m.Client(map[string]string{"system": "admin"}[column] + strings.TrimPrefix(column, "system"))
			}
			var headers []string
			if _, file := body.(string); file {
				headers = []string{"Content-Type", "application/octet-stream"}
			}
			r := client.Do(op.Method, path, body, headers...)
			if r.Status >= 500 || r.Status == 400 || r.Status == 422 && !refusal(id, r.Body) {
				t.Errorf("%s as %s: %d %s", id, column, r.Status, r.Body)
			}
			fmt.Fprintf(&table, " %*d", len(column), r.Status)
		}
		table.WriteString("\n")
	}
	for id := range cases {
		t.Errorf("the case %s is about no operation", id)
	}
	const golden = "permissions.golden.txt"
	if os.Getenv("UPDATE_GOLDEN") != "" && !t.Failed() {
		if err := os.WriteFile(golden, []byte(table.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if table.String() != string(want) {
		t.Errorf("permissions have changed (UPDATE_GOLDEN=1 writes the table anew; read it before you do):\n%s", firstDifference([]byte(table.String()), want))
	}
}

// refusedByField are the operations that refuse with the field that is wrong; every other 422 is a fault of the case.
var refusedByField = map[string]string{
	"session-password": `"location":"body.current"`,                                 // the wrong password is the point
	"task-create":      `"location":"body.projectId","code":"task.no_such_project"`, // a project that is not theirs is not there
}

func refusal(id string, body []byte) bool {
	field, known := refusedByField[id]
	return known && strings.Contains(string(body), field)
}

type matrix struct {
	*servertest.World
	t       *testing.T
	who     map[string]*servertest.Client
	project int64
	state   int64
	person  map[string]int64
	n       atomic.Int64
}

func newMatrix(t *testing.T) *matrix {
	t.Helper()
	w := servertest.New(t)
	m := &matrix{World: w, t: t, who: map[string]*servertest.Client{"stranger": w.Stranger(), "system": w.Admin()}, person: map[string]int64{}}
	for account, role := range map[string]string{
		"outsider": "", "viewer": "", "member": "", "manager": "", "owner": "", "security": servertest.SecurityAdmin, "audit": servertest.AuditAdmin,
	} {
		var roles []string
		if role != "" {
			roles = append(roles, role)
		}
		m.person[account] = w.Person(account, roles...).ID
		m.who[account] = w.Client(account)
	}
	m.project = m.newProject()
	for _, role := range []string{"viewer", "member", "manager"} {
		m.owner().Do(http.MethodPut, fmt.Sprintf("/projects/%d/members/%d", m.project, m.person[role]), map[string]any{"role": role}).OK(nil)
	}
	var states struct{ Items []struct{ ID int64 } }
	m.owner().Do(http.MethodGet, fmt.Sprintf("/projects/%d/states", m.project), nil).OK(&states)
	m.state = states.Items[0].ID
	return m
}

func (m *matrix) owner() *servertest.Client { return m.who["owner"] }

// name is one nobody has used.
func (m *matrix) name(prefix string) string { return fmt.Sprintf("%s%d", prefix, m.n.Add(1)) }

// made makes a thing and returns its id and version.
func (m *matrix) made(c *servertest.Client, path string, body map[string]any) (id, version int64) {
	m.t.Helper()
	var thing struct{ ID, Version int64 }
	c.Do(http.MethodPost, path, body).OK(&thing)
	return thing.ID, thing.Version
}

func (m *matrix) newProject() int64 {
	id, _ := m.made(m.owner(), "/projects", map[string]any{"key": m.name("PM"), "name": m.name("项目 ")})
	return id
}

// sharedProject is a fresh project in which everybody has the usual role, for what ends a project.
func (m *matrix) sharedProject() int64 {
	id := m.newProject()
	for _, role := range []string{"viewer", "member", "manager"} {
		m.owner().Do(http.MethodPut, fmt.Sprintf("/projects/%d/members/%d", id, m.person[role]), map[string]any{"role": role}).OK(nil)
	}
	return id
}

func (m *matrix) newPerson() (id, version int64) {
	var made struct{ Person struct{ ID, Version int64 } }
	m.who["system"].Do(http.MethodPost, "/people", map[string]any{"account": m.name("extra"), "name": "新人"}).OK(&made)
	return made.Person.ID, made.Person.Version
}

func (m *matrix) newDepartment() (id, version int64) {
	return m.made(m.who["system"], "/departments", map[string]any{"name": m.name("部门 ")})
}

func (m *matrix) newState() (id, version int64) {
	return m.made(m.owner(), fmt.Sprintf("/projects/%d/states", m.project), map[string]any{"name": m.name("状态 "), "category": "doing"})
}

type madeTask struct {
	ID, Version int64
	Key         string
}

func (m *matrix) newTask() madeTask {
	m.t.Helper()
	var tk madeTask
	m.owner().Do(http.MethodPost, "/tasks", map[string]any{"projectId": m.project, "title": m.name("任务 ")}).OK(&tk)
	return tk
}

func path(format string, args ...any) string { return fmt.Sprintf(format, args...) }

type matrixCase func() (path string, body any)

// fixed is a case that changes nothing.
func fixed(path string) matrixCase { return func() (string, any) { return path, nil } }

func (m *matrix) cases() map[string]matrixCase {
	all := map[string]matrixCase{}
	for _, part := range []map[string]matrixCase{
		m.sessionCases(),
		m.orgCases(),
		m.workdayCases(),
		m.projectCases(),
		m.boardCases(),
		m.labelCases(),
		m.fileCases(),
		m.taskCases(),
		m.treeCases(),
		m.commentCases(),
		m.checklistCases(),
		m.linkCases(),
		m.fieldCases(),
		m.recurrenceCases(),
		m.reminderCases(),
		m.readerCases(),
		m.notifyCases(),
		m.viewCases(),
		m.exchangeCases(),
	} {
		maps.Copy(all, part)
	}
	return all
}

func (m *matrix) sessionCases() map[string]matrixCase {
	return map[string]matrixCase{
		"setup-state": fixed("/setup"),
		"setup-run": func() (string, any) {
			return "/setup", map[string]any{"organisation": "再来", "name": "王", "password": "Tr7-kelp-window"}
		},
		"session-create": func() (string, any) {
			return "/sessions", map[string]any{"account": "nobody.at.all", "password": "Wrong-pass-1"}
		},
		"session-get":    fixed("/session"),
		"session-list":   fixed("/sessions"),
		"session-end":    fixed("/sessions/1"),
		"session-delete": fixed("/session"),
		"session-password": func() (string, any) {
			return "/session/password", map[string]any{"current": "Not-the-0ne", "next": "Tr7-kelp-window"}
		},
		"me-update":   func() (string, any) { return "/me", map[string]any{"theme": "dark"} },
		"live-follow": fixed("/live"),
	}
}

func (m *matrix) orgCases() map[string]matrixCase {
	return map[string]matrixCase{
		"department-list":   fixed("/departments"),
		"department-create": func() (string, any) { return "/departments", map[string]any{"name": m.name("部门 ")} },
		"department-update": func() (string, any) {
			id, version := m.newDepartment()
			return path("/departments/%d", id), map[string]any{"version": version, "rank": 7}
		},
		"department-delete": func() (string, any) {
			id, _ := m.newDepartment()
			return path("/departments/%d", id), nil
		},
		"person-list":      fixed("/people"),
		"person-directory": fixed("/people/directory"),
		"person-get":       fixed(path("/people/%d", m.person["owner"])),
		"person-create":    func() (string, any) { return "/people", map[string]any{"account": m.name("extra"), "name": "新人"} },
		"person-update": func() (string, any) {
			id, version := m.newPerson()
			return path("/people/%d", id), map[string]any{"version": version, "name": "改名"}
		},
		"person-reset-password": func() (string, any) {
			id, _ := m.newPerson()
			return path("/people/%d/reset-password", id), nil
		},
		"role-list": fixed("/roles"),
		"role-assign": func() (string, any) {
			id, _ := m.newPerson()
			return path("/people/%d/roles", id), map[string]any{"roles": []string{"member"}}
		},
	}
}

func (m *matrix) projectCases() map[string]matrixCase {
	return map[string]matrixCase{
		"project-list":   fixed("/projects"),
		"project-create": func() (string, any) { return "/projects", map[string]any{"key": m.name("PX"), "name": "新项目"} },
		"project-get":    fixed(path("/projects/%d", m.project)),
		"project-update": func() (string, any) {
			var p struct{ Version int64 }
			m.owner().Do(http.MethodGet, path("/projects/%d", m.project), nil).OK(&p)
			return path("/projects/%d", m.project), map[string]any{"version": p.Version, "name": m.name("项目 ")}
		},
		"project-archive": func() (string, any) { return path("/projects/%d", m.sharedProject()), nil },
		"project-restore": func() (string, any) {
			id := m.sharedProject()
			m.owner().Do(http.MethodDelete, path("/projects/%d", id), nil).OK(nil)
			return path("/projects/%d/restore", id), nil
		},
		"project-members": fixed(path("/projects/%d/members", m.project)),
		"project-member-set": func() (string, any) {
			id, _ := m.newPerson()
			return path("/projects/%d/members/%d", m.project, id), map[string]any{"role": "viewer"}
		},
		"project-member-remove": func() (string, any) {
			id, _ := m.newPerson()
			m.owner().Do(http.MethodPut, path("/projects/%d/members/%d", m.project, id), map[string]any{"role": "viewer"}).OK(nil)
			return path("/projects/%d/members/%d", m.project, id), nil
		},
	}
}

func (m *matrix) boardCases() map[string]matrixCase {
	return map[string]matrixCase{
		"state-list": fixed(path("/projects/%d/states", m.project)),
		"state-create": func() (string, any) {
			return path("/projects/%d/states", m.project), map[string]any{"name": m.name("状态 "), "category": "doing"}
		},
		"state-update": func() (string, any) {
			id, version := m.newState()
			return path("/states/%d", id), map[string]any{"version": version, "name": m.name("状态 ")}
		},
		"state-delete": func() (string, any) {
			id, _ := m.newState()
			return path("/states/%d?moveTo=%d", id, m.state), nil
		},
	}
}

// labelCases: whoever works in a project may add a label; only those who manage it change the ones that others use.
func (m *matrix) labelCases() map[string]matrixCase {
	newLabel := func() (id, version int64) {
		return m.made(m.owner(), path("/projects/%d/labels", m.project), map[string]any{"name": m.name("标签 ")})
	}
	return map[string]matrixCase{
		"label-list": fixed(path("/projects/%d/labels", m.project)),
		"label-create": func() (string, any) {
			return path("/projects/%d/labels", m.project), map[string]any{"name": m.name("标签 ")}
		},
		"label-update": func() (string, any) {
			id, version := newLabel()
			return path("/labels/%d", id), map[string]any{"version": version, "name": m.name("标签 ")}
		},
		"label-delete": func() (string, any) {
			id, _ := newLabel()
			return path("/labels/%d", id), nil
		},
	}
}

// treeCases act on tasks that the owner has made. Following oneself is for everybody who can read; here somebody else is
// made a follower.
func (m *matrix) treeCases() map[string]matrixCase {
	still := m.newTask()
	return map[string]matrixCase{
		"task-tree": fixed(path("/tasks/%d/tree", still.ID)),
		"task-set-parent": func() (string, any) {
			tk := m.newTask()
			return path("/tasks/%d/parent", tk.ID), map[string]any{"version": tk.Version, "parentId": still.ID}
		},
		"quickadd-read": func() (string, any) {
			return path("/projects/%d/quickadd/read", m.project), map[string]any{"text": "任务 明天"}
		},
		"quickadd-create": func() (string, any) {
			return path("/projects/%d/quickadd", m.project), map[string]any{"text": "任务 明天"}
		},
		"task-trash": fixed(path("/projects/%d/trash", m.project)),
		"task-restore": func() (string, any) {
			tk := m.newTask()
			m.owner().Do(http.MethodDelete, path("/tasks/%d?version=%d", tk.ID, tk.Version), nil).OK(nil)
			return path("/tasks/%d/restore", tk.ID), nil
		},
		"follower-list": fixed(path("/tasks/%d/followers", still.ID)),
		"follower-add": func() (string, any) {
			return path("/tasks/%d/followers/%d", m.newTask().ID, m.person["owner"]), nil
		},
		"follower-remove": func() (string, any) {
			tk := m.newTask()
			m.owner().Do(http.MethodPut, path("/tasks/%d/followers/%d", tk.ID, m.person["owner"]), nil).OK(nil)
			return path("/tasks/%d/followers/%d", tk.ID, m.person["owner"]), nil
		},
	}
}

// taskCases act on tasks that the owner has made: a member may change them but not delete them.
func (m *matrix) taskCases() map[string]matrixCase {
	still := m.newTask() // for those who only look
	return map[string]matrixCase{
		"board-get":       fixed(path("/projects/%d/board", m.project)),
		"task-list":       fixed(path("/tasks?project=%d", m.project)),
		"task-get":        fixed(path("/tasks/%d", still.ID)),
		"task-get-by-key": fixed("/task-by-key/" + still.Key),
		"task-history":    fixed(path("/tasks/%d/history", still.ID)),
		// To somebody outside, the project of a new task is a field that names nothing.
		"task-create": func() (string, any) {
			return "/tasks", map[string]any{"projectId": m.project, "title": m.name("任务 ")}
		},
		"task-update": func() (string, any) {
			tk := m.newTask()
			return path("/tasks/%d", tk.ID), map[string]any{"version": tk.Version, "title": m.name("任务 ")}
		},
		"task-move": func() (string, any) {
			tk := m.newTask()
			return path("/tasks/%d/move", tk.ID), map[string]any{"version": tk.Version, "stateId": m.state, "afterId": still.ID}
		},
		"task-complete": func() (string, any) {
			tk := m.newTask()
			return path("/tasks/%d/complete", tk.ID), map[string]any{"version": tk.Version, "done": true}
		},
		"task-delete": func() (string, any) {
			tk := m.newTask()
			return path("/tasks/%d?version=%d", tk.ID, tk.Version), nil
		},
	}
}

// commentCases act on what the owner has said: nobody else changes it, and those who manage the project take it away.
func (m *matrix) commentCases() map[string]matrixCase {
	tk := m.newTask()
	say := func() (id, version int64) {
		return m.made(m.owner(), path("/tasks/%d/comments", tk.ID), map[string]any{"text": m.name("评论 ")})
	}
	return map[string]matrixCase{
		"comment-list":   fixed(path("/tasks/%d/comments", tk.ID)),
		"comment-create": func() (string, any) { return path("/tasks/%d/comments", tk.ID), map[string]any{"text": "收到"} },
		"comment-update": func() (string, any) {
			id, version := say()
			return path("/comments/%d", id), map[string]any{"version": version, "text": m.name("改 ")}
		},
		"task-summary": fixed(path("/tasks/%d/summary", tk.ID)),
		"comment-react": func() (string, any) {
			id, _ := say()
			return path("/comments/%d/reactions/ok", id), nil
		},
		"comment-unreact": func() (string, any) {
			id, _ := say()
			return path("/comments/%d/reactions/ok", id), nil
		},
		"comment-delete": func() (string, any) {
			id, _ := say()
			return path("/comments/%d", id), nil
		},
	}
}

func (m *matrix) readerCases() map[string]matrixCase {
	return map[string]matrixCase{
		"search-find":          fixed("/search?q=%E4%BB%BB%E5%8A%A1"),
		"search-index-get":     fixed("/search/index"),
		"search-index-rebuild": fixed("/search/index/rebuild"),
		"notification-list":    fixed("/notifications"),
		"notification-read":    func() (string, any) { return "/notifications/read", map[string]any{"all": true} },
		"audit-list":           fixed("/audit"),
		"audit-verify":         fixed("/audit/verify"),
		"audit-readers":        fixed("/audit/readers"),
		"audit-rerun":          fixed("/audit/readers/notify/rerun"),
		"audit-skip":           func() (string, any) { return "/audit/readers/notify/skip", map[string]any{"entry": 17} },
		"audit-checkpoints":    fixed("/audit/checkpoints"),
		"audit-keys":           fixed("/audit/keys"),
	}
}
