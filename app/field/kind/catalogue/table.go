package catalogue

import (
	"encoding/json"
	"fmt"
	"strings"

	"dingban/app/field/kind"
)

const (
	maxRows    = 100
	maxColumns = 30
)

// column is a field inside the rows of a table.
type column struct {
	ID       string          `json:"id"`
	Label    string          `json:"label"`
	Kind     kind.Name       `json:"kind"`
	Settings json.RawMessage `json:"settings,omitempty"`
}

type tableSettings struct {
	kind.Common
	Columns []column `json:"columns"`
	MinRows int      `json:"minRows,omitempty"`
	MaxRows int      `json:"maxRows,omitempty"`
}

// row holds canonical values by the id of their column; encoding/json writes them in the order of the ids.
type row map[string]json.RawMessage

// tables is the values of detail rows (明细). A table holds no table, and nothing that is computed.
type tables struct {
	columns  []column
	fields   map[string]kind.Field
	min, max int
}

func (s *tableSettings) Prepare() (kind.Values[[]row], error) {
	if len(s.Columns) == 0 || len(s.Columns) > maxColumns {
		return nil, kind.At("columns", kind.Refuse(kind.CodeSetting, "min", 1, "max", maxColumns))
	}
	if s.MaxRows == 0 {
		s.MaxRows = maxRows
	}
	if s.MaxRows < 1 || s.MaxRows > maxRows {
		return nil, kind.At("maxRows", kind.Refuse(kind.CodeSetting, "min", 1, "max", maxRows))
	}
	if s.MinRows < 0 || s.MinRows > s.MaxRows {
		return nil, kind.At("minRows", kind.Refuse(kind.CodeSettingOrder, "low", s.MinRows, "high", s.MaxRows))
	}
	v := tables{columns: s.Columns, fields: map[string]kind.Field{}, min: s.MinRows, max: s.MaxRows}
	for i := range s.Columns {
		c := &s.Columns[i]
		where := fmt.Sprintf("columns[%d]", i)
		if !kind.ValidID(c.ID) || v.fields[c.ID] != nil {
			return nil, kind.At(where+".id", kind.Refuse(kind.CodeColumn, "column", c.ID))
		}
		label, err := kind.Clean(c.Label, false)
		if err != nil || len([]rune(label)) > kind.MaxLabel {
			return nil, kind.At(where+".label", kind.Refuse(kind.CodeColumn, "column", c.Label))
		}
		c.Label = label
		if c.Kind == kind.Table || c.Kind == kind.Signature {
			return nil, kind.At(where+".kind", kind.Refuse(kind.CodeSettingKind, "kind", string(c.Kind)))
		}
		f, err := resultOf(c.Kind, c.Settings)
		if err != nil {
			return nil, kind.At(where, err)
		}
		c.Settings, v.fields[c.ID] = f.inner.Settings(), f.inner
	}
	return v, nil
}

// Evolve keeps columns and their options from vanishing: values would go with them.
func (v tables) Evolve(old any) error {
	o, ok := old.(tables)
	if !ok {
		return kind.Refuse(kind.CodeSettingKind, "kind", string(kind.Table))
	}
	for i, c := range o.columns {
		if v.fields[c.ID] == nil {
			return kind.At("columns", kind.Refuse(kind.CodeOptionGone, "option", c.ID, "label", c.Label))
		}
		if err := kind.Evolve(o.fields[c.ID], v.fields[c.ID]); err != nil {
			return kind.At(fmt.Sprintf("columns[%d]", i), kind.At("settings", err))
		}
	}
	return nil
}

func (tables) Read(raw json.RawMessage) ([]row, error) {
	var rows []row
	err := kind.Strict(raw, &rows, kind.MaxValue)
	return rows, err
}

// Tidy holds each cell against its column; rows stay where they are, so a cell keeps what its row had chosen before.
func (v tables) Tidy(rows []row, old *[]row, env kind.Env) ([]row, error) {
	if len(rows) > v.max {
		return nil, kind.Refuse(kind.CodeRows, "max", v.max)
	}
	out := make([]row, 0, len(rows))
	for i, r := range rows {
		where := fmt.Sprintf("[%d]", i)
		for id := range r {
			if v.fields[id] == nil {
				return nil, kind.At(where, kind.Refuse(kind.CodeColumn, "column", id))
			}
		}
		clean, blank := row{}, true
		for _, c := range v.columns {
			if !kind.IsEmpty(r[c.ID]) {
				blank = false
			}
		}
		if blank {
			continue
		}
		for _, c := range v.columns {
			var before json.RawMessage
			if old != nil && i < len(*old) {
				before = (*old)[i][c.ID]
			}
			cell, err := v.fields[c.ID].Normalize(r[c.ID], before, env)
			if err != nil {
				return nil, kind.At(where, kind.At(c.ID, err))
			}
			if !kind.IsEmpty(cell) {
				clean[c.ID] = cell
			}
		}
		if len(clean) > 0 {
			out = append(out, clean)
		}
	}
	if len(out) == 0 {
		return nil, kind.ErrEmpty
	}
	if len(out) < v.min {
		return nil, kind.Refuse(kind.CodeFew, "min", v.min)
	}
	return out, nil
}

func (tables) Key(rows []row) []byte { return []byte{byte(len(rows))} }

// Text has a row a line, and cells parted by tabs as spreadsheets do.
func (v tables) Text(rows []row, env kind.Env) string {
	lines := make([]string, len(rows))
	for i, r := range rows {
		cells := make([]string, len(v.columns))
		for j, c := range v.columns {
			cells[j] = strings.Join(strings.Fields(v.fields[c.ID].Text(r[c.ID], env)), " ")
		}
		lines[i] = strings.Join(cells, "\t")
	}
	return strings.Join(lines, "\n")
}

func (v tables) Parse(s string, env kind.Env) ([]row, error) {
	var rows []row
	for line := range strings.Lines(s) {
		if len(rows) >= v.max {
			return nil, kind.Refuse(kind.CodeRows, "max", v.max)
		}
		cells := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if len(cells) > len(v.columns) {
			return nil, kind.At(fmt.Sprintf("[%d]", len(rows)), kind.Refuse(kind.CodeMany, "max", len(v.columns)))
		}
		r := row{}
		for j, cell := range cells {
			value, err := v.fields[v.columns[j].ID].ParseText(cell, env)
			if err != nil {
				return nil, kind.At(fmt.Sprintf("[%d]", len(rows)), kind.At(v.columns[j].ID, err))
			}
			r[v.columns[j].ID] = value
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// Match looks into the text of all cells.
func (v tables) Match(op kind.Op, operand json.RawMessage, env kind.Env) (func([]row) bool, error) {
	test, err := kind.MatchText(op, operand)
	return func(rows []row) bool { return test(v.Text(rows, env)) }, err
}

func (tables) Groups([]row, kind.Grain, kind.Env) []string { return nil }

func (v tables) Schema() kind.Schema {
	p := kind.Schema{}
	for _, c := range v.columns {
		p[c.ID] = v.fields[c.ID].Schema()
	}
	return kind.Schema{"type": "array", "minItems": max(1, v.min), "maxItems": v.max, "items": kind.Schema{"type": "object", "additionalProperties": false, "properties": p}}
}

func tableKinds() []kind.Kind {
	return []kind.Kind{kind.Define[[]row, tableSettings](kind.Table, kind.Traits{Multiple: true, Ops: []kind.Op{kind.Contains, kind.NotContains}})}
}
