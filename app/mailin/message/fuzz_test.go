package message

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(files) == 0 {
		f.Fatal(err)
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		s := &shelf{}
		o := options()
		o.Spool = s.spool
		m, err := Parse(bytes.NewReader(raw), o)
		if err != nil {
			t.Fatal(err)
		}
		invariants(t, m, s)
		if !utf8.ValidString(m.Body.Text) || !utf8.ValidString(m.Subject) || strings.ContainsAny(m.Subject, "\r\n") {
			t.Errorf("%q, %q", m.Subject, m.Body.Text)
		}
		bare := *m
		bare.Header = nil
		if text := fmt.Sprintf("%+v", bare); !utf8.ValidString(text) {
			t.Errorf("not UTF-8: %q", text)
		}
		// Nothing comes from nowhere.
		total := 0
		for _, file := range s.files {
			total += file.Len()
		}
		if total > 3*len(raw)+1024 {
			t.Errorf("%d bytes of files out of %d", total, len(raw))
		}
		// How the bytes come makes no difference.
		again, err := Parse(iotest.OneByteReader(bytes.NewReader(raw)), options())
		if err != nil || again.Body.Text != m.Body.Text || len(again.Attachments) != len(m.Attachments) {
			t.Errorf("read byte by byte: %v", err)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	line := strings.Repeat("QUJD", 19) + "\r\n"
	attachment := "From: a@b.cn\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=gbk\r\n\r\n" +
		"\xc4\xfa\xba\xc3\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat(line, 10<<20/len(line)) + "--b--\r\n"
	html := "From: a@b.cn\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + strings.Repeat("<div><span style=\"color:red\">三号楼空调</span> <a href=\"https://example.cn/a\">link</a></div>\r\n", 10_000)
	text := "From: a@b.cn\r\nContent-Type: text/plain; charset=gb18030\r\n\r\n" + strings.Repeat("> \xc8\xfd\xba\xc5\xc2\xa5\xbf\xd5\xb5\xf7\xce\xac\xd0\xde\r\n\xca\xd5\xb5\xbd text that is new\r\n", 20_000)
	for name, raw := range map[string]string{"attachment-10MB": attachment, "html-1MB": html, "text-1MB": text} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse(strings.NewReader(raw), Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
