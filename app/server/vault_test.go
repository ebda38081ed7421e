package server_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"dingban/app/platform/lang"
	"dingban/app/platform/testkit"
	"dingban/app/platform/vault"
	"dingban/app/platform/vault/kek"
	"dingban/app/platform/vault/reseal"
	"dingban/app/server"
	"dingban/app/server/servertest"
	"dingban/configs"
)

// TestEverySealedColumnIsTold looks for columns of bytes in the schema: each is sealed and told, or known not to be.
func TestEverySealedColumnIsTold(t *testing.T) {
	t.Parallel()
	w := servertest.New(t)
	if w.DB.Dialect().Name() != "sqlite" {
		t.Skip("the schema is the same everywhere; SQLite tells it most easily")
	}
	other := []string{
		"vault_kek.wrapped", "vault_key.wrapped", "vault_file.wrapped", // keys, wrapped by keys
		"org_credential.salt", "org_credential.digest", "org_password.salt", "org_password.digest", // one-way
		"search_task.tokens", // blind numbers of an older index
		"journal_chain.hash", // public, as is all that proves the chain
		"journal_key.public", "journal_checkpoint.head", "journal_checkpoint.root", "journal_checkpoint.prev", "journal_checkpoint.signer",
		"journal_checkpoint.signature", "journal_cut.head", "journal_cut.checkpoint", "journal_cut.export", "journal_cut.signer", "journal_cut.signature",
		"journal_succession.checkpoint", "journal_succession.old_key", "journal_succession.new_key", "journal_succession.old_signature", "journal_succession.new_signature",
	}
	told := map[string]bool{}
	for _, c := range server.Sealed() {
		told[c.Place()] = true
	}
	seen := 0
	// SQLite's own words, so past the guard of the common subset.
	rows, err := w.DB.Engine().DB().DB.QueryContext(t.Context(), "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND lower(c.type) LIKE '%blob%'")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			t.Fatal(err)
		}
		place := table + "." + column
		seen++
		if !told[place] && !slices.Contains(other, place) {
			t.Errorf("%s holds bytes: tell it in Sealed() of its module, or here that it is not sealed", place)
		}
		delete(told, place)
	}
	if err := rows.Err(); err != nil || seen < 10 {
		t.Errorf("%d columns, %v", seen, err)
	}
	for place := range told {
		t.Errorf("%s is told and does not exist", place)
	}
}

// TestSwappedTitlesAreRefusedAndJournalled is somebody who writes to the database: the title of one task into another.
func TestSwappedTitlesAreRefusedAndJournalled(t *testing.T) {
	t.Parallel()
	w := servertest.New(t)
	admin := w.Admin()
	var project struct{ ID int64 }
	admin.Do(http.MethodPost, "/projects", map[string]any{"name": "甲", "key": "JIA"}).OK(&project)
	var tasks [2]struct{ ID int64 }
	for i, title := range []string{"报销差旅费", "普通的事"} {
		admin.Do(http.MethodPost, "/tasks", map[string]any{"projectId": project.ID, "title": title}).OK(&tasks[i])
	}
	if _, err := w.DB.Exec(t.Context(), "UPDATE `task` SET `title` = (SELECT x.`title` FROM (SELECT `title` FROM `task` WHERE `id` = ?) x) WHERE `id` = ?", tasks[0].ID, tasks[1].ID); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		r := admin.Do(http.MethodGet, fmt.Sprintf("/tasks/%d", tasks[1].ID), nil)
		if r.Status != http.StatusInternalServerError || strings.Contains(string(r.Body), "报销") {
			t.Errorf("shown: %d %s", r.Status, r.Body)
		}
	}
	found := func() int {
		n := 0
		err := w.DB.Each(t.Context(), "SELECT COUNT(*) FROM `journal` WHERE `verb` = 'vault.damage' AND `ref_kind` = 'task' AND `ref_id` = ?", []any{tasks[1].ID},
			func(sr *sql.Rows) error { return sr.Scan(&n) })
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	testkit.WaitFor(t, "the damage is in the journal", func() bool { return found() > 0 })
	if n := found(); n != 1 {
		t.Errorf("%d entries for one damaged title read three times", n)
	}
	if w.Vault.DamageCount() < 3 {
		t.Errorf("counted %d", w.Vault.DamageCount())
	}
	if log := w.Log.String(); !strings.Contains(log, "is damaged and was refused") || strings.Contains(log, "报销") {
		t.Error("the log does not speak of the damage, or says what was in it")
	}
	w.Broken = true
}

// TestServerMovesToAnotherSuite starts a server with another suite than its rows have.
func TestServerMovesToAnotherSuite(t *testing.T) {
	t.Parallel()
	w := servertest.New(t, func(c *configs.Config, _ *server.Options) { c.Vault.Suite = vault.SM4CBC })
	admin := w.Admin()
	var project struct{ ID int64 }
	long := strings.Repeat("长", 100)
	admin.Do(http.MethodPost, "/projects", map[string]any{"name": long, "key": "JIA"}).OK(&project)
	admin.Do(http.MethodPost, "/tasks", map[string]any{"projectId": project.ID, "title": strings.Repeat("𠮷", 300)}).OK(nil)
	worker, err := reseal.New(reseal.Options{DB: w.DB, Vault: w.Vault, Columns: server.Sealed(), Settle: -1})
	if err != nil {
		t.Fatal(err)
	}
	if err := worker.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	for _, c := range server.Sealed() {
		if c.Kept {
			continue
		}
		err := w.DB.Each(t.Context(), "SELECT `"+c.Column+"` FROM `"+c.Table+"` WHERE `"+c.Column+"` IS NOT NULL", nil, func(sr *sql.Rows) error {
			var sealed []byte
			err := sr.Scan(&sealed)
			if vault.SuiteOf(sealed) != vault.SM4CBC {
				t.Errorf("%s is sealed with %q", c.Place(), vault.SuiteOf(sealed))
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	admin.Do(http.MethodGet, fmt.Sprintf("/projects/%d", project.ID), nil).OK(nil)
}

// TestTheConfigurationKnowsWhatTheVaultKnows holds the lists of names together: the configuration lies below the vault.
func TestTheConfigurationKnowsWhatTheVaultKnows(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	valid := func(change func(*configs.Vault)) string {
		c := configs.Defaults()
		c.Server.DataDir = dir
		change(&c.Vault)
		var all []string
		for _, err := range c.Validate() {
			all = append(all, err.Error())
		}
		return strings.Join(all, "\n")
	}
	for _, k := range kek.Kinds() {
		if got := valid(func(v *configs.Vault) { v.KEK = k }); strings.Contains(got, "vault.kek:") {
			t.Errorf("kind %s: %s", k, got)
		}
	}
	for _, s := range vault.Suites() {
		if got := valid(func(v *configs.Vault) { v.Suite = s }); got != "" {
			t.Errorf("suite %s: %s", s, got)
		}
	}
	for _, k := range kek.KDFs() {
		if got := valid(func(v *configs.Vault) { v.KDF = k }); got != "" {
			t.Errorf("kdf %s: %s", k, got)
		}
	}
	for want, change := range map[string]func(*configs.Vault){
		"vault.kek: ":            func(v *configs.Vault) { v.KEK = "x" },
		"vault.suite: ":          func(v *configs.Vault) { v.Suite = "x" },
		"vault.kdf: ":            func(v *configs.Vault) { v.KDF = "x" },
		"vault.reseal_rate: ":    func(v *configs.Vault) { v.ResealRate = 0 },
		"vault.device.library: ": func(v *configs.Vault) { v.KEK = "sdf" },
		"vault.device.pin_file: ": func(v *configs.Vault) {
			v.KEK, v.Device.Library = "skf", "/dev/null"
		},
	} {
		if got := valid(change); !strings.Contains(got, want) {
			t.Errorf("want a complaint of %s, got %q", want, got)
		}
	}
}

// TestDeviceProblemsAreTold in the languages of whoever stands before the server.
func TestDeviceProblemsAreTold(t *testing.T) {
	t.Parallel()
	words := servertest.New(t).Words
	for _, code := range kek.DeviceCodes() {
		if !words.Has(code) {
			t.Errorf("%s has no words", code)
		}
	}
	dir := t.TempDir()
	c := servertest.Config(dir)
	c.Vault.KEK = kek.KindSKF
	c.Vault.Device.Helper, c.Vault.Device.Library = filepath.Join(dir, "dingban-device"), "/opt/vendor/libskf.so"
	var log bytes.Buffer
	_, err := server.Open(t.Context(), c, server.Options{
		Pages: fstest.MapFS{"index.html": {Data: []byte("钉办")}}, Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err == nil || !strings.Contains(err.Error(), "vault.device.helper") {
		t.Errorf("got %v", err)
	}
	for _, language := range lang.Languages() {
		if !strings.Contains(log.String(), words.Text(language, kek.DeviceNoHelper, nil)) {
			t.Errorf("not told in %s: %s", language, &log)
		}
	}
}
