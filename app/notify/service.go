package notify

import (
	"context"
	"slices"

	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/journal"
)

// maxMark bounds how many notices one call marks by id.
const maxMark = 200

// Service lists and marks notifications. It is safe for concurrent use.
type Service struct {
	db       *db.DB
	journal  *journal.Journal
	clock    clock.Clock
	people   people
	projects projects
	subjects Subjects
	out      *Outside // nil until Connect
}

// New makes the service.
func New(d *db.DB, j *journal.Journal, c clock.Clock, people people, projects projects, subjects Subjects) *Service {
	return &Service{db: d, journal: j, clock: c, people: people, projects: projects, subjects: subjects}
}

// List gives a page of the person's own notifications, newest first, and how
// many are unread. What is about a project that the person may no longer read
// is left out of both.
func (s *Service) List(ctx context.Context, unread bool, page db.Page) (items []Notice, next string, count int64, err error) {
	who, err := me(ctx)
	if err != nil {
		return nil, "", 0, err
	}
	before := int64(0)
	if page.Cursor != "" {
		if err := db.DecodeCursor(page.Cursor, &before); err != nil {
			return nil, "", 0, err
		}
		before = max(before, 1)
	}
	readable, every, err := s.projects.Projects(ctx, "task:read")
	if err != nil {
		return nil, "", 0, err
	}
	rows, err := s.page(ctx, who, before, unread, page.Size()+1)
	if err != nil {
		return nil, "", 0, err
	}
	if len(rows) > page.Size() {
		rows = rows[:page.Size()]
		next = db.EncodeCursor(rows[len(rows)-1].Seq)
	}
	if items, err = s.present(ctx, rows, func(id int64) bool { return every || slices.Contains(readable, id) }); err != nil {
		return nil, "", 0, err
	}
	count, err = s.unread(ctx, who, readable, every)
	return items, next, count, err
}

func (s *Service) unread(ctx context.Context, who int64, readable []int64, every bool) (int64, error) {
	if every {
		return s.countUnread(ctx, who, nil)
	}
	if len(readable) == 0 {
		return 0, nil
	}
	return s.countUnread(ctx, who, readable)
}

func (s *Service) present(ctx context.Context, rows []row, readable func(projectID int64) bool) ([]Notice, error) {
	ids := make([]int64, 0, len(rows))
	for _, r := range rows {
		if readable(r.ProjectID) && !slices.Contains(ids, r.TaskID) {
			ids = append(ids, r.TaskID)
		}
	}
	subjects := map[int64]Subject{}
	if len(ids) > 0 {
		var err error
		if subjects, err = s.subjects(ctx, ids); err != nil {
			return nil, err
		}
	}
	items := make([]Notice, 0, len(rows))
	for _, r := range rows {
		task, there := subjects[r.TaskID]
		// A task may have moved to a project this person cannot read.
		if !there || !readable(task.ProjectID) {
			continue
		}
		n := Notice{ID: r.ID, Seq: r.Seq, At: r.At, Actor: s.people.Ref(ctx, r.ActorID), Verb: r.Verb, Key: task.Key, Title: task.Title}
		n.Ref.Kind, n.Ref.ID = "task", r.TaskID
		if r.ReadAt != 0 {
			n.ReadAt = &r.ReadAt
		}
		items = append(items, n)
	}
	return items, nil
}

// MarkRead marks the person's own notifications as read, all of them or those
// named, and gives how many stay unread. Ids of others' are ignored. It is a
// private matter and leaves no entry in the journal.
func (s *Service) MarkRead(ctx context.Context, ids []int64, all bool) (int64, error) {
	who, err := me(ctx)
	if err != nil {
		return 0, err
	}
	switch {
	case all == (len(ids) > 0):
		return 0, fault.Invalid(fault.At("body.ids", "notify.ids_or_all"))
	case len(ids) > maxMark:
		return 0, fault.Invalid(fault.At("body.ids", "field.too_many", "max", maxMark))
	case all:
		ids = nil
	}
	if err := s.markRead(ctx, who, ids, clock.Millis(s.clock)); err != nil {
		return 0, err
	}
	readable, every, err := s.projects.Projects(ctx, "task:read")
	if err != nil {
		return 0, err
	}
	return s.unread(ctx, who, readable, every)
}

func me(ctx context.Context) (int64, error) {
	a, ok := actor.From(ctx)
	if !ok || a.PersonID == 0 {
		return 0, fault.New(fault.KindUnauthenticated, "access.unauthenticated")
	}
	return a.PersonID, nil
}
