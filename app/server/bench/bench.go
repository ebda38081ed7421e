// Package bench is DingBan's load generator: it answers "will this host carry
// so many people?" by being them. Each virtual person signs in over a
// connection of its own and then works with think time in between, through
// the same operations as the pages. What is judged is the time from when the
// last one has arrived; the rush before is reported beside it. It talks HTTP only and imports nothing of
// the server, so that it can run on any machine that reaches the appliance.
package bench

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"dingban/app/platform/clock"
)

//go:embed locales/*.json
var Words embed.FS

// ErrNotCarried is returned after a run whose verdict is "no": the report was
// printed, and the exit status tells scripts.
var ErrNotCarried = errors.New("the host does not carry this load")

// Options of one run. Durations are wall time.
type Options struct {
	URL          string
	CAFile       string
	Account      string
	Password     string
	PeopleFile   string
	People       int
	Duration     time.Duration
	Ramp         time.Duration
	Think        time.Duration
	Tasks        int
	Tier         string
	CPUPIDs      []int
	Cleanup      bool
	Progress     io.Writer
	Live         bool // Progress is a terminal, where a line can be written over
	Text         func(code string, params map[string]any) string
	maxP95       time.Duration
	maxErrorRate float64
}

// Limits keep a slip of the keyboard from becoming an attack: the generator
// is a closed loop of at most MaxPeople for at most MaxDuration.
const (
	MaxPeople   = 2000
	MaxDuration = time.Hour
)

// tierPeople is what each tier promises to carry at once.
var tierPeople = map[string]int{"basic": 50, "enterprise": 200}

func (o *Options) check() error {
	want, ok := tierPeople[o.Tier]
	if !ok {
		return fmt.Errorf("--tier: %q is neither basic nor enterprise", o.Tier)
	}
	if o.People == 0 {
		o.People = want
	}
	switch {
	case o.People < 1 || o.People > MaxPeople:
		return fmt.Errorf("--people: %d is not between 1 and %d", o.People, MaxPeople)
	case o.Duration < time.Second || o.Duration > MaxDuration:
		return fmt.Errorf("--duration: %s is not between 1s and %s", o.Duration, MaxDuration)
	case o.Ramp < 0 || o.Ramp > MaxDuration:
		return fmt.Errorf("--ramp: %s is not between 0 and %s", o.Ramp, MaxDuration)
	case o.Think < 10*time.Millisecond:
		return fmt.Errorf("--think: %s is below 10ms; people are slower", o.Think)
	}
	o.maxP95, o.maxErrorRate = 100*time.Millisecond, 0
	return nil
}

// Run prepares the people and the project, lets them work, and reports.
func Run(ctx context.Context, o Options) (*Report, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	stage, err := prepare(ctx, &o)
	if err != nil {
		return nil, err
	}
	stats := newStats()
	r, err := play(ctx, &o, stage, stats)
	if err != nil {
		return nil, err
	}
	report := stats.report(&o, r)
	if o.Cleanup {
		if err := stage.cleanup(ctx, &o); err != nil {
			return report, err
		}
	}
	return report, nil
}

// times are how long the two parts of a run took, and what processor time the
// second one cost.
type times struct {
	arrival, work time.Duration
	cpu           float64
}

// play lets the people arrive, and once the last is there work for the length
// of the run. They work while others are still arriving, too; that is told
// apart, because signing in is slow on purpose and rare.
func play(ctx context.Context, o *Options, stage *stage, stats *stats) (times, error) {
	var r times
	began := time.Now()
	runCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg, arriving sync.WaitGroup
	for i := range stage.people {
		arriving.Add(1)
		wg.Go(func() {
			// People do not all come at the same moment.
			wait := o.Ramp * time.Duration(i) / time.Duration(len(stage.people))
			if !clock.Pause(runCtx, wait) {
				arriving.Done()
				return
			}
			newWorker(o, stage.teamOf(i), stage.people[i], stats, uint64(i)).work(runCtx, arriving.Done)
		})
	}
	wg.Go(func() { narrate(runCtx, o, stats) })
	arriving.Wait()
	r.arrival = time.Since(began)
	stats.allArrived()
	before, err := cpuSeconds(o.CPUPIDs)
	if err == nil {
		began = time.Now()
		clock.Pause(runCtx, o.Duration)
		r.work = time.Since(began)
		var after float64
		after, err = cpuSeconds(o.CPUPIDs)
		r.cpu = after - before
	}
	cancel()
	wg.Wait()
	return r, errors.Join(err, ctx.Err())
}

// narrate says once a second how the run goes.
func narrate(ctx context.Context, o *Options, s *stats) {
	every := time.Second
	if !o.Live {
		every = 10 * time.Second
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			o.done()
			return
		case <-tick.C:
			n, bad, worked := s.totals()
			if worked == 0 {
				o.say("bench.arriving", map[string]any{"done": s.signedIn(), "total": o.People, "errors": bad})
				continue
			}
			o.say("bench.progress", map[string]any{
				"seconds": int(worked.Seconds()), "total": int(o.Duration.Seconds()), "requests": n, "errors": bad,
			})
		}
	}
}

// say shows where things stand: over the line before on a terminal, on a line
// of its own in a file.
func (o *Options) say(code string, params map[string]any) {
	if o.Live {
		fmt.Fprintf(o.Progress, "\r%s", o.Text(code, params))
		return
	}
	fmt.Fprintln(o.Progress, o.Text(code, params))
}

// count is say for a long row of small steps; a file gets every fiftieth.
func (o *Options) count(code string, done, total int) {
	if o.Live || done%50 == 0 || done == total {
		o.say(code, map[string]any{"done": done, "total": total})
	}
}

// done ends a line that was written over.
func (o *Options) done() {
	if o.Live {
		fmt.Fprintln(o.Progress)
	}
}

// think draws a pause between half and one and a half of the mean, so that
// people do not fall into step.
func think(r *rand.Rand, mean time.Duration) time.Duration {
	return mean/2 + time.Duration(r.Int64N(int64(mean)+1))
}
