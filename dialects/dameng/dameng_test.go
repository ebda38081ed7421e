package dameng_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"database/sql"
	"errors"
	"math/big"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dingban/dialects"
	"dingban/dialects/dameng"
	"dingban/dialects/damengtest"
)

// never is longer than any test may take: what ends earlier was ended.
const never = time.Hour

func start(t *testing.T, o damengtest.Options) (*damengtest.Server, dameng.Config) {
	t.Helper()
	o.Dir, o.Password, o.LockTimeout = t.TempDir(), rand.Text()+`?@&:"'%`, never
	s, err := damengtest.Start("127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	host, port, err := net.SplitHostPort(s.Address())
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return s, dameng.Config{Host: host, Port: n, User: "SYSDBA", Password: o.Password, DialTimeout: 20 * time.Second}
}

func open(t *testing.T, cfg dameng.Config) *sql.DB {
	t.Helper()
	c, err := dameng.NewConnector(cfg)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(c)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func exec(t *testing.T, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func counter(t *testing.T, db *sql.DB) {
	t.Helper()
	exec(t, db, `CREATE TABLE "c" ("id" BIGINT NOT NULL, "n" BIGINT NOT NULL, PRIMARY KEY ("id"))`)
	exec(t, db, `INSERT INTO "c" ("id", "n") VALUES (?, ?)`, 1, 0)
}

func value(t *testing.T, db *sql.DB) (n int64) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), `SELECT "n" FROM "c" WHERE "id" = ?`, 1).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// hold keeps a transaction with a change open.
func hold(t *testing.T, db *sql.DB) *sql.Tx {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	if _, err := tx.ExecContext(t.Context(), `UPDATE "c" SET "n" = "n" + 1 WHERE "id" = ?`, 1); err != nil {
		t.Fatal(err)
	}
	return tx
}

const add = `UPDATE "c" SET "n" = "n" + 10 WHERE "id" = ?`

func TestAContextEndsAStatementUnderWay(t *testing.T) {
	t.Parallel()
	s, cfg := start(t, damengtest.Options{})
	db := open(t, cfg)
	counter(t, db)
	tx := hold(t, db)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := db.ExecContext(ctx, add, 1); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v", err)
	}
	for s.Sessions() > 1 {
		time.Sleep(time.Millisecond) // the server rolls back what hung up
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if n := value(t, db); n != 1 {
		t.Errorf("the statement that was given up has happened: %d", n)
	}
}

func TestASilentServerIsGivenUp(t *testing.T) {
	t.Parallel()
	_, cfg := start(t, damengtest.Options{})
	db := open(t, cfg)
	counter(t, db)
	hold(t, db)
	cfg.ReadTimeout = 100 * time.Millisecond
	_, err := open(t, cfg).ExecContext(t.Context(), add, 1)
	d, _ := dialects.Named(dialects.Dameng)
	if err == nil || d.Classify(err) != dialects.LostConnection {
		t.Errorf("got %v", err)
	}
}

func TestAServerThatNeverGreetsIsGivenUp(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	host, port, _ := net.SplitHostPort(l.Addr().String())
	n, _ := strconv.Atoi(port)
	db := open(t, dameng.Config{Host: host, Port: n, User: "U", Password: "secret-secret", DialTimeout: 100 * time.Millisecond})
	if err := db.PingContext(t.Context()); err == nil || strings.Contains(err.Error(), "secret-secret") {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := db.PingContext(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// A statement whose answer never came may have happened, and is not run again.
func TestALostConnectionIsNotTriedAgainBlindly(t *testing.T) {
	t.Parallel()
	var updates atomic.Int64
	var cut func()
	s, cfg := start(t, damengtest.Options{Refuse: func(command uint16) int32 {
		if command == 13 && updates.Load() >= 0 {
			updates.Add(1)
			cut()
		}
		return 0
	}})
	updates.Store(-1 << 40)
	cut = func() {}
	db := open(t, cfg)
	counter(t, db)
	updates.Store(0)
	cut = s.DropSessions
	_, err := db.ExecContext(t.Context(), add, 1)
	d, _ := dialects.Named(dialects.Dameng)
	if err == nil || d.Classify(err) != dialects.LostConnection {
		t.Errorf("got %v", err)
	}
	if n := updates.Load(); n != 1 {
		t.Errorf("the statement was sent %d times", n)
	}
}

func TestAConnectionLostWhileIdleIsNotNoticed(t *testing.T) {
	t.Parallel()
	s, cfg := start(t, damengtest.Options{})
	db := open(t, cfg)
	counter(t, db)
	s.DropSessions()
	exec(t, db, add, 1)
	if n := value(t, db); n != 10 {
		t.Errorf("got %d", n)
	}
}

func TestArgumentsAreCounted(t *testing.T) {
	t.Parallel()
	_, cfg := start(t, damengtest.Options{})
	db := open(t, cfg)
	counter(t, db)
	for _, args := range [][]any{nil, {1, 2}} {
		if _, err := db.ExecContext(t.Context(), add, args...); err == nil || !strings.Contains(err.Error(), "for 1 parameters") {
			t.Errorf("%d arguments: %v", len(args), err)
		}
		var n int
		err := db.QueryRowContext(t.Context(), `SELECT "n" FROM "c" WHERE "id" = ? AND '?' <> "id" -- ?`, args...).Scan(&n)
		if err == nil || !strings.Contains(err.Error(), "for 1 parameters") {
			t.Errorf("%d arguments of a query: %v", len(args), err)
		}
	}
}

// The driver takes a failed fetch for the end of the rows, and a failed piece of a
// long value for nothing.
func TestSwallowedFailuresComeOut(t *testing.T) {
	t.Parallel()
	var trouble atomic.Int64
	_, cfg := start(t, damengtest.Options{Refuse: func(command uint16) int32 {
		if int64(command) == trouble.Load() {
			return -7000
		}
		return 0
	}})
	db := open(t, cfg)
	exec(t, db, `CREATE TABLE "b" ("id" BIGINT NOT NULL, "v" VARCHAR(2000), "l" CLOB, PRIMARY KEY ("id"))`)
	for i := range 100 {
		exec(t, db, `INSERT INTO "b" ("id", "v") VALUES (?, ?)`, i, strings.Repeat("x", 2000))
	}
	all := func() (n int, err error) {
		rows, err := db.QueryContext(t.Context(), `SELECT "id", "v" FROM "b" ORDER BY "id"`)
		if err != nil {
			return 0, err
		}
		defer rows.Close()
		for rows.Next() {
			n++
		}
		return n, rows.Err()
	}
	if n, err := all(); n != 100 || err != nil {
		t.Fatalf("%d rows, %v", n, err)
	}
	trouble.Store(7)
	if n, err := all(); err == nil || !strings.Contains(err.Error(), "-7000") {
		t.Errorf("after %d rows: %v", n, err)
	}
	trouble.Store(14)
	long := strings.Repeat("长", 50_000)
	if _, err := db.ExecContext(t.Context(), `INSERT INTO "b" ("id", "l") VALUES (?, ?)`, 1000, long); err == nil || !strings.Contains(err.Error(), "-7000") {
		t.Errorf("a long value that was not taken: %v", err)
	}
}

func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "dameng"}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestTLSVerifiesTheServer(t *testing.T) {
	t.Parallel()
	pair, pool := certificate(t)
	var logins atomic.Int64
	login := func(command uint16) int32 {
		if command == 1 {
			logins.Add(1)
		}
		return 0
	}
	_, cfg := start(t, damengtest.Options{TLS: &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, Refuse: login})
	_, clear := start(t, damengtest.Options{Refuse: login})

	cfg.TLS = &tls.Config{RootCAs: pool, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}
	db := open(t, cfg)
	counter(t, db)
	if n := value(t, db); n != 0 || logins.Load() != 1 {
		t.Errorf("got %d after %d log-ins", n, logins.Load())
	}
	stranger, other := cfg, cfg
	stranger.TLS = &tls.Config{RootCAs: x509.NewCertPool(), ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}
	other.TLS = &tls.Config{RootCAs: pool, ServerName: "127.0.0.2", MinVersion: tls.VersionTLS12}
	plain := cfg
	plain.TLS = nil
	clear.TLS = cfg.TLS
	for name, c := range map[string]struct {
		cfg  dameng.Config
		want string
	}{
		"unknown authority": {stranger, "certificate"}, "another name": {other, "certificate"},
		"clear text to a TLS server": {plain, "tls=false"}, "TLS to a clear-text server": {clear, "offers no TLS"},
	} {
		if err := open(t, c.cfg).PingContext(t.Context()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if logins.Load() != 1 {
		t.Error("a password was sent to a server that is not trusted")
	}
	clear.TLSOptional = true
	if err := open(t, clear).PingContext(t.Context()); err != nil {
		t.Errorf("optional TLS: %v", err)
	}
}

func TestCountParams(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]int{
		`SELECT 1`: 0, `? ?`: 2, `'?' ?`: 1, `'it''s ?' ?`: 1, `"a?" = ?`: 1, "-- ?\n?": 1, "/* ? */ ?": 1, "? -- ?": 1, "'?": 0, "/* ?": 0,
	} {
		if got := dameng.CountParams(query); got != want {
			t.Errorf("%q: %d, want %d", query, got, want)
		}
	}
}

func FuzzCountParams(f *testing.F) {
	f.Add(`SELECT '?' FROM "a" WHERE b = ? -- ?`)
	f.Fuzz(func(t *testing.T, query string) {
		if n := dameng.CountParams(query); n < 0 || n > strings.Count(query, "?") {
			t.Errorf("%d", n)
		}
	})
}
