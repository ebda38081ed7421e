// Package proof is what the journal can be checked with by somebody who has neither
// the appliance nor its keys: the hashes of the chain, the signed checkpoints and the
// export file. It knows no database.
//
// All numbers are big-endian. SM3 and SM2 are those of GB/T 32905 and GB/T 32918;
// signatures are ASN.1 DER over SM3(ZA ‖ message) with the default id
// "1234567812345678"; public keys are SubjectPublicKeyInfo (PEM outside, DER inside).
//
// # Entry
//
// The canonical entry is: version 0x01; eight numbers of 8 bytes (id, time in UTC
// milliseconds, actor, real actor, session, id of the object, project, department);
// five strings, each 4 bytes of length and the bytes (address, request, module, verb,
// kind of the object); then 0x00, or 0x01, 4 bytes of length and the sealed changes as
// they lie in the database. Checking needs no key; reading the changes does.
//
// # Chain
//
//	hash(n) = SM3(0x01 ‖ n (8) ‖ hash(n-1) (32) ‖ length (8) ‖ entry n)
//
// hash(0) is a random value that names the installation's chain.
//
// # Segment and checkpoint
//
// A segment is what lies between two checkpoints, at most 1,024 entries. Its Merkle
// root is that of RFC 6962's tree shape over the hashes of the chain:
//
//	leaf = SM3(0x02 ‖ hash(n))    node = SM3(0x03 ‖ left ‖ right)    empty = SM3(0x02)
//
// A checkpoint's body is 0x04, the length (4) and bytes of
// "dingban.journal.checkpoint.v1", the chain's hash(0), the number the segment begins
// after (8), its last number (8), hash(last), the root, the time (8), the digest of the
// checkpoint before (zeroes for the first) and the SM3 of the public key. Its digest is
// SM3 of the body; the signature is over the body. The first checkpoint ends at 0.
//
// # Cut
//
// When old segments are removed, a cut stays: 0x05, "dingban.journal.cut.v1" behind
// its length (4), hash(0), the last removed number (8), its hash, the time (8), the
// digest of the checkpoint there, the SM3 of the export file that holds what was
// removed, the SM3 of the public key; signed in the same way. What follows begins at it.
//
// # Succession of keys
//
// A key signs until another takes its place. The statement about it is 0x06,
// "dingban.journal.succession.v1" behind its length (4), hash(0), the number of the last
// checkpoint of the old key (8), the digest of that checkpoint, the time (8), the old and
// the new public key in DER, each behind its length (4). Both keys sign this body: the
// old one names its heir, the new one shows that it exists and vouches for what was
// before. Checkpoints with a greater number are signed by the new key and by no other.
// The retired private key is destroyed.
//
// Successions form a line: each retires the key that the one before brought. Who trusts
// any key of the line may trust all of it: forward, since each key names the next;
// backward, since each key has signed the digest of the last checkpoint under the key
// before, which fixes everything up to it. Of a file that ends before that checkpoint the
// later key says only whose signatures it had to bear. A file that was written before a
// succession does not hold it: it is checked with a key that was in use then or earlier.
//
// # Export file
//
// It begins with the 16 bytes "DINGBAN-JOURNAL" and 0x01, or 0x02 when it holds a
// succession of keys. Frames follow: a type of one byte, a length of 4 bytes (at most
// 64 MiB), the bytes.
//
//	'H'  hash(0), number before the first entry (8), its hash, digest of the checkpoint there
//	'K'  a public key in DER; all keys come before the first entry
//	'S'  length (4) and body of a succession, length (4) and signature of the old key, then that
//	     of the new key; all of them, in their order, before the first entry; only in 0x02
//	'E'  number (8), hash(number), canonical entry; numbers without a gap
//	'C'  length (4) and body of a checkpoint, then its signature; directly after its last entry
//	'Z'  number of entries (8), last number (8), its hash; the end, nothing follows
//
// A file ends with a checkpoint and 'Z', so that every entry in it is signed.
package proof

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/emmansun/gmsm/sm3"
)

const (
	linkByte       = 0x01
	leafByte       = 0x02
	nodeByte       = 0x03
	checkpointByte = 0x04
	cutByte        = 0x05
	successionByte = 0x06
	entryVersion   = 0x01
	absent         = 0x00
	present        = 0x01
)

// Size is the length of a hash.
const Size = sm3.Size

// Hash is an SM3 value; in text it is hexadecimal.
type Hash [Size]byte

func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText is part of encoding.TextMarshaler.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText is part of encoding.TextUnmarshaler.
func (h *Hash) UnmarshalText(text []byte) error {
	raw, err := hex.DecodeString(string(text))
	if err != nil || len(raw) != Size {
		return fmt.Errorf("proof: %q is no hash of %d hexadecimal digits", text, 2*Size)
	}
	copy(h[:], raw)
	return nil
}

// HashOf takes a hash from bytes of the database.
func HashOf(b []byte) (h Hash, err error) {
	if len(b) != Size {
		return h, fmt.Errorf("proof: a hash has %d bytes, not %d", Size, len(b))
	}
	copy(h[:], b)
	return h, nil
}

// Entry is one entry as it is hashed.
type Entry struct {
	ID, At, ActorID, RealActorID, SessionID int64
	Address, RequestID                      string
	Module, Verb, RefKind                   string
	RefID, ProjectID, DepartmentID          int64
	// Changes are sealed; nil when there are none.
	Changes []byte
}

// Append writes the one form in which the entry is hashed: fixed widths for numbers, a
// length before every string, so that no two entries look alike.
func (e *Entry) Append(dst []byte) []byte {
	dst = append(dst, entryVersion)
	for _, n := range [...]int64{e.ID, e.At, e.ActorID, e.RealActorID, e.SessionID, e.RefID, e.ProjectID, e.DepartmentID} {
		dst = binary.BigEndian.AppendUint64(dst, uint64(n))
	}
	for _, s := range [...]string{e.Address, e.RequestID, e.Module, e.Verb, e.RefKind} {
		dst = binary.BigEndian.AppendUint32(dst, uint32(len(s)))
		dst = append(dst, s...)
	}
	if e.Changes == nil {
		return append(dst, absent)
	}
	dst = append(dst, present)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(e.Changes)))
	return append(dst, e.Changes...)
}

var errShort = errors.New("proof: the bytes end too early")

// cursor takes pieces from bytes that may be anything.
type cursor struct {
	rest []byte
	err  error
}

func (c *cursor) take(n int) []byte {
	if c.err != nil || n < 0 || n > len(c.rest) {
		if c.err == nil {
			c.err = errShort
		}
		return make([]byte, min(max(n, 0), 64))
	}
	b := c.rest[:n:n]
	c.rest = c.rest[n:]
	return b
}

func (c *cursor) number() int64 { return int64(binary.BigEndian.Uint64(c.take(8))) }

func (c *cursor) piece() []byte {
	n := binary.BigEndian.Uint32(c.take(4))
	if c.err == nil && uint64(n) > uint64(len(c.rest)) {
		c.err = errShort
	}
	if c.err != nil {
		return nil
	}
	return c.take(int(n))
}

func (c *cursor) hash() (h Hash) {
	copy(h[:], c.take(Size))
	return h
}

func (c *cursor) end() error {
	if c.err == nil && len(c.rest) != 0 {
		c.err = fmt.Errorf("proof: %d bytes too many", len(c.rest))
	}
	return c.err
}

// ParseEntry reads a canonical entry. Exactly what Append writes is taken.
func ParseEntry(b []byte) (Entry, error) {
	var e Entry
	c := &cursor{rest: b}
	if v := c.take(1)[0]; c.err == nil && v != entryVersion {
		return e, fmt.Errorf("proof: entry of version %d", v)
	}
	for _, n := range [...]*int64{&e.ID, &e.At, &e.ActorID, &e.RealActorID, &e.SessionID, &e.RefID, &e.ProjectID, &e.DepartmentID} {
		*n = c.number()
	}
	for _, s := range [...]*string{&e.Address, &e.RequestID, &e.Module, &e.Verb, &e.RefKind} {
		*s = string(c.piece())
	}
	switch has := c.take(1)[0]; {
	case c.err != nil:
	case has == present:
		e.Changes = c.piece()
	case has != absent:
		c.err = fmt.Errorf("proof: %d where 0 or 1 says whether there are changes", has)
	}
	return e, c.end()
}

// Link gives the hash of number seq after prev for a canonical entry.
func Link(seq int64, prev Hash, entry []byte) Hash {
	h := sm3.New()
	var head [1 + 8 + Size + 8]byte
	head[0] = linkByte
	binary.BigEndian.PutUint64(head[1:], uint64(seq))
	copy(head[9:], prev[:])
	binary.BigEndian.PutUint64(head[9+Size:], uint64(len(entry)))
	h.Write(head[:])
	h.Write(entry)
	var out Hash
	h.Sum(out[:0])
	return out
}

// Tree is the Merkle tree of a segment, built leaf by leaf.
type Tree struct {
	n     int
	peaks []Hash // roots of full subtrees, the greatest first
}

// Add appends the hash of the next entry.
func (t *Tree) Add(hash Hash) {
	node := sumOf(leafByte, hash)
	for n := t.n; n&1 == 1; n >>= 1 {
		node = sumOf(nodeByte, t.peaks[len(t.peaks)-1], node)
		t.peaks = t.peaks[:len(t.peaks)-1]
	}
	t.peaks = append(t.peaks, node)
	t.n++
}

// Len is how many were added.
func (t *Tree) Len() int { return t.n }

// Root is the root of what was added.
func (t *Tree) Root() Hash {
	if t.n == 0 {
		return sumOf(leafByte)
	}
	root := t.peaks[len(t.peaks)-1]
	for i := len(t.peaks) - 2; i >= 0; i-- {
		root = sumOf(nodeByte, t.peaks[i], root)
	}
	return root
}

func sumOf(domain byte, parts ...Hash) Hash {
	buf := make([]byte, 1, 1+2*Size)
	buf[0] = domain
	for i := range parts {
		buf = append(buf, parts[i][:]...)
	}
	return sm3.Sum(buf)
}
