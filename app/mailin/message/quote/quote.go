// Package quote tells what is new in a mail from what it quotes, from signatures and from disclaimers, in the forms that clients in
// China and elsewhere write. Nothing is lost: the pieces joined are the text.
//
// It errs on the side of showing: a line is folded away only for a mark that clients set or for words that mean nothing else.
package quote

import (
	"strings"
	"unicode/utf8"
)

// Kind says what a piece of a mail is.
type Kind string

// Kinds of pieces.
const (
	New        Kind = "new"
	Quoted     Kind = "quoted"    // a mail that this one answers, with the lines that introduce it
	Forwarded  Kind = "forwarded" // a mail that this one passes on
	Signature  Kind = "signature"
	Disclaimer Kind = "disclaimer" // legal notices, and banners of gateways
)

// MaxLines is the most lines that are looked at; what follows belongs to the piece before it.
const MaxLines = 100_000

// longest is the most bytes of one line that are looked at.
const longest = 1000

// Segment is one piece, with its line ends.
type Segment struct {
	Kind Kind
	Text string
}

// Segments are the pieces of a mail in their order.
type Segments []Segment

// Of is the text of the pieces of a kind, without empty lines around each.
func (s Segments) Of(kind Kind) string {
	var parts []string
	for _, one := range s {
		if one.Kind == kind {
			if text := trimLines(one.Text); text != "" {
				parts = append(parts, text)
			}
		}
	}
	return strings.Join(parts, "\n\n")
}

func trimLines(s string) string {
	s = strings.TrimRight(s, " \t\r\n\u00a0")
	for {
		line, rest, found := strings.Cut(s, "\n")
		if !found || strings.Trim(line, " \t\r\u00a0") != "" {
			return s
		}
		s = rest
	}
}

// Split cuts a text into its pieces. The writer's name, if it is known, tells where a signature begins that bears it.
func Split(text, writer string) Segments {
	s := newSplitter(text)
	if s.writer = strings.TrimSpace(writer); utf8.RuneCountInString(s.writer) < 2 {
		s.writer = ""
	}
	s.quotes()
	for start := 0; start < len(s.kinds); {
		end := start
		for end < len(s.kinds) && s.kinds[end] == s.kinds[start] {
			end++
		}
		if s.kinds[start] == New {
			s.disclaimers(start, end)
			s.signature(start, end)
		}
		start = end
	}
	return s.segments(text)
}

type splitter struct {
	lines []string // with their ends
	bare  []string // without marks of Markdown and space around
	kinds []Kind
	// writer is the writer's name, or "".
	writer string
}

func newSplitter(text string) *splitter {
	s := &splitter{}
	marks := strings.NewReplacer("**", "", "\\", "", "\u00a0", " ", "\u3000", " ", "\u200e", "", "\u200f", "", "\u200b", "")
	for text != "" && len(s.lines) < MaxLines {
		at := strings.IndexByte(text, '\n') + 1
		if at == 0 {
			at = len(text)
		}
		s.lines = append(s.lines, text[:at])
		s.bare = append(s.bare, normal(marks, text[:min(at, longest)]))
		s.kinds = append(s.kinds, New)
		text = text[at:]
	}
	return s
}

// normal takes off what Markdown adds to a line.
func normal(marks *strings.Replacer, line string) string {
	if bare := strings.TrimSpace(marks.Replace(line)); bare != "" {
		return bare
	}
	return strings.TrimSpace(line) // empty, or a line drawn of stars
}

func (s *splitter) segments(text string) Segments {
	var out Segments
	pos, start := 0, 0
	for i := range s.lines {
		pos += len(s.lines[i])
		if i+1 == len(s.lines) {
			pos = len(text) // what lies beyond MaxLines
		}
		if i+1 == len(s.lines) || s.kinds[i+1] != s.kinds[i] {
			out = append(out, Segment{Kind: s.kinds[i], Text: text[start:pos]})
			start = pos
		}
	}
	return out
}

func (s *splitter) mark(from, to int, kind Kind) {
	for i := from; i < to; i++ {
		s.kinds[i] = kind
	}
}

// blank skips empty lines.
func (s *splitter) blank(i int) int {
	for i < len(s.bare) && s.bare[i] == "" {
		i++
	}
	return i
}

// quoted says that a line bears a quote mark.
func (s *splitter) quoted(i int) bool {
	return i < len(s.lines) && strings.HasPrefix(strings.TrimLeft(s.lines[i], " "), ">")
}

// quotes marks what is quoted or forwarded.
func (s *splitter) quotes() {
	fresh := false // whether there was anything new
	for i := 0; i < len(s.lines); {
		switch {
		case s.bare[i] == "":
			i++
			continue
		case s.quoted(i):
			end := i
			for end < len(s.lines) && s.quoted(end) {
				end++
			}
			// Empty lines between quotes are part of them.
			if next := s.blank(end); s.quoted(next) {
				end = next
			}
			s.mark(i, end, Quoted)
			i = end
			continue
		}
		if kind := s.separator(i); kind != "" {
			s.mark(s.above(i), len(s.lines), kind)
			return
		}
		if s.headers(i) {
			kind := Quoted
			if !fresh {
				kind = Forwarded
			}
			s.mark(s.above(i), len(s.lines), kind)
			return
		}
		if n := s.attribution(i); n > 0 {
			next := s.blank(i + n)
			if !s.quoted(next) {
				// The client has set no marks: all that follows is quoted.
				s.mark(i, len(s.lines), Quoted)
				return
			}
			s.mark(i, next, Quoted)
			i = next
			continue
		}
		fresh = fresh || !rule(s.bare[i])
		i++
	}
}

// above takes the line drawn over a quoted mail along.
func (s *splitter) above(i int) int {
	j := i - 1
	for j >= 0 && s.bare[j] == "" {
		j--
	}
	if j >= 0 && s.kinds[j] == New && rule(s.bare[j]) {
		return j
	}
	return i
}

// rule says that a line is drawn, not written.
func rule(line string) bool {
	return utf8.RuneCountInString(line) >= 3 && strings.Trim(line, "-—_=─*~ ") == ""
}

// separator says what a line such as "----- Original Message -----" introduces.
func (s *splitter) separator(i int) Kind {
	line := s.bare[i]
	if len(line) > 200 {
		return ""
	}
	core := strings.Trim(line, "-—_=─ ")
	drawn := len(line)-len(core) >= 4 && strings.IndexAny(line, "-—_=─") == 0
	core = strings.ToLower(strings.TrimRight(core, ":："))
	switch core {
	case "begin forwarded message", "开始转发的邮件", "下面是被转发的邮件", "以下是转发的邮件", "開始轉寄郵件", "轉寄的郵件", "以下为转发的邮件":
		return Forwarded
	}
	if !drawn {
		return ""
	}
	switch core {
	case "原始邮件", "原邮件", "原始信息", "原始消息", "邮件原件", "回复的原邮件", "回复的原始邮件", "回复邮件", "原始郵件", "原始訊息", "原文", "邮件原文", "原件", "郵件原文",
		"original message", "original", "original email", "original mail", "replied message", "reply message", "original appointment", "ursprüngliche nachricht", "message d'origine":
		return Quoted
	case "转发邮件", "转发的邮件", "转发邮件信息", "转发的消息", "转发信息", "被转发邮件", "轉寄郵件", "轉寄的郵件", "轉寄訊息", "轉寄的訊息",
		"forwarded message", "forwarded mail", "forwarded email", "forward message", "forwarding messages":
		return Forwarded
	}
	return ""
}
