package sheet

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Column is one column of a workbook that is written.
type Column struct {
	Header string
	// Width counts characters of the size of a digit; a Chinese one takes two. 0 is the width of the header.
	Width float64
}

// XLSXWriter writes a workbook of one table row by row; nothing is kept in memory but a buffer. The header row is bold
// and stays in sight. Texts are written as texts, so that nothing in them is ever a formula.
type XLSXWriter struct {
	zip    *zip.Writer
	out    *bufio.Writer
	number int
	cutOff int
	closed bool
	// digits is for numbers, to save making strings of them.
	digits []byte
}

// The styles of styles.xml by their index in cellXfs.
const (
	styleHeader = 1 + iota
	styleText
	styleDate
	styleMoment
	styleSpan
)

const (
	maxSheetName = 31
	maxWidth     = 60
	minWidth     = 8
)

// NewXLSXWriter begins a workbook and writes the header row. made is the time the file says it was made at.
func NewXLSXWriter(w io.Writer, sheetName string, columns []Column, made time.Time) (*XLSXWriter, error) {
	if len(columns) == 0 || len(columns) > MaxColumns {
		return nil, fmt.Errorf("sheet: a table of %d columns", len(columns))
	}
	x := &XLSXWriter{zip: zip.NewWriter(w)}
	parts := []struct{ name, text string }{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", rootRelations},
		{"xl/workbook.xml", fmt.Sprintf(workbookPart, escape(SheetName(sheetName)))},
		{"xl/_rels/workbook.xml.rels", workbookRelations},
		{"xl/styles.xml", stylesPart},
	}
	for _, p := range parts {
		f, err := x.create(p.name, made)
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(f, p.text); err != nil {
			return nil, err
		}
	}
	f, err := x.create("xl/worksheets/sheet1.xml", made)
	if err != nil {
		return nil, err
	}
	x.out = bufio.NewWriterSize(f, 64<<10)
	x.print(sheetHead)
	x.print("<cols>")
	for i, c := range columns {
		width := c.Width
		if width <= 0 {
			width = float64(displayWidth(c.Header) + 4)
		}
		n := strconv.Itoa(i + 1)
		x.print(`<col min="` + n + `" max="` + n + `" width="` +
			strconv.FormatFloat(min(max(width, minWidth), maxWidth), 'f', -1, 64) + `" customWidth="1"/>`)
	}
	x.print("</cols><sheetData>")
	x.number = 1
	x.print(`<row r="1">`)
	for i, c := range columns {
		x.text(i, c.Header, styleHeader)
	}
	x.print("</row>")
	return x, nil
}

func (x *XLSXWriter) create(name string, made time.Time) (io.Writer, error) {
	return x.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: made})
}

// print leaves errors to the flush at the end of each row, which bufio reports then.
func (x *XLSXWriter) print(s string) {
	_, _ = x.out.WriteString(s) // bufio keeps the first error and gives it again when flushed
}

// Write writes one row. It fails with ErrTooManyRows at the end of what a table of Excel can hold.
func (x *XLSXWriter) Write(cells []Cell) error {
	if x.closed {
		return ErrClosed
	}
	if x.number == maxRow {
		return ErrTooManyRows
	}
	x.number++
	x.print(`<row r="`)
	x.digits = strconv.AppendInt(x.digits[:0], int64(x.number), 10)
	_, _ = x.out.Write(x.digits) // see print
	x.print(`">`)
	for i, c := range cells[:min(len(cells), MaxColumns)] {
		x.cell(i, c)
	}
	_, err := x.out.WriteString("</row>")
	return err
}

func (x *XLSXWriter) cell(i int, c Cell) {
	switch c.Kind {
	case Empty:
	case Number:
		x.figure(i, c.Number, 0)
	case Bool:
		x.open(i, 0, ` t="b"><v>`)
		x.print(strconv.Itoa(int(c.Number)) + "</v></c>")
	case Date, Moment:
		f, ok := serialOf(c.Time)
		if !ok {
			x.text(i, c.Text, styleText)
			return
		}
		style := styleDate
		if c.Kind == Moment {
			style = styleMoment
		}
		x.figure(i, f, style)
	case Span:
		x.figure(i, c.Number, styleSpan)
	default:
		x.text(i, c.Text, styleText)
	}
}

// open writes a cell's tag up to where its kind is told.
func (x *XLSXWriter) open(i, style int, rest string) {
	x.print(`<c r="`)
	x.digits = appendColumn(x.digits[:0], i)
	x.digits = strconv.AppendInt(x.digits, int64(x.number), 10)
	if style != 0 {
		x.digits = append(x.digits, `" s="`...)
		x.digits = strconv.AppendInt(x.digits, int64(style), 10)
	}
	x.digits = append(x.digits, '"')
	_, _ = x.out.Write(x.digits) // see print
	x.print(rest)
}

// appendColumn writes the letters of a column counted from 0: A to Z, AA and so on.
func appendColumn(b []byte, i int) []byte {
	if i >= 26 {
		b = appendColumn(b, i/26-1)
	}
	return append(b, byte('A'+i%26))
}

func (x *XLSXWriter) figure(i int, f float64, style int) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return
	}
	x.open(i, style, "><v>")
	x.digits = strconv.AppendFloat(x.digits[:0], f, 'g', -1, 64)
	_, _ = x.out.Write(x.digits) // see print
	x.print("</v></c>")
}

func (x *XLSXWriter) text(i int, s string, style int) {
	if s == "" {
		return
	}
	s, long := cut(s)
	if long {
		x.cutOff++
	}
	x.open(i, style, ` t="inlineStr"><is><t xml:space="preserve">`)
	x.print(escape(escapeCell(s)))
	x.print("</t></is></c>")
}

// Cut tells how many texts were longer than a cell may be.
func (x *XLSXWriter) Cut() int { return x.cutOff }

// Close writes the end of the workbook.
func (x *XLSXWriter) Close() error {
	if x.closed {
		return ErrClosed
	}
	x.closed = true
	x.print("</sheetData></worksheet>")
	if err := x.out.Flush(); err != nil {
		return err
	}
	return x.zip.Close()
}

// SheetName makes a name that Excel takes for a table: without its forbidden signs and not too long.
func SheetName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) || r < ' ' {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(s, "_"))
	s = strings.Trim(s, "' ")
	units := 0
	for i, r := range s {
		units++
		if r > 0xFFFF {
			units++
		}
		if units > maxSheetName {
			s = strings.TrimRight(s[:i], "' ")
			break
		}
	}
	if s == "" {
		return "Sheet1"
	}
	return s
}

func displayWidth(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r >= 0x1100 {
			n++
		}
	}
	return n
}

var xmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\r", "&#13;")

func escape(s string) string { return xmlEscapes.Replace(s) }

// escapeCell writes as _xHHHH_ what XML can't hold, and what would be read as such.
func escapeCell(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if !strings.ContainsFunc(s, unspeakable) && !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case unspeakable(r):
			fmt.Fprintf(&b, "_x%04X_", r)
		case r == '_' && isEscape(s[i:]):
			b.WriteString("_x005F_")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isEscape(s string) bool {
	_, ok := escapedUnit(s)
	return ok
}

// unspeakable characters are outside XML 1.0, and CR, which XML readers turn into LF.
func unspeakable(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' || r == 0xFFFE || r == 0xFFFF
}

const (
	xmlHead      = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	contentTypes = xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>` +
		`</Types>`
	office        = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	rootRelations = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="` + office + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	workbookRelations = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="` + office + `/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="rId2" Type="` + office + `/styles" Target="styles.xml"/></Relationships>`
	spreadsheet  = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	workbookPart = xmlHead + `<workbook ` + spreadsheet + ` xmlns:r="` + office + `">` +
		`<bookViews><workbookView/></bookViews><sheets><sheet name="%s" sheetId="1" r:id="rId1"/></sheets></workbook>`
	stylesPart = xmlHead + `<styleSheet ` + spreadsheet + `>` +
		`<numFmts count="3"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/>` +
		`<numFmt numFmtId="165" formatCode="yyyy\-mm\-dd\ hh:mm:ss"/><numFmt numFmtId="166" formatCode="[h]:mm:ss"/></numFmts>` +
		`<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
		`<cellXfs count="6"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
		`<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" applyNumberFormat="1"/>` +
		`<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="166" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>` +
		`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
	sheetHead = xmlHead + `<worksheet ` + spreadsheet + `><sheetViews><sheetView workbookViewId="0">` +
		`<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>` +
		`<sheetFormatPr defaultRowHeight="15"/>`
)
