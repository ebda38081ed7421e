package extract_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"

	"dingban/app/search/extract"
)

func utf16Of(text string, order binary.ByteOrder) []byte {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		var b [2]byte
		order.PutUint16(b[:], unit)
		out = append(out, b[:]...)
	}
	return out
}

func gbk(t testing.TB, text string) string {
	t.Helper()
	s, err := simplifiedchinese.GBK.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestPartsThatPeopleForget: notes, footnotes, headers, comments, runs of one cell, several documents in one file, and the
// encodings of older programs.
func TestPartsThatPeopleForget(t *testing.T) {
	t.Parallel()
	p := func(text string) string { return "<w:p><w:r><w:t>" + text + "</w:t></w:r></w:p>" }
	page := func(text string) string {
		return "<ofd:TextObject><ofd:TextCode>" + text + "</ofd:TextCode></ofd:TextObject>"
	}
	for _, c := range []struct {
		name string
		raw  []byte
		want string
	}{
		{"little.txt", utf16Of("第一行\r\n𠮷野 end", binary.LittleEndian), "第一行\r\n𠮷野 end"},
		{"big.txt", utf16Of("第一行\n𠮷野", binary.BigEndian), "第一行\n𠮷野"},
		{"letters.csv", utf16Of("name,age\nTom,3", binary.LittleEndian), "name,age\nTom,3"},
		{"odd.txt", append(utf16Of("中文\n", binary.LittleEndian), 'x'), "中文"},
		{"gbk.txt", []byte(gbk(t, "采购合同\n第二行")), "采购合同\n第二行"},
		{"flaw.txt", []byte("正文\x00\x00里的空字节"), "正文  里的空字节"},
		{"all.docx", archive(
			t,
			part{"word/document.xml", p("正文")}, part{"word/header1.xml", p("页眉")}, part{"word/footer2.xml", p("页脚")},
			part{"word/footnotes.xml", p("脚注")}, part{"word/endnotes.xml", p("尾注")}, part{"word/comments.xml", p("批注")},
			part{"word/settings.xml", p("设置")},
		), "批注\n正文\n尾注\n页脚\n脚注\n页眉"},
		{"rich.xlsx", archive(
			t,
			part{"xl/sharedStrings.xml", `<sst><si><r><rPr><b/></rPr><t>季度</t></r><r><t xml:space="preserve"> 报表</t></r><rPh sb="0" eb="2"><t>ジドバオビアオ</t></rPh></si></sst>`},
			part{"xl/worksheets/sheet10.xml", `<row><c t="str"><f>A1</f><v>第十</v></c></row>`},
			part{"xl/worksheets/sheet2.xml", `<row><c t="s"><v>0</v></c><c t="inlineStr"><is><r><t>内</t></r><r><t>联</t></r></is></c></row>`},
			part{"xl/comments1.xml", `<comment><text><r><t>批</t></r><r><t>注</t></r></text></comment>`},
		), "批注\n季度 报表\n内联\n第十"},
		{"talk.pptx", archive(
			t, part{"ppt/slides/slide1.xml", "<a:p><a:t>标题</a:t></a:p>"}, part{"ppt/notesSlides/notesSlide1.xml", "<a:p><a:t>讲稿</a:t></a:p>"},
			part{"ppt/comments/comment1.xml", "<p:cm><p:text>意见</p:text></p:cm>"},
		), "意见\n讲稿\n标题"},
		{"two.ofd", archive(
			t,
			part{"Doc_1/Pages/Page_0/Content.xml", page("乙文")}, part{"Doc_0/Pages/Page_10/Content.xml", page("第十页")},
			part{"Doc_0/Pages/Page_2/Content.xml", `<?xml version="1.0" encoding="GBK"?>` + gbk(t, page("第二页"))},
			part{"Doc_0/Annots/Page_2/Annotation.xml", page("批示：同意")}, part{"Doc_0/Tpls/Tpl_0/Content.xml", page("模板")},
		), "批示：同意\n第二页\n第十页\n模板\n乙文"},
	} {
		r, err := text(t, c.name, c.raw, extract.Limits{})
		if err != nil || r.Text != c.want || r.Cut {
			t.Errorf("%s: %q, cut: %v, %v, want %q", c.name, r.Text, r.Cut, err, c.want)
		}
	}
}

// TestEntitiesAreNeverExpanded, however they are declared.
func TestEntitiesAreNeverExpanded(t *testing.T) {
	t.Parallel()
	var laughs strings.Builder
	laughs.WriteString(`<!DOCTYPE d [<!ENTITY a0 "哈哈">`)
	for i := 1; i < 20; i++ {
		fmt.Fprintf(&laughs, `<!ENTITY a%d "&a%d;&a%d;">`, i, i-1, i-1)
	}
	laughs.WriteString(`]><d><t>&a19;</t></d>`)
	for _, doc := range []string{laughs.String(), `<!DOCTYPE d SYSTEM "http://198.51.100.1/x.dtd"><d><t>&x;</t></d>`, `<d><t>&#xFFFFFFFF;</t></d>`} {
		for file, name := range map[string]string{"a.docx": "word/document.xml", "a.ofd": "Doc_0/Pages/Page_0/Content.xml"} {
			if r, err := text(t, file, archive(t, part{name, doc}), extract.Limits{}); !errors.Is(err, extract.ErrDamaged) {
				t.Errorf("%s: %q, %v", file, r.Text, err)
			}
		}
	}
}

// TestMemoryIsBounded for files of a few hundred kilobytes that would take a gigabyte: one tag with millions of attributes,
// and a directory with very many entries that says it has few.
func TestMemoryIsBounded(t *testing.T) {
	attributes := archive(t, part{"word/document.xml", "<d" + strings.Repeat(` a=""`, 6<<20) + "><t>x</t></d>"})
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range 100_000 {
		if _, err := z.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("word/%d", i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string][]byte{"attributes": attributes, "entries": b.Bytes()} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if r, err := text(t, "a.docx", raw, extract.Limits{}); !errors.Is(err, extract.ErrDamaged) {
			t.Errorf("%s: %q, %v", name, r.Text, err)
		}
		runtime.ReadMemStats(&after)
		if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 600 {
			t.Errorf("%s: %d MB were taken in all", name, used)
		}
	}
}

// A directory may say that a part lies anywhere, outside of the file too.
func TestPartsOutsideOfTheFile(t *testing.T) {
	t.Parallel()
	good := archive(t, part{"word/document.xml", "<d><t>x</t></d>"})
	patch := func(signature string, at int, value uint32) []byte {
		raw := bytes.Clone(good)
		i := bytes.LastIndex(raw, []byte(signature))
		binary.LittleEndian.PutUint32(raw[i+at:], value)
		return raw
	}
	end := bytes.LastIndex(good, []byte("PK\x05\x06"))
	directory := binary.LittleEndian.Uint32(good[end+16:])
	for name, raw := range map[string][]byte{
		"behind its end":       patch("PK\x01\x02", 42, 1<<30),
		"at its end":           patch("PK\x01\x02", 42, uint32(len(good)-3)),
		"before its beginning": patch("PK\x05\x06", 16, directory+100),
	} {
		if r, err := text(t, "a.docx", raw, extract.Limits{}); !errors.Is(err, extract.ErrDamaged) {
			t.Errorf("%s: %q, %v", name, r.Text, err)
		}
	}
}

func FuzzEncodings(f *testing.F) {
	f.Add([]byte(gbk(f, "采购合同")))
	f.Add(utf16Of("中文\n", binary.LittleEndian))
	f.Add(append([]byte{0xfe, 0xff}, utf16Of("中文𠮷", binary.BigEndian)...))
	f.Add([]byte("正文\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, limit := range []int{7, 1000} {
			r, err := text(t, "a.txt", raw, extract.Limits{Text: limit})
			if err != nil || len(r.Text) > limit || strings.ContainsRune(r.Text, 0) {
				t.Errorf("%q, %v", r.Text, err)
			}
		}
	})
}

// broken is a file whose reading panics, as a parser with a mistake would.
type broken struct{}

func (broken) ReadAt([]byte, int64) (int, error) { panic("index out of range") }

func TestAPanicIsAnError(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a.txt", "a.docx", "a.ofd", "a.pdf"} {
		got, err := extract.Text(t.Context(), name, broken{}, 1000, extract.Limits{})
		var defect *extract.Defect
		if !errors.As(err, &defect) || !errors.Is(err, extract.ErrDamaged) || got.Text != "" {
			t.Errorf("%s: %q, %v", name, got.Text, err)
			continue
		}
		if !strings.Contains(string(defect.Stack), "broken.ReadAt") {
			t.Errorf("%s: the stack does not tell where:\n%s", name, defect.Stack)
		}
	}
}
