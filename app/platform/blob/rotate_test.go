package blob_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"

	"dingban/app/platform/blob"
	"dingban/app/platform/blob/blobtest"
	"dingban/app/platform/testkit"
	"dingban/app/platform/vault"
	"dingban/app/platform/vault/reseal"
)

func TestFilesMoveToNewEpochsInFolders(t *testing.T) {
	t.Parallel()
	filesMove(t, newFolder(t, t.TempDir()))
}

func TestFilesMoveToNewEpochsInS3(t *testing.T) {
	t.Parallel()
	filesMove(t, newS3(t))
}

// filesMove changes the keys below files that are in use, with workers that die in the middle and others that go on.
func filesMove(t *testing.T, inner blob.Store) {
	k := testkit.New(t, reseal.Migrations())
	stores := blob.Sealed(inner, k.Vault)
	prefix := fmt.Sprintf("moving-%d/", k.DB.NewID())
	name := func(i int) string { return fmt.Sprintf("%s%d", prefix, i) }
	const count = 60
	contents := make([][]byte, count)
	for i := range contents {
		contents[i] = blobtest.Random(1000*i+7, byte(i))
		put(t, stores, name(i), string(contents[i]))
	}
	before := map[string][]byte{}
	for i := range contents {
		before[name(i)] = raw(t, inner, name(i))
	}
	check := func(s blob.Store, from, to int) {
		t.Helper()
		for i := from; i < to; i++ {
			r, _, err := s.Open(t.Context(), name(i))
			if err != nil {
				t.Errorf("file %d: %v", i, err)
				continue
			}
			back, err := io.ReadAll(r)
			r.Close()
			if err != nil || !bytes.Equal(back, contents[i]) {
				t.Errorf("file %d: %d bytes, %v", i, len(back), err)
			}
		}
	}
	old := k.Vault.Target(vault.FileColumns()[0]).Key
	for _, layer := range []string{vault.LayerData, vault.LayerIndex} {
		if err := k.Vault.Rotate(t.Context(), layer); err != nil {
			t.Fatal(err)
		}
	}
	check(stores, 0, count) // Nothing has moved yet.

	another := func() *vault.Vault {
		v, err := vault.Open(t.Context(), vault.Options{KEKFile: k.KEKFile, DB: k.DB, Clock: k.Clock})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { v.Close(context.Background()) })
		return v
	}
	worker := func() *reseal.Worker {
		w, err := reseal.New(reseal.Options{
			DB: k.DB, Vault: another(), Clock: k.Clock, Columns: vault.FileColumns(), Numbered: vault.FileNumbers(), Rate: 1_000_000, Batch: 7, Settle: -1,
		})
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	var wg sync.WaitGroup
	wg.Go(func() { // People go on working meanwhile.
		for i := count / 2; i < count; i++ {
			put(t, stores, name(i), string(contents[i]))
		}
	})
	rounds := 0
	for err := context.Canceled; err != nil; rounds++ {
		if rounds > 100 {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		tells := 0
		err = worker().Run(ctx, func(reseal.Progress) {
			if tells++; tells == 3 { // Then it dies.
				cancel()
			}
		})
		cancel()
		check(blob.Sealed(inner, another()), 0, count/2)
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	wg.Wait()
	if rounds < 3 {
		t.Errorf("finished after %d rounds: nothing was interrupted", rounds)
	}
	if err := worker().Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	check(stores, 0, count)
	check(blob.Sealed(inner, another()), 0, count)
	for i := range count / 2 {
		if !bytes.Equal(raw(t, inner, name(i)), before[name(i)]) {
			t.Errorf("the object of file %d was written anew", i)
		}
	}
	uses, err := reseal.Counter{
		DB: k.DB, Columns: vault.FileColumns(), Keys: []vault.KeyColumn{vault.FileNumbers()[0].KeyColumn()},
	}.Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(uses) != 2 || uses.Total(old) != 0 || uses.Total(k.Vault.Target(vault.FileColumns()[0]).Key) != count || uses.Total(k.Vault.IndexKey()) != count {
		t.Errorf("the rows need %v", uses)
	}
	// What is purged afterwards is found under its new number.
	if err := stores.Delete(t.Context(), name(0)); err != nil {
		t.Fatal(err)
	}
	first := before[name(0)]
	if _, err := k.Vault.OpenFile(t.Context(), bytes.NewReader(first), int64(len(first)), name(0)); !errors.Is(err, vault.ErrShredded) {
		t.Errorf("a copy of what was purged: %v", err)
	}
}

func raw(t *testing.T, s blob.Store, name string) []byte {
	t.Helper()
	r, _, err := s.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	all, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return all
}
