package file_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dingban/app/file"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/platform/testkit"
	"dingban/app/server"
	"dingban/app/server/servertest"
	"dingban/configs"
)

func TestAttach(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	content := append(slices.Clone(pdf), random(700_000, 1)...)
	f := w.attach("member", "  平面图.pdf ", content)
	if f.Name != "平面图.pdf" || f.Size != int64(len(content)) || f.Type != "application/pdf" || !f.Inline || f.Version != 1 || f.Ref != w.of || f.CreatedBy.ID != w.People["member"] {
		t.Errorf("attached %+v", f)
	}
	if told := w.Told("file"); told.Verb != "file.attach" || told.Ref != w.of || told.ProjectID != w.Project.ID || told.Changes[0].To != "平面图.pdf" {
		t.Errorf("told %+v", told)
	}
	if got := w.content(w.By("viewer"), f.ID); !bytes.Equal(got, content) {
		t.Errorf("got %d bytes back, other ones", len(got))
	}
	empty := w.attach("member", "空.txt", nil)
	if empty.Size != 0 || len(w.content(w.By("viewer"), empty.ID)) != 0 {
		t.Errorf("an empty file is %+v", empty)
	}
	items, next, err := w.s.List(w.By("viewer"), w.of, db.Page{Limit: 1})
	if err != nil || len(items) != 1 || items[0].ID != empty.ID || next == "" {
		t.Fatalf("the first page is %+v, %q, %v", items, next, err)
	}
	items, next, err = w.s.List(w.By("viewer"), w.of, db.Page{Limit: 1, Cursor: next})
	if err != nil || len(items) != 1 || items[0] != f || next != "" {
		t.Errorf("the second page is %+v, %q, %v", items, next, err)
	}
	renamed, err := w.s.Rename(w.By("manager"), f.ID, 1, "终稿.pdf")
	if err != nil || renamed.Name != "终稿.pdf" || renamed.Version != 2 || renamed.Type != "application/pdf" {
		t.Errorf("renamed %+v, %v", renamed, err)
	}
	if told := w.Told("file"); told.Verb != "file.rename" || told.Changes[0].From != "平面图.pdf" || told.Changes[0].To != "终稿.pdf" {
		t.Errorf("told %+v", told)
	}
	_, err = w.s.Rename(w.By("member"), f.ID, 1, "别的.pdf")
	if stale := testkit.Refused(t, err, "file.stale_version"); stale.Current.(file.File).Name != "终稿.pdf" {
		t.Errorf("a stale version is told of %+v", stale.Current)
	}
	w.Must(w.s.Delete(w.By("member"), f.ID))
	if told := w.Told("file"); told.Verb != "file.delete" || told.Changes[0].From != "终稿.pdf" {
		t.Errorf("told %+v", told)
	}
	_, err = w.s.Get(w.By("member"), f.ID)
	testkit.WantCode(t, err, "file.not_found")
	_, err = w.s.Read(w.By("member"), f.ID, false, false)
	testkit.WantCode(t, err, "file.not_found")
}

func TestWhoMay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	f := w.attach("owner", "a.txt", []byte("甲"))
	u := w.send(w.By("member"), "b.txt", []byte("乙"), 1<<20)
	_, err := w.s.Start(w.By("viewer"), w.of, file.Draft{Name: "x", Size: 1})
	testkit.WantCode(t, err, "access.denied")
	for _, account := range []string{"member", "viewer"} {
		testkit.WantCode(t, w.s.Delete(w.By(account), f.ID), "access.denied")
		_, err = w.s.Rename(w.By(account), f.ID, 1, "x")
		testkit.WantCode(t, err, "access.denied")
	}
	for _, check := range []struct {
		err  error
		code string
	}{
		{second(w.s.Start(w.By("outsider"), w.of, file.Draft{Name: "x", Size: 1})), "task.not_found"},
		{second(w.s.Uploads(w.By("outsider"), w.of)), "task.not_found"},
		{second(w.s.Get(w.By("outsider"), f.ID)), "file.not_found"},
		{second(w.s.Read(w.By("outsider"), f.ID, false, false)), "file.not_found"},
		{w.s.Delete(w.By("outsider"), f.ID), "file.not_found"},
		// An upload is there for the one who has started it alone, whatever they may do in the project.
		{second(w.s.Upload(w.By("owner"), u.ID)), "file.upload.not_found"},
		{second(w.s.Receive(w.By("owner"), u.ID, 0, 1, strings.NewReader("x"))), "file.upload.not_found"},
		{second(w.s.Complete(w.By("owner"), u.ID)), "file.upload.not_found"},
		{w.s.Cancel(w.By("owner"), u.ID), "file.upload.not_found"},
		{second(w.s.Get(w.By("owner"), u.ID)), "file.not_found"},
		{second(w.s.Start(w.By("owner"), ref.To("moon", 1), file.Draft{Name: "x"})), "moon.not_found"},
	} {
		testkit.WantCode(t, check.err, check.code)
	}
	_, _, err = w.s.List(w.By("outsider"), w.of, db.Page{})
	testkit.WantCode(t, err, "task.not_found")
	w.Must(w.Modules.Task.Delete(w.By("owner"), w.task.ID, w.task.Version))
	_, err = w.s.Get(w.By("owner"), f.ID)
	testkit.WantCode(t, err, "file.not_found")
	_, err = w.s.Complete(w.By("member"), u.ID)
	testkit.WantCode(t, err, "file.upload.not_found")
}

func second[T any](_ T, err error) error { return err }

func TestHostileNamesSizesAndOffsets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := w.By("member")
	for name, code := range map[string]string{
		"": "field.required", " ": "field.required", strings.Repeat("长", 256): "field.too_long", "a\nb": "field.bad_characters", "a\x00b": "field.bad_characters",
		"../../etc/passwd": "file.bad_name", `..\x`: "file.bad_name", "..": "file.bad_name", ".": "file.bad_name", "gpj.\u202eexe": "field.bad_characters", "\xff": "field.bad_characters",
	} {
		_, err := w.s.Start(ctx, w.of, file.Draft{Name: name, Size: 1})
		testkit.WantField(t, err, "body.name", code)
	}
	for size, code := range map[int64]string{-1: "field.too_small", file.MaxSize + 1: "file.too_large", 1 << 62: "file.too_large"} {
		_, err := w.s.Start(ctx, w.of, file.Draft{Name: "x", Size: size})
		testkit.WantField(t, err, "body.size", code)
	}
	longest, err := w.s.Start(ctx, w.of, file.Draft{Name: strings.Repeat("长", 255), Size: file.MaxSize})
	if err != nil || longest.Received != 0 {
		t.Errorf("the largest file: %+v, %v", longest, err)
	}
	content := random(1<<20, 2)
	u, err := w.s.Start(ctx, w.of, file.Draft{Name: "x", Size: 1 << 20})
	w.Must(err)
	u, err = w.s.Receive(ctx, u.ID, 0, 512<<10, bytes.NewReader(content[:512<<10]))
	w.Must(err)
	for _, c := range []struct {
		offset, size int64
		code         string
	}{
		{0, 512 << 10, "file.offset"},
		{1, 512 << 10, "file.offset"},
		{-5, 512 << 10, "file.offset"},
		{1 << 20, 1, "file.offset"},
		{1 << 62, 1, "file.offset"},
		{512 << 10, 512<<10 + 1, "file.too_much"},
		{512 << 10, file.MaxPiece + 1, "file.piece_too_large"},
		{512 << 10, 1000, "file.piece_too_small"},
		{512 << 10, 0, "file.piece_too_small"},
		{512 << 10, -1, "file.length_required"},
	} {
		_, err := w.s.Receive(ctx, u.ID, c.offset, c.size, bytes.NewReader(content))
		refused := testkit.Refused(t, err, c.code)
		if c.code == "file.offset" && refused.Current.(file.Upload).Received != 512<<10 {
			t.Errorf("offset %d is refused with %+v", c.offset, refused.Current)
		}
	}
	// Fewer and more bytes than announced leave things as they are.
	for _, n := range []int{100, 512<<10 + 1} {
		_, err = w.s.Receive(ctx, u.ID, 512<<10, 512<<10, bytes.NewReader(random(n, 3)))
		testkit.WantCode(t, err, "file.cut_off")
	}
	_, err = w.s.Complete(ctx, u.ID)
	if refused := testkit.Refused(t, err, "file.incomplete"); refused.Current.(file.Upload).Received != 512<<10 {
		t.Errorf("incomplete is told of %+v", refused.Current)
	}
	u = w.goOn(ctx, u, content, 300_000)
	f, err := w.s.Complete(ctx, u.ID)
	w.Must(err)
	if !bytes.Equal(w.content(ctx, f.ID), content) {
		t.Error("what was sent is not what is there")
	}
	_, err = w.s.Complete(ctx, u.ID)
	testkit.WantCode(t, err, "file.upload.not_found")
}

// Of many who send the same piece one wins, and the content is that of the winner.
func TestTheSamePieceAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := w.By("member")
	u, err := w.s.Start(ctx, w.of, file.Draft{Name: "x", Size: 300_000})
	w.Must(err)
	contents := make([][]byte, 6)
	errs := make([]error, len(contents))
	var all sync.WaitGroup
	for i := range contents {
		contents[i] = random(300_000, uint64(i))
		all.Go(func() { _, errs[i] = w.s.Receive(ctx, u.ID, 0, 300_000, bytes.NewReader(contents[i])) })
	}
	all.Wait()
	winner := -1
	for i, err := range errs {
		switch {
		case err == nil && winner < 0:
			winner = i
		case err == nil:
			t.Fatal("two won")
		case !fault.HasCode(err, "file.offset"):
			t.Errorf("a loser is told %v", err)
		}
	}
	f, err := w.s.Complete(ctx, u.ID)
	w.Must(err)
	if winner < 0 || !bytes.Equal(w.content(ctx, f.ID), contents[winner]) {
		t.Errorf("the content is not that of the winner, %d", winner)
	}
	w.Must(w.s.Sweep(t.Context()))
	if n := w.count("file_piece"); n != 1 {
		t.Errorf("%d pieces are left, want the winner's", n)
	}
	if !bytes.Equal(w.content(ctx, f.ID), contents[winner]) {
		t.Error("the sweep took the winner's piece")
	}
}

func TestATaskHasAtMost200Files(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := w.By("member")
	var last file.Upload
	for i := range file.MaxFiles {
		var err error
		last, err = w.s.Start(ctx, w.of, file.Draft{Name: fmt.Sprint(i)})
		w.Must(err)
	}
	_, err := w.s.Start(ctx, w.of, file.Draft{Name: "one more"})
	testkit.WantCode(t, err, "file.too_many")
	w.Must(w.s.Cancel(ctx, last.ID))
	_, err = w.s.Start(ctx, w.of, file.Draft{Name: "one more"})
	w.Must(err)
	mine, err := w.s.Uploads(ctx, w.of)
	if err != nil || len(mine) != file.MaxFiles {
		t.Errorf("%d unfinished uploads, %v", len(mine), err)
	}
	others, err := w.s.Uploads(w.By("owner"), w.of)
	if err != nil || len(others) != 0 {
		t.Errorf("somebody else has %d unfinished uploads, %v", len(others), err)
	}
}

// A server that is killed in the middle of an upload, its successor on the same folder, and the same person who goes on.
func TestAKilledServerLosesNothing(t *testing.T) {
	t.Parallel()
	if _, ok := testkit.Database(t); ok {
		t.Skip("a server in the folder of another needs its database file")
	}
	w := newWorld(t)
	ctx := w.By("member")
	content := random(900_000, 7)
	u, err := w.s.Start(ctx, w.of, file.Draft{Name: "大文件.bin", Size: int64(len(content))})
	w.Must(err)
	u, err = w.s.Receive(ctx, u.ID, 0, 300_000, bytes.NewReader(content[:300_000]))
	w.Must(err)
	w.Settle()
	dir := t.TempDir() // what is on the disk at the moment of the kill, in the middle of a piece
	_, err = w.s.Receive(ctx, u.ID, u.Received, 300_000, io.MultiReader(bytes.NewReader(content[300_000:400_000]), readerFunc(func([]byte) (int, error) {
		w.Must(os.CopyFS(dir, os.DirFS(w.Config.Server.DataDir)))
		return 0, io.ErrUnexpectedEOF
	})))
	testkit.WantCode(t, err, "file.cut_off")
	w.Must(os.Chmod(filepath.Join(dir, "keys", "kek"), 0o600)) // which the copy has forgotten
	later := servertest.Start(t, dir)
	by := later.As(w.People["member"])
	mine, err := later.Modules.File.Uploads(by, w.of)
	if err != nil || len(mine) != 1 || mine[0].Received != 300_000 || mine[0].Name != "大文件.bin" {
		t.Fatalf("after the kill there is %+v, %v", mine, err)
	}
	next := &world{Team: w.Team, t: t, s: later.Modules.File}
	next.goOn(by, mine[0], content, 300_000)
	f, err := later.Modules.File.Complete(by, u.ID)
	w.Must(err)
	if !bytes.Equal(next.content(by, f.ID), content) {
		t.Error("the file is not what was sent before and after the kill")
	}
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// movable is a clock that a test moves.
func movable() (*clock.Fake, func(*configs.Config, *server.Options)) {
	c := clock.NewFake(time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC))
	return c, func(_ *configs.Config, o *server.Options) { o.Clock = c }
}

func (w *world) objects() (keys int) {
	w.t.Helper()
	_ = filepath.WalkDir(w.Config.ObjectFolder(), func(_ string, d fs.DirEntry, err error) error {
		w.Must(err)
		if d.Type().IsRegular() {
			keys++
		}
		return nil
	})
	return keys
}

func TestWhatExpiresGoesAndNothingElse(t *testing.T) {
	t.Parallel()
	now, withClock := movable()
	w := newWorld(t, withClock)
	ctx := w.By("member")
	stays := w.attach("member", "stays.bin", random(2<<20, 1))
	goes := w.attach("member", "goes.bin", random(2<<20, 2))
	w.send(ctx, "half.bin", random(300_000, 3), 300_000)
	before := w.objects()
	w.Must(w.s.Delete(ctx, goes.ID))
	sweep := func(after time.Duration, want int) {
		t.Helper()
		now.Advance(after)
		w.Must(w.s.Sweep(t.Context()))
		if n := w.objects(); n != want {
			t.Errorf("after %v more there are %d objects, want %d", after, n, want)
		}
	}
	sweep(0, before)
	sweep(6*24*time.Hour, before)
	sweep(25*time.Hour, before-1) // the unfinished upload
	mine, err := w.s.Uploads(ctx, w.of)
	if err != nil || len(mine) != 0 {
		t.Errorf("an expired upload is there: %+v, %v", mine, err)
	}
	sweep(22*24*time.Hour, before-1)
	sweep(25*time.Hour, before-3) // the two pieces of the deleted file
	sweep(400*24*time.Hour, before-3)
	if !bytes.Equal(w.content(ctx, stays.ID), random(2<<20, 1)) {
		t.Error("a file that nobody deleted has gone")
	}
	if n := w.count("file_content"); n != 1 {
		t.Errorf("%d contents are left", n)
	}
}

// A content that several files share goes with the last of them.
func TestCopiesShareContents(t *testing.T) {
	t.Parallel()
	now, withClock := movable()
	w := newWorld(t, withClock)
	ctx := w.By("member")
	content := random(400_000, 5)
	f := w.attach("member", "图.bin", content)
	gone := w.attach("member", "旧.bin", random(300_000, 6))
	w.Must(w.s.Delete(ctx, gone.ID))
	w.send(ctx, "half.bin", random(300_000, 3), 300_000)
	one := w.newTask("一")
	w.Must(w.DB.Tx(ctx, func(ctx context.Context) error { return w.s.Copy(ctx, "task", map[int64]int64{w.task.ID: one.ID}) }))
	// Both at once, so that the content comes twice.
	three, four := w.newTask("三"), w.newTask("四")
	w.Must(w.DB.Tx(ctx, func(ctx context.Context) error {
		return w.s.Copy(ctx, "task", map[int64]int64{w.task.ID: three.ID, one.ID: four.ID})
	}))
	var copies []file.File
	for _, id := range []int64{one.ID, three.ID, four.ID} {
		items, _, err := w.s.List(ctx, ref.To("task", id), db.Page{})
		if err != nil || len(items) != 1 || items[0].Name != "图.bin" || items[0].ID == f.ID || items[0].Size != f.Size {
			t.Fatalf("a copy has %+v, %v", items, err)
		}
		copies = append(copies, items[0])
	}
	w.Must(w.s.Delete(ctx, f.ID))
	for _, c := range copies {
		now.Advance(31 * 24 * time.Hour)
		w.Must(w.s.Sweep(t.Context()))
		if !bytes.Equal(w.content(ctx, c.ID), content) {
			t.Fatal("the content of a copy has gone with another file")
		}
		w.Must(w.s.Delete(ctx, c.ID))
	}
	now.Advance(31 * 24 * time.Hour)
	w.Must(w.s.Sweep(t.Context()))
	if n := w.count("file_piece"); n != 0 {
		t.Errorf("%d pieces are left of files that are all gone", n)
	}
}

func TestSealedAtRest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	secret := bytes.Repeat([]byte("绝密：搬迁预算 4711 万元。"), 20_000)
	f := w.attach("member", "极秘密的名字.txt", secret)
	if f.Type != "text/plain" {
		t.Errorf("the type is %s", f.Type)
	}
	w.Settle()
	seen := 0
	err := filepath.WalkDir(w.Config.Server.DataDir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		seen += len(raw)
		for _, words := range []string{"绝密：搬迁预算", "极秘密的名字"} {
			if bytes.Contains(raw, []byte(words)) {
				t.Errorf("%s holds %q", path, words)
			}
		}
		return nil
	})
	if err != nil || seen < len(secret) {
		t.Errorf("looked at %d bytes of at least %d, %v", seen, len(secret), err)
	}
}

func TestReadersAreTold(t *testing.T) {
	t.Parallel()
	now, withClock := movable()
	w := newWorld(t, withClock)
	f := w.attach("member", "图.png", png)
	told := func() (n int) {
		w.Settle()
		records, err := w.Journal.List(t.Context(), journal.Filter{Module: "file", Limit: 100})
		w.Must(err)
		for _, r := range records {
			if r.Verb == "file.preview" || r.Verb == "file.download" {
				n++
			}
		}
		return n
	}
	for i, c := range []struct {
		account      string
		inline, part bool
		more         int
	}{
		{"viewer", true, false, 1},
		{"viewer", true, false, 0},
		{"viewer", true, true, 0},
		{"owner", true, false, 1},
		{"viewer", false, false, 1},
		{"viewer", false, false, 1},
		{"viewer", false, true, 0},
		{"owner", false, true, 1},
	} {
		before := told()
		content, err := w.s.Read(w.By(c.account), f.ID, c.inline, c.part)
		w.Must(err)
		w.Must(content.Close())
		if n := told() - before; n != c.more {
			t.Errorf("reading %d: %d more entries, want %d", i, n, c.more)
		}
	}
	now.Advance(time.Hour)
	before := told()
	_ = w.content(w.By("viewer"), f.ID)
	if n := told() - before; n != 1 {
		t.Errorf("an hour later: %d entries", n)
	}
	now.Advance(72 * time.Hour)
	w.Must(w.s.Sweep(t.Context()))
	if n := w.count("file_seen"); n != 0 {
		t.Errorf("%d readers are remembered for ever", n)
	}
}

func TestStatementsDoNotGrow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	list := func() int {
		w.Settle()
		_, _, err := w.s.List(w.By("viewer"), w.of, db.Page{Limit: 200}) // what is remembered of people and projects
		w.Must(err)
		ctx := db.CountStatements(w.By("viewer"))
		_, _, err = w.s.List(ctx, w.of, db.Page{Limit: 200})
		w.Must(err)
		return db.Statements(ctx)
	}
	w.attach("member", "a", []byte("a"))
	one := list()
	for i := range 12 {
		w.attach([]string{"member", "owner", "manager"}[i%3], fmt.Sprint(i), []byte("x"))
	}
	if many := list(); many != one || many > 4 {
		t.Errorf("%d statements for 13 files, %d for one", many, one)
	}
}
