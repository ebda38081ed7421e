package clean

import (
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"
)

// Bounds of tables shown as tables; others are read cell by cell.
const (
	maxColumns = 20
	maxCell    = 300
)

// table gathers the cells of a <table>.
type table struct {
	rows [][]string
}

func (t *table) row() { t.rows = append(t.rows, nil) }

func (t *table) cell(s string) {
	if len(t.rows) == 0 {
		t.row()
	}
	last := len(t.rows) - 1
	t.rows[last] = append(t.rows[last], s)
}

func (c *cleaner) push(a atom.Atom) {
	if len(c.stack) >= maxDepth {
		// Deeper than anybody reads: the text stays, its shape goes.
		c.stack[len(c.stack)-1].over++
		c.out.line()
		return
	}
	f := &frame{kind: a, outer: c.out}
	switch a {
	case atom.Li:
		// An item that was never closed ends here.
		if n := len(c.stack); n > 0 && c.stack[n-1].kind == atom.Li {
			c.closeFrame()
			f.outer = c.out
		}
		if n := len(c.stack); n > 0 && c.stack[n-1].kind == atom.Ol {
			c.stack[n-1].number++
			f.number = c.stack[n-1].number
		}
	case atom.Table:
		f.table = &table{}
	}
	c.out = &block{}
	c.stack = append(c.stack, f)
}

// pop closes the innermost open element of a kind, and what was left open inside of it. A closing tag closes nothing outside of the
// cell it stands in.
func (c *cleaner) pop(a atom.Atom) {
	for i := len(c.stack) - 1; i >= 0; i-- {
		f := c.stack[i]
		if f.over > 0 {
			f.over--
			c.out.line()
			return
		}
		if f.kind == a {
			for len(c.stack) > i {
				c.closeFrame()
			}
			return
		}
		if f.kind == atom.Td && a != atom.Table {
			return
		}
	}
}

// table is the table that rows and cells belong to now, if the innermost frames are one and its cell.
func (c *cleaner) table() *table {
	for i := len(c.stack) - 1; i >= 0; i-- {
		if f := c.stack[i]; f.table != nil {
			if f.over > 0 {
				return nil
			}
			return f.table
		} else if f.over > 0 {
			return nil
		}
	}
	return nil
}

// closeCell closes the open cell of the innermost table, and what was left open in it.
func (c *cleaner) closeCell() {
	for i := len(c.stack) - 1; i >= 0 && c.stack[i].table == nil; i-- {
		if c.stack[i].kind == atom.Td {
			for len(c.stack) > i {
				c.closeFrame()
			}
			return
		}
	}
	for n := len(c.stack); n > 0 && c.stack[n-1].table == nil; n = len(c.stack) {
		c.closeFrame()
	}
}

// closeFrame closes the innermost element and writes its lines into the one around it.
func (c *cleaner) closeFrame() {
	n := len(c.stack)
	f := c.stack[n-1]
	c.stack = c.stack[:n-1]
	inner := c.out
	c.out = f.outer
	c.pre = 0
	text := inner.lines()
	if f.table != nil {
		// Text between rows belongs nowhere, but is not lost.
		if text != "" {
			c.out.paragraph()
			c.out.raw(text)
		}
		c.writeTable(f.table)
		return
	}
	if text == "" {
		return
	}
	switch f.kind {
	case atom.Blockquote:
		c.out.paragraph()
		c.out.raw(prefix(text, "> ", "> "))
		c.out.paragraph()
	case atom.Li:
		mark := "- "
		if f.number > 0 {
			mark = strconv.Itoa(f.number) + ". "
		}
		c.out.line()
		c.out.raw(prefix(text, mark, strings.Repeat(" ", len(mark))))
		c.out.line()
	case atom.Td:
		if t := c.table(); t != nil {
			t.cell(text)
			return
		}
		fallthrough
	default:
		if f.kind == atom.Ul || f.kind == atom.Ol {
			if len(c.stack) == 0 || c.stack[len(c.stack)-1].kind != atom.Li {
				c.out.paragraph()
			} else {
				c.out.line()
			}
		} else {
			c.out.line()
		}
		c.out.raw(text)
		c.out.line()
	}
}

// prefix writes lines behind a mark: the first behind one, the others behind another.
func prefix(text, first, others string) string {
	var out strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		if out.Len() > 0 {
			out.WriteByte('\n')
			out.WriteString(strings.TrimRight(others, " "))
			if line != "" {
				out.WriteString(others[len(strings.TrimRight(others, " ")):])
			}
		} else {
			out.WriteString(first)
		}
		out.WriteString(line)
	}
	return out.String()
}

// writeTable writes a table of data as one, and a table that only lays out the page as its text.
func (c *cleaner) writeTable(t *table) {
	rows := t.rows[:0]
	columns := 0
	data := true
	for _, row := range t.rows {
		full := 0
		for _, cell := range row {
			if cell != "" {
				full++
			}
			data = data && len(cell) <= maxCell && !strings.Contains(cell, "\n\n") && !strings.HasPrefix(cell, "|") && !strings.Contains(cell, "\n|") && strings.Count(cell, "\n") < 4
		}
		if full > 0 {
			rows = append(rows, row)
			columns = max(columns, len(row))
		}
	}
	if len(rows) < 2 || columns < 2 || columns > maxColumns || !data {
		for _, row := range rows {
			for _, cell := range row {
				c.writeCell(cell)
			}
		}
		return
	}
	c.out.paragraph()
	for i, row := range rows {
		c.out.raw("|")
		for j := range columns {
			cell := ""
			if j < len(row) {
				cell = strings.NewReplacer("\n", " ", "|", `\|`).Replace(row[j])
			}
			c.out.raw(" " + cell + " |")
		}
		c.out.newline()
		if i == 0 {
			c.out.raw("|" + strings.Repeat(" --- |", columns))
			c.out.newline()
		}
	}
	c.out.paragraph()
}

// writeCell writes a cell of a table that only lays out the page; more than a line of it is a paragraph.
func (c *cleaner) writeCell(cell string) {
	end := c.out.line
	if strings.Contains(cell, "\n") {
		end = c.out.paragraph
	}
	if cell != "" {
		end()
		c.out.raw(cell)
		end()
	}
}

// finish closes what is open and writes the result.
func (c *cleaner) finish() {
	for len(c.stack) > 0 {
		c.closeFrame()
	}
	c.res.Markdown = c.out.lines()
	if len(c.res.Markdown) > MaxOutput {
		c.res.Markdown = strings.ToValidUTF8(c.res.Markdown[:MaxOutput], "")
		c.res.Cut = true
	}
}
