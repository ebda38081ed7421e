package vaultcmd

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"dingban/app/platform/clock"
	"dingban/app/platform/journal"
	"dingban/app/platform/vault"
	"dingban/app/platform/vault/kek"
	"dingban/app/server"
	"dingban/configs"
)

func sharesCommand() *cobra.Command {
	var load func() (*configs.Loaded, error)
	var b bring
	var labels []string
	var threshold int
	var out string
	cmd := &cobra.Command{
		Use: "shares", Short: "Split a new KEK0 among people, 2 of 3 by default", Args: cobra.NoArgs, SilenceUsage: true,
		Long: `Make a new KEK0 and split it among people. Any --threshold of them open the vault together; fewer know nothing of the key.

Each share goes to a file of its own in the folder --out, or is shown on the terminal, one after the other. Before anything
changes the key is put together again from what was written or typed, so that a slip does not lock everybody out.`,
		Example: `  dingban vault shares --label 张三 --label 李四 --label 王五 --out /media/usb/shares`,
	}
	cmd.RunE = run(&load, &b, func(cmd *cobra.Command, s *session) error {
		key, err := kek.NewKey()
		if err != nil {
			return err
		}
		defer clear(key)
		shares, err := kek.Split(key, threshold, labels)
		if err != nil {
			return err
		}
		if out != "" {
			err = s.sharesToFiles(cmd, key, shares, out)
		} else {
			err = s.sharesToPeople(cmd, key, shares)
		}
		if err != nil {
			return err
		}
		if err := s.vault.RotateRoot(cmd.Context(), &kek.Given{From: &kek.Shares{}, Bytes: key}); err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "KEK0 is now in %d shares, of which %d open it. Set vault.kek: shares, then restart every server; each waits for its shares on its page, or for dingban vault unseal.\n", len(shares), threshold)
		return s.record(cmd.Context(), "vault.shares", journal.Change{Field: "threshold", To: threshold}, journal.Change{Field: "keepers", To: labels})
	})
	load = configs.Flags(cmd)
	b.flags(cmd)
	cmd.Flags().StringArrayVar(&labels, "label", nil, "whose share it is; once for each")
	cmd.Flags().IntVar(&threshold, "threshold", 2, "how many shares open the vault")
	cmd.Flags().StringVar(&out, "out", "", "folder for one file a share; the terminal otherwise")
	return cmd
}

func (s *session) sharesToFiles(cmd *cobra.Command, key []byte, shares []kek.Share, dir string) error {
	paths, err := kek.WriteShares(dir, key, shares)
	for _, path := range paths {
		fmt.Fprintln(cmd.OutOrStdout(), path)
	}
	return err
}

func (s *session) sharesToPeople(cmd *cobra.Command, key []byte, shares []kek.Share) error {
	if !s.in.shows() {
		return errors.New("vault: shares are shown only on a terminal; give a folder with --out")
	}
	for _, share := range shares {
		fmt.Fprintf(cmd.OutOrStdout(), "\nFor %s only, to be written down:\n\n  %s\n\n", share.Label, share.Text())
		if _, err := s.in.secret("Press Enter when it is written down; the screen is then cleared. "); err != nil {
			return err
		}
		fmt.Fprint(cmd.OutOrStdout(), "\x1b[2J\x1b[3J\x1b[H")
	}
	s.in.say("Now type %d of the shares as they were written down.\n", shares[0].Threshold)
	back := &kek.Shares{}
	if err := s.ask(back, bring{}); err != nil {
		return err
	}
	again, err := back.Key(cmd.Context())
	if err != nil {
		return err
	}
	defer clear(again)
	if !bytes.Equal(again, key) {
		return errors.New("vault: these are not the shares that were shown; nothing was changed")
	}
	return nil
}

func sheetCommand() *cobra.Command {
	var load func() (*configs.Loaded, error)
	var b bring
	var out string
	cmd := &cobra.Command{
		Use: "export-sheet", Short: "Print KEK0 on a sheet for the safe", Args: cobra.NoArgs, SilenceUsage: true,
		Long: `Print KEK0 on a sheet for the safe: with it and a backup everything can be read again, whatever was lost. It is shown only on a
terminal, or written to a new file of mode 0600 with --out. That it was printed is journalled.`,
	}
	cmd.RunE = run(&load, &b, func(cmd *cobra.Command, s *session) error {
		if out == "" && !s.in.shows() {
			return errors.New("vault: the sheet is shown only on a terminal; give a new file with --out")
		}
		root := server.Root(s.config)
		if u, ok := root.(kek.Unsealer); ok && !u.Progress().Complete() {
			if err := s.ask(u, b); err != nil {
				return err
			}
		}
		key, err := root.Key(cmd.Context())
		if err != nil {
			return err
		}
		defer clear(key)
		check, err := vault.CheckValue(key)
		if err != nil {
			return err
		}
		// Journalled first: a sheet nobody knows of is worse than an entry about one that was not printed.
		if err := s.record(cmd.Context(), "vault.export", journal.Change{Field: "check_value", To: check}); err != nil {
			return err
		}
		text := kek.Sheet(key, check, s.config.Vault.KEK, clock.System().Now())
		if out == "" {
			_, err := fmt.Fprint(cmd.OutOrStdout(), text)
			return err
		}
		return kek.WriteSecret(out, text)
	})
	load = configs.Flags(cmd)
	b.flags(cmd)
	cmd.Flags().StringVar(&out, "out", "", "new file for the sheet; the terminal otherwise")
	return cmd
}
