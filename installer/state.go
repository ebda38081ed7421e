package installer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"dingban/app/platform/clock"
	"dingban/compose"
)

// stateFormat is raised when the file changes its meaning; a newer one than ours is refused.
const stateFormat = 1

// Settings are the decisions of an installation. They are kept, so that a later run needs no flags.
type Settings struct {
	Tier            compose.Tier   `json:"tier"`
	Port            int            `json:"port"`
	Address         string         `json:"address,omitempty"`
	Hosts           []string       `json:"hosts"` // what people type, the first one is the public address
	DockerHost      string         `json:"dockerHost"`
	Language        string         `json:"language"`
	AllowUndersized bool           `json:"allowUndersized,omitempty"`
	NoFile          int            `json:"nofile,omitempty"`
	Memory          int64          `json:"memory"` // of the host when the sizes were decided
	SELinux         bool           `json:"selinux,omitempty"`
	KEK             string         `json:"kek,omitempty"` // kind of the master key; empty is a file
	Images          compose.Images `json:"images"`
	// Both in the order of compose.Services. They are the same on most engines; one that keeps images in containerd
	// gives them ids of its own.
	BundleIDs []string `json:"bundleIds,omitempty"`
	ImageIDs  []string `json:"imageIds,omitempty"`
	Pull      bool     `json:"pull,omitempty"`
	Version   string   `json:"version"` // of what the images hold
}

// Phases of an installation.
const (
	PhaseInstalling  = "installing"
	PhaseInstalled   = "installed"
	PhaseUninstalled = "uninstalled" // the containers are gone, the data is kept
)

// StepRecord is what happened to one step, last.
type StepRecord struct {
	Name  string `json:"name"`
	State string `json:"state"`
	At    int64  `json:"at"`
	Error string `json:"error,omitempty"`
}

// State is the journal of an installation.
type State struct {
	Format   int          `json:"format"`
	ID       string       `json:"id"`
	Project  string       `json:"project"`
	Phase    string       `json:"phase"`
	Created  int64        `json:"created"`
	Updated  int64        `json:"updated"`
	Settings Settings     `json:"settings"`
	Steps    []StepRecord `json:"steps"`
}

// errNoState says that nothing was ever installed here.
var errNoState = errors.New("installer: nothing is installed here")

func loadState(l Layout) (*State, error) {
	raw, err := os.ReadFile(l.Path(fileState))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, errNoState
	}
	if err != nil {
		return nil, fmt.Errorf("installer: state: %w", err)
	}
	var s State
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil, fmt.Errorf("installer: %s is damaged: %w", l.Path(fileState), err)
	}
	if s.Format > stateFormat {
		return nil, fmt.Errorf("installer: %s was written by a newer release (format %d, this one knows %d): use that release", l.Path(fileState), s.Format, stateFormat)
	}
	return &s, nil
}

// journal writes the state after each change.
type journal struct {
	layout Layout
	clock  clock.Clock
	state  *State
}

func (j *journal) save() error {
	j.state.Format, j.state.Updated = stateFormat, clock.Millis(j.clock)
	raw, err := json.MarshalIndent(j.state, "", "  ")
	if err != nil {
		return fmt.Errorf("installer: state: %w", err)
	}
	return writeFile(j.layout.Path(fileState), append(raw, '\n'), 0o600, os.Geteuid())
}

// record notes the state of a step. Before the directories step there is no place to write to, and nothing is lost: a
// run that dies there has made nothing.
func (j *journal) record(name, state string, cause error) error {
	r := StepRecord{Name: name, State: state, At: clock.Millis(j.clock)}
	if cause != nil {
		r.Error = cause.Error()
	}
	if i := slices.IndexFunc(j.state.Steps, func(s StepRecord) bool { return s.Name == name }); i >= 0 {
		j.state.Steps[i] = r
	} else {
		j.state.Steps = append(j.state.Steps, r)
	}
	if _, err := os.Stat(filepath.Dir(j.layout.Path(fileState))); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return j.save()
}

// errLocked says that another installer is at work here.
var errLocked = errors.New("installer: another dingban command is working on this installation")

// lock keeps two commands from changing one installation. The kernel lets go of it when the process dies, however.
func (l Layout) lock() (release func(), err error) {
	f, err := os.OpenFile(l.Path(fileLock), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("installer: lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errLocked
		}
		return nil, fmt.Errorf("installer: lock: %w", err)
	}
	return func() { f.Close() }, nil
}
