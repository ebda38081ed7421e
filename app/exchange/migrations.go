package exchange

import (
	"context"

	"dingban/app/platform/db"
	"dingban/app/platform/vault"
	"dingban/dialects"
)

// Sealed are the module's sealed columns.
func Sealed() []vault.Column { return []vault.Column{{Table: "calendar_feed", Column: "name"}} }

// Migrations are the module's steps in the chain.
func Migrations() []db.Migration {
	return []db.Migration{{ID: "20261128210100_calendar_feed", Module: "exchange", Up: createFeeds}}
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
