package workday

import (
	"context"

	"dingban/app/platform/db"
	"dingban/app/platform/vault"
	"dingban/dialects"
)

// Sealed are the module's sealed columns.
func Sealed() []vault.Column { return []vault.Column{{Table: "workday_document", Column: "body"}} }

// Migrations are the module's steps in the chain.
func Migrations() []db.Migration {
	return []db.Migration{{ID: "20261128180000_workday_document", Module: "workday", Up: createDocuments}}
}

// createDocuments makes the table of what was stored: the rules under 0, and the tables under their years. A body that
// is missing is one that was taken back; its row stays for the version.
func createDocuments(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "workday_document",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "body", Type: dialects.Sealed, Size: 1 << 20},
			{Name: "updated_at", Type: dialects.Time, NotNull: true},
			{Name: "version", Type: dialects.Int, NotNull: true},
		},
		PrimaryKey: []string{"id"},
	})
}
