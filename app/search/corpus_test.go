package search_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"dingban/app/platform/db"
	"dingban/app/project"
	"dingban/app/search"
	"dingban/app/search/words"
)

// corpus makes tasks as an office writes them: Chinese sentences with figures, names of products, traditional characters,
// full-width letters and English between them.
func corpus(random *rand.Rand) (title, description, comment string) {
	pick := func(from ...string) string { return from[random.IntN(len(from))] }
	thing := func() string {
		return pick("数据库", "采购合同", "机房空调", "登录页面", "季度报表", "會議紀要", "備份策略", "UPS 电源", "Kubernetes 集群", "ＯＡ系统", "发票", "达梦 DM8", "审批流程", "API 网关", "员工手册")
	}
	deed := func() string {
		return pick("迁移", "评审", "修复", "验收", "upgrade", "更新", "上线", "回滚", "盘点", "协调", "巡检", "整理")
	}
	who := func() string {
		return pick("张伟", "李晓雨", "王芳", "欧阳娜", "Tom", "陳建國", "财务部", "信息中心", "𠮷田", "王\ue000", "马𬍛", "Zoe\u0308", "김민준")
	}
	// What people paste beside it: rare characters of all planes, marks, emoji, forms that become others when compared.
	odd := func() string {
		return pick("𠀀𪚥𫝀𫠝𬺰𮯠𰀀𱍐", "\U0002EBF0\U000323B0", "cafe\u0301、naïve", "👍🏽🎉 👨‍👩‍👧 🇨🇳", "①⑳㈱㎡ﬁ", "ﾊﾝｶｸ ｶﾞ", "坏\ufffd字",
			"《办法》〔2026〕8号", "https://x.example/a?b=1&c=%20", "10.0.0.1:8080", "한국어\u1112\u1161\u11ab", "豈更丽", "零\u200b宽", "C++/C#", "١٢٣ عربى", "हिन्दी")
	}
	when := func() string {
		return pick("本周五前", "12月31日", "第３季度", "2026-Q4", "下个月初", "春节之后", "v2.0.1 发布当天", "①号窗口期")
	}
	title = deed() + thing() + pick("", "（"+when()+"）", "：第"+fmt.Sprint(random.IntN(99))+"批", " - "+deed())
	var b strings.Builder
	for range 2 + random.IntN(5) {
		fmt.Fprintf(&b, "%s，请%s把%s的%s%s好%s", when(), who(), thing(), deed(), pick("准备", "处理", "跟进"), pick("。", "；", "\n", "，注意 rollback 步骤。", "!"))
	}
	description = b.String()
	if random.IntN(2) == 0 {
		b.WriteString(odd() + pick("", " ", "，") + odd())
	}
	if random.IntN(3) == 0 {
		comment = who() + "：" + thing() + "已" + deed() + pick("", "，ETA "+fmt.Sprint(random.IntN(2000)))
	}
	return title, description, comment
}

// TestEverySubstringIsFoundAndNothingElse: over a corpus, every part of two or more characters of every text finds exactly
// the tasks that a reading of all texts finds, of those the person may see, and the count says so.
func TestEverySubstringIsFoundAndNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(search.Tasks(w, remarks{w}))
	random := rand.New(rand.NewPCG(7, 8))
	texts := map[int64][]words.Text{}
	var all []string
	mine := map[int64][]string{}
	for id := int64(1); id <= 120; id++ {
		title, description, comment := corpus(random)
		projectID := 1 + id%3 // the third is not the person's
		w.set(id, projectID, title, description, comment)
		mine[id] = []string{title, description, comment}
		texts[id] = []words.Text{words.Ready(words.Title, title), words.Ready(words.Body, description), words.Ready(words.Comment, comment)}
		all = append(all, title, description, comment)
		if id == 60 {
			w.index() // half by a rebuild, half by the reader
		}
		if id > 60 {
			w.tell("task.create", id)
		}
	}
	parts := map[string]bool{}
	for _, text := range all {
		runes := []rune(text)
		for from := range runes {
			for length := 2; length <= 12 && from+length <= len(runes); length++ {
				// A part that begins with a mark, or ends before one, is not written in the text: its letters are others.
				part := string(runes[from : from+length])
				if !norm.NFKC.PropertiesString(part).BoundaryBefore() || from+length < len(runes) && !norm.NFKC.PropertiesString(string(runes[from+length:])).BoundaryBefore() {
					continue
				}
				if length < 5 || random.IntN(6) == 0 {
					parts[part] = true
				}
			}
		}
	}
	checked, rare := 0, false
	for _, part := range slices.Sorted(maps.Keys(parts)) {
		if !words.HasLetters(part) || strings.ContainsFunc(part, unicode.IsControl) {
			continue
		}
		if random.IntN(7) > 0 {
			continue
		}
		checked++
		rare = rare || strings.ContainsFunc(part, func(r rune) bool { return r > 0xffff })
		term := words.NewTerm(part)
		want := []int64{}
		for id := int64(120); id > 0; id-- {
			if 1+id%3 != 3 && slices.ContainsFunc(texts[id], func(text words.Text) bool { return term.In(&text) }) {
				want = append(want, id)
			}
		}
		// Whoever wrote it finds it as it was written, whatever comparing makes of it.
		for id, written := range mine {
			if 1+id%3 != 3 && slices.ContainsFunc(written, func(text string) bool { return holdsPart(text, part) }) && !slices.Contains(want, id) {
				t.Fatalf("%q stands in task %d and does not match it", part, id)
			}
		}
		q := `"` + part + `"`
		r, err := w.s.Find(w.Context(zhang), q, search.Newest, db.Page{Limit: 200})
		if err != nil {
			t.Fatalf("%s: %v", q, err)
		}
		if got := ids(r.Hits); !slices.Equal(got, want) || r.Total != len(want) || !r.Exact || r.Next != "" {
			t.Fatalf("%s finds %v, %d in all, want %v", q, got, r.Total, want)
		}
		for _, h := range r.Hits {
			if !slices.ContainsFunc(append(h.Parts, h.Title...), func(p words.Part) bool { return p.Hit }) {
				t.Fatalf("%s: nothing stands out in %q", q, h.Snippet)
			}
		}
	}
	if checked < 1000 || !rare {
		t.Errorf("only %d parts, of all planes: %v", checked, rare)
	}
}

// holdsPart tells whether a part stands in a text character by character, as a text of its own.
func holdsPart(text, part string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], part)
		if i < 0 {
			return false
		}
		end := at + i + len(part)
		if norm.NFKC.PropertiesString(text[at+i:]).BoundaryBefore() && (end == len(text) || norm.NFKC.PropertiesString(text[end:]).BoundaryBefore()) {
			return true
		}
		at += i + 1
	}
}

// TestCountsSayNothingOfForeignProjects, not even roughly, when there are more than were opened.
func TestCountsSayNothingOfForeignProjects(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for id := int64(1); id <= 90; id++ {
		w.set(id, 1+2*(id%3/2), "年度审计", "") // one in three is in project 3
	}
	w.index()
	r, err := w.s.Find(w.Context(zhang), "审计", "", db.Page{Limit: 5})
	if err != nil || r.Total != 60 || r.Exact || len(r.Hits) != 5 {
		t.Errorf("%d in all, exact: %v, %v", r.Total, r.Exact, err)
	}
	w.readable = []int64{}
	if r := w.find("审计"); r.Total != 0 || !r.Exact || len(r.Hits) != 0 {
		t.Errorf("%+v", r)
	}
	// A project that one may not read is one that is not there.
	w.projects = map[int64]project.Project{3: {ID: 3, Key: "SEC", Name: "薪酬改革"}}
	for _, q := range []string{"project:SEC", "project:薪酬", "项目:没有这个"} {
		_, err := w.s.Find(w.Context(zhang), q, "", db.Page{})
		if location, code := wrongAt(err); location != "query.q" || code != "search.no_such_project" {
			t.Errorf("%s: %s %s", q, location, code)
		}
	}
	w.finds("薪酬")
}
