package signing

import (
	"context"
	"database/sql"
	"fmt"

	"dingban/app/platform/journal/proof"
)

const (
	keyTable        = "journal_key"
	successionTable = "journal_succession"
	checkpointTable = "journal_checkpoint"
	cutTable        = "journal_cut"

	checkpointCols = "`seq`, `from_seq`, `head`, `root`, `at`, `prev`, `signer`, `signature`"
)

func (s *Store) insertCheckpoint(ctx context.Context, c *proof.Checkpoint) error {
	err := s.db.InsertMany(ctx, checkpointTable, []string{"seq", "from_seq", "head", "root", "at", "prev", "signer", "signature"},
		[][]any{{c.Seq, c.From, c.Head[:], c.Root[:], c.At, c.Prev[:], c.Key[:], c.Signature}})
	if err != nil {
		return fmt.Errorf("journal: add the checkpoint at %d: %w", c.Seq, err)
	}
	return nil
}

// Checkpoints gives those from number seq on, in order. What cannot be one comes back
// with zeroes, which no signature fits.
func (s *Store) Checkpoints(ctx context.Context, chain proof.Hash, from int64, limit int) ([]proof.Checkpoint, error) {
	return s.queryCheckpoints(ctx, chain, "SELECT "+checkpointCols+" FROM `journal_checkpoint` WHERE `seq` >= ? ORDER BY `seq` LIMIT ?", from, limit)
}

// LastCheckpoint gives the newest up to a number and time; false when there is none.
func (s *Store) LastCheckpoint(ctx context.Context, chain proof.Hash, upTo, at int64) (proof.Checkpoint, bool, error) {
	list, err := s.queryCheckpoints(ctx, chain, "SELECT "+checkpointCols+" FROM `journal_checkpoint` WHERE `seq` <= ? AND `at` <= ? ORDER BY `seq` DESC LIMIT 1", upTo, at)
	if err != nil || len(list) == 0 {
		return proof.Checkpoint{}, false, err
	}
	return list[0], true, nil
}

// CheckpointsBefore gives those with a number less than before, the newest first.
func (s *Store) CheckpointsBefore(ctx context.Context, chain proof.Hash, before int64, limit int) ([]proof.Checkpoint, error) {
	return s.queryCheckpoints(ctx, chain, "SELECT "+checkpointCols+" FROM `journal_checkpoint` WHERE `seq` < ? ORDER BY `seq` DESC LIMIT ?", before, limit)
}

func (s *Store) queryCheckpoints(ctx context.Context, chain proof.Hash, query string, args ...any) ([]proof.Checkpoint, error) {
	var list []proof.Checkpoint
	err := s.db.Each(ctx, query, args, func(rows *sql.Rows) error {
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

// LastCut gives the newest cut; Seq is 0 when nothing was ever cut.
func (s *Store) LastCut(ctx context.Context, chain proof.Hash) (proof.Cut, error) {
	var c proof.Cut
	err := s.db.Each(ctx, "SELECT `seq`, `head`, `at`, `checkpoint`, `export`, `signer`, `signature` FROM `journal_cut` ORDER BY `seq` DESC LIMIT 1", nil,
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

func (s *Store) insertCut(ctx context.Context, c *proof.Cut) error {
	err := s.db.InsertMany(ctx, cutTable, []string{"seq", "head", "at", "checkpoint", "export", "signer", "signature"},
		[][]any{{c.Seq, c.Head[:], c.At, c.Checkpoint[:], c.Export[:], c.Key[:], c.Signature}})
	if err != nil {
		return fmt.Errorf("journal: add the cut at %d: %w", c.Seq, err)
	}
	return nil
}
