package org

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"dingban/app/access"
	"dingban/app/org/password"
	"dingban/app/org/session"
	"dingban/app/platform/actor"
	"dingban/app/platform/fault"
	"dingban/app/platform/journal"
	"dingban/app/platform/lang"
	"dingban/app/platform/ref"
)

// SignedIn is what a successful log-in gives: the token goes into the cookie and is kept nowhere.
type SignedIn struct {
	Me    Me
	Token string
}

// errOvertaken says that a password was changed or a person disabled while the log-in was under way.
var errOvertaken = errors.New("org: the account changed during the log-in")

// SignIn signs a person in with a password. A wrong password, an account that does not exist and one that was disabled
// are one and the same answer, given after the same work; so is the lock that too many of them lead to.
func (s *Service) SignIn(ctx context.Context, account, plain, agent string) (SignedIn, error) {
	account = strings.ToLower(strings.TrimSpace(account))
	if !accountForm.MatchString(account) {
		account = "?" // every impossible account is the same one, so that making them up fills no table
	}
	row, found, err := s.signInData(ctx, account)
	if err != nil {
		return SignedIn{}, err
	}
	hash := s.credentials.Dummy()
	if found {
		hash = row.hash()
	}
	who, _ := actor.From(ctx) // nobody yet: it carries the address
	matched, err := s.guarded(ctx, account, who.Address, hash, plain)
	if err != nil {
		return SignedIn{}, err
	}
	now := s.now()
	switch {
	case !found || !matched:
		return SignedIn{}, s.refuse(ctx, account, row.PersonID, "password")
	case row.Status != Active:
		return SignedIn{}, s.refuse(ctx, account, row.PersonID, "disabled")
	case row.OneTimeUntil != 0 && row.OneTimeUntil < now:
		return SignedIn{}, s.refuse(ctx, account, row.PersonID, "one_time_expired")
	}
	var stronger *password.Hash
	if row.OneTimeUntil == 0 && s.credentials.Weak(hash) {
		h, err := s.credentials.Hash(ctx, plain)
		if err != nil {
			return SignedIn{}, err
		}
		stronger = &h
	}
	live, err := s.open(ctx, row.PersonID, agent, func(ctx context.Context) error {
		if entered, err := s.enter(ctx, row, now); err != nil {
			return err
		} else if !entered {
			return errOvertaken
		}
		if stronger != nil {
			if err := s.credentials.Renew(ctx, row.PersonID, hash, *stronger); err != nil {
				return err
			}
		}
		return s.attempts.Forgive(ctx, s.accountKey(account))
	})
	if errors.Is(err, errOvertaken) {
		return SignedIn{}, s.refuse(ctx, account, row.PersonID, "overtaken")
	}
	if err != nil {
		return SignedIn{}, err
	}
	s.sweep(ctx)
	me, err := s.me(ctx, row.PersonID, live.Session)
	if err != nil {
		return SignedIn{}, err
	}
	return SignedIn{Me: me, Token: live.Token}, nil
}

// refusal is what the journal keeps of a failed log-in.
type refusal struct {
	Reason      string `journal:"reason"`
	LockedUntil int64  `journal:"lockedUntil"`
}

// refuse journals a failed log-in and gives the one answer to all of them. What was typed as an account that does not
// exist is not written down: people type passwords there.
func (s *Service) refuse(ctx context.Context, account string, personID int64, why string) error {
	until, err := s.attempts.LockedUntil(ctx, s.accountKey(account))
	if err != nil {
		return err
	}
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		return s.journal.Append(ctx, journal.Entry{Module: "org", Verb: "org.session_refuse", Ref: ref.To("person", personID), Changes: journal.Diff(nil, refusal{why, until})})
	})
	if err != nil {
		return fmt.Errorf("org: journal a refused log-in: %w", err)
	}
	return fault.New(fault.KindUnauthenticated, "org.login_failed")
}

// open makes a session in one transaction with what belongs to it.
func (s *Service) open(ctx context.Context, personID int64, agent string, also func(ctx context.Context) error) (session.Fresh, error) {
	who, _ := actor.From(ctx)
	fresh, err := s.sessions.Make(personID, who.Address, agent)
	if err != nil {
		return session.Fresh{}, err
	}
	who.PersonID, who.RealPersonID, who.SessionID = personID, personID, fresh.ID
	err = s.db.Tx(actor.With(ctx, who), func(ctx context.Context) error {
		if err := also(ctx); err != nil {
			return err
		}
		if err := s.sessions.Store(ctx, fresh); err != nil {
			return err
		}
		return s.journal.Append(ctx, journal.Entry{Module: "org", Verb: "org.session_create", Ref: ref.To("session", fresh.ID)})
	})
	return fresh, err
}

// Identify finds who belongs to a token: nobody, when the session is over or the person disabled.
func (s *Service) Identify(ctx context.Context, token string) (actor.Actor, error) {
	live, err := s.sessions.Use(ctx, token)
	if err != nil {
		return actor.Actor{}, err
	}
	b, err := s.directory.View(ctx)
	if err != nil {
		return actor.Actor{}, err
	}
	e, known := b.people[live.PersonID]
	if !known || e.Status != Active {
		s.sessions.Forget(live.ID)
		return actor.Actor{}, errUnauthenticated()
	}
	return actor.Actor{PersonID: live.PersonID, RealPersonID: live.PersonID, SessionID: live.ID, Language: e.Language}, nil
}

// SignOut ends the session of whoever is calling.
func (s *Service) SignOut(ctx context.Context) error {
	who, err := acting(ctx)
	if err != nil {
		return err
	}
	return s.end(ctx, who.SessionID)
}

// EndSession ends a session: one's own, or anybody's with session:revoke.
func (s *Service) EndSession(ctx context.Context, id int64) error {
	who, err := acting(ctx)
	if err != nil {
		return err
	}
	live, found, err := s.sessions.Get(ctx, id)
	if err != nil {
		return err
	}
	if !found || (live.PersonID != who.PersonID && !s.access.Can(ctx, "session:revoke", access.Target{OwnerID: live.PersonID})) {
		return fault.NotFound("session")
	}
	return s.end(ctx, id)
}

func (s *Service) end(ctx context.Context, id int64) error {
	return s.db.Tx(ctx, func(ctx context.Context) error {
		there, err := s.sessions.End(ctx, id)
		if err != nil || !there {
			return err
		}
		return s.journal.Append(ctx, journal.Entry{Module: "org", Verb: "org.session_end", Ref: ref.To("session", id)})
	})
}

// Sessions lists the live sessions of a person: one's own, or anybody's with session:read. personID 0 is oneself.
func (s *Service) Sessions(ctx context.Context, personID int64) ([]Session, error) {
	who, err := acting(ctx)
	if err != nil {
		return nil, err
	}
	if personID == 0 {
		personID = who.PersonID
	}
	if personID != who.PersonID {
		if err := s.access.Require(ctx, "session:read", access.Target{OwnerID: personID}); err != nil {
			return nil, err
		}
	}
	rows, err := s.sessions.List(ctx, personID, who.SessionID)
	if err != nil {
		return nil, err
	}
	sessions := make([]Session, 0, len(rows))
	for _, r := range rows {
		sessions = append(sessions, Session{
			ID: r.ID, Address: r.Address, Agent: r.Agent, CreatedAt: r.CreatedAt, LastSeenAt: r.LastSeenAt,
			ExpiresAt: r.ExpiresAt, Current: r.ID == who.SessionID,
		})
	}
	return sessions, nil
}

// Alive tells whether a session still is one: what a long-lived connection asks before it sends more.
func (s *Service) Alive(ctx context.Context, who actor.Actor) bool {
	if _, found, err := s.sessions.Get(ctx, who.SessionID); err != nil || !found {
		return false
	}
	_, active, err := s.Status(ctx, who.PersonID)
	return err == nil && active
}

// mustChange tells whether a person has to change the password before doing anything else.
func (s *Service) mustChange(e *entry) bool {
	return e.MustChange || s.o.PasswordAge > 0 && s.now()-e.PasswordAt >= s.o.PasswordAge.Milliseconds()
}

// Restricted refuses somebody who has to change the password first.
func (s *Service) Restricted(ctx context.Context, who actor.Actor) error {
	b, err := s.directory.View(ctx)
	if err != nil {
		return err
	}
	if e, ok := b.people[who.PersonID]; ok && !s.mustChange(e) {
		return nil
	}
	return fault.New(fault.KindDenied, "org.must_change_password")
}

// Me describes whoever is calling.
func (s *Service) Me(ctx context.Context) (Me, error) {
	who, err := acting(ctx)
	if err != nil {
		return Me{}, err
	}
	live, found, err := s.sessions.Get(ctx, who.SessionID)
	if err != nil {
		return Me{}, err
	}
	if !found {
		return Me{}, errUnauthenticated()
	}
	return s.me(ctx, who.PersonID, live)
}

func (s *Service) me(ctx context.Context, personID int64, live *session.Session) (Me, error) {
	b, err := s.directory.View(ctx)
	if err != nil {
		return Me{}, err
	}
	e, known := b.people[personID]
	if !known {
		return Me{}, errUnauthenticated()
	}
	people, err := s.peopleByID(ctx, personColumns, []int64{personID})
	if err != nil {
		return Me{}, err
	}
	if len(people) == 0 {
		return Me{}, errUnauthenticated()
	}
	g, err := s.access.Grants(ctx, personID)
	if err != nil {
		return Me{}, err
	}
	// Who has not chosen a language keeps the one the browser asks for.
	asking, _ := actor.From(ctx)
	language := cmp.Or(e.Language, asking.Language, lang.Chinese)
	return Me{
		Person:      present(b, people[0], g.Roles, true),
		Permissions: g.Permissions(), Roles: g.Roles,
		MustChangePassword: s.mustChange(e),
		SetupNeeded:        b.setUpAt == 0 && g.Has(access.SystemAdmin),
		Language:           language, Theme: e.Theme, Organisation: b.name,
		SessionID: live.ID, ExpiresAt: live.ExpiresAt,
	}, nil
}
