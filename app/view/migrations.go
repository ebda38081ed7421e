package view

import (
	"context"

	"dingban/app/platform/db"
	"dingban/app/platform/vault"
	"dingban/dialects"
)

// Sealed are the module's sealed columns.
func Sealed() []vault.Column {
	return []vault.Column{{Table: "view_saved", Column: "name"}, {Table: "view_saved", Column: "definition"}}
}

// Migrations are the module's steps in the chain. The indexes of tasks serve the orders that only views ask for.
func Migrations() []db.Migration {
	return []db.Migration{
		{ID: "20261128220000_view_saved", Module: "view", Up: createSaved},
		{ID: "20261128220001_view_task_due", Module: "view", Up: indexTasks("task_due", "due_at")},
		{ID: "20261128220002_view_task_start", Module: "view", Up: indexTasks("task_start", "start_at")},
		{ID: "20261128220003_view_task_updated", Module: "view", Up: indexTasks("task_updated", "updated_at")},
		{ID: "20261128220004_view_task_priority", Module: "view", Up: indexTasks("task_priority", "priority")},
	}
}

func createSaved(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "view_saved",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "project_id", Type: dialects.ID, NotNull: true},
			{Name: "owner_id", Type: dialects.ID, NotNull: true},
			{Name: "kind", Type: dialects.Code, Size: 20, NotNull: true},
			{Name: "name", Type: dialects.Sealed, Size: 400},
			{Name: "definition", Type: dialects.Sealed},
			{Name: "shared", Type: dialects.Bool, NotNull: true, Default: "0"},
			{Name: "created_at", Type: dialects.Time, NotNull: true},
			{Name: "version", Type: dialects.Int, NotNull: true},
		},
		PrimaryKey: []string{"id"},
		Indexes: []dialects.Index{
			{Name: "view_saved_owner", Columns: []string{"owner_id", "project_id", "id"}},
			{Name: "view_saved_shared", Columns: []string{"project_id", "shared", "id"}},
		},
	})
}

func indexTasks(name, column string) func(context.Context, *db.Migrator) error {
	return func(_ context.Context, m *db.Migrator) error {
		return m.CreateIndex("task", dialects.Index{Name: name, Columns: []string{"project_id", "deleted_at", column, "id"}})
	}
}
