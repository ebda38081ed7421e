// Package vaultcmd is `dingban vault`: it shows the keys of an installation, changes them while the server works, moves what is
// sealed to new ones, splits KEK0 among people, and prints the sheet that belongs in a safe. No secret is ever an argument or in
// the environment: passphrases and shares come from a terminal or from files nobody else may read.
package vaultcmd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os/user"

	"github.com/spf13/cobra"

	"dingban/app/platform/actor"
	"dingban/app/platform/db"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/platform/vault"
	"dingban/app/platform/vault/kek"
	"dingban/app/platform/vault/reseal"
	"dingban/app/server"
	"dingban/configs"
)

// Command is `dingban vault`.
func Command() *cobra.Command {
	group := &cobra.Command{
		Use:   "vault",
		Short: "Look at, change and keep the keys of what is sealed",
		Long: `Look at, change and keep the keys of what is sealed.

KEK0 (a file, a passphrase, shares or a device) opens the key-encryption keys in the database, these open the data keys, and
these seal what people write. Every layer can be changed while the server works.`,
	}
	group.AddCommand(statusCommand(), rotateCommand(), rewrapCommand(), retireCommand(), sharesCommand(), unsealCommand(), sheetCommand())
	return group
}

// session is an installation whose database is open, and its vault if that was asked for.
type session struct {
	config configs.Config
	db     *db.DB
	vault  *vault.Vault
	log    *slog.Logger
	in     *terminal
}

// bring are the flags that say where people's parts of the key are.
type bring struct {
	passphraseFile string
	shareFiles     []string
}

func (b *bring) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&b.passphraseFile, "passphrase-file", "", "file with the passphrase, mode 0600; a terminal is asked otherwise")
	cmd.Flags().StringArrayVar(&b.shareFiles, "share-file", nil, "file with a share of the key, mode 0600; may be given several times; a terminal is asked otherwise")
}

func open(cmd *cobra.Command, load func() (*configs.Loaded, error)) (*session, error) {
	loaded, err := load()
	if err != nil {
		return nil, err
	}
	c := loaded.Config
	s := &session{config: c, log: slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelWarn})), in: newTerminal(cmd)}
	s.db, err = db.OpenExisting(cmd.Context(), db.Options{DSN: c.DSN(), PasswordFile: c.Database.PasswordFile, Pool: db.Pool{MaxOpen: 4}, Node: c.Server.Node, Log: s.log})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// unlock opens the vault with what people bring.
func (s *session) unlock(ctx context.Context, b bring) error {
	root := server.Root(s.config)
	if u, ok := root.(kek.Unsealer); ok && !u.Progress().Complete() {
		if err := s.ask(u, b); err != nil {
			return err
		}
	}
	// The command never makes a first key: a database without keys is one the server has not been started on.
	status, err := vault.ReadStatus(ctx, s.db)
	if err != nil {
		return fmt.Errorf("%w (start the server once: it makes the tables)", err)
	}
	if len(status.KEKs) == 0 {
		return errors.New("vault: this database has no keys yet; start the server once, it makes them")
	}
	s.vault, err = vault.Open(ctx, vault.Options{Root: root, DB: s.db, Suite: s.config.Vault.Suite, Log: s.log})
	return err
}

func (s *session) ask(u kek.Unsealer, b bring) error {
	files := b.shareFiles
	if b.passphraseFile != "" {
		files = append(files, b.passphraseFile)
	}
	for n := 0; !u.Progress().Complete(); n++ {
		var text []byte
		var err error
		switch {
		case n < len(files):
			text, err = kek.ReadWords(files[n])
		case u.Kind() == kek.KindShares:
			text, err = s.in.secret(fmt.Sprintf("Share %d of %d: ", u.Progress().Have+1, u.Progress().Need))
		default:
			text, err = s.in.secret("Passphrase: ")
		}
		if err != nil {
			return err
		}
		_, err = u.Offer(string(text))
		clear(text)
		if err != nil && n < len(files) {
			return fmt.Errorf("vault: %s: %w", files[n], err)
		}
		if err != nil {
			s.in.say("%v\n", err)
			if n > len(files)+10 {
				return err
			}
		}
	}
	return nil
}

func (s *session) close() error {
	var problems []error
	if s.vault != nil {
		problems = append(problems, s.vault.Close(context.Background()))
	}
	return errors.Join(append(problems, s.db.Close())...)
}

// record journals what was done with the keys, and by which account of the host.
func (s *session) record(ctx context.Context, verb string, changes ...journal.Change) error {
	who := "?"
	if u, err := user.Current(); err == nil {
		who = u.Username
	}
	j, err := journal.New(journal.Options{DB: s.db, Vault: s.vault, Log: s.log})
	if err != nil {
		return err
	}
	e := journal.Entry{Module: "vault", Verb: verb, Ref: ref.To("vault", 0), Changes: append(changes, journal.Change{Field: "host_account", To: who})}
	ctx = actor.With(ctx, actor.System("vault command"))
	return s.db.Tx(ctx, func(ctx context.Context) error { return j.Append(ctx, e) })
}

func (s *session) worker(rate int) (*reseal.Worker, error) {
	if rate == 0 {
		rate = s.config.Vault.ResealRate
	}
	return reseal.New(reseal.Options{
		DB: s.db, Vault: s.vault, Log: s.log, Columns: server.Sealed(), Numbered: server.Numbered(), Keys: server.KeyColumns(), Rate: rate,
	})
}

// counter looks at every row for the keys it needs.
func (s *session) counter() reseal.Counter {
	return reseal.Counter{DB: s.db, Columns: server.Sealed(), Keys: server.KeyColumns()}
}

// run opens the installation, with its vault if that is wanted, and closes it again.
func run(load *func() (*configs.Loaded, error), b *bring, do func(cmd *cobra.Command, s *session) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, _ []string) (err error) {
		s, err := open(cmd, *load)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.close()) }()
		if b != nil {
			if err := s.unlock(cmd.Context(), *b); err != nil {
				return err
			}
		}
		return do(cmd, s)
	}
}
