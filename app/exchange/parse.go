package exchange

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"time"

	"dingban/app/exchange/jira"
	"dingban/app/exchange/mapping"
	"dingban/app/exchange/record"
	"dingban/app/exchange/sheet"
	"dingban/app/exchange/trello"
	"dingban/app/platform/fault"
)

// unreadable are the ways a file can be of no use, with the codes they are told by.
var unreadable = []struct {
	err  error
	code string
}{
	{sheet.ErrTooManyRows, "import.too_many_rows"},
	{sheet.ErrRowTooLong, "import.row_too_long"},
	{sheet.ErrBrokenQuotes, "import.broken_quotes"},
	{sheet.ErrBinary, "import.binary"},
	{sheet.ErrOldExcel, "import.old_excel"},
	{sheet.ErrEncrypted, "import.encrypted"},
	{sheet.ErrMarkup, "import.markup"},
	{sheet.ErrNotWorkbook, "import.binary"},
	{sheet.ErrDamaged, "import.damaged"},
	{sheet.ErrBomb, "import.bomb"},
	{sheet.ErrNoSheet, "import.damaged"},
	{trello.ErrNotBoard, "import.not_board"},
	{trello.ErrDamaged, "import.damaged"},
	{trello.ErrTooBig, "import.bomb"},
	{jira.ErrTooMuch, "import.bomb"},
	{mapping.ErrTooMuch, "import.bomb"},
	{io.EOF, "import.empty"},
}

// refused makes the fault of a file that cannot be read.
func refused(err error) error {
	for _, u := range unreadable {
		if errors.Is(err, u.err) {
			return fault.Invalid(fault.At("body", u.code)).Wrap(err)
		}
	}
	return err
}

// recognise tells what a file is by what stands in it, whatever it calls itself.
func recognise(data []byte, now time.Time) (string, error) {
	start := bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case len(start) == 0:
		return "", io.EOF
	case sheet.IsWorkbook(data), bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")): // the second one is the old Excel, which is refused by name
		return XLSX, nil
	case start[0] == '{':
		return Trello, nil
	}
	_, err := jira.Open(bytes.NewReader(data), jira.Options{Zone: china(), Ref: now})
	if errors.Is(err, jira.ErrNotJira) {
		return CSV, nil
	}
	return Jira, err
}

// table is a table at its first row below the header.
type table struct {
	header sheet.Row
	sample []sheet.Row
	rows   sheet.Reader
	close  func()
}

func (s *Service) openTable(kind string, data []byte) (*table, error) {
	if kind == CSV {
		t, err := newTable(sheet.NewCSV(bytes.NewReader(data), sheet.CSVOptions{}))
		if err != nil || !s.own(t.header) {
			return t, err
		}
		return newTable(sheet.NewCSV(bytes.NewReader(data), sheet.CSVOptions{Restore: true}))
	}
	book, err := sheet.OpenXLSX(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	rows, err := book.Rows(book.First())
	if err != nil {
		return nil, err
	}
	t, err := newTable(rows, nil)
	if err != nil {
		return nil, errors.Join(err, rows.Close())
	}
	t.close = func() { _ = rows.Close() } // what was read is read
	return t, nil
}

func newTable[R sheet.Reader](r R, err error) (*table, error) {
	if err != nil {
		return nil, err
	}
	head, rows, err := sheet.Head(r, sheet.HeaderRows)
	if err != nil {
		return nil, err
	}
	if len(head) == 0 {
		return nil, io.EOF
	}
	at := max(sheet.FindHeader(head, mapping.Known), 0) // people say what the columns are when no row does
	for range at + 1 {
		if _, err := rows.Next(); err != nil {
			return nil, err
		}
	}
	return &table{header: head[at], sample: head[at+1:], rows: rows, close: func() {}}, nil
}

// own recognises a table that this module has written, in which formulas are shielded.
func (s *Service) own(header sheet.Row) bool {
	texts := header.Texts()
	for _, language := range []string{"zh-CN", "en"} {
		ours := make([]string, len(columns))
		for i, c := range columns {
			ours[i] = s.words.Text(language, "exchange.column."+c.word, nil)
		}
		if slices.Equal(texts, ours) {
			return true
		}
	}
	return false
}

// parsed is a file understood: parents come before their parts.
type parsed struct {
	records  []record.Record
	problems record.Problems
}

// parse reads a file. lookup and the time of the upload decide what names and dates without a year mean, so that each
// batch of an import understands the file alike.
func (s *Service) parse(kind string, data []byte, choices []Choice, lookup mapping.Lookup, at time.Time) (*parsed, error) {
	p := &parsed{}
	switch kind {
	case Trello:
		b, err := trello.Read(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		p.records, p.problems = b.Records, b.Problems
		mapping.Resolve(p.records, lookup, &p.problems)
	case Jira:
		x, err := jira.Open(bytes.NewReader(data), jira.Options{Zone: china(), Ref: at})
		if err != nil {
			return nil, err
		}
		p.records, p.problems = x.Records, x.Problems
		mapping.Resolve(p.records, lookup, &p.problems)
	default:
		t, err := s.openTable(kind, data)
		if err != nil {
			return nil, err
		}
		defer t.close()
		r, err := mapping.Run(t.rows, planOf(t, choices), mapping.Options{Zone: china(), Ref: at, Lookup: lookup})
		if err != nil && !errors.Is(err, mapping.ErrPlan) {
			return nil, err
		}
		p.records, p.problems = r.Records, r.Problems
	}
	if len(p.records) > maxImportTasks {
		return nil, fault.Invalid(fault.At("body", "import.too_many", "max", maxImportTasks))
	}
	p.records = parentsFirst(p.records)
	return p, nil
}

// planOf is what the headers were taken for, changed by what people chose.
func planOf(t *table, choices []Choice) mapping.Plan {
	plan := mapping.Guess(t.header, t.sample)
	for _, c := range choices {
		at := slices.IndexFunc(plan.Columns, func(o mapping.Column) bool { return o.Index == c.Index })
		if at >= 0 {
			plan.Columns[at].Field = mapping.Field(c.Field)
		} else { // Check tells that there is no such column
			plan.Columns = append(plan.Columns, mapping.Column{Index: -1, Field: mapping.Field(c.Field)})
		}
	}
	for _, c := range plan.Columns {
		if c.Field == mapping.Level || c.Field == mapping.Outline || c.Field == mapping.Parent {
			plan.Indent = false // what people say goes before what blanks seem to say
		}
	}
	return plan
}

// parentsFirst puts every record behind the one that it is a part of and leaves the order alone otherwise. Nest has made
// sure that there is no circle.
func parentsFirst(rs []record.Record) []record.Record {
	byRow := make(map[int]int, len(rs))
	for i := range rs {
		byRow[rs[i].Row] = i
	}
	out := make([]record.Record, 0, len(rs))
	placed := make([]bool, len(rs))
	for i := range rs {
		chain := []int{}
		for at := i; !placed[at]; {
			placed[at] = true
			chain = append(chain, at)
			up, ok := byRow[rs[at].ParentRow]
			if rs[at].ParentRow == 0 || !ok {
				break
			}
			at = up
		}
		for _, at := range slices.Backward(chain) {
			out = append(out, rs[at])
		}
	}
	return out
}
