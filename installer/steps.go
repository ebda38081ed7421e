package installer

import (
	"context"
	"errors"
	"fmt"

	"dingban/installer/progress"
)

// Step is one thing that must be so. Check looks whether it already is, Apply makes it so, Undo takes it away again.
// Apply must be able to follow an Apply that was killed at any point.
type Step struct {
	Name  string
	Check func(ctx context.Context) (bool, error)
	Apply func(ctx context.Context, report func(progress.Event)) error
	Undo  func(ctx context.Context, report func(progress.Event)) error
	// Keeps says that what the step made is needed to install again over kept data: only a purge undoes it.
	Keeps bool
}

// runner takes a list of steps to its end.
type runner struct {
	journal *journal
	sink    progress.Sink
	text    func(step string) string
}

// stepError says which step failed.
type stepError struct {
	step string
	err  error
}

func (e *stepError) Error() string { return fmt.Sprintf("%s: %v", e.step, e.err) }
func (e *stepError) Unwrap() error { return e.err }

// run does what is not yet done and tells how many steps changed something.
func (r runner) run(ctx context.Context, steps []Step) (changed int, err error) {
	for _, s := range steps {
		if err := ctx.Err(); err != nil {
			return changed, context.Cause(ctx)
		}
		did, err := r.one(ctx, s)
		if err != nil {
			return changed, &stepError{step: s.Name, err: err}
		}
		if did {
			changed++
		}
	}
	return changed, nil
}

func (r runner) one(ctx context.Context, s Step) (bool, error) {
	r.emit(s.Name, progress.Running)
	done, err := s.Check(ctx)
	if err == nil && done {
		r.emit(s.Name, progress.Unchanged)
		return false, nil
	}
	if err == nil {
		err = r.journal.record(s.Name, progress.Running, nil)
	}
	if err == nil {
		err = s.Apply(ctx, r.report(s.Name))
	}
	if err == nil {
		// A step that believes in its work and finds it undone would otherwise surface much later.
		if done, err = s.Check(ctx); err == nil && !done {
			err = errors.New("was done, but is not as it should be")
		}
	}
	if err != nil {
		r.emit(s.Name, progress.Failed)
		if ctx.Err() == nil {
			err = errors.Join(err, r.journal.record(s.Name, progress.Failed, err))
		}
		return false, err
	}
	if err := r.journal.record(s.Name, progress.Done, nil); err != nil {
		return false, err
	}
	r.emit(s.Name, progress.Done)
	return true, nil
}

// undo takes steps away in the opposite order. Those that keep what data needs are left alone unless all is purged.
func (r runner) undo(ctx context.Context, steps []Step, purge bool) error {
	for i := len(steps) - 1; i >= 0; i-- {
		s := steps[i]
		if s.Undo == nil || s.Keeps && !purge {
			continue
		}
		name := "undo_" + s.Name
		r.emit(name, progress.Running)
		if err := s.Undo(ctx, r.report(name)); err != nil {
			r.emit(name, progress.Failed)
			return &stepError{step: name, err: err}
		}
		r.emit(name, progress.Done)
	}
	return nil
}

func (r runner) emit(step, state string) {
	r.sink.Emit(progress.Event{Kind: progress.KindStep, Step: step, State: state, Text: r.text(step)})
}

func (r runner) report(step string) func(progress.Event) {
	return func(e progress.Event) {
		e.Step = step
		if e.Kind == "" {
			e.Kind = progress.KindProgress
		}
		r.sink.Emit(e)
	}
}
