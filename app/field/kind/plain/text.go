// Package plain is the kinds of fields whose values are text, numbers, money and times. It does no input or output.
package plain

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"unicode/utf8"

	"dingban/app/field/kind"
)

const (
	maxLine    = 2_000      // characters of a single line
	maxText    = 65_535     // characters of several
	maxPattern = 500        // bytes of a regular expression
	maxWork    = 20_000_000 // instructions of an expression times characters of a text: a quarter of a second
)

type textSettings struct {
	kind.Common
	MinLength int    `json:"minLength,omitempty"`
	MaxLength int    `json:"maxLength,omitempty"`
	Pattern   string `json:"pattern,omitempty"` // RE2; the whole text has to fit
}

type textValues struct {
	kind.Texts
	shortest, longest int
	pattern           *regexp.Regexp
	source            string
	lines             bool
}

func (s *textSettings) rules(lines bool, most int) (kind.Values[string], error) {
	if s.MaxLength == 0 {
		s.MaxLength = most
	}
	if s.MaxLength < 0 || s.MaxLength > most {
		return nil, kind.At("maxLength", kind.Refuse(kind.CodeSetting, "min", 1, "max", most))
	}
	if s.MinLength < 0 || s.MinLength > s.MaxLength {
		return nil, kind.At("minLength", kind.Refuse(kind.CodeSettingOrder, "low", s.MinLength, "high", s.MaxLength))
	}
	v := textValues{shortest: s.MinLength, longest: s.MaxLength, lines: lines, source: s.Pattern}
	if s.Pattern != "" {
		if len(s.Pattern) > maxPattern {
			return nil, kind.At("pattern", kind.Refuse(kind.CodeLong, "max", maxPattern))
		}
		source := `^(?:` + s.Pattern + `)$`
		re, err := regexp.Compile(source)
		if err != nil || work(source)*s.MaxLength > maxWork {
			return nil, kind.At("pattern", kind.Refuse(kind.CodePattern, "pattern", s.Pattern))
		}
		v.pattern = re
	}
	return v, nil
}

// work counts the instructions of an expression: matching takes at most so many steps for each character of a text.
func work(source string) int {
	tree, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return maxWork
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return maxWork
	}
	return len(program.Inst)
}

func (v textValues) Tidy(s string, _ *string, _ kind.Env) (string, error) {
	s, err := kind.Clean(s, v.lines)
	if err != nil {
		return "", err
	}
	switch n := utf8.RuneCountInString(s); {
	case n > v.longest:
		return "", kind.Refuse(kind.CodeLong, "max", v.longest)
	case n < v.shortest:
		return "", kind.Refuse(kind.CodeShort, "min", v.shortest)
	case v.pattern != nil && !v.pattern.MatchString(s):
		return "", kind.Refuse(kind.CodePattern, "pattern", v.source)
	}
	return s, nil
}

func (v textValues) Schema() kind.Schema {
	s := kind.Schema{"type": "string", "maxLength": v.longest}
	if v.shortest > 0 {
		s["minLength"] = v.shortest
	}
	if v.pattern != nil {
		s["pattern"] = v.pattern.String()
	}
	return s
}

// lineSettings, paragraphSettings and markdownSettings are the same settings for one line and for several.
type (
	lineSettings      struct{ textSettings }
	paragraphSettings struct{ textSettings }
	markdownSettings  struct{ textSettings }
)

func (s *lineSettings) Prepare() (kind.Values[string], error) { return s.rules(false, maxLine) }

func (s *paragraphSettings) Prepare() (kind.Values[string], error) { return s.rules(true, maxText) }

func (s *markdownSettings) Prepare() (kind.Values[string], error) {
	v, err := s.rules(true, maxText)
	if err != nil {
		return nil, err
	}
	return markdownValues{v}, nil
}

// markdownValues sorts and exports the source; rendering, and what HTML it may make, is the business of the pages.
type markdownValues struct{ kind.Values[string] }

func (v markdownValues) Schema() kind.Schema {
	s := v.Values.Schema()
	s["contentMediaType"] = "text/markdown"
	return s
}

// Texts lists the kinds of text.
func Texts() []kind.Kind {
	line := kind.Traits{Sortable: true, Grouped: true, Type: "text", Ops: kind.Textual()}
	long := kind.Traits{Type: "text", Ops: slices.DeleteFunc(kind.Textual(), func(o kind.Op) bool { return o == kind.In || o == kind.NotIn })}
	return []kind.Kind{
		kind.Define[string, lineSettings](kind.Text, line),
		kind.Define[string, paragraphSettings](kind.LongText, long),
		kind.Define[string, markdownSettings](kind.Markdown, long),
	}
}
