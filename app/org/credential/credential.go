// Package credential keeps the hashes of passwords: the present one of each person and the ones before it, which may not
// come back. Every comparison and every new hash passes the gate.
package credential

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"dingban/app/org/password"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/platform/vault"
	"dingban/dialects"
)

// Keeper keeps hashes in the tables org_credential and org_password, apart from people, so that nothing that reads
// people ever carries one.
type Keeper struct {
	db         *db.DB
	pepper     password.Pepper
	gate       *password.Gate
	iterations int
}

// New makes a keeper.
func New(d *db.DB, pepper password.Pepper, gate *password.Gate, iterations int) *Keeper {
	return &Keeper{db: d, pepper: pepper, gate: gate, iterations: iterations}
}

// Migrations are the steps in the chain.
func Migrations() []db.Migration {
	return []db.Migration{
		{ID: "20261124040103_org_credential", Module: "org", Up: createCredentials},
		{ID: "20261124040104_org_password", Module: "org", Up: createPasswords},
		{ID: "20261128110002_org_pepper_key", Module: "org", Up: addPepperKeys},
	}
}

func createCredentials(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "org_credential",
		Columns: []dialects.Column{
			{Name: "person_id", Type: dialects.ID, NotNull: true},
			{Name: "salt", Type: dialects.Bytes, Size: 16, NotNull: true},
			{Name: "iterations", Type: dialects.Int, NotNull: true},
			{Name: "digest", Type: dialects.Bytes, Size: 64, NotNull: true},
			{Name: "one_time_until", Type: dialects.Time, NotNull: true}, // 0: does not end
		},
		PrimaryKey: []string{"person_id"},
	})
}

func createPasswords(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "org_password",
		Columns: []dialects.Column{
			{Name: "person_id", Type: dialects.ID, NotNull: true},
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "salt", Type: dialects.Bytes, Size: 16, NotNull: true},
			{Name: "iterations", Type: dialects.Int, NotNull: true},
			{Name: "digest", Type: dialects.Bytes, Size: 64, NotNull: true},
		},
		PrimaryKey: []string{"person_id", "id"},
	})
}

func addPepperKeys(_ context.Context, m *db.Migrator) error {
	for _, table := range []string{"org_credential", "org_password"} {
		if err := m.AddColumn(table, dialects.Column{Name: "pepper_key", Type: dialects.Int, NotNull: true, Default: "0"}); err != nil {
			return err
		}
	}
	return nil
}

// PepperKeys are the columns that name the keys the hashes need.
func PepperKeys() []vault.KeyColumn {
	return []vault.KeyColumn{
		{Table: "org_credential", Column: "pepper_key", Purpose: vault.PurposePepper},
		{Table: "org_password", Column: "pepper_key", Purpose: vault.PurposePepper},
	}
}

type row struct {
	ID         int64  `xorm:"'id'"`
	Salt       []byte `xorm:"'salt'"`
	Iterations int    `xorm:"'iterations'"`
	Digest     []byte `xorm:"'digest'"`
	PepperKey  uint32 `xorm:"'pepper_key'"`
}

func (r row) hash() password.Hash {
	return password.Hash{Salt: r.Salt, Iterations: r.Iterations, Sum: r.Digest, PepperKey: r.PepperKey}
}

// Get gives the hash of a person's password.
func (k *Keeper) Get(ctx context.Context, personID int64) (password.Hash, error) {
	var rows []row
	if err := k.db.Session(ctx).SQL("SELECT salt, iterations, digest, pepper_key FROM org_credential WHERE person_id = ?", personID).Find(&rows); err != nil {
		return password.Hash{}, fmt.Errorf("org: read credential: %w", err)
	}
	if len(rows) == 0 {
		return password.Hash{}, fmt.Errorf("org: person %d has no credential", personID)
	}
	return rows[0].hash(), nil
}

// Put sets a person's password. One for a single use ends at oneTimeUntil; 0 does not end.
func (k *Keeper) Put(ctx context.Context, personID int64, h password.Hash, oneTimeUntil int64) error {
	err := k.db.Upsert(
		ctx, "org_credential", []string{"person_id"}, []string{"person_id", "salt", "iterations", "digest", "pepper_key", "one_time_until"},
		[][]any{{personID, h.Salt, h.Iterations, h.Sum, h.PepperKey, oneTimeUntil}},
	)
	if err != nil {
		return fmt.Errorf("org: write credential: %w", err)
	}
	return nil
}

// Choose sets a password its person chose, and remembers it so that it does not come back.
func (k *Keeper) Choose(ctx context.Context, personID int64, h password.Hash) error {
	if err := k.Put(ctx, personID, h, 0); err != nil {
		return err
	}
	earlier, err := k.earlier(ctx, personID)
	if err != nil {
		return err
	}
	if len(earlier) >= password.Remembered {
		oldest := earlier[password.Remembered-1].ID
		if _, err := k.db.Exec(ctx, "DELETE FROM org_password WHERE person_id = ? AND id <= ?", personID, oldest); err != nil {
			return fmt.Errorf("org: forget passwords: %w", err)
		}
	}
	err = k.db.InsertMany(ctx, "org_password", []string{"person_id", "id", "salt", "iterations", "digest", "pepper_key"},
		[][]any{{personID, k.db.NewID(), h.Salt, h.Iterations, h.Sum, h.PepperKey}})
	if err != nil {
		return fmt.Errorf("org: remember password: %w", err)
	}
	return nil
}

// Renew puts a hash in the place of another one of the same password, also where that is remembered.
func (k *Keeper) Renew(ctx context.Context, personID int64, old, fresh password.Hash) error {
	if err := k.Put(ctx, personID, fresh, 0); err != nil {
		return err
	}
	earlier, err := k.earlier(ctx, personID)
	if err != nil {
		return err
	}
	for _, r := range earlier {
		if !bytes.Equal(r.Salt, old.Salt) {
			continue
		}
		_, err := k.db.Exec(ctx, "UPDATE org_password SET salt = ?, iterations = ?, digest = ?, pepper_key = ? WHERE person_id = ? AND id = ?",
			fresh.Salt, fresh.Iterations, fresh.Sum, fresh.PepperKey, personID, r.ID)
		if err != nil {
			return fmt.Errorf("org: remember password: %w", err)
		}
	}
	return nil
}

// earlier lists the remembered passwords, newest first.
func (k *Keeper) earlier(ctx context.Context, personID int64) ([]row, error) {
	var rows []row
	err := k.db.Session(ctx).SQL("SELECT id, salt, iterations, digest, pepper_key FROM org_password WHERE person_id = ? ORDER BY id DESC LIMIT ?", personID, password.Remembered).Find(&rows)
	if err != nil {
		return nil, fmt.Errorf("org: read earlier passwords: %w", err)
	}
	return rows, nil
}

// Accept checks a new password against the policy and the ones used before, and hashes it. location is where its faults
// are reported, words are what it must not contain.
func (k *Keeper) Accept(ctx context.Context, personID int64, location, plain string, words ...string) (password.Hash, error) {
	var check input.Check
	for _, problem := range password.Check(plain, words...) {
		kv := make([]any, 0, 2)
		for name, value := range problem.Params {
			kv = append(kv, name, value)
		}
		check.Add(location, problem.Code, kv...)
	}
	if err := check.Err(); err != nil {
		return password.Hash{}, err
	}
	present, err := k.Get(ctx, personID)
	if err != nil {
		return password.Hash{}, err
	}
	earlier, err := k.earlier(ctx, personID)
	if err != nil {
		return password.Hash{}, err
	}
	used := []password.Hash{present}
	for _, r := range earlier {
		if string(r.Salt) != string(present.Salt) {
			used = append(used, r.hash())
		}
	}
	for _, h := range used {
		matched, err := k.Matches(ctx, h, plain)
		if err != nil {
			return password.Hash{}, err
		}
		if matched {
			return password.Hash{}, fault.Invalid(fault.At(location, "org.password_used", "count", password.Remembered))
		}
	}
	return k.Hash(ctx, plain)
}

// Matches compares a password with a hash.
func (k *Keeper) Matches(ctx context.Context, h password.Hash, plain string) (matched bool, err error) {
	err = k.work(ctx, func() error {
		var err error
		matched, err = h.Matches(plain, k.pepper)
		return err
	})
	return matched, err
}

// Hash hashes a new password.
func (k *Keeper) Hash(ctx context.Context, plain string) (h password.Hash, err error) {
	err = k.work(ctx, func() error {
		var err error
		h, err = password.New(plain, k.iterations, k.pepper)
		return err
	})
	return h, err
}

// OneTime makes a password for a single use and its hash.
func (k *Keeper) OneTime(ctx context.Context) (string, password.Hash, error) {
	secret, err := password.OneTime()
	if err != nil {
		return "", password.Hash{}, err
	}
	h, err := k.Hash(ctx, secret)
	return secret, h, err
}

// Dummy is what an account that does not exist is compared with.
func (k *Keeper) Dummy() password.Hash { return password.Dummy(k.iterations, k.pepper) }

// Weak tells whether a hash has fewer rounds than are asked for by now, or the pepper of an earlier key.
func (k *Keeper) Weak(h password.Hash) bool {
	return h.Iterations < k.iterations || h.PepperKey != k.pepper.PepperKey()
}

// work runs what is costly through the gate.
func (k *Keeper) work(ctx context.Context, work func() error) error {
	err := k.gate.Do(ctx, work)
	if errors.Is(err, password.ErrBusy) {
		return fault.New(fault.KindTooMany, "org.login_busy", "retryAfter", 2).Wrap(err)
	}
	if err != nil {
		return fmt.Errorf("org: hash: %w", err)
	}
	return nil
}
