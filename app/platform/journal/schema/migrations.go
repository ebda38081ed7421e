// Package schema is the tables of the journal, as steps of the one migration chain.
package schema

import (
	"context"
	"crypto/rand"

	"dingban/app/platform/db"
	"dingban/dialects"
)

// hashSize is that of SM3; a migration is frozen and asks nobody.
const hashSize = 32

// Migrations are the tables of the journal.
func Migrations() []db.Migration {
	return []db.Migration{{
		ID:     "20261124040000_journal_create",
		Module: "journal",
		Up: func(_ context.Context, m *db.Migrator) error {
			for _, t := range []dialects.Table{entries(), pending(), chain(), readerRows()} {
				if err := m.CreateTable(t); err != nil {
					return err
				}
			}
			return m.Do("begin the chain", beginChain)
		},
	}, {
		ID:     "20261127123000_journal_checkpoint",
		Module: "journal",
		Up: func(_ context.Context, m *db.Migrator) error {
			for _, t := range []dialects.Table{keys(), checkpoints(), cuts()} {
				if err := m.CreateTable(t); err != nil {
					return err
				}
			}
			return nil
		},
	}, {
		ID:     "20261127131500_journal_inbox",
		Module: "journal",
		Up: func(_ context.Context, m *db.Migrator) error {
			t := entries()
			t.Name = "journal_inbox"
			return m.CreateTable(t)
		},
	}, {
		// The error of a parked reader is text for the log; the code has words for people.
		ID:     "20261128100000_journal_reader_code",
		Module: "journal",
		Up: func(_ context.Context, m *db.Migrator) error {
			return m.AddColumn("journal_reader", dialects.Column{Name: "code", Type: dialects.Code, Size: 80, NotNull: true, Default: "''"})
		},
	}, {
		ID:     "20261128130000_journal_succession",
		Module: "journal",
		Up: func(_ context.Context, m *db.Migrator) error {
			return m.CreateTable(successions())
		},
	}, {
		// Whoever signs counts here, in the same transaction: of a server that signs and a
		// succession that takes its key away one waits for the other.
		ID:     "20261128130100_journal_key_uses",
		Module: "journal",
		Up: func(_ context.Context, m *db.Migrator) error {
			return m.AddColumn("journal_key", dialects.Column{Name: "uses", Type: dialects.Int, NotNull: true, Default: "0"})
		},
	}}
}

// keys holds the keys that checkpoints are signed with, the private half sealed.
func keys() dialects.Table {
	return dialects.Table{
		Name: "journal_key",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.Int, NotNull: true},
			{Name: "public", Type: dialects.Bytes, Size: 128, NotNull: true},
			{Name: "private", Type: dialects.Sealed, Size: 256, NotNull: true},
			{Name: "created_at", Type: dialects.Time, NotNull: true},
		},
		PrimaryKey: []string{"id"},
	}
}

// checkpoints: each names the one before, and no two name the same, so that two
// servers that both believe they lead cannot sign two stories.
func checkpoints() dialects.Table {
	return dialects.Table{
		Name: "journal_checkpoint",
		Columns: []dialects.Column{
			{Name: "seq", Type: dialects.Int, NotNull: true},
			{Name: "from_seq", Type: dialects.Int, NotNull: true},
			{Name: "head", Type: dialects.Bytes, Size: 32, NotNull: true},
			{Name: "root", Type: dialects.Bytes, Size: 32, NotNull: true},
			{Name: "at", Type: dialects.Time, NotNull: true},
			{Name: "prev", Type: dialects.Bytes, Size: 32, NotNull: true},
			{Name: "signer", Type: dialects.Bytes, Size: 32, NotNull: true},
			{Name: "signature", Type: dialects.Bytes, Size: 80, NotNull: true},
		},
		PrimaryKey: []string{"seq"},
		Indexes:    []dialects.Index{{Name: "journal_checkpoint_prev", Columns: []string{"prev"}, Unique: true}},
	}
}

// successions say which key took the place of which, and after which checkpoint. The
// retired key has no row in journal_key any more: only its public half is left, here.
func successions() dialects.Table {
	return dialects.Table{
		Name: "journal_succession",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.Int, NotNull: true}, // of the key that was retired
			{Name: "seq", Type: dialects.Int, NotNull: true},
			{Name: "checkpoint", Type: dialects.Bytes, Size: 32, NotNull: true},
			{Name: "at", Type: dialects.Time, NotNull: true},
			{Name: "old_key", Type: dialects.Bytes, Size: 128, NotNull: true},
			{Name: "new_key", Type: dialects.Bytes, Size: 128, NotNull: true},
			{Name: "old_signature", Type: dialects.Bytes, Size: 80, NotNull: true},
			{Name: "new_signature", Type: dialects.Bytes, Size: 80, NotNull: true},
		},
		PrimaryKey: []string{"id"},
	}
}

// cuts say up to where entries were exported and removed.
func cuts() dialects.Table {
	return dialects.Table{
		Name: "journal_cut",
		Columns: []dialects.Column{
			{Name: "seq", Type: dialects.Int, NotNull: true},
			{Name: "head", Type: dialects.Bytes, Size: 32, NotNull: true},
			{Name: "at", Type: dialects.Time, NotNull: true},
			{Name: "checkpoint", Type: dialects.Bytes, Size: 32, NotNull: true},
			{Name: "export", Type: dialects.Bytes, Size: 32, NotNull: true},
			{Name: "signer", Type: dialects.Bytes, Size: 32, NotNull: true},
			{Name: "signature", Type: dialects.Bytes, Size: 80, NotNull: true},
		},
		PrimaryKey: []string{"seq"},
	}
}

// entries has no index but its key: its twin, the inbox, is written in every
// transaction of the product, and lists go through the chain.
func entries() dialects.Table {
	return dialects.Table{
		Name: "journal",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "at", Type: dialects.Time, NotNull: true},
			{Name: "actor_id", Type: dialects.ID, NotNull: true},
			{Name: "real_actor_id", Type: dialects.ID, NotNull: true},
			{Name: "session_id", Type: dialects.ID, NotNull: true},
			{Name: "address", Type: dialects.Code, Size: 64, NotNull: true},
			{Name: "request_id", Type: dialects.Code, Size: 64, NotNull: true},
			{Name: "module", Type: dialects.Code, Size: 40, NotNull: true},
			{Name: "verb", Type: dialects.Code, Size: 80, NotNull: true},
			{Name: "ref_kind", Type: dialects.Code, Size: 40, NotNull: true},
			{Name: "ref_id", Type: dialects.ID, NotNull: true},
			{Name: "project_id", Type: dialects.ID, NotNull: true},
			{Name: "department_id", Type: dialects.ID, NotNull: true},
			{Name: "changes", Type: dialects.Sealed},
		},
		PrimaryKey: []string{"id"},
	}
}

// pending held the entries that were committed but had no number, before the inbox
// held them whole; a server of the release before may still write to it.
func pending() dialects.Table {
	return dialects.Table{
		Name:       "journal_pending",
		Columns:    []dialects.Column{{Name: "id", Type: dialects.ID, NotNull: true}},
		PrimaryKey: []string{"id"},
	}
}

// chain repeats what lists select by, so that each is served by one index in the
// order of the number. Verify compares the copies.
func chain() dialects.Table {
	return dialects.Table{
		Name: "journal_chain",
		Columns: []dialects.Column{
			{Name: "seq", Type: dialects.Int, NotNull: true},
			{Name: "journal_id", Type: dialects.ID, NotNull: true},
			{Name: "hash", Type: dialects.Bytes, Size: 32, NotNull: true},
			{Name: "at", Type: dialects.Time, NotNull: true},
			{Name: "actor_id", Type: dialects.ID, NotNull: true},
			{Name: "module", Type: dialects.Code, Size: 40, NotNull: true},
			{Name: "verb", Type: dialects.Code, Size: 80, NotNull: true},
			{Name: "ref_kind", Type: dialects.Code, Size: 40, NotNull: true},
			{Name: "ref_id", Type: dialects.ID, NotNull: true},
			{Name: "project_id", Type: dialects.ID, NotNull: true},
		},
		PrimaryKey: []string{"seq"},
		Indexes: []dialects.Index{
			{Name: "journal_chain_journal_id", Columns: []string{"journal_id"}, Unique: true},
			{Name: "journal_chain_ref", Columns: []string{"ref_id", "ref_kind", "seq"}},
			{Name: "journal_chain_project", Columns: []string{"project_id", "seq"}},
			{Name: "journal_chain_actor", Columns: []string{"actor_id", "seq"}},
			{Name: "journal_chain_verb", Columns: []string{"verb", "seq"}},
			{Name: "journal_chain_at", Columns: []string{"at", "seq"}},
		},
	}
}

func readerRows() dialects.Table {
	return dialects.Table{
		Name: "journal_reader",
		Columns: []dialects.Column{
			{Name: "name", Type: dialects.Code, Size: 64, NotNull: true},
			{Name: "seq", Type: dialects.Int, NotNull: true},
			{Name: "attempts", Type: dialects.Int, NotNull: true},
			{Name: "error", Type: dialects.Text, Size: 500, NotNull: true},
			{Name: "parked_at", Type: dialects.Time, NotNull: true},
			{Name: "updated_at", Type: dialects.Time, NotNull: true},
		},
		PrimaryKey: []string{"name"},
	}
}

// beginChain writes number 0, which belongs to no entry.
func beginChain(ctx context.Context, d *db.DB) error {
	genesis := make([]byte, hashSize)
	if _, err := rand.Read(genesis); err != nil {
		return err
	}
	_, err := d.InsertIgnore(ctx, "journal_chain", []string{"seq"},
		[]string{"seq", "journal_id", "hash", "at", "actor_id", "module", "verb", "ref_kind", "ref_id", "project_id"},
		[][]any{{0, 0, genesis, 0, 0, "", "", "", 0, 0}})
	return err
}
