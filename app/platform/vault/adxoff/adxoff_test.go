package adxoff_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	_ "dingban/app/platform/vault/adxoff"
)

// answer builds one of the two programs in testdata, which differ only in importing adxoff, and runs it with the given GODEBUG.
func answer(t *testing.T, program, godebug string) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), program)
	if out, err := exec.Command("go", "build", "-o", bin, "./testdata/"+program).CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", program, err, out)
	}
	cmd := exec.Command(bin)
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "GODEBUG=") {
			cmd.Env = append(cmd.Env, kv)
		}
	}
	if godebug != "" {
		cmd.Env = append(cmd.Env, "GODEBUG="+godebug)
	}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("run %s: %v", program, err)
	}
	return strings.TrimSpace(string(out))
}

func affected(t *testing.T) bool {
	t.Helper()
	if runtime.GOARCH != "amd64" {
		return false
	}
	raw, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		t.Skipf("cannot tell what this processor has: %v", err)
	}
	has := map[string]bool{}
	for _, flag := range strings.Fields(string(raw)) {
		has[flag] = true
	}
	return has["adx"] && has["bmi2"]
}

// TestVectorShowsTheDefect holds the premise: where the processor has ADX and BMI2, gmsm alone refuses the valid signature.
// When this fails after an update of gmsm, the defect is gone and so may this package be.
func TestVectorShowsTheDefect(t *testing.T) {
	t.Parallel()
	if !affected(t) {
		t.Skip("this processor has no ADX, so gmsm is right by itself")
	}
	if got := answer(t, "without", ""); got != "false" {
		t.Errorf("gmsm with ADX verifies the vector of issue 560: %s; the defect seems mended", got)
	}
	if got := answer(t, "without", "cpu.adx=off"); got != "true" {
		t.Errorf("gmsm without ADX answers %s", got)
	}
}

func TestImportingMendsIt(t *testing.T) {
	t.Parallel()
	for _, godebug := range []string{"", "cpu.adx=on", "madvdontneed=1,cpu.adx=on", "http2debug=0"} {
		if got := answer(t, "with", godebug); got != "true" {
			t.Errorf("GODEBUG=%q: the valid signature verifies: %s", godebug, got)
		}
	}
}

// TestWhateverReachesSM2ImportsThis catches a package that signs or verifies in a binary of its own, say a small tool, with the
// defect still in it.
func TestWhateverReachesSM2ImportsThis(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-e", "-f", "{{.ImportPath}} {{join .Deps \" \"}}", "dingban/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := 0
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		deps := map[string]bool{}
		for _, d := range fields[1:] {
			deps[d] = true
		}
		if !deps["github.com/emmansun/gmsm/internal/sm2ec"] {
			continue
		}
		seen++
		if !deps["dingban/app/platform/vault/adxoff"] {
			t.Errorf("%s reaches the SM2 code of gmsm without importing adxoff", fields[0])
		}
	}
	if seen == 0 {
		t.Error("no package reaches SM2: the test looks at nothing")
	}
}

// TestStaysSmall holds the condition under which Go initialises this package before gmsm's.
func TestStaysSmall(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-f", "{{join .Imports \" \"}}", ".").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	if got := strings.TrimSpace(string(out)); got != "os" && runtime.GOARCH == "amd64" {
		t.Errorf("adxoff imports %q, it may import only os", got)
	}
}
