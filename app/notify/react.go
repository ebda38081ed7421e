package notify

import (
	"context"
	"slices"
	"time"

	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/reminder"
)

// told are the entries that everybody concerned hears of, apart from who acted.
func told() []string {
	return []string{"task.move", "task.complete", "task.reopen", "task.update", "comment.create"}
}

// assigneesField is the field of a task entry that holds the ids of those
// responsible, before and after.
const assigneesField = "assignees"

// mentionsField is the field of a comment's entry that holds the ids of those it speaks to.
const mentionsField = "mentions"

// Readers are this module's readers of the journal.
func (s *Service) Readers() []journal.Reader {
	return []journal.Reader{{Name: "notify", Batch: 200, Pace: 100 * time.Millisecond, Handle: s.handle}}
}

// handle turns entries into notifications. Seen twice, an entry makes no
// second one: the table has one row a person and number.
func (s *Service) handle(ctx context.Context, records []journal.Record) error {
	var about []journal.Record
	var ids []int64
	for _, r := range records {
		if r.Verb == reminder.VerbFire {
			r.Ref = ref.To("task", remindedOf(&r))
		}
		if r.Ref.Kind == "task" && r.ActorID != 0 {
			about = append(about, r)
			ids = append(ids, r.Ref.ID)
		}
	}
	if len(about) == 0 {
		return nil
	}
	slices.Sort(ids)
	subjects, err := s.subjects(ctx, slices.Compact(ids))
	if err != nil {
		return err
	}
	var rows []row
	for i := range about {
		if task, there := subjects[about[i].Ref.ID]; there {
			rows = append(rows, s.noticesOf(&about[i], task)...)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return s.tell(ctx, rows)
}

// tell puts notifications where their readers want them: into the inbox, into the outbox, or nowhere.
func (s *Service) tell(ctx context.Context, rows []row) error {
	var ids []int64
	for i := range rows {
		ids = append(ids, rows[i].PersonID)
	}
	slices.Sort(ids)
	preferences, err := s.preferencesOf(ctx, slices.Compact(ids))
	if err != nil {
		return err
	}
	mail := false
	if s.out != nil {
		if mail, err = s.mailEnabled(ctx); err != nil {
			return err
		}
	}
	var inbox []row
	var outbox []outRow
	for i := range rows {
		r := &rows[i]
		p, kind := preferences[r.PersonID], kindOf(r.Verb)
		choice := p.choice(kind)
		if choice.InApp {
			inbox = append(inbox, *r)
		}
		if mail && choice.Mail {
			outbox = append(outbox, outRow{
				ID: s.db.NewID(), PersonID: r.PersonID, Seq: r.Seq, At: r.At, ActorID: r.ActorID, Verb: r.Verb,
				TaskID: r.TaskID, ProjectID: r.ProjectID, DueAt: p.mailAt(kind, r.At),
			})
		}
	}
	if len(inbox) > 0 {
		if err := s.insert(ctx, inbox); err != nil {
			return err
		}
	}
	if len(outbox) > 0 {
		return s.post(ctx, outbox)
	}
	return nil
}

// noticesOf decides who hears what of one entry. Being made responsible, or no
// longer, is told as that; nobody hears twice of one entry.
func (s *Service) noticesOf(r *journal.Record, task Subject) []row {
	if r.Verb == reminder.VerbFire { // the one act of one's own that one hears of
		return []row{s.notice(r, task, r.ActorID, r.Verb)}
	}
	said := map[int64]string{}
	say := func(person int64, verb string) {
		if _, already := said[person]; person != r.ActorID && person != 0 && !already {
			said[person] = verb
		}
	}
	onlyPeople := len(r.Changes) > 0
	for _, c := range r.Changes {
		before, after := idsOf(c.From), idsOf(c.To)
		if c.Field != assigneesField {
			onlyPeople = false
			if c.Field != mentionsField {
				continue
			}
			for _, id := range after {
				if !slices.Contains(before, id) {
					say(id, VerbMentioned)
				}
			}
			continue
		}
		for _, id := range after {
			if !slices.Contains(before, id) {
				say(id, VerbAssigned)
			}
		}
		for _, id := range before {
			if !slices.Contains(after, id) {
				say(id, VerbUnassigned)
			}
		}
	}
	if slices.Contains(told(), r.Verb) && !onlyPeople {
		for _, id := range task.People {
			say(id, r.Verb)
		}
	}
	rows := make([]row, 0, len(said))
	for person, verb := range said {
		rows = append(rows, s.notice(r, task, person, verb))
	}
	return rows
}

func (s *Service) notice(r *journal.Record, task Subject, person int64, verb string) row {
	return row{
		ID: s.db.NewID(), PersonID: person, Seq: r.Seq, At: r.At, ActorID: r.ActorID, Verb: verb,
		TaskID: r.Ref.ID, ProjectID: task.ProjectID,
	}
}

// remindedOf is the task of a reminder whose moment has come.
func remindedOf(r *journal.Record) int64 {
	for _, c := range r.Changes {
		if id, ok := c.To.(float64); ok && c.Field == reminder.FieldTask {
			return int64(id) // 53 bits, so exact
		}
	}
	return 0
}

// idsOf reads a list of ids as it comes out of JSON.
func idsOf(v any) []int64 {
	list, ok := v.([]any)
	if !ok {
		return nil
	}
	ids := make([]int64, 0, len(list))
	for _, item := range list {
		if n, ok := item.(float64); ok {
			ids = append(ids, int64(n)) // 53 bits, so exact
		}
	}
	return ids
}
