// Package input checks what people send: it collects every fault of a request at once, each with the place of the field
// and a code of its own, so that a form can mark all of them after one try.
package input

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dingban/app/platform/fault"
)

// Check collects the faults of one request. The zero value is ready.
type Check struct {
	fields []fault.Field
}

// Add notes a fault found elsewhere.
func (c *Check) Add(location, code string, kv ...any) {
	c.fields = append(c.fields, fault.At(location, code, kv...))
}

// Err is what to return: nil, or one fault that names every field.
func (c *Check) Err() error {
	if len(c.fields) == 0 {
		return nil
	}
	return fault.Invalid(c.fields...)
}

// Line takes a text of one line with `least` to `most` characters and gives it without space around it.
func (c *Check) Line(location, s string, least, most int) string {
	s = strings.TrimSpace(s)
	if !plain(s, false) {
		c.Add(location, "field.bad_characters")
		return s
	}
	c.length(location, s, least, most)
	return s
}

// Text takes a text of several lines. Line ends become "\n", trailing space goes.
func (c *Check) Text(location, s string, least, most int) string {
	s = strings.TrimRightFunc(strings.ReplaceAll(s, "\r\n", "\n"), unicode.IsSpace)
	if !plain(s, true) {
		c.Add(location, "field.bad_characters")
		return s
	}
	if least > 0 && strings.TrimSpace(s) == "" {
		s = ""
	}
	c.length(location, s, least, most)
	return s
}

func (c *Check) length(location, s string, least, most int) {
	n := utf8.RuneCountInString(s)
	switch {
	case n == 0 && least > 0:
		c.Add(location, "field.required")
	case n < least:
		c.Add(location, "field.too_short", "min", least)
	case n > most:
		c.Add(location, "field.too_long", "max", most)
	}
}

// OneOf takes one of a few codes.
func (c *Check) OneOf(location, s string, allowed ...string) {
	if !slices.Contains(allowed, s) {
		c.Add(location, "field.not_allowed", "allowed", strings.Join(allowed, ", "))
	}
}

// Version takes the version of a row that somebody has read; every row begins with 1.
func (c *Check) Version(location string, version int64) {
	if version < 1 {
		c.Add(location, "field.required")
	}
}

// Colour takes a colour as the pages write it: # and six hexadecimal digits.
func (c *Check) Colour(location, s string) string {
	s = strings.ToLower(s)
	if len(s) != 7 || s[0] != '#' || strings.Trim(s[1:], "0123456789abcdef") != "" {
		c.Add(location, "field.bad_colour")
	}
	return s
}

// plain refuses what no keyboard makes: broken UTF-8, control characters, and the marks that turn the direction of text
// around and make it read as something else than it is.
func plain(s string, lines bool) bool {
	if !utf8.ValidString(s) {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		switch r {
		case '\n', '\t':
			return !lines
		case '\u202a', '\u202b', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068':
			return true
		default:
			return unicode.IsControl(r)
		}
	})
}
