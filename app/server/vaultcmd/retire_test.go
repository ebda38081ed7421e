package vaultcmd_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dingban/app/platform/db"
	"dingban/app/platform/vault"
	"dingban/app/server"
)

// state gives the state of a data key.
func (i *installation) state(id uint32) string {
	i.t.Helper()
	for _, k := range i.status().Keys {
		if k.ID == id {
			return k.State
		}
	}
	return ""
}

func (i *installation) exec(statements ...string) {
	i.t.Helper()
	i.database(func(d *db.DB) {
		for _, s := range statements {
			if _, err := d.Exec(i.t.Context(), s); err != nil {
				i.t.Fatal(err)
			}
		}
	})
}

// What is wrong about a flag is said before anything is opened, and nothing is made where nothing is.
func TestRetireRefusesBeforeItOpens(t *testing.T) {
	t.Parallel()
	i := &installation{t: t, dir: filepath.Join(t.TempDir(), "none"), file: filepath.Join(t.TempDir(), "dingban.yaml")}
	i.configure("")
	for _, days := range []string{"-1", "0"} {
		if out, err := i.run("retire", "--grace-days", days); err == nil || !strings.Contains(err.Error(), "--grace-days is "+days) {
			t.Errorf("%s days: %v, said %s", days, err, out)
		}
	}
	for _, arg := range []string{"retire", "status", "rewrap"} {
		if out, err := i.run(arg); err == nil || !strings.Contains(err.Error(), "there is no database "+i.dir) {
			t.Errorf("%s: %v, said %s", arg, err, out)
		}
	}
	if _, err := os.Stat(i.dir); err == nil {
		t.Error("the folder was made")
	}
}

// TestRetire takes the keys of an installation to their end.
func TestRetire(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	i.must("rotate", "all")
	before := i.status()
	if len(before.Keys) != 8 || i.state(1) != "retired" || len(before.KEKs) != 2 || before.KEKs[0].State != "retired" || before.KEKs[0].DataKeys != 0 {
		t.Fatalf("%+v", before)
	}
	if out := i.must("retire", "--yes"); !strings.Contains(out, "Key 1 (cell, epoch 1) stays") || !strings.Contains(out, "no key to destroy") {
		t.Errorf("said %s", out)
	}
	i.exec("UPDATE `vault_key` SET `created_at` = 1", "UPDATE `vault_kek` SET `retired_at` = 1 WHERE `retired_at` > 0")
	i.must("rewrap")
	// The journal keeps its keys, and whoever looks is told so.
	if out := i.must("retire", "--yes"); !strings.Contains(out, "kept for the journal until its retention cuts them") || i.state(1) != "retired" {
		t.Errorf("said %s", out)
	}
	if text := i.must("status"); !strings.Contains(text, "kept for the journal") {
		t.Error(text)
	}
	for _, k := range i.status().KEKs {
		if want := map[int64]string{1: "destroyed", 2: "active"}[k.Version]; k.State != want {
			t.Errorf("key encryption key %d is %s", k.Version, k.State)
		}
	}
	// As if retention had cut it: then a time begins to run.
	i.exec("DELETE FROM `journal_inbox`", "DELETE FROM `journal`")
	if out := i.must("retire", "--yes"); !strings.Contains(out, "Key 1 (cell, epoch 1) stays until") {
		t.Errorf("said %s", out)
	}
	i.exec("UPDATE `vault_key` SET `emptied_at` = 1 WHERE `emptied_at` > 0")
	if out, err := i.run("retire"); err == nil || !strings.Contains(err.Error(), "not confirmed") || !strings.Contains(out, "can never be read again") || i.state(1) != "retired" {
		t.Errorf("nobody agreed: %v, said %s", err, out)
	}
	var wrapped []byte
	i.database(func(d *db.DB) {
		err := d.Each(t.Context(), "SELECT `wrapped` FROM `vault_key` WHERE `id` = 1", nil, func(sr *sql.Rows) error { return sr.Scan(&wrapped) })
		if err != nil || len(wrapped) < 40 {
			t.Fatalf("%d bytes, %v", len(wrapped), err)
		}
	})
	out := i.must("retire", "--yes")
	if !strings.Contains(out, "Destroyed: 2 data keys") || i.state(1) != "destroyed" || i.state(2) != "destroyed" {
		t.Errorf("said %s", out)
	}
	i.database(func(d *db.DB) {
		left := 0
		err := d.Each(t.Context(), "SELECT COUNT(*) FROM `vault_key` WHERE `wrapped` = ?", []any{wrapped}, func(sr *sql.Rows) error { return sr.Scan(&left) })
		if err != nil || left != 0 {
			t.Errorf("the key is still there: %d, %v", left, err)
		}
		n := 0
		err = d.Each(t.Context(), "SELECT COUNT(*) FROM `journal_inbox` WHERE `verb` = 'vault.retire'", nil, func(sr *sql.Rows) error { return sr.Scan(&n) })
		if err != nil || n != 1 {
			t.Errorf("%d entries, %v", n, err)
		}
	})
	i.readable()
	// The first keys of the index and of passwords are needed until the search index is made anew and people have signed in.
	if i.state(3) != "retired" || i.state(4) != "retired" {
		t.Errorf("%+v", i.status().Keys)
	}
	// Everything goes on: new epochs get new ids, other layers rotate, and what names the destroyed key says so.
	i.must("rotate", "all")
	i.must("rotate", "root")
	i.with(func(app *server.App) {
		made := append([]byte{1, 0, 0, 0, 1}, make([]byte, 60)...)
		if _, err := app.Vault.Open(vault.Cell{Table: "a", Column: "b", Row: 1}, made); !errors.Is(err, vault.ErrDestroyed) {
			t.Errorf("got %v", err)
		}
		ctx := context.WithoutCancel(t.Context())
		if _, err := app.Vault.Seal(vault.Cell{Table: "a", Column: "b", Row: 1}, []byte("x")); err != nil || app.Vault.Refresh(ctx) != nil {
			t.Error(err)
		}
	})
	i.readable()
}
