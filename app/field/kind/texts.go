package kind

import (
	"encoding/json"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Texts is the part of values that all kinds share whose values are one string.
type Texts struct{}

func (Texts) Read(raw json.RawMessage) (string, error) {
	var s string
	err := Strict(raw, &s, MaxValue)
	return s, err
}

func (Texts) Key(v string) []byte { return SortKey(v) }

func (Texts) Text(v string, _ Env) string { return v }

func (Texts) Parse(s string, _ Env) (string, error) { return s, nil }

func (Texts) Match(op Op, operand json.RawMessage, _ Env) (func(string) bool, error) {
	return MatchText(op, operand)
}

func (Texts) Groups(v string, _ Grain, _ Env) []string { return []string{v} }

func (Texts) Schema() Schema { return Schema{"type": "string"} }

// Clean gives text in NFC without characters nobody sees; of a single line also without breaks and directions, which can
// make text look like other text. Control characters are refused: they are no text, but the sign of a broken import.
func Clean(s string, lines bool) (string, error) {
	s = norm.NFC.String(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s))
	bad := false
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u200b', r == '\ufeff', r == '\u2060':
			return -1
		case r == '\n', r == '\t', r == '\u2028', r == '\u2029', r == '\v', r == '\f':
			if lines && (r == '\n' || r == '\t') {
				return r
			}
			if lines {
				return '\n'
			}
			return ' '
		case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		case unicode.IsControl(r):
			bad = true
		}
		return r
	}, s)
	if bad {
		return "", Refuse(CodeText)
	}
	if lines {
		s = strings.TrimRight(strings.Trim(s, "\n"), " \t\n\u3000")
		if strings.TrimSpace(s) == "" {
			return "", ErrEmpty
		}
		return s, nil
	}
	if s = strings.TrimSpace(s); s == "" {
		return "", ErrEmpty
	}
	return s, nil
}
