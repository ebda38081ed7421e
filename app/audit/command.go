package audit

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/journal"
	"dingban/app/platform/journal/anchor"
	"dingban/app/platform/journal/proof"
	"dingban/app/platform/vault"
	"dingban/configs"
)

// cliNode is the number under which commands make ids beside a running server.
const cliNode = 15

// errBad ends a verification that found something, after it was printed.
var errBad = errors.New("the journal is not what was written")

// Command is `dingban audit`.
func Command() *cobra.Command {
	group := &cobra.Command{
		Use:   "audit",
		Short: "Verify, export and retire the journal, and look after its readers",
	}
	group.AddCommand(verifyCommand(), exportCommand(), retireCommand(), keyCommand(), readersCommand(), rerunCommand(), skipCommand())
	return group
}

// opened is the journal of the configured database. It is not started: the server that
// runs beside the command does the work.
type opened struct {
	config  configs.Config
	db      *db.DB
	vault   *vault.Vault
	journal *journal.Journal
	anchors []journal.Anchor
}

func open(ctx context.Context, c configs.Config) (_ *opened, err error) {
	o := &opened{config: c}
	defer func() {
		if err != nil {
			err = errors.Join(err, o.close(context.WithoutCancel(ctx)))
		}
	}()
	if o.db, err = db.OpenExisting(ctx, db.Options{DSN: c.DSN(), PasswordFile: c.Database.PasswordFile, Node: cliNode}); err != nil {
		return nil, err
	}
	file, _ := c.KEKFile()
	if o.vault, err = vault.Open(ctx, vault.Options{KEKFile: file, DB: o.db}); err != nil {
		return nil, fmt.Errorf("vault.kek_file: %w", err)
	}
	if o.anchors, err = anchor.Open(ctx, c.Journal, clock.System()); err != nil {
		return nil, err
	}
	o.journal, err = journal.New(journal.Options{DB: o.db, Vault: o.vault})
	return o, err
}

func (o *opened) close(ctx context.Context) error {
	var problems []error
	if o.vault != nil {
		problems = append(problems, o.vault.Close(ctx))
	}
	if o.db != nil {
		problems = append(problems, o.db.Close())
	}
	return errors.Join(problems...)
}

// withJournal makes a command that works on the configured journal.
func withJournal(cmd *cobra.Command, run func(cmd *cobra.Command, o *opened, args []string) error) *cobra.Command {
	load := configs.Flags(cmd)
	cmd.SilenceUsage = true
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		loaded, err := load()
		if err != nil {
			return err
		}
		o, err := open(cmd.Context(), loaded.Config)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, o.close(context.WithoutCancel(cmd.Context()))) }()
		return run(cmd, o, args)
	}
	return cmd
}

func verifyCommand() *cobra.Command {
	var file, key, anchors string
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check every link, signature and checkpoint; name the first bad entry",
		Long: `Check every link, every signature and every checkpoint of the journal, and name the first entry that is wrong.

Without --file it is the journal of the configured database, compared with the configured anchors. With --file it is an
export, and nothing of the installation is needed: no database, no configuration, no secret key. --key names the public
key (dingban audit key) that was kept outside; without it an export is checked with the keys it brings along, which proves
only that it is whole. Keys are replaced now and then (dingban audit key rotate): any key of the line will do, since each is
linked to the next by a statement that both have signed. --anchors names a file of checkpoints kept outside: an anchor file, or the lines a syslog server
wrote.`,
		Example: `  dingban audit verify --config /etc/dingban/dingban.yaml
  dingban audit verify --file journal.export --key journal-key.pem`,
		Args: cobra.NoArgs,
	}
	withJournal(cmd, func(cmd *cobra.Command, o *opened, _ []string) error {
		kept, err := anchor.Newest(cmd.Context(), o.anchors)
		if err != nil {
			return err
		}
		more, keys, err := outside(anchors, key)
		if err != nil {
			return err
		}
		kept = append(kept, more...)
		r, err := o.journal.Verify(cmd.Context(), kept...)
		if err != nil {
			return err
		}
		if r.OK && len(keys) > 0 {
			line, err := o.journal.Line(cmd.Context())
			if err != nil {
				return err
			}
			if !line.Has(keys[0].ID()) {
				return fmt.Errorf("--key: the journal is not signed with this key (%s), nor with one that came before or after it", keys[0].ID())
			}
		}
		return printReport(cmd.OutOrStdout(), &r, len(kept))
	})
	online := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if file == "" {
			return online(cmd, args)
		}
		return verifyFile(cmd.OutOrStdout(), file, key, anchors)
	}
	cmd.Flags().StringVar(&file, "file", "", "export to check instead of the database")
	cmd.Flags().StringVar(&key, "key", "", "public key in PEM that was kept outside")
	cmd.Flags().StringVar(&anchors, "anchors", "", "file of checkpoints kept outside")
	return cmd
}

// outside reads what the verifier brings along.
func outside(anchors, key string) (list []proof.Checkpoint, keys []proof.PublicKey, err error) {
	if anchors != "" {
		if list, err = anchor.ReadFile(anchors); err != nil {
			return nil, nil, fmt.Errorf("--anchors: %w", err)
		}
	}
	if key != "" {
		raw, err := os.ReadFile(key)
		if err != nil {
			return nil, nil, fmt.Errorf("--key: %w", err)
		}
		k, err := proof.ParsePublicPEM(raw)
		if err != nil {
			return nil, nil, fmt.Errorf("--key: %w", err)
		}
		keys = append(keys, k)
	}
	return list, keys, nil
}

func verifyFile(out io.Writer, file, key, anchors string) error {
	kept, keys, err := outside(anchors, key)
	if err != nil {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("--file: %w", err)
	}
	defer f.Close()
	r, err := proof.CheckFile(f, keys, kept, nil)
	if err != nil {
		return fmt.Errorf("--file: %w", err)
	}
	if len(keys) == 0 {
		for _, k := range r.Keys {
			fmt.Fprintf(out, "no --key was given; the export brings %s along: compare it with one kept outside\n", k.ID())
		}
	}
	return printReport(out, &r.Report, len(kept))
}

func printReport(out io.Writer, r *proof.Report, anchors int) error {
	if !r.OK {
		at := "the journal"
		if r.FirstBad > 0 {
			at = fmt.Sprintf("number %d", r.FirstBad)
		}
		entry := ""
		if r.EntryID != 0 {
			entry = fmt.Sprintf(" (entry %d)", r.EntryID)
		}
		fmt.Fprintf(out, "BAD: %s is %s%s: %s\n%d entries after %d are good before it\n", at, inWords(r.Problem), entry, r.Detail, r.Entries, r.Start)
		return errBad
	}
	_, err := fmt.Fprintf(out, "good: %d entries after %d, %d checkpoints, signed up to %d, compared with %d checkpoints kept outside\nhead %d %s\n",
		r.Entries, r.Start, r.Checkpoints, r.Signed, anchors, r.Head, hex.EncodeToString(r.HeadHash))
	return err
}

// inWords makes a problem fit into the sentence of the report.
func inWords(problem string) string {
	switch problem {
	case proof.ProblemSuccession:
		return "wrong in the succession of its keys"
	case proof.ProblemUnknownKey:
		return "signed with an unknown key"
	case proof.ProblemRetiredKey:
		return "signed with a retired key"
	}
	return problem
}

func readersCommand() *cobra.Command {
	return withJournal(&cobra.Command{
		Use: "readers", Short: "Show how far each reader of the journal is and which one is parked", Args: cobra.NoArgs,
	}, func(cmd *cobra.Command, o *opened, _ []string) error {
		head, _, err := o.journal.Head(cmd.Context())
		if err != nil {
			return err
		}
		readers, err := o.journal.Readers(cmd.Context())
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "READER\tAT\tBEHIND\tSTATE\tERROR")
		for _, r := range readers {
			state := "works"
			if r.ParkedAt != 0 {
				state = "parked since " + time.UnixMilli(r.ParkedAt).Format(time.DateTime)
			} else if r.Attempts > 0 {
				state = fmt.Sprintf("failed %d times", r.Attempts)
			}
			fmt.Fprintf(table, "%s\t%d\t%d\t%s\t%s\n", r.Name, r.Seq, max(0, head-r.Seq), state, r.Error)
		}
		return table.Flush()
	})
}

func rerunCommand() *cobra.Command {
	return withJournal(&cobra.Command{
		Use: "rerun READER", Short: "Let a parked reader try its entry again", Args: cobra.ExactArgs(1),
	}, func(cmd *cobra.Command, o *opened, args []string) error {
		if err := rerun(cmd.Context(), o.db, o.journal, args[0]); err != nil {
			return err
		}
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s tries again within seconds, where the server runs\n", args[0])
		return err
	})
}

func skipCommand() *cobra.Command {
	return withJournal(&cobra.Command{
		Use: "skip READER ENTRY", Short: "Let a parked reader go on behind the entry with this number, without ever handling it", Args: cobra.ExactArgs(2),
	}, func(cmd *cobra.Command, o *opened, args []string) error {
		seq, err := strconv.ParseInt(args[1], 10, 64)
		if err != nil || seq < 1 {
			return fmt.Errorf("ENTRY: %q is not the number of an entry", args[1])
		}
		if err := skip(cmd.Context(), o.db, o.journal, args[0], seq); err != nil {
			return err
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s goes on behind entry %d within seconds, where the server runs\n", args[0], seq)
		return err
	})
}
