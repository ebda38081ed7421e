package workday

import "dingban/app/platform/journal"

// follow hears of every committed change, also of other nodes', and forgets the calendar when it has become another.
func (s *Service) follow(records []journal.Record) {
	for i := range records {
		if records[i].Module == "workday" {
			s.forget()
			return
		}
	}
}

// Readers lists the durable readers of the journal: none, as a memory needs no past.
func (s *Service) Readers() []journal.Reader { return []journal.Reader{} }
