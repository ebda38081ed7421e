package search

import (
	"context"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"dingban/app/access"
	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/journal"
	"dingban/app/search/pagecache"
)

// cachedBytes bounds the pages kept in memory. Those of common words are long and wanted by nearly every query, and
// reading, sending and opening them costs more than all the rest of it.
const cachedBytes = 32 << 20

// Service finds and indexes. It is safe for concurrent use.
type Service struct {
	db      *db.DB
	vault   sealer
	journal *journal.Journal
	clock   clock.Clock
	access  permits

	projects projects
	states   states
	people   people
	sources  []Source

	catalogue *catalogue
	cached    *pagecache.Cache
	lag       prometheus.Histogram

	mu     sync.Mutex
	blinds map[int64]*blinds

	merging sync.Mutex
}

// Needs is what the service is made of.
type Needs struct {
	DB       *db.DB
	Vault    sealer
	Journal  *journal.Journal
	Clock    clock.Clock
	Access   permits
	Projects projects
	States   states
	People   people
}

// New makes the service. The sources are all that can be found; no two have the same kind.
func New(n Needs, sources ...Source) *Service {
	s := &Service{
		db: n.DB, vault: n.Vault, journal: n.Journal, clock: n.Clock, access: n.Access,
		projects: n.Projects, states: n.States, people: n.People, sources: sources, blinds: map[int64]*blinds{},
	}
	s.catalogue = newCatalogue(s.readFacts)
	s.cached = pagecache.New(cachedBytes)
	s.lag = newLag()
	return s
}

// source gives the source of a kind.
func (s *Service) sourceOf(kind uint8) (src Source, ok bool) {
	for _, src := range s.sources {
		if _, number := src.Kind(); number == kind {
			return src, true
		}
	}
	return nil, false
}

// Index brings documents of a kind up to date at once, which the journal would do a moment later.
func (s *Service) Index(ctx context.Context, kind uint8, ids ...int64) error {
	src, ok := s.sourceOf(kind)
	if !ok {
		return nil
	}
	return s.put(ctx, src, ids, stateRow.epochs)
}

// may decides about documents without a project.
func (s *Service) may(ctx context.Context, permission string) bool {
	return s.access.Can(ctx, permission, access.Target{})
}

// openAs opens documents in the name of the server; who may see them is decided by the caller.
func (s *Service) openAs(ctx context.Context, src Source, ids []int64) (map[int64]Document, error) {
	return src.Open(actor.With(ctx, actor.System("search")), ids)
}
