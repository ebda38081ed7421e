package doctor_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"dingban/app/platform/db"
	"dingban/app/platform/testkit"
	"dingban/app/server/doctor"
)

// The database of the tests is fit, on whichever server it lies, and is left as it was.
func TestAFitDatabaseIsFound(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	r := doctor.Examine(t.Context(), k.DB)
	for _, f := range r.Findings {
		if f.Status == doctor.Failed || f.Code == "doctor.not_readable" {
			t.Errorf("%s: %s %v", f.Check, f.Code, f.Params)
		}
	}
	if len(r.Findings) < 12 || r.Dialect != k.DB.Dialect().Name() {
		t.Errorf("%d findings about %s", len(r.Findings), r.Dialect)
	}
	k.NoDrift()

	var out bytes.Buffer
	if err := r.Write(&out, "en", true); err != nil {
		t.Fatal(err)
	}
	var back doctor.Report
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || len(back.Findings) != len(r.Findings) {
		t.Fatalf("%d findings come back, %v", len(back.Findings), err)
	}
	for _, f := range back.Findings {
		if f.Text == f.Code || strings.Contains(f.Text, "{") {
			t.Errorf("%s has no words: %q", f.Code, f.Text)
		}
	}
	out.Reset()
	if err := r.Write(&out, "zh-CN", false); err != nil || !strings.Contains(out.String(), "试运行通过") {
		t.Errorf("%v: %s", err, out.String())
	}
}

func TestWhatDoesNotAnswerIsNamed(t *testing.T) {
	t.Parallel()
	d, err := db.Open(t.Context(), db.Options{DSN: "mysql://u:hunter2@127.0.0.1:1/x?tls=false"})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	r := doctor.Examine(t.Context(), d)
	var out bytes.Buffer
	if err := r.Write(&out, "en", false); err != nil {
		t.Fatal(err)
	}
	if !r.Failed() || !strings.Contains(out.String(), "cannot be reached") || strings.Contains(out.String(), "hunter2") {
		t.Errorf("got %s", out.String())
	}
}

// What is parked is named with its entry, its error and the way out.
func TestParkedReadersAreNamed(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	k.Journal.Stop()
	row := func(name string, seq, attempts int, code, text string, parkedAt int64) []any {
		return []any{name, seq, attempts, code, text, parkedAt, 0}
	}
	if err := k.DB.InsertMany(t.Context(), "journal_reader", []string{"name", "seq", "attempts", "code", "error", "parked_at", "updated_at"}, [][]any{
		row("fit", 0, 0, "", "", 0), row("mail", 2, 3, "mail.refused", "entry 3 (task.create): refused", 0),
	}); err != nil {
		t.Fatal(err)
	}
	r := doctor.ExamineJournal(t.Context(), k.DB)
	if r.Failed() || len(r.Findings) != 3 || r.Findings[2].Status != doctor.Warning {
		t.Errorf("before one is parked: %+v", r.Findings)
	}
	if err := k.DB.InsertMany(t.Context(), "journal_reader", []string{"name", "seq", "attempts", "code", "error", "parked_at", "updated_at"},
		[][]any{row("search", 16, 8, "search.indigestible", "entry 17 (task.move): bad text", 1795500000000)}); err != nil {
		t.Fatal(err)
	}
	r = doctor.ExamineJournal(t.Context(), k.DB)
	if !r.Failed() {
		t.Error("a parked reader is no failure")
	}
	for _, language := range []string{"en", "zh-CN"} {
		var out bytes.Buffer
		if err := r.Write(&out, language, false); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"dingban audit rerun search", "dingban audit skip search 17", "search.indigestible", "bad text", "mail.refused", "fit"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s does not say %q: %s", language, want, out.String())
			}
		}
		if strings.Contains(out.String(), "{") {
			t.Errorf("%s: %s", language, out.String())
		}
	}
	if _, err := k.DB.Exec(t.Context(), "DELETE FROM `journal_chain`"); err != nil {
		t.Fatal(err)
	}
	if r := doctor.ExamineJournal(t.Context(), k.DB); !r.Failed() {
		t.Error("a journal without its beginning is no failure")
	}
}
