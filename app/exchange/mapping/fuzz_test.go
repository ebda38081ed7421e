package mapping_test

import (
	"fmt"
	"strings"
	"testing"

	"dingban/app/exchange/mapping"
	"dingban/app/exchange/record"
	"dingban/app/exchange/sheet"
)

func FuzzRun(f *testing.F) {
	f.Add("编号,标题,父任务,层级\n1,a,2,1\n2,b,1,2\n")
	f.Add("标题,负责人,截止时间,进度\n  a,张三、李四,2026/3/1,80%\n")
	f.Add("序号,任务名称\n1,a\n1.1,b\n")
	f.Fuzz(func(t *testing.T, data string) {
		c, err := sheet.NewCSV(strings.NewReader(data), sheet.CSVOptions{})
		if err != nil {
			return
		}
		head, r, err := sheet.Head(c, 20)
		if err != nil || len(head) == 0 {
			return
		}
		plan := mapping.Guess(head[0], head[1:])
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
		res, err := mapping.Run(r, plan, options())
		if err != nil {
			return
		}
		rows := map[int]bool{}
		for _, rec := range res.Records {
			if rec.Title == "" || len([]rune(rec.Title)) > record.MaxTitle {
				t.Fatalf("title %q", rec.Title)
			}
			rows[rec.Row] = true
		}
		for _, rec := range res.Records {
			if rec.ParentRow != 0 && (!rows[rec.ParentRow] || rec.ParentRow == rec.Row) {
				t.Fatalf("row %d is part of row %d", rec.Row, rec.ParentRow)
			}
		}
		if len(res.Records)+res.Problems.Count(record.Failure) != res.Rows {
			t.Fatalf("%d rows, %d records, %d failures", res.Rows, len(res.Records), res.Problems.Count(record.Failure))
		}
	})
}

func BenchmarkRun(b *testing.B) {
	var s strings.Builder
	s.WriteString("编号,任务名称,负责人,截止时间,优先级,状态,标签,预估工时,父任务,描述\n")
	const n = 20_000
	for i := range n {
		fmt.Fprintf(&s, "T-%d,采购第 %d 台服务器,张三,2026/3/%d 18:30,紧急,进行中,采购、机房,2,T-%d,三台，机架式，月底前到货。\n", i, i, i%28+1, i/10)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		_, res := read(b, csvReader(b, s.String()), options())
		if len(res.Records) != n {
			b.Fatal(len(res.Records))
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "rows/s")
}
