package pick

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dingban/app/field/kind"
)

const maxIDs = 200

// idLists is the values of ids of something else: people, departments, tasks, files. A field for a single one has a list
// of one. That the ids exist, and that the writer may see them, is for the module to check.
type idLists struct {
	ref kind.Ref
	max int
}

func readID(raw json.RawMessage) (int64, error) {
	var id int64
	if err := kind.Strict(raw, &id, kind.MaxOperand); err != nil {
		return 0, err
	}
	if id <= 0 || id > kind.MaxExact {
		return 0, kind.Refuse(kind.CodeID)
	}
	return id, nil
}

// Read takes a list, or one id alone.
func (idLists) Read(raw json.RawMessage) ([]int64, error) {
	if len(raw) > 0 && raw[0] != '[' {
		id, err := readID(raw)
		return []int64{id}, err
	}
	var list []*int64
	if err := kind.Strict(raw, &list, kind.MaxValue); err != nil {
		return nil, err
	}
	ids := make([]int64, len(list))
	for i, id := range list {
		if id == nil || *id <= 0 || *id > kind.MaxExact {
			return nil, kind.At(fmt.Sprintf("[%d]", i), kind.Refuse(kind.CodeID))
		}
		ids[i] = *id
	}
	return ids, nil
}

func (v idLists) Tidy(ids []int64, _ *[]int64, _ kind.Env) ([]int64, error) {
	ids = kind.Distinct(ids)
	switch {
	case len(ids) == 0:
		return nil, kind.ErrEmpty
	case len(ids) > v.max:
		return nil, kind.Refuse(kind.CodeMany, "max", v.max)
	}
	return ids, nil
}

func (idLists) Key(ids []int64) []byte {
	var key []byte
	for _, id := range ids {
		key = binary.BigEndian.AppendUint64(key, uint64(id))
	}
	return key
}

func (v idLists) Text(ids []int64, env kind.Env) string {
	var names []string
	for _, id := range ids {
		if name := env.NameOf(v.ref, id); name != "" {
			names = append(names, name)
		}
	}
	return kind.Joined(names)
}

// Parse finds names; #123 is an id.
func (v idLists) Parse(s string, env kind.Env) ([]int64, error) {
	entries := kind.Split(s)
	if len(env.Named(v.ref, s)) == 1 {
		entries = []string{s}
	}
	if len(entries) > kind.MaxList {
		return nil, kind.Refuse(kind.CodeMany, "max", v.max)
	}
	var ids []int64
	for _, name := range entries {
		found := env.Named(v.ref, name)
		if number, ok := strings.CutPrefix(name, "#"); ok && len(found) == 0 {
			if id, err := strconv.ParseInt(number, 10, 64); err == nil && id > 0 && id <= kind.MaxExact {
				found = []int64{id}
			}
		}
		switch len(found) {
		case 0:
			return nil, kind.Refuse(kind.CodeUnknownName, "name", name)
		case 1:
			ids = append(ids, found[0])
		default:
			return nil, kind.Refuse(kind.CodeAmbiguous, "name", name, "count", len(found))
		}
	}
	return ids, nil
}

// Match takes "@me" for whoever asks.
func (v idLists) Match(op kind.Op, operand json.RawMessage, env kind.Env) (func([]int64) bool, error) {
	want, err := kind.Operands(op, operand, func(raw json.RawMessage) (int64, error) {
		if v.ref == kind.RefPerson && string(raw) == `"@me"` && env.Me > 0 {
			return env.Me, nil
		}
		return readID(raw)
	})
	if err != nil {
		return nil, err
	}
	return kind.MatchSet(op, kind.Distinct(want))
}

// MatchPeople makes a test of the operators Membership for ids of people.
func MatchPeople(op kind.Op, operand json.RawMessage, env kind.Env) (func([]int64) bool, error) {
	return idLists{kind.RefPerson, 1}.Match(op, operand, env)
}

func (idLists) Groups(ids []int64, _ kind.Grain, _ kind.Env) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = strconv.FormatInt(id, 10)
	}
	return out
}

func (v idLists) Schema() kind.Schema {
	return kind.Schema{
		"type": "array", "uniqueItems": true, "minItems": 1, "maxItems": v.max,
		"items": kind.Schema{"type": "integer", "minimum": 1, "maximum": int64(kind.MaxExact)}, "description": "ids: " + string(v.ref),
	}
}

// memberSettings is of fields for people, departments, roles and groups.
type memberSettings struct {
	kind.Common
	Multiple bool `json:"multiple,omitempty"`
	Max      int  `json:"max,omitempty"`
	Notify   bool `json:"notify,omitempty"` // whoever is entered hears of it
}

func (s *memberSettings) rules(of kind.Ref) (kind.Values[[]int64], error) {
	n, err := most(s.Multiple, &s.Max)
	return idLists{of, n}, err
}

// most gives how many entries a field may have.
func most(multiple bool, limit *int) (int, error) {
	if !multiple {
		*limit = 0
		return 1, nil
	}
	if *limit == 0 {
		*limit = maxIDs
	}
	if *limit < 1 || *limit > maxIDs {
		return 0, kind.At("max", kind.Refuse(kind.CodeSetting, "min", 1, "max", maxIDs))
	}
	return *limit, nil
}

type (
	personSettings     struct{ memberSettings }
	departmentSettings struct{ memberSettings }
	roleSettings       struct{ memberSettings }
	groupSettings      struct{ memberSettings }
	authorSettings     struct{ kind.Common }
)

func (s *personSettings) Prepare() (kind.Values[[]int64], error) { return s.rules(kind.RefPerson) }
func (s *departmentSettings) Prepare() (kind.Values[[]int64], error) {
	return s.rules(kind.RefDepartment)
}
func (s *roleSettings) Prepare() (kind.Values[[]int64], error)  { return s.rules(kind.RefRole) }
func (s *groupSettings) Prepare() (kind.Values[[]int64], error) { return s.rules(kind.RefGroup) }
func (s *authorSettings) Prepare() (kind.Values[[]int64], error) {
	return idLists{kind.RefPerson, 1}, nil
}

// relationSettings is of links to other tasks. With BackField a link shows on the other side too.
type relationSettings struct {
	kind.Common
	Project   int64  `json:"project,omitempty"` // only its tasks; 0 for any
	Multiple  bool   `json:"multiple,omitempty"`
	Max       int    `json:"max,omitempty"`
	BackField string `json:"backField,omitempty"`
}

func (s *relationSettings) Prepare() (kind.Values[[]int64], error) {
	if s.Project < 0 || s.Project > kind.MaxExact {
		return nil, kind.At("project", kind.Refuse(kind.CodeID))
	}
	if s.BackField != "" && !kind.ValidID(s.BackField) {
		return nil, kind.At("backField", kind.Refuse(kind.CodeID))
	}
	n, err := most(s.Multiple, &s.Max)
	return idLists{kind.RefTask, n}, err
}

// fileSettings is of attachments and images; names, sizes and types are held against it where files are known.
type fileSettings struct {
	kind.Common
	Max      int      `json:"max,omitempty"`
	MaxBytes int64    `json:"maxBytes,omitempty"` // of one file; 0 for what the server takes
	Types    []string `json:"types,omitempty"`    // endings without the dot
}

func (s *fileSettings) rules() (kind.Values[[]int64], error) {
	if s.Max == 0 {
		s.Max = 100
	}
	if s.Max < 1 || s.Max > maxIDs {
		return nil, kind.At("max", kind.Refuse(kind.CodeSetting, "min", 1, "max", maxIDs))
	}
	if s.MaxBytes < 0 || s.MaxBytes > 1<<40 {
		return nil, kind.At("maxBytes", kind.Refuse(kind.CodeSetting, "min", 0, "max", int64(1)<<40))
	}
	if len(s.Types) > 100 {
		return nil, kind.At("types", kind.Refuse(kind.CodeMany, "max", 100))
	}
	for i, t := range s.Types {
		t = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(t), "."))
		if t == "" || len(t) > 16 || strings.Trim(t, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return nil, kind.At(fmt.Sprintf("types[%d]", i), kind.Refuse(kind.CodeSetting, "allowed", "a-z0-9"))
		}
		s.Types[i] = t
	}
	s.Types = slices.Compact(slices.Sorted(slices.Values(s.Types)))
	return idLists{kind.RefFile, s.Max}, nil
}

type attachmentSettings struct{ fileSettings }

func (s *attachmentSettings) Prepare() (kind.Values[[]int64], error) { return s.rules() }

type imageSettings struct {
	fileSettings
	CameraOnly bool `json:"cameraOnly,omitempty"` // not from the album
	Watermark  bool `json:"watermark,omitempty"`  // time, place and person are written into the picture
}

func (s *imageSettings) Prepare() (kind.Values[[]int64], error) {
	if len(s.Types) == 0 {
		s.Types = []string{"bmp", "gif", "heic", "jpeg", "jpg", "png", "webp"}
	}
	return s.rules()
}

// References lists the kinds of ids of something else.
func References() []kind.Kind {
	many := kind.Traits{Multiple: true, Grouped: true, Type: "list", Ops: kind.Membership()}
	files := kind.Traits{Multiple: true, Type: "list", Ops: []kind.Op{kind.Any, kind.AllOf, kind.None}}
	author := kind.Traits{Grouped: true, Computed: true, Type: "list", Ops: kind.Membership()}
	return []kind.Kind{
		kind.Define[[]int64, personSettings](kind.Person, many),
		kind.Define[[]int64, departmentSettings](kind.Department, many),
		kind.Define[[]int64, roleSettings](kind.Role, many),
		kind.Define[[]int64, groupSettings](kind.Group, many),
		kind.Define[[]int64, relationSettings](kind.Relation, many),
		kind.Define[[]int64, attachmentSettings](kind.Attachment, files),
		kind.Define[[]int64, imageSettings](kind.Image, files),
		kind.Define[[]int64, authorSettings](kind.CreatedBy, author),
		kind.Define[[]int64, authorSettings](kind.UpdatedBy, author),
	}
}
