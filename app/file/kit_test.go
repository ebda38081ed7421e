package file_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"dingban/app/file"
	"dingban/app/platform/ref"
	"dingban/app/server"
	"dingban/app/server/servertest"
	"dingban/app/task"
	"dingban/configs"
)

// world is a team with a task.
type world struct {
	*servertest.Team
	t    testing.TB
	s    *file.Service
	task task.Task
	of   ref.Ref
}

func newWorld(t testing.TB, change ...func(*configs.Config, *server.Options)) *world {
	t.Helper()
	team := servertest.NewTeam(t, change...)
	w := &world{Team: team, t: t, s: team.Modules.File}
	w.task = w.newTask("搬迁机房")
	w.of = ref.To("task", w.task.ID)
	return w
}

func (w *world) newTask(title string) task.Task {
	w.t.Helper()
	made, err := w.Modules.Task.Create(w.By("member"), task.Draft{ProjectID: w.Project.ID, Title: title})
	w.Must(err)
	return made
}

// send starts an upload and sends its bytes in pieces of a size.
func (w *world) send(ctx context.Context, name string, content []byte, piece int) file.Upload {
	w.t.Helper()
	u, err := w.s.Start(ctx, w.of, file.Draft{Name: name, Size: int64(len(content))})
	w.Must(err)
	return w.goOn(ctx, u, content, piece)
}

func (w *world) goOn(ctx context.Context, u file.Upload, content []byte, piece int) file.Upload {
	w.t.Helper()
	for u.Received < u.Size {
		part := content[u.Received:min(u.Received+int64(piece), u.Size)]
		var err error
		u, err = w.s.Receive(ctx, u.ID, u.Received, int64(len(part)), bytes.NewReader(part))
		w.Must(err)
	}
	return u
}

// attach attaches a file to the task.
func (w *world) attach(account, name string, content []byte) file.File {
	w.t.Helper()
	u := w.send(w.By(account), name, content, 1<<20)
	f, err := w.s.Complete(w.By(account), u.ID)
	w.Must(err)
	return f
}

func (w *world) content(ctx context.Context, id int64) []byte {
	w.t.Helper()
	c, err := w.s.Read(ctx, id, true, false)
	w.Must(err)
	defer c.Close()
	all, err := io.ReadAll(c)
	w.Must(err)
	return all
}

func (w *world) count(query string, args ...any) int {
	w.t.Helper()
	var n int
	_, err := w.DB.Session(w.t.Context()).SQL("SELECT COUNT(*) FROM "+query, args...).Get(&n)
	w.Must(err)
	return n
}

// random is content that no two calls with different seeds share.
func random(size int, seed uint64) []byte {
	b := make([]byte, size)
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func contentPath(f file.File) string { return fmt.Sprintf("/files/%d/content", f.ID) }

// The beginnings of files of some kinds.
var (
	png  = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00")
	svg  = []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)
	html = []byte(`<!DOCTYPE html><html><body><script>alert(1)</script></body></html>`)
	pdf  = []byte("%PDF-1.7\n1 0 obj\n<<>>\nendobj\n")
)
