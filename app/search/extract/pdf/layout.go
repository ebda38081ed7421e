package pdf

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// glyph is a character at its place on the page.
type glyph struct {
	text string
	x, y float64 // where the pen stood
	// dx and dy are how far the pen moves, spacing included.
	dx, dy float64
	// ux and uy are the direction of the line, of length one.
	ux, uy float64
	size   float64
}

// textLine is what stands on one line.
type textLine struct {
	text       []byte
	ux, uy     float64
	start, end float64 // along its direction
	level      float64 // across it, upward
	size       float64
	last       rune // of the text
	// Of the last character: what it was, where it began, and how wide it was.
	lastText          string
	lastAt, lastWidth float64
}

// layout puts the characters of a page on lines, in the order they are shown.
type layout struct {
	lines []textLine
	open  bool // the last line is being written
	room  int  // bytes of text that are still wanted
}

// Distances, in sizes of the font.
const (
	sameLevel = 0.5 // how far off a line indices and powers stand
	backward  = 1.0 // from when on a move to the left begins another line
	overprint = 0.2 // a character again so near is the same one, drawn twice to look bold
	// Gaps that are spaces, by how many of the two characters around them are wide ones. Between Chinese characters,
	// it takes more than text that is spread over a line has; a wide gap parts the columns of a table.
	latinGap, mixedGap, wideGap = 0.15, 0.5, 1.5
)

func (l *layout) add(g glyph) {
	along := g.x*g.ux + g.y*g.uy
	level := g.y*g.ux - g.x*g.uy
	end := along + g.dx*g.ux + g.dy*g.uy
	if math.IsNaN(along+level+end) || math.IsInf(along+level+end, 0) {
		return
	}
	if !l.open || !l.lines[len(l.lines)-1].continued(&g, along, level) {
		if g.text == "" || g.text == " " {
			l.open = false
			return
		}
		l.lines = append(l.lines, textLine{ux: g.ux, uy: g.uy, start: along, end: along, level: level, size: g.size})
		l.open = true
	}
	line := &l.lines[len(l.lines)-1]
	if g.text == "" {
		line.end = end // something that nobody can read still takes its place
		return
	}
	if g.text == line.lastText && math.Abs(along-line.lastAt) < min(overprint*g.size, line.lastWidth/2) && math.Abs(level-line.level) < overprint*g.size {
		return
	}
	first, _ := utf8.DecodeRuneInString(g.text)
	if len(line.text) > 0 && !unicode.IsSpace(line.last) && !unicode.IsSpace(first) && along-line.end > gap(line.last, first)*min(g.size, line.size) {
		line.text = append(line.text, ' ')
	}
	if !unicode.IsSpace(first) || !unicode.IsSpace(line.last) {
		line.text = append(line.text, g.text...)
	}
	line.last, _ = utf8.DecodeLastRuneInString(g.text)
	line.lastText, line.lastAt, line.lastWidth = g.text, along, end-along
	line.end = end
	if line.level == level {
		line.size = max(line.size, g.size)
	}
	if l.room -= len(g.text); l.room < 0 {
		l.open = false
	}
}

// full says that nobody wants more.
func (l *layout) full() bool { return l.room < 0 }

// continued says that a character goes on with a line.
func (t *textLine) continued(g *glyph, along, level float64) bool {
	size := max(t.size, g.size)
	return t.ux*g.ux+t.uy*g.uy > 0.98 && math.Abs(level-t.level) < sameLevel*size && along-t.end > -backward*size
}

func gap(a, b rune) float64 {
	switch wideA, wideB := isWide(a), isWide(b); {
	case wideA && wideB:
		return wideGap
	case wideA || wideB:
		return mixedGap
	default:
		return latinGap
	}
}

// isWide tells the characters of scripts that are written without spaces, and their punctuation.
func isWide(r rune) bool {
	return r >= 0x2e80 && (r <= 0x9fff || 0xac00 <= r && r <= 0xd7a3 || 0xf900 <= r && r <= 0xfaff || 0xfe30 <= r && r <= 0xfe4f ||
		0xff00 <= r && r <= 0xff60 || 0x20000 <= r && r <= 0x3ffff) || r == '“' || r == '”' || r == '‘' || r == '’' || r == '…' || r == '—' || r == '·'
}

// Lines of one paragraph, in sizes of the font.
const (
	minLeading, maxLeading = 0.7, 2.8
	sizeDrift              = 0.12
	fullLine               = 1.3 // how far a full line may end before the margin: a mark that may not begin a line goes to the next with its character
)

// finish gives the text of the page, with the lines of a paragraph put together where a word was cut.
func (l *layout) finish() []string {
	var out []string
	for from := 0; from < len(l.lines); {
		to, margin := from+1, l.lines[from].end
		for to < len(l.lines) && l.lines[to-1].followed(&l.lines[to]) {
			margin = max(margin, l.lines[to].end)
			to++
		}
		out = appendBlock(out, l.lines[from:to], margin)
		from = to
	}
	return out
}

// followed says that the next line stands below this one as lines of a paragraph do.
func (t *textLine) followed(next *textLine) bool {
	size := max(t.size, next.size)
	drop := t.level - next.level
	return t.ux*next.ux+t.uy*next.uy > 0.98 && math.Abs(t.size-next.size) < sizeDrift*size &&
		minLeading*size < drop && drop < maxLeading*size && next.start < t.end && t.start < next.end
}

func appendBlock(out []string, lines []textLine, margin float64) []string {
	var b strings.Builder
	for i := range lines {
		line := &lines[i]
		text := strings.TrimSpace(string(line.text))
		if i+1 < len(lines) && line.end > margin-fullLine*line.size {
			first, _ := utf8.DecodeRuneInString(strings.TrimSpace(string(lines[i+1].text)))
			last, _ := utf8.DecodeLastRuneInString(text)
			if stem, ok := hyphenated(text); ok && unicode.IsLower(first) || last == '\u00ad' {
				b.WriteString(stem)
				continue
			}
			if isWide(last) && isWide(first) {
				b.WriteString(text)
				continue
			}
		}
		b.WriteString(text)
		if s := b.String(); s != "" {
			out = append(out, s)
		}
		b.Reset()
	}
	return out
}

// hyphenated takes the hyphen off the end of a line that ends in the middle of a word.
func hyphenated(s string) (string, bool) {
	last, size := utf8.DecodeLastRuneInString(s)
	if last != '-' && last != '\u00ad' && last != '\u2010' {
		return s, false
	}
	stem := s[:len(s)-size]
	before, _ := utf8.DecodeLastRuneInString(stem)
	return stem, unicode.IsLetter(before)
}
