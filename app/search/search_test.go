package search_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dingban/app/platform/db"
	"dingban/app/platform/journal"
	"dingban/app/platform/testkit"
	"dingban/app/search"
	"dingban/app/search/words"
)

func titles() []string {
	return []string{
		"修复登录页面在低版本浏览器上的白屏问题",
		"Upgrade Kubernetes to v1.31 和验证 Ingress",
		"季度OKR复盘：第３季度（Ｑ３）",
		"预算审批-2026年度#12",
		"🎉上线 release 2.0.1-rc3 internationalization",
		"Überprüfung der Prüfung",
		"日本語のタイトルをテスト",
		"采购三台服务器", "服务器机房搬迁方案评审", "机房UPS巡检与空调维护",
		"整理第三季度采购合同", "合同审批流程优化", "流程引擎：并行网关死锁",
		"数据库从 MySQL 5.7 升级到 8.4", "达梦数据库适配测试", "测试测试测试",
		"组织周会并写纪要", "a", "任", "OKR okr ＯＫＲ",
	}
}

// TestFindsEveryPartOfATitleAndNothingElse compares with reading every title.
func TestFindsEveryPartOfATitleAndNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(search.Tasks(w, remarks{w}))
	for i, title := range titles() {
		w.set(int64(i+1), 1, title, "")
	}
	w.index()
	parts := map[string]bool{}
	for _, title := range titles() {
		runes := []rune(title)
		for from := range runes {
			for to := from + 1; to <= len(runes); to++ {
				part := strings.TrimSpace(string(runes[from:to]))
				if words.HasLetters(part) {
					parts[part] = true
				}
			}
		}
	}
	if len(parts) < 1500 {
		t.Fatalf("only %d parts", len(parts))
	}
	for part := range parts {
		var want []int64
		for i, title := range titles() {
			if holds(title, strings.Fields(part)) {
				want = append(want, int64(i+1))
			}
		}
		slices.Reverse(want)
		if part[0] == '-' {
			part = `"` + part + `"` // or it would be an exclusion
			if strings.Contains(part, " ") {
				continue
			}
		}
		w.finds(part, want...)
	}
}

// holds compares every word with a title as it stands there, or as it is read.
func holds(title string, all []string) bool {
	text := words.Ready(words.Title, title)
	for _, word := range all {
		if !words.NewTerm(word).In(&text) {
			return false
		}
	}
	return true
}

func TestFindsWhatStandsInDescriptionsAndComments(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(1, 1, "迁移", "请在周五之前完成数据库迁移方案，并附上 rollback 步骤与 UI 截图。", "已经和张伟确认过窗口期")
	w.set(2, 2, "方案", "另一个任务", "截图在附件里", "周五见")
	w.index()
	w.finds("周五", 2, 1)
	w.finds("数据库迁移方案", 1)
	w.finds("ROLLBACK步骤") // written with a space between
	w.finds("ROLLBACK 步骤", 1)
	w.finds("窗口期", 1)
	w.finds("迁移 窗口期 张伟", 1)
	w.finds("方案 截图", 2, 1)
	w.finds("方 案", 2, 1)
	w.finds("llba", 1) // the inside of a word
	w.finds("周六")
	hits := w.all("窗口期", 10)
	if h := hits[0]; h.Kind != "task" || h.Place != "comment" || h.Snippet != "已经和张伟确认过窗口期" || h.Task.ProjectName != "项目1" || h.Task.Title != "迁移" {
		t.Errorf("got %+v", h)
	}
}

// TestPairsAloneAreNoMatch: a text may have all pieces of a query and yet not
// hold it. Such tasks must neither be shown nor make a page end early.
func TestPairsAloneAreNoMatch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for id := int64(1); id <= 60; id++ {
		if id%6 == 0 {
			w.set(id, 1, "优化登录页", "")
		} else {
			w.set(id, 1, "登录之后的目录页", "")
		}
	}
	w.index()
	want := []int64{60, 54, 48, 42, 36, 30, 24, 18, 12, 6}
	for size := 1; size <= 12; size++ {
		var got []int64
		for _, h := range w.all("登录页", size) {
			got = append(got, h.Task.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("pages of %d: %v", size, got)
		}
	}
	r, err := w.s.Find(w.Context(zhang), "登录页", search.Newest, db.Page{Limit: 3})
	if err != nil || len(r.Hits) < 2 {
		t.Errorf("a page of 3 has %d, %v", len(r.Hits), err)
	}
}

func TestPagesHaveNoGaps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := []int64{}
	for id := int64(1); id <= 20; id++ {
		w.set(id, 1+id%2, fmt.Sprintf("巡检机房 %d", id), "")
		want = append([]int64{id}, want...)
	}
	w.index()
	for size := 1; size <= 21; size++ {
		var got []int64
		for _, h := range w.all("巡检 机房", size) {
			got = append(got, h.Task.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("pages of %d: %v", size, got)
		}
	}
	r, err := w.s.Find(w.Context(zhang), "巡检", "", db.Page{Limit: 20})
	if err != nil || r.Next != "" {
		t.Errorf("a full last page promises another: %q, %v", r.Next, err)
	}
}

func TestNothingOfForeignProjects(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(1, 1, "薪酬方案", "")
	w.set(2, 3, "薪酬方案", "")
	w.set(3, 2, "薪酬方案", "")
	w.index()
	w.finds("薪酬", 3, 1)
	w.finds("薪酬 方案", 3, 1)
	// Moved to a project that is not the person's, and the index does not know yet.
	w.set(3, 3, "薪酬方案", "")
	w.finds("薪酬", 1)
	w.tell("task.update", 3, journal.Change{Field: "project", From: 2, To: 3})
	w.finds("薪酬", 1)
	w.readable = []int64{3}
	w.finds("薪酬 方案", 3, 2)
	w.readable = []int64{}
	w.finds("薪酬")
}

// TestWhoReadsVeryManyProjects: they are too many to name in a statement.
func TestWhoReadsVeryManyProjects(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.readable = nil
	for id := range int64(3000) {
		w.readable = append(w.readable, id+10)
	}
	want := []int64{}
	for id := int64(1); id <= 30; id++ {
		w.set(id, 1+10*(id%2), "年度审计", "") // projects 1 and 11
		if id%2 == 1 {
			want = append([]int64{id}, want...)
		}
	}
	w.index()
	w.finds("年度", want...)
	if got := w.all("审计", 2); len(got) != len(want) {
		t.Errorf("%d on pages of 2, want %d", len(got), len(want))
	}
}

func TestFollowsTheJournal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(7, 1, "采购服务器", "三台机架式")
	w.tell("task.create", 7)
	w.finds("服务器", 7)
	w.set(7, 1, "采购交换机", "三台机架式")
	w.tell("task.update", 7, journal.Change{Field: "title", From: "采购服务器", To: "采购交换机"})
	w.finds("服务器")
	w.finds("交换机", 7)
	w.finds("机架", 7)
	w.set(7, 1, "采购交换机", "三台机架式", "供应商已报价")
	w.tell("comment.create", 7)
	w.finds("报价", 7)
	w.set(7, 1, "采购交换机", "三台机架式", "供应商已发货")
	w.tell("comment.update", 7)
	w.finds("报价")
	w.finds("发货", 7)
	w.set(7, 1, "采购交换机", "三台机架式")
	w.tell("comment.delete", 7)
	w.finds("发货")
	w.remove(7)
	w.tell("task.delete", 7)
	w.finds("采购")
	if n := w.count("SELECT COUNT(*) FROM search_doc"); n != 0 {
		t.Errorf("%d documents are left of a deleted task", n)
	}
}

func TestOpensNothingForWhatChangesNoWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(1, 1, "采购", "")
	w.tell("task.create", 1)
	opened := w.opened
	w.tell("task.move", 1, journal.Change{Field: "rank", From: "a", To: "b"})
	if w.opened != opened {
		t.Errorf("opened tasks %d times", w.opened-opened)
	}
	// What filters ask for is a fact of the index too.
	w.tell("task.move", 1, journal.Change{Field: "state", From: 1, To: 2}, journal.Change{Field: "rank", To: "c"})
	if w.opened != opened+1 {
		t.Errorf("opened tasks %d times, want once", w.opened-opened)
	}
}

// TestEntriesSeenTwice: the journal delivers at least once.
func TestEntriesSeenTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(1, 1, "采购服务器", "三台")
	w.tell("task.create", 1)
	w.set(2, 1, "维护空调", "")
	w.tell("task.create", 2)
	w.set(1, 2, "采购交换机", "三台，月底前")
	w.tell("task.update", 1, journal.Change{Field: "title", From: "采购服务器", To: "采购交换机"})
	w.remove(2)
	w.tell("task.delete", 2)
	records, err := w.Journal.List(w.System(), journal.Filter{Ascending: true})
	if err != nil || len(records) != 4 {
		t.Fatal(len(records), err)
	}
	for _, r := range w.s.Readers() {
		for range 2 {
			if err := r.Handle(w.System(), records); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Handle(w.System(), records[:1]); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.count("SELECT COUNT(*) FROM search_doc"); n != 1 {
		t.Errorf("%d documents are in the index", n)
	}
	w.finds("采购", 1)
	if r := w.find("采购"); r.Total != 1 || !r.Exact {
		t.Errorf("%+v", r)
	}
}

func TestBadQueriesNameTheField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, c := range map[string]struct{ q, cursor, location, code string }{
		"empty":                 {"", "", "query.q", "field.required"},
		"space":                 {" \t\u3000 ", "", "query.q", "field.required"},
		"long":                  {strings.Repeat("长", 201), "", "query.q", "field.too_long"},
		"no letters":            {"，。！", "", "query.q", "search.no_letters"},
		"not UTF-8":             {"a\xff", "", "query.q", "field.bad_characters"},
		"broken mark":           {"采购", "?", "query.cursor", "db.bad_cursor"},
		"mark of another query": {"采购 计划", db.EncodeCursor("relevance", 1, 2, 3, []int64{4}), "query.cursor", "db.bad_cursor"},
		"only exclusions":       {"-采购", "", "query.q", "search.only_exclusions"},
		"open quote":            {`采购 "服务器`, "", "query.q", "search.open_quote"},
		"empty filter":          {"项目：", "", "query.q", "search.no_value"},
		"no such project":       {"project:火星", "", "query.q", "search.no_such_project"},
		"no such person":        {"负责人:火星人", "", "query.q", "search.no_such_person"},
		"no such state":         {"state:火星", "", "query.q", "search.no_such_state"},
		"no such type":          {"type:火星", "", "query.q", "search.bad_type"},
		"no such part":          {"has:火星", "", "query.q", "search.bad_has"},
		"no such priority":      {"priority:火星", "", "query.q", "search.bad_priority"},
		"no such day":           {"due:2026-02-31", "", "query.q", "search.bad_date"},
		"too many":              {strings.Repeat("a ", 31), "", "query.q", "search.too_many_words"},
	} {
		_, err := w.s.Find(w.Context(zhang), c.q, "", db.Page{Cursor: c.cursor})
		if location, code := wrongAt(err); location != c.location || code != c.code {
			t.Errorf("%s: %s %s", name, location, code)
		}
	}
	w.finds(strings.Repeat("长", 200))
}

// TestAPageTakesTwoStatementsOfSearch: the list of segments and their pages, and the pages only the first time. Opening the
// tasks takes three more.
func TestAPageTakesTwoStatementsOfSearch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for id := int64(1); id <= 100; id++ {
		w.set(id, 1, "完成数据库迁移方案评审", "")
	}
	w.index()
	for _, q := range []string{"数据库迁移方案", "方案", "库", "数据 迁移 方案 评审", "sjkqyfa"} {
		w.serve(search.Tasks(w, remarks{w}))
		w.find("type:task") // reads the facts of new segments
		for _, most := range []int{2, 1} {
			w.opened = 0
			ctx := db.CountStatements(w.Context(zhang))
			r, err := w.s.Find(ctx, q, "", db.Page{})
			if err != nil || len(r.Hits) != 50 {
				t.Fatal(q, len(r.Hits), err)
			}
			if n := db.Statements(ctx); n != most || w.opened != 1 {
				t.Errorf("%q: %d statements, opened %d times", q, n, w.opened)
			}
		}
	}
}

func TestRowsAndMigrationsAgree(t *testing.T) {
	t.Parallel()
	testkit.New(t, search.Migrations()).NoDrift(search.Rows()...)
}
