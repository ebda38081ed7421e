package db

import (
	"context"
	"fmt"

	"dingban/app/platform/clock"
	"dingban/dialects"
)

// Render gives the statements that a chain of migrations would run on an empty
// database of a dialect, in order. It needs no server: this is how the schema for
// Dameng is reviewed. Steps written in Go appear as comments.
func Render(ctx context.Context, dialect dialects.Dialect, list []Migration) ([]string, error) {
	chain, err := order(list)
	if err != nil {
		return nil, err
	}
	ids, err := newIDMaker(clock.System(), 0)
	if err != nil {
		return nil, err
	}
	// Enough of a DB for the questions a plan may ask.
	d := &DB{dialect: dialect, clock: clock.System(), ids: ids}
	statements := append(dialect.CreateTable(leaseDDL()), dialect.CreateTable(migrationDDL())...)
	for _, mig := range chain {
		p, err := planOf(ctx, d, mig)
		if err != nil {
			return nil, err
		}
		for _, s := range p.steps {
			statements = append(statements, s.render(dialect)...)
		}
	}
	return statements, nil
}

func (s step) render(d dialects.Dialect) []string {
	switch s.Kind {
	case "table":
		return d.CreateTable(*s.Table)
	case "column":
		return []string{d.AddColumn(s.On, *s.Column)}
	case "index":
		return []string{d.CreateIndex(s.On, *s.Index)}
	case "drop index":
		return []string{d.DropIndex(s.On, s.Name)}
	case "exec":
		return []string{s.Name}
	default:
		return []string{fmt.Sprintf("-- %s: %s", s.Kind, s.Name)}
	}
}
