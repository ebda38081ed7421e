package kind

import (
	"encoding/json"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// Ordering is the operators of what has an order.
func Ordering(more ...Op) []Op {
	return append([]Op{Eq, Ne, Gt, Ge, Lt, Le, Between, In, NotIn}, more...)
}

// MatchOrder answers the operators of Ordering.
func MatchOrder[V any](op Op, operand json.RawMessage, read func(json.RawMessage) (V, error), compare func(a, b V) int) (func(V) bool, error) {
	switch op {
	case In, NotIn:
		list, err := Operands(op, operand, read)
		if err != nil {
			return nil, err
		}
		return func(v V) bool {
			return slices.ContainsFunc(list, func(w V) bool { return compare(v, w) == 0 }) == (op == In)
		}, nil
	case Between:
		return matchBetween(operand, read, compare)
	}
	if IsEmpty(operand) {
		return nil, Refuse(CodeOperand, "operator", string(op))
	}
	want, err := read(operand)
	if err != nil {
		return nil, err
	}
	switch op {
	case Eq:
		return func(v V) bool { return compare(v, want) == 0 }, nil
	case Ne:
		return func(v V) bool { return compare(v, want) != 0 }, nil
	case Gt:
		return func(v V) bool { return compare(v, want) > 0 }, nil
	case Ge:
		return func(v V) bool { return compare(v, want) >= 0 }, nil
	case Lt:
		return func(v V) bool { return compare(v, want) < 0 }, nil
	case Le:
		return func(v V) bool { return compare(v, want) <= 0 }, nil
	}
	return nil, Refuse(CodeOperand, "operator", string(op))
}

func matchBetween[V any](operand json.RawMessage, read func(json.RawMessage) (V, error), compare func(a, b V) int) (func(V) bool, error) {
	var ends []json.RawMessage
	if err := Strict(operand, &ends, MaxOperand); err != nil {
		return nil, err
	}
	if len(ends) != 2 || IsEmpty(ends[0]) && IsEmpty(ends[1]) {
		return nil, Refuse(CodeOperand, "operator", string(Between))
	}
	var bounds [2]*V
	for i, raw := range ends {
		if IsEmpty(raw) {
			continue
		}
		v, err := read(raw)
		if err != nil {
			return nil, err
		}
		bounds[i] = &v
	}
	return func(v V) bool {
		return (bounds[0] == nil || compare(v, *bounds[0]) >= 0) && (bounds[1] == nil || compare(v, *bounds[1]) <= 0)
	}, nil
}

// Operands reads a list.
func Operands[V any](op Op, operand json.RawMessage, read func(json.RawMessage) (V, error)) ([]V, error) {
	var raws []json.RawMessage
	if err := Strict(operand, &raws, MaxOperand); err != nil {
		return nil, err
	}
	if len(raws) == 0 || len(raws) > MaxList {
		return nil, Refuse(CodeOperand, "operator", string(op))
	}
	list := make([]V, len(raws))
	for i, raw := range raws {
		if IsEmpty(raw) {
			return nil, Refuse(CodeOperand, "operator", string(op))
		}
		v, err := read(raw)
		if err != nil {
			return nil, err
		}
		list[i] = v
	}
	return list, nil
}

// Textual is the operators of text.
func Textual() []Op { return []Op{Eq, Ne, Contains, NotContains, Starts, Ends, In, NotIn} }

// MatchText answers the operators of text. Case and width of letters make no difference, as people expect of a search.
func MatchText(op Op, operand json.RawMessage) (func(string) bool, error) {
	read := func(raw json.RawMessage) (string, error) {
		var s string
		if err := Strict(raw, &s, MaxOperand); err != nil {
			return "", err
		}
		if s = Fold(s); s == "" {
			return "", ErrEmpty
		}
		return s, nil
	}
	if op == In || op == NotIn {
		list, err := Operands(op, operand, read)
		if err != nil {
			return nil, err
		}
		return func(v string) bool { return slices.Contains(list, Fold(v)) == (op == In) }, nil
	}
	want, err := read(operand)
	if err != nil {
		return nil, err
	}
	switch op {
	case Eq:
		return func(v string) bool { return Fold(v) == want }, nil
	case Ne:
		return func(v string) bool { return Fold(v) != want }, nil
	case Contains:
		return func(v string) bool { return strings.Contains(Fold(v), want) }, nil
	case NotContains:
		return func(v string) bool { return !strings.Contains(Fold(v), want) }, nil
	case Starts:
		return func(v string) bool { return strings.HasPrefix(Fold(v), want) }, nil
	case Ends:
		return func(v string) bool { return strings.HasSuffix(Fold(v), want) }, nil
	}
	return nil, Refuse(CodeOperand, "operator", string(op))
}

// Fold makes texts alike that people take for the same.
func Fold(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return strings.ToLower(width.Fold.String(norm.NFC.String(s)))
		}
	}
	return strings.ToLower(s)
}

// Membership is the operators of values with several entries.
func Membership() []Op { return []Op{Eq, Ne, Any, AllOf, None} }

// MatchSet answers the operators of Membership; Eq means the same entries in any order.
func MatchSet[E comparable](op Op, want []E) (func([]E) bool, error) {
	has := func(v []E) int {
		n := 0
		for _, w := range want {
			if slices.Contains(v, w) {
				n++
			}
		}
		return n
	}
	same := func(v []E) bool { return len(v) == len(want) && has(v) == len(want) }
	switch op {
	case Eq:
		return same, nil
	case Ne:
		return func(v []E) bool { return !same(v) }, nil
	case Any:
		return func(v []E) bool { return has(v) > 0 }, nil
	case AllOf:
		return func(v []E) bool { return has(v) == len(want) }, nil
	case None:
		return func(v []E) bool { return has(v) == 0 }, nil
	}
	return nil, Refuse(CodeOperand, "operator", string(op))
}

// Distinct drops repetitions and keeps the order.
func Distinct[E comparable](list []E) []E {
	seen := make(map[E]bool, len(list))
	out := make([]E, 0, len(list))
	for _, e := range list {
		if !seen[e] {
			seen[e] = true
			out = append(out, e)
		}
	}
	return out
}
