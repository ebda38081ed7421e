package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"dingban/app/org"
	"dingban/app/org/credential"
	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/journal"
	"dingban/app/platform/lang"
	"dingban/app/platform/ref"
	"dingban/app/platform/vault"
	"dingban/app/platform/vault/kek"
	"dingban/app/platform/vault/reseal"
	"dingban/app/search"
	"dingban/configs"
)

// Root is the provider of KEK0 that a configuration asks for.
func Root(c configs.Config) kek.Provider {
	path, mayCreate := c.KEKFile()
	switch v := c.Vault; v.KEK {
	case kek.KindPassphrase:
		return &kek.Passphrase{Path: path, WordsFile: v.PassphraseFile, KDF: v.KDF, MayCreate: mayCreate}
	case kek.KindShares:
		return &kek.Shares{}
	case kek.KindSDF, kek.KindSKF:
		return DeviceRoot(c, v.KEK, path, mayCreate)
	default:
		return &kek.File{Path: path, MayCreate: mayCreate}
	}
}

// DeviceRoot is the provider of a file that the configured device opens.
func DeviceRoot(c configs.Config, kind, path string, mayCreate bool) kek.Provider {
	v := c.Vault.Device
	d := &kek.Device{Path: path, Helper: v.Helper, MayCreate: mayCreate, Request: kek.DeviceRequest{Kind: kind, Library: v.Library}}
	if kind == kek.KindSDF {
		d.Request.KeyIndex = v.KeyIndex
		return d
	}
	d.PINFile = v.PINFile
	d.Request.Name, d.Request.Application, d.Request.Container = v.Name, v.Application, v.Container
	return d
}

func (a *App) openVault(ctx context.Context) error {
	file, create := a.Config.KEKFile()
	if create {
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return fmt.Errorf("server: the folder of the key file cannot be made: %w", err)
		}
	}
	a.damage = newDamageLog(a.o.Clock)
	root := Root(a.Config)
	open := func(ctx context.Context) (*vault.Vault, error) {
		return vault.Open(ctx, vault.Options{
			Root: root, DB: a.DB, Clock: a.o.Clock, Suite: a.Config.Vault.Suite, OnDamage: a.damage.tell, Log: a.o.Log,
		})
	}
	v, err := open(ctx)
	if u, ok := root.(kek.Unsealer); ok && errors.Is(err, kek.ErrSealed) && a.o.Sealed != nil {
		v, err = a.o.Sealed(ctx, a, u, open)
	}
	if err != nil {
		a.explain(ctx, err)
		return fmt.Errorf("server: without its key (vault.kek, vault.kek_file) nothing can be read, so the server does not start: %w", err)
	}
	a.Vault = v
	a.onClose("vault", v.Close)
	a.Resealer, err = reseal.New(reseal.Options{
		DB: a.DB, Vault: v, Clock: a.o.Clock, Log: a.o.Log, Columns: Sealed(), Numbered: Numbered(), Keys: KeyColumns(),
		Rate: a.Config.Vault.ResealRate, Done: a.resealed,
	})
	return err
}

// explain tells the operator in every language what is wrong with a device: who stands before it reads one of them.
func (a *App) explain(ctx context.Context, err error) {
	var device *kek.DeviceError
	if !errors.As(err, &device) {
		return
	}
	for _, language := range lang.Languages() {
		a.o.Log.ErrorContext(ctx, a.Words.Text(language, device.Code, map[string]any{"left": device.Left, "library": device.Library}), "code", device.Code)
	}
}

// resealed journals that a column has moved to the newest key.
func (a *App) resealed(ctx context.Context, p reseal.Progress) {
	a.record(ctx, journal.Entry{
		Module: "vault", Verb: "vault.reseal", Ref: ref.To("key", int64(p.Target.Key)),
		Changes: []journal.Change{{Field: "column", To: p.Place}, {Field: "rows", To: p.Moved}, {Field: "damaged", To: p.Damaged}},
	})
}

// record journals something the server does by itself. What cannot be journalled is logged.
func (a *App) record(ctx context.Context, e journal.Entry) {
	ctx = actor.With(context.WithoutCancel(ctx), actor.System("vault"))
	if err := a.DB.Tx(ctx, func(ctx context.Context) error { return a.Journal.Append(ctx, e) }); err != nil {
		a.o.Log.ErrorContext(ctx, "an event of the vault is not in the journal", "verb", e.Verb, "error", err)
	}
}

const (
	// damageAgain is how long the same damage is not journalled again: a damaged title on a board is read all day.
	damageAgain = time.Hour
	// damageWaiting is how many different ones wait for the journal, and are remembered.
	damageWaiting = 1000
)

// damageLog hands damage from wherever it was found, often inside of a transaction, to the journal.
type damageLog struct {
	clock   clock.Clock
	waiting chan vault.Damage

	mu   sync.Mutex
	seen map[string]time.Time
}

func newDamageLog(c clock.Clock) *damageLog {
	return &damageLog{clock: c, waiting: make(chan vault.Damage, damageWaiting), seen: map[string]time.Time{}}
}

// tell takes damage without waiting. The metric counts every one, the journal the first of an hour.
func (l *damageLog) tell(d vault.Damage) {
	now := l.clock.Now()
	key := fmt.Sprintf("%s\x00%s\x00%d\x00%s", d.Cell.Table, d.Cell.Column, d.Cell.Row, d.Stream)
	l.mu.Lock()
	defer l.mu.Unlock()
	if at, ok := l.seen[key]; ok && now.Sub(at) < damageAgain {
		return
	}
	if len(l.seen) >= damageWaiting {
		clear(l.seen)
	}
	select {
	case l.waiting <- d:
		l.seen[key] = now
	default: // The next reader of it tells again.
	}
}

// journalDamage writes what was found until ctx ends.
func (a *App) journalDamage(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case d := <-a.damage.waiting:
			a.record(ctx, damageEntry(d))
		}
	}
}

func (a *App) journalDamageUntilClosed() {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.journalDamage(ctx)
	}()
	a.onClose("damage log", func(context.Context) error {
		stop()
		<-done
		return nil
	})
}

func damageEntry(d vault.Damage) journal.Entry {
	e := journal.Entry{Module: "vault", Verb: "vault.damage"}
	if d.Stream != "" {
		e.Ref, e.Changes = ref.To("file", 0), []journal.Change{{Field: "file", To: d.Stream}}
	} else {
		e.Ref, e.Changes = ref.To(d.Cell.Table, d.Cell.Row), []journal.Change{{Field: "column", To: d.Cell.Column}}
	}
	return e
}

// Sealed lists the sealed columns of the platform and of all modules. Answers kept for repeated requests stay as they are: they
// are gone after a day.
func Sealed() []vault.Column {
	return slices.Concat(
		[]vault.Column{
			// The inbox first: who looks at one after the other sees an entry that moves from it into the journal.
			{Table: "journal_inbox", Column: "changes", Kept: true},
			{Table: "journal", Column: "changes", Kept: true},
			{Table: "idempotency", Column: "body", Key: "hash", Kept: true},
			{Table: "journal_key", Column: "private"},
		},
		vault.FileColumns(), moduleColumns(),
	)
}

// Numbered lists the columns with numbers that can be made anew.
func Numbered() []vault.Numbered { return slices.Concat(vault.FileNumbers(), org.Numbered()) }

// KeyColumns lists the columns that name keys in clear.
func KeyColumns() []vault.KeyColumn {
	all := slices.Concat(credential.PepperKeys(), search.Keys())
	for _, n := range Numbered() {
		all = append(all, n.KeyColumn())
	}
	return all
}
