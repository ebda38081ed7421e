// Package recurrence makes tasks come again.
package recurrence
