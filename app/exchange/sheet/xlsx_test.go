package sheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"dingban/app/exchange/sheet"
)

func openBook(t testing.TB, data []byte) *sheet.Workbook {
	t.Helper()
	w, err := sheet.OpenXLSX(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func readSheet(t testing.TB, w *sheet.Workbook, i int) []sheet.Row {
	t.Helper()
	r, err := w.Rows(i)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	return all(t, r)
}

// parts makes an archive of the named files; a later value replaces an earlier one.
func parts(t testing.TB, pairs ...string) []byte {
	t.Helper()
	files := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		files[pairs[i]] = pairs[i+1]
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(mapsKeys(files)) {
		f, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(files[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func mapsKeys(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

const (
	rels  = `<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="/xl/workbook.xml"/></Relationships>`
	books = `<?xml version="1.0"?><workbook xmlns:r="u"><workbookPr date1904="1"/><sheets><sheet name="隐藏" state="hidden" r:id="b"/>` +
		`<sheet name="任务 &amp; 事" r:id="a"/><sheet name="图" r:id="c"/></sheets></workbook>`
	bookRels = `<Relationships><Relationship Id="a" Type="x/worksheet" Target="worksheets/Sheet1.xml"/>` +
		`<Relationship Id="b" Type="x/worksheet" Target="worksheets/sheet2.xml"/>` +
		`<Relationship Id="c" Type="x/chartsheet" Target="chartsheets/sheet1.xml"/>` +
		`<Relationship Id="d" Type="x/sharedStrings" Target="sharedStrings.xml"/>` +
		`<Relationship Id="e" Type="x/styles" Target="styles.xml"/></Relationships>`
	styles = `<styleSheet><numFmts><numFmt numFmtId="200" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/>` +
		`<numFmt numFmtId="201" formatCode="00000"/><numFmt numFmtId="202" formatCode="[$-804]h:mm AM/PM;@"/>` +
		`<numFmt numFmtId="203" formatCode="&quot;day &quot;0.0"/></numFmts>` +
		`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>` +
		`<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="200"/><xf numFmtId="201"/><xf numFmtId="202"/><xf numFmtId="203"/></cellXfs></styleSheet>`
	shared = `<sst><si><t>任务名称</t></si><si><r><rPr/><t>采购</t></r><r><t xml:space="preserve"> 服务器</t></r><rPh sb="0"><t>cai gou</t></rPh></si>` +
		`<si><t>第一行_x000D_` + "\n" + `第二行 &lt;b&gt;</t></si><si><t/></si><si><t>_x005F_x000D_</t></si></sst>`
	sheet1 = `<worksheet xmlns:x="u"><sheetData>` +
		`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>截止</t><rPh><t>jie zhi</t></rPh></is></c></row>` +
		`<row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3" s="1"><v>0</v></c><c r="D3" s="2"><v>44000.75</v></c><c r="E3" s="3"><v>1462</v></c></row>` +
		`<row><c t="s"><v>2</v></c><c t="str"><f>A1&amp;"x"</f><v>公式</v></c><c t="e"><v>#N/A</v></c><c t="b"><v>1</v></c><c s="4"><v>123</v></c><c s="5"><v>0.5</v></c><c><v>0.30000000000000004</v></c></row>` +
		`<row r="9"><c r="A9" t="s"><v>99</v></c><c r="B9"><v>abc</v></c><c r="C9" s="6"><v>1.5</v></c><c r="D9" t="s"><v>4</v></c><c r="E9" t="d"><v>2026-03-01T08:30:00</v></c><c r="F9"><f>1+1</f></c><c r="G9" s="1"><v>-3</v></c><c r="H9"><v>1.1010119900101123E+17</v></c></row>` +
		`<row r="10"><c r="A10" s="1"/></row>` +
		`</sheetData></worksheet>`
	sheet2 = `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>`
)

func handMade(t testing.TB, more ...string) []byte {
	return parts(t, append([]string{
		"_rels/.rels", rels, "xl/workbook.xml", books, "xl/_rels/workbook.xml.rels", bookRels,
		"xl/styles.xml", styles, "xl/sharedStrings.xml", shared, "xl/worksheets/sheet1.xml", sheet1, "xl/worksheets/sheet2.xml", sheet2,
	}, more...)...)
}

func TestXLSXReadsAHandMadeWorkbook(t *testing.T) {
	w := openBook(t, handMade(t))
	if got := w.Sheets(); !reflect.DeepEqual(got, []sheet.SheetInfo{{Name: "隐藏", Hidden: true}, {Name: "任务 & 事"}}) {
		t.Errorf("sheets %+v", got)
	}
	if w.First() != 1 {
		t.Errorf("first %d", w.First())
	}
	rows := readSheet(t, w, 1)
	want := [][]string{
		{"任务名称", "截止"},
		{"采购 服务器", "1904-01-01", "", "2024-06-19 18:00:00", "1908-01-02"},
		{"第一行\r\n第二行 <b>", "公式", "#N/A", "TRUE", "00123", "12:00", "0.3"},
		{"", "", "1.5", "_x000D_", "2026-03-01 08:30:00", "", "-3", "110101199001011000"},
	}
	if got := texts(rows); !reflect.DeepEqual(got, want) {
		t.Errorf("got %q", got)
	}
	var numbers []int
	for _, r := range rows {
		numbers = append(numbers, r.Number)
	}
	if !slices.Equal(numbers, []int{1, 3, 4, 9}) {
		t.Errorf("rows %v", numbers)
	}
	kinds := []sheet.Kind{}
	for _, c := range rows[2].Cells {
		kinds = append(kinds, c.Kind)
	}
	if !slices.Equal(kinds, []sheet.Kind{sheet.Text, sheet.Text, sheet.Error, sheet.Bool, sheet.Number, sheet.Span, sheet.Number}) {
		t.Errorf("kinds %v", kinds)
	}
	if got := codes(rows); !slices.Equal(got, []string{"4:3 sheet.error_cell", "9:1 sheet.bad_cell", "9:2 sheet.bad_cell", "9:7 sheet.bad_cell", "9:8 sheet.precision"}) {
		t.Errorf("problems %v", got)
	}
	if _, err := w.Rows(2); !errors.Is(err, sheet.ErrNoSheet) {
		t.Errorf("a table that is not there: %v", err)
	}
	if got := texts(readSheet(t, w, 0)); !reflect.DeepEqual(got, [][]string{{"1"}}) {
		t.Errorf("the hidden table: %q", got)
	}
}

func TestXLSXReadsDaysFrom1900(t *testing.T) {
	rows := readSheet(t, openBook(t, handMade(t, "xl/workbook.xml", strings.Replace(books, "1904=\"1\"", "1904=\"0\"", 1))), 1)
	// A day of 0 is a reference to an empty cell, and no day.
	if got := rows[1].Texts(); !slices.Equal(got, []string{"采购 服务器", "", "", "2020-06-18 18:00:00", "1904-01-01"}) {
		t.Errorf("got %q", got)
	}
}

func TestXLSXReadsPrefixedNames(t *testing.T) {
	prefixed := `<?xml version="1.0"?><!-- by some system --><x:worksheet><x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t><![CDATA[a<b]]></x:t></x:is></x:c></x:row>` +
		`<x:row r="2"><x:c r="B2"><x:v>7</x:v></x:c></x:row></x:sheetData><x:mergeCells><x:mergeCell ref="A1:A2"/></x:mergeCells></x:worksheet>`
	rows := readSheet(t, openBook(t, handMade(t, "xl/worksheets/sheet1.xml", prefixed)), 1)
	if got := texts(rows); !reflect.DeepEqual(got, [][]string{{"a<b"}, {"a<b", "7"}}) {
		t.Errorf("got %q", got)
	}
}

func TestXLSXReadsWhatExcelizeWrites(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	set := func(cell string, v any) {
		t.Helper()
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	set("A1", "模块")
	set("B1", "标题")
	set("C1", "截止")
	set("A2", "后端")
	set("B2", "接口")
	set("C2", time.Date(2026, 3, 15, 18, 30, 0, 0, time.UTC))
	set("B3", "测试")
	set("C3", true)
	set("B4", "文档")
	set("D4", 12.5)
	set("B6", "横幅")
	for _, m := range [][2]string{{"A2", "A5"}, {"B6", "D6"}} {
		if err := f.MergeCell("Sheet1", m[0], m[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellFormula("Sheet1", "E4", "D4*2"); err != nil {
		t.Fatal(err)
	}
	format := `yyyy"年"m"月"d"日"`
	style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
	if err != nil {
		t.Fatal(err)
	}
	set("E2", 46096)
	if err := f.SetCellStyle("Sheet1", "E2", "E2", style); err != nil {
		t.Fatal(err)
	}
	if _, err := f.NewSheet("字典"); err != nil {
		t.Fatal(err)
	}
	if err := f.SetSheetVisible("字典", false); err != nil {
		t.Fatal(err)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	w := openBook(t, b.Bytes())
	if got := w.Sheets(); !reflect.DeepEqual(got, []sheet.SheetInfo{{Name: "Sheet1"}, {Name: "字典", Hidden: true}}) {
		t.Errorf("sheets %+v", got)
	}
	rows := readSheet(t, w, 0)
	want := [][]string{
		{"模块", "标题", "截止"},
		{"后端", "接口", "2026-03-15 18:30:00", "", "2026-03-15"},
		{"后端", "测试", "TRUE"},
		{"后端", "文档", "", "12.5"},
		{"", "横幅"},
	}
	if got := texts(rows); !reflect.DeepEqual(got, want) {
		t.Errorf("got %q", got)
	}
	if !rows[2].Cells[0].Merged || rows[2].Cells[1].Merged {
		t.Error("what is repeated by a merge is marked, and only that")
	}
}

func TestXLSXWriterIsReadByExcelizeAndByUs(t *testing.T) {
	made := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	day := time.Date(2026, 3, 15, 18, 30, 5, 0, time.FixedZone("", 8*3600))
	columns := []sheet.Column{{Header: "标题"}, {Header: "=危险", Width: 40}, {Header: "数"}, {Header: "日"}, {Header: "时"}, {Header: "长"}, {Header: "真"}}
	written := [][]sheet.Cell{
		{sheet.TextCell("=1+1"), sheet.TextCell("'=x"), sheet.NumberCell(-5.25), sheet.DateCell(day), sheet.MomentCell(day), sheet.SpanCell(90 * time.Minute), sheet.BoolCell(true)},
		{sheet.TextCell("00123"), {}, sheet.NumberCell(math.NaN()), sheet.DateCell(time.Date(1850, 1, 1, 0, 0, 0, 0, time.UTC))},
		{sheet.TextCell(" 边 <&> \"引\"\r\n二\x01 _x000D_ "), sheet.TextCell("1")},
	}
	var b bytes.Buffer
	w, err := sheet.NewXLSXWriter(&b, "任务/清单", columns, made)
	if err != nil {
		t.Fatal(err)
	}
	for _, cells := range written {
		if err := w.Write(cells); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Write([]sheet.Cell{sheet.TextCell(strings.Repeat("长", sheet.MaxCell+1))}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if w.Cut() != 1 || !errors.Is(w.Write(nil), sheet.ErrClosed) || !errors.Is(w.Close(), sheet.ErrClosed) {
		t.Errorf("cut %d", w.Cut())
	}

	want := [][]string{
		{"标题", "=危险", "数", "日", "时", "长", "真"},
		{"=1+1", "'=x", "-5.25", "2026-03-15", "2026-03-15 18:30:05", "1:30", "TRUE"},
		{"00123", "", "", "1850-01-01"},
		{" 边 <&> \"引\"\r\n二\x01 _x000D_ ", "1"},
		{strings.Repeat("长", sheet.MaxCell)},
	}
	book := openBook(t, b.Bytes())
	if got := book.Sheets()[0].Name; got != "任务_清单" {
		t.Errorf("sheet %q", got)
	}
	rows := readSheet(t, book, 0)
	if got := texts(rows); !reflect.DeepEqual(got, want) {
		t.Errorf("we read %.300q", got)
	}
	for i, c := range written[0] {
		if got := rows[1].Cells[i]; got.Kind != c.Kind || !got.Time.Equal(c.Time) {
			t.Errorf("cell %d came back as %+v", i, got)
		}
	}

	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := f.GetRows("任务_清单")
	if err != nil {
		t.Fatal(err)
	}
	if got[1][0] != "=1+1" || got[1][2] != "-5.25" || got[1][3] != "2026-03-15" || got[1][4] != "2026-03-15 18:30:05" || got[1][5] != "1:30:00" || got[2][0] != "00123" {
		t.Errorf("excelize reads %q", got[1:3])
	}
	if got[3][0] != written[2][0].Text {
		t.Errorf("excelize reads %q", got[3][0])
	}
	for _, cell := range []string{"A2", "B1", "B2", "A3"} {
		formula, err := f.GetCellFormula("任务_清单", cell)
		kind, err2 := f.GetCellType("任务_清单", cell)
		if err != nil || err2 != nil || formula != "" || kind != excelize.CellTypeInlineString {
			t.Errorf("%s: formula %q, kind %v, %v %v", cell, formula, kind, err, err2)
		}
	}
	panes, err := f.GetPanes("任务_清单")
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("panes %+v, %v", panes, err)
	}
	if width, err := f.GetColWidth("任务_清单", "B"); err != nil || width != 40 {
		t.Errorf("width %v, %v", width, err)
	}
}

func TestSheetName(t *testing.T) {
	for s, want := range map[string]string{
		"任务":                      "任务",
		"":                        "Sheet1",
		"a/b:c[d]":                "a_b_c_d_",
		"'x'":                     "x",
		strings.Repeat("长", 40):   strings.Repeat("长", 31),
		strings.Repeat("😀", 20):   strings.Repeat("😀", 15),
		"\x00":                    "_",
		strings.Repeat(" ", 3):    "Sheet1",
		strings.Repeat("a", 31):   strings.Repeat("a", 31),
		strings.Repeat("b", 32):   strings.Repeat("b", 31),
		strings.Repeat("'", 1000): "Sheet1",
	} {
		if got := sheet.SheetName(s); got != want {
			t.Errorf("%q: got %q", s, got)
		}
	}
}

func TestSerial(t *testing.T) {
	for _, c := range []struct {
		serial float64
		mac    bool
		want   string
	}{
		{1, false, "1900-01-01 00:00:00"},
		{59, false, "1900-02-28 00:00:00"},
		{61, false, "1900-03-01 00:00:00"},
		{46096, false, "2026-03-15 00:00:00"},
		{46096.999999, false, "2026-03-16 00:00:00"},
		{46096.7708333333, false, "2026-03-15 18:30:00"},
		{0, true, "1904-01-01 00:00:00"},
		{44634, true, "2026-03-15 00:00:00"},
	} {
		got, ok := sheet.Serial(c.serial, c.mac)
		if !ok || got.Format(time.DateTime) != c.want {
			t.Errorf("%v: got %v %v", c.serial, got, ok)
		}
	}
	for _, f := range []float64{-1, 2_958_466, math.NaN(), math.Inf(1)} {
		if _, ok := sheet.Serial(f, false); ok {
			t.Errorf("%v is no day", f)
		}
	}
}

func TestXLSXRefusesWhatIsNoWorkbook(t *testing.T) {
	compound := "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 1000)
	locked := compound + "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"
	zeros := strings.Repeat("<c/>", 5<<20)
	cases := []struct {
		name string
		data []byte
		want error
	}{
		{"old", []byte(compound), sheet.ErrOldExcel},
		{"locked", []byte(locked), sheet.ErrEncrypted},
		{"text", []byte("a,b\n"), sheet.ErrNotWorkbook},
		{"empty", nil, sheet.ErrNotWorkbook},
		{"web page", []byte("<html><table>"), sheet.ErrMarkup},
		{"a document of Word", parts(t, "word/document.xml", "<w/>"), sheet.ErrNotWorkbook},
		{"no tables", handMade(t, "xl/workbook.xml", "<workbook/>"), sheet.ErrNotWorkbook},
		{"bomb", handMade(t, "xl/worksheets/sheet1.xml", "<worksheet><sheetData>"+zeros), sheet.ErrBomb},
		{"bomb of strings", handMade(t, "xl/sharedStrings.xml", "<sst>"+zeros), sheet.ErrBomb},
		{"bomb of styles", handMade(t, "xl/styles.xml", "<styleSheet>"+zeros), sheet.ErrBomb},
		{"entities", handMade(t, "xl/worksheets/sheet1.xml", `<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>`), sheet.ErrDamaged},
		{"cut off", handMade(t, "xl/worksheets/sheet1.xml", `<worksheet><sheetData><row r="1"><c r="A1"><v>1`), sheet.ErrDamaged},
		{"no part", handMade(t, "xl/_rels/workbook.xml.rels", strings.Replace(bookRels, "Sheet1.xml", "other.xml", 1)), sheet.ErrDamaged},
		{"huge tag", handMade(t, "xl/worksheets/sheet1.xml", `<worksheet x="`+strings.Repeat("y", 70<<10)+`">`), sheet.ErrDamaged},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if err := readAll(c.data); !errors.Is(err, c.want) {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("rows", func(t *testing.T) {
		var b strings.Builder
		b.WriteString("<worksheet><sheetData>")
		for i := range sheet.MaxRows + 1 {
			fmt.Fprintf(&b, `<row r="%d"><c><v>%d</v></c></row>`, i+1, i)
		}
		if err := readAll(handMade(t, "xl/worksheets/sheet1.xml", b.String())); !errors.Is(err, sheet.ErrTooManyRows) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("problems of a row", func(t *testing.T) {
		rows := readSheet(t, openBook(t, handMade(t, "xl/worksheets/sheet1.xml",
			`<worksheet><sheetData><row r="1">`+strings.Repeat(`<c r="A1" t="e"><v>#N/A</v></c>`, 5_000)+`</row></sheetData></worksheet>`)), 1)
		if n := len(rows[0].Problems); n != 1_000 {
			t.Errorf("%d problems", n)
		}
	})
	t.Run("columns", func(t *testing.T) {
		rows := readSheet(t, openBook(t, handMade(t, "xl/worksheets/sheet1.xml",
			`<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c><c r="SF1"><v>2</v></c><c r="SG1"><v>3</v></c><c r="ZZZZZZ1"><v>3</v></c></row></sheetData></worksheet>`)), 1)
		if len(rows[0].Cells) != 500 || !slices.Equal(codes(rows), []string{"1:0 sheet.too_wide"}) {
			t.Errorf("%d cells, %v", len(rows[0].Cells), codes(rows))
		}
	})
}

// readAll opens a workbook and reads its second table, or the first when there is one only.
func readAll(data []byte) error {
	w, err := sheet.OpenXLSX(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return err
	}
	r, err := w.Rows(min(1, len(w.Sheets())-1))
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = drain(r)
	return err
}
