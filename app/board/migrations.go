package board

import (
	"context"

	"dingban/app/platform/db"
	"dingban/app/platform/vault"
	"dingban/dialects"
)

// Sealed are the module's sealed columns.
func Sealed() []vault.Column {
	return []vault.Column{
		{Table: "board_state", Column: "name"},
	}
}

// Migrations are the module's steps in the chain.
func Migrations() []db.Migration {
	return []db.Migration{{ID: "20261124040300_board_state", Module: "board", Up: createStates}}
}

func createStates(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "board_state",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "project_id", Type: dialects.ID, NotNull: true},
			{Name: "name", Type: dialects.Sealed, Size: 500},
			{Name: "category", Type: dialects.Code, Size: 10, NotNull: true},
			{Name: "colour", Type: dialects.Code, Size: 16, NotNull: true},
			{Name: "sort_key", Type: dialects.Code, Size: 100, NotNull: true},
			{Name: "wip_limit", Type: dialects.Int, NotNull: true, Default: "0"},
			{Name: "created_at", Type: dialects.Time, NotNull: true},
			{Name: "deleted_at", Type: dialects.Time, NotNull: true, Default: "0"},
			{Name: "version", Type: dialects.Int, NotNull: true},
		},
		PrimaryKey: []string{"id"},
		Indexes:    []dialects.Index{{Name: "board_state_project", Columns: []string{"project_id", "deleted_at"}}},
	})
}
