package project

import (
	"context"
	"maps"
	"slices"
	"sync"

	"dingban/app/platform/journal"
)

// heads keeps every project's head in memory. Readers share one map that nobody changes: a change makes a new one.
type heads struct {
	mu         sync.Mutex
	byID       map[int64]Head
	byKey      map[string]int64
	loaded     bool
	dirty      map[int64]bool
	generation uint64
}

func newHeads() *heads { return &heads{dirty: map[int64]bool{}} }

// drop marks a project as changed. What is being read at this moment may still be old, so it will not be kept.
func (h *heads) drop(id int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.generation++
	h.dirty[id] = true
}

// state gives what is in memory, and which projects have to be read first: nil for none, or all when nothing is loaded.
func (h *heads) state() (byID map[int64]Head, byKey map[string]int64, loaded bool, missing []int64, generation uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.byID, h.byKey, h.loaded, slices.Collect(maps.Keys(h.dirty)), h.generation
}

func (h *heads) put(byID map[int64]Head, byKey map[string]int64, generation uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.generation != generation {
		return
	}
	h.byID, h.byKey, h.loaded = byID, byKey, true
	clear(h.dirty)
}

// all gives every project by id and by key. The maps are shared: read them, never change them.
func (s *Service) all(ctx context.Context) (map[int64]Head, map[string]int64, error) {
	byID, byKey, loaded, missing, generation := s.heads.state()
	if loaded && len(missing) == 0 {
		return byID, byKey, nil
	}
	var fresh []Head
	var err error
	if loaded {
		fresh, err = s.readHeads(ctx, missing)
	} else {
		fresh, err = s.readAllHeads(ctx)
	}
	if err != nil {
		return nil, nil, err
	}
	byID, byKey = maps.Clone(byID), maps.Clone(byKey)
	if byID == nil {
		byID, byKey = make(map[int64]Head, len(fresh)), make(map[string]int64, len(fresh))
	}
	for _, h := range fresh {
		byID[h.ID], byKey[h.Key] = h, h.ID
	}
	// A transaction may see less than what is committed by now, and more than will be: what it reads is for itself.
	if !s.db.InTx(ctx) {
		s.heads.put(byID, byKey, generation)
	}
	return byID, byKey, nil
}

// Head gives a project from memory and asks for no permission. It is "not there" when there is none.
func (s *Service) Head(ctx context.Context, id int64) (Head, error) {
	byID, _, err := s.all(ctx)
	if err != nil {
		return Head{}, err
	}
	h, ok := byID[id]
	if !ok {
		return Head{}, errNotFound()
	}
	return h, nil
}

// HeadByKey is Head for the short name.
func (s *Service) HeadByKey(ctx context.Context, key string) (Head, error) {
	byID, byKey, err := s.all(ctx)
	if err != nil {
		return Head{}, err
	}
	h, ok := byID[byKey[key]]
	if !ok {
		return Head{}, errNotFound()
	}
	return h, nil
}

// Readable gives the projects in use in which the person acting has a permission, for lists that filter by them. The
// ids are sorted.
func (s *Service) Readable(ctx context.Context, permission string) (ids []int64, byID map[int64]Head, err error) {
	return s.reachable(ctx, permission, false)
}

func (s *Service) reachable(ctx context.Context, permission string, archived bool) ([]int64, map[int64]Head, error) {
	byID, _, err := s.all(ctx)
	if err != nil {
		return nil, nil, err
	}
	granted, every, err := s.access.Projects(ctx, permission)
	if err != nil {
		return nil, nil, err
	}
	if every {
		granted = slices.Sorted(maps.Keys(byID))
	}
	ids := make([]int64, 0, len(granted))
	for _, id := range granted {
		if h, ok := byID[id]; ok && h.Archived == archived {
			ids = append(ids, id)
		}
	}
	return ids, byID, nil
}

// VisibleProjects lists the projects that can be read without being a member: those open to the organisation, and
// those open to one of the departments given.
func (s *Service) VisibleProjects(ctx context.Context, departments []int64) ([]int64, error) {
	byID, _, err := s.all(ctx)
	if err != nil {
		return nil, err
	}
	ids := []int64{}
	for id, h := range byID {
		if h.Visibility == visibleToAll || h.Visibility == visibleToDepartment && slices.Contains(departments, h.DepartmentID) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// follow hears of every committed change, also of other nodes', and forgets the projects it touched.
func (s *Service) follow(records []journal.Record) {
	for _, r := range records {
		if r.Module == "project" || r.Module == "board" || r.Module == "label" {
			s.heads.drop(r.ProjectID)
		}
	}
}
