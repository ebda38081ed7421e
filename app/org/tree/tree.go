// Package tree is the departments as a tree, and the rules that keep it one. It does no input or output.
package tree

import (
	"cmp"
	"slices"

	"dingban/app/platform/fault"
)

const (
	// MaxDepth bounds how many departments lie above one another. It also ends every walk, should a tree ever have been
	// damaged into a ring.
	MaxDepth = 20
	// rankStep is the space left between siblings, so that one can be put between two others.
	rankStep = 1024
)

// Unit is a department with its name opened. The tags are what the journal calls the fields.
type Unit struct {
	ID       int64
	ParentID int64  `journal:"parentId"` // 0 at the top
	Name     string `journal:"name"`
	Rank     int64  `journal:"rank"`
	Version  int64
}

// Tree is all departments. It does not change after it was made.
type Tree struct {
	units    map[int64]Unit
	children map[int64][]int64 // by parent, in the order people see
}

// New makes a tree.
func New(units []Unit) *Tree {
	t := &Tree{units: make(map[int64]Unit, len(units)), children: map[int64][]int64{}}
	units = slices.SortedFunc(slices.Values(units), func(a, b Unit) int {
		return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.ID, b.ID))
	})
	for _, u := range units {
		t.units[u.ID] = u
		t.children[u.ParentID] = append(t.children[u.ParentID], u.ID)
	}
	return t
}

// Len tells how many departments there are.
func (t *Tree) Len() int { return len(t.units) }

// Get gives a department.
func (t *Tree) Get(id int64) (Unit, bool) {
	u, ok := t.units[id]
	return u, ok
}

// Name gives the name of a department; empty when there is none.
func (t *Tree) Name(id int64) string { return t.units[id].Name }

// Ordered lists all departments, parents before children and siblings in their order.
func (t *Tree) Ordered() []Unit {
	units := make([]Unit, 0, len(t.units))
	for _, id := range t.below(slices.Clone(t.children[0])) {
		units = append(units, t.units[id])
	}
	return units
}

// Ancestors lists a department and the ones above it; nothing when there is no such department.
func (t *Tree) Ancestors(id int64) []int64 {
	var up []int64
	for range MaxDepth + 1 {
		u, ok := t.units[id]
		if !ok {
			break
		}
		up = append(up, id)
		id = u.ParentID
	}
	return up
}

// Descendants lists a department and the ones below it; nothing when there is no such department.
func (t *Tree) Descendants(id int64) []int64 {
	if _, ok := t.units[id]; !ok {
		return []int64{}
	}
	return t.below([]int64{id})
}

func (t *Tree) below(ids []int64) []int64 {
	for i := 0; i < len(ids) && len(ids) <= len(t.units); i++ {
		ids = append(ids, t.children[ids[i]]...)
	}
	return ids
}

// HasChildren tells whether departments lie below one.
func (t *Tree) HasChildren(id int64) bool { return len(t.children[id]) > 0 }

// NextRank is the rank that puts a department behind its siblings.
func (t *Tree) NextRank(parentID int64) int64 {
	siblings := t.children[parentID]
	if len(siblings) == 0 {
		return rankStep
	}
	return max(0, t.units[siblings[len(siblings)-1]].Rank) + rankStep
}

// Fits refuses a place that does not exist, lies in the department itself, or makes the tree too deep. The department may
// be a new one or one that is about to move.
func (t *Tree) Fits(u Unit) error {
	above := 0
	for id := u.ParentID; id != 0 && above <= MaxDepth; above++ {
		if id == u.ID {
			return fault.Invalid(fault.At("body.parentId", "org.department_cycle"))
		}
		parent, ok := t.units[id]
		if !ok {
			return fault.Invalid(fault.At("body.parentId", "org.department_unknown"))
		}
		id = parent.ParentID
	}
	if above+t.height(u.ID, 0) > MaxDepth {
		return fault.Invalid(fault.At("body.parentId", "org.department_deep", "max", MaxDepth))
	}
	return nil
}

// height counts the levels from a department downwards, itself included.
func (t *Tree) height(id int64, depth int) int {
	height := 1
	if depth > MaxDepth {
		return height
	}
	for _, child := range t.children[id] {
		height = max(height, 1+t.height(child, depth+1))
	}
	return height
}
