package link

import (
	"context"

	"dingban/app/platform/db"
	"dingban/dialects"
)

// Migrations are the module's steps in the chain.
func Migrations() []db.Migration {
	return []db.Migration{
		{ID: "20261128160000_task_link", Module: "link", Up: createLinks},
		{ID: "20261128160100_task_link_lock", Module: "link", Up: createLock},
		{ID: "20261128160200_task_link_lock_row", Module: "link", Up: fillLock},
	}
}

func createLinks(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "task_link",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "from_id", Type: dialects.ID, NotNull: true},
			{Name: "to_id", Type: dialects.ID, NotNull: true},
			{Name: "kind", Type: dialects.Code, Size: 16, NotNull: true},
			{Name: "lag_minutes", Type: dialects.Int, NotNull: true, Default: "0"},
			{Name: "created_by", Type: dialects.ID, NotNull: true},
			{Name: "created_at", Type: dialects.Time, NotNull: true},
			{Name: "version", Type: dialects.Int, NotNull: true},
		},
		PrimaryKey: []string{"id"},
		Indexes: []dialects.Index{
			{Name: "task_link_from", Columns: []string{"from_id", "to_id", "kind"}, Unique: true},
			{Name: "task_link_to", Columns: []string{"to_id"}},
		},
	})
}

func createLock(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name:       "task_link_lock",
		Columns:    []dialects.Column{{Name: "id", Type: dialects.ID, NotNull: true}},
		PrimaryKey: []string{"id"},
	})
}

func fillLock(_ context.Context, m *db.Migrator) error {
	return m.Do("the one row of task_link_lock", func(ctx context.Context, d *db.DB) error {
		_, err := d.InsertIgnore(ctx, "task_link_lock", []string{"id"}, []string{"id"}, [][]any{{lockRow}})
		return err
	})
}
