package project

import (
	"context"

	"dingban/app/platform/db"
	"dingban/app/platform/vault"
	"dingban/dialects"
)

// Sealed are the module's sealed columns.
func Sealed() []vault.Column {
	return []vault.Column{
		{Table: "project", Column: "name"},
		{Table: "project", Column: "description"},
	}
}

// Migrations are the module's steps in the chain.
func Migrations() []db.Migration {
	return []db.Migration{
		{ID: "20261124040200_project", Module: "project", Up: createProjects},
		{ID: "20261128140000_project_labels_version", Module: "project", Up: addLabelsVersion},
	}
}

func createProjects(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "project",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "code", Type: dialects.Code, Size: 10, NotNull: true}, // what people call its key
			{Name: "name", Type: dialects.Sealed, Size: 500},
			{Name: "description", Type: dialects.Sealed},
			{Name: "visibility", Type: dialects.Code, Size: 20, NotNull: true},
			{Name: "department_id", Type: dialects.ID, NotNull: true, Default: "0"},
			{Name: "colour", Type: dialects.Code, Size: 16, NotNull: true},
			{Name: "created_by", Type: dialects.ID, NotNull: true},
			{Name: "created_at", Type: dialects.Time, NotNull: true},
			{Name: "updated_at", Type: dialects.Time, NotNull: true},
			{Name: "archived_at", Type: dialects.Time, NotNull: true, Default: "0"},
			{Name: "next_number", Type: dialects.Int, NotNull: true, Default: "1"},
			{Name: "first_state_id", Type: dialects.ID, NotNull: true, Default: "0"},
			{Name: "states_version", Type: dialects.Int, NotNull: true, Default: "0"},
			{Name: "version", Type: dialects.Int, NotNull: true},
		},
		PrimaryKey: []string{"id"},
		Indexes:    []dialects.Index{{Name: "project_code", Columns: []string{"code"}, Unique: true}},
	})
}

func addLabelsVersion(_ context.Context, m *db.Migrator) error {
	return m.AddColumn("project", dialects.Column{Name: "labels_version", Type: dialects.Int, NotNull: true, Default: "0"})
}
