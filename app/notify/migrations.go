package notify

import (
	"context"

	"dingban/app/platform/db"
	"dingban/dialects"
)

// Migrations are the module's steps in the chain.
func Migrations() []db.Migration {
	return []db.Migration{{ID: "20261124040600_notify_notice", Module: "notify", Up: createNotices}}
}

func createNotices(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "notice",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "person_id", Type: dialects.ID, NotNull: true},
			{Name: "seq", Type: dialects.Int, NotNull: true},
			{Name: "at", Type: dialects.Time, NotNull: true},
			{Name: "actor_id", Type: dialects.ID, NotNull: true},
			{Name: "verb", Type: dialects.Code, Size: 64, NotNull: true},
			{Name: "task_id", Type: dialects.ID, NotNull: true},
			{Name: "project_id", Type: dialects.ID, NotNull: true},
			{Name: "read_at", Type: dialects.Time, NotNull: true, Default: "0"},
		},
		PrimaryKey: []string{"id"},
		Indexes: []dialects.Index{
			// The reader of the journal may see an entry twice; this makes it one row.
			{Name: "notice_person_seq", Columns: []string{"person_id", "seq"}, Unique: true},
			{Name: "notice_person_unread", Columns: []string{"person_id", "read_at", "seq"}},
		},
	})
}
