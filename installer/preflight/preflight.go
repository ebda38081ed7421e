// Package preflight decides whether a host can carry an installation. Facts are gathered in one place and judged in
// another that does nothing but judge, so that every verdict can be tested without such a host.
package preflight

import (
	"fmt"
	"strconv"
	"strings"

	"dingban/compose"
	"dingban/installer/engine"
)

// Level is how bad a finding is.
type Level string

// The levels.
const (
	OK   Level = "ok"
	Warn Level = "warn"
	Stop Level = "stop"
)

// Finding is what one check found. The words are in the catalogue: "check.<Check>" names it, "found.<Code>" says what
// was found and needed, "fix.<Code>" what to do about it (only when it is not ok).
type Finding struct {
	Check  string         `json:"check"`
	Level  Level          `json:"level"`
	Code   string         `json:"code"`
	Params map[string]any `json:"params,omitempty"`
}

// Owner says whom a directory belongs to.
type Owner string

// The owners of an installation directory.
const (
	OwnerNobody  Owner = "nobody"  // it is empty or not there
	OwnerUs      Owner = "us"      // this installation
	OwnerOther   Owner = "other"   // another installation of DingBan
	OwnerForeign Owner = "foreign" // something else lies there
	OwnerFile    Owner = "file"    // it is not a directory
)

// Bundle is what is known of the images.
type Bundle struct {
	Needed  bool // the engine does not have the images yet
	Path    string
	Err     error // why it cannot be used
	Arch    string
	Size    int64 // bytes of the images, unpacked
	Version string
}

// Facts is everything that is judged.
type Facts struct {
	Root          bool
	Arch          string
	CPUs          int
	MissingCPU    []string // instructions that the database needs and this processor lacks
	Memory        int64
	Dir           string
	DirErr        error
	Owner         Owner
	OwnerProject  string // of the other installation
	DiskFree      int64
	DiskErr       error
	Engine        engine.Facts
	EngineHost    string
	EngineErr     error
	EngineProblem string // "absent", "denied" or "silent"
	EngineDisk    int64  // free where the engine keeps images; -1 when unknown
	Port          int
	PortErr       error
	PortOurs      bool
	Project       string
	ProjectDir    string // of another installation with the same project name
	Bundle        Bundle
	HasData       bool
	Missing       []string // files without which the existing data cannot be read
}

// Wants is what the installation needs.
type Wants struct {
	Need            compose.Need
	Tier            compose.Tier
	AllowUndersized bool
	Fresh           bool // nothing is installed yet
}

const (
	gib = int64(1) << 30
	// A machine sold with 16 GB shows less, because firmware and kernel keep some.
	memoryTolerance = 0.9
	// Below this not even a trial starts: images, an empty database and room for its logs.
	diskFloor   = 3 * gib
	memoryFloor = 2 * gib
	minVersion  = "20.10"
	minAPI      = "1.41"
)

// Judge returns one finding for each check, all of them, in a fixed order.
func Judge(f Facts, w Wants) []Finding {
	return []Finding{
		privilege(f), arch(f), cpu(f, w), instructions(f), memory(f, w), directory(f), disk(f, w), data(f),
		engineFinding(f), engineLimits(f), engineDisk(f), project(f), port(f), bundle(f),
	}
}

// Worst is the highest level among findings.
func Worst(findings []Finding) Level {
	worst := OK
	for _, f := range findings {
		if f.Level == Stop || f.Level == Warn && worst == OK {
			worst = f.Level
		}
	}
	return worst
}

func finding(check string, level Level, problem string, kv ...any) Finding {
	params := map[string]any{}
	for i := 0; i+1 < len(kv); i += 2 {
		params[fmt.Sprint(kv[i])] = kv[i+1]
	}
	return Finding{Check: check, Level: level, Code: check + "." + problem, Params: params}
}

// undersized is a stop for an installation that is meant, and a warning for a trial.
func undersized(w Wants) Level {
	if w.AllowUndersized {
		return Warn
	}
	return Stop
}

func privilege(f Facts) Finding {
	if !f.Root {
		return finding("privilege", Stop, "user")
	}
	return finding("privilege", OK, "ok")
}

func arch(f Facts) Finding {
	wanted := f.Bundle.Arch
	if f.Engine.Arch != "" && f.Engine.Arch != f.Arch {
		return finding("arch", Stop, "engine", "found", f.Engine.Arch, "needed", f.Arch)
	}
	if wanted != "" && wanted != f.Arch {
		return finding("arch", Stop, "bundle", "found", f.Arch, "needed", wanted)
	}
	return finding("arch", OK, "ok", "found", f.Arch)
}

func cpu(f Facts, w Wants) Finding {
	if f.CPUs < w.Need.CPUs {
		return finding("cpu", undersized(w), "few", "found", f.CPUs, "needed", w.Need.CPUs, "tier", string(w.Tier))
	}
	return finding("cpu", OK, "ok", "found", f.CPUs, "needed", w.Need.CPUs)
}

func instructions(f Facts) Finding {
	if len(f.MissingCPU) > 0 {
		return finding("instructions", Stop, "missing", "found", strings.Join(f.MissingCPU, " "))
	}
	return finding("instructions", OK, "ok")
}

func memory(f Facts, w Wants) Finding {
	found, needed := GiB(f.Memory), GiB(w.Need.Memory)
	switch {
	case f.Memory < memoryFloor:
		return finding("memory", Stop, "tiny", "found", found, "needed", GiB(memoryFloor))
	case float64(f.Memory) < memoryTolerance*float64(w.Need.Memory):
		return finding("memory", undersized(w), "small", "found", found, "needed", needed, "tier", string(w.Tier))
	}
	return finding("memory", OK, "ok", "found", found, "needed", needed)
}

func directory(f Facts) Finding {
	switch {
	case f.DirErr != nil:
		return finding("directory", Stop, "unusable", "dir", f.Dir, "problem", f.DirErr.Error())
	case f.Owner == OwnerFile:
		return finding("directory", Stop, "file", "dir", f.Dir)
	case f.Owner == OwnerOther:
		return finding("directory", Stop, "other", "dir", f.Dir, "project", f.OwnerProject)
	case f.Owner == OwnerForeign:
		return finding("directory", Stop, "foreign", "dir", f.Dir)
	case f.Owner == OwnerUs:
		return finding("directory", OK, "ours", "dir", f.Dir)
	}
	return finding("directory", OK, "ok", "dir", f.Dir)
}

func disk(f Facts, w Wants) Finding {
	found := GiB(f.DiskFree)
	switch {
	case f.DiskErr != nil:
		return finding("disk", Stop, "unknown", "dir", f.Dir, "problem", f.DiskErr.Error())
	case f.DiskFree < diskFloor && w.Fresh:
		return finding("disk", Stop, "tiny", "dir", f.Dir, "found", found, "needed", GiB(diskFloor))
	case f.DiskFree < diskFloor/3:
		return finding("disk", Warn, "filling", "dir", f.Dir, "found", found, "needed", GiB(diskFloor/3))
	case f.DiskFree < w.Need.Disk && w.Fresh:
		return finding("disk", undersized(w), "small", "dir", f.Dir, "found", found, "needed", GiB(w.Need.Disk), "tier", string(w.Tier))
	}
	return finding("disk", OK, "ok", "dir", f.Dir, "found", found)
}

func data(f Facts) Finding {
	switch {
	case f.HasData && len(f.Missing) > 0:
		return finding("data", Stop, "keyless", "files", strings.Join(f.Missing, ", "), "dir", f.Dir)
	case f.HasData:
		return finding("data", OK, "kept")
	}
	return finding("data", OK, "ok")
}

func engineFinding(f Facts) Finding {
	switch {
	case f.EngineErr != nil && f.EngineProblem == "absent":
		return finding("engine", Stop, "absent", "host", f.EngineHost, "needed", minVersion)
	case f.EngineErr != nil && f.EngineProblem == "denied":
		return finding("engine", Stop, "denied", "host", f.EngineHost)
	case f.EngineErr != nil && f.Engine.Version == "":
		return finding("engine", Stop, "silent", "host", f.EngineHost, "problem", f.EngineErr.Error())
	case !atLeast(f.Engine.Version, minVersion) || !atLeast(f.Engine.APIVersion, minAPI):
		return finding("engine", Stop, "old", "found", f.Engine.Version, "api", f.Engine.APIVersion, "needed", minVersion, "neededApi", minAPI)
	case f.EngineErr != nil:
		return finding("engine", Stop, "silent", "host", f.EngineHost, "problem", f.EngineErr.Error())
	case f.Engine.OS != "linux":
		return finding("engine", Stop, "system", "found", f.Engine.OS)
	case f.Engine.Remapped:
		return finding("engine", Stop, "remapped")
	}
	return finding("engine", OK, "ok", "found", f.Engine.Version, "api", f.Engine.APIVersion)
}

func engineLimits(f Facts) Finding {
	if f.EngineErr == nil && !f.Engine.MemoryLimit {
		return finding("limits", Warn, "none")
	}
	return finding("limits", OK, "ok")
}

func engineDisk(f Facts) Finding {
	// The engine unpacks the archive whole before it stores the layers.
	needed := 2 * f.Bundle.Size
	if f.Bundle.Needed && f.EngineDisk >= 0 && f.EngineDisk < needed {
		return finding("images", Stop, "room", "dir", f.Engine.RootDir, "found", GiB(f.EngineDisk), "needed", GiB(needed))
	}
	return finding("images", OK, "ok")
}

func project(f Facts) Finding {
	if f.ProjectDir != "" {
		return finding("project", Stop, "taken", "project", f.Project, "dir", f.ProjectDir)
	}
	return finding("project", OK, "ok", "project", f.Project)
}

func port(f Facts) Finding {
	switch {
	case f.PortOurs:
		return finding("port", OK, "ours", "port", f.Port)
	case f.PortErr != nil:
		return finding("port", Stop, "taken", "port", f.Port, "problem", f.PortErr.Error())
	}
	return finding("port", OK, "ok", "port", f.Port)
}

func bundle(f Facts) Finding {
	b := f.Bundle
	switch {
	case !b.Needed && b.Err == nil:
		return finding("bundle", OK, "loaded")
	case b.Err != nil:
		return finding("bundle", Stop, "broken", "file", b.Path, "problem", b.Err.Error())
	case b.Path == "":
		return finding("bundle", Stop, "absent")
	}
	return finding("bundle", OK, "ok", "file", b.Path, "version", b.Version)
}

// GiB writes bytes for people.
func GiB(bytes int64) string {
	if bytes < 1<<20 {
		return strconv.FormatInt((bytes+1023)>>10, 10) + " KiB"
	}
	if bytes < gib {
		return strconv.FormatInt(bytes>>20, 10) + " MiB"
	}
	return strconv.FormatFloat(float64(bytes)/float64(gib), 'f', 1, 64) + " GiB"
}

// atLeast compares versions number by number; what follows the numbers ("+dfsg1", "-ce") does not count.
func atLeast(version, least string) bool {
	a, b := numbers(version), numbers(least)
	for i, want := range b {
		got := 0
		if i < len(a) {
			got = a[i]
		}
		if got != want {
			return got > want
		}
	}
	return len(a) > 0
}

func numbers(version string) []int {
	var all []int
	for part := range strings.SplitSeq(version, ".") {
		digits := part
		if end := strings.IndexFunc(part, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
			digits = part[:end]
		}
		n, err := strconv.Atoi(digits)
		if err != nil {
			break
		}
		all = append(all, n)
		if len(digits) != len(part) {
			break
		}
	}
	return all
}
