package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"

	"github.com/spf13/cobra"

	"dingban/configs"
)

// Command is `dingban serve`.
func Command() *cobra.Command {
	var load func() (*configs.Loaded, error)
	var demo bool
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the server",
		Long: `Run the server until it is told to stop (Ctrl+C or SIGTERM).

Without configuration it is a trial on this machine: SQLite and a local folder under --data-dir, HTTPS with a certificate
of its own. dingban config show lists every setting.`,
		Example: `  dingban serve --demo
  dingban serve --data-dir /srv/dingban --listen :443
  dingban serve --config /etc/dingban/dingban.yaml`,
		Args:         cobra.NoArgs,
		SilenceUsage: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			loaded, err := load()
			if err != nil {
				return err
			}
			return serve(cmd.Context(), loaded.Config, demo, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	load = configs.Flags(cmd)
	cmd.Flags().BoolVar(&demo, "demo", false, "write demo data (once): departments, people, projects and tasks in Chinese")
	return cmd
}

func serve(ctx context.Context, c configs.Config, demo bool, out, log io.Writer) error {
	logger := newLogger(c.Log, log)
	r, err := Start(ctx, c, Options{Log: logger}, demo, out)
	if err != nil {
		if ctx.Err() != nil {
			return errors.New("stopped before it was ready")
		}
		return err
	}
	waited := r.Wait(ctx)
	logger.Info("stopping", "drain", c.Server.Drain)
	if err := errors.Join(waited, r.Stop(ctx)); err != nil {
		return err
	}
	logger.Info("stopped")
	return nil
}

// newLogger writes what happened, never what people wrote.
func newLogger(c configs.Log, out io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil { // validated before
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(out, options))
	}
	return slog.New(slog.NewTextHandler(out, options))
}

// VersionCommand is `dingban version`.
func VersionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "dingban %s (%s, %s/%s)\n", configs.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}
