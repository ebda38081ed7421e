package signing

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"dingban/app/platform/journal/proof"
	"dingban/app/platform/vault"
)

func keyCell(id int64) vault.Cell { return vault.Cell{Table: keyTable, Column: "private", Row: id} }

// Key gives the private key in use, nil when there is none yet. Both halves must fit:
// the public one in the clear could have been exchanged.
func (s *Store) Key(ctx context.Context) (*Key, error) {
	key, _, err := s.read(ctx)
	return key, err
}

func (s *Store) read(ctx context.Context) (_ *Key, created int64, err error) {
	var id int64
	var public, private []byte
	err = s.db.Each(ctx, "SELECT `id`, `public`, `private`, `created_at` FROM `journal_key` ORDER BY `id` DESC LIMIT 1", nil,
		func(rows *sql.Rows) error { return rows.Scan(&id, &public, &private, &created) })
	if err != nil {
		return nil, 0, fmt.Errorf("journal: read the signing key: %w", err)
	}
	if id == 0 {
		return nil, 0, nil
	}
	raw, err := s.vault.Open(keyCell(id), private)
	if err != nil {
		if vault.Damaged(err) {
			return nil, 0, fmt.Errorf("%w: %w", ErrKey, err)
		}
		return nil, 0, fmt.Errorf("journal: open the signing key: %w", err)
	}
	defer clear(raw)
	signer, err := proof.ParseSigner(raw)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %w", ErrKey, err)
	}
	if string(signer.Public.DER()) != string(public) {
		return nil, 0, fmt.Errorf("%w: its public half was exchanged", ErrKey)
	}
	return &Key{Signer: signer, id: id}, created, nil
}

// use counts a signature of a key. The row stays locked until the end of the
// transaction.
func (s *Store) use(ctx context.Context, key *Key) error {
	n, err := s.db.Exec(ctx, "UPDATE `journal_key` SET `uses` = `uses` + 1 WHERE `id` = ?", key.id)
	if err != nil {
		return fmt.Errorf("journal: use the signing key: %w", err)
	}
	if n == 0 {
		return ErrReplaced
	}
	return nil
}

// replace stores a succession with its new key, and takes the old one away.
func (s *Store) replace(ctx context.Context, old *Key, x *proof.Succession, sealed []byte) error {
	n, err := s.db.Exec(ctx, "DELETE FROM `journal_key` WHERE `id` = ?", old.id)
	if err != nil {
		return fmt.Errorf("destroy the old key: %w", err)
	}
	if n != 1 {
		return ErrReplaced
	}
	err = s.db.InsertMany(ctx, keyTable, []string{"id", "public", "private", "created_at"}, [][]any{{old.id + 1, x.New.DER(), sealed, x.At}})
	if err != nil {
		return fmt.Errorf("add the new key: %w", err)
	}
	err = s.db.InsertMany(ctx, successionTable, []string{"id", "seq", "checkpoint", "at", "old_key", "new_key", "old_signature", "new_signature"},
		[][]any{{old.id, x.Seq, x.Checkpoint[:], x.At, x.Old.DER(), x.New.DER(), x.OldSignature, x.NewSignature}})
	if err != nil {
		return fmt.Errorf("add the succession: %w", err)
	}
	return nil
}

// successions gives all of them, in order. One whose keys cannot be read is a
// *proof.LineError.
func (s *Store) successions(ctx context.Context, chain proof.Hash) ([]proof.Succession, error) {
	var list []proof.Succession
	var bad *proof.LineError
	err := s.db.Each(ctx, "SELECT `seq`, `checkpoint`, `at`, `old_key`, `new_key`, `old_signature`, `new_signature` FROM `journal_succession` ORDER BY `id`", nil,
		func(rows *sql.Rows) error {
			x := proof.Succession{Chain: chain}
			var checkpoint, from, to []byte
			if err := rows.Scan(&x.Seq, &checkpoint, &x.At, &from, &to, &x.OldSignature, &x.NewSignature); err != nil {
				return err
			}
			copy(x.Checkpoint[:], checkpoint)
			var err, err2 error
			x.Old, err = proof.ParsePublicKey(from)
			x.New, err2 = proof.ParsePublicKey(to)
			if err = errors.Join(err, err2); err != nil && bad == nil {
				bad = &proof.LineError{Seq: x.Seq, Problem: proof.ProblemSuccession, Detail: fmt.Sprintf("the keys of the succession at %d cannot be read", x.Seq)}
			}
			list = append(list, x)
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("journal: read the successions of keys: %w", err)
	}
	if bad != nil {
		return nil, bad
	}
	return list, nil
}
