package board

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"dingban/app/board/rank"
	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/platform/journal"
	"dingban/app/platform/lang"
	"dingban/app/platform/memo"
	"dingban/app/platform/ref"
	"dingban/app/platform/vault"
	"dingban/app/project"
)

// Service keeps states.
type Service struct {
	db       *db.DB
	vault    *vault.Vault
	journal  *journal.Journal
	clock    clock.Clock
	projects *project.Service
	words    *lang.Catalogue
	cards    Cards
	memory   *memo.Memo[[]State]
}

// New makes the service and asks to be told of new projects, which get the usual states.
func New(d *db.DB, v *vault.Vault, j *journal.Journal, c clock.Clock, p *project.Service) (*Service, error) {
	words, err := lang.NewCatalogue(Words)
	if err != nil {
		return nil, fmt.Errorf("board: %w", err)
	}
	s := &Service{db: d, vault: v, journal: j, clock: c, projects: p, words: words, memory: memo.New[[]State](maxRemembered)}
	p.OnCreate(s.createUsual)
	return s, nil
}

// Connect names who keeps the cards. It belongs to the wiring and is done before the first request.
func (s *Service) Connect(c Cards) { s.cards = c }

var usual = [...]struct{ category, colour string }{{Todo, "#86909c"}, {Doing, "#3370ff"}, {Done, "#00a870"}}

// createUsual gives a new project its first states, named in the language of whoever creates it.
func (s *Service) createUsual(ctx context.Context, p project.Project) error {
	language := lang.Chinese
	if who, ok := actor.From(ctx); ok && who.Language != "" {
		language = who.Language
	}
	rows := make([]row, len(usual))
	for i, u := range usual {
		id := s.db.NewID()
		rows[i] = row{
			ID: id, ProjectID: p.ID, Category: u.category, Colour: u.colour, Rank: rank.FromID(id), Version: 1,
			CreatedAt: clock.Millis(s.clock), name: s.words.Text(language, "board.usual."+u.category, nil),
		}
	}
	if err := s.insert(ctx, rows); err != nil {
		return err
	}
	return s.projects.StatesChanged(ctx, p.ID, rows[0].ID)
}

// List gives the states of a project in their order. It needs project:read.
func (s *Service) List(ctx context.Context, projectID int64) ([]State, error) {
	h, err := s.projects.Check(ctx, projectID, "project:read")
	if err != nil {
		return nil, err
	}
	return s.States(ctx, h.ID, h.StatesVersion)
}

// States is List for modules that have decided about the permission and know the version of the states, from the head
// of the project or from its locked row. It costs no statement while the states are in memory. The slice is shared:
// read it, never change it.
func (s *Service) States(ctx context.Context, projectID, version int64) ([]State, error) {
	if all, ok := s.memory.Get(projectID, version); ok {
		return all, nil
	}
	rows, err := s.byProject(ctx, projectID, false)
	if err != nil {
		return nil, err
	}
	all := states(rows)
	// In a transaction the version and the states might be its own, and be taken back.
	if !s.db.InTx(ctx) {
		s.memory.Put(projectID, version, all)
	}
	return all, nil
}

// Find gives one state of a locked project. What is not there is a fault of the field named by location.
func (s *Service) Find(ctx context.Context, p project.Locked, stateID int64, location string) (State, error) {
	all, err := s.States(ctx, p.ID, p.StatesVersion)
	if err != nil {
		return State{}, err
	}
	for _, st := range all {
		if st.ID == stateID {
			return st, nil
		}
	}
	return State{}, fault.Invalid(fault.At(location, "board.no_such_state"))
}

// Briefs gives states in short, deleted ones too, because history names them. It asks for no permission.
func (s *Service) Briefs(ctx context.Context, ids []int64) (map[int64]Brief, error) {
	if len(ids) == 0 {
		return map[int64]Brief{}, nil
	}
	return s.briefsOf(ctx, ids)
}

// Hold locks one state of a project until the transaction ends, so that it stays what it is and so that cards are put
// into it one after the other. What cannot be found is a fault of the field named by location.
func (s *Service) Hold(ctx context.Context, projectID, stateID int64, location string) (State, error) {
	r, found, err := s.lock(ctx, stateID)
	if err != nil {
		return State{}, err
	}
	if !found || r.ProjectID != projectID {
		return State{}, fault.Invalid(fault.At(location, "board.no_such_state"))
	}
	return r.state(), nil
}

// HoldFirst is Hold for the first state of one of the categories given, tried in their order.
func (s *Service) HoldFirst(ctx context.Context, projectID int64, categories ...string) (State, error) {
	rows, err := s.byProject(ctx, projectID, true)
	if err != nil {
		return State{}, err
	}
	for _, category := range categories {
		for _, r := range rows {
			if r.Category == category {
				return r.state(), nil
			}
		}
	}
	return State{}, fault.New(fault.KindConflict, "board.no_state_of_category", "category", strings.Join(categories, ", "))
}

// Create adds a state. It needs board:update.
func (s *Service) Create(ctx context.Context, projectID int64, d Draft) (State, error) {
	if err := s.checkOpen(ctx, projectID); err != nil {
		return State{}, err
	}
	var c input.Check
	d.Name = c.Line("body.name", d.Name, 1, maxName)
	c.OneOf("body.category", d.Category, Todo, Doing, Done)
	if d.Colour == "" {
		d.Colour = usualColour(d.Category)
	}
	d.Colour = c.Colour("body.colour", d.Colour)
	if err := c.Err(); err != nil {
		return State{}, err
	}
	id := s.db.NewID()
	r := row{ID: id, ProjectID: projectID, Category: d.Category, Colour: d.Colour, Version: 1, CreatedAt: clock.Millis(s.clock), name: d.Name}
	err := s.inProject(ctx, projectID, func(ctx context.Context, p project.Locked, rows []row) error {
		if len(rows) >= maxStates {
			return fault.New(fault.KindConflict, "board.too_many_states", "max", maxStates)
		}
		if sameName(rows, r) {
			return fault.Invalid(fault.At("body.name", "board.name_taken"))
		}
		r.Rank = rank.FromID(id)
		if d.AfterID != 0 {
			if err := s.place(ctx, &r, rows, d.AfterID); err != nil {
				return err
			}
		}
		if err := s.insert(ctx, []row{r}); err != nil {
			return err
		}
		if err := s.changed(ctx, p, append(rows, r)); err != nil {
			return err
		}
		return s.append(ctx, "board.create_state", r, journal.Diff(nil, r.facts()))
	})
	return r.state(), err
}

// Update changes a state. It needs board:update and the version the editor saw.
func (s *Service) Update(ctx context.Context, id int64, e Edit) (State, error) {
	var c input.Check
	c.Version("body.version", e.Version)
	if err := c.Err(); err != nil {
		return State{}, err
	}
	projectID, err := s.projectOf(ctx, id)
	if err != nil {
		return State{}, err
	}
	var after State
	err = s.inProject(ctx, projectID, func(ctx context.Context, p project.Locked, rows []row) error {
		at := slices.IndexFunc(rows, func(r row) bool { return r.ID == id })
		if at < 0 {
			return errNotFound()
		}
		before := rows[at]
		if before.Version != e.Version {
			return fault.Conflict("state.stale_version", before.state())
		}
		r := before
		if err := s.apply(ctx, &r, rows, e); err != nil {
			return err
		}
		changes := journal.Diff(before.facts(), r.facts())
		after = r.state()
		if len(changes) == 0 {
			return nil
		}
		r.Version++
		after = r.state()
		rows[at] = r
		if err := s.complete(rows); err != nil {
			return err
		}
		if err := s.update(ctx, &r); err != nil {
			return err
		}
		if err := s.changed(ctx, p, rows); err != nil {
			return err
		}
		if (r.Category == Done) != (before.Category == Done) && s.cards != nil {
			if err := s.cards.Recategorise(ctx, after); err != nil {
				return err
			}
		}
		return s.append(ctx, "board.update_state", r, changes)
	})
	return after, err
}

func (s *Service) apply(ctx context.Context, r *row, rows []row, e Edit) error {
	var c input.Check
	if e.Name != nil {
		r.name = c.Line("body.name", *e.Name, 1, maxName)
		if sameName(rows, *r) {
			c.Add("body.name", "board.name_taken")
		}
	}
	if e.Category != nil {
		r.Category = *e.Category
		c.OneOf("body.category", r.Category, Todo, Doing, Done)
	}
	if e.Colour != nil {
		r.Colour = c.Colour("body.colour", *e.Colour)
	}
	if e.WipLimit != nil {
		switch r.WipLimit = *e.WipLimit; {
		case r.WipLimit < 0:
			c.Add("body.wipLimit", "field.too_small", "min", 1)
		case r.WipLimit > maxLimit:
			c.Add("body.wipLimit", "field.too_big", "max", maxLimit)
		}
	}
	if err := c.Err(); err != nil {
		return err
	}
	if e.AfterID != nil {
		return s.place(ctx, r, rows, *e.AfterID)
	}
	return nil
}

// Delete removes a state. Its cards go to another state of the project, which must be named when there are any. It needs
// board:update.
func (s *Service) Delete(ctx context.Context, id, moveTo int64) error {
	projectID, err := s.projectOf(ctx, id)
	if err != nil {
		return err
	}
	return s.inProject(ctx, projectID, func(ctx context.Context, p project.Locked, rows []row) error {
		at := slices.IndexFunc(rows, func(r row) bool { return r.ID == id })
		if at < 0 {
			return errNotFound()
		}
		r := rows[at]
		rest := slices.Delete(slices.Clone(rows), at, at+1)
		if err := s.complete(rest); err != nil {
			return err
		}
		if _, _, err := s.lock(ctx, id); err != nil { // nobody puts a card into it from here on
			return err
		}
		changes := journal.Diff(r.facts(), nil)
		if moveTo != 0 {
			to := slices.IndexFunc(rest, func(r row) bool { return r.ID == moveTo })
			if to < 0 {
				return fault.Invalid(fault.At("query.moveTo", "board.no_such_state"))
			}
			changes = append(changes, journal.Diff(nil, removal{moveTo})...)
			if s.cards != nil {
				if err := s.cards.MoveAll(ctx, r.state(), rest[to].state()); err != nil {
					return err
				}
			}
		} else if s.cards != nil {
			n, err := s.cards.CountIn(ctx, id)
			if err != nil {
				return err
			}
			if n > 0 {
				return fault.New(fault.KindConflict, "board.state_in_use", "count", n)
			}
		}
		if err := s.markDeleted(ctx, id, clock.Millis(s.clock)); err != nil {
			return err
		}
		if err := s.changed(ctx, p, rest); err != nil {
			return err
		}
		return s.append(ctx, "board.delete_state", r, changes)
	})
}

// projectOf finds the project of a state and decides whether the person acting may change its board. A state of a
// project that the person cannot see is not there.
func (s *Service) projectOf(ctx context.Context, id int64) (int64, error) {
	projectID, err := s.findProject(ctx, id)
	if err != nil {
		return 0, err
	}
	err = s.checkOpen(ctx, projectID)
	if fault.Is(err, fault.KindNotFound) {
		return 0, errNotFound().Wrap(err)
	}
	return projectID, err
}

func (s *Service) checkOpen(ctx context.Context, projectID int64) error {
	h, err := s.projects.Check(ctx, projectID, "board:update")
	if err != nil {
		return err
	}
	if h.Archived {
		return project.ErrArchived()
	}
	return nil
}

// inProject runs a change of a board while nobody else changes the same board or gives out a task number.
func (s *Service) inProject(ctx context.Context, projectID int64, change func(ctx context.Context, p project.Locked, rows []row) error) error {
	return s.db.Tx(ctx, func(ctx context.Context) error {
		p, err := s.projects.Lock(ctx, projectID)
		if err != nil {
			return err
		}
		if p.Archived {
			return project.ErrArchived()
		}
		rows, err := s.byProject(ctx, projectID, false)
		if err != nil {
			return err
		}
		return change(ctx, p, rows)
	})
}

// place ranks a state behind another one, 0 for the beginning.
func (s *Service) place(ctx context.Context, r *row, rows []row, afterID int64) error {
	others := slices.DeleteFunc(slices.Clone(rows), func(o row) bool { return o.ID == r.ID })
	at := 0
	if afterID != 0 {
		if at = slices.IndexFunc(others, func(o row) bool { return o.ID == afterID }) + 1; at == 0 {
			return fault.Invalid(fault.At("body.afterId", "board.no_such_state"))
		}
	}
	var after, before string
	if at > 0 {
		after = others[at-1].Rank
	}
	if at < len(others) {
		before = others[at].Rank
	}
	if after == "" && before == "" || after < r.Rank && (before == "" || r.Rank < before) {
		return nil // it is there already
	}
	between, err := rank.Between(after, before)
	switch {
	case err == nil && len(between) <= rank.MaxLength:
		r.Rank = between
		return nil
	case err != nil && !errors.Is(err, rank.ErrNoRoom):
		return fmt.Errorf("board: place state %d: %w", r.ID, err)
	}
	return s.spread(ctx, r, rows, slices.Insert(others, at, *r))
}

// spread gives all states of a project short ranks in the order wanted, when there is no room left where one should go.
// The state that is being placed is written by the caller.
func (s *Service) spread(ctx context.Context, r *row, rows, order []row) error {
	ranks, err := rank.Spread(len(order), rank.FromID(s.db.NewID()))
	if err != nil {
		return fmt.Errorf("board: spread states: %w", err)
	}
	for i, o := range order {
		if o.ID == r.ID {
			r.Rank = ranks[i]
			continue
		}
		if err := s.setRank(ctx, o.ID, ranks[i]); err != nil {
			return err
		}
		rows[slices.IndexFunc(rows, func(x row) bool { return x.ID == o.ID })].Rank = ranks[i]
	}
	return nil
}

// complete refuses a board on which a task could not be completed, or not be taken up again.
func (s *Service) complete(rows []row) error {
	if !slices.ContainsFunc(rows, func(r row) bool { return r.Category == Done }) {
		return fault.New(fault.KindConflict, "board.last_done_state")
	}
	if !slices.ContainsFunc(rows, func(r row) bool { return r.Category != Done }) {
		return fault.New(fault.KindConflict, "board.last_open_state")
	}
	return nil
}

// changed tells the project that its states are other ones now, and in which of them new tasks begin: the first one to
// do, else the first one not done.
func (s *Service) changed(ctx context.Context, p project.Locked, rows []row) error {
	sortRows(rows)
	for _, category := range []string{Todo, Doing} {
		for _, r := range rows {
			if r.Category != category {
				continue
			}
			return s.projects.StatesChanged(ctx, p.ID, r.ID)
		}
	}
	return s.projects.StatesChanged(ctx, p.ID, 0)
}

func sameName(rows []row, r row) bool {
	return slices.ContainsFunc(rows, func(o row) bool { return o.ID != r.ID && strings.EqualFold(o.name, r.name) })
}

func usualColour(category string) string {
	for _, u := range usual {
		if u.category == category {
			return u.colour
		}
	}
	return usual[0].colour
}

func (s *Service) append(ctx context.Context, verb string, r row, changes []journal.Change) error {
	return s.journal.Append(ctx, journal.Entry{
		Module: "board", Verb: verb, Ref: ref.To("state", r.ID), ProjectID: r.ProjectID, Changes: changes,
	})
}

// removal says where the cards of a removed state went.
type removal struct {
	MovedTo int64 `journal:"movedTo"`
}
