package transfer

import (
	"bytes"
	"encoding/base64"
	"mime/quotedprintable"
	"strings"
	"testing"
)

func decode(t *testing.T, encoding, in string, piece int) (string, bool) {
	t.Helper()
	var out bytes.Buffer
	d := New(encoding, &out)
	for raw := []byte(in); len(raw) > 0; {
		n := min(piece, len(raw))
		if got, err := d.Write(raw[:n]); err != nil || got != n {
			t.Fatalf("Write = %d, %v", got, err)
		}
		raw = raw[n:]
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String(), d.Damaged()
}

func TestDecoders(t *testing.T) {
	t.Parallel()
	uu := "preamble\nbegin 644 a.txt\n#0V%T\n`\nend\nafter\n"
	cases := []struct {
		name, encoding, in, want string
		damaged                  bool
	}{
		{"base64", "base64", "5oql5Lu3\r\n5Y2V\r\n", "报价单", false},
		{"base64 in capitals with a comment", "BASE64 (x)", "5oql5Lu35Y2V", "报价单", false},
		{"base64 without padding", "base64", "aGVsbG8", "hello", false},
		{"base64 with garbage", "base64", "aGV*s\x80bG8=", "hello", true},
		{"base64 with padding in the middle", "base64", "aGVsbG8=\nIHdvcmxk\n", "hello world", false},
		{"base64 cut", "base64", "aGVsbG8gd", "hello ", true},
		{"base64 with lines of odd length", "base64", "aGV\nsbG\n8gd29ybGQ=\n", "hello world", false},
		{"base64 of the URL alphabet", "base64", "--__", "\xfb\xef\xff", false},
		{"quoted-printable", "quoted-printable", "=E6=8A=A5=E4=BB=B7 ok=\r\n=E5=8D=95\r\n", "报价 ok单\r\n", false},
		{"quoted-printable in lower case", "Quoted-Printable", "=e6=8a=a5", "报", false},
		{"quoted-printable with wrong escapes", "quoted-printable", "a=b c=ZZ 100=% =4", "a=b c=ZZ 100=% =4", true},
		{"quoted-printable, space before line ends", "quoted-printable", "a  \r\nb \t\nc=  \r\nd", "a\r\nb\ncd", false},
		{"quoted-printable, soft break at the end", "quoted-printable", "abc=", "abc", false},
		{"quoted-printable, raw eight bits", "quoted-printable", "a\xc4\xe3=\nb", "a\xc4\xe3b", false},
		{"quoted-printable, soft break of a lone CR", "quoted-printable", "a=\rb", "ab", false},
		{"quoted-printable, = and spaces", "quoted-printable", "a=  b", "a= b", true},
		{"8bit", "8bit", "a=41\x80", "a=41\x80", false},
		{"unknown", "x-strange", "a=41", "a=41", false},
		{"uuencode", "x-uuencode", uu, "Cat", false},
		{"uuencode with letters it doesn't have", "x-uuencode", "begin 644 a\n#0~%T\nend\n", "@\x01t", true},
		{"uuencode with a line too long", "x-uuencode", "begin 644 a\n#0V%T" + strings.Repeat("x", 200) + "\nend\n", "Cat", true},
		{"uuencode without an end", "uuencode", "begin 644 a\n#0V%T", "Cat", true},
		{"uuencode with eaten spaces", "uuencode", "begin 644 a\n#0V$\nend\n", "Ca\x00", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, piece := range []int{1, 3, 7, 1 << 20} {
				got, damaged := decode(t, c.encoding, c.in, piece)
				if got != c.want || damaged != c.damaged {
					t.Errorf("in pieces of %d: %q (damaged %v), want %q (%v)", piece, got, damaged, c.want, c.damaged)
				}
			}
		})
	}
}

func TestUUBegin(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"begin 644 报价 单.xls": "报价 单.xls", "begin 0755 a": "a", "begin 644": "", "begin 999 a": "", "begin the work": "", "beginning": "",
		"begin 64 a": "", "Begin 644 a": "",
	} {
		if _, name, ok := UUBegin(line); name != want || ok != (want != "") {
			t.Errorf("UUBegin(%q) = %q, %v", line, name, ok)
		}
	}
}

func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte("hello"), 3)
	f.Add([]byte("\x00\xff=\r\n \t\n"), 1)
	f.Fuzz(func(t *testing.T, raw []byte, piece int) {
		piece = min(max(piece, 1), 1<<20)
		if got, damaged := decode(t, "base64", base64.StdEncoding.EncodeToString(raw), piece); got != string(raw) || damaged {
			t.Errorf("base64: %q, damaged %v, want %q", got, damaged, raw)
		}
		var quoted strings.Builder
		w := quotedprintable.NewWriter(&quoted)
		w.Binary = true
		if _, err := w.Write(raw); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if got, damaged := decode(t, "quoted-printable", quoted.String(), piece); got != string(raw) || damaged {
			t.Errorf("quoted-printable: %q, damaged %v, want %q", got, damaged, raw)
		}
		for _, encoding := range []string{"base64", "quoted-printable", "uuencode"} {
			if got, _ := decode(t, encoding, string(raw), piece); len(got) > len(raw)+64*(1+bytes.Count(raw, []byte("\n"))) {
				t.Errorf("%s: %d bytes out of %d", encoding, len(got), len(raw))
			}
		}
	})
}
