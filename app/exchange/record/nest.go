package record

import (
	"slices"
	"strings"
)

// The codes of what Nest finds.
const (
	CodeDuplicateKey    = "record.duplicate_key"    // params: key, first (the row that has it)
	CodeParentUnknown   = "record.parent_unknown"   // params: parent
	CodeParentAmbiguous = "record.parent_ambiguous" // several records have the title; params: parent, count
	CodeParentSelf      = "record.parent_self"
	CodeParentCycle     = "record.parent_cycle" // params: rows (the rows of the circle)
	CodeParentLeftOut   = "record.parent_left_out"
	CodeTooDeep         = "record.too_deep" // params: max
)

// MaxDepth is how many levels of parts of parts there may be.
const MaxDepth = 20

// maxCycleShown is how many rows of a circle are listed.
const maxCycleShown = 10

// Nest finds the parents of all records, by key and then by title, unless ParentRow tells already. A second record of a
// key fails and is left out of what is returned; a parent that is unknown, ambiguous or part of itself is let go with a
// warning. leftOut are the rows that failed before. Time and memory are linear in the number of records.
func Nest(rs []Record, leftOut map[int]bool, ps *Problems) []Record {
	rs, dropped := uniqueKeys(rs, ps)
	byRow := make(map[int]int, len(rs))
	byKey := make(map[string]int, len(rs))
	byTitle := make(map[string]int, len(rs))
	titles := make(map[string]int, len(rs))
	for i, r := range rs {
		byRow[r.Row] = i
		if r.Key != "" {
			byKey[fold(r.Key)] = i
		}
		title := fold(r.Title)
		byTitle[title] = i
		titles[title]++
	}
	parents := make([]int, len(rs))
	for i := range rs {
		parents[i] = -1
		r := &rs[i]
		switch {
		case r.ParentRow != 0:
			if j, ok := byRow[r.ParentRow]; ok {
				parents[i] = j
			} else {
				ps.warn(r.Row, CodeParentLeftOut, nil)
			}
		case r.ParentKey != "":
			parents[i] = find(r, byKey, byTitle, titles, leftOut, dropped, ps)
		}
		if parents[i] == i {
			parents[i] = -1
			ps.warn(r.Row, CodeParentSelf, nil)
		}
	}
	breakCycles(rs, parents, ps)
	limitDepth(rs, parents, ps)
	for i := range rs {
		rs[i].ParentRow = 0
		if parents[i] >= 0 {
			rs[i].ParentRow = rs[parents[i]].Row
		}
	}
	return rs
}

func (ps *Problems) warn(row int, code string, params map[string]any) {
	ps.Add(Problem{Severity: Warning, Code: code, Row: row, Params: params})
}

func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// uniqueKeys leaves out the later records of a key, and gives the rows left out.
func uniqueKeys(rs []Record, ps *Problems) ([]Record, map[int]bool) {
	first := make(map[string]int, len(rs))
	dropped := map[int]bool{}
	rs = slices.DeleteFunc(rs, func(r Record) bool {
		if r.Key == "" {
			return false
		}
		key := fold(r.Key)
		if row, taken := first[key]; taken {
			dropped[r.Row] = true
			ps.Add(Problem{Severity: Failure, Code: CodeDuplicateKey, Row: r.Row, Params: map[string]any{"key": Shown(r.Key), "first": row}})
			return true
		}
		first[key] = r.Row
		return false
	})
	return rs, dropped
}

func find(r *Record, byKey, byTitle, titles map[string]int, leftOut, dropped map[int]bool, ps *Problems) int {
	want := fold(r.ParentKey)
	if j, ok := byKey[want]; ok {
		return j
	}
	switch titles[want] {
	case 1:
		return byTitle[want]
	case 0:
		code := CodeParentUnknown
		if len(leftOut)+len(dropped) > 0 {
			// The parent may be one of the rows that failed: nobody knows their keys.
			code = CodeParentLeftOut
		}
		ps.warn(r.Row, code, map[string]any{"parent": Shown(r.ParentKey)})
	default:
		ps.warn(r.Row, CodeParentAmbiguous, map[string]any{"parent": Shown(r.ParentKey), "count": titles[want]})
	}
	return -1
}

// breakCycles lets the first record of each circle go without its parent.
func breakCycles(rs []Record, parents []int, ps *Problems) {
	const (
		fresh = iota
		onPath
		done
	)
	state := make([]byte, len(rs))
	var path []int
	for start := range rs {
		path = path[:0]
		i := start
		for i >= 0 && state[i] == fresh {
			state[i] = onPath
			path = append(path, i)
			i = parents[i]
		}
		if i >= 0 && state[i] == onPath {
			circle := path[slices.Index(path, i):]
			first := slices.Min(circle)
			var rows []int
			for _, j := range circle[:min(len(circle), maxCycleShown)] {
				rows = append(rows, rs[j].Row)
			}
			ps.warn(rs[first].Row, CodeParentCycle, map[string]any{"rows": rows})
			parents[first] = -1
		}
		for _, j := range path {
			state[j] = done
		}
	}
}

// limitDepth lets records that lie too deep go without their parent. There are no circles any more.
func limitDepth(rs []Record, parents []int, ps *Problems) {
	depth := make([]int, len(rs))
	var path []int
	for start := range rs {
		path = path[:0]
		i := start
		for i >= 0 && depth[i] == 0 {
			path = append(path, i)
			i = parents[i]
		}
		d := 0
		if i >= 0 {
			d = depth[i]
		}
		for _, j := range slices.Backward(path) {
			if d++; d > MaxDepth {
				ps.warn(rs[j].Row, CodeTooDeep, map[string]any{"max": MaxDepth})
				parents[j], d = -1, 1
			}
			depth[j] = d
		}
	}
}
