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
	}
}

// Migrations are the module's steps in the chain.
func Migrations() []db.Migration {
	return []db.Migration{
		{ID: "20261124040400_task", Module: "task", Up: createTasks},
		{ID: "20261124040401_task_assignee", Module: "task", Up: createAssignees},
		{ID: "20261128140200_task_more", Module: "task", Up: addMore},
		{ID: "20261128140201_task_parent", Module: "task", Up: indexParents},
		{ID: "20261128140202_task_deleted_with", Module: "task", Up: indexTrash},
		{ID: "20261128140203_task_label", Module: "task", Up: createLabels},
		{ID: "20261128140204_task_follower", Module: "task", Up: createFollowers},
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

// addMore gives tasks a beginning, an estimate, labels, a parent, and counts of what belongs to them.
func addMore(_ context.Context, m *db.Migrator) error {
	number := func(name string, t dialects.Type) dialects.Column {
		return dialects.Column{Name: name, Type: t, NotNull: true, Default: "0"}
	}
	for _, c := range []dialects.Column{
		number("start_at", dialects.Time), number("start_all_day", dialects.Bool),
		number("estimate", dialects.Int), number("progress", dialects.Int),
		{Name: "label_ids", Type: dialects.Code, Size: 255, NotNull: true, Default: "''"},
		number("parent_id", dialects.ID), number("sub_count", dialects.Int), number("sub_done", dialects.Int),
		number("check_count", dialects.Int), number("check_done", dialects.Int),
		number("deleted_by", dialects.ID), number("deleted_with", dialects.ID),
	} {
		if err := m.AddColumn("task", c); err != nil {
			return err
		}
	}
	return nil
}

func indexParents(_ context.Context, m *db.Migrator) error {
	return m.CreateIndex("task", dialects.Index{Name: "task_parent", Columns: []string{"parent_id", "deleted_at", "id"}})
}

func indexTrash(_ context.Context, m *db.Migrator) error {
	return m.CreateIndex("task", dialects.Index{Name: "task_deleted_with", Columns: []string{"deleted_with", "id"}})
}

func createLabels(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "task_label",
		Columns: []dialects.Column{
			{Name: "task_id", Type: dialects.ID, NotNull: true},
			{Name: "label_id", Type: dialects.ID, NotNull: true},
		},
		PrimaryKey: []string{"task_id", "label_id"},
		Indexes:    []dialects.Index{{Name: "task_label_label", Columns: []string{"label_id", "task_id"}}},
	})
}

func createFollowers(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "task_follower",
		Columns: []dialects.Column{
			{Name: "task_id", Type: dialects.ID, NotNull: true},
			{Name: "person_id", Type: dialects.ID, NotNull: true},
		},
		PrimaryKey: []string{"task_id", "person_id"},
		Indexes:    []dialects.Index{{Name: "task_follower_person", Columns: []string{"person_id", "task_id"}}},
	})
}
