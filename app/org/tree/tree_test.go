package tree_test

import (
	"fmt"
	"testing"

	"dingban/app/org/tree"
	"dingban/app/platform/fault"
)

// sample is 1 > (3 > 4, 2) and 5, the second child first by rank.
func sample() *tree.Tree {
	return tree.New([]tree.Unit{
		{ID: 1, Name: "a", Rank: 10},
		{ID: 2, ParentID: 1, Name: "b", Rank: 20},
		{ID: 3, ParentID: 1, Name: "c", Rank: 10},
		{ID: 4, ParentID: 3, Name: "d", Rank: 10},
		{ID: 5, Name: "e", Rank: 10},
	})
}

func TestWalks(t *testing.T) {
	t.Parallel()
	s := sample()
	ordered := ""
	for _, u := range s.Ordered() {
		ordered += u.Name
	}
	for got, want := range map[string]string{
		ordered:                       "aecbd",
		fmt.Sprint(s.Ancestors(4)):    "[4 3 1]",
		fmt.Sprint(s.Ancestors(9)):    "[]",
		fmt.Sprint(s.Descendants(1)):  "[1 3 2 4]",
		fmt.Sprint(s.Descendants(99)): "[]",
		fmt.Sprint(s.NextRank(1), s.NextRank(2), s.HasChildren(3), s.HasChildren(4), s.Len(), s.Name(4), s.Name(9)): "1044 1024 true false 5d",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestFits(t *testing.T) {
	t.Parallel()
	s := sample()
	for _, c := range []struct {
		unit tree.Unit
		code string
	}{
		{tree.Unit{ID: 9, ParentID: 0}, ""},
		{tree.Unit{ID: 9, ParentID: 4}, ""},
		{tree.Unit{ID: 3, ParentID: 2}, ""},
		{tree.Unit{ID: 3, ParentID: 3}, "org.department_cycle"},
		{tree.Unit{ID: 1, ParentID: 4}, "org.department_cycle"},
		{tree.Unit{ID: 1, ParentID: 77}, "org.department_unknown"},
	} {
		err := s.Fits(c.unit)
		if c.code == "" && err != nil || c.code != "" && (err == nil || fault.From(err).Fields[0].Code != c.code) {
			t.Errorf("%+v: %v, want %q", c.unit, err, c.code)
		}
	}
}

func TestDepthCountsWhatMovesAlong(t *testing.T) {
	t.Parallel()
	var units []tree.Unit
	for id := int64(1); id <= tree.MaxDepth-1; id++ { // a chain of 19
		units = append(units, tree.Unit{ID: id, ParentID: id - 1})
	}
	units = append(units, tree.Unit{ID: 100}, tree.Unit{ID: 101, ParentID: 100})
	s := tree.New(units)
	if err := s.Fits(tree.Unit{ID: 200, ParentID: 19}); err != nil {
		t.Errorf("the 20th level: %v", err)
	}
	if err := s.Fits(tree.Unit{ID: 100, ParentID: 19}); err == nil {
		t.Error("two levels fit where one is left")
	}
}

// TestARingEndsEveryWalk: rows that were damaged by hand must not hang the server.
func TestARingEndsEveryWalk(t *testing.T) {
	t.Parallel()
	s := tree.New([]tree.Unit{{ID: 1, ParentID: 2}, {ID: 2, ParentID: 1}})
	if n := len(s.Ancestors(1)); n > tree.MaxDepth+1 {
		t.Errorf("%d ancestors", n)
	}
	if n := len(s.Descendants(1)); n > 4 {
		t.Errorf("%d descendants", n)
	}
	if len(s.Ordered()) != 0 {
		t.Error("a ring hangs on nothing")
	}
	if err := s.Fits(tree.Unit{ID: 3, ParentID: 1}); err == nil {
		t.Error("something fits below a ring")
	}
}
