package exchange

import (
	"context"
	"slices"
	"strings"

	"dingban/app/access"
	"dingban/app/board"
	"dingban/app/exchange/record"
	"dingban/app/exchange/value"
	"dingban/app/label"
	"dingban/app/platform/actor"
	"dingban/app/project"
)

// known is what a project has at the moment, for finding what a file speaks of.
type known struct {
	states []board.State
	labels []label.Label
	people map[string][]int64 // by folded name, account or address
	may    func(personID int64) bool
}

func (s *Service) knows(ctx context.Context, h project.Head) (*known, error) {
	k := &known{people: map[string][]int64{}, may: s.reader(ctx, h.Target())}
	var err error
	if k.states, err = s.needs.States.States(ctx, h.ID, h.StatesVersion); err != nil {
		return nil, err
	}
	if k.labels, err = s.needs.Labels.Of(ctx, h.ID, h.LabelsVersion); err != nil {
		return nil, err
	}
	everybody, err := s.needs.People.Identities(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range everybody {
		for _, mark := range []string{"name " + value.Fold(p.Name), "mark " + value.Fold(p.Account), "mark " + value.Fold(p.Email)} {
			if mark != "mark " && !slices.Contains(k.people[mark], p.ID) {
				k.people[mark] = append(k.people[mark], p.ID)
			}
		}
	}
	return k, nil
}

// reader tells, and remembers, who may read the project: nobody else can be responsible there.
func (s *Service) reader(ctx context.Context, t access.Target) func(personID int64) bool {
	decided := map[int64]bool{}
	return func(id int64) bool {
		may, there := decided[id]
		if !there {
			may = s.needs.Access.Can(actor.With(ctx, actor.Actor{PersonID: id}), "task:read", t)
			decided[id] = may
		}
		return may
	}
}

// People is mapping.Lookup: by the most certain mark that finds somebody, and by name at last.
func (k *known) People(p record.Person) []int64 {
	for _, mark := range []string{p.Email, p.Login, p.Number} {
		if found := k.readers("mark " + value.Fold(mark)); mark != "" && len(found) > 0 {
			return found
		}
	}
	if p.Name == "" {
		return nil
	}
	if found := k.readers("name " + value.Fold(p.Name)); len(found) > 0 {
		return found
	}
	return k.readers("mark " + value.Fold(p.Name))
}

func (k *known) readers(mark string) []int64 {
	return slices.DeleteFunc(slices.Clone(k.people[mark]), func(id int64) bool { return !k.may(id) })
}

// State is mapping.Lookup.
func (k *known) State(name string) (record.State, bool) {
	for i := range k.states {
		if st := &k.states[i]; value.Fold(st.Name) == value.Fold(name) {
			return record.State{ID: st.ID, Name: st.Name, Done: st.Category == board.Done}, true
		}
	}
	return record.State{}, false
}

// label gives the id of a label by name, 0 when there is none.
func (k *known) label(name string) int64 {
	for i := range k.labels {
		if strings.EqualFold(k.labels[i].Name, labelName(name)) {
			return k.labels[i].ID
		}
	}
	return 0
}

// labelName is a name as a label may have it.
func labelName(name string) string {
	name, _ = value.Limit(value.Line(name), maxLabelName)
	return strings.TrimSpace(name)
}

// stateOf gives the state of a record: its own, or the first one that is done or not as the record is.
func (k *known) stateOf(r *record.Record) int64 {
	if st, ok := k.State(r.State.Name); ok && (!r.State.Done || st.Done) {
		return st.ID
	}
	for i := range k.states {
		if (k.states[i].Category == board.Done) == r.State.Done {
			return k.states[i].ID
		}
	}
	return 0
}
