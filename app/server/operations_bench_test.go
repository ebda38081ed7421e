package server_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"dingban/app/platform/testkit"
	"dingban/app/server"
	"dingban/app/server/servertest"
	"dingban/configs"
)

// BenchmarkOperation measures what the daily operations cost: processor time of a request over TLS, with everything that
// belongs to it — sealing, journal, index — and with the asking client, on the database of the tests. The budgets are
// milliseconds; DINGBAN_TEST_DSN measures another database, whose own time is not in the figure.
func BenchmarkOperation(b *testing.B) {
	w := servertest.New(b, func(_ *configs.Config, o *server.Options) {
		o.GuardSubset, o.Log, o.Poll = false, slog.New(slog.DiscardHandler), 0
	})
	people := []int64{w.Person("lin").ID, w.Person("chen").ID}
	c := w.Client("lin")
	var small, large struct{ ID int64 }
	c.Do(http.MethodPost, "/projects", map[string]any{"key": "SMALL", "name": "七十五张卡", "visibility": "organisation"}).OK(&small)
	c.Do(http.MethodPost, "/projects", map[string]any{"key": "LARGE", "name": "四百张卡", "visibility": "organisation"}).OK(&large)
	type task struct {
		ID, Version int64
		StateID     int64 `json:"stateId"`
	}
	n := 0
	create := func(project int64) (t task) {
		n++
		c.Do(http.MethodPost, "/tasks", map[string]any{
			"projectId": project, "title": fmt.Sprintf("第 %d 项：数据库迁移与验收", n), "description": strings.Repeat("采购设备巡检会议报告", 20), "assigneeIds": people,
		}).OK(&t)
		return t
	}
	var one task
	for range 75 {
		one = create(small.ID)
	}
	for range 400 {
		create(large.ID)
	}
	var states struct{ Items []struct{ ID int64 } }
	c.Do(http.MethodGet, fmt.Sprintf("/projects/%d/states", small.ID), nil).OK(&states)
	w.Settle()

	get := func(path string) func() { return func() { c.Do(http.MethodGet, path, nil).OK(nil) } }
	at := fmt.Sprintf("/tasks/%d", one.ID)
	for _, op := range []struct {
		name   string
		budget float64
		do     func()
	}{
		{"list 50", 2, get(fmt.Sprintf("/tasks?project=%d&limit=50", large.ID))},
		{"get", 0.7, get(at)},
		{"board of 75", 2.5, get(fmt.Sprintf("/projects/%d/board", small.ID))},
		{"board of 400", 8, get(fmt.Sprintf("/projects/%d/board", large.ID))},
		{"search 50", 4, get("/search?q=%E6%95%B0%E6%8D%AE%E5%BA%93+%E9%AA%8C%E6%94%B6&limit=50")},
		{"edit", 1.5, func() {
			n++
			c.Do(http.MethodPatch, at, map[string]any{"version": one.Version, "title": fmt.Sprintf("改了 %d 次", n)}).OK(&one)
		}},
		{"move", 1.5, func() {
			n++
			c.Do(http.MethodPost, at+"/move", map[string]any{"version": one.Version, "stateId": states.Items[n%2].ID}).OK(&one)
		}},
		{"complete", 1.5, func() {
			n++
			c.Do(http.MethodPost, at+"/complete", map[string]any{"version": one.Version, "done": n%2 == 0}).OK(&one)
		}},
		{"create", 1.5, func() { create(small.ID) }},
	} {
		b.Run(op.name, func(b *testing.B) {
			before := testkit.ProcessorTime(b)
			for b.Loop() {
				op.do()
			}
			b.ReportMetric((testkit.ProcessorTime(b)-before)/float64(b.N), "cpu-ms/op")
			b.ReportMetric(op.budget, "budget-ms")
		})
	}
}
