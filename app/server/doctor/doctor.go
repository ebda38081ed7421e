// Package doctor is `dingban doctor`: it looks at what the server depends on and says
// what is wrong in the operator's language. `doctor db` examines the database and
// tries there, in tables of its own that it drops again, what the server will do; on
// a Dameng its report is what a customer sends back.
package doctor

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"dingban/app/platform/db"
	"dingban/app/platform/lang"
	"dingban/configs"
)

// Words are the messages of the findings.
//
//go:embed locales/*.json
var Words embed.FS

// Status is how good a finding is.
type Status string

// The statuses: only a failure makes the command fail.
const (
	OK      Status = "ok"
	Warning Status = "warning"
	Failed  Status = "failed"
)

// Finding is the result of one check. Code has words in the locale files, Params fill them.
type Finding struct {
	Check  string         `json:"check"`
	Status Status         `json:"status"`
	Code   string         `json:"code"`
	Params map[string]any `json:"params,omitempty"`
	Text   string         `json:"text"`
}

// Report is what the doctor found.
type Report struct {
	Dialect  string    `json:"dialect"`
	Findings []Finding `json:"findings"`
}

// Failed tells whether anything has failed.
func (r *Report) Failed() bool {
	for _, f := range r.Findings {
		if f.Status == Failed {
			return true
		}
	}
	return false
}

func (r *Report) add(check string, status Status, code string, params map[string]any) {
	r.Findings = append(r.Findings, Finding{Check: check, Status: status, Code: "doctor." + code, Params: params})
}

// ErrFailed says that a check has failed; the report has said which.
var ErrFailed = errors.New("the database is not fit for DingBan as it is")

// ErrParked says the same of the journal.
var ErrParked = errors.New("a reader of the journal is parked, or the journal cannot be read")

// Command is `dingban doctor`.
func Command() *cobra.Command {
	group := &cobra.Command{Use: "doctor", Short: "Examine what the server depends on", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	group.AddCommand(examining(&cobra.Command{
		Use:   "db",
		Short: "Examine the database and try out what the server needs of it",
		Long: `Examine the database: version, character set, case and page size, isolation, privileges, clock and latency; and try out, in
tables of its own, which it drops again, what the server will do. Nothing else is changed. The flags are those of dingban serve.`,
	}, Examine, ErrFailed), examining(&cobra.Command{
		Use:   "journal",
		Short: "Show which readers of the journal are parked, at which entry and why, and which lag behind",
		Long: `Show for each reader of the journal (search, notifications, …) how far behind it is, and for a parked one the entry, the
error and how to run it again. Nothing is changed, and no key is needed. The flags are those of dingban serve.`,
	}, ExamineJournal, ErrParked))
	return group
}

// examining makes a command that examines the configured database; it ends with failure when
// something has failed.
func examining(cmd *cobra.Command, examine func(context.Context, *db.DB) *Report, failure error) *cobra.Command {
	var asJSON bool
	var language string
	load := configs.Flags(cmd)
	cmd.Args, cmd.SilenceUsage = cobra.NoArgs, true
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		loaded, err := load()
		if err != nil {
			return err
		}
		c := loaded.Config.Database
		d, err := db.OpenExisting(cmd.Context(), db.Options{DSN: loaded.Config.DSN(), PasswordFile: c.PasswordFile, Pool: db.Pool{MaxOpen: 4}})
		if err != nil {
			scheme, _, _ := strings.Cut(loaded.Config.DSN(), "://")
			report := &Report{Dialect: scheme}
			if missing := (*db.MissingError)(nil); errors.As(err, &missing) {
				report.add("connection", Failed, "missing", map[string]any{"file": missing.Path})
			} else {
				report.add("connection", Failed, "unreachable", map[string]any{"error": err.Error()})
			}
			return errors.Join(report.Write(cmd.OutOrStdout(), language, asJSON), failure)
		}
		report := examine(cmd.Context(), d)
		if err := report.Write(cmd.OutOrStdout(), language, asJSON); err != nil {
			return errors.Join(err, d.Close())
		}
		if report.Failed() {
			return errors.Join(failure, d.Close())
		}
		return d.Close()
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().StringVar(&language, "language", lang.Chinese, "language of the report: zh-CN or en")
	return cmd
}

// Write prints the report for people or programs.
func (r *Report) Write(w io.Writer, language string, asJSON bool) error {
	words, err := lang.NewCatalogue(Words)
	if err != nil {
		return fmt.Errorf("doctor: %w", err)
	}
	for i, f := range r.Findings {
		r.Findings[i].Text = words.Text(language, f.Code, f.Params)
	}
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		if err := enc.Encode(r); err != nil {
			return fmt.Errorf("doctor: %w", err)
		}
		return nil
	}
	for _, f := range r.Findings {
		if _, err := fmt.Fprintf(w, "%s  %s\n", words.Text(language, "doctor.status_"+string(f.Status), nil), f.Text); err != nil {
			return fmt.Errorf("doctor: %w", err)
		}
	}
	return nil
}

// Examine looks at a database. What cannot be asked is a finding, not an error.
func Examine(ctx context.Context, d *db.DB) *Report {
	r := &Report{Dialect: d.Dialect().Name()}
	if err := d.Ping(ctx); err != nil {
		r.add("connection", Failed, "unreachable", map[string]any{"error": err.Error()})
		return r
	}
	e := newExamination(r, d.Dialect(), d.Clock(), d.Engine().DB().DB)
	e.parameters(ctx)
	e.privileges(ctx)
	e.clocks(ctx)
	e.latency(ctx)
	e.tryOut(ctx)
	return r
}
