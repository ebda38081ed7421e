package catalogue

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"dingban/app/field/kind"
)

const (
	maxExpression = 10_000 // bytes
	maxCollected  = 500    // values of a lookup
)

// failure is what a computed field holds when there is no result: {"error": "formula.div_zero"}.
type failure struct {
	Error string `json:"error"`
}

// Failed gives the code of a value of a computed field that came to nothing; empty for every other value.
func Failed(value json.RawMessage) string { return failed(value) }

// ResultOf gives the kind and the field of what a computed field holds, and whether it holds a list of them; false when the
// field is not computed that way.
func ResultOf(f kind.Field) (k kind.Kind, inner kind.Field, list, ok bool) {
	c, ok := f.(computed)
	if !ok {
		return nil, nil, false, false
	}
	return c.kind, c.inner, c.list, true
}

// TraitsOf says what one field can do. It is what its kind can, but for a computed field, which can do what its result can.
func TraitsOf(k kind.Kind, f kind.Field) kind.Traits {
	inner, of, list, ok := ResultOf(f)
	if !ok {
		return k.Traits()
	}
	t := TraitsOf(inner, of)
	t.Computed, t.Multiple = true, t.Multiple || list
	if list {
		t.Type = "list"
	}
	return t
}

func failed(value json.RawMessage) string {
	if !bytes.HasPrefix(value, []byte(`{"error":`)) {
		return ""
	}
	var f failure
	if json.Unmarshal(value, &f) != nil {
		return ""
	}
	return f.Error
}

// Failure gives the value of a computed field that came to nothing for a reason.
func Failure(code string) json.RawMessage {
	raw, err := kind.Encode(failure{code})
	if err != nil {
		return kind.Null() // cannot be: a code is text
	}
	return raw
}

// resultOf binds the kind that a computed value is of; it must not be computed itself.
func resultOf(name kind.Name, settings json.RawMessage, allowed ...kind.Name) (computed, error) {
	k, ok := Find(name)
	if !ok || k.Traits().Computed || len(allowed) > 0 && !slices.Contains(allowed, name) {
		return computed{}, kind.At("kind", kind.Refuse(kind.CodeSettingKind, "kind", string(name)))
	}
	f, err := k.Bind(settings)
	if err != nil {
		return computed{}, kind.At("settings", err)
	}
	return computed{kind: k, inner: f}, nil
}

// computed is a field nobody writes, with values of another field, or lists of them.
type computed struct {
	name     kind.Name
	kind     kind.Kind // of the result
	inner    kind.Field
	list     bool
	distinct bool
	stored   json.RawMessage
}

func (c computed) Settings() json.RawMessage { return slices.Clone(c.stored) }
func (c computed) Default() json.RawMessage  { return kind.Null() }

func (c computed) Normalize(raw, old json.RawMessage, _ kind.Env) (json.RawMessage, error) {
	return kind.ReadOnly(c.name, raw, old)
}

func (c computed) ParseText(string, kind.Env) (json.RawMessage, error) {
	return nil, kind.Refuse(kind.CodeReadOnly, "kind", string(c.name))
}

func (c computed) Store(raw, _ json.RawMessage, env kind.Env) (json.RawMessage, error) {
	if failed(raw) != "" || kind.IsEmpty(raw) {
		return raw, nil
	}
	if !c.list {
		return kind.Compute(c.inner, raw, env)
	}
	var raws, out []json.RawMessage
	if err := kind.Strict(raw, &raws, kind.MaxValue); err != nil {
		return nil, err
	}
	for _, r := range raws {
		if len(out) == maxCollected {
			break
		}
		v, err := kind.Compute(c.inner, r, env)
		if err != nil {
			return nil, err
		}
		repeated := c.distinct && slices.ContainsFunc(out, func(o json.RawMessage) bool { return bytes.Equal(o, v) })
		if !kind.IsEmpty(v) && !repeated {
			out = append(out, v)
		}
	}
	if len(out) == 0 {
		return kind.Null(), nil
	}
	return kind.Encode(out)
}

// entries are the values that a value is made of; one, unless it is a list.
func (c computed) entries(value json.RawMessage) []json.RawMessage {
	if kind.IsEmpty(value) || failed(value) != "" {
		return nil
	}
	if !c.list {
		return []json.RawMessage{value}
	}
	var list []json.RawMessage
	if json.Unmarshal(value, &list) != nil {
		return nil
	}
	return list
}

// Key puts errors last.
func (c computed) Key(value json.RawMessage) []byte {
	if failed(value) != "" {
		return []byte{0xff, 0xff}
	}
	if e := c.entries(value); len(e) > 0 {
		return c.inner.Key(e[0])
	}
	return nil
}

func (c computed) Text(value json.RawMessage, env kind.Env) string {
	if code := failed(value); code != "" {
		return env.Word(code, "#"+code)
	}
	entries := c.entries(value)
	if !c.list && len(entries) > 0 {
		return c.inner.Text(entries[0], env)
	}
	words := make([]string, len(entries))
	for i, e := range entries {
		words[i] = c.inner.Text(e, env)
	}
	return kind.Joined(words)
}

// Filter asks whether one of the entries passes the test; of operators that deny, whether all do.
func (c computed) Filter(op kind.Op, operand json.RawMessage, env kind.Env) (func(json.RawMessage) bool, error) {
	switch op {
	case kind.Empty:
		return kind.IsEmpty, nil
	case kind.NotEmpty:
		return func(v json.RawMessage) bool { return !kind.IsEmpty(v) }, nil
	}
	test, err := c.inner.Filter(op, operand, env)
	if err != nil {
		return nil, err
	}
	return func(v json.RawMessage) bool {
		entries := c.entries(v)
		switch {
		case len(entries) == 0:
			return op.Negative()
		case op.Negative():
			return !slices.ContainsFunc(entries, func(e json.RawMessage) bool { return !test(e) })
		}
		return slices.ContainsFunc(entries, test)
	}, nil
}

func (c computed) Group(value json.RawMessage, by kind.Grain, env kind.Env) []string {
	groups := []string{}
	if kind.IsEmpty(value) {
		return nil
	}
	for _, e := range c.entries(value) {
		groups = append(groups, c.inner.Group(e, by, env)...)
	}
	return kind.Distinct(groups)
}

func (c computed) Schema() kind.Schema {
	inner := c.inner.Schema()
	if c.list {
		inner = kind.Schema{"type": "array", "maxItems": maxCollected, "items": inner}
	}
	failure := kind.Schema{"type": "object", "required": []string{"error"}, "properties": kind.Schema{"error": kind.Schema{"type": "string"}}}
	return kind.Schema{"anyOf": []any{inner, failure, kind.Schema{"type": "null"}}, "readOnly": true}
}

// computedSettings is what the settings of computed fields must be able to do.
type computedSettings interface {
	Prepare() (computed, error)
}

// compute makes a kind of the settings S.
func compute[S any, P interface {
	*S
	computedSettings
}](name kind.Name, traits kind.Traits) kind.Kind {
	traits.Computed = true
	return kind.Make[S](name, traits, func(raw json.RawMessage) (kind.Field, error) {
		var s S
		if err := kind.Strict(raw, &s, kind.MaxSettings); err != nil {
			return nil, err
		}
		c, err := P(&s).Prepare()
		if err != nil {
			return nil, err
		}
		c.name = name
		c.stored, err = kind.Encode(&s)
		return c, err
	})
}

// formulaSettings: the expression is the business of the package formula, which also says which kind the result is of.
type formulaSettings struct {
	Expression string          `json:"expression"`
	Kind       kind.Name       `json:"kind"`
	Settings   json.RawMessage `json:"settings,omitempty"`
}

func (s *formulaSettings) Prepare() (computed, error) {
	if strings.TrimSpace(s.Expression) == "" {
		return computed{}, kind.At("expression", kind.Refuse(kind.CodeRequired))
	}
	if len(s.Expression) > maxExpression {
		return computed{}, kind.At("expression", kind.Refuse(kind.CodeLong, "max", maxExpression))
	}
	return resultOf(s.Kind, s.Settings, kind.Text, kind.LongText, kind.Number, kind.Percent, kind.Money, kind.Progress, kind.Rating, kind.Date, kind.DateTime, kind.Duration, kind.Checkbox)
}

// lookupSettings: the values that a field of the related tasks has.
type lookupSettings struct {
	Relation string          `json:"relation"` // the field of kind relation
	Target   string          `json:"target"`   // the field of the tasks it leads to
	Kind     kind.Name       `json:"kind"`     // of the target
	Settings json.RawMessage `json:"settings,omitempty"`
	Distinct bool            `json:"distinct,omitempty"`
}

func (s *lookupSettings) Prepare() (computed, error) {
	if err := fieldIDs(map[string]string{"relation": s.Relation, "target": s.Target}); err != nil {
		return computed{}, err
	}
	c, err := resultOf(s.Kind, s.Settings)
	c.list, c.distinct = true, s.Distinct
	return c, err
}

func fieldIDs(ids map[string]string) error {
	for name, id := range ids {
		if !kind.ValidID(id) {
			return kind.At(name, kind.Refuse(kind.CodeID))
		}
	}
	return nil
}

func computedKinds() []kind.Kind {
	all := append(slices.Concat(kind.Ordering(), kind.Textual(), kind.Membership()), kind.During, kind.Under, kind.Near)
	t := kind.Traits{Sortable: true, Grouped: true, Ops: kind.Distinct(all)}
	list := t
	list.Multiple, list.Type = true, "list"
	return []kind.Kind{
		compute[formulaSettings](kind.Formula, t),
		compute[rollupSettings](kind.Rollup, t),
		compute[lookupSettings](kind.Lookup, list),
	}
}
