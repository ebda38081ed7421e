// Package trello reads the JSON export of a Trello board. The file is taken in as a stream, element by element, and
// only what makes a record is kept, so that the hundreds of megabytes which the history of a board can be cost little
// memory.
package trello

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"dingban/app/exchange/record"
)

const (
	// MaxBytes is the biggest file, MaxElement the biggest single card, action or other element of it.
	MaxBytes   = 300 << 20
	MaxElement = 8 << 20
	// MaxCards and MaxOthers bound how many cards, and how many elements of each other kind, there may be.
	MaxCards  = 100_000
	MaxOthers = 1_000_000
	// MaxMemory is how much text of all elements is kept.
	MaxMemory = 256 << 20
	// maxDepth is how deep the parts that are passed over may be nested.
	maxDepth = 1_000
)

// The ways a file can be no board at all.
var (
	ErrNotBoard = errors.New("trello: not the export of a board")
	ErrDamaged  = errors.New("trello: the file is damaged")
	ErrTooBig   = errors.New("trello: more than can be taken in at once")
)

// The codes of what can be wrong with a board.
const (
	CodeOddElement      = "trello.odd_element"      // a part of an element has another type than Trello gives it; params: kind, field
	CodeNoList          = "trello.no_list"          // a card without a list
	CodeMemberUnknown   = "trello.member_unknown"   // somebody has left the board; params: count
	CodeTemplate        = "trello.template"         // a template of cards was left out
	CodeCommentsMissing = "trello.comments_missing" // exports leave out older comments; params: count, kept
	CodeDate            = "trello.date"             // params: value
)

// Board is what an export tells. Records are in the order of the lists and of the cards in them; the row of a record is
// its place, from 1.
type Board struct {
	Name        string
	Description string
	URL         string
	Lists       []List
	Labels      []record.Label
	Members     []record.Person
	Records     []record.Record
	Problems    record.Problems
}

// List is a column of the board.
type List struct {
	Name   string
	Closed bool
}

// meter bounds what is read, altogether and for one element.
type meter struct {
	src            io.Reader
	total, element int64
}

func (m *meter) Read(p []byte) (int, error) {
	if m.total <= 0 || m.element <= 0 {
		return 0, ErrTooBig
	}
	n, err := m.src.Read(p[:min(int64(len(p)), m.total, m.element)])
	m.total -= int64(n)
	m.element -= int64(n)
	return n, err
}

type reader struct {
	meter *meter
	dec   *json.Decoder
	board *Board
	raw   collected
	// memory counts what is kept, seen what kinds of elements there were.
	memory int
	seen   map[string]bool
}

// Read reads an export. It fails with ErrNotBoard, ErrDamaged, ErrTooBig or the error of the source.
func Read(r io.Reader) (*Board, error) {
	m := &meter{src: r, total: MaxBytes, element: MaxElement}
	x := &reader{meter: m, dec: json.NewDecoder(m), board: &Board{}, seen: map[string]bool{}}
	x.raw.init()
	if err := x.object(); err != nil {
		return nil, err
	}
	if !x.seen["cards"] || !x.seen["lists"] {
		return nil, ErrNotBoard
	}
	x.build()
	return x.board, nil
}

// fault gives errors of the decoder the names of this package.
func fault(err error) error {
	var syntax *json.SyntaxError
	switch {
	case err == nil || errors.Is(err, ErrTooBig):
		return err
	case errors.As(err, &syntax), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	default:
		return err
	}
}

func (x *reader) token() (json.Token, error) {
	x.meter.element = MaxElement
	t, err := x.dec.Token()
	return t, fault(err)
}

func (x *reader) object() error {
	first, err := x.token()
	if err != nil {
		if errors.Is(err, ErrDamaged) {
			return ErrNotBoard
		}
		return err
	}
	if first != json.Delim('{') {
		return ErrNotBoard
	}
	for x.dec.More() {
		key, err := x.token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		if err := x.field(name); err != nil {
			return err
		}
	}
	_, err = x.token()
	return err
}

func (x *reader) field(name string) error {
	b, raw := x.board, &x.raw
	switch name {
	case "name":
		return x.decode(name, &b.Name)
	case "desc":
		return x.decode(name, &b.Description)
	case "url":
		return x.decode(name, &b.URL)
	case "lists":
		return elements(x, name, MaxOthers, raw.addList)
	case "cards":
		return elements(x, name, MaxCards, raw.addCard)
	case "labels":
		return elements(x, name, MaxOthers, raw.addLabel)
	case "members":
		return elements(x, name, MaxOthers, raw.addMember)
	case "checklists":
		return elements(x, name, MaxOthers, raw.addChecklist)
	case "customFields":
		return elements(x, name, MaxOthers, raw.addField)
	case "actions":
		return elements(x, name, MaxOthers, raw.addAction)
	default:
		return x.skip()
	}
}

// decode reads one value. Parts of it that have an odd type are left out and told.
func (x *reader) decode(kind string, into any) error {
	x.meter.element = MaxElement
	err := x.dec.Decode(into)
	var odd *json.UnmarshalTypeError
	if errors.As(err, &odd) {
		x.board.Problems.Add(record.Problem{
			Severity: record.Warning, Code: CodeOddElement, Params: map[string]any{"kind": kind, "field": record.Shown(odd.Field)},
		})
		return nil
	}
	return fault(err)
}

// elements reads an array one by one. keep tells how much text it keeps.
func elements[T any](x *reader, kind string, most int, keep func(T) int) error {
	first, err := x.token()
	if err != nil {
		return err
	}
	if first != json.Delim('[') {
		// null, or whatever a broken exporter writes: there are none.
		if _, nested := first.(json.Delim); nested {
			return x.rest(1)
		}
		return nil
	}
	x.seen[kind] = true
	for n := 0; x.dec.More(); n++ {
		if n == most {
			return ErrTooBig
		}
		var v T
		if err := x.decode(kind, &v); err != nil {
			return err
		}
		if x.memory += keep(v); x.memory > MaxMemory {
			return ErrTooBig
		}
	}
	_, err = x.token()
	return err
}

// skip passes over a value.
func (x *reader) skip() error {
	first, err := x.token()
	if err != nil {
		return err
	}
	if _, nested := first.(json.Delim); nested {
		return x.rest(1)
	}
	return nil
}

// rest passes over the rest of a value of which depth brackets are open.
func (x *reader) rest(depth int) error {
	for depth > 0 {
		t, err := x.token()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			if depth++; depth > maxDepth {
				return ErrDamaged
			}
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
	return nil
}
