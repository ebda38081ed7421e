// Package installer turns a host with a Docker engine into a DingBan: it checks the host, makes secrets and certificates,
// renders the stack, loads the images, starts everything with the Compose library in this process and waits for health.
//
// An installation is a list of steps {Check, Apply, Undo} (steps.go). Check looks at the world and not at notes, so a run
// that was killed at any point is simply run again, and a run with nothing to do changes nothing. The journal of the steps
// (state.go) is for people and for "dingban status". Undo backs "dingban uninstall".
//
// Read next: layout.go (what lies where, and who may read it), stack.go (the steps), commands.go (the command line).
package installer
