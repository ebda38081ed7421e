package split

import "strings"

// Lengths in characters.
const (
	maxQuoted   = 120 // a quotation longer than this is cut like anything else
	maxSentence = 160 // a sentence longer than this is cut at a comma
	hardLimit   = 400 // or anywhere
	minClause   = 8   // a semicolon ends a sentence of at least this length
	minChat     = 24  // a line without any mark is cut at its blanks from this length on
	minPiece    = 4   // pieces of a chat line are at least so long
)

func isEnd(r rune) bool {
	switch r {
	case '。', '！', '？', '!', '?', '；', ';', '…':
		return true
	}
	return false
}

const (
	openers  = "“‘「『（(《【[\""
	closers  = "”’」』）)》】]\""
	trailing = "”’」』）)》】]\"'"
)

// cut adds the sentences of one block.
func (v *View) cut(start, end int) {
	runes := v.Runes[:end]
	pairs := quoted(runes, start)
	from := start
	for i := start; i < end; i++ {
		for len(pairs) > 0 && pairs[0].start < i {
			pairs = pairs[1:]
		}
		if len(pairs) > 0 && pairs[0].start == i {
			if i = pairs[0].end - 1; !endsInside(runes, i) {
				continue
			}
		} else if !ends(runes, from, i) {
			continue
		}
		// Several marks and what closes a quotation belong to the sentence: ？！ 。”
		for i+1 < end && (isEnd(runes[i+1]) || strings.ContainsRune(trailing, runes[i+1])) && (len(pairs) == 0 || pairs[0].start != i+1) {
			if i++; i-from > hardLimit+maxQuoted {
				break
			}
		}
		v.add(from, i+1)
		from = i + 1
	}
	if from == start {
		v.chat(start, end)
		return
	}
	v.add(from, end)
}

// pair is a quotation or a bracket, with both its marks.
type pair struct{ start, end int }

// quoted finds the outermost pairs that are not too long.
func quoted(runes []rune, start int) []pair {
	var pairs []pair
	type opened struct {
		at   int
		mark rune
	}
	var stack []opened
	for i := start; i < len(runes); i++ {
		r := runes[i]
		if IsHan(r) || r < utf8Punct && r != '"' && r != '(' && r != ')' && r != '[' && r != ']' {
			continue
		}
		if k := strings.IndexRune(closers, r); k >= 0 {
			// One of the last few open ones; an unclosed quotation in between does not matter.
			found := false
			for d := len(stack) - 1; d >= max(0, len(stack)-4); d-- {
				if partnerOf(stack[d].mark) == r {
					if i-stack[d].at <= maxQuoted {
						for len(pairs) > 0 && pairs[len(pairs)-1].start > stack[d].at {
							pairs = pairs[:len(pairs)-1]
						}
						pairs = append(pairs, pair{stack[d].at, i + 1})
					}
					stack = stack[:d]
					found = true
					break
				}
			}
			if found || r != '"' {
				continue
			}
		}
		if strings.ContainsRune(openers, r) {
			stack = append(stack, opened{i, r})
		}
	}
	return pairs
}

// utf8Punct is where the marks of Chinese text begin.
const utf8Punct = 0x2010

func partnerOf(r rune) rune {
	switch r {
	case '“':
		return '”'
	case '‘':
		return '’'
	case '「':
		return '」'
	case '『':
		return '』'
	case '（':
		return '）'
	case '(':
		return ')'
	case '《':
		return '》'
	case '【':
		return '】'
	case '[':
		return ']'
	}
	return r
}

// endsInside tells whether the sentence ends with the quotation that ends at i: its own last mark ends it, and what follows
// does not go on about it.
func endsInside(runes []rune, i int) bool {
	return i > 0 && strings.ContainsRune("。！？!?", runes[i-1]) && strings.ContainsRune("”’」』\"", runes[i]) &&
		i+1 < len(runes) && !strings.ContainsRune("，,、的说道和与是；;。）)", runes[i+1])
}

// ends tells whether the sentence that began at from ends with the rune at i.
func ends(runes []rune, from, i int) bool {
	r := runes[i]
	next := ' '
	if i+1 < len(runes) {
		next = runes[i+1]
	}
	switch r {
	case '。', '！', '？':
		return true
	case '…':
		return next != '…' && !strings.ContainsRune("，,、的", next)
	case '；', ';':
		return i-from >= minClause
	case '!', '?':
		return next == ' ' || IsHan(next) || strings.ContainsRune(trailing, next)
	case '.', '．':
		return endsWithDot(runes, from, i, next)
	case '，', ',', ' ':
		return i-from >= maxSentence
	}
	return i-from >= hardLimit
}

// endsWithDot tells a full stop from the dot of a number, an abbreviation or a name.
func endsWithDot(runes []rune, from, i int, next rune) bool {
	if i == from {
		return false
	}
	before := runes[i-1]
	if IsHan(before) {
		return next == ' ' || IsHan(next)
	}
	if next != ' ' || i+1 == len(runes) {
		return false
	}
	if i+2 < len(runes) {
		if after := runes[i+2]; 'a' <= after && after <= 'z' {
			return false
		}
	}
	start := i
	for start > from && (isLatin(runes[start-1]) || runes[start-1] == '.') && i-start < 8 {
		start--
	}
	word := strings.ToLower(string(runes[start:i]))
	if i-start == 1 && (before < '0' || before > '9') {
		return false // an initial
	}
	return !strings.Contains(" mr mrs ms dr prof st no vs etc e.g i.e inc ltd co corp dept fig jr sr approx ext tel ", " "+word+" ")
}

// chat cuts a line without any end at its blanks, as people write who send with the enter key.
func (v *View) chat(start, end int) {
	if end-start < minChat {
		v.add(start, end)
		return
	}
	from := start
	for i := start + 1; i+1 < end; i++ {
		if v.Runes[i] == ' ' && i-from >= minPiece && end-i > minPiece && IsHan(v.Runes[i-1]) && IsHan(v.Runes[i+1]) {
			v.add(from, i)
			from = i + 1
		}
	}
	v.add(from, end)
}

func (v *View) add(start, end int) {
	start, end = trim(v.Runes, start, end)
	for i := start; i < end; i++ {
		if r := v.Runes[i]; IsHan(r) || isLatin(r) {
			v.Sentences = append(v.Sentences, Sentence{Start: start, End: end})
			return
		}
	}
}
