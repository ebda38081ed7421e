package cos

import (
	"errors"
)

const (
	firstChunk = 4 << 10
	// maxObject is the most source of one object that is parsed; streams don't count.
	maxObject = 16 << 20
	// maxLoading bounds objects that need one another to be loaded: the length of a stream, the pack an object is in.
	maxLoading = 16
	// maxWeight is how many values are kept of objects that were loaded.
	maxWeight = 1 << 18
)

// Resolve follows references to what they point to; nil when there is nothing.
func (f *File) Resolve(o Object) Object {
	for range 8 {
		ref, ok := o.(Ref)
		if !ok {
			return o
		}
		o = f.load(ref.Num)
	}
	return nil
}

// Dict is o as a dictionary, that of a stream too, or nil.
func (f *File) Dict(o Object) Dict {
	switch o := f.Resolve(o).(type) {
	case Dict:
		return o
	case *Stream:
		return o.Dict
	default:
		return nil
	}
}

// Array is o as an array, or nil.
func (f *File) Array(o Object) Array {
	a, _ := f.Resolve(o).(Array)
	return a
}

// Stream is o as a stream, if it is one.
func (f *File) Stream(o Object) (*Stream, bool) {
	s, ok := f.Resolve(o).(*Stream)
	return s, ok
}

// Name is o as a name, or empty.
func (f *File) Name(o Object) Name {
	n, _ := f.Resolve(o).(Name)
	return n
}

// String is o as a string, or empty.
func (f *File) String(o Object) String {
	s, _ := f.Resolve(o).(String)
	return s
}

// Number is o as a number.
func (f *File) Number(o Object) (float64, bool) {
	switch n := f.Resolve(o).(type) {
	case int64:
		return float64(n), true
	case float64:
		return n, true
	default:
		return 0, false
	}
}

// Int is o as a whole number, or a default.
func (f *File) Int(o Object, other int64) int64 {
	n, ok := f.Number(o)
	if !ok {
		return other
	}
	return int64(n)
}

// load is the object of a number.
func (f *File) load(num uint32) Object {
	if c, ok := f.cache[num]; ok {
		return c.object
	}
	if f.loading >= maxLoading || f.Done() {
		return nil
	}
	f.loading++
	defer func() { f.loading-- }()
	e := f.xref[num]
	var o Object
	weight := 1
	switch e.kind {
	case lies:
		var got uint32
		var err error
		o, got, weight, err = f.parseAt(f.base + e.at)
		if (err != nil || got != num) && !f.Done() {
			o = nil
			if !f.rebuilt {
				f.rebuild()
				return f.load(num)
			}
		}
	case isPacked:
		o, weight = f.unpackObject(num, uint32(e.at), e.gen)
	}
	if f.weight+weight > maxWeight {
		clear(f.cache)
		f.weight = 0
	}
	f.cache[num] = cached{o, weight}
	f.weight += weight
	return o
}

var errNoObject = errors.New("no object")

// parseAt reads the indirect object that lies at a place.
func (f *File) parseAt(at int64) (o Object, num uint32, weight int, err error) {
	if at < 0 || at >= f.src.size {
		return nil, 0, 1, errNoObject
	}
	for size := firstChunk; ; size *= 4 {
		var data []byte
		data, err = f.src.appendAt(nil, at, size)
		if err != nil {
			f.halt(err)
			return nil, 0, 1, err
		}
		if !f.spend(len(data) / 16) {
			return nil, 0, 1, errLimit
		}
		lex := NewLexer(data)
		n, g, word := lex.Next(), lex.Next(), lex.Next()
		if n.Kind != NumberToken || g.Kind != NumberToken || !word.Is("obj") {
			return nil, 0, 1, errNoObject
		}
		ref := Ref{uint32(n.Num), uint32(g.Num)}
		p := NewParser(lex, f.limits.Depth, f.spend)
		o, _ = p.Object()
		last := lex.Next()
		whole := int64(len(data)) < int64(size) || at+int64(size) >= f.src.size || size >= maxObject
		// Behind the word "stream" the end of its line must be there, too.
		if (lex.touched || last.Is("stream") && lex.pos+2 > len(data)) && !whole && !p.over {
			continue
		}
		if d, ok := o.(Dict); ok && last.Is("stream") {
			if rest := lex.Rest(); len(rest) > 1 && rest[0] == '\r' && rest[1] == '\n' {
				lex.pos += 2
			} else if len(rest) > 0 && (rest[0] == '\n' || rest[0] == '\r') {
				lex.pos++
			}
			o = &Stream{Dict: d, at: at + int64(lex.pos), ref: ref}
		}
		if f.crypt != nil {
			o = f.crypt.strings(o, ref)
		}
		return o, ref.Num, p.count, nil
	}
}

// pack is a stream of objects.
type pack struct {
	data []byte
	nums []uint32
	ats  []int
}

// maxPacked is how many bytes of unpacked streams of objects are kept.
const maxPacked = 8 << 20

// unpackObject takes an object out of the stream of objects that it is packed in.
func (f *File) unpackObject(num, holder, index uint32) (o Object, weight int) {
	p := f.pack(holder)
	if p == nil {
		return nil, 1
	}
	i := int(index)
	if i >= len(p.nums) || p.nums[i] != num {
		for i = 0; i < len(p.nums) && p.nums[i] != num; i++ {
			continue
		}
		if i == len(p.nums) {
			return nil, 1
		}
	}
	data := p.data[min(p.ats[i], len(p.data)):]
	parser := NewParser(NewLexer(data), f.limits.Depth, f.spend)
	o, _ = parser.Object()
	f.spend(parser.lex.pos / 16)
	return o, parser.count
}

func (f *File) pack(holder uint32) *pack {
	if p, ok := f.packs[holder]; ok {
		return p
	}
	p := f.readPack(holder)
	size := 64
	if p != nil {
		size += len(p.data) + 16*len(p.nums)
	}
	if f.packed+size > maxPacked {
		clear(f.packs)
		f.packed = 0
	}
	f.packs[holder] = p
	f.packed += size
	return p
}

// readPack unpacks a stream of objects; nil when it is none.
func (f *File) readPack(holder uint32) *pack {
	if f.xref[holder].kind != lies {
		return nil // a pack in a pack is not allowed
	}
	s, ok := f.Stream(Ref{Num: holder})
	if !ok {
		return nil
	}
	data, err := f.Decode(s)
	if err != nil {
		return nil
	}
	p := &pack{data: data}
	n, first := f.Int(s.Dict["N"], 0), f.Int(s.Dict["First"], 0)
	lex := NewLexer(data)
	for ; n > 0 && f.spend(1); n-- {
		num, at := lex.Next(), lex.Next()
		if num.Kind != NumberToken || at.Kind != NumberToken {
			break
		}
		if pos := at.Num + float64(first); pos >= 0 && pos < float64(len(data)) {
			p.nums, p.ats = append(p.nums, uint32(num.Num)), append(p.ats, int(pos))
		} else {
			// The place stays taken, because entries of the table count places.
			p.nums, p.ats = append(p.nums, uint32(num.Num)), append(p.ats, len(data))
		}
	}
	return p
}
