package org

import (
	"context"
	"fmt"

	"dingban/app/org/password"
	"dingban/app/platform/vault"
)

const organisationID = 1

type organisationRow struct {
	ID      int64  `xorm:"'id'"`
	Name    []byte `xorm:"'name'"`
	SetUpAt int64  `xorm:"'set_up_at'"`
}

func (r signInRow) hash() password.Hash {
	return password.Hash{Salt: r.Salt, Iterations: r.Iterations, Sum: r.Digest, PepperKey: r.PepperKey}
}

// signInRow is what a log-in has to know of an account, in one statement.
type signInRow struct {
	PersonID     int64  `xorm:"'person_id'"`
	Status       string `xorm:"'status'"`
	PasswordAt   int64  `xorm:"'password_at'"`
	Salt         []byte `xorm:"'salt'"`
	Iterations   int    `xorm:"'iterations'"`
	Digest       []byte `xorm:"'digest'"`
	PepperKey    uint32 `xorm:"'pepper_key'"`
	OneTimeUntil int64  `xorm:"'one_time_until'"`
}

func cell(table, column string, row int64) vault.Cell {
	return vault.Cell{Table: table, Column: column, Row: row}
}

func (s *Service) organisation(ctx context.Context) (organisationRow, string, error) {
	var rows []organisationRow
	if err := s.db.Session(ctx).SQL("SELECT id, name, set_up_at FROM org_organisation WHERE id = ?", organisationID).Find(&rows); err != nil {
		return organisationRow{}, "", fmt.Errorf("org: read organisation: %w", err)
	}
	if len(rows) == 0 {
		return organisationRow{ID: organisationID}, "", nil
	}
	name, err := s.vault.OpenText(cell("org_organisation", "name", organisationID), rows[0].Name)
	if err != nil {
		return organisationRow{}, "", fmt.Errorf("org: open organisation: %w", err)
	}
	return rows[0], name, nil
}

// ensureOrganisation makes the one row when it is not there yet.
func (s *Service) ensureOrganisation(ctx context.Context) error {
	_, err := s.db.InsertIgnore(ctx, "org_organisation", []string{"id"}, []string{"id", "set_up_at"}, [][]any{{organisationID, 0}})
	if err != nil {
		return fmt.Errorf("org: make organisation: %w", err)
	}
	return nil
}

func (s *Service) updateOrganisation(ctx context.Context, name string, setUpAt int64) error {
	sealed, err := s.vault.SealText(cell("org_organisation", "name", organisationID), name)
	if err != nil {
		return fmt.Errorf("org: seal organisation: %w", err)
	}
	if _, err := s.db.Exec(ctx, "UPDATE org_organisation SET name = ?, set_up_at = ? WHERE id = ?", sealed, setUpAt, organisationID); err != nil {
		return fmt.Errorf("org: write organisation: %w", err)
	}
	return nil
}

// lockOrganisation makes changes of the department tree and the set-up happen one after the other.
func (s *Service) lockOrganisation(ctx context.Context) error {
	found, err := s.db.LockRow(ctx, "org_organisation", organisationID)
	if err != nil {
		return fmt.Errorf("org: lock organisation: %w", err)
	}
	if found {
		return nil
	}
	if err := s.ensureOrganisation(ctx); err != nil {
		return err
	}
	if _, err := s.db.LockRow(ctx, "org_organisation", organisationID); err != nil {
		return fmt.Errorf("org: lock organisation: %w", err)
	}
	return nil
}

func (s *Service) signInData(ctx context.Context, account string) (signInRow, bool, error) {
	var rows []signInRow
	err := s.db.Session(ctx).SQL(`SELECT p.id AS person_id, p.status, p.password_at, c.salt, c.iterations, c.digest, c.pepper_key, c.one_time_until
		FROM org_person p INNER JOIN org_credential c ON c.person_id = p.id WHERE p.account = ?`, account).Find(&rows)
	if err != nil {
		return signInRow{}, false, fmt.Errorf("org: read account: %w", err)
	}
	if len(rows) == 0 {
		return signInRow{}, false, nil
	}
	return rows[0], true, nil
}
