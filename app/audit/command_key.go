package audit

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"dingban/app/platform/db"
	"dingban/app/platform/journal"
	"dingban/app/platform/journal/proof"
	"dingban/app/platform/lang"
)

var errNotAgreed = errors.New("audit: not confirmed; the key stays")

func keyCommand() *cobra.Command {
	cmd := withJournal(&cobra.Command{
		Use: "key", Short: "Print the public key of the journal, to be kept outside; show and replace its keys", Args: cobra.NoArgs,
	}, func(cmd *cobra.Command, o *opened, _ []string) error {
		keys, err := o.journal.PublicKeys(cmd.Context())
		if err != nil {
			return err
		}
		if len(keys) == 0 {
			return journal.ErrNoKey
		}
		_, err = cmd.OutOrStdout().Write(keys[0].PEM())
		return err
	})
	cmd.AddCommand(keyShowCommand(), keyRotateCommand())
	return cmd
}

func keyShowCommand() *cobra.Command {
	var asJSON bool
	var language string
	cmd := withJournal(&cobra.Command{
		Use: "show", Short: "Show every key the journal was ever signed with, and its time", Args: cobra.NoArgs,
	}, func(cmd *cobra.Command, o *opened, _ []string) error {
		keys, err := keysOf(cmd.Context(), o.journal)
		if err != nil {
			return err
		}
		if asJSON {
			out := json.NewEncoder(cmd.OutOrStdout())
			out.SetIndent("", "  ")
			return out.Encode(Keys{Items: keys})
		}
		words, err := lang.NewCatalogue(Words)
		if err != nil {
			return err
		}
		return printKeys(cmd.OutOrStdout(), keys, func(code string, params map[string]any) string { return words.Text(language, code, params) })
	})
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().StringVar(&language, "language", lang.Chinese, "language of the table: zh-CN or en")
	return cmd
}

func printKeys(out io.Writer, keys []Key, text func(code string, params map[string]any) string) error {
	if len(keys) == 0 {
		_, err := fmt.Fprintln(out, text("audit.key_none", nil))
		return err
	}
	when := func(seq, at int64) string {
		return text("audit.key_when", map[string]any{"seq": seq, "at": time.UnixMilli(at).Format(time.DateTime)})
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", text("audit.key_id", nil), text("audit.key_state", nil), text("audit.key_since", nil), text("audit.key_until", nil))
	for i := range keys {
		k := &keys[i]
		until := "—"
		if k.State == KeyRetired {
			until = when(k.Last, k.Until)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", k.ID, text("audit.key_"+k.State, nil), when(k.After, k.Since), until)
	}
	return table.Flush()
}

func keyRotateCommand() *cobra.Command {
	var yes bool
	cmd := withJournal(&cobra.Command{
		Use:   "rotate",
		Short: "Replace the key that signs the journal, and destroy the old private key",
		Long: `Make a new key that signs the journal and destroy the private half of the old one. Servers may work meanwhile: from the
next checkpoint on they sign with the new key, and nothing they still sign with the old one is taken.

Both keys sign a statement that names the last checkpoint of the old key. dingban audit verify follows it, so who kept any of
the keys outside can check the whole journal with it, forward and backward. Exports written before know nothing of the new
key: keep the public key of their time with them. Keep the new public key outside too (dingban audit key).

What is destroyed is the old key in the database. Backups made before still hold it, sealed with the keys of their time.`,
		Args: cobra.NoArgs,
	}, func(cmd *cobra.Command, o *opened, _ []string) error {
		return rotateKey(cmd, o, yes)
	})
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func rotateKey(cmd *cobra.Command, o *opened, yes bool) error {
	ctx, out := cmd.Context(), cmd.OutOrStdout()
	keys, err := keysOf(ctx, o.journal)
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		return journal.ErrNoKey
	}
	fmt.Fprintf(out, "The journal is signed with key %s since %s. A new key takes its place; the private half of this one is destroyed and can never sign again.\n",
		keys[0].ID, time.UnixMilli(keys[0].Since).UTC().Format(time.DateOnly))
	if !yes {
		fmt.Fprint(cmd.ErrOrStderr(), "This cannot be undone. Type rotate to go on: ")
		answer, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("audit: %w", err)
		}
		if strings.TrimSpace(answer) != "rotate" { // Silence is not consent.
			return errNotAgreed
		}
	}
	x, err := rotate(ctx, o.db, o.journal)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "Key %s signs what comes after number %d. Keep it outside:\n%s", x.New.ID(), x.Seq, x.New.PEM())
	return err
}

// signingKey is what the journal keeps of a change of its key.
type signingKey struct {
	Key   string `journal:"key"`
	After int64  `journal:"after"`
}

func rotate(ctx context.Context, d *db.DB, j *journal.Journal) (proof.Succession, error) {
	return j.RotateKey(ctx, func(ctx context.Context, x *proof.Succession) error {
		return writeDown(ctx, d, j, "audit.rotate_key", journal.Diff(signingKey{Key: x.Old.ID().String()}, signingKey{Key: x.New.ID().String(), After: x.Seq}))
	})
}
