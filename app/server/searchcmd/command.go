// Package searchcmd is `dingban search`: it shows how the search index is and how far a rebuild, and has it built anew. It
// works on the configured database, beside a running server or without one.
package searchcmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/user"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/journal"
	"dingban/app/platform/vault"
	"dingban/app/search"
	"dingban/app/server"
	"dingban/configs"
)

// commandNode is the number under which commands make ids beside a running server.
const commandNode = 15

// Command is `dingban search`.
func Command() *cobra.Command {
	group := &cobra.Command{
		Use:   "search",
		Short: "Look at the search index, and have it built anew",
	}
	group.AddCommand(statusCommand(), rebuildCommand())
	return group
}

// on makes a command that works on the configured database.
func on(cmd *cobra.Command, run func(cmd *cobra.Command, c configs.Config, d *db.DB) error) *cobra.Command {
	load := configs.Flags(cmd)
	cmd.Args, cmd.SilenceUsage = cobra.NoArgs, true
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		loaded, err := load()
		if err != nil {
			return err
		}
		c := loaded.Config
		d, err := db.OpenExisting(cmd.Context(), db.Options{DSN: c.DSN(), PasswordFile: c.Database.PasswordFile, Pool: db.Pool{MaxOpen: 2}, Node: commandNode})
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, d.Close()) }()
		return run(cmd, c, d)
	}
	return cmd
}

func statusCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "status", Short: "Show how large the index is, and how far a rebuild is",
		Long: `Show how large the index is, and how far a rebuild is. It needs no key.`,
	}
	var asJSON bool
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return on(cmd, func(cmd *cobra.Command, _ configs.Config, d *db.DB) error {
		p, err := search.ReadProgress(cmd.Context(), d, clock.System())
		if err != nil {
			return fmt.Errorf("%w (start the server once: it makes the tables)", err)
		}
		if asJSON {
			enc := json.NewEncoder(cmd.OutOrStdout())
			enc.SetIndent("", "  ")
			return enc.Encode(p)
		}
		return show(cmd, p)
	})
}

func show(cmd *cobra.Command, p search.Progress) error {
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "documents\t%d\nsegments\t%d\nepoch\t%d\n", p.Documents, p.Segments, p.Epoch)
	if p.StartedAt != nil {
		fmt.Fprintf(w, "last rebuild began\t%s\n", time.UnixMilli(*p.StartedAt).UTC().Format(time.RFC3339))
	}
	if p.Running {
		fmt.Fprintf(w, "rebuilding\t%s\n", line(p))
	}
	return w.Flush()
}

// line says how far a rebuild is.
func line(p search.Progress) string {
	text := fmt.Sprintf("%d of %d documents (%d%%)", p.Seen, p.Total, 100*p.Seen/max(1, p.Total))
	switch {
	case p.Stalled:
		return text + ", but no server is at it: the next one that starts goes on"
	case p.SecondsLeft != nil:
		return text + ", about " + (time.Duration(*p.SecondsLeft) * time.Second).String() + " left"
	default:
		return text
	}
}

func rebuildCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "rebuild", Short: "Have the index built anew, under a new key, while people search the old one",
		Long: `Have the index built anew, under a new key, while people search the old one.

The request goes through the journal: the server that leads it begins within a second, and if none runs, the next one that
starts. A rebuild that is interrupted goes on where it was. With --wait the command tells how far it is until it is done;
ending the command does not end the rebuild.`,
		Example: `  dingban search rebuild --wait
  dingban search status`,
	}
	var wait bool
	cmd.Flags().BoolVar(&wait, "wait", false, "wait until it is done, and tell how far it is")
	return on(cmd, func(cmd *cobra.Command, c configs.Config, d *db.DB) (err error) {
		v, err := vault.Open(cmd.Context(), vault.Options{Root: server.Root(c), DB: d, Suite: c.Vault.Suite})
		if err != nil {
			return fmt.Errorf("search: the journal cannot be written without the key; a rebuild can be asked for through the API, too: %w", err)
		}
		defer func() { err = errors.Join(err, v.Close(context.WithoutCancel(cmd.Context()))) }()
		j, err := journal.New(journal.Options{DB: d, Vault: v})
		if err != nil {
			return err
		}
		if err := ask(cmd.Context(), d, j); err != nil {
			return err
		}
		if !wait {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "the index is to be built anew; dingban search status tells how far it is")
			return err
		}
		return follow(cmd, d, j)
	})
}

// ask journals the request, with the account of the host that made it.
func ask(ctx context.Context, d *db.DB, j *journal.Journal) error {
	who := "?"
	if u, err := user.Current(); err == nil {
		who = u.Username
	}
	return search.AskRebuild(actor.With(ctx, actor.System("search command")), d, j, journal.Change{Field: "host_account", To: who})
}

const (
	lookEvery = 200 * time.Millisecond
	// patience is how long a server may take to see the request.
	patience = 15 * time.Second
)

// follow tells how far the rebuild is until the server has done what was asked for.
func follow(cmd *cobra.Command, d *db.DB, j *journal.Journal) error {
	ctx := cmd.Context()
	soon, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	asked, err := j.WaitNumbered(soon)
	if err != nil {
		return fmt.Errorf("search: no server has seen the request yet; it stays, and the next server that starts does it: %w", err)
	}
	for last := ""; ; {
		p, err := search.ReadProgress(ctx, d, clock.System())
		if err != nil {
			return err
		}
		done, err := handled(ctx, j, asked)
		if err != nil {
			return err
		}
		text := ""
		switch {
		case p.Running:
			text = line(p)
		case done:
			text = fmt.Sprintf("done: %d documents in the index", p.Documents)
		}
		if text != "" && text != last {
			last = text
			if _, err := fmt.Fprintln(cmd.OutOrStdout(), text); err != nil {
				return fmt.Errorf("search: %w", err)
			}
		}
		if done && !p.Running {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("search: not waiting any longer, the rebuild goes on: %w", context.Cause(ctx))
		case <-time.After(lookEvery):
		}
	}
}

// handled tells whether the request with this number has been done.
func handled(ctx context.Context, j *journal.Journal, asked int64) (bool, error) {
	readers, err := j.Readers(ctx)
	if err != nil {
		return false, err
	}
	for _, r := range readers {
		switch {
		case r.Name != search.KeepReader:
		case r.ParkedAt != 0:
			return false, fmt.Errorf("search: the rebuild fails and waits for dingban audit rerun %s: %s", r.Name, r.Error)
		default:
			return r.Seq >= asked, nil
		}
	}
	return false, nil
}
