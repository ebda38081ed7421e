package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"dingban/app/platform/clock"
	"dingban/app/platform/journal/proof"
	"dingban/app/platform/vault"
)

const (
	keyTable        = "journal_key"
	checkpointTable = "journal_checkpoint"
	cutTable        = "journal_cut"

	checkpointCols = "`seq`, `from_seq`, `head`, `root`, `at`, `prev`, `signer`, `signature`"
)

func keyCell(id int64) vault.Cell { return vault.Cell{Table: keyTable, Column: "private", Row: id} }

// ErrKey says that the signing key in the database is not one that this installation
// sealed.
var ErrKey = errors.New("journal: the signing key cannot be trusted")

// readSigner gives the signing key, nil when there is none yet. Both halves must fit:
// the public one in the clear could have been exchanged.
func (j *Journal) readSigner(ctx context.Context) (*proof.Signer, error) {
	var id int64
	var public, private []byte
	err := j.db.Each(ctx, "SELECT `id`, `public`, `private` FROM `journal_key` ORDER BY `id` DESC LIMIT 1", nil,
		func(rows *sql.Rows) error { return rows.Scan(&id, &public, &private) })
	if err != nil {
		return nil, fmt.Errorf("journal: read the signing key: %w", err)
	}
	if id == 0 {
		return nil, nil //nolint:nilnil // a new database has none
	}
	raw, err := j.vault.Open(keyCell(id), private)
	if err != nil {
		if vault.Damaged(err) {
			return nil, fmt.Errorf("%w: %w", ErrKey, err)
		}
		return nil, fmt.Errorf("journal: open the signing key: %w", err)
	}
	defer clear(raw)
	signer, err := proof.ParseSigner(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	if string(signer.Public.DER()) != string(public) {
		return nil, fmt.Errorf("%w: its public half was exchanged", ErrKey)
	}
	return signer, nil
}

// addSigner makes the first key with the first checkpoint, unless another server was
// faster: where there is a key there is a checkpoint.
func (j *Journal) addSigner(ctx context.Context, chain proof.Hash) error {
	signer, err := proof.NewSigner()
	if err != nil {
		return err
	}
	raw, err := signer.Bytes()
	if err != nil {
		return err
	}
	defer clear(raw)
	sealed, err := j.vault.Seal(keyCell(1), raw)
	if err != nil {
		return fmt.Errorf("journal: seal the signing key: %w", err)
	}
	first := proof.Checkpoint{Chain: chain, Head: chain, Root: (&proof.Tree{}).Root(), At: clock.Millis(j.clock)}
	if err := first.Sign(signer); err != nil {
		return err
	}
	err = j.db.Tx(ctx, func(ctx context.Context) error {
		n, err := j.db.InsertIgnore(ctx, keyTable, []string{"id"}, []string{"id", "public", "private", "created_at"},
			[][]any{{1, signer.Public.DER(), sealed, clock.Millis(j.clock)}})
		if err != nil || n == 0 {
			return err
		}
		return j.insertCheckpoint(ctx, &first)
	})
	if err != nil {
		return fmt.Errorf("journal: add the signing key: %w", err)
	}
	return nil
}

func (j *Journal) insertCheckpoint(ctx context.Context, c *proof.Checkpoint) error {
	err := j.db.InsertMany(ctx, checkpointTable, []string{"seq", "from_seq", "head", "root", "at", "prev", "signer", "signature"},
		[][]any{{c.Seq, c.From, c.Head[:], c.Root[:], c.At, c.Prev[:], c.Key[:], c.Signature}})
	if err != nil {
		return fmt.Errorf("journal: add the checkpoint at %d: %w", c.Seq, err)
	}
	return nil
}

// checkpoints gives those from number seq on, in order. What cannot be one comes back
// with zeroes, which no signature fits.
func (j *Journal) checkpoints(ctx context.Context, chain proof.Hash, from int64, limit int) ([]proof.Checkpoint, error) {
	return j.queryCheckpoints(ctx, chain, "SELECT "+checkpointCols+" FROM `journal_checkpoint` WHERE `seq` >= ? ORDER BY `seq` LIMIT ?", from, limit)
}

// lastCheckpoint gives the newest up to a number and time; false when there is none.
func (j *Journal) lastCheckpoint(ctx context.Context, chain proof.Hash, upTo, at int64) (proof.Checkpoint, bool, error) {
	list, err := j.queryCheckpoints(ctx, chain, "SELECT "+checkpointCols+" FROM `journal_checkpoint` WHERE `seq` <= ? AND `at` <= ? ORDER BY `seq` DESC LIMIT 1", upTo, at)
	if err != nil || len(list) == 0 {
		return proof.Checkpoint{}, false, err
	}
	return list[0], true, nil
}

func (j *Journal) queryCheckpoints(ctx context.Context, chain proof.Hash, query string, args ...any) ([]proof.Checkpoint, error) {
	var list []proof.Checkpoint
	err := j.db.Each(ctx, query, args, func(rows *sql.Rows) error {
		c := proof.Checkpoint{Chain: chain}
		var head, root, prev, key []byte
		if err := rows.Scan(&c.Seq, &c.From, &head, &root, &c.At, &prev, &key, &c.Signature); err != nil {
			return err
		}
		copy(c.Head[:], head)
		copy(c.Root[:], root)
		copy(c.Prev[:], prev)
		copy(c.Key[:], key)
		list = append(list, c)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("journal: read the checkpoints: %w", err)
	}
	return list, nil
}

// lastCut gives the newest cut; Seq is 0 when nothing was ever cut.
func (j *Journal) lastCut(ctx context.Context, chain proof.Hash) (proof.Cut, error) {
	var c proof.Cut
	err := j.db.Each(ctx, "SELECT `seq`, `head`, `at`, `checkpoint`, `export`, `signer`, `signature` FROM `journal_cut` ORDER BY `seq` DESC LIMIT 1", nil,
		func(rows *sql.Rows) error {
			var head, checkpoint, export, key []byte
			if err := rows.Scan(&c.Seq, &head, &c.At, &checkpoint, &export, &key, &c.Signature); err != nil {
				return err
			}
			copy(c.Head[:], head)
			copy(c.Checkpoint[:], checkpoint)
			copy(c.Export[:], export)
			copy(c.Key[:], key)
			return nil
		})
	if err != nil {
		return c, fmt.Errorf("journal: read the cut: %w", err)
	}
	c.Chain = chain
	return c, nil
}

func (j *Journal) insertCut(ctx context.Context, c *proof.Cut) error {
	err := j.db.InsertMany(ctx, cutTable, []string{"seq", "head", "at", "checkpoint", "export", "signer", "signature"},
		[][]any{{c.Seq, c.Head[:], c.At, c.Checkpoint[:], c.Export[:], c.Key[:], c.Signature}})
	if err != nil {
		return fmt.Errorf("journal: add the cut at %d: %w", c.Seq, err)
	}
	return nil
}

// removeNumbers takes away the numbers after from up to seq with their entries; it runs
// in a transaction.
func (j *Journal) removeNumbers(ctx context.Context, from, seq int64) error {
	if err := j.removeEntries(ctx, from, seq); err != nil {
		return err
	}
	if _, err := j.db.Exec(ctx, "DELETE FROM `journal_chain` WHERE `seq` > ? AND `seq` <= ?", from, seq); err != nil {
		return fmt.Errorf("journal: remove the numbers up to %d: %w", seq, err)
	}
	return nil
}

func (j *Journal) removeEntries(ctx context.Context, from, seq int64) error {
	_, err := j.db.Exec(ctx, "DELETE FROM `journal` WHERE `id` IN (SELECT `journal_id` FROM `journal_chain` WHERE `seq` > ? AND `seq` <= ?)", from, seq)
	if err != nil {
		return fmt.Errorf("journal: remove the entries up to %d: %w", seq, err)
	}
	return nil
}

// firstNumber is the least number of an entry that is there; 0 when there is none.
func (j *Journal) firstNumber(ctx context.Context) (int64, error) {
	var seq int64
	if _, err := j.db.Session(ctx).SQL("SELECT `seq` FROM `journal_chain` WHERE `seq` > 0 ORDER BY `seq` LIMIT 1").Get(&seq); err != nil {
		return 0, fmt.Errorf("journal: read the first number: %w", err)
	}
	return seq, nil
}
