// Package plan keeps milestones, sprints and sections of projects.
package plan
