package preflight

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// Host is what the machine says about itself.
type Host struct {
	Root       bool
	Arch       string
	CPUs       int
	MissingCPU []string
	Memory     int64
}

// ReadHost looks at the machine. root is "/" but for tests.
func ReadHost(root string) (Host, error) {
	h := Host{Root: os.Geteuid() == 0, Arch: runtime.GOARCH, CPUs: runtime.NumCPU()}
	info, err := os.ReadFile(filepath.Join(root, "proc/meminfo"))
	if err != nil {
		return h, fmt.Errorf("preflight: memory: %w", err)
	}
	if h.Memory, err = memTotal(string(info)); err != nil {
		return h, err
	}
	// Inside a container or a machine that shares its kernel the limit of the control group is the truth.
	for _, file := range []string{"sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		if raw, err := os.ReadFile(filepath.Join(root, file)); err == nil {
			if limit, err := strconv.ParseInt(strings.TrimSpace(string(raw)), 10, 64); err == nil && limit > 0 {
				h.Memory = min(h.Memory, limit)
			}
		}
	}
	if h.Arch == "amd64" {
		if info, err := os.ReadFile(filepath.Join(root, "proc/cpuinfo")); err == nil {
			h.MissingCPU = missingInstructions(string(info))
		}
	}
	return h, nil
}

func memTotal(info string) (int64, error) {
	for line := range strings.Lines(info) {
		if rest, ok := strings.CutPrefix(line, "MemTotal:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err != nil {
				return 0, fmt.Errorf("preflight: memory: %w", err)
			}
			return kib << 10, nil
		}
	}
	return 0, errors.New("preflight: /proc/meminfo does not tell the memory")
}

// missingInstructions compares with x86-64-v2, for which present databases are compiled.
func missingInstructions(info string) []string {
	for line := range strings.Lines(info) {
		if rest, ok := strings.CutPrefix(line, "flags"); ok {
			have := map[string]bool{}
			for _, f := range strings.Fields(rest) {
				have[f] = true
			}
			var missing []string
			for _, f := range []string{"cx16", "popcnt", "ssse3", "sse4_1", "sse4_2"} {
				if !have[f] {
					missing = append(missing, f)
				}
			}
			return missing
		}
	}
	return nil // not told: better to try than to refuse
}

// FreeDisk gives the bytes free for a directory that may not be there yet.
func FreeDisk(dir string) (int64, error) {
	at := dir
	for {
		var st syscall.Statfs_t
		err := syscall.Statfs(at, &st)
		if err == nil {
			return int64(st.Bavail) * st.Bsize, nil
		}
		if !errors.Is(err, fs.ErrNotExist) || at == filepath.Dir(at) {
			return 0, fmt.Errorf("preflight: disk of %s: %w", at, err)
		}
		at = filepath.Dir(at)
	}
}

// PortFree tries to listen where the app will be published, and lets go at once.
func PortFree(ctx context.Context, address string, port int) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", net.JoinHostPort(address, strconv.Itoa(port)))
	if err != nil {
		return fmt.Errorf("preflight: port: %w", err)
	}
	return l.Close()
}

// EngineProblem sorts the reasons for which no engine answers: each has its own remedy.
func EngineProblem(err error) string {
	text := ""
	if err != nil {
		text = err.Error()
	}
	switch {
	case err == nil:
		return ""
	case errors.Is(err, fs.ErrPermission) || strings.Contains(text, "permission denied"):
		return "denied"
	case errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, fs.ErrNotExist) ||
		strings.Contains(text, "Cannot connect to the Docker daemon") || strings.Contains(text, "no such file"):
		return "absent"
	}
	return "silent"
}
