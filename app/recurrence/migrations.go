package recurrence

import (
	"context"

	"dingban/app/platform/db"
	"dingban/app/platform/vault"
	"dingban/dialects"
)

// Sealed are the module's sealed columns.
func Sealed() []vault.Column { return []vault.Column{{Table: "recurrence", Column: "rule"}} }

// Migrations are the module's steps in the chain.
func Migrations() []db.Migration {
	return []db.Migration{{ID: "20261128180100_recurrence", Module: "recurrence", Up: createRules}}
}

// createRules makes the table of rules, one a task. A rule that was taken away leaves its row for the version.
func createRules(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "recurrence",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "task_id", Type: dialects.ID, NotNull: true},
			{Name: "project_id", Type: dialects.ID, NotNull: true},
			{Name: "state", Type: dialects.Code, Size: 16, NotNull: true},
			{Name: "reason", Type: dialects.Code, Size: 16, NotNull: true, Default: "''"},
			{Name: "rule", Type: dialects.Sealed, Size: 1 << 16},
			{Name: "set_by", Type: dialects.ID, NotNull: true},
			{Name: "made", Type: dialects.Int, NotNull: true},
			{Name: "updated_at", Type: dialects.Time, NotNull: true},
			{Name: "version", Type: dialects.Int, NotNull: true},
		},
		PrimaryKey: []string{"id"},
		Indexes: []dialects.Index{
			{Name: "recurrence_task", Columns: []string{"task_id"}, Unique: true},
			{Name: "recurrence_project", Columns: []string{"project_id", "state"}},
		},
	})
}
