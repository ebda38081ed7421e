package file

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"dingban/app/platform/db"
	"dingban/app/platform/ref"
	"dingban/app/platform/vault"
)

// The states of a file.
const (
	uploading = "uploading"
	ready     = "ready"
	deleted   = "deleted"
)

// row is a file as it is stored.
type row struct {
	ID         int64  `xorm:"'id'"`
	HolderKind string `xorm:"'holder_kind'"`
	HolderID   int64  `xorm:"'holder_id'"`
	ContentID  int64  `xorm:"'content_id'"`
	Name       []byte `xorm:"'name'"`
	MediaType  string `xorm:"'media_type'"`
	Size       int64  `xorm:"'size'"`
	Received   int64  `xorm:"'received'"`
	State      string `xorm:"'state'"`
	CreatedBy  int64  `xorm:"'created_by'"`
	CreatedAt  int64  `xorm:"'created_at'"`
	ChangedAt  int64  `xorm:"'changed_at'"`
	Version    int64  `xorm:"'version'"`

	name string
}

const columns = "id, holder_kind, holder_id, content_id, name, media_type, size, received, state, created_by, created_at, changed_at, version"

// TableName is for the check that rows and migrations agree.
func (row) TableName() string { return "file" }

func (r *row) ref() ref.Ref { return ref.To(r.HolderKind, r.HolderID) }

func (r *row) facts() facts { return facts{File: r.name, Size: r.Size} }

func cell(id int64) vault.Cell { return vault.Cell{Table: "file", Column: "name", Row: id} }

func (s *Service) find(ctx context.Context, where string, args ...any) ([]row, error) {
	found := []row{}
	err := s.db.Each(ctx, "SELECT "+columns+" FROM file WHERE "+where, args, func(sr *sql.Rows) error {
		var r row
		err := sr.Scan(&r.ID, &r.HolderKind, &r.HolderID, &r.ContentID, &r.Name, &r.MediaType, &r.Size, &r.Received, &r.State, &r.CreatedBy, &r.CreatedAt, &r.ChangedAt, &r.Version)
		if err != nil {
			return err
		}
		if r.name, err = s.vault.OpenText(cell(r.ID), r.Name); err != nil {
			return err
		}
		found = append(found, r)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("file: read files: %w", err)
	}
	return found, nil
}

// one gives a file in a state; a transaction holds its row then.
func (s *Service) one(ctx context.Context, id int64, state string) (row, bool, error) {
	lock := ""
	if s.db.InTx(ctx) {
		lock = s.db.Dialect().ForUpdate()
	}
	found, err := s.find(ctx, "id = ? AND state = ?"+lock, id, state)
	if err != nil || len(found) == 0 {
		return row{}, false, err
	}
	return found[0], true, nil
}

// count is how many files a thing has, those on their way among them.
func (s *Service) count(ctx context.Context, holder ref.Ref) (n int, err error) {
	_, err = s.db.Session(ctx).SQL("SELECT COUNT(*) FROM file WHERE holder_kind = ? AND holder_id = ? AND state IN (?, ?)",
		holder.Kind, holder.ID, ready, uploading).Get(&n)
	if err != nil {
		return 0, fmt.Errorf("file: count files: %w", err)
	}
	return n, nil
}

func (s *Service) insert(ctx context.Context, rows []row) error {
	values := make([][]any, len(rows))
	for i := range rows {
		r := &rows[i]
		sealed, err := s.vault.SealText(cell(r.ID), r.name)
		if err != nil {
			return fmt.Errorf("file: seal a name: %w", err)
		}
		values[i] = []any{r.ID, r.HolderKind, r.HolderID, r.ContentID, sealed, r.MediaType, r.Size, r.Received, r.State, r.CreatedBy, r.CreatedAt, r.ChangedAt, r.Version}
	}
	if err := s.db.InsertMany(ctx, "file", strings.Split(columns, ", "), values); err != nil {
		return fmt.Errorf("file: insert: %w", err)
	}
	return nil
}

func (s *Service) update(ctx context.Context, r *row) error {
	sealed, err := s.vault.SealText(cell(r.ID), r.name)
	if err != nil {
		return fmt.Errorf("file: seal a name: %w", err)
	}
	_, err = s.db.Exec(ctx, "UPDATE file SET name = ?, media_type = ?, state = ?, created_at = ?, changed_at = ?, version = ? WHERE id = ?",
		sealed, r.MediaType, r.State, r.CreatedAt, r.ChangedAt, r.Version, r.ID)
	if err != nil {
		return fmt.Errorf("file: update: %w", err)
	}
	return nil
}

// advance adds a piece to an upload, unless another request has done so first.
func (s *Service) advance(ctx context.Context, id, from, to, now int64) (bool, error) {
	n, err := s.db.Exec(ctx, "UPDATE file SET received = ?, changed_at = ? WHERE id = ? AND state = ? AND received = ?", to, now, id, uploading, from)
	if err != nil {
		return false, fmt.Errorf("file: advance an upload: %w", err)
	}
	return n == 1, nil
}

// expired gives files that have been in a state since before a time.
func (s *Service) expired(ctx context.Context, state string, before int64, limit int) ([]int64, error) {
	var ids []int64
	err := s.db.Session(ctx).SQL("SELECT id FROM file WHERE state = ? AND changed_at < ? ORDER BY changed_at LIMIT ?", state, before, limit).Find(&ids)
	if err != nil {
		return nil, fmt.Errorf("file: look for expired files: %w", err)
	}
	return ids, nil
}

// forget takes a file's row away if it is still in the state that expired.
func (s *Service) forget(ctx context.Context, id int64, state string, before int64) (bool, error) {
	n, err := s.db.Exec(ctx, "DELETE FROM file WHERE id = ? AND state = ? AND changed_at < ?", id, state, before)
	if err != nil {
		return false, fmt.Errorf("file: forget a file: %w", err)
	}
	return n == 1, nil
}

// see remembers that somebody has read a file in an hour and tells whether that is new.
func (s *Service) see(ctx context.Context, id, person int64, kind string, hour int64) (bool, error) {
	keys := []string{"file_id", "person_id", "kind", "seen_at"}
	n, err := s.db.InsertIgnore(ctx, "file_seen", keys, keys, [][]any{{id, person, kind, hour}})
	if err != nil {
		return false, fmt.Errorf("file: remember a reader: %w", err)
	}
	return n == 1, nil
}

func (s *Service) forgetSeen(ctx context.Context, before int64) error {
	if _, err := s.db.Exec(ctx, "DELETE FROM file_seen WHERE seen_at < ?", before); err != nil {
		return fmt.Errorf("file: forget readers: %w", err)
	}
	return nil
}

func inHolders(kind string, ids []int64) (where string, args []any) {
	return "holder_kind = ? AND holder_id IN (" + db.Marks(len(ids)) + ") AND state = ?", append(append([]any{kind}, db.Args(ids)...), ready)
}
