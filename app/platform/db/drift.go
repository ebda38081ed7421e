package db

import (
	"context"
	"fmt"
	"slices"
	"sort"

	"dingban/dialects"
)

// Drift compares the schema with what the chain of migrations declares and with
// the row structs given, and describes every difference. It is the test that a
// fresh database, an upgraded one and the code agree.
func (d *DB) Drift(ctx context.Context, list []Migration, rows ...any) ([]string, error) {
	chain, err := order(list)
	if err != nil {
		return nil, err
	}
	tables := map[string]*dialects.Table{}
	for _, mig := range chain {
		p, err := planOf(ctx, d, mig)
		if err != nil {
			return nil, err
		}
		for _, s := range p.steps {
			declare(tables, s)
		}
	}
	names := make([]string, 0, len(tables))
	for name := range tables {
		names = append(names, name)
	}
	sort.Strings(names)

	var drift []string
	for _, name := range names {
		found, err := d.tableDrift(ctx, tables[name])
		if err != nil {
			return nil, err
		}
		drift = append(drift, found...)
	}
	for _, row := range rows {
		found, err := d.rowDrift(tables, row)
		if err != nil {
			return nil, err
		}
		drift = append(drift, found...)
	}
	return drift, nil
}

// declare applies a recorded step to the tables as they are declared so far.
func declare(tables map[string]*dialects.Table, s step) {
	switch s.Kind {
	case "table":
		t := *s.Table
		t.Columns = slices.Clone(t.Columns)
		t.Indexes = slices.Clone(t.Indexes)
		tables[t.Name] = &t
	case "column":
		if t := tables[s.On]; t != nil {
			t.Columns = append(t.Columns, *s.Column)
		}
	case "index":
		if t := tables[s.On]; t != nil {
			t.Indexes = append(t.Indexes, *s.Index)
		}
	case "drop index":
		if t := tables[s.On]; t != nil {
			t.Indexes = slices.DeleteFunc(t.Indexes, func(i dialects.Index) bool { return i.Name == s.Name })
		}
	}
}

func (d *DB) tableDrift(ctx context.Context, t *dialects.Table) ([]string, error) {
	q := d.dialect.Columns(t.Name)
	columns, err := d.Session(ours(ctx)).SQL(q.SQL, q.Args...).QuerySliceString()
	if err != nil {
		return nil, fmt.Errorf("columns of %s: %w", t.Name, err)
	}
	if len(columns) == 0 {
		return []string{"table " + t.Name + " is missing"}, nil
	}
	var drift []string
	types := make(map[string]string, len(columns))
	for _, c := range columns {
		types[c[0]] = c[1]
	}
	for _, c := range t.Columns {
		found, ok := types[c.Name]
		switch {
		case !ok:
			drift = append(drift, fmt.Sprintf("column %s.%s is missing", t.Name, c.Name))
		case !dialects.SameType(d.dialect, c, found):
			drift = append(drift, fmt.Sprintf("column %s.%s is %s, declared %s(%d)", t.Name, c.Name, found, c.Type, c.Size))
		}
		delete(types, c.Name)
	}
	for name := range types {
		drift = append(drift, fmt.Sprintf("column %s.%s is not declared", t.Name, name))
	}

	q = d.dialect.Indexes(t.Name)
	found, err := d.Session(ours(ctx)).SQL(q.SQL, q.Args...).QuerySliceString()
	if err != nil {
		return nil, fmt.Errorf("indexes of %s: %w", t.Name, err)
	}
	indexes := map[string]bool{}
	for _, i := range found {
		indexes[i[0]] = true
	}
	for _, i := range t.Indexes {
		if !indexes[i.Name] {
			drift = append(drift, fmt.Sprintf("index %s of %s is missing", i.Name, t.Name))
		}
		delete(indexes, i.Name)
	}
	for name := range indexes {
		drift = append(drift, fmt.Sprintf("index %s of %s is not declared", name, t.Name))
	}
	sort.Strings(drift)
	return drift, nil
}

// rowDrift compares a row struct with the declared table.
func (d *DB) rowDrift(tables map[string]*dialects.Table, row any) ([]string, error) {
	info, err := d.engine.TableInfo(row)
	if err != nil {
		return nil, fmt.Errorf("row struct %T: %w", row, err)
	}
	t := tables[info.Name]
	if t == nil {
		return []string{fmt.Sprintf("%T: no migration makes table %s", row, info.Name)}, nil
	}
	var drift []string
	declared := map[string]bool{}
	for _, c := range t.Columns {
		declared[c.Name] = true
		if info.GetColumn(c.Name) == nil {
			drift = append(drift, fmt.Sprintf("%T has no field for column %s.%s", row, t.Name, c.Name))
		}
	}
	for _, c := range info.Columns() {
		if !declared[c.Name] {
			drift = append(drift, fmt.Sprintf("%T has a field for column %s.%s, which no migration makes", row, t.Name, c.Name))
		}
	}
	return drift, nil
}
