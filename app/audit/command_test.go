package audit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"dingban/app/audit"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/journal"
	"dingban/app/platform/journal/anchor"
	"dingban/app/platform/journal/proof"
	"dingban/app/platform/testkit"
)

// shop is a database with a journal, and a configuration file that points to it.
type shop struct {
	*testkit.Kit
	t      *testing.T
	config string
	anchor string
	dir    string
}

func newShop(t *testing.T) *shop {
	t.Helper()
	k := testkit.New(t)
	k.Journal.Stop()
	// The kit's journal may have come to make its key, at today's time.
	for _, table := range []string{"journal_checkpoint", "journal_key"} {
		if _, err := k.DB.Exec(t.Context(), "DELETE FROM `"+table+"`"); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	s := &shop{Kit: k, t: t, dir: dir, config: filepath.Join(dir, "dingban.yaml"), anchor: filepath.Join(dir, "anchors")}
	err := os.WriteFile(s.config, fmt.Appendf(nil,
		"version: 1\ndatabase: {dsn: %q}\nvault: {kek_file: %q}\njournal: {retention_days: 200, anchor: {file: %q}}\n", k.DSN, k.KEKFile, s.anchor), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// work starts a journal with short segments, appends and stops, which signs the rest.
func (s *shop) work(entries int) {
	s.t.Helper()
	f, err := anchor.NewFile(s.anchor)
	if err != nil {
		s.t.Fatal(err)
	}
	j, err := journal.New(journal.Options{
		DB: s.DB, Vault: s.Vault, Clock: s.Clock, Log: s.Log, Poll: 20 * time.Millisecond, CheckpointEvery: 4, Anchors: []journal.Anchor{f},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.Journal = j
	if err := j.Start(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	defer j.Stop()
	for i := range entries {
		err := s.DB.Tx(s.Context(9), func(ctx context.Context) error { return j.Append(ctx, entry("task.create", int64(i+1), "x")) })
		if err != nil {
			s.t.Fatal(err)
		}
	}
	head := s.Settle()
	s.WaitFor("the anchor is up to date", func() bool {
		c, ok, err := f.Newest(s.t.Context())
		return err == nil && ok && c.Seq >= head/4*4
	})
}

// run is a command line; it gives what was printed.
func (s *shop) run(args ...string) (string, error) {
	s.t.Helper()
	return s.runWith("", args...)
}

func (s *shop) must(args ...string) string {
	s.t.Helper()
	out, err := s.run(args...)
	if err != nil {
		s.t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return out
}

func TestCommandVerifiesTheDatabaseAndAnExport(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.work(10)
	if out := s.must("verify", "--config", s.config); !strings.Contains(out, "good: 10 entries after 0, 4 checkpoints, signed up to 10, compared with 1 ") {
		t.Errorf("got %s", out)
	}
	key := filepath.Join(s.dir, "key.pem")
	if err := os.WriteFile(key, []byte(s.must("key", "--config", s.config)), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(s.dir, "journal.export")
	if out := s.must("export", file, "--config", s.config); !strings.Contains(out, "10 entries, 1 to 10,") {
		t.Errorf("got %s", out)
	}
	if out, err := s.run("export", file, "--config", s.config); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("a second export over the first: %s, %v", out, err)
	}
	if out := s.must("verify", "--file", file, "--key", key, "--anchors", s.anchor); !strings.Contains(out, "good: 10 entries") {
		t.Errorf("got %s", out)
	}
	if out := s.must("verify", "--file", file); !strings.Contains(out, "no --key was given") {
		t.Errorf("got %s", out)
	}

	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.LastIndex(raw, []byte("task.create"))
	raw[at] = 'b'
	bad := filepath.Join(s.dir, "bad.export")
	if err := os.WriteFile(bad, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := s.run("verify", "--file", bad, "--key", key); err == nil || !strings.Contains(out, "BAD: number 10 is changed") {
		t.Errorf("a changed export: %s, %v", out, err)
	}
	if _, err := s.DB.Exec(t.Context(), "UPDATE `journal` SET `actor_id` = 10 WHERE `ref_id` = 6"); err != nil {
		t.Fatal(err)
	}
	if out, err := s.run("verify", "--config", s.config); err == nil || !strings.Contains(out, "BAD: number 6 is changed") {
		t.Errorf("a changed database: %s, %v", out, err)
	}
}

func TestCommandFindsAnEndThatWasCutOffByTheConfiguredAnchor(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.work(8)
	for _, statement := range []string{
		"DELETE FROM `journal` WHERE `id` IN (SELECT `journal_id` FROM `journal_chain` WHERE `seq` > 4)",
		"DELETE FROM `journal_chain` WHERE `seq` > 4", "DELETE FROM `journal_checkpoint` WHERE `seq` > 4",
	} {
		if _, err := s.DB.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := s.run("verify", "--config", s.config); err == nil || !strings.Contains(out, "BAD: number 5 is truncated") {
		t.Errorf("%s, %v", out, err)
	}
}

func TestCommandRetiresWhatIsOldEnough(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.Clock.Advance(-300 * 24 * time.Hour)
	s.work(8)
	s.Clock.Advance(150 * 24 * time.Hour) // 150 days ago: younger than the 200 that are configured
	s.work(5)
	archive := filepath.Join(s.dir, "archive")
	if err := os.Mkdir(archive, 0o700); err != nil {
		t.Fatal(err)
	}
	if out := s.must("retire", archive, "--config", s.config); !strings.Contains(out, "8 entries, 1 to 8, are in ") {
		t.Errorf("got %s", out)
	}
	files, err := filepath.Glob(filepath.Join(archive, "*"))
	if err != nil || len(files) != 1 || !strings.HasSuffix(files[0], ".export") {
		t.Fatalf("%v, %v", files, err)
	}
	if out := s.must("verify", "--file", files[0]); !strings.Contains(out, "good: 8 entries after 0") {
		t.Errorf("got %s", out)
	}
	if out := s.must("verify", "--config", s.config); !strings.Contains(out, "good: 5 entries after 8") {
		t.Errorf("got %s", out)
	}
	if out := s.must("retire", archive, "--config", s.config); !strings.Contains(out, "nothing is older than 200 days") {
		t.Errorf("got %s", out)
	}
	s.Clock.Set(time.Now())
	s.work(0) // numbers what the commands have written down
	list, err := s.Journal.List(t.Context(), journal.Filter{Verb: "audit.retire"})
	if err != nil || len(list) != 1 || list[0].Changes[1].To != float64(8) {
		t.Errorf("%+v, %v", list, err)
	}
	if err := os.WriteFile(s.config, []byte("journal: {retention_days: 179}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.run("retire", archive, "--config", s.config); err == nil || !strings.Contains(err.Error(), "journal.retention_days: 179 is not between 180") {
		t.Errorf("got %v", err)
	}
}

func TestParkedReadersAreShownAndRunAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	fail := make(chan bool, 1)
	fail <- true
	handled := make(chan int64, 10)
	w.Journal.AddReader(journal.Reader{Name: "poisoned", Attempts: 2, FromStart: true, Handle: func(_ context.Context, records []journal.Record) error {
		bad := <-fail
		fail <- bad
		if bad {
			return fmt.Errorf("no such luck")
		}
		handled <- records[0].Seq
		return nil
	}})
	if err := w.DB.Tx(w.Context(9), func(ctx context.Context) error { return w.Journal.Append(ctx, entry("task.create", 1, "x")) }); err != nil {
		t.Fatal(err)
	}
	var parked audit.Reader
	w.WaitFor("the reader is parked", func() bool {
		list, err := w.s.Readers(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list {
			if r.Name == "poisoned" && r.ParkedAt != 0 {
				parked = r
				return true
			}
		}
		return false
	})
	if parked.Error != "entry 1 (task.create): no such luck" || parked.Lag != 1 || parked.Attempts != 2 {
		t.Errorf("got %+v", parked)
	}
	if err := w.s.Rerun(w.Context(stranger), "poisoned"); err == nil {
		t.Error("a stranger runs readers again")
	}
	if err := w.s.Rerun(w.ctx, "nobody"); err == nil {
		t.Error("a reader that is not there runs again")
	}
	<-fail
	fail <- false
	if err := w.s.Rerun(w.ctx, "poisoned"); err != nil {
		t.Fatal(err)
	}
	if seq := <-handled; seq != 1 {
		t.Errorf("went on at %d", seq)
	}
	w.Settle()
	items, _, err := w.s.List(w.ctx, audit.Filter{Verb: "audit.rerun"}, db.Page{})
	if err != nil || len(items) != 1 || items[0].Actor.ID != auditor {
		t.Errorf("the journal keeps %+v, %v", items, err)
	}
}

// What can never be handled is skipped: exactly that entry, by somebody who is named, and the
// reader goes on behind it in the process in which it runs.
func TestAParkedEntryIsSkipped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	handled := make(chan int64, 10)
	w.Journal.AddReader(journal.Reader{Name: "poisoned", Attempts: 2, FromStart: true, Handle: func(_ context.Context, records []journal.Record) error {
		for _, r := range records {
			if r.Seq == 2 {
				return fault.New(fault.KindInternal, "search.indigestible")
			}
			handled <- r.Seq
		}
		return nil
	}})
	err := w.DB.Tx(w.Context(9), func(ctx context.Context) error {
		return errors.Join(w.Journal.Append(ctx, entry("task.create", 1, "x")), w.Journal.Append(ctx, entry("task.create", 2, "y")), w.Journal.Append(ctx, entry("task.create", 3, "z")))
	})
	if err != nil {
		t.Fatal(err)
	}
	var parked audit.Reader
	w.WaitFor("the reader is parked", func() bool {
		list, err := w.s.Readers(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(list, func(r audit.Reader) bool { return r.Name == "poisoned" && r.ParkedAt != 0 })
		if i >= 0 {
			parked = list[i]
		}
		return i >= 0
	})
	if parked.Entry != 2 || parked.Code != "search.indigestible" {
		t.Errorf("parked as %+v", parked)
	}
	if err := w.s.Skip(w.Context(stranger), "poisoned", 2); !fault.Is(err, fault.KindDenied) {
		t.Errorf("a stranger skips: %v", err)
	}
	if err := w.s.Skip(w.ctx, "nobody", 2); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a reader that is not there: %v", err)
	}
	for _, other := range []int64{1, 3} {
		if err := w.s.Skip(w.ctx, "poisoned", other); !fault.HasCode(err, "audit.not_parked") {
			t.Errorf("skipped %d, where it is not parked: %v", other, err)
		}
	}
	if err := w.s.Skip(w.ctx, "poisoned", 2); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	for last := int64(0); last != 3; {
		if last = <-handled; last == 2 {
			t.Error("the skipped entry was handled")
		}
	}
	if err := w.s.Skip(w.ctx, "poisoned", 2); !fault.HasCode(err, "audit.not_parked") {
		t.Errorf("skipped twice: %v", err)
	}
	items, _, err := w.s.List(w.ctx, audit.Filter{Verb: "audit.skip"}, db.Page{})
	if err != nil || len(items) != 1 || items[0].Actor.ID != auditor || len(items[0].Changes) != 4 || items[0].Changes[2].To != "search.indigestible" {
		t.Errorf("the journal keeps %+v, %v", items, err)
	}
}

func TestCheckpointsAreListed(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.work(10)
	a := audit.New(s.DB, s.Journal, onlyAuditor{}, names{}, nil)
	if _, _, err := a.Checkpoints(s.Context(stranger), db.Page{}); !fault.Is(err, fault.KindDenied) {
		t.Errorf("a stranger: %v", err)
	}
	ctx := context.WithValue(s.Context(auditor), markAuditor{}, true)
	list := func() (out []audit.Checkpoint) {
		cursor := ""
		for {
			items, next, err := a.Checkpoints(ctx, db.Page{Limit: 2, Cursor: cursor})
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, items...)
			if cursor = next; next == "" {
				return out
			}
		}
	}
	got := list()
	if len(got) < 4 || got[0].Seq != 10 || got[len(got)-1].Seq != 0 {
		t.Fatalf("got %+v", got)
	}
	for i, c := range got {
		if !c.Genuine || (i+1 < len(got) && (c.Prev != got[i+1].Digest || c.From != got[i+1].Seq)) {
			t.Errorf("checkpoint %d: %+v", i, c)
		}
	}
	if _, err := s.DB.Exec(s.System(), "UPDATE `journal_checkpoint` SET `at` = `at` + 1 WHERE `seq` = 10"); err != nil {
		t.Fatal(err)
	}
	if got = list(); got[0].Genuine || !got[1].Genuine {
		t.Errorf("after tampering: %+v", got[:2])
	}
}

func TestCommandShowsReadersAndRunsThemAgain(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.work(3)
	if err := s.DB.InsertMany(t.Context(), "journal_reader", []string{"name", "seq", "attempts", "error", "parked_at", "updated_at"},
		[][]any{{"search", 2, 8, "entry 3 (task.create): broken", 1795500000000, 0}}); err != nil {
		t.Fatal(err)
	}
	if out := s.must("readers", "--config", s.config); !strings.Contains(out, "parked since") || !strings.Contains(out, "entry 3 (task.create): broken") {
		t.Errorf("got %s", out)
	}
	s.must("rerun", "search", "--config", s.config)
	if out := s.must("readers", "--config", s.config); !strings.Contains(out, "works") {
		t.Errorf("got %s", out)
	}
	for _, c := range []struct{ entry, want string }{{"three", "ENTRY"}, {"3", "not_parked"}} {
		if _, err := s.run("skip", "search", c.entry, "--config", s.config); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("skip %s: %v", c.entry, err)
		}
	}
	if _, err := s.DB.Exec(t.Context(), "UPDATE `journal_reader` SET `parked_at` = 5 WHERE `name` = 'search'"); err != nil {
		t.Fatal(err)
	}
	s.must("skip", "search", "3", "--config", s.config)
	if out := s.must("readers", "--config", s.config); !regexp.MustCompile(`search +3 +\d+ +works`).MatchString(out) {
		t.Errorf("got %s", out)
	}
	if _, err := s.run("rerun", "nobody", "--config", s.config); err == nil {
		t.Error("a reader that is not there was run again")
	}
	if _, err := s.run("verify", "--data-dir", filepath.Join(s.dir, "nowhere")); err == nil || !strings.Contains(err.Error(), "database.dsn") {
		t.Errorf("got %v", err)
	}
}

// runWith is run with an answer on the input.
func (s *shop) runWith(in string, args ...string) (string, error) {
	s.t.Helper()
	root := &cobra.Command{Use: "dingban", SilenceErrors: true}
	root.AddCommand(audit.Command())
	var out bytes.Buffer
	root.SetIn(strings.NewReader(in))
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetArgs(append([]string{"audit"}, args...))
	err := root.ExecuteContext(s.t.Context())
	return out.String(), err
}

func TestCommandReplacesTheSigningKeyAndShowsAll(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	if _, err := s.run("key", "rotate", "--yes", "--config", s.config); !errors.Is(err, journal.ErrNoKey) {
		t.Errorf("before the first start: %v", err)
	}
	if out := s.must("key", "show", "--config", s.config, "--language", "en"); !strings.Contains(out, "before the first start") {
		t.Errorf("got %s", out)
	}
	s.work(6)
	old, before := filepath.Join(s.dir, "old.pem"), filepath.Join(s.dir, "before.export")
	if err := os.WriteFile(old, []byte(s.must("key", "--config", s.config)), 0o600); err != nil {
		t.Fatal(err)
	}
	s.must("export", before, "--config", s.config)
	out, err := s.runWith("yes\n", "key", "rotate", "--config", s.config)
	if err == nil || !strings.Contains(err.Error(), "not confirmed") || !strings.Contains(out, "can never sign again") {
		t.Errorf("not agreed: %s, %v", out, err)
	}
	if out, err = s.runWith("rotate\n", "key", "rotate", "--config", s.config); err != nil || !strings.Contains(out, "signs what comes after number 6.") {
		t.Fatalf("%s, %v", out, err)
	}
	s.work(3) // and numbers what was written down
	list, err := s.Journal.List(t.Context(), journal.Filter{Verb: "audit.rotate_key"})
	if err != nil || len(list) != 1 || list[0].ActorID != 0 || len(list[0].Changes) != 2 || list[0].Changes[1].To != float64(6) {
		t.Errorf("the journal keeps %+v, %v", list, err)
	}

	if out = s.must("key", "show", "--config", s.config, "--language", "en"); !regexp.MustCompile(`(?m)^[0-9a-f]{64}  in use   entry 6, .*—$`).MatchString(out) || !strings.Contains(out, "retired  entry 0, ") {
		t.Errorf("got %s", out)
	}
	if out = s.must("key", "show", "--config", s.config); !strings.Contains(out, "已停用") || !strings.Contains(out, "使用中") {
		t.Errorf("got %s", out)
	}
	var shown audit.Keys
	if err := json.Unmarshal([]byte(s.must("key", "show", "--config", s.config, "--json")), &shown); err != nil || len(shown.Items) != 2 {
		t.Fatalf("%+v, %v", shown, err)
	}
	if k := shown.Items[1]; k.State != audit.KeyRetired || k.Last != 6 || k.Until == 0 || k.Since == 0 || shown.Items[0].After != 6 {
		t.Errorf("got %+v", shown)
	}
	a := audit.New(s.DB, s.Journal, onlyAuditor{}, names{}, nil)
	if _, err := a.Keys(s.Context(stranger)); !fault.Is(err, fault.KindDenied) {
		t.Errorf("a stranger: %v", err)
	}
	if keys, err := a.Keys(context.WithValue(s.Context(auditor), markAuditor{}, true)); err != nil || !slices.Equal(keys, shown.Items) {
		t.Errorf("%+v, %v", keys, err)
	}
	items, _, err := a.Checkpoints(context.WithValue(s.Context(auditor), markAuditor{}, true), db.Page{})
	if err != nil || slices.ContainsFunc(items, func(c audit.Checkpoint) bool { return !c.Genuine }) {
		t.Errorf("checkpoints of both keys: %+v, %v", items, err)
	}

	next, after, strange := filepath.Join(s.dir, "new.pem"), filepath.Join(s.dir, "after.export"), filepath.Join(s.dir, "strange.pem")
	if err := os.WriteFile(next, []byte(s.must("key", "--config", s.config)), 0o600); err != nil {
		t.Fatal(err)
	}
	other, err := proof.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(strange, other.Public.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	s.must("export", after, "--config", s.config)
	for _, key := range []string{old, next} {
		s.must("verify", "--config", s.config, "--key", key)
		s.must("verify", "--file", after, "--key", key, "--anchors", s.anchor)
	}
	if _, err := s.run("verify", "--config", s.config, "--key", strange); err == nil || !strings.Contains(err.Error(), "nor with one that came before or after it") {
		t.Errorf("a stranger's key: %v", err)
	}
	s.must("verify", "--file", before, "--key", old)
	if out, err := s.run("verify", "--file", before, "--key", next); err == nil || !strings.Contains(out, "is signed with an unknown key: ") {
		t.Errorf("a file from before with the key from after: %s, %v", out, err)
	}
}
