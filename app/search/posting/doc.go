package posting

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// Doc is what the index knows of a document beside its words: what results are filtered and ordered by.
type Doc struct {
	Kind uint8
	ID   int64
	// Version is the number under which the document was indexed.
	Version  int64
	Project  int64 // 0 for none
	Creator  int64
	State    int64
	People   []int64
	Created  int64
	Updated  int64
	Due      int64 // 0 for none
	Done     int64 // 0 while open
	Priority uint8
	Has      uint8
	// Length is the binary logarithm of the number of tokens.
	Length uint8
}

// Which of the times that may be missing a packed document has.
const (
	isDue = 1 << iota
	isDone
)

// ChunkDocs is how many documents PackDocs puts together.
const ChunkDocs = 2048

// PackDocs packs at most ChunkDocs documents. Long numbers that come again are written once, times as differences.
func PackDocs(docs []Doc) []byte {
	var names []int64
	number := map[int64]uint64{}
	name := func(v int64) uint64 {
		n, known := number[v]
		if !known {
			n = uint64(len(names))
			number[v] = n
			names = append(names, v)
		}
		return n
	}
	var b []byte
	last := Doc{}
	for i := range docs {
		d := &docs[i]
		var there uint8
		if d.Due != 0 {
			there |= isDue
		}
		if d.Done != 0 {
			there |= isDone
		}
		b = append(b, there, d.Kind, d.Priority, d.Has, d.Length)
		for _, v := range [...]int64{d.ID - last.ID, d.Version - last.Version, d.Created - last.Created, d.Updated - d.Created} {
			b = binary.AppendVarint(b, v)
		}
		if d.Due != 0 {
			b = binary.AppendVarint(b, d.Due-d.Created)
		}
		if d.Done != 0 {
			b = binary.AppendVarint(b, d.Done-d.Created)
		}
		for _, v := range [...]int64{d.Project, d.Creator, d.State} {
			b = binary.AppendUvarint(b, name(v))
		}
		b = binary.AppendUvarint(b, uint64(len(d.People)))
		for _, p := range d.People {
			b = binary.AppendUvarint(b, name(p))
		}
		last = *d
	}
	head := binary.AppendUvarint(nil, uint64(len(docs)))
	head = binary.AppendUvarint(head, uint64(len(names)))
	for _, v := range names {
		head = binary.AppendVarint(head, v)
	}
	return append(head, b...)
}

// UnpackDocs appends what PackDocs packed.
func UnpackDocs(docs []Doc, packed []byte) ([]Doc, error) {
	r := reader{b: packed}
	count, names := r.count(ChunkDocs), r.count(len(packed))
	table := make([]int64, 0, names)
	for range names {
		table = append(table, r.signed())
	}
	name := func() int64 {
		n := r.unsigned()
		if n >= uint64(len(table)) {
			r.bad = true
			return 0
		}
		return table[n]
	}
	docs = slices.Grow(docs, count)
	last := Doc{}
	for range count {
		there := r.octet()
		d := Doc{Kind: r.octet(), Priority: r.octet(), Has: r.octet(), Length: r.octet()}
		d.ID, d.Version, d.Created = last.ID+r.signed(), last.Version+r.signed(), last.Created+r.signed()
		d.Updated = d.Created + r.signed()
		if there&isDue != 0 {
			d.Due = d.Created + r.signed()
		}
		if there&isDone != 0 {
			d.Done = d.Created + r.signed()
		}
		d.Project, d.Creator, d.State = name(), name(), name()
		if n := r.count(len(r.b)); n > 0 {
			d.People = make([]int64, n)
			for i := range d.People {
				d.People[i] = name()
			}
		}
		if r.bad {
			return nil, fmt.Errorf("facts of documents: %w", ErrDamaged)
		}
		docs = append(docs, d)
		last = d
	}
	if r.bad || len(r.b) > 0 {
		return nil, fmt.Errorf("facts of documents: %w", ErrDamaged)
	}
	return docs, nil
}

// reader reads numbers; after the first that is wrong it gives zeros.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) signed() int64 {
	v, n := binary.Varint(r.b)
	r.step(n)
	return v
}

func (r *reader) unsigned() uint64 {
	v, n := binary.Uvarint(r.b)
	r.step(n)
	return v
}

func (r *reader) count(most int) int {
	v := r.unsigned()
	if v > uint64(most) {
		r.bad = true
		return 0
	}
	return int(v)
}

func (r *reader) octet() uint8 {
	if len(r.b) == 0 {
		r.bad = true
		return 0
	}
	v := r.b[0]
	r.b = r.b[1:]
	return v
}

func (r *reader) step(n int) {
	if n <= 0 {
		r.bad, r.b = true, nil
		return
	}
	r.b = r.b[n:]
}
