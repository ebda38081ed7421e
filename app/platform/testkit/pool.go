package testkit

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"sync"
	"testing"

	"dingban/app/platform/db"
	"dingban/dialects"
)

// databases are migrated databases of MySQL that a test has given back, emptied. Migrating one takes longer than most
// tests do, and a test that left the schema alone leaves one like new. They stay on the server when the process ends.
var databases = &databasePool{free: map[string][]*pooled{}}

type databasePool struct {
	mu   sync.Mutex
	free map[string][]*pooled
}

type pooled struct {
	dsn  string
	drop func() error
	// shape is what the schema looked like and which steps of the chain it had when it was new.
	shape string
}

// migrated gives a test a database with the whole chain, and takes it back when the test ends.
func migrated(ctx context.Context, t testing.TB, server string, migrations []db.Migration) (dsn string, err error) {
	u, err := url.Parse(server)
	if err != nil || u.Scheme != dialects.MySQL { // elsewhere migrating costs little
		dsn, drop, err := createDatabase(ctx, server)
		if err != nil {
			return "", err
		}
		t.Cleanup(func() { report(t, drop()) })
		return dsn, migrate(ctx, dsn, migrations)
	}
	key := server + "\n" + idsOf(migrations)
	p := databases.take(key)
	if p == nil {
		p = &pooled{}
		if p.dsn, p.drop, err = createDatabase(ctx, server); err != nil {
			return "", err
		}
		if err := migrate(ctx, p.dsn, migrations); err != nil {
			return "", errors.Join(err, p.drop())
		}
		if p.shape, err = shapeOf(ctx, p.dsn); err != nil {
			return "", errors.Join(err, p.drop())
		}
	}
	t.Cleanup(func() {
		if t.Failed() || p.empty(context.Background()) != nil {
			report(t, p.drop())
			return
		}
		databases.put(key, p)
	})
	return p.dsn, nil
}

// Migrated gives a test that starts a whole server a database on the server of DINGBAN_TEST_DSN that has the chain
// already; ok is false when the tests run on SQLite.
func Migrated(t testing.TB, migrations []db.Migration) (dsn string, ok bool) {
	t.Helper()
	server := os.Getenv(EnvDSN)
	if server == "" {
		return "", false
	}
	dsn, err := migrated(context.Background(), t, server, migrations)
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	return dsn, true
}

func report(t testing.TB, err error) {
	if err != nil {
		t.Errorf("testkit: %v", err)
	}
}

func migrate(ctx context.Context, dsn string, migrations []db.Migration) error {
	d, err := db.Open(ctx, db.Options{DSN: dsn, GuardSubset: true})
	if err != nil {
		return err
	}
	return errors.Join(d.Migrate(ctx, migrations), d.Close())
}

func (p *databasePool) take(key string) *pooled {
	p.mu.Lock()
	defer p.mu.Unlock()
	free := p.free[key]
	if len(free) == 0 {
		return nil
	}
	p.free[key] = free[:len(free)-1]
	return free[len(free)-1]
}

func (p *databasePool) put(key string, d *pooled) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free[key] = append(p.free[key], d)
}

// empty takes every row out of a database but those of the chain itself. It refuses one whose schema or chain is not what
// it was.
func (p *pooled) empty(ctx context.Context) error {
	engine, _, err := dialects.Open(p.dsn, dialects.Options{Pool: dialects.Pool{MaxOpen: 1}})
	if err != nil {
		return err
	}
	err = p.emptyWith(ctx, engine.DB().DB)
	return errors.Join(err, engine.Close())
}

func (p *pooled) emptyWith(ctx context.Context, conn *sql.DB) error {
	shape, tables, err := look(ctx, conn)
	if err != nil {
		return err
	}
	if shape != p.shape {
		return errors.New("testkit: the schema is not what it was")
	}
	// What a killed server still holds is let go by dropping the database instead.
	if _, err := conn.ExecContext(ctx, "SET SESSION innodb_lock_wait_timeout = 1, lock_wait_timeout = 1"); err != nil {
		return fmt.Errorf("testkit: %w", err)
	}
	for _, table := range tables {
		if table == db.MigrationTable {
			continue
		}
		if _, err := conn.ExecContext(ctx, "DELETE FROM `"+table+"`"); err != nil {
			return fmt.Errorf("testkit: empty %s: %w", table, err)
		}
	}
	return nil
}

func shapeOf(ctx context.Context, dsn string) (string, error) {
	engine, _, err := dialects.Open(dsn, dialects.Options{Pool: dialects.Pool{MaxOpen: 1}})
	if err != nil {
		return "", err
	}
	shape, tables, err := look(ctx, engine.DB().DB)
	for _, table := range tables {
		if err != nil || table == db.MigrationTable {
			continue
		}
		// Emptying would lose what a step of the chain has written.
		var n int
		if err = engine.DB().DB.QueryRowContext(ctx, "SELECT COUNT(*) FROM `"+table+"`").Scan(&n); err == nil && n > 0 {
			shape = "rows of the chain in " + table
		}
	}
	return shape, errors.Join(err, engine.Close())
}

// look describes the columns, the indexes and the chain of a MySQL database, and lists its tables.
func look(ctx context.Context, conn *sql.DB) (shape string, tables []string, err error) {
	h := sha256.New()
	for _, query := range []string{
		"SELECT table_name, column_name, column_type, is_nullable FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position",
		"SELECT table_name, index_name, column_name, seq_in_index FROM information_schema.statistics WHERE table_schema = DATABASE() ORDER BY table_name, index_name, seq_in_index",
		"SELECT id, module, checksum, '' FROM `" + db.MigrationTable + "` ORDER BY id",
	} {
		names, err := fold(ctx, conn, h, query)
		if err != nil {
			return "", nil, fmt.Errorf("testkit: look at a database: %w", err)
		}
		if tables == nil {
			tables = names
		}
	}
	return hex.EncodeToString(h.Sum(nil)), tables, nil
}

// fold hashes the rows of a query with four columns, and lists what stands in the first.
func fold(ctx context.Context, conn *sql.DB, h io.Writer, query string) (first []string, err error) {
	rows, err := conn.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var v [4]string
		if err := rows.Scan(&v[0], &v[1], &v[2], &v[3]); err != nil {
			return nil, err
		}
		fmt.Fprintf(h, "%q\n", v)
		if !slices.Contains(first, v[0]) {
			first = append(first, v[0])
		}
	}
	return first, rows.Err()
}
