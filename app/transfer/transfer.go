// Package transfer copies and moves tasks, within a project and between
// projects, and changes many at once.
package transfer
