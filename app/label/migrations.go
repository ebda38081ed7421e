package label

import (
	"context"

	"dingban/app/platform/db"
	"dingban/app/platform/vault"
	"dingban/dialects"
)

// Sealed are the module's sealed columns.
func Sealed() []vault.Column { return []vault.Column{{Table: "label", Column: "name"}} }

// Migrations are the module's steps in the chain.
func Migrations() []db.Migration {
	return []db.Migration{{ID: "20261128140100_label", Module: "label", Up: createLabels}}
}

func createLabels(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "label",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "project_id", Type: dialects.ID, NotNull: true},
			{Name: "name", Type: dialects.Sealed, Size: 200},
			{Name: "colour", Type: dialects.Code, Size: 16, NotNull: true},
			{Name: "created_at", Type: dialects.Time, NotNull: true},
			{Name: "deleted_at", Type: dialects.Time, NotNull: true, Default: "0"},
			{Name: "version", Type: dialects.Int, NotNull: true},
		},
		PrimaryKey: []string{"id"},
		Indexes:    []dialects.Index{{Name: "label_project", Columns: []string{"project_id", "deleted_at"}}},
	})
}
