package charset

import (
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// sampleBytes is how much of a text is looked at to find its charset.
const sampleBytes = 64 << 10

// Detect decodes bytes that nobody has labelled: UTF-8 if they are that, else GB 18030, Big5 or Windows-1252, whichever they look
// most like.
func Detect(raw []byte) (text, used string) { return Decode("", raw) }

func detect(raw []byte) (string, string) {
	raw = trimMark(raw)
	if utf8.Valid(raw) {
		return string(raw), UTF8
	}
	p := profile(raw)
	if bad, good := brokenUTF8(raw[:min(len(raw), sampleBytes)]); good > 4*bad && good >= 2 {
		return decodeWithUTF8(raw), UTF8
	}
	switch {
	case p.pairs > 0 && p.big5Share() > 0.9 && p.low*8 > p.pairs && (p.gbShare() < 0.6 || strayer(raw)):
		return decodeWith(traditionalchinese.Big5, raw), Big5
	case p.pairs*2 < p.single, inWords(raw), p.low == p.pairs && p.big5*2 < p.pairs && p.odd == 0:
		// Letters above 127 that stand alone among ASCII.
		return decodeWith(charmap.Windows1252, raw), Latin
	default:
		return decodeWith(simplifiedchinese.GB18030, raw), GB18030
	}
}

// inWords says that bytes above 127 are accented letters of Windows-1252 inside of words of ASCII letters, with few others beside
// them, as no Chinese is.
func inWords(raw []byte) bool {
	sample := raw[:min(len(raw), sampleBytes)]
	lower := func(i int) bool { return i >= 0 && i < len(sample) && sample[i] >= 'a' && sample[i] <= 'z' }
	runs, words := 0, 0
	for i := 0; i < len(sample); {
		if sample[i] < 0x80 {
			i++
			continue
		}
		start, letters := i, true
		for i < len(sample) && sample[i] >= 0x80 {
			letters = letters && sample[i] >= 0xC0
			i++
		}
		before, after := lower(start-1), lower(i)
		switch {
		case i-start > 3:
			return false
		case letters && (i-start == 1 && (before || after) || before && after):
			words++
		}
		runs++
	}
	return words > 0 && words*10 >= runs*8
}

// strayer says that bytes read as GB 18030 hold more that nobody writes than they do read as Big5.
func strayer(raw []byte) bool {
	sample := raw[:min(len(raw), sampleBytes)]
	return strays(decodeWith(simplifiedchinese.GB18030, sample)) > strays(decodeWith(traditionalchinese.Big5, sample))
}

// strays counts what is no character, or one of private use.
func strays(text string) int {
	n := 0
	for _, r := range text {
		if r == utf8.RuneError || r >= 0xE000 && r <= 0xF8FF {
			n++
		}
	}
	return n
}

func decodeWithUTF8(raw []byte) string {
	out := make([]byte, 0, len(raw))
	for len(raw) > 0 {
		r, size := utf8.DecodeRune(raw)
		out = utf8.AppendRune(out, r)
		raw = raw[size:]
	}
	return string(out)
}

// shape counts what the bytes of a sample look like, read as pairs of a lead and a trail byte.
type shape struct {
	pairs  int // lead byte with a possible trail byte
	single int // bytes above 127 without a trail byte
	gb     int // pairs among the 3,755 frequent characters of GB/T 2312 (rows 16 to 55) and its punctuation (rows 1 to 3)
	big5   int // pairs among the 5,401 frequent characters of Big5 and its punctuation
	odd    int // lead bytes that are no letter of Windows-1252
	low    int // pairs whose trail is below 127: half of Big5, none of GB/T 2312
}

func (s shape) gbShare() float64   { return share(s.gb, s.pairs) }
func (s shape) big5Share() float64 { return share(s.big5, s.pairs) }

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

func profile(raw []byte) shape {
	raw = raw[:min(len(raw), sampleBytes)]
	var s shape
	for i := 0; i < len(raw); i++ {
		lead := raw[i]
		if lead < 0x80 {
			continue
		}
		if i+1 >= len(raw) || lead == 0x80 || lead == 0xFF {
			s.single++
			continue
		}
		trail := raw[i+1]
		// A four-byte character of GB 18030.
		if trail >= '0' && trail <= '9' && i+3 < len(raw) && raw[i+2] >= 0x81 && raw[i+3] >= '0' && raw[i+3] <= '9' {
			s.pairs++
			i += 3
			continue
		}
		if trail < 0x40 || trail == 0x7F || trail == 0xFF {
			s.single++
			continue
		}
		i++
		s.pairs++
		if lead < 0x91 || lead >= 0x98 && lead < 0xA0 {
			s.odd++
		}
		if trail >= 0xA1 && (lead >= 0xB0 && lead <= 0xD7 || lead >= 0xA1 && lead <= 0xA3) {
			s.gb++
		}
		if lead >= 0xA1 && lead <= 0xC6 && (trail <= 0x7E || trail >= 0xA1) {
			s.big5++
		}
		if trail <= 0x7E {
			s.low++
		}
	}
	return s
}

// misdeclared says that bytes contradict the charset they are labelled with so clearly that the label is not worth following.
func misdeclared(name string, raw []byte) bool {
	sample := raw[:min(len(raw), sampleBytes)]
	switch name {
	case Latin, "iso-8859-15", "windows-1250":
		// European letters stand alone among ASCII; Chinese comes in pairs of frequent characters.
		if bad, good := brokenUTF8(sample); bad == 0 && good > 0 {
			return true
		}
		p := profile(sample)
		return p.pairs >= 4 && p.single == 0 && p.gbShare() > 0.8
	case GB18030, Big5:
		bad, good := brokenUTF8(sample)
		if good < 2 || bad > 1 {
			return false
		}
		// Chinese in UTF-8 read as pairs has few frequent characters.
		return profile(sample).gbShare() < 0.5 || name == Big5
	default:
		return false
	}
}
