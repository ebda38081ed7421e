package comment

import (
	"context"

	"dingban/app/platform/db"
	"dingban/app/platform/vault"
	"dingban/dialects"
)

// Sealed are the module's sealed columns.
func Sealed() []vault.Column { return []vault.Column{{Table: "task_comment", Column: "text"}} }

// Migrations are the module's steps in the chain. The first is recorded as one of the module task, which comments were a
// part of when it was released.
func Migrations() []db.Migration {
	return []db.Migration{
		{ID: "20261124040402_task_comment", Module: "task", Up: createComments},
		{ID: "20261128230000_comment_reaction", Module: "comment", Up: createReactions},
	}
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

func createReactions(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "comment_reaction",
		Columns: []dialects.Column{
			{Name: "comment_id", Type: dialects.ID, NotNull: true},
			{Name: "name", Type: dialects.Code, Size: 20, NotNull: true},
			{Name: "person_id", Type: dialects.ID, NotNull: true},
			{Name: "created_at", Type: dialects.Time, NotNull: true},
		},
		PrimaryKey: []string{"comment_id", "name", "person_id"},
	})
}
