// Package link keeps dependencies and relations of tasks, and what follows from
// them: schedules, critical paths, baselines.
package link
