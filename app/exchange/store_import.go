package exchange

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"dingban/app/exchange/record"
	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/vault"
)

// importRow is an import as it is stored.
type importRow struct {
	ID         int64  `xorm:"'id'"`
	ProjectID  int64  `xorm:"'project_id'"`
	PersonID   int64  `xorm:"'person_id'"`
	Kind       string `xorm:"'kind'"`
	Settings   []byte `xorm:"'settings'"`
	Total      int    `xorm:"'total'"`
	Done       int    `xorm:"'done'"`
	CreatedAt  int64  `xorm:"'created_at'"`
	ExpiresAt  int64  `xorm:"'expires_at'"`
	FinishedAt int64  `xorm:"'finished_at'"`

	set string // Settings, opened; empty before the first batch
}

// TableName is for the check that rows and migrations agree.
func (importRow) TableName() string { return "exchange_import" }

func settingsCell(id int64) vault.Cell {
	return vault.Cell{Table: "exchange_import", Column: "settings", Row: id}
}

func objectKey(id int64) string { return "exchange/" + strconv.FormatInt(id, 10) }

func (r *importRow) progress() Progress {
	return Progress{Total: r.Total, Done: r.Done, Finished: r.FinishedAt != 0}
}

// importOf reads an import of the person acting that has not expired.
func (s *Service) importOf(ctx context.Context, projectID, id int64) (*importRow, error) {
	who, _ := actor.From(ctx)
	r := importRow{}
	ok, err := s.db.Session(ctx).SQL("SELECT id, project_id, person_id, kind, settings, total, done, created_at, expires_at, finished_at FROM exchange_import WHERE id = ?", id).Get(&r)
	if err != nil {
		return nil, fmt.Errorf("exchange: read an import: %w", err)
	}
	if !ok || r.ProjectID != projectID || r.PersonID != who.PersonID || r.ExpiresAt <= clock.Millis(s.clock) {
		return nil, errNoImport()
	}
	if len(r.Settings) > 0 {
		if r.set, err = s.vault.OpenText(settingsCell(id), r.Settings); err != nil {
			return nil, fmt.Errorf("exchange: open the settings of an import: %w", err)
		}
	}
	return &r, nil
}

func (s *Service) lockImport(ctx context.Context, projectID, id int64) (*importRow, error) {
	if _, err := s.db.LockRow(ctx, "exchange_import", id); err != nil {
		return nil, err
	}
	return s.importOf(ctx, projectID, id)
}

func (s *Service) insertImport(ctx context.Context, r *importRow) error {
	columns := []string{"id", "project_id", "person_id", "kind", "settings", "total", "done", "created_at", "expires_at", "finished_at"}
	err := s.db.InsertMany(ctx, "exchange_import", columns, [][]any{{r.ID, r.ProjectID, r.PersonID, r.Kind, nil, 0, 0, r.CreatedAt, r.ExpiresAt, 0}})
	if err != nil {
		return fmt.Errorf("exchange: insert an import: %w", err)
	}
	return nil
}

func (s *Service) updateImport(ctx context.Context, r *importRow) error {
	sealed, err := s.vault.SealText(settingsCell(r.ID), r.set)
	if err != nil {
		return fmt.Errorf("exchange: seal the settings of an import: %w", err)
	}
	_, err = s.db.Exec(ctx, "UPDATE exchange_import SET settings = ?, total = ?, done = ?, finished_at = ? WHERE id = ?", sealed, r.Total, r.Done, r.FinishedAt, r.ID)
	if err != nil {
		return fmt.Errorf("exchange: update an import: %w", err)
	}
	return nil
}

// expired finds a few imports whose time is over.
func (s *Service) expired(ctx context.Context, now int64) ([]int64, error) {
	var ids []int64
	err := s.db.Each(ctx, "SELECT id FROM exchange_import WHERE expires_at <= ? ORDER BY expires_at LIMIT 20", []any{now}, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("exchange: find expired imports: %w", err)
	}
	return ids, nil
}

func (s *Service) dropImports(ctx context.Context, ids []int64) error {
	if _, err := s.db.Exec(ctx, "DELETE FROM exchange_import WHERE id IN ("+db.Marks(len(ids))+")", db.Args(ids)...); err != nil {
		return fmt.Errorf("exchange: delete imports: %w", err)
	}
	return nil
}

func (s *Service) dropMade(ctx context.Context, ids []int64) error {
	if _, err := s.db.Exec(ctx, "DELETE FROM exchange_made WHERE import_id IN ("+db.Marks(len(ids))+")", db.Args(ids)...); err != nil {
		return fmt.Errorf("exchange: forget what was made: %w", err)
	}
	return nil
}

func (s *Service) insertMade(ctx context.Context, rows [][]any) error {
	if err := s.db.InsertMany(ctx, "exchange_made", []string{"import_id", "source_row", "task_id"}, rows); err != nil {
		return fmt.Errorf("exchange: note what was made: %w", err)
	}
	return nil
}

// madeFor gives the tasks that were made before of the rows which these records are parts of.
func (s *Service) madeFor(ctx context.Context, id int64, records []record.Record) (map[int]int64, error) {
	made := map[int]int64{}
	args := []any{id}
	for i := range records {
		if up := records[i].ParentRow; up != 0 {
			args = append(args, up)
		}
	}
	if len(args) == 1 {
		return made, nil
	}
	query := "SELECT source_row, task_id FROM exchange_made WHERE import_id = ? AND source_row IN (" + db.Marks(len(args)-1) + ")"
	err := s.db.Each(ctx, query, args, func(rows *sql.Rows) error {
		var row int
		var task int64
		err := rows.Scan(&row, &task)
		made[row] = task
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("exchange: read what was made: %w", err)
	}
	return made, nil
}
