// Package signing keeps what the journal is signed with and what was signed: the one
// private key in use, sealed; the succession of keys; checkpoints and cuts. Package proof
// says what they mean.
//
// The table journal_key has one row, the key in use. Every signature is written in a
// transaction that counts it in this row, so of a server that signs and a Rotate that
// takes the key away one waits for the other, whoever leads: after the succession nothing
// signed with the old key is taken.
package signing

import (
	"context"
	"errors"
	"fmt"
	"math"

	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/journal/proof"
	"dingban/app/platform/vault"
)

var (
	// ErrKey says that the signing key in the database is not one that this installation
	// sealed.
	ErrKey = errors.New("journal: the signing key cannot be trusted")
	// ErrNoKey says that nothing was ever signed: the first start makes the key.
	ErrNoKey = errors.New("journal: there is no signing key before the first start of the server")
	// ErrReplaced says that another key has taken the place of the one that signed.
	ErrReplaced = errors.New("journal: the signing key was replaced")
	// ErrUnsound says that no key may follow, because what the present one signed last is
	// not there as it was signed.
	ErrUnsound = errors.New("journal: the newest checkpoint is not what the key in use has signed; verify the journal first")
)

// Sealer is the part of the vault that is needed.
type Sealer interface {
	Seal(c vault.Cell, plain []byte) ([]byte, error)
	Open(c vault.Cell, sealed []byte) ([]byte, error)
}

// Store is the tables of what is signed.
type Store struct {
	db    *db.DB
	vault Sealer
	clock clock.Clock
}

// New gives the store of a database.
func New(d *db.DB, v Sealer, c clock.Clock) *Store { return &Store{db: d, vault: v, clock: c} }

// Key is the private key in use.
type Key struct {
	*proof.Signer
	id int64
}

// Period is one key of the journal and its time.
type Period struct {
	Key proof.PublicKey
	// After is the number behind which it signs, Since when it began.
	After, Since int64
	// Last is the last number that it signed, Until when it was retired; 0 while it is in
	// use.
	Last, Until int64
}

// InUse says whether it signs now.
func (p *Period) InUse() bool { return p.Until == 0 }

// Periods gives every key the journal ever had, the newest first; none before the first
// start. They are told as they are recorded, whether or not they verify.
func (s *Store) Periods(ctx context.Context) ([]Period, error) {
	key, created, err := s.read(ctx)
	if err != nil || key == nil {
		return nil, err
	}
	successions, err := s.successions(ctx, proof.Hash{})
	if err != nil {
		return nil, err
	}
	list := []Period{{Key: key.Public, Since: created}}
	for i := len(successions) - 1; i >= 0; i-- {
		x := &successions[i]
		newer := &list[len(list)-1]
		newer.After, newer.Since = x.Seq, x.At
		list = append(list, Period{Key: x.Old, Last: x.Seq, Until: x.At})
	}
	oldest := &list[len(list)-1]
	if len(successions) > 0 {
		// The key in use may be the only one with a row of its own; the first one began with
		// the first checkpoint, if that is still there.
		first, err := s.Checkpoints(ctx, proof.Hash{}, 0, 1)
		if err != nil {
			return nil, err
		}
		if len(first) > 0 && first[0].Seq == 0 {
			oldest.Since = first[0].At
		}
	}
	return list, nil
}

// Line gives the keys with their successions, checked, and ending with the key in use,
// which is trusted because it was sealed here; none before the first start. What is
// wrong with the successions comes as a *proof.LineError.
func (s *Store) Line(ctx context.Context, chain proof.Hash) (proof.Line, error) {
	// Both in one view of the database: a key that is not that of the last succession would
	// look like tampering.
	for {
		key, err := s.Key(ctx)
		if err != nil || key == nil {
			return proof.Line{}, err
		}
		list, err := s.successions(ctx, chain)
		if err != nil {
			return proof.Line{}, err
		}
		again, err := s.Key(ctx)
		if err != nil {
			return proof.Line{}, err
		}
		if again == nil || again.id != key.id {
			continue // it was replaced meanwhile
		}
		line, err := proof.NewLine(chain, []proof.PublicKey{key.Public}, list)
		if n := len(list); err == nil && n > 0 && list[n-1].New.ID() != key.Public.ID() {
			err = &proof.LineError{
				Seq: list[n-1].Seq, Problem: proof.ProblemSuccession,
				Detail: fmt.Sprintf("the key in use (%s) is not the one that the last succession brought: one is gone", key.Public.ID()),
			}
		}
		return line, err
	}
}

// Begin makes the first key with the first checkpoint, unless another server was faster:
// where there is a key there is a checkpoint.
func (s *Store) Begin(ctx context.Context, chain proof.Hash) error {
	signer, sealed, err := s.fresh(1)
	if err != nil {
		return err
	}
	now := clock.Millis(s.clock)
	first := proof.Checkpoint{Chain: chain, Head: chain, Root: (&proof.Tree{}).Root(), At: now}
	if err := first.Sign(signer); err != nil {
		return err
	}
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		n, err := s.db.InsertIgnore(ctx, keyTable, []string{"id"}, []string{"id", "public", "private", "created_at"},
			[][]any{{1, signer.Public.DER(), sealed, now}})
		if err != nil || n == 0 {
			return err
		}
		return s.insertCheckpoint(ctx, &first)
	})
	if err != nil {
		return fmt.Errorf("journal: add the signing key: %w", err)
	}
	return nil
}

// fresh makes a key and seals it for a row.
func (s *Store) fresh(id int64) (*proof.Signer, []byte, error) {
	signer, err := proof.NewSigner()
	if err != nil {
		return nil, nil, err
	}
	raw, err := signer.Bytes()
	if err != nil {
		return nil, nil, err
	}
	defer clear(raw)
	sealed, err := s.vault.Seal(keyCell(id), raw)
	if err != nil {
		return nil, nil, fmt.Errorf("journal: seal the signing key: %w", err)
	}
	return signer, sealed, nil
}

// Rotate puts a new key in the place of the one in use and destroys that one's private
// half, all in one transaction with also: it ends with the old key or with the new one,
// never with none. The checkpoints after the newest one are the new key's.
func (s *Store) Rotate(ctx context.Context, chain proof.Hash, also func(ctx context.Context, x *proof.Succession) error) (x proof.Succession, err error) {
	old, err := s.Key(ctx)
	if err != nil {
		return x, err
	}
	if old == nil {
		return x, ErrNoKey
	}
	signer, sealed, err := s.fresh(old.id + 1)
	if err != nil {
		return x, err
	}
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		// From here on whoever signs waits, so the newest checkpoint stays the newest.
		if err := s.use(ctx, old); err != nil {
			return err
		}
		line, err := s.Line(ctx, chain)
		if err != nil {
			return err
		}
		last, ok, err := s.LastCheckpoint(ctx, chain, math.MaxInt64, math.MaxInt64)
		if err != nil {
			return err
		}
		if !ok || last.Seq < line.LastSeq() || !line.Genuine(&last) {
			return ErrUnsound
		}
		x = proof.Succession{Chain: chain, Seq: last.Seq, Checkpoint: last.Digest(), At: max(clock.Millis(s.clock), last.At)}
		if err := x.Sign(old.Signer, signer); err != nil {
			return err
		}
		if err := s.replace(ctx, old, &x, sealed); err != nil {
			return err
		}
		return also(ctx, &x)
	})
	if err != nil {
		return x, fmt.Errorf("journal: replace the signing key: %w", err)
	}
	return x, nil
}

// AddCheckpoint stores what key has signed; ErrReplaced when it is no longer the one in
// use.
func (s *Store) AddCheckpoint(ctx context.Context, key *Key, c *proof.Checkpoint) error {
	return s.db.Tx(ctx, func(ctx context.Context) error {
		if err := s.use(ctx, key); err != nil {
			return err
		}
		return s.insertCheckpoint(ctx, c)
	})
}

// AddCut stores what key has signed, in the transaction of ctx; ErrReplaced as with
// AddCheckpoint.
func (s *Store) AddCut(ctx context.Context, key *Key, c *proof.Cut) error {
	if err := s.use(ctx, key); err != nil {
		return err
	}
	return s.insertCut(ctx, c)
}
