package checklist

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"dingban/app/board/rank"
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
	"dingban/app/task"
)

// Service keeps checklists. It is safe for concurrent use.
type Service struct {
	db       *db.DB
	vault    *vault.Vault
	journal  *journal.Journal
	clock    clock.Clock
	projects Projects
	people   People
	tasks    Tasks
}

// New makes the service.
func New(d *db.DB, v *vault.Vault, j *journal.Journal, c clock.Clock, p Projects, people People, tasks Tasks) *Service {
	return &Service{db: d, vault: v, journal: j, clock: c, projects: p, people: people, tasks: tasks}
}

// List gives the checklist of a task in its order. It needs task:read.
func (s *Service) List(ctx context.Context, taskID int64) ([]Item, error) {
	if _, err := s.tasks.Readable(ctx, taskID); err != nil {
		return nil, err
	}
	rows, err := s.ofTasks(ctx, taskID)
	if err != nil {
		return nil, err
	}
	return s.items(ctx, rows), nil
}

func (s *Service) items(ctx context.Context, rows []row) []Item {
	items := make([]Item, len(rows))
	for i := range rows {
		items[i] = s.item(ctx, &rows[i])
	}
	return items
}

func (s *Service) item(ctx context.Context, r *row) Item {
	one := func(id int64) []org.PersonRef {
		return s.people.Refs(ctx, slices.DeleteFunc([]int64{id}, func(id int64) bool { return id == 0 }))
	}
	out := Item{
		ID: r.ID, TaskID: r.TaskID, Text: r.text, DoneBy: one(r.DoneBy), Assignees: one(r.AssigneeID), DueAllDay: r.DueAllDay, Version: r.Version,
	}
	if at := r.DoneAt; at != 0 {
		out.DoneAt = &at
	}
	if at := r.DueAt; at != 0 {
		out.DueAt = &at
	}
	return out
}

// A line may come from a list in Markdown or in a document: its sign is not what is to be done.
var sign = regexp.MustCompile(`^(?:[-*+•·▪◦]|\d{1,3}[.)、]|[（(]\d{1,3}[）)])?\s*(?:(\[[ xX]\]|[☐☑✓✔□])\s*)?`)

// lines takes text apart into what its lines say, and which of them are ticked already.
func lines(text string) (out []string, ticked []bool) {
	for line := range strings.Lines(strings.ReplaceAll(text, "\r", "\n")) {
		line = strings.TrimSpace(line)
		found := sign.FindStringSubmatch(line)
		rest := strings.TrimSpace(line[len(found[0]):])
		if rest == "" { // a sign alone is what somebody wrote
			rest = line
		}
		if rest != "" {
			out = append(out, rest)
			ticked = append(ticked, strings.ContainsAny(found[1], "xX☑✓✔"))
		}
	}
	return out, ticked
}

// Add puts an item, or one for each line, at the end of a checklist. It needs task:update. All are added or none.
func (s *Service) Add(ctx context.Context, taskID int64, text string) ([]Item, error) {
	var c input.Check
	text = c.Text("body.text", text, 1, maxItems*(maxText+20))
	if err := c.Err(); err != nil {
		return nil, err
	}
	texts, ticked := lines(text)
	for i := range texts {
		location := "body.text"
		if len(texts) > 1 {
			location = fmt.Sprintf("body.text[%d]", i)
		}
		texts[i] = c.Line(location, texts[i], 1, maxText)
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	var added []row
	err := s.onTask(ctx, taskID, func(ctx context.Context, seen task.Seen) error {
		before, err := s.ofTasks(ctx, taskID)
		if err != nil {
			return err
		}
		if len(before)+len(texts) > maxItems {
			return fault.Invalid(fault.At("body.text", "checklist.too_many", "max", maxItems))
		}
		who, _ := actor.From(ctx)
		now := clock.Millis(s.clock)
		var changes []journal.Change
		done := int64(0)
		for i, text := range texts {
			r := row{ID: s.db.NewID(), TaskID: taskID, CreatedAt: now, Version: 1, text: text}
			// New ids are later than all before, so this rank is behind every item.
			r.Rank = rank.FromID(r.ID)
			if ticked[i] {
				r.DoneAt, r.DoneBy = now, who.PersonID
				done++
			}
			added = append(added, r)
			changes = append(changes, journal.Diff(nil, facts{Item: r.text, Checked: r.DoneAt != 0})...)
		}
		if err := s.insert(ctx, added); err != nil {
			return err
		}
		if err := s.count(ctx, taskID, int64(len(added)), done); err != nil {
			return err
		}
		return s.append(ctx, "checklist.add", seen, changes)
	})
	if err != nil {
		return nil, err
	}
	return s.items(ctx, added), nil
}

// Update changes an item. It needs task:update, and the version that was seen.
func (s *Service) Update(ctx context.Context, id int64, e Edit) (Item, error) {
	var c input.Check
	c.Version("body.version", e.Version)
	if e.Text != nil {
		*e.Text = c.Line("body.text", *e.Text, 1, maxText)
	}
	if e.DueAt != nil && (*e.DueAt < 0 || *e.DueAt > maxTime) {
		c.Add("body.dueAt", "task.bad_time")
	}
	if err := c.Err(); err != nil {
		return Item{}, err
	}
	var out Item
	err := s.onItem(ctx, id, func(ctx context.Context, seen task.Seen, r *row) error {
		if r.Version != e.Version {
			return fault.Conflict("checklist.stale_version", s.item(ctx, r))
		}
		before := *r
		if err := s.change(ctx, seen, r, e); err != nil {
			return err
		}
		changes := journal.Diff(before.facts(), r.facts())
		if len(changes) > 0 {
			r.Version++
			if err := s.update(ctx, r); err != nil {
				return err
			}
			verb, done := "checklist.update", int64(0)
			if before.DoneAt != 0 != (r.DoneAt != 0) {
				verb, done = "checklist.check", 1
				if r.DoneAt == 0 {
					verb, done = "checklist.uncheck", -1
				}
			}
			if err := s.count(ctx, r.TaskID, 0, done); err != nil {
				return err
			}
			if err := s.append(ctx, verb, seen, named(r, changes)); err != nil {
				return err
			}
		}
		out = s.item(ctx, r)
		return nil
	})
	return out, err
}

func (s *Service) change(ctx context.Context, seen task.Seen, r *row, e Edit) error {
	if e.Text != nil {
		r.text = *e.Text
	}
	if e.DueAt != nil {
		r.DueAt = *e.DueAt
	}
	if e.DueAllDay != nil {
		r.DueAllDay = *e.DueAllDay
	}
	r.DueAllDay = r.DueAllDay && r.DueAt != 0
	if e.AssigneeID != nil && *e.AssigneeID != r.AssigneeID {
		var c input.Check
		if *e.AssigneeID != 0 {
			if err := s.tasks.CheckPeople(ctx, &c, "body.assigneeId", seen.Head, []int64{*e.AssigneeID}); err != nil {
				return err
			}
		}
		if err := c.Err(); err != nil {
			return err
		}
		r.AssigneeID = *e.AssigneeID
	}
	if e.Done != nil && *e.Done != (r.DoneAt != 0) {
		r.DoneAt, r.DoneBy = 0, 0
		if *e.Done {
			who, _ := actor.From(ctx)
			r.DoneAt, r.DoneBy = clock.Millis(s.clock), who.PersonID
		}
	}
	return nil
}

// Move puts an item behind another one of its checklist, or first for 0. It needs task:update. The order is nobody's
// words: the last one who moves is right, and no version is asked for.
func (s *Service) Move(ctx context.Context, id, afterID int64) ([]Item, error) {
	var out []Item
	err := s.onItem(ctx, id, func(ctx context.Context, seen task.Seen, r *row) error {
		rows, err := s.ofTasks(ctx, r.TaskID)
		if err != nil {
			return err
		}
		from := slices.IndexFunc(rows, func(x row) bool { return x.ID == id })
		rest := slices.Delete(slices.Clone(rows), from, from+1)
		at := 1 + slices.IndexFunc(rest, func(x row) bool { return x.ID == afterID })
		if at == 0 && afterID != 0 {
			return fault.Invalid(fault.At("body.afterId", "checklist_item.not_found"))
		}
		if at == from {
			out = s.items(ctx, rows)
			return nil
		}
		before := r.facts()
		if err := s.rank(ctx, r, rest, at); err != nil {
			return err
		}
		r.Version++
		if err := s.update(ctx, r); err != nil {
			return err
		}
		if rows, err = s.ofTasks(ctx, r.TaskID); err != nil {
			return err
		}
		out = s.items(ctx, rows)
		return s.append(ctx, "checklist.move", seen, named(r, journal.Diff(before, r.facts())))
	})
	return out, err
}

// rank gives an item its place at index at of the others; without room between its neighbours all are spread anew.
func (s *Service) rank(ctx context.Context, r *row, rest []row, at int) error {
	after, before := "", ""
	if at > 0 {
		after = rest[at-1].Rank
	}
	if at < len(rest) {
		before = rest[at].Rank
	}
	between, err := rank.Between(after, before)
	if err == nil && len(between) <= rank.MaxLength {
		r.Rank = between
		return nil
	}
	if err != nil && !errors.Is(err, rank.ErrNoRoom) {
		return fmt.Errorf("checklist: rank: %w", err)
	}
	ranks, err := rank.Spread(len(rest)+1, rank.FromID(s.db.NewID()))
	if err != nil {
		return fmt.Errorf("checklist: spread: %w", err)
	}
	r.Rank = ranks[at]
	ranks = slices.Delete(ranks, at, at+1)
	for i := range rest {
		rest[i].Rank = ranks[i]
		if err := s.update(ctx, &rest[i]); err != nil {
			return err
		}
	}
	return nil
}

// Delete takes an item away. It needs task:update; the journal keeps what it was.
func (s *Service) Delete(ctx context.Context, id int64) error {
	return s.onItem(ctx, id, func(ctx context.Context, seen task.Seen, r *row) error {
		return s.drop(ctx, "checklist.delete", seen, r)
	})
}

func (s *Service) drop(ctx context.Context, verb string, seen task.Seen, r *row) error {
	if err := s.remove(ctx, r.ID); err != nil {
		return err
	}
	done := int64(0)
	if r.DoneAt != 0 {
		done = -1
	}
	if err := s.count(ctx, r.TaskID, -1, done); err != nil {
		return err
	}
	return s.append(ctx, verb, seen, journal.Diff(r.facts(), nil))
}

// Convert makes a subtask of an item, with its person and its date, in the item's place. It needs task:update and
// task:create.
func (s *Service) Convert(ctx context.Context, id int64) (task.Task, error) {
	var made task.Task
	err := s.onItem(ctx, id, func(ctx context.Context, seen task.Seen, r *row) error {
		// A title is shorter than an item may be; what does not fit is kept as its description.
		d := task.Draft{ProjectID: seen.ProjectID, ParentID: r.TaskID, Title: r.text, DueAllDay: r.DueAllDay}
		if runes := []rune(r.text); len(runes) > maxTitle {
			d.Title, d.Description = string(runes[:maxTitle-1])+"…", r.text
		}
		if r.DueAt != 0 {
			d.DueAt = &r.DueAt
		}
		if r.AssigneeID != 0 {
			d.AssigneeIDs = []int64{r.AssigneeID}
		}
		var err error
		if made, err = s.tasks.Create(ctx, d); err != nil {
			return err
		}
		return s.drop(ctx, "checklist.convert", seen, r)
	})
	return made, err
}

// onTask works on the checklist of a task the person may change, and holds the task's row.
func (s *Service) onTask(ctx context.Context, taskID int64, work func(ctx context.Context, seen task.Seen) error) error {
	seen, err := s.tasks.Readable(ctx, taskID)
	if err != nil {
		return err
	}
	if seen.Head, err = s.projects.Check(ctx, seen.ProjectID, "task:update"); err != nil {
		return err
	}
	if seen.Head.Archived {
		return project.ErrArchived()
	}
	return s.db.Tx(ctx, func(ctx context.Context) error {
		if err := s.count(ctx, taskID, 0, 0); err != nil {
			return err
		}
		return work(ctx, seen)
	})
}

// onItem is onTask for the task of an item, which is read again once the task's row is held.
func (s *Service) onItem(ctx context.Context, id int64, work func(ctx context.Context, seen task.Seen, r *row) error) error {
	rows, err := s.find(ctx, "id = ?", id)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return errNotFound()
	}
	if _, err := s.tasks.Readable(ctx, rows[0].TaskID); fault.Is(err, fault.KindNotFound) {
		return errNotFound().Wrap(err)
	}
	return s.onTask(ctx, rows[0].TaskID, func(ctx context.Context, seen task.Seen) error {
		now, err := s.find(ctx, "id = ?", id)
		if err != nil {
			return err
		}
		if len(now) == 0 {
			return errNotFound()
		}
		return work(ctx, seen, &now[0])
	})
}

func (s *Service) count(ctx context.Context, taskID, items, done int64) error {
	there, err := s.tasks.CountChecks(ctx, taskID, items, done)
	if err == nil && !there {
		return fault.NotFound("task")
	}
	return err
}

// named tells which item changed, also when what it says did not.
func named(r *row, changes []journal.Change) []journal.Change {
	if slices.ContainsFunc(changes, func(c journal.Change) bool { return c.Field == "item" }) {
		return changes
	}
	return append(journal.Diff(nil, struct {
		Item string `journal:"item"`
	}{r.text}), changes...)
}

// append tells the journal. The entry is about the task, so that its history shows it.
func (s *Service) append(ctx context.Context, verb string, seen task.Seen, changes []journal.Change) error {
	return s.journal.Append(ctx, journal.Entry{Module: "checklist", Verb: verb, Ref: ref.To("task", seen.ID), ProjectID: seen.ProjectID, Changes: changes})
}
