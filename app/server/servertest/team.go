package servertest

import (
	"context"
	"testing"

	"dingban/app/access"
	"dingban/app/board"
	"dingban/app/platform/journal"
	"dingban/app/project"
	"dingban/app/server"
	"dingban/configs"
)

// Team is a World with a private project: owner, manager, member and viewer take part in it, outsider does not.
type Team struct {
	*World
	// People are ids by account.
	People  map[string]int64
	Project project.Project
	// Todo, Doing and Done are the states of the project.
	Todo, Doing, Done board.State
}

// NewTeam starts a server with a team.
func NewTeam(t testing.TB, change ...func(*configs.Config, *server.Options)) *Team {
	t.Helper()
	w := &Team{World: New(t, change...), People: map[string]int64{}}
	for _, account := range []string{"owner", "manager", "member", "viewer", "outsider"} {
		w.Join(account)
	}
	w.Project = w.NewProject("OPS", access.Private)
	for account, role := range map[string]string{"manager": access.Manager, "member": access.Worker, "viewer": access.Viewer} {
		_, err := w.Modules.Project.SetMember(w.By("owner"), w.Project.ID, w.People[account], role)
		w.Must(err)
	}
	states := w.States(w.Project.ID)
	w.Todo, w.Doing, w.Done = states[0], states[1], states[2]
	return w
}

// Join adds somebody to the people of the team, not to its project.
func (w *Team) Join(account string, roles ...string) int64 {
	w.t.Helper()
	w.People[account] = w.Person(account, roles...).ID
	return w.People[account]
}

// By is the context in which one of the team acts.
func (w *Team) By(account string) context.Context { return w.As(w.People[account]) }

// NewProject makes another project of the owner's.
func (w *Team) NewProject(key, visibility string) project.Project {
	w.t.Helper()
	p, err := w.Modules.Project.Create(w.By("owner"), project.Draft{Key: key, Name: "机房搬迁 " + key, Visibility: visibility})
	w.Must(err)
	return p
}

// States are those of a project, as the owner sees them.
func (w *Team) States(projectID int64) []board.State {
	w.t.Helper()
	states, err := w.Modules.Board.List(w.By("owner"), projectID)
	w.Must(err)
	return states
}

// Must ends the test when a step that prepares it fails.
func (w *World) Must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// Told is the newest entry of the journal from a module; the zero one when there is none.
func (w *World) Told(module string) journal.Record {
	w.t.Helper()
	w.Settle()
	records, err := w.Journal.List(w.t.Context(), journal.Filter{Module: module, Limit: 1})
	w.Must(err)
	if len(records) == 0 {
		return journal.Record{}
	}
	return records[0]
}
