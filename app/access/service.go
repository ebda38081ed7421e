package access

import (
	"context"
	"slices"

	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/journal"
)

// Service decides, and keeps who has which role where.
type Service struct {
	db        *db.DB
	journal   *journal.Journal
	clock     clock.Clock
	roles     table
	inProject table
	cache     *cache[*Grants]
	rosters   *cache[map[int64]string]
	directory Directory
	projects  ProjectSource
}

// New makes the service. It follows the journal from here on, to hear of changes made by other nodes.
func New(d *db.DB, j *journal.Journal, c clock.Clock) *Service {
	s := &Service{
		db: d, journal: j, clock: c,
		roles:     newTable(BuiltIn()),
		inProject: newTable(ProjectRoles()),
		cache:     newCache[*Grants](maxCached),
		rosters:   newCache[map[int64]string](maxRosters),
	}
	j.Follow(s.follow)
	return s
}

// Connect names the directory of people. It belongs to the wiring and is done before the first request.
func (s *Service) Connect(d Directory) { s.directory = d }

// ConnectProjects names the source of projects that are open to more than their members.
func (s *Service) ConnectProjects(p ProjectSource) { s.projects = p }

// Require refuses with fault.Denied unless the person acting has the permission on the target; with "unauthenticated"
// when nobody acts. Callers whose objects are secret turn the refusal into "not there" with Hide, or use Check.
func (s *Service) Require(ctx context.Context, permission string, t Target) error {
	ok, err := s.decide(ctx, permission, t)
	if err != nil {
		return err
	}
	if !ok {
		return fault.Denied(permission)
	}
	return nil
}

// Check refuses like Require, except that somebody who may not even read the thing learns only that it is not there.
// what is the first half of permission names: "task" is read with "task:read".
func (s *Service) Check(ctx context.Context, what, permission string, t Target) error {
	read := what + ":read"
	if err := s.Require(ctx, read, t); err != nil {
		return Hide(err, what)
	}
	if permission == read {
		return nil
	}
	return s.Require(ctx, permission, t)
}

// Can is Require for decisions that are no refusal, such as leaving something out of an answer. What cannot be decided
// is not permitted.
func (s *Service) Can(ctx context.Context, permission string, t Target) bool {
	ok, err := s.decide(ctx, permission, t)
	return ok && err == nil
}

func (s *Service) decide(ctx context.Context, permission string, t Target) (bool, error) {
	who, err := acting(ctx)
	if err != nil {
		return false, err
	}
	if who.System {
		return true, nil
	}
	if err := s.requireActive(ctx, who.PersonID); err != nil {
		return false, err
	}
	g, err := s.Grants(ctx, who.PersonID)
	if err != nil {
		return false, err
	}
	for _, role := range g.Roles {
		if ok, err := s.anyCovers(ctx, s.roles[role][permission], g, t); ok || err != nil {
			return ok, err
		}
	}
	if t.ProjectID == 0 {
		return false, nil
	}
	if role, member := g.Projects[t.ProjectID]; member {
		if ok, err := s.anyCovers(ctx, s.inProject[role][permission], g, t); ok || err != nil {
			return ok, err
		}
	}
	return s.open(ctx, permission, who.PersonID, t)
}

func (s *Service) anyCovers(ctx context.Context, grants []Grant, g *Grants, t Target) (bool, error) {
	for _, grant := range grants {
		if ok, err := s.covers(ctx, grant, g.PersonID, g.Projects, t); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// open decides what the visibility of a project gives to everybody, or to the people of its department and those below.
func (s *Service) open(ctx context.Context, permission string, personID int64, t Target) (bool, error) {
	if !openPermission(permission) {
		return false, nil
	}
	switch t.Visibility {
	case OrganisationWide:
		return true, nil
	case DepartmentWide:
		if t.DepartmentID == 0 {
			return false, nil
		}
		own, err := s.departmentOf(ctx, personID)
		if err != nil || own == 0 {
			return false, err
		}
		return s.directory.Within(ctx, own, t.DepartmentID)
	default:
		return false, nil
	}
}

// Projects lists the projects in which the person acting has the permission, sorted, for lists that filter by them; all
// says that every project is among them. Projects open to the person without membership are included.
func (s *Service) Projects(ctx context.Context, permission string) (ids []int64, every bool, err error) {
	who, err := acting(ctx)
	if err != nil {
		return nil, false, err
	}
	if who.System {
		return nil, true, nil
	}
	if err := s.requireActive(ctx, who.PersonID); err != nil {
		return nil, false, err
	}
	g, err := s.Grants(ctx, who.PersonID)
	if err != nil {
		return nil, false, err
	}
	for _, role := range g.Roles {
		if reachesAll(s.roles[role][permission]) {
			return nil, true, nil
		}
	}
	ids = make([]int64, 0, len(g.Projects))
	for id, role := range g.Projects {
		if len(s.inProject[role][permission]) > 0 {
			ids = append(ids, id)
		}
	}
	if s.projects != nil && openPermission(permission) {
		more, err := s.openProjects(ctx, who.PersonID)
		if err != nil {
			return nil, false, err
		}
		ids = append(ids, more...)
	}
	slices.Sort(ids)
	return slices.Compact(ids), false, nil
}

func (s *Service) openProjects(ctx context.Context, personID int64) ([]int64, error) {
	own, err := s.departmentOf(ctx, personID)
	if err != nil {
		return nil, err
	}
	var departments []int64
	if own != 0 {
		if departments, err = s.directory.Ancestors(ctx, own); err != nil {
			return nil, err
		}
	}
	return s.projects.VisibleProjects(ctx, departments)
}

func reachesAll(grants []Grant) bool {
	return slices.ContainsFunc(grants, func(g Grant) bool { return g.Range == All })
}

// requireActive keeps out people who were disabled while a request or a live connection of theirs was under way.
func (s *Service) requireActive(ctx context.Context, personID int64) error {
	if s.directory == nil {
		return errNoDirectory
	}
	_, active, err := s.directory.Status(ctx, personID)
	if err != nil {
		return err
	}
	if !active {
		return errUnauthenticated()
	}
	return nil
}

func (s *Service) departmentOf(ctx context.Context, personID int64) (int64, error) {
	if s.directory == nil {
		return 0, errNoDirectory
	}
	return s.directory.DepartmentOf(ctx, personID)
}

func acting(ctx context.Context) (actor.Actor, error) {
	who, ok := actor.From(ctx)
	if !ok || (who.PersonID == 0 && !who.System) {
		return actor.Actor{}, errUnauthenticated()
	}
	return who, nil
}

func errUnauthenticated() error {
	return fault.New(fault.KindUnauthenticated, "access.unauthenticated")
}
