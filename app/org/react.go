package org

import "dingban/app/platform/journal"

// follow hears of every committed change, also of other nodes', and brings the memory of this node up to date. What it
// heard too late anyway is caught when a session is next written: its row is gone.
func (s *Service) follow(records []journal.Record) {
	for _, r := range records {
		if r.Module != "org" {
			continue
		}
		switch r.Ref.Kind {
		case "session":
			if r.Verb == "org.session_end" {
				s.sessions.Forget(r.Ref.ID)
			}
		case "person":
			s.followPerson(r)
		case "department":
			s.directory.Mark(allUnits())
		case "organisation":
			s.directory.Mark(theOrganisation())
		}
	}
}

func (s *Service) followPerson(r journal.Record) {
	switch r.Verb {
	case "org.session_refuse":
		return
	case "org.person_disable", "org.person_reset_password":
		s.sessions.ForgetAll(r.Ref.ID, 0)
	case "org.person_change_password":
		s.sessions.ForgetAll(r.Ref.ID, r.SessionID)
	}
	s.directory.Mark(onePerson(r.Ref.ID))
}

// Readers lists the durable readers of the journal: none, as a memory needs no past.
func (s *Service) Readers() []journal.Reader { return []journal.Reader{} }
