package catalogue

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"dingban/app/field/kind"
)

const (
	maxParts = 8
	maxWidth = 12 // digits
)

// numberPart is a part of an automatic number: fixed text, the date, or the count.
type numberPart struct {
	Type   string `json:"type"`             // text, date or count
	Text   string `json:"text,omitempty"`   // of text
	Format string `json:"format,omitempty"` // of date: yyyyMMdd, yyyyMM, yyMM, yyyy, yy, MM, dd, MMdd, yyyy-MM-dd, yyyy-MM
	Width  int    `json:"width,omitempty"`  // of count: zeros are put before it up to so many digits
}

type autoSettings struct {
	kind.Common
	Parts []numberPart `json:"parts,omitempty"`
	Reset string       `json:"reset,omitempty"` // when the count begins anew: never, year, month, day
	Start int64        `json:"start,omitempty"` // the first count
}

type autoNumbers struct {
	kind.Texts
	autoSettings
}

func dateFormats() map[string]string {
	return map[string]string{
		"yyyyMMdd": "20060102", "yyyyMM": "200601", "yyMMdd": "060102", "yyMM": "0601", "yyyy": "2006", "yy": "06", "MM": "01", "dd": "02", "MMdd": "0102",
		"yyyy-MM-dd": "2006-01-02", "yyyy-MM": "2006-01",
	}
}

func (s *autoSettings) Prepare() (kind.Values[string], error) {
	if len(s.Parts) == 0 {
		s.Parts = []numberPart{{Type: "count", Width: 4}}
	}
	if s.Reset == "" {
		s.Reset = "never"
	}
	if err := kind.OneOf(s.Reset, "never", "year", "month", "day"); err != nil {
		return nil, kind.At("reset", err)
	}
	if s.Start == 0 {
		s.Start = 1
	}
	if s.Start < 1 || s.Start > 1e12 {
		return nil, kind.At("start", kind.Refuse(kind.CodeSetting, "min", 1, "max", int64(1e12)))
	}
	if len(s.Parts) > maxParts {
		return nil, kind.At("parts", kind.Refuse(kind.CodeMany, "max", maxParts))
	}
	counts := 0
	for i := range s.Parts {
		if err := s.Parts[i].check(); err != nil {
			return nil, kind.At(fmt.Sprintf("parts[%d]", i), err)
		}
		if s.Parts[i].Type == "count" {
			counts++
		}
	}
	if counts != 1 { // without one numbers repeat, with two nobody can tell them apart
		return nil, kind.At("parts", kind.Refuse(kind.CodeSetting, "min", 1, "max", 1))
	}
	return autoNumbers{autoSettings: *s}, nil
}

func (p *numberPart) check() error {
	switch p.Type {
	case "text":
		text, err := kind.Clean(p.Text, false)
		if err != nil || len([]rune(text)) > kind.MaxUnit {
			return kind.At("text", kind.Refuse(kind.CodeLong, "max", kind.MaxUnit))
		}
		p.Text = text
	case "date":
		if dateFormats()[p.Format] == "" {
			return kind.At("format", kind.Refuse(kind.CodeSetting, "allowed", "yyyyMMdd yyyyMM yyMMdd yyMM yyyy yy MM dd MMdd yyyy-MM-dd yyyy-MM"))
		}
	case "count":
		if p.Width < 0 || p.Width > maxWidth {
			return kind.At("width", kind.Refuse(kind.CodeSetting, "min", 0, "max", maxWidth))
		}
	default:
		return kind.At("type", kind.OneOf(p.Type, "text", "date", "count"))
	}
	return nil
}

func (autoNumbers) Tidy(s string, _ *string, _ kind.Env) (string, error) { return kind.Clean(s, false) }

// Key orders numbers in a text by their value: after 9 comes 10, even when the width was exceeded.
func (v autoNumbers) Key(s string) []byte {
	var key []byte
	for i := 0; i < len(s); {
		if s[i] < '0' || s[i] > '9' {
			key = append(key, s[i])
			i++
			continue
		}
		end := i
		for end < len(s) && s[end] >= '0' && s[end] <= '9' {
			end++
		}
		digits := strings.TrimLeft(s[i:end], "0")
		key = append(key, '0', byte(min(len(digits), 255)))
		key = append(key, digits...)
		i = end
	}
	return key
}

// Numbering is what the module needs of a field of kind autonumber.
type Numbering struct{ s autoSettings }

// NumberingOf gives the numbering of a field; false when it has none.
func NumberingOf(f kind.Field) (Numbering, bool) {
	rules, ok := kind.ValuesOf[string](f)
	if !ok {
		return Numbering{}, false
	}
	v, ok := rules.(autoNumbers)
	return Numbering{v.autoSettings}, ok
}

// Period names the counter that a number of this moment is taken from; a new name begins anew.
func (n Numbering) Period(t time.Time) string {
	switch n.s.Reset {
	case "year":
		return t.Format("2006")
	case "month":
		return t.Format("2006-01")
	case "day":
		return t.Format(time.DateOnly)
	}
	return ""
}

// Format writes the number for the nth task of a period, counting from 0.
func (n Numbering) Format(nth int64, t time.Time) string {
	var b strings.Builder
	for _, p := range n.s.Parts {
		switch p.Type {
		case "text":
			b.WriteString(p.Text)
		case "date":
			b.WriteString(t.Format(dateFormats()[p.Format]))
		default:
			s := strconv.FormatInt(n.s.Start+nth, 10)
			b.WriteString(strings.Repeat("0", max(0, p.Width-len(s))) + s)
		}
	}
	return b.String()
}

func autoKinds() []kind.Kind {
	return []kind.Kind{kind.Define[string, autoSettings](kind.AutoNumber, kind.Traits{Computed: true, Sortable: true, Type: "text", Ops: kind.Textual()})}
}
