// Package reminder keeps what somebody wants to be reminded of, and when.
package reminder
