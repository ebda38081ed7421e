// Package access answers one question in one place: may this person do this here? It knows roles and what each of
// them permits with which range, the roles people have in projects, and nothing about what a project or a person is.
//
// What a person may do is kept in memory and costs no statement; whoever changes it here throws the entry away as the
// change commits, and other nodes do so as the journal tells them, so that a right that was taken is gone at once.
package access

import (
	"context"
	"errors"
	"slices"

	"dingban/app/platform/fault"
)

// Range says how far a permission reaches.
type Range string

// The ranges, from nearest to farthest.
const (
	Own            Range = "own"             // what the person created
	Assigned       Range = "assigned"        // what is assigned to the person
	TakingPart     Range = "taking_part"     // created by, assigned to, or in a project of the person
	Department     Range = "department"      // of the person's own department
	DepartmentTree Range = "department_tree" // of the person's department and those below it
	Departments    Range = "departments"     // of the departments chosen in the grant
	All            Range = "all"
)

// Grant is one permission with its range. Departments is used by the range of that name alone.
type Grant struct {
	Permission  string
	Range       Range
	Departments []int64
}

// Visibilities of a project: who may read it without being a member.
const (
	Private          = "private"
	DepartmentWide   = "department"
	OrganisationWide = "organisation"
)

// Target is what somebody wants to act on, as far as the decision depends on it. The zero Target stands for the
// organisation as a whole.
type Target struct {
	ProjectID    int64
	DepartmentID int64
	OwnerID      int64
	AssigneeIDs  []int64
	Visibility   string
}

// Member is one person's role in a project.
type Member struct {
	PersonID  int64
	Role      string
	CreatedAt int64
}

// Directory is what access has to know of people. The module that keeps them connects itself.
type Directory interface {
	// Status tells from memory whether a person exists and may act.
	Status(ctx context.Context, personID int64) (exists, active bool, err error)
	// ActiveAmong reads inside the caller's transaction which of these people are active.
	ActiveAmong(ctx context.Context, personIDs []int64) ([]int64, error)
	// DepartmentOf gives a person's department, 0 when there is none.
	DepartmentOf(ctx context.Context, personID int64) (int64, error)
	// Within tells whether a department is another one or lies below it.
	Within(ctx context.Context, department, ancestor int64) (bool, error)
	// Ancestors lists a department and the ones above it.
	Ancestors(ctx context.Context, department int64) ([]int64, error)
}

// ProjectSource lists the projects that can be read without being a member. The module that keeps projects connects
// itself; until then only memberships count.
type ProjectSource interface {
	// VisibleProjects lists projects open to the organisation and those open to one of the departments given.
	VisibleProjects(ctx context.Context, departments []int64) ([]int64, error)
}

var errNoDirectory = errors.New("access: no directory of people is connected")

// Hide turns a refusal into "not there", for objects whose very existence is nobody else's business.
func Hide(err error, what string) error {
	if fault.Is(err, fault.KindDenied) {
		return fault.NotFound(what).Wrap(err)
	}
	return err
}

// covers decides whether a range reaches a target. Departments are asked for only when the range needs them.
func (s *Service) covers(ctx context.Context, g Grant, personID int64, projects map[int64]string, t Target) (bool, error) {
	switch g.Range {
	case All:
		return true, nil
	case Own:
		return t.OwnerID != 0 && t.OwnerID == personID, nil
	case Assigned:
		return slices.Contains(t.AssigneeIDs, personID), nil
	case TakingPart:
		_, member := projects[t.ProjectID]
		return member || (t.OwnerID != 0 && t.OwnerID == personID) || slices.Contains(t.AssigneeIDs, personID), nil
	case Department:
		if t.DepartmentID == 0 {
			return false, nil
		}
		own, err := s.departmentOf(ctx, personID)
		return own == t.DepartmentID, err
	case DepartmentTree:
		if t.DepartmentID == 0 {
			return false, nil
		}
		own, err := s.departmentOf(ctx, personID)
		if err != nil || own == 0 {
			return false, err
		}
		return s.directory.Within(ctx, t.DepartmentID, own)
	case Departments:
		return t.DepartmentID != 0 && slices.Contains(g.Departments, t.DepartmentID), nil
	default:
		return false, nil // a range this version does not know gives nothing
	}
}
