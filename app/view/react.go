package view

import "dingban/app/platform/journal"

// Readers follow the journal; nothing of views has to.
func (s *Service) Readers() []journal.Reader { return []journal.Reader{} }
