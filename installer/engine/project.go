package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/docker/compose/v5/pkg/api"
	"github.com/docker/compose/v5/pkg/compose"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/network"
)

// Event tells that something happened to a container, network or image of the project.
type Event struct {
	Service string // "" for networks and images
	Text    string // Creating, Started, Waiting, Healthy, Pulling ...
	Detail  string
}

// listener turns the library's events into ours. Its Done gets a flag that means the opposite of its name, so the
// outcome is taken from the error of the call only.
type listener struct {
	project string
	mu      sync.Mutex
	on      func(Event)
}

func (l *listener) Start(context.Context, string) {}
func (l *listener) Done(string, bool)             {}
func (l *listener) On(events ...api.Resource) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range events {
		event := Event{Text: e.Text, Detail: e.Details}
		if name, ok := strings.CutPrefix(e.ID, "Container "+l.project+"-"); ok {
			event.Service, _, _ = strings.Cut(name, "-")
		}
		l.on(event)
	}
}

func (e *Engine) compose(project string, on func(Event)) (api.Compose, error) {
	options := []compose.Option{compose.WithPrompt(compose.AlwaysOkPrompt())}
	if on != nil {
		options = append(options, compose.WithEventProcessor(&listener{project: project, on: on}))
	}
	service, err := compose.NewComposeService(e.cli, options...)
	if err != nil {
		return nil, fmt.Errorf("engine: compose: %w", err)
	}
	return service, nil
}

// Load reads the Compose file of an installation from disk, so that the labels name a file the stock client finds.
func (e *Engine) Load(ctx context.Context, project, file string) (*types.Project, error) {
	service, err := e.compose(project, nil)
	if err != nil {
		return nil, err
	}
	loaded, err := service.LoadProject(ctx, api.ProjectLoadOptions{
		ProjectName: project, ConfigPaths: []string{file}, WorkingDir: filepath.Dir(file), Offline: true,
	})
	if err != nil {
		return nil, fmt.Errorf("engine: read %s: %w", file, err)
	}
	return loaded, nil
}

// Matches says whether exactly the containers of the file run, healthy, made from this very configuration and from
// the images the engine has now under these names.
func (e *Engine) Matches(ctx context.Context, p *types.Project) (bool, error) {
	services, err := e.Services(ctx, p.Name)
	if err != nil {
		return false, err
	}
	if len(services) != len(p.Services) {
		return false, nil
	}
	for _, running := range services {
		wanted, ok := p.Services[running.Name]
		if !ok || !running.Healthy() {
			return false, nil
		}
		hash, err := compose.ServiceHash(wanted)
		if err != nil {
			return false, fmt.Errorf("engine: hash of %s: %w", running.Name, err)
		}
		id, err := e.ImageID(ctx, wanted.Image)
		if err != nil {
			return false, err
		}
		if hash != running.Hash || id != running.ImageID {
			return false, nil
		}
	}
	return true, nil
}

// NotHealthyError names the services that did not come up.
type NotHealthyError struct {
	Services []string
	Reason   string
	Err      error
}

func (e *NotHealthyError) Error() string {
	return fmt.Sprintf("%s: %s: %v", strings.Join(e.Services, ", "), e.Reason, e.Err)
}

func (e *NotHealthyError) Unwrap() error { return e.Err }

// restartsTolerated is how often a container may die while it comes up: a database that is killed during its first
// start needs two attempts, one that dies five times will not live.
const restartsTolerated = 4

var errKeepsDying = errors.New("dies again and again")

// Up creates and starts what is missing or changed and waits until every service is healthy. It stops early when a
// container dies again and again. The containers stay as they are when it fails, so that their logs can be read.
func (e *Engine) Up(ctx context.Context, p *types.Project, timeout time.Duration, on func(Event)) error {
	service, err := e.compose(p.Name, on)
	if err != nil {
		return err
	}
	before, err := e.Services(ctx, p.Name)
	if err != nil {
		return err
	}
	if err := e.wake(ctx, before); err != nil {
		return err
	}
	watched, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go e.watch(watched, cancel, p.Name, before)
	err = service.Up(watched, p, api.UpOptions{
		Create: api.CreateOptions{RemoveOrphans: true, Recreate: api.RecreateDiverged, RecreateDependencies: api.RecreateDiverged, QuietPull: true},
		Start:  api.StartOptions{Project: p, Wait: true, WaitTimeout: timeout},
	})
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if cause := context.Cause(watched); cause != nil {
		err = cause
	}
	return e.explain(ctx, p, err)
}

// wake restarts containers left over from a run that failed: Compose would find them unhealthy and give up at once, and
// one that died often would wait a minute for its next attempt.
func (e *Engine) wake(ctx context.Context, services []Service) error {
	for _, s := range services {
		if s.Health != container.Unhealthy && s.State != container.StateRestarting {
			continue
		}
		if err := e.api.ContainerRestart(ctx, s.Container, container.StopOptions{}); err != nil {
			return fmt.Errorf("engine: restart %s: %w", s.Name, err)
		}
	}
	return nil
}

func (e *Engine) watch(ctx context.Context, stop context.CancelCauseFunc, project string, before []Service) {
	restarts := map[string]int{}
	for _, s := range before {
		restarts[s.Container] = s.Restarts
	}
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		services, err := e.Services(ctx, project)
		if err != nil {
			continue // the call that waits reports it
		}
		for _, s := range services {
			if !s.Healthy() && s.Restarts-restarts[s.Container] > restartsTolerated {
				stop(fmt.Errorf("%s %w (exit code %d)", s.Name, errKeepsDying, s.ExitCode))
				return
			}
		}
	}
}

// explain finds out which services are to blame. Those that merely wait for another one are not.
func (e *Engine) explain(ctx context.Context, p *types.Project, cause error) error {
	services, err := e.Services(ctx, p.Name)
	if err != nil {
		return errors.Join(cause, err)
	}
	bad := map[string]bool{}
	for _, s := range services {
		if !s.Healthy() && s.State != "created" {
			bad[s.Name] = true
		}
	}
	if len(bad) == 0 {
		return fmt.Errorf("engine: up: %w", cause)
	}
	return &NotHealthyError{Services: slices.Sorted(maps.Keys(bad)), Reason: "not healthy", Err: cause}
}

// Down stops and removes the containers and networks of a project; it needs no file. It never touches a volume.
func (e *Engine) Down(ctx context.Context, project string, on func(Event)) error {
	service, err := e.compose(project, on)
	if err != nil {
		return err
	}
	if err := service.Down(ctx, project, api.DownOptions{RemoveOrphans: true}); err != nil {
		return fmt.Errorf("engine: down: %w", err)
	}
	return nil
}

// Networks names the networks of a project.
func (e *Engine) Networks(ctx context.Context, project string) ([]string, error) {
	list, err := e.api.NetworkList(ctx, network.ListOptions{Filters: filters.NewArgs(filters.Arg("label", api.ProjectLabel+"="+project))})
	if err != nil {
		return nil, fmt.Errorf("engine: networks: %w", err)
	}
	var names []string
	for _, n := range list {
		names = append(names, n.Name)
	}
	return names, nil
}

// LogOptions choose what of the containers' logs is read.
type LogOptions struct {
	Services []string
	Follow   bool
	Tail     string // number of lines of each, or "all"
	Since    string
}

type logLines func(service, line string)

func (l logLines) Log(name, line string) { l(name, line) }
func (l logLines) Err(name, line string) { l(name, line) }
func (l logLines) Status(string, string) {}

// Logs reads the logs of a project's containers. Following ends with the context, without an error.
func (e *Engine) Logs(ctx context.Context, project string, o LogOptions, line func(service, line string)) error {
	service, err := e.compose(project, nil)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	consumer := logLines(func(name, text string) {
		mu.Lock()
		defer mu.Unlock()
		name, _, _ = strings.Cut(name, "-")
		line(name, text)
	})
	err = service.Logs(ctx, project, consumer, api.LogOptions{Services: o.Services, Follow: o.Follow, Tail: o.Tail, Since: o.Since})
	if ctx.Err() != nil && o.Follow {
		return nil
	}
	if err != nil {
		return fmt.Errorf("engine: logs: %w", err)
	}
	return nil
}
