package org

import (
	"context"
	"strings"

	"dingban/app/access"
	"dingban/app/org/password"
	"dingban/app/platform/actor"
	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
)

// SetupState is what a page may know before anybody has signed in.
type SetupState struct {
	Needed       bool   `json:"needed" doc:"Whether the first-run set-up is still to be done." example:"false"`
	Organisation string `json:"organisation" doc:"Name of the organisation; empty before the set-up." example:"示例集团"`
	Version      string `json:"version" doc:"Version of the product." example:"0.1.0"`
}

// Appointee is an administrator to be created by the set-up.
type Appointee struct {
	Account string
	Name    string
}

// Setup is the first-run set-up.
type Setup struct {
	Organisation  string
	Name          string
	Password      string
	SecurityAdmin *Appointee
	AuditAdmin    *Appointee
}

// SetupState tells whether the set-up is still to be done. It is public.
func (s *Service) SetupState(ctx context.Context) (SetupState, error) {
	b, err := s.directory.View(ctx)
	if err != nil {
		return SetupState{}, err
	}
	return SetupState{Needed: b.setUpAt == 0, Organisation: b.name, Version: s.o.Version}, nil
}

// EnsureFirstAdmin makes the first administrator with a one-time password when there is nobody at all, and tells whether
// it did. That password does not expire: nobody else could give another one.
func (s *Service) EnsureFirstAdmin(ctx context.Context, account, oneTimePassword string) (created bool, err error) {
	exists, err := s.personExists(ctx)
	if err != nil || exists {
		return false, err
	}
	var check input.Check
	account = strings.ToLower(strings.TrimSpace(account))
	checkAccount(&check, "account", account)
	if oneTimePassword == "" {
		check.Add("password", "field.required")
	}
	if err := check.Err(); err != nil {
		return false, err
	}
	hash, err := s.credentials.Hash(ctx, oneTimePassword)
	if err != nil {
		return false, err
	}
	ctx = actor.With(ctx, actor.System("setup"))
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		if err := s.lockOrganisation(ctx); err != nil {
			return err
		}
		created = false
		if exists, err = s.personExists(ctx); err != nil || exists {
			return err
		}
		now := s.now()
		p := record{
			ID: s.db.NewID(), Account: account, Name: account, Status: Active, Theme: "auto", MustChange: true,
			PasswordAt: now, Version: 1, CreatedAt: now, UpdatedAt: now,
		}
		if err := s.write(ctx, p, hash, 0, "account"); err != nil {
			return err
		}
		created = true
		return s.access.Appoint(ctx, p.ID, access.SystemAdmin)
	})
	return created && err == nil, err
}

// SetUp names the organisation, gives the first administrator a name and a password of their own, and may create the
// security and the audit administrator, each with a one-time password. It can be done once.
func (s *Service) SetUp(ctx context.Context, in Setup, agent string) (SignedIn, []Credential, error) {
	who, err := acting(ctx)
	if err != nil {
		return SignedIn{}, nil, err
	}
	if err := s.access.Require(ctx, "organisation:update", access.Target{}); err != nil {
		return SignedIn{}, nil, err
	}
	b, err := s.directory.View(ctx)
	if err != nil {
		return SignedIn{}, nil, err
	}
	if b.setUpAt != 0 {
		return SignedIn{}, nil, fault.New(fault.KindConflict, "org.already_set_up")
	}
	first, known := b.people[who.PersonID]
	if !known {
		return SignedIn{}, nil, errUnauthenticated()
	}
	organisation, appointed, err := s.checkedSetup(&in, first.Account)
	if err != nil {
		return SignedIn{}, nil, err
	}
	hash, err := s.credentials.Accept(ctx, who.PersonID, "body.password", in.Password, first.Account, in.Name, organisation)
	if err != nil {
		return SignedIn{}, nil, err
	}
	credentials := make([]Credential, 0, len(appointed))
	for i := range appointed {
		secret, hash, err := s.credentials.OneTime(ctx)
		if err != nil {
			return SignedIn{}, nil, err
		}
		appointed[i].hash = hash
		credentials = append(credentials, Credential{Account: appointed[i].person.Account, Password: secret})
	}
	in.Organisation = organisation
	signedIn, err := s.rotate(ctx, who, agent, func(ctx context.Context) error {
		return s.writeSetup(ctx, who.PersonID, in, hash, appointed)
	})
	if err != nil {
		return SignedIn{}, nil, err
	}
	return signedIn, credentials, nil
}

type appointment struct {
	person   record
	role     string
	location string
	hash     password.Hash
}

func (s *Service) checkedSetup(in *Setup, ownAccount string) (organisation string, appointed []appointment, err error) {
	var check input.Check
	organisation = check.Line("body.organisation", in.Organisation, 1, maxName)
	in.Name = check.Line("body.name", in.Name, 1, maxName)
	taken := map[string]bool{ownAccount: true}
	for _, a := range []struct {
		given    *Appointee
		location string
		role     string
	}{{in.SecurityAdmin, "body.securityAdmin", access.SecurityAdmin}, {in.AuditAdmin, "body.auditAdmin", access.AuditAdmin}} {
		if a.given == nil {
			continue
		}
		now := s.now()
		p := record{
			ID: s.db.NewID(), Account: strings.ToLower(strings.TrimSpace(a.given.Account)), Status: Active, Theme: "auto", MustChange: true,
			PasswordAt: now, Version: 1, CreatedAt: now, UpdatedAt: now,
		}
		checkAccount(&check, a.location+".account", p.Account)
		if taken[p.Account] {
			check.Add(a.location+".account", "org.account_taken", "account", p.Account)
		}
		taken[p.Account] = true
		p.Name = check.Line(a.location+".name", a.given.Name, 1, maxName)
		appointed = append(appointed, appointment{person: p, role: a.role, location: a.location + ".account"})
	}
	return organisation, appointed, check.Err()
}

func (s *Service) writeSetup(ctx context.Context, adminID int64, in Setup, hash password.Hash, appointed []appointment) error {
	if err := s.lockOrganisation(ctx); err != nil {
		return err
	}
	row, before, err := s.organisation(ctx)
	if err != nil {
		return err
	}
	if row.SetUpAt != 0 {
		return fault.New(fault.KindConflict, "org.already_set_up")
	}
	if err := s.updateOrganisation(ctx, in.Organisation, s.now()); err != nil {
		return err
	}
	admin, err := s.current(ctx, adminID)
	if err != nil {
		return err
	}
	named := admin
	named.Name, named.Version, named.UpdatedAt = in.Name, admin.Version+1, s.now()
	if written, err := s.updatePerson(ctx, named, admin.Version); err != nil {
		return err
	} else if !written {
		return s.stalePerson(ctx, adminID)
	}
	if err := s.storePassword(ctx, adminID, hash); err != nil {
		return err
	}
	for _, a := range appointed {
		if err := s.write(ctx, a.person, a.hash, s.now()+s.o.OneTimeAge.Milliseconds(), a.location); err != nil {
			return err
		}
		if err := s.access.Appoint(ctx, a.person.ID, a.role); err != nil {
			return err
		}
	}
	s.changing(ctx, theOrganisation())
	return s.journal.Append(ctx, journal.Entry{
		Module: "org", Verb: "org.organisation_update", Ref: ref.To("organisation", organisationID),
		Changes: append(journal.Diff(admin, named), journal.Change{Field: "organisation", From: before, To: in.Organisation}),
	})
}
