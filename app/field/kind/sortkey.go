package kind

import (
	"strings"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/unicode/norm"
)

// SortKey gives bytes that compare as people look names up: letters and digits without regard to case and width, then Chinese
// characters by their pinyin (the first reading, without tone) and, where that is the same, by their code.
func SortKey(s string) []byte {
	s = Fold(s)
	key := make([]byte, 0, 2*len(s))
	for _, r := range s {
		if r < 0x2e80 { // below all Chinese characters
			key = utf8.AppendRune(key, r)
			continue
		}
		key = append(key, 0xfe) // above all other characters, whatever their code
		if toned, ok := pinyin.PinyinDict[int(r)]; ok {
			first, _, _ := strings.Cut(toned, ",")
			key = appendLetters(key, first)
		} else {
			key = append(key, 0xff) // without a reading: last
		}
		key = append(key, 0)
		key = utf8.AppendRune(key, r)
	}
	return key
}

// appendLetters writes a syllable without its tone; ü comes behind u, as in dictionaries.
func appendLetters(key []byte, toned string) []byte {
	for _, r := range norm.NFD.String(toned) {
		switch {
		case r == '\u0308':
			key = append(key, '~')
		case r < 0x80:
			key = append(key, byte(r))
		}
	}
	return key
}
