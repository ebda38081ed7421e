// Package sheet reads and writes tables as people keep them: CSV in the encodings that Excel and WPS leave behind, and
// Excel workbooks. A reader gives one row after another and holds no more than that row (and, of a workbook, its shared
// strings) in memory; nothing is put into temporary files, because what people wrote may not lie about unsealed.
// Hostile files are bounded by the constants below. A cell that a spreadsheet program would run as a formula is
// neutralised when it is written.
package sheet

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"dingban/app/exchange/record"
)

const (
	// MaxRows is how many rows with something in them a table may have.
	MaxRows = 100_000
	// MaxColumns is how many columns are read; what stands to the right of them is left out and reported.
	MaxColumns = 500
	// MaxWide is how many columns may be asked for at most.
	MaxWide = 10_000
	// MaxCell is the longest text of a cell in UTF-16 units, which is Excel's own limit.
	MaxCell = 32_767

	// maxRowBytes is the most that one row of CSV may take, and maxFieldBytes one quoted field: beyond it the opening
	// quote is taken for a stray one.
	maxRowBytes   = 8 << 20
	maxFieldBytes = 1 << 20
	// maxRepairs is how many rows with an unclosed quote are mended before the file is given up. Each costs a look
	// over maxFieldBytes.
	maxRepairs = 100
	// maxTold is how many problems of one row are told: a hostile row can have a cell in millions of versions.
	maxTold = 1_000
)

// The ways a file can be no table at all.
var (
	ErrTooManyRows  = errors.New("sheet: too many rows")
	ErrRowTooLong   = errors.New("sheet: a row is too long")
	ErrBrokenQuotes = errors.New("sheet: too many rows with unclosed quotes")
	ErrBinary       = errors.New("sheet: not a text file")
	ErrOldExcel     = errors.New("sheet: the Excel format from before 2007")
	ErrEncrypted    = errors.New("sheet: the workbook is protected by a password")
	ErrMarkup       = errors.New("sheet: a web page that calls itself a table")
	ErrNotWorkbook  = errors.New("sheet: not an Excel workbook")
	ErrDamaged      = errors.New("sheet: the workbook is damaged")
	ErrBomb         = errors.New("sheet: the workbook unpacks to more than is allowed")
	ErrNoSheet      = errors.New("sheet: no such sheet")
	ErrClosed       = errors.New("sheet: written after the end")
)

// The codes of what can be wrong with a row that is read all the same.
const (
	CodeQuoteUnclosed = "sheet.quote_unclosed" // the quote that opens a cell is never closed: the line was taken as it stands
	CodeQuoteStray    = "sheet.quote_stray"    // a quote inside a quoted cell is not doubled
	CodeEncoding      = "sheet.encoding"       // bytes that are no characters
	CodeCellTooLong   = "sheet.cell_too_long"  // cut; params: max
	CodeTooWide       = "sheet.too_wide"       // cells beyond the last column were left out; params: max
	CodeErrorCell     = "sheet.error_cell"     // #N/A and the like; params: value
	CodePrecision     = "sheet.precision"      // a number of more than 15 digits, of which the last are lost; params: value
	CodeBadCell       = "sheet.bad_cell"       // the workbook contradicts itself; params: value
)

// Kind is what a cell holds.
type Kind int

const (
	Empty Kind = iota
	Text
	Number
	Bool
	// Date is a day, Moment a day with a time, both without a zone: Cell.Time holds the wall clock as if it were UTC.
	Date
	Moment
	// Span is a length of time or a time of day: Cell.Number counts days.
	Span
	// Error is #N/A, #REF! and their kin; Cell.Text holds the sign.
	Error
)

// Cell is one value. Text is set for every kind but Empty: a number in its shortest form, a day as 2006-01-02.
type Cell struct {
	Kind   Kind
	Text   string
	Number float64
	Time   time.Time
	// Merged tells that the cell repeats the one above it because both belong to one merged range.
	Merged bool
}

// TextCell makes a cell of what a person wrote.
func TextCell(s string) Cell {
	if s == "" {
		return Cell{}
	}
	return Cell{Kind: Text, Text: s}
}

// NumberCell makes a cell of a number.
func NumberCell(f float64) Cell {
	return Cell{Kind: Number, Number: f, Text: strconv.FormatFloat(f, 'f', -1, 64)}
}

// BoolCell makes a cell of a truth value.
func BoolCell(b bool) Cell {
	if b {
		return Cell{Kind: Bool, Number: 1, Text: "TRUE"}
	}
	return Cell{Kind: Bool, Text: "FALSE"}
}

// DateCell makes a cell of the day that t shows in its zone.
func DateCell(t time.Time) Cell {
	y, m, d := t.Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	return Cell{Kind: Date, Time: day, Text: day.Format(time.DateOnly)}
}

// MomentCell makes a cell of the wall clock that t shows in its zone, to the second.
func MomentCell(t time.Time) Cell {
	y, m, d := t.Date()
	wall := time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	return Cell{Kind: Moment, Time: wall, Text: wall.Format(time.DateTime)}
}

// SpanCell makes a cell of a length of time.
func SpanCell(d time.Duration) Cell {
	s := int64(d.Round(time.Second) / time.Second)
	sign := ""
	if s < 0 {
		sign, s = "-", -s
	}
	text := sign + strconv.FormatInt(s/3600, 10) + ":" + two(s/60%60)
	if s%60 != 0 {
		text += ":" + two(s%60)
	}
	return Cell{Kind: Span, Number: d.Hours() / 24, Text: text}
}

func two(n int64) string {
	return string([]byte{byte('0' + n/10), byte('0' + n%10)})
}

// Row is one row. Number counts from 1 as a spreadsheet program would show it; rows with nothing in them are left out.
// Cells ends with the last cell that is not empty.
type Row struct {
	Number   int
	Cells    []Cell
	Problems []record.Problem
}

func (r *Row) tell(p record.Problem) {
	if len(r.Problems) < maxTold {
		r.Problems = append(r.Problems, p)
	}
}

// Cell gives the cell of a column counted from 0; beyond the end all are empty.
func (r Row) Cell(i int) Cell {
	if i < 0 || i >= len(r.Cells) {
		return Cell{}
	}
	return r.Cells[i]
}

// Texts gives the texts of all cells.
func (r Row) Texts() []string {
	out := make([]string, len(r.Cells))
	for i, c := range r.Cells {
		out[i] = c.Text
	}
	return out
}

// Reader gives the rows of a table one after another, and io.EOF after the last. Any other error ends the table too.
type Reader interface {
	Next() (Row, error)
}

// Writer takes the rows of a table. Close writes the end of the table; it does not close what lies below.
type Writer interface {
	Write(cells []Cell) error
	Close() error
}

// Head reads up to n rows ahead and gives them together with a reader that begins with them again.
func Head(r Reader, n int) ([]Row, Reader, error) {
	p := &ahead{rest: r}
	for len(p.rows) < n {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, err
		}
		p.rows = append(p.rows, row)
	}
	return p.rows, p, nil
}

type ahead struct {
	rows []Row
	rest Reader
}

func (a *ahead) Next() (Row, error) {
	if len(a.rows) == 0 {
		return a.rest.Next()
	}
	row := a.rows[0]
	a.rows = a.rows[1:]
	return row, nil
}

// cut shortens s to MaxCell UTF-16 units, between two characters.
func cut(s string) (string, bool) {
	if len(s) <= MaxCell {
		return s, false
	}
	units := 0
	for i, r := range s {
		units++
		if r > 0xFFFF {
			units++
		}
		if units > MaxCell {
			return s[:i], true
		}
	}
	return s, false
}

// finish trims the empty cells at the end and gives the problems of the row their place.
func finish(row *Row) {
	n := len(row.Cells)
	for n > 0 && row.Cells[n-1].Kind == Empty {
		n--
	}
	row.Cells = row.Cells[:n]
	for i := range row.Problems {
		row.Problems[i].Row = row.Number
	}
}

func warn(code string, column int, params map[string]any) record.Problem {
	return record.Problem{Severity: record.Warning, Code: code, Column: column, Params: params}
}

// textCell makes a cell of a text of foreign origin: valid, short enough, and with what had to be done told.
func textCell(row *Row, column int, s string) Cell {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if strings.Contains(s, "\uFFFD") {
		row.tell(warn(CodeEncoding, column, nil))
	}
	s, long := cut(s)
	if long {
		row.tell(warn(CodeCellTooLong, column, map[string]any{"max": MaxCell}))
	}
	return TextCell(s)
}
