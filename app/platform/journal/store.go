package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"dingban/app/platform/clock"
	"dingban/app/platform/journal/proof"
	"dingban/app/platform/ref"
)

const (
	entryTable   = "journal"
	inboxTable   = "journal_inbox"
	pendingTable = "journal_pending"
	chainTable   = "journal_chain"
	readerTable  = "journal_reader"
)

var (
	entryCols = []string{
		"id", "at", "actor_id", "real_actor_id", "session_id", "address", "request_id",
		"module", "verb", "ref_kind", "ref_id", "project_id", "department_id", "changes",
	}
	chainCols = []string{
		"seq", "journal_id", "hash", "at", "actor_id", "module", "verb", "ref_kind", "ref_id", "project_id",
	}
)

// entryRow is an entry as it is stored, which is as it is hashed.
type entryRow proof.Entry

// fields are the places for the columns of entryCols.
func (r *entryRow) fields() []any {
	return []any{
		&r.ID, &r.At, &r.ActorID, &r.RealActorID, &r.SessionID, &r.Address, &r.RequestID,
		&r.Module, &r.Verb, &r.RefKind, &r.RefID, &r.ProjectID, &r.DepartmentID, &r.Changes,
	}
}

type headRow struct {
	Seq  int64  `xorm:"seq"`
	Hash []byte `xorm:"hash"`
}

// listRow is an entry with its number.
type listRow struct {
	Seq   int64
	Hash  []byte
	Entry entryRow
}

// ErrNoBeginning says that number 0 of the chain is missing. Numbering goes on only
// when somebody has found out why.
var ErrNoBeginning = errors.New("journal: the chain has lost its beginning")

// insertEntry puts an entry where the sequencer finds it, in one statement: this runs in
// every transaction of the product, and a round trip more would be felt in all of them.
func (j *Journal) insertEntry(ctx context.Context, r entryRow) error {
	if err := j.db.InsertMany(ctx, inboxTable, entryCols, [][]any{r.values()}); err != nil {
		return fmt.Errorf("journal: append %s: %w", r.Verb, err)
	}
	return nil
}

// values are what the columns of entryCols get.
func (r *entryRow) values() []any {
	var changes any // a nil []byte would be stored as an empty value by some drivers
	if r.Changes != nil {
		changes = r.Changes
	}
	return []any{
		r.ID, r.At, r.ActorID, r.RealActorID, r.SessionID, r.Address, r.RequestID,
		r.Module, r.Verb, r.RefKind, r.RefID, r.ProjectID, r.DepartmentID, changes,
	}
}

func columns(alias string) string {
	parts := make([]string, len(entryCols))
	for i, c := range entryCols {
		parts[i] = alias + ".`" + c + "`"
	}
	return strings.Join(parts, ", ")
}

// waiting are committed entries without a number. They come from the inbox, or from
// where the release before put them (old).
type waiting struct {
	entries []entryRow
	old     bool
}

func (j *Journal) waitingEntries(ctx context.Context, limit int) (w waiting, err error) {
	if w.entries, err = j.readEntries(ctx, "`journal_inbox` j ORDER BY j.`id`", limit); err != nil || len(w.entries) > 0 {
		return w, err
	}
	w.old = true
	w.entries, err = j.readEntries(ctx, "`journal_pending` p JOIN `journal` j ON j.`id` = p.`id` ORDER BY p.`id`", limit)
	return w, err
}

func (j *Journal) readEntries(ctx context.Context, from string, limit int) ([]entryRow, error) {
	var entries []entryRow
	err := j.db.Each(ctx, "SELECT "+columns("j")+" FROM "+from+" LIMIT ?", []any{limit},
		func(rows *sql.Rows) error {
			var e entryRow
			err := rows.Scan(e.fields()...)
			entries = append(entries, e)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("journal: read waiting entries: %w", err)
	}
	return entries, nil
}

func (j *Journal) countWaiting(ctx context.Context) (int64, error) {
	var total int64
	for _, table := range []string{inboxTable, pendingTable} {
		var n int64
		if _, err := j.db.Session(ctx).SQL("SELECT COUNT(*) FROM `" + table + "`").Get(&n); err != nil {
			return 0, fmt.Errorf("journal: count waiting entries: %w", err)
		}
		total += n
	}
	return total, nil
}

// newestEntry is the greatest id of an entry; 0 when there is none.
func (j *Journal) newestEntry(ctx context.Context) (int64, error) {
	var newest int64
	for _, table := range []string{inboxTable, entryTable} {
		var id int64
		if _, err := j.db.Session(ctx).SQL("SELECT `id` FROM `" + table + "` ORDER BY `id` DESC LIMIT 1").Get(&id); err != nil {
			return 0, fmt.Errorf("journal: read the newest entry: %w", err)
		}
		newest = max(newest, id)
	}
	return newest, nil
}

// readHead gives the last number and its hash.
func (j *Journal) readHead(ctx context.Context) (headRow, error) {
	var head headRow
	found, err := j.db.Session(ctx).SQL("SELECT `seq`, `hash` FROM `journal_chain` ORDER BY `seq` DESC LIMIT 1").Get(&head)
	if err != nil {
		return head, fmt.Errorf("journal: read the head: %w", err)
	}
	if !found {
		return head, ErrNoBeginning
	}
	return head, nil
}

// insertChain and file number entries; both run in the sequencer's transaction.
func (j *Journal) insertChain(ctx context.Context, links []listRow) error {
	rows := make([][]any, len(links))
	for i, l := range links {
		e := &l.Entry
		rows[i] = []any{l.Seq, e.ID, l.Hash, e.At, e.ActorID, e.Module, e.Verb, e.RefKind, e.RefID, e.ProjectID}
	}
	if err := j.db.InsertMany(ctx, chainTable, chainCols, rows); err != nil {
		return fmt.Errorf("journal: number entries: %w", err)
	}
	return nil
}

// file moves entries from where they waited into the journal.
func (j *Journal) file(ctx context.Context, w waiting) error {
	from := pendingTable
	if !w.old {
		from = inboxTable
		rows := make([][]any, len(w.entries))
		for i := range w.entries {
			rows[i] = w.entries[i].values()
		}
		if err := j.db.InsertMany(ctx, entryTable, entryCols, rows); err != nil {
			return fmt.Errorf("journal: file entries: %w", err)
		}
	}
	ids := make([]any, len(w.entries))
	for i := range w.entries {
		ids[i] = w.entries[i].ID
	}
	marks := strings.TrimSuffix(strings.Repeat("?,", len(ids)), ",")
	n, err := j.db.Exec(ctx, "DELETE FROM `"+from+"` WHERE `id` IN ("+marks+")", ids...)
	if err != nil {
		return fmt.Errorf("journal: clear waiting entries: %w", err)
	}
	if n != int64(len(ids)) {
		return fmt.Errorf("journal: %d of %d waiting entries were there; somebody else numbers too", n, len(ids))
	}
	return nil
}

// Filter selects entries. Zero values do not restrict.
type Filter struct {
	Ref          *ref.Ref
	ProjectID    int64
	DepartmentID int64
	ActorID      int64
	Module       string
	Verb         string
	// From and To bound the time in UTC milliseconds, From included, To not.
	From, To int64
	// BeforeSeq and AfterSeq are the keyset cursors, both exclusive.
	BeforeSeq, AfterSeq int64
	// Limit is 50 if 0, at most 1000.
	Limit int
	// Ascending gives the oldest first; otherwise the newest comes first.
	Ascending bool
}

const maxList = 1000

// List gives numbered entries that match f, by number.
func (j *Journal) List(ctx context.Context, f Filter) ([]Record, error) {
	rows, err := j.list(ctx, f)
	if err != nil {
		return nil, err
	}
	records := make([]Record, len(rows))
	for i := range rows {
		records[i] = j.record(rows[i].Seq, rows[i].Hash, &rows[i].Entry)
	}
	return records, nil
}

func (j *Journal) list(ctx context.Context, f Filter) ([]listRow, error) {
	limit := f.Limit
	if limit <= 0 {
		limit = 50
	}
	limit = min(limit, maxList)
	var args []any
	where := []string{"c.`seq` > ?"}
	args = append(args, max(f.AfterSeq, 0))
	and := func(condition string, arg any, set bool) {
		if set {
			where = append(where, condition)
			args = append(args, arg)
		}
	}
	if f.Ref != nil {
		and("c.`ref_id` = ?", f.Ref.ID, true)
		and("c.`ref_kind` = ?", f.Ref.Kind, true)
	}
	and("c.`project_id` = ?", f.ProjectID, f.ProjectID != 0)
	and("c.`actor_id` = ?", f.ActorID, f.ActorID != 0)
	and("c.`module` = ?", f.Module, f.Module != "")
	and("c.`verb` = ?", f.Verb, f.Verb != "")
	and("c.`at` >= ?", f.From, f.From != 0)
	and("c.`at` < ?", f.To, f.To != 0)
	and("c.`seq` < ?", f.BeforeSeq, f.BeforeSeq != 0)
	and("j.`department_id` = ?", f.DepartmentID, f.DepartmentID != 0)
	direction := " DESC"
	if f.Ascending {
		direction = ""
	}
	var list []listRow
	err := j.db.Each(ctx, "SELECT c.`seq`, c.`hash`, "+columns("j")+
		" FROM `journal_chain` c JOIN `journal` j ON j.`id` = c.`journal_id` WHERE "+strings.Join(where, " AND ")+
		" ORDER BY c.`seq`"+direction+" LIMIT ?", append(args, limit),
		func(rows *sql.Rows) error {
			var l listRow
			err := rows.Scan(append([]any{&l.Seq, &l.Hash}, l.Entry.fields()...)...)
			list = append(list, l)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("journal: list: %w", err)
	}
	return list, nil
}

type readerRow struct {
	Name      string `xorm:"name pk"`
	Seq       int64  `xorm:"seq"`
	Attempts  int64  `xorm:"attempts"`
	Code      string `xorm:"code"`
	Error     string `xorm:"error"`
	ParkedAt  int64  `xorm:"parked_at"`
	UpdatedAt int64  `xorm:"updated_at"`
}

func (readerRow) TableName() string { return readerTable }

func (j *Journal) readReaders(ctx context.Context) (map[string]readerRow, error) {
	var rows []readerRow
	err := j.db.Session(ctx).SQL("SELECT `name`, `seq`, `attempts`, `code`, `error`, `parked_at`, `updated_at` FROM `journal_reader`").Find(&rows)
	if err != nil {
		return nil, fmt.Errorf("journal: read the readers: %w", err)
	}
	byName := make(map[string]readerRow, len(rows))
	for _, r := range rows {
		byName[r.Name] = r
	}
	return byName, nil
}

// addReaderRow makes the row of a reader that is new to this database.
func (j *Journal) addReaderRow(ctx context.Context, name string, seq int64) error {
	_, err := j.db.InsertIgnore(ctx, readerTable, []string{"name"},
		[]string{"name", "seq", "attempts", "error", "parked_at", "updated_at"},
		[][]any{{name, seq, 0, "", 0, clock.Millis(j.clock)}})
	if err != nil {
		return fmt.Errorf("journal: add reader %s: %w", name, err)
	}
	return nil
}

// moveReader saves a position if it is still where this process left it, and
// clears the error; false when another process has moved it.
func (j *Journal) moveReader(ctx context.Context, name string, from, to int64) (bool, error) {
	n, err := j.db.Exec(ctx,
		"UPDATE `journal_reader` SET `seq` = ?, `attempts` = 0, `error` = '', `code` = '', `parked_at` = 0, `updated_at` = ? WHERE `name` = ? AND `seq` = ?",
		to, clock.Millis(j.clock), name, from)
	if err != nil {
		return false, fmt.Errorf("journal: save the position of reader %s: %w", name, err)
	}
	return n == 1, nil
}

// failedAt is what is kept of a failure; the zero value clears it.
type failedAt struct {
	attempts   int64
	code, text string
}

func (j *Journal) noteFailure(ctx context.Context, name string, f failedAt, parkedAt int64) error {
	_, err := j.db.Exec(ctx,
		"UPDATE `journal_reader` SET `attempts` = ?, `code` = ?, `error` = ?, `parked_at` = ?, `updated_at` = ? WHERE `name` = ?",
		f.attempts, ascii(f.code, codeSize), f.text, parkedAt, clock.Millis(j.clock), name)
	if err != nil {
		return fmt.Errorf("journal: note the failure of reader %s: %w", name, err)
	}
	return nil
}
