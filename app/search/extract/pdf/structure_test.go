package pdf_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"dingban/app/search/extract/pdf"
)

const hello = "BT /F 12 Tf 50 700 Td (Hello world) Tj ET"

func TestTables(t *testing.T) {
	t.Parallel()
	b := page(hello, latin)
	want(t, "classic", b.classic(), "Hello world")
	want(t, "stream", b.streamed(0), "Hello world")
	for way := range 5 {
		want(t, fmt.Sprint("stream with predictor ", way), b.streamed(way), "Hello world")
	}
	want(t, "junk before it", "Return-Path: x\r\n\r\n"+b.classic(), "Hello world")
	want(t, "junk before it, and a stream", "x\n"+b.streamed(2), "Hello world")
	want(t, "offsets from the file", shifted(b.classic()), "Hello world")
}

// shifted puts something before the header and lets all offsets count from the beginning of the file.
func shifted(file string) string {
	out := strings.Builder{}
	out.WriteString("something before\n")
	_, rest, _ := strings.Cut(file, "%PDF-1.4\n")
	objects := map[int]string{}
	for part := range strings.SplitSeq(rest, "endobj\n") {
		head, body, ok := strings.Cut(part, " 0 obj\n")
		if _, num, found := strings.Cut(head, "\n"); found {
			head = num
		}
		n := 0
		if _, err := fmt.Sscan(head, &n); ok && err == nil {
			objects[n] = strings.TrimSuffix(body, "\n")
		}
	}
	out.WriteString("%PDF-1.4\n")
	table(&out, body(&out, objects), "")
	return out.String()
}

func TestUpdates(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	out.WriteString(page("BT /F 12 Tf (old) Tj ET", latin).with(5, "<</Contents(deleted)>>").classic())
	prev := strings.LastIndex(out.String(), "xref\n0 1")
	update := body(&out, map[int]string{
		3: "<</Type/Page/Contents[4 0 R 6 0 R]/Annots[5 0 R 7 0 R]/Resources<<" + latin + ">>>>",
		4: stream("", "BT /F 12 Tf (new) Tj ET"), 6: stream("", "BT 0 -40 Td /F 12 Tf (more) Tj ET"), 7: "<</Contents(note)>>",
	})
	update[5] = -1
	table(&out, update, fmt.Sprintf("/Prev %d", prev))
	want(t, "the newest counts", out.String(), "new\nmore\nnote")

	loop := page(hello, latin)
	first := loop.classic()
	loop.trailer = fmt.Sprintf("/Prev %d", strings.LastIndex(first, "xref\n0 1"))
	want(t, "a table before itself", loop.classic(), "Hello world")
}

func TestHybrid(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	out.WriteString("%PDF-1.5\n")
	at := body(&out, map[int]string{
		1: "<</Type/Catalog/Pages 2 0 R>>",
		4: stream("", hello),
		5: stream("/Type/ObjStm/N 2/First 8", "2 0 3 35<</Type/Pages/Kids[3 0 R]/Count 1>> <</Type/Page/Contents 4 0 R/Resources<<"+latin+">>>>"),
	})
	beside := out.Len()
	out.WriteString("6 0 obj\n" + stream("/Type/XRef/W[1 1 1]/Index[2 2]/Size 7", "\x02\x05\x00\x02\x05\x01") + "\nendobj\n")
	at[2], at[3] = -1, -1 // hidden from readers that know no streams
	table(&out, at, fmt.Sprintf("/XRefStm %d", beside))
	want(t, "hybrid", out.String(), "Hello world")
}

func TestDamage(t *testing.T) {
	t.Parallel()
	b := page(hello, latin)
	classic, streamed := b.classic(), b.streamed(2)
	moved := strings.Replace(classic, "%PDF-1.4\n", "%PDF-1.4\n%a line more, so that all is somewhere else\n", 1)
	for what, file := range map[string]string{
		"no startxref":           strings.ReplaceAll(classic, "startxref", "start"),
		"startxref elsewhere":    strings.Replace(classic, "startxref\n", "startxref\n1", 1),
		"all objects moved":      moved,
		"cut off in the table":   classic[:strings.Index(classic, "xref\n0 1")+30],
		"no trailer":             classic[:strings.Index(classic, "trailer")],
		"stream without a table": strings.ReplaceAll(streamed, "startxref", "start"),
		"stream, cut off":        streamed[:strings.LastIndex(streamed, "startxref")],
		"table of nonsense":      strings.ReplaceAll(classic, "00000 n", "xxxxx n"),
		"wrong length":           strings.Replace(classic, "/Length 41", "/Length 9999", 1),
		"short length":           strings.Replace(classic, "/Length 41", "/Length 11", 1),
		"no length":              strings.Replace(classic, "/Length 41", "", 1),
		"no endobj":              strings.ReplaceAll(strings.ReplaceAll(classic, "startxref", ""), "endobj", ""),
	} {
		if what == "wrong length" && file == classic {
			t.Fatal("nothing was made wrong")
		}
		want(t, what, file, "Hello world")
	}
	// Of two objects with a number the later one counts.
	want(t, "written twice", strings.ReplaceAll(classic, "startxref", "")+"4 0 obj\n"+stream("", "BT /F 12 Tf (later) Tj ET")+"\nendobj\n", "later")
	for what, file := range map[string]string{
		"empty": "", "text": "Hello world", "header only": "%PDF-1.7\n", "no pages": "%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj trailer<</Root 1 0 R>>",
		"cut off at the start": classic[:60],
	} {
		if r, err := extract(t, file, pdf.Limits{}); !errors.Is(err, pdf.ErrDamaged) {
			t.Errorf("%s: %q, %v", what, r.Text, err)
		}
	}
}

func TestTreeOfPages(t *testing.T) {
	t.Parallel()
	b := &builder{objects: map[int]string{
		1: "<</Pages 2 0 R>>",
		2: "<</Type/Pages/Kids[3 0 R 5 0 R 2 0 R 9 0 R]/Resources<<" + latin + ">>>>",
		3: "<</Type/Pages/Parent 2 0 R/Kids[4 0 R 2 0 R 3 0 R]>>",
		4: "<</Type/Page/Contents 6 0 R>>",
		5: "<</Type/Page/Contents[6 0 R 7 0 R 8 0 R]>>",
		6: stream("", "BT /F 12 Tf (one"), 7: stream("", ") Tj"), 8: stream("", "ET BT 1 0 0 1 0 -50 Tm (two) Tj ET"),
		9: "null",
	}}
	r, err := extract(t, b.classic(), pdf.Limits{})
	if err != nil || r.Text != "one\ntwo" || r.Pages != 2 {
		t.Errorf("%q, %d pages, %v", r.Text, r.Pages, err)
	}
}

func TestAboutTheDocument(t *testing.T) {
	t.Parallel()
	b := page(hello, latin)
	b.objects[1] = "<</Pages 2 0 R/Outlines 10 0 R/AcroForm<</Fields[20 0 R 21 0 R]>>>>"
	b.objects[3] = "<</Type/Page/Contents 4 0 R/Annots[<</Subtype/Text/Contents<feff627951c6>>> 30 0 R]/Resources<<" + latin + ">>>>"
	b.with(10, "<</First 11 0 R>>").
		with(11, "<</Title(\\376\\377\\173\\054N\\000z\\340)/First 12 0 R/Next 13 0 R>>").
		with(12, "<</Title(\xef\xbb\xbf第一节)/Next 12 0 R/First 11 0 R>>").
		with(13, "<</Title(Caf\xe9 \x80)/Next 11 0 R>>").
		with(20, "<</T(name)/V(\xd5\xc5\xce\xb0)/Kids[22 0 R 20 0 R]>>"). // GBK without any mark
		with(21, "<</T(choice)/V[(one)(two)]>>").
		with(22, "<</FT/Btn/V/Off>>").
		with(30, "<</Contents(a\\\nb\\(c\\)\\d(e)\\0501)>>").
		with(40, "<</Title(\xfe\xff\x00T)/Subject 41 0 R/Keywords(k1, k2)/Author(nobody)>>").with(41, "(\xe4\xb8\xbb\xe9\xa2\x98)")
	b.trailer = "/Info 40 0 R"
	want(t, "all of it", b.classic(), "T\n主题\nk1, k2\nHello world\n批准\nab(c)d(e)(1\n张伟\none\ntwo\n第一章\n第一节\nCafé •")
	want(t, "packed", b.streamed(1), "T\n主题\nk1, k2\nHello world\n批准\nab(c)d(e)(1\n张伟\none\ntwo\n第一章\n第一节\nCafé •")
}

func TestFilters(t *testing.T) {
	t.Parallel()
	hex := fmt.Sprintf("%x>", hello)
	for filter, data := range map[string]string{
		"/FlateDecode":                  deflate(hello),
		"[/AHx]":                        hex,
		"/RunLengthDecode":              string(rune(len(hello)-1)) + hello + "\x80",
		"[/ASCIIHexDecode/FlateDecode]": fmt.Sprintf("%x>", deflate(hello)),
		"[/Fl/Fl/AHx]":                  deflate(deflate(hex)),
		"[/Crypt]":                      hello,
	} {
		want(t, filter, page("", latin).with(4, stream("/Filter"+filter, data)).classic(), "Hello world")
	}
	b := page("", latin).with(4, stream("/Filter/FlateDecode/DecodeParms 8 0 R", deflate(string(predicted([]byte(hello+"   "), 11, 4)))))
	want(t, "predictor", b.with(8, "<</Predictor 12/Columns 11>>").streamed(0), "Hello world")
	want(t, "an image is no content", page("", latin).with(4, stream("/Filter/DCTDecode", "BT /F 12 Tf (x) Tj ET")).with(5, "<<>>").classic(), "")
	broken := deflate(hello + strings.Repeat(" BT ET", 2000))
	want(t, "half a stream", page("", latin).with(4, stream("/Filter/FlateDecode", broken[:len(broken)-20])).classic(), "Hello world")
}
