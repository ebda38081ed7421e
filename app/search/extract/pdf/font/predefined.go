package font

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// Spaces of codes, as pairs of bytes that bound each byte.
var (
	oneByte = codespace{1, 0x00, 0x80}
	twoGBK  = codespace{2, 0x8140, 0xfefe}
)

// Predefined is the map of a name of the specification, or nil. What its codes mean is asked of the character set that the name
// stands for, so that no table of numbers of characters is needed.
func Predefined(name string) *CMap {
	m := &CMap{}
	stem, vertical := strings.CutSuffix(name, "-V")
	if !vertical {
		stem = strings.TrimSuffix(stem, "-H")
	}
	m.vertical = vertical
	charset := func(e encoding.Encoding, latin uint32, spaces ...codespace) *CMap {
		m.spaces, m.latin, m.of = spaces, latin, decodeBy(e)
		return m
	}
	switch stem {
	case "Identity":
		m.same, m.spaces = true, []codespace{{2, 0, 0xffff}}
		return m
	case "GBK-EUC", "GB-EUC", "GBKp-EUC", "GBpc-EUC", "GBK2K":
		latin := uint32(1)
		if stem == "GBK-EUC" || stem == "GBK2K" {
			latin = 814 // of half the width
		}
		spaces := []codespace{oneByte, twoGBK}
		if stem == "GBK2K" {
			// Four bytes are told from two by the second.
			spaces = []codespace{oneByte, {4, 0x81308130, 0xfe39fe39}, twoGBK}
		}
		return charset(simplifiedchinese.GB18030, latin, spaces...)
	case "B5pc", "ETen-B5", "ETenms-B5", "HKscs-B5", "HKdla-B5", "HKdlb-B5":
		latin := uint32(1)
		if stem == "ETen-B5" {
			latin = 13648
		}
		return charset(traditionalchinese.Big5, latin, oneByte, codespace{2, 0x8740, 0xfefe})
	case "90ms-RKSJ", "90msp-RKSJ", "90pv-RKSJ", "83pv-RKSJ", "Add-RKSJ", "Ext-RKSJ":
		latin := uint32(231)
		if strings.HasPrefix(stem, "90msp") || strings.Contains(stem, "pv") {
			latin = 1
		}
		return charset(japanese.ShiftJIS, latin, oneByte, codespace{1, 0xa0, 0xdf}, codespace{2, 0x8140, 0x9ffc}, codespace{2, 0xe040, 0xfcfc})
	case "EUC":
		return charset(japanese.EUCJP, 231, oneByte, codespace{2, 0x8ea0, 0x8edf}, codespace{2, 0xa1a1, 0xfefe})
	case "KSC-EUC", "KSCms-UHC", "KSCms-UHC-HW", "KSCpc-EUC":
		return charset(korean.EUCKR, 1, oneByte, codespace{2, 0x8141, 0xfefe})
	}
	collection, form, ok := strings.Cut(stem, "-")
	if !ok || !strings.HasPrefix(collection, "Uni") {
		return nil
	}
	m.latin = 1
	form, _, _ = strings.Cut(form, "-") // widths of Latin letters follow in some
	switch form {
	case "UCS2":
		m.spaces = []codespace{{2, 0, 0xffff}}
	case "UTF16":
		m.spaces = []codespace{{2, 0x0000, 0xd7ff}, {4, 0xd800dc00, 0xdbffdfff}, {2, 0xe000, 0xffff}}
	case "UTF32":
		m.spaces = []codespace{{4, 0, 0x0010ffff}}
	case "UTF8":
		m.spaces = []codespace{{1, 0, 0x7f}, {2, 0xc080, 0xdfbf}, {3, 0xe08080, 0xefbfbf}, {4, 0xf0808080, 0xf7bfbfbf}}
	default:
		return nil
	}
	m.of = func(code uint32, size int) string {
		raw := codeBytes(code, size)
		switch form {
		case "UTF32":
			return clean(string(rune(code & 0x1fffff)))
		case "UTF8":
			return clean(validText(string(raw)))
		default:
			return clean(utf16Text("\x00\x00"[:len(raw)%2]+string(raw), false))
		}
	}
	return m
}

func codeBytes(code uint32, size int) []byte {
	return []byte{byte(code >> 24), byte(code >> 16), byte(code >> 8), byte(code)}[4-size:]
}

func decodeBy(e encoding.Encoding) func(uint32, int) string {
	d := e.NewDecoder()
	return func(code uint32, size int) string {
		if size == 1 && code < utf8.RuneSelf {
			return clean(string(rune(code)))
		}
		raw, err := d.Bytes(codeBytes(code, size))
		if err != nil {
			return ""
		}
		return clean(string(raw))
	}
}

func validText(s string) string { return strings.ToValidUTF8(s, "") }
