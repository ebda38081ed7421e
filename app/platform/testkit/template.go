package testkit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"

	"dingban/app/platform/db"
	"dingban/app/platform/vault"
)

// templates is the one thing the tests of a process share: migrated databases that
// are only read. Migrating for each test would take longer than most tests do.
var templates = &templateCache{ready: map[string]*template{}}

type templateCache struct {
	mu    sync.Mutex
	ready map[string]*template
}

// template is a migrated database with its key file, in memory.
type template struct {
	once     sync.Once
	database []byte
	kek      []byte
	err      error
}

// idsOf names a chain by its steps.
func idsOf(migrations []db.Migration) string {
	ids := make([]string, len(migrations))
	for i, m := range migrations {
		ids[i] = m.ID
	}
	sort.Strings(ids)
	return strings.Join(ids, "\n")
}

func (c *templateCache) get(ctx context.Context, migrations []db.Migration) (*template, error) {
	key := idsOf(migrations)
	c.mu.Lock()
	t := c.ready[key]
	if t == nil {
		t = &template{}
		c.ready[key] = t
	}
	c.mu.Unlock()
	t.once.Do(func() { t.err = t.make(ctx, migrations) })
	return t, t.err
}

func (t *template) make(ctx context.Context, migrations []db.Migration) (err error) {
	dir, err := os.MkdirTemp("", "dingban-template-")
	if err != nil {
		return fmt.Errorf("make a template: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file, kek := filepath.Join(dir, "template.db"), filepath.Join(dir, "kek")
	if err := fill(ctx, file, kek, migrations); err != nil {
		return err
	}
	// Closing the last connection has moved the log into the file.
	if t.database, err = os.ReadFile(file); err != nil {
		return fmt.Errorf("make a template: %w", err)
	}
	if t.kek, err = os.ReadFile(kek); err != nil {
		return fmt.Errorf("make a template: %w", err)
	}
	return nil
}

func fill(ctx context.Context, file, kek string, migrations []db.Migration) (err error) {
	d, err := db.Open(ctx, db.Options{DSN: sqliteDSN(file), GuardSubset: true})
	if err != nil {
		return fmt.Errorf("make a template: %w", err)
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.Migrate(ctx, migrations); err != nil {
		return fmt.Errorf("make a template: %w", err)
	}
	v, err := vault.Open(ctx, vault.Options{KEKFile: kek, DB: d, Create: true})
	if err != nil {
		return fmt.Errorf("make a template: %w", err)
	}
	if err := v.Close(ctx); err != nil {
		return fmt.Errorf("make a template: %w", err)
	}
	return nil
}
