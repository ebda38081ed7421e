package record_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"dingban/app/exchange/record"
)

// table makes records of "key parent title" lines.
func table(lines ...string) []record.Record {
	out := make([]record.Record, len(lines))
	for i, l := range lines {
		f := strings.Split(l, " ")
		out[i] = record.Record{Row: i + 2, Key: f[0], ParentKey: f[1], Title: f[2]}
	}
	return out
}

func told(ps *record.Problems) []string {
	var out []string
	for _, p := range ps.List() {
		out = append(out, fmt.Sprintf("%d %s %v", p.Row, p.Code, p.Params))
	}
	return out
}

func TestNest(t *testing.T) {
	cases := []struct {
		name     string
		records  []record.Record
		parents  []int
		problems []string
	}{
		{"by key, whatever the case and the order", table("T-2 t-1 子", "T-1  父"), []int{3, 0}, nil},
		{"by title", table(" 父 子", "  父"), []int{3, 0}, nil},
		{"unknown", table("a x 子"), []int{0}, []string{"2 record.parent_unknown map[parent:x]"}},
		{"two of the title", table(" 父 子", "  父", "  父"), []int{0, 0, 0}, []string{"2 record.parent_ambiguous map[count:2 parent:父]"}},
		{"itself", table("a a 子"), []int{0}, []string{"2 record.parent_self map[]"}},
		{"a circle of three with a tail", table("d a 尾", "a b 一", "b c 二", "c a 三"), []int{3, 0, 5, 3}, []string{"3 record.parent_cycle map[rows:[3 4 5]]"}},
		{"a circle entered in its midst", table("d c 尾", "a b 一", "b c 二", "c a 三"), []int{5, 0, 5, 3}, []string{"3 record.parent_cycle map[rows:[5 3 4]]"}},
		{"a key twice", table("a  一", "A  二", "b a 子"), []int{0, 2}, []string{"3 record.duplicate_key map[first:2 key:A]"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var ps record.Problems
			rs := record.Nest(c.records, nil, &ps)
			var got []int
			for _, r := range rs {
				got = append(got, r.ParentRow)
			}
			if !slices.Equal(got, c.parents) {
				t.Errorf("parents %v", got)
			}
			if got := told(&ps); !slices.Equal(got, c.problems) {
				t.Errorf("problems %q", got)
			}
		})
	}
	t.Run("a parent that failed", func(t *testing.T) {
		var ps record.Problems
		rs := record.Nest([]record.Record{{Row: 3, ParentKey: "x", Title: "子"}, {Row: 4, ParentRow: 2}}, map[int]bool{2: true}, &ps)
		if rs[0].ParentRow != 0 || rs[1].ParentRow != 0 || ps.Code(record.CodeParentLeftOut) != 2 {
			t.Errorf("%+v %q", rs, told(&ps))
		}
	})
	t.Run("too deep", func(t *testing.T) {
		var lines []string
		for i := range record.MaxDepth + 2 {
			lines = append(lines, fmt.Sprintf("k%d k%d t", i, i-1))
		}
		lines[0] = "k0  t"
		var ps record.Problems
		rs := record.Nest(table(lines...), nil, &ps)
		if rs[record.MaxDepth].ParentRow != 0 || rs[record.MaxDepth+1].ParentRow != record.MaxDepth+2 || ps.Total() != 1 || ps.Code(record.CodeTooDeep) != 1 {
			t.Errorf("problems %q", told(&ps))
		}
	})
}

// Whatever the parents are, what Nest leaves is a forest, and a tree stays as it is.
func TestNestMakesAForest(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		n := 1 + rng.IntN(60)
		rs := make([]record.Record, n)
		loose := 0
		for i := range rs {
			rs[i] = record.Record{Row: i + 1, Key: fmt.Sprint("k", i), Title: "t"}
			if rng.IntN(4) > 0 {
				rs[i].ParentKey = fmt.Sprint("k", rng.IntN(n))
			} else {
				loose++
			}
		}
		var ps record.Problems
		rs = record.Nest(rs, nil, &ps)
		roots := 0
		for _, r := range rs {
			steps := 1
			for at := r; at.ParentRow != 0; at = rs[at.ParentRow-1] {
				if steps++; steps > record.MaxDepth {
					t.Fatalf("row %d goes up for ever", r.Row)
				}
			}
			if r.ParentRow == 0 {
				roots++
			}
		}
		if roots != loose+ps.Total() {
			t.Fatalf("%d roots, of which %d were so and %d are told", roots, loose, ps.Total())
		}
	}
}
