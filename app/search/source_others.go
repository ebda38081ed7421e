package search

import (
	"context"
	"slices"

	"dingban/app/org"
	"dingban/app/platform/fault"
	"dingban/app/platform/journal"
	"dingban/app/project"
	"dingban/app/search/posting"
	"dingban/app/search/words"
)

// projectTexts is what search needs of project to make it a source.
type projectTexts interface {
	Get(ctx context.Context, id int64) (project.Project, error)
	Readable(ctx context.Context, permission string) (ids []int64, byID map[int64]project.Head, err error)
}

// Projects makes projects a source. Archived ones are left out, as everywhere.
func Projects(p projectTexts) Source { return projectSource{p} }

type projectSource struct{ projects projectTexts }

func (projectSource) Kind() (string, uint8) { return "project", KindProject }

func (projectSource) Permission() string { return "project:read" }

func (projectSource) Touched(_ context.Context, r *journal.Record) ([]int64, error) {
	if r.Ref.Kind != "project" {
		return nil, nil
	}
	return []int64{r.Ref.ID}, nil
}

func (s projectSource) Walk(ctx context.Context, after int64, limit int) ([]int64, error) {
	ids, _, err := s.projects.Readable(ctx, "project:read")
	return idsAfter(ids, after, limit), err
}

func (s projectSource) Open(ctx context.Context, ids []int64) (map[int64]Document, error) {
	out := make(map[int64]Document, len(ids))
	for _, id := range ids {
		p, err := s.projects.Get(ctx, id)
		if fault.Is(err, fault.KindNotFound) || err == nil && p.ArchivedAt != nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		d := Document{
			Facts: posting.Doc{Project: p.ID, Created: p.CreatedAt, Updated: p.UpdatedAt},
			Texts: []Text{{words.Title, p.Name}, {words.Title, p.Key}},
			Fill:  func(h *Hit) { h.Project = &FoundProject{ID: p.ID, Key: p.Key, Name: p.Name, Colour: p.Colour} },
		}
		if p.Description != "" {
			d.Facts.Has |= HasDescription
			d.Texts = append(d.Texts, Text{words.Body, p.Description})
		}
		out[id] = d
	}
	return out, nil
}

// directory is what search needs of org to make people a source, all of it from memory.
type directory interface {
	Directory(ctx context.Context) ([]org.PersonRef, error)
	DepartmentName(ctx context.Context, department int64) string
}

// People makes those who are active a source.
func People(d directory) Source { return personSource{d} }

type personSource struct{ directory directory }

func (personSource) Kind() (string, uint8) { return "person", KindPerson }

func (personSource) Permission() string { return "person:read" }

func (personSource) Touched(_ context.Context, r *journal.Record) ([]int64, error) {
	if r.Ref.Kind != "person" || r.Verb == "org.session_refuse" {
		return nil, nil
	}
	return []int64{r.Ref.ID}, nil
}

func (s personSource) Walk(ctx context.Context, after int64, limit int) ([]int64, error) {
	all, err := s.directory.Directory(ctx)
	ids := make([]int64, len(all))
	for i, p := range all {
		ids[i] = p.ID
	}
	return idsAfter(ids, after, limit), err
}

func (s personSource) Open(ctx context.Context, ids []int64) (map[int64]Document, error) {
	all, err := s.directory.Directory(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]Document, len(ids))
	for _, p := range all {
		if !slices.Contains(ids, p.ID) {
			continue
		}
		department := s.directory.DepartmentName(ctx, p.DepartmentID)
		out[p.ID] = Document{
			Texts: []Text{{words.Title, p.Name}},
			Fill:  func(h *Hit) { h.Person = &FoundPerson{PersonRef: p, DepartmentName: department} },
		}
	}
	return out, nil
}

// idsAfter is a step of a walk over ids that are sorted.
func idsAfter(ids []int64, after int64, limit int) []int64 {
	at, found := slices.BinarySearch(ids, after)
	if found {
		at++
	}
	return ids[at:min(at+limit, len(ids))]
}
