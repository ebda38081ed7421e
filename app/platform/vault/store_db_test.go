package vault_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"dingban/app/platform/db"
	"dingban/app/platform/testkit"
	"dingban/app/platform/vault"
	"dingban/app/platform/vault/kek"
)

var title = vault.Cell{Table: "task", Column: "title", Row: 42}

func openOn(t *testing.T, d *db.DB, file string) *vault.Vault {
	t.Helper()
	v, err := vault.Open(t.Context(), vault.Options{KEKFile: file, DB: d})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := v.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return v
}

// TestOnDatabase goes through the life of a vault on a real database.
func TestOnDatabase(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	k.NoDrift(vault.Rows()...)
	store := vault.OnDatabase(k.DB)
	v := openOn(t, k.DB, k.KEKFile)
	sealed, err := v.Seal(title, []byte("kept"))
	if err != nil {
		t.Fatal(err)
	}
	blind := v.Blind("search", "x")
	check := func(when string, v *vault.Vault) {
		t.Helper()
		if back, err := v.Open(title, sealed); err != nil || string(back) != "kept" {
			t.Errorf("%s: %q, %v", when, back, err)
		}
		if v.Blind("search", "x") != blind {
			t.Errorf("%s: another blind number", when)
		}
	}
	check("at once", v)
	check("by another server", k.Vault)
	if err := v.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, keys, err := store.Load(t.Context())
	if err != nil || len(keys) != 4 {
		t.Fatalf("%d keys, %v", len(keys), err)
	}
	for _, rec := range keys {
		if want := map[string]int64{vault.PurposeCell: 1}[rec.Purpose]; rec.Used != want {
			t.Errorf("key for %s: %d uses recorded, want %d", rec.Purpose, rec.Used, want)
		}
	}
	v = openOn(t, k.DB, k.KEKFile)
	check("after a restart", v)
	if err := v.RotateKEK(t.Context()); err != nil {
		t.Fatal(err)
	}
	check("after a rotation", v)
	check("after a rotation and a restart", openOn(t, k.DB, k.KEKFile))
	second := filepath.Join(t.TempDir(), "kek")
	if err := v.RotateRoot(t.Context(), &kek.File{Path: second, MayCreate: true}); err != nil {
		t.Fatal(err)
	}
	check("with another key file", openOn(t, k.DB, second))
	if _, err := vault.Open(t.Context(), vault.Options{KEKFile: k.KEKFile, DB: k.DB}); err == nil || !strings.Contains(err.Error(), k.KEKFile) {
		t.Errorf("with the old key file: %v", err)
	}
}

func TestDatabaseKeepsTheFirstKey(t *testing.T) {
	t.Parallel()
	d, ctx := testkit.New(t).DB, t.Context()
	s := vault.OnDatabase(d)
	for _, table := range []string{vault.KEKTable, vault.KeyTable} {
		if _, err := d.Exec(ctx, "DELETE FROM "+d.Dialect().Quote(table)); err != nil {
			t.Fatal(err)
		}
	}
	key := vault.KeyRecord{ID: 1, Purpose: "cell", Epoch: 1, KEKVersion: 1, Check: "a", Wrapped: []byte{1}, CreatedAt: 5}
	first := vault.KEKRecord{Version: 1, RootCheck: "r", Check: "c", Wrapped: []byte{1}, CreatedAt: 5}
	for _, r := range []vault.KeyRecord{key, {ID: 1, Purpose: "stream", Epoch: 1, Wrapped: []byte{2}}, {ID: 2, Purpose: "cell", Epoch: 1, Wrapped: []byte{3}}} {
		if err := s.AddKey(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range []vault.KEKRecord{first, {Version: 1, Wrapped: []byte{9}}} {
		if err := s.AddKEK(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	keks, keys, err := s.Load(ctx)
	if err != nil || len(keks) != 1 || len(keys) != 1 || keks[0].Check != "c" || keys[0].Purpose != "cell" || keys[0].Wrapped[0] != 1 {
		t.Errorf("%+v %+v %v", keks, keys, err)
	}
	for want := int64(7); want <= 14; want += 7 {
		if total, err := s.Use(ctx, 1, 7); err != nil || total != want {
			t.Errorf("%d uses, %v", total, err)
		}
	}
	if _, err := s.Use(ctx, 99, 1); !errors.Is(err, vault.ErrUnknownKey) {
		t.Errorf("unknown key: %v", err)
	}
	// A rotation that cannot complete changes nothing.
	fresh := first
	fresh.Version, fresh.Check, fresh.Wrapped = 2, "d", []byte{8}
	moved, missing := key, key
	moved.KEKVersion, moved.Wrapped, missing.ID = 2, []byte{7}, 50
	if err := s.Rewrap(ctx, "r", []vault.KEKRecord{fresh}, []vault.KeyRecord{moved, missing}); !errors.Is(err, vault.ErrUnknownKey) {
		t.Errorf("rewrap of a key that is not there: %v", err)
	}
	other := first
	other.Check = "another"
	if err := s.Rewrap(ctx, "r", []vault.KEKRecord{other}, nil); !d.IsUnique(err) {
		t.Errorf("a version that is taken by another key: %v", err)
	}
	if err := s.Rewrap(ctx, "another root", []vault.KEKRecord{first}, nil); !errors.Is(err, vault.ErrRotating) {
		t.Errorf("somebody else changed KEK0 in the meantime: %v", err)
	}
	elsewhere := fresh
	elsewhere.RootCheck = "another root"
	if err := s.Rewrap(ctx, "r", []vault.KEKRecord{elsewhere}, nil); !errors.Is(err, vault.ErrRotating) {
		t.Errorf("key encryption keys under two roots: %v", err)
	}
	if keks, keys, err := s.Load(ctx); err != nil || len(keks) != 1 || keks[0].Check != "c" || keys[0].KEKVersion != 1 {
		t.Errorf("half a rotation was kept: %+v %+v %v", keks, keys, err)
	}
	// Writing what is there already is no error either.
	for range 2 {
		if err := s.Rewrap(ctx, "r", []vault.KEKRecord{first, fresh}, []vault.KeyRecord{moved}); err != nil {
			t.Errorf("a rotation: %v", err)
		}
	}
	if keks, keys, err := s.Load(ctx); err != nil || len(keks) != 2 || keys[0].KEKVersion != 2 || keys[0].Wrapped[0] != 7 || keys[0].Used != 14 {
		t.Errorf("after the rotation: %+v %+v %v", keks, keys, err)
	}
}

// TestSealingInATransactionReportsLater is the case a database with one writer would hang in: the key reaches its report while
// the transaction that seals holds the only pen.
func TestSealingInATransactionReportsLater(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	v := openOn(t, k.DB, k.KEKFile)
	v.SetSoftBudget(vault.NonceBlock)
	first := v.CellEpoch()
	err := k.DB.Tx(t.Context(), func(ctx context.Context) error {
		q := k.DB.Dialect().Quote
		if _, err := k.DB.Exec(ctx, "DELETE FROM "+q(vault.KeyTable)+" WHERE "+q("id")+" = ?", -1); err != nil {
			return err
		}
		for range vault.NonceBlock + 10 {
			if _, err := v.Seal(title, nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	v.WaitForReports()
	if now := v.CellEpoch(); now != first+1 {
		t.Errorf("epoch %d after the budget, before %d", now, first)
	}
	sealed, err := v.Seal(title, []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	// The kit's own vault has not heard of the new key.
	if back, err := k.Vault.Open(title, sealed); err != nil || string(back) != "x" {
		t.Errorf("%q, %v", back, err)
	}
}
