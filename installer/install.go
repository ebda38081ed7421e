package installer

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"golang.org/x/term"

	"dingban/app/platform/clock"
	"dingban/app/platform/pki"
	"dingban/compose"
	"dingban/installer/engine"
	"dingban/installer/preflight"
	"dingban/installer/progress"
)

// shownError is an error whose words the reader has already seen.
type shownError struct{ err error }

func (e shownError) Error() string { return e.err.Error() }
func (e shownError) Unwrap() error { return e.err }

// Errors a caller may want to tell apart.
var (
	ErrPreflight = errors.New("installer: the host is not ready")
	ErrDeclined  = errors.New("installer: not confirmed")
	ErrUnhealthy = errors.New("installer: not everything is running")
)

// Install brings an installation up, or finishes one that was interrupted, or changes nothing.
func Install(ctx context.Context, env Env, o Options) error {
	return env.command(o, func(sink progress.Sink, w words) error {
		s, err := look(ctx, env, o, sink, w)
		if err != nil {
			return err
		}
		defer s.close()
		if err := s.checkKey(); err != nil {
			return fail(sink, w, err, w.explain(err))
		}
		if preflight.Worst(s.findings) == preflight.Stop {
			s.show(sink, w, false)
			return fail(sink, w, ErrPreflight, w.text("install.stopped"))
		}
		// Who runs it again just to be sure is not asked; who changes a running installation is.
		if s.state.Phase != PhaseInstalled || !same(s.state.Settings, s.settings) {
			s.show(sink, w, false)
			sink.Emit(progress.Event{Kind: progress.KindPlan, Text: s.plan(w), Data: s.settings})
			if err := confirm(env, o, w); err != nil {
				return fail(sink, w, err, w.text("install.declined"))
			}
		}
		key, err := s.bringKey(env, w)
		if err != nil {
			return fail(sink, w, err, w.explain(err))
		}
		defer key.forget()
		return s.stack(env, w, key).install(ctx, sink)
	})
}

// command wraps what all commands share: language, output, and errors that are told once.
func (e Env) command(o Options, run func(progress.Sink, words) error) error {
	language, err := language(o.Language, e.Getenv)
	if err != nil {
		return err
	}
	w, err := newWords(language, e.WordFiles...)
	if err != nil {
		return err
	}
	sink := progress.New(e.Out, o.JSON)
	defer sink.Close()
	err = run(sink, w)
	var shown shownError
	if err == nil || errors.As(err, &shown) {
		return err
	}
	return fail(sink, w, err, w.explain(err))
}

func fail(sink progress.Sink, w words, err error, text string) error {
	sink.Emit(progress.Event{Kind: progress.KindError, Text: w.text("error") + text})
	return shownError{err}
}

// plan says what will be made, before it is.
func (s *survey) plan(w words) string {
	sizes := compose.SizesFor(s.settings.Tier, s.settings.Memory)
	lines := []string{w.text("plan.title", "version", s.settings.Version, "project", s.project)}
	add := func(key string, kv ...any) { lines = append(lines, "  "+w.text("plan."+key, kv...)) }
	add("dir", "dir", s.layout.Dir)
	add("address", "url", compose.URL(s.settings.Hosts[0], s.settings.Port), "port", s.settings.Port)
	add("tier", "tier", string(s.settings.Tier))
	for n, image := range s.settings.Images.List() {
		service := compose.Services()[n]
		memory := map[string]int64{compose.App: sizes.AppMemory, compose.MySQL: sizes.MySQLMemory, compose.MinIO: sizes.MinIOMemory}[service]
		add("service", "service", service, "image", image.Reference, "memory", preflight.GiB(memory))
	}
	add("engine", "host", s.settings.DockerHost, "version", s.facts.Engine.Version)
	if s.facts.HasData {
		add("kept", "dir", s.layout.Path("data"))
	} else {
		add("new", "dir", s.layout.Dir)
	}
	return strings.Join(lines, "\n")
}

// confirm asks, unless told not to. Without a terminal there is nobody to ask, and silence is not consent.
func confirm(env Env, o Options, w words) error {
	if o.Yes {
		return nil
	}
	if o.JSON || !interactive(env.In) {
		return fmt.Errorf("%w: %s", ErrDeclined, w.text("confirm.yes_flag"))
	}
	fmt.Fprint(env.Out, w.text("confirm.install"))
	answer, err := bufio.NewReader(env.In).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("installer: %w", err)
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes", "是", "好":
		return nil
	}
	return ErrDeclined
}

func interactive(r io.Reader) bool {
	f, ok := r.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}

// claim makes the directory ours. The marker comes first of all: a run that dies right after it is known by it.
func (s *stack) claim() error {
	if err := os.MkdirAll(s.layout.Dir, 0o755); err != nil {
		return fmt.Errorf("installer: %w", err)
	}
	m, err := readMarker(s.layout.Dir)
	if errors.Is(err, errNoMarker) {
		raw, err := random(8)
		if err != nil {
			return err
		}
		m = marker{Product: product, ID: fmt.Sprintf("%x", raw), Project: s.project}
		if err := m.write(s.layout.Dir); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	s.journal.state.ID = m.ID
	if err := os.Mkdir(filepath.Dir(s.layout.Path(fileState)), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("installer: %w", err)
	}
	return nil
}

// install runs the steps.
func (s *stack) install(ctx context.Context, sink progress.Sink) error {
	if err := s.claim(); err != nil {
		return err
	}
	release, err := s.layout.lock()
	if err != nil {
		return fail(sink, s.words, err, s.words.text("locked", "dir", s.layout.Dir))
	}
	defer release()
	s.layout.cleanTemporary()
	was := s.journal.state.Phase
	if s.journal.state.Created == 0 {
		s.journal.state.Created = clock.Millis(s.env.Clock)
	}
	if was != PhaseInstalled {
		s.journal.state.Phase = PhaseInstalling
		if err := s.journal.save(); err != nil {
			return err
		}
	}
	changed, err := s.runner(sink).run(ctx, s.steps())
	if err != nil {
		return s.failed(ctx, sink, err)
	}
	s.journal.state.Phase = PhaseInstalled
	if changed > 0 || was != PhaseInstalled {
		if err := s.journal.save(); err != nil {
			return err
		}
	} else if err := s.saveSettings(); err != nil {
		return err
	}
	// Who was interrupted has not yet been told where to go.
	return s.finish(sink, changed > 0 || was != PhaseInstalled)
}

// saveSettings keeps flags that changed no step but will matter later.
func (s *stack) saveSettings() error {
	old, err := loadState(s.layout)
	if err != nil {
		return err
	}
	if same(old.Settings, s.settings()) {
		return nil
	}
	return s.journal.save()
}

func same(a, b Settings) bool { return reflect.DeepEqual(a, b) }

func (s *stack) runner(sink progress.Sink) runner {
	return runner{journal: s.journal, sink: sink, text: func(step string) string { return s.words.text("step." + step) }}
}

// failed tells what went wrong, what the containers said, and what to do. Everything stays as it is for the next run.
func (s *stack) failed(ctx context.Context, sink progress.Sink, err error) error {
	w := s.words
	if ctx.Err() != nil {
		return fail(sink, w, err, w.text("install.interrupted"))
	}
	var sick *engine.NotHealthyError
	if errors.As(err, &sick) {
		for _, service := range sick.Services {
			sink.Emit(progress.Event{Kind: progress.KindNote, Text: w.text("install.last_lines", "service", service)})
			logErr := s.engine.Logs(ctx, s.project, engine.LogOptions{Services: []string{service}, Tail: "15"}, func(service, line string) {
				sink.Emit(progress.Event{Kind: progress.KindLog, Step: service, Text: line})
			})
			if logErr != nil {
				err = errors.Join(err, logErr)
			}
		}
		return fail(sink, w, err, w.text("install.unhealthy", "services", strings.Join(sick.Services, ", "), "problem", sick.Err.Error(), "dir", s.layout.Dir))
	}
	var step *stepError
	name, cause := "", err
	if errors.As(err, &step) {
		name, cause = w.text("step."+step.step), step.err
	}
	text := w.explain(cause)
	if strings.Contains(text, "port is already allocated") || strings.Contains(text, "address already in use") {
		text += "\n" + w.text("fix") + w.text("fix.port.taken", "port", s.settings().Port)
	}
	return fail(sink, w, err, w.text("install.failed", "step", name, "problem", text))
}

// finish says where to go and whom to trust.
func (s *stack) finish(sink progress.Sink, changed bool) error {
	w := s.words
	authority, err := os.ReadFile(s.layout.Path(fileCA))
	if err != nil {
		return fmt.Errorf("installer: %w", err)
	}
	fingerprint, err := pki.Fingerprint(authority)
	if err != nil {
		return err
	}
	url := compose.URL(s.settings().Hosts[0], s.settings().Port)
	data := map[string]any{
		"changed": changed, "url": url, "ca": s.layout.Path(fileCA), "caFingerprint": fingerprint,
		"adminAccount": "admin", "adminPasswordFile": s.layout.Path(fileAdmin), "dir": s.layout.Dir, "project": s.project,
		"version": s.settings().Version, "kek": s.settings().kind(), "sealed": s.sealed,
	}
	if s.sealed {
		sink.Emit(progress.Event{Kind: progress.KindNote, Text: w.text("kek.sealed", "url", url, "ca", s.layout.Path(fileCA))})
	}
	if !changed && !s.sealed {
		sink.Emit(progress.Event{Kind: progress.KindResult, Text: w.text("install.already", "url", url), Data: data})
		return nil
	}
	sink.Emit(progress.Event{Kind: progress.KindResult, Data: data, Text: w.text("install.done", "url", url, "ca", s.layout.Path(fileCA),
		"fingerprint", fingerprint, "password", s.layout.Path(fileAdmin), "dir", s.layout.Dir, "keep", s.keep())})
	return nil
}

// Preflight tells everything about the host and changes nothing.
func Preflight(ctx context.Context, env Env, o Options) error {
	return env.command(o, func(sink progress.Sink, w words) error {
		s, err := look(ctx, env, o, sink, w)
		if err != nil {
			return err
		}
		defer s.close()
		s.show(sink, w, true)
		if preflight.Worst(s.findings) == preflight.Stop {
			return fail(sink, w, ErrPreflight, w.text("preflight.stop"))
		}
		sink.Emit(progress.Event{Kind: progress.KindResult, Text: w.text("preflight." + string(preflight.Worst(s.findings)))})
		return nil
	})
}
