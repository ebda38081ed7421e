// Package engine speaks to one Docker engine: what it is, which images it has, and how a Compose project on it is
// brought up, looked at and taken down, with the Compose library in this process. It takes nothing from the user's
// Docker set-up: a stray DOCKER_CONTEXT or ~/.docker must not send an installation to another machine.
package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/containerd/errdefs"
	"github.com/docker/cli/cli/command"
	"github.com/docker/cli/cli/config"
	"github.com/docker/cli/cli/flags"
	"github.com/docker/compose/v5/pkg/api"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/system"
	"github.com/docker/docker/client"
	"github.com/sirupsen/logrus" //nolint:depguard // the Compose library logs with it; this is where it is silenced
)

// DefaultHost is the engine of the machine itself.
const DefaultHost = "unix:///var/run/docker.sock"

// Engine is a connection to one Docker engine.
type Engine struct {
	host string
	api  *client.Client
	cli  *command.DockerCli
}

// noConfig stands in for ~/.docker. Nobody can ever make a directory there, so nobody's configuration (which may name
// programs to run) is read, and nothing is left behind.
const noConfig = "/proc/self/no-docker-configuration"

// Open prepares a connection; it does not yet speak to the engine.
func Open(host string) (*Engine, error) {
	if host == "" {
		host = DefaultHost
	}
	u, err := url.Parse(host)
	if err != nil || (u.Scheme != "unix" && u.Scheme != "tcp") {
		return nil, fmt.Errorf("engine: %q is not an address of an engine: unix:///path or tcp://host:port", host)
	}
	logrus.SetOutput(io.Discard)
	// Compose v1 names would make other containers than the ones we look for.
	if err := os.Unsetenv("COMPOSE_COMPATIBILITY"); err != nil {
		return nil, fmt.Errorf("engine: environment: %w", err)
	}
	config.SetDir(noConfig)
	c, err := client.NewClientWithOpts(client.WithHost(host), client.WithAPIVersionNegotiation())
	if err != nil {
		return nil, fmt.Errorf("engine: %w", err)
	}
	cli, err := command.NewDockerCli(command.WithAPIClient(c), command.WithCombinedStreams(io.Discard),
		command.WithInputStream(io.NopCloser(strings.NewReader(""))))
	if err != nil {
		return nil, fmt.Errorf("engine: %w", err)
	}
	if err := cli.Initialize(&flags.ClientOptions{Hosts: []string{host}, ConfigDir: noConfig}); err != nil {
		return nil, fmt.Errorf("engine: %w", err)
	}
	return &Engine{host: host, api: c, cli: cli}, nil
}

// Host is the address of the engine.
func (e *Engine) Host() string { return e.host }

// API is the plain client, for what this package does not wrap.
func (e *Engine) API() *client.Client { return e.api }

// Close drops the connection. There is nothing to lose with it, so nobody needs to hear of a failure.
func (e *Engine) Close() { _ = e.api.Close() }

// Facts is what an engine says about itself.
type Facts struct {
	Version     string
	APIVersion  string
	OS          string
	Arch        string
	CPUs        int
	Memory      int64
	RootDir     string
	Remapped    bool // user namespaces or rootless: numbers on the host differ from those in the container
	SELinux     bool
	MemoryLimit bool
}

// ErrUnreachable says that no engine answered; the cause tells why.
var ErrUnreachable = errors.New("no Docker engine answers")

// Facts asks the engine. An old engine answers the version but perhaps not the rest, so the version comes first.
func (e *Engine) Facts(ctx context.Context) (Facts, error) {
	version, err := e.api.ServerVersion(ctx)
	if err != nil {
		return Facts{}, fmt.Errorf("%w at %s: %w", ErrUnreachable, e.host, err)
	}
	f := Facts{Version: version.Version, APIVersion: version.APIVersion, OS: version.Os, Arch: version.Arch}
	info, err := e.api.Info(ctx)
	if err != nil {
		return f, fmt.Errorf("engine: info: %w", err)
	}
	f.fill(info)
	return f, nil
}

func (f *Facts) fill(info system.Info) {
	f.CPUs, f.Memory, f.RootDir, f.MemoryLimit = info.NCPU, info.MemTotal, info.DockerRootDir, info.MemoryLimit
	for _, o := range info.SecurityOptions {
		name, _, _ := strings.Cut(strings.TrimPrefix(o, "name="), ",")
		switch name {
		case "userns", "rootless":
			f.Remapped = true
		case "selinux":
			f.SELinux = true
		}
	}
}

// ImageID gives the id of a local image, "" when the engine does not have it.
func (e *Engine) ImageID(ctx context.Context, reference string) (string, error) {
	found, err := e.api.ImageInspect(ctx, reference)
	if errdefs.IsNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("engine: image %s: %w", reference, err)
	}
	return found.ID, nil
}

// Pull fetches an image from its registry, without credentials.
func (e *Engine) Pull(ctx context.Context, reference string) error {
	body, err := e.api.ImagePull(ctx, reference, image.PullOptions{})
	if err != nil {
		return fmt.Errorf("engine: pull %s: %w", reference, err)
	}
	defer body.Close()
	return streamError("pull "+reference, body)
}

// RemoveImage removes an image that no container uses; one that is used or gone stays as it is.
func (e *Engine) RemoveImage(ctx context.Context, reference string) error {
	_, err := e.api.ImageRemove(ctx, reference, image.RemoveOptions{PruneChildren: true})
	if err != nil && !errdefs.IsNotFound(err) && !errdefs.IsConflict(err) {
		return fmt.Errorf("engine: remove image %s: %w", reference, err)
	}
	return nil
}

// streamError reads an answer of the engine to its end: failures come as a line of it, after a good status.
func streamError(what string, body io.Reader) error {
	decoder := json.NewDecoder(body)
	for {
		var line struct {
			Error string `json:"error"`
		}
		err := decoder.Decode(&line)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("engine: %s: %w", what, err)
		}
		if line.Error != "" {
			return fmt.Errorf("engine: %s: %s", what, line.Error)
		}
	}
}

// Service is the state of one container of a project.
type Service struct {
	Name      string // of the service
	Container string // id
	Image     string // reference
	ImageID   string
	State     string // created, running, restarting, exited, ...
	Health    string // starting, healthy, unhealthy or "" without a health check
	Restarts  int
	ExitCode  int
	StartedAt string
	Hash      string // of the configuration it was made from
	Ports     []string
	Dir       string // of the Compose file it was made from
}

// Healthy says that the container does its work.
func (s Service) Healthy() bool {
	return s.State == container.StateRunning && (s.Health == container.Healthy || s.Health == "")
}

// Services lists the containers of a project by service, one-off ones left out.
func (e *Engine) Services(ctx context.Context, project string) ([]Service, error) {
	list, err := e.api.ContainerList(ctx, container.ListOptions{All: true, Filters: filters.NewArgs(
		filters.Arg("label", api.ProjectLabel+"="+project), filters.Arg("label", api.OneoffLabel+"=False"))})
	if err != nil {
		return nil, fmt.Errorf("engine: containers of %s: %w", project, err)
	}
	var services []Service
	for _, item := range list {
		c, err := e.api.ContainerInspect(ctx, item.ID)
		if errdefs.IsNotFound(err) {
			continue // gone between the two questions
		}
		if err != nil {
			return nil, fmt.Errorf("engine: container %s: %w", item.ID, err)
		}
		services = append(services, describe(c))
	}
	slices.SortFunc(services, func(a, b Service) int { return strings.Compare(a.Name, b.Name) })
	return services, nil
}

func describe(c container.InspectResponse) Service {
	s := Service{Container: c.ID, ImageID: c.Image, Restarts: c.RestartCount}
	if c.Config != nil {
		s.Name, s.Image = c.Config.Labels[api.ServiceLabel], c.Config.Image
		s.Hash, s.Dir = c.Config.Labels[api.ConfigHashLabel], c.Config.Labels[api.WorkingDirLabel]
	}
	if c.State != nil {
		s.State, s.ExitCode, s.StartedAt = c.State.Status, c.State.ExitCode, c.State.StartedAt
		if c.State.Health != nil && c.State.Health.Status != container.NoHealthcheck {
			s.Health = c.State.Health.Status
		}
	}
	if c.NetworkSettings != nil {
		for port, bindings := range c.NetworkSettings.Ports {
			for _, b := range bindings {
				s.Ports = append(s.Ports, b.HostIP+":"+b.HostPort+"->"+string(port))
			}
		}
		slices.Sort(s.Ports)
	}
	return s
}
