package org

import (
	"context"
	"strings"
	"sync/atomic"
	"time"

	"dingban/app/access"
	"dingban/app/org/credential"
	"dingban/app/org/lockout"
	"dingban/app/org/password"
	"dingban/app/org/session"
	"dingban/app/org/snapshot"
	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/journal"
	"dingban/app/platform/vault"
)

// rights is what of access this module uses.
type rights interface {
	Require(ctx context.Context, permission string, t access.Target) error
	Can(ctx context.Context, permission string, t access.Target) bool
	Grants(ctx context.Context, personID int64) (*access.Grants, error)
	Roles(ctx context.Context, personIDs []int64) (map[int64][]string, error)
	CheckRemovable(ctx context.Context, personID int64) error
	Appoint(ctx context.Context, personID int64, role string) error
}

// Service keeps departments and people, signs people in and knows who is calling.
type Service struct {
	db      *db.DB
	vault   *vault.Vault
	journal *journal.Journal
	clock   clock.Clock
	access  rights
	o       Options

	directory   *snapshot.Keeper[book, target]
	sessions    *session.Keeper
	credentials *credential.Keeper
	attempts    *lockout.Counter
	sweptAt     atomic.Int64
}

// New makes the service, connects it to access as the directory of people, and follows the journal to hear of changes
// made by other nodes.
func New(d *db.DB, v *vault.Vault, j *journal.Journal, c clock.Clock, a *access.Service, o Options) *Service {
	o = o.withDefaults()
	gate := password.NewGate(o.Concurrency, o.Queue, o.Patience)
	s := &Service{
		db: d, vault: v, journal: j, clock: c, access: a, o: o,
		sessions:    session.New(d, v, c, session.Options{Idle: o.Idle, Absolute: o.Absolute, Log: o.Log}),
		credentials: credential.New(d, v, gate, o.Iterations),
		attempts:    lockout.New(d, c, o.Lock),
	}
	s.directory = snapshot.New(c.Now, d.InTx, s.loadBook)
	a.Connect(s)
	j.Follow(s.follow)
	return s
}

func (s *Service) now() int64 { return clock.Millis(s.clock) }

// Ref gives a person's name for showing, from memory. Somebody unknown has an id and no name.
func (s *Service) Ref(ctx context.Context, id int64) PersonRef {
	b, ok := s.forShowing(ctx)
	if !ok {
		return PersonRef{ID: id}
	}
	return b.ref(id)
}

// Language is the one that somebody has chosen, from memory; empty when they have not.
func (s *Service) Language(ctx context.Context, id int64) string {
	if b, ok := s.forShowing(ctx); ok && b.people[id] != nil {
		return b.people[id].Language
	}
	return ""
}

// Refs is Ref for several people, in the order given.
func (s *Service) Refs(ctx context.Context, ids []int64) []PersonRef {
	refs := make([]PersonRef, 0, len(ids))
	b, ok := s.forShowing(ctx)
	for _, id := range ids {
		if ok {
			refs = append(refs, b.ref(id))
		} else {
			refs = append(refs, PersonRef{ID: id})
		}
	}
	return refs
}

// Names gives the names of people, from memory; unknown ones are left out.
func (s *Service) Names(ctx context.Context, ids []int64) map[int64]string {
	names := make(map[int64]string, len(ids))
	b, ok := s.forShowing(ctx)
	if !ok {
		return names
	}
	for _, id := range ids {
		if e, known := b.people[id]; known {
			names[id] = e.Name
		}
	}
	return names
}

// forShowing prefers an old name to none when the database does not answer.
func (s *Service) forShowing(ctx context.Context) (*book, bool) {
	b, err := s.directory.View(ctx)
	if err == nil {
		return b, true
	}
	s.o.Log.WarnContext(ctx, "the directory of people cannot be read", "error", err)
	return s.directory.Last()
}

// Status implements access.Directory.
func (s *Service) Status(ctx context.Context, personID int64) (exists, active bool, err error) {
	b, err := s.directory.View(ctx)
	if err != nil {
		return false, false, err
	}
	e, exists := b.people[personID]
	return exists, exists && e.Status == Active, nil
}

// ActiveAmong implements access.Directory.
func (s *Service) ActiveAmong(ctx context.Context, personIDs []int64) ([]int64, error) {
	return s.activeAmong(ctx, personIDs)
}

// DepartmentOf gives a person's department, 0 when there is none.
func (s *Service) DepartmentOf(ctx context.Context, personID int64) (int64, error) {
	b, err := s.directory.View(ctx)
	if err != nil {
		return 0, err
	}
	if e, ok := b.people[personID]; ok {
		return e.DepartmentID, nil
	}
	return 0, nil
}

// Within tells whether a department is another one or lies below it.
func (s *Service) Within(ctx context.Context, department, ancestor int64) (bool, error) {
	up, err := s.Ancestors(ctx, department)
	if err != nil {
		return false, err
	}
	for _, id := range up {
		if id == ancestor {
			return true, nil
		}
	}
	return false, nil
}

// Ancestors lists a department and the ones above it.
func (s *Service) Ancestors(ctx context.Context, department int64) ([]int64, error) {
	b, err := s.directory.View(ctx)
	if err != nil {
		return nil, err
	}
	return b.units.Ancestors(department), nil
}

// Descendants lists a department and the ones below it.
func (s *Service) Descendants(ctx context.Context, department int64) ([]int64, error) {
	b, err := s.directory.View(ctx)
	if err != nil {
		return nil, err
	}
	return b.units.Descendants(department), nil
}

// DepartmentName gives the name of a department, from memory; empty for none.
func (s *Service) DepartmentName(ctx context.Context, department int64) string {
	b, ok := s.forShowing(ctx)
	if !ok {
		return ""
	}
	return b.units.Name(department)
}

// Active tells which of these people exist and may act, in one look at memory.
func (s *Service) Active(ctx context.Context, personIDs []int64) (map[int64]bool, error) {
	b, err := s.directory.View(ctx)
	if err != nil {
		return nil, err
	}
	active := make(map[int64]bool, len(personIDs))
	for _, id := range personIDs {
		if e, ok := b.people[id]; ok && e.Status == Active {
			active[id] = true
		}
	}
	return active, nil
}

// OrganisationName is what the organisation calls itself; empty before the set-up.
func (s *Service) OrganisationName(ctx context.Context) string {
	b, ok := s.forShowing(ctx)
	if !ok {
		return ""
	}
	return b.name
}

func acting(ctx context.Context) (actor.Actor, error) {
	who, ok := actor.From(ctx)
	if !ok || who.PersonID == 0 {
		return actor.Actor{}, errUnauthenticated()
	}
	return who, nil
}

// working is acting for what internal work may do too.
func working(ctx context.Context) (actor.Actor, error) {
	if who, ok := actor.From(ctx); ok && who.System {
		return who, nil
	}
	return acting(ctx)
}

// nameKey is the blind by which siblings with the same name are found, and its key.
func nameKey(v *vault.Vault, name string) (int64, uint32) {
	return v.BlindKey(departmentNames, normalName(name))
}

const departmentNames = "department name" // The purpose of their numbers.

func normalName(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// Numbered are the columns with numbers made with a key of the index.
func Numbered() []vault.Numbered {
	return []vault.Numbered{{
		From: vault.Column{Table: "org_department", Column: "name"}, By: "key_id",
		Number: func(v *vault.Vault, name []byte) (string, any, uint32) {
			number, key := nameKey(v, string(name))
			return "name_key", number, key
		},
	}}
}

// changing tells the directory what the transaction changes, now for the transaction itself, and for everybody when it
// commits.
func (s *Service) changing(ctx context.Context, t target) {
	s.directory.Begin(t)
	s.db.AfterCommit(ctx, func() { s.directory.Mark(t) })
}

// sweep clears sessions and counts that are over. It rides on log-ins, at most once in ten minutes.
func (s *Service) sweep(ctx context.Context) {
	const every = 10 * time.Minute
	now := s.now()
	last := s.sweptAt.Load()
	if now-last < every.Milliseconds() || !s.sweptAt.CompareAndSwap(last, now) {
		return
	}
	ctx = context.WithoutCancel(ctx)
	if err := s.sessions.Sweep(ctx); err != nil {
		s.o.Log.WarnContext(ctx, "old sessions are not cleared", "error", err)
	}
	if err := s.attempts.Sweep(ctx); err != nil {
		s.o.Log.WarnContext(ctx, "old failures are not cleared", "error", err)
	}
}
