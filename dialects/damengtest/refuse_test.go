package damengtest_test

import (
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"dingban/dialects"
	"dingban/dialects/dameng"
	"dingban/dialects/damengtest"
)

func open(t *testing.T) (*sql.DB, string) {
	t.Helper()
	s, err := damengtest.Start("127.0.0.1:0", damengtest.Options{Dir: t.TempDir(), Password: rand.Text()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	// Without the dialects in between, which quote what is not quoted.
	u, err := url.Parse(s.DSN())
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		t.Fatal(err)
	}
	password, _ := u.User.Password()
	connector, err := dameng.NewConnector(dameng.Config{Host: u.Hostname(), Port: port, User: u.User.Username(), Password: password})
	if err != nil {
		t.Fatal(err)
	}
	engine := sql.OpenDB(connector)
	t.Cleanup(func() { _ = engine.Close() })
	for _, ddl := range []string{
		`CREATE TABLE "t" ("id" BIGINT NOT NULL, "code" VARCHAR(4) CHECK (LENGTHB("code") = LENGTH("code")), "name" VARCHAR(4 CHAR), "small" TINYINT, "doc" CLOB, "raw" BLOB, "hash" VARBINARY(4), PRIMARY KEY ("id"))`,
		`CREATE UNIQUE INDEX "t_code" ON "t" ("code")`,
		`INSERT INTO "t" ("id", "code", "name") VALUES (1, 'a', '名')`,
	} {
		if _, err := engine.ExecContext(t.Context(), ddl); err != nil {
			t.Fatalf("%s: %v", ddl, err)
		}
	}
	return engine, s.DSN()
}

// TestWhatDamengRefuses is the list of what a developer on another database would
// get away with.
func TestWhatDamengRefuses(t *testing.T) {
	t.Parallel()
	engine, _ := open(t)
	for query, code := range map[string]int{
		"SELECT `id` FROM \"t\" WHERE `id` = 1":                                 -2007,
		`SELECT "id" FROM "t";`:                                                 -2007,
		`SELECT "id" FROM t`:                                                    -2106,
		`SELECT "id" FROM "nope"`:                                               -2106,
		`SELECT id FROM "t"`:                                                    -2111,
		`SELECT "nope" FROM "t"`:                                                -2111,
		`UPDATE "t" SET code = 'x'`:                                             -2111,
		`SELECT "id" FROM "t" WHERE "id" IN ()`:                                 -2007,
		`SELECT EXISTS (SELECT 1 FROM "t") FROM DUAL`:                           -2007,
		`SELECT "id" = 1 FROM "t"`:                                              -2007,
		`UPDATE "t" SET "small" = 1 LIMIT 1`:                                    -2007,
		`DELETE FROM "t" WHERE "id" = 9 LIMIT 1`:                                -2007,
		`INSERT INTO "t" ("id") VALUES (1) ON CONFLICT ("id") DO NOTHING`:       -2007,
		`INSERT INTO "t" ("id") VALUES (1) ON DUPLICATE KEY UPDATE "small" = 1`: -2007,
		`REPLACE INTO "t" ("id") VALUES (1)`:                                    -2007,
		`INSERT IGNORE INTO "t" ("id") VALUES (1)`:                              -2007,
		`INSERT INTO "t" ("id") VALUES (1) RETURNING "id"`:                      -2007,
		`SELECT GROUP_CONCAT("code") FROM "t"`:                                  -2111,
		`SELECT JSON_EXTRACT("doc", '$.a') FROM "t"`:                            -2111,
		`SELECT "id" FROM "t" WHERE "doc" = 'x'`:                                -2685,
		`SELECT "id" FROM "t" WHERE "raw" IN (1)`:                               -2685,
		`SELECT DISTINCT "doc" FROM "t"`:                                        -2685,
		`SELECT "id" FROM "t" ORDER BY "doc"`:                                   -2685,
		`SELECT COUNT(*) FROM "t" GROUP BY "doc"`:                               -2685,
		`CREATE INDEX "t_doc" ON "t" ("doc")`:                                   -2685,
		`CREATE INDEX "t_code" ON "t" ("name")`:                                 -2124,
		`CREATE TABLE "t" ("id" BIGINT)`:                                        -2124,
		`CREATE TABLE "u" ("id" BIGINT UNSIGNED)`:                               -2007,
		`CREATE TABLE "u" ("id" MEDIUMBLOB)`:                                    -2007,
		`CREATE TABLE "u" ("a" VARCHAR(9000))`:                                  -2665,
		`CREATE TABLE "u" (level BIGINT)`:                                       -2007,
		`CREATE TABLE IF NOT EXISTS "u" ("a" BIGINT)`:                           -2007,
		`INSERT INTO "t" ("id") VALUES (1)`:                                     -6602,
		`INSERT INTO "t" ("id", "code") VALUES (2, 'a')`:                        -6602,
		`INSERT INTO "t" ("id", "code") VALUES (2, 'a  ')`:                      -6602, // trailing blanks do not count
		`INSERT INTO "t" ("code") VALUES ('b')`:                                 -6609,
		`INSERT INTO "t" ("id", "code") VALUES (2, 'abcde')`:                    -6169,
		`INSERT INTO "t" ("id", "code") VALUES (2, '名')`:                        -6604,
		`INSERT INTO "t" ("id", "name") VALUES (2, '一二三四五')`:                    -6169,
		`INSERT INTO "t" ("id", "small") VALUES (2, 1000)`:                      -6102,
		`MERGE INTO "t" T USING (SELECT 1 AS "id" FROM DUAL) S ON (T."id" = S."id") WHEN MATCHED THEN UPDATE SET T."id" = S."id" WHEN NOT MATCHED THEN INSERT ("id") VALUES (S."id")`: -4064,
		`MERGE INTO "t" T USING (SELECT 5 AS "id" FROM DUAL UNION ALL SELECT 5 AS "id" FROM DUAL) S ON (T."id" = S."id") WHEN NOT MATCHED THEN INSERT ("id") VALUES (S."id")`:         -6602,
	} {
		_, err := engine.ExecContext(t.Context(), query)
		if want := fmt.Sprintf("Error %d:", code); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n\tgot  %v\n\twant %s", query, err, want)
		}
	}
	var n int
	if err := engine.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM "t"`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d rows are left, %v", n, err)
	}
}

// Bytes that are bound to a text column arrive as hexadecimal digits: so does the driver
// with a real server.
func TestBytesInATextColumnAreHex(t *testing.T) {
	t.Parallel()
	engine, _ := open(t)
	if _, err := engine.ExecContext(t.Context(), `UPDATE "t" SET "doc" = ? WHERE "id" = ?`, []byte{0xab}, 1); err != nil {
		t.Fatal(err)
	}
	var got string
	if err := engine.QueryRowContext(t.Context(), `SELECT "doc" FROM "t"`).Scan(&got); err != nil || got != "AB" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestUsersAreApart(t *testing.T) {
	t.Parallel()
	engine, dsn := open(t)
	if _, err := engine.ExecContext(t.Context(), `CREATE USER "OTHER" IDENTIFIED BY "long-enough"`); err != nil {
		t.Fatal(err)
	}
	dsn = strings.Replace(dsn, "SYSDBA", "OTHER", 1)
	other, _, err := dialects.Open(dsn, dialects.Options{Password: "long-enough"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	for query, code := range map[string]string{
		`SELECT 1 FROM "t"`: "-2106", `CREATE USER "X" IDENTIFIED BY "long-enough"`: "-5504", `SET SCHEMA SYSDBA`: "-2106",
	} {
		if _, err := other.DB().ExecContext(t.Context(), query); err == nil || !strings.Contains(err.Error(), code) {
			t.Errorf("%s: %v", query, err)
		}
	}
	wrong, _, err := dialects.Open(dsn, dialects.Options{Password: "wrong-password"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = wrong.Close() }()
	if err := wrong.DB().PingContext(t.Context()); err == nil || !strings.Contains(err.Error(), "-2501") || strings.Contains(err.Error(), "wrong-password") {
		t.Errorf("got %v", err)
	}
}
