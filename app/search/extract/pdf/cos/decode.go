package cos

import (
	"bufio"
	"bytes"
	"compress/flate"
	"errors"
	"io"
)

// decoder keeps what decoding needs again and again.
type decoder struct {
	in    *bufio.Reader
	flate io.ReadCloser
}

// decodeCost is how many values the decoding of a stream counts as, so that tiny ones are not for nothing.
const decodeCost = 64

// maxFilters bounds the chain of filters of a stream.
const maxFilters = 8

// Decode unpacks a stream. What a damaged stream yields before its damage is what it holds; ErrFilter says that it is
// packed as no text is.
func (f *File) Decode(s *Stream) ([]byte, error) { return f.decode(s, true) }

func (f *File) decode(s *Stream, decrypt bool) ([]byte, error) {
	names, parms := f.filters(s.Dict)
	if len(names) > maxFilters {
		return nil, ErrFilter
	}
	length := f.length(s)
	f.spend(decodeCost)
	if f.Done() {
		return nil, f.stop
	}
	// Parameters may lie in another stream, which is then decoded within this call and must have its own.
	own := f.streams
	f.streams = decoder{}
	defer func() { f.streams = own }()
	if own.in == nil {
		own.in = bufio.NewReaderSize(nil, blockSize/2)
	}
	own.in.Reset(&section{src: &f.src, at: s.at, end: s.at + length})
	var r io.Reader = own.in
	if decrypt && f.crypt != nil && (len(names) == 0 || names[0] != "Crypt") && s.Dict["Type"] != Name("XRef") {
		r = f.crypt.stream(r, s.ref)
	}
	r = &meter{f: f, r: r}
	inflated := false
	for i, name := range names {
		parm := f.Dict(parms[i])
		switch name {
		case "Crypt":
			continue // only Identity is known: the bytes are what they are
		case "FlateDecode", "Fl":
			if inflated {
				r = inflate(r, nil)
			} else {
				r = inflate(r, &own.flate)
			}
			r, inflated = f.predict(r, parm), true
		case "LZWDecode", "LZW":
			r = f.predict(newLZW(r, f.Int(parm["EarlyChange"], 1) != 0), parm)
		case "ASCII85Decode", "A85":
			r = newASCII85(r)
		case "ASCIIHexDecode", "AHx":
			r = newASCIIHex(r)
		case "RunLengthDecode", "RL":
			r = newRunLength(r)
		default:
			return nil, ErrFilter
		}
		r = &meter{f: f, r: r}
	}
	var out bytes.Buffer
	n, err := out.ReadFrom(io.LimitReader(r, f.limits.StreamBytes))
	if n == f.limits.StreamBytes {
		f.cut = true
	}
	if errors.Is(err, errLimit) {
		f.halt(err)
	}
	if f.Done() && f.Err() != nil {
		return nil, f.stop
	}
	return out.Bytes(), nil
}

// filters are the names and the parameters of the filters of a stream, in the order they are undone.
func (f *File) filters(d Dict) (names []Name, parms []Object) {
	first := func(keys ...Name) Object {
		for _, k := range keys {
			if o := f.Resolve(d[k]); o != nil {
				return o
			}
		}
		return nil
	}
	filter, parm := first("Filter", "F"), first("DecodeParms", "DP")
	switch filter := filter.(type) {
	case Name:
		if a, ok := parm.(Array); ok && len(a) > 0 {
			parm = a[0]
		}
		return []Name{filter}, []Object{parm}
	case Array:
		a, _ := parm.(Array)
		for i, o := range filter[:min(len(filter), maxFilters+1)] {
			names = append(names, f.Name(o))
			switch {
			case i < len(a):
				parms = append(parms, a[i])
			case i == 0 && a == nil:
				parms = append(parms, parm)
			default:
				parms = append(parms, nil)
			}
		}
	}
	return names, parms
}

var endStream = []byte("endstream")

// length is how long a stream is in the file. What the file says counts if the stream ends there.
func (f *File) length(s *Stream) int64 {
	n := f.Int(s.Dict["Length"], -1)
	rest := f.src.size - s.at
	if n >= 0 && n <= rest {
		tail, err := f.src.appendAt(nil, s.at+n, 32)
		f.halt(err)
		if t := bytes.TrimLeft(tail, "\x00\t\n\f\r "); bytes.HasPrefix(t, endStream) || bytes.HasPrefix(t, []byte("endobj")) {
			return n
		}
	}
	// Not so: the word is looked for, as far as one stream may be long.
	rest = min(rest, f.limits.StreamBytes)
	buf := make([]byte, 0, blockSize)
	for at := int64(0); at < rest && !f.Done(); {
		data, err := f.src.appendAt(buf, s.at+at, blockSize)
		f.halt(err)
		if i := bytes.Index(data, endStream); i >= 0 {
			// The end of a line before the word does not count.
			if i > 0 && data[i-1] == '\n' {
				i--
			}
			if i > 0 && data[i-1] == '\r' {
				i--
			}
			return at + int64(i)
		}
		if len(data) < blockSize {
			break
		}
		if !f.spend(len(data) / 16) {
			break
		}
		at += int64(len(data) - len(endStream))
	}
	return rest
}

// meter counts what is unpacked, at each filter of a chain, and ends when it is too much or nobody waits.
type meter struct {
	f *File
	r io.Reader
}

func (m *meter) Read(p []byte) (int, error) {
	if m.f.unpacked <= 0 {
		return 0, errLimit
	}
	if err := m.f.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := m.r.Read(p[:min(int64(len(p)), m.f.unpacked)])
	m.f.unpacked -= int64(n)
	if err != nil && m.f.ctx.Err() == nil && !errors.Is(err, io.EOF) {
		// An error of the file itself is no damage of the stream.
		if errors.Is(err, errLimit) {
			return n, errLimit
		}
	}
	return n, err
}

// inflate undoes deflate, with the reader that was used before if there is one; the frame of zlib around it is not verified, because writers get it wrong.
func inflate(r io.Reader, again *io.ReadCloser) io.Reader {
	in := bufio.NewReaderSize(r, 4<<10)
	if head, err := in.Peek(2); err == nil && head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		if _, err := in.Discard(2); err != nil {
			return eofReader{}
		}
	}
	if again == nil {
		return flate.NewReader(in)
	}
	if *again == nil {
		*again = flate.NewReader(in)
	} else if err := (*again).(flate.Resetter).Reset(in, nil); err != nil {
		return eofReader{}
	}
	return *again
}

type eofReader struct{}

func (eofReader) Read([]byte) (int, error) { return 0, io.EOF }

// predict undoes the differences between pixels that were taken before packing; tables and packs of objects have them too.
func (f *File) predict(r io.Reader, parm Dict) io.Reader {
	kind := f.Int(parm["Predictor"], 1)
	if kind < 2 {
		return r
	}
	columns := f.Int(parm["Columns"], 1)
	f.spend(int(min(max(columns, 0), maxRow) / 16)) // the rows are memory, however short the stream
	return newPredictor(r, kind, f.Int(parm["Colors"], 1), f.Int(parm["BitsPerComponent"], 8), columns)
}
