package reminder

import (
	"context"

	"dingban/app/platform/db"
	"dingban/dialects"
)

// Migrations are the module's steps in the chain.
func Migrations() []db.Migration {
	return []db.Migration{{ID: "20261128190000_reminder", Module: "reminder", Up: createReminders}}
}

func createReminders(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "reminder",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "task_id", Type: dialects.ID, NotNull: true},
			{Name: "person_id", Type: dialects.ID, NotNull: true},
			{Name: "anchor", Type: dialects.Code, Size: 16, NotNull: true},
			{Name: "ahead", Type: dialects.Int, NotNull: true},
			{Name: "clock_minute", Type: dialects.Int, NotNull: true},
			{Name: "fixed_at", Type: dialects.Time, NotNull: true},
			{Name: "repeat_every", Type: dialects.Int, NotNull: true},
			{Name: "base_at", Type: dialects.Time, NotNull: true},
			{Name: "next_at", Type: dialects.Time, NotNull: true},
			{Name: "fired_at", Type: dialects.Time, NotNull: true},
			{Name: "times", Type: dialects.Int, NotNull: true},
			{Name: "created_at", Type: dialects.Time, NotNull: true},
		},
		PrimaryKey: []string{"id"},
		Indexes: []dialects.Index{
			{Name: "reminder_task_person", Columns: []string{"task_id", "person_id"}},
			{Name: "reminder_next", Columns: []string{"next_at", "id"}},
		},
	})
}
