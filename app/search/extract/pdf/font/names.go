package font

import (
	"strconv"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"
)

// standardNames are the first names of Adobe's standard strings, which are also those of the fonts of the first printers: by their number
// in a CFF font, with what they are in Unicode. Names whose letter says all stand alone.
const standardNames = `.notdef= space=  exclam=! quotedbl=" numbersign=# dollar=$ percent=% ampersand=& quoteright=’ parenleft=( parenright=)
asterisk=* plus=+ comma=, hyphen=- period=. slash=/ zero=0 one=1 two=2 three=3 four=4 five=5 six=6 seven=7 eight=8 nine=9 colon=:
semicolon=; less=< equal== greater=> question=? at=@ A B C D E F G H I J K L M N O P Q R S T U V W X Y Z bracketleft=[ backslash=\
bracketright=] asciicircum=^ underscore=_ quoteleft=‘ a b c d e f g h i j k l m n o p q r s t u v w x y z braceleft={ bar=|
braceright=} asciitilde=~ exclamdown=¡ cent=¢ sterling=£ fraction=⁄ yen=¥ florin=ƒ section=§ currency=¤ quotesingle='
quotedblleft=“ guillemotleft=« guilsinglleft=‹ guilsinglright=› fi=fi fl=fl endash=– dagger=† daggerdbl=‡ periodcentered=·
paragraph=¶ bullet=• quotesinglbase=‚ quotedblbase=„ quotedblright=” guillemotright=» ellipsis=… perthousand=‰ questiondown=¿
grave=` + "`" + ` acute=´ circumflex=ˆ tilde=˜ macron=¯ breve=˘ dotaccent=˙ dieresis=¨ ring=˚ cedilla=¸ hungarumlaut=˝ ogonek=˛ caron=ˇ
emdash=— AE=Æ ordfeminine=ª Lslash=Ł Oslash=Ø OE=Œ ordmasculine=º ae=æ dotlessi=ı lslash=ł oslash=ø oe=œ germandbls=ß
onesuperior=¹ logicalnot=¬ mu=µ trademark=™ Eth=Ð onehalf=½ plusminus=± Thorn=Þ onequarter=¼ divide=÷ brokenbar=¦ degree=° thorn=þ
threequarters=¾ twosuperior=² registered=® minus=− eth=ð multiply=× threesuperior=³ copyright=© Aacute Acircumflex Adieresis Agrave
Aring Atilde Ccedilla Eacute Ecircumflex Edieresis Egrave Iacute Icircumflex Idieresis Igrave Ntilde Oacute Ocircumflex Odieresis
Ograve Otilde Scaron Uacute Ucircumflex Udieresis Ugrave Yacute Ydieresis Zcaron aacute acircumflex adieresis agrave aring atilde
ccedilla eacute ecircumflex edieresis egrave iacute icircumflex idieresis igrave ntilde oacute ocircumflex odieresis ograve otilde
scaron uacute ucircumflex udieresis ugrave yacute ydieresis zcaron`

// moreNames are others that fonts and writers use.
const moreNames = `ff=ff ffi=ffi ffl=ffl Euro=€ euro=€ nbspace=  nonbreakingspace=  sfthyphen=- softhyphen=- hyphenminus=- middot=· overscore=¯ dcroat=đ Dcroat=Đ
Hbar=Ħ hbar=ħ Eng=Ŋ eng=ŋ Tbar=Ŧ tbar=ŧ kgreenlandic=ĸ longs=ſ IJ=IJ ij=ij napostrophe=ʼn Idotaccent=İ infinity=∞ notequal=≠ lessequal=≤
greaterequal=≥ partialdiff=∂ summation=∑ product=∏ integral=∫ radical=√ approxequal=≈ lozenge=◊ Delta=Δ Omega=Ω Ohm=Ω increment=∆ pi=π
apple= arrowleft=← arrowup=↑ arrowright=→ arrowdown=↓ arrowboth=↔ arrowdblright=⇒ element=∈ intersection=∩ union=∪ emptyset=∅
universal=∀ existential=∃ logicaland=∧ logicalor=∨ similar=∼ equivalence=≡ propersubset=⊂ propersuperset=⊃ perpendicular=⊥ angle=∠
therefore=∴ proportional=∝ dotmath=⋅ asteriskmath=∗ prime=′ minute=′ second=″ estimated=℮ numero=№ afii61352=№ onethird=⅓ twothirds=⅔
filledbox=■ H22073=□ triagup=▲ triagdn=▼ circle=○ H18533=● blacksquare=■ checkmark=✓ spade=♠ club=♣ heart=♥ diamond=♦ figuredash=‒
horizontalbar=― twodotenleader=‥ zerosuperior=⁰ foursuperior=⁴ fivesuperior=⁵ sixsuperior=⁶ sevensuperior=⁷ eightsuperior=⁸
ninesuperior=⁹ nsuperior=ⁿ dotlessj=ȷ visiblespace=␣ ideographicspace=  ideographiccomma=、 ideographicperiod=。 Alpha=Α Beta=Β Gamma=Γ
Epsilon=Ε Zeta=Ζ Eta=Η Theta=Θ Iota=Ι Kappa=Κ Lambda=Λ Mu=Μ Nu=Ν Xi=Ξ Omicron=Ο Pi=Π Rho=Ρ Sigma=Σ Tau=Τ Upsilon=Υ Phi=Φ Chi=Χ
Psi=Ψ alpha=α beta=β gamma=γ delta=δ epsilon=ε zeta=ζ eta=η theta=θ iota=ι kappa=κ lambda=λ nu=ν xi=ξ omicron=ο rho=ρ sigma=σ
sigma1=ς tau=τ upsilon=υ phi=φ chi=χ psi=ψ omega=ω theta1=ϑ phi1=ϕ omega1=ϖ epsilon1=ϵ ell=ℓ weierstrass=℘ Ifraktur=ℑ Rfraktur=ℜ aleph=ℵ`

// accents are what letters are joined with in names such as Aacute.
const accents = "acute=\u0301 grave=\u0300 circumflex=\u0302 tilde=\u0303 dieresis=\u0308 ring=\u030a cedilla=\u0327 caron=\u030c macron=\u0304 " +
	"breve=\u0306 ogonek=\u0328 dotaccent=\u0307 hungarumlaut=\u030b commaaccent=\u0327 dotbelow=\u0323 horn=\u031b"

// Names knows what the names of glyphs mean.
type Names struct {
	texts    map[string]string
	standard []string // by number of standard string
	accents  map[string]string
}

// NewNames makes the tables; it is done once for each file at most.
func NewNames() *Names {
	n := &Names{texts: map[string]string{}, accents: map[string]string{}}
	// Texts that are white space would get lost between the fields.
	fields := func(list string, each func(name, text string)) {
		for field := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ' ' || r == '\n' }) {
			name, text, ok := strings.Cut(field, "=")
			switch {
			case name == "space" || strings.HasSuffix(name, "space") && text == "":
				text = " "
			case !ok && len(name) == 1:
				text = name
			}
			each(name, text)
		}
	}
	fields(accents, func(name, text string) { n.accents[name] = text })
	fields(standardNames, func(name, text string) {
		n.standard = append(n.standard, name)
		n.texts[name] = text
	})
	fields(moreNames, func(name, text string) { n.texts[name] = text })
	for _, name := range n.standard {
		if n.texts[name] == "" {
			n.texts[name] = n.composed(name)
		}
	}
	return n
}

func (n *Names) composed(name string) string {
	if len(name) < 2 {
		return ""
	}
	if mark, ok := n.accents[name[1:]]; ok {
		return norm.NFC.String(name[:1] + mark)
	}
	return ""
}

// Text is what a glyph of a name says; empty when nobody knows.
func (n *Names) Text(name string) string {
	if text, ok := n.texts[name]; ok {
		return text
	}
	// A suffix tells how the glyph looks, not what it means.
	if at := strings.IndexByte(name, '.'); at > 0 {
		return n.Text(name[:at])
	}
	if strings.IndexByte(name, '_') > 0 && len(name) < 64 {
		var b strings.Builder
		for part := range strings.SplitSeq(name, "_") {
			b.WriteString(n.Text(part))
		}
		return b.String()
	}
	if text := n.composed(name); text != "" {
		return text
	}
	if rest, ok := strings.CutPrefix(name, "uni"); ok && len(rest) >= 4 && len(rest)%4 == 0 && len(rest) <= 64 {
		units := make([]uint16, 0, len(rest)/4)
		for ; rest != ""; rest = rest[4:] {
			v, err := strconv.ParseUint(rest[:4], 16, 16)
			if err != nil {
				return ""
			}
			units = append(units, uint16(v))
		}
		return clean(string(utf16.Decode(units)))
	}
	if rest, ok := strings.CutPrefix(name, "u"); ok && 4 <= len(rest) && len(rest) <= 6 {
		if v, err := strconv.ParseUint(rest, 16, 21); err == nil {
			return clean(string(rune(v)))
		}
	}
	if rest, ok := strings.CutPrefix(name, "afii"); ok {
		return cyrillic(rest)
	}
	return ""
}

// cyrillic knows the letters of Russian by the numbers that Adobe gave them.
func cyrillic(number string) string {
	n, err := strconv.Atoi(number)
	if err != nil {
		return ""
	}
	for _, base := range []struct{ number, letter, io int }{{10017, 0x410, 0x401}, {10065, 0x430, 0x451}} {
		switch at := n - base.number; {
		case at == 6:
			return string(rune(base.io))
		case 0 <= at && at < 6:
			return string(rune(base.letter + at))
		case 6 < at && at <= 32:
			return string(rune(base.letter + at - 1))
		}
	}
	return ""
}
