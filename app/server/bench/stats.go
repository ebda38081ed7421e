package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// userHz is the unit of the processor times in /proc/PID/stat; it is 100 on
// every Linux that Go supports.
const userHz = 100

// stats collects one sample a request. Samples are kept whole, not bucketed:
// an hour of 2,000 people is 7 million of them, 56 MB.
type stats struct {
	mu      sync.Mutex
	arrival phase
	work    phase
	present time.Time // when the last person had arrived; zero before
}

// phase is what was sampled while people arrived, or when all were there.
type phase struct {
	samples map[string][]time.Duration
	errors  map[string]map[string]int
}

func newPhase() phase {
	return phase{samples: map[string][]time.Duration{}, errors: map[string]map[string]int{}}
}

func newStats() *stats { return &stats{arrival: newPhase(), work: newPhase()} }

// allArrived begins the part of the run that is judged.
func (s *stats) allArrived() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.present = time.Now()
}

func (s *stats) signedIn() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.arrival.samples[loginOp])
}

func (s *stats) add(op string, took time.Duration, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &s.work
	if s.present.IsZero() {
		p = &s.arrival
	}
	p.samples[op] = append(p.samples[op], took)
	if err == nil {
		return
	}
	if p.errors[op] == nil {
		p.errors[op] = map[string]int{}
	}
	p.errors[op][reason(err)]++
}

// reason shortens an error to what can be counted.
func reason(err error) string {
	var p *problem
	if errors.As(err, &p) {
		return fmt.Sprintf("%d %s", p.Status, p.Code)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "timeout"
	}
	return err.Error()
}

// totals are those of the whole run, and how long all have been at work.
func (s *stats) totals() (requests, failed int, worked time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.present.IsZero() {
		worked = time.Since(s.present)
	}
	a, b := s.arrival.count(), s.work.count()
	return a.requests + b.requests, a.failed + b.failed, worked
}

type count struct{ requests, failed int }

func (p phase) count() (c count) {
	for _, v := range p.samples {
		c.requests += len(v)
	}
	for _, m := range p.errors {
		for _, n := range m {
			c.failed += n
		}
	}
	return c
}

// Report is what a run found. Times are milliseconds. Errors are those of the
// whole run; everything else is of the time when all were at work.
type Report struct {
	Tier             string      `json:"tier"`
	People           int         `json:"people"`
	Seconds          float64     `json:"seconds"`
	Requests         int         `json:"requests"`
	Errors           int         `json:"errors"`
	Throughput       float64     `json:"requestsPerSecond"`
	P50              float64     `json:"p50"`
	P95              float64     `json:"p95"`
	P99              float64     `json:"p99"`
	CPUPerRequest    float64     `json:"cpuMillisecondsPerRequest,omitempty"`
	Operations       []Operation `json:"operations"`
	Arrival          Arrival     `json:"arrival"`
	Carried          bool        `json:"carried"`
	LimitP95         float64     `json:"limitP95"`
	CPUSecondsInTest float64     `json:"cpuSeconds,omitempty"`
}

// Arrival is the rush at the beginning: how long it took until the last one
// had signed in, and what those felt who were at work meanwhile.
type Arrival struct {
	Seconds  float64   `json:"seconds"`
	LogIn    Operation `json:"logIn"`
	Requests int       `json:"requests"`
	P95      float64   `json:"p95"`
}

// Operation is one row of the report.
type Operation struct {
	Name   string         `json:"name"`
	Count  int            `json:"count"`
	P50    float64        `json:"p50"`
	P95    float64        `json:"p95"`
	P99    float64        `json:"p99"`
	Max    float64        `json:"max"`
	Errors map[string]int `json:"errors,omitempty"`
}

// loginOp is judged apart: its time is the password hash, which is slow on
// purpose and bounded so that it does not starve other work.
const loginOp = "log-in"

func (s *stats) report(o *Options, t times) *Report {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &Report{Tier: o.Tier, People: o.People, Seconds: t.work.Seconds(), LimitP95: ms(o.maxP95)}
	early, judged := s.arrival.count(), s.work.count()
	r.Requests, r.Errors = judged.requests, early.failed+judged.failed
	for op := range s.work.samples {
		r.Operations = append(r.Operations, s.work.operation(op))
	}
	slices.SortFunc(r.Operations, func(a, b Operation) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
	})
	all := s.work.all()
	r.P50, r.P95, r.P99 = ms(quantile(all, .50)), ms(quantile(all, .95)), ms(quantile(all, .99))
	r.Throughput = float64(r.Requests) / t.work.Seconds()
	if t.cpu > 0 && r.Requests > 0 {
		r.CPUSecondsInTest, r.CPUPerRequest = t.cpu, t.cpu*1000/float64(r.Requests)
	}
	r.Arrival = Arrival{
		Seconds: t.arrival.Seconds(), LogIn: s.arrival.operation(loginOp),
		Requests: early.requests - len(s.arrival.samples[loginOp]), P95: ms(quantile(s.arrival.all(), .95)),
	}
	r.Carried = len(all) > 0 && r.P95 < r.LimitP95 && float64(r.Errors) <= o.maxErrorRate*float64(r.Requests)
	return r
}

func (p phase) operation(op string) Operation {
	v := p.samples[op]
	slices.Sort(v)
	return Operation{
		Name: op, Count: len(v), P50: ms(quantile(v, .50)), P95: ms(quantile(v, .95)), P99: ms(quantile(v, .99)),
		Max: ms(quantile(v, 1)), Errors: p.errors[op],
	}
}

// all are the samples of everything but the log-in, sorted.
func (p phase) all() []time.Duration {
	var out []time.Duration
	for op, v := range p.samples {
		if op != loginOp {
			out = append(out, v...)
		}
	}
	slices.Sort(out)
	return out
}

// quantile of a sorted slice by the nearest rank.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	i := int(math.Ceil(q*float64(len(sorted)))) - 1
	return sorted[max(0, i)]
}

func ms(d time.Duration) float64 { return math.Round(float64(d)/1e4) / 100 }

// cpuSeconds adds up user and system time of processes on this machine, so
// that a run can state the cost of a request and not only its latency.
func cpuSeconds(pids []int) (float64, error) {
	total := 0.0
	for _, pid := range pids {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			return 0, fmt.Errorf("--cpu-pid: %w", err)
		}
		// The command name may hold spaces; the fields begin after its ")".
		fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
		if len(fields) < 13 {
			return 0, fmt.Errorf("--cpu-pid: /proc/%d/stat has a form this program does not know", pid)
		}
		for _, f := range fields[11:13] {
			n, err := strconv.ParseFloat(f, 64)
			if err != nil {
				return 0, fmt.Errorf("--cpu-pid: %w", err)
			}
			total += n / userHz
		}
	}
	return total, nil
}
