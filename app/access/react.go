package access

import "dingban/app/platform/journal"

// follow hears of every committed change, also of other nodes', and forgets the grants and the roster it touched. Every
// entry of this module names the person and the project it is about, so nothing of its sealed part is needed.
func (s *Service) follow(records []journal.Record) {
	for _, r := range records {
		if r.Module == "access" && r.Ref.Kind == "person" {
			s.cache.drop(r.Ref.ID)
			if r.ProjectID != 0 {
				s.rosters.drop(r.ProjectID)
			}
		}
	}
}

// Readers lists the durable readers of the journal: none, as a cache needs no past.
func (s *Service) Readers() []journal.Reader { return []journal.Reader{} }
