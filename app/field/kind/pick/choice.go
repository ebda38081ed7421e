// Package pick is the kinds of fields whose values are picked: options, and ids of people, departments, tasks and files. It
// does no input or output.
package pick

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"dingban/app/field/kind"
	"dingban/app/field/kind/reading"
)

const (
	maxOptions      = 500
	maxCascade      = 5000 // options of a tree
	maxCascadeDepth = 6
)

// option is one that can be chosen. Its id never changes and is what values hold; a retired one stays where it was chosen
// and can't be chosen anew.
type option struct {
	ID       string   `json:"id"`
	Label    string   `json:"label"`
	Colour   string   `json:"colour,omitempty"`
	Retired  bool     `json:"retired,omitempty"`
	Children []option `json:"children,omitempty"`
}

// options is a list of them, with their places.
type options struct {
	list  []option
	place map[string]int
	named map[string]string // the ids of those in use, by their labels as spoken gives them
}

// checkOptions cleans the options of one list and of those below; ids are unique in all of them, labels among the ones in
// use of a list.
func checkOptions(list []option, depth int, ids map[string]bool) error {
	labels := map[string]bool{}
	for i := range list {
		o := &list[i]
		where := fmt.Sprintf("[%d]", i)
		if !kind.ValidID(o.ID) || ids[o.ID] || len(ids) >= maxCascade {
			return kind.At(where+".id", kind.Refuse(kind.CodeSettingOption, "option", o.ID))
		}
		ids[o.ID] = true
		label, err := kind.Clean(o.Label, false)
		if err != nil || utf8.RuneCountInString(label) > kind.MaxLabel {
			return kind.At(where+".label", kind.Refuse(kind.CodeSettingOption, "option", o.Label))
		}
		o.Label = label
		if folded := kind.Fold(label); !o.Retired && labels[folded] {
			return kind.At(where+".label", kind.Refuse(kind.CodeSettingOption, "option", label))
		} else if !o.Retired {
			labels[folded] = true
		}
		if err := kind.Colour(o.Colour); err != nil {
			return kind.At(where+".colour", err)
		}
		if len(o.Children) == 0 {
			continue
		}
		if depth == 1 {
			return kind.At(where+".children", kind.Refuse(kind.CodeMany, "max", maxCascadeDepth))
		}
		if err := checkOptions(o.Children, depth-1, ids); err != nil {
			return kind.At(where, kind.At("children", err))
		}
	}
	return nil
}

func newOptions(list []option) (options, error) {
	if len(list) == 0 {
		return options{}, kind.At("options", kind.Refuse(kind.CodeSettingNone))
	}
	if len(list) > maxOptions {
		return options{}, kind.At("options", kind.Refuse(kind.CodeMany, "max", maxOptions))
	}
	if err := checkOptions(list, 1, map[string]bool{}); err != nil {
		return options{}, kind.At("options", err)
	}
	o := options{list: list, place: make(map[string]int, len(list)), named: make(map[string]string, len(list))}
	for i, e := range list {
		o.place[e.ID] = i
		if !e.Retired {
			o.named[spoken(e.Label)] = e.ID
		}
	}
	return o, nil
}

// spoken makes labels alike that people take for the same.
func spoken(label string) string { return kind.Fold(reading.Plain(label)) }

// allow judges a choice; kept are the ids that were chosen before.
func (o options) allow(id string, kept ...string) error {
	i, ok := o.place[id]
	switch {
	case !ok:
		return kind.Refuse(kind.CodeOption, "option", id)
	case o.list[i].Retired && !slices.Contains(kept, id):
		return kind.Refuse(kind.CodeOptionRetired, "option", id)
	}
	return nil
}

func (o options) label(id string) string {
	if i, ok := o.place[id]; ok {
		return o.list[i].Label
	}
	return ""
}

// find gives the option in use that people call so, or that has this id.
func (o options) find(label string) (string, error) {
	if id, ok := o.named[spoken(label)]; ok {
		return id, nil
	}
	if _, ok := o.place[label]; ok {
		return label, nil
	}
	return "", kind.Refuse(kind.CodeOption, "option", label)
}

// keyOf orders by the place in the list; what is no longer in it comes last.
func (o options) keyOf(id string) []byte {
	i, ok := o.place[id]
	if !ok {
		i = maxOptions
	}
	return binary.BigEndian.AppendUint16(nil, uint16(i))
}

func (o options) ids(inUse bool) []string {
	var ids []string
	for _, e := range o.list {
		if !inUse || !e.Retired {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

// keptOptions tells which option of an older list is gone.
func keptOptions(now, old []option) error {
	for _, e := range old {
		i := slices.IndexFunc(now, func(n option) bool { return n.ID == e.ID })
		if i < 0 {
			return kind.At("options", kind.Refuse(kind.CodeOptionGone, "option", e.ID, "label", e.Label))
		}
		if err := keptOptions(now[i].Children, e.Children); err != nil {
			return err
		}
	}
	return nil
}

type selectSettings struct {
	kind.Common
	Options []option `json:"options"`
}

type selects struct {
	kind.Texts
	options
}

func (s *selectSettings) Prepare() (kind.Values[string], error) {
	o, err := newOptions(s.Options)
	return selects{options: o}, err
}

// Evolve keeps options from vanishing.
func (v selects) Evolve(old any) error {
	o, ok := old.(selects)
	if !ok {
		return kind.Refuse(kind.CodeSettingKind, "kind", string(kind.Select))
	}
	return keptOptions(v.list, o.list)
}

func (v selects) Tidy(id string, old *string, _ kind.Env) (string, error) {
	if id == "" {
		return "", kind.ErrEmpty
	}
	kept := ""
	if old != nil {
		kept = *old
	}
	return id, v.allow(id, kept)
}

func (v selects) Key(id string) []byte { return v.keyOf(id) }

func (v selects) Text(id string, _ kind.Env) string { return v.label(id) }

func (v selects) Parse(s string, _ kind.Env) (string, error) { return v.find(s) }

func (v selects) Match(op kind.Op, operand json.RawMessage, _ kind.Env) (func(string) bool, error) {
	read := func(raw json.RawMessage) (string, error) {
		id, err := v.Read(raw)
		if err == nil && v.label(id) == "" {
			err = kind.Refuse(kind.CodeOption, "option", id)
		}
		return id, err
	}
	// Before and after are those of the list, so a filter can ask for "at least in review".
	return kind.MatchOrder(op, operand, read, func(a, b string) int { return strings.Compare(string(v.keyOf(a)), string(v.keyOf(b))) })
}

func (v selects) Schema() kind.Schema { return kind.Schema{"type": "string", "enum": v.ids(false)} }

type multiSettings struct {
	kind.Common
	Options []option `json:"options"`
	Min     int      `json:"min,omitempty"`
	Max     int      `json:"max,omitempty"`
}

// multis keeps choices in the order of the list, whatever order they were made in.
type multis struct {
	options
	min, max int
}

func (s *multiSettings) Prepare() (kind.Values[[]string], error) {
	o, err := newOptions(s.Options)
	if err != nil {
		return nil, err
	}
	if s.Max < 0 || s.Max > maxOptions {
		return nil, kind.At("max", kind.Refuse(kind.CodeSetting, "min", 0, "max", maxOptions))
	}
	if s.Min < 0 || s.Min > min(len(s.Options), max(s.Max, len(s.Options)*boolInt(s.Max == 0))) {
		return nil, kind.At("min", kind.Refuse(kind.CodeSettingOrder, "low", s.Min, "high", s.Max))
	}
	return multis{o, s.Min, s.Max}, nil
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Evolve keeps options from vanishing.
func (v multis) Evolve(old any) error {
	o, ok := old.(multis)
	if !ok {
		return kind.Refuse(kind.CodeSettingKind, "kind", string(kind.MultiSelect))
	}
	return keptOptions(v.list, o.list)
}

func readStrings(raw json.RawMessage) ([]string, error) {
	var list []string
	err := kind.Strict(raw, &list, kind.MaxValue)
	return list, err
}

func (multis) Read(raw json.RawMessage) ([]string, error) { return readStrings(raw) }

func (v multis) Tidy(list []string, old *[]string, _ kind.Env) ([]string, error) {
	list = kind.Distinct(list)
	if len(list) == 0 {
		return nil, kind.ErrEmpty
	}
	var kept []string
	if old != nil {
		kept = *old
	}
	for _, id := range list {
		if err := v.allow(id, kept...); err != nil {
			return nil, err
		}
	}
	if len(list) < v.min {
		return nil, kind.Refuse(kind.CodeFew, "min", v.min)
	}
	if v.max > 0 && len(list) > v.max {
		return nil, kind.Refuse(kind.CodeMany, "max", v.max)
	}
	slices.SortFunc(list, func(a, b string) int { return v.place[a] - v.place[b] })
	return list, nil
}

func (v multis) Key(list []string) []byte {
	var key []byte
	for _, id := range list {
		key = append(key, v.keyOf(id)...)
	}
	return key
}

func (v multis) Text(list []string, _ kind.Env) string {
	labels := make([]string, len(list))
	for i, id := range list {
		labels[i] = v.label(id)
	}
	return kind.Joined(labels)
}

// Parse takes the cell for one label first: labels may have commas in them.
func (v multis) Parse(s string, _ kind.Env) ([]string, error) {
	if id, err := v.find(s); err == nil {
		return []string{id}, nil
	}
	var list []string
	for _, label := range kind.Split(s) {
		id, err := v.find(label)
		if err != nil {
			return nil, err
		}
		list = append(list, id)
	}
	return list, nil
}

func (v multis) Match(op kind.Op, operand json.RawMessage, _ kind.Env) (func([]string) bool, error) {
	want, err := kind.Operands(op, operand, func(raw json.RawMessage) (string, error) {
		id, err := kind.Texts{}.Read(raw)
		if err == nil && v.label(id) == "" {
			err = kind.Refuse(kind.CodeOption, "option", id)
		}
		return id, err
	})
	if err != nil {
		return nil, err
	}
	return kind.MatchSet(op, kind.Distinct(want))
}

func (multis) Groups(list []string, _ kind.Grain, _ kind.Env) []string { return list }

func (v multis) Schema() kind.Schema {
	s := kind.Schema{"type": "array", "uniqueItems": true, "items": kind.Schema{"type": "string", "enum": v.ids(false)}, "minItems": max(1, v.min)}
	if v.max > 0 {
		s["maxItems"] = v.max
	}
	return s
}

// Choices lists the kinds with options.
func Choices() []kind.Kind {
	one := kind.Traits{Sortable: true, Grouped: true, Type: "text", Ops: kind.Ordering()}
	return []kind.Kind{
		kind.Define[string, selectSettings](kind.Select, one),
		kind.Define[[]string, multiSettings](kind.MultiSelect, kind.Traits{Multiple: true, Sortable: true, Grouped: true, Type: "list", Ops: kind.Membership()}),
		kind.Define[[]string, cascadeSettings](kind.Cascade, kind.Traits{Sortable: true, Grouped: true, Type: "text", Ops: []kind.Op{kind.Eq, kind.Ne, kind.Under, kind.In, kind.NotIn}}),
		kind.Define[bool, checkSettings](kind.Checkbox, kind.Traits{Sortable: true, Grouped: true, Type: "bool", Ops: []kind.Op{kind.Eq, kind.Ne}}),
	}
}
