package workday

import (
	"context"
	"encoding/json"
	"fmt"

	"dingban/app/platform/clock"
	"dingban/app/platform/vault"
	"dingban/app/workday/days"
)

// rulesID is where the rules stand among the years.
const rulesID = 0

// row is a document as it is stored.
type row struct {
	ID        int64  `xorm:"'id'"`
	Body      []byte `xorm:"'body'"`
	UpdatedAt int64  `xorm:"'updated_at'"`
	Version   int64  `xorm:"'version'"`
}

// TableName is for the check that rows and migrations agree.
func (row) TableName() string { return "workday_document" }

func cell(id int64) vault.Cell {
	return vault.Cell{Table: "workday_document", Column: "body", Row: id}
}

const selectAll = "SELECT id, body, updated_at, version FROM workday_document"

// all reads every document there is: a hundred years at most.
func (s *Service) all(ctx context.Context) ([]row, error) {
	var rows []row
	if err := s.db.Session(ctx).SQL(selectAll + " ORDER BY id").Find(&rows); err != nil {
		return nil, fmt.Errorf("workday: read: %w", err)
	}
	return rows, nil
}

// one reads a document. One that nobody ever stored has version 1, as every row begins with.
func (s *Service) one(ctx context.Context, id int64) (row, error) {
	var rows []row
	if err := s.db.Session(ctx).SQL(selectAll+" WHERE id = ?", id).Find(&rows); err != nil {
		return row{}, fmt.Errorf("workday: read: %w", err)
	}
	if len(rows) == 0 {
		return row{ID: id, Version: 1}, nil
	}
	return rows[0], nil
}

// hold reads a document that nobody else changes until the transaction ends.
func (s *Service) hold(ctx context.Context, id int64) (row, error) {
	_, err := s.db.InsertIgnore(ctx, "workday_document", []string{"id"}, []string{"id", "updated_at", "version"}, [][]any{{id, clock.Millis(s.clock), 1}})
	if err != nil {
		return row{}, fmt.Errorf("workday: insert: %w", err)
	}
	if _, err := s.db.LockRow(ctx, "workday_document", id); err != nil {
		return row{}, err
	}
	return s.one(ctx, id)
}

// put stores what r holds under its next version; nil takes the document back.
func (s *Service) put(ctx context.Context, r *row, document any) error {
	r.Body, r.UpdatedAt = nil, clock.Millis(s.clock)
	if document != nil {
		plain, err := json.Marshal(document)
		if err != nil {
			return fmt.Errorf("workday: %w", err)
		}
		if r.Body, err = s.vault.Seal(cell(r.ID), plain); err != nil {
			return fmt.Errorf("workday: seal: %w", err)
		}
	}
	r.Version++
	_, err := s.db.Exec(ctx, "UPDATE workday_document SET body = ?, updated_at = ?, version = ? WHERE id = ?", r.Body, r.UpdatedAt, r.Version, r.ID)
	if err != nil {
		return fmt.Errorf("workday: update: %w", err)
	}
	return nil
}

// table reads the table that a row holds; false when it holds none.
func (s *Service) table(r *row) (y days.Year, there bool, err error) {
	plain, err := s.open(r)
	if err != nil || plain == nil {
		return y, false, err
	}
	if y, err = days.ParseYear(plain); err != nil {
		return y, false, fmt.Errorf("workday: the table of %d: %w", r.ID, err)
	}
	return y, true, nil
}

// rules reads the rules that a row holds; the usual ones when it holds none.
func (s *Service) rules(r *row) (days.Rules, error) {
	plain, err := s.open(r)
	if err != nil || plain == nil {
		return days.Rules{}, err
	}
	rules, err := days.ParseRules(plain)
	if err != nil {
		return rules, fmt.Errorf("workday: the rules: %w", err)
	}
	return rules, nil
}

func (s *Service) open(r *row) ([]byte, error) {
	if len(r.Body) == 0 {
		return nil, nil
	}
	plain, err := s.vault.Open(cell(r.ID), r.Body)
	if err != nil {
		return nil, fmt.Errorf("workday: open: %w", err)
	}
	return plain, nil
}
