package vaultcmd_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"dingban/app/platform/db"
	"dingban/app/platform/vault"
	"dingban/app/platform/vault/kek"
	"dingban/app/server"
	"dingban/app/server/servertest"
	"dingban/app/server/vaultcmd"
	"dingban/configs"
)

// installation is a data folder with a server that was started once and holds an organisation.
type installation struct {
	t      *testing.T
	dir    string
	config configs.Config
	file   string
}

func newInstallation(t *testing.T) *installation {
	t.Helper()
	i := &installation{t: t, dir: t.TempDir()}
	i.file = filepath.Join(t.TempDir(), "dingban.yaml")
	i.config = servertest.Config(i.dir)
	i.configure("")
	i.with(func(app *server.App) {
		w := &servertest.World{App: app}
		servertest.Prepare(t, w)
	})
	return i
}

// configure writes the configuration file, with vault settings.
func (i *installation) configure(settings string) {
	i.t.Helper()
	text := "version: 1\nserver:\n  data_dir: " + i.dir + "\n"
	if settings != "" {
		text += "vault:\n" + settings
	}
	if err := os.WriteFile(i.file, []byte(text), 0o600); err != nil {
		i.t.Fatal(err)
	}
	loaded, err := configs.Load(configs.Options{File: i.file, Environ: []string{}})
	if err != nil {
		i.t.Fatal(err)
	}
	i.config.Vault = loaded.Vault
}

// with opens the server, without serving.
func (i *installation) with(f func(app *server.App)) {
	i.t.Helper()
	app, err := server.Open(i.t.Context(), i.config, server.Options{Pages: fstest.MapFS{"index.html": {Data: []byte("钉办")}}})
	if err != nil {
		i.t.Fatal(err)
	}
	defer func() {
		if err := app.Close(context.Background()); err != nil {
			i.t.Error(err)
		}
	}()
	f(app)
}

func (i *installation) readable() {
	i.t.Helper()
	i.with(func(app *server.App) {
		var sealed []byte
		err := app.DB.Each(i.t.Context(), "SELECT `name` FROM `org_organisation`", nil, func(sr *sql.Rows) error { return sr.Scan(&sealed) })
		if err != nil {
			i.t.Fatal(err)
		}
		name, err := app.Vault.OpenText(vault.Cell{Table: "org_organisation", Column: "name", Row: 1}, sealed)
		if err != nil || name != "示例集团" {
			i.t.Errorf("the organisation is %q, %v", name, err)
		}
	})
}

func (i *installation) run(args ...string) (string, error) {
	i.t.Helper()
	cmd := vaultcmd.Command()
	var out, log bytes.Buffer
	cmd.SetOut(&out)
	cmd.SetErr(&log)
	cmd.SetIn(strings.NewReader(""))
	cmd.SetArgs(append(args, "--config", i.file))
	err := cmd.ExecuteContext(i.t.Context())
	return out.String(), err
}

func (i *installation) must(args ...string) string {
	i.t.Helper()
	out, err := i.run(args...)
	if err != nil {
		i.t.Fatalf("dingban vault %s: %v", strings.Join(args, " "), err)
	}
	return out
}

func (i *installation) database(f func(d *db.DB)) {
	i.t.Helper()
	d, err := db.Open(i.t.Context(), db.Options{DSN: i.config.DSN()})
	if err != nil {
		i.t.Fatal(err)
	}
	f(d)
	if err := d.Close(); err != nil {
		i.t.Error(err)
	}
}

func secretFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

type status struct {
	Check []string `json:"check_values"`
	KEKs  []struct {
		Version  int64
		State    string
		DataKeys int `json:"data_keys"`
		Retired  string
	} `json:"key_encryption_keys"`
	Keys []struct {
		ID      uint32
		Purpose string
		Epoch   int64
		KEK     int64
		State   string
		Rows    int64
	} `json:"data_keys"`
	Columns []struct {
		Column string
		Key    uint32
		Suite  string
		Moved  int64
		Done   bool
	}
}

func (i *installation) status() status {
	i.t.Helper()
	var s status
	if err := json.Unmarshal([]byte(i.must("status", "--json")), &s); err != nil {
		i.t.Fatal(err)
	}
	return s
}

func TestEveryLayerRotates(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	before := i.status()
	if len(before.Check) != 1 || len(before.KEKs) != 1 || len(before.Keys) != 4 {
		t.Fatalf("%+v", before)
	}
	i.must("rotate", "data")
	i.must("rotate", "kek")
	kekFile := filepath.Join(i.dir, "keys", "kek")
	old, err := os.ReadFile(kekFile)
	if err != nil {
		t.Fatal(err)
	}
	out := i.must("rotate", "root")
	after := i.status()
	if len(after.Keys) != 6 || len(after.KEKs) != 2 || after.KEKs[0].Retired == "" || after.Keys[0].KEK != 2 || len(after.Check) != 1 || after.Check[0] == before.Check[0] {
		t.Errorf("%+v", after)
	}
	if kept, err := os.ReadFile(kekFile + ".old-1"); err != nil || !bytes.Equal(kept, old) || !strings.Contains(out, ".old-1") {
		t.Errorf("the old key: %v; said %s", err, out)
	}
	i.readable()
	// As if the key were a day old: rows are not waited for.
	i.database(func(d *db.DB) {
		if _, err := d.Exec(t.Context(), "UPDATE `vault_key` SET `created_at` = 1"); err != nil {
			t.Fatal(err)
		}
	})
	if out := i.must("rewrap"); !strings.Contains(out, "org_organisation.name: done, 1 moved, 0 damaged") {
		t.Errorf("rewrap said:\n%s", out)
	}
	for _, c := range i.status().Columns {
		want := uint32(5)
		if c.Column == "vault_object.body" {
			want = 6
		}
		if !c.Done || c.Key != want {
			t.Errorf("%+v", c)
		}
	}
	if text := i.must("status"); !strings.Contains(text, "org_person.email") || strings.Contains(text, strings.TrimSpace(string(old))) {
		t.Errorf("%s", text)
	}
	i.readable()
	// What was done is in the journal; what no server has numbered yet is in its inbox.
	i.database(func(d *db.DB) {
		n := 0
		var err error
		for _, table := range []string{"journal", "journal_inbox"} {
			err = errors.Join(err, d.Each(t.Context(), "SELECT COUNT(*) FROM `"+table+"` WHERE `verb` = 'vault.rotate'", nil, func(sr *sql.Rows) error {
				var more int
				err := sr.Scan(&more)
				n += more
				return err
			}))
		}
		if err != nil || n != 3 {
			t.Errorf("%d rotations in the journal, %v", n, err)
		}
	})
}

func TestToAPassphraseAndBack(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	words, wrong := secretFile(t, "correct horse battery staple"), secretFile(t, "wrong horse battery staple")
	sealed := filepath.Join(i.dir, "keys", "kek-passphrase")
	if _, err := i.run("rotate", "root", "--to", "passphrase", "--file", sealed); err == nil || !strings.Contains(err.Error(), "terminal") {
		t.Errorf("without a terminal: %v", err)
	}
	if _, err := i.run("rotate", "root", "--to", "passphrase", "--new-passphrase-file", words); err == nil || !strings.Contains(err.Error(), "--file") {
		t.Errorf("without a place: %v", err)
	}
	out := i.must("rotate", "root", "--to", "passphrase", "--file", sealed, "--new-passphrase-file", words)
	if !strings.Contains(out, "vault.kek: passphrase") {
		t.Errorf("said %s", out)
	}
	if _, err := i.run("rotate", "kek"); !errors.Is(err, vault.ErrWrongRoot) {
		t.Errorf("with the old file: %v", err)
	}
	i.configure("  kek: passphrase\n  kek_file: " + sealed + "\n")
	if _, err := i.run("rotate", "kek", "--passphrase-file", wrong); !errors.Is(err, kek.ErrPassphrase) {
		t.Errorf("with a wrong passphrase: %v", err)
	}
	i.must("rotate", "kek", "--passphrase-file", words)
	fresh := filepath.Join(i.dir, "keys", "kek-2")
	i.must("rotate", "root", "--passphrase-file", words, "--to", "file", "--file", fresh)
	i.configure("  kek_file: " + fresh + "\n")
	i.readable()
}

func TestShares(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	if _, err := i.run("shares", "--label", "a", "--label", "b", "--label", "c"); err == nil || !strings.Contains(err.Error(), "only on a terminal") {
		t.Errorf("into a pipe: %v", err)
	}
	if _, err := i.run("shares", "--label", "a", "--label", "a", "--out", t.TempDir()); err == nil || !strings.Contains(err.Error(), "label") {
		t.Errorf("one person twice: %v", err)
	}
	dir := filepath.Join(t.TempDir(), "usb")
	out := i.must("shares", "--label", "张三", "--label", "李四", "--label", "王五", "--out", dir)
	if strings.Contains(out, "dingban-share") {
		t.Error("a share was printed")
	}
	files, err := filepath.Glob(filepath.Join(dir, "share-*"))
	if err != nil || len(files) != 3 {
		t.Fatalf("%v, %v", files, err)
	}
	i.configure("  kek: shares\n")
	if _, err := i.run("rotate", "kek", "--share-file", files[0]); err == nil || !strings.Contains(err.Error(), "terminal") {
		t.Errorf("with one share: %v", err)
	}
	i.must("rotate", "kek", "--share-file", files[0], "--share-file", files[2])
	i.must("rotate", "data", "--share-file", files[1], "--share-file", files[2])
}

func TestSheet(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	if _, err := i.run("export-sheet"); err == nil || !strings.Contains(err.Error(), "only on a terminal") {
		t.Errorf("into a pipe: %v", err)
	}
	path := filepath.Join(t.TempDir(), "sheet")
	i.must("export-sheet", "--out", path)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	// Typed in again as the sheet says, it opens the database.
	var digits strings.Builder
	for line := range strings.Lines(string(raw)) {
		if f := strings.Fields(line); len(f) == 7 && f[5] == "sum" {
			digits.WriteString(strings.Join(f[1:5], ""))
		}
	}
	typed := secretFile(t, digits.String())
	i.configure("  kek_file: " + typed + "\n")
	i.readable()
	if !strings.Contains(string(raw), i.status().Check[0]) {
		t.Error("the sheet does not say which key it is")
	}
	if _, err := i.run("export-sheet", "--out", path); !errors.Is(err, os.ErrExist) {
		t.Errorf("over another file: %v", err)
	}
}

func TestNoKeysYet(t *testing.T) {
	t.Parallel()
	i := &installation{t: t, dir: t.TempDir(), file: filepath.Join(t.TempDir(), "c.yaml")}
	i.config = servertest.Config(i.dir)
	i.configure("")
	if _, err := i.run("rotate", "kek"); err == nil || !strings.Contains(err.Error(), "start the server once") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(i.dir, "keys", "kek")); err == nil {
		t.Error("a key was made")
	}
}
