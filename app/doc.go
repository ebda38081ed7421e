// Package app holds the server of DingBan. Start reading here.
//
// # Tiers
//
// The platform packages below app/platform have no business meaning; each is
// one thing. Modules are cut by feature and stand in tiers, listed in
// tiers.json (read by arch_test.go and by the linter of the web pages):
//
//	1  access     roles, permissions with ranges, project membership
//	1  summary    what a long text says, in its own sentences
//	2  org        departments, people, sessions, log-in, first-run set-up
//	3  workday    working days and holidays, the lunar calendar
//	3  project    projects and their counts
//	4  board      workflow states, which are the columns of a board; ranks
//	4  label      labels of a project
//	4  file       what is attached: resumable uploads, sealed contents, previews
//	5  task       tasks, subtasks, followers, history
//	6  checklist  items of tasks with their own person and date
//	6  comment    what is said about tasks, reactions
//	6  field      custom fields: kinds, formulas, definitions, values
//	6  link       dependencies and relations of tasks
//	6  reminder   what somebody wants to be reminded of
//	7  recurrence tasks that come again
//	7  search     full text over blind tokens
//	7  notify     what a person should hear of, and by which channel
//	7  audit      reading and verifying the journal
//	7  view       filters, orders, groups; saved and shared views
//	8  exchange   tables and other tools' exports, in and out; calendar feeds
//	8  preset     project and task templates
//	8  quickadd   tasks out of lines as people type them
//	9  mailin     mail that becomes tasks
//
// A module imports modules of strictly lower tiers and the platform, never
// its own tier and never upward; upward it only tells, through the journal.
// app/server is the one place that knows all of them (modules.go).
//
// # A module
//
// One Go package, files by role:
//
//	<module>.go    package comment, types, errors, the small interfaces it needs
//	service*.go    permission, validation, transaction, journal entry
//	store*.go      rows; the only files that import xorm
//	http*.go       operations; the only files that import httpapi
//	react.go       readers of the journal
//	migrations.go  its steps in the one chain
//	locales/       its words, zh-CN.json first, en.json beside it
//
// # A write, end to end
//
// An operation decodes and validates, the service asks access for the
// permission, opens db.Tx, checks the version the caller saw, writes rows and
// appends one journal entry in the same transaction. After the commit the
// sequencer gives the entry its number and its link in the hash chain and
// wakes the readers: search, notifications, live pages, caches of other nodes.
//
// # What is sealed
//
// Whatever a person wrote is a vault envelope in the database and in the
// object store, bound to table, column and row. Ids, times, states, ranks and
// foreign keys are clear, because the database sorts and joins on them.
package app
