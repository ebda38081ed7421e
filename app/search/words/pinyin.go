package words

import (
	"slices"
	"strings"
	"unicode"

	"dingban/app/platform/pinyin"
)

// spell gives the pieces by which a stretch of characters is found in pinyin: pairs and triples of letters over all
// readings side by side, whichever is meant, and the same of first letters. There are few of them however many ways there
// are to read the whole.
func spell(run []rune, each func(Gram)) {
	if !slices.ContainsFunc(run, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return
	}
	read := make([][]string, len(run))
	for i, r := range run {
		read[i] = pinyin.Readings(r)
	}
	for i := range read {
		for _, reading := range read[i] {
			for at := range len(reading) {
				triples(read, i, reading[at:], nil, each)
			}
			firsts(read, i, nil, each)
		}
	}
}

// triples goes on from what is left of a reading until it has three letters.
func triples(read [][]string, i int, left string, have []byte, each func(Gram)) {
	n := min(len(left), 3-len(have))
	for at := range n {
		have = append(have[:len(have):len(have)], left[at])
		if len(have) > 1 {
			each(letters(spelt, have))
		}
	}
	if len(have) == 3 || i+1 == len(read) {
		return
	}
	for _, next := range read[i+1] {
		triples(read, i+1, next, have, each)
	}
}

func firsts(read [][]string, i int, have []byte, each func(Gram)) {
	if i == len(read) || len(have) == 3 {
		return
	}
	for _, reading := range read[i] {
		now := append(have[:len(have):len(have)], reading[0])
		if len(now) > 1 {
			each(letters(initials, now))
		}
		firsts(read, i+1, now, each)
	}
}

// spelling looks for letters among the characters of a title: whole readings, the last one perhaps only begun, or first
// letters alone. It gives the first place, in characters.
func spelling(plain []rune, typed string) (from, to int, ok bool) {
	read := make([][]string, len(plain))
	for i, r := range plain {
		if classOf(r) == sign {
			read[i] = pinyin.Readings(r)
		}
	}
	for i := range plain {
		if n := spelt1(read[i:], typed); n > 0 {
			return i, i + n, true
		}
		if n := firsts1(read[i:], typed); n > 0 {
			return i, i + n, true
		}
	}
	return 0, 0, false
}

// spelt1 tells how many characters the letters take that are read as typed, 0 when they are not.
func spelt1(read [][]string, typed string) int {
	if len(read) == 0 {
		return 0
	}
	for _, reading := range read[0] {
		if strings.HasPrefix(reading, typed) {
			return 1
		}
		if rest, ok := strings.CutPrefix(typed, reading); ok {
			if n := spelt1(read[1:], rest); n > 0 {
				return n + 1
			}
		}
	}
	return 0
}

func firsts1(read [][]string, typed string) int {
	if len(typed) > len(read) {
		return 0
	}
	for i := range len(typed) {
		if !slices.ContainsFunc(read[i], func(reading string) bool { return reading[0] == typed[i] }) {
			return 0
		}
	}
	return len(typed)
}
