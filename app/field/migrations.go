package field

import (
	"context"

	"dingban/app/platform/db"
	"dingban/app/platform/vault"
	"dingban/dialects"
)

// Sealed are the module's sealed columns.
func Sealed() []vault.Column {
	return []vault.Column{
		{Table: "field_definition", Column: "name"},
		{Table: "field_definition", Column: "help"},
		{Table: "field_definition", Column: "settings"},
		{Table: "field_value", Column: "content"},
	}
}

// Migrations are the module's steps in the chain.
func Migrations() []db.Migration {
	return []db.Migration{
		{ID: "20261128200000_field_definition", Module: "field", Up: createDefinitions},
		{ID: "20261128200100_field_value", Module: "field", Up: createValues},
	}
}

func createDefinitions(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "field_definition",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "project_id", Type: dialects.ID, NotNull: true},
			{Name: "kind", Type: dialects.Code, Size: 32, NotNull: true},
			{Name: "name", Type: dialects.Sealed},
			{Name: "help", Type: dialects.Sealed},
			{Name: "settings", Type: dialects.Sealed},
			{Name: "place", Type: dialects.Int, NotNull: true},
			{Name: "created_at", Type: dialects.Time, NotNull: true},
			{Name: "deleted_at", Type: dialects.Time, NotNull: true, Default: "0"},
			{Name: "version", Type: dialects.Int, NotNull: true},
		},
		PrimaryKey: []string{"id"},
		Indexes:    []dialects.Index{{Name: "field_definition_project", Columns: []string{"project_id", "deleted_at"}}},
	})
}

func createValues(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "field_value",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "task_id", Type: dialects.ID, NotNull: true},
			{Name: "field_id", Type: dialects.ID, NotNull: true},
			{Name: "project_id", Type: dialects.ID, NotNull: true},
			{Name: "content", Type: dialects.Sealed},
			{Name: "version", Type: dialects.Int, NotNull: true},
		},
		PrimaryKey: []string{"id"},
		Indexes:    []dialects.Index{{Name: "field_value_task", Columns: []string{"task_id", "field_id"}, Unique: true}},
	})
}
