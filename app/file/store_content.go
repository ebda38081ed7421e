package file

import (
	"context"
	"fmt"

	"dingban/app/platform/db"
)

// The states of a piece: on its way into the object store, part of a content, to be thrown away.
const (
	arriving = "arriving"
	kept     = "kept"
	doomed   = "doomed"
)

// piece is an object of the store that holds some bytes of a content.
type piece struct {
	ID        int64  `xorm:"'id'"`
	ContentID int64  `xorm:"'content_id'"`
	First     int64  `xorm:"'first_byte'"`
	Size      int64  `xorm:"'size'"`
	State     string `xorm:"'state'"`
	CreatedAt int64  `xorm:"'created_at'"`
}

// TableName is for the check that rows and migrations agree.
func (piece) TableName() string { return "file_piece" }

// key is where the object store has it. No two pieces ever had the same one, so nothing is ever replaced.
func (p *piece) key() string { return fmt.Sprintf("file/%d/%d", p.ContentID, p.ID) }

// pieces are those of a content, in the order of their bytes.
func (s *Service) pieces(ctx context.Context, contentID int64) ([]piece, error) {
	var found []piece
	err := s.db.Session(ctx).SQL("SELECT id, content_id, first_byte, size, state, created_at FROM file_piece WHERE content_id = ? AND state = ? ORDER BY first_byte", contentID, kept).Find(&found)
	if err != nil {
		return nil, fmt.Errorf("file: read pieces: %w", err)
	}
	return found, nil
}

func (s *Service) insertPiece(ctx context.Context, p *piece) error {
	err := s.db.InsertMany(ctx, "file_piece", []string{"id", "content_id", "first_byte", "size", "state", "created_at"},
		[][]any{{p.ID, p.ContentID, p.First, p.Size, p.State, p.CreatedAt}})
	if err != nil {
		return fmt.Errorf("file: note a piece: %w", err)
	}
	return nil
}

// keep makes a piece a part of its content, unless it was given up meanwhile.
func (s *Service) keep(ctx context.Context, id int64) (bool, error) {
	n, err := s.db.Exec(ctx, "UPDATE file_piece SET state = ? WHERE id = ? AND state = ?", kept, id, arriving)
	if err != nil {
		return false, fmt.Errorf("file: keep a piece: %w", err)
	}
	return n == 1, nil
}

func (s *Service) doom(ctx context.Context, id int64) error {
	if _, err := s.db.Exec(ctx, "UPDATE file_piece SET state = ? WHERE id = ? AND state = ?", doomed, id, arriving); err != nil {
		return fmt.Errorf("file: give up a piece: %w", err)
	}
	return nil
}

// doomStale gives up what a crash has left on its way.
func (s *Service) doomStale(ctx context.Context, before int64) error {
	if _, err := s.db.Exec(ctx, "UPDATE file_piece SET state = ? WHERE state = ? AND created_at < ?", doomed, arriving, before); err != nil {
		return fmt.Errorf("file: give up old pieces: %w", err)
	}
	return nil
}

func (s *Service) doomedPieces(ctx context.Context, limit int) ([]piece, error) {
	var found []piece
	err := s.db.Session(ctx).SQL("SELECT id, content_id, first_byte, size, state, created_at FROM file_piece WHERE state = ? ORDER BY created_at LIMIT ?", doomed, limit).Find(&found)
	if err != nil {
		return nil, fmt.Errorf("file: read pieces to throw away: %w", err)
	}
	return found, nil
}

func (s *Service) deletePiece(ctx context.Context, id int64) error {
	if _, err := s.db.Exec(ctx, "DELETE FROM file_piece WHERE id = ? AND state = ?", id, doomed); err != nil {
		return fmt.Errorf("file: forget a piece: %w", err)
	}
	return nil
}

func (s *Service) insertContent(ctx context.Context, id int64) error {
	if err := s.db.InsertMany(ctx, "file_content", []string{"id", "refs"}, [][]any{{id, 1}}); err != nil {
		return fmt.Errorf("file: insert a content: %w", err)
	}
	return nil
}

// share adds files to contents. The row stays locked until the commit, so a content does not go while it is shared.
func (s *Service) share(ctx context.Context, contents []int64, by int) error {
	n, err := s.db.Exec(ctx, "UPDATE file_content SET refs = refs + ? WHERE id IN ("+db.Marks(len(contents))+")", append([]any{by}, db.Args(contents)...)...)
	if err != nil {
		return fmt.Errorf("file: share contents: %w", err)
	}
	if n != int64(len(contents)) {
		return fmt.Errorf("file: share contents: %d of %d are there", n, len(contents))
	}
	return nil
}

// release takes a file from a content; with the last one the content goes and its pieces are doomed.
func (s *Service) release(ctx context.Context, contentID int64) error {
	if _, err := s.db.Exec(ctx, "UPDATE file_content SET refs = refs - 1 WHERE id = ?", contentID); err != nil {
		return fmt.Errorf("file: release a content: %w", err)
	}
	n, err := s.db.Exec(ctx, "DELETE FROM file_content WHERE id = ? AND refs <= 0", contentID)
	if err != nil {
		return fmt.Errorf("file: release a content: %w", err)
	}
	if n == 0 {
		return nil
	}
	// One that is arriving is not stored yet: it will find its upload gone, or be given up when it is old.
	if _, err := s.db.Exec(ctx, "UPDATE file_piece SET state = ? WHERE content_id = ? AND state = ?", doomed, contentID, kept); err != nil {
		return fmt.Errorf("file: give up the pieces of a content: %w", err)
	}
	return nil
}
