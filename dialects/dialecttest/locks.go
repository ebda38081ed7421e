package dialecttest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"dingban/dialects"
)

// conflict lets two transactions take two rows in opposite order: with row locks
// one is chosen to lose, with one writer the second waits for the first.
func conflict(t *testing.T, f Fixture) {
	create(t, f)
	add(t, f, 1, "a")
	add(t, f, 2, "b")
	q := f.Dialect.Quote
	update := "UPDATE " + q("thing") + " SET " + q("number") + " = " + q("number") + " + 1 WHERE " + q("id") + " = ?"
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	both := make(chan struct{}) // closed when both hold their first row
	var ready, all sync.WaitGroup
	ready.Add(2)
	go func() {
		ready.Wait()
		close(both)
	}()
	results := make([]error, 2)
	for i, order := range [][]int64{{1, 2}, {2, 1}} {
		all.Go(func() {
			results[i] = func() error {
				tx, err := f.Engine.DB().BeginTx(ctx, nil)
				if err != nil {
					ready.Done()
					return err
				}
				defer func() { _ = tx.Rollback() }()
				_, err = tx.ExecContext(ctx, update, order[0])
				ready.Done()
				if err != nil {
					return err
				}
				if !f.Dialect.SingleWriter() {
					<-both
				}
				if _, err := tx.ExecContext(ctx, update, order[1]); err != nil {
					return err
				}
				return tx.Commit()
			}()
		})
	}
	all.Wait()
	won := 0
	for _, err := range results {
		if err == nil {
			won++
		} else if class := f.Dialect.Classify(err); class != dialects.Deadlock && class != dialects.LockWait {
			t.Errorf("the loser got %s: %v", class, err)
		}
	}
	want := 1
	if f.Dialect.SingleWriter() {
		want = 2
	}
	if won != want {
		t.Errorf("%d transactions succeeded, want %d: %v", won, want, results)
	}
}

// unprepared makes sure that arguments travel inside the statement: preparing costs
// MySQL a round trip and a parse for each.
func unprepared(t *testing.T, f Fixture) {
	if f.Dialect.Name() != dialects.MySQL {
		t.Skip("about MySQL's protocol")
	}
	create(t, f)
	f.Engine.SetMaxOpenConns(1) // the status is counted by session
	prepared := func() string {
		var name, n string
		if err := f.Engine.DB().QueryRowContext(t.Context(), "SHOW SESSION STATUS LIKE 'Com_stmt_prepare'").Scan(&name, &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := prepared()
	add(t, f, 1, "a")
	if _, err := f.Engine.Insert(&thing{ID: 2, Code: "b", Hash: []byte{1}}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Engine.ID(2).Get(&thing{}); err != nil {
		t.Fatal(err)
	}
	session := f.Engine.NewSession().Context(t.Context())
	defer func() { _ = session.Close() }()
	if err := session.Begin(); err != nil {
		t.Fatal(err)
	}
	if _, err := session.Exec("UPDATE `thing` SET `number` = ? WHERE `id` = ?", 5, 2); err != nil {
		t.Fatal(err)
	}
	if err := session.Commit(); err != nil {
		t.Fatal(err)
	}
	if after := prepared(); after != before {
		t.Errorf("statements were prepared: %s before, %s after", before, after)
	}
}

// killed ends a connection under a transaction, as a restart of the server does.
func killed(t *testing.T, f Fixture) {
	if f.Dialect.Name() != dialects.MySQL {
		t.Skip("there is no connection to kill")
	}
	create(t, f)
	tx, err := f.Engine.DB().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	var id int64
	if err := tx.QueryRowContext(t.Context(), "SELECT CONNECTION_ID()").Scan(&id); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Second(t).DB().ExecContext(t.Context(), "KILL ?", id); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		_, err = tx.ExecContext(t.Context(), f.Dialect.Insert("thing", []string{"id", "code"}, 1), 1, "a")
		if err != nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if class := f.Dialect.Classify(err); class != dialects.LostConnection {
		t.Errorf("got %s: %v", class, err)
	}
	if err := f.Engine.DB().PingContext(t.Context()); err != nil {
		t.Errorf("the pool does not recover: %v", err)
	}
}

// ended gives up a statement that would compute for ever, and looks for it on the server. How Dameng's connections end a
// statement is tested with its driver.
func ended(t *testing.T, f Fixture) {
	endless := map[string]string{
		dialects.MySQL:  "SELECT BENCHMARK(1000000000000, SHA2('x', 256))",
		dialects.SQLite: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n",
	}[f.Dialect.Name()]
	if endless == "" {
		t.Skip("no statement of it computes for ever; see TestAContextEndsAStatementUnderWay of dialects/dameng")
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	result := make(chan error, 1)
	go func() {
		var n int64
		result <- f.Engine.DB().QueryRowContext(ctx, endless).Scan(&n)
	}()
	second := f.Second(t)
	running := func() int64 {
		var n int64
		if err := second.DB().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE 'SELECT BENCHMARK%'").Scan(&n); err != nil {
			// MySQL cannot make this table while any session on it runs a statement with a character beyond the BMP.
			t.Log(err)
			return -1
		}
		return n
	}
	until := func(want int64) {
		for range 500 {
			if f.Dialect.Name() != dialects.MySQL || running() == want {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		select {
		case err := <-result:
			t.Errorf("the statement ended: %v", err)
		default:
		}
		t.Fatalf("the server runs %d of these statements, want %d", running(), want)
	}
	until(1)
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	until(0)
	if err := f.Engine.DB().PingContext(t.Context()); err != nil {
		t.Errorf("the pool does not recover: %v", err)
	}
}
