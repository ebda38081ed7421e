// Package checklist keeps the items of a task's checklist, each with its own
// person and date.
package checklist
