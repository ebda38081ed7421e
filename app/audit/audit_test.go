package audit_test

import (
	"context"
	"encoding/hex"
	"errors"
	"testing"

	"dingban/app/access"
	"dingban/app/audit"
	"dingban/app/org"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/platform/testkit"
)

const auditor, stranger = 7, 8

// onlyAuditor grants audit permissions to one person, as access would.
type onlyAuditor struct{}

func (onlyAuditor) Require(ctx context.Context, permission string, _ access.Target) error {
	if ctx.Value(markAuditor{}) != nil {
		return nil
	}
	return fault.Denied(permission)
}

type markAuditor struct{}

type names struct{}

func (names) Ref(_ context.Context, id int64) org.PersonRef {
	return org.PersonRef{ID: id, Name: map[int64]string{auditor: "周审计", 9: "李晓雨"}[id]}
}

type world struct {
	*testkit.Kit
	s   *audit.Service
	ctx context.Context
}

func newWorld(t *testing.T) *world {
	t.Helper()
	k := testkit.New(t)
	w := &world{Kit: k, s: audit.New(k.DB, k.Journal, onlyAuditor{}, names{}, nil)}
	w.ctx = context.WithValue(k.Context(auditor), markAuditor{}, true)
	return w
}

// happen appends entries as person 9.
func (w *world) happen(t *testing.T, entries ...journal.Entry) {
	t.Helper()
	ctx := w.Context(9)
	for _, e := range entries {
		if err := w.DB.Tx(ctx, func(ctx context.Context) error { return w.Journal.Append(ctx, e) }); err != nil {
			t.Fatal(err)
		}
	}
	w.Settle()
}

func entry(verb string, id int64, to string) journal.Entry {
	return journal.Entry{Module: "task", Verb: verb, Ref: ref.To("task", id), ProjectID: 3, Changes: []journal.Change{{Field: "title", From: nil, To: to}}}
}

func TestListShowsWhoDidWhat(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.happen(t, entry("task.create", 1, "采购"), entry("task.update", 1, "采购设备"), entry("task.create", 2, "巡检"))
	items, _, err := w.s.List(w.ctx, audit.Filter{Ref: "task:1"}, db.Page{})
	if err != nil {
		t.Fatal(err)
	}
	if len(items) != 2 || items[0].Verb != "task.update" || items[0].Actor.Name != "李晓雨" || items[0].Changes[0].To != "采购设备" || items[0].Address == "" || len(items[0].Hash) != 64 {
		t.Errorf("got %+v", items)
	}
	for name, c := range map[string]struct {
		f    audit.Filter
		want int
	}{
		"verb":         {audit.Filter{Verb: "task.create"}, 2},
		"actor":        {audit.Filter{ActorID: 9}, 3},
		"other person": {audit.Filter{ActorID: 99}, 0},
		"before all":   {audit.Filter{To: 1}, 0},
		"module":       {audit.Filter{Module: "task", From: 1}, 3},
	} {
		items, _, err := w.s.List(w.ctx, c.f, db.Page{})
		if err != nil || len(items) != c.want {
			t.Errorf("%s: %d entries, %v; want %d", name, len(items), err, c.want)
		}
	}
}

func TestListPagesWithoutGapsOrRepeats(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range int64(7) {
		w.happen(t, entry("task.create", i+1, "x"))
	}
	var seen []int64
	cursor := ""
	for range 10 {
		items, next, err := w.s.List(w.ctx, audit.Filter{Module: "task"}, db.Page{Limit: 3, Cursor: cursor})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range items {
			seen = append(seen, e.Ref.ID)
		}
		if cursor = next; next == "" {
			break
		}
	}
	if len(seen) != 7 || seen[0] != 7 || seen[6] != 1 {
		t.Errorf("saw %v", seen)
	}
}

func TestReadingIsRecordedAndStrangersSeeNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.happen(t, entry("task.create", 1, "x"))
	if _, _, err := w.s.List(w.Context(stranger), audit.Filter{}, db.Page{}); !fault.Is(err, fault.KindDenied) {
		t.Errorf("a stranger: %v", err)
	}
	if _, err := w.s.Verify(w.Context(stranger)); !fault.Is(err, fault.KindDenied) {
		t.Errorf("a stranger verifying: %v", err)
	}
	if _, _, err := w.s.List(w.ctx, audit.Filter{Verb: "task.create"}, db.Page{}); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	items, _, err := w.s.List(w.ctx, audit.Filter{Module: "audit"}, db.Page{})
	if err != nil || len(items) == 0 {
		t.Fatal(len(items), err)
	}
	// This look is recorded too, and may have its number by the time the page is read: the
	// first look is the oldest.
	if first := items[len(items)-1]; len(items) > 2 || first.Actor.ID != auditor || first.Changes[0].To != "task.create" {
		t.Errorf("the look into the journal left %+v", items)
	}
}

func TestVerifyFindsTampering(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.happen(t, entry("task.create", 1, "x"), entry("task.create", 2, "y"), entry("task.create", 3, "z"))
	v, err := w.s.Verify(w.ctx)
	if err != nil || !v.OK || v.Entries < 3 {
		t.Fatalf("%+v, %v", v, err)
	}
	if _, err := hex.DecodeString(v.HeadHash); err != nil || len(v.HeadHash) != 64 {
		t.Errorf("head hash %q", v.HeadHash)
	}
	n, err := w.DB.Exec(w.System(), "UPDATE `journal` SET `actor_id` = 10 WHERE `ref_id` = 2")
	if err != nil || n != 1 {
		t.Fatal(n, err)
	}
	v, err = w.s.Verify(w.ctx)
	if err != nil || v.OK || v.FirstBad != 2 || v.Problem != journal.ProblemChanged {
		t.Errorf("after tampering: %+v, %v", v, err)
	}
}

func TestBadFiltersNameTheField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for location, c := range map[string]struct {
		f    audit.Filter
		page db.Page
	}{
		"query.ref":    {f: audit.Filter{Ref: "task"}},
		"query.to":     {f: audit.Filter{From: 5, To: 5}},
		"query.cursor": {page: db.Page{Cursor: "!"}},
	} {
		_, _, err := w.s.List(w.ctx, c.f, c.page)
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind != fault.KindInvalid || len(f.Fields) != 1 || f.Fields[0].Location != location {
			t.Errorf("%s: %v", location, err)
		}
	}
}
