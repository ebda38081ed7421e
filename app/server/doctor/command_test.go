package doctor

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dingban/app/platform/db"
	"dingban/app/platform/testkit"
	"dingban/dialects"
)

// runDoctor runs the command; main ends with status 1 for any error of it.
func runDoctor(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	cmd := Command()
	cmd.SetArgs(args)
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	err := cmd.ExecuteContext(t.Context())
	return out.String(), err
}

// The command fails when a check has failed, and only then.
func TestTheCommandFailsWithItsChecks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d, err := db.Open(t.Context(), db.Options{DSN: "sqlite://" + filepath.Join(dir, "dingban.db")})
	testkit.Must(t, err)
	testkit.Must(t, d.Ping(t.Context()))
	testkit.Must(t, d.Close())
	for language, clock := range map[string]string{"en": "there is one clock", "zh-CN": "时钟相同"} {
		if out, err := runDoctor(t, "db", "--data-dir", dir, "--language", language); err != nil || !strings.Contains(out, clock) {
			t.Errorf("a fit database, %s: %v, said %s", language, err, out)
		}
	}
	breakFile(t, filepath.Join(dir, "dingban.db"))
	for language, failed := range map[string]string{"en": "[failed]   integrity is ", "zh-CN": "[失败]  integrity 为 "} {
		if out, err := runDoctor(t, "db", "--data-dir", dir, "--language", language); !errors.Is(err, ErrFailed) || !strings.Contains(out, failed) {
			t.Errorf("a broken database, %s: %v, said %s", language, err, out)
		}
	}
}

// A folder that is not there is named in the operator's language, and is not made.
func TestTheCommandMakesNoDatabase(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	dir := filepath.Join(parent, "mistyped")
	for sub, failure := range map[string]error{"db": ErrFailed, "journal": ErrParked} {
		for language, words := range map[string]string{"en": "There is no database " + dir, "zh-CN": "数据库文件 " + filepath.Join(dir, "dingban.db") + " 不存在"} {
			out, err := runDoctor(t, sub, "--data-dir", dir, "--language", language)
			if !errors.Is(err, failure) || !strings.Contains(out, words) || !strings.Contains(out, "--data-dir") {
				t.Errorf("%s, %s: %v, said %s", sub, language, err, out)
			}
		}
	}
	if left, err := os.ReadDir(parent); err != nil || len(left) > 0 {
		t.Errorf("it made %v, %v", left, err)
	}
}

// committing is a dialect whose writes do not wait for their transaction.
type committing struct{ dialects.Dialect }

func (c committing) Insert(table string, columns []string, rows int) string {
	return c.Dialect.Insert(table, columns, rows) + "; COMMIT; BEGIN"
}

// Transactions that are none are found.
func TestTransactionsAreTried(t *testing.T) {
	t.Parallel()
	d := sqliteFile(t)
	s := &scratch{examination: newExamination(&Report{}, d.Dialect(), d.Clock(), d.Engine().DB().DB), table: "dingban_doctor_tx"}
	testkit.Must(t, tryCreate(t.Context(), s))
	testkit.Must(t, errors.Join(tryRollback(t.Context(), s), tryReadCommitted(t.Context(), s)))
	testkit.Must(t, s.exec(t.Context(), "DELETE FROM dingban_doctor_tx"))
	s.d = committing{d.Dialect()}
	if err := tryRollback(t.Context(), s); !errors.Is(err, errUnexpected) {
		t.Errorf("what was rolled back is there: %v", err)
	}
	if err := tryReadCommitted(t.Context(), s); !errors.Is(err, errUnexpected) {
		t.Errorf("what is not committed is seen: %v", err)
	}
}
