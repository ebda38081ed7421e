package world

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"dingban/app/field/kind"
	"dingban/app/field/kind/barcode"
	"dingban/app/field/kind/ink"
	"dingban/app/field/kind/pick"
	"dingban/app/field/kind/plain"
)

// code is a value of a bar code: what was read, and in which symbology.
type code struct {
	Format string `json:"format"`
	Text   string `json:"text"`
}

type codeSettings struct {
	kind.Common
	Formats  []string `json:"formats,omitempty"`  // all without any
	ScanOnly bool     `json:"scanOnly,omitempty"` // not by hand
}

type codes struct{ formats []barcode.Format }

func (s *codeSettings) Prepare() (kind.Values[code], error) {
	v := codes{formats: barcode.Formats()}
	if len(s.Formats) > 0 {
		s.Formats = kind.Distinct(s.Formats)
		v.formats = nil
		for _, f := range s.Formats {
			if !slices.Contains(barcode.Formats(), barcode.Format(f)) {
				return nil, kind.At("formats", kind.Refuse(kind.CodeBarcode, "format", f))
			}
			v.formats = append(v.formats, barcode.Format(f))
		}
	}
	return v, nil
}

// Read takes a text alone, whose symbology is found out.
func (codes) Read(raw json.RawMessage) (code, error) {
	var c code
	if len(raw) > 0 && raw[0] == '"' {
		err := kind.Strict(raw, &c.Text, kind.MaxOperand)
		return c, err
	}
	err := kind.Strict(raw, &c, kind.MaxOperand)
	return c, err
}

func (v codes) Tidy(c code, _ *code, _ kind.Env) (code, error) {
	c.Text = strings.TrimSpace(c.Text)
	if c.Text == "" {
		return c, kind.ErrEmpty
	}
	if c.Format == "" {
		i := slices.IndexFunc(v.formats, func(f barcode.Format) bool { return barcode.Check(f, c.Text) == nil })
		c.Format = string(v.formats[max(0, i)])
	}
	f := barcode.Format(c.Format)
	if !slices.Contains(v.formats, f) {
		return c, kind.At("format", kind.Refuse(kind.CodeBarcode, "format", c.Format))
	}
	switch err := barcode.Check(f, c.Text); {
	case errors.Is(err, barcode.ErrCheck):
		return c, kind.Refuse(kind.CodeBarcodeCheck, "format", c.Format)
	case err != nil:
		return c, kind.Refuse(kind.CodeBarcode, "format", c.Format)
	}
	return c, nil
}

func (codes) Key(c code) []byte { return kind.SortKey(c.Text) }

func (codes) Text(c code, _ kind.Env) string { return c.Text }

func (codes) Parse(s string, _ kind.Env) (code, error) { return code{Text: s}, nil }

func (codes) Match(op kind.Op, operand json.RawMessage, _ kind.Env) (func(code) bool, error) {
	test, err := kind.MatchText(op, operand)
	return func(c code) bool { return test(c.Text) }, err
}

func (codes) Groups(c code, _ kind.Grain, _ kind.Env) []string { return []string{c.Text} }

func (v codes) Schema() kind.Schema {
	return kind.Schema{
		"type": "object", "required": []string{"text"}, "additionalProperties": false,
		"properties": kind.Schema{"format": kind.Schema{"type": "string", "enum": v.formats}, "text": kind.Schema{"type": "string", "maxLength": barcode.MaxQR}},
	}
}

// writing is a value of a signature: what was drawn on a pad of this size, by whom and when.
type writing struct {
	Width   float64      `json:"width"`
	Height  float64      `json:"height"`
	Strokes []ink.Stroke `json:"strokes"`
	Signer  int64        `json:"signer"`
	Time    int64        `json:"time"`
}

type signatureSettings struct {
	kind.Common
	MinInk float64 `json:"minInk,omitempty"` // length of all lines together, as a share of the width of the pad
}

type signatures struct{ minInk float64 }

func (s *signatureSettings) Prepare() (kind.Values[writing], error) {
	if s.MinInk < 0 || s.MinInk > 100 {
		return nil, kind.At("minInk", kind.Refuse(kind.CodeSetting, "min", 0, "max", 100))
	}
	return signatures{s.MinInk}, nil
}

func (signatures) Read(raw json.RawMessage) (writing, error) {
	var w writing
	err := kind.Strict(raw, &w, kind.MaxValue)
	return w, err
}

// Tidy does not let a signature be altered: it is written anew or taken away.
func (v signatures) Tidy(w writing, _ *writing, _ kind.Env) (writing, error) {
	if len(w.Strokes) == 0 {
		return w, kind.ErrEmpty
	}
	strokes, err := ink.Clean(w.Strokes, w.Width, w.Height)
	switch {
	case errors.Is(err, ink.ErrBounds):
		return w, kind.At("strokes", kind.Refuse(kind.CodeSignatureSize, "strokes", ink.MaxStrokes, "points", ink.MaxPoints))
	case err != nil:
		return w, kind.At("strokes", kind.Refuse(kind.CodeSignature))
	case w.Signer <= 0 || w.Signer > kind.MaxExact:
		return w, kind.At("signer", kind.Refuse(kind.CodeID))
	case w.Time <= 0 || w.Time > plain.MaxMoment:
		return w, kind.At("time", kind.Refuse(kind.CodeSignature))
	case ink.Ink(strokes) < v.minInk*w.Width:
		return w, kind.At("strokes", kind.Refuse(kind.CodeSignature))
	}
	w.Strokes = strokes
	return w, nil
}

// Key orders by the time of signing.
func (signatures) Key(w writing) []byte { return binary.BigEndian.AppendUint64(nil, uint64(w.Time)) }

// Text names the signer and the time; the drawing has no text.
func (signatures) Text(w writing, env kind.Env) string {
	return strings.TrimSpace(env.NameOf(kind.RefPerson, w.Signer) + " " + plain.Stamp(w.Time, env))
}

func (signatures) Parse(s string, _ kind.Env) (writing, error) {
	return writing{}, kind.Refuse(kind.CodeReadOnly, "kind", string(kind.Signature)) // nobody signs in a table
}

func (signatures) Match(op kind.Op, operand json.RawMessage, env kind.Env) (func(writing) bool, error) {
	test, err := pick.MatchPeople(op, operand, env)
	return func(w writing) bool { return test([]int64{w.Signer}) }, err
}

func (signatures) Groups(w writing, _ kind.Grain, env kind.Env) []string {
	return []string{strconv.FormatInt(w.Signer, 10)}
}

func (signatures) Schema() kind.Schema {
	number := kind.Schema{"type": "number", "minimum": 0}
	point := kind.Schema{"type": "array", "minItems": 4, "maxItems": 4, "items": number, "description": "x, y, pressure from 0 to 1, milliseconds"}
	return kind.Schema{
		"type": "object", "required": []string{"width", "height", "strokes", "signer", "time"}, "additionalProperties": false,
		"properties": kind.Schema{
			"width": number, "height": number, "signer": kind.Schema{"type": "integer"}, "time": plain.MomentSchema(),
			"strokes": kind.Schema{"type": "array", "maxItems": ink.MaxStrokes, "items": kind.Schema{"type": "array", "maxItems": ink.MaxPoints, "items": point}},
		},
	}
}

// Scans lists the kinds that a device takes.
func Scans() []kind.Kind {
	return []kind.Kind{
		kind.Define[code, codeSettings](kind.Barcode, kind.Traits{Sortable: true, Grouped: true, Type: "text", Ops: kind.Textual()}),
		kind.Define[writing, signatureSettings](kind.Signature, kind.Traits{Sortable: true, Ops: []kind.Op{kind.Any, kind.None}}),
	}
}
