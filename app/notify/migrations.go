package notify

import (
	"context"

	"dingban/app/platform/db"
	"dingban/app/platform/vault"
	"dingban/dialects"
)

// Sealed are the module's sealed columns.
func Sealed() []vault.Column {
	return []vault.Column{{Table: "notify_outbox", Column: "problem"}, {Table: "notify_mail", Column: "settings"}}
}

// Migrations are the module's steps in the chain.
func Migrations() []db.Migration {
	return []db.Migration{
		{ID: "20261124040600_notify_notice", Module: "notify", Up: createNotices},
		{ID: "20261128190100_notify_preference", Module: "notify", Up: createPreferences},
		{ID: "20261128190200_notify_outbox", Module: "notify", Up: createOutbox},
		{ID: "20261128190300_notify_mail", Module: "notify", Up: createMail},
	}
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

func createPreferences(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "notify_preference",
		Columns: []dialects.Column{
			{Name: "person_id", Type: dialects.ID, NotNull: true},
			{Name: "inapp_off", Type: dialects.Code, Size: 255, NotNull: true},
			{Name: "mail_on", Type: dialects.Code, Size: 255, NotNull: true},
			{Name: "quiet", Type: dialects.Bool, NotNull: true},
			{Name: "quiet_from", Type: dialects.Int, NotNull: true},
			{Name: "quiet_to", Type: dialects.Int, NotNull: true},
			{Name: "quiet_days", Type: dialects.Code, Size: 16, NotNull: true},
			{Name: "digest", Type: dialects.Code, Size: 16, NotNull: true},
			{Name: "digest_at", Type: dialects.Int, NotNull: true},
		},
		PrimaryKey: []string{"person_id"},
	})
}

func createOutbox(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "notify_outbox",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "person_id", Type: dialects.ID, NotNull: true},
			{Name: "seq", Type: dialects.Int, NotNull: true},
			{Name: "at", Type: dialects.Time, NotNull: true},
			{Name: "actor_id", Type: dialects.ID, NotNull: true},
			{Name: "verb", Type: dialects.Code, Size: 64, NotNull: true},
			{Name: "task_id", Type: dialects.ID, NotNull: true},
			{Name: "project_id", Type: dialects.ID, NotNull: true},
			{Name: "due_at", Type: dialects.Time, NotNull: true},
			{Name: "state", Type: dialects.Code, Size: 16, NotNull: true},
			{Name: "batch_id", Type: dialects.ID, NotNull: true},
			{Name: "lease_until", Type: dialects.Time, NotNull: true},
			{Name: "tries", Type: dialects.Int, NotNull: true},
			{Name: "done_at", Type: dialects.Time, NotNull: true},
			{Name: "problem", Type: dialects.Sealed, Size: 2000},
		},
		PrimaryKey: []string{"id"},
		Indexes: []dialects.Index{
			// The reader of the journal may see an entry twice; this makes it one row.
			{Name: "notify_outbox_once", Columns: []string{"person_id", "seq"}, Unique: true},
			{Name: "notify_outbox_due", Columns: []string{"state", "due_at"}},
			{Name: "notify_outbox_list", Columns: []string{"state", "id"}},
			{Name: "notify_outbox_batch", Columns: []string{"batch_id"}},
		},
	})
}

func createMail(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "notify_mail",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "enabled", Type: dialects.Bool, NotNull: true},
			{Name: "settings", Type: dialects.Sealed, Size: 40_000},
			{Name: "version", Type: dialects.Int, NotNull: true},
		},
		PrimaryKey: []string{"id"},
	})
}
