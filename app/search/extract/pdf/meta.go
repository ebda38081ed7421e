package pdf

import (
	"dingban/app/search/extract/pdf/cos"
	"dingban/app/search/extract/pdf/font"
)

// maxItems bounds the annotations of a page and the fields and outline items of a file.
const maxItems = 1 << 16

// maxValue is how much of a value that is a stream is taken.
const maxValue = 64 << 10

func (e *extractor) docText(o cos.Object) string {
	switch o := e.file.Resolve(o).(type) {
	case cos.String:
		return font.DocText(string(o))
	case *cos.Stream:
		if data, err := e.file.Decode(o); err == nil {
			return font.DocText(string(data[:min(len(data), maxValue)]))
		}
	}
	return ""
}

func (e *extractor) information() {
	info := e.file.Dict(e.file.Trailer()["Info"])
	for _, key := range []cos.Name{"Title", "Subject", "Keywords"} {
		e.line(e.docText(info[key]))
	}
}

func (e *extractor) annotations(page cos.Dict) {
	list := e.file.Array(page["Annots"])
	for _, o := range list[:min(len(list), maxItems)] {
		if !e.spend(1) {
			return
		}
		if a := e.file.Dict(o); a["Contents"] != nil {
			e.line(e.docText(a["Contents"]))
		}
	}
}

// walk goes over items that hang on one another, each once.
type walk struct {
	seen map[uint32]bool
	left int
}

func newWalk() *walk { return &walk{map[uint32]bool{}, maxItems} }

// enter says that an item was not seen before and there is still room. Items without a number can't make a loop.
func (w *walk) enter(o cos.Object) bool {
	if w.left--; w.left < 0 {
		return false
	}
	ref, ok := o.(cos.Ref)
	if !ok {
		return true
	}
	was := w.seen[ref.Num]
	w.seen[ref.Num] = true
	return !was
}

// form takes the values of fields; those of buttons are names and say nothing.
func (e *extractor) form() {
	form := e.file.Dict(e.file.Dict(e.file.Trailer()["Root"])["AcroForm"])
	e.fields(e.file.Array(form["Fields"]), newWalk(), maxTree)
}

func (e *extractor) fields(list cos.Array, w *walk, depth int) {
	if depth == 0 {
		return
	}
	for _, o := range list {
		if !e.spend(1) || !w.enter(o) {
			continue
		}
		field := e.file.Dict(o)
		switch v := e.file.Resolve(field["V"]).(type) {
		case cos.String, *cos.Stream:
			e.line(e.docText(v))
		case cos.Array:
			for _, one := range v[:min(len(v), 1024)] {
				e.line(e.docText(one))
			}
		}
		e.fields(e.file.Array(field["Kids"]), w, depth-1)
	}
}

func (e *extractor) outline() {
	root := e.file.Dict(e.file.Dict(e.file.Trailer()["Root"])["Outlines"])
	e.items(root["First"], newWalk(), maxTree)
}

func (e *extractor) items(o cos.Object, w *walk, depth int) {
	for o != nil && depth > 0 && e.spend(1) && w.enter(o) {
		item := e.file.Dict(o)
		e.line(e.docText(item["Title"]))
		e.items(item["First"], w, depth-1)
		o = item["Next"]
	}
}
