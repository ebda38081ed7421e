package split

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// How far a closing mark is looked for, in bytes; it keeps hostile text linear.
const (
	maxMarked = 300
	maxTarget = 1000
	maxTag    = 200
)

// put lets a reader see a character.
func (b *builder) put(r rune, at int) {
	v := b.v
	if r == ' ' {
		if n := len(v.Runes); n == b.start || v.Runes[n-1] == ' ' {
			return
		}
	}
	v.Runes = append(v.Runes, r)
	v.at = append(v.at, int32(at))
}

func (b *builder) hide(from, to int, closes bool) {
	b.v.hidden = append(b.v.hidden, span{from, to, closes})
}

// inline takes a line from one offset to another.
func (b *builder) inline(from, to int) {
	s := b.v.Source[:to]
	var due []span        // closing marks that are known already, the next one last
	var mention []Mention // open links that mention somebody, innermost last
	word := true          // at the beginning of a word
	for i := from; i < to; {
		for n := len(due); n > 0 && due[n-1].from < i; n-- {
			due = due[:n-1] // it stood in what was struck out
		}
		if n := len(due); n > 0 && due[n-1].from == i {
			b.hide(i, due[n-1].to, true)
			i = due[n-1].to
			due = due[:n-1]
			if n := len(mention); n > 0 && mention[n-1].End == i {
				m := mention[n-1]
				mention = mention[:n-1]
				if m.End = len(b.v.Runes); m.End > m.Start+1 {
					b.v.Mentions = append(b.v.Mentions, m)
				}
			}
			continue
		}
		c := s[i]
		if c < utf8.RuneSelf {
			if n, more := b.mark(s, i, &due, &mention, word); n > 0 {
				i += n
				word = more
				continue
			}
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n <= 1, isInvisible(r):
		case isBlank(r):
			b.put(' ', i)
		default:
			b.put(fold(r), i)
		}
		word = !isLatin(r)
		i += n
	}
}

// mark deals with what may be a mark at i; it gives the bytes that are dealt with, 0 for a plain character.
func (b *builder) mark(s string, i int, due *[]span, mention *[]Mention, word bool) (n int, more bool) {
	switch c := s[i]; c {
	case '\\':
		if i+1 < len(s) && strings.IndexByte("\\`*_{}[]()#+-.!|~>", s[i+1]) >= 0 {
			b.hide(i, i+1, false)
			b.put(rune(s[i+1]), i+1)
			return 2, true
		}
	case '`', '*', '_', '~':
		return b.emphasis(s, i, due), true
	case '!':
		if end := link(s, i+1); end.to > 0 {
			b.hide(i, end.to, true)
			return end.to - i, true
		}
	case '[':
		end := link(s, i)
		if end.to == 0 {
			return 0, true
		}
		b.hide(i, i+1, false)
		pushDue(due, end)
		scheme, id, ok := strings.Cut(s[end.from+2:end.to-1], ":")
		if k := len(b.v.Runes); ok && k > 0 && i > 0 && (s[i-1] == '@' && scheme == "person" || s[i-1] == '#' && scheme == "task") {
			*mention = append(*mention, Mention{Start: k - 1, End: end.to, Scheme: scheme, ID: id})
		}
		return 1, true
	case '<':
		if n := tag(s[i:]); n > 0 {
			b.hide(i, i+n, s[i+1] == '/')
			return n, true
		}
	case '&':
		if strings.HasPrefix(s[i:], "&nbsp;") {
			b.put(' ', i)
			return len("&nbsp;"), true
		}
	case '|':
		if b.kind == Row {
			b.put(' ', i)
			return 1, true
		}
	case 'h', 'H', 'w', 'f':
		if n := address(s[i:]); word && n > 0 {
			b.hide(i, i+n, true)
			b.put(' ', i)
			return n, true
		}
	}
	return 0, true
}

// emphasis deals with a run of marks that has a partner on the line. What is struck out is left out.
func (b *builder) emphasis(s string, i int, due *[]span) int {
	c := s[i]
	n := run(s, i)
	if n > 3 || c == '~' && n != 2 {
		return b.asIs(i, n, c)
	}
	end := partner(s, i, n)
	if end < 0 {
		return b.asIs(i, n, c)
	}
	if c == '~' {
		b.hide(i, end+n, true)
		return end + n - i
	}
	if k := len(*due); k > 0 && (*due)[k-1].from < end+n {
		return b.asIs(i, n, c) // would cross another
	}
	b.hide(i, i+n, false)
	pushDue(due, span{end, end + n, true})
	return n
}

func (b *builder) asIs(i, n int, c byte) int {
	for k := range n {
		b.put(rune(c), i+k)
	}
	return n
}

func run(s string, i int) int {
	n := 1
	for i+n < len(s) && s[i+n] == s[i] {
		n++
	}
	return n
}

// partner finds the run that closes the one at i, -1 without one. An opening run touches what follows it, a closing one what
// stands before it; _ within a word is part of it, and * between digits multiplies or masks.
func partner(s string, i, n int) int {
	c := s[i]
	if i+n >= len(s) || c != '`' && s[i+n] == ' ' || !opens(s, i, n) {
		return -1
	}
	for j := i + n; j < min(len(s), i+maxMarked); {
		if s[j] != c {
			j++
			continue
		}
		m := run(s, j)
		if m == n && (c == '`' || s[j-1] != ' ' && closes(s, j, m)) {
			return j
		}
		j += m
	}
	return -1
}

func opens(s string, i, n int) bool {
	switch before := i > 0 && alnum(s[i-1]); s[i] {
	case '_':
		return !before
	case '*':
		return !before || !alnum(s[i+n])
	default:
		return true
	}
}

func closes(s string, j, m int) bool {
	after := j+m < len(s) && alnum(s[j+m])
	switch s[j] {
	case '_':
		return !after
	case '*':
		return !after || !alnum(s[j-1])
	default:
		return true
	}
}

func alnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func pushDue(due *[]span, s span) {
	i, _ := slices.BinarySearchFunc(*due, s, func(a, b span) int { return b.from - a.from })
	*due = slices.Insert(*due, i, s)
}

// link finds [text](target) at i and gives the stretch from ] to ).
func link(s string, i int) span {
	if i >= len(s) || s[i] != '[' {
		return span{}
	}
	depth := 0
	for j := i; j < min(len(s), i+maxMarked); j++ {
		switch s[j] {
		case '\\':
			j++
		case '[':
			depth++
		case ']':
			if depth--; depth > 0 {
				continue
			}
			if j+1 >= len(s) || s[j+1] != '(' {
				return span{}
			}
			return target(s, j)
		}
	}
	return span{}
}

func target(s string, j int) span {
	depth := 0
	for k := j + 1; k < min(len(s), j+maxTarget); k++ {
		switch s[k] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return span{j, k + 1, true}
			}
		}
	}
	return span{}
}

// tags are the HTML elements that people paste; anything else between < and > is text.
const tags = " a b blockquote br code del details div em font h1 h2 h3 h4 h5 h6 hr i img input ins kbd label li mark ol p pre s small span strong sub summary sup table tbody td th thead tr u ul "

// tag gives the length of an HTML tag or an address in angle brackets.
func tag(s string) int {
	end := strings.IndexByte(s[:min(len(s), maxTag)], '>')
	if end < 2 {
		return 0
	}
	inner := s[1:end]
	if address(inner) > 0 {
		return end + 1
	}
	if strings.IndexFunc(inner, func(r rune) bool { return r >= utf8.RuneSelf && r != utf8.RuneError }) >= 0 {
		return 0 // a < 3 且 b > 5
	}
	name := strings.TrimPrefix(inner, "/")
	if k := strings.IndexAny(name, " \t/"); k >= 0 {
		name = name[:k]
	}
	if name == "" || strings.ContainsAny(name, " ") || !strings.Contains(tags, " "+strings.ToLower(name)+" ") {
		return 0
	}
	return end + 1
}

// address gives the length of a web address.
func address(s string) int {
	n := 0
	for _, p := range [...]string{"https://", "http://", "ftp://", "www."} {
		if len(s) > len(p) && strings.EqualFold(s[:len(p)], p) {
			n = len(p)
			break
		}
	}
	if n == 0 {
		return 0
	}
	for n < len(s) && s[n] > ' ' && s[n] < utf8.RuneSelf && strings.IndexByte("<>\"'`|", s[n]) < 0 {
		n++
	}
	for n > 0 && strings.IndexByte(".,;:!?)]*", s[n-1]) >= 0 {
		n--
	}
	return n
}

// fold makes digits and letters of full width plain.
func fold(r rune) rune {
	switch {
	case '０' <= r && r <= '９', 'Ａ' <= r && r <= 'Ｚ', 'ａ' <= r && r <= 'ｚ', r == '％', r == '＠', r == '＃', r == '＋', r == '／', r == '＄':
		return r - 0xFEE0
	case r == '．':
		return '.'
	}
	return r
}

func isBlank(r rune) bool {
	return r == ' ' || r == '\t' || r == '\u3000' || r == '\u00a0' || r == '\r' || r == '\v' || r == '\f' || '\u2000' <= r && r <= '\u200a'
}

func isInvisible(r rune) bool {
	return r < ' ' && r != '\t' && r != '\r' && r != '\v' && r != '\f' || r == 0x7f || '\u200b' <= r && r <= '\u200f' || '\u202a' <= r && r <= '\u202e' || r == '\u2060' || r == '\ufeff' || '\ufe00' <= r && r <= '\ufe0f'
}

// IsHan tells Chinese characters.
func IsHan(r rune) bool {
	return 0x4E00 <= r && r <= 0x9FFF || 0x3400 <= r && r <= 0x4DBF || 0x20000 <= r && r <= 0x3FFFF || r == '〇'
}

// isLatin tells letters and digits that make words.
func isLatin(r rune) bool {
	return r < utf8.RuneSelf && alnum(byte(r)) || r >= 0xC0 && r < 0x2E80 && unicode.IsLetter(r)
}
