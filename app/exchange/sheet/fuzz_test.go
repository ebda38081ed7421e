package sheet_test

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"dingban/app/exchange/sheet"
)

// checkRows holds every reader to its promises.
func checkRows(t *testing.T, rows []sheet.Row) {
	t.Helper()
	last := 0
	for _, r := range rows {
		if r.Number <= last {
			t.Fatalf("row %d after row %d", r.Number, last)
		}
		last = r.Number
		if n := len(r.Cells); n == 0 || n > sheet.MaxColumns || r.Cells[n-1].Kind == sheet.Empty {
			t.Fatalf("row %d has %d cells", r.Number, n)
		}
		for _, c := range r.Cells {
			if !utf8.ValidString(c.Text) || (c.Kind == sheet.Empty) != (c.Text == "") || utf8.RuneCountInString(c.Text) > sheet.MaxCell {
				t.Fatalf("row %d has %+v", r.Number, c)
			}
		}
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n\"c\"\"d\",e\r\n", "sep=;\n1;2\n", "\xFF\xFEa\x00,\x00\n\x00", "\"a\nb\"c\n", "a\tb\n\"x", "\xC1\xAA\xCD\xA8,1\n", ",,\n\r\r\n"} {
		f.Add([]byte(s))
	}
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("标题,负责人\n采购,张三\n")
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(gbk))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := sheet.NewCSV(bytes.NewReader(data), sheet.CSVOptions{})
		if err != nil {
			return
		}
		rows, err := drain(c)
		checkRows(t, rows)
		if err != nil {
			return
		}
		// What was read is written and read again without a change.
		var b bytes.Buffer
		w := sheet.NewCSVWriter(&b, sheet.CSVWriterOptions{Mark: true})
		for _, r := range rows {
			if err := w.Write(r.Cells); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		again, err := sheet.NewCSV(&b, sheet.CSVOptions{Delimiter: ',', Restore: true})
		if len(rows) == 0 && err == nil {
			return
		}
		// A text that begins like a web page or holds a zero byte is refused when it comes back.
		if err != nil {
			return
		}
		back, err := drain(again)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := texts(back), texts(rows); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q came back as %q", want, got)
		}
	})
}

func FuzzXLSX(f *testing.F) {
	f.Add(sheet1, shared, styles)
	f.Add(`<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="A1:A9"/></mergeCells></worksheet>`, "<sst/>", "<styleSheet/>")
	f.Fuzz(func(t *testing.T, one, strs, sty string) {
		data := handMade(t, "xl/worksheets/sheet1.xml", one, "xl/sharedStrings.xml", strs, "xl/styles.xml", sty)
		w, err := sheet.OpenXLSX(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		r, err := w.Rows(1)
		if err != nil {
			return
		}
		defer r.Close()
		rows, _ := drain(r)
		checkRows(t, rows)
	})
}

func FuzzXLSXOpen(f *testing.F) {
	f.Add(handMade(f))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = readAll(data)
	})
}

func FuzzNeutralise(f *testing.F) {
	f.Add("=1")
	f.Add("''＋")
	f.Fuzz(func(t *testing.T, s string) {
		n := sheet.Neutralise(s)
		if sheet.Restore(n) != s {
			t.Fatalf("%q became %q and %q", s, n, sheet.Restore(n))
		}
		if strings.ContainsAny(n[:min(1, len(n))], "=+-@\t\r\n") {
			t.Fatalf("%q is dangerous", n)
		}
	})
}

func taskRow(i int) []sheet.Cell {
	return []sheet.Cell{
		sheet.TextCell(fmt.Sprintf("采购第 %d 台服务器并上架", i)), sheet.TextCell("张三"), sheet.TextCell("进行中"), sheet.TextCell("高"),
		sheet.DateCell(time.Date(2026, 3, 15, 0, 0, 0, 0, time.UTC)), sheet.NumberCell(float64(i)), sheet.TextCell("三台，机架式，月底前到货。"),
		sheet.TextCell("采购、机房"), sheet.TextCell(fmt.Sprintf("OPS-%d", i)),
		{},
	}
}

const benchRows = 20_000

func benchXLSX(b testing.TB) []byte {
	var out bytes.Buffer
	w, err := sheet.NewXLSXWriter(&out, "任务", make([]sheet.Column, 10), time.Unix(0, 0))
	if err != nil {
		b.Fatal(err)
	}
	for i := range benchRows {
		if err := w.Write(taskRow(i)); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

func BenchmarkCSVRead(b *testing.B) {
	var out bytes.Buffer
	w := sheet.NewCSVWriter(&out, sheet.CSVWriterOptions{})
	for i := range benchRows {
		if err := w.Write(taskRow(i)); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	gbk, err := simplifiedchinese.GBK.NewEncoder().Bytes(out.Bytes())
	if err != nil {
		b.Fatal(err)
	}
	for name, data := range map[string][]byte{"UTF8": out.Bytes(), "GBK": gbk} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for range b.N {
				c, err := sheet.NewCSV(bytes.NewReader(data), sheet.CSVOptions{})
				if err != nil {
					b.Fatal(err)
				}
				if n := len(all(b, c)); n != benchRows {
					b.Fatal(n)
				}
			}
			b.ReportMetric(float64(benchRows*b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func BenchmarkXLSXRead(b *testing.B) {
	data := benchXLSX(b)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if n := len(readSheet(b, openBook(b, data), 0)); n != benchRows {
			b.Fatal(n)
		}
	}
	b.ReportMetric(float64(benchRows*b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkXLSXWrite(b *testing.B) {
	rows := make([][]sheet.Cell, benchRows)
	for i := range rows {
		rows[i] = taskRow(i)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		w, err := sheet.NewXLSXWriter(io.Discard, "任务", make([]sheet.Column, 10), time.Unix(0, 0))
		if err != nil {
			b.Fatal(err)
		}
		for _, r := range rows {
			if err := w.Write(r); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(benchRows*b.N)/b.Elapsed().Seconds(), "rows/s")
}
