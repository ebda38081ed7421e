package org

import (
	"context"
	"maps"
	"slices"
	"strings"

	"dingban/app/org/snapshot"
	"dingban/app/org/tree"
)

// entry is what of a person is in memory.
type entry struct {
	record
	search string // folded name and account
}

// book is the directory at one moment. It is never changed after it was made, so reading takes no lock.
type book struct {
	people  map[int64]*entry
	order   []int64 // ids, ascending
	units   *tree.Tree
	name    string // of the organisation
	setUpAt int64
}

// target is a part of the directory: one person, or all departments, or the organisation.
type target struct {
	kind string
	id   int64
}

const (
	kindPerson       = "person"
	kindUnits        = "departments"
	kindOrganisation = "organisation"
)

func onePerson(id int64) target { return target{kind: kindPerson, id: id} }
func allUnits() target          { return target{kind: kindUnits} }
func theOrganisation() target   { return target{kind: kindOrganisation} }

// loadBook makes the next book out of the last one and what changed since.
func (s *Service) loadBook(ctx context.Context, last *book, stale snapshot.Stale[target]) (*book, error) {
	next := &book{}
	if stale.Everything {
		people, err := s.everybody(ctx)
		if err != nil {
			return nil, err
		}
		next.people = make(map[int64]*entry, len(people))
		next.put(people)
	} else {
		*next = *last
		if err := s.reloadPeople(ctx, next, stale.Parts); err != nil {
			return nil, err
		}
	}
	if stale.Everything || stale.Parts[allUnits()] {
		units, err := s.units(ctx)
		if err != nil {
			return nil, err
		}
		next.units = tree.New(units)
	}
	if stale.Everything || stale.Parts[theOrganisation()] {
		row, name, err := s.organisation(ctx)
		if err != nil {
			return nil, err
		}
		next.name, next.setUpAt = name, row.SetUpAt
	}
	return next, nil
}

func (s *Service) reloadPeople(ctx context.Context, next *book, parts map[target]bool) error {
	ids := make([]int64, 0, len(parts))
	for t := range parts {
		if t.kind == kindPerson {
			ids = append(ids, t.id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	people, err := s.peopleByID(ctx, directoryColumns, ids)
	if err != nil {
		return err
	}
	next.people = maps.Clone(next.people)
	next.put(people)
	return nil
}

func (b *book) put(people []record) {
	added := false
	for _, p := range people {
		if _, known := b.people[p.ID]; !known {
			added = true
		}
		b.people[p.ID] = &entry{record: p, search: strings.ToLower(p.Name) + "\n" + p.Account}
	}
	if added || b.order == nil {
		b.order = slices.Sorted(maps.Keys(b.people))
	}
}

func (b *book) ref(id int64) PersonRef {
	if e, ok := b.people[id]; ok {
		return PersonRef{ID: id, Name: e.Name, DepartmentID: e.DepartmentID}
	}
	return PersonRef{ID: id}
}

// headcounts tells how many active people each department has, those below it not included.
func (b *book) headcounts() map[int64]int {
	counts := make(map[int64]int, b.units.Len())
	for _, e := range b.people {
		if e.Status == Active {
			counts[e.DepartmentID]++
		}
	}
	return counts
}
