package sheet

import (
	"bytes"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"dingban/app/exchange/record"
)

const (
	// maxRow is the last row of a table of Excel; maxMerges is how many merged ranges are heeded.
	maxRow    = 1_048_576
	maxMerges = 50_000
	// maxCellBytes is enough for MaxCell characters of any kind.
	maxCellBytes = 4 * MaxCell
	// exact is where spreadsheets stop keeping every digit of a number.
	exact = 1e15
)

// Rows reads one table of a workbook. A cell merged over several rows counts for each of them that has something of
// its own; a cell merged over several columns counts for the first. Formulas count by the value they had last.
type Rows struct {
	book   *Workbook
	src    io.Closer
	markup *markup
	merges []merge
	fills  map[int]fill

	number  int
	rows    int
	ended   bool
	scratch []byte
}

// merge is a range of several rows: the first column is what counts.
type merge struct {
	row, last, column int
}

type fill struct {
	last int
	cell Cell
}

// Close lets go of the archive's part.
func (r *Rows) Close() error { return r.src.Close() }

// Next gives the next row that has something in it. It ends with ErrTooManyRows, ErrDamaged, ErrBomb or the error of
// the source.
func (r *Rows) Next() (Row, error) {
	for !r.ended {
		kind, err := r.markup.next()
		if errors.Is(err, io.EOF) {
			r.ended = true
			break
		}
		if err != nil {
			return Row{}, err
		}
		switch {
		case kind == tokenClose && r.markup.name == "sheetData":
			r.ended = true
		case kind == tokenOpen && r.markup.name == "row":
			row, err := r.row()
			if err != nil {
				return Row{}, err
			}
			if len(row.Cells) == 0 {
				continue
			}
			if r.rows++; r.rows > MaxRows {
				return Row{}, ErrTooManyRows
			}
			return row, nil
		}
	}
	return Row{}, io.EOF
}

func (r *Rows) row() (Row, error) {
	n, err := strconv.Atoi(r.markup.attr("r"))
	if err != nil || n <= r.number || n > maxRow {
		n = r.number + 1
	}
	r.number = n
	row := Row{Number: n}
	column, wide := -1, false
	for {
		kind, err := r.markup.next()
		if errors.Is(err, io.EOF) {
			return row, ErrDamaged
		}
		if err != nil {
			return row, err
		}
		if kind == tokenClose && r.markup.name == "row" {
			break
		}
		if kind != tokenOpen || r.markup.name != "c" {
			continue
		}
		column++
		if c := columnOf(r.markup.bytes("r")); c >= 0 {
			column = c
		}
		cell, err := r.cell(&row, column)
		if err != nil {
			return row, err
		}
		if cell.Kind == Empty {
			continue
		}
		if column >= MaxColumns {
			if !wide {
				wide = true
				row.tell(warn(CodeTooWide, 0, map[string]any{"max": MaxColumns}))
			}
			continue
		}
		for len(row.Cells) <= column {
			row.Cells = append(row.Cells, Cell{})
		}
		row.Cells[column] = cell
	}
	finish(&row)
	r.merge(&row)
	return row, nil
}

// merge notes the merged ranges that begin in the row and fills those that reach it from above.
func (r *Rows) merge(row *Row) {
	for column, f := range r.fills {
		if row.Number > f.last {
			delete(r.fills, column)
			continue
		}
		if len(row.Cells) == 0 || row.Cell(column).Kind != Empty {
			continue
		}
		for len(row.Cells) <= column {
			row.Cells = append(row.Cells, Cell{})
		}
		row.Cells[column] = f.cell
	}
	for len(r.merges) > 0 && r.merges[0].row <= row.Number {
		m := r.merges[0]
		r.merges = r.merges[1:]
		if m.row == row.Number && row.Cell(m.column).Kind != Empty {
			cell := row.Cell(m.column)
			cell.Merged = true
			r.fills[m.column] = fill{last: m.last, cell: cell}
		}
	}
}

// raw is what the file says of a cell.
type raw struct {
	kind  string
	style int
	value []byte
	long  bool
}

func (c *raw) add(text []byte) {
	if room := maxCellBytes - len(c.value); len(text) > room {
		text, c.long = text[:room], true
	}
	c.value = append(c.value, text...)
}

func (r *Rows) cell(row *Row, column int) (Cell, error) {
	m := r.markup
	c := raw{kind: m.local(m.bytes("t")), value: r.scratch[:0]}
	defer func() { r.scratch = c.value }()
	if s := m.bytes("s"); len(s) > 0 {
		// A style that is no number is the first one.
		c.style, _ = strconv.Atoi(string(s))
	}
	take, aside := false, false
	for {
		kind, err := m.next()
		if errors.Is(err, io.EOF) {
			return Cell{}, ErrDamaged
		}
		if err != nil {
			return Cell{}, err
		}
		switch {
		case kind == tokenText:
			if take && !aside {
				c.add(m.text)
			}
		case m.name == "c":
			if kind == tokenOpen {
				return Cell{}, ErrDamaged
			}
			return r.value(row, column, c), nil
		case m.name == "v":
			take = kind == tokenOpen && c.kind != "inlineStr"
		case m.name == "t":
			take = kind == tokenOpen && c.kind == "inlineStr"
		case m.name == "rPh":
			aside = kind == tokenOpen
		}
	}
}

// value makes a cell of what the file says.
func (r *Rows) value(row *Row, column int, c raw) Cell {
	if len(c.value) == 0 {
		return Cell{}
	}
	s := string(c.value)
	switch c.kind {
	case "s":
		i, err := strconv.Atoi(s)
		text, ok := r.book.shared.get(i)
		if err != nil || !ok {
			return r.bad(row, column, s)
		}
		return textCell(row, column+1, unescapeCell(text))
	case "str", "inlineStr":
		if c.long {
			s = strings.ToValidUTF8(s, "")
		}
		return textCell(row, column+1, unescapeCell(s))
	case "b":
		return BoolCell(truth(s))
	case "e":
		s = record.Shown(strings.ToValidUTF8(s, "\uFFFD"))
		row.tell(warn(CodeErrorCell, column+1, map[string]any{"value": s}))
		return Cell{Kind: Error, Text: s}
	case "d":
		if t, ok := isoTime(s); ok {
			return t
		}
		return textCell(row, column+1, s)
	case "", "n":
		f, ok := decimal(s)
		if !ok {
			return r.bad(row, column, s)
		}
		cell, ok := r.book.style(c.style).cell(f, r.book.epoch1904)
		if !ok {
			row.tell(warn(CodeBadCell, column+1, map[string]any{"value": cell.Text}))
		}
		if cell.Kind == Number && math.Abs(f) >= exact {
			row.tell(warn(CodePrecision, column+1, map[string]any{"value": cell.Text}))
		}
		return cell
	default:
		return r.bad(row, column, s)
	}
}

func (r *Rows) bad(row *Row, column int, s string) Cell {
	s = record.Shown(strings.ToValidUTF8(s, "\uFFFD"))
	row.tell(warn(CodeBadCell, column+1, map[string]any{"value": s}))
	return Cell{}
}

// decimal reads a number as workbooks write it, which is less than Go would read.
func decimal(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	if s == "" || strings.Trim(s, "0123456789+-.eE") != "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}

// columnOf counts the column of a reference such as AB12 from 0; -1 when there is none.
func columnOf[T string | []byte](ref T) int {
	n := 0
	for i := range len(ref) {
		b := ref[i]
		switch {
		case b >= 'A' && b <= 'Z':
			n = n*26 + int(b-'A') + 1
		case b >= 'a' && b <= 'z':
			n = n*26 + int(b-'a') + 1
		default:
			return n - 1
		}
		if n > 1<<20 {
			return MaxColumns
		}
	}
	return n - 1
}

// rowOf counts the row of a reference from 1; 0 when there is none.
func rowOf(ref string) int {
	n, err := strconv.Atoi(strings.TrimLeft(strings.ReplaceAll(ref, "$", ""), "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))
	if err != nil || n < 0 || n > maxRow {
		return 0
	}
	return n
}

// merges looks for the merged ranges, which a file tells only after all its cells.
func (w *Workbook) merges(name string) ([]merge, error) {
	r, err := w.part(name, maxPart)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	rest, err := afterCells(r)
	if err != nil {
		return nil, err
	}
	var out []merge
	for m := newMarkup(rest); ; {
		kind, err := m.next()
		// What is damaged here is damaged for the reader of the rows too, or does not matter.
		if errors.Is(err, io.EOF) || errors.Is(err, ErrDamaged) {
			break
		}
		if err != nil {
			return nil, err
		}
		if kind != tokenOpen || m.name != "mergeCell" || len(out) == maxMerges {
			continue
		}
		from, to, ok := strings.Cut(m.attr("ref"), ":")
		if first, last := rowOf(from), rowOf(to); ok && first > 0 && last > first {
			if column := columnOf(from); column >= 0 && column < MaxColumns {
				out = append(out, merge{row: first, last: last, column: column})
			}
		}
	}
	slices.SortFunc(out, func(a, b merge) int { return a.row - b.row })
	return out, nil
}

// afterCells passes over the cells without parsing them, which is many times faster.
func afterCells(r io.Reader) (io.Reader, error) {
	mark := []byte("sheetData>")
	buf := make([]byte, 64<<10)
	kept := 0
	for {
		n, err := io.ReadFull(r, buf[kept:])
		chunk := buf[:kept+n]
		for at := 0; ; {
			i := bytes.Index(chunk[at:], mark)
			if i < 0 {
				break
			}
			at += i + len(mark)
			if closes(chunk[:at-len(mark)]) {
				return io.MultiReader(bytes.NewReader(chunk[at:]), r), nil
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return bytes.NewReader(nil), nil
		}
		if err != nil {
			return nil, err
		}
		kept = copy(buf, chunk[len(chunk)-4*len(mark):])
	}
}

// closes reports whether what stands before a name makes it that of a closing tag, as in </x:sheetData>.
func closes(before []byte) bool {
	i := bytes.LastIndexByte(before[max(0, len(before)-20):], '<')
	return i >= 0 && bytes.HasPrefix(before[max(0, len(before)-20)+i:], []byte("</"))
}
