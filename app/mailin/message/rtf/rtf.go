// Package rtf takes the body of a mail out of RTF: the HTML that Outlook has wrapped in it (MS-OXRTFEX), or else its text, with
// paragraphs, tabs and table cells, without its looks. Damaged RTF gives what can be read.
package rtf

import (
	"strconv"
	"strings"
	"unicode/utf16"

	"dingban/app/mailin/message/charset"
)

// Bounds of one document.
const (
	// MaxOutput is the most that is taken out, in bytes.
	MaxOutput = 16 << 20
	// maxDepth is the deepest nesting of groups that is followed; deeper ones are read as part of the one above.
	maxDepth = 256
	// maxFonts is the most fonts whose charset is remembered.
	maxFonts = 1000
)

// group is the state that braces save and restore.
type group struct {
	skip  bool // a destination that is no part of the body
	html  bool // inside of \*\htmltag
	off   bool // between \htmlrtf and \htmlrtf0: RTF for those who can't read the HTML
	uc    int  // letters that stand in for a character beyond the code page
	font  int
	table bool // inside of the font table
}

type parser struct {
	src      string
	pos      int
	out      strings.Builder
	stack    []group
	g        group
	fromHTML bool
	page     string         // charset of the document
	fonts    map[int]string // charset of fonts
	raw      []byte         // eight-bit letters that are not decoded yet
	rawPage  string
	high     rune // first half of a surrogate pair
	pending  int  // letters to skip after \u
	star     bool // the last word was \*
	over     int  // groups opened beyond maxDepth
}

// Body gives the body of a document, and whether it is HTML.
func Body(src []byte) (body string, html bool) {
	p := &parser{src: string(src), page: "windows-1252", fonts: map[int]string{}}
	p.g.uc = 1
	// The mark of wrapped HTML stands in the first words.
	p.fromHTML = strings.Contains(p.src[:min(len(p.src), 2048)], `\fromhtml1`)
	for p.pos < len(p.src) && p.out.Len() < MaxOutput {
		p.next()
	}
	p.flush()
	return strings.TrimSpace(p.out.String()), p.fromHTML
}

func (p *parser) next() {
	c := p.src[p.pos]
	p.pos++
	switch c {
	case '{':
		p.flush()
		p.star, p.pending = false, 0
		if len(p.stack) >= maxDepth {
			p.over++
			return
		}
		p.stack = append(p.stack, p.g)
	case '}':
		p.flush()
		p.star, p.pending = false, 0
		if p.over > 0 {
			p.over--
			return
		}
		if n := len(p.stack); n > 0 {
			p.g, p.stack = p.stack[n-1], p.stack[:n-1]
		}
	case '\\':
		p.control()
	case '\r', '\n', 0:
	default:
		p.letter(c)
	}
}

// control reads what follows a backslash.
func (p *parser) control() {
	if p.pos >= len(p.src) {
		return
	}
	c := p.src[p.pos]
	if c|0x20 < 'a' || c|0x20 > 'z' {
		p.pos++
		p.symbol(c)
		return
	}
	start := p.pos
	for p.pos < len(p.src) && p.src[p.pos]|0x20 >= 'a' && p.src[p.pos]|0x20 <= 'z' && p.pos-start < 32 {
		p.pos++
	}
	word := p.src[start:p.pos]
	start = p.pos
	if p.pos < len(p.src) && p.src[p.pos] == '-' {
		p.pos++
	}
	for p.pos < len(p.src) && p.src[p.pos] >= '0' && p.src[p.pos] <= '9' && p.pos-start < 11 {
		p.pos++
	}
	n, err := strconv.Atoi(p.src[start:p.pos])
	has := err == nil
	if p.pos < len(p.src) && p.src[p.pos] == ' ' {
		p.pos++
	}
	p.word(word, n, has)
}

func (p *parser) symbol(c byte) {
	switch c {
	case '\'':
		if p.pos+2 <= len(p.src) {
			if n, err := strconv.ParseUint(p.src[p.pos:p.pos+2], 16, 8); err == nil {
				p.pos += 2
				p.letter(byte(n))
				return
			}
		}
	case '*':
		p.star = true
		return
	case '\\', '{', '}':
		p.letter(c)
	case '~':
		p.text("\u00a0")
	case '_':
		p.text("-")
	case '\r', '\n':
		p.text("\n")
	}
	p.star = false
}

// shown says that text here is part of the body.
func (p *parser) shown() bool {
	if p.g.skip || p.g.off {
		return false
	}
	// In wrapped HTML, tags are in \htmltag and text between them stands alone.
	return true
}

func (p *parser) letter(c byte) {
	p.star = false
	if p.pending > 0 {
		p.pending--
		return
	}
	if !p.shown() {
		return
	}
	page := p.page
	if label, ok := p.fonts[p.g.font]; ok && !p.g.html {
		page = label
	}
	if page != p.rawPage {
		p.flush()
		p.rawPage = page
	}
	p.raw = append(p.raw, c)
}

func (p *parser) flush() {
	if len(p.raw) > 0 {
		text, _ := charset.Decode(p.rawPage, p.raw)
		p.out.WriteString(text)
		p.raw = p.raw[:0]
	}
}

func (p *parser) text(s string) {
	if p.shown() {
		p.flush()
		p.out.WriteString(s)
	}
}

func (p *parser) word(word string, n int, has bool) {
	star := p.star
	p.star = false
	switch word {
	case "par", "line", "row", "sect", "page":
		if !p.fromHTML || p.g.html || !p.g.off {
			p.text("\n")
		}
	case "tab", "cell":
		p.text("\t")
	case "u":
		p.unicode(n)
	case "uc":
		if has && n >= 0 && n < 16 {
			p.g.uc = n
		}
	case "ansicpg":
		if label := pageLabel(n); has && label != "" {
			p.page = label
		}
	case "f":
		p.g.font = n
	case "fcharset":
		if label := fontLabel(n); p.g.table && label != "" && len(p.fonts) < maxFonts {
			p.fonts[p.g.font] = label
		}
	case "fonttbl":
		p.g.skip, p.g.table = true, true
	case "htmltag":
		p.g.html, p.g.skip = true, !p.fromHTML
	case "htmlrtf":
		p.flush()
		p.g.off = p.fromHTML && (!has || n != 0)
	case "mhtmltag":
		p.g.skip = true
	case "bin":
		p.pos = min(len(p.src), p.pos+max(n, 0))
	case "colortbl", "stylesheet", "info", "pict", "object", "header", "footer", "headerl", "headerr", "footerl", "footerr", "filetbl",
		"listtable", "listoverridetable", "revtbl", "rsidtbl", "generator", "fldinst", "pntext", "themedata", "datastore", "xmlnstbl":
		p.g.skip = true
	default:
		if s, ok := symbols(word); ok {
			p.text(s)
		} else if star {
			p.g.skip = true
		}
	}
}

func symbols(word string) (string, bool) {
	switch word {
	case "lquote":
		return "‘", true
	case "rquote":
		return "’", true
	case "ldblquote":
		return "“", true
	case "rdblquote":
		return "”", true
	case "bullet":
		return "•", true
	case "endash":
		return "–", true
	case "emdash":
		return "—", true
	case "emspace", "enspace", "qmspace":
		return " ", true
	default:
		return "", false
	}
}

// unicode writes a character given by its number, and has its stand-in skipped.
func (p *parser) unicode(n int) {
	p.pending = p.g.uc
	if n < 0 {
		n += 1 << 16
	}
	if n <= 0 || n > 0x10FFFF {
		return
	}
	r := rune(n)
	switch {
	case r >= 0xD800 && r < 0xDC00:
		p.high = r
	case r >= 0xDC00 && r < 0xE000:
		p.text(string(utf16.DecodeRune(p.high, r)))
		p.high = 0
	default:
		p.text(string(r))
	}
}

func pageLabel(n int) string {
	switch n {
	case 936, 54936:
		return "gb18030"
	case 950:
		return "big5"
	case 932:
		return "shift_jis"
	case 949:
		return "euc-kr"
	case 65001:
		return "utf-8"
	}
	if n >= 1250 && n <= 1258 {
		return "windows-" + strconv.Itoa(n)
	}
	return ""
}

// fontLabel is the charset of a font (RTF 1.9, \fcharset).
func fontLabel(n int) string {
	switch n {
	case 134:
		return "gb18030"
	case 136:
		return "big5"
	case 128:
		return "shift_jis"
	case 129:
		return "euc-kr"
	case 204:
		return "windows-1251"
	case 238:
		return "windows-1250"
	case 161:
		return "windows-1253"
	default:
		return ""
	}
}
