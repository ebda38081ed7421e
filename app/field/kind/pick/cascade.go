package pick

import (
	"encoding/binary"
	"encoding/json"
	"slices"
	"strings"

	"dingban/app/field/kind"
	"dingban/app/field/kind/reading"
)

type cascadeSettings struct {
	kind.Common
	Options  []option `json:"options"`
	AnyLevel bool     `json:"anyLevel,omitempty"` // a choice may end before the last level
}

// cascades is the values of a path in a tree of options: the ids from the top down.
type cascades struct {
	list     []option
	anyLevel bool
	paths    map[string][]string // of every option, itself included
	named    map[string]string   // the ids of those in use, by the id above them and their labels as spoken gives them
}

func (s *cascadeSettings) Prepare() (kind.Values[[]string], error) {
	if len(s.Options) == 0 {
		return nil, kind.At("options", kind.Refuse(kind.CodeSettingNone))
	}
	if err := checkOptions(s.Options, maxCascadeDepth, map[string]bool{}); err != nil {
		return nil, kind.At("options", err)
	}
	v := cascades{list: s.Options, anyLevel: s.AnyLevel, paths: map[string][]string{}, named: map[string]string{}}
	v.walk(s.Options, nil)
	return v, nil
}

func (v cascades) walk(list []option, above []string) {
	for _, o := range list {
		path := append(slices.Clone(above), o.ID)
		v.paths[o.ID] = path
		if !o.Retired {
			parent := ""
			if len(above) > 0 {
				parent = above[len(above)-1]
			}
			v.named[parent+"/"+spoken(o.Label)] = o.ID
		}
		v.walk(o.Children, path)
	}
}

// Evolve keeps options from vanishing.
func (v cascades) Evolve(old any) error {
	o, ok := old.(cascades)
	if !ok {
		return kind.Refuse(kind.CodeSettingKind, "kind", string(kind.Cascade))
	}
	return keptOptions(v.list, o.list)
}

// Read takes a path, or the id of its last option alone.
func (v cascades) Read(raw json.RawMessage) ([]string, error) {
	if len(raw) > 0 && raw[0] == '"' {
		id, err := kind.Texts{}.Read(raw)
		if err != nil || id == "" {
			return nil, err
		}
		path, ok := v.paths[id]
		if !ok {
			return nil, kind.Refuse(kind.CodeOption, "option", id)
		}
		return path, nil
	}
	return readStrings(raw)
}

func (v cascades) Tidy(path []string, old *[]string, _ kind.Env) ([]string, error) {
	if len(path) == 0 {
		return nil, kind.ErrEmpty
	}
	list, retired := v.list, ""
	for _, id := range path {
		i := slices.IndexFunc(list, func(o option) bool { return o.ID == id })
		if i < 0 {
			return nil, kind.Refuse(kind.CodeOption, "option", id)
		}
		if list[i].Retired {
			retired = id
		}
		list = list[i].Children
	}
	if old != nil && slices.Equal(*old, path) {
		return path, nil
	}
	if retired != "" {
		return nil, kind.Refuse(kind.CodeOptionRetired, "option", retired)
	}
	if !v.anyLevel && slices.ContainsFunc(list, func(o option) bool { return !o.Retired }) {
		return nil, kind.Refuse(kind.CodeLeaf, "option", path[len(path)-1])
	}
	return path, nil
}

// along goes down a path as far as there are options and tells of each its place.
func (v cascades) along(path []string, visit func(place int, o option)) {
	list := v.list
	for _, id := range path {
		i := slices.IndexFunc(list, func(o option) bool { return o.ID == id })
		if i < 0 {
			return
		}
		visit(i, list[i])
		list = list[i].Children
	}
}

func (v cascades) Key(path []string) []byte {
	var key []byte
	v.along(path, func(place int, _ option) { key = binary.BigEndian.AppendUint16(key, uint16(place)) })
	return key
}

func (v cascades) Text(path []string, _ kind.Env) string {
	var labels []string
	v.along(path, func(_ int, o option) { labels = append(labels, o.Label) })
	return strings.Join(labels, " / ")
}

// Parse reads labels from the top down, parted as Text does, or by / or > alone.
func (v cascades) Parse(s string, _ kind.Env) ([]string, error) {
	path, err := v.byLabels(strings.Split(s, " / "))
	if err == nil {
		return path, nil
	}
	return v.byLabels(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("/>\\／＞", r) }))
}

func (v cascades) byLabels(labels []string) ([]string, error) {
	if len(labels) > maxCascadeDepth {
		return nil, kind.Refuse(kind.CodeMany, "max", maxCascadeDepth)
	}
	var path []string
	parent := ""
	for _, label := range labels {
		id, ok := v.named[parent+"/"+spoken(label)]
		if !ok {
			return nil, kind.Refuse(kind.CodeOption, "option", strings.TrimSpace(label))
		}
		path, parent = append(path, id), id
	}
	return path, nil
}

func (v cascades) Match(op kind.Op, operand json.RawMessage, _ kind.Env) (func([]string) bool, error) {
	read := func(raw json.RawMessage) ([]string, error) {
		path, err := v.Read(raw)
		if err == nil && (len(path) == 0 || !slices.Equal(v.paths[path[len(path)-1]], path)) {
			return nil, kind.Refuse(kind.CodeOption, "option", strings.Join(path, "/"))
		}
		return path, err
	}
	if op == kind.Under {
		want, err := read(operand)
		if err != nil {
			return nil, err
		}
		return func(path []string) bool { return len(path) >= len(want) && slices.Equal(path[:len(want)], want) }, nil
	}
	return kind.MatchOrder(op, operand, read, slices.Compare)
}

func (cascades) Groups(path []string, _ kind.Grain, _ kind.Env) []string {
	return path[:min(1, len(path))]
}

func (v cascades) Schema() kind.Schema {
	return kind.Schema{"type": "array", "minItems": 1, "maxItems": maxCascadeDepth, "items": kind.Schema{"type": "string"}}
}

// checkSettings: a required tick has to be set, as below terms and conditions.
type checkSettings struct{ kind.Common }

type checks struct{ required bool }

func (s *checkSettings) Prepare() (kind.Values[bool], error) { return checks{s.Required}, nil }

func (checks) Read(raw json.RawMessage) (bool, error) {
	var b bool
	err := kind.Strict(raw, &b, kind.MaxOperand)
	return b, err
}

// Tidy keeps no false: a box that was never touched and one that was cleared are the same.
func (checks) Tidy(b bool, _ *bool, _ kind.Env) (bool, error) {
	if !b {
		return b, kind.ErrEmpty
	}
	return b, nil
}

func (checks) Key(bool) []byte { return []byte{1} }

func (checks) Text(_ bool, env kind.Env) string { return env.Word("yes", "true") }

func (checks) Parse(s string, env kind.Env) (bool, error) {
	if kind.Fold(s) == kind.Fold(env.Word("yes", "true")) {
		return true, nil
	}
	if b, ok := reading.Bool(s); ok {
		return b, nil
	}
	return false, kind.Refuse(kind.CodeBool, "text", s)
}

func (c checks) Match(op kind.Op, operand json.RawMessage, _ kind.Env) (func(bool) bool, error) {
	want, err := c.Read(operand)
	return func(b bool) bool { return (b == want) == (op == kind.Eq) }, err
}

// MatchEmpty takes an empty value for false.
func (c checks) MatchEmpty(op kind.Op, operand json.RawMessage) bool {
	want, err := c.Read(operand)
	return err == nil && want == (op == kind.Ne)
}

func (checks) Groups(bool, kind.Grain, kind.Env) []string { return []string{"true"} }

func (checks) Schema() kind.Schema { return kind.Schema{"type": "boolean"} }
