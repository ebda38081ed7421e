package tnef

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"
)

// The encoder of these tests follows MS-OXTNEF by itself and shares nothing with the reader.

type encoder struct{ bytes.Buffer }

func newEncoder() *encoder {
	e := &encoder{}
	e.Write([]byte{0x78, 0x9F, 0x3E, 0x22, 1, 0})
	return e
}

func (e *encoder) attribute(level byte, id uint32, data []byte) *encoder {
	e.WriteByte(level)
	_ = binary.Write(e, binary.LittleEndian, id)
	_ = binary.Write(e, binary.LittleEndian, uint32(len(data)))
	e.Write(data)
	sum := uint16(0)
	for _, b := range data {
		sum += uint16(b)
	}
	_ = binary.Write(e, binary.LittleEndian, sum)
	return e
}

type property struct {
	id, kind uint16
	data     []byte // of fixed size, or of variable size
	named    string
}

func block(list ...property) []byte {
	var b bytes.Buffer
	long := func(n int) { _ = binary.Write(&b, binary.LittleEndian, uint32(n)) }
	pad := func(n int) { b.Write(make([]byte, (4-n%4)%4)) }
	long(len(list))
	for _, p := range list {
		_ = binary.Write(&b, binary.LittleEndian, p.kind)
		_ = binary.Write(&b, binary.LittleEndian, p.id)
		if p.id >= 0x8000 {
			b.Write(make([]byte, 16))
			long(1)
			name := utf16le(p.named)
			long(len(name))
			b.Write(name)
			pad(len(name))
		}
		switch p.kind {
		case 0x1E, 0x1F, 0x102, 0x0D:
			long(1)
			long(len(p.data))
		}
		b.Write(p.data)
		pad(len(p.data))
	}
	return b.Bytes()
}

func utf16le(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s + "\x00")) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}

// lzfuOf compresses by looking for repeats the slow way, in the window as the reader has it.
func lzfuOf(text string) []byte {
	init := "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
	history := []byte(init)
	var body []byte
	control, bits := 0, 0
	body = append(body, 0)
	flag := func(ref bool) {
		if bits == 8 {
			control, bits = len(body), 0
			body = append(body, 0)
		}
		if ref {
			body[control] |= 1 << bits
		}
		bits++
	}
	for i := 0; i < len(text); {
		best, from := 0, 0
		for start := max(0, len(history)-4000); start < len(history); start++ {
			n := 0
			for n < 17 && i+n < len(text) && start+n < len(history) && history[start+n] == text[i+n] {
				n++
			}
			if n > best {
				best, from = n, start
			}
		}
		if best < 2 {
			flag(false)
			body = append(body, text[i])
			history = append(history, text[i])
			i++
			continue
		}
		flag(true)
		body = binary.BigEndian.AppendUint16(body, uint16(from%4096<<4|(best-2)))
		history = append(history, text[i:i+best]...)
		i += best
	}
	flag(true)
	body = binary.BigEndian.AppendUint16(body, uint16(len(history)%4096<<4))
	var out []byte
	out = binary.LittleEndian.AppendUint32(out, uint32(len(body)+12))
	out = binary.LittleEndian.AppendUint32(out, uint32(len(text)))
	out = append(out, "LZFu"...)
	out = binary.LittleEndian.AppendUint32(out, 0)
	return append(out, body...)
}

func sample(t testing.TB) []byte {
	t.Helper()
	gbk := func(s string) []byte { // 报价.pdf
		return []byte(strings.ReplaceAll(s, "报价", "\xb1\xa8\xbc\xdb"))
	}
	e := newEncoder()
	e.attribute(1, 0x00069007, []byte{0xA8, 0x03, 0, 0, 0, 0, 0, 0}) // 936
	e.attribute(1, 0x00078008, []byte("IPM.Note\x00"))
	e.attribute(1, 0x00018004, gbk("Re: 报价\x00"))
	e.attribute(1, 0x00069003, block(
		property{id: 0x8005, kind: 0x1F, data: utf16le("x"), named: "Keywords"},
		property{id: 0x3FDE, kind: 3, data: []byte{0xE9, 0xFD, 0, 0}},
		property{id: 0x0E06, kind: 0x40, data: make([]byte, 8)},
		property{id: 0x0017, kind: 2, data: []byte{1, 0}},
		property{id: 0x1013, kind: 0x102, data: []byte("<p>报价见附件</p>")},
		property{id: 0x1009, kind: 0x102, data: lzfuOf(`{\rtf1\ansi\ansicpg936 \'b1\'a8\'bc\'db\par}`)},
	))
	e.attribute(2, 0x00069002, make([]byte, 14))
	e.attribute(2, 0x00018010, gbk("报价~1.PDF\x00"))
	e.attribute(2, 0x0006800F, []byte("%PDF-1.4 one"))
	e.attribute(2, 0x00069005, block(
		property{id: 0x3707, kind: 0x1F, data: utf16le("报价单 最终版.pdf")},
		property{id: 0x370E, kind: 0x1E, data: []byte("Application/PDF\x00")},
		property{id: 0x3712, kind: 0x1F, data: utf16le("<img@x>")},
	))
	e.attribute(2, 0x00069002, make([]byte, 14))
	e.attribute(2, 0x00018010, gbk("报价.txt\x00"))
	e.attribute(2, 0x0006800F, []byte("two"))
	inner := newEncoder().attribute(1, 0x00018004, []byte("inner\x00")).Bytes()
	e.attribute(2, 0x00069002, make([]byte, 14))
	e.attribute(2, 0x00069005, block(
		property{id: 0x3001, kind: 0x1F, data: utf16le("inner")},
		property{id: 0x3701, kind: 0x0D, data: append(make([]byte, 16), inner...)},
	))
	return e.Bytes()
}

func TestParse(t *testing.T) {
	t.Parallel()
	s, err := Parse(sample(t))
	if err != nil {
		t.Fatal(err)
	}
	if s.Subject != "Re: 报价" || s.MessageClass != "IPM.Note" || s.HTML != "<p>报价见附件</p>" || string(s.RTF) != `{\rtf1\ansi\ansicpg936 \'b1\'a8\'bc\'db\par}` {
		t.Errorf("%+v", s)
	}
	want := []Attachment{
		{Name: "报价单 最终版.pdf", Type: "application/pdf", ContentID: "img@x", Data: []byte("%PDF-1.4 one")},
		{Name: "报价.txt", Data: []byte("two")},
		{Name: "inner", Message: true},
	}
	if len(s.Attachments) != len(want) {
		t.Fatalf("%d attachments: %+v", len(s.Attachments), s.Attachments)
	}
	for i, w := range want {
		got := s.Attachments[i]
		if got.Name != w.Name || got.Type != w.Type || got.ContentID != w.ContentID || got.Message != w.Message || !w.Message && !bytes.Equal(got.Data, w.Data) {
			t.Errorf("attachment %d: %+v, want %+v", i, got, w)
		}
	}
	inner, err := Parse(s.Attachments[2].Data)
	if err != nil || inner.Subject != "inner" {
		t.Errorf("%+v, %v", inner, err)
	}
}

// TestCutStreams cuts a stream everywhere: what could be read is given, and a cut file keeps its beginning.
func TestCutStreams(t *testing.T) {
	t.Parallel()
	raw := sample(t)
	whole, most := 0, 0
	for n := range len(raw) {
		s, err := Parse(raw[:n])
		switch {
		case err == nil:
			whole++
		case errors.Is(err, ErrFormat) && n < 6, errors.Is(err, ErrDamaged) && n >= 6:
		default:
			t.Fatalf("cut at %d: %v", n, err)
		}
		if s != nil {
			most = max(most, len(s.Attachments))
		}
	}
	if whole == 0 || whole > 40 || most != 3 {
		t.Errorf("%d cuts are whole streams, %d attachments at most", whole, most)
	}
	at := bytes.Index(raw, []byte("%PDF-1.4 one"))
	s, _ := Parse(raw[:at+4])
	if len(s.Attachments) != 1 || string(s.Attachments[0].Data) != "%PDF" {
		t.Errorf("%+v", s.Attachments)
	}
}

func TestDecompress(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "x", `{\rtf1\ansi hello}`, strings.Repeat("abcdefgh", 2000), strings.Repeat("a", 5000)} {
		got, err := Decompress(lzfuOf(text))
		if err != nil || string(got) != text {
			t.Errorf("%.20q: %.40q, %v", text, got, err)
		}
	}
	// The sample of MS-OXRTFCP 4.1, which an encoder and a reader with the same mistake would both fail.
	published := []byte{
		0x2d, 0x00, 0x00, 0x00, 0x2b, 0x00, 0x00, 0x00, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7, 0x03, 0x00, 0x0a, 0x00, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35,
		0x42, 0x32, 0x0a, 0xf3, 0x20, 0x68, 0x65, 0x6c, 0x09, 0x00, 0x20, 0x62, 0x77, 0x05, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f, 0xa0,
	}
	if got, err := Decompress(published); err != nil || string(got) != "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n" {
		t.Errorf("%q, %v", got, err)
	}
	stored := append([]byte{15, 0, 0, 0, 3, 0, 0, 0, 'M', 'E', 'L', 'A', 0, 0, 0, 0}, "abc"...)
	if got, err := Decompress(stored); err != nil || string(got) != "abc" {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := Decompress(published[:30]); !errors.Is(err, ErrDamaged) || len(got) == 0 {
		t.Errorf("%q, %v", got, err)
	}
	unknown := bytes.Replace(published, []byte("LZFu"), []byte("LZMA"), 1)
	if _, err := Decompress(unknown); !errors.Is(err, ErrDamaged) {
		t.Errorf("%v", err)
	}
}

func TestBombs(t *testing.T) {
	t.Parallel()
	// References that repeat the window, and a size of four gigabytes.
	raw := append([]byte{0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 'L', 'Z', 'F', 'u', 0, 0, 0, 0}, bytes.Repeat([]byte{0xFF, 0, 0xF, 0, 0xF, 0, 0xF, 0, 0xF, 0, 0xF, 0, 0xF, 0, 0xF, 0, 0xF}, 1<<18)...)
	if got, _ := Decompress(raw); len(got) > MaxRTF {
		t.Errorf("%d bytes", len(got))
	}
	e := newEncoder()
	for range 3 * MaxAttachments {
		e.attribute(2, 0x00069002, make([]byte, 14)).attribute(2, 0x0006800F, []byte("x"))
	}
	s, err := Parse(e.Bytes())
	if err != nil || len(s.Attachments) != MaxAttachments {
		t.Errorf("%d attachments, %v", len(s.Attachments), err)
	}
	// A block that says it has four thousand million properties, and values as many.
	many := block(property{id: 0x0037, kind: 0x101F})
	copy(many, []byte{0xFF, 0xFF, 0xFF, 0xFF})
	many = append(many, bytes.Repeat([]byte{0xFF, 0xFF, 0xFF, 0x7F}, 1000)...)
	if _, err := Parse(newEncoder().attribute(1, 0x00069003, many).Bytes()); err != nil {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(sample(f))
	f.Add(newEncoder().attribute(1, 0x00069003, block(property{id: 0x1009, kind: 0x102, data: lzfuOf("{x}")})).Bytes())
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := Parse(raw)
		if (s == nil) != errors.Is(err, ErrFormat) {
			t.Errorf("%v, %v", s, err)
		}
		if s != nil && (len(s.Attachments) > MaxAttachments || len(s.RTF) > MaxRTF) {
			t.Errorf("%d attachments, %d bytes of RTF", len(s.Attachments), len(s.RTF))
		}
	})
}
