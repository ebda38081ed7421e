package task

import (
	"context"
	"slices"

	"dingban/app/board"
	"dingban/app/org"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/project"
)

// HistoryEntry is one thing that happened to a task.
type HistoryEntry struct {
	Seq     int64            `json:"seq" doc:"Number in the journal." example:"1042"`
	At      int64            `json:"at" doc:"When, UTC milliseconds." example:"1795500000000"`
	Actor   org.PersonRef    `json:"actor" doc:"Who did it."`
	Verb    string           `json:"verb" doc:"What happened." example:"task.move"`
	Changes []journal.Change `json:"changes" doc:"Fields before and after; people, states, labels and tasks with id and name."`
}

// named stands for an id in a history, with the name it has now.
type named struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// History tells what happened to a task, newest first, from the journal. It
// needs task:read.
func (s *Service) History(ctx context.Context, id int64, page db.Page) ([]HistoryEntry, string, error) {
	if _, _, err := s.readable(ctx, id); err != nil {
		return nil, "", err
	}
	r := ref.To("task", id)
	f := journal.Filter{Ref: &r, Limit: page.Size() + 1}
	if page.Cursor != "" {
		if err := db.DecodeCursor(page.Cursor, &f.BeforeSeq); err != nil {
			return nil, "", err
		}
		f.BeforeSeq = max(f.BeforeSeq, 1)
	}
	records, err := s.journal.List(ctx, f)
	if err != nil {
		return nil, "", err
	}
	next := ""
	if len(records) > page.Size() {
		records = records[:page.Size()]
		next = db.EncodeCursor(records[len(records)-1].Seq)
	}
	w, err := s.namesIn(ctx, records)
	if err != nil {
		return nil, "", err
	}
	items := make([]HistoryEntry, len(records))
	for i, r := range records {
		items[i] = HistoryEntry{Seq: r.Seq, At: r.At, Actor: s.people.Ref(ctx, r.ActorID), Verb: r.Verb, Changes: s.resolve(ctx, r.Changes, w)}
	}
	return items, next, nil
}

// words are the names of what the ids in a history stand for.
type words struct {
	states map[int64]board.Brief
	labels map[int64]string
	tasks  map[int64]string
}

// namesIn reads the names with one statement a kind, however long the history is.
func (s *Service) namesIn(ctx context.Context, records []journal.Record) (w words, err error) {
	ids := map[string][]int64{}
	for _, r := range records {
		for _, c := range r.Changes {
			switch c.Field {
			case "state", "parent":
				ids[c.Field] = append(ids[c.Field], id(c.From), id(c.To))
			case "linkedTask":
				ids["parent"] = append(ids["parent"], id(c.From), id(c.To))
			case "labels":
				ids[c.Field] = slices.Concat(ids[c.Field], listed(c.From), listed(c.To))
			}
		}
	}
	for field, all := range ids {
		slices.Sort(all)
		ids[field] = slices.DeleteFunc(slices.Compact(all), func(id int64) bool { return id == 0 })
	}
	if w.states, err = s.board.Briefs(ctx, ids["state"]); err != nil {
		return w, err
	}
	if w.labels, err = s.labels.Names(ctx, ids["labels"]); err != nil {
		return w, err
	}
	w.tasks = map[int64]string{}
	if len(ids["parent"]) == 0 {
		return w, nil
	}
	mentions, err := s.Mentions(ctx, ids["parent"])
	for id, m := range mentions {
		w.tasks[id] = m.Key
	}
	return w, err
}

// resolve puts names beside the ids of states, people, labels and tasks. The records are shared with other readers, so
// the changes are copied.
func (s *Service) resolve(ctx context.Context, changes []journal.Change, w words) []journal.Change {
	out := make([]journal.Change, 0, len(changes))
	for _, c := range changes {
		switch c.Field {
		case "state":
			c.From, c.To = called(c.From, func(id int64) string { return w.states[id].Name }), called(c.To, func(id int64) string { return w.states[id].Name })
		case "parent", "linkedTask":
			c.From, c.To = called(c.From, func(id int64) string { return w.tasks[id] }), called(c.To, func(id int64) string { return w.tasks[id] })
		case "labels":
			c.From, c.To = allCalled(c.From, func(id int64) string { return w.labels[id] }), allCalled(c.To, func(id int64) string { return w.labels[id] })
		case "assignees", "followers", "itemAssignees":
			person := func(id int64) string { return s.people.Ref(ctx, id).Name }
			c.From, c.To = allCalled(c.From, person), allCalled(c.To, person)
		}
		out = append(out, c)
	}
	return out
}

func called(v any, name func(int64) string) any {
	if n := id(v); n != 0 {
		return named{ID: n, Name: name(n)}
	}
	return nil
}

func allCalled(v any, name func(int64) string) any {
	ids := listed(v)
	out := make([]named, 0, len(ids))
	for _, n := range ids {
		out = append(out, named{ID: n, Name: name(n)})
	}
	return out
}

// listed reads a list of ids as it comes out of JSON.
func listed(v any) []int64 {
	list, _ := v.([]any)
	ids := make([]int64, 0, len(list))
	for _, item := range list {
		if n := id(item); n != 0 {
			ids = append(ids, n)
		}
	}
	return ids
}

// id reads an id as it comes out of JSON; 53 bits are exact there.
func id(v any) int64 {
	f, _ := v.(float64)
	return int64(f)
}

// Text is what there is to find in a task.
type Text struct {
	Card        Card
	CreatedBy   int64
	ProjectName string
	Title       string
	Description string
}

// Texts gives what is written in tasks, deleted ones left out. It asks for no permission: it is for modules that read the journal
// and decide themselves what they show.
func (s *Service) Texts(ctx context.Context, ids []int64) (map[int64]Text, error) {
	out := make(map[int64]Text, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	rows, err := s.read(ctx, true, "SELECT "+fullColumns+" FROM task t WHERE t.id IN ("+db.Marks(len(ids))+") AND t.deleted_at = 0", db.Args(ids))
	if err != nil {
		return nil, err
	}
	if err := s.addAssignees(ctx, rows); err != nil {
		return nil, err
	}
	for i := range rows {
		r := &rows[i]
		h, err := s.projects.Head(ctx, r.ProjectID)
		if err != nil {
			return nil, err
		}
		card, err := s.card(ctx, h, r)
		if err != nil {
			return nil, err
		}
		out[r.ID] = Text{Card: card, CreatedBy: r.CreatedBy, ProjectName: h.Name, Title: r.title, Description: r.description}
	}
	return out, nil
}

// Brief is what a notification needs of a task.
type Brief struct {
	Key, Title string
	ProjectID  int64
	CreatedBy  int64
	Assignees  []int64
	Followers  []int64
}

// Briefs gives tasks in short, deleted ones left out, and asks for no
// permission.
func (s *Service) Briefs(ctx context.Context, ids []int64) (map[int64]Brief, error) {
	out := make(map[int64]Brief, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	rows, err := s.find(ctx, "task t", "t.id IN ("+db.Marks(len(ids))+") AND t.deleted_at = 0", db.Args(ids)...)
	if err != nil {
		return nil, err
	}
	followers, err := s.linked(ctx, followerLinks, ids)
	if err != nil {
		return nil, err
	}
	heads := map[int64]project.Head{}
	for i := range rows {
		r := &rows[i]
		if _, known := heads[r.ProjectID]; !known {
			if heads[r.ProjectID], err = s.projects.Head(ctx, r.ProjectID); err != nil {
				return nil, err
			}
		}
		out[r.ID] = Brief{Key: key(heads[r.ProjectID], r.Number), Title: r.title, ProjectID: r.ProjectID, CreatedBy: r.CreatedBy, Assignees: r.assignees, Followers: followers[r.ID]}
	}
	return out, nil
}

// Mention is what is shown of a task that something else speaks of.
type Mention struct {
	Key, Title string
	ProjectID  int64
	// Deleted says that it is gone; what it was called is then nobody's to read any more.
	Deleted bool
	Done    bool
}

// Mentions gives of these tasks those that the person acting may read, in one statement.
func (s *Service) Mentions(ctx context.Context, ids []int64) (map[int64]Mention, error) {
	out := make(map[int64]Mention, len(ids))
	for part := range slices.Chunk(ids, 500) {
		rows, err := s.joined(ctx, false, "t.id IN ("+db.Marks(len(part))+")", db.Args(part)...)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			r := &rows[i]
			h, err := s.may(ctx, "task:read", r)
			if fault.Is(err, fault.KindNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			m := Mention{Key: key(h, r.Number), ProjectID: r.ProjectID, Deleted: r.DeletedAt != 0, Done: r.DoneAt != 0}
			if !m.Deleted {
				// A title that was tampered with is an alarm of the vault; here it is no title.
				if m.Title, err = s.vault.OpenText(cell("title", r.ID), r.Title); err != nil {
					m.Title = ""
				}
			}
			out[r.ID] = m
		}
	}
	return out, nil
}
