package notify_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"dingban/app/notify"
	"dingban/app/org"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/platform/testkit"
)

const zhang, li, wang = 101, 102, 103

// world has one task, 5 in project 3: made by Zhang, Li is responsible.
type world struct {
	*testkit.Kit
	s *notify.Service

	mu       sync.Mutex
	subject  notify.Subject
	readable []int64
}

func (w *world) Ref(_ context.Context, id int64) org.PersonRef { return org.PersonRef{ID: id} }

func (w *world) Projects(context.Context, string) ([]int64, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.readable, false, nil
}

func (w *world) subjects(_ context.Context, ids []int64) (map[int64]notify.Subject, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := map[int64]notify.Subject{}
	if slices.Contains(ids, 5) {
		out[5] = w.subject
	}
	return out, nil
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{Kit: testkit.New(t, notify.Migrations()), readable: []int64{3}}
	w.subject = notify.Subject{Key: "OPS-1", Title: "采购服务器", ProjectID: 3, People: []int64{zhang, li}}
	w.s = notify.New(w.DB, w.Journal, w.Clock, w, w, w.subjects)
	for _, r := range w.s.Readers() {
		w.Journal.AddReader(r)
	}
	return w
}

func (w *world) happen(t *testing.T, by int64, verb string, changes ...journal.Change) {
	t.Helper()
	module, _, _ := strings.Cut(verb, ".")
	err := w.DB.Tx(w.Context(by), func(ctx context.Context) error {
		return w.Journal.Append(ctx, journal.Entry{Module: module, Verb: verb, Ref: ref.To("task", 5), ProjectID: 3, Changes: changes})
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Settle()
}

func (w *world) verbs(t *testing.T, person int64) []string {
	t.Helper()
	items, _, unread, err := w.s.List(w.Context(person), false, db.Page{})
	if err != nil {
		t.Fatal(err)
	}
	if int(unread) != len(items) {
		t.Errorf("person %d: %d unread, %d shown", person, unread, len(items))
	}
	verbs := []string{}
	for _, n := range items {
		verbs = append(verbs, n.Verb)
	}
	return verbs
}

func TestEverybodyConcernedHearsAndNobodyOfTheirOwnActs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.happen(t, zhang, "task.create", journal.Change{Field: "assignees", To: []int64{li}}, journal.Change{Field: "title", To: "x"})
	w.happen(t, li, "task.move", journal.Change{Field: "state", From: 1, To: 2})
	w.happen(t, wang, "comment.create")
	w.happen(t, zhang, "task.update", journal.Change{Field: "assignees", From: []int64{li}, To: []int64{wang}})
	for person, want := range map[int64][]string{
		zhang: {"comment.create", "task.move"},
		li:    {"task.unassign", "comment.create", "task.assign"},
		wang:  {"task.assign"},
	} {
		if got := w.verbs(t, person); !slices.Equal(got, want) {
			t.Errorf("person %d hears %v, want %v", person, got, want)
		}
	}
}

func TestAnEntrySeenTwiceIsOneNotification(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.happen(t, li, "task.move", journal.Change{Field: "state", From: 1, To: 2})
	records, err := w.Journal.List(w.System(), journal.Filter{Verb: "task.move"})
	if err != nil || len(records) != 1 {
		t.Fatal(records, err)
	}
	for _, r := range w.s.Readers() {
		if err := r.Handle(w.System(), records); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.verbs(t, zhang); len(got) != 1 {
		t.Errorf("got %v", got)
	}
}

func TestMarkReadIsOnesOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 3 {
		w.happen(t, li, "task.move", journal.Change{Field: "state", From: 1, To: 2})
	}
	items, _, _, err := w.s.List(w.Context(zhang), false, db.Page{})
	if err != nil || len(items) != 3 || items[0].Title != "采购服务器" || items[0].Key != "OPS-1" {
		t.Fatal(items, err)
	}
	if left, err := w.s.MarkRead(w.Context(wang), []int64{items[0].ID}, false); err != nil || left != 0 {
		t.Errorf("somebody else marking: %d, %v", left, err)
	}
	if left, err := w.s.MarkRead(w.Context(zhang), []int64{items[0].ID}, false); err != nil || left != 2 {
		t.Errorf("after marking one: %d left, %v", left, err)
	}
	unread, _, n, err := w.s.List(w.Context(zhang), true, db.Page{})
	if err != nil || len(unread) != 2 || n != 2 {
		t.Errorf("unread: %d shown, %d counted, %v", len(unread), n, err)
	}
	if left, err := w.s.MarkRead(w.Context(zhang), nil, true); err != nil || left != 0 {
		t.Errorf("after marking all: %d left, %v", left, err)
	}
	for name, c := range map[string]struct {
		ids []int64
		all bool
	}{"neither": {}, "both": {[]int64{1}, true}, "too many": {make([]int64, 201), false}} {
		if _, err := w.s.MarkRead(w.Context(zhang), c.ids, c.all); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNothingOfAProjectThatCannotBeReadAnyMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.happen(t, li, "task.move", journal.Change{Field: "state", From: 1, To: 2})
	w.mu.Lock()
	w.readable = []int64{4}
	w.mu.Unlock()
	if got := w.verbs(t, zhang); len(got) != 0 {
		t.Errorf("got %v", got)
	}
	// The task moves to a project the person can read again, but the notice was about the old one.
	w.mu.Lock()
	w.readable, w.subject.ProjectID = []int64{3}, 9
	w.mu.Unlock()
	items, _, _, err := w.s.List(w.Context(zhang), false, db.Page{})
	if err != nil || len(items) != 0 {
		t.Errorf("a title of project 9 leaked: %v, %v", items, err)
	}
}

func TestPagesHaveNoGaps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 7 {
		w.happen(t, li, "task.move", journal.Change{Field: "state", From: 1, To: 2})
	}
	seen, cursor := map[int64]bool{}, ""
	for range 10 {
		items, next, _, err := w.s.List(w.Context(zhang), false, db.Page{Limit: 3, Cursor: cursor})
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range items {
			seen[n.Seq] = true
		}
		if cursor = next; next == "" {
			break
		}
	}
	if len(seen) != 7 {
		t.Errorf("saw %d of 7", len(seen))
	}
	if _, _, _, err := w.s.List(w.Context(zhang), false, db.Page{Cursor: "?"}); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("bad cursor: %v", err)
	}
}

func TestAMentionIsToldAsThat(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.happen(t, zhang, "comment.create", journal.Change{Field: "text", To: "x"}, journal.Change{Field: "mentions", To: []int64{wang, zhang}})
	// Who was mentioned before hears nothing new when the words around it change.
	w.happen(t, zhang, "comment.update", journal.Change{Field: "mentions", From: []int64{wang}, To: []int64{wang, li}})
	for person, want := range map[int64][]string{
		zhang: {},
		li:    {"comment.mention", "comment.create"},
		wang:  {"comment.mention"},
	} {
		if got := w.verbs(t, person); !slices.Equal(got, want) {
			t.Errorf("person %d hears %v, want %v", person, got, want)
		}
	}
}
