package search_test

import (
	"database/sql"
	"testing"

	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/platform/vault"
	"dingban/app/search"
)

// TestANewKeyMakesTheIndexAnew: the journal tells of it, nobody misses a result meanwhile, and then the old key is not needed.
func TestANewKeyMakesTheIndexAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(1, 1, "采购服务器", "")
	w.tell("task.create", 1)
	w.Settle()
	w.finds("服务器", 1)
	first := w.Vault.IndexKey()
	state := func() (epoch, key, building int64) {
		t.Helper()
		err := w.DB.Each(w.System(), "SELECT epoch, key_id, building_key FROM search_state", nil, func(rows *sql.Rows) error {
			return rows.Scan(&epoch, &key, &building)
		})
		if err != nil {
			t.Fatal(err)
		}
		return epoch, key, building
	}
	// Another process rotates, as the command does.
	other, err := vault.Open(t.Context(), vault.Options{KEKFile: w.KEKFile, DB: w.DB, Clock: w.Clock})
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Rotate(t.Context(), vault.LayerIndex); err != nil {
		t.Fatal(err)
	}
	w.finds("服务器", 1)
	w.set(2, 1, "归还服务器", "")
	w.tell("task.create", 2)
	w.append(journal.Entry{Module: "vault", Verb: "vault.rotate", Ref: ref.To("vault", 0)})
	w.Settle()
	epoch, key, building := state()
	if epoch != 2 || uint32(key) == first || uint32(key) != w.Vault.IndexKey() || building != key {
		t.Errorf("epoch %d, keys %d and %d, want %d", epoch, key, building, w.Vault.IndexKey())
	}
	w.finds("服务器", 2, 1)
	w.serve(search.Tasks(w, remarks{w}), search.Projects(projectsOf{w}), search.People(directory{})) // Another server.
	w.finds("服务器", 2, 1)
	w.set(3, 1, "服务器到货", "")
	w.tell("task.create", 3)
	w.Settle()
	w.finds("服务器", 3, 2, 1)
	if again, _, _ := state(); again != epoch {
		t.Errorf("made anew again: epoch %d", again)
	}
}
