package installer

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"dingban/installer/engine"
	"dingban/installer/preflight"
	"dingban/installer/progress"
)

// survey is everything a command knows before it changes anything.
type survey struct {
	options  Options
	layout   Layout
	project  string
	state    *State // a fresh one when nothing is installed
	fresh    bool   // nothing was ever installed here
	settings Settings
	facts    preflight.Facts
	findings []preflight.Finding
	engine   *engine.Engine
	bundle   Bundle
	running  []engine.Service
	close    func()
}

// look gathers the facts and judges them. It changes nothing.
func look(ctx context.Context, env Env, o Options, sink progress.Sink, w words) (*survey, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	s := &survey{options: o, layout: Layout{o.Dir}, close: func() {}}
	s.project = o.project(s.layout)
	if err := s.readState(); err != nil {
		return nil, err
	}
	s.settings = o.merge(s.state.Settings, env)
	if err := s.open(); err != nil {
		return nil, err
	}
	host, err := preflight.ReadHost(env.HostRoot)
	if err != nil {
		s.close()
		return nil, err
	}
	s.facts = preflight.Facts{
		Root: host.Root, Arch: host.Arch, CPUs: host.CPUs, MissingCPU: host.MissingCPU, Memory: host.Memory,
		Dir: o.Dir, Project: s.project, Port: s.settings.Port, EngineHost: s.settings.DockerHost, EngineDisk: -1,
	}
	owner, mark, err := s.layout.owner(s.project)
	s.facts.Owner, s.facts.OwnerProject, s.facts.DirErr = owner, mark.Project, err
	if data, err := readMarker(s.layout.Path("data")); err == nil && owner == preflight.OwnerUs && data.ID != mark.ID {
		s.facts.Owner, s.facts.OwnerProject = preflight.OwnerOther, data.Project
	}
	s.facts.DiskFree, s.facts.DiskErr = preflight.FreeDisk(o.Dir)
	s.facts.HasData, s.facts.Missing = s.layout.hasData(), s.layout.missing(s.settings.KEK)
	s.askEngine(ctx)
	s.findBundle(ctx, env, sink, w)
	if !s.facts.PortOurs {
		s.facts.PortErr = preflight.PortFree(ctx, s.settings.Address, s.settings.Port)
	}
	s.findings = preflight.Judge(s.facts, preflight.Wants{
		Tier: s.settings.Tier, Need: s.settings.Tier.Need(), AllowUndersized: s.settings.AllowUndersized,
		Fresh: s.fresh,
	})
	return s, nil
}

// readState reads what an earlier run left. A directory that is not ours is judged later, not read.
func (s *survey) readState() error {
	state, err := loadState(s.layout)
	switch {
	case errors.Is(err, errNoState):
		s.fresh = true
		s.state = &State{Project: s.project, Phase: PhaseInstalling}
		if m, err := readMarker(s.layout.Dir); err == nil {
			s.state.ID = m.ID // killed between the marker and the state
		}
		return nil
	case err != nil:
		return err
	}
	s.state = state
	s.fresh = state.Phase != PhaseInstalled
	return nil
}

func (s *survey) open() error {
	e, err := engine.Open(s.settings.DockerHost)
	if err != nil {
		return err
	}
	s.engine, s.close = e, e.Close
	return nil
}

func (s *survey) askEngine(ctx context.Context) {
	f := &s.facts
	f.Engine, f.EngineErr = s.engine.Facts(ctx)
	f.EngineProblem = preflight.EngineProblem(f.EngineErr)
	if f.EngineErr != nil {
		return
	}
	f.CPUs, f.Memory = min(f.CPUs, f.Engine.CPUs), min(f.Memory, f.Engine.Memory)
	if strings.HasPrefix(s.settings.DockerHost, "unix:") {
		if free, err := preflight.FreeDisk(f.Engine.RootDir); err == nil {
			f.EngineDisk = free
		}
	}
	if s.settings.Memory == 0 || s.fresh {
		s.settings.Memory = f.Memory
	}
	s.settings.SELinux = f.Engine.SELinux
	running, err := s.engine.Services(ctx, s.project)
	if err != nil {
		f.EngineErr, f.EngineProblem = err, "silent"
		return
	}
	s.running = running
	for _, r := range running {
		if r.Dir != s.layout.Dir {
			f.ProjectDir = r.Dir
			continue
		}
		for _, p := range r.Ports {
			f.PortOurs = f.PortOurs || strings.Contains(p, ":"+strconv.Itoa(s.settings.Port)+"->")
		}
	}
}

// findBundle settles where the images come from. A bundle is read to its end only when the engine lacks an image.
func (s *survey) findBundle(ctx context.Context, env Env, sink progress.Sink, w words) {
	if s.options.Images != "" {
		file, err := readImageFile(s.options.Images)
		s.facts.Bundle = preflight.Bundle{Path: s.options.Images, Err: err}
		s.settings.Images, s.settings.Version, s.settings.Pull = file.Images, file.Version, true
		s.settings.BundleIDs, s.settings.ImageIDs = nil, nil
		return
	}
	b := &s.facts.Bundle
	b.Path = s.options.Bundle
	known := s.settings.Version != ""
	if known && b.Path == "" {
		there, err := imagesThere(ctx, s.engine, s.settings)
		if s.facts.EngineErr == nil && err == nil && (there || s.settings.Pull) {
			return
		}
	}
	b.Needed = true
	if b.Path == "" {
		if b.Path, b.Err = env.findBundle(); b.Err != nil || b.Path == "" {
			return
		}
	}
	opened, err := env.OpenBundle(b.Path)
	if err != nil {
		b.Err = errors.New(w.explain(err))
		return
	}
	info := opened.Info()
	b.Arch, b.Size, b.Version = info.Arch, info.Size, info.Version
	if s.settings.Images != info.Images || !slices.Equal(s.settings.BundleIDs, info.IDs) {
		s.settings.ImageIDs = info.IDs
	}
	s.settings.Images, s.settings.BundleIDs, s.settings.Version, s.settings.Pull = info.Images, info.IDs, info.Version, false
	s.bundle = opened
	if s.facts.EngineErr == nil {
		if there, err := imagesThere(ctx, s.engine, s.settings); err == nil && there {
			b.Needed = false
			return
		}
	}
	sink.Emit(progress.Event{Kind: progress.KindStep, Step: "verify", State: progress.Running, Text: w.text("step.verify")})
	err = opened.Verify(ctx, percent(func(e progress.Event) {
		e.Kind, e.Step = progress.KindProgress, "verify"
		sink.Emit(e)
	}))
	state := progress.Done
	if err != nil {
		b.Err, state = errors.New(w.explain(err)), progress.Failed
	}
	sink.Emit(progress.Event{Kind: progress.KindStep, Step: "verify", State: state, Text: w.text("step.verify")})
}

// show tells the findings: everything that is wrong, and what is fine only when asked for all.
func (s *survey) show(sink progress.Sink, w words, all bool) {
	for _, f := range s.findings {
		if f.Level == preflight.OK && !all {
			continue
		}
		text := w.text("check."+f.Check) + ": " + w.with("found."+f.Code, f.Params)
		if f.Level != preflight.OK {
			text += "\n" + w.text("fix") + w.with("fix."+f.Code, f.Params)
		}
		sink.Emit(progress.Event{Kind: progress.KindFinding, Level: string(f.Level), Code: f.Code, Text: text, Data: f})
	}
}

// stack makes the world the steps work in.
func (s *survey) stack(env Env, w words, k *masterKey) *stack {
	s.state.Project, s.state.Settings = s.project, s.settings
	return &stack{
		env: env, layout: s.layout, project: s.project, engine: s.engine, bundle: s.bundle, words: w, timeout: s.options.Timeout, key: k,
		journal: &journal{layout: s.layout, clock: env.Clock, state: s.state},
	}
}
