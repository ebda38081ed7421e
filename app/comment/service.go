package comment

import (
	"context"

	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/platform/vault"
	"dingban/app/project"
	"dingban/app/task"
)

// Service keeps comments. It is safe for concurrent use.
type Service struct {
	db      *db.DB
	vault   *vault.Vault
	journal *journal.Journal
	clock   clock.Clock
	access  guard
	people  People
	tasks   Tasks
}

// New makes the service.
func New(d *db.DB, v *vault.Vault, j *journal.Journal, c clock.Clock, access guard, people People, tasks Tasks) *Service {
	return &Service{db: d, vault: v, journal: j, clock: c, access: access, people: people, tasks: tasks}
}

func (s *Service) comment(ctx context.Context, c *said) Comment {
	out := Comment{ID: c.ID, TaskID: c.TaskID, Author: s.people.Ref(ctx, c.AuthorID), Text: c.text, Reactions: []Reaction{}, CreatedAt: c.CreatedAt, Version: c.Version}
	if edited := c.EditedAt; edited != 0 {
		out.EditedAt = &edited
	}
	return out
}

// List gives a page of a task's comments, oldest first. It needs task:read.
func (s *Service) List(ctx context.Context, taskID int64, page db.Page) ([]Comment, string, error) {
	if _, err := s.tasks.Readable(ctx, taskID); err != nil {
		return nil, "", err
	}
	after := int64(0)
	if page.Cursor != "" {
		if err := db.DecodeCursor(page.Cursor, &after); err != nil {
			return nil, "", err
		}
	}
	found, err := s.read(ctx, "task_id = ? AND deleted_at = 0 AND id > ? ORDER BY id LIMIT ?", taskID, after, page.Size()+1)
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
	return items, next, s.addReactions(ctx, items)
}

// Add says something about a task. It needs comment:create.
func (s *Service) Add(ctx context.Context, taskID int64, text string) (Comment, error) {
	r, err := s.tasks.Readable(ctx, taskID)
	if err != nil {
		return Comment{}, err
	}
	if err := s.mayComment(ctx, "comment:create", r.Head, 0); err != nil {
		return Comment{}, err
	}
	var check input.Check
	text = check.Text("body.text", text, 1, maxText)
	if err := check.Err(); err != nil {
		return Comment{}, err
	}
	who, _ := actor.From(ctx)
	c := said{ID: s.db.NewID(), TaskID: r.ID, AuthorID: who.PersonID, CreatedAt: clock.Millis(s.clock), Version: 1, text: text}
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		// First the task: it may have been deleted, and whoever deletes it holds its row.
		there, err := s.tasks.CountComments(ctx, r.ID, 1)
		if err != nil {
			return err
		}
		if !there {
			return fault.NotFound("task")
		}
		if err := s.insert(ctx, &c); err != nil {
			return err
		}
		return s.append(ctx, "comment.create", r, &c, "", c.text)
	})
	if err != nil {
		return Comment{}, err
	}
	return s.comment(ctx, &c), nil
}

// Edit changes what one said. It needs comment:update, which by default
// reaches one's own comments only, and the version that was seen.
func (s *Service) Edit(ctx context.Context, id, version int64, text string) (Comment, error) {
	var check input.Check
	check.Version("body.version", version)
	text = check.Text("body.text", text, 1, maxText)
	if err := check.Err(); err != nil {
		return Comment{}, err
	}
	var out Comment
	err := s.onComment(ctx, id, "comment:update", func(ctx context.Context, r task.Seen, c *said) error {
		if c.Version != version {
			now, err := s.whole(ctx, c)
			if err != nil {
				return err
			}
			return fault.Conflict("comment.stale_version", now)
		}
		before := c.text
		var err error
		if out, err = s.whole(ctx, c); err != nil || before == text {
			return err
		}
		c.text, c.EditedAt = text, clock.Millis(s.clock)
		c.Version++
		if err := s.update(ctx, c); err != nil {
			return err
		}
		reactions := out.Reactions
		out = s.comment(ctx, c)
		out.Reactions = reactions
		return s.append(ctx, "comment.update", r, c, before, text)
	})
	return out, err
}

// Delete takes a comment away. It needs comment:delete.
func (s *Service) Delete(ctx context.Context, id int64) error {
	return s.onComment(ctx, id, "comment:delete", func(ctx context.Context, r task.Seen, c *said) error {
		before := c.text
		c.DeletedAt = clock.Millis(s.clock)
		c.Version++
		if err := s.update(ctx, c); err != nil {
			return err
		}
		if _, err := s.tasks.CountComments(ctx, r.ID, -1); err != nil {
			return err
		}
		return s.append(ctx, "comment.delete", r, c, before, "")
	})
}

// onComment works on a comment under its lock, once the person is allowed to.
func (s *Service) onComment(ctx context.Context, id int64, permission string, work func(ctx context.Context, r task.Seen, c *said) error) error {
	return s.db.Tx(ctx, func(ctx context.Context) error {
		found, err := s.read(ctx, "id = ? AND deleted_at = 0"+s.db.Dialect().ForUpdate(), id)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return fault.NotFound("comment")
		}
		c := &found[0]
		r, err := s.tasks.Readable(ctx, c.TaskID)
		if fault.Is(err, fault.KindNotFound) {
			return fault.NotFound("comment").Wrap(err)
		}
		if err != nil {
			return err
		}
		if err := s.mayComment(ctx, permission, r.Head, c.AuthorID); err != nil {
			return err
		}
		return work(ctx, r, c)
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
	// Mentions are the people it speaks to; notifications read them.
	Mentions []int64 `journal:"mentions"`
}

// append tells the journal. The entry is about the task, so that its
// history shows what was said.
func (s *Service) append(ctx context.Context, verb string, r task.Seen, c *said, before, after string) error {
	return s.journal.Append(ctx, journal.Entry{
		Module: "comment", Verb: verb, Ref: ref.To("task", r.ID), ProjectID: r.ProjectID,
		Changes: journal.Diff(remark{Text: before, Mentions: mentioned(before)}, remark{Comment: &c.ID, Text: after, Mentions: mentioned(after)}),
	})
}
