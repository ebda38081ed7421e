package reseal

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/vault"
	"dingban/dialects"
)

const table = "vault_reseal"

// Migrations makes the table of how far the columns are.
func Migrations() []db.Migration {
	return []db.Migration{{
		ID:     "20261127000100_vault_reseal",
		Module: "vault",
		Up: func(_ context.Context, m *db.Migrator) error {
			return m.CreateTable(dialects.Table{
				Name: "vault_reseal",
				Columns: []dialects.Column{
					{Name: "place", Type: dialects.Code, Size: 128, NotNull: true},
					{Name: "key_id", Type: dialects.Int, NotNull: true},
					{Name: "key_at", Type: dialects.Time, NotNull: true},
					{Name: "suite", Type: dialects.Code, Size: 32, NotNull: true},
					{Name: "last_key", Type: dialects.Int, NotNull: true},
					{Name: "passes", Type: dialects.Int, NotNull: true},
					{Name: "total", Type: dialects.Int, NotNull: true},
					{Name: "seen", Type: dialects.Int, NotNull: true},
					{Name: "moved", Type: dialects.Int, NotNull: true},
					{Name: "pass_moved", Type: dialects.Int, NotNull: true},
					{Name: "damaged", Type: dialects.Int, NotNull: true},
					{Name: "started_at", Type: dialects.Time, NotNull: true},
					{Name: "updated_at", Type: dialects.Time, NotNull: true},
					{Name: "finished_at", Type: dialects.Time, NotNull: true},
				},
				PrimaryKey: []string{"place"},
			})
		},
	}}
}

type stateRow struct {
	Place      string `xorm:"pk 'place'"`
	KeyID      int64  `xorm:"'key_id'"`
	KeyAt      int64  `xorm:"'key_at'"`
	Suite      string `xorm:"'suite'"`
	LastKey    int64  `xorm:"'last_key'"`
	Passes     int64  `xorm:"'passes'"`
	Total      int64  `xorm:"'total'"`
	Seen       int64  `xorm:"'seen'"`
	Moved      int64  `xorm:"'moved'"`
	PassMoved  int64  `xorm:"'pass_moved'"`
	Damaged    int64  `xorm:"'damaged'"`
	StartedAt  int64  `xorm:"'started_at'"`
	UpdatedAt  int64  `xorm:"'updated_at'"`
	FinishedAt int64  `xorm:"'finished_at'"`
}

func (stateRow) TableName() string { return table }

func (s stateRow) isFor(t vault.Target) bool { return s.KeyID == int64(t.Key) && s.Suite == t.Suite }

func (s stateRow) progress() Progress {
	return Progress{
		Place: s.Place, Target: vault.Target{Key: uint32(s.KeyID), CreatedAt: s.KeyAt, Suite: s.Suite}, Passes: s.Passes, Total: s.Total,
		Seen: s.Seen, Moved: s.Moved, Damaged: s.Damaged, Started: s.StartedAt, Updated: s.UpdatedAt, Finished: s.FinishedAt,
	}
}

func (w *Worker) states(ctx context.Context) (map[string]stateRow, error) {
	var rows []stateRow
	if err := w.o.DB.Session(ctx).Find(&rows); err != nil {
		return nil, fmt.Errorf("reseal: read %s: %w", table, err)
	}
	out := make(map[string]stateRow, len(rows))
	for _, r := range rows {
		out[r.Place] = r
	}
	return out, nil
}

// begin gives how far a column is, begun anew when it is for another key or suite.
func (w *Worker) begin(ctx context.Context, c vault.Column) (stateRow, error) {
	states, err := w.states(ctx)
	if err != nil {
		return stateRow{}, err
	}
	target := w.o.Vault.Target(c)
	if s, ok := states[c.Place()]; ok && s.isFor(target) {
		return s, nil
	}
	s := stateRow{Place: c.Place(), KeyID: int64(target.Key), KeyAt: target.CreatedAt, Suite: target.Suite, StartedAt: clock.Millis(w.o.Clock)}
	s.UpdatedAt = s.StartedAt
	q := w.o.DB.Dialect().Quote
	err = w.o.DB.Each(ctx, "SELECT COUNT(*) FROM "+q(c.Table)+" WHERE "+q(c.Column)+" IS NOT NULL", nil, func(sr *sql.Rows) error { return sr.Scan(&s.Total) })
	if err != nil {
		return stateRow{}, fmt.Errorf("reseal: count %s: %w", c.Place(), err)
	}
	return s, w.save(ctx, s)
}

func (w *Worker) save(ctx context.Context, s stateRow) error {
	cols := strings.Fields("place key_id key_at suite last_key passes total seen moved pass_moved damaged started_at updated_at finished_at")
	err := w.o.DB.Upsert(ctx, table, []string{"place"}, cols, [][]any{{
		s.Place, s.KeyID, s.KeyAt, s.Suite, s.LastKey, s.Passes, s.Total, s.Seen, s.Moved, s.PassMoved, s.Damaged, s.StartedAt, s.UpdatedAt, s.FinishedAt,
	}})
	if err != nil {
		return fmt.Errorf("reseal: write %s: %w", table, err)
	}
	return nil
}

// Read tells how far each column was, of a database whose vault nobody has opened.
func Read(ctx context.Context, d *db.DB) ([]Progress, error) {
	states, err := (&Worker{o: Options{DB: d}}).states(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Progress, 0, len(states))
	for _, s := range states {
		out = append(out, s.progress())
	}
	slices.SortFunc(out, func(a, b Progress) int { return strings.Compare(a.Place, b.Place) })
	return out, nil
}
