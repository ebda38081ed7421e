package search_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"testing"

	"dingban/app/platform/journal"
	"dingban/app/search"
)

// TestManyChangesStayFewSegments: each change makes a segment; merging keeps them few and loses nothing.
func TestManyChangesStayFewSegments(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for id := int64(1); id <= 40; id++ {
		w.set(id, 1, fmt.Sprintf("旧的标题 第%d号", id), "")
		w.tell("task.create", id)
	}
	for id := int64(1); id <= 40; id += 2 {
		w.set(id, 1, fmt.Sprintf("新的名称 第%d号", id), "")
		w.tell("task.update", id, journal.Change{Field: "title"})
	}
	for id := int64(1); id <= 9; id++ {
		w.remove(id)
		w.tell("task.delete", id)
	}
	if n := w.count("SELECT COUNT(*) FROM search_segment WHERE status = 'live'"); n > 12 {
		t.Errorf("%d segments", n)
	}
	old, fresh := ids(w.all("旧的标题", 50)), ids(w.all("新的名称", 50))
	if len(old) != 16 || len(fresh) != 15 {
		t.Errorf("%v, %v", old, fresh)
	}
	r := w.find("第")
	if r.Total != 31 || !r.Exact {
		t.Errorf("%d in all", r.Total)
	}
	if n := w.count("SELECT COUNT(*) FROM search_doc"); n != 31 {
		t.Errorf("%d documents", n)
	}
	// What is out of use is forgotten a while later.
	w.Clock.Advance(2 * 60_000_000_000)
	w.set(50, 1, "最后", "")
	w.tell("task.create", 50)
	if n := w.count("SELECT COUNT(*) FROM search_segment WHERE status <> 'live'"); n != 0 {
		t.Errorf("%d segments out of use are left", n)
	}
	if lost := w.count("SELECT COUNT(*) FROM search_page p LEFT JOIN search_segment g ON g.id * 1048576 <= p.id AND p.id < (g.id + 1) * 1048576 WHERE g.id IS NULL"); lost != 0 {
		t.Errorf("%d pages are of no segment", lost)
	}
	w.finds("最后", 50)
}

func TestRebuildMendsTheIndex(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for id := int64(1); id <= 450; id++ {
		w.set(id*3, 1, fmt.Sprintf("任务第%d号", id), "描述")
	}
	w.index()
	for _, damage := range []string{
		"UPDATE search_page SET body = NULL",
		"DELETE FROM search_doc WHERE id < 600",
		"UPDATE search_doc SET version = 77 WHERE id > 900",
	} {
		if n, err := w.DB.Exec(w.System(), damage); err != nil || n == 0 {
			t.Fatal(damage, n, err)
		}
	}
	w.serve(search.Tasks(w, remarks{w}))
	seen := int64(0)
	if err := w.s.Rebuild(w.System(), func(n int64) { seen = n }); err != nil || seen != 450 {
		t.Errorf("saw %d, %v", seen, err)
	}
	if got := w.all("任务", 200); len(got) != 450 {
		t.Errorf("found %d", len(got))
	}
	w.finds("第450号", 1350)
}

// TestRebuildBesideTheReader: whoever comes second has the later words, in the old index and in the new one.
func TestRebuildBesideTheReader(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for id := int64(1); id <= 50; id++ {
		w.set(id, 1, "旧的标题", "")
	}
	w.index()
	done := make(chan error)
	go func() {
		var err error
		for range 5 {
			if err == nil {
				err = w.s.Rebuild(w.System(), func(int64) {})
			}
		}
		done <- err
	}()
	for id := int64(1); id <= 50; id++ {
		w.set(id, 1, "新的名称", "")
		w.tell("task.update", id, journal.Change{Field: "title", From: "旧的标题", To: "新的名称"})
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got := w.all("新的名称", 50); len(got) != 50 {
		t.Errorf("found %d", len(got))
	}
	w.finds("旧的标题")
	if n := w.count("SELECT COUNT(*) FROM search_doc"); n != 52 { // two people
		t.Errorf("%d documents are in force", n)
	}
}

// TestAnInterruptedRebuildGoesOn: with what it has done already, and searching works all the while.
func TestAnInterruptedRebuildGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for id := int64(1); id <= 30; id++ {
		w.set(id, 1, "年度审计", "")
	}
	w.index()
	broken := &breaking{Source: search.Tasks(w, remarks{w}), after: 1}
	w.serve(broken)
	if err := w.s.Rebuild(w.System(), func(int64) {}); err == nil {
		t.Fatal("the rebuild was not interrupted")
	}
	if got := w.all("年度审计", 50); len(got) != 30 {
		t.Errorf("found %d meanwhile", len(got))
	}
	// What changes now goes into both.
	w.set(31, 1, "年度审计", "")
	if err := w.s.Index(w.System(), search.KindTask, 31); err != nil {
		t.Fatal(err)
	}
	broken.after = 100
	if p, err := w.s.Progress(w.Context(zhang)); err != nil || !p.Running || p.Seen != 30 {
		t.Errorf("%+v, %v", p, err)
	}
	opened := w.opened
	if err := w.s.Rebuild(w.System(), func(int64) {}); err != nil {
		t.Fatal(err)
	}
	if w.opened > opened+1 {
		t.Errorf("opened %d times again", w.opened-opened)
	}
	if got := w.all("年度审计", 50); len(got) != 31 {
		t.Errorf("found %d", len(got))
	}
	if p, err := w.s.Progress(w.Context(zhang)); err != nil || p.Running || p.Epoch != 3 {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestARebuildIsAskedForThroughTheJournal: so it survives a restart and stands in the audit trail.
func TestARebuildIsAskedForThroughTheJournal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(1, 1, "年度审计", "")
	if err := w.s.AskRebuild(w.Context(zhang)); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	if p, err := w.s.Progress(w.Context(zhang)); err != nil || p.Epoch != 2 {
		t.Errorf("%+v, %v", p, err)
	}
	w.finds("审计", 1)
}

// TestTokensSayNothing: no word and no plain hash of one is on disk, not even inside of the seal, and the next epoch has
// other numbers for the same words.
func TestTokensSayNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(search.Tasks(w, remarks{w}))
	w.set(1, 1, "采购服务器", "rollback plan")
	bodies := map[string]bool{}
	for range 3 {
		w.index()
		err := w.DB.Each(w.System(), "SELECT p.body FROM search_page p, search_segment g, search_state s WHERE g.epoch = s.epoch AND p.id >= g.id * 1048576 AND p.id < g.id * 1048576 + 524288", nil, func(rows *sql.Rows) error {
			var body []byte
			if err := rows.Scan(&body); err != nil {
				return err
			}
			for _, word := range []string{"采", "采购", "购", "rol", "plan"} {
				if bytes.Contains(body, []byte(word)) {
					t.Errorf("%q is on disk", word)
				}
			}
			if bodies[string(body)] {
				t.Error("two epochs have the same page")
			}
			bodies[string(body)] = true
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		w.finds("服务器", 1)
	}
	if len(bodies) != 3 {
		t.Errorf("%d pages", len(bodies))
	}
	a, b := search.Tokens(w.s, 1, 0, "采购服务器"), search.Tokens(w.s, 2, 0, "采购服务器")
	for _, token := range a {
		if slices.Contains(b, token) {
			t.Errorf("token %d is in two epochs", token)
		}
	}
}

// breaking fails when it has walked so many steps, counting left out.
type breaking struct {
	search.Source
	after int
}

func (b *breaking) Walk(ctx context.Context, after int64, limit int) ([]int64, error) {
	if limit >= countStep {
		return b.Source.Walk(ctx, after, limit)
	}
	if b.after--; b.after < 0 {
		return nil, errors.New("the server stops here")
	}
	return b.Source.Walk(ctx, after, limit)
}

// TestAnotherServerSeesWhatThisOneIndexes, changes and rebuilds included, at once.
func TestAnotherServerSeesWhatThisOneIndexes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	writer := w.s
	w.serve(search.Tasks(w, remarks{w}))
	reader := w.s
	for round := range 12 {
		for id := int64(1); id <= 5; id++ {
			w.set(id, 1, fmt.Sprintf("第%d轮 任务%d", round, id), "")
		}
		if err := writer.Index(w.System(), search.KindTask, 1, 2, 3, 4, 5); err != nil {
			t.Fatal(err)
		}
		if round == 6 {
			if err := writer.Rebuild(w.System(), func(int64) {}); err != nil {
				t.Fatal(err)
			}
		}
		w.s = reader
		w.finds(fmt.Sprintf("第%d轮", round), 5, 4, 3, 2, 1)
		if r := w.find("任务"); r.Total != 5 || !r.Exact {
			t.Errorf("round %d: %d in all", round, r.Total)
		}
		if round > 0 {
			w.finds(fmt.Sprintf("第%d轮", round-1))
		}
	}
}

// TestSearchingWhileSegmentsAreMerged never misses anything.
func TestSearchingWhileSegmentsAreMerged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.serve(search.Tasks(w, remarks{w}))
	for id := int64(1); id <= 30; id++ {
		w.set(id, 1, "年度审计", "")
	}
	w.index()
	done := make(chan error)
	go func() {
		var err error
		for i := range 60 {
			if err == nil {
				err = w.s.Index(w.System(), search.KindTask, int64(i%30)+1)
			}
			for _, r := range w.s.Readers() {
				if err == nil && r.Name == "search.keep" {
					err = r.Handle(w.System(), nil)
				}
			}
		}
		done <- err
	}()
	for {
		if got := w.all("年度审计", 50); len(got) != 30 {
			t.Errorf("found %d", len(got))
		}
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			return
		default:
		}
	}
}
