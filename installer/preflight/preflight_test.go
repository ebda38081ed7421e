package preflight

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dingban/compose"
	"dingban/installer/engine"
)

// good is a host on which everything is as it should be.
func good() (Facts, Wants) {
	return Facts{
			Root: true, Arch: "amd64", CPUs: 8, Memory: 32 * gib, Dir: "/opt/dingban", Owner: OwnerNobody, DiskFree: 500 * gib,
			Engine:     engine.Facts{Version: "20.10.24+dfsg1", APIVersion: "1.41", OS: "linux", Arch: "amd64", CPUs: 8, Memory: 32 * gib, RootDir: "/var/lib/docker", MemoryLimit: true},
			EngineDisk: 100 * gib, Port: 443, Project: "dingban",
			Bundle: Bundle{Needed: true, Path: "dingban.tar.zst", Arch: "amd64", Size: gib},
		}, Wants{
			Tier: compose.Enterprise, Need: compose.Enterprise.Need(), Fresh: true,
		}
}

func TestAGoodHostPassesEveryCheck(t *testing.T) {
	t.Parallel()
	f, w := good()
	findings := Judge(f, w)
	if len(findings) < 14 || Worst(findings) != OK {
		t.Errorf("%+v", findings)
	}
}

func TestEachFaultHasItsOwnFinding(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	for code, c := range map[string]struct {
		level  Level
		change func(*Facts, *Wants)
	}{
		"privilege.user":       {Stop, func(f *Facts, _ *Wants) { f.Root = false }},
		"arch.bundle":          {Stop, func(f *Facts, _ *Wants) { f.Bundle.Arch = "arm64" }},
		"arch.engine":          {Stop, func(f *Facts, _ *Wants) { f.Engine.Arch = "arm64" }},
		"cpu.few":              {Stop, func(f *Facts, _ *Wants) { f.CPUs = 2 }},
		"instructions.missing": {Stop, func(f *Facts, _ *Wants) { f.MissingCPU = []string{"sse4_2"} }},
		"memory.small":         {Stop, func(f *Facts, _ *Wants) { f.Memory = 16 * gib }},
		"memory.tiny":          {Stop, func(f *Facts, w *Wants) { f.Memory = gib; w.AllowUndersized = true }},
		"directory.unusable":   {Stop, func(f *Facts, _ *Wants) { f.DirErr = boom }},
		"directory.file":       {Stop, func(f *Facts, _ *Wants) { f.Owner = OwnerFile }},
		"directory.foreign":    {Stop, func(f *Facts, _ *Wants) { f.Owner = OwnerForeign }},
		"directory.other":      {Stop, func(f *Facts, _ *Wants) { f.Owner = OwnerOther }},
		"disk.unknown":         {Stop, func(f *Facts, _ *Wants) { f.DiskErr = boom }},
		"disk.tiny":            {Stop, func(f *Facts, w *Wants) { f.DiskFree = gib; w.AllowUndersized = true }},
		"disk.small":           {Stop, func(f *Facts, _ *Wants) { f.DiskFree = 20 * gib }},
		"disk.filling":         {Warn, func(f *Facts, w *Wants) { f.DiskFree = gib / 2; w.Fresh = false }},
		"data.keyless":         {Stop, func(f *Facts, _ *Wants) { f.HasData = true; f.Missing = []string{"/opt/dingban/secrets/app/kek"} }},
		"engine.absent":        {Stop, func(f *Facts, _ *Wants) { f.Engine = engine.Facts{}; f.EngineErr = boom; f.EngineProblem = "absent" }},
		"engine.denied":        {Stop, func(f *Facts, _ *Wants) { f.Engine = engine.Facts{}; f.EngineErr = boom; f.EngineProblem = "denied" }},
		"engine.silent":        {Stop, func(f *Facts, _ *Wants) { f.EngineErr = boom; f.EngineProblem = "silent" }},
		"engine.old":           {Stop, func(f *Facts, _ *Wants) { f.Engine.Version = "19.03.15"; f.EngineErr = boom }},
		"engine.system":        {Stop, func(f *Facts, _ *Wants) { f.Engine.OS = "windows" }},
		"engine.remapped":      {Stop, func(f *Facts, _ *Wants) { f.Engine.Remapped = true }},
		"limits.none":          {Warn, func(f *Facts, _ *Wants) { f.Engine.MemoryLimit = false }},
		"images.room":          {Stop, func(f *Facts, _ *Wants) { f.EngineDisk = gib }},
		"project.taken":        {Stop, func(f *Facts, _ *Wants) { f.ProjectDir = "/srv/other" }},
		"port.taken":           {Stop, func(f *Facts, _ *Wants) { f.PortErr = boom }},
		"bundle.absent":        {Stop, func(f *Facts, _ *Wants) { f.Bundle = Bundle{Needed: true} }},
		"bundle.broken":        {Stop, func(f *Facts, _ *Wants) { f.Bundle.Err = boom }},
	} {
		f, w := good()
		c.change(&f, &w)
		findings := Judge(f, w)
		i := slices.IndexFunc(findings, func(x Finding) bool { return x.Code == code })
		if i < 0 || findings[i].Level != c.level {
			t.Errorf("%s: not found at level %s: %+v", code, c.level, findings)
			continue
		}
		if Worst(findings) != c.level {
			t.Errorf("%s: worst is %s", code, Worst(findings))
		}
	}
}

func TestATrialMayBeTooSmall(t *testing.T) {
	t.Parallel()
	f, w := good()
	f.CPUs, f.Memory, f.DiskFree, w.AllowUndersized = 2, 8*gib, 20*gib, true
	findings := Judge(f, w)
	if Worst(findings) != Warn {
		t.Errorf("%+v", findings)
	}
}

func TestEverythingIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	f, w := good()
	f.Root, f.CPUs, f.PortErr, f.Bundle = false, 1, errors.New("in use"), Bundle{Needed: true}
	stops := 0
	for _, x := range Judge(f, w) {
		if x.Level == Stop {
			stops++
		}
	}
	if stops != 4 {
		t.Errorf("%d stops, want 4", stops)
	}
}

func TestVersionsAreComparedAsNumbers(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]bool{
		"20.10.24+dfsg1": true, "20.10": true, "20.10.0-ce": true, "28.5.2": true, "100.1": true,
		"19.03.15": false, "20.9.9": false, "1.13.1": false, "": false, "dev": false,
	} {
		if atLeast(version, minVersion) != want {
			t.Errorf("%q >= %s should be %v", version, minVersion, want)
		}
	}
}

// An engine that answers /version with something else than ours is served by a plain HTTP server.
func TestAnOldEngineIsToldFromNone(t *testing.T) {
	t.Parallel()
	old := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Api-Version", "1.40")
		switch {
		case strings.HasSuffix(r.URL.Path, "/_ping"):
			_, _ = w.Write([]byte("OK"))
		case strings.HasSuffix(r.URL.Path, "/version"):
			_, _ = w.Write([]byte(`{"Version":"19.03.15","ApiVersion":"1.40","MinAPIVersion":"1.12","Os":"linux","Arch":"amd64"}`))
		default:
			_, _ = w.Write([]byte(`{"NCPU":8,"MemTotal":34359738368,"MemoryLimit":true,"DockerRootDir":"/var/lib/docker"}`))
		}
	}))
	defer old.Close()
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }))
	defer broken.Close()
	for want, host := range map[string]string{
		"engine.old":    "tcp://" + old.Listener.Addr().String(),
		"engine.silent": "tcp://" + broken.Listener.Addr().String(),
		"engine.absent": "unix://" + filepath.Join(t.TempDir(), "none.sock"),
	} {
		e, err := engine.Open(host)
		if err != nil {
			t.Fatal(err)
		}
		f, w := good()
		f.Engine, f.EngineErr = e.Facts(t.Context())
		f.EngineProblem = EngineProblem(f.EngineErr)
		findings := Judge(f, w)
		if !slices.ContainsFunc(findings, func(x Finding) bool { return x.Code == want && x.Level == Stop }) {
			t.Errorf("%s expected: %v, %+v", want, f.EngineErr, findings)
		}
		e.Close()
	}
}

func TestTheHostIsRead(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	write := func(name, content string) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := ReadHost(root); err == nil {
		t.Error("a host without /proc is accepted")
	}
	write("proc/meminfo", "MemTotal:       16384000 kB\nMemFree: 1 kB\n")
	write("proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu cx16 popcnt ssse3 sse4_1\n")
	write("sys/fs/cgroup/memory.max", "max\n")
	h, err := ReadHost(root)
	if err != nil || h.Memory != 16384000<<10 {
		t.Errorf("%+v %v", h, err)
	}
	if h.Arch == "amd64" && !slices.Equal(h.MissingCPU, []string{"sse4_2"}) {
		t.Errorf("missing %v", h.MissingCPU)
	}
	write("sys/fs/cgroup/memory.max", "1073741824\n")
	if h, err := ReadHost(root); err != nil || h.Memory != gib {
		t.Errorf("limit of the group: %+v %v", h, err)
	}
	write("proc/meminfo", "nothing\n")
	if _, err := ReadHost(root); err == nil {
		t.Error("unreadable memory is accepted")
	}
	real, err := ReadHost("/")
	if err != nil || real.Memory <= 0 || real.CPUs < 1 {
		t.Errorf("this host: %+v %v", real, err)
	}
}

func TestATakenPortIsSeen(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if PortFree(context.Background(), "127.0.0.1", port) == nil {
		t.Error("a taken port looks free")
	}
	l.Close()
	if err := PortFree(context.Background(), "127.0.0.1", port); err != nil {
		t.Error(err)
	}
}

func TestFreeDiskOfADirectoryThatIsNotThereYet(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	here, err := FreeDisk(dir)
	if err != nil || here <= 0 {
		t.Fatal(here, err)
	}
	if _, err := FreeDisk(filepath.Join(dir, "a/b/c")); err != nil {
		t.Error(err)
	}
	if _, err := FreeDisk(filepath.Join(dir, "x\x00")); err == nil {
		t.Error("an impossible path has free space")
	}
}
