package installer

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"dingban/app/platform/pki"
	"dingban/compose"
	"dingban/installer/engine"
	"dingban/installer/preflight"
	"dingban/installer/progress"
)

// Status is how an installation is.
type Status struct {
	Project     string          `json:"project"`
	Dir         string          `json:"dir"`
	Phase       string          `json:"phase"`
	Version     string          `json:"version"`
	Tier        compose.Tier    `json:"tier"`
	URL         string          `json:"url"`
	Engine      string          `json:"engine"`
	Ready       bool            `json:"ready"`
	Problem     string          `json:"problem,omitempty"` // why it is not ready
	Services    []ServiceStatus `json:"services"`
	Certificate int64           `json:"certificateUntil,omitempty"` // UTC milliseconds
	Fingerprint string          `json:"caFingerprint,omitempty"`
	DiskFree    int64           `json:"diskFree"`
}

// ServiceStatus is how one service is.
type ServiceStatus struct {
	Name      string   `json:"name"`
	State     string   `json:"state"`
	Health    string   `json:"health,omitempty"`
	Healthy   bool     `json:"healthy"`
	Image     string   `json:"image"`
	ImageID   string   `json:"imageId"`
	Expected  bool     `json:"expectedImage"` // it runs the image that was installed
	Restarts  int      `json:"restarts"`
	StartedAt string   `json:"startedAt,omitempty"`
	Ports     []string `json:"ports,omitempty"`
	Container string   `json:"container,omitempty"`
}

// ShowStatus tells how the installation is. It is an error when not everything works.
func ShowStatus(ctx context.Context, env Env, o Options) error {
	asJSON := o.JSON
	o.JSON = false // one object and not a stream of events
	return env.command(o, func(sink progress.Sink, w words) error {
		s, done, err := open(env, o, w)
		if err != nil {
			return err
		}
		defer done()
		status, err := s.status(ctx)
		if err != nil {
			return err
		}
		if asJSON {
			e := json.NewEncoder(env.Out)
			e.SetIndent("", "  ")
			if err := e.Encode(status); err != nil {
				return fmt.Errorf("installer: %w", err)
			}
		} else if err := status.write(env, w); err != nil {
			return err
		}
		if !status.Ready {
			return shownError{ErrUnhealthy}
		}
		return nil
	})
}

func (s *stack) status(ctx context.Context) (Status, error) {
	set := s.settings()
	status := Status{
		Project: s.project, Dir: s.layout.Dir, Phase: s.journal.state.Phase, Version: set.Version, Tier: set.Tier,
		URL: compose.URL(set.Hosts[0], set.Port), Services: []ServiceStatus{},
	}
	facts, err := s.engine.Facts(ctx)
	if err != nil {
		return status, err
	}
	status.Engine = facts.Version
	running, err := s.engine.Services(ctx, s.project)
	if err != nil {
		return status, err
	}
	status.Ready = true
	for n, name := range compose.Services() {
		i := slices.IndexFunc(running, func(r engine.Service) bool { return r.Name == name })
		if i < 0 {
			status.Services = append(status.Services, ServiceStatus{Name: name, State: "absent"})
			status.Ready = false
			continue
		}
		r := running[i]
		expected := set.Pull || n < len(set.ImageIDs) && r.ImageID == set.ImageIDs[n]
		status.Services = append(status.Services, ServiceStatus{
			Name: name, State: r.State, Health: r.Health, Healthy: r.Healthy(), Image: r.Image, ImageID: r.ImageID,
			Expected: expected, Restarts: r.Restarts, StartedAt: r.StartedAt, Ports: r.Ports, Container: r.Container,
		})
		status.Ready = status.Ready && r.Healthy() && expected
	}
	if status.Ready {
		if err := s.ask(ctx); err != nil {
			status.Ready, status.Problem = false, err.Error()
		}
	}
	status.certificates(s.layout)
	if free, err := preflight.FreeDisk(s.layout.Dir); err == nil {
		status.DiskFree = free
	}
	return status, nil
}

// certificates fills in what can be read; an installation that was interrupted early has none.
func (st *Status) certificates(l Layout) {
	if raw, err := os.ReadFile(l.Path(fileCertificate)); err == nil {
		if cert, err := pki.Parse(raw); err == nil {
			st.Certificate = cert.NotAfter.UnixMilli()
		}
	}
	if raw, err := os.ReadFile(l.Path(fileCA)); err == nil {
		if fingerprint, err := pki.Fingerprint(raw); err == nil {
			st.Fingerprint = fingerprint
		}
	}
}

func (st Status) write(env Env, w words) error {
	out := &strings.Builder{}
	fmt.Fprintln(out, w.text("status.title", "version", st.Version, "project", st.Project, "tier", string(st.Tier), "dir", st.Dir, "engine", st.Engine))
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	for _, r := range st.Services {
		sign := "✔"
		if !r.Healthy || !r.Expected {
			sign = "✘"
		}
		health := r.Health
		if health == "" || r.State != "running" { // the health of a stopped container is a memory
			health = r.State
		}
		fmt.Fprintf(table, "  %s %s\t%s\t%s\t%s\t%s\n", sign, r.Name, w.orSelf("state.", health), r.Image, short(r.ImageID), w.text("status.restarts", "count", r.Restarts))
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("installer: %w", err)
	}
	switch {
	case st.Ready:
		fmt.Fprintln(out, w.text("status.ready", "url", st.URL))
	case st.Phase == PhaseUninstalled:
		fmt.Fprintln(out, w.text("status.uninstalled", "dir", st.Dir))
	case st.Problem != "":
		fmt.Fprintln(out, w.text("status.problem", "problem", st.Problem))
	default:
		fmt.Fprintln(out, w.text("status.not_ready"))
	}
	_, err := fmt.Fprint(env.Out, out.String())
	return err
}

func short(id string) string {
	id = strings.TrimPrefix(id, "sha256:")
	return id[:min(12, len(id))]
}

// Logs shows what the containers wrote.
func Logs(ctx context.Context, env Env, o Options, l engine.LogOptions) error {
	return env.command(o, func(sink progress.Sink, w words) error {
		for _, name := range l.Services {
			if !slices.Contains(compose.Services(), name) {
				return fail(sink, w, fmt.Errorf("installer: no service %q", name), w.text("logs.unknown", "service", name, "services", strings.Join(compose.Services(), ", ")))
			}
		}
		s, done, err := open(env, o, w)
		if err != nil {
			return err
		}
		defer done()
		return s.engine.Logs(ctx, s.project, l, func(service, line string) {
			if o.JSON {
				sink.Emit(progress.Event{Kind: progress.KindLog, Step: service, Text: line})
				return
			}
			fmt.Fprintf(env.Out, "%-5s | %s\n", service, line)
		})
	})
}
