package extract_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"dingban/app/search/extract"
)

// part is a file in an archive.
type part struct{ name, body string }

func archive(t testing.TB, parts ...part) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w, err := z.Create(p.name)
		if err == nil {
			_, err = w.Write([]byte(p.body))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func file(t testing.TB, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func text(t testing.TB, name string, raw []byte, l extract.Limits) (extract.Result, error) {
	t.Helper()
	return extract.Text(t.Context(), name, bytes.NewReader(raw), int64(len(raw)), l)
}

const word = `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="w"><w:body>
<w:p><w:r><w:t>采购</w:t></w:r><w:r><w:t xml:space="preserve">合同 &amp; 附件</w:t></w:r></w:p>
<w:p><w:r><w:t>第一条</w:t></w:r><w:r><w:tab/></w:r><w:r><w:t>标的</w:t></w:r><w:r><w:delText>删掉的</w:delText></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>乙</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
</w:body></w:document>`

func TestTextOfFiles(t *testing.T) {
	t.Parallel()
	gb, err := simplifiedchinese.GB18030.NewEncoder().String("机房搬迁方案，㐀字")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		raw  []byte
		want string
	}{
		{"a.txt", []byte("\xef\xbb\xbf机房搬迁\n方案"), "机房搬迁\n方案"},
		{"a.TXT", []byte(gb), "机房搬迁方案，㐀字"},
		{"a.log", []byte("\xff\xfe\x2d\x4e\x87\x65"), "中文"},
		{"a.md", []byte("# 标题\x00\n- 一"), "# 标题 \n- 一"},
		{"a.txt", nil, ""},
		{"b.docx", archive(
			t, part{"[Content_Types].xml", "<Types/>"}, part{"word/document.xml", word},
			part{"word/footer1.xml", "<f><t>第 1 页</t></f>"}, part{"word/theme/theme1.xml", "<t>Office</t>"},
		), "采购合同 & 附件\n第一条 标的\n甲\n乙\n第 1 页"},
		{"c.xlsx", archive(
			t,
			part{"xl/worksheets/sheet1.xml", `<worksheet><row><c t="s"><v>0</v></c><c><v>42.5</v></c></row><row><c t="inlineStr"><is><t>合计</t></is></c></row></worksheet>`},
			part{"xl/sharedStrings.xml", "<sst><si><t>姓名</t></si><si><r><t>张</t></r><r><t>伟</t></r></si></sst>"},
			part{"xl/styles.xml", "<t>宋体</t>"},
		), "姓名\n张伟\n42.5\n合计"},
		{"d.pptx", archive(
			t,
			part{"ppt/slides/slide10.xml", "<p><t>第十页</t></p>"}, part{"ppt/slides/slide2.xml", "<p><t>第二</t><t>页</t></p>"},
			part{"ppt/notesSlides/notesSlide1.xml", "<p><t>备注</t></p>"}, part{"ppt/slideLayouts/slideLayout1.xml", "<p><t>单击此处</t></p>"},
		), "备注\n第二页\n第十页"},
		{"e.ofd", archive(
			t,
			part{"OFD.xml", "<OFD/>"},
			part{"Doc_0/Pages/Page_0/Content.xml", `<ofd:Page xmlns:ofd="o"><ofd:Layer><ofd:TextObject><ofd:TextCode X="0">关于印发</ofd:TextCode></ofd:TextObject><ofd:TextObject><ofd:TextCode>通知</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Page>`},
		), "关于印发\n通知"},
		{"f.pdf", file(t, "pdf/testdata/chromium.pdf"), "采购评审\n采购合同由采购人评审，评审后同人合购。\nAn office contract fits\ninto one line only."},
	} {
		if !extract.Can(c.name) {
			t.Errorf("%s: cannot", c.name)
		}
		r, err := text(t, c.name, c.raw, extract.Limits{})
		if err != nil || r.Text != c.want || r.Cut {
			t.Errorf("%s: %q, cut: %v, %v, want %q", c.name, r.Text, r.Cut, err, c.want)
		}
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	bomb := archive(t, part{"word/document.xml", "<d><t>前面</t>" + strings.Repeat(" ", 5<<20) + "<t>后面</t></d>"})
	if len(bomb) > 20<<10 {
		t.Fatalf("%d bytes are no bomb", len(bomb))
	}
	r, err := text(t, "a.docx", bomb, extract.Limits{Unpacked: 1 << 20})
	if err != nil || !r.Cut || r.Text != "前面" {
		t.Errorf("%q, cut: %v, %v", r.Text, r.Cut, err)
	}
	if r, err = text(t, "a.docx", bomb, extract.Limits{}); err != nil || r.Cut || r.Text != "前面后面" {
		t.Errorf("%q, cut: %v, %v", r.Text, r.Cut, err)
	}
	for _, name := range []string{"a.txt", "a.docx"} {
		raw := []byte(strings.Repeat("字", 100))
		if name == "a.docx" {
			raw = archive(t, part{"word/document.xml", "<d><t>" + string(raw) + "</t></d>"})
		}
		r, err := text(t, name, raw, extract.Limits{Text: 20})
		if err != nil || !r.Cut || r.Text != strings.Repeat("字", 6) {
			t.Errorf("%s: %q, cut: %v, %v", name, r.Text, r.Cut, err)
		}
	}
	slides := []part{}
	for _, n := range []string{"1", "2", "3"} {
		slides = append(slides, part{"ppt/slides/slide" + n + ".xml", "<p><t>" + n + "</t></p>"})
	}
	if r, err := text(t, "a.pptx", archive(t, slides...), extract.Limits{Parts: 2}); err != nil || !r.Cut || r.Text != "1\n2" {
		t.Errorf("%q, %v", r.Text, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := extract.Text(ctx, "a.docx", bytes.NewReader(bomb), int64(len(bomb)), extract.Limits{}); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits: %v", err)
	}
}

func TestHostileFiles(t *testing.T) {
	t.Parallel()
	good := archive(t, part{"word/document.xml", word})
	for name, c := range map[string]struct {
		file string
		raw  []byte
		want error
	}{
		"no archive":        {"a.docx", []byte("PK?"), extract.ErrDamaged},
		"cut off":           {"a.docx", good[:len(good)-30], extract.ErrDamaged},
		"nothing in it":     {"a.docx", archive(t, part{"x.xml", "<t>x</t>"}), extract.ErrDamaged},
		"other kind":        {"a.xlsx", good, extract.ErrDamaged},
		"broken XML":        {"a.docx", archive(t, part{"word/document.xml", "<t>x</t"}), extract.ErrDamaged},
		"entity":            {"a.docx", archive(t, part{"word/document.xml", `<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]><d><t>&x;</t></d>`}), extract.ErrDamaged},
		"other encoding":    {"a.docx", archive(t, part{"word/document.xml", `<?xml version="1.0" encoding="x-evil"?><t>x</t>`}), extract.ErrDamaged},
		"depth":             {"a.docx", archive(t, part{"word/document.xml", strings.Repeat("<a>", 100_000)}), extract.ErrDamaged},
		"no PDF":            {"a.pdf", []byte("%PD?"), extract.ErrDamaged},
		"PDF of nothing":    {"a.pdf", []byte("%PDF-1.7\n%%EOF"), extract.ErrDamaged},
		"locked PDF":        {"a.pdf", file(t, "pdf/testdata/locked.pdf"), extract.ErrEncrypted},
		"unknown":           {"a.exe", []byte("MZ"), extract.ErrKind},
		"without an ending": {"README", []byte("x"), extract.ErrKind},
	} {
		if r, err := text(t, c.file, c.raw, extract.Limits{}); !errors.Is(err, c.want) {
			t.Errorf("%s: %q, %v", name, r.Text, err)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("a.docx", archive(f, part{"word/document.xml", word}))
	f.Add("a.xlsx", archive(f, part{"xl/worksheets/sheet1.xml", `<row><c t="s"><v>1</v></c></row>`}))
	f.Add("a.ofd", archive(f, part{"Doc_0/Pages/Page_0/Content.xml", "<TextCode>x</TextCode>"}))
	f.Add("a.txt", []byte("\xff\xfe\x2d\x4e"))
	f.Add("a.pdf", []byte("%PDF-1.4\n1 0 obj<</Pages 2 0 R>>endobj 2 0 obj<</Kids[]>>endobj trailer<</Root 1 0 R>>"))
	limits := extract.Limits{Text: 1000, Unpacked: 1 << 16}
	f.Fuzz(func(t *testing.T, name string, raw []byte) {
		r, err := text(t, name, raw, limits)
		if err != nil && !errors.Is(err, extract.ErrDamaged) && !errors.Is(err, extract.ErrKind) && !errors.Is(err, extract.ErrEncrypted) {
			t.Error(err)
		}
		if len(r.Text) > limits.Text || !utf8.ValidString(r.Text) {
			t.Errorf("%d bytes, valid: %v", len(r.Text), utf8.ValidString(r.Text))
		}
	})
}

// FuzzXML reaches the part behind the archive, which a fuzzer hardly gets through.
func FuzzXML(f *testing.F) {
	f.Add(word)
	f.Add(`<c t="s"><v>1</v></c><v>2</v></t><t>x`)
	f.Fuzz(func(t *testing.T, body string) {
		for _, p := range []struct{ file, name string }{{"a.docx", "word/document.xml"}, {"a.xlsx", "xl/worksheets/s.xml"}, {"a.ofd", "D/Pages/P/Content.xml"}} {
			r, err := text(t, p.file, archive(t, part{p.name, body}), extract.Limits{Text: 1000, Unpacked: 1 << 16})
			if err != nil && !errors.Is(err, extract.ErrDamaged) || !utf8.ValidString(r.Text) || len(r.Text) > 1000 {
				t.Errorf("%q, %v", r.Text, err)
			}
		}
	})
}
