// Package view finds tasks by filters, orders and groups, and keeps the views
// that people save and share.
package view
