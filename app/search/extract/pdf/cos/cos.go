// Package cos reads the objects a PDF file is made of: numbers, names, strings, arrays, dictionaries and streams, with the
// tables that say where they lie, the filters that pack streams, and the standard encryption. It knows nothing of pages.
// (The object layer of PDF has been called COS since its first design; the term is that of the field.)
//
// It is written for files of strangers. It never trusts a number of the file: what is read, parsed, unpacked and kept is
// counted against Limits, nesting is bounded, and loops of references end. It is lenient where viewers are: a broken
// cross-reference table is made anew by looking for objects, a wrong stream length is corrected, half a stream is better
// than none.
//
// A File is for one goroutine.
package cos

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Errors of files; they are wrapped.
var (
	// ErrDamaged says that the file is no PDF, or too broken to find its pages.
	ErrDamaged = errors.New("pdf: damaged file")
	// ErrEncrypted says that the file opens only with a password or a certificate.
	ErrEncrypted = errors.New("pdf: the file is encrypted")
	// ErrFilter says that a stream is packed in a way that no text is packed in, an image for example.
	ErrFilter = errors.New("pdf: the filter of a stream is not one for text")
)

// errLimit ends the work on a file that needs more than the limits allow. It is not shown: the file counts as cut.
var errLimit = errors.New("pdf: more than the limits allow")

// Limits bound the work on one file. A field that is zero means its default.
type Limits struct {
	// Input is the size of the largest file that is looked at, in bytes; by default 2 GiB. A larger one is cut from the start.
	Input int64
	// Read is how many bytes are read of a file in all, repeats counted; by default 1 GiB.
	Read int64
	// Objects is how many objects the file may have; by default 1,000,000. Those beyond are not there.
	Objects int
	// Values is how many values of objects are parsed in all, 16 bytes of source counting as one; by default 32 million.
	Values int64
	// Depth is how deep arrays and dictionaries may lie in one another; by default 64.
	Depth int
	// StreamBytes is how much is unpacked of one stream, in bytes; by default 32 MiB. What comes after it is left out.
	StreamBytes int64
	// TotalBytes is how much is unpacked in all, every filter of a chain counted; by default 256 MiB.
	TotalBytes int64
}

func (l Limits) withDefaults() Limits {
	for _, d := range []struct {
		field *int64
		value int64
	}{{&l.Input, 2 << 30}, {&l.Read, 1 << 30}, {&l.Values, 32 << 20}, {&l.StreamBytes, 32 << 20}, {&l.TotalBytes, 256 << 20}} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	if l.Objects <= 0 {
		l.Objects = 1_000_000
	}
	if l.Depth <= 0 {
		l.Depth = 64
	}
	return l
}

// Object is a value of a file: nil, bool, int64, float64, Name, String, Array, Dict, Ref or *Stream.
type Object any

// Name is a name without its slash, with its escapes resolved.
type Name string

// String is the bytes of a string, decrypted.
type String string

// Array is a row of objects.
type Array []Object

// Dict is a dictionary.
type Dict map[Name]Object

// Ref points to an indirect object.
type Ref struct{ Num, Gen uint32 }

// Stream is a dictionary with bytes, which stay in the file until Decode.
type Stream struct {
	Dict Dict
	at   int64
	ref  Ref
}

// File is an open file.
type File struct {
	ctx     context.Context // that of one extraction
	src     source
	limits  Limits
	base    int64 // where the header is; offsets count from there
	xref    map[uint32]entry
	trailer Dict
	crypt   *crypt
	rebuilt bool

	cache   map[uint32]cached
	weight  int
	packs   map[uint32]*pack
	packed  int
	loading int // how many objects are being loaded within one another

	values   int64 // left of the limits
	unpacked int64
	streams  decoder
	cut      bool
	stop     error // why the work ends, once it does
}

type cached struct {
	object Object
	weight int
}

// Open reads the tables of a file.
func Open(ctx context.Context, r io.ReaderAt, size int64, limits Limits) (*File, error) {
	limits = limits.withDefaults()
	f := &File{
		ctx: ctx, limits: limits, values: limits.Values, unpacked: limits.TotalBytes,
		cache: map[uint32]cached{}, packs: map[uint32]*pack{},
	}
	if size > limits.Input {
		size, f.cut = limits.Input, true
	}
	f.src = source{r: r, size: size, left: limits.Read, ctx: ctx}
	if err := f.open(); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *File) open() error {
	at := f.header()
	if at < 0 {
		if err := f.Err(); err != nil {
			return err
		}
		return fmt.Errorf("%w: it does not begin as a PDF", ErrDamaged)
	}
	f.base = at
	f.readTables()
	if f.Err() == nil && f.trailer["Root"] == nil {
		f.rebuild()
	}
	if err := f.decrypt(); err != nil {
		return err
	}
	if f.Err() == nil && !f.hasPages() && !f.rebuilt {
		f.rebuild()
		if err := f.decrypt(); err != nil {
			return err
		}
	}
	if err := f.Err(); err != nil {
		return err
	}
	if !f.hasPages() && f.stop == nil {
		return fmt.Errorf("%w: it has no pages", ErrDamaged)
	}
	return nil
}

func (f *File) hasPages() bool {
	return f.Dict(f.Dict(f.trailer["Root"])["Pages"]) != nil
}

// Trailer holds Root and Info.
func (f *File) Trailer() Dict { return f.trailer }

// Cut says that a limit was reached.
func (f *File) Cut() bool { return f.cut }

// Done says that no more can be had of the file: nobody waits, it can't be read, or a limit is reached.
func (f *File) Done() bool {
	if f.stop == nil {
		f.halt(f.ctx.Err())
	}
	return f.stop != nil
}

// Err is why the work ended early, but for limits.
func (f *File) Err() error {
	if f.Done() && !errors.Is(f.stop, errLimit) {
		return f.stop
	}
	return nil
}

// halt ends the work.
func (f *File) halt(err error) {
	if err == nil || f.stop != nil {
		return
	}
	f.stop = err
	if errors.Is(err, errLimit) {
		f.cut = true
	}
}

// spend takes values off what may still be parsed.
func (f *File) spend(n int) bool {
	if f.values -= int64(n); f.values < 0 {
		f.halt(errLimit)
		return false
	}
	return true
}

// StreamBytes is how much is unpacked of one stream.
func (f *File) StreamBytes() int64 { return f.limits.StreamBytes }

// Repair makes the tables anew, when they are sound but lead to nothing; false when that was done before or can't be.
func (f *File) Repair() bool {
	if f.rebuilt || f.Done() {
		return false
	}
	f.rebuild()
	return !f.Done()
}
