package testkit

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"dingban/app/platform/actor"
	"dingban/app/platform/db"
	"dingban/app/platform/vault"
)

// A test binary that finds this in its environment is a Process of a test.
const processEnv = "DINGBAN_TEST_PROCESS"

// Process is what another server on the database of a Kit has, in a process of its own, which can be killed.
type Process struct {
	DB    *db.DB
	Vault *vault.Vault
	Args  []string
}

// Main is the TestMain of a package whose tests start processes: in such a process it serves, with poll, lease and pool as
// in the product.
func Main(m *testing.M, serve func(ctx context.Context, p Process) error) {
	spec := os.Getenv(processEnv)
	if spec == "" {
		os.Exit(m.Run())
	}
	if err := process(spec, serve); err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func process(spec string, serve func(ctx context.Context, p Process) error) error {
	parts := strings.Split(spec, "\n") // DSN, key file, node, arguments
	node, err := strconv.Atoi(parts[2])
	if err != nil {
		return fmt.Errorf("testkit: %w", err)
	}
	ctx := actor.With(context.Background(), actor.System("server"))
	d, err := db.Open(ctx, db.Options{DSN: parts[0], Node: node, Pool: db.Pool{MaxOpen: 4}})
	if err != nil {
		return err
	}
	v, err := vault.Open(ctx, vault.Options{KEKFile: parts[1], DB: d})
	if err != nil {
		return err
	}
	return serve(ctx, Process{DB: d, Vault: v, Args: parts[3:]})
}

// StartProcess starts the test binary as another server on the kit's database; said gets each line that it prints. done is
// closed at the end of its output.
func (k *Kit) StartProcess(node int, said func(line string), args ...string) (cmd *exec.Cmd, done <-chan struct{}) {
	k.t.Helper()
	exe, err := os.Executable()
	Must(k.t, err)
	cmd = exec.Command(exe)
	cmd.Env = append(os.Environ(), processEnv+"="+strings.Join(append([]string{k.DSN, k.KEKFile, strconv.Itoa(node)}, args...), "\n"))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	Must(k.t, err)
	Must(k.t, cmd.Start())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for s := bufio.NewScanner(out); s.Scan(); {
			said(s.Text())
		}
	}()
	return cmd, ended
}
