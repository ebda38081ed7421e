package exchange

import (
	"context"
	"fmt"

	"dingban/app/platform/fault"
	"dingban/app/platform/vault"
)

// feedRow is a feed as it is stored.
type feedRow struct {
	ID        int64  `xorm:"'id'"`
	PersonID  int64  `xorm:"'person_id'"`
	Place     int    `xorm:"'place'"`
	Name      []byte `xorm:"'name'"`
	Hash      string `xorm:"'hash'"`
	CreatedAt int64  `xorm:"'created_at'"`
	ReadAt    int64  `xorm:"'read_at'"`

	name string
}

// TableName is for the check that rows and migrations agree.
func (feedRow) TableName() string { return "calendar_feed" }

func feedName(id int64) vault.Cell {
	return vault.Cell{Table: "calendar_feed", Column: "name", Row: id}
}

func (r *feedRow) feed() Feed {
	f := Feed{ID: r.ID, Name: r.name, CreatedAt: r.CreatedAt}
	if r.ReadAt != 0 {
		f.ReadAt = &r.ReadAt
	}
	return f
}

func (s *Service) feedsOf(ctx context.Context, personID int64) ([]feedRow, error) {
	return s.findFeeds(ctx, "person_id = ? ORDER BY id", personID)
}

func (s *Service) feedByHash(ctx context.Context, hash string) (feedRow, error) {
	rows, err := s.findFeeds(ctx, "hash = ?", hash)
	if err != nil {
		return feedRow{}, err
	}
	if len(rows) == 0 {
		return feedRow{}, fault.NotFound("feed")
	}
	return rows[0], nil
}

func (s *Service) findFeeds(ctx context.Context, where string, args ...any) ([]feedRow, error) {
	var rows []feedRow
	query := "SELECT id, person_id, place, name, hash, created_at, read_at FROM calendar_feed WHERE " + where
	if err := s.db.Session(ctx).SQL(query, args...).Find(&rows); err != nil {
		return nil, fmt.Errorf("exchange: read feeds: %w", err)
	}
	for i := range rows {
		var err error
		if rows[i].name, err = s.vault.OpenText(feedName(rows[i].ID), rows[i].Name); err != nil {
			return nil, fmt.Errorf("exchange: open the name of a feed: %w", err)
		}
	}
	return rows, nil
}

func (s *Service) insertFeed(ctx context.Context, r *feedRow) error {
	sealed, err := s.vault.SealText(feedName(r.ID), r.name)
	if err != nil {
		return fmt.Errorf("exchange: seal the name of a feed: %w", err)
	}
	columns := []string{"id", "person_id", "place", "name", "hash", "created_at", "read_at"}
	err = s.db.InsertMany(ctx, "calendar_feed", columns, [][]any{{r.ID, r.PersonID, r.Place, sealed, r.Hash, r.CreatedAt, r.ReadAt}})
	if s.db.IsUnique(err) {
		return fault.New(fault.KindConflict, "feed.at_once").Wrap(err)
	}
	if err != nil {
		return fmt.Errorf("exchange: insert a feed: %w", err)
	}
	return nil
}

func (s *Service) touchFeed(ctx context.Context, id, at int64) error {
	if _, err := s.db.Exec(ctx, "UPDATE calendar_feed SET read_at = ? WHERE id = ?", at, id); err != nil {
		return fmt.Errorf("exchange: note that a feed was read: %w", err)
	}
	return nil
}

func (s *Service) deleteFeed(ctx context.Context, id int64) error {
	if _, err := s.db.Exec(ctx, "DELETE FROM calendar_feed WHERE id = ?", id); err != nil {
		return fmt.Errorf("exchange: delete a feed: %w", err)
	}
	return nil
}
