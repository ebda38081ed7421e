package audit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/journal"
	"dingban/app/platform/journal/proof"
	"dingban/app/platform/ref"
)

func exportCommand() *cobra.Command {
	return withJournal(&cobra.Command{
		Use:   "export FILE",
		Short: "Write all signed entries into a file that is verified without the appliance",
		Long: `Write all signed entries into a file that is verified without the appliance (dingban audit verify --file).

The form of the file is documented in the comment of package app/platform/journal/proof. Field values stay sealed in it.
Entries younger than the newest checkpoint, a minute at most, come with the next export.`,
		Args: cobra.ExactArgs(1),
	}, func(cmd *cobra.Command, o *opened, args []string) error {
		e, err := o.export(cmd.Context(), args[0], 0)
		if err != nil {
			return err
		}
		if err := o.record(cmd.Context(), "audit.export", e, nil); err != nil {
			return err
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d entries, %d to %d, in %s\n", e.Entries, e.From+1, e.Seq, args[0])
		return err
	})
}

func retireCommand() *cobra.Command {
	return withJournal(&cobra.Command{
		Use:   "retire FOLDER",
		Short: "Export what is older than journal.retention_days, check the file and remove it from the database",
		Long: `Export whole signed segments that are older than journal.retention_days into a file in FOLDER, read the file back and
check it, and remove what it holds from the database. A signed statement stays, so that the rest still verifies and the
next file follows on this one. Keep the file: the entries are nowhere else.`,
		Args: cobra.ExactArgs(1),
	}, func(cmd *cobra.Command, o *opened, args []string) error {
		ctx, out := cmd.Context(), cmd.OutOrStdout()
		if err := o.journal.Sweep(ctx); err != nil { // what an interrupted one left
			return err
		}
		now := time.UnixMilli(clock.Millis(clock.System()))
		before := now.AddDate(0, 0, -o.config.Journal.RetentionDays).UnixMilli()
		file := filepath.Join(args[0], "dingban-journal-"+now.UTC().Format("20060102T150405Z")+".export")
		e, err := o.export(ctx, file, before)
		if errors.Is(err, journal.ErrNothing) {
			_, err = fmt.Fprintf(out, "nothing is older than %d days\n", o.config.Journal.RetentionDays)
			return err
		}
		if err != nil {
			return err
		}
		f, err := os.Open(file)
		if err != nil {
			return fmt.Errorf("read the export back: %w", err)
		}
		defer f.Close()
		cut, err := o.journal.Cut(ctx, f, before, func(ctx context.Context, c proof.Cut) error {
			return o.record(ctx, "audit.retire", e, &c)
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%d entries, %d to %d, are in %s (SM3 %s) and no longer in the database\n", e.Entries, e.From+1, e.Seq, file, cut.Export)
		return err
	})
}

// export writes a new file, whole or not at all.
func (o *opened) export(ctx context.Context, file string, before int64) (e journal.Exported, err error) {
	part := file + ".part"
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return e, fmt.Errorf("export: %w", err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(part)
		}
	}()
	if e, err = o.journal.Export(ctx, f, before); err != nil {
		return e, err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return e, fmt.Errorf("export: %w", err)
	}
	if _, err := os.Stat(file); err == nil {
		return e, fmt.Errorf("export: %s is there already", file)
	}
	if err := os.Rename(part, file); err != nil {
		return e, fmt.Errorf("export: %w", err)
	}
	return e, nil
}

// record writes down what the operator of this machine did.
func (o *opened) record(ctx context.Context, verb string, e journal.Exported, cut *proof.Cut) error {
	changes := []journal.Change{{Field: "firstSeq", To: e.From + 1}, {Field: "lastSeq", To: e.Seq}, {Field: "entries", To: e.Entries}}
	if cut != nil {
		changes = append(changes, journal.Change{Field: "export", To: cut.Export.String()})
	}
	return writeDown(ctx, o.db, o.journal, verb, changes)
}

// writeDown writes one entry of the machine's operator, in the transaction of ctx or its
// own.
func writeDown(ctx context.Context, d *db.DB, j *journal.Journal, verb string, changes []journal.Change) error {
	if _, ok := actor.From(ctx); !ok {
		ctx = actor.With(ctx, actor.System("audit"))
	}
	return d.Tx(ctx, func(ctx context.Context) error {
		return j.Append(ctx, journal.Entry{Module: "audit", Verb: verb, Ref: ref.Ref{Kind: "journal"}, Changes: changes})
	})
}
