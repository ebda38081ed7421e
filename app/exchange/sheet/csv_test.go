package sheet_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"dingban/app/exchange/record"
	"dingban/app/exchange/sheet"
)

func all(t testing.TB, r sheet.Reader) []sheet.Row {
	t.Helper()
	rows, err := drain(r)
	if err != nil {
		t.Fatalf("after %d rows: %v", len(rows), err)
	}
	return rows
}

func drain(r sheet.Reader) ([]sheet.Row, error) {
	var rows []sheet.Row
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		rows = append(rows, row)
	}
}

func texts(rows []sheet.Row) [][]string {
	out := make([][]string, len(rows))
	for i, r := range rows {
		out[i] = r.Texts()
	}
	return out
}

func codes(rows []sheet.Row) []string {
	var out []string
	for _, r := range rows {
		for _, p := range r.Problems {
			out = append(out, fmt.Sprintf("%d:%d %s", p.Row, p.Column, p.Code))
		}
	}
	return out
}

func readCSV(t testing.TB, data string, o sheet.CSVOptions) (*sheet.CSV, []sheet.Row) {
	t.Helper()
	c, err := sheet.NewCSV(strings.NewReader(data), o)
	if err != nil {
		t.Fatal(err)
	}
	return c, all(t, c)
}

func encode(t testing.TB, e encoding.Encoding, s string) string {
	t.Helper()
	out, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCSVFindsEncodings(t *testing.T) {
	const table = "任务名称,负责人,截止时间\r\n采购服务器,张三,2026/3/15\r\n\"机房, 搬迁\",李四,\r\n"
	want := [][]string{{"任务名称", "负责人", "截止时间"}, {"采购服务器", "张三", "2026/3/15"}, {"机房, 搬迁", "李四"}}
	long := strings.Repeat("abc,def,ghi\n", 20_000)
	le := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	be := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	cases := []struct {
		name, data string
		encoding   sheet.Encoding
	}{
		{"UTF-8", table, sheet.UTF8},
		{"UTF-8 with a mark, as Excel writes it", "\xEF\xBB\xBF" + table, sheet.UTF8},
		{"GBK, as WPS and Excel write it", encode(t, simplifiedchinese.GBK, table), sheet.GB18030},
		{"UTF-16 with a mark", "\xFF\xFE" + encode(t, le, table), sheet.UTF16LE},
		{"UTF-16 of the other order", "\xFE\xFF" + encode(t, be, table), sheet.UTF16BE},
		{"UTF-16 without a mark", encode(t, le, table), sheet.UTF16LE},
		{"UTF-16BE without a mark", encode(t, be, table), sheet.UTF16BE},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, rows := readCSV(t, c.data, sheet.CSVOptions{})
			if got := texts(rows); !reflect.DeepEqual(got, want) {
				t.Errorf("got %q", got)
			}
			if r.Encoding() != c.encoding {
				t.Errorf("encoding %q", r.Encoding())
			}
			if len(codes(rows)) != 0 {
				t.Errorf("problems %v", codes(rows))
			}
		})
	}
	t.Run("the first Chinese word far from the beginning", func(t *testing.T) {
		for _, e := range []sheet.Encoding{sheet.UTF8, sheet.GB18030} {
			tail := "负责人,张三,是\n"
			if e == sheet.GB18030 {
				tail = encode(t, simplifiedchinese.GBK, tail)
			}
			r, rows := readCSV(t, long+tail, sheet.CSVOptions{})
			if got := rows[len(rows)-1].Texts(); !slices.Equal(got, []string{"负责人", "张三", "是"}) || r.Encoding() != e {
				t.Errorf("%s: got %q as %q", e, got, r.Encoding())
			}
		}
	})
	t.Run("a reader that gives a byte at a time", func(t *testing.T) {
		c, err := sheet.NewCSV(iotest.OneByteReader(strings.NewReader(encode(t, simplifiedchinese.GBK, table))), sheet.CSVOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if got := texts(all(t, c)); !reflect.DeepEqual(got, want) {
			t.Errorf("got %q", got)
		}
	})
	t.Run("words whose GBK is valid UTF-8", func(t *testing.T) {
		// 一亩 is D2 BB C4 B6, which reads as one Cyrillic and one Latin letter.
		r, rows := readCSV(t, encode(t, simplifiedchinese.GBK, "一亩,1\n"), sheet.CSVOptions{})
		if got := rows[0].Cells[0].Text; got != "一亩" || r.Encoding() != sheet.GB18030 {
			t.Errorf("got %q as %q", got, r.Encoding())
		}
	})
	t.Run("European words stay UTF-8", func(t *testing.T) {
		for _, s := range []string{"café,1\n", "Привет,2\n", "Žluťoučký kůň,3\n"} {
			r, rows := readCSV(t, s, sheet.CSVOptions{})
			if got := rows[0].Cells[0].Text; !strings.HasPrefix(s, got+",") || r.Encoding() != sheet.UTF8 {
				t.Errorf("%q: got %q as %q", s, got, r.Encoding())
			}
		}
	})
	t.Run("one broken byte does not turn UTF-8 into Chinese nonsense", func(t *testing.T) {
		r, rows := readCSV(t, "标题,负责人\n采购\xE6,张三\n", sheet.CSVOptions{})
		if r.Encoding() != sheet.UTF8 || rows[1].Cells[0].Text != "采购\uFFFD" {
			t.Errorf("got %q as %q", rows[1].Cells[0].Text, r.Encoding())
		}
		if got := codes(rows); !slices.Equal(got, []string{"2:1 sheet.encoding"}) {
			t.Errorf("problems %v", got)
		}
	})
}

func TestCSVFindsDelimiters(t *testing.T) {
	cases := []struct {
		name, data string
		delimiter  byte
		want       [][]string
	}{
		{"comma", "a,b\n1,2\n", ',', [][]string{{"a", "b"}, {"1", "2"}}},
		{"semicolon", "a;b;c\n1,5;2,5;x\n", ';', [][]string{{"a", "b", "c"}, {"1,5", "2,5", "x"}}},
		{"tab", "标题\t描述\n采购\t一、二，三,四\n", '\t', [][]string{{"标题", "描述"}, {"采购", "一、二，三,四"}}},
		{"bar", "a|b\nx,y|2\n", '|', [][]string{{"a", "b"}, {"x,y", "2"}}},
		{"the Chinese comma separates nothing", "张三、李四\n王五、赵六\n", ',', [][]string{{"张三、李四"}, {"王五、赵六"}}},
		{"one column", "标题\n采购\n", ',', [][]string{{"标题"}, {"采购"}}},
		{"delimiters in quotes do not count", "a,b\n\"1;2;3\",x\n\"4;5;6\",y\n", ',', [][]string{{"a", "b"}, {"1;2;3", "x"}, {"4;5;6", "y"}}},
		{"the header counts more than rows", "a;b\n1,2;x\n1,2\n1,2\n", ';', [][]string{{"a", "b"}, {"1,2", "x"}, {"1,2"}, {"1,2"}}},
		{"Excel's hint", "sep=;\r\na,b;c\r\n", ';', [][]string{{"a,b", "c"}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, rows := readCSV(t, c.data, sheet.CSVOptions{})
			if got := texts(rows); !reflect.DeepEqual(got, c.want) || r.Delimiter() != c.delimiter {
				t.Errorf("got %q cut at %q", got, r.Delimiter())
			}
		})
	}
}

func TestCSVReadsQuotes(t *testing.T) {
	cases := []struct {
		name, data string
		want       [][]string
		problems   []string
	}{
		{"doubled", "\"他说\"\"好\"\"\",b\n", [][]string{{"他说\"好\"", "b"}}, nil},
		{"lines in a cell stay as they are", "\"一\r\n二\",b\n", [][]string{{"一\r\n二", "b"}}, nil},
		{"blanks around quotes", "a, \"b, c\" ,d\n", [][]string{{"a", "b, c", "d"}}, nil},
		{"a quote in the middle is itself", "5\" 螺丝,b\n", [][]string{{"5\" 螺丝", "b"}}, nil},
		{"quotes that are not doubled", "\"他说\"好\"的\",b\n", [][]string{{"他说\"好\"的", "b"}}, []string{"1:1 sheet.quote_stray"}},
		{"a quote that is never closed spoils one line", "a,\"b\nc,d\ne,f\n", [][]string{{"a", "\"b"}, {"c", "d"}, {"e", "f"}}, []string{"1:2 sheet.quote_unclosed"}},
		{"nor when a later line has quotes", "a,\"b\nc,\"d\"\ne,f\n", [][]string{{"a", "\"b"}, {"c", "d"}, {"e", "f"}}, []string{"1:2 sheet.quote_unclosed"}},
		{"nor when it is doubtful before the line ends", "\"a\"b\nc\",d\n", [][]string{{"\"a\"b"}, {"c\"", "d"}}, []string{"1:1 sheet.quote_unclosed"}},
		{"line ends of all kinds", "a,b\r\nc,d\re,f\ng,h", [][]string{{"a", "b"}, {"c", "d"}, {"e", "f"}, {"g", "h"}}, nil},
		{"empty rows and cells at the end", "a,b,,\n,,\n\nc,\n", [][]string{{"a", "b"}, {"c"}}, nil},
		{"an empty quoted cell", "\"\",b\n", [][]string{{"", "b"}}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, rows := readCSV(t, c.data, sheet.CSVOptions{Delimiter: ','})
			if got := texts(rows); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %q", got)
			}
			if got := codes(rows); !slices.Equal(got, c.problems) {
				t.Errorf("problems %v", got)
			}
		})
	}
	t.Run("rows are numbered as Excel does", func(t *testing.T) {
		_, rows := readCSV(t, "a,b\n\n\"x\ny\",1\nc,d\n", sheet.CSVOptions{})
		var got []int
		for _, r := range rows {
			got = append(got, r.Number)
		}
		if !slices.Equal(got, []int{1, 3, 4}) {
			t.Errorf("got %v", got)
		}
	})
}

func TestCSVIsBounded(t *testing.T) {
	open := func(data string) error {
		c, err := sheet.NewCSV(strings.NewReader(data), sheet.CSVOptions{Delimiter: ','})
		if err != nil {
			return err
		}
		_, err = drain(c)
		return err
	}
	if err := open(strings.Repeat("a\n", sheet.MaxRows)); err != nil {
		t.Errorf("just as many rows as allowed: %v", err)
	}
	for _, c := range []struct {
		name, data string
		want       error
	}{
		{"rows", strings.Repeat("a\n", sheet.MaxRows+1), sheet.ErrTooManyRows},
		{"row", strings.Repeat("a", 9<<20), sheet.ErrRowTooLong},
		{"quotes", strings.Repeat("\"a\nb\"c,d\n", 102), sheet.ErrBrokenQuotes},
		{"binary", "\x00\x01\x00\x02ab\x00\x00", sheet.ErrBinary},
		{"pdf", "%PDF-1.4\n", sheet.ErrBinary},
		{"web page", "<html><table><tr><td>标题</td></tr></table>", sheet.ErrMarkup},
	} {
		if err := open(c.data); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	failing := errors.New("gone")
	c, err := sheet.NewCSV(io.MultiReader(strings.NewReader(strings.Repeat("a,b\n", 50_000)), iotest.ErrReader(failing)), sheet.CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := drain(c); !errors.Is(err, failing) {
		t.Errorf("a source that fails: %v", err)
	}

	_, rows := readCSV(t, strings.Repeat("x,", sheet.MaxColumns)+"y\n"+strings.Repeat("字", sheet.MaxCell+1)+",b\n", sheet.CSVOptions{Delimiter: ','})
	if len(rows[0].Cells) != sheet.MaxColumns || len([]rune(rows[1].Cells[0].Text)) != sheet.MaxCell {
		t.Errorf("%d cells, %d characters", len(rows[0].Cells), len([]rune(rows[1].Cells[0].Text)))
	}
	if got := codes(rows); !slices.Equal(got, []string{"1:0 sheet.too_wide", "2:1 sheet.cell_too_long"}) {
		t.Errorf("problems %v", got)
	}
	_, wide := readCSV(t, strings.Repeat("x,", sheet.MaxWide)+"y\n", sheet.CSVOptions{Delimiter: ',', Columns: 1_000_000})
	if len(wide[0].Cells) != sheet.MaxWide || !slices.Equal(codes(wide), []string{"1:0 sheet.too_wide"}) {
		t.Errorf("%d cells, %v", len(wide[0].Cells), codes(wide))
	}
	if rows[0].Problems[0].Severity != record.Warning {
		t.Error("a row that is too wide is a warning")
	}
}

func TestNeutraliseIsUndoneByRestore(t *testing.T) {
	for s, want := range map[string]string{
		"=1+1":       "'=1+1",
		"+86 139":    "'+86 139",
		"-5":         "'-5",
		"@sum":       "'@sum",
		"\tcmd":      "'\tcmd",
		"\rcmd":      "'\rcmd",
		"\ncmd":      "'\ncmd",
		"＝1":         "'＝1",
		"＋1":         "'＋1",
		"－1":         "'－1",
		"＠x":         "'＠x",
		"'=1":        "''=1",
		"''@":        "'''@",
		"'quoted'":   "'quoted'",
		"'":          "'",
		"a=b":        "a=b",
		"采购":         "采购",
		"":           "",
		"2026-01-02": "2026-01-02",
	} {
		got := sheet.Neutralise(s)
		if got != want {
			t.Errorf("%q: got %q", s, got)
		}
		if back := sheet.Restore(got); back != s {
			t.Errorf("%q came back as %q", s, back)
		}
	}
	for _, s := range []string{"=1", "'ab", "-"} {
		if sheet.Restore(s) != s {
			t.Errorf("Restore changed %q, which Neutralise never makes", s)
		}
	}
}

func TestCSVWriterWritesWhatItReads(t *testing.T) {
	want := [][]string{
		{"标题", "备注", "数"},
		{"=cmd|' /C calc'!A0", "一\r\n二\n三", "-5"},
		{" 左右 ", "他说\"好\"", "1"},
		{"a;b|c\td", "'=1", "'平"},
		{"sep=;", "－1", "x"},
	}
	for _, o := range []sheet.CSVWriterOptions{{}, {Mark: true}, {Delimiter: ';'}, {Delimiter: '\t', Mark: true}} {
		var b bytes.Buffer
		w := sheet.NewCSVWriter(&b, o)
		for _, row := range want {
			cells := make([]sheet.Cell, len(row))
			for i, s := range row {
				cells[i] = sheet.TextCell(s)
			}
			if err := w.Write(cells); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if o.Mark != bytes.HasPrefix(b.Bytes(), []byte("\xEF\xBB\xBF")) {
			t.Error("the mark")
		}
		c, rows := readCSV(t, b.String(), sheet.CSVOptions{Restore: true})
		if got := texts(rows); !reflect.DeepEqual(got, want) || len(codes(rows)) != 0 {
			t.Errorf("%+v: got %q cut at %q, %v", o, got, c.Delimiter(), codes(rows))
		}
		if err := w.Write(nil); !errors.Is(err, sheet.ErrClosed) {
			t.Errorf("written after the end: %v", err)
		}
	}
	t.Run("another reader agrees, and finds no formula", func(t *testing.T) {
		var b bytes.Buffer
		w := sheet.NewCSVWriter(&b, sheet.CSVWriterOptions{})
		if err := w.Write([]sheet.Cell{sheet.TextCell("=1+1"), sheet.NumberCell(-5), sheet.TextCell("-5"), {}, sheet.BoolCell(true), sheet.TextCell(" 边"), sheet.TextCell("边 ")}); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if b.String() != "'=1+1,-5,'-5,,TRUE,\" 边\",\"边 \"\r\n" {
			t.Errorf("wrote %q", b.String())
		}
		if got, err := csv.NewReader(&b).ReadAll(); err != nil || !reflect.DeepEqual(got, [][]string{{"'=1+1", "-5", "'-5", "", "TRUE", " 边", "边 "}}) {
			t.Errorf("got %q, %v", got, err)
		}
	})
}

func TestFindHeader(t *testing.T) {
	cases := []struct {
		name, data string
		want       int
	}{
		{"first row", "标题,负责人\n采购,张三\n", 0},
		{"below a banner", "2026年度任务表,,\n制表人：张三,,\n标题,负责人,截止时间\n采购,张三,2026-01-02\n", 2},
		{"numbers are no header", "1,2,3\n4,5,6\n", -1},
		{"repeated names, as Jira has them", "Summary,Comment,Comment,Labels\nx,1,,\n", 0},
	}
	for _, c := range cases {
		_, rows := readCSV(t, c.data, sheet.CSVOptions{Delimiter: ','})
		if got := sheet.FindHeader(rows, nil); got != c.want {
			t.Errorf("%s: got %d", c.name, got)
		}
	}
	_, rows := readCSV(t, "张三,李四,王五\n标题,负责人,\n采购,张三,x\n", sheet.CSVOptions{})
	known := func(s string) bool { return s == "标题" || s == "负责人" }
	if got := sheet.FindHeader(rows, known); got != 1 {
		t.Errorf("with known names: got %d", got)
	}
}

func TestHeadGivesTheRowsAgain(t *testing.T) {
	c, err := sheet.NewCSV(strings.NewReader("a,1\nb,2\nc,3\n"), sheet.CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	head, r, err := sheet.Head(c, 2)
	if err != nil || len(head) != 2 {
		t.Fatalf("%d rows, %v", len(head), err)
	}
	if got := texts(all(t, r)); !reflect.DeepEqual(got, [][]string{{"a", "1"}, {"b", "2"}, {"c", "3"}}) {
		t.Errorf("got %q", got)
	}
}
