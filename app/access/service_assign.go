package access

import (
	"context"
	"fmt"
	"slices"

	"dingban/app/platform/fault"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
)

// AssignRoles makes these the roles of a person. It needs role:assign; as long as there is no active security
// administrator, whoever runs the system may appoint the first one and nothing else. Nobody changes their own roles,
// nobody holds two administrator roles, and the last system administrator stays.
func (s *Service) AssignRoles(ctx context.Context, personID int64, roles []string) error {
	roles, err := s.acceptable(roles)
	if err != nil {
		return err
	}
	who, err := acting(ctx)
	if err != nil {
		return err
	}
	if s.directory == nil {
		return errNoDirectory
	}
	return s.db.Tx(ctx, func(ctx context.Context) error {
		if err := s.mayAssign(ctx, roles); err != nil {
			return err
		}
		exists, _, err := s.directory.Status(ctx, personID)
		if err != nil {
			return err
		}
		if !exists {
			return fault.NotFound("person")
		}
		if !who.System && who.PersonID == personID {
			return fault.New(fault.KindDenied, "access.own_roles")
		}
		return s.setRoles(ctx, personID, roles)
	})
}

// Appoint gives a person one administrator role without asking for a permission. It exists for the first set-up, when
// nobody can have the permission yet; no operation may reach it otherwise.
func (s *Service) Appoint(ctx context.Context, personID int64, role string) error {
	if slot(role) != adminSlot {
		return fmt.Errorf("access: %q is no administrator role", role)
	}
	return s.db.Tx(ctx, func(ctx context.Context) error {
		return s.setRoles(ctx, personID, []string{role})
	})
}

// Roles gives the stored roles of several people at once, Everybody included.
func (s *Service) Roles(ctx context.Context, personIDs []int64) (map[int64][]string, error) {
	stored, err := s.rolesOf(ctx, personIDs)
	if err != nil {
		return nil, err
	}
	roles := make(map[int64][]string, len(personIDs))
	for _, id := range personIDs {
		roles[id] = withEverybody(stored[id])
	}
	return roles, nil
}

// CheckRemovable refuses when without this person nobody could run the system any more. Call it in the transaction that
// takes the person away: it locks the rows it has looked at.
func (s *Service) CheckRemovable(ctx context.Context, personID int64) error {
	holders, err := s.lockHolders(ctx, SystemAdmin)
	if err != nil || !slices.Contains(holders, personID) {
		return err
	}
	others := slices.DeleteFunc(holders, func(id int64) bool { return id == personID })
	if len(others) > 0 {
		if others, err = s.directory.ActiveAmong(ctx, others); err != nil {
			return err
		}
	}
	if len(others) == 0 {
		return fault.New(fault.KindConflict, "access.last_system_admin")
	}
	return nil
}

func (s *Service) acceptable(roles []string) ([]string, error) {
	accepted := make([]string, 0, len(roles))
	exclusive := 0
	for i, role := range roles {
		if _, known := s.roles[role]; !known {
			return nil, fault.Invalid(fault.At(fmt.Sprintf("body.roles[%d]", i), "access.role_unknown", "role", role))
		}
		if role == Everybody || slices.Contains(accepted, role) {
			continue
		}
		if slot(role) == adminSlot {
			exclusive++
		}
		accepted = append(accepted, role)
	}
	if exclusive > 1 {
		return nil, fault.Invalid(fault.At("body.roles", "access.roles_exclusive"))
	}
	slices.Sort(accepted)
	return accepted, nil
}

func (s *Service) mayAssign(ctx context.Context, roles []string) error {
	err := s.Require(ctx, "role:assign", Target{})
	if err == nil || !fault.Is(err, fault.KindDenied) {
		return err
	}
	who, whoErr := acting(ctx)
	if whoErr != nil {
		return whoErr
	}
	g, grantsErr := s.Grants(ctx, who.PersonID)
	if grantsErr != nil {
		return grantsErr
	}
	if !g.Has(SystemAdmin) || !slices.Equal(roles, []string{SecurityAdmin}) {
		return err
	}
	holders, lockErr := s.lockHolders(ctx, SecurityAdmin)
	if lockErr != nil {
		return lockErr
	}
	if len(holders) > 0 {
		if holders, lockErr = s.directory.ActiveAmong(ctx, holders); lockErr != nil {
			return lockErr
		}
	}
	if len(holders) > 0 {
		return err
	}
	return nil
}

func (s *Service) setRoles(ctx context.Context, personID int64, roles []string) error {
	if !slices.Contains(roles, SystemAdmin) {
		if err := s.CheckRemovable(ctx, personID); err != nil {
			return err
		}
	}
	before, err := s.rolesOf(ctx, []int64{personID})
	if err != nil {
		return err
	}
	if slices.Equal(before[personID], roles) {
		return nil
	}
	s.changing(ctx, personID)
	if err := s.replaceRoles(ctx, personID, roles); err != nil {
		return err
	}
	return s.journal.Append(ctx, journal.Entry{
		Module: "access", Verb: "access.role_assign", Ref: ref.To("person", personID),
		Changes: []journal.Change{{Field: "roles", From: nonNil(before[personID]), To: nonNil(roles)}},
	})
}

// changing takes a person's grants out of the cache, now for what this transaction reads, and again when it commits.
func (s *Service) changing(ctx context.Context, personID int64) {
	s.cache.begin(personID, s.clock.Now())
	s.db.AfterCommit(ctx, func() { s.cache.drop(personID) })
}

func nonNil(roles []string) []string {
	if roles == nil {
		return []string{}
	}
	return roles
}

const adminSlot = "admin"

// slot is where a role lies in a person's row set: the three administrators share one, so that the primary key lets
// nobody hold two.
func slot(role string) string {
	switch role {
	case SystemAdmin, SecurityAdmin, AuditAdmin:
		return adminSlot
	default:
		return role
	}
}
