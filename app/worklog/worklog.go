// Package worklog keeps the time people worked on tasks.
package worklog
