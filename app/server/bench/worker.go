package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"dingban/app/platform/clock"
)

// mix is how often people do what, in per cent: mostly looking, now and then
// changing something.
var mix = []struct {
	op     string
	weight int
}{
	{"board", 22}, {"list", 18}, {"get", 22}, {"update", 10}, {"move", 9}, {"create", 7}, {"search", 8}, {"comment", 4},
}

// syllables make Chinese sentences of realistic length; they are test data,
// not words shown to anybody.
var syllables = []rune("项目任务审批合同采购设备巡检会议报告预算客户投诉整改验收方案评审进度风险质量培训系统部署数据备份安全检查通知")

type task struct {
	ID      int64  `json:"id"`
	Version int64  `json:"version"`
	StateID int64  `json:"stateId"`
	Title   string `json:"title"`
}

// worker is one virtual person at work.
type worker struct {
	o     *Options
	team  team
	who   credential
	stats *stats
	rand  *rand.Rand
	http  *client
	known []int64 // tasks this person has seen or made
}

func newWorker(o *Options, t team, who credential, st *stats, seed uint64) *worker {
	return &worker{o: o, team: t, who: who, stats: st, rand: rand.New(rand.NewPCG(seed, 2)), known: t.seeds}
}

// work signs in, says that the person has arrived (or never will), and goes on
// until the context ends.
func (w *worker) work(ctx context.Context, arrived func()) {
	c, err := newClient(w.o)
	if err != nil {
		w.stats.add(loginOp, 0, err)
		arrived()
		return
	}
	w.http = c
	defer c.http.CloseIdleConnections()
	w.time(ctx, loginOp, func() error {
		err = c.arrive(ctx, w.who)
		return err
	})
	arrived()
	if err != nil {
		return
	}
	for clock.Pause(ctx, think(w.rand, w.o.Think)) {
		w.act(ctx, w.draw())
	}
	// The run is over; leaving is not measured but must happen, or each run
	// would leave its sessions behind.
	leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := c.do(leave, http.MethodDelete, "/session", nil, nil); err != nil {
		w.stats.add("log-out", 0, err)
	}
}

// time measures one operation; a request that the end of the run cut off
// says nothing and is left out.
func (w *worker) time(ctx context.Context, op string, fn func() error) {
	began := time.Now()
	err := fn()
	if ctx.Err() != nil {
		return
	}
	w.stats.add(op, time.Since(began), err)
}

func (w *worker) draw() string {
	n := w.rand.IntN(100)
	for _, m := range mix {
		if n -= m.weight; n < 0 {
			return m.op
		}
	}
	return mix[0].op
}

// act does what a person does in one go and samples each request of it.
func (w *worker) act(ctx context.Context, op string) {
	switch op {
	case "board", "list", "search", "create":
		w.time(ctx, op, func() error { return w.onProject(ctx, op) })
		return
	}
	if len(w.known) == 0 {
		return // there is no task yet
	}
	w.onTask(ctx, op, w.known[w.rand.IntN(len(w.known))])
}

func (w *worker) onProject(ctx context.Context, op string) error {
	project := w.team.project
	switch op {
	case "board":
		return w.http.do(ctx, http.MethodGet, fmt.Sprintf("/projects/%d/board", project), nil, nil)
	case "list":
		return w.http.do(ctx, http.MethodGet, fmt.Sprintf("/tasks?project=%d&limit=50", project), nil, nil)
	case "search":
		i := w.rand.IntN(len(syllables) - 1)
		return w.http.do(ctx, http.MethodGet, "/search?q="+url.QueryEscape(string(syllables[i:i+2])), nil, nil)
	}
	var made task
	err := w.http.do(ctx, http.MethodPost, "/tasks", newTask(project, w.rand.Uint64()), &made)
	if err == nil {
		w.known = append(w.known[:len(w.known):len(w.known)], made.ID)
	}
	return err
}

// onTask reads the task and, for a change, sends the version it saw. Losing a
// race against another virtual person is what optimistic versions are for and
// no error: a person would look and try again.
func (w *worker) onTask(ctx context.Context, op string, id int64) {
	path := fmt.Sprintf("/tasks/%d", id)
	if op == "comment" {
		w.time(ctx, op, func() error {
			return w.http.do(ctx, http.MethodPost, path+"/comments", map[string]string{"text": sentence(w.rand, 30)}, nil)
		})
		return
	}
	var t task
	var err error
	w.time(ctx, "get", func() error {
		err = w.http.do(ctx, http.MethodGet, path, nil, &t)
		return err
	})
	if err != nil || op == "get" {
		return
	}
	began := time.Now()
	switch op {
	case "update":
		err = w.http.do(ctx, http.MethodPatch, path, map[string]any{"version": t.Version, "title": sentence(w.rand, 18)}, nil)
	case "move":
		state := w.team.states[w.rand.IntN(len(w.team.states))]
		err = w.http.do(ctx, http.MethodPost, path+"/move", map[string]any{"version": t.Version, "stateId": state}, nil)
	}
	if ctx.Err() != nil {
		return
	}
	if hasStatus(err, http.StatusConflict) {
		op, err = "conflict", nil
	}
	w.stats.add(op, time.Since(began), err)
}

func newTask(project int64, seed uint64) map[string]any {
	r := rand.New(rand.NewPCG(seed, 1))
	return map[string]any{"projectId": project, "title": sentence(r, 18), "description": sentence(r, 200)}
}

func sentence(r *rand.Rand, n int) string {
	out := make([]rune, n)
	for i := range out {
		out[i] = syllables[r.IntN(len(syllables))]
	}
	return string(out)
}
