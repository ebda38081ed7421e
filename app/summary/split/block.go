package split

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Shapes of blocks, in characters.
const (
	shortHeading = 16 // a numbered or bracketed line as long as this, without a pause in it, heads what follows
	leadIn       = 18 // so does a line of this length that ends with a colon
	wrapWidth    = 60 // a line of so many cells without an end was probably wrapped by a mail program
	fenceIndent  = 3
)

// builder walks the lines of a source.
type builder struct {
	v     *View
	block int
	head  int

	open  bool // a block is open
	start int  // its first rune
	kind  Kind
	box   Box
	style marker
	cells int // of its last line
}

// lines takes the source line by line.
func (b *builder) lines() {
	source := b.v.Source
	fence := ""
	for from := 0; from < len(source); {
		end := strings.IndexByte(source[from:], '\n')
		next := from + end + 1
		if end < 0 {
			end, next = len(source)-from, len(source)
		}
		to := from + end
		if to > from && source[to-1] == '\r' {
			to--
		}
		line := source[from:to]
		switch mark := fenceOf(line); {
		case fence != "":
			if mark != "" && mark[0] == fence[0] && len(mark) >= len(fence) && strings.TrimSpace(line) == mark {
				fence = ""
			}
		case mark != "":
			b.close()
			fence = mark
		default:
			b.line(from, to)
		}
		from = next
	}
	b.close()
}

// fenceOf gives the run of ` or ~ that opens or closes a code block.
func fenceOf(line string) string {
	rest := strings.TrimLeft(line, " ")
	if len(line)-len(rest) > fenceIndent || len(rest) < 3 || rest[0] != '`' && rest[0] != '~' {
		return ""
	}
	n := 1
	for n < len(rest) && rest[n] == rest[0] {
		n++
	}
	// `code` within a line of text is no fence.
	if n < 3 || rest[0] == '`' && strings.IndexByte(rest[n:], '`') >= 0 {
		return ""
	}
	return rest[:n]
}

func (b *builder) line(from, to int) {
	source := b.v.Source
	quoted := false
	from = skipBlank(source, from, to)
	for depth := 0; from < to && source[from] == '>' && depth < 8; depth++ {
		quoted = true
		from = skipBlank(source, from+1, to)
	}
	rest := strings.TrimRight(source[from:to], " \t")
	switch {
	case rest == "" || isRule(rest):
		b.close()
		return
	case isTableRule(rest):
		return
	}
	m, n := markerOf(rest)
	box := NoBox
	if m == bullet || m == number {
		var width int
		if box, width = boxOf(rest[n:]); box != NoBox {
			n += width
		}
	}
	from = skipBlank(source, from+n, to)
	if from >= to {
		b.close()
		return
	}
	kind := Prose
	switch {
	case m == hash:
		kind = Heading
	case m != noMarker:
		kind = Item
	case quoted:
		kind = Quote
	case rest[0] == '|' && strings.Count(rest, "|") > 1:
		kind = Row
	}
	if b.open && (m != noMarker || kind != b.kind && (kind != Prose || b.kind == Heading || b.kind == Quote) || kind == Row || !b.continues(from)) {
		b.close()
	}
	if !b.open {
		b.open, b.start, b.kind, b.box, b.style = true, len(b.v.Runes), kind, box, m
	} else {
		b.joint(from)
	}
	before := len(b.v.Runes)
	b.inline(from, to)
	b.cells = 0
	for _, r := range b.v.Runes[before:] {
		if b.cells++; r >= 0x2E80 {
			b.cells++
		}
	}
}

func skipBlank(s string, from, to int) int {
	for from < to {
		r, n := utf8.DecodeRuneInString(s[from:to])
		if !isBlank(r) && !isInvisible(r) {
			break
		}
		from += n
	}
	return from
}

// continues tells whether the line at an offset goes on with the sentence before it. People who write tasks end their lines
// where a thought ends; only a comma, a small letter or a very long line says that it goes on.
func (b *builder) continues(from int) bool {
	runes := b.v.Runes
	n := len(runes)
	for n > b.start && runes[n-1] == ' ' {
		n--
	}
	if n == b.start {
		return true
	}
	last := runes[n-1]
	next, _ := utf8.DecodeRuneInString(b.v.Source[from:])
	switch {
	case last == '，' || last == '、' || last == ',':
		return true
	case isEnd(last) || last == '.' || last == '：' || last == ':':
		return false
	case isLatin(last) && 'a' <= next && next <= 'z':
		return true
	}
	return b.cells >= wrapWidth && (IsHan(last) && IsHan(next) || isLatin(last) && isLatin(next))
}

// joint puts a blank between two lines of one block where both sides are not Chinese.
func (b *builder) joint(from int) {
	runes := b.v.Runes
	next, _ := utf8.DecodeRuneInString(b.v.Source[from:])
	if n := len(runes); n > b.start && runes[n-1] != ' ' && (runes[n-1] < 0x2E80 || next < 0x2E80) {
		b.put(' ', from)
	}
}

// close ends the open block and cuts it into sentences.
func (b *builder) close() {
	if !b.open {
		return
	}
	b.open = false
	v := b.v
	if len(v.Runes) == b.start {
		return
	}
	start, end := trim(v.Runes, b.start, len(v.Runes))
	// What stands side by side in different blocks is no neighbour.
	v.Runes = append(v.Runes, '\n')
	v.at = append(v.at, v.at[len(v.at)-1])
	if start == end {
		return
	}
	if b.kind != Heading && b.kind != Row && b.box == NoBox && b.heads(v.Runes[start:end]) {
		b.kind = Heading
	}
	first := len(v.Sentences)
	if b.kind == Heading && end-start > maxSentence {
		b.kind = Prose // nobody's heading
	}
	if b.kind == Heading {
		v.Sentences = append(v.Sentences, Sentence{Start: start, End: end})
	} else {
		v.cut(start, end)
	}
	for i := first; i < len(v.Sentences); i++ {
		s := &v.Sentences[i]
		s.Kind, s.Box, s.Block, s.Head = b.kind, b.box, b.block, b.head
	}
	b.block++
	if b.kind == Heading {
		b.head = first
	}
}

// heads tells whether a line without Markdown is a heading all the same.
func (b *builder) heads(runes []rune) bool {
	n := len(runes)
	last := runes[n-1]
	if n <= leadIn && (last == '：' || last == ':') && n > 1 {
		return true
	}
	if runes[0] == '【' && last == '】' && n <= shortHeading {
		return true
	}
	if b.style != chapter || n > shortHeading {
		return false
	}
	for _, r := range runes {
		if isEnd(r) || strings.ContainsRune("，,：:、", r) || '0' <= r && r <= '9' {
			return false
		}
	}
	return true
}

// titleEnds are what the title of a piece of writing ends with.
var titleEnds = [...]string{"报告", "通知", "纪要", "意见", "说明", "情况", "分析", "方案", "记录", "小结", "总结", "安排", "通报", "请示", "批复", "公告", "周报", "月报", "日报", "整理", "计划", "简报", "反馈", "要点", "办法", "制度", "函", "会议", "汇报", "申请"}

const (
	longTitle   = 36 // characters
	titledAbove = 2  // sentences below a title
)

// titled makes a heading of the first line when it looks like the title of a piece of writing and more follows.
func (v *View) titled() {
	if len(v.Sentences) <= titledAbove {
		return
	}
	s := &v.Sentences[0]
	runes := v.Runes[s.Start:s.End]
	if s.Kind != Prose || v.Sentences[1].Block == s.Block || len(runes) > longTitle {
		return
	}
	if i := slices.Index(runes, '（'); i > 0 && runes[len(runes)-1] == '）' {
		runes = runes[:i]
	}
	for _, r := range runes {
		if isEnd(r) || r == '，' || r == '：' || r == ':' {
			return
		}
	}
	text := string(runes)
	if !strings.HasPrefix(text, "【") && !strings.HasPrefix(text, "《") && !slices.ContainsFunc(titleEnds[:], func(end string) bool { return strings.HasSuffix(text, end) }) {
		return
	}
	s.Kind = Heading
	for i := range v.Sentences[1:] {
		if next := &v.Sentences[i+1]; next.Head < 0 {
			next.Head = 0
		}
	}
}

func trim(runes []rune, start, end int) (int, int) {
	for start < end && runes[start] == ' ' {
		start++
	}
	for end > start && runes[end-1] == ' ' {
		end--
	}
	return start, end
}

// marker is what stands before an item or a heading.
type marker uint8

const (
	noMarker marker = iota
	hash            // # of Markdown
	bullet          // - * + • ·
	number          // 1. 1) 1、 (1) ①
	chapter         // 一、 （一） 第一章
)

const hanDigits = "一二三四五六七八九十"

// markerOf finds the marker at the beginning of a line, and its length.
func markerOf(s string) (marker, int) {
	if s[0] == '#' {
		n := 1
		for n < len(s) && n < 7 && s[n] == '#' {
			n++
		}
		if n < 7 && (n == len(s) || s[n] == ' ' || s[n] == '\t') {
			return hash, n
		}
		return noMarker, 0
	}
	r, n := utf8.DecodeRuneInString(s)
	after, _ := utf8.DecodeRuneInString(s[n:])
	switch {
	case strings.ContainsRune("-*+", r) && (after == ' ' || after == '\t'):
		return bullet, n
	case strings.ContainsRune("•·●▪◆■★※→", r):
		return bullet, n
	case '①' <= r && r <= '⑳' || '⑴' <= r && r <= '⒛' || '❶' <= r && r <= '❿':
		return number, n
	case r == '（' || r == '(':
		return bracketed(s)
	case '0' <= r && r <= '9':
		for n = 1; n < len(s) && n < 3 && '0' <= s[n] && s[n] <= '9'; {
			n++
		}
		return number, numbered(s, n)
	case strings.ContainsRune(hanDigits, r):
		n = hanRun(s)
		if rest, ok := strings.CutPrefix(s[n:], "、"); ok {
			return chapter, len(s) - len(rest)
		}
	}
	return noMarker, 0
}

// numbered gives the length of digits and their dot, 0 for a plain number. 1.5 and 2026.3.1 are numbers.
func numbered(s string, n int) int {
	r, w := utf8.DecodeRuneInString(s[n:])
	after, _ := utf8.DecodeRuneInString(s[n+w:])
	switch {
	case r == '、' || r == '．' || r == '）' || r == ')':
		return n + w
	case r == '.' && (after < '0' || after > '9'):
		return n + w
	}
	return 0
}

func bracketed(s string) (marker, int) {
	_, w := utf8.DecodeRuneInString(s)
	n := w
	for n < len(s) && n < w+2 && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	m := number
	if n == w {
		n += hanRun(s[w:])
		m = chapter
	}
	if n == w {
		return noMarker, 0
	}
	if r, w := utf8.DecodeRuneInString(s[n:]); r == '）' || r == ')' {
		return m, n + w
	}
	return noMarker, 0
}

// hanRun gives the length of up to three Chinese digits.
func hanRun(s string) int {
	n := 0
	for range 3 {
		r, w := utf8.DecodeRuneInString(s[n:])
		if w == 0 || !strings.ContainsRune(hanDigits, r) {
			break
		}
		n += w
	}
	return n
}

// boxOf finds the box of a task list.
func boxOf(s string) (Box, int) {
	rest := strings.TrimLeft(s, " ")
	n := len(s) - len(rest)
	if len(rest) < 3 || rest[0] != '[' || rest[2] != ']' {
		return NoBox, 0
	}
	switch rest[1] {
	case ' ':
		return OpenBox, n + 3
	case 'x', 'X':
		return TickedBox, n + 3
	}
	return NoBox, 0
}

// isRule finds lines of ---, *** or ===, and the underline of a heading.
func isRule(s string) bool {
	if len(s) < 3 || !strings.ContainsRune("-*_=—", rune(s[0])) {
		return strings.Trim(s, "—") == "" || strings.Trim(s, "－") == ""
	}
	return strings.Trim(s, string(s[0])+" ") == ""
}

func isTableRule(s string) bool {
	return strings.Contains(s, "--") && strings.Contains(s, "|") && strings.Trim(s, "|-: ") == ""
}
