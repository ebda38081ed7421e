package search

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/vault"
	"dingban/app/search/posting"
)

// The rows are for the check that they and the migrations agree.
type stateRow struct {
	ID       int64 `xorm:"'id'"`
	Epoch    int64 `xorm:"'epoch'"`
	Building int64 `xorm:"'building'"`  // the epoch being built, 0 for none
	Next     int64 `xorm:"'next_id'"`   // the number of the next segment
	Source   int64 `xorm:"'at_source'"` // where the rebuild is: the kind of documents
	AfterID  int64 `xorm:"'after_id'"`  // and the last of them it has seen
	Seen     int64 `xorm:"'seen'"`
	Total    int64 `xorm:"'total'"`      // how many there were when it began
	Started  int64 `xorm:"'started_at'"` // when it began
	RunAt    int64 `xorm:"'run_at'"`     // when it was last taken up, and with how many seen
	RunSeen  int64 `xorm:"'run_seen'"`
	NotedAt  int64 `xorm:"'noted_at'"` // when a step was last noted
	// The keys of the vault that the tokens of the two epochs are made with; 0 is the first there was.
	Key         uint32 `xorm:"'key_id'"`
	BuildingKey uint32 `xorm:"'building_key'"`
}

// TableName is for the check that rows and migrations agree.
func (stateRow) TableName() string { return "search_state" }

// keyOf is the key of an epoch.
func (r stateRow) keyOf(epoch int64) uint32 {
	if epoch == r.Building {
		return r.BuildingKey
	}
	return r.Key
}

// epochs are those that what changes goes into.
func (r stateRow) epochs() []int64 {
	if r.Building != 0 {
		return []int64{r.Epoch, r.Building}
	}
	return []int64{r.Epoch}
}

type segmentRow struct {
	ID        int64  `xorm:"'id'"`
	Epoch     int64  `xorm:"'epoch'"`
	State     string `xorm:"'status'"`
	Bits      int64  `xorm:"'page_bits'"`
	Documents int64  `xorm:"'documents'"`
	Bytes     int64  `xorm:"'token_bytes'"` // of its tokens
	ChangedAt int64  `xorm:"'changed_at'"`
}

// TableName is for the check that rows and migrations agree.
func (segmentRow) TableName() string { return "search_segment" }

// States of a segment.
const (
	building = "building"
	live     = "live"
	retired  = "retired" // still there for those who are reading it
)

type pageRow struct {
	ID   int64  `xorm:"'id'"`
	Body []byte `xorm:"'body'"`
}

// TableName is for the check that rows and migrations agree.
func (pageRow) TableName() string { return "search_page" }

type docRow struct {
	Epoch   int64 `xorm:"'epoch'"`
	Kind    int64 `xorm:"'kind'"`
	ID      int64 `xorm:"'id'"`
	Version int64 `xorm:"'version'"`
}

// TableName is for the check that rows and migrations agree.
func (docRow) TableName() string { return "search_doc" }

// A page's id is its segment and its number there: those of tokens first, those of facts from factsAt on.
const (
	pageBits = 20
	factsAt  = 1 << (pageBits - 1)
)

func pageID(segment int64, page int) int64 { return segment<<pageBits | int64(page) }

func cellOf(id int64) vault.Cell { return vault.Cell{Table: "search_page", Column: "body", Row: id} }

func (s *Service) state(ctx context.Context, lock bool) (stateRow, error) {
	return readState(ctx, s.db, lock)
}

func readState(ctx context.Context, d *db.DB, lock bool) (stateRow, error) {
	query := "SELECT epoch, building, next_id, at_source, after_id, seen, key_id, building_key, total, started_at, run_at, run_seen, noted_at FROM search_state WHERE id = 1"
	if lock {
		query += d.Dialect().ForUpdate()
	}
	r := stateRow{ID: 1}
	found := false
	err := d.Each(ctx, query, nil, func(rows *sql.Rows) error {
		found = true
		return rows.Scan(&r.Epoch, &r.Building, &r.Next, &r.Source, &r.AfterID, &r.Seen, &r.Key, &r.BuildingKey, &r.Total, &r.Started, &r.RunAt, &r.RunSeen, &r.NotedAt)
	})
	if err == nil && !found {
		err = fmt.Errorf("the row of search_state is missing")
	}
	if err != nil {
		return r, fmt.Errorf("search: read the state of the index: %w", err)
	}
	return r, nil
}

func (s *Service) putState(ctx context.Context, r stateRow) error {
	_, err := s.db.Exec(ctx, "UPDATE search_state SET epoch = ?, building = ?, next_id = ?, at_source = ?, after_id = ?, seen = ?, key_id = ?, building_key = ?, total = ?, started_at = ?, run_at = ?, run_seen = ?, noted_at = ? WHERE id = 1",
		r.Epoch, r.Building, r.Next, r.Source, r.AfterID, r.Seen, r.Key, r.BuildingKey, r.Total, r.Started, r.RunAt, r.RunSeen, r.NotedAt)
	if err != nil {
		return fmt.Errorf("search: keep the state of the index: %w", err)
	}
	return nil
}

// liveSegments gives the segments to search, and the epoch in use with its key.
func (s *Service) liveSegments(ctx context.Context) (epoch int64, key uint32, all []segmentRow, err error) {
	return readLive(ctx, s.db)
}

func readLive(ctx context.Context, d *db.DB) (epoch int64, key uint32, all []segmentRow, err error) {
	err = d.Each(ctx, "SELECT t.epoch, t.key_id, g.id, g.page_bits, g.documents FROM search_state t LEFT JOIN search_segment g ON g.epoch = t.epoch AND g.status = ? WHERE t.id = 1 ORDER BY g.id", []any{live},
		func(rows *sql.Rows) error {
			var id, bits, documents sql.NullInt64
			if err := rows.Scan(&epoch, &key, &id, &bits, &documents); err != nil {
				return err
			}
			if id.Valid {
				all = append(all, segmentRow{ID: id.Int64, Epoch: epoch, State: live, Bits: bits.Int64, Documents: documents.Int64})
			}
			return nil
		})
	if err != nil {
		return 0, 0, nil, fmt.Errorf("search: list segments: %w", err)
	}
	return epoch, key, all, nil
}

func (s *Service) segments(ctx context.Context, where string, args ...any) ([]segmentRow, error) {
	var all []segmentRow
	err := s.db.Each(ctx, "SELECT id, epoch, status, page_bits, documents, token_bytes, changed_at FROM search_segment WHERE "+where+" ORDER BY id", args, func(rows *sql.Rows) error {
		var r segmentRow
		err := rows.Scan(&r.ID, &r.Epoch, &r.State, &r.Bits, &r.Documents, &r.Bytes, &r.ChangedAt)
		all = append(all, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("search: list segments: %w", err)
	}
	return all, nil
}

func (s *Service) putSegment(ctx context.Context, r segmentRow) error {
	r.ChangedAt = clock.Millis(s.clock)
	err := s.db.Upsert(ctx, "search_segment", []string{"id"}, []string{"id", "epoch", "status", "page_bits", "documents", "token_bytes", "changed_at"},
		[][]any{{r.ID, r.Epoch, r.State, r.Bits, r.Documents, r.Bytes, r.ChangedAt}})
	if err != nil {
		return fmt.Errorf("search: keep a segment: %w", err)
	}
	return nil
}

// page is a page before it is sealed.
type page struct {
	number int
	body   []byte
}

func (s *Service) putPages(ctx context.Context, segment int64, pages []page) error {
	values := make([][]any, len(pages))
	for i, p := range pages {
		id := pageID(segment, p.number)
		sealed, err := s.vault.Seal(cellOf(id), p.body)
		if err != nil {
			return fmt.Errorf("search: seal a page: %w", err)
		}
		values[i] = []any{id, sealed}
	}
	if err := s.db.InsertMany(ctx, "search_page", []string{"id", "body"}, values); err != nil {
		return fmt.Errorf("search: put pages: %w", err)
	}
	return nil
}

// pages gives pages by id, from memory where they were read before; those that are not there are left out.
func (s *Service) pages(ctx context.Context, ids []int64, each func(id int64, body []byte) error) error {
	missing, err := s.cached.Each(ids, each)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(missing, maxNamed) {
		fresh := make(map[int64][]byte, len(part))
		err := s.readPages(ctx, "id IN ("+db.Marks(len(part))+")", db.Args(part), func(id int64, body []byte) error {
			fresh[id] = body
			return each(id, body)
		})
		if err != nil {
			return err
		}
		for _, id := range part {
			s.cached.Keep(id, fresh[id])
		}
	}
	return nil
}

func (s *Service) readPages(ctx context.Context, where string, args []any, each func(id int64, body []byte) error) error {
	var sealed sql.RawBytes
	err := s.db.Each(ctx, "SELECT id, body FROM search_page WHERE "+where, args, func(rows *sql.Rows) error {
		var id int64
		if err := rows.Scan(&id, &sealed); err != nil {
			return err
		}
		body, err := s.vault.Open(cellOf(id), sealed)
		if err != nil {
			return fmt.Errorf("open a page: %w", err)
		}
		return each(id, body)
	})
	if err != nil {
		return fmt.Errorf("search: read pages: %w", err)
	}
	return nil
}

// dropSegments forgets segments with all their pages.
func (s *Service) dropSegments(ctx context.Context, all []segmentRow) error {
	for _, g := range all {
		for from := 0; from < 1<<g.Bits; from += maxNamed {
			if err := s.deletePages(ctx, pageID(g.ID, from), pageID(g.ID, min(from+maxNamed, factsAt)-1)); err != nil {
				return err
			}
		}
		if err := s.deletePages(ctx, pageID(g.ID, 0), pageID(g.ID+1, 0)-1); err != nil {
			return err
		}
		if _, err := s.db.Exec(ctx, "DELETE FROM search_segment WHERE id = ?", g.ID); err != nil {
			return fmt.Errorf("search: forget a segment: %w", err)
		}
	}
	return nil
}

func (s *Service) deletePages(ctx context.Context, from, to int64) error {
	if _, err := s.db.Exec(ctx, "DELETE FROM search_page WHERE id BETWEEN ? AND ?", from, to); err != nil {
		return fmt.Errorf("search: forget pages: %w", err)
	}
	return nil
}

// maxNamed bounds what one statement names, below what every database takes.
const maxNamed = 1000

// versions tells which versions of documents are in force in an epoch.
func (s *Service) versions(ctx context.Context, epoch int64, kind uint8, ids []int64) (map[int64]int64, error) {
	out := make(map[int64]int64, len(ids))
	for from := 0; from < len(ids); from += maxNamed {
		part := ids[from:min(from+maxNamed, len(ids))]
		query := "SELECT id, version FROM search_doc WHERE epoch = ? AND kind = ? AND id IN (" + db.Marks(len(part)) + ")"
		if err := s.readVersions(ctx, query, append([]any{epoch, kind}, db.Args(part)...), out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Service) readVersions(ctx context.Context, query string, args []any, out map[int64]int64) error {
	err := s.db.Each(ctx, query, args, func(rows *sql.Rows) error {
		var id, version int64
		err := rows.Scan(&id, &version)
		out[id] = version
		return err
	})
	if err != nil {
		return fmt.Errorf("search: read versions: %w", err)
	}
	return nil
}

func (s *Service) putVersions(ctx context.Context, epoch, version int64, docs []posting.Doc) error {
	values := make([][]any, len(docs))
	for i := range docs {
		values[i] = []any{epoch, docs[i].Kind, docs[i].ID, version}
	}
	if err := s.db.Upsert(ctx, "search_doc", []string{"epoch", "kind", "id"}, []string{"epoch", "kind", "id", "version"}, values); err != nil {
		return fmt.Errorf("search: keep versions: %w", err)
	}
	return nil
}

func (s *Service) deleteVersions(ctx context.Context, epoch int64, kind uint8, ids []int64) error {
	for from := 0; from < len(ids); from += maxNamed {
		part := ids[from:min(from+maxNamed, len(ids))]
		if _, err := s.db.Exec(ctx, "DELETE FROM search_doc WHERE epoch = ? AND kind = ? AND id IN ("+db.Marks(len(part))+")", append([]any{epoch, kind}, db.Args(part)...)...); err != nil {
			return fmt.Errorf("search: forget documents: %w", err)
		}
	}
	return nil
}

// forgetVersions takes out what earlier epochs knew of documents, some at a time.
func (s *Service) forgetVersions(ctx context.Context, before int64) error {
	for {
		var kind, last int64
		found := false
		err := s.db.Each(ctx, "SELECT epoch, kind, id FROM search_doc WHERE epoch < ? ORDER BY epoch, kind, id LIMIT ?", []any{before, 10 * maxNamed}, func(rows *sql.Rows) error {
			var epoch int64
			found = true
			return rows.Scan(&epoch, &kind, &last)
		})
		if err != nil {
			return fmt.Errorf("search: walk versions: %w", err)
		}
		if !found {
			return nil
		}
		if _, err := s.db.Exec(ctx, "DELETE FROM search_doc WHERE epoch < ? AND (kind < ? OR kind = ? AND id <= ?)", before, kind, kind, last); err != nil {
			return fmt.Errorf("search: forget versions: %w", err)
		}
	}
}
