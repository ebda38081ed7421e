package proof

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

const (
	magic    = "DINGBAN-JOURNAL"
	maxFrame = 64 << 20

	// The form of the file; the second has successions, which who knows the first only
	// could not follow.
	formPlain       = 0x01
	formSuccessions = 0x02

	frameHeader     = 'H'
	frameKey        = 'K'
	frameSuccession = 'S'
	frameEntry      = 'E'
	frameCheckpoint = 'C'
	frameEnd        = 'Z'
)

// Writer writes an export file. The first error stays.
type Writer struct {
	w       *bufio.Writer
	err     error
	entries int64
	head    int64
	hash    Hash
}

// NewWriter begins a file with where it starts and the keys of the journal.
func NewWriter(w io.Writer, start Start, line Line) *Writer {
	x := &Writer{w: bufio.NewWriterSize(w, 1<<16), head: start.Seq, hash: start.Hash}
	form := byte(formPlain)
	if len(line.successions) > 0 {
		form = formSuccessions
	}
	_, x.err = x.w.WriteString(magic + string(rune(form)))
	b := append([]byte(nil), start.Chain[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(start.Seq))
	b = append(b, start.Hash[:]...)
	x.frame(frameHeader, append(b, start.Checkpoint[:]...))
	for _, k := range line.Keys() {
		x.frame(frameKey, k.DER())
	}
	for i := range line.successions {
		x.frame(frameSuccession, line.successions[i].parts()...)
	}
	return x
}

func (x *Writer) frame(kind byte, parts ...[]byte) {
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	if x.err == nil && size > maxFrame {
		x.err = fmt.Errorf("proof: a frame of %d bytes", size)
	}
	if x.err != nil {
		return
	}
	var head [5]byte
	head[0] = kind
	binary.BigEndian.PutUint32(head[1:], uint32(size))
	_, x.err = x.w.Write(head[:])
	for _, p := range parts {
		if x.err == nil {
			_, x.err = x.w.Write(p)
		}
	}
}

// Entry writes the next number.
func (x *Writer) Entry(seq int64, hash Hash, e *Entry) error {
	var head [8 + Size]byte
	binary.BigEndian.PutUint64(head[:], uint64(seq))
	copy(head[8:], hash[:])
	x.frame(frameEntry, head[:], e.Append(make([]byte, 0, 512)))
	x.entries, x.head, x.hash = x.entries+1, seq, hash
	return x.err
}

// Checkpoint writes the one at the number just written.
func (x *Writer) Checkpoint(c *Checkpoint) error {
	body := c.Body()
	x.frame(frameCheckpoint, binary.BigEndian.AppendUint32(nil, uint32(len(body))), body, c.Signature)
	return x.err
}

// Close ends the file; without it the file counts as cut off.
func (x *Writer) Close() error {
	b := binary.BigEndian.AppendUint64(nil, uint64(x.entries))
	b = binary.BigEndian.AppendUint64(b, uint64(x.head))
	x.frame(frameEnd, append(b, x.hash[:]...))
	if x.err == nil {
		x.err = x.w.Flush()
	}
	return x.err
}

// FileReport is what checking a file found.
type FileReport struct {
	Report
	Start Start
	// Keys are those in the file. Whether they are the journal's own is for the reader
	// to know: compare with a key kept outside.
	Keys []PublicKey
	// Successions are how they followed one another.
	Successions []Succession
}

// ErrFormat says that a file is no export at all, as opposed to one that was changed.
var ErrFormat = errors.New("proof: this is no export of the journal")

// CheckFile reads a whole export and checks every link, signature and checkpoint. With
// trusted keys only these count and what a line of successions links to them, otherwise
// the keys in the file. visit, if not nil, gets
// each good entry. An error means that the file could not be read as one.
func CheckFile(r io.Reader, trusted []PublicKey, anchors []Checkpoint, visit func(seq int64, e *Entry) error) (FileReport, error) {
	d := &decoder{r: bufio.NewReaderSize(r, 1<<16), trusted: trusted, anchors: anchors, visit: visit}
	head := make([]byte, len(magic)+1)
	if _, err := io.ReadFull(d.r, head); err != nil || string(head[:len(magic)]) != magic {
		return d.out, ErrFormat
	}
	if d.form = head[len(magic)]; d.form != formPlain && d.form != formSuccessions {
		return d.out, fmt.Errorf("%w that this release can read: its form is %d", ErrFormat, d.form)
	}
	for !d.ended {
		kind, body, err := d.frame()
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			d.out.Bad(d.out.Head+1, 0, ProblemTruncated, fmt.Sprintf("the file breaks off after %d", d.out.Head))
			return d.out, nil
		}
		if err != nil {
			return d.out, err
		}
		good, err := d.take(kind, body)
		if err != nil || !good {
			return d.out, err
		}
	}
	if _, err := d.r.ReadByte(); !errors.Is(err, io.EOF) {
		d.out.Bad(d.out.Head+1, 0, ProblemInserted, "something follows the end of the file")
		return d.out, nil
	}
	d.out.OK = true
	return d.out, nil
}

type decoder struct {
	r       *bufio.Reader
	trusted []PublicKey
	anchors []Checkpoint
	visit   func(seq int64, e *Entry) error
	out     FileReport
	form    byte
	header  bool
	checker *Checker
	ended   bool
}

// frame reads one frame. The length is not believed: memory grows with what is there.
func (d *decoder) frame() (byte, []byte, error) {
	var head [5]byte
	if _, err := io.ReadFull(d.r, head[:]); err != nil {
		return 0, nil, fmt.Errorf("proof: read: %w", err)
	}
	size := binary.BigEndian.Uint32(head[1:])
	if size > maxFrame {
		return 0, nil, fmt.Errorf("%w: a frame of %d bytes after number %d", ErrFormat, size, d.out.Head)
	}
	body := make([]byte, 0, min(int(size), 1<<16))
	for len(body) < int(size) {
		n := min(int(size)-len(body), 1<<16)
		from := len(body)
		body = append(body, make([]byte, n)...)
		if _, err := io.ReadFull(d.r, body[from:]); err != nil {
			return 0, nil, fmt.Errorf("proof: read: %w", err)
		}
	}
	return head[0], body, nil
}

func (d *decoder) take(kind byte, body []byte) (bool, error) {
	c := &cursor{rest: body}
	switch {
	case kind == frameHeader && !d.header:
		d.header = true
		d.out.Start = Start{Chain: c.hash(), Seq: c.number(), Hash: c.hash(), Checkpoint: c.hash()}
		if err := c.end(); err != nil || d.out.Start.Seq < 0 {
			return false, fmt.Errorf("%w: its header is wrong", ErrFormat)
		}
		return true, nil
	case kind == frameKey && d.header && d.checker == nil:
		k, err := ParsePublicKey(body)
		if err != nil {
			return false, fmt.Errorf("%w: %w", ErrFormat, err)
		}
		d.out.Keys = append(d.out.Keys, k)
		return true, nil
	case kind == frameSuccession && d.header && d.checker == nil && d.form == formSuccessions:
		s, err := parseSuccession(c)
		if err != nil {
			d.out.Bad(0, 0, ProblemSuccession, fmt.Sprintf("succession %d of keys cannot be read", len(d.out.Successions)+1))
			return false, nil //nolint:nilerr // it is a finding
		}
		d.out.Successions = append(d.out.Successions, s)
		return true, nil
	case !d.header:
		return false, fmt.Errorf("%w: it has no header", ErrFormat)
	}
	if d.checker == nil {
		if good, err := d.begin(); err != nil || !good {
			return false, err
		}
	}
	switch kind {
	case frameEntry:
		return d.entry(c)
	case frameCheckpoint:
		cp, err := parseCheckpoint(c.piece())
		if c.err != nil || err != nil {
			d.out.Bad(d.out.Head, 0, ProblemCheckpoint, fmt.Sprintf("the checkpoint after %d cannot be read", d.out.Head))
			return false, nil //nolint:nilerr // it is a finding
		}
		cp.Signature = c.rest
		return d.checker.Checkpoint(&cp), nil
	case frameEnd:
		return d.end(c), nil
	}
	return false, fmt.Errorf("%w: a frame of type %d after number %d", ErrFormat, kind, d.out.Head)
}

// begin checks the keys, once all of them are known.
func (d *decoder) begin() (bool, error) {
	keys := d.trusted
	if len(keys) == 0 {
		keys = d.out.Keys
	}
	line, err := NewLine(d.out.Start.Chain, keys, d.out.Successions)
	if d.form == formSuccessions && len(d.out.Successions) == 0 {
		err = &LineError{Problem: ProblemSuccession, Detail: "the successions of keys are gone"}
	}
	var bad *LineError
	switch {
	case errors.As(err, &bad):
		d.out.Bad(bad.Seq, 0, bad.Problem, bad.Detail)
		return false, nil
	case err != nil:
		return false, err
	}
	if d.checker, err = NewChecker(&d.out.Report, d.out.Start, line, d.anchors); err != nil {
		return false, err
	}
	d.checker.part = true
	return d.checker.Begin(), nil
}

func (d *decoder) entry(c *cursor) (bool, error) {
	r := &d.out
	seq, hash, want := c.number(), c.hash(), r.Head+1
	if c.err != nil {
		r.Bad(want, 0, ProblemChanged, "the entry cannot be read")
		return false, nil //nolint:nilerr // it is a finding
	}
	e, err := ParseEntry(c.rest)
	switch {
	case seq != want:
		r.Bad(want, 0, ProblemMissing, fmt.Sprintf("after %d comes %d", r.Head, seq))
		return false, nil
	case err != nil:
		r.Bad(want, 0, ProblemChanged, err.Error())
		return false, nil
	case Link(seq, Hash(r.HeadHash), c.rest) != hash:
		r.Bad(want, e.ID, ProblemChanged, "the entry or its hash was changed")
		return false, nil
	}
	d.checker.Entry(seq, hash)
	if d.visit != nil {
		if err := d.visit(seq, &e); err != nil {
			return false, err
		}
	}
	return true, nil
}

func (d *decoder) end(c *cursor) bool {
	r := &d.out
	d.ended = true
	entries, head, hash := c.number(), c.number(), c.hash()
	switch {
	case c.end() != nil || entries != r.Entries || head != r.Head || hash != Hash(r.HeadHash):
		r.Bad(r.Head+1, 0, ProblemTruncated, fmt.Sprintf("the file names %d entries up to %d, it holds %d up to %d", entries, head, r.Entries, r.Head))
		return false
	case r.Signed != r.Head:
		r.Bad(r.Signed+1, 0, ProblemCheckpoint, fmt.Sprintf("nothing after %d is signed", r.Signed))
		return false
	}
	return d.checker.End()
}
