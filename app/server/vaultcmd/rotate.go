package vaultcmd

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"dingban/app/platform/clock"
	"dingban/app/platform/journal"
	"dingban/app/platform/vault"
	"dingban/app/platform/vault/kek"
	"dingban/app/platform/vault/reseal"
	"dingban/app/server"
	"dingban/configs"
)

func rotateCommand() *cobra.Command {
	group := &cobra.Command{Use: "rotate", Short: "Change the keys of one layer while the server works"}
	group.AddCommand(rotateData(), rotateIndex(), rotatePeppers(), rotateKEK(), rotateAll(), rotateRoot())
	return group
}

// layer is a command that begins new keys.
func layer(use, short, long string, do func(s *session, cmd *cobra.Command) error) *cobra.Command {
	var load func() (*configs.Loaded, error)
	var b bring
	cmd := &cobra.Command{Use: use, Short: short, Long: long, Args: cobra.NoArgs, SilenceUsage: true}
	cmd.RunE = run(&load, &b, func(cmd *cobra.Command, s *session) error { return do(s, cmd) })
	load = configs.Flags(cmd)
	b.flags(cmd)
	return cmd
}

func rotateData() *cobra.Command {
	return layer("data", "Begin the next epoch of the data keys; the server moves rows and the keys of files in the background", "", (*session).rotateData)
}

func (s *session) rotateData(cmd *cobra.Command) error {
	if err := s.vault.Rotate(cmd.Context(), vault.LayerData); err != nil {
		return err
	}
	key, files := s.vault.Target(vault.Column{}).Key, s.vault.Target(vault.Column{Purpose: vault.PurposeFile}).Key
	fmt.Fprintf(cmd.OutOrStdout(), "Key %d seals from now on, and key %d the keys of files. A running server moves what is sealed; dingban vault rewrap does it at once, dingban vault status tells how far it is.\n", key, files)
	return s.record(cmd.Context(), "vault.rotate", journal.Change{Field: "layer", To: "data"}, journal.Change{Field: "key", To: key})
}

func rotateIndex() *cobra.Command {
	return layer("index", "Begin a new key of the index; the server makes blind numbers and the search index anew in the background", `Begin a new key of the index, with which the numbers are made by which sealed values are found. A running server makes the
search index anew beside the one in use, and the numbers of departments and files. Counts of failed log-ins, which last
minutes, begin anew.`, (*session).rotateIndex)
}

func (s *session) rotateIndex(cmd *cobra.Command) error {
	if err := s.vault.Rotate(cmd.Context(), vault.LayerIndex); err != nil {
		return err
	}
	key := s.vault.IndexKey()
	fmt.Fprintf(cmd.OutOrStdout(), "Key %d makes blind numbers from now on. A running server makes the search index and older numbers anew.\n", key)
	return s.record(cmd.Context(), "vault.rotate", journal.Change{Field: "layer", To: "index"}, journal.Change{Field: "key", To: key})
}

func rotatePeppers() *cobra.Command {
	return layer("peppers", "Begin a new key of password hashes; each hash moves when its person signs in", `Begin a new key of password hashes. A hash cannot be made anew without its password, so it moves when its person signs in the
next time. The hashes of earlier passwords, which may not be used again, keep their key until they are forgotten.`, (*session).rotatePeppers)
}

func (s *session) rotatePeppers(cmd *cobra.Command) error {
	if err := s.vault.Rotate(cmd.Context(), vault.LayerPeppers); err != nil {
		return err
	}
	key := s.vault.PepperKey()
	fmt.Fprintf(cmd.OutOrStdout(), "Key %d is mixed into password hashes from now on; each moves when its person signs in.\n", key)
	return s.record(cmd.Context(), "vault.rotate", journal.Change{Field: "layer", To: "peppers"}, journal.Change{Field: "key", To: key})
}

func rotateKEK() *cobra.Command {
	return layer("kek", "Make a new key-encryption key and wrap every data key with it", "", (*session).rotateKEK)
}

func (s *session) rotateKEK(cmd *cobra.Command) error {
	if err := s.vault.RotateKEK(cmd.Context()); err != nil {
		return err
	}
	fmt.Fprintln(cmd.OutOrStdout(), "Every data key is wrapped by a new key-encryption key. Nothing sealed had to change.")
	return s.record(cmd.Context(), "vault.rotate", journal.Change{Field: "layer", To: "kek"})
}

func rotateAll() *cobra.Command {
	return layer("all", "All of data, index, peppers and kek", "", func(s *session, cmd *cobra.Command) error {
		for _, rotate := range []func(*session, *cobra.Command) error{
			(*session).rotateData, (*session).rotateIndex, (*session).rotatePeppers, (*session).rotateKEK,
		} {
			if err := rotate(s, cmd); err != nil {
				return err
			}
		}
		return nil
	})
}

func rotateRoot() *cobra.Command {
	var load func() (*configs.Loaded, error)
	var b bring
	var to, file, newPassphrase, kdf string
	cmd := &cobra.Command{
		Use: "root", Short: "Change KEK0: a new file, a passphrase or a device (shares: dingban vault shares)", Args: cobra.NoArgs, SilenceUsage: true,
		Long: `Change KEK0. The key-encryption keys in the database are wrapped by the new one; nothing sealed has to change.

From a key file to a new one in the same place, running servers go on without a restart, and the old file is kept beside it
until you destroy it. To another kind, set vault.kek and vault.kek_file as the command says, then restart every server.`,
	}
	cmd.RunE = run(&load, &b, func(cmd *cobra.Command, s *session) error {
		now, _ := s.config.KEKFile()
		inPlace := to == kek.KindFile && s.config.Vault.KEK == kek.KindFile && file == ""
		if file == "" && !inPlace {
			return errors.New("vault: --file: name the new key file; it must not be there yet")
		}
		if inPlace {
			file = now + ".new"
		}
		p, err := s.newRoot(to, file, newPassphrase, kdf)
		if err != nil {
			return err
		}
		if err := s.vault.RotateRoot(cmd.Context(), p); err != nil {
			return err
		}
		out := cmd.OutOrStdout()
		if inPlace {
			kept, err := kek.Replace(now, file)
			if err != nil {
				return err
			}
			fmt.Fprintf(out, "%s holds a new key. The old one is in %s: backups made before need it; destroy it with them.\n", now, kept)
		} else {
			fmt.Fprintf(out, "KEK0 is now of kind %s in %s. Set vault.kek: %s and vault.kek_file: %s, then restart every server.\n", to, file, to, file)
		}
		return s.record(cmd.Context(), "vault.rotate", journal.Change{Field: "layer", To: "root"}, journal.Change{Field: "kind", From: s.config.Vault.KEK, To: to})
	})
	load = configs.Flags(cmd)
	b.flags(cmd)
	cmd.Flags().StringVar(&to, "to", kek.KindFile, "file, passphrase, sdf or skf")
	cmd.Flags().StringVar(&file, "file", "", "where the new key file is to be")
	cmd.Flags().StringVar(&newPassphrase, "new-passphrase-file", "", "file with the new passphrase, mode 0600; a terminal is asked otherwise")
	cmd.Flags().StringVar(&kdf, "kdf", kek.KDFArgon2id, "how the passphrase is stretched: argon2id or pbkdf2-hmac-sm3")
	return cmd
}

// newRoot is the provider to move to.
func (s *session) newRoot(to, file, wordsFile, kdf string) (kek.Provider, error) {
	switch to {
	case kek.KindFile:
		return &kek.File{Path: file, MayCreate: true}, nil
	case kek.KindSDF, kek.KindSKF:
		return server.DeviceRoot(s.config, to, file, true), nil
	case kek.KindPassphrase:
		p := &kek.Passphrase{Path: file, WordsFile: wordsFile, KDF: kdf, MayCreate: true}
		if wordsFile != "" {
			return p, nil
		}
		words, err := s.in.secret("New passphrase: ")
		if err != nil {
			return nil, err
		}
		again, err := s.in.secret("Once more: ")
		if err != nil {
			return nil, err
		}
		defer clear(words)
		defer clear(again)
		if string(words) != string(again) {
			return nil, errors.New("vault: the two passphrases differ; nothing was changed")
		}
		_, err = p.Offer(string(words))
		return p, err
	}
	return nil, fmt.Errorf("vault: --to: %q is not one of file, passphrase, sdf, skf; shares are made by dingban vault shares", to)
}

func rewrapCommand() *cobra.Command {
	var load func() (*configs.Loaded, error)
	var b bring
	var rate int
	cmd := &cobra.Command{
		Use: "rewrap", Short: "Move everything sealed to the newest key and the configured suite, and show how far it is", Args: cobra.NoArgs, SilenceUsage: true,
		Long: `Move everything sealed to the newest key and the configured suite, and show how far it is. It can be stopped at any time and
goes on where it stopped. When a server is at work on it already, this command only watches.`,
	}
	cmd.RunE = run(&load, &b, func(cmd *cobra.Command, s *session) error {
		w, err := s.worker(rate)
		if err != nil {
			return err
		}
		out, last := cmd.OutOrStdout(), time.Time{}
		tell := func(p reseal.Progress) {
			if p.Finished == 0 && time.Since(last) < time.Second {
				return
			}
			last = clock.Mark()
			state := fmt.Sprintf("%d of %d", p.Seen, p.Total)
			if p.Finished != 0 {
				state = fmt.Sprintf("done, %d moved, %d damaged", p.Moved, p.Damaged)
			}
			fmt.Fprintf(out, "%s: %s\n", p.Place, state)
		}
		for {
			err := w.Run(cmd.Context(), tell)
			if !errors.Is(err, reseal.ErrBusy) {
				return err
			}
			all, err := w.Status(cmd.Context())
			if err != nil {
				return err
			}
			for _, p := range all {
				if p.Finished == 0 && p.Started != 0 {
					fmt.Fprintf(out, "%s: %d of %d (another process is at work)\n", p.Place, p.Seen, p.Total)
				}
			}
			select {
			case <-cmd.Context().Done():
				return cmd.Context().Err()
			case <-time.After(2 * time.Second):
			}
		}
	})
	load = configs.Flags(cmd)
	b.flags(cmd)
	cmd.Flags().IntVar(&rate, "rate", 0, "rows a second; vault.reseal_rate when 0")
	return cmd
}
