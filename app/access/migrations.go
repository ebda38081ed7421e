package access

import (
	"context"

	"dingban/app/platform/db"
	"dingban/dialects"
)

// Migrations are the module's steps in the chain.
func Migrations() []db.Migration {
	return []db.Migration{
		{ID: "20261124040000_access_role", Module: "access", Up: createRoles},
		{ID: "20261124040001_access_member", Module: "access", Up: createMembers},
	}
}

// createRoles makes the roles of people. The slot is "admin" for the three administrator roles and the role's own
// name otherwise, so that the primary key itself keeps anybody from holding two of the three.
func createRoles(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "access_role",
		Columns: []dialects.Column{
			{Name: "person_id", Type: dialects.ID, NotNull: true},
			{Name: "slot", Type: dialects.Code, Size: 40, NotNull: true},
			{Name: "role", Type: dialects.Code, Size: 40, NotNull: true},
			{Name: "created_at", Type: dialects.Time, NotNull: true},
		},
		PrimaryKey: []string{"person_id", "slot"},
		Indexes:    []dialects.Index{{Name: "access_role_holders", Columns: []string{"role", "person_id"}}},
	})
}

func createMembers(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "access_member",
		Columns: []dialects.Column{
			{Name: "project_id", Type: dialects.ID, NotNull: true},
			{Name: "person_id", Type: dialects.ID, NotNull: true},
			{Name: "role", Type: dialects.Code, Size: 40, NotNull: true},
			{Name: "created_at", Type: dialects.Time, NotNull: true},
		},
		PrimaryKey: []string{"project_id", "person_id"},
		Indexes:    []dialects.Index{{Name: "access_member_person", Columns: []string{"person_id", "project_id"}}},
	})
}
