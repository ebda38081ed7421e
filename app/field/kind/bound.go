package kind

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"dingban/app/field/decimal"
)

// Common is what the settings of every kind have.
type Common struct {
	Required bool            `json:"required,omitempty"`
	Default  json.RawMessage `json:"default,omitempty"`
}

// Base gives what all settings have.
func (c *Common) Base() *Common { return c }

// ErrEmpty is what Tidy answers when nothing is left of a value.
var ErrEmpty = errors.New("kind: empty")

// Values is what a kind knows about its values once its settings are read. V is a value in Go, which encoding/json turns
// into the canonical form and back.
type Values[V any] interface {
	// Read takes a value from outside; only its shape is judged.
	Read(raw json.RawMessage) (V, error)
	// Tidy gives the canonical form and holds it against the settings. Without an old value there is none, or a new one.
	Tidy(v V, old *V, env Env) (V, error)
	Key(v V) []byte
	Text(v V, env Env) string
	// Parse reads a cell of a table that is not blank; Tidy follows.
	Parse(s string, env Env) (V, error)
	Match(op Op, operand json.RawMessage, env Env) (func(V) bool, error)
	Groups(v V, by Grain, env Env) []string
	Schema() Schema
}

// Settings is what the settings of a kind must be able to do.
type Settings[V any] interface {
	Base() *Common
	// Prepare fills in what was left out, checks the rest, and gives the rules for values.
	Prepare() (Values[V], error)
}

// entry is a kind of the registry.
type entry struct {
	name   Name
	traits Traits
	form   reflect.Type
	bind   func(raw json.RawMessage) (Field, error)
}

func (e entry) Name() Name             { return e.name }
func (e entry) SettingsSchema() Schema { return schemaOf(e.form) }

func (e entry) Traits() Traits {
	t := e.traits
	t.Ops = append(slices.Clone(t.Ops), Empty, NotEmpty)
	return t
}

func (e entry) Bind(raw json.RawMessage) (Field, error) {
	if len(bytes.TrimSpace(raw)) == 0 || string(raw) == "null" {
		raw = json.RawMessage("{}")
	}
	return e.bind(raw)
}

// Define makes a kind of its settings S with values V.
func Define[V, S any, P interface {
	*S
	Settings[V]
}](name Name, traits Traits) Kind {
	return Make[S](name, traits, func(raw json.RawMessage) (Field, error) {
		var s S
		if err := Strict(raw, &s, MaxSettings); err != nil {
			return nil, err
		}
		v, err := P(&s).Prepare()
		if err != nil {
			return nil, err
		}
		common := P(&s).Base()
		b := &bound[V]{values: v, name: name, traits: traits}
		if common.Default, err = b.Store(common.Default, nil, Env{}); err != nil {
			return nil, At("default", err)
		}
		b.initial = common.Default
		if IsEmpty(common.Default) || traits.Computed {
			common.Default, b.initial = nil, Null()
		}
		b.required = common.Required
		if b.stored, err = Encode(&s); err != nil {
			return nil, err
		}
		return b, nil
	})
}

// Make makes a kind whose settings are like S, and whose fields come from bind.
func Make[S any](name Name, traits Traits, bind func(settings json.RawMessage) (Field, error)) Kind {
	return entry{name: name, traits: traits, form: reflect.TypeFor[S](), bind: bind}
}

// ValuesOf gives the rules for values of a field made by Define.
func ValuesOf[V any](f Field) (Values[V], bool) {
	b, ok := f.(*bound[V])
	if !ok {
		return nil, false
	}
	return b.values, true
}

// Evolve checks that settings of a field may take the place of others: no option may vanish that values can hold, it is
// retired instead; nor may the kind change. Values of a kind that care have a method Evolve.
func Evolve(from, to Field) error {
	if e, ok := to.(interface{ evolve(from Field) error }); ok {
		return e.evolve(from)
	}
	return nil
}

func (b *bound[V]) evolve(from Field) error {
	old, ok := from.(*bound[V])
	if !ok || old.name != b.name {
		return Refuse(CodeSettingKind, "kind", string(b.name))
	}
	if e, ok := b.values.(interface{ Evolve(old any) error }); ok {
		return e.Evolve(old.values)
	}
	return nil
}

// bound is a field: rules for values in Go, turned into a Field.
type bound[V any] struct {
	values   Values[V]
	name     Name
	traits   Traits
	required bool
	initial  json.RawMessage
	stored   json.RawMessage
}

func (b *bound[V]) Settings() json.RawMessage { return slices.Clone(b.stored) }
func (b *bound[V]) Default() json.RawMessage  { return slices.Clone(b.initial) }

func (b *bound[V]) Schema() Schema {
	s := b.values.Schema()
	if b.traits.Computed {
		s["readOnly"] = true
	}
	if b.required {
		return s
	}
	return Schema{"anyOf": []any{s, Schema{"type": "null"}}}
}

func (b *bound[V]) Normalize(raw, old json.RawMessage, env Env) (json.RawMessage, error) {
	if b.traits.Computed {
		return ReadOnly(b.name, raw, old)
	}
	return b.Store(raw, old, env)
}

// ReadOnly lets a client send back what it read, and nothing else.
func ReadOnly(name Name, raw, old json.RawMessage) (json.RawMessage, error) {
	raw = bytes.TrimSpace(raw)
	if IsEmpty(raw) && IsEmpty(old) {
		return Null(), nil
	}
	if bytes.Equal(raw, old) {
		return old, nil
	}
	return nil, Refuse(CodeReadOnly, "kind", string(name))
}

// Store normalizes, whoever writes.
func (b *bound[V]) Store(raw, old json.RawMessage, env Env) (json.RawMessage, error) {
	if len(raw) > MaxValue {
		return nil, Refuse(CodeLarge, "max", MaxValue)
	}
	if raw = bytes.TrimSpace(raw); IsEmpty(raw) {
		return b.none()
	}
	v, err := b.values.Read(raw)
	if err != nil {
		return b.emptied(err)
	}
	var before *V
	if v, ok := b.load(old); ok {
		before = &v
	}
	return b.finish(v, before, env)
}

func (b *bound[V]) finish(v V, old *V, env Env) (json.RawMessage, error) {
	v, err := b.values.Tidy(v, old, env)
	if err != nil {
		return b.emptied(err)
	}
	return Encode(v)
}

func (b *bound[V]) emptied(err error) (json.RawMessage, error) {
	if errors.Is(err, ErrEmpty) {
		return b.none()
	}
	return nil, err
}

func (b *bound[V]) none() (json.RawMessage, error) {
	if b.required && !b.traits.Computed {
		return nil, Refuse(CodeRequired)
	}
	return Null(), nil
}

// load gives a canonical value in Go; false for an empty or a damaged one.
func (b *bound[V]) load(value json.RawMessage) (V, bool) {
	var v V
	return v, !IsEmpty(value) && decode(value, &v)
}

// decode is json.Unmarshal, without its cost for the plain values that filters and sorting read by the thousand.
func decode(value json.RawMessage, into any) bool {
	switch p := into.(type) {
	case *string:
		if n := len(value); n >= 2 && value[0] == '"' && value[n-1] == '"' && bytes.IndexByte(value[1:n-1], '"') < 0 && bytes.IndexByte(value, '\\') < 0 && utf8.Valid(value) {
			*p = string(value[1 : n-1])
			return true
		}
	case *decimal.Decimal:
		d, err := decimal.Parse(string(value))
		*p = d
		return err == nil
	case *int64:
		n, err := strconv.ParseInt(string(value), 10, 64)
		*p = n
		return err == nil
	}
	return json.Unmarshal(value, into) == nil
}

func (b *bound[V]) Key(value json.RawMessage) []byte {
	if v, ok := b.load(value); ok {
		return b.values.Key(v)
	}
	return nil
}

func (b *bound[V]) Text(value json.RawMessage, env Env) string {
	if v, ok := b.load(value); ok {
		return b.values.Text(v, env)
	}
	return ""
}

func (b *bound[V]) ParseText(s string, env Env) (json.RawMessage, error) {
	if b.traits.Computed {
		return nil, Refuse(CodeReadOnly, "kind", string(b.name))
	}
	if len(s) > MaxValue {
		return nil, Refuse(CodeLarge, "max", MaxValue)
	}
	if s = strings.TrimSpace(strings.ToValidUTF8(s, "")); s == "" {
		return b.none()
	}
	v, err := b.values.Parse(s, env)
	if err != nil {
		return b.emptied(err)
	}
	return b.finish(v, nil, env)
}

func (b *bound[V]) Group(value json.RawMessage, by Grain, env Env) []string {
	if v, ok := b.load(value); ok {
		return b.values.Groups(v, by, env)
	}
	return nil
}

func (b *bound[V]) Filter(op Op, operand json.RawMessage, env Env) (func(json.RawMessage) bool, error) {
	switch {
	case op == Empty:
		return func(value json.RawMessage) bool { _, ok := b.load(value); return !ok }, nil
	case op == NotEmpty:
		return func(value json.RawMessage) bool { _, ok := b.load(value); return ok }, nil
	case !slices.Contains(b.traits.Ops, op):
		return nil, Refuse(CodeOperator, "operator", string(op), "kind", string(b.name))
	case len(operand) > MaxOperand:
		return nil, Refuse(CodeLarge, "max", MaxOperand)
	}
	test, err := b.values.Match(op, operand, env)
	if errors.Is(err, ErrEmpty) {
		err = Refuse(CodeOperand, "operator", string(op))
	}
	if err != nil {
		return nil, err
	}
	ofEmpty := op.Negative()
	if e, ok := b.values.(interface {
		MatchEmpty(op Op, operand json.RawMessage) bool
	}); ok {
		ofEmpty = e.MatchEmpty(op, operand)
	}
	return func(value json.RawMessage) bool {
		v, ok := b.load(value)
		if !ok {
			return ofEmpty
		}
		return test(v)
	}, nil
}

// Compute gives the canonical form of what the server worked out for a computed field.
func Compute(f Field, raw json.RawMessage, env Env) (json.RawMessage, error) {
	if c, ok := f.(interface {
		Store(raw, old json.RawMessage, env Env) (json.RawMessage, error)
	}); ok {
		return c.Store(raw, nil, env)
	}
	return f.Normalize(raw, nil, env)
}
