package access

import (
	"context"
	"testing"
)

type stubDirectory struct{}

func (stubDirectory) Status(context.Context, int64) (exists, active bool, err error) {
	return true, true, nil
}

func (stubDirectory) ActiveAmong(_ context.Context, ids []int64) ([]int64, error) { return ids, nil }

func (stubDirectory) DepartmentOf(_ context.Context, id int64) (int64, error) {
	return map[int64]int64{1: 10, 2: 11}[id], nil
}

func (stubDirectory) Within(_ context.Context, department, ancestor int64) (bool, error) {
	return department == ancestor || department == 11 && ancestor == 10, nil
}

func (stubDirectory) Ancestors(_ context.Context, id int64) ([]int64, error) { return []int64{id}, nil }

// TestRanges holds each range against targets: person 1 is in department 10, person 2 in 11 below it, person 3 in none.
func TestRanges(t *testing.T) {
	t.Parallel()
	s := &Service{directory: stubDirectory{}}
	projects := map[int64]string{7: Worker}
	for _, c := range []struct {
		name   string
		grant  Grant
		person int64
		target Target
		want   bool
	}{
		{"all", Grant{Range: All}, 3, Target{}, true},
		{"own", Grant{Range: Own}, 1, Target{OwnerID: 1}, true},
		{"own of another", Grant{Range: Own}, 1, Target{OwnerID: 2}, false},
		{"own of nobody", Grant{Range: Own}, 0, Target{}, false},
		{"assigned", Grant{Range: Assigned}, 1, Target{AssigneeIDs: []int64{4, 1}}, true},
		{"assigned to another", Grant{Range: Assigned}, 1, Target{OwnerID: 1, AssigneeIDs: []int64{4}}, false},
		{"taking part as member", Grant{Range: TakingPart}, 1, Target{ProjectID: 7}, true},
		{"taking part as creator", Grant{Range: TakingPart}, 1, Target{ProjectID: 8, OwnerID: 1}, true},
		{"taking part as assignee", Grant{Range: TakingPart}, 1, Target{ProjectID: 8, AssigneeIDs: []int64{1}}, true},
		{"taking no part", Grant{Range: TakingPart}, 1, Target{ProjectID: 8, OwnerID: 2}, false},
		{"taking part in no project", Grant{Range: TakingPart}, 1, Target{}, false},
		{"my department", Grant{Range: Department}, 1, Target{DepartmentID: 10}, true},
		{"below my department", Grant{Range: Department}, 1, Target{DepartmentID: 11}, false},
		{"no department at all", Grant{Range: Department}, 3, Target{}, false},
		{"department and below", Grant{Range: DepartmentTree}, 1, Target{DepartmentID: 11}, true},
		{"above my department", Grant{Range: DepartmentTree}, 2, Target{DepartmentID: 10}, false},
		{"tree of nobody", Grant{Range: DepartmentTree}, 3, Target{DepartmentID: 10}, false},
		{"chosen", Grant{Range: Departments, Departments: []int64{20, 21}}, 1, Target{DepartmentID: 21}, true},
		{"not chosen", Grant{Range: Departments, Departments: []int64{20, 21}}, 1, Target{DepartmentID: 10}, false},
		{"chosen none", Grant{Range: Departments}, 1, Target{}, false},
		{"unknown range", Grant{Range: "galaxy"}, 1, Target{OwnerID: 1, DepartmentID: 10}, false},
	} {
		got, err := s.covers(t.Context(), c.grant, c.person, projects, c.target)
		if err != nil {
			t.Fatal(err)
		}
		if got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
