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
	"strings"

	"dingban/installer/engine"
	"dingban/installer/preflight"
	"dingban/installer/progress"
)

// errNotOurs says that a directory holds no installation of the named project.
var errNotOurs = errors.New("installer: no installation of ours")

// open gives the stack of an existing installation, for commands that look at it or take it down.
func open(env Env, o Options, w words) (*stack, func(), error) {
	if err := o.check(); err != nil {
		return nil, nil, err
	}
	l := Layout{o.Dir}
	project := o.project(l)
	owner, mark, err := l.owner(project)
	if err != nil {
		return nil, nil, err
	}
	if owner != preflight.OwnerUs {
		return nil, nil, &saidError{"not_ours", map[string]any{"dir": o.Dir, "project": project}, errNotOurs}
	}
	state, err := loadState(l)
	if errors.Is(err, errNoState) {
		state, err = &State{ID: mark.ID, Project: project, Phase: PhaseInstalling}, nil
	}
	if err != nil {
		return nil, nil, err
	}
	state.Settings = o.merge(state.Settings, env)
	e, err := engine.Open(state.Settings.DockerHost)
	if err != nil {
		return nil, nil, err
	}
	s := &stack{
		env: env, layout: l, project: project, engine: e, words: w, timeout: o.Timeout,
		journal: &journal{layout: l, clock: env.Clock, state: state},
	}
	return s, e.Close, nil
}

// Uninstall takes the containers and networks away. The data stays, with the keys that open it, unless a purge is asked
// for and confirmed by the project's name.
func Uninstall(ctx context.Context, env Env, o Options, purge bool, confirmed string) error {
	return env.command(o, func(sink progress.Sink, w words) error {
		s, done, err := open(env, o, w)
		if err != nil {
			return err
		}
		defer done()
		if _, err := s.engine.Facts(ctx); err != nil {
			return fail(sink, w, err, w.text("uninstall.no_engine", "problem", err.Error()))
		}
		if purge {
			sink.Emit(progress.Event{Kind: progress.KindPlan, Text: s.doomed()})
			if err := confirmName(env, o, w, s.project, confirmed); err != nil {
				return fail(sink, w, err, w.text("uninstall.declined"))
			}
		}
		release, err := s.layout.lock()
		if errors.Is(err, errLocked) {
			return fail(sink, w, err, w.text("locked", "dir", s.layout.Dir))
		}
		if err == nil {
			defer release()
		} else if !errors.Is(err, fs.ErrNotExist) { // a purge that was killed may have taken it
			return err
		}
		if err := s.runner(sink).undo(ctx, s.steps(), purge); err != nil {
			return err
		}
		if purge {
			sink.Emit(progress.Event{Kind: progress.KindResult, Text: w.text("uninstall.purged", "dir", s.layout.Dir)})
			return nil
		}
		s.journal.state.Phase, s.journal.state.Steps = PhaseUninstalled, nil
		if err := s.journal.save(); err != nil {
			return err
		}
		sink.Emit(progress.Event{Kind: progress.KindResult, Text: w.text("uninstall.done", "dir", s.layout.Dir)})
		return nil
	})
}

// doomed names what a purge destroys, with sizes: people should see what they are about to lose.
func (s *stack) doomed() string {
	lines := []string{s.words.text("purge.title", "project", s.project)}
	for _, name := range []string{"data/mysql", "data/minio", "data/app", "secrets", "ca", "config", "state"} {
		path := s.layout.Path(name)
		if size, ok := sizeOf(path); ok {
			lines = append(lines, "  "+s.words.text("purge."+strings.ReplaceAll(name, "/", "_"), "path", path, "size", preflight.GiB(size)))
		}
	}
	for _, image := range s.settings().Images.List() {
		if image.Reference != "" {
			lines = append(lines, "  "+s.words.text("purge.image", "image", image.Reference))
		}
	}
	return strings.Join(lines, "\n")
}

func sizeOf(path string) (int64, bool) {
	var sum int64
	err := filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a running service deletes files
		}
		if err != nil {
			return err
		}
		if info, err := d.Info(); err == nil && info.Mode().IsRegular() {
			sum += info.Size()
		}
		return nil
	})
	if _, statErr := os.Lstat(path); statErr != nil || err != nil {
		return 0, false
	}
	return sum, true
}

// confirmName wants the project's name, typed or given. --yes is not enough to destroy data.
func confirmName(env Env, o Options, w words, project, given string) error {
	if given == "" && !o.JSON && interactive(env.In) {
		fmt.Fprint(env.Out, w.text("confirm.purge", "project", project))
		answer, err := bufio.NewReader(env.In).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("installer: %w", err)
		}
		given = strings.TrimSpace(answer)
	}
	if given != project {
		return fmt.Errorf("%w: %s", ErrDeclined, w.text("confirm.purge_flag", "project", project))
	}
	return nil
}
