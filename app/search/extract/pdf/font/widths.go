package font

import (
	"strings"

	"dingban/app/search/extract/pdf/cos"
)

// Widths of the printable ASCII characters of the fonts that every viewer has, for files that leave them out.
const (
	sansWidths = "278 278 355 556 556 889 667 222 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556 1015 " +
		"667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 222 " +
		"556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584"
	serifWidths = "250 333 408 500 500 833 778 333 333 333 500 564 250 333 250 278 500 500 500 500 500 500 500 500 500 500 278 278 564 564 564 444 921 " +
		"722 667 667 722 611 556 722 722 333 389 722 611 889 722 722 556 722 667 556 611 722 722 944 722 722 611 333 278 333 469 500 333 " +
		"444 500 444 500 444 333 500 500 278 278 500 278 778 500 500 500 500 333 389 278 500 500 722 500 500 444 480 200 480 541"
)

func (l *Loader) simpleWidths(f *Font, d cos.Dict) {
	scale := 0.001
	if l.file.Name(d["Subtype"]) == "Type3" {
		// Its widths are in its own space.
		if m := l.file.Array(d["FontMatrix"]); len(m) == 6 {
			if a, ok := l.file.Number(m[0]); ok {
				scale = a
			}
		}
	}
	missing, known := l.file.Number(l.file.Dict(d["FontDescriptor"])["MissingWidth"])
	a := l.file.Array(d["Widths"])
	if a == nil && !known {
		l.standardWidths(f, string(l.file.Name(d["BaseFont"])))
		return
	}
	for i := range f.widths {
		f.widths[i] = sane(missing * scale)
	}
	first := l.file.Int(d["FirstChar"], 0)
	for i, o := range a[:min(len(a), 256)] {
		if w, ok := l.file.Number(o); ok && 0 <= first+int64(i) && first+int64(i) < 256 {
			f.widths[first+int64(i)] = sane(w * scale)
		}
	}
}

func (l *Loader) standardWidths(f *Font, name string) {
	list := sansWidths
	switch {
	case strings.Contains(name, "Courier"):
		list = ""
	case strings.Contains(name, "Times"):
		list = serifWidths
	}
	for i := range f.widths {
		f.widths[i] = 0.6
	}
	code := ' '
	for w := range strings.FieldsSeq(list) {
		v := 0.0
		for _, b := range w {
			v = v*10 + float64(b-'0')
		}
		f.widths[code] = v / 1000
		code++
	}
}
