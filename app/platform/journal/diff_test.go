package journal_test

import (
	"reflect"
	"testing"

	"dingban/app/platform/journal"
)

type card struct {
	ID        int64
	Title     string  `journal:"title"`
	DueAt     *int64  `journal:"dueAt"`
	Assignees []int64 `journal:"assignees"`
	Done      bool    `journal:"done"`
	Rank      string  `journal:"-"`
	hidden    string  `journal:"hidden"` //nolint:unused // must be passed over
}

func TestDiff(t *testing.T) {
	t.Parallel()
	due, later := int64(5), int64(6)
	before := card{ID: 1, Title: "旧", DueAt: &due, Assignees: []int64{1, 2}, Rank: "a"}
	after := before
	for name, tc := range map[string]struct {
		before, after any
		want          []journal.Change
	}{
		"nothing":                               {before, after, nil},
		"both missing":                          {nil, (*card)(nil), nil},
		"untagged":                              {before, card{ID: 2, Title: "旧", DueAt: &due, Assignees: []int64{1, 2}, Rank: "b"}, nil},
		"the same value behind another pointer": {before, func() card { c, d := before, due; c.DueAt = &d; return c }(), nil},
		"fields": {&before, &card{ID: 1, Title: "新", DueAt: &later, Assignees: []int64{2}, Done: true}, []journal.Change{
			{Field: "title", From: "旧", To: "新"},
			{Field: "dueAt", From: int64(5), To: int64(6)},
			{Field: "assignees", From: []int64{1, 2}, To: []int64{2}},
			{Field: "done", From: false, To: true},
		}},
		"cleared": {before, card{Title: "旧"}, []journal.Change{
			{Field: "dueAt", From: int64(5), To: nil},
			{Field: "assignees", From: []int64{1, 2}, To: []int64(nil)},
		}},
		"created": {nil, before, []journal.Change{
			{Field: "title", From: nil, To: "旧"},
			{Field: "dueAt", From: nil, To: int64(5)},
			{Field: "assignees", From: nil, To: []int64{1, 2}},
		}},
		"removed":            {before, nil, []journal.Change{{Field: "title", From: "旧", To: nil}, {Field: "dueAt", From: int64(5), To: nil}, {Field: "assignees", From: []int64{1, 2}, To: nil}}},
		"empty is not a set": {card{}, card{Assignees: []int64{}}, nil},
	} {
		if got := journal.Diff(tc.before, tc.after); !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%s:\ngot  %#v\nwant %#v", name, got, tc.want)
		}
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("two types were compared")
			}
		}()
		journal.Diff(card{}, struct{}{})
	}()
}
