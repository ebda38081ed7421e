// Package pinyin knows how Chinese characters are read, without their tones, as people type them.
package pinyin

import (
	"slices"
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// maxReadings bounds the readings of one character; more than four without their tones are rare and old.
const maxReadings = 4

// Readings gives the pinyin of a character without tones, ü as v, as people type it.
func Readings(r rune) []string {
	var out []string
	for _, toned := range strings.Split(pinyin.PinyinDict[int(r)], ",") {
		plain := strings.Map(untoned, toned)
		if plain != "" && len(out) < maxReadings && !slices.Contains(out, plain) {
			out = append(out, plain)
		}
	}
	return out
}

func untoned(r rune) rune {
	if 'a' <= r && r <= 'z' {
		return r
	}
	for _, of := range [...]struct {
		plain rune
		toned string
	}{{'a', "āáǎà"}, {'e', "ēéěèêếề"}, {'i', "īíǐì"}, {'o', "ōóǒò"}, {'u', "ūúǔù"}, {'v', "üǖǘǚǜ"}, {'n', "ńňǹ"}, {'m', "ḿ"}} {
		if strings.ContainsRune(of.toned, r) {
			return of.plain
		}
	}
	return -1 // combining tones
}

// Spells tells whether Latin letters spell a whole name: each character by a reading of its or by the first letter of one.
// Letters of the name that are no Chinese characters stand for themselves, whatever their case; spaces in it count nothing.
func Spells(name, typed string) bool {
	letters := strings.ToLower(typed)
	if letters == "" || strings.ContainsFunc(letters, func(r rune) bool { return r > unicode.MaxASCII }) {
		return false
	}
	// ends are the places in the letters to which the characters so far can reach.
	ends := map[int]bool{0: true}
	for _, r := range name {
		if unicode.IsSpace(r) || r == '·' {
			continue
		}
		ways := Readings(r)
		if len(ways) == 0 {
			ways = []string{strings.ToLower(string(r))}
		}
		next := map[int]bool{}
		for at := range ends {
			for _, way := range ways {
				if strings.HasPrefix(letters[at:], way) {
					next[at+len(way)] = true
				}
				if len(way) > 1 && at < len(letters) && letters[at] == way[0] && way[0] < unicode.MaxASCII {
					next[at+1] = true
				}
			}
		}
		if ends = next; len(ends) == 0 {
			return false
		}
	}
	return ends[len(letters)]
}
