package org

import (
	"context"
	"slices"

	"dingban/app/org/credential"
	"dingban/app/org/lockout"
	"dingban/app/org/session"
	"dingban/app/platform/db"
	"dingban/app/platform/vault"
	"dingban/dialects"
)

// Sealed are the module's sealed columns.
func Sealed() []vault.Column {
	return []vault.Column{
		{Table: "org_organisation", Column: "name"},
		{Table: "org_department", Column: "name"},
		{Table: "org_person", Column: "name"},
		{Table: "org_person", Column: "email"},
		{Table: "org_person", Column: "phone"},
		{Table: "org_session", Column: "agent"},
	}
}

// Migrations are the module's steps in the chain.
func Migrations() []db.Migration {
	return slices.Concat([]db.Migration{
		{ID: "20261124040100_org_organisation", Module: "org", Up: createOrganisation},
		{ID: "20261124040101_org_department", Module: "org", Up: createDepartments},
		{ID: "20261124040102_org_person", Module: "org", Up: createPeople},
		{ID: "20261128110003_org_department_key", Module: "org", Up: addDepartmentKey},
	}, credential.Migrations(), session.Migrations(), lockout.Migrations())
}

func addDepartmentKey(_ context.Context, m *db.Migrator) error {
	return m.AddColumn("org_department", dialects.Column{Name: "key_id", Type: dialects.Int, NotNull: true, Default: "0"}) // of name_key
}

func createOrganisation(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "org_organisation", // one row, id 1; also what changes of the department tree lock
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "name", Type: dialects.Sealed, Size: 500},
			{Name: "set_up_at", Type: dialects.Time, NotNull: true, Default: "0"},
		},
		PrimaryKey: []string{"id"},
	})
}

// createDepartments keeps parent_id 0 at the top rather than NULL, as a unique index does not look at NULL.
func createDepartments(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "org_department",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "parent_id", Type: dialects.ID, NotNull: true},
			{Name: "name", Type: dialects.Sealed, Size: 500},
			{Name: "name_key", Type: dialects.Int, NotNull: true}, // blind: siblings have different names
			{Name: "sort_rank", Type: dialects.Int, NotNull: true},
			{Name: "version", Type: dialects.Int, NotNull: true},
			{Name: "created_at", Type: dialects.Time, NotNull: true},
			{Name: "updated_at", Type: dialects.Time, NotNull: true},
		},
		PrimaryKey: []string{"id"},
		Indexes:    []dialects.Index{{Name: "org_department_name", Columns: []string{"parent_id", "name_key"}, Unique: true}},
	})
}

func createPeople(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "org_person",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "account", Type: dialects.Code, Size: 64, NotNull: true},
			{Name: "name", Type: dialects.Sealed, Size: 500},
			{Name: "email", Type: dialects.Sealed, Size: 900},
			{Name: "phone", Type: dialects.Sealed, Size: 900},
			{Name: "department_id", Type: dialects.ID, NotNull: true},
			{Name: "status", Type: dialects.Code, Size: 20, NotNull: true},
			{Name: "language", Type: dialects.Code, Size: 10, NotNull: true},
			{Name: "theme", Type: dialects.Code, Size: 10, NotNull: true},
			{Name: "must_change", Type: dialects.Bool, NotNull: true},
			{Name: "password_at", Type: dialects.Time, NotNull: true},
			{Name: "last_login_at", Type: dialects.Time, NotNull: true},
			{Name: "version", Type: dialects.Int, NotNull: true},
			{Name: "created_at", Type: dialects.Time, NotNull: true},
			{Name: "updated_at", Type: dialects.Time, NotNull: true},
		},
		PrimaryKey: []string{"id"},
		Indexes: []dialects.Index{
			{Name: "org_person_account", Columns: []string{"account"}, Unique: true},
			{Name: "org_person_department", Columns: []string{"department_id", "id"}},
		},
	})
}
