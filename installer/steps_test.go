package installer

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"dingban/app/platform/clock"
	"dingban/installer/progress"
)

// world is what fake steps change.
type world struct{ done map[string]bool }

func (w *world) step(name string, fault *error) Step {
	return Step{
		Name:  name,
		Check: func(context.Context) (bool, error) { return w.done[name], nil },
		Apply: func(context.Context, func(progress.Event)) error {
			if fault != nil && *fault != nil {
				return *fault
			}
			w.done[name] = true
			return nil
		},
		Undo: func(context.Context, func(progress.Event)) error {
			delete(w.done, name)
			return nil
		},
	}
}

type recorder struct{ events []progress.Event }

func (r *recorder) Emit(e progress.Event) { r.events = append(r.events, e) }
func (r *recorder) Close()                {}

func (r *recorder) told(state string) []string {
	var names []string
	for _, e := range r.events {
		if e.State == state {
			names = append(names, e.Step)
		}
	}
	return names
}

func testRunner(t *testing.T) (runner, *recorder, Layout) {
	t.Helper()
	l := Layout{t.TempDir()}
	if err := os.Mkdir(l.Path("state"), 0o700); err != nil {
		t.Fatal(err)
	}
	sink := &recorder{}
	j := &journal{layout: l, clock: clock.NewFake(time.UnixMilli(1000)), state: &State{ID: "0123456789abcdef"}}
	return runner{journal: j, sink: sink, text: func(s string) string { return s }}, sink, l
}

func TestAFailedRunIsFinishedByTheNext(t *testing.T) {
	t.Parallel()
	r, sink, l := testRunner(t)
	w := &world{done: map[string]bool{}}
	fault := errors.New("disk full")
	steps := []Step{w.step("one", nil), w.step("two", &fault), w.step("three", nil)}
	changed, err := r.run(t.Context(), steps)
	var failed *stepError
	if changed != 1 || !errors.As(err, &failed) || failed.step != "two" || !errors.Is(err, fault) {
		t.Fatalf("%d %v", changed, err)
	}
	state, err := loadState(l)
	if err != nil || len(state.Steps) != 2 || state.Steps[1].State != progress.Failed || !strings.Contains(state.Steps[1].Error, "disk full") {
		t.Fatalf("%+v %v", state, err)
	}
	fault = nil
	if changed, err = r.run(t.Context(), steps); err != nil || changed != 2 {
		t.Fatalf("%d %v", changed, err)
	}
	if got := sink.told(progress.Unchanged); !slices.Equal(got, []string{"one"}) {
		t.Errorf("unchanged %v", got)
	}
	if changed, err = r.run(t.Context(), steps); err != nil || changed != 0 {
		t.Errorf("a third run changed %d: %v", changed, err)
	}
	state, err = loadState(l)
	if err != nil || len(state.Steps) != 3 || state.Steps[1].Error != "" || state.Updated != 1000 {
		t.Errorf("%+v %v", state, err)
	}
}

func TestAStepThatDidNotWorkIsFound(t *testing.T) {
	t.Parallel()
	r, _, _ := testRunner(t)
	lazy := Step{
		Name:  "lazy",
		Check: func(context.Context) (bool, error) { return false, nil },
		Apply: func(context.Context, func(progress.Event)) error { return nil },
	}
	if _, err := r.run(t.Context(), []Step{lazy}); err == nil {
		t.Error("a step that did nothing passed")
	}
}

func TestACancelledRunStops(t *testing.T) {
	t.Parallel()
	r, sink, _ := testRunner(t)
	w := &world{done: map[string]bool{}}
	ctx, cancel := context.WithCancel(t.Context())
	first := w.step("one", nil)
	apply := first.Apply
	first.Apply = func(ctx context.Context, report func(progress.Event)) error {
		cancel()
		return apply(ctx, report)
	}
	if _, err := r.run(ctx, []Step{first, w.step("two", nil)}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if slices.Contains(sink.told(progress.Running), "two") {
		t.Error("went on after the order to stop")
	}
}

func TestUndoKeepsWhatDataNeeds(t *testing.T) {
	t.Parallel()
	r, sink, _ := testRunner(t)
	w := &world{done: map[string]bool{"keys": true, "containers": true}}
	keys := w.step("keys", nil)
	keys.Keeps = true
	steps := []Step{keys, w.step("containers", nil)}
	if err := r.undo(t.Context(), steps, false); err != nil || !w.done["keys"] || w.done["containers"] {
		t.Errorf("%v %v", w.done, err)
	}
	if err := r.undo(t.Context(), steps, true); err != nil || w.done["keys"] {
		t.Errorf("%v %v", w.done, err)
	}
	if got := sink.told(progress.Done); !slices.Equal(got, []string{"undo_containers", "undo_containers", "undo_keys"}) {
		t.Errorf("order %v", got)
	}
}

func TestTheStateOfAnotherReleaseIsNotTouched(t *testing.T) {
	t.Parallel()
	r, _, l := testRunner(t)
	if _, err := loadState(l); !errors.Is(err, errNoState) {
		t.Error(err)
	}
	if err := r.journal.save(); err != nil {
		t.Fatal(err)
	}
	for content, want := range map[string]string{`{"format": 99}`: "newer release", `{"form`: "damaged"} {
		if err := os.WriteFile(l.Path(fileState), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := loadState(l); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), l.Path(fileState)) {
			t.Errorf("%s: %v", content, err)
		}
	}
}

func TestOneCommandAtATime(t *testing.T) {
	t.Parallel()
	_, _, l := testRunner(t)
	release, err := l.lock()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.lock(); !errors.Is(err, errLocked) {
		t.Errorf("a second one got in: %v", err)
	}
	release()
	again, err := l.lock()
	if err != nil {
		t.Fatal(err)
	}
	again()
}
