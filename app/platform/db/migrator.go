package db

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/emmansun/gmsm/sm3"

	"dingban/app/platform/clock"
	"dingban/dialects"
)

// Migrator changes the schema. Every step looks into the catalogue first and does
// nothing when its work is done already.
type Migrator struct {
	db *DB
	// ctx is that of Up: a Migrator lives exactly as long as the call it belongs to.
	ctx context.Context
	// plan, if set, records the steps instead of taking them.
	plan *plan
}

// CreateTable makes a table and its indexes.
func (m *Migrator) CreateTable(t dialects.Table) error {
	if err := t.Check(); err != nil {
		return err
	}
	if m.plan != nil {
		m.plan.add(step{Kind: "table", Table: &t})
		return nil
	}
	has, err := m.has(m.db.dialect.HasTable(t.Name))
	if err != nil {
		return err
	}
	if !has {
		err := m.runAll(m.db.dialect.CreateTable(t))
		if err == nil {
			return nil
		}
		// Another server may have been faster; its table is as good.
		if again, hasErr := m.has(m.db.dialect.HasTable(t.Name)); hasErr != nil || !again {
			return fmt.Errorf("create table %s: %w", t.Name, err)
		}
	}
	// The table is there, perhaps from an interrupted attempt that did not come to
	// its indexes.
	for _, i := range t.Indexes {
		if err := m.CreateIndex(t.Name, i); err != nil {
			return err
		}
	}
	return nil
}

// AddColumn adds a column. NotNull needs a default, for the rows that exist.
func (m *Migrator) AddColumn(table string, c dialects.Column) error {
	if err := c.Check(); err != nil {
		return err
	}
	if c.NotNull && c.Default == "" {
		return fmt.Errorf("column %s.%s: rows that exist need a default", table, c.Name)
	}
	if m.plan != nil {
		m.plan.add(step{Kind: "column", On: table, Column: &c})
		return nil
	}
	has, err := m.has(m.db.dialect.HasColumn(table, c.Name))
	if err != nil || has {
		return err
	}
	if err := m.run(m.db.dialect.AddColumn(table, c)); err != nil {
		return fmt.Errorf("add column %s.%s: %w", table, c.Name, err)
	}
	return nil
}

// CreateIndex adds an index.
func (m *Migrator) CreateIndex(table string, i dialects.Index) error {
	if err := i.Check(table); err != nil {
		return err
	}
	if m.plan != nil {
		m.plan.add(step{Kind: "index", On: table, Index: &i})
		return nil
	}
	has, err := m.has(m.db.dialect.HasIndex(table, i.Name))
	if err != nil || has {
		return err
	}
	if err := m.run(m.db.dialect.CreateIndex(table, i)); err != nil {
		return fmt.Errorf("create index %s: %w", i.Name, err)
	}
	return nil
}

// DropIndex removes an index.
func (m *Migrator) DropIndex(table, name string) error {
	if m.plan != nil {
		m.plan.add(step{Kind: "drop index", On: table, Name: name})
		return nil
	}
	has, err := m.has(m.db.dialect.HasIndex(table, name))
	if err != nil || !has {
		return err
	}
	if err := m.run(m.db.dialect.DropIndex(table, name)); err != nil {
		return fmt.Errorf("drop index %s: %w", name, err)
	}
	return nil
}

// Exec runs one statement on the rows. It must be harmless when run twice.
func (m *Migrator) Exec(sql string, args ...any) error {
	if m.plan != nil {
		m.plan.add(step{Kind: "exec", Name: sql})
		return nil
	}
	_, err := m.db.Exec(m.ctx, sql, args...)
	return err
}

// Do runs a step written in Go, for what takes reading before writing. The name
// stands for it in the checksum. It must be harmless when run twice.
func (m *Migrator) Do(name string, fn func(ctx context.Context, d *DB) error) error {
	if m.plan != nil {
		m.plan.add(step{Kind: "do", Name: name})
		return nil
	}
	if err := fn(m.ctx, m.db); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// Quote quotes a name for Exec.
func (m *Migrator) Quote(name string) string { return m.db.dialect.Quote(name) }

// NewID and Now are for rows that a migration inserts.
func (m *Migrator) NewID() int64 { return m.db.NewID() }

// Now is the present in UTC milliseconds.
func (m *Migrator) Now() int64 { return clock.Millis(m.db.clock) }

func (m *Migrator) has(q dialects.Query) (bool, error) {
	var n int64
	if _, err := m.db.Session(ours(m.ctx)).SQL(q.SQL, q.Args...).Get(&n); err != nil {
		return false, fmt.Errorf("look into the catalogue: %w", err)
	}
	return n > 0, nil
}

func (m *Migrator) runAll(statements []string) error {
	for _, sql := range statements {
		if err := m.run(sql); err != nil {
			return err
		}
	}
	return nil
}

func (m *Migrator) run(sql string) error {
	_, err := m.db.Exec(ours(m.ctx), sql)
	return err
}

// step is one recorded call. Its JSON is what the checksum covers, so fields may
// be added here only with omitempty.
type step struct {
	Kind   string
	On     string           `json:",omitempty"`
	Name   string           `json:",omitempty"`
	Table  *dialects.Table  `json:",omitempty"`
	Column *dialects.Column `json:",omitempty"`
	Index  *dialects.Index  `json:",omitempty"`
}

type plan struct{ steps []step }

func (p *plan) add(s step) { p.steps = append(p.steps, s) }

// checksum is the same for every dialect: a backup may be restored on another one.
func (p *plan) checksum() string {
	h := sm3.New()
	for _, s := range p.steps {
		b, err := json.Marshal(s)
		if err != nil {
			panic(fmt.Sprintf("db: a migration step of kind %s: %v", s.Kind, err))
		}
		h.Write(b)
		h.Write([]byte{'\n'})
	}
	return hex.EncodeToString(h.Sum(nil))
}

// planOf runs a migration without a database to learn what it does.
func planOf(ctx context.Context, d *DB, mig Migration) (*plan, error) {
	p := &plan{}
	if err := mig.Up(ctx, &Migrator{db: d, ctx: ctx, plan: p}); err != nil {
		return nil, fmt.Errorf("migration %s: %w", mig.ID, err)
	}
	return p, nil
}
