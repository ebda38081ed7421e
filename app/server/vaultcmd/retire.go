package vaultcmd

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dingban/app/platform/journal"
	"dingban/app/platform/vault"
	"dingban/configs"
)

const day = 24 * time.Hour

func retireCommand() *cobra.Command {
	var load func() (*configs.Loaded, error)
	var b bring
	var graceDays int
	var yes bool
	cmd := &cobra.Command{
		Use: "retire", Short: "Destroy the old keys that nothing needs any longer", Args: cobra.NoArgs, SilenceUsage: true,
		Long: `Destroy the old keys that nothing needs any longer. Every row is looked at: a key is destroyed only when no row, file, number or
password hash needs it, and when that has been so for vault.retire_after_days.

What the time is for: a backup that is restored as a whole brings the keys of its time with it and needs nothing but KEK0 of that
time, so it stays readable. But single rows or tables that are brought back from a backup into the running database need the keys
they were sealed with, and so does a replica that lags behind. Keep keys at least as long as backups you do that with.

The journal is never sealed anew, because its chain covers what is sealed. Its keys are kept until its retention has cut the last
entry under them.`,
	}
	cmd.RunE = run(&load, &b, func(cmd *cobra.Command, s *session) error {
		if graceDays == 0 {
			graceDays = s.config.Vault.RetireAfter
		}
		return s.retire(cmd, time.Duration(graceDays)*day, yes)
	})
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error {
		if cmd.Flags().Changed("grace-days") && graceDays < 1 {
			return fmt.Errorf("vault: --grace-days is %d, and must be at least 1", graceDays)
		}
		return nil
	}
	load = configs.Flags(cmd)
	b.flags(cmd)
	cmd.Flags().IntVar(&graceDays, "grace-days", 0, "days since nothing needs a key, at least 1; vault.retire_after_days when not given")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func (s *session) retire(cmd *cobra.Command, grace time.Duration, yes bool) error {
	ctx, out := cmd.Context(), cmd.OutOrStdout()
	uses, err := s.counter().Count(ctx)
	if err != nil {
		return err
	}
	if err := s.vault.NoteEmpty(ctx, uses.Total); err != nil {
		return err
	}
	what, err := s.vault.Retirable(ctx, grace)
	if err != nil {
		return err
	}
	status, err := s.vault.Status(ctx)
	if err != nil {
		return err
	}
	for _, k := range keyReports(status, uses) {
		switch {
		case k.State != stateRetired:
		case k.Rows > 0:
			fmt.Fprintf(out, "Key %d (%s, epoch %d) stays: %d rows need it%s.\n", k.ID, k.Purpose, k.Epoch, k.Rows, keptFor(k))
		case !listed(what, k.ID):
			since, err := time.Parse(time.RFC3339, k.Emptied)
			if err != nil {
				return fmt.Errorf("vault: %w", err)
			}
			fmt.Fprintf(out, "Key %d (%s, epoch %d) stays until %s: nothing needs it since %s.\n", k.ID, k.Purpose, k.Epoch, since.Add(grace).Format(time.DateOnly), since.Format(time.DateOnly))
		}
	}
	if what.Empty() {
		fmt.Fprintln(out, "There is no key to destroy today.")
		return nil
	}
	for _, k := range what.Keys {
		fmt.Fprintf(out, "Key %d (%s, epoch %d, of %s): single rows from backups made before %s can never be read again.\n", k.ID, k.Purpose, k.Epoch, date(k.CreatedAt), date(k.EmptiedAt))
	}
	for _, k := range what.KEKs {
		fmt.Fprintf(out, "Key-encryption key %d (of %s): records of data keys copied from backups made before %s can never be opened again.\n", k.Version, date(k.CreatedAt), date(k.RetiredAt))
	}
	if !yes {
		if err := s.agree(cmd); err != nil {
			return err
		}
	}
	// Journalled first: an entry about keys that are still there is better than keys nobody knows the end of.
	if err := s.record(ctx, "vault.retire", journal.Change{Field: "keys", To: ids(what)}, journal.Change{Field: "key_encryption_keys", To: versions(what)}); err != nil {
		return err
	}
	if uses, err = s.counter().Count(ctx); err != nil {
		return err
	}
	if err := s.vault.Destroy(ctx, what, grace, uses.Total); err != nil {
		return err
	}
	fmt.Fprintf(out, "Destroyed: %d data keys and %d key-encryption keys.\n", len(what.Keys), len(what.KEKs))
	return nil
}

var errNotAgreed = errors.New("vault: not confirmed; nothing was destroyed")

// agree asks. Silence is not consent.
func (s *session) agree(cmd *cobra.Command) error {
	s.in.say("This cannot be undone. Type destroy to go on: ")
	answer, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("vault: %w", err)
	}
	if strings.TrimSpace(answer) != "destroy" {
		return errNotAgreed
	}
	return nil
}

func date(millis int64) string { return time.UnixMilli(millis).UTC().Format(time.DateOnly) }

func listed(r vault.Retirement, id uint32) bool {
	for _, k := range r.Keys {
		if k.ID == id {
			return true
		}
	}
	return false
}

func ids(r vault.Retirement) []uint32 {
	out := make([]uint32, len(r.Keys))
	for i, k := range r.Keys {
		out[i] = k.ID
	}
	return out
}

func versions(r vault.Retirement) []int64 {
	out := make([]int64, len(r.KEKs))
	for i, k := range r.KEKs {
		out[i] = k.Version
	}
	return out
}
