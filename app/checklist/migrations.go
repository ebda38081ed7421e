package checklist

import (
	"context"

	"dingban/app/platform/db"
	"dingban/app/platform/vault"
	"dingban/dialects"
)

// Sealed are the module's sealed columns.
func Sealed() []vault.Column { return []vault.Column{{Table: "checklist_item", Column: "text"}} }

// Migrations are the module's steps in the chain.
func Migrations() []db.Migration {
	return []db.Migration{{ID: "20261128231000_checklist_item", Module: "checklist", Up: createItems}}
}

func createItems(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "checklist_item",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "task_id", Type: dialects.ID, NotNull: true},
			{Name: "text", Type: dialects.Sealed, Size: 2100},
			{Name: "sort_key", Type: dialects.Code, Size: 100, NotNull: true},
			{Name: "assignee_id", Type: dialects.ID, NotNull: true, Default: "0"},
			{Name: "due_at", Type: dialects.Time, NotNull: true, Default: "0"},
			{Name: "due_all_day", Type: dialects.Bool, NotNull: true, Default: "0"},
			{Name: "done_at", Type: dialects.Time, NotNull: true, Default: "0"},
			{Name: "done_by", Type: dialects.ID, NotNull: true, Default: "0"},
			{Name: "created_at", Type: dialects.Time, NotNull: true},
			{Name: "version", Type: dialects.Int, NotNull: true},
		},
		PrimaryKey: []string{"id"},
		Indexes:    []dialects.Index{{Name: "checklist_item_task", Columns: []string{"task_id", "sort_key"}}},
	})
}
