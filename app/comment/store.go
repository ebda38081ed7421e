package comment

import (
	"context"
	"database/sql"
	"fmt"

	"dingban/app/platform/db"
	"dingban/app/platform/vault"
)

// said is a comment as it is stored.
type said struct {
	ID        int64  `xorm:"'id'"`
	TaskID    int64  `xorm:"'task_id'"`
	AuthorID  int64  `xorm:"'author_id'"`
	Text      []byte `xorm:"'text'"`
	CreatedAt int64  `xorm:"'created_at'"`
	EditedAt  int64  `xorm:"'edited_at'"`
	DeletedAt int64  `xorm:"'deleted_at'"`
	Version   int64  `xorm:"'version'"`

	text string
}

// TableName is for the check that rows and migrations agree.
func (said) TableName() string { return "task_comment" }

func cell(id int64) vault.Cell {
	return vault.Cell{Table: "task_comment", Column: "text", Row: id}
}

func (s *Service) read(ctx context.Context, where string, args ...any) ([]said, error) {
	found := []said{}
	err := s.db.Each(ctx, "SELECT id, task_id, author_id, text, created_at, edited_at, version FROM task_comment WHERE "+where, args, func(sr *sql.Rows) error {
		var c said
		if err := sr.Scan(&c.ID, &c.TaskID, &c.AuthorID, &c.Text, &c.CreatedAt, &c.EditedAt, &c.Version); err != nil {
			return err
		}
		var err error
		if c.text, err = s.vault.OpenText(cell(c.ID), c.Text); err != nil {
			return err
		}
		found = append(found, c)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("comment: read comments: %w", err)
	}
	return found, nil
}

func (s *Service) insert(ctx context.Context, c *said) error {
	sealed, err := s.vault.SealText(cell(c.ID), c.text)
	if err != nil {
		return fmt.Errorf("comment: seal a comment: %w", err)
	}
	columns := []string{"id", "task_id", "author_id", "text", "created_at", "edited_at", "deleted_at", "version"}
	if err := s.db.InsertMany(ctx, "task_comment", columns, [][]any{{c.ID, c.TaskID, c.AuthorID, sealed, c.CreatedAt, c.EditedAt, c.DeletedAt, c.Version}}); err != nil {
		return fmt.Errorf("comment: insert a comment: %w", err)
	}
	return nil
}

// Texts gives what is said about tasks, in the order it was said, by task. It asks for no permission: it is for modules
// that decide themselves what they show.
func (s *Service) Texts(ctx context.Context, tasks []int64) (map[int64][]string, error) {
	out := map[int64][]string{}
	if len(tasks) == 0 {
		return out, nil
	}
	found, err := s.read(ctx, "task_id IN ("+db.Marks(len(tasks))+") AND deleted_at = 0 ORDER BY id", db.Args(tasks)...)
	for i := range found {
		out[found[i].TaskID] = append(out[found[i].TaskID], found[i].text)
	}
	return out, err
}

func (s *Service) update(ctx context.Context, c *said) error {
	sealed, err := s.vault.SealText(cell(c.ID), c.text)
	if err != nil {
		return fmt.Errorf("comment: seal a comment: %w", err)
	}
	_, err = s.db.Exec(ctx, "UPDATE task_comment SET text = ?, edited_at = ?, deleted_at = ?, version = ? WHERE id = ?", sealed, c.EditedAt, c.DeletedAt, c.Version, c.ID)
	if err != nil {
		return fmt.Errorf("comment: update a comment: %w", err)
	}
	return nil
}

// reaction is one person's answer to a comment.
type reaction struct {
	commentID int64
	name      string
	personID  int64
}

// reactions reads what was answered to comments, first answers first.
func (s *Service) reactions(ctx context.Context, ids []int64) ([]reaction, error) {
	var found []reaction
	query := "SELECT comment_id, name, person_id FROM comment_reaction WHERE comment_id IN (" + db.Marks(len(ids)) + ") ORDER BY comment_id, created_at, person_id"
	err := s.db.Each(ctx, query, db.Args(ids), func(sr *sql.Rows) error {
		var r reaction
		err := sr.Scan(&r.commentID, &r.name, &r.personID)
		found = append(found, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("comment: read reactions: %w", err)
	}
	return found, nil
}

func (s *Service) react(ctx context.Context, r reaction, now int64) (bool, error) {
	n, err := s.db.InsertIgnore(ctx, "comment_reaction", []string{"comment_id", "name", "person_id"}, []string{"comment_id", "name", "person_id", "created_at"}, [][]any{{r.commentID, r.name, r.personID, now}})
	if err != nil {
		return false, fmt.Errorf("comment: insert a reaction: %w", err)
	}
	return n > 0, nil
}

func (s *Service) unreact(ctx context.Context, r reaction, _ int64) (bool, error) {
	n, err := s.db.Exec(ctx, "DELETE FROM comment_reaction WHERE comment_id = ? AND name = ? AND person_id = ?", r.commentID, r.name, r.personID)
	if err != nil {
		return false, fmt.Errorf("comment: delete a reaction: %w", err)
	}
	return n > 0, nil
}
