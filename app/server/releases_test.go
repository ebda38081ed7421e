package server_test

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"dingban/app/platform/db"
	"dingban/app/platform/testkit"
	"dingban/app/server"
	"dingban/app/server/servertest"
	"dingban/configs"
	"dingban/dialects"
)

// releases holds what each release left on the databases of its customers: its schema for each dialect, and the rows of a
// small organisation with the key they are sealed under, which seals nothing else. A release is frozen before it goes out:
//
//	FREEZE_RELEASE=1 go test ./app/server -run TestReleasesAreFrozen
//
// writes that of the version in .version. What the changelog calls released is never written again.
const releases = "testdata/releases"

// frozenTask is what people of every frozen release can still read.
const frozenTask, frozenText, frozenComment = "锅炉房压力表校验", "三号锅炉的压力表要在供暖前送检。", "已约计量院周五上门。"

// Each released version has its database here.
func TestReleasesAreFrozen(t *testing.T) {
	t.Parallel()
	if os.Getenv("FREEZE_RELEASE") == "1" {
		freeze(t)
	}
	for _, version := range released(t) {
		if _, err := os.Stat(filepath.Join(releases, version)); err != nil {
			t.Errorf("%s is released, and its database is not frozen: %v", version, err)
		}
	}
	dirs, err := os.ReadDir(releases)
	if err != nil || len(dirs) == 0 {
		t.Errorf("no release is frozen: %v", err)
	}
	files := []string{"kek", "rows.jsonl"}
	for _, d := range dialects.All() {
		files = append(files, "schema."+d.Name()+".sql")
	}
	for _, dir := range dirs {
		for _, file := range files {
			if _, err := os.Stat(filepath.Join(releases, dir.Name(), file)); err != nil {
				t.Errorf("%s is frozen in part: %v", dir.Name(), err)
			}
		}
	}
}

// released are the versions that the changelog does not call unreleased, in whatever form it writes their dates.
func released(t *testing.T) (versions []string) {
	t.Helper()
	log, err := os.ReadFile("../../CHANGELOG.md")
	testkit.Must(t, err)
	if !strings.Contains(string(log), "\n## ") {
		t.Fatal("the changelog has no versions")
	}
	for _, m := range regexp.MustCompile(`(?m)^## \[?([^\s\]]+)(.*)$`).FindAllStringSubmatch(string(log), -1) {
		if !strings.HasSuffix(m[2], " unreleased") {
			versions = append(versions, m[1])
		}
	}
	return versions
}

// frozen is a table of a frozen release. Bytes are strings in a list of one.
type frozen struct {
	Table   string   `json:"table"`
	Columns []string `json:"columns"`
	Rows    [][]any  `json:"rows"`
}

func freeze(t *testing.T) {
	t.Helper()
	version, err := os.ReadFile("../../.version")
	testkit.Must(t, err)
	name := strings.TrimSpace(string(version))
	if slices.Contains(released(t), name) {
		t.Fatalf("%s is released: its database is not made anew", name)
	}
	dir := filepath.Join(releases, name)
	if os.Getenv(testkit.EnvDSN) != "" {
		t.Fatal("a release is frozen from SQLite")
	}
	testkit.Must(t, os.MkdirAll(dir, 0o755))
	w := servertest.NewTeam(t)
	c := w.Client("owner")
	var task struct{ ID int64 }
	c.Do(http.MethodPost, "/tasks", map[string]any{"projectId": w.Project.ID, "title": frozenTask, "description": frozenText, "assigneeIds": []int64{w.People["member"]}}).OK(&task)
	c.Do(http.MethodPost, fmt.Sprintf("/tasks/%d/comments", task.ID), map[string]any{"text": frozenComment}).OK(nil)
	for _, account := range []string{"member", "viewer"} {
		w.Client(account) // has a password of their own from then on
	}
	w.Settle()
	for _, d := range dialects.All() {
		statements, err := db.Render(t.Context(), d, server.Migrations())
		testkit.Must(t, err)
		testkit.Must(t, os.WriteFile(filepath.Join(dir, "schema."+d.Name()+".sql"), []byte(strings.Join(statements, ";\n\n")), 0o644))
	}
	file, _ := w.Config.KEKFile()
	kek, err := os.ReadFile(file)
	testkit.Must(t, err)
	testkit.Must(t, os.WriteFile(filepath.Join(dir, "kek"), kek, 0o644))
	out, err := os.Create(filepath.Join(dir, "rows.jsonl"))
	testkit.Must(t, err)
	defer out.Close()
	pool := w.DB.Engine().DB().DB
	var tables []string
	each(t, pool, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'lease' ORDER BY name", func(row []any) {
		tables = append(tables, row[0].(string))
	})
	for _, table := range tables {
		f := frozen{Table: table}
		f.Columns = each(t, pool, "SELECT * FROM `"+table+"`", func(row []any) {
			for i := range row {
				if b, ok := row[i].([]byte); ok {
					row[i] = []string{base64.StdEncoding.EncodeToString(b)}
				}
			}
			f.Rows = append(f.Rows, row)
		})
		if len(f.Rows) > 0 {
			line, err := json.Marshal(f)
			testkit.Must(t, err)
			_, err = fmt.Fprintf(out, "%s\n", line)
			testkit.Must(t, err)
		}
	}
}

// each reads rows as the driver gives them.
func each(t *testing.T, pool *sql.DB, query string, use func(row []any)) (columns []string) {
	t.Helper()
	rows, err := pool.QueryContext(t.Context(), query)
	testkit.Must(t, err)
	defer rows.Close()
	columns, err = rows.Columns()
	testkit.Must(t, err)
	for rows.Next() {
		row, to := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			to[i] = &row[i]
		}
		testkit.Must(t, rows.Scan(to...))
		use(row)
	}
	testkit.Must(t, rows.Err())
	return columns
}

// thaw puts a frozen release into a data folder and a database of the tests.
func thaw(t *testing.T, release string) (dir string, dsn string, counts map[string]int) {
	t.Helper()
	dir, counts = t.TempDir(), map[string]int{}
	dsn, ok := testkit.Database(t)
	if !ok {
		dsn = "sqlite://" + filepath.Join(dir, "dingban.db")
	}
	d, err := db.Open(t.Context(), db.Options{DSN: dsn})
	testkit.Must(t, err)
	defer func() { testkit.Must(t, d.Close()) }()
	schema, err := os.ReadFile(filepath.Join(release, "schema."+d.Dialect().Name()+".sql"))
	testkit.Must(t, err)
	for statement := range strings.SplitSeq(string(schema), ";\n\n") {
		if !strings.HasPrefix(statement, "--") {
			_, err := d.Engine().DB().DB.ExecContext(t.Context(), statement)
			testkit.Must(t, err)
		}
	}
	file, err := os.Open(filepath.Join(release, "rows.jsonl"))
	testkit.Must(t, err)
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var f frozen
		dec := json.NewDecoder(strings.NewReader(lines.Text()))
		dec.UseNumber()
		testkit.Must(t, dec.Decode(&f))
		for _, row := range f.Rows {
			for i := range row {
				switch v := row[i].(type) {
				case json.Number:
					row[i], err = v.Int64()
				case []any:
					row[i], err = base64.StdEncoding.DecodeString(v[0].(string))
				}
				testkit.Must(t, err)
			}
		}
		testkit.Must(t, d.InsertMany(t.Context(), f.Table, f.Columns, f.Rows))
		counts[f.Table] = len(f.Rows)
	}
	testkit.Must(t, lines.Err())
	kek, err := os.ReadFile(filepath.Join(release, "kek"))
	testkit.Must(t, err)
	testkit.Must(t, os.Mkdir(filepath.Join(dir, "keys"), 0o700))
	testkit.Must(t, os.WriteFile(filepath.Join(dir, "keys", "kek"), kek, 0o600))
	return dir, dsn, counts
}

func eachRelease(t *testing.T, try func(t *testing.T, release string)) {
	t.Helper()
	dirs, err := filepath.Glob(releases + "/*")
	if err != nil || len(dirs) == 0 {
		t.Fatal(dirs, err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			try(t, dir)
		})
	}
}

// The server of today starts on the database of each release: the schema becomes that of a new one, and what people had is
// there, sealed as it was, found, in a journal that verifies.
func TestTodaysServerTakesOverEachRelease(t *testing.T) {
	t.Parallel()
	eachRelease(t, func(t *testing.T, release string) {
		dir, dsn, counts := thaw(t, release)
		w := servertest.Start(t, dir, func(c *configs.Config, _ *server.Options) { c.Database.DSN = dsn })
		if drift, err := w.DB.Drift(t.Context(), server.Migrations()); err != nil || len(drift) > 0 {
			t.Errorf("against a new database: %v, %v", drift, err)
		}
		w.Settle()
		for _, account := range []string{"owner", "member", "viewer"} {
			c := w.Client(account)
			var found struct {
				Items []struct {
					Kind string
					Task *struct{ ID int64 }
				}
			}
			c.Do(http.MethodGet, "/search?q=%E5%8E%8B%E5%8A%9B%E8%A1%A8", nil).OK(&found)
			if len(found.Items) != 1 || found.Items[0].Task == nil {
				t.Fatalf("%s finds %+v", account, found)
			}
			at := fmt.Sprintf("/tasks/%d", found.Items[0].Task.ID)
			var task struct{ Title, Description string }
			c.Do(http.MethodGet, at, nil).OK(&task)
			var comments struct{ Items []struct{ Text string } }
			c.Do(http.MethodGet, at+"/comments", nil).OK(&comments)
			if task.Title != frozenTask || task.Description != frozenText || len(comments.Items) != 1 || comments.Items[0].Text != frozenComment {
				t.Errorf("%s reads %+v, %+v", account, task, comments)
			}
		}
		if r, err := w.Journal.Verify(t.Context()); err != nil || !r.OK || r.Entries < int64(counts["journal"]) {
			t.Errorf("%+v, %v", r, err)
		}
		for _, table := range []string{"org_person", "project", "task", "task_comment", "vault_key", "journal", "schema_migration"} {
			var n int
			testkit.Must(t, w.DB.Each(t.Context(), "SELECT COUNT(*) FROM `"+table+"`", nil, func(rows *sql.Rows) error { return rows.Scan(&n) }))
			if counts[table] == 0 || n < counts[table] {
				t.Errorf("%s has %d rows of %d", table, n, counts[table])
			}
		}
		w.Client("owner").Do(http.MethodPost, "/projects", map[string]any{"key": "NEXT", "name": "接着用", "visibility": "private"}).OK(nil)
	})
}

// What comes after a release runs on its database: a step that is interrupted goes on, a second run does nothing, and the
// older server refuses what the newer one has made.
func TestTheNextStepRunsOnEachRelease(t *testing.T) {
	t.Parallel()
	eachRelease(t, func(t *testing.T, release string) {
		_, dsn, counts := thaw(t, release)
		d, err := db.Open(t.Context(), db.Options{DSN: dsn})
		testkit.Must(t, err)
		t.Cleanup(func() { _ = d.Close() })
		column := dialects.Column{Name: "next_thing", Type: dialects.Code, Size: 8, NotNull: true, Default: "'new'"}
		off, ran := errors.New("the power goes off"), 0
		next := func(fail error) []db.Migration {
			return append(slices.Clone(server.Migrations()), db.Migration{ID: "20990101000000_task_next", Module: "task", Up: func(_ context.Context, m *db.Migrator) error {
				if err := m.AddColumn("task", column); err != nil {
					return err
				}
				if err := m.Do("count", func(context.Context, *db.DB) error { ran++; return fail }); err != nil {
					return err
				}
				return m.CreateIndex("task", dialects.Index{Name: "task_next", Columns: []string{"next_thing", "id"}})
			}})
		}
		if err := d.Migrate(t.Context(), next(off)); !errors.Is(err, off) {
			t.Fatalf("interrupted: %v", err)
		}
		for range 2 {
			testkit.Must(t, d.Migrate(t.Context(), next(nil)))
		}
		if ran != 2 {
			t.Errorf("the step ran %d times, interrupted once", ran)
		}
		if drift, err := d.Drift(t.Context(), next(nil)); err != nil || len(drift) > 0 {
			t.Errorf("%v, %v", drift, err)
		}
		var n int
		testkit.Must(t, d.Each(t.Context(), "SELECT COUNT(*) FROM `task` WHERE `next_thing` = ?", []any{"new"}, func(rows *sql.Rows) error { return rows.Scan(&n) }))
		if n != counts["task"] || n == 0 {
			t.Errorf("%d of %d tasks have the new column", n, counts["task"])
		}
		if err := d.Migrate(t.Context(), server.Migrations()); !errors.Is(err, db.ErrNewerSchema) {
			t.Errorf("an older server: %v", err)
		}
	})
}
