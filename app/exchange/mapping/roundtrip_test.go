package mapping_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"dingban/app/exchange/mapping"
	"dingban/app/exchange/record"
	"dingban/app/exchange/sheet"
	"dingban/app/exchange/value"
)

// exportHeaders are the words of an export. They are words for people and so not the package's.
var exportHeaders = map[mapping.Field]string{
	mapping.Key: "编号", mapping.Title: "标题", mapping.State: "状态", mapping.Done: "是否完成", mapping.Assignee: "负责人", mapping.Priority: "优先级",
	mapping.Start: "开始时间", mapping.Due: "截止时间", mapping.Labels: "标签", mapping.Type: "类型", mapping.Parent: "父任务", mapping.Iteration: "迭代",
	mapping.Estimate: "预估工时（小时）", mapping.Remaining: "剩余工时", mapping.Spent: "实际工时", mapping.Progress: "进度", mapping.Creator: "创建人",
	mapping.Follower: "参与人", mapping.Created: "创建时间", mapping.Updated: "更新时间", mapping.Finished: "完成时间", mapping.Checklist: "检查项",
	mapping.Attachment: "附件", mapping.Description: "描述",
}

func sample() []record.Record {
	hours := func(h float64) *time.Duration { d := time.Duration(h * float64(time.Hour)); return &d }
	fifty := 50
	return []record.Record{
		{
			Row: 2, Key: "OPS-1", Title: "=cmd|' /C calc'!A0", Description: "三台，\n\"机架式\"。\n\n- 一\n- 二", Type: "采购", Priority: "high",
			State: record.State{Name: "进行中"}, Assignees: []record.Person{{Name: "张三", Email: "zhangsan@corp.cn"}, {Name: "李四"}}, Followers: []record.Person{{Name: "王五", Number: "E77"}},
			Creator: record.Person{Name: "赵六", Login: "zhaoliu"}, Labels: []record.Label{{Name: "+采购"}, {Name: "机房"}}, Start: day("2026-03-01"), Due: moment("2026-03-15 00:00"),
			Created: moment("2026-02-01 08:30").At, Updated: moment("2026-02-02 09:00").At, Estimate: hours(16), Remaining: hours(0), Spent: hours(1.25), Progress: &fifty,
			Iterations: []string{"第一轮"}, Checklists: []record.Checklist{{Name: "检查项", Items: []record.Item{{Text: "询价", Done: true}, {Text: "下单"}}}},
			Attachments: []record.Attachment{{Name: "报价单", URL: "https://corp.cn/a.pdf"}},
		},
		{Row: 3, Key: "OPS-2", ParentKey: "OPS-1", ParentRow: 2, Title: "-5 度以下停工", Priority: "none", State: record.State{Name: "已完成", Done: true}, Done: moment("2026-02-05 10:00").At},
		{Row: 4, Key: "@3", Title: "'=已有撇号", Priority: "low", Due: day("2026-12-31")},
	}
}

func TestWhatIsExportedIsImportedUnchanged(t *testing.T) {
	want := sample()
	write := func(w sheet.Writer) {
		t.Helper()
		for _, r := range want {
			if err := w.Write(mapping.Cells(r, mapping.ExportFields, shanghai)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	check := func(r sheet.Reader) {
		t.Helper()
		plan, res := read(t, r, mapping.Options{Zone: shanghai, Ref: want[0].Created})
		if !slices.Equal(fields(plan), mapping.ExportFields) {
			t.Fatalf("fields %v", fields(plan))
		}
		if got := told(&res.Problems); len(got) > 0 {
			t.Errorf("problems %v", got)
		}
		for i := range want {
			if !reflect.DeepEqual(res.Records[i], want[i]) {
				t.Errorf("got  %+v\nwant %+v", res.Records[i], want[i])
			}
		}
	}
	t.Run("CSV", func(t *testing.T) {
		var b bytes.Buffer
		w := sheet.NewCSVWriter(&b, sheet.CSVWriterOptions{Mark: true})
		var header []sheet.Cell
		for _, f := range mapping.ExportFields {
			header = append(header, sheet.TextCell(exportHeaders[f]))
		}
		if err := w.Write(header); err != nil {
			t.Fatal(err)
		}
		write(w)
		if text := b.String(); strings.Contains(text, ",=cmd") || strings.Contains(text, ",-5 度") || !strings.Contains(text, "'=cmd") {
			t.Errorf("not neutralised: %q", text)
		}
		c, err := sheet.NewCSV(&b, sheet.CSVOptions{Restore: true})
		if err != nil {
			t.Fatal(err)
		}
		check(c)
	})
	t.Run("XLSX", func(t *testing.T) {
		var b bytes.Buffer
		var columns []sheet.Column
		for _, f := range mapping.ExportFields {
			columns = append(columns, sheet.Column{Header: exportHeaders[f]})
		}
		w, err := sheet.NewXLSXWriter(&b, "任务", columns, want[0].Created)
		if err != nil {
			t.Fatal(err)
		}
		write(w)
		book, err := sheet.OpenXLSX(bytes.NewReader(b.Bytes()), int64(b.Len()))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := book.Rows(book.First())
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		check(rows)
	})
}

// pieces are what texts are made of here: whatever a format might trip over.
var pieces = []string{
	"=", "+", "-", "@", "'", "''=", "\"", "\"\"", ",", ";", "|", "\t", "\n", "\n\n", " ", "  ", "_x000D_", "_x", "&", "<b>", "]]>", "&amp;", "＝", "＋1", "－", "＠", "采购", "服务器", "😀", "sep=;",
	"1.5", "2026-03-15", "TRUE", "#N/A", "\\", "é", "한글", "e\u0301", "%", "0",
}

func text(rng *rand.Rand, most int) string {
	var b strings.Builder
	for range rng.IntN(most + 1) {
		b.WriteString(pieces[rng.IntN(len(pieces))])
	}
	return b.String()
}

func random(rng *rand.Rand, row int) record.Record {
	r := record.Record{Row: row, Key: fmt.Sprintf("%s%d", []string{"", "=", "T-", "@"}[rng.IntN(4)], row), Priority: []string{"none", "low", "medium", "high", "urgent"}[rng.IntN(5)]}
	r.Title = value.Line("题" + text(rng, 6))
	if rng.IntN(2) == 0 {
		r.Title = value.Line(text(rng, 6) + "题")
	}
	r.Description = value.Clean(text(rng, 12))
	r.State = record.State{Name: value.Line(text(rng, 3)), Done: rng.IntN(2) == 0}
	when := func() record.When {
		at := time.Date(2026, 1, 1+rng.IntN(700), 0, 0, 0, 0, shanghai)
		if rng.IntN(2) == 0 {
			return record.When{At: at, AllDay: true}
		}
		return record.When{At: at.Add(time.Duration(rng.IntN(86400)) * time.Second)}
	}
	if rng.IntN(3) > 0 {
		r.Due = when()
	}
	if rng.IntN(3) == 0 {
		if s := when(); r.Due.IsZero() || s.At.Before(r.Due.At) {
			r.Start = s
		}
	}
	r.Created = when().At
	for i := range rng.IntN(4) {
		r.AddLabel(record.Label{Name: fmt.Sprint([]string{"=", "签", "-", "a b"}[i], rng.IntN(50))})
	}
	if rng.IntN(2) == 0 {
		d := time.Duration(rng.IntN(100_000)) * time.Minute
		r.Estimate = &d
	}
	if rng.IntN(2) == 0 {
		n := rng.IntN(101)
		r.Progress = &n
	}
	if row > 2 && rng.IntN(2) == 0 {
		r.ParentRow = 2 + rng.IntN(min(row-2, 5))
	}
	return r
}

// Whatever is exported, in either form, comes back as it was.
func TestAnythingExportedComesBack(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for round := range 60 {
		want := make([]record.Record, 20)
		for i := range want {
			want[i] = random(rng, i+2)
			if p := want[i].ParentRow; p != 0 {
				want[i].ParentKey = want[p-2].Key
			}
		}
		var csv, xlsx bytes.Buffer
		plain := sheet.NewCSVWriter(&csv, sheet.CSVWriterOptions{Mark: round%2 == 0, Delimiter: ",;\t"[round%3]})
		var header []sheet.Cell
		var columns []sheet.Column
		for _, f := range mapping.ExportFields {
			header = append(header, sheet.TextCell(exportHeaders[f]))
			columns = append(columns, sheet.Column{Header: exportHeaders[f]})
		}
		if err := plain.Write(header); err != nil {
			t.Fatal(err)
		}
		book, err := sheet.NewXLSXWriter(&xlsx, "任务", columns, time.Unix(0, 0))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range []sheet.Writer{plain, book} {
			for _, r := range want {
				if err := w.Write(mapping.Cells(r, mapping.ExportFields, shanghai)); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
		}
		fromCSV, err := sheet.NewCSV(&csv, sheet.CSVOptions{Restore: true})
		if err != nil {
			t.Fatal(err)
		}
		opened, err := sheet.OpenXLSX(bytes.NewReader(xlsx.Bytes()), int64(xlsx.Len()))
		if err != nil {
			t.Fatal(err)
		}
		fromXLSX, err := opened.Rows(0)
		if err != nil {
			t.Fatal(err)
		}
		for name, r := range map[string]sheet.Reader{"CSV": fromCSV, "XLSX": fromXLSX} {
			plan, res := read(t, r, mapping.Options{Zone: shanghai, Ref: want[0].Created})
			if !slices.Equal(fields(plan), mapping.ExportFields) || res.Problems.Total() > 0 {
				t.Fatalf("%s: fields %v, problems %v", name, fields(plan), told(&res.Problems))
			}
			for i := range want {
				if !reflect.DeepEqual(res.Records[i], want[i]) {
					t.Fatalf("%s\ngot  %+v\nwant %+v", name, res.Records[i], want[i])
				}
			}
		}
	}
}
