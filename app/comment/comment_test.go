package comment_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"dingban/app/access"
	"dingban/app/comment"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/testkit"
	"dingban/app/task"
)

func (w *world) say(account string, taskID int64, text string) comment.Comment {
	w.t.Helper()
	c, err := w.s.Add(w.By(account), taskID, text)
	w.Must(err)
	return c
}

func (w *world) said(taskID int64) string {
	w.t.Helper()
	items, _, err := w.s.List(w.By("viewer"), taskID, all())
	w.Must(err)
	var texts []string
	for _, c := range items {
		texts = append(texts, c.Text)
	}
	if n := w.get(taskID).CommentCount; n != len(texts) {
		w.t.Errorf("the task counts %d comments of %d", n, len(texts))
	}
	return strings.Join(texts, " ")
}

func TestComments(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := w.add("任务")
	first := w.say("member", tk.ID, "设备已到货\r\n下午上架 \n")
	if first.Text != "设备已到货\n下午上架" || first.Author.ID != w.People["member"] || first.Author.Name == "" || first.TaskID != tk.ID || first.EditedAt != nil || first.Version != 1 || first.CreatedAt == 0 {
		t.Errorf("made %+v", first)
	}
	second := w.say("owner", tk.ID, "好")
	if got := w.said(tk.ID); got != "设备已到货\n下午上架 好" {
		t.Errorf("said %q", got)
	}
	if got := w.get(tk.ID); got.Version != 1 || got.UpdatedAt != tk.UpdatedAt {
		t.Error("a comment makes an open editor of the task stale")
	}

	edited, err := w.s.Edit(w.By("member"), first.ID, 1, "设备已到货")
	w.Must(err)
	if edited.Text != "设备已到货" || edited.EditedAt == nil || *edited.EditedAt < first.CreatedAt || edited.Version != 2 || edited.Author.ID != first.Author.ID {
		t.Errorf("edited %+v", edited)
	}
	before := w.Settle()
	if same, err := w.s.Edit(w.By("member"), first.ID, 2, "设备已到货 "); err != nil || same.Version != 2 || *same.EditedAt != *edited.EditedAt || w.Settle() != before {
		t.Errorf("edited to what it was: %+v %v", same, err)
	}
	_, err = w.s.Edit(w.By("member"), first.ID, 1, "旧的")
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != "comment.stale_version" || f.Current.(comment.Comment).Text != "设备已到货" {
		t.Errorf("a stale version: %v", err)
	}
	w.Must(w.s.Delete(w.By("owner"), second.ID))
	if got := w.said(tk.ID); got != "设备已到货" {
		t.Errorf("said %q", got)
	}
	testkit.WantCode(t, w.s.Delete(w.By("owner"), second.ID), "comment.not_found")
	_, err = w.s.Edit(w.By("owner"), second.ID, 2, "x")
	testkit.WantCode(t, err, "comment.not_found")
}

func TestWhoMayTouchAComment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.People["second"] = w.Person("second").ID
	_, err := w.Modules.Project.SetMember(w.By("owner"), w.Project.ID, w.People["second"], access.Worker)
	w.Must(err)
	tk := w.add("任务")
	c := w.say("member", tk.ID, "我的")
	for account, code := range map[string]string{"outsider": "comment.not_found", "viewer": "access.denied", "second": "access.denied", "manager": "access.denied", "owner": "access.denied"} {
		_, err := w.s.Edit(w.By(account), c.ID, 1, "别人的话")
		testkit.WantCode(t, err, code)
	}
	for account, code := range map[string]string{"outsider": "comment.not_found", "viewer": "access.denied", "second": "access.denied"} {
		testkit.WantCode(t, w.s.Delete(w.By(account), c.ID), code)
	}
	_, err = w.s.Add(w.By("viewer"), tk.ID, "我也")
	testkit.WantCode(t, err, "access.denied")
	if got := w.said(tk.ID); got != "我的" {
		t.Errorf("said %q", got)
	}
	w.Must(w.s.Delete(w.By("manager"), c.ID))
	mine := w.say("member", tk.ID, "我自己的")
	w.Must(w.s.Delete(w.By("member"), mine.ID))
	// Who has left the project has left their words there, and no right over them.
	left := w.say("second", tk.ID, "再见")
	w.Must(w.Modules.Project.RemoveMember(w.By("second"), w.Project.ID, w.People["second"]))
	testkit.WantCode(t, w.s.Delete(w.By("second"), left.ID), "comment.not_found")
	if got := w.said(tk.ID); got != "再见" {
		t.Errorf("said %q", got)
	}
}

func TestBadComments(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := w.add("任务")
	c := w.say("member", tk.ID, texts(10_000))
	for text, code := range map[string]string{
		"": "field.required", " \n\t ": "field.required", texts(10_001): "field.too_long", "响铃\a": "field.bad_characters", "\xff": "field.bad_characters",
	} {
		_, err := w.s.Add(w.By("member"), tk.ID, text)
		testkit.WantField(t, err, "body.text", code)
		_, err = w.s.Edit(w.By("member"), c.ID, 1, text)
		testkit.WantField(t, err, "body.text", code)
	}
	_, err := w.s.Edit(w.By("member"), c.ID, 0, "x")
	testkit.WantField(t, err, "body.version", "field.required")
	if got := w.said(tk.ID); got != texts(10_000) {
		t.Errorf("%d bytes are said", len(got))
	}
}

func TestPagesOfComments(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk, other := w.add("任务"), w.add("别的")
	for i := range 7 {
		w.say("member", tk.ID, fmt.Sprint(i))
		w.say("member", other.ID, "别处")
	}
	got, cursor := "", ""
	for page := 0; ; page++ {
		items, next, err := w.s.List(w.By("viewer"), tk.ID, db.Page{Limit: 3, Cursor: cursor})
		w.Must(err)
		for _, c := range items {
			got += c.Text
		}
		if page == 0 { // the one after which the next page begins goes, and somebody says something
			w.Must(w.s.Delete(w.By("member"), items[2].ID))
			w.say("owner", tk.ID, "7")
		}
		got += "|"
		if cursor = next; next == "" {
			break
		}
	}
	if got != "012|345|67|" {
		t.Errorf("pages %s", got)
	}
	_, _, err := w.s.List(w.By("viewer"), tk.ID, db.Page{Cursor: "?"})
	testkit.WantField(t, err, "query.cursor", "db.bad_cursor")
}

func TestManyCommentsAtOnceAreCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := w.add("任务")
	gone := w.say("member", tk.ID, "先说")
	for i, err := range together(20, func(i int) error {
		if i%4 == 0 { // five want to delete the same one: it goes once
			return w.s.Delete(w.By("owner"), gone.ID)
		}
		_, err := w.s.Add(w.By("member"), tk.ID, fmt.Sprint(i))
		return err
	}) {
		if err != nil && (i%4 != 0 || !fault.HasCode(err, "comment.not_found")) {
			t.Errorf("%d: %v", i, err)
		}
	}
	if n := len(strings.Fields(w.said(tk.ID))); n != 15 {
		t.Errorf("%d comments are left of 15", n)
	}
}

func TestReactions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := w.add("任务")
	first, second := w.say("member", tk.ID, "到货了"), w.say("member", tk.ID, "上架了")
	for _, account := range []string{"owner", "member", "owner"} {
		_, err := w.s.React(w.By(account), first.ID, "thumbs_up", true)
		w.Must(err)
	}
	before := w.Settle()
	got, err := w.s.React(w.By("owner"), first.ID, "thumbs_up", true)
	w.Must(err)
	if w.Settle() != before {
		t.Error("a reaction that was given already is journalled again")
	}
	if len(got.Reactions) != 1 || len(got.Reactions[0].People) != 2 || !got.Reactions[0].Mine || got.Reactions[0].People[0].ID != w.People["owner"] || got.Version != first.Version {
		t.Errorf("reactions %+v", got)
	}
	_, err = w.s.React(w.By("owner"), second.ID, "done", true)
	w.Must(err)
	items, _, err := w.s.List(w.By("viewer"), tk.ID, all())
	w.Must(err)
	if len(items[0].Reactions) != 1 || items[0].Reactions[0].Mine || items[1].Reactions[0].Name != "done" {
		t.Errorf("a viewer sees %+v", items)
	}
	edited, err := w.s.Edit(w.By("member"), first.ID, 1, "全部到货了")
	w.Must(err)
	if len(edited.Reactions) != 1 {
		t.Errorf("an edit answers %+v", edited)
	}
	got, err = w.s.React(w.By("owner"), first.ID, "thumbs_up", false)
	w.Must(err)
	if len(got.Reactions[0].People) != 1 || got.Reactions[0].Mine {
		t.Errorf("after it was taken back %+v", got.Reactions)
	}

	_, err = w.s.React(w.By("viewer"), first.ID, "ok", true)
	testkit.WantCode(t, err, "access.denied")
	_, err = w.s.React(w.By("outsider"), first.ID, "ok", true)
	testkit.WantCode(t, err, "comment.not_found")
	_, err = w.s.React(w.By("owner"), first.ID, "<script>", true)
	testkit.WantField(t, err, "path.name", "field.not_allowed")
	w.Must(w.s.Delete(w.By("member"), second.ID))
	_, err = w.s.React(w.By("owner"), second.ID, "ok", true)
	testkit.WantCode(t, err, "comment.not_found")
}

func TestSummary(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	long := "机房搬迁要在国庆之前完成，涉及三台核心数据库服务器和两台存储设备。搬迁期间业务系统由备用机房承担，停机时间不得超过四小时。" +
		"运输由顺达物流公司负责，费用预算为12万元。搬迁前必须完成全量备份，并在备用机房做一次恢复演练。请各部门提前通知客户，做好解释工作。" +
		"新机房的电源和空调已经验收合格，网络线路还在调试，预计本周五之前可以完成。搬迁完成以后要对全部业务系统做一次完整的功能检查，检查结果由质量部汇总上报。" +
		"如遇恶劣天气，搬迁时间顺延到下一个周末，由值班经理通知有关人员。所有设备在装车之前要贴好标签，并拍照留存，到达以后逐台核对清单，发现缺损当场登记。"
	tk, err := w.Modules.Task.Create(w.By("member"), task.Draft{ProjectID: w.Project.ID, Title: "机房搬迁", Description: long})
	w.Must(err)
	short, err := w.s.Summary(w.By("viewer"), w.add("短").ID)
	w.Must(err)
	if short.Worth || len(short.Sentences) != 0 {
		t.Errorf("of a short task %+v", short)
	}
	c := w.say("member", tk.ID, strings.Repeat("网络线路调试遇到问题，交换机的光模块型号不对，需要更换。", 6)+"请采购部务必在12月3日前买到八个新的光模块。")
	got, err := w.s.Summary(w.By("viewer"), tk.ID)
	w.Must(err)
	runes := 0
	for _, x := range got.Sentences {
		runes += len([]rune(x.Text))
		if x.CommentID == nil && !strings.Contains(long, x.Text) || x.CommentID != nil && *x.CommentID != c.ID {
			t.Errorf("made up: %+v", x)
		}
	}
	if !got.Worth || len(got.Sentences) < 2 || runes > 300 || len(got.Phrases) == 0 || !slices.Contains(got.Amounts, "12万元") {
		t.Errorf("summary %+v", got)
	}
	if !slices.ContainsFunc(got.ToDos, func(x comment.ToDo) bool {
		return x.CommentID != nil && *x.CommentID == c.ID && strings.Contains(x.When, "12月3日")
	}) {
		t.Errorf("to do %+v", got.ToDos)
	}
	_, err = w.s.Summary(w.By("outsider"), tk.ID)
	testkit.WantCode(t, err, "task.not_found")
}
