package pdf_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestSpacesAndLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ what, resources, content, want string }{
		{"kerning is no space", latin, "BT /F 10 Tf [(AV)120(A)-60(T)] TJ ET", "AVAT"},
		{"a wide gap is one", latin, "BT /F 10 Tf [(Hello)-278(world)] TJ ET", "Hello world"},
		{"one is enough", latin, "BT /F 10 Tf [(Hello )-278( world)] TJ ET", "Hello world"},
		{"words at their places", latin, "BT /F 10 Tf 1 0 0 1 50 700 Tm (Hello) Tj 1 0 0 1 75.5 700 Tm (world) Tj ET", "Hello world"},
		{"letters at their places", latin, "BT /F 10 Tf 50 700 Td (H) Tj 7.22 0 Td (e) Tj 5.56 0 Td (l) Tj 2.22 0 Td (l) Tj 2.22 0 Td (o) Tj ET", "Hello"},
		{"letters spread over the line", latin, "BT /F 10 Tf 6 Tc (Hello) Tj ET", "Hello"},
		{"next line", latin, "BT /F 10 Tf 14 TL 50 700 Td (one) Tj T* (two) Tj (three) ' 0 0 (four) \" ET", "one\ntwo\nthree\nfour"},
		{"TD sets the leading", latin, "BT /F 10 Tf 50 700 Td (one) Tj 0 -15 TD (two) Tj T* (three) Tj ET", "one\ntwo\nthree"},
		{"index and power", latin, "BT /F 10 Tf 0 0 Td (H) Tj /F 6 Tf -2 Ts (2) Tj 0 Ts /F 10 Tf (O) Tj ET", "H2O"},
		{"hyphen", latin, "BT /F 10 Tf 14 TL 0 0 Td (the appli-) Tj T* (ance works) Tj 0 -60 Td (A-) Tj T* (B) Tj ET", "the appliance works\nA-\nB"},
		{"scaled", latin, "q .1 0 0 .1 0 0 cm BT /F 100 Tf 50 Tz [(Hello)-400(world)] TJ ET Q", "Hello world"},
		{"turned", latin, "BT /F 10 Tf 0 1 -1 0 300 50 Tm [(Hello)-278(world)] TJ ET BT /F 10 Tf 0 1 -1 0 315 50 Tm (next) Tj ET", "Hello world\nnext"},
		{"mirrored twice", latin, "BT /F -10 Tf -1 0 0 -1 300 50 Tm [(Hello)-278(world)] TJ ET", "Hello world"},
		{"drawn twice", latin, "BT /F 10 Tf 0 0 Td (A) Tj .1 0 Td (A) Tj 6.67 0 Td (B) Tj ET", "AB"},
		{"invisible text of OCR", latin, "BT 3 Tr /F 10 Tf (seen) Tj ET", "seen"},
		{
			"Chinese word, each at its place", chinese,
			"BT /F 10 Tf 50 700 Td " + hexes("采") + " Tj 10 0 Td " + hexes("购") + " Tj 12 0 Td " + hexes("合") + " Tj 18 0 Td " + hexes("同") + " Tj ET", "采购合同",
		},
		{"justified Chinese", chinese, "BT /F 10 Tf [" + hexes("采") + "-400" + hexes("购") + "-900" + hexes("法") + "] TJ ET", "采购法"},
		{"columns", chinese, "BT /F 10 Tf [" + hexes("姓名") + "-3000" + hexes("部门") + "] TJ ET", "姓名 部门"},
		{"Chinese and digits", chinese, "BT /F 10 Tf [" + hexes("共") + "-250" + hexes("2026") + "-250" + hexes("年") + "] TJ ET", "共2026年"},
		{
			"words at the ends of full lines", chinese,
			"BT /F 10 Tf 20 700 Td " + hexes("本单位采") + " Tj -20 -15 Td " + hexes("购部门应当备") + " Tj 0 -15 Td " + hexes("案。") + " Tj 0 -15 Td " + hexes("第二条") + " Tj ET",
			"本单位采购部门应当备案。\n第二条",
		},
	} {
		want(t, c.what, page(c.content, c.resources).classic(), c.want)
	}
}

func TestVertical(t *testing.T) {
	t.Parallel()
	vertical := strings.Replace(chinese, "UTF16-H", "UTF16-V", 1)
	want(t, "down and to the left", page("BT /F 10 Tf 300 700 Td "+hexes("采购人合")+" Tj -15 0 Td "+hexes("同评审")+" Tj ET", vertical).classic(), "采购人合同评审")
	want(t, "table of contents", page("BT /F 10 Tf 300 700 Td ["+hexes("甲")+"3000"+hexes("乙")+"] TJ ET", vertical).classic(), "甲 乙")
}

func TestForms(t *testing.T) {
	t.Parallel()
	b := page("q 1 0 0 1 0 700 cm /X Do Q q 1 0 0 1 0 650 cm /X Do Q /I Do BT /F 10 Tf 0 600 Td (after) Tj ET", latin+"/XObject<</X 5 0 R/I 6 0 R>>").
		with(5, stream("/Subtype/Form/Matrix[1 0 0 1 10 0]/Resources<<"+latin+"/XObject<</X 5 0 R/Y 7 0 R>>>>", "q q BT /F 10 Tf (form) Tj ET /X Do /Y Do")).
		with(6, stream("/Subtype/Image/Width 1/Height 1", "BT /F 10 Tf (image) Tj ET")).
		with(7, stream("/Subtype/Form", "BT /F 10 Tf 0 -20 Td (own) Tj ET"))
	want(t, "forms", b.classic(), "form\nown\nform\nown\nafter")
}

func TestInlineImages(t *testing.T) {
	t.Parallel()
	for what, image := range map[string]string{
		"raw":      "BI /W 4 /H 4 /BPC 8 /CS /G ID \x01 EI (Tj\x02\x03\x04 EI\nEI",
		"mask":     "BI /W 16 /H 2 /IM true ID (((( EI",
		"filtered": "BI /W 400 /H 400 /F [/Fl] /DP [<</Columns 4>>] ID \x8d\xff EI \x80\x01(\x00 EI",
	} {
		want(t, what, page("BT /F 12 Tf (before) Tj ET "+image+" BT /F 12 Tf 0 -30 Td (after) Tj ET", latin).classic(), "before\nafter")
	}
}

func TestMarkedContent(t *testing.T) {
	t.Parallel()
	resources := latin + "/Properties<</P 9 0 R>>"
	content := "BT /F 10 Tf /Span <</ActualText<feff91c78d2d>>> BDC (x) Tj [(yz)] TJ EMC 0 -20 Td /Span /P BDC (A) Tj EMC (B) Tj " +
		"0 -20 Td /P <</MCID 0>> BDC /Span <</ActualText(out)>> BDC (a) Tj /Span <</ActualText(in)>> BDC (b) Tj EMC (c) Tj EMC (d) Tj EMC EMC EMC (e) Tj ET"
	want(t, "ActualText", page(content, resources).with(9, "<</ActualText(named)>>").classic(), "采购\nnamedB\noutde")
}

// TestNestedTooDeep holds files that want the stack.
func TestNestedTooDeep(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 200_000)
	b := page(hello+" /Span "+strings.Repeat("<</A", 200_000)+" BDC", latin)
	b.with(5, deep).with(6, strings.Repeat("<</A", 200_000)).with(7, "("+strings.Repeat("(", 200_000))
	b.objects[3] = "<</Type/Page/Contents 4 0 R/Annots[5 0 R 6 0 R 7 0 R]/Resources<<" + latin + ">>>>"
	want(t, "brackets", b.classic(), "Hello world")
	chain := page(hello, latin)
	for n := 10; n < 60; n++ {
		chain.with(n, fmt.Sprintf("%d 0 R", n+1))
	}
	chain.objects[3] = "<</Type/Page/Contents 4 0 R/Annots 10 0 R/Resources<<" + latin + ">>>>"
	want(t, "references to references", chain.classic(), "Hello world")
}
