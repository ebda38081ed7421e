package file

import (
	"context"
	"slices"
	"strings"

	"dingban/app/platform/actor"
	"dingban/app/platform/blob"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/platform/vault"
	"dingban/app/project"
)

// Needs are what the service is made of.
type Needs struct {
	DB      *db.DB
	Vault   *vault.Vault
	Journal *journal.Journal
	Clock   clock.Clock
	// Objects is where contents are; it seals them.
	Objects blob.Store
	Access  guard
	People  People
	// Holders are the things that have files, by kind.
	Holders map[string]Holder
}

// Service keeps files. It is safe for concurrent use.
type Service struct {
	db      *db.DB
	vault   *vault.Vault
	journal *journal.Journal
	clock   clock.Clock
	objects blob.Store
	access  guard
	people  People
	holders map[string]Holder
}

// New makes the service.
func New(n Needs) *Service {
	return &Service{
		db: n.DB, vault: n.Vault, journal: n.Journal, clock: n.Clock, objects: n.Objects,
		access: n.Access, people: n.People, holders: n.Holders,
	}
}

func (s *Service) file(ctx context.Context, r *row) File {
	_, inline := shown(r.MediaType)
	return File{
		ID: r.ID, Ref: r.ref(), Name: r.name, Size: r.Size, Type: r.MediaType, Inline: inline,
		CreatedBy: s.people.Ref(ctx, r.CreatedBy), CreatedAt: r.CreatedAt, Version: r.Version,
	}
}

// readable gives the thing that files are attached to. A kind that has no files has no such thing.
func (s *Service) readable(ctx context.Context, of ref.Ref) (Held, error) {
	holder, ok := s.holders[of.Kind]
	if !ok {
		return Held{}, fault.NotFound(of.Kind)
	}
	return holder.Readable(ctx, of.ID)
}

// List gives a page of what is attached to a thing, the newest first. It needs to be able to read the thing.
func (s *Service) List(ctx context.Context, of ref.Ref, page db.Page) ([]File, string, error) {
	if _, err := s.readable(ctx, of); err != nil {
		return nil, "", err
	}
	where, args := "", []any{of.Kind, of.ID, ready}
	if page.Cursor != "" {
		before := int64(0)
		if err := db.DecodeCursor(page.Cursor, &before); err != nil {
			return nil, "", err
		}
		where, args = " AND id < ?", append(args, before)
	}
	rows, err := s.find(ctx, "holder_kind = ? AND holder_id = ? AND state = ?"+where+" ORDER BY id DESC LIMIT ?", append(args, page.Size()+1)...)
	if err != nil {
		return nil, "", err
	}
	next := ""
	if len(rows) > page.Size() {
		rows = rows[:page.Size()]
		next = db.EncodeCursor(rows[len(rows)-1].ID)
	}
	items := make([]File, len(rows))
	for i := range rows {
		items[i] = s.file(ctx, &rows[i])
	}
	return items, next, nil
}

// Get gives one file.
func (s *Service) Get(ctx context.Context, id int64) (File, error) {
	r, _, err := s.seen(ctx, id)
	if err != nil {
		return File{}, err
	}
	return s.file(ctx, &r), nil
}

// seen gives a file that the person acting may read, because they may read what it is attached to.
func (s *Service) seen(ctx context.Context, id int64) (row, Held, error) {
	r, found, err := s.one(ctx, id, ready)
	if err != nil {
		return row{}, Held{}, err
	}
	if !found {
		return row{}, Held{}, errNotFound()
	}
	h, err := s.readable(ctx, r.ref())
	if fault.Is(err, fault.KindNotFound) { // a file of a thing that is not theirs is not there
		return row{}, Held{}, errNotFound().Wrap(err)
	}
	return r, h, err
}

// may decides for somebody who can read the thing, so a refusal need not pretend that nothing is there.
func (s *Service) may(ctx context.Context, permission string, h Held, owner int64) error {
	if h.Head.Archived {
		return project.ErrArchived()
	}
	t := h.Head.Target()
	t.OwnerID = owner
	return s.access.Require(ctx, permission, t)
}

// Rename calls a file something else. Like deleting it, that is for whoever attached it and for those who manage the
// project: it needs file:delete, and the version that was seen.
func (s *Service) Rename(ctx context.Context, id, version int64, name string) (File, error) {
	var c input.Check
	c.Version("body.version", version)
	name = checkName(&c, name)
	if err := c.Err(); err != nil {
		return File{}, err
	}
	var out File
	err := s.onFile(ctx, id, func(ctx context.Context, r *row, h Held) error {
		if r.Version != version {
			return fault.Conflict("file.stale_version", s.file(ctx, r))
		}
		before := r.facts()
		r.name = name
		changes := journal.Diff(before, r.facts())
		if out = s.file(ctx, r); len(changes) == 0 {
			return nil
		}
		r.Version++
		r.ChangedAt = clock.Millis(s.clock)
		out = s.file(ctx, r)
		if err := s.update(ctx, r); err != nil {
			return err
		}
		return s.append(ctx, "file.rename", r, h, changes)
	})
	return out, err
}

// Delete takes a file away. It needs file:delete, which by default reaches what one has attached oneself. Its content stays
// in the object store for 30 days, so that a backup and the database agree, and is then destroyed.
func (s *Service) Delete(ctx context.Context, id int64) error {
	return s.onFile(ctx, id, func(ctx context.Context, r *row, h Held) error {
		r.State, r.ChangedAt = deleted, clock.Millis(s.clock)
		r.Version++
		if err := s.update(ctx, r); err != nil {
			return err
		}
		return s.append(ctx, "file.delete", r, h, journal.Diff(r.facts(), nil))
	})
}

// onFile changes a file under its lock, once the person is allowed to.
func (s *Service) onFile(ctx context.Context, id int64, change func(ctx context.Context, r *row, h Held) error) error {
	return s.db.Tx(ctx, func(ctx context.Context) error {
		r, h, err := s.seen(ctx, id)
		if err != nil {
			return err
		}
		if err := s.may(ctx, "file:delete", h, r.CreatedBy); err != nil {
			return err
		}
		return change(ctx, &r, h)
	})
}

// checkName takes what a file may be called: one line, no part of a path.
func checkName(c *input.Check, name string) string {
	name = c.Line("body.name", name, 1, maxName)
	if strings.ContainsAny(name, `/\`) || name == "." || name == ".." {
		c.Add("body.name", "file.bad_name")
	}
	return name
}

// Copy gives things that are copies of others the same files. The key is the original. The contents are shared and counted;
// one goes with the last file that has it. It belongs to the transaction in ctx and asks for no permission.
func (s *Service) Copy(ctx context.Context, kind string, copies map[int64]int64) error {
	if len(copies) == 0 {
		return nil
	}
	originals := make([]int64, 0, len(copies))
	for id := range copies {
		originals = append(originals, id)
	}
	slices.Sort(originals)
	where, args := inHolders(kind, originals)
	rows, err := s.find(ctx, where+" ORDER BY id", args...)
	if err != nil || len(rows) == 0 {
		return err
	}
	who, _ := actor.From(ctx)
	now := clock.Millis(s.clock)
	shared := map[int64]int{}
	for i := range rows {
		r := &rows[i]
		shared[r.ContentID]++
		r.ID, r.HolderID, r.CreatedBy, r.CreatedAt, r.ChangedAt, r.Version = s.db.NewID(), copies[r.HolderID], who.PersonID, now, now, 1
	}
	byCount := map[int][]int64{} // as a rule one statement: a content is rarely at two of the originals
	for id, n := range shared {
		byCount[n] = append(byCount[n], id)
	}
	for n, contents := range byCount {
		slices.Sort(contents)
		if err := s.share(ctx, contents, n); err != nil {
			return err
		}
	}
	return s.insert(ctx, rows)
}

// append tells the journal. The entry is about the thing, so that its history shows what was attached to it.
func (s *Service) append(ctx context.Context, verb string, r *row, h Held, changes []journal.Change) error {
	return s.journal.Append(ctx, journal.Entry{
		Module: "file", Verb: verb, Ref: r.ref(), ProjectID: h.Head.ID, Changes: changes,
	})
}
