// Command dingban is the whole product: installer, server, backup engine and load test in one binary. Each sub-command
// lives with what it commands.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"dingban/app/audit"
	"dingban/app/server"
	"dingban/app/server/bench"
	"dingban/app/server/doctor"
	"dingban/app/server/searchcmd"
	"dingban/app/server/vaultcmd"
	"dingban/backup"
	"dingban/compose/images/entry"
	"dingban/configs"
	"dingban/installer"
	"dingban/installer/bundle"
	"dingban/licenses"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl+C does not wait any longer
	err := root().ExecuteContext(ctx)
	stop()
	if err != nil {
		os.Exit(1) // cobra has printed it
	}
}

func root() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "dingban",
		Short:   "DingBan: task collaboration on your own server",
		Version: configs.Version,
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		server.Command(), server.VersionCommand(),
		vaultcmd.Command(),
		searchcmd.Command(),
		configs.Command(),
		audit.Command(),
		doctor.Command(),
		backup.Command(configs.Version),
		bench.Command(),
		bundle.Command(configs.Version),
		entry.Command(),
	)
	cmd.AddCommand(append(installer.Commands(), licenses.Command())...)
	return cmd
}
