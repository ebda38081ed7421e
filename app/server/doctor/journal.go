package doctor

import (
	"context"
	"time"

	"dingban/app/platform/db"
	"dingban/app/platform/journal"
)

// maxLag is how many entries a reader may be behind before it is worth a word: a server
// that works is behind by a moment.
const maxLag = 1000

// ExamineJournal looks at the readers of the journal: a parked one has failed at an entry
// again and again, and what it feeds (search, notifications, …) is out of date until
// somebody runs it again.
func ExamineJournal(ctx context.Context, d *db.DB) *Report {
	r := &Report{Dialect: d.Dialect().Name()}
	head, readers, err := journal.Look(ctx, d)
	if err != nil {
		r.add("journal", Failed, "journal_unreadable", map[string]any{"error": err.Error()})
		return r
	}
	r.add("journal", OK, "journal_head", map[string]any{"head": head})
	for i := range readers {
		s := &readers[i]
		params := map[string]any{
			"reader": s.Name, "seq": s.Seq, "lag": max(0, head-s.Seq), "attempts": s.Attempts, "entry": s.Entry(), "code": s.Code, "error": s.Error,
			"since": time.UnixMilli(s.ParkedAt).UTC().Format(time.RFC3339),
		}
		switch {
		case s.ParkedAt != 0:
			r.add("reader", Failed, "reader_parked", params)
		case s.Attempts > 0:
			r.add("reader", Warning, "reader_failing", params)
		case head-s.Seq > maxLag:
			r.add("reader", Warning, "reader_lags", params)
		default:
			r.add("reader", OK, "reader_right", params)
		}
	}
	return r
}
