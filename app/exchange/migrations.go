package exchange

import (
	"context"

	"dingban/app/platform/db"
	"dingban/app/platform/vault"
	"dingban/dialects"
)

// Sealed are the module's sealed columns.
func Sealed() []vault.Column {
	return []vault.Column{{Table: "calendar_feed", Column: "name"}, {Table: "exchange_import", Column: "settings"}}
}

// Migrations are the module's steps in the chain.
func Migrations() []db.Migration {
	return []db.Migration{
		{ID: "20261128210100_calendar_feed", Module: "exchange", Up: createFeeds},
		{ID: "20261128210200_exchange_import", Module: "exchange", Up: createImports},
		{ID: "20261128210300_exchange_made", Module: "exchange", Up: createMade},
	}
}

func createFeeds(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "calendar_feed",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "person_id", Type: dialects.ID, NotNull: true},
			{Name: "place", Type: dialects.Int, NotNull: true},
			{Name: "name", Type: dialects.Sealed, Size: 300},
			{Name: "hash", Type: dialects.Code, Size: 64, NotNull: true},
			{Name: "created_at", Type: dialects.Time, NotNull: true},
			{Name: "read_at", Type: dialects.Time, NotNull: true, Default: "0"},
		},
		PrimaryKey: []string{"id"},
		Indexes: []dialects.Index{
			{Name: "calendar_feed_place", Columns: []string{"person_id", "place"}, Unique: true},
			{Name: "calendar_feed_hash", Columns: []string{"hash"}, Unique: true},
		},
	})
}

func createImports(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "exchange_import",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "project_id", Type: dialects.ID, NotNull: true},
			{Name: "person_id", Type: dialects.ID, NotNull: true},
			{Name: "kind", Type: dialects.Code, Size: 16, NotNull: true},
			{Name: "settings", Type: dialects.Sealed, Size: 60000},
			{Name: "total", Type: dialects.Int, NotNull: true},
			{Name: "done", Type: dialects.Int, NotNull: true},
			{Name: "created_at", Type: dialects.Time, NotNull: true},
			{Name: "expires_at", Type: dialects.Time, NotNull: true},
			{Name: "finished_at", Type: dialects.Time, NotNull: true, Default: "0"},
		},
		PrimaryKey: []string{"id"},
		Indexes:    []dialects.Index{{Name: "exchange_import_expires", Columns: []string{"expires_at"}}},
	})
}

func createMade(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "exchange_made",
		Columns: []dialects.Column{
			{Name: "import_id", Type: dialects.ID, NotNull: true},
			{Name: "source_row", Type: dialects.Int, NotNull: true},
			{Name: "task_id", Type: dialects.ID, NotNull: true},
		},
		PrimaryKey: []string{"import_id", "source_row"},
	})
}
