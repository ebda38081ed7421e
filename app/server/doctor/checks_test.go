package doctor

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/testkit"
	"dingban/dialects"
)

// fit are the answers of databases with which nothing is wrong, as they print them.
func fit(dialect string) map[string]string {
	switch dialect {
	case dialects.MySQL:
		return map[string]string{
			"SELECT VERSION()":                                             "9.7.0",
			"SELECT @@character_set_database":                              "utf8mb4",
			"SELECT @@transaction_isolation":                               "READ-COMMITTED",
			"SELECT @@sql_mode LIKE '%STRICT_ALL_TABLES%'":                 "1",
			"SELECT @@innodb_flush_log_at_trx_commit":                      "1",
			"SELECT CASE WHEN @@log_bin = 1 THEN @@sync_binlog ELSE 1 END": "1",
			"SELECT @@max_allowed_packet":                                  "67108864",
			"SELECT DATE_FORMAT(UTC_TIMESTAMP(), '%Y-%m-%d %H:%i:%s')":     "2026-11-27 08:00:03",
		}
	case dialects.Dameng:
		return map[string]string{
			"SELECT BANNER FROM V$VERSION":                                         "DM Database Server 64 V8",
			"SELECT SF_GET_UNICODE_FLAG() FROM DUAL":                               "1",
			"SELECT SF_GET_CASE_SENSITIVE_FLAG() FROM DUAL":                        "1",
			"SELECT PARA_VALUE FROM V$DM_INI WHERE PARA_NAME = 'COMPATIBLE_MODE'":  "0",
			"SELECT PARA_VALUE FROM V$DM_INI WHERE PARA_NAME = 'BLANK_PAD_MODE'":   "0",
			"SELECT PAGE() FROM DUAL":                                              "16384",
			"SELECT TO_CHAR(CURRENT_TIMESTAMP, 'YYYY-MM-DD HH24:MI:SS') FROM DUAL": "2026-11-27 07:59:58",
		}
	default:
		return map[string]string{"SELECT sqlite_version()": "3.50.4", "PRAGMA journal_mode": "wal", "PRAGMA quick_check(1)": "ok"}
	}
}

// examined judges made-up answers.
func examined(t *testing.T, dialect string, answers map[string]string) *Report {
	t.Helper()
	d, err := dialects.Named(dialect)
	testkit.Must(t, err)
	e := newExamination(&Report{Dialect: dialect}, d, clock.NewFake(time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC)), nil)
	e.value = func(_ context.Context, query string) (string, error) {
		if v, ok := answers[query]; ok {
			return v, nil
		}
		return "", errors.New("unknown: " + query)
	}
	e.parameters(t.Context())
	e.clocks(t.Context())
	return e.Report
}

func (r *Report) of(check string) Finding {
	for _, f := range r.Findings {
		if f.Check == check {
			return f
		}
	}
	return Finding{Check: check, Status: "missing"}
}

func TestEachCheckFails(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{dialects.MySQL, dialects.Dameng, dialects.SQLite} {
		for _, f := range examined(t, dialect, fit(dialect)).Findings {
			if f.Status != OK {
				t.Errorf("a fit %s: %s is %s: %s %v", dialect, f.Check, f.Status, f.Code, f.Params)
			}
		}
	}
	for _, c := range []struct {
		dialect, query, answer, check string
		want                          Status
		words                         string // in English
	}{
		{dialects.MySQL, "SELECT VERSION()", "5.6.51-log", "version", Failed, "Version 5.6.51-log is too old"},
		{dialects.MySQL, "SELECT VERSION()", "5.6", "version", Failed, "too old"},
		{dialects.MySQL, "SELECT VERSION()", "5.7.44-log", "version", OK, ""},
		{dialects.MySQL, "SELECT VERSION()", "8.4.6", "version", OK, ""},
		{dialects.MySQL, "SELECT VERSION()", "10.5.29-MariaDB", "version", Failed, "too old"},
		{dialects.MySQL, "SELECT VERSION()", "10.11.14-MariaDB-0+deb12u2", "version", OK, ""},
		{dialects.MySQL, "SELECT VERSION()", "5.5.5-10.11.14-MariaDB", "version", OK, ""},
		{dialects.MySQL, "SELECT VERSION()", "11.8-MariaDB", "version", OK, ""},
		{dialects.MySQL, "SELECT VERSION()", "Aurora", "version", Warning, "cannot be told"},
		{dialects.MySQL, "SELECT @@character_set_database", "latin1", "character_set", Warning, "character_set is latin1, but should be utf8mb4"},
		{dialects.MySQL, "SELECT @@character_set_database", "utf8mb3", "character_set", Warning, "utf8mb3"},
		{dialects.MySQL, "SELECT @@transaction_isolation", "REPEATABLE-READ", "isolation", Warning, "should be READ-COMMITTED"},
		{dialects.MySQL, "SELECT @@sql_mode LIKE '%STRICT_ALL_TABLES%'", "0", "strict_mode", Failed, "strict_mode is 0"},
		{dialects.MySQL, "SELECT @@innodb_flush_log_at_trx_commit", "2", "durability", Warning, "durability is 2, but should be 1"},
		{dialects.MySQL, "SELECT CASE WHEN @@log_bin = 1 THEN @@sync_binlog ELSE 1 END", "0", "binlog_durability", Warning, "binlog_durability is 0"},
		{dialects.MySQL, "SELECT @@max_allowed_packet", "4194304", "packet", Failed, "packet is 4194304, but should be 16777216 at least"},
		{dialects.MySQL, "SELECT @@max_allowed_packet", "16777216", "packet", OK, ""},
		{dialects.MySQL, "SELECT @@max_allowed_packet", "", "packet", Failed, "packet"},
		{dialects.MySQL, "SELECT DATE_FORMAT(UTC_TIMESTAMP(), '%Y-%m-%d %H:%i:%s')", "2026-11-27 08:00:06", "clock", Warning, "6 s apart; set it right"},
		{dialects.MySQL, "SELECT DATE_FORMAT(UTC_TIMESTAMP(), '%Y-%m-%d %H:%i:%s')", "2026-11-27 07:59:54", "clock", Warning, "6 s apart"},
		{dialects.MySQL, "SELECT DATE_FORMAT(UTC_TIMESTAMP(), '%Y-%m-%d %H:%i:%s')", "gestern", "clock", Warning, "Cannot read clock"},
		{dialects.Dameng, "SELECT SF_GET_UNICODE_FLAG() FROM DUAL", "0", "character_set", Failed, "character_set is 0"},
		{dialects.Dameng, "SELECT SF_GET_CASE_SENSITIVE_FLAG() FROM DUAL", "0", "case_sensitive", Failed, "case_sensitive is 0, but should be 1"},
		{dialects.Dameng, "SELECT PARA_VALUE FROM V$DM_INI WHERE PARA_NAME = 'COMPATIBLE_MODE'", "2", "compatible_mode", Failed, "should be 0, 4"},
		{dialects.Dameng, "SELECT PARA_VALUE FROM V$DM_INI WHERE PARA_NAME = 'COMPATIBLE_MODE'", "4", "compatible_mode", OK, ""},
		{dialects.Dameng, "SELECT PARA_VALUE FROM V$DM_INI WHERE PARA_NAME = 'BLANK_PAD_MODE'", "1", "blank_pad_mode", Warning, "blank_pad_mode is 1"},
		{dialects.Dameng, "SELECT PAGE() FROM DUAL", "8192", "page_size", Failed, "page_size is 8192, but should be 16384 at least"},
		{dialects.Dameng, "SELECT TO_CHAR(CURRENT_TIMESTAMP, 'YYYY-MM-DD HH24:MI:SS') FROM DUAL", "2026-11-27 16:00:00", "clock", Warning, "28800 s apart"},
		{dialects.SQLite, "PRAGMA journal_mode", "delete", "journal_mode", Failed, "journal_mode is delete, but should be wal"},
		{dialects.SQLite, "PRAGMA quick_check(1)", "row 3 missing from index x", "integrity", Failed, "row 3 missing"},
	} {
		answers := fit(c.dialect)
		answers[c.query] = c.answer
		r := examined(t, c.dialect, answers)
		got := r.of(c.check)
		if got.Status != c.want || r.Failed() != (c.want == Failed) {
			t.Errorf("%s: %s = %q is %s, want %s", c.dialect, c.check, c.answer, got.Status, c.want)
		}
		for _, language := range []string{"en", "zh-CN"} {
			var out bytes.Buffer
			testkit.Must(t, r.Write(&out, language, false))
			if strings.Contains(out.String(), "{") || language == "en" && !strings.Contains(out.String(), c.words) {
				t.Errorf("%s, %s: %q is not said in\n%s", c.check, language, c.words, out.String())
			}
		}
	}
}

// What may not be asked is said, once for each check, and older names of a setting are tried.
func TestWhatMayNotBeReadIsSaid(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{dialects.MySQL, dialects.Dameng, dialects.SQLite} {
		r := examined(t, dialect, nil)
		var checks []string
		for _, f := range r.Findings {
			if f.Code == "doctor.clock_same" {
				continue
			}
			if f.Status != Warning || f.Code != "doctor.not_readable" || slices.Contains(checks, f.Check) {
				t.Errorf("%s: %s is %s, %s", dialect, f.Check, f.Status, f.Code)
			}
			checks = append(checks, f.Check)
		}
		if len(checks) < 3 {
			t.Errorf("%s: only %v", dialect, checks)
		}
	}
	old := fit(dialects.MySQL)
	old["SELECT @@tx_isolation"] = "SERIALIZABLE"
	delete(old, "SELECT @@transaction_isolation")
	if got := examined(t, dialects.MySQL, old).of("isolation"); got.Params["value"] != "SERIALIZABLE" {
		t.Errorf("by its old name the isolation is %v", got)
	}
}

func TestALongWayIsNoticed(t *testing.T) {
	t.Parallel()
	for took, want := range map[time.Duration]Status{maxLatency: OK, maxLatency + time.Microsecond: Warning, time.Minute: Warning, 0: OK} {
		e := &examination{Report: &Report{}}
		e.roundTrip(took)
		if got := e.of("latency"); got.Status != want {
			t.Errorf("%v is %s, want %s", took, got.Status, want)
		}
	}
}

// other is a dialect with something wrong about it.
type other struct {
	dialects.Dialect
	create  func(statement string) string
	upsert  bool
	ignore  bool
	addsNot bool
}

func (o other) CreateTable(t dialects.Table) []string {
	list := o.Dialect.CreateTable(t)
	for i := range list {
		if o.create != nil {
			list[i] = o.create(list[i])
		}
	}
	return list
}

func (o other) Upsert(table string, key, columns []string, rows int) string {
	if o.upsert {
		return o.Dialect.InsertIgnore(table, key, columns, rows)
	}
	return o.Dialect.Upsert(table, key, columns, rows)
}

func (o other) InsertIgnore(table string, key, columns []string, rows int) string {
	if o.ignore {
		return o.Dialect.Upsert(table, key, columns, rows)
	}
	return o.Dialect.InsertIgnore(table, key, columns, rows)
}

func (o other) AddColumn(table string, c dialects.Column) string {
	if o.addsNot {
		return "SELECT 1"
	}
	return o.Dialect.AddColumn(table, c)
}

// Each trial fails on a database that does the thing otherwise, and the others still run; nothing is left behind.
func TestEachTrialFails(t *testing.T) {
	t.Parallel()
	d := sqliteFile(t)
	for _, c := range []struct {
		trial string
		with  other
	}{
		{"create", other{create: func(string) string { return "CREATE TABEL x" }}},
		{"values", other{create: func(s string) string { return strings.Replace(s, "`long`", "`length`", 1) }}},
		{"comparison", other{create: func(s string) string { return strings.Replace(s, "`code` TEXT", "`code` TEXT COLLATE NOCASE", 1) }}},
		{"unique", other{create: func(s string) string { return strings.Replace(s, "CREATE UNIQUE INDEX", "CREATE INDEX", 1) }}},
		{"too_long", other{create: func(s string) string { return strings.ReplaceAll(s, "<= 20", "<= 2000") }}},
		{"upsert", other{upsert: true}},
		{"insert_ignore", other{ignore: true}},
		{"add_column", other{addsNot: true}},
	} {
		c.with.Dialect = d.Dialect()
		e := newExamination(&Report{}, c.with, d.Clock(), d.Engine().DB().DB)
		e.tryOut(t.Context())
		if got := e.of("try_" + c.trial); got.Status != Failed || got.Code != "doctor.trial_failed" {
			t.Errorf("%s is %s, %v", c.trial, got.Status, got.Params)
		}
		if c.trial != "create" && len(e.Findings) != 10 {
			t.Errorf("%s: %d trials were made", c.trial, len(e.Findings))
		}
		var left int
		testkit.Must(t, d.Engine().DB().QueryRow("SELECT COUNT(*) FROM sqlite_master WHERE name LIKE 'dingban_doctor_%'").Scan(&left))
		if left != 0 {
			t.Errorf("%s leaves %d things behind", c.trial, left)
		}
	}
}

func sqliteFile(t *testing.T) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), db.Options{DSN: "sqlite://" + filepath.Join(t.TempDir(), "d.db")})
	testkit.Must(t, err)
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// A file with a page written over is found, and one whose log is not the server's own.
func TestABrokenFileIsFound(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "broken.db")
	breakFile(t, path)
	d, err := db.Open(t.Context(), db.Options{DSN: "sqlite://" + path})
	testkit.Must(t, err)
	t.Cleanup(func() { _ = d.Close() })
	if got := Examine(t.Context(), d).of("integrity"); got.Status != Failed {
		t.Errorf("a file with a broken page: %+v", got)
	}
	plain, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "plain.db")) // as other programs make them
	testkit.Must(t, err)
	t.Cleanup(func() { _ = plain.Close() })
	e := newExamination(&Report{}, d.Dialect(), d.Clock(), plain)
	e.parameters(t.Context())
	if got := e.of("journal_mode"); got.Status != Failed || got.Params["value"] != "delete" {
		t.Errorf("a file without its log: %+v", got)
	}
}

// breakFile makes a database with a page written over.
func breakFile(t *testing.T, path string) {
	t.Helper()
	d, err := db.Open(t.Context(), db.Options{DSN: "sqlite://" + path})
	testkit.Must(t, err)
	for _, statement := range []string{
		"CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT)", "CREATE INDEX tx ON t (x)",
		"INSERT INTO t (x) SELECT printf('%0200d', value) FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT 2000) SELECT value FROM n)",
		"PRAGMA wal_checkpoint(TRUNCATE)",
	} {
		_, err := d.Engine().DB().DB.ExecContext(t.Context(), statement)
		testkit.Must(t, err)
	}
	testkit.Must(t, d.Close())
	raw, err := os.ReadFile(path)
	testkit.Must(t, err)
	for i := len(raw) / 2; i < len(raw)/2+4096; i++ {
		raw[i] ^= 0x5a
	}
	testkit.Must(t, os.WriteFile(path, raw, 0o600))
}

// A real MySQL whose sessions are otherwise than ours.
func TestSessionsThatAreOtherwise(t *testing.T) {
	t.Parallel()
	dsn, ok := testkit.Database(t)
	u, err := url.Parse(dsn)
	testkit.Must(t, err)
	if !ok || u.Scheme != dialects.MySQL {
		t.Skip("needs MySQL or MariaDB")
	}
	d, err := db.Open(t.Context(), db.Options{DSN: dsn})
	testkit.Must(t, err)
	t.Cleanup(func() { _ = d.Close() })
	pool := d.Engine().DB().DB
	pool.SetMaxOpenConns(1)
	fits := newExamination(&Report{}, d.Dialect(), d.Clock(), pool)
	fits.parameters(t.Context())
	for _, check := range []string{"isolation", "strict_mode", "packet", "character_set", "version"} {
		if got := fits.of(check); got.Status != OK {
			t.Errorf("as it is %s is %s: %v", check, got.Status, got.Params)
		}
	}
	for _, statement := range []string{"SET SESSION sql_mode = ''", "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ"} {
		_, err := pool.ExecContext(t.Context(), statement)
		testkit.Must(t, err)
	}
	e := newExamination(&Report{}, d.Dialect(), d.Clock(), pool)
	e.parameters(t.Context())
	if got := e.of("isolation"); got.Status != Warning || got.Params["value"] != "REPEATABLE-READ" {
		t.Errorf("the isolation is %+v", got)
	}
	if got := e.of("strict_mode"); got.Status != Failed {
		t.Errorf("the mode is %+v", got)
	}
	s := &scratch{examination: e, table: "dingban_doctor_lax"}
	testkit.Must(t, tryCreate(t.Context(), s))
	if err := tryTooLong(t.Context(), s); !errors.Is(err, errUnexpected) {
		t.Errorf("what is too long is cut, and that is found: %v", err)
	}
}

func TestFitAnswersCoverTheChecks(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{dialects.MySQL, dialects.Dameng, dialects.SQLite} {
		d, err := dialects.Named(dialect)
		testkit.Must(t, err)
		unknown := maps.Clone(fit(dialect))
		e := newExamination(&Report{}, d, clock.System(), nil)
		e.value = func(_ context.Context, query string) (string, error) {
			delete(unknown, query)
			return "", fmt.Errorf("%w", sql.ErrNoRows)
		}
		e.parameters(t.Context())
		e.clocks(t.Context())
		if len(unknown) > 0 {
			t.Errorf("%s is never asked %v", dialect, slices.Collect(maps.Keys(unknown)))
		}
	}
}
