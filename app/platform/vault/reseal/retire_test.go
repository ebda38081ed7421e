package reseal_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"dingban/app/platform/vault"
	"dingban/app/platform/vault/reseal"
)

// TestOnlyWhatNothingNeedsIsDestroyed goes from a rotation to the end of the key before, with rows that come back in between.
func TestOnlyWhatNothingNeedsIsDestroyed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 30)
	ctx := t.Context()
	const grace = 24 * time.Hour
	old := w.Vault.Target(columns()[0]).Key
	var back []byte // A row as a backup has it.
	w.each(func(id int64, title, _ []byte) {
		if id == 7 {
			back = title
		}
	})
	if err := w.Vault.Rotate(ctx, vault.LayerData); err != nil {
		t.Fatal(err)
	}
	worker := w.worker(w.Vault, func(o *reseal.Options) { o.Every = time.Millisecond })
	count := func() reseal.Uses {
		t.Helper()
		uses, err := worker.Counter(0).Count(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return uses
	}
	if uses := count(); uses[old]["note.title"] != 30 || uses[old]["note.text"] != 20 {
		t.Errorf("before: %v", uses)
	}
	// The worker of a server moves everything and then notes by itself that nothing needs the old key.
	watching, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { defer close(done); worker.Watch(watching) }()
	w.WaitFor("the old key is known to be empty", func() bool {
		left, err := w.Vault.Superseded(ctx)
		return err == nil && len(left) == 0
	})
	stop()
	<-done
	if uses := count(); uses.Total(old) != 0 {
		t.Errorf("after: %v", uses)
	}
	retirable := func() vault.Retirement {
		t.Helper()
		r, err := w.Vault.Retirable(ctx, grace)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := retirable(); !r.Empty() {
		t.Errorf("too early: %+v", r)
	}
	w.Clock.Advance(grace + time.Second)
	r := retirable()
	if len(r.Keys) != 2 || r.Keys[0].ID != old || len(r.KEKs) != 0 {
		t.Fatalf("%+v", r)
	}
	// A row is brought back between the two looks.
	set := func(sealed []byte) {
		t.Helper()
		if _, err := w.DB.Exec(ctx, "UPDATE `note` SET `title` = ? WHERE `id` = 7", sealed); err != nil {
			t.Fatal(err)
		}
	}
	set(back)
	if err := w.Vault.Destroy(ctx, r, grace, count().Total); !errors.Is(err, vault.ErrInUse) {
		t.Errorf("a key that is needed: %v", err)
	}
	if _, err := w.Vault.Open(vault.Cell{Table: "note", Column: "title", Row: 7}, back); err != nil {
		t.Errorf("after a refusal: %v", err)
	}
	// Who looks then takes the note back, and the time begins anew.
	if err := w.Vault.NoteEmpty(ctx, count().Total); err != nil {
		t.Fatal(err)
	}
	if r := retirable(); len(r.Keys) != 1 || r.Keys[0].ID == old {
		t.Errorf("%+v", r)
	}
	if err := w.Vault.Destroy(ctx, r, grace, func(uint32) int64 { return 0 }); !errors.Is(err, vault.ErrInUse) {
		t.Errorf("a key that is no longer listed: %v", err)
	}
	w.seal(w.Vault, "title", 7, "x") // It works on.
	set(w.seal(w.Vault, "title", 7, "title 7"))
	if err := w.Vault.NoteEmpty(ctx, count().Total); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(grace + time.Second)
	if err := w.Vault.Destroy(ctx, retirable(), grace, count().Total); err != nil {
		t.Fatal(err)
	}
	// Gone here, and in a process that starts later; one that runs forgets it when it looks.
	for name, v := range map[string]*vault.Vault{"here": w.Vault, "elsewhere": w.another()} {
		if _, err := v.Open(vault.Cell{Table: "note", Column: "title", Row: 7}, back); !errors.Is(err, vault.ErrDestroyed) || !vault.Damaged(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.allCurrent(w.another(), plainTitle)
	// Ids are not given twice.
	if err := w.Vault.Rotate(ctx, vault.LayerData); err != nil {
		t.Fatal(err)
	}
	if fresh := w.Vault.Target(columns()[0]).Key; fresh <= 4 {
		t.Errorf("key %d again", fresh)
	}
}

func TestTheNewestKeyIsNeverDestroyed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	none := func(uint32) int64 { return 0 }
	if err := w.Vault.NoteEmpty(t.Context(), none); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(10_000 * time.Hour)
	r, err := w.Vault.Retirable(t.Context(), time.Hour)
	if err != nil || !r.Empty() {
		t.Errorf("%+v, %v", r, err)
	}
	status, err := w.Vault.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, made := range []vault.Retirement{{Keys: status.Keys[:1]}, {KEKs: status.KEKs[:1]}} {
		if err := w.Vault.Destroy(t.Context(), made, time.Hour, none); !errors.Is(err, vault.ErrInUse) {
			t.Errorf("got %v", err)
		}
	}
}
