package pdf_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"dingban/app/search/extract/pdf"
)

// builder writes small PDF files. Objects have the numbers they are given; 1 is the catalog, 2 the tree of pages, 3 the page.
type builder struct {
	objects map[int]string
	trailer string // more of it
}

// page is a file of one page with a content stream and resources.
func page(content, resources string) *builder {
	b := &builder{objects: map[int]string{
		1: "<</Type/Catalog/Pages 2 0 R>>",
		2: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		3: "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<<" + resources + ">>>>",
	}}
	return b.with(4, stream("", content))
}

func (b *builder) with(num int, body string) *builder {
	b.objects[num] = body
	return b
}

// stream is a stream object of bytes as they are; more goes into its dictionary.
func stream(more, data string) string {
	return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", more, len(data), data)
}

func deflate(data string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write([]byte(data)); err != nil {
		panic(err) // never in memory
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.String()
}

// body writes objects and says where they are.
func body(out *strings.Builder, objects map[int]string) map[int]int {
	at := map[int]int{}
	for _, num := range slices.Sorted(maps.Keys(objects)) {
		at[num] = out.Len()
		fmt.Fprintf(out, "%d 0 obj\n%s\nendobj\n", num, objects[num])
	}
	return at
}

// table writes a classic table and its trailer.
func table(out *strings.Builder, at map[int]int, trailer string) {
	start := out.Len()
	out.WriteString("xref\n0 1\n0000000000 65535 f \n")
	for _, num := range slices.Sorted(maps.Keys(at)) {
		if at[num] < 0 {
			fmt.Fprintf(out, "%d 1\n0000000000 00001 f \n", num)
			continue
		}
		fmt.Fprintf(out, "%d 1\n%010d 00000 n \n", num, at[num])
	}
	fmt.Fprintf(out, "trailer\n<</Root 1 0 R/Size 100%s>>\nstartxref\n%d\n%%%%EOF\n", trailer, start)
}

// classic writes the file with a classic table.
func (b *builder) classic() string {
	var out strings.Builder
	out.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	table(&out, body(&out, b.objects), b.trailer)
	return out.String()
}

// streamed writes the file with a table that is a stream, and all objects without a stream in a pack.
func (b *builder) streamed(predictor int) string {
	var out strings.Builder
	out.WriteString("%PDF-1.5\n")
	loose, packed, index := map[int]string{}, map[int]int{}, ""
	var data strings.Builder
	for _, num := range slices.Sorted(maps.Keys(b.objects)) {
		if strings.Contains(b.objects[num], "stream") {
			loose[num] = b.objects[num]
			continue
		}
		packed[num] = len(packed)
		index += fmt.Sprintf("%d %d ", num, data.Len())
		data.WriteString(b.objects[num] + " ")
	}
	loose[90] = stream(fmt.Sprintf("/Type/ObjStm/N %d/First %d/Filter/FlateDecode", len(packed), len(index)), deflate(index+data.String()))
	at := body(&out, loose)
	at[91] = out.Len()
	rows := []byte{0, 0, 0, 0, 0}
	for num := 1; num < 92; num++ {
		switch {
		case at[num] > 0:
			rows = append(rows, 1, byte(at[num]>>16), byte(at[num]>>8), byte(at[num]), 0)
		case b.objects[num] != "":
			rows = append(rows, 2, 0, 0, 90, byte(packed[num]))
		default:
			rows = append(rows, 0, 0, 0, 0, 0)
		}
	}
	parms := ""
	if predictor > 0 {
		rows = predicted(rows, 5, predictor)
		parms = "/DecodeParms<</Predictor 15/Columns 5>>"
	}
	fmt.Fprintf(&out, "91 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n",
		stream("/Type/XRef/W[1 3 1]/Size 92/Root 1 0 R/Filter/FlateDecode"+parms+b.trailer, deflate(string(rows))), at[91])
	return out.String()
}

// predicted takes the differences of rows as PNG does, with one of its ways.
func predicted(rows []byte, width, way int) []byte {
	var out []byte
	before := make([]byte, width)
	for ; len(rows) >= width; rows = rows[width:] {
		out = append(out, byte(way))
		for i := range width {
			left, up, corner := 0, int(before[i]), 0
			if i > 0 {
				left, corner = int(rows[i-1]), int(before[i-1])
			}
			guess := 0
			switch way {
			case 1:
				guess = left
			case 2:
				guess = up
			case 3:
				guess = (left + up) / 2
			case 4:
				p := left + up - corner
				guess = corner
				if a, b, c := max(p-left, left-p), max(p-up, up-p), max(p-corner, corner-p); a <= b && a <= c {
					guess = left
				} else if b <= c {
					guess = up
				}
			}
			out = append(out, rows[i]-byte(guess))
		}
		before = rows[:width]
	}
	return out
}

func extract(t testing.TB, file string, l pdf.Limits) (pdf.Result, error) {
	t.Helper()
	return pdf.Extract(t.Context(), strings.NewReader(file), int64(len(file)), l)
}

// want takes the text out of a file and compares it.
func want(t *testing.T, what, file, text string) {
	t.Helper()
	r, err := extract(t, file, pdf.Limits{})
	if err != nil || r.Text != text {
		t.Errorf("%s: %q, %v, want %q", what, r.Text, err, text)
	}
}

// latin is a font that needs nothing but its name.
const latin = "/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>>>"

// chinese is a font of two-byte codes that are UTF-16, each as wide as it is high.
const chinese = "/Font<</F<</Type/Font/Subtype/Type0/Encoding/UniGB-UTF16-H/DescendantFonts[<</Subtype/CIDFontType0/BaseFont/SimSun>>]>>>>"

// hexes writes text as a string of UTF-16.
func hexes(s string) string {
	var b strings.Builder
	b.WriteString("<")
	for _, r := range s {
		fmt.Fprintf(&b, "%04x", r)
	}
	return b.String() + ">"
}
