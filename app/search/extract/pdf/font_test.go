package pdf_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// show is a page that shows a string in the font 8.
func show(str, font string) *builder {
	return page("BT /F 10 Tf 50 700 Td "+str+" Tj ET", "/Font<</F 8 0 R>>").with(8, font)
}

const toUnicode = `/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def
1 begincodespacerange <0000> <FFFF> endcodespacerange
3 beginbfchar <0001> <91C7> <0002> <D840DC00> <0003> <006600660069> endbfchar
3 beginbfrange <0010> <0013> <8D2D> <0020> <0022> [<5408> <540C> <0041>] <0100> <01FF> <D840DC10> endbfrange
endcmap CMapName currentdict /CMap defineresource pop end end`

func TestComposite(t *testing.T) {
	t.Parallel()
	font := func(encoding, more string) string {
		return "<</Type/Font/Subtype/Type0/Encoding" + encoding + "/DescendantFonts[<</Subtype/CIDFontType2/DW 1000>>]" + more + ">>"
	}
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("采购A合同1")
	if err != nil {
		t.Fatal(err)
	}
	four, err := simplifiedchinese.GB18030.NewEncoder().String("㐀采A")
	if err != nil {
		t.Fatal(err)
	}
	big5, err := traditionalchinese.Big5.NewEncoder().String("採購A合約")
	if err != nil {
		t.Fatal(err)
	}
	hex := func(s string) string { return fmt.Sprintf("<%x>", s) }
	for _, c := range []struct{ what, str, font, want string }{
		{"Identity", "<00010010001300200021000200030101>", font("/Identity-H", "/ToUnicode 9 0 R"), "采购贰合同𠀀ffi𠀑"},
		{"GBK", hex(gbk), font("/GBK-EUC-H", ""), "采购A合同1"},
		{"GBKp", hex(gbk), font("/GBKp-EUC-H", ""), "采购A合同1"},
		{"GB", hex(gbk), font("/GB-EUC-H", ""), "采购A合同1"},
		{"GBK2K", hex(four), font("/GBK2K-H", ""), "㐀采A"},
		{"Big5", hex(big5), font("/ETen-B5-H", ""), "採購A合約"},
		{"UCS2", hexes("采购A"), font("/UniGB-UCS2-H", ""), "采购A"},
		{"UTF16", "<91c7d840dc008d2d>", font("/UniGB-UTF16-H", ""), "采𠀀购"},
		{"UTF16 of Taiwan", hexes("採購"), font("/UniCNS-UTF16-H", ""), "採購"},
		{"UTF32", "<000091c700020000>", font("/UniJIS-UTF32-H", ""), "采𠀀"},
		{"UTF8", hex("采A购"), font("/UniCNS-UTF8-H", ""), "采A购"},
		{"ShiftJIS", "<8d9189ef41b1>", font("/90ms-RKSJ-H", ""), "国会Aｱ"},
		{"Korean", "<b1b9c8b8>", font("/KSCms-UHC-H", ""), "국회"},
		{"own map over one with a name", "<0110>", font("10 0 R", "/ToUnicode 9 0 R"), "购"},
		{"radicals", hexes("部⻔⼯作"), font("/UniGB-UCS2-H", ""), "部门工作"},
		{"a map of nothing", hexes("采购"), font("/UniGB-UCS2-H", "/ToUnicode 11 0 R"), "采购"},
	} {
		b := show(c.str, c.font).with(9, stream("/Filter/FlateDecode", deflate(toUnicode))).
			with(10, stream("/Type/CMap/UseCMap/Identity-H", "/Identity-H usecmap 1 begincodespacerange <0000> <ffff> endcodespacerange 1 begincidrange <0100> <01ff> 0 endcidrange")).
			with(11, stream("", "begincmap endcmap"))
		if c.what == "own map over one with a name" {
			b = show(c.str, c.font).with(9, stream("", strings.Replace(toUnicode, "<0010> <0013>", "<0110> <0113>", 1))).with(10, b.objects[10])
		}
		want(t, c.what, b.classic(), c.want)
	}
}

// sfnt is a font with only a cmap table, which maps characters to glyphs.
func sfnt(platform, encoding int, glyphs map[int]int) string {
	groups := []byte{}
	for code, glyph := range glyphs {
		groups = binary.BigEndian.AppendUint32(groups, uint32(code))
		groups = binary.BigEndian.AppendUint32(groups, uint32(code))
		groups = binary.BigEndian.AppendUint32(groups, uint32(glyph))
	}
	b := []byte("\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00cmap\x00\x00\x00\x00\x00\x00\x00\x1c\x00\x00\x10\x00")
	b = append(b, 0, 0, 0, 1, 0, byte(platform), 0, byte(encoding), 0, 0, 0, 12)
	b = binary.BigEndian.AppendUint32(append(b, 0, 12, 0, 0), uint32(16+len(groups)))
	b = binary.BigEndian.AppendUint32(append(b, 0, 0, 0, 0), uint32(len(glyphs)))
	return string(append(b, groups...))
}

// format4 is a font whose characters from a first one on are the glyphs from 1 on.
func format4(first, n int) string {
	table := []uint16{4, 32, 0, 4, 4, 1, 0, uint16(first + n - 1), 0xffff, 0, uint16(first), 0xffff, uint16(1 - first), 1, 0, 0}
	b := []byte("\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00cmap\x00\x00\x00\x00\x00\x00\x00\x1c\x00\x00\x10\x00\x00\x00\x00\x01\x00\x03\x00\x01\x00\x00\x00\x0c")
	for _, v := range table {
		b = binary.BigEndian.AppendUint16(b, v)
	}
	return string(b)
}

func TestEmbeddedFontsTurnedAround(t *testing.T) {
	t.Parallel()
	below := func(more string) string {
		return "<</Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts[<</Subtype/CIDFontType2/FontDescriptor<</FontFile2 9 0 R>>" + more + ">>]>>"
	}
	glyphs := map[int]int{'采': 1, '购': 2, '⻔': 3, '门': 3, 0x20000: 4, 0xf900: 5, 0x8c48: 5}
	font := stream("/Filter/FlateDecode", deflate(sfnt(3, 10, glyphs)))
	want(t, "glyphs are CIDs", show("<00010002000300040005>", below("/CIDToGIDMap/Identity")).with(9, font).classic(), "采购门𠀀豈")
	want(t, "a map between them", show("<00030004>", below("/CIDToGIDMap 10 0 R")).with(9, font).with(10, stream("", "\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01")).classic(), "购采")
	want(t, "format 4", show("<00010002>", below("")).with(9, stream("", format4('一', 2))).classic(), "一丁")
	open := "<</Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts[<</Subtype/CIDFontType0/FontDescriptor<</FontFile3 9 0 R>>>>]>>"
	want(t, "OpenType", show("<00010002>", open).with(9, stream("/Subtype/OpenType", sfnt(0, 4, glyphs))).classic(), "采购")
	want(t, "nothing known", show("<00010002>", strings.Replace(below(""), "FontFile2", "X", 1)).classic(), "")
}

// compact is a CFF font of three glyphs with a name each and an encoding that gives them the codes 1 to 3.
func compact(names ...string) string {
	index := func(items ...string) string {
		b := []byte{0, byte(len(items)), 1, 1}
		at := 1
		for _, s := range items {
			at += len(s)
			b = append(b, byte(at))
		}
		return string(b) + strings.Join(items, "")
	}
	number := func(n int) string { return "\x1c" + string([]byte{byte(n >> 8), byte(n)}) }
	head := "\x01\x00\x04\x01" + index("X")
	strs := index(names...) + "\x00\x00"
	dictLength := 3*3 + 3
	start := len(head) + 5 + dictLength + len(strs)
	charset := "\x00"
	for i := range names {
		charset += string([]byte{byte((391 + i) >> 8), byte(391 + i)})
	}
	encoding := "\x00" + string([]byte{byte(len(names)), 1, 2, 3}[:len(names)+1])
	chars := index(append([]string{"\x0e"}, strings.Split(strings.Repeat("\x0e", len(names)), "")...)...)
	dict := number(start) + "\x0f" + number(start+len(charset)) + "\x10" + number(start+len(charset)+len(encoding)) + "\x11"
	return head + index(dict) + strs + charset + encoding + chars
}

func TestSimpleFonts(t *testing.T) {
	t.Parallel()
	type more map[int]string
	for _, c := range []struct {
		what, str, font, want string
		more                  more
	}{
		{"standard", `(\256\257 \341 '` + "`" + `)`, "<</Subtype/Type1/BaseFont/Times-Roman>>", "fifl Æ ’‘", nil},
		{"WinAnsi", `(\200 \223caf\351\224)`, "<</Subtype/TrueType/Encoding/WinAnsiEncoding>>", "€ “café”", nil},
		{"MacRoman", `(caf\216 \245)`, "<</Subtype/TrueType/Encoding/MacRomanEncoding>>", "café •", nil},
		{
			"Differences", `(\001\002\003\004\005\006A)`,
			"<</Subtype/Type1/Encoding<</Differences[1/f_f_i/uni91C78D2D/u20000/Zcaron/afii10017 6/alpha.alt]>>>>", "ffi采购𠀀ŽАαA", nil,
		},
		{"Type 3", `(ab)`, "<</Subtype/Type3/FontMatrix[.01 0 0 .01 0 0]/Widths[100 100]/FirstChar 97/ToUnicode 9 0 R/Encoding<</Differences[97/g1/g2]>>>>", "采购", more{
			9: stream("", "beginbfrange <61> <61> <91c7> endbfrange 1 beginbfchar <62> <8d2d> endbfchar"),
		}},
		{"Type 1 with an encoding inside", `(\001A)`, "<</Subtype/Type1/FontDescriptor<</FontFile 9 0 R>>>>", "AE", more{
			9: stream("", "%!PS-AdobeFont\n/Encoding 256 array 0 1 255 {1 index exch /.notdef put} for\ndup 1 /A put dup 65 /E put readonly def eexec \x80\x81"),
		}},
		{"CFF with an encoding inside", `(\001\002\003)`, "<</Subtype/Type1/FontDescriptor<</FontFile3 9 0 R>>>>", "采ffiΩ", more{
			9: stream("/Subtype/Type1C", compact("uni91C7", "f_f_i", "Omega")),
		}},
		{"CFF in a composite font", `<000100020003>`, "<</Subtype/Type0/Encoding/Identity-H/DescendantFonts[<</FontDescriptor<</FontFile3 9 0 R>>>>]>>", "采ffiΩ", more{
			9: stream("/Subtype/CIDFontType0C", compact("uni91C7", "f_f_i", "Omega")),
		}},
		{"font of the graphics state", `(x) Tj /G gs (x)`, "<</Subtype/Type1/BaseFont/Courier>>", "xx", nil},
	} {
		b := show(c.str, c.font)
		for num, body := range c.more {
			b.with(num, body)
		}
		want(t, c.what, b.classic(), c.want)
	}
}
