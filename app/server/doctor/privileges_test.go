package doctor_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dingban/app/platform/db"
	"dingban/app/platform/testkit"
	"dingban/app/server/doctor"
	"dingban/dialects"
)

// patient is an account made on the server of the tests, with a database of its own.
type patient struct {
	t                                  *testing.T
	admin                              *db.DB
	dsn, database, name, account, pass string
}

func newPatient(t *testing.T) *patient {
	t.Helper()
	dsn, ok := testkit.Database(t)
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	if !ok || u.Scheme != dialects.MySQL {
		t.Skip("accounts are made on MySQL or MariaDB only")
	}
	p := &patient{t: t, database: strings.TrimPrefix(u.Path, "/"), name: "d_" + strings.ToLower(rand.Text()[:12]), pass: "Hunter2-" + rand.Text()}
	p.admin = openDB(t, dsn)
	p.account = "'" + p.name + "'@'127.0.0.1'"
	p.run("CREATE USER " + p.account + " IDENTIFIED BY '" + p.pass + "'")
	t.Cleanup(func() {
		if _, err := p.admin.Engine().DB().ExecContext(context.Background(), "DROP USER "+p.account); err != nil {
			t.Error(err)
		}
	})
	u.User = url.UserPassword(p.name, p.pass)
	p.dsn = u.String()
	return p
}

func openDB(t *testing.T, dsn string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), db.Options{DSN: dsn, Pool: db.Pool{MaxOpen: 4}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func (p *patient) run(statements ...string) {
	p.t.Helper()
	for _, s := range statements {
		if _, err := p.admin.Engine().DB().ExecContext(p.t.Context(), s); err != nil {
			p.t.Fatalf("%s: %v", strings.ReplaceAll(s, p.pass, "…"), err)
		}
	}
}

// own is the pattern of a grant that fits the patient's database only.
func (p *patient) own() string { return "`" + strings.ReplaceAll(p.database, "_", `\_`) + "`.*" }

// examine gives the findings by check; a secret may be in none.
func (p *patient) examine() map[string]doctor.Finding {
	p.t.Helper()
	r := doctor.Examine(p.t.Context(), openDB(p.t, p.dsn))
	var out bytes.Buffer
	if err := r.Write(&out, "en", true); err != nil {
		p.t.Fatal(err)
	}
	if s := out.String(); strings.Contains(s, p.pass) || strings.Contains(s, "IDENTIFIED") || strings.Contains(s, "PASSWORD '") {
		p.t.Errorf("the report holds a secret: %s", s)
	}
	found := map[string]doctor.Finding{}
	for _, f := range r.Findings {
		found[f.Check] = f
	}
	return found
}

// mend runs the statements of a finding as they are.
func (p *patient) mend(f doctor.Finding) {
	p.t.Helper()
	fix, _ := f.Params["fix"].(string)
	if fix == "" {
		p.t.Fatalf("%s has no fix", f.Code)
	}
	for s := range strings.SplitSeq(strings.TrimSuffix(fix, ";"), "; ") {
		p.run(s)
	}
}

func (p *patient) healthy() {
	p.t.Helper()
	found := p.examine()
	if f := found["privileges"]; f.Status != doctor.OK {
		p.t.Errorf("%s %v", f.Code, f.Params)
	}
	if f, has := found["privileges_more"]; has {
		p.t.Errorf("%s %v", f.Code, f.Params)
	}
	for _, f := range found {
		if f.Status == doctor.Failed {
			p.t.Errorf("%s: %s %v", f.Check, f.Code, f.Params)
		}
	}
}

func TestAnAccountWithTooLittleIsToldWhatToGrant(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.run("GRANT SELECT, INSERT, UPDATE, DELETE, DROP, CREATE ON " + p.own() + " TO " + p.account)
	f := p.examine()["privileges"]
	if f.Status != doctor.Failed || f.Params["privileges"] != "ALTER, INDEX" {
		t.Errorf("%s %v", f.Status, f.Params)
	}
	p.mend(f)
	p.healthy()
}

func TestAnAccountWithEnoughIsLeftAlone(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.run("GRANT ALL ON " + p.own() + " TO " + p.account)
	p.healthy()
}

func TestAnAccountWithTooMuchIsToldWhatToRevoke(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ grant, want string }{
		"everything":   {"GRANT ALL ON *.* TO ", "ON *.*"},
		"super":        {"GRANT SUPER ON *.* TO ", "SUPER ON *.*"},
		"grant option": {"GRANT SELECT ON OWN TO ACCOUNT WITH GRANT OPTION", "GRANT OPTION ON "},
		"other":        {"GRANT SELECT ON `mysql`.* TO ", "SELECT ON `mysql`.*"},
		"one table":    {"GRANT SELECT ON `mysql`.`user` TO ", "SELECT ON `mysql`.`user`"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPatient(t)
			p.run("GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX ON " + p.own() + " TO " + p.account)
			if s := strings.NewReplacer("OWN", p.own(), "ACCOUNT", p.account).Replace(c.grant); s == c.grant {
				p.run(s + p.account)
			} else {
				p.run(s)
			}
			f := p.examine()["privileges_more"]
			if more, _ := f.Params["privileges"].(string); f.Status != doctor.Warning || !strings.Contains(more, c.want) {
				t.Errorf("%s %v", f.Status, f.Params)
			}
			p.mend(f)
			p.healthy()
		})
	}
}

func TestPrivilegesComeByRolesToo(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	role := "'r" + p.name + "'"
	p.run("CREATE ROLE "+role, "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX ON "+p.own()+" TO "+role, "GRANT "+role+" TO "+p.account)
	t.Cleanup(func() {
		if _, err := p.admin.Engine().DB().ExecContext(context.Background(), "DROP ROLE "+role); err != nil {
			t.Error(err)
		}
	})
	byDefault := "SET DEFAULT ROLE " + role + " TO " + p.account
	var version string
	if err := p.admin.Engine().DB().QueryRowContext(t.Context(), "SELECT VERSION()").Scan(&version); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(version, "MariaDB") {
		byDefault = "SET DEFAULT ROLE " + role + " FOR " + p.account
	}
	p.run("GRANT USAGE ON "+p.own()+" TO "+p.account, byDefault)
	p.healthy()

	p.run("GRANT CREATE USER ON *.* TO " + role)
	f := p.examine()["privileges_more"]
	if more, _ := f.Params["privileges"].(string); more != "CREATE USER ON *.*" {
		t.Errorf("%v", f.Params)
	}
	p.mend(f)
	p.healthy()
}

func TestAFileOfSQLiteIsForItsOwner(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "it's")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "d.db")
	d := openDB(t, (&url.URL{Scheme: "sqlite", Path: file}).String())
	found := func(check string) doctor.Finding {
		for _, f := range doctor.Examine(t.Context(), d).Findings {
			if f.Check == check {
				return f
			}
		}
		return doctor.Finding{}
	}
	found("") // makes the file
	for mode, want := range map[os.FileMode]doctor.Status{0o600: doctor.OK, 0o640: doctor.Warning, 0o602: doctor.Warning} {
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
		if f := found("file_mode"); f.Status != want {
			t.Errorf("%o: %s %v", mode, f.Status, f.Params)
		}
	}
	if f := found("folder"); f.Status != doctor.OK {
		t.Errorf("%v", f.Params)
	}
	if err := os.Rename(folder, folder+"2"); err != nil {
		t.Fatal(err)
	}
	if f := found("folder"); f.Status != doctor.Failed {
		t.Errorf("a folder that is gone: %s %v", f.Status, f.Params)
	}
}

func TestAnAccountOfDamengIsExamined(t *testing.T) {
	t.Parallel()
	dsn, ok := testkit.Database(t)
	if !ok || !strings.HasPrefix(dsn, dialects.Dameng+":") {
		t.Skip("needs Dameng's test server")
	}
	d := openDB(t, dsn)
	run := func(s string) {
		t.Helper()
		if _, err := d.Engine().DB().ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	found := func() map[string]doctor.Finding {
		m := map[string]doctor.Finding{}
		for _, f := range doctor.Examine(t.Context(), d).Findings {
			m[f.Check] = f
		}
		return m
	}
	m := found()
	if f := m["privileges"]; f.Status != doctor.OK || f.Code != "doctor.privileges_enough" {
		t.Errorf("%s %v", f.Code, f.Params)
	}
	if f, has := m["privileges_more"]; has {
		t.Errorf("%s %v", f.Code, f.Params)
	}
	run(`DELETE FROM "SESSION_PRIVS"`)
	run(`INSERT INTO "USER_ROLE_PRIVS" ("GRANTED_ROLE") VALUES ('DBA')`)
	run(`INSERT INTO "USER_SYS_PRIVS" ("PRIVILEGE") VALUES ('SELECT ANY TABLE')`)
	m = found()
	if fix, _ := m["privileges"].Params["fix"].(string); m["privileges"].Status != doctor.Failed || !strings.HasPrefix(fix, `GRANT CREATE TABLE TO "`) {
		t.Errorf("%v", m["privileges"])
	}
	f := m["privileges_more"]
	if fix, _ := f.Params["fix"].(string); f.Status != doctor.Warning || f.Params["privileges"] != "DBA, SELECT ANY TABLE" || !strings.Contains(fix, `REVOKE DBA FROM "`) || !strings.Contains(fix, `REVOKE SELECT ANY TABLE FROM "`) {
		t.Errorf("%s %v", f.Code, f.Params)
	}
	run(`DROP TABLE "SESSION_PRIVS"`)
	if f := found()["privileges"]; f.Status != doctor.Warning || f.Code != "doctor.not_readable" {
		t.Errorf("%s %v", f.Code, f.Params)
	}
}
