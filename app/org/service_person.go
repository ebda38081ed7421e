package org

import (
	"context"
	"net/mail"
	"slices"
	"strings"

	"dingban/app/access"
	"dingban/app/org/password"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
)

// NewPerson is what it takes to add somebody.
type NewPerson struct {
	Account      string
	Name         string
	DepartmentID int64
	Email        string
	Phone        string
}

// PersonChange changes what is not nil, if Version is still the current one. DepartmentID 0 takes the person out.
type PersonChange struct {
	Version      int64
	Name         *string
	DepartmentID *int64
	Email        *string
	Phone        *string
	Status       *string
}

// PeopleFilter asks for people. Department includes the ones below it; Query is looked for in names and accounts.
type PeopleFilter struct {
	Department int64
	Query      string
	Status     string
	Page       db.Page
}

// People lists people in the order of their ids, page by page; next is empty on the last one. Whom to show is decided
// in memory, where the opened names are; the rows come by primary key.
func (s *Service) People(ctx context.Context, f PeopleFilter) (people []Person, next string, err error) {
	if err := s.access.Require(ctx, "person:read", access.Target{}); err != nil {
		return nil, "", err
	}
	after := int64(0)
	if f.Page.Cursor != "" {
		if err := db.DecodeCursor(f.Page.Cursor, &after); err != nil {
			return nil, "", err
		}
	}
	var check input.Check
	if f.Status != "" {
		check.OneOf("query.status", f.Status, Active, Disabled)
	}
	query := strings.ToLower(check.Line("query.q", f.Query, 0, maxName))
	if err := check.Err(); err != nil {
		return nil, "", err
	}
	b, err := s.directory.View(ctx)
	if err != nil {
		return nil, "", err
	}
	var departments map[int64]bool
	if f.Department != 0 {
		departments = map[int64]bool{}
		for _, id := range b.units.Descendants(f.Department) {
			departments[id] = true
		}
	}
	limit := f.Page.Size()
	ids := make([]int64, 0, limit+1)
	start, _ := slices.BinarySearch(b.order, after+1)
	for _, id := range b.order[start:] {
		e := b.people[id]
		if f.Status != "" && e.Status != f.Status || departments != nil && !departments[e.DepartmentID] || !strings.Contains(e.search, query) {
			continue
		}
		if ids = append(ids, id); len(ids) > limit {
			break
		}
	}
	if len(ids) > limit {
		ids = ids[:limit]
		next = db.EncodeCursor(ids[limit-1])
	}
	people, err = s.presentAll(ctx, b, ids)
	return people, next, err
}

func (s *Service) presentAll(ctx context.Context, b *book, ids []int64) ([]Person, error) {
	records, err := s.peopleByID(ctx, personColumns, ids)
	if err != nil {
		return nil, err
	}
	roles, err := s.access.Roles(ctx, ids)
	if err != nil {
		return nil, err
	}
	people := make([]Person, 0, len(records))
	for _, p := range records {
		people = append(people, present(b, p, roles[p.ID], s.seesContacts(ctx, p.ID)))
	}
	return people, nil
}

// Person gives one person.
func (s *Service) Person(ctx context.Context, id int64) (Person, error) {
	if err := s.access.Require(ctx, "person:read", access.Target{OwnerID: id}); err != nil {
		return Person{}, access.Hide(err, "person")
	}
	return s.person(ctx, id)
}

func (s *Service) person(ctx context.Context, id int64) (Person, error) {
	b, err := s.directory.View(ctx)
	if err != nil {
		return Person{}, err
	}
	people, err := s.presentAll(ctx, b, []int64{id})
	if err != nil {
		return Person{}, err
	}
	if len(people) == 0 {
		return Person{}, fault.NotFound("person")
	}
	return people[0], nil
}

// Directory lists everybody who is active, for choosing people.
func (s *Service) Directory(ctx context.Context) ([]PersonRef, error) {
	if err := s.access.Require(ctx, "person:read", access.Target{}); err != nil {
		return nil, err
	}
	b, err := s.directory.View(ctx)
	if err != nil {
		return nil, err
	}
	refs := make([]PersonRef, 0, len(b.order))
	for _, id := range b.order {
		if e := b.people[id]; e.Status == Active {
			refs = append(refs, b.ref(id))
		}
	}
	return refs, nil
}

// Identity is what somebody is recognised by who is named in another system.
type Identity struct {
	ID                   int64
	Name, Account, Email string
}

// Identities gives by what everybody who is active is recognised. It needs person:read. Addresses are whole here, so it
// is for comparing only.
func (s *Service) Identities(ctx context.Context) ([]Identity, error) {
	if err := s.access.Require(ctx, "person:read", access.Target{}); err != nil {
		return nil, err
	}
	b, err := s.directory.View(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Identity, 0, len(b.order))
	for _, id := range b.order {
		if e := b.people[id]; e.Status == Active {
			out = append(out, Identity{ID: id, Name: e.Name, Account: e.Account, Email: e.Email})
		}
	}
	return out, nil
}

// CreatePerson adds somebody and gives the one-time password, which is kept nowhere.
func (s *Service) CreatePerson(ctx context.Context, n NewPerson) (Person, string, error) {
	if err := s.access.Require(ctx, "person:create", access.Target{DepartmentID: n.DepartmentID}); err != nil {
		return Person{}, "", err
	}
	p, err := s.checkedPerson(ctx, n)
	if err != nil {
		return Person{}, "", err
	}
	secret, err := s.create(ctx, p)
	if err != nil {
		return Person{}, "", err
	}
	created, err := s.person(ctx, p.ID)
	return created, secret, err
}

func (s *Service) checkedPerson(ctx context.Context, n NewPerson) (record, error) {
	b, err := s.directory.View(ctx)
	if err != nil {
		return record{}, err
	}
	var check input.Check
	account := strings.ToLower(strings.TrimSpace(n.Account))
	checkAccount(&check, "body.account", account)
	now := s.now()
	p := record{
		ID: s.db.NewID(), Account: account, Name: check.Line("body.name", n.Name, 1, maxName),
		DepartmentID: n.DepartmentID, Status: Active, Theme: "auto", MustChange: true, PasswordAt: now,
		Version: 1, CreatedAt: now, UpdatedAt: now,
	}
	p.Email, p.Phone = checkEmail(&check, n.Email), checkPhone(&check, n.Phone)
	checkDepartment(&check, b, n.DepartmentID)
	if err := check.Err(); err != nil {
		return record{}, err
	}
	if len(b.people) >= MaxPeople {
		return record{}, fault.New(fault.KindConflict, "org.people_full", "max", MaxPeople)
	}
	return p, nil
}

// create hashes a one-time password first and writes afterwards: a transaction does not wait for a hash.
func (s *Service) create(ctx context.Context, p record) (string, error) {
	secret, hash, err := s.credentials.OneTime(ctx)
	if err != nil {
		return "", err
	}
	return secret, s.db.Tx(ctx, func(ctx context.Context) error {
		return s.write(ctx, p, hash, s.now()+s.o.OneTimeAge.Milliseconds(), "body.account")
	})
}

// write inserts a person with a credential inside the caller's transaction. location is where a taken account is said.
func (s *Service) write(ctx context.Context, p record, hash password.Hash, oneTimeUntil int64, location string) error {
	if err := s.insertPerson(ctx, p); err != nil {
		if s.db.IsUnique(err) {
			return fault.Invalid(fault.At(location, "org.account_taken", "account", p.Account)).Wrap(err)
		}
		return err
	}
	if err := s.credentials.Put(ctx, p.ID, hash, oneTimeUntil); err != nil {
		return err
	}
	s.changing(ctx, onePerson(p.ID))
	return s.journal.Append(ctx, journal.Entry{
		Module: "org", Verb: "org.person_create", Ref: ref.To("person", p.ID), DepartmentID: p.DepartmentID,
		Changes: append(journal.Diff(nil, p), journal.Change{Field: "account", To: p.Account}),
	})
}

// UpdatePerson changes a person. Details need person:update, the status person:disable. Disabling ends every session at
// once; the last system administrator cannot be disabled, nor anybody by themselves.
func (s *Service) UpdatePerson(ctx context.Context, id int64, c PersonChange) (Person, error) {
	who, err := working(ctx)
	if err != nil {
		return Person{}, err
	}
	if err := s.mayUpdate(ctx, id, c); err != nil {
		return Person{}, err
	}
	b, err := s.directory.View(ctx)
	if err != nil {
		return Person{}, err
	}
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		before, err := s.current(ctx, id)
		if err != nil {
			return err
		}
		if before.Version != c.Version {
			return s.stalePerson(ctx, id)
		}
		after, err := applyChange(b, before, c)
		if err != nil {
			return err
		}
		changes := journal.Diff(before, after)
		if len(changes) == 0 {
			return nil
		}
		if before.Status != after.Status {
			if id == who.PersonID {
				return fault.New(fault.KindDenied, "org.own_status")
			}
			if after.Status == Disabled {
				if err := s.access.CheckRemovable(ctx, id); err != nil {
					return err
				}
			}
		}
		after.Version, after.UpdatedAt = before.Version+1, s.now()
		written, err := s.updatePerson(ctx, after, before.Version)
		if err != nil {
			return err
		}
		if !written {
			return s.stalePerson(ctx, id)
		}
		if after.Status == Disabled { // after the status: no log-in can slip in between
			if err := s.sessions.EndAll(ctx, id, 0); err != nil {
				return err
			}
		}
		s.changing(ctx, onePerson(id))
		return s.journal.Append(ctx, journal.Entry{
			Module: "org", Verb: verbOf(before, after), Ref: ref.To("person", id), DepartmentID: after.DepartmentID, Changes: changes,
		})
	})
	if err != nil {
		return Person{}, err
	}
	return s.person(ctx, id)
}

func (s *Service) mayUpdate(ctx context.Context, id int64, c PersonChange) error {
	if err := s.access.Require(ctx, "person:read", access.Target{OwnerID: id}); err != nil {
		return access.Hide(err, "person")
	}
	if c.Status != nil {
		if err := s.access.Require(ctx, "person:disable", access.Target{}); err != nil {
			return err
		}
	}
	if c.Status == nil || c.Name != nil || c.Email != nil || c.Phone != nil || c.DepartmentID != nil {
		return s.access.Require(ctx, "person:update", access.Target{})
	}
	return nil
}

func applyChange(b *book, p record, c PersonChange) (record, error) {
	var check input.Check
	if c.Name != nil {
		p.Name = check.Line("body.name", *c.Name, 1, maxName)
	}
	if c.Email != nil {
		p.Email = checkEmail(&check, *c.Email)
	}
	if c.Phone != nil {
		p.Phone = checkPhone(&check, *c.Phone)
	}
	if c.DepartmentID != nil && *c.DepartmentID != p.DepartmentID {
		p.DepartmentID = *c.DepartmentID
		checkDepartment(&check, b, p.DepartmentID)
	}
	if c.Status != nil {
		p.Status = *c.Status
		check.OneOf("body.status", p.Status, Active, Disabled)
	}
	return p, check.Err()
}

func (s *Service) current(ctx context.Context, id int64) (record, error) {
	people, err := s.peopleByID(ctx, personColumns, []int64{id})
	if err != nil {
		return record{}, err
	}
	if len(people) == 0 {
		return record{}, fault.NotFound("person")
	}
	return people[0], nil
}

func (s *Service) stalePerson(ctx context.Context, id int64) error {
	current, err := s.person(ctx, id)
	if err != nil {
		return err
	}
	return fault.Conflict("person.stale_version", current)
}

func verbOf(before, after record) string {
	switch {
	case before.Status == after.Status:
		return "org.person_update"
	case after.Status == Disabled:
		return "org.person_disable"
	default:
		return "org.person_enable"
	}
}

// seesContacts tells whether somebody's e-mail address and telephone number are shown in full: to the person and to
// those who administer people.
func (s *Service) seesContacts(ctx context.Context, id int64) bool {
	who, err := acting(ctx)
	return err == nil && who.PersonID == id || s.access.Can(ctx, "person:update", access.Target{OwnerID: id})
}

func present(b *book, p record, roles []string, contacts bool) Person {
	out := Person{
		ID: p.ID, Account: p.Account, Name: p.Name, DepartmentID: p.DepartmentID, DepartmentName: b.units.Name(p.DepartmentID),
		Email: p.Email, Phone: p.Phone, Status: p.Status, Roles: roles, CreatedAt: p.CreatedAt, Version: p.Version,
	}
	if !contacts {
		out.Email, out.Phone = maskEmail(p.Email), maskPhone(p.Phone)
	}
	if p.LastLoginAt != 0 {
		out.LastLoginAt = &p.LastLoginAt
	}
	return out
}

func maskEmail(email string) string {
	name, host, ok := strings.Cut(email, "@")
	if !ok || name == "" {
		return ""
	}
	return string([]rune(name)[:1]) + "***@" + host
}

func maskPhone(phone string) string {
	if len(phone) < 7 {
		return strings.Repeat("*", len(phone))
	}
	return phone[:3] + "****" + phone[len(phone)-2:]
}

func checkAccount(check *input.Check, location, account string) {
	switch {
	case account == "":
		check.Add(location, "field.required")
	case !accountForm.MatchString(account):
		check.Add(location, "org.account_form")
	}
}

func checkEmail(check *input.Check, email string) string {
	email = check.Line("body.email", email, 0, maxContact)
	if email == "" {
		return ""
	}
	if parsed, err := mail.ParseAddress(email); err != nil || parsed.Address != email {
		check.Add("body.email", "org.email_form")
	}
	return email
}

func checkPhone(check *input.Check, phone string) string {
	phone = check.Line("body.phone", phone, 0, 40)
	if phone == "" {
		return ""
	}
	if digits := strings.Trim(phone, "+ ()-0123456789"); digits != "" || strings.ContainsFunc(phone, func(r rune) bool { return r > '9' }) || len(phone) < 3 {
		check.Add("body.phone", "org.phone_form")
	}
	return phone
}

func checkDepartment(check *input.Check, b *book, id int64) {
	if id == 0 {
		return
	}
	if _, ok := b.units.Get(id); !ok {
		check.Add("body.departmentId", "org.department_unknown")
	}
}
