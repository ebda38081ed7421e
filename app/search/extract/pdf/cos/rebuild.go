package cos

import (
	"bytes"
)

// rebuild makes the table anew of the objects that lie in the file: the last one of a number counts. It is done at most once.
func (f *File) rebuild() {
	f.rebuilt = true
	old := f.xref
	f.xref = map[uint32]entry{}
	clear(f.cache)
	clear(f.packs)
	f.weight, f.packed, f.base = 0, 0, 0
	r := rebuilder{f: f, trailer: Dict{}}
	r.scan()
	clear(f.cache) // the tables among the objects were loaded before newer ones were seen
	f.weight = 0
	for key, o := range r.trailer {
		f.trailer[key] = o
	}
	for num, e := range old {
		// Objects in packs are found again below, unless their pack can't be read.
		if e.kind == isPacked {
			f.add(num, e)
		}
	}
	if f.crypt == nil && f.trailer["Encrypt"] != nil && f.decrypt() != nil {
		return // the caller asks again and gets the error
	}
	r.openPacks()
	if f.Dict(f.Dict(f.trailer["Root"])["Pages"]) == nil {
		for i := len(r.catalogs) - 1; i >= 0; i-- {
			if d := f.Dict(Ref{Num: r.catalogs[i]}); d["Type"] == Name("Catalog") && f.Dict(d["Pages"]) != nil {
				f.trailer["Root"] = Ref{Num: r.catalogs[i]}
				break
			}
		}
	}
}

type rebuilder struct {
	f       *File
	trailer Dict
	// packs, tables and catalogs are numbers of objects that look like one.
	packs, tables, catalogs []uint32
}

const (
	scanSize = 1 << 20
	// scanAhead is how far behind "obj" the type of an object is looked for.
	scanAhead = 1 << 10
	// maxNoted bounds how many packs and catalogs are remembered.
	maxNoted = 1 << 16
)

// scan looks for "n g obj" and for trailers in all the file.
func (r *rebuilder) scan() {
	f := r.f
	buf := make([]byte, 0, scanSize)
	for at := int64(0); at < f.src.size; {
		n, err := f.src.fill(buf[:scanSize], at)
		if err != nil {
			f.halt(err)
			return
		}
		data := buf[:n]
		end, last := n-scanAhead, n < scanSize || at+int64(n) >= f.src.size
		if last {
			end = n
		}
		r.chunk(data, at, end)
		if last || f.Done() {
			return
		}
		// The number before an "obj" that is cut off is seen with the next piece.
		at += int64(end - 32)
	}
}

// chunk looks at data, whose words up to end have all that matters behind them.
func (r *rebuilder) chunk(data []byte, base int64, end int) {
	for pos := 0; ; {
		at := bytes.Index(data[pos:], []byte("obj"))
		next := len(data)
		if at >= 0 {
			next = pos + at
		}
		// Trailers between here and there.
		for from := pos; ; {
			t := bytes.Index(data[from:min(next, len(data))], []byte("trailer"))
			if t < 0 || from+t >= end {
				break
			}
			from += t + len("trailer")
			r.noteTrailer(base + int64(from))
		}
		if at < 0 || next >= end {
			return
		}
		pos = next + 3
		num, gen, start, ok := numbersBefore(data[:next])
		if !ok || num > maxNumber || !r.f.spend(1) {
			continue
		}
		if _, known := r.f.xref[num]; !known && len(r.f.xref) >= r.f.limits.Objects {
			r.f.cut = true
			continue
		}
		r.f.xref[num] = entry{base + int64(start), gen, lies}
		r.noteType(num, data[pos:min(pos+scanAhead, len(data))])
	}
}

// noteTrailer keeps what a trailer says, the later one before the earlier.
func (r *rebuilder) noteTrailer(at int64) {
	if d, ok := r.f.parseDirect(at).(Dict); ok {
		r.take(d)
	}
}

func (r *rebuilder) take(d Dict) {
	for _, key := range []Name{"Root", "Info", "Encrypt", "ID"} {
		if o, ok := d[key]; ok && o != nil {
			r.trailer[key] = o
		}
	}
}

// noteType remembers objects that are needed to read the others.
func (r *rebuilder) noteType(num uint32, head []byte) {
	if at := bytes.Index(head, []byte("endobj")); at >= 0 {
		head = head[:at]
	}
	note := func(list *[]uint32, name string) {
		if len(*list) < maxNoted && bytes.Contains(head, []byte(name)) {
			*list = append(*list, num)
		}
	}
	note(&r.packs, "/ObjStm")
	note(&r.catalogs, "/Catalog")
	if bytes.Contains(head, []byte("/XRef")) {
		if len(r.tables) < maxNoted {
			r.tables = append(r.tables, num)
		}
		if d := r.f.Dict(Ref{Num: num}); d["Type"] == Name("XRef") {
			r.take(d)
		}
	}
}

// openPacks notes the objects in streams of objects; one that lies in the file itself was written without packs and is older or newer,
// which nobody can tell: it counts.
func (r *rebuilder) openPacks() {
	for i := len(r.packs) - 1; i >= 0 && !r.f.Done(); i-- {
		holder := r.packs[i]
		p := r.f.pack(holder)
		if p == nil {
			continue
		}
		for i, num := range p.nums {
			if e, known := r.f.xref[num]; !known || e.kind == isPacked && e.at != int64(holder) && r.f.xref[uint32(e.at)].kind != lies {
				if !known && len(r.f.xref) >= r.f.limits.Objects {
					r.f.cut = true
					break
				}
				r.f.xref[num] = entry{int64(holder), uint32(i), isPacked}
			}
			if i < 4096 && len(r.catalogs) < maxNoted {
				if d, ok := r.f.peek(p, i); ok && d["Type"] == Name("Catalog") {
					r.catalogs = append(r.catalogs, num)
				}
			}
		}
	}
}

// peek parses an object of a pack if it may be the catalog.
func (f *File) peek(p *pack, i int) (Dict, bool) {
	data := p.data[min(p.ats[i], len(p.data)):]
	if !bytes.Contains(data[:min(len(data), 512)], []byte("/Catalog")) {
		return nil, false
	}
	o, _ := NewParser(NewLexer(data), f.limits.Depth, f.spend).Object()
	d, ok := o.(Dict)
	return d, ok
}

// numbersBefore reads the two numbers that data end with.
func numbersBefore(data []byte) (num, gen uint32, start int, ok bool) {
	i := len(data)
	number := func() (v uint64, ok bool) {
		spaces := i
		for i > 0 && IsSpace(data[i-1]) {
			i--
		}
		if spaces == i {
			return 0, false
		}
		end := i
		for i > 0 && end-i < 10 && '0' <= data[i-1] && data[i-1] <= '9' {
			i--
		}
		for _, b := range data[i:end] {
			v = v*10 + uint64(b-'0')
		}
		return v, end > i
	}
	g, ok := number()
	if !ok || g > 65535 {
		return 0, 0, 0, false
	}
	n, ok := number()
	if !ok || n > maxNumber {
		return 0, 0, 0, false
	}
	return uint32(n), uint32(g), i, true
}
