package task

import (
	"context"

	"dingban/app/platform/db"
	"dingban/app/platform/vault"
	"dingban/dialects"
)

// Sealed are the module's sealed columns.
func Sealed() []vault.Column {
	return []vault.Column{
		{Table: "task", Column: "title"},
		{Table: "task", Column: "description"},
		{Table: "task_comment", Column: "text"},
	}
}

// Migrations are the module's steps in the chain.
func Migrations() []db.Migration {
	return []db.Migration{
		{ID: "20261124040400_task", Module: "task", Up: createTasks},
		{ID: "20261124040401_task_assignee", Module: "task", Up: createAssignees},
		{ID: "20261124040402_task_comment", Module: "task", Up: createComments},
	}
}

func createTasks(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "task",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "project_id", Type: dialects.ID, NotNull: true},
			{Name: "number", Type: dialects.Int, NotNull: true},
			{Name: "title", Type: dialects.Sealed, Size: 1300},
			{Name: "description", Type: dialects.Sealed},
			{Name: "state_id", Type: dialects.ID, NotNull: true},
			{Name: "sort_key", Type: dialects.Code, Size: 100, NotNull: true},
			{Name: "priority", Type: dialects.Code, Size: 10, NotNull: true},
			{Name: "due_at", Type: dialects.Time, NotNull: true, Default: "0"},
			{Name: "due_all_day", Type: dialects.Bool, NotNull: true, Default: "0"},
			{Name: "done_at", Type: dialects.Time, NotNull: true, Default: "0"},
			{Name: "created_by", Type: dialects.ID, NotNull: true},
			{Name: "created_at", Type: dialects.Time, NotNull: true},
			{Name: "updated_at", Type: dialects.Time, NotNull: true},
			{Name: "comment_count", Type: dialects.Int, NotNull: true, Default: "0"},
			{Name: "deleted_at", Type: dialects.Time, NotNull: true, Default: "0"},
			{Name: "version", Type: dialects.Int, NotNull: true},
		},
		PrimaryKey: []string{"id"},
		Indexes: []dialects.Index{
			{Name: "task_number", Columns: []string{"project_id", "number"}, Unique: true},
			{Name: "task_list", Columns: []string{"project_id", "deleted_at", "id"}},
			{Name: "task_board", Columns: []string{"project_id", "deleted_at", "done_at"}},
			{Name: "task_column", Columns: []string{"state_id", "deleted_at", "sort_key"}},
		},
	})
}

func createAssignees(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "task_assignee",
		Columns: []dialects.Column{
			{Name: "task_id", Type: dialects.ID, NotNull: true},
			{Name: "person_id", Type: dialects.ID, NotNull: true},
		},
		PrimaryKey: []string{"task_id", "person_id"},
		Indexes:    []dialects.Index{{Name: "task_assignee_person", Columns: []string{"person_id", "task_id"}}},
	})
}

func createComments(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "task_comment",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "task_id", Type: dialects.ID, NotNull: true},
			{Name: "author_id", Type: dialects.ID, NotNull: true},
			{Name: "text", Type: dialects.Sealed},
			{Name: "created_at", Type: dialects.Time, NotNull: true},
			{Name: "edited_at", Type: dialects.Time, NotNull: true, Default: "0"},
			{Name: "deleted_at", Type: dialects.Time, NotNull: true, Default: "0"},
			{Name: "version", Type: dialects.Int, NotNull: true},
		},
		PrimaryKey: []string{"id"},
		Indexes:    []dialects.Index{{Name: "task_comment_task", Columns: []string{"task_id", "deleted_at", "id"}}},
	})
}
