package org

import (
	"cmp"
	"context"

	"dingban/app/access"
	"dingban/app/org/password"
	"dingban/app/platform/actor"
	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/platform/journal"
	"dingban/app/platform/lang"
	"dingban/app/platform/ref"
)

// ChangePassword replaces the password of whoever is calling. All sessions of the person end; the one calling goes on
// under a new token.
func (s *Service) ChangePassword(ctx context.Context, current, next, agent string) (SignedIn, error) {
	who, err := acting(ctx)
	if err != nil {
		return SignedIn{}, err
	}
	b, err := s.directory.View(ctx)
	if err != nil {
		return SignedIn{}, err
	}
	e, known := b.people[who.PersonID]
	if !known {
		return SignedIn{}, errUnauthenticated()
	}
	present, err := s.credentials.Get(ctx, who.PersonID)
	if err != nil {
		return SignedIn{}, err
	}
	matched, err := s.guarded(ctx, e.Account, who.Address, present, current)
	if err != nil {
		return SignedIn{}, err
	}
	if !matched {
		return SignedIn{}, fault.Invalid(fault.At("body.current", "org.password_wrong"))
	}
	if err := s.attempts.Forgive(ctx, s.accountKey(e.Account)); err != nil {
		return SignedIn{}, err
	}
	hash, err := s.credentials.Accept(ctx, who.PersonID, "body.next", next, e.Account, e.Name, b.name)
	if err != nil {
		return SignedIn{}, err
	}
	return s.rotate(ctx, who, agent, func(ctx context.Context) error {
		if err := s.storePassword(ctx, who.PersonID, hash); err != nil {
			return err
		}
		return s.journal.Append(ctx, journal.Entry{Module: "org", Verb: "org.person_change_password", Ref: ref.To("person", who.PersonID)})
	})
}

// storePassword makes a hash the person's own password, chosen by the person.
func (s *Service) storePassword(ctx context.Context, personID int64, hash password.Hash) error {
	if err := s.credentials.Choose(ctx, personID, hash); err != nil {
		return err
	}
	if err := s.updatePasswordState(ctx, personID, false, s.now()); err != nil {
		return err
	}
	s.changing(ctx, onePerson(personID))
	return nil
}

// rotate runs a change after which every session of the person ends and the one calling goes on under a new token.
func (s *Service) rotate(ctx context.Context, who actor.Actor, agent string, change func(ctx context.Context) error) (SignedIn, error) {
	live, err := s.open(ctx, who.PersonID, agent, func(ctx context.Context) error {
		if err := change(ctx); err != nil {
			return err
		}
		return s.sessions.EndAll(ctx, who.PersonID, 0)
	})
	if err != nil {
		return SignedIn{}, err
	}
	me, err := s.me(ctx, who.PersonID, live.Session)
	if err != nil {
		return SignedIn{}, err
	}
	return SignedIn{Me: me, Token: live.Token}, nil
}

// ResetPassword gives a person a one-time password, ends every session and lifts a lock. One's own is changed, not
// reset: who found an open session must not get a password out of it.
func (s *Service) ResetPassword(ctx context.Context, id int64) (string, error) {
	who, err := working(ctx)
	if err != nil {
		return "", err
	}
	if err := s.access.Require(ctx, "person:reset_password", access.Target{OwnerID: id}); err != nil {
		return "", err
	}
	if who.PersonID == id {
		return "", fault.New(fault.KindDenied, "org.own_reset")
	}
	p, err := s.current(ctx, id)
	if err != nil {
		return "", err
	}
	secret, hash, err := s.credentials.OneTime(ctx)
	if err != nil {
		return "", err
	}
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		now := s.now()
		if err := s.credentials.Put(ctx, id, hash, now+s.o.OneTimeAge.Milliseconds()); err != nil {
			return err
		}
		if err := s.updatePasswordState(ctx, id, true, now); err != nil {
			return err
		}
		if err := s.sessions.EndAll(ctx, id, 0); err != nil {
			return err
		}
		if err := s.attempts.Forgive(ctx, s.accountKey(p.Account)); err != nil {
			return err
		}
		s.changing(ctx, onePerson(id))
		return s.journal.Append(ctx, journal.Entry{Module: "org", Verb: "org.person_reset_password", Ref: ref.To("person", id), DepartmentID: p.DepartmentID})
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}

// Prefer sets the language and the colours of whoever is calling; empty leaves one as it is.
func (s *Service) Prefer(ctx context.Context, language, theme string) (Me, error) {
	who, err := acting(ctx)
	if err != nil {
		return Me{}, err
	}
	var check input.Check
	if language != "" {
		check.OneOf("body.language", language, lang.Languages()...)
	}
	if theme != "" {
		check.OneOf("body.theme", theme, "light", "dark", "auto")
	}
	if err := check.Err(); err != nil {
		return Me{}, err
	}
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		p, err := s.current(ctx, who.PersonID)
		if err != nil {
			return err
		}
		before := preferences{p.Language, p.Theme}
		p.Language, p.Theme = cmp.Or(language, p.Language), cmp.Or(theme, p.Theme)
		changes := journal.Diff(before, preferences{p.Language, p.Theme})
		if len(changes) == 0 {
			return nil
		}
		if err := s.updatePreferences(ctx, p.ID, p.Language, p.Theme); err != nil {
			return err
		}
		s.changing(ctx, onePerson(p.ID))
		return s.journal.Append(ctx, journal.Entry{Module: "org", Verb: "org.preferences_update", Ref: ref.To("person", p.ID), Changes: changes})
	})
	if err != nil {
		return Me{}, err
	}
	return s.Me(ctx)
}

// preferences are what a person chooses for their own pages.
type preferences struct {
	Language string `journal:"language"`
	Theme    string `journal:"theme"`
}
