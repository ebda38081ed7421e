package access

import (
	"context"
	"fmt"
	"slices"

	"dingban/app/platform/fault"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
)

// Member tells a person's role in a project, from memory.
func (s *Service) Member(ctx context.Context, projectID, personID int64) (role string, ok bool, err error) {
	g, err := s.Grants(ctx, personID)
	if err != nil {
		return "", false, err
	}
	role, ok = g.Projects[projectID]
	return role, ok, nil
}

// Roster tells who takes part in a project, with their roles. It is from memory and shared: read it, never change it.
func (s *Service) Roster(ctx context.Context, projectID int64) (map[int64]string, error) {
	roster, generation, ok := s.rosters.get(projectID)
	if ok {
		return roster, nil
	}
	members, err := s.membersOf(ctx, projectID)
	if err != nil {
		return nil, err
	}
	roster = make(map[int64]string, len(members))
	for _, m := range members {
		roster[m.PersonID] = m.Role
	}
	if !s.db.InTx(ctx) {
		s.rosters.put(projectID, roster, generation, s.clock.Now())
		return roster, nil
	}
	// What a transaction reads is for itself, as with grants. Somebody who only ever asks in transactions would read it
	// each time, so it is read once more when this one is over; if that fails, the next one tries again.
	s.db.AfterCommit(ctx, func() { _, _ = s.Roster(ctx, projectID) })
	return roster, nil
}

// Members lists the people of a project, owners first, each role in the order of joining.
func (s *Service) Members(ctx context.Context, projectID int64) ([]Member, error) {
	members, err := s.membersOf(ctx, projectID)
	if err != nil {
		return nil, err
	}
	order := map[string]int{Owner: 0, Manager: 1, Worker: 2, Viewer: 3}
	slices.SortStableFunc(members, func(a, b Member) int { return order[a.Role] - order[b.Role] })
	return members, nil
}

// MemberCounts tells for several projects at once how many people each has.
func (s *Service) MemberCounts(ctx context.Context, projectIDs []int64) (map[int64]int, error) {
	if len(projectIDs) == 0 {
		return map[int64]int{}, nil
	}
	return s.countMembers(ctx, projectIDs)
}

// SetMember gives a person a role in a project, or changes it. The caller has decided that the one acting may do so:
// the first member is set before anybody has a right in the project. A project keeps at least one owner.
func (s *Service) SetMember(ctx context.Context, projectID, personID int64, role string) error {
	if _, known := s.inProject[role]; !known {
		return fault.Invalid(fault.At("body.role", "access.project_role_unknown", "role", role))
	}
	return s.db.Tx(ctx, func(ctx context.Context) error {
		_, active, err := s.directory.Status(ctx, personID)
		if err != nil {
			return err
		}
		if !active {
			return fault.NotFound("person")
		}
		before, found, err := s.roleIn(ctx, projectID, personID)
		if err != nil {
			return err
		}
		if found && before == role {
			return nil
		}
		if found && role != Owner {
			if err := s.keepOwner(ctx, projectID, personID); err != nil {
				return err
			}
		}
		s.changing(ctx, personID)
		s.changingRoster(ctx, projectID)
		if err := s.putMember(ctx, projectID, personID, role); err != nil {
			return err
		}
		verb, changes := "access.member_add", journal.Diff(nil, membership{role})
		if found {
			verb, changes = "access.member_set", journal.Diff(membership{before}, membership{role})
		}
		return s.journal.Append(ctx, journal.Entry{
			Module: "access", Verb: verb, Ref: ref.To("person", personID), ProjectID: projectID,
			Changes: changes,
		})
	})
}

// membership is what the journal keeps of a member.
type membership struct {
	Role string `journal:"role"`
}

// RemoveMember takes a person out of a project; whose permission it needs is the caller's to decide, as in SetMember.
func (s *Service) RemoveMember(ctx context.Context, projectID, personID int64) error {
	return s.db.Tx(ctx, func(ctx context.Context) error {
		before, found, err := s.roleIn(ctx, projectID, personID)
		if err != nil {
			return err
		}
		if !found {
			return fault.NotFound("member")
		}
		if err := s.keepOwner(ctx, projectID, personID); err != nil {
			return err
		}
		s.changing(ctx, personID)
		s.changingRoster(ctx, projectID)
		if err := s.deleteMember(ctx, projectID, personID); err != nil {
			return err
		}
		return s.journal.Append(ctx, journal.Entry{
			Module: "access", Verb: "access.member_remove", Ref: ref.To("person", personID), ProjectID: projectID,
			Changes: journal.Diff(membership{before}, nil),
		})
	})
}

func (s *Service) changingRoster(ctx context.Context, projectID int64) {
	s.rosters.begin(projectID, s.clock.Now())
	s.db.AfterCommit(ctx, func() { s.rosters.drop(projectID) })
}

// keepOwner locks the owners it has looked at, so that two of them cannot leave at the same time.
func (s *Service) keepOwner(ctx context.Context, projectID, personID int64) error {
	owners, err := s.lockOwners(ctx, projectID)
	if err != nil {
		return fmt.Errorf("access: owners of project %d: %w", projectID, err)
	}
	if len(owners) == 1 && owners[0] == personID {
		return fault.New(fault.KindConflict, "access.last_owner")
	}
	return nil
}
