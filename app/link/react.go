package link

import "dingban/app/platform/journal"

// Readers lists the durable readers of the journal: none.
func (s *Service) Readers() []journal.Reader { return []journal.Reader{} }
