package label

import (
	"context"
	"slices"
	"strings"

	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/platform/journal"
	"dingban/app/platform/memo"
	"dingban/app/platform/ref"
	"dingban/app/platform/vault"
	"dingban/app/project"
)

// Service keeps labels. It is safe for concurrent use.
type Service struct {
	db       *db.DB
	vault    *vault.Vault
	journal  *journal.Journal
	clock    clock.Clock
	projects Projects
	memory   *memo.Memo[[]Label]
}

// New makes the service.
func New(d *db.DB, v *vault.Vault, j *journal.Journal, c clock.Clock, p Projects) *Service {
	return &Service{db: d, vault: v, journal: j, clock: c, projects: p, memory: memo.New[[]Label](maxRemembered)}
}

// List gives the labels of a project by name. It needs project:read.
func (s *Service) List(ctx context.Context, projectID int64) ([]Label, error) {
	h, err := s.projects.Check(ctx, projectID, "project:read")
	if err != nil {
		return nil, err
	}
	return s.Of(ctx, h.ID, h.LabelsVersion)
}

// Of is List for modules that have decided about the permission and know the version of the labels from the head of the
// project. The slice is shared: read it, never change it.
func (s *Service) Of(ctx context.Context, projectID, version int64) ([]Label, error) {
	all, err := s.OfMany(ctx, map[int64]int64{projectID: version})
	return all[projectID], err
}

// OfMany is Of for several projects, given with the versions of their labels. However many are not in memory yet, they
// are read by one statement.
func (s *Service) OfMany(ctx context.Context, versions map[int64]int64) (map[int64][]Label, error) {
	out := make(map[int64][]Label, len(versions))
	var missing []int64
	for id, version := range versions {
		labels, ok := s.memory.Get(id, version)
		switch {
		case ok:
			out[id] = labels
		case version != 0: // 0 is that of a project which never had any
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return out, nil
	}
	slices.Sort(missing)
	rows, err := s.byProjects(ctx, missing)
	if err != nil {
		return nil, err
	}
	for _, id := range missing {
		out[id] = []Label{}
	}
	for i := range rows {
		out[rows[i].ProjectID] = append(out[rows[i].ProjectID], rows[i].label())
	}
	// In a transaction the version and the labels might be its own, and be taken back.
	if !s.db.InTx(ctx) {
		for _, id := range missing {
			s.memory.Put(id, versions[id], out[id])
		}
	}
	return out, nil
}

// Live reads those of some labels that a project has now, for whoever does not find them in memory: made by the same
// transaction, or a moment ago on another server.
func (s *Service) Live(ctx context.Context, projectID int64, ids []int64) ([]Label, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := s.byIDs(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []Label
	for i := range rows {
		if rows[i].ProjectID == projectID && rows[i].DeletedAt == 0 {
			out = append(out, rows[i].label())
		}
	}
	return out, nil
}

// Create adds a label. It needs task:update in the project, because whoever may tag a task may find that a tag is
// missing; changing those that others use needs board:update.
func (s *Service) Create(ctx context.Context, projectID int64, d Draft) (Label, error) {
	if err := s.checkOpen(ctx, projectID, "task:update"); err != nil {
		return Label{}, err
	}
	var c input.Check
	d.Name = c.Line("body.name", d.Name, 1, maxName)
	if d.Colour != "" {
		d.Colour = c.Colour("body.colour", d.Colour)
	}
	if err := c.Err(); err != nil {
		return Label{}, err
	}
	r := row{ID: s.db.NewID(), ProjectID: projectID, Colour: d.Colour, CreatedAt: clock.Millis(s.clock), Version: 1, name: d.Name}
	err := s.inProject(ctx, projectID, func(ctx context.Context, rows []row) error {
		if len(rows) >= maxLabels {
			return fault.New(fault.KindConflict, "label.too_many", "max", maxLabels)
		}
		if sameName(rows, &r) {
			return fault.Invalid(fault.At("body.name", "label.name_taken"))
		}
		if d.Colour == "" {
			r.Colour = leastUsed(rows)
		}
		if err := s.insert(ctx, &r); err != nil {
			return err
		}
		return s.append(ctx, "label.create", &r, journal.Diff(nil, r.facts()))
	})
	if err != nil {
		return Label{}, err
	}
	return r.label(), nil
}

// Update changes a label wherever it is used. It needs board:update and the version the editor saw.
func (s *Service) Update(ctx context.Context, id int64, e Edit) (Label, error) {
	var c input.Check
	c.Version("body.version", e.Version)
	if e.Name != nil {
		*e.Name = c.Line("body.name", *e.Name, 1, maxName)
	}
	if e.Colour != nil {
		*e.Colour = c.Colour("body.colour", *e.Colour)
	}
	if err := c.Err(); err != nil {
		return Label{}, err
	}
	var out Label
	err := s.onLabel(ctx, id, func(ctx context.Context, r *row, rows []row) error {
		if r.Version != e.Version {
			return fault.Conflict("label.stale_version", r.label())
		}
		before := r.facts()
		if e.Name != nil {
			r.name = *e.Name
		}
		if e.Colour != nil {
			r.Colour = *e.Colour
		}
		if sameName(rows, r) {
			return fault.Invalid(fault.At("body.name", "label.name_taken"))
		}
		changes := journal.Diff(before, r.facts())
		if out = r.label(); len(changes) == 0 {
			return nil
		}
		r.Version++
		out = r.label()
		if err := s.update(ctx, r); err != nil {
			return err
		}
		return s.append(ctx, "label.update", r, changes)
	})
	return out, err
}

// Delete takes a label away from all tasks that bear it. It needs board:update. The row stays, because history names it.
func (s *Service) Delete(ctx context.Context, id int64) error {
	return s.onLabel(ctx, id, func(ctx context.Context, r *row, _ []row) error {
		before := r.facts()
		r.DeletedAt = clock.Millis(s.clock)
		r.Version++
		if err := s.update(ctx, r); err != nil {
			return err
		}
		return s.append(ctx, "label.delete", r, journal.Diff(before, nil))
	})
}

// Names gives what labels are called, deleted ones too, because history names them. It asks for no permission.
func (s *Service) Names(ctx context.Context, ids []int64) (map[int64]string, error) {
	names := make(map[int64]string, len(ids))
	if len(ids) == 0 {
		return names, nil
	}
	rows, err := s.byIDs(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		names[rows[i].ID] = rows[i].name
	}
	return names, nil
}

// onLabel changes a label of a project that the person acting may change.
func (s *Service) onLabel(ctx context.Context, id int64, change func(ctx context.Context, r *row, rows []row) error) error {
	found, err := s.byIDs(ctx, []int64{id})
	if err != nil {
		return err
	}
	if len(found) == 0 || found[0].DeletedAt != 0 {
		return errNotFound()
	}
	projectID := found[0].ProjectID
	err = s.checkOpen(ctx, projectID, "board:update")
	if fault.Is(err, fault.KindNotFound) { // a label of a project that is not theirs is not there
		return errNotFound().Wrap(err)
	}
	if err != nil {
		return err
	}
	return s.inProject(ctx, projectID, func(ctx context.Context, rows []row) error {
		at := slices.IndexFunc(rows, func(r row) bool { return r.ID == id })
		if at < 0 {
			return errNotFound()
		}
		r := rows[at]
		return change(ctx, &r, rows)
	})
}

func (s *Service) checkOpen(ctx context.Context, projectID int64, permission string) error {
	h, err := s.projects.Check(ctx, projectID, permission)
	if err != nil {
		return err
	}
	if h.Archived {
		return project.ErrArchived()
	}
	return nil
}

// inProject changes the labels of a project while nobody else does, and notes that they are other ones now.
func (s *Service) inProject(ctx context.Context, projectID int64, change func(ctx context.Context, rows []row) error) error {
	return s.db.Tx(ctx, func(ctx context.Context) error {
		p, err := s.projects.Lock(ctx, projectID)
		if err != nil {
			return err
		}
		if p.Archived {
			return project.ErrArchived()
		}
		rows, err := s.byProjects(ctx, []int64{projectID})
		if err != nil {
			return err
		}
		if err := change(ctx, rows); err != nil {
			return err
		}
		return s.projects.LabelsChanged(ctx, projectID)
	})
}

func sameName(rows []row, r *row) bool {
	return slices.ContainsFunc(rows, func(o row) bool { return o.ID != r.ID && strings.EqualFold(o.name, r.name) })
}

// leastUsed is the colour of the palette that the fewest labels have, the first of several.
func leastUsed(rows []row) string {
	used := map[string]int{}
	for i := range rows {
		used[rows[i].Colour]++
	}
	return slices.MinFunc(palette[:], func(a, b string) int { return used[a] - used[b] })
}

func (s *Service) append(ctx context.Context, verb string, r *row, changes []journal.Change) error {
	return s.journal.Append(ctx, journal.Entry{
		Module: "label", Verb: verb, Ref: ref.To("label", r.ID), ProjectID: r.ProjectID, Changes: changes,
	})
}
