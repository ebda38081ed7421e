package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"dingban/app/server/servertest"
)

// TestSearchAcrossModules: what people write in the real modules is found by those who may read it, told apart by kind, and
// neither shown to others nor counted for them.
func TestSearchAcrossModules(t *testing.T) {
	t.Parallel()
	w := servertest.New(t)
	owner, outsider := w.Person("owner").ID, w.Person("outsider").ID
	c, stranger := w.Client("owner"), w.Client("outsider")
	var project, made struct{ ID, Version int64 }
	c.Do(http.MethodPost, "/projects", map[string]any{"key": "SEC", "name": "薪酬改革", "description": "先在总部试行"}).OK(&project)
	c.Do(http.MethodPost, "/tasks", map[string]any{
		"projectId": project.ID, "title": "测算薪酬总额", "description": "按岗位序列汇总", "assigneeIds": []int64{owner},
	}).OK(&made)
	c.Do(http.MethodPost, fmt.Sprintf("/tasks/%d/comments", made.ID), map[string]any{"text": "人力资源部已经确认口径"}).OK(nil)
	w.Settle()

	type answer struct {
		Total int
		Exact bool
		Items []struct {
			Kind, Place, Snippet string
			Task                 *struct{ ID int64 }
		}
	}
	find := func(c *servertest.Client, q string) (a answer) {
		t.Helper()
		c.Do(http.MethodGet, "/search?q="+url.QueryEscape(q), nil).OK(&a)
		return a
	}
	for q, want := range map[string]string{
		"薪酬":             "project title, task title",
		"cszc":           "",
		"csxcze":         "task title",
		"岗位序列":           "task body",
		"确认口径":           "task comment",
		"总部试行":           "project body",
		"负责人:我 状态:未完成":   "task title",
		"项目:SEC 类型:任务":   "task title",
		"完成:有 type:task": "",
	} {
		got := []string{}
		a := find(c, q)
		for _, h := range a.Items {
			got = append(got, h.Kind+" "+h.Place)
		}
		for _, part := range strings.Split(want, ", ") {
			if part != "" && !strings.Contains(strings.Join(got, ","), part) {
				t.Errorf("%s: %v, want %s", q, got, want)
			}
		}
		if n := len(strings.FieldsFunc(want, func(r rune) bool { return r == ',' })); len(got) != n || a.Total != n || !a.Exact {
			t.Errorf("%s: %v, %d in all, want %d", q, got, a.Total, n)
		}
		if strings.Contains(q, "SEC") {
			continue
		}
		if a := find(stranger, q); a.Total != 0 || len(a.Items) != 0 {
			t.Errorf("%s: somebody else sees %+v", q, a)
		}
	}
	if p := stranger.Do(http.MethodGet, "/search?q="+url.QueryEscape("项目:SEC"), nil).Problem(422, "request.invalid"); !strings.Contains(fmt.Sprint(p), "项目:SEC") {
		t.Errorf("the answer names nothing: %+v", p)
	}
	c.Do(http.MethodPost, fmt.Sprintf("/tasks/%d/complete", made.ID), map[string]any{"version": made.Version, "done": true}).OK(nil)
	c.Do(http.MethodPut, fmt.Sprintf("/projects/%d/members/%d", project.ID, outsider), map[string]any{"role": "viewer"}).OK(nil)
	w.Settle()
	if a := find(stranger, "完成:有 口径"); a.Total != 1 {
		t.Errorf("a member sees %+v", a)
	}
	w.Admin().Do(http.MethodPost, "/search/index/rebuild", nil).OK(nil)
	w.Settle()
	var p struct{ Epoch, Documents int64 }
	w.Admin().Do(http.MethodGet, "/search/index", nil).OK(&p)
	if p.Epoch != 2 || p.Documents < 2 {
		t.Errorf("%+v", p)
	}
	if a := find(c, "薪酬"); a.Total != 2 {
		t.Errorf("after a rebuild: %+v", a)
	}
}
