package mapping_test

import (
	"slices"
	"testing"

	"dingban/app/exchange/mapping"
	"dingban/app/exchange/record"
)

func TestResolveTellsOnceWhoIsUnknown(t *testing.T) {
	zhang, unknown, twice := record.Person{Name: "张三"}, record.Person{Name: "无名", Login: "x"}, record.Person{Name: "李四"}
	rs := []record.Record{
		{Row: 1, State: record.State{Name: "进行中", Done: true}, Creator: unknown, Assignees: []record.Person{zhang, twice}, Comments: []record.Comment{{Author: zhang}}},
		{
			Row: 2, State: record.State{Name: "搁置"}, Creator: zhang, Followers: []record.Person{unknown}, Attachments: []record.Attachment{{Author: zhang}},
			Checklists: []record.Checklist{{Items: []record.Item{{Assignee: zhang}, {}}}},
		},
		{Row: 3, State: record.State{Name: "搁置"}, Creator: twice},
	}
	var ps record.Problems
	mapping.Resolve(rs, office{}, &ps)
	if got := told(&ps); !slices.Equal(got, []string{"1:0 mapping.person_unknown", "1:0 mapping.person_ambiguous", "2:0 mapping.state_unknown"}) {
		t.Errorf("problems %v", got)
	}
	if rs[0].State != (record.State{ID: 11, Name: "进行中", Done: true}) || rs[1].State != (record.State{Name: "搁置"}) {
		t.Errorf("states %+v %+v", rs[0].State, rs[1].State)
	}
	for i, p := range []record.Person{rs[0].Assignees[0], rs[0].Comments[0].Author, rs[1].Creator, rs[1].Attachments[0].Author, rs[1].Checklists[0].Items[0].Assignee} {
		if p.ID != 1 {
			t.Errorf("%d: %+v", i, p)
		}
	}
	if rs[0].Creator != unknown || rs[2].Creator != twice || !rs[1].Checklists[0].Items[1].Assignee.IsZero() {
		t.Error("who is not certain stays a name")
	}
}
