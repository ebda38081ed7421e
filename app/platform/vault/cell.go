package vault

import (
	"encoding/binary"
	"errors"
	"unsafe"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
)

// Cell is the place of a sealed value. The value opens nowhere else, so the id of a row must never change.
type Cell struct {
	Table, Column string
	Row           int64
}

// A sealed value is: suite (1), key id (4), nonce (12), ciphertext, tag. With GCM the ciphertext is as long as the plaintext and
// the tag has 16 bytes; with SM4-CBC and HMAC-SM3 the ciphertext is padded to full blocks and the tag has 32.
const (
	cellHeader = 1 + 4 + nonceSize
	// Overhead is how much longer a sealed value is than what it holds with the suites of GCM, MaxOverhead with any; columns
	// are sized with the latter.
	Overhead    = cellHeader + tagSize
	MaxOverhead = cellHeader + sm4.BlockSize + sm3.Size
)

const cellDomain = "dingban.cell.v1"

// scratch holds associated data while it is needed, so that a seal allocates only its result.
type scratch struct{ aad []byte }

func newScratch() any { return &scratch{aad: make([]byte, 0, 256)} }

func (k *key) cellAAD(s *scratch, suite byte, c Cell) []byte {
	aad := append(s.aad[:0], k.bound[suite]...)
	aad = packString(aad, c.Table)
	aad = packString(aad, c.Column)
	aad = packInt(aad, c.Row)
	s.aad = aad
	return aad
}

// Seal returns the value sealed for its cell with the configured suite and the newest key, MaxOverhead bytes longer at most.
func (v *Vault) Seal(c Cell, plain []byte) ([]byte, error) {
	return v.sealWith(v.ring.Load().cell, c, plain)
}

func (v *Vault) sealWith(k *key, c Cell, plain []byte) ([]byte, error) {
	aead := k.aead[v.cellSuite]
	out := make([]byte, cellHeader, cellHeader+len(plain)+aead.Overhead())
	out[0] = v.cellSuite
	binary.BigEndian.PutUint32(out[1:], k.id)
	report, err := k.nonce(out[5:cellHeader])
	if report {
		v.report(k)
	}
	if err != nil {
		return nil, &CellError{Cell: c, Err: err}
	}
	s := v.scratches.Get().(*scratch)
	out = aead.Seal(out, out[5:cellHeader], plain, k.cellAAD(s, v.cellSuite, c))
	v.scratches.Put(s)
	return out, nil
}

// Open returns what was sealed for the cell. Anything else is refused with a *CellError that wraps ErrDamaged or
// ErrUnknownKey, and is reported to OnDamage.
func (v *Vault) Open(c Cell, sealed []byte) ([]byte, error) {
	return v.openFor(purposeCell, c, sealed)
}

// openFor opens what a key of a purpose sealed.
func (v *Vault) openFor(purpose string, c Cell, sealed []byte) ([]byte, error) {
	plain, err := v.open(purpose, c, sealed)
	if err != nil {
		if Damaged(err) {
			v.alarm(Damage{Cell: c, Err: err})
		}
		return nil, &CellError{Cell: c, Err: err}
	}
	return plain, nil
}

func (v *Vault) open(purpose string, c Cell, sealed []byte) ([]byte, error) {
	if len(sealed) < Overhead || sealed[0] >= suites {
		return nil, ErrDamaged
	}
	k, err := v.keyFor(binary.BigEndian.Uint32(sealed[1:]), purpose)
	if err != nil {
		return nil, err
	}
	aead := k.aead[sealed[0]]
	if aead == nil {
		return nil, ErrDamaged
	}
	plain := make([]byte, 0, len(sealed)-Overhead)
	s := v.scratches.Get().(*scratch)
	plain, err = aead.Open(plain, sealed[5:cellHeader], sealed[cellHeader:], k.cellAAD(s, sealed[0], c))
	v.scratches.Put(s)
	if err != nil {
		return nil, ErrDamaged
	}
	return plain, nil
}

// SealText seals a text. An empty one gives nil, which is stored as NULL: whether a text is empty is not secret, and most
// optional columns are.
func (v *Vault) SealText(c Cell, s string) ([]byte, error) {
	if s == "" {
		return nil, nil
	}
	return v.Seal(c, unsafe.Slice(unsafe.StringData(s), len(s))) // Seal only reads it.
}

// OpenText opens what SealText made; nil gives the empty text.
func (v *Vault) OpenText(c Cell, sealed []byte) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	plain, err := v.Open(c, sealed)
	if err != nil {
		return "", err
	}
	return unsafe.String(unsafe.SliceData(plain), len(plain)), nil // Nobody else has these bytes.
}

// Damaged says whether an error means that sealed data cannot be trusted, as opposed to the database being away.
func Damaged(err error) bool {
	return errors.Is(err, ErrDamaged) || errors.Is(err, ErrUnknownKey)
}
