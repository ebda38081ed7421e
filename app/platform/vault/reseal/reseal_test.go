package reseal_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"dingban/app/platform/db"
	"dingban/app/platform/testkit"
	"dingban/app/platform/vault"
	"dingban/app/platform/vault/kek"
	"dingban/app/platform/vault/reseal"
	"dingban/dialects"
)

// notes is a table with two sealed columns.
func notes() []db.Migration {
	return []db.Migration{{
		ID: "20261127000000_note", Module: "note",
		Up: func(_ context.Context, m *db.Migrator) error {
			return m.CreateTable(dialects.Table{
				Name: "note",
				Columns: []dialects.Column{
					{Name: "id", Type: dialects.ID, NotNull: true},
					{Name: "title", Type: dialects.Sealed, Size: 300},
					{Name: "text", Type: dialects.Sealed},
				},
				PrimaryKey: []string{"id"},
			})
		},
	}}
}

func columns() []vault.Column {
	return []vault.Column{{Table: "note", Column: "title"}, {Table: "note", Column: "text"}}
}

type world struct {
	*testkit.Kit
	t testing.TB
}

func newWorld(t testing.TB, n int) *world {
	t.Helper()
	w := &world{Kit: testkit.New(t, notes(), reseal.Migrations()), t: t}
	var rows [][]any
	for id := int64(1); id <= int64(n); id++ {
		var text []byte // Every third has none.
		if id%3 != 0 {
			text = w.seal(w.Vault, "text", id, fmt.Sprintf("text %d", id))
		}
		rows = append(rows, []any{id, w.seal(w.Vault, "title", id, fmt.Sprintf("title %d", id)), text})
	}
	if err := w.DB.InsertMany(t.Context(), "note", []string{"id", "title", "text"}, rows); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) seal(v *vault.Vault, column string, id int64, text string) []byte {
	w.t.Helper()
	sealed, err := v.SealText(vault.Cell{Table: "note", Column: column, Row: id}, text)
	if err != nil {
		w.t.Fatal(err)
	}
	return sealed
}

// another opens the vault as another server would.
func (w *world) another(change ...func(*vault.Options)) *vault.Vault {
	w.t.Helper()
	o := vault.Options{KEKFile: w.KEKFile, DB: w.DB, Clock: w.Clock}
	for _, c := range change {
		c(&o)
	}
	v, err := vault.Open(w.t.Context(), o)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { v.Close(context.Background()) })
	return v
}

func (w *world) worker(v *vault.Vault, change ...func(*reseal.Options)) *reseal.Worker {
	w.t.Helper()
	o := reseal.Options{DB: w.DB, Vault: v, Clock: w.Clock, Columns: columns(), Rate: 1_000_000, Batch: 20, Settle: -1}
	for _, c := range change {
		c(&o)
	}
	r, err := reseal.New(o)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// each reads all rows.
func (w *world) each(f func(id int64, title, text []byte)) {
	w.t.Helper()
	err := w.DB.Each(w.t.Context(), "SELECT `id`, `title`, `text` FROM `note` ORDER BY `id`", nil, func(sr *sql.Rows) error {
		var id int64
		var title, text []byte
		err := sr.Scan(&id, &title, &text)
		f(id, title, text)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// allCurrent checks that every row has the newest key, except those, and says what it said.
func (w *world) allCurrent(v *vault.Vault, title func(id int64) string) {
	w.t.Helper()
	w.each(func(id int64, a, b []byte) {
		if !v.Current(columns()[0], a) || len(b) > 0 && !v.Current(columns()[1], b) {
			w.t.Errorf("row %d has key %d and suite %s", id, vault.KeyOf(a), vault.SuiteOf(a))
		}
		if got, err := v.OpenText(vault.Cell{Table: "note", Column: "title", Row: id}, a); err != nil || got != title(id) {
			w.t.Errorf("title of row %d: %q, %v", id, got, err)
		}
		want := fmt.Sprintf("text %d", id)
		if id%3 == 0 {
			want = ""
		}
		if got, err := v.OpenText(vault.Cell{Table: "note", Column: "text", Row: id}, b); err != nil || got != want {
			w.t.Errorf("text of row %d: %q, %v", id, got, err)
		}
	})
}

func plainTitle(id int64) string { return fmt.Sprintf("title %d", id) }

func TestSchema(t *testing.T) {
	t.Parallel()
	testkit.New(t, reseal.Migrations()).NoDrift(reseal.Rows()...)
}

func TestRotationMovesEveryRow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 130)
	if err := w.Vault.Rotate(t.Context(), vault.LayerData); err != nil {
		t.Fatal(err)
	}
	var last reseal.Progress
	var finished []string
	worker := w.worker(w.Vault, func(o *reseal.Options) {
		o.Done = func(_ context.Context, p reseal.Progress) { finished = append(finished, p.Place) }
	})
	if err := worker.Run(t.Context(), func(p reseal.Progress) { last = p }); err != nil {
		t.Fatal(err)
	}
	w.allCurrent(w.Vault, plainTitle)
	if last.Place != "note.text" || last.Moved != 87 || last.Total != 87 || last.Finished == 0 || len(finished) != 2 {
		t.Errorf("%+v, finished %v", last, finished)
	}
	// Another server opens all of it, and a second run has nothing to do.
	w.allCurrent(w.another(), plainTitle)
	if err := worker.Run(t.Context(), func(p reseal.Progress) { t.Errorf("worked again: %+v", p) }); err != nil {
		t.Error(err)
	}
	status, err := worker.Status(t.Context())
	if err != nil || len(status) != 2 || status[0].Moved != 130 || status[0].Finished == 0 {
		t.Errorf("%+v, %v", status, err)
	}
}

func TestAnotherSuiteMovesEveryRow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 30)
	for _, suite := range []string{vault.SM4CBC, vault.AESGCM, vault.SM4GCM} {
		v := w.another(func(o *vault.Options) { o.Suite = suite })
		if err := w.worker(v).Run(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		w.allCurrent(v, plainTitle)
		w.each(func(id int64, title, _ []byte) {
			if vault.SuiteOf(title) != suite {
				t.Errorf("row %d is sealed with %s, want %s", id, vault.SuiteOf(title), suite)
			}
		})
	}
}

func TestGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 100)
	if err := w.Vault.Rotate(t.Context(), vault.LayerData); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := w.worker(w.Vault).Run(ctx, func(p reseal.Progress) {
		if p.Moved == 40 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	first := reseal.Progress{}
	if err := w.worker(w.another()).Run(t.Context(), func(p reseal.Progress) {
		if first.Place == "" {
			first = p
		}
	}); err != nil {
		t.Fatal(err)
	}
	if first.Seen != 60 || first.Moved != 60 {
		t.Errorf("the second process began with %+v, want it to go on after 40", first)
	}
	w.allCurrent(w.another(), plainTitle)
}

func TestOneAtATime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 40)
	if err := w.Vault.Rotate(t.Context(), vault.LayerData); err != nil {
		t.Fatal(err)
	}
	tried := false
	err := w.worker(w.Vault).Run(t.Context(), func(reseal.Progress) {
		if tried {
			return
		}
		tried = true
		if err := w.worker(w.Vault).Run(t.Context(), nil); !errors.Is(err, reseal.ErrBusy) {
			t.Errorf("a second one: %v", err)
		}
	})
	if err != nil || !tried {
		t.Error(err)
	}
}

// TestDamageStaysAndIsTold puts one row's title into another row.
func TestDamageStaysAndIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 30)
	moved := w.seal(w.Vault, "title", 7, "title 7")
	if _, err := w.DB.Exec(t.Context(), "UPDATE `note` SET `title` = ? WHERE `id` = ?", moved, 8); err != nil {
		t.Fatal(err)
	}
	var damage []vault.Damage
	v := w.another(func(o *vault.Options) { o.OnDamage = func(d vault.Damage) { damage = append(damage, d) } })
	if err := v.Rotate(t.Context(), vault.LayerData); err != nil {
		t.Fatal(err)
	}
	if err := w.worker(v).Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	status, err := w.worker(v).Status(t.Context())
	if err != nil || status[0].Moved != 29 || status[0].Damaged != 1 || status[0].Finished == 0 {
		t.Errorf("%+v, %v", status, err)
	}
	if len(damage) == 0 || damage[0].Cell != (vault.Cell{Table: "note", Column: "title", Row: 8}) {
		t.Errorf("told: %+v", damage)
	}
	w.each(func(id int64, title, _ []byte) {
		if id == 8 && string(title) != string(moved) {
			t.Error("the damaged row was changed")
		}
	})
}

// TestEverythingRotatesWhileServersWork has two servers write and read all the time, while the data keys, the key encryption
// keys and KEK0 are changed again and again and rows are moved: nobody reads anything but what was written last.
func TestEverythingRotatesWhileServersWork(t *testing.T) {
	t.Parallel()
	const rows = 24
	w := newWorld(t, rows)
	servers := []*vault.Vault{w.another(), w.another()}
	var mu [rows + 1]sync.Mutex // The lock a version number is in the product.
	var version [rows + 1]int
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var work sync.WaitGroup
	var writes atomic.Int64
	for n, v := range servers {
		for part := range 2 {
			work.Go(func() {
				for i := 0; ctx.Err() == nil; i++ {
					id := int64(1 + (i*5+n*7+part*11)%rows)
					func() {
						mu[id].Lock()
						defer mu[id].Unlock()
						var sealed []byte
						err := w.DB.Each(t.Context(), "SELECT `title` FROM `note` WHERE `id` = ?", []any{id}, func(sr *sql.Rows) error { return sr.Scan(&sealed) })
						want := fmt.Sprintf("version %d", version[id])
						if version[id] == 0 {
							want = plainTitle(id)
						}
						got, openErr := v.OpenText(vault.Cell{Table: "note", Column: "title", Row: id}, sealed)
						if err != nil || openErr != nil || got != want {
							t.Errorf("row %d: %q, want %q: %v %v", id, got, want, err, openErr)
						}
						version[id]++
						fresh := w.seal(v, "title", id, fmt.Sprintf("version %d", version[id]))
						if _, err := w.DB.Exec(t.Context(), "UPDATE `note` SET `title` = ? WHERE `id` = ?", fresh, id); err != nil {
							t.Error(err)
						}
						writes.Add(1)
					}()
				}
			})
		}
	}
	keeper := w.another()
	for round := range 4 {
		before := writes.Load()
		if err := keeper.Rotate(t.Context(), vault.LayerData); err != nil {
			t.Error(err)
		}
		if err := keeper.RotateKEK(t.Context()); err != nil {
			t.Error(err)
		}
		file := &kek.File{Path: w.KEKFile + fmt.Sprint(round), MayCreate: true}
		if err := keeper.RotateRoot(t.Context(), file); err != nil {
			t.Error(err)
		}
		if _, err := kek.Replace(w.KEKFile, file.Path); err != nil {
			t.Error(err)
		}
		keeper = w.another()
		for _, v := range servers { // What Watch does.
			if err := v.Refresh(t.Context()); err != nil {
				t.Errorf("a running server: %v", err)
			}
		}
		if err := w.worker(keeper).Run(t.Context(), nil); err != nil {
			t.Error(err)
		}
		testkit.WaitFor(t, "the servers write on", func() bool { return writes.Load() > before+20 || t.Failed() })
	}
	cancel()
	work.Wait()
	last := w.another()
	if err := w.worker(last).Run(t.Context(), nil); err != nil {
		t.Error(err)
	}
	w.allCurrent(last, func(id int64) string {
		if version[id] == 0 {
			return plainTitle(id)
		}
		return fmt.Sprintf("version %d", version[id])
	})
}

// TestStaleServersAreWaitedFor has a server that has not heard of the new key write after the first pass.
func TestStaleServersAreWaitedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 10)
	stale := w.another()
	if err := w.Vault.Rotate(t.Context(), vault.LayerData); err != nil {
		t.Fatal(err)
	}
	wrote := false
	worker := w.worker(w.Vault, func(o *reseal.Options) { o.Settle = 1 << 40 }) // Some minutes.
	err := worker.Run(t.Context(), func(p reseal.Progress) {
		if p.Seen == 10 && !wrote {
			wrote = true
			if _, err := w.DB.Exec(t.Context(), "UPDATE `note` SET `title` = ? WHERE `id` = ?", w.seal(stale, "title", 3, "late"), 3); err != nil {
				t.Error(err)
			}
			w.Clock.Advance(1 << 41)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	w.allCurrent(w.Vault, func(id int64) string {
		if id == 3 {
			return "late"
		}
		return plainTitle(id)
	})
}

func TestColumnsAreToldOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	for _, bad := range [][]vault.Column{append(columns(), columns()[0]), {{Table: "note"}}, {{Column: "title"}}} {
		if _, err := reseal.New(reseal.Options{DB: w.DB, Vault: w.Vault, Columns: bad}); err == nil {
			t.Errorf("%v was taken", bad)
		}
	}
}
