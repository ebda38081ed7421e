package schedule

import (
	"math/rand/v2"
	"testing"
)

// big is a project of 5,000 tasks in fifty summaries, with 10,000 links of all kinds.
func big() ([]Task, []Link) {
	r := rand.New(rand.NewPCG(4, 4))
	var tasks []Task
	var links []Link
	for i := range int64(5000) {
		t := Task{ID: i + 1, Duration: Span{N: 30 + r.Int64N(2000)}, Parent: i/100*100 + 1}
		if i%100 == 0 {
			t.Parent = 0
		}
		if i%3 == 0 {
			t.Duration = inDays(1 + r.Int64N(5))
		}
		tasks = append(tasks, t)
	}
	seen := map[[2]int64]bool{}
	for len(links) < 10_000 {
		from := 2 + r.Int64N(4900)
		to := from + 1 + r.Int64N(60)
		if from%100 == 1 || to%100 == 1 || to > 5000 || seen[[2]int64{from, to}] {
			continue
		}
		seen[[2]int64{from, to}] = true
		l := Link{From: from, To: to, Kind: []Kind{FinishStart, FinishStart, FinishStart, StartStart, FinishFinish}[r.IntN(5)]}
		switch r.IntN(10) {
		case 0:
			l.Lag = Span{N: 1440, Unit: Elapsed}
		case 1:
			l.Lag = inDays(1)
		}
		links = append(links, l)
	}
	return tasks, links
}

func BenchmarkCompute(b *testing.B) {
	tasks, links := big()
	cal, loc := calendar(b), zone(b, "Asia/Shanghai")
	start := at(b, "2026-03-02 09:00")
	for b.Loop() {
		if _, err := Compute(tasks, links, Options{Start: start}, cal, loc); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPush(b *testing.B) {
	tasks, links := big()
	cal, loc := calendar(b), zone(b, "Asia/Shanghai")
	p, err := Compute(tasks, links, Options{Start: at(b, "2026-03-02 09:00")}, cal, loc)
	if err != nil {
		b.Fatal(err)
	}
	for i, r := range p.Results {
		tasks[i].Planned = r.Early.Start
	}
	move := Move{ID: 2, Start: at(b, "2026-03-20 09:00")}
	for b.Loop() {
		if _, err := Push(tasks, links, []Move{move}, cal, loc); err != nil {
			b.Fatal(err)
		}
	}
}

// What would be slow if any work grew with tasks times links: as many tasks as there can be in one summary, fixed too early, and as
// many links as there can be to the summary.
func BenchmarkComputeHostile(b *testing.B) {
	cal, loc := calendar(b), zone(b, "Asia/Shanghai")
	start := at(b, "2026-03-02 09:00")
	tasks := []Task{{ID: 1, NotBefore: start.AddDate(0, 1, 0)}}
	var links []Link
	for i := int64(2); i <= MaxTasks; i++ {
		t := Task{ID: i, Duration: hours(1)}
		if i%2 == 0 {
			t.Parent, t.Planned, t.Fixed = 1, start, i%4 == 0
		} else {
			for _, kind := range []Kind{FinishStart, StartStart} {
				links = append(links, Link{From: i, To: 1, Kind: kind, Lag: Span{N: i % 500, Unit: Elapsed}})
			}
		}
		tasks = append(tasks, t)
	}
	for b.Loop() {
		if _, err := Compute(tasks, links, Options{Start: start}, cal, loc); err != nil {
			b.Fatal(err)
		}
	}
}
