package doctor

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"dingban/dialects"
)

// trial is one thing the server does, tried in the scratch table.
type trial struct {
	name string
	run  func(ctx context.Context, s *scratch) error
}

var errUnexpected = errors.New("it came out otherwise")

// scratch is a table of the doctor's own.
type scratch struct {
	*examination
	table string
}

func (e *examination) tryOut(ctx context.Context) {
	s := &scratch{examination: e, table: "dingban_doctor_" + strings.ToLower(rand.Text()[:10])}
	trials := []trial{
		{"create", tryCreate},
		{"values", tryValues},
		{"comparison", tryComparison},
		{"unique", tryUnique},
		{"too_long", tryTooLong},
		{"upsert", tryUpsert},
		{"insert_ignore", tryInsertIgnore},
		{"rollback", tryRollback},
		{"read_committed", tryReadCommitted},
		{"add_column", tryAddColumn},
	}
	for i, t := range trials {
		if err := t.run(ctx, s); err != nil {
			e.add("try_"+t.name, Failed, "trial_failed", map[string]any{"trial": t.name, "error": err.Error()})
			if i == 0 {
				return // without the table there is nothing to try
			}
			continue
		}
		e.add("try_"+t.name, OK, "trial_passed", map[string]any{"trial": t.name})
	}
	if err := s.exec(context.WithoutCancel(ctx), "DROP TABLE "+s.d.Quote(s.table)); err != nil {
		e.add("try_drop", Failed, "left_behind", map[string]any{"table": s.table, "error": err.Error()})
	}
}

func (s *scratch) exec(ctx context.Context, query string, args ...any) error {
	_, err := s.pool.ExecContext(ctx, query, args...)
	return err
}

func (s *scratch) insert(ctx context.Context, id int64, code string) error {
	return s.exec(ctx, s.d.Insert(s.table, []string{"id", "code"}, 1), id, code)
}

// expect compares the one number of a query.
func (s *scratch) expect(ctx context.Context, want int64, query string, args ...any) error {
	var n int64
	if err := s.pool.QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
		return err
	}
	if n != want {
		return fmt.Errorf("%w: %d, not %d", errUnexpected, n, want)
	}
	return nil
}

func (s *scratch) where(what, column string) string {
	return "SELECT " + what + " FROM " + s.d.Quote(s.table) + " WHERE " + s.d.Quote(column) + " = ?"
}

func (s *scratch) class(err error, want dialects.Class) error {
	if got := s.d.Classify(err); err == nil || got != want {
		return fmt.Errorf("%w: %s, not %s (%v)", errUnexpected, got, want, err) //nolint:errorlint // nil is one of the cases
	}
	return nil
}

func tryCreate(ctx context.Context, s *scratch) error {
	for _, query := range s.d.CreateTable(dialects.Table{
		Name: s.table,
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "number", Type: dialects.Int, NotNull: true, Default: "7"},
			{Name: "flag", Type: dialects.Bool, NotNull: true, Default: "0"},
			{Name: "code", Type: dialects.Code, Size: 20, NotNull: true},
			{Name: "text", Type: dialects.Text, Size: 1000},
			{Name: "long", Type: dialects.LongText},
			{Name: "sealed", Type: dialects.Sealed},
			{Name: "hash", Type: dialects.Bytes, Size: 32},
		},
		PrimaryKey: []string{"id"},
		Indexes:    []dialects.Index{{Name: s.table + "_code", Columns: []string{"code"}, Unique: true}},
	}) {
		if err := s.exec(ctx, query); err != nil {
			return err
		}
	}
	q := s.d.HasTable(s.table)
	return s.expect(ctx, 1, q.SQL, q.Args...)
}

func tryValues(ctx context.Context, s *scratch) error {
	text, long := strings.Repeat("钉办😀'\\\"", 100), strings.Repeat("很长的文字\n", 10_000)
	sealed := make([]byte, 200_000)
	_, _ = rand.Read(sealed) // never fails
	hash := []byte{0, 255, '\'', '\\', 0}
	if err := s.exec(ctx, s.d.Insert(s.table, []string{"id", "code", "text", "long", "sealed", "hash"}, 1), int64(1)<<53-1, "values", text, long, sealed, hash); err != nil {
		return err
	}
	var id int64
	var gotText, gotLong string
	var gotSealed, gotHash []byte
	q := s.d.Quote
	columns := strings.Join([]string{q("id"), q("text"), q("long"), q("sealed"), q("hash")}, ", ")
	if err := s.pool.QueryRowContext(ctx, s.where(columns, "code"), "values").Scan(&id, &gotText, &gotLong, &gotSealed, &gotHash); err != nil {
		return err
	}
	if id != 1<<53-1 || gotText != text || gotLong != long || !bytes.Equal(gotSealed, sealed) || !bytes.Equal(gotHash, hash) {
		return errUnexpected
	}
	return nil
}

func tryComparison(ctx context.Context, s *scratch) error {
	if err := errors.Join(s.insert(ctx, 1, "a"), s.insert(ctx, 2, "A")); err != nil {
		return err
	}
	return s.expect(ctx, 1, s.where("COUNT(*)", "code"), "a")
}

func tryUnique(ctx context.Context, s *scratch) error {
	return errors.Join(s.class(s.insert(ctx, 1, "b"), dialects.Unique), s.class(s.insert(ctx, 3, "a"), dialects.Unique))
}

func tryTooLong(ctx context.Context, s *scratch) error {
	return s.class(s.insert(ctx, 3, strings.Repeat("x", 21)), dialects.TooLong)
}

func tryUpsert(ctx context.Context, s *scratch) error {
	query := s.d.Upsert(s.table, []string{"id"}, []string{"id", "number", "code"}, 2)
	if err := s.exec(ctx, query, 2, 20, "A", 10, 30, "new"); err != nil {
		return err
	}
	return errors.Join(s.expect(ctx, 20, s.where(s.d.Quote("number"), "id"), 2), s.expect(ctx, 30, s.where(s.d.Quote("number"), "id"), 10))
}

func tryInsertIgnore(ctx context.Context, s *scratch) error {
	query := s.d.InsertIgnore(s.table, []string{"id"}, []string{"id", "number", "code"}, 2)
	if err := s.exec(ctx, query, 10, 99, "new", 11, 40, "newer"); err != nil {
		return err
	}
	return errors.Join(s.expect(ctx, 30, s.where(s.d.Quote("number"), "id"), 10), s.expect(ctx, 40, s.where(s.d.Quote("number"), "id"), 11))
}

func tryRollback(ctx context.Context, s *scratch) error {
	tx, err := s.pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, s.d.Insert(s.table, []string{"id", "code"}, 1), 20, "gone")
	if err := errors.Join(err, tx.Rollback()); err != nil {
		return err
	}
	return s.expect(ctx, 0, s.where("COUNT(*)", "id"), 20)
}

// readCommitted looks from a second connection.
func tryReadCommitted(ctx context.Context, s *scratch) error {
	tx, err := s.pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, s.d.Insert(s.table, []string{"id", "code"}, 1), 30, "seen"); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	before := s.expect(ctx, 0, s.where("COUNT(*)", "id"), 30)
	if err := tx.Commit(); err != nil {
		return err
	}
	return errors.Join(before, s.expect(ctx, 1, s.where("COUNT(*)", "id"), 30))
}

func tryAddColumn(ctx context.Context, s *scratch) error {
	if err := s.exec(ctx, s.d.AddColumn(s.table, dialects.Column{Name: "added", Type: dialects.Code, Size: 5, NotNull: true, Default: "'m'"})); err != nil {
		return err
	}
	q := s.d.HasColumn(s.table, "added")
	return s.expect(ctx, 1, q.SQL, q.Args...)
}
