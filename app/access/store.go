package access

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"dingban/app/platform/clock"
)

type roleRow struct {
	PersonID int64  `xorm:"'person_id'"`
	Role     string `xorm:"'role'"`
}

type memberRow struct {
	ProjectID int64  `xorm:"'project_id'"`
	PersonID  int64  `xorm:"'person_id'"`
	Role      string `xorm:"'role'"`
	CreatedAt int64  `xorm:"'created_at'"`
}

// rolesOf reads the stored roles of people, each list sorted.
func (s *Service) rolesOf(ctx context.Context, personIDs []int64) (map[int64][]string, error) {
	roles := make(map[int64][]string, len(personIDs))
	for part := range slices.Chunk(personIDs, 500) {
		var rows []roleRow
		if err := s.db.Session(ctx).Table("access_role").Cols("person_id", "role").In("person_id", part).Find(&rows); err != nil {
			return nil, fmt.Errorf("access: read roles: %w", err)
		}
		for _, r := range rows {
			roles[r.PersonID] = append(roles[r.PersonID], r.Role)
		}
	}
	for _, list := range roles {
		slices.Sort(list)
	}
	return roles, nil
}

// lockHolders lists who has a role and keeps the list as it is until the transaction ends.
func (s *Service) lockHolders(ctx context.Context, role string) ([]int64, error) {
	var rows []roleRow
	query := "SELECT person_id, role FROM access_role WHERE role = ? ORDER BY person_id" + s.db.Dialect().ForUpdate()
	if err := s.db.Session(ctx).SQL(query, role).Find(&rows); err != nil {
		return nil, fmt.Errorf("access: read holders of %s: %w", role, err)
	}
	ids := make([]int64, 0, len(rows))
	for _, r := range rows {
		ids = append(ids, r.PersonID)
	}
	return ids, nil
}

// replaceRoles writes the new rows first and clears the others then: of two assignments at the same moment the later one
// stands, whichever rows were there.
func (s *Service) replaceRoles(ctx context.Context, personID int64, roles []string) error {
	now := clock.Millis(s.clock)
	rows := make([][]any, 0, len(roles))
	query, args := "DELETE FROM access_role WHERE person_id = ?", []any{personID}
	for _, role := range roles {
		rows = append(rows, []any{personID, slot(role), role, now})
		query += " AND slot <> ?"
		args = append(args, slot(role))
	}
	if err := s.db.Upsert(ctx, "access_role", []string{"person_id", "slot"}, []string{"person_id", "slot", "role", "created_at"}, rows); err != nil {
		return fmt.Errorf("access: write roles: %w", err)
	}
	if _, err := s.db.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("access: clear roles: %w", err)
	}
	return nil
}

func (s *Service) membershipsOf(ctx context.Context, personID int64) ([]memberRow, error) {
	var rows []memberRow
	err := s.db.Session(ctx).SQL("SELECT project_id, person_id, role, created_at FROM access_member WHERE person_id = ?", personID).Find(&rows)
	if err != nil {
		return nil, fmt.Errorf("access: read memberships: %w", err)
	}
	return rows, nil
}

func (s *Service) membersOf(ctx context.Context, projectID int64) ([]Member, error) {
	var rows []memberRow
	err := s.db.Session(ctx).SQL("SELECT project_id, person_id, role, created_at FROM access_member WHERE project_id = ? ORDER BY created_at, person_id", projectID).Find(&rows)
	if err != nil {
		return nil, fmt.Errorf("access: read members: %w", err)
	}
	members := make([]Member, 0, len(rows))
	for _, r := range rows {
		members = append(members, Member{PersonID: r.PersonID, Role: r.Role, CreatedAt: r.CreatedAt})
	}
	return members, nil
}

func (s *Service) countMembers(ctx context.Context, projectIDs []int64) (map[int64]int, error) {
	counts := make(map[int64]int, len(projectIDs))
	for part := range slices.Chunk(projectIDs, 500) {
		var rows []struct {
			ProjectID int64 `xorm:"'project_id'"`
			People    int   `xorm:"'people'"`
		}
		args := make([]any, 0, len(part))
		for _, id := range part {
			args = append(args, id)
		}
		query := "SELECT project_id, COUNT(*) AS people FROM access_member WHERE project_id IN (?" + strings.Repeat(", ?", len(part)-1) + ") GROUP BY project_id"
		if err := s.db.Session(ctx).SQL(query, args...).Find(&rows); err != nil {
			return nil, fmt.Errorf("access: count members: %w", err)
		}
		for _, r := range rows {
			counts[r.ProjectID] = r.People
		}
	}
	return counts, nil
}

// roleIn takes no lock: locking a row that is not there makes parallel inserts wait for each other.
func (s *Service) roleIn(ctx context.Context, projectID, personID int64) (role string, found bool, err error) {
	var rows []memberRow
	query := "SELECT project_id, person_id, role, created_at FROM access_member WHERE project_id = ? AND person_id = ?"
	if err := s.db.Session(ctx).SQL(query, projectID, personID).Find(&rows); err != nil {
		return "", false, fmt.Errorf("access: read member: %w", err)
	}
	if len(rows) == 0 {
		return "", false, nil
	}
	return rows[0].Role, true, nil
}

func (s *Service) lockOwners(ctx context.Context, projectID int64) ([]int64, error) {
	var rows []memberRow
	query := "SELECT project_id, person_id, role, created_at FROM access_member WHERE project_id = ? AND role = ? ORDER BY person_id" + s.db.Dialect().ForUpdate()
	if err := s.db.Session(ctx).SQL(query, projectID, Owner).Find(&rows); err != nil {
		return nil, fmt.Errorf("read owners: %w", err)
	}
	ids := make([]int64, 0, len(rows))
	for _, r := range rows {
		ids = append(ids, r.PersonID)
	}
	return ids, nil
}

func (s *Service) putMember(ctx context.Context, projectID, personID int64, role string) error {
	err := s.db.Upsert(
		ctx, "access_member", []string{"project_id", "person_id"}, []string{"project_id", "person_id", "role", "created_at"},
		[][]any{{projectID, personID, role, clock.Millis(s.clock)}},
	)
	if err != nil {
		return fmt.Errorf("access: write member: %w", err)
	}
	return nil
}

func (s *Service) deleteMember(ctx context.Context, projectID, personID int64) error {
	if _, err := s.db.Exec(ctx, "DELETE FROM access_member WHERE project_id = ? AND person_id = ?", projectID, personID); err != nil {
		return fmt.Errorf("access: delete member: %w", err)
	}
	return nil
}
