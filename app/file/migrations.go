package file

import (
	"context"

	"dingban/app/platform/db"
	"dingban/app/platform/vault"
	"dingban/dialects"
)

// Sealed are the module's sealed columns.
func Sealed() []vault.Column { return []vault.Column{{Table: "file", Column: "name"}} }

// Migrations are the module's steps in the chain.
func Migrations() []db.Migration {
	return []db.Migration{
		{ID: "20261128170000_file", Module: "file", Up: createFiles},
		{ID: "20261128170001_file_content", Module: "file", Up: createContents},
		{ID: "20261128170002_file_piece", Module: "file", Up: createPieces},
		{ID: "20261128170003_file_seen", Module: "file", Up: createSeen},
	}
}

func createFiles(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "file",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "holder_kind", Type: dialects.Code, Size: 40, NotNull: true},
			{Name: "holder_id", Type: dialects.ID, NotNull: true},
			{Name: "content_id", Type: dialects.ID, NotNull: true},
			{Name: "name", Type: dialects.Sealed, Size: 1200},
			{Name: "media_type", Type: dialects.Code, Size: 120, NotNull: true, Default: "''"},
			{Name: "size", Type: dialects.Int, NotNull: true},
			{Name: "received", Type: dialects.Int, NotNull: true},
			{Name: "state", Type: dialects.Code, Size: 16, NotNull: true},
			{Name: "created_by", Type: dialects.ID, NotNull: true},
			{Name: "created_at", Type: dialects.Time, NotNull: true},
			{Name: "changed_at", Type: dialects.Time, NotNull: true},
			{Name: "version", Type: dialects.Int, NotNull: true},
		},
		PrimaryKey: []string{"id"},
		Indexes: []dialects.Index{
			{Name: "file_holder", Columns: []string{"holder_kind", "holder_id", "state", "id"}},
			{Name: "file_state", Columns: []string{"state", "changed_at"}},
		},
	})
}

// createContents counts how many files share a content: a copied task has the same ones.
func createContents(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "file_content",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "refs", Type: dialects.Int, NotNull: true},
		},
		PrimaryKey: []string{"id"},
	})
}

func createPieces(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "file_piece",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "content_id", Type: dialects.ID, NotNull: true},
			{Name: "first_byte", Type: dialects.Int, NotNull: true},
			{Name: "size", Type: dialects.Int, NotNull: true},
			{Name: "state", Type: dialects.Code, Size: 16, NotNull: true},
			{Name: "created_at", Type: dialects.Time, NotNull: true},
		},
		PrimaryKey: []string{"id"},
		Indexes: []dialects.Index{
			{Name: "file_piece_content", Columns: []string{"content_id", "first_byte"}},
			{Name: "file_piece_state", Columns: []string{"state", "created_at"}},
		},
	})
}

// createSeen remembers what has been told of somebody reading a file, so that a film of which a browser asks a thousand
// parts is told once an hour.
func createSeen(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "file_seen",
		Columns: []dialects.Column{
			{Name: "file_id", Type: dialects.ID, NotNull: true},
			{Name: "person_id", Type: dialects.ID, NotNull: true},
			{Name: "kind", Type: dialects.Code, Size: 16, NotNull: true},
			{Name: "seen_at", Type: dialects.Time, NotNull: true},
		},
		PrimaryKey: []string{"file_id", "person_id", "kind", "seen_at"},
		Indexes:    []dialects.Index{{Name: "file_seen_at", Columns: []string{"seen_at"}}},
	})
}
