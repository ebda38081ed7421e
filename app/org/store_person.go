package org

import (
	"context"
	"fmt"
	"slices"

	"dingban/app/platform/db"
)

type personRow struct {
	ID           int64  `xorm:"'id'"`
	Account      string `xorm:"'account'"`
	Name         []byte `xorm:"'name'"`
	Email        []byte `xorm:"'email'"`
	Phone        []byte `xorm:"'phone'"`
	DepartmentID int64  `xorm:"'department_id'"`
	Status       string `xorm:"'status'"`
	Language     string `xorm:"'language'"`
	Theme        string `xorm:"'theme'"`
	MustChange   int    `xorm:"'must_change'"`
	PasswordAt   int64  `xorm:"'password_at'"`
	LastLoginAt  int64  `xorm:"'last_login_at'"`
	Version      int64  `xorm:"'version'"`
	CreatedAt    int64  `xorm:"'created_at'"`
	UpdatedAt    int64  `xorm:"'updated_at'"`
}

// record is a person with everything opened, as services work on it. The tags are what the journal calls the fields.
type record struct {
	ID           int64
	Account      string
	Name         string `journal:"name"`
	Email        string `journal:"email"`
	Phone        string `journal:"phone"`
	DepartmentID int64  `journal:"departmentId"`
	Status       string `journal:"status"`
	Language     string
	Theme        string
	MustChange   bool
	PasswordAt   int64
	LastLoginAt  int64
	Version      int64
	CreatedAt    int64
	UpdatedAt    int64
}

const personColumns = "id, account, name, email, phone, department_id, status, language, theme, must_change, password_at, last_login_at, version, created_at, updated_at"

// directoryColumns are the ones kept in memory.
const directoryColumns = "id, account, name, department_id, status, language, theme, must_change, password_at"

func (s *Service) openPerson(r personRow) (record, error) {
	p := record{
		ID: r.ID, Account: r.Account, DepartmentID: r.DepartmentID, Status: r.Status, Language: r.Language, Theme: r.Theme,
		MustChange: r.MustChange != 0, PasswordAt: r.PasswordAt, LastLoginAt: r.LastLoginAt, Version: r.Version,
		CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
	for _, c := range []struct {
		column string
		sealed []byte
		into   *string
	}{{"name", r.Name, &p.Name}, {"email", r.Email, &p.Email}, {"phone", r.Phone, &p.Phone}} {
		text, err := s.vault.OpenText(cell("org_person", c.column, r.ID), c.sealed)
		if err != nil {
			return record{}, fmt.Errorf("org: open %s of person %d: %w", c.column, r.ID, err)
		}
		*c.into = text
	}
	return p, nil
}

func (s *Service) sealPerson(p record) (name, email, phone []byte, err error) {
	for _, c := range []struct {
		column, text string
		into         *[]byte
	}{{"name", p.Name, &name}, {"email", p.Email, &email}, {"phone", p.Phone, &phone}} {
		sealed, err := s.vault.SealText(cell("org_person", c.column, p.ID), c.text)
		if err != nil {
			return nil, nil, nil, fmt.Errorf("org: seal %s of person %d: %w", c.column, p.ID, err)
		}
		*c.into = sealed
	}
	return name, email, phone, nil
}

func (s *Service) openPeople(rows []personRow) ([]record, error) {
	people := make([]record, 0, len(rows))
	for _, r := range rows {
		p, err := s.openPerson(r)
		if err != nil {
			return nil, err
		}
		people = append(people, p)
	}
	return people, nil
}

// peopleByID reads people in the order of their ids.
func (s *Service) peopleByID(ctx context.Context, columns string, ids []int64) ([]record, error) {
	var people []record
	for part := range slices.Chunk(ids, 500) {
		var rows []personRow
		query := "SELECT " + columns + " FROM org_person WHERE id IN (" + db.Marks(len(part)) + ") ORDER BY id"
		if err := s.db.Session(ctx).SQL(query, db.Args(part)...).Find(&rows); err != nil {
			return nil, fmt.Errorf("org: read people: %w", err)
		}
		opened, err := s.openPeople(rows)
		if err != nil {
			return nil, err
		}
		people = append(people, opened...)
	}
	return people, nil
}

// everybody reads what the directory keeps, page by page so that no single answer is huge.
func (s *Service) everybody(ctx context.Context) ([]record, error) {
	var people []record
	after := int64(0)
	for {
		var rows []personRow
		err := s.db.Session(ctx).SQL("SELECT "+directoryColumns+" FROM org_person WHERE id > ? ORDER BY id LIMIT 5000", after).Find(&rows)
		if err != nil {
			return nil, fmt.Errorf("org: read the directory: %w", err)
		}
		opened, err := s.openPeople(rows)
		if err != nil {
			return nil, err
		}
		people = append(people, opened...)
		if len(rows) < 5000 {
			return people, nil
		}
		after = rows[len(rows)-1].ID
	}
}

func (s *Service) personExists(ctx context.Context) (bool, error) {
	var rows []personRow
	if err := s.db.Session(ctx).SQL("SELECT id FROM org_person ORDER BY id LIMIT 1").Find(&rows); err != nil {
		return false, fmt.Errorf("org: look for people: %w", err)
	}
	return len(rows) > 0, nil
}

func (s *Service) insertPerson(ctx context.Context, p record) error {
	name, email, phone, err := s.sealPerson(p)
	if err != nil {
		return err
	}
	err = s.db.InsertMany(ctx, "org_person",
		[]string{"id", "account", "name", "email", "phone", "department_id", "status", "language", "theme", "must_change", "password_at", "last_login_at", "version", "created_at", "updated_at"},
		[][]any{{p.ID, p.Account, name, email, phone, p.DepartmentID, p.Status, p.Language, p.Theme, bit(p.MustChange), p.PasswordAt, p.LastLoginAt, p.Version, p.CreatedAt, p.UpdatedAt}})
	if err != nil {
		return fmt.Errorf("org: insert person: %w", err)
	}
	return nil
}

// updatePerson writes what an administrator can change, if the version is still the one seen.
func (s *Service) updatePerson(ctx context.Context, p record, seen int64) (bool, error) {
	name, email, phone, err := s.sealPerson(p)
	if err != nil {
		return false, err
	}
	n, err := s.db.Exec(ctx, "UPDATE org_person SET name = ?, email = ?, phone = ?, department_id = ?, status = ?, version = ?, updated_at = ? WHERE id = ? AND version = ?",
		name, email, phone, p.DepartmentID, p.Status, p.Version, p.UpdatedAt, p.ID, seen)
	if err != nil {
		return false, fmt.Errorf("org: update person: %w", err)
	}
	return n == 1, nil
}

func (s *Service) updatePreferences(ctx context.Context, personID int64, language, theme string) error {
	if _, err := s.db.Exec(ctx, "UPDATE org_person SET language = ?, theme = ? WHERE id = ?", language, theme, personID); err != nil {
		return fmt.Errorf("org: write preferences: %w", err)
	}
	return nil
}

// updatePasswordState always changes password_at, whatever the clock says: a log-in under way recognises a new password by
// it.
func (s *Service) updatePasswordState(ctx context.Context, personID int64, mustChange bool, at int64) error {
	if _, err := s.db.Exec(ctx, "UPDATE org_person SET must_change = ?, password_at = CASE WHEN password_at >= ? THEN password_at + 1 ELSE ? END WHERE id = ?", bit(mustChange), at, at, personID); err != nil {
		return fmt.Errorf("org: write password state: %w", err)
	}
	return nil
}

// enter notes a log-in, if the person is still active and the password still the one that was compared: hashing takes
// long enough for somebody to have been disabled or given another password meanwhile.
func (s *Service) enter(ctx context.Context, row signInRow, at int64) (bool, error) {
	n, err := s.db.Exec(ctx, "UPDATE org_person SET last_login_at = ? WHERE id = ? AND status = ? AND password_at = ?", at, row.PersonID, Active, row.PasswordAt)
	if err != nil {
		return false, fmt.Errorf("org: write last log-in: %w", err)
	}
	return n == 1, nil
}

// activeAmong reads, inside the transaction, which of these people are active, and keeps it so until it ends.
func (s *Service) activeAmong(ctx context.Context, ids []int64) ([]int64, error) {
	var active []int64
	for part := range slices.Chunk(ids, 500) {
		var rows []personRow
		query := "SELECT id FROM org_person WHERE status = ? AND id IN (" + db.Marks(len(part)) + ") ORDER BY id" + s.db.Dialect().ForUpdate()
		if err := s.db.Session(ctx).SQL(query, append([]any{Active}, db.Args(part)...)...).Find(&rows); err != nil {
			return nil, fmt.Errorf("org: read states: %w", err)
		}
		for _, r := range rows {
			active = append(active, r.ID)
		}
	}
	return active, nil
}

func (s *Service) departmentHasPeople(ctx context.Context, departmentID int64) (bool, error) {
	var rows []personRow
	if err := s.db.Session(ctx).SQL("SELECT id FROM org_person WHERE department_id = ? ORDER BY id LIMIT 1", departmentID).Find(&rows); err != nil {
		return false, fmt.Errorf("org: look for people of a department: %w", err)
	}
	return len(rows) > 0, nil
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
