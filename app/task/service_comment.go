package task

import (
	"context"
	"database/sql"
	"fmt"

	"dingban/app/access"
	"dingban/app/org"
	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/platform/vault"
	"dingban/app/project"
)

// Comment is what somebody said about a task.
type Comment struct {
	ID        int64         `json:"id" doc:"Id of the comment." example:"283746519330001"`
	TaskID    int64         `json:"taskId" doc:"Task it is about." example:"283746519320001"`
	Author    org.PersonRef `json:"author" doc:"Who wrote it."`
	Text      string        `json:"text" doc:"Text, 1 to 10,000 characters." example:"设备已到货，下午上架。"`
	CreatedAt int64         `json:"createdAt" doc:"UTC milliseconds." example:"1795500000000"`
	EditedAt  *int64        `json:"editedAt" nullable:"true" doc:"When it was last changed, UTC milliseconds; null if never." example:"1795500300000"`
	Version   int64         `json:"version" doc:"Send it with an update." example:"1"`
}

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

func commentCell(id int64) vault.Cell {
	return vault.Cell{Table: "task_comment", Column: "text", Row: id}
}

func (s *Service) comment(ctx context.Context, c *said) Comment {
	out := Comment{ID: c.ID, TaskID: c.TaskID, Author: s.people.Ref(ctx, c.AuthorID), Text: c.text, CreatedAt: c.CreatedAt, Version: c.Version}
	if edited := c.EditedAt; edited != 0 {
		out.EditedAt = &edited
	}
	return out
}

// readable gives a task that the person may read.
func (s *Service) readable(ctx context.Context, id int64) (row, project.Head, error) {
	r, err := s.one(ctx, false, "t.id = ?", id)
	if err != nil {
		return row{}, project.Head{}, err
	}
	h, err := s.may(ctx, "task:read", &r)
	return r, h, err
}

// Comments gives a page of a task's comments, oldest first. It needs task:read.
func (s *Service) Comments(ctx context.Context, taskID int64, page db.Page) ([]Comment, string, error) {
	if _, _, err := s.readable(ctx, taskID); err != nil {
		return nil, "", err
	}
	after := int64(0)
	if page.Cursor != "" {
		if err := db.DecodeCursor(page.Cursor, &after); err != nil {
			return nil, "", err
		}
	}
	found, err := s.readComments(ctx, "task_id = ? AND deleted_at = 0 AND id > ? ORDER BY id LIMIT ?", taskID, after, page.Size()+1)
	if err != nil {
		return nil, "", err
	}
	next := ""
	if len(found) > page.Size() {
		found = found[:page.Size()]
		next = db.EncodeCursor(found[len(found)-1].ID)
	}
	items := make([]Comment, len(found))
	for i := range found {
		items[i] = s.comment(ctx, &found[i])
	}
	return items, next, nil
}

// AddComment says something about a task. It needs comment:create.
func (s *Service) AddComment(ctx context.Context, taskID int64, text string) (Comment, error) {
	r, h, err := s.readable(ctx, taskID)
	if err != nil {
		return Comment{}, err
	}
	if err := s.mayComment(ctx, "comment:create", h, 0); err != nil {
		return Comment{}, err
	}
	var check input.Check
	text = check.Text("body.text", text, 1, maxComment)
	if err := check.Err(); err != nil {
		return Comment{}, err
	}
	who, _ := actor.From(ctx)
	c := said{ID: s.db.NewID(), TaskID: r.ID, AuthorID: who.PersonID, CreatedAt: clock.Millis(s.clock), Version: 1, text: text}
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		// First the task: it may have been deleted, and whoever deletes it holds its row.
		n, err := s.db.Exec(ctx, "UPDATE task SET comment_count = comment_count + 1 WHERE id = ? AND deleted_at = 0", r.ID)
		if err != nil {
			return fmt.Errorf("task: count comments: %w", err)
		}
		if n == 0 {
			return errNotFound()
		}
		if err := s.insertComment(ctx, &c); err != nil {
			return err
		}
		return s.appendComment(ctx, "comment.create", &r, &c, "", c.text)
	})
	if err != nil {
		return Comment{}, err
	}
	return s.comment(ctx, &c), nil
}

// EditComment changes what one said. It needs comment:update, which by default
// reaches one's own comments only, and the version that was seen.
func (s *Service) EditComment(ctx context.Context, id, version int64, text string) (Comment, error) {
	var check input.Check
	check.Version("body.version", version)
	text = check.Text("body.text", text, 1, maxComment)
	if err := check.Err(); err != nil {
		return Comment{}, err
	}
	var out Comment
	err := s.onComment(ctx, id, "comment:update", func(ctx context.Context, r *row, c *said) error {
		if c.Version != version {
			return fault.Conflict("comment.stale_version", s.comment(ctx, c))
		}
		before := c.text
		if out = s.comment(ctx, c); before == text {
			return nil
		}
		c.text, c.EditedAt = text, clock.Millis(s.clock)
		c.Version++
		if err := s.updateComment(ctx, c); err != nil {
			return err
		}
		out = s.comment(ctx, c)
		return s.appendComment(ctx, "comment.update", r, c, before, text)
	})
	return out, err
}

// DeleteComment takes a comment away. It needs comment:delete.
func (s *Service) DeleteComment(ctx context.Context, id int64) error {
	return s.onComment(ctx, id, "comment:delete", func(ctx context.Context, r *row, c *said) error {
		before := c.text
		c.DeletedAt = clock.Millis(s.clock)
		c.Version++
		if err := s.updateComment(ctx, c); err != nil {
			return err
		}
		if _, err := s.db.Exec(ctx, "UPDATE task SET comment_count = comment_count - 1 WHERE id = ? AND comment_count > 0", r.ID); err != nil {
			return fmt.Errorf("task: count comments: %w", err)
		}
		return s.appendComment(ctx, "comment.delete", r, c, before, "")
	})
}

// onComment works on a comment under its lock, once the person is allowed to.
func (s *Service) onComment(ctx context.Context, id int64, permission string, work func(ctx context.Context, r *row, c *said) error) error {
	return s.db.Tx(ctx, func(ctx context.Context) error {
		found, err := s.readComments(ctx, "id = ? AND deleted_at = 0"+s.db.Dialect().ForUpdate(), id)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return fault.NotFound("comment")
		}
		c := &found[0]
		r, h, err := s.readable(ctx, c.TaskID)
		if fault.Is(err, fault.KindNotFound) {
			return fault.NotFound("comment").Wrap(err)
		}
		if err != nil {
			return err
		}
		if err := s.mayComment(ctx, permission, h, c.AuthorID); err != nil {
			return err
		}
		return work(ctx, &r, c)
	})
}

// mayComment decides for somebody who can read the task, so a refusal need not
// pretend that nothing is there.
func (s *Service) mayComment(ctx context.Context, permission string, h project.Head, author int64) error {
	if h.Archived {
		return project.ErrArchived()
	}
	t := h.Target()
	t.OwnerID = author
	return s.access.Require(ctx, permission, t)
}

// remark is what the journal keeps of a comment. Which one it is stands in every entry, so
// it is never "before".
type remark struct {
	Comment *int64 `journal:"comment"`
	Text    string `journal:"text"`
}

// appendComment tells the journal. The entry is about the task, so that its
// history shows what was said.
func (s *Service) appendComment(ctx context.Context, verb string, r *row, c *said, before, after string) error {
	return s.journal.Append(ctx, journal.Entry{
		Module: "comment", Verb: verb, Ref: ref.To("task", r.ID), ProjectID: r.ProjectID,
		Changes: journal.Diff(remark{Text: before}, remark{Comment: &c.ID, Text: after}),
	})
}

func (s *Service) readComments(ctx context.Context, where string, args ...any) ([]said, error) {
	found := []said{}
	err := s.db.Each(ctx, "SELECT id, task_id, author_id, text, created_at, edited_at, version FROM task_comment WHERE "+where, args, func(sr *sql.Rows) error {
		var c said
		if err := sr.Scan(&c.ID, &c.TaskID, &c.AuthorID, &c.Text, &c.CreatedAt, &c.EditedAt, &c.Version); err != nil {
			return err
		}
		var err error
		if c.text, err = s.vault.OpenText(commentCell(c.ID), c.Text); err != nil {
			return err
		}
		found = append(found, c)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("task: read comments: %w", err)
	}
	return found, nil
}

func (s *Service) insertComment(ctx context.Context, c *said) error {
	sealed, err := s.vault.SealText(commentCell(c.ID), c.text)
	if err != nil {
		return fmt.Errorf("task: seal a comment: %w", err)
	}
	columns := []string{"id", "task_id", "author_id", "text", "created_at", "edited_at", "deleted_at", "version"}
	if err := s.db.InsertMany(ctx, "task_comment", columns, [][]any{{c.ID, c.TaskID, c.AuthorID, sealed, c.CreatedAt, c.EditedAt, c.DeletedAt, c.Version}}); err != nil {
		return fmt.Errorf("task: insert a comment: %w", err)
	}
	return nil
}

func (s *Service) updateComment(ctx context.Context, c *said) error {
	sealed, err := s.vault.SealText(commentCell(c.ID), c.text)
	if err != nil {
		return fmt.Errorf("task: seal a comment: %w", err)
	}
	_, err = s.db.Exec(ctx, "UPDATE task_comment SET text = ?, edited_at = ?, deleted_at = ?, version = ? WHERE id = ?", sealed, c.EditedAt, c.DeletedAt, c.Version, c.ID)
	if err != nil {
		return fmt.Errorf("task: update a comment: %w", err)
	}
	return nil
}

var _ guard = (*access.Service)(nil)
