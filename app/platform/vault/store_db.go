package vault

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/vault/kek"
)

// Options say where the keys are.
type Options struct {
	// KEKFile is the key file: 64 hexadecimal digits, mode 0600 or 0400, owned by the user this process runs as.
	KEKFile string
	// Root gives KEK0 when it comes from elsewhere than KEKFile.
	Root kek.Provider
	DB   *db.DB
	// Clock is the system clock when nil.
	Clock clock.Clock
	// Create makes the key file if it is not there and the database has never had one.
	Create bool
	// Suite seals from now on, by its name in the configuration; SM4GCM when empty.
	Suite string
	// OnDamage hears of everything sealed that was refused. It must return at once.
	OnDamage func(Damage)
	// Log receives what is worth telling an operator; nil discards.
	Log *slog.Logger
}

// Open opens the vault of a database whose schema is up to date (see Migrations), making the keys on the first start. What is
// wrong with the key file comes back as a *KeyFileError; kek.ErrSealed says that people have to bring the key first.
func Open(ctx context.Context, o Options) (*Vault, error) {
	return openOn(ctx, dbStore{o.DB}, o)
}

const (
	kekTable    = "vault_kek"
	keyTable    = "vault_key"
	objectTable = "vault_object"
	objectBody  = "body"
)

type kekRow struct {
	Version   int64  `xorm:"pk 'version'"`
	RootCheck string `xorm:"'root_check'"`
	Check     string `xorm:"'key_check'"`
	Wrapped   []byte `xorm:"'wrapped'"`
	CreatedAt int64  `xorm:"'created_at'"`
	RetiredAt int64  `xorm:"'retired_at'"`
	Destroyed int64  `xorm:"'destroyed_at'"`
}

func (kekRow) TableName() string { return kekTable }

type keyRow struct {
	ID         int64  `xorm:"pk 'id'"`
	Purpose    string `xorm:"'purpose'"`
	Epoch      int64  `xorm:"'epoch'"`
	KEKVersion int64  `xorm:"'kek_version'"`
	Check      string `xorm:"'key_check'"`
	Wrapped    []byte `xorm:"'wrapped'"`
	Used       int64  `xorm:"'used'"`
	CreatedAt  int64  `xorm:"'created_at'"`
	Emptied    int64  `xorm:"'emptied_at'"`
	Destroyed  int64  `xorm:"'destroyed_at'"`
}

func (keyRow) TableName() string { return keyTable }

// dbStore is the KeyStore of the product.
type dbStore struct{ db *db.DB }

// Load reads the data keys first and then what opens them: a rotation in between adds versions and takes none away. So it needs
// no transaction, for which a database with one writer would make it wait.
func (s dbStore) Load(ctx context.Context) ([]KEKRecord, []KeyRecord, error) {
	var keyRows []keyRow
	if err := s.db.Session(ctx).Find(&keyRows); err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", keyTable, err)
	}
	var kekRows []kekRow
	if err := s.db.Session(ctx).Find(&kekRows); err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", kekTable, err)
	}
	keks := make([]KEKRecord, len(kekRows))
	for i, r := range kekRows {
		keks[i] = KEKRecord{
			Version: r.Version, RootCheck: r.RootCheck, Check: r.Check, Wrapped: r.Wrapped, CreatedAt: r.CreatedAt, RetiredAt: r.RetiredAt,
			DestroyedAt: r.Destroyed,
		}
	}
	keys := make([]KeyRecord, len(keyRows))
	for i, r := range keyRows {
		keys[i] = KeyRecord{
			ID: uint32(r.ID), Purpose: r.Purpose, Epoch: r.Epoch, KEKVersion: r.KEKVersion, Check: r.Check,
			Wrapped: r.Wrapped, Used: r.Used, CreatedAt: r.CreatedAt, EmptiedAt: r.Emptied, DestroyedAt: r.Destroyed,
		}
	}
	return keks, keys, nil
}

func (s dbStore) AddKEK(ctx context.Context, r KEKRecord) error {
	return s.add(ctx, kekTable, kekColumns(), kekValues(r))
}

func (s dbStore) AddKey(ctx context.Context, r KeyRecord) error {
	return s.add(ctx, keyTable, append(keyColumns(), "used"), append(keyValues(r), r.Used))
}

// add inserts a row. A plain insert, because the row may be taken by its id or by its purpose and epoch, and insert-ignore
// looks at one of the two.
func (s dbStore) add(ctx context.Context, table string, cols []string, values []any) error {
	err := s.db.InsertMany(ctx, table, cols, [][]any{values})
	if err != nil && !s.db.IsUnique(err) {
		return fmt.Errorf("add to %s: %w", table, err)
	}
	return nil
}

func (s dbStore) Use(ctx context.Context, id uint32, n int64) (int64, error) {
	row := keyRow{}
	err := s.db.Tx(ctx, func(ctx context.Context) error {
		q := s.db.Dialect().Quote
		if _, err := s.db.Exec(ctx, "UPDATE "+q(keyTable)+" SET "+q("used")+" = "+q("used")+" + ? WHERE "+q("id")+" = ?", n, int64(id)); err != nil {
			return err
		}
		found, err := s.db.Session(ctx).ID(int64(id)).Get(&row)
		if err == nil && !found {
			err = ErrUnknownKey
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("count the use of key %d: %w", id, err)
	}
	return row.Used, nil
}

func (s dbStore) Rewrap(ctx context.Context, from string, keks []KEKRecord, keys []KeyRecord) error {
	return s.db.Tx(ctx, func(ctx context.Context) error {
		for _, r := range keks {
			if err := s.writeKEK(ctx, from, r); err != nil {
				return fmt.Errorf("write version %d to %s: %w", r.Version, kekTable, err)
			}
		}
		q := s.db.Dialect().Quote
		for _, r := range keys {
			// Not the count of uses, which goes on meanwhile.
			n, err := s.db.Exec(ctx, "UPDATE "+q(keyTable)+" SET "+q("kek_version")+" = ?, "+q("wrapped")+" = ? WHERE "+q("id")+" = ?",
				r.KEKVersion, r.Wrapped, int64(r.ID))
			if err != nil {
				return fmt.Errorf("write key %d to %s: %w", r.ID, keyTable, err)
			}
			if n != 1 {
				return fmt.Errorf("write key %d to %s: %w", r.ID, keyTable, ErrUnknownKey)
			}
		}
		return s.oneRoot(ctx)
	})
}

// writeKEK replaces the row of the same key, as long as it is still wrapped by the KEK0 it was read with, or inserts it, which
// fails when the version is taken.
func (s dbStore) writeKEK(ctx context.Context, from string, r KEKRecord) error {
	q := s.db.Dialect().Quote
	n, err := s.db.Exec(ctx, "UPDATE "+q(kekTable)+" SET "+q("root_check")+" = ?, "+q("wrapped")+" = ?, "+q("retired_at")+" = ? WHERE "+
		q("version")+" = ? AND "+q("key_check")+" = ? AND "+q("root_check")+" = ?", r.RootCheck, r.Wrapped, r.RetiredAt, r.Version, r.Check, from)
	if err != nil || n == 1 {
		return err
	}
	err = s.db.InsertMany(ctx, kekTable, kekColumns(), [][]any{kekValues(r)})
	if err != nil && s.db.IsUnique(err) {
		return errors.Join(ErrRotating, err)
	}
	return err
}

// oneRoot fails when a key encryption key was added under another KEK0 in the meantime: whoever has the one could not open the
// other.
func (s dbStore) oneRoot(ctx context.Context) error {
	var rows []kekRow
	if err := s.db.Session(ctx).Find(&rows); err != nil {
		return fmt.Errorf("read %s: %w", kekTable, err)
	}
	rows = slices.DeleteFunc(rows, func(r kekRow) bool { return r.Destroyed != 0 })
	for _, r := range rows {
		if r.RootCheck != rows[0].RootCheck {
			return ErrRotating
		}
	}
	return nil
}

// gone stands in a record in the place of a key that was destroyed.
func gone() []byte { return []byte{0} }

func (s dbStore) Emptied(ctx context.Context, id uint32, at int64) error {
	q := s.db.Dialect().Quote
	if _, err := s.db.Exec(ctx, "UPDATE "+q(keyTable)+" SET "+q("emptied_at")+" = ? WHERE "+q("id")+" = ?", at, int64(id)); err != nil {
		return fmt.Errorf("write key %d to %s: %w", id, keyTable, err)
	}
	return nil
}

func (s dbStore) Destroy(ctx context.Context, keys []uint32, keks []int64, at int64) error {
	q := s.db.Dialect().Quote
	return s.db.Tx(ctx, func(ctx context.Context) error {
		for _, id := range keys {
			_, err := s.db.Exec(ctx, "UPDATE "+q(keyTable)+" SET "+q("wrapped")+" = ?, "+q("destroyed_at")+" = ? WHERE "+q("id")+" = ? AND "+q("destroyed_at")+" = 0", gone(), at, int64(id))
			if err != nil {
				return fmt.Errorf("destroy key %d in %s: %w", id, keyTable, err)
			}
		}
		for _, version := range keks {
			_, err := s.db.Exec(ctx, "UPDATE "+q(kekTable)+" SET "+q("wrapped")+" = ?, "+q("destroyed_at")+" = ? WHERE "+q("version")+" = ? AND "+q("destroyed_at")+" = 0", gone(), at, version)
			if err != nil {
				return fmt.Errorf("destroy version %d in %s: %w", version, kekTable, err)
			}
			var left []keyRow
			if err := s.db.Session(ctx).SQL("SELECT "+q("id")+" FROM "+q(keyTable)+" WHERE "+q("kek_version")+" = ? AND "+q("destroyed_at")+" = 0", version).Find(&left); err != nil {
				return fmt.Errorf("read %s: %w", keyTable, err)
			}
			if len(left) > 0 {
				return fmt.Errorf("key encryption key %d wraps data key %d: %w", version, left[0].ID, ErrInUse)
			}
		}
		return nil
	})
}

func kekColumns() []string {
	return []string{"version", "root_check", "key_check", "wrapped", "created_at", "retired_at"} // The others are 0.
}

func kekValues(r KEKRecord) []any {
	return []any{r.Version, r.RootCheck, r.Check, r.Wrapped, r.CreatedAt, r.RetiredAt}
}

func keyColumns() []string {
	return []string{"id", "purpose", "epoch", "kek_version", "key_check", "wrapped", "created_at"}
}

func keyValues(r KeyRecord) []any {
	return []any{int64(r.ID), r.Purpose, r.Epoch, r.KEKVersion, r.Check, r.Wrapped, r.CreatedAt}
}
