package db

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"sort"
	"time"

	"dingban/app/platform/clock"
	"dingban/dialects"
)

// Migration is one frozen change of the schema. Its id begins with the time it was
// written, "20261124100000_task_create", and orders it among those of all modules.
// Once released it never changes: the next change is the next migration.
type Migration struct {
	ID     string
	Module string
	// Up makes the change with the Migrator only. It is also run without a database,
	// to learn what it would do, so it must not decide by what it reads (see
	// Migrator.Do).
	Up func(ctx context.Context, m *Migrator) error
}

// MigrationTable is where the chain notes its steps.
const MigrationTable = "schema_migration"

func migrationDDL() dialects.Table {
	return dialects.Table{
		Name: MigrationTable,
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.Code, Size: 120, NotNull: true},
			{Name: "module", Type: dialects.Code, Size: 40, NotNull: true},
			{Name: "checksum", Type: dialects.Code, Size: 64, NotNull: true},
			{Name: "applied_at", Type: dialects.Time, NotNull: true},
			{Name: "duration", Type: dialects.Int, NotNull: true},
		},
		PrimaryKey: []string{"id"},
	}
}

type appliedRow struct {
	ID       string `xorm:"id"`
	Module   string `xorm:"module"`
	Checksum string `xorm:"checksum"`
}

// ErrNewerSchema says that the database was migrated by a newer release. Running
// the older one on it could lose data.
var ErrNewerSchema = errors.New("the database belongs to a newer release of DingBan; install that release or restore a backup made before the upgrade")

// ErrChanged says that a migration is not what it was when it was applied.
var ErrChanged = errors.New("a migration was changed after it had been applied")

var migrationForm = regexp.MustCompile(`^[0-9]{14}_[a-z][a-z0-9_]{2,90}$`)

// The lease is renewed far more often than it expires; a server that dies while
// migrating holds up the next one for this long.
const migrationLease = 30 * time.Second

// Migrate brings the schema to the end of the chain, on a new database and an old
// one alike. Servers that start together take turns. Each step is idempotent,
// because most engines commit with every DDL statement: an interrupted chain goes
// on where it stopped.
func (d *DB) Migrate(ctx context.Context, list []Migration) (err error) {
	chain, err := order(list)
	if err != nil {
		return err
	}
	if !d.dialect.SingleWriter() {
		if d, err = d.patient(); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, d.Close()) }()
	}
	m := &Migrator{db: d, ctx: ctx}
	for _, t := range []dialects.Table{leaseDDL(), migrationDDL()} {
		if err := m.CreateTable(t); err != nil {
			return fmt.Errorf("prepare migrations: %w", err)
		}
	}
	lease := d.NewLease("migration", migrationLease)
	if err := d.waitForLease(ctx, lease); err != nil {
		return err
	}
	runErr := d.migrate(ctx, lease, chain)
	if err := lease.Release(context.WithoutCancel(ctx)); err != nil {
		return errors.Join(runErr, err)
	}
	return runErr
}

func (d *DB) waitForLease(ctx context.Context, lease *Lease) error {
	for waited := false; ; waited = true {
		ok, err := lease.Acquire(ctx)
		if err != nil {
			return fmt.Errorf("wait for my turn to migrate: %w", err)
		}
		if ok {
			return nil
		}
		if !waited {
			d.log.InfoContext(ctx, "another server is migrating the database, waiting")
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("wait for my turn to migrate: %w", ctx.Err())
		}
	}
}

func (d *DB) migrate(ctx context.Context, lease *Lease, chain []Migration) error {
	q := d.dialect.Quote
	var rows []appliedRow
	if err := d.Session(ctx).SQL("SELECT " + q("id") + ", " + q("module") + ", " + q("checksum") + " FROM " + q(MigrationTable) + " ORDER BY " + q("id")).Find(&rows); err != nil {
		return fmt.Errorf("read applied migrations: %w", err)
	}
	applied := make(map[string]appliedRow, len(rows))
	newest := ""
	for _, r := range rows {
		applied[r.ID] = r
		newest = max(newest, r.ID)
	}
	known := make(map[string]bool, len(chain))
	for _, mig := range chain {
		known[mig.ID] = true
	}
	for _, r := range rows {
		if !known[r.ID] {
			return fmt.Errorf("%w (it has %s of module %s)", ErrNewerSchema, r.ID, r.Module)
		}
	}
	for _, mig := range chain {
		plan, err := planOf(ctx, d, mig)
		if err != nil {
			return err
		}
		sum := plan.checksum()
		if r, ok := applied[mig.ID]; ok {
			if r.Checksum != sum {
				return fmt.Errorf("%w: %s", ErrChanged, mig.ID)
			}
			continue
		}
		if mig.ID < newest {
			return fmt.Errorf("migration %s is older than %s, which is applied already; give it a later id", mig.ID, newest)
		}
		if err := d.apply(ctx, lease, mig, sum); err != nil {
			return err
		}
	}
	return nil
}

func (d *DB) apply(ctx context.Context, lease *Lease, mig Migration, sum string) error {
	begin := clock.Mark()
	stop := d.keepAlive(ctx, lease)
	err := mig.Up(ctx, &Migrator{db: d, ctx: ctx})
	if leaseErr := stop(); err == nil {
		err = leaseErr
	}
	if err != nil {
		return fmt.Errorf("migration %s: %w", mig.ID, err)
	}
	took := time.Since(begin)
	if err := d.InsertMany(ctx, MigrationTable, []string{"id", "module", "checksum", "applied_at", "duration"},
		[][]any{{mig.ID, mig.Module, sum, clock.Millis(d.clock), took.Milliseconds()}}); err != nil {
		return fmt.Errorf("record migration %s: %w", mig.ID, err)
	}
	d.log.InfoContext(ctx, "migrated", "migration", mig.ID, "took", took.Round(time.Millisecond))
	return nil
}

// keepAlive renews the lease while a long step runs; stop waits for its end.
func (d *DB) keepAlive(ctx context.Context, lease *Lease) (stop func() error) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() {
		tick := time.NewTicker(migrationLease / 4)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				done <- nil
				return
			case <-tick.C:
				if ok, err := lease.Acquire(ctx); err == nil && !ok {
					done <- ErrLeaseLost
					return
				}
			}
		}
	}()
	return func() error {
		cancel()
		return <-done
	}
}

// order checks the ids and sorts the chain.
func order(list []Migration) ([]Migration, error) {
	chain := append([]Migration(nil), list...)
	sort.Slice(chain, func(i, j int) bool { return chain[i].ID < chain[j].ID })
	for i, mig := range chain {
		switch {
		case !migrationForm.MatchString(mig.ID):
			return nil, fmt.Errorf("migration id %q: want 20060102150405_module_what", mig.ID)
		case mig.Module == "" || mig.Up == nil:
			return nil, fmt.Errorf("migration %s needs a module and an Up", mig.ID)
		case i > 0 && chain[i-1].ID == mig.ID:
			return nil, fmt.Errorf("migration %s exists twice", mig.ID)
		}
	}
	return chain, nil
}
