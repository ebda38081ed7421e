package bench

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"dingban/app/platform/lang"
)

// Command is `dingban bench`.
func Command() *cobra.Command {
	var o Options
	var passwordFile string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Generate the load of N people and say whether this host carries it",
		Long: `Generate the load of N people at work and say whether this host carries it.

Each virtual person signs in with an account of its own (created on the first
run and kept in --people-file, mode 0600) and then opens boards and lists,
reads, creates, edits, moves, comments and searches, with think time between.
Twenty people share a project; these have the keys LOAD1, LOAD2 and so on.
--cleanup archives them and disables the accounts afterwards.

The run begins when the last person has signed in; how it went for those who
were at work before is reported beside it.

The account given must be allowed to create people and projects. The verdict
is "carried" when p95 of everything but the log-in stays below 100 ms and no
request fails. Exit status: 0 carried, 1 not carried or not run.`,
		Example: `  dingban bench --url https://dingban.example:8443 --ca ca.crt --account admin --tier enterprise
  dingban bench --url https://localhost:8443 --ca data/tls/ca.crt --people 200 --duration 60s --json`,
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: false,
		RunE: func(cmd *cobra.Command, _ []string) error {
			words, err := lang.NewCatalogue(Words)
			if err != nil {
				return err
			}
			language := lang.Match(strings.ReplaceAll(strings.SplitN(os.Getenv("LANG"), ".", 2)[0], "_", "-"))
			o.Text = func(code string, params map[string]any) string { return words.Text(language, code, params) }
			o.Progress, o.Live = cmd.ErrOrStderr(), term.IsTerminal(int(os.Stderr.Fd()))
			if o.Password, err = readPassword(cmd, passwordFile, o.Text("bench.password", map[string]any{"account": o.Account})); err != nil {
				return err
			}
			report, err := Run(cmd.Context(), o)
			if report != nil {
				if perr := report.print(cmd.OutOrStdout(), asJSON, o.Text); perr != nil {
					return errors.Join(err, perr)
				}
			}
			if err != nil {
				return err
			}
			if !report.Carried {
				cmd.SilenceErrors = true
				return ErrNotCarried
			}
			return nil
		},
	}
	home, err := os.UserCacheDir()
	if err != nil {
		home = os.TempDir()
	}
	f := cmd.Flags()
	f.StringVar(&o.URL, "url", "https://localhost:8443", "address of the appliance")
	f.StringVar(&o.CAFile, "ca", "", "file with the CA certificate to trust besides the system's")
	f.StringVar(&o.Account, "account", "admin", "account that prepares people and project")
	f.StringVar(&passwordFile, "password-file", "", "file with its password (asked for when missing)")
	f.StringVar(&o.PeopleFile, "people-file", filepath.Join(home, "dingban-bench-people.json"), "where the virtual people's accounts are kept between runs")
	f.StringVar(&o.Tier, "tier", "basic", "tier to judge against: basic (50 people) or enterprise (200)")
	f.IntVar(&o.People, "people", 0, fmt.Sprintf("virtual people, 1 to %d (default: the tier's)", MaxPeople))
	f.DurationVar(&o.Duration, "duration", time.Minute, "length of the run from when all have arrived, 1s to 1h")
	f.DurationVar(&o.Ramp, "ramp", 15*time.Second, "time over which the people arrive")
	f.DurationVar(&o.Think, "think", time.Second, "mean pause between two actions of a person")
	f.IntVar(&o.Tasks, "tasks", 60, "tasks that must exist in each project before the run, at most 200 are used")
	f.IntSliceVar(&o.CPUPIDs, "cpu-pid", nil, "processes on this machine whose processor time is stated per request")
	f.BoolVar(&o.Cleanup, "cleanup", false, "afterwards archive the project and disable the accounts")
	f.BoolVar(&asJSON, "json", false, "print the report as JSON")
	return cmd
}

// readPassword keeps the password out of the argument list: it comes from a
// file or is typed.
func readPassword(cmd *cobra.Command, file, prompt string) (string, error) {
	if file != "" {
		raw, err := os.ReadFile(file)
		if err != nil {
			return "", fmt.Errorf("--password-file: %w", err)
		}
		return strings.TrimRight(string(raw), "\r\n"), nil
	}
	fd := int(os.Stdin.Fd())
	if !term.IsTerminal(fd) {
		return "", errors.New("--password-file: needed where no terminal can ask for the password")
	}
	fmt.Fprint(cmd.ErrOrStderr(), prompt)
	raw, err := term.ReadPassword(fd)
	fmt.Fprintln(cmd.ErrOrStderr())
	return string(raw), err
}

func (r *Report) print(out io.Writer, asJSON bool, text func(string, map[string]any) string) error {
	if asJSON {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	}
	fmt.Fprintln(out, text("bench.title", map[string]any{"people": r.People, "seconds": int(r.Seconds), "requests": r.Requests, "rate": int(r.Throughput), "errors": r.Errors}))
	fmt.Fprintln(out, text("bench.latency", map[string]any{"p50": r.P50, "p95": r.P95, "p99": r.P99}))
	if r.CPUPerRequest > 0 {
		fmt.Fprintln(out, text("bench.cpu", map[string]any{"cpu": fmt.Sprintf("%.2f", r.CPUPerRequest)}))
	}
	fmt.Fprintln(out, text("bench.arrival", map[string]any{
		"people": r.Arrival.LogIn.Count, "seconds": int(r.Arrival.Seconds), "login": r.Arrival.LogIn.P95, "p95": r.Arrival.P95,
	}))
	table := tabwriter.NewWriter(out, 2, 8, 2, ' ', 0)
	fmt.Fprintln(table, text("bench.columns", nil))
	for _, op := range append(r.Operations, r.Arrival.LogIn) {
		fmt.Fprintf(table, "%s\t%d\t%.1f\t%.1f\t%.1f\t%.1f\t%s\n", op.Name, op.Count, op.P50, op.P95, op.P99, op.Max, summary(op.Errors))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	verdict := "bench.carried"
	if !r.Carried {
		verdict = "bench.not_carried"
	}
	fmt.Fprintln(out, text(verdict, map[string]any{"people": r.People, "limit": r.LimitP95}))
	return nil
}

func summary(errs map[string]int) string {
	parts := make([]string, 0, len(errs))
	for why, n := range errs {
		parts = append(parts, fmt.Sprintf("%d× %s", n, why))
	}
	return strings.Join(parts, "; ")
}
