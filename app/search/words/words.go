// Package words cuts text into the pieces that full-text search looks up, compares text with what was looked for, and
// shows where it stands. It does no input or output and knows no keys: its pieces are clear text, which the search module
// turns into keyed blind tokens.
//
// Characters and pairs of neighbouring ones are kept of every text, of words in Latin letters triples too, so that any part
// of a text finds it, from one character on. Titles and names also find by pinyin: every reading of every character, and
// the first letters alone.
package words

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// traditional holds pairs of a character and its simplified form, sorted. It is made from the character table of OpenCC,
// whose licence lies beside it.
//
//go:embed simplified.txt
var traditional string

// simplify maps by character and not by word as a converter would: what a character becomes must not depend on its
// neighbours, or a part of a text would be no part of the folded text.
var simplify = sync.OnceValue(func() []uint16 {
	pairs := []rune(traditional)
	table := make([]uint16, lastHan-firstHan+1)
	for i := 0; i+1 < len(pairs); i += 2 {
		table[pairs[i]-firstHan] = uint16(pairs[i+1])
	}
	return table
})

// The characters that the table knows lie between these.
const (
	firstHan = 0x3400
	lastHan  = 0x9fff
)

// Normalise makes texts comparable: compatibility forms (full-width letters, circled digits) become plain, traditional
// characters simplified, letters small, and every run of white space one space.
func Normalise(s string) string { return strings.TrimSuffix(string(fold(s).plain), " ") }

// folded is a normalised text that remembers where each of its characters came from, in characters.
type folded struct {
	plain []rune
	from  []int
}

func fold(s string) folded {
	f := folded{plain: make([]rune, 0, len(s)/2), from: make([]int, 0, len(s)/2)}
	at := 0
	if strings.IndexFunc(s, needsNorm) < 0 {
		for _, r := range s {
			if 0xff01 <= r && r <= 0xff5e {
				r -= 0xff01 - '!' // full width
			}
			f.put(r, at)
			at++
		}
		return f
	}
	var iter norm.Iter
	iter.InitString(norm.NFKC, s)
	for !iter.Done() {
		start := iter.Pos()
		for _, r := range string(iter.Next()) {
			f.put(r, at)
		}
		for range s[start:iter.Pos()] {
			at++
		}
	}
	return f
}

// needsNorm leaves out what nearly all Chinese text is made of: whose NFKC form is known without tables, whatever stands
// beside it.
func needsNorm(r rune) bool {
	common := r < 0x80 || 0x4e00 <= r && r <= 0x9fff || 0xff01 <= r && r <= 0xff5e || 0x3000 <= r && r <= 0x3029 || 0x2018 <= r && r <= 0x201d
	return !common
}

func (f *folded) put(r rune, at int) {
	switch {
	case r == 0 || r == ' ' || unicode.IsSpace(r):
		if n := len(f.plain); n == 0 || f.plain[n-1] == ' ' {
			return
		}
		r = ' '
	case r < 0x80:
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
	case firstHan <= r && r <= lastHan:
		if s := simplify()[r-firstHan]; s != 0 {
			r = rune(s)
		}
	default:
		r = unicode.ToLower(r)
	}
	f.plain = append(f.plain, r)
	f.from = append(f.from, at)
}

// class tells how a character is cut: as part of a word, as one that stands for itself, or not at all.
type class uint8

const (
	gap class = iota
	letter
	sign
)

func classOf(r rune) class {
	switch {
	case r < 0x80:
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			return letter
		}
		return gap
	case r >= 0x4e00 && r <= 0x9fff:
		return sign
	case r >= 0x20000 && r <= 0x3fffd, unicode.Is(unicode.Co, r):
		// Rare characters: those of the supplementary planes, which the tables of Go know a few years late, and those that
		// registers of persons have put into the private areas.
		return sign
	case r >= 0x3000 && r <= 0x3004, r >= 0xff00 && r <= 0xff0f:
		return gap
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.So):
		return sign
	case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
		return letter
	default:
		return gap
	}
}

// runs cuts normalised text into stretches of one class, gaps left out.
func runs(plain []rune, each func(class, []rune)) {
	start, last := 0, gap
	for i, r := range plain {
		if c := classOf(r); c != last {
			if last != gap {
				each(last, plain[start:i])
			}
			start, last = i, c
		}
	}
	if last != gap {
		each(last, plain[start:])
	}
}

// HasLetters tells whether there is anything in a text to look for.
func HasLetters(s string) bool {
	return strings.ContainsFunc(Normalise(s), func(r rune) bool { return classOf(r) != gap })
}
