package db_test

import (
	"context"
	"strings"
	"testing"

	"dingban/app/platform/db"
	"dingban/app/platform/testkit"
	"dingban/dialects"
)

func thingTable() dialects.Table {
	return dialects.Table{
		Name: "thing",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "code", Type: dialects.Code, Size: 20, NotNull: true},
			{Name: "number", Type: dialects.Int, NotNull: true, Default: "0"},
		},
		PrimaryKey: []string{"id"},
		Indexes:    []dialects.Index{{Name: "thing_code", Columns: []string{"code"}, Unique: true}},
	}
}

func things() []db.Migration {
	return []db.Migration{{
		// Of a far future, as all of the tests: behind every step of the product.
		ID: "20991124090000_thing_create", Module: "thing",
		Up: func(_ context.Context, m *db.Migrator) error { return m.CreateTable(thingTable()) },
	}}
}

type thing struct {
	ID     int64  `xorm:"id pk"`
	Code   string `xorm:"code"`
	Number int64  `xorm:"number"`
}

func (thing) TableName() string { return "thing" }

func open(t *testing.T) *db.DB {
	t.Helper()
	return testkit.New(t, things()).DB
}

func add(ctx context.Context, d *db.DB, id int64, code string) error {
	return d.InsertMany(ctx, "thing", []string{"id", "code"}, [][]any{{id, code}})
}

func count(t *testing.T, d *db.DB) int64 {
	t.Helper()
	n, err := d.Session(t.Context()).Count(&thing{})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// with adds an option to a DSN.
func with(dsn, option string) string {
	if strings.Contains(dsn, "?") {
		return dsn + "&" + option
	}
	return dsn + "?" + option
}
