package search_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/testkit"
	"dingban/app/platform/vault"
	"dingban/app/search"
	"dingban/app/task"
	"dingban/dialects"
)

const (
	benchTasks    = 100_000
	benchLength   = 200 // characters of a description
	benchProjects = 50
)

// language makes text whose words are as unevenly common as those of a real
// one: the most common word is in nearly every text, most words in few.
type language struct {
	random *rand.Rand
	pick   *rand.Zipf
	words  []string
}

func newLanguage() *language {
	random := rand.New(rand.NewPCG(1, 2))
	l := &language{random: random, pick: rand.NewZipf(random, 1.1, 4, 2999)}
	for range 3000 {
		l.words = append(l.words, string([]rune{l.sign(), l.sign()}))
	}
	return l
}

func (l *language) sign() rune { return rune(0x4e00 + 11*l.random.IntN(1000)) }

func (l *language) text(length int) string {
	var out []rune
	for len(out) < length {
		out = append(out, []rune(l.words[l.pick.Uint64()])...)
		if l.random.IntN(6) == 0 {
			out = append(out, '，')
		}
	}
	return string(out[:length])
}

// sealed keeps tasks in a table as theirs is, so that reading and opening them is paid for. What a real task has beside its
// words is measured where it is.
type sealed struct {
	db    *db.DB
	vault *vault.Vault
	w     *world
	count int64
}

func benchTable() []db.Migration {
	return []db.Migration{{ID: "20990101000000_search_bench", Module: "search", Up: func(_ context.Context, m *db.Migrator) error {
		return m.CreateTable(dialects.Table{
			Name: "search_bench",
			Columns: []dialects.Column{
				{Name: "id", Type: dialects.ID, NotNull: true},
				{Name: "title", Type: dialects.Sealed},
				{Name: "description", Type: dialects.Sealed},
			},
			PrimaryKey: []string{"id"},
		})
	}}}
}

func cellOf(column string, id int64) vault.Cell {
	return vault.Cell{Table: "search_bench", Column: column, Row: id}
}

// put writes tasks with the next ids.
func (s *sealed) put(b *testing.B, texts [][2]string) {
	b.Helper()
	if err := s.write(s.w.System(), s.count+1, texts); err != nil {
		b.Fatal(err)
	}
	s.count += int64(len(texts))
	for _, text := range texts {
		s.w.text += len(text[0]) + len(text[1])
	}
}

// write writes titles and descriptions of tasks with ids from the first on, over what they had.
func (s *sealed) write(ctx context.Context, first int64, texts [][2]string) error {
	rows := make([][]any, len(texts))
	for i, text := range texts {
		id := first + int64(i)
		title, err := s.vault.SealText(cellOf("title", id), text[0])
		if err != nil {
			return err
		}
		description, err := s.vault.SealText(cellOf("description", id), text[1])
		if err != nil {
			return err
		}
		rows[i] = []any{id, title, description}
	}
	return s.db.Upsert(ctx, "search_bench", []string{"id"}, []string{"id", "title", "description"}, rows)
}

func (s *sealed) Texts(ctx context.Context, ids []int64) (map[int64]task.Text, error) {
	out := make(map[int64]task.Text, len(ids))
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	query := "SELECT id, title, description FROM search_bench WHERE id IN (?" + strings.Repeat(", ?", len(ids)-1) + ")"
	err := s.db.Each(ctx, query, args, func(rows *sql.Rows) error {
		var id int64
		var title, description sql.RawBytes
		if err := rows.Scan(&id, &title, &description); err != nil {
			return err
		}
		plain, err := s.vault.OpenText(cellOf("title", id), title)
		if err != nil {
			return err
		}
		long, err := s.vault.OpenText(cellOf("description", id), description)
		out[id] = task.Text{Card: task.Card{ID: id, ProjectID: 1 + id%benchProjects, Title: plain}, Title: plain, Description: long}
		return err
	})
	return out, err
}

// silence is that nobody says anything about these tasks.
type silence struct{}

func (silence) Texts(context.Context, []int64) (map[int64][]string, error) { return nil, nil }

func (s *sealed) IDsAfter(ctx context.Context, after int64, limit int) ([]int64, error) {
	ids := []int64{}
	err := s.db.Each(ctx, "SELECT id FROM search_bench WHERE id > ? ORDER BY id LIMIT ?", []any{after, limit}, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}

func (s *sealed) IDsIn(context.Context, int64) ([]int64, error) { return nil, nil }

func newBench(b *testing.B, tasks int) (*world, *language) {
	b.Helper()
	w, l := newPlatform(b, benchTable()), newLanguage()
	store := &sealed{w: w, db: w.DB, vault: w.Vault}
	w.store = store
	for rest := tasks; rest > 0; {
		texts := make([][2]string, min(rest, 1000))
		for i := range texts {
			texts[i] = [2]string{l.text(12), l.text(benchLength)}
		}
		store.put(b, texts)
		rest -= len(texts)
	}
	w.readable = nil
	for id := range int64(benchProjects) {
		w.readable = append(w.readable, id+1)
	}
	w.serve(search.Tasks(store, silence{}))
	w.follow()
	return w, l
}

// BenchmarkFind measures a page of 50 by how common the words are: rank 0 is the most common of all. cpu-ms is that of this
// process, with SQLite the database included; p95-ms is what 19 of 20 people wait at most.
func BenchmarkFind(b *testing.B) {
	w, l := newBench(b, benchTasks)
	w.index()
	for _, c := range []struct {
		name string
		q    string
		own  int // projects that may be read; 0 for all
	}{
		{"one common word", l.words[0], 0},
		{"one usual word", l.words[50], 0},
		{"one rare word", l.words[2500], 0},
		{"two common words", l.words[0] + " " + l.words[1], 0},
		{"two usual words", l.words[40] + " " + l.words[60], 0},
		{"a common and a rare word", l.words[0] + " " + l.words[2500], 0},
		{"two common words side by side", l.words[0] + l.words[1], 0},
		{"two usual words side by side", l.words[30] + l.words[45], 0},
		{"four words", l.words[5] + " " + l.words[9] + " " + l.words[14] + " " + l.words[33], 0},
		{"one sign", l.words[3][:3], 0},
		{"nothing", "没有这个词", 0},
		{"one common word, one project", l.words[0], 1},
		{"one usual word, one project", l.words[50], 1},
	} {
		b.Run(c.name, func(b *testing.B) {
			full := w.readable
			if c.own > 0 {
				w.readable = full[:c.own]
			}
			defer func() { w.readable = full }()
			measure(b, w, func() string { return c.q })
		})
	}
	b.Run("any two words", func(b *testing.B) {
		measure(b, w, func() string { return l.words[l.pick.Uint64()] + " " + l.words[l.pick.Uint64()] })
	})
}

func measure(b *testing.B, w *world, query func() string) {
	b.Helper()
	ctx := w.Context(zhang)
	found := 0
	var waits []time.Duration
	before := testkit.ProcessorTime(b)
	for b.Loop() {
		start := clock.Mark()
		r, err := w.s.Find(ctx, query(), "", db.Page{})
		if err != nil {
			b.Fatal(err)
		}
		waits = append(waits, time.Since(start))
		found = len(r.Hits)
	}
	b.ReportMetric((testkit.ProcessorTime(b)-before)/float64(b.N), "cpu-ms/op")
	slices.Sort(waits)
	b.ReportMetric(float64(waits[len(waits)*95/100].Microseconds())/1000, "p95-ms")
	b.ReportMetric(float64(found), "hits")
}

// BenchmarkIndex measures how many tasks a second come into the index by a rebuild, merging included, and how large it is
// beside the text. rows counts forty bytes for each row, which is what InnoDB needs and a little more.
func BenchmarkIndex(b *testing.B) {
	for _, size := range []int{2_000, benchTasks} {
		b.Run(fmt.Sprintf("%d tasks", size), func(b *testing.B) {
			var w *world
			var text int
			spent := 0.0
			for b.Loop() {
				b.StopTimer()
				w, _ = newBench(b, size)
				text = w.text
				b.StartTimer()
				before := testkit.ProcessorTime(b)
				w.index()
				spent += testkit.ProcessorTime(b) - before
			}
			b.ReportMetric(spent/float64(size*b.N), "cpu-ms/task")
			b.ReportMetric(float64(size*b.N)/b.Elapsed().Seconds(), "tasks/s")
			// LENGTH counts bytes of bytes on every database, but the common subset has no word for it.
			var bytes int64
			testkit.Must(b, w.DB.Engine().DB().DB.QueryRowContext(b.Context(), "SELECT SUM(LENGTH(p.body)) + 40 * COUNT(*) FROM search_page p JOIN search_segment g ON p.id >= g.id * 1048576 AND p.id < (g.id + 1) * 1048576 WHERE g.status = 'live'").Scan(&bytes))
			bytes += 40 * w.count("SELECT COUNT(*) FROM search_doc")
			b.ReportMetric(float64(bytes)/float64(text), "x-text")
			b.ReportMetric(float64(w.count("SELECT COUNT(*) FROM search_segment WHERE status = 'live'")), "segments")
		})
	}
}

// BenchmarkFollow measures how long the reader needs for one changed task in a large index.
func BenchmarkFollow(b *testing.B) {
	w, _ := newBench(b, benchTasks)
	w.index()
	id := int64(0)
	for b.Loop() {
		id = id%benchTasks + 1
		if err := w.s.Index(w.System(), search.KindTask, id); err != nil {
			b.Fatal(err)
		}
	}
}
