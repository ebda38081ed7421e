package access_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"dingban/app/access"
	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/journal"
	"dingban/app/platform/testkit"
)

// people is a directory of people in two departments: 10 above 11, and 20 apart.
type people struct {
	mu       sync.Mutex
	at       map[int64]int64 // person -> department
	disabled map[int64]bool
}

func newPeople() *people {
	p := &people{at: map[int64]int64{}, disabled: map[int64]bool{}}
	for id := int64(1); id <= 60; id++ {
		p.at[id] = 0
	}
	return p
}

func (p *people) disable(id int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.disabled[id] = true
}

func (p *people) Status(_ context.Context, id int64) (exists, active bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, exists = p.at[id]
	return exists, exists && !p.disabled[id], nil
}

func (p *people) ActiveAmong(ctx context.Context, ids []int64) ([]int64, error) {
	var active []int64
	for _, id := range ids {
		if _, ok, err := p.Status(ctx, id); err == nil && ok {
			active = append(active, id)
		}
	}
	return active, nil
}

func (p *people) DepartmentOf(_ context.Context, id int64) (int64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at[id], nil
}

func (p *people) Within(ctx context.Context, department, ancestor int64) (bool, error) {
	up, err := p.Ancestors(ctx, department)
	return slices.Contains(up, ancestor), err
}

func (p *people) Ancestors(_ context.Context, department int64) ([]int64, error) {
	switch department {
	case 0:
		return nil, nil
	case 11:
		return []int64{11, 10}, nil
	case 10, 20:
		return []int64{department}, nil
	default:
		return nil, errors.New("no such department")
	}
}

type kit struct {
	*access.Service
	db      *db.DB
	journal *journal.Journal
	people  *people
	clock   clock.Clock
}

func newKit(t testing.TB) *kit {
	t.Helper()
	platform := testkit.New(t, access.Migrations())
	k := &kit{db: platform.DB, journal: platform.Journal, clock: platform.Clock, people: newPeople()}
	k.Service = access.New(k.db, k.journal, k.clock)
	k.Connect(k.people)
	return k
}

func as(t *testing.T, person int64) context.Context {
	t.Helper()
	return actor.With(t.Context(), actor.Actor{PersonID: person, Address: "10.0.0.1"})
}

func system(t *testing.T) context.Context {
	t.Helper()
	return actor.With(t.Context(), actor.System("test"))
}

// give sets roles as the system does, which needs no permission.
func (k *kit) give(t *testing.T, person int64, roles ...string) {
	t.Helper()
	testkit.Must(t, k.AssignRoles(system(t), person, roles))
}

func (k *kit) join(t *testing.T, project, person int64, role string) {
	t.Helper()
	testkit.Must(t, k.SetMember(system(t), project, person, role))
}

// whileReading reads all the time, from four sides, until stop is called.
func whileReading(read func()) (stop func()) {
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					read()
				}
			}
		})
	}
	return func() {
		close(done)
		readers.Wait()
	}
}
