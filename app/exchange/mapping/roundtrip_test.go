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
