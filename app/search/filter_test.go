package search_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dingban/app/org"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/project"
	"dingban/app/search"
	"dingban/app/search/words"
	"dingban/app/task"
)

// filled has a few tasks that differ in what filters ask for.
func filled(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	today := w.Clock.Now().In(time.FixedZone("UTC+8", 8*3600))
	at := func(days int) *int64 {
		ms := time.Date(today.Year(), today.Month(), today.Day()+days, 12, 0, 0, 0, today.Location()).UnixMilli()
		return &ms
	}
	w.projects = map[int64]project.Project{
		1: {ID: 1, Key: "OPS", Name: "机房搬迁", Description: "第三季度完成"},
		2: {ID: 2, Key: "WEB", Name: "官网改版"},
	}
	person := func(ids ...int64) (refs []org.PersonRef) {
		for _, id := range ids {
			refs = append(refs, org.PersonRef{ID: id})
		}
		return refs
	}
	for _, c := range []written{
		{Title: "采购服务器", Description: "三台机架式", CreatedBy: zhang, Card: task.Card{ID: 1, ProjectID: 1, StateID: 11, Assignees: person(zhang), Priority: "high", DueAt: at(1), CreatedAt: *at(0), UpdatedAt: *at(0)}},
		{Title: "采购交换机", Comments: []string{"供应商已报价"}, CreatedBy: li, Card: task.Card{ID: 2, ProjectID: 1, StateID: 12, Assignees: person(zhang, li), Priority: "none", DueAt: at(-3), CreatedAt: *at(-10), UpdatedAt: *at(-1)}},
		{Title: "采购合同", Description: "供应商盖章", CreatedBy: li, Card: task.Card{ID: 3, ProjectID: 2, StateID: 23, Assignees: person(li), Priority: "low", DueAt: at(-5), DoneAt: at(-4), CreatedAt: *at(-40), UpdatedAt: *at(-4)}},
		{Title: "维护官网", CreatedBy: zhang, Card: task.Card{ID: 4, ProjectID: 2, StateID: 21, Priority: "none", CreatedAt: *at(-100), UpdatedAt: *at(-90)}},
	} {
		c.Card.Title = c.Title
		w.put(c)
	}
	w.index()
	return w
}

func TestFiltersChoose(t *testing.T) {
	t.Parallel()
	w := filled(t)
	for q, want := range map[string][]int64{
		"采购 project:OPS":        {2, 1},
		"项目：官网 type:任务":         {4, 3},
		"项目:jfbq 采购":            {2, 1},
		"-项目:OPS 采购":            {3},
		"负责人:我":                 {2, 1},
		"assignee:张伟":           {2, 1},
		"负责人:lxy":               {3, 2},
		"负责人:无 type:task":       {4},
		"负责人:我 负责人:李晓雨":         {2},
		"创建人:李晓雨 采购":            {3, 2},
		"state:进行中":             {2},
		"状态:待办,已完成":             {4, 3, 1},
		"state:open 采购":         {2, 1},
		"state:todo":            {4, 1},
		"priority:高,low":        {3, 1},
		"has:评论":                {2},
		"-has:due type:task":    {4},
		"due:明天":                {1},
		"截止:逾期":                 {2},
		"due:<今天":               {3, 2},
		"due:none type:task":    {4},
		"done:7d":               {3},
		"created:30天 type:task": {2, 1},
		"更新:>=昨天 type:task":     {2, 1},
		"供应商":                   {3, 2},
		"type:评论 供应商":           {2},
		"供应商 -盖章":               {2},
		`"采购合" -交换机`:            {3},
		"采购 -合同 -服务器":           {2},
		"cght":                  {3},
		"採購":                    {3, 2, 1},
		"type:项目 第三季度":          {-1},
		"jifang":                {-1},
		"WEB type:project":      {-2},
		"张伟":                    {-zhang},
		"lixiaoyu type:person":  {-li},
		"type:person,project":   {-li, -zhang, -2, -1},
	} {
		got := ids(w.all(q, 50))
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s finds %v, want %v", q, got, want)
		}
	}
}

func TestKindsShowWhatTheyAre(t *testing.T) {
	t.Parallel()
	w := filled(t)
	p := w.find("机房搬迁").Hits[0]
	if p.Kind != "project" || p.Project.Key != "OPS" || p.Project.Name != "机房搬迁" || words.Join(p.Title) != "机房搬迁" || !p.Title[0].Hit {
		t.Errorf("%+v", p)
	}
	h := w.find("zhangwei").Hits[0]
	if h.Kind != "person" || h.Person.ID != zhang || h.Person.DepartmentName != "研发一部" || !h.Title[0].Hit {
		t.Errorf("%+v", h)
	}
	c := w.find("已报价").Hits[0]
	if c.Kind != "task" || c.Place != "comment" || c.Task.ProjectName != "项目1" || c.Snippet != "供应商已报价" || len(c.Parts) != 2 {
		t.Errorf("%+v", c)
	}
}

// TestTheBestComesFirst: titles before texts, recent before old, one's own before that of others, rare words before common.
func TestTheBestComesFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	now := w.Clock.Now().UnixMilli()
	const day = 24 * 3600 * 1000
	put := func(id int64, age int64, by int64, title, description string) {
		w.put(written{Title: title, Description: description, CreatedBy: by, Card: task.Card{ID: id, ProjectID: 1, Title: title, CreatedAt: now - age*day, UpdatedAt: now - age*day}})
	}
	put(10, 0, li, "其他事项", "需要备份一下。"+strings.Repeat("另外的内容很多很多。", 30))
	put(9, 0, li, "备份", "")
	put(8, 0, zhang, "备份", "")
	put(7, 300, li, "备份", "")
	put(6, 0, li, "其他", "备份 备份 备份")
	put(5, 0, li, "方案", "罕见 方案 方案")
	for id := int64(20); id < 40; id++ {
		put(id, 0, li, "方案", "方案")
	}
	w.index()
	if got := ids(w.pages("备份", search.Relevance, 50)); !slices.Equal(got, []int64{8, 9, 7, 6, 10}) {
		t.Errorf("order %v", got)
	}
	for size := 1; size < 6; size++ {
		if got := ids(w.pages("备份", search.Relevance, size)); !slices.Equal(got, []int64{8, 9, 7, 6, 10}) {
			t.Errorf("order on pages of %d: %v", size, got)
		}
	}
	if got := ids(w.pages("方案 罕见", search.Relevance, 50)); !slices.Equal(got, []int64{5}) {
		t.Errorf("order %v", got)
	}
}

// TestFiltersFollowTheJournal: what changes no word changes what filters find.
func TestFiltersFollowTheJournal(t *testing.T) {
	t.Parallel()
	w := filled(t)
	moved := w.tasks[1]
	moved.Card.StateID = 12
	w.put(moved)
	w.tell("task.move", 1, journal.Change{Field: "state", From: 11, To: 12})
	w.finds("state:进行中", 2, 1)
	// A state that goes takes its tasks along without an entry for each.
	for _, id := range []int64{1, 2} {
		moved := w.tasks[id]
		moved.Card.StateID = 13
		w.put(moved)
	}
	w.append(journal.Entry{Module: "board", Verb: "board.delete_state", Ref: ref.To("state", 12), ProjectID: 1})
	w.finds("state:进行中")
	w.finds("state:done", 3)
	w.projects[1] = project.Project{ID: 1, Key: "OPS", Name: "数据中心搬迁"}
	w.append(journal.Entry{Module: "project", Verb: "project.update", Ref: ref.To("project", 1), ProjectID: 1})
	w.finds("数据中心", -1)
	w.finds("机房")
}
