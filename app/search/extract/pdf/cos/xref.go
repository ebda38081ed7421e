package cos

import (
	"bytes"
)

type entryKind uint8

const (
	free     entryKind = iota + 1
	lies               // at a place in the file
	isPacked           // in a stream of objects
)

// entry says where an object is.
type entry struct {
	at   int64 // its place, or the number of the stream of objects
	gen  uint32
	kind entryKind
}

const (
	// maxSections bounds the chain of tables that incremental updates leave.
	maxSections = 4096
	// maxNumber is the highest number of an object that the specification knows.
	maxNumber = 1<<23 - 1
)

// header is where the file begins as a PDF; what stands before is mail headers and the like.
func (f *File) header() int64 {
	data, err := f.src.appendAt(nil, 0, 4096)
	f.halt(err)
	if at := bytes.Index(data, []byte("%PDF-")); at >= 0 {
		return int64(at)
	}
	// Some writers forget it; then a table or an object must be the beginning.
	lex := NewLexer(data)
	number, generation := lex.Next(), lex.Next()
	if number.Kind == NumberToken && generation.Kind == NumberToken && lex.Next().Is("obj") {
		return 0
	}
	return -1
}

// readTables follows the tables from the newest one back. What is not there or not sound is left to rebuild.
func (f *File) readTables() {
	f.xref, f.trailer = map[uint32]entry{}, Dict{}
	const tail = 4096
	from := max(f.src.size-tail, 0)
	data, err := f.src.appendAt(nil, from, tail)
	f.halt(err)
	word := []byte("startxref")
	at := bytes.LastIndex(data, word)
	if at < 0 {
		return
	}
	start := NewLexer(data[at+len(word):]).Next()
	if start.Kind != NumberToken {
		return
	}
	next := []int64{int64(start.Num)}
	seen := map[int64]bool{}
	for len(next) > 0 && len(seen) < maxSections && !f.Done() {
		at := next[len(next)-1]
		next = next[:len(next)-1]
		if seen[at] {
			continue
		}
		seen[at] = true
		trailer := f.readSection(at)
		if trailer == nil && len(seen) == 1 && f.base > 0 {
			// The offsets count from the beginning of the file, not from its header.
			f.base = 0
			trailer = f.readSection(at)
		}
		if trailer == nil {
			continue
		}
		for key, o := range trailer {
			if _, known := f.trailer[key]; !known {
				f.trailer[key] = o
			}
		}
		if prev, ok := trailer["Prev"].(int64); ok {
			next = append(next, prev)
		}
	}
}

// readSection reads one table, with the stream beside it if the file is a hybrid.
func (f *File) readSection(at int64) Dict {
	at += f.base
	data, err := f.src.appendAt(nil, at, 64)
	f.halt(err)
	lex := NewLexer(data)
	if t := lex.Next(); !t.Is("xref") {
		if t.Kind != NumberToken {
			return nil
		}
		return f.readStreamTable(at)
	}
	type row struct {
		num uint32
		entry
	}
	var rows []row
	trailer := f.readTable(at+int64(lex.pos), func(num uint32, e entry) {
		rows = append(rows, row{num, e})
	})
	// What the stream of a hybrid adds is marked as free in the table, for readers that know no streams.
	if beside, ok := trailer["XRefStm"].(int64); ok {
		f.readStreamTable(f.base + beside)
	}
	for _, r := range rows {
		f.add(r.num, r.entry)
	}
	return trailer
}

// add notes an entry unless a newer table has one.
func (f *File) add(num uint32, e entry) {
	if _, known := f.xref[num]; known || num > maxNumber {
		return
	}
	if len(f.xref) >= f.limits.Objects {
		f.cut = true
		return
	}
	f.xref[num] = e
}

// readTable reads a classic table and its trailer; nil if it is not one.
func (f *File) readTable(at int64, add func(uint32, entry)) Dict {
	first, left, began := float64(0), float64(0), false
	for total := 0; ; {
		data, err := f.src.appendAt(nil, at, blockSize)
		f.halt(err)
		last := len(data) < blockSize
		if len(data) == 0 || f.Done() {
			return nil
		}
		lex := NewLexer(data)
		for {
			pos := lex.pos
			a := lex.Next()
			if a.Is("trailer") {
				trailer, _ := f.parseDirect(at + int64(lex.pos)).(Dict)
				return trailer
			}
			b := lex.Next()
			// Three tokens stay away from the edge: those cut in two are read again with what follows.
			if !last && lex.pos > blockSize-64 {
				if pos == 0 {
					return nil
				}
				at += int64(pos)
				break
			}
			if a.Kind != NumberToken || b.Kind != NumberToken || !f.spend(1) {
				return nil
			}
			if left <= 0 {
				first, left, began = a.Num, b.Num, true
				continue
			}
			c := lex.Next()
			kind := free
			switch {
			case c.Is("n") && a.Num > 0:
				kind = lies
			case c.Is("n"):
			case !c.Is("f"):
				return nil
			}
			if began && first == 1 && kind == free && b.Num == 65535 {
				first = 0 // writers that count from one are wrong about their first entry
			}
			began = false
			if total++; total > f.limits.Objects {
				f.cut = true
			} else if first <= maxNumber {
				add(uint32(first), entry{int64(a.Num), uint32(b.Num), kind})
			}
			first++
			left--
		}
	}
}

// parseDirect reads an object that has no number.
func (f *File) parseDirect(at int64) Object {
	for size := firstChunk; ; size *= 4 {
		data, err := f.src.appendAt(nil, at, size)
		f.halt(err)
		if f.Done() || !f.spend(len(data)/16) {
			return nil
		}
		lex := NewLexer(data)
		o, _ := NewParser(lex, f.limits.Depth, f.spend).Object()
		if !lex.touched || len(data) < size || size >= maxObject {
			return o
		}
	}
}

// readStreamTable reads a table that is a stream.
func (f *File) readStreamTable(at int64) Dict {
	o, _, _, err := f.parseAt(at)
	s, ok := o.(*Stream)
	if err != nil || !ok || s.Dict["Type"] != Name("XRef") {
		return nil
	}
	data, err := f.decode(s, false)
	if err != nil {
		return nil
	}
	var widths [3]int
	row := 0
	for i, w := range f.Array(s.Dict["W"]) {
		n, _ := w.(int64)
		if n < 0 || n > 8 || i > 2 {
			return nil
		}
		widths[i] = int(n)
		row += int(n)
	}
	if row == 0 {
		return nil
	}
	index := f.Array(s.Dict["Index"])
	if index == nil {
		index = Array{int64(0), s.Dict["Size"]}
	}
	for ; len(index) > 1; index = index[2:] {
		num, _ := index[0].(int64)
		for n := f.Int(index[1], 0); n > 0 && len(data) >= row && f.spend(1); n-- {
			field := func(i int, other int64) (v int64) {
				if widths[i] == 0 {
					return other
				}
				for _, b := range data[:widths[i]] {
					v = v<<8 | int64(b)
				}
				data = data[widths[i]:]
				return v
			}
			kind, a, b := field(0, 1), field(1, 0), field(2, 0)
			if 0 <= num && num <= maxNumber {
				switch kind {
				case 0:
					f.add(uint32(num), entry{a, uint32(b), free})
				case 1:
					f.add(uint32(num), entry{a, uint32(b), lies})
				case 2:
					f.add(uint32(num), entry{a, uint32(b), isPacked})
				}
			}
			num++
		}
	}
	return s.Dict
}
