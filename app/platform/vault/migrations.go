package vault

import (
	"context"

	"dingban/app/platform/db"
	"dingban/dialects"
)

// Migrations makes the tables of the wrapped keys.
func Migrations() []db.Migration {
	return []db.Migration{{
		ID:     "20261124000100_vault_create",
		Module: "vault",
		Up: func(_ context.Context, m *db.Migrator) error {
			if err := m.CreateTable(dialects.Table{
				Name: "vault_kek",
				Columns: []dialects.Column{
					{Name: "version", Type: dialects.Int, NotNull: true},
					{Name: "root_check", Type: dialects.Code, Size: 16, NotNull: true},
					{Name: "key_check", Type: dialects.Code, Size: 16, NotNull: true},
					{Name: "wrapped", Type: dialects.Sealed, Size: 128, NotNull: true},
					{Name: "created_at", Type: dialects.Time, NotNull: true},
					{Name: "retired_at", Type: dialects.Time, NotNull: true},
				},
				PrimaryKey: []string{"version"},
			}); err != nil {
				return err
			}
			return m.CreateTable(dialects.Table{
				Name: "vault_key",
				Columns: []dialects.Column{
					{Name: "id", Type: dialects.Int, NotNull: true},
					{Name: "purpose", Type: dialects.Code, Size: 20, NotNull: true},
					{Name: "epoch", Type: dialects.Int, NotNull: true},
					{Name: "kek_version", Type: dialects.Int, NotNull: true},
					{Name: "key_check", Type: dialects.Code, Size: 16, NotNull: true},
					{Name: "wrapped", Type: dialects.Sealed, Size: 128, NotNull: true},
					{Name: "used", Type: dialects.Int, NotNull: true},
					{Name: "created_at", Type: dialects.Time, NotNull: true},
				},
				PrimaryKey: []string{"id"},
				Indexes:    []dialects.Index{{Name: "vault_key_epoch", Columns: []string{"purpose", "epoch"}, Unique: true}},
			})
		},
	}, {
		ID:     "20261127000000_vault_file",
		Module: "vault",
		Up: func(_ context.Context, m *db.Migrator) error {
			return m.CreateTable(dialects.Table{
				Name: "vault_file",
				Columns: []dialects.Column{
					{Name: "id", Type: dialects.ID, NotNull: true},
					{Name: "place", Type: dialects.Code, Size: 32, NotNull: true},
					{Name: "key_id", Type: dialects.Int, NotNull: true},
					{Name: "wrapped", Type: dialects.Sealed, Size: 128, NotNull: true},
				},
				PrimaryKey: []string{"id"},
				Indexes:    []dialects.Index{{Name: "vault_file_place", Columns: []string{"place"}}},
			})
		},
	}, {
		// vault_file was of files whose objects named keys of the vault, of which no release ever wrote one.
		ID:     "20261128110000_vault_object",
		Module: "vault",
		Up: func(_ context.Context, m *db.Migrator) error {
			return m.CreateTable(dialects.Table{
				Name: "vault_object",
				Columns: []dialects.Column{
					{Name: "id", Type: dialects.ID, NotNull: true},
					{Name: "place", Type: dialects.Code, Size: 32, NotNull: true},
					{Name: "place_key", Type: dialects.Int, NotNull: true},
					{Name: "body", Type: dialects.Sealed, Size: 700},
				},
				PrimaryKey: []string{"id"},
				Indexes: []dialects.Index{
					{Name: "vault_object_place", Columns: []string{"place"}}, {Name: "vault_object_place_key", Columns: []string{"place_key"}},
				},
			})
		},
	}, {
		ID:     "20261128110001_vault_destroyed",
		Module: "vault",
		Up: func(_ context.Context, m *db.Migrator) error {
			for _, c := range []struct{ table, column string }{
				{"vault_kek", "destroyed_at"}, {"vault_key", "emptied_at"}, {"vault_key", "destroyed_at"},
			} {
				if err := m.AddColumn(c.table, dialects.Column{Name: c.column, Type: dialects.Time, NotNull: true, Default: "0"}); err != nil {
					return err
				}
			}
			return nil
		},
	}}
}
