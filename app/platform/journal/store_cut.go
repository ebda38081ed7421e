package journal

import (
	"context"
	"fmt"
)

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
