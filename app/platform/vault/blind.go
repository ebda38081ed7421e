package vault

import (
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/emmansun/gmsm/sm3"
)

// A key that does not seal gives numbers: blind ones by which sealed values are found, and the pepper of password hashes. Numbers
// of different epochs have nothing in common, so whoever keeps one keeps the id of its key beside it, and who looks for a value
// asks for all numbers it may be kept under.

// blindKey is what a key of the index has instead of ciphers.
type blindKey struct {
	root     []byte
	purposes sync.Map // *mac by purpose.
}

func (b *blindKey) number(purpose, value string) int64 {
	m, ok := b.purposes.Load(purpose)
	if !ok {
		k, err := derive(b.root, "dingban.vault.index."+purpose, rootSize)
		if err != nil {
			panic(err) // HKDF refuses only lengths this one is not.
		}
		m, _ = b.purposes.LoadOrStore(purpose, newMAC(k))
	}
	var sum [sm3.Size]byte
	m.(*mac).sumString(&sum, value)
	return int64(binary.BigEndian.Uint64(sum[:]) >> 1)
}

// Blind returns the number by which a sealed value is found, made with the newest key of the index: equal values of one purpose
// give equal numbers, and without the key nothing can be learnt from one but that. It is never negative. Normalise the value
// first.
func (v *Vault) Blind(purpose, value string) int64 {
	return v.ring.Load().index.blind.number(purpose, value)
}

// BlindKey is Blind together with the id of the key, to be kept beside it.
func (v *Vault) BlindKey(purpose, value string) (number int64, key uint32) {
	k := v.ring.Load().index
	return k.blind.number(purpose, value), k.id
}

// Blinds returns the numbers a value may be kept under, the newest first: more than one from when a new key of the index came
// until the old one is destroyed.
func (v *Vault) Blinds(purpose, value string) []int64 {
	r := v.ring.Load()
	out := make([]int64, len(r.indexes))
	for i, k := range r.indexes {
		out[i] = k.blind.number(purpose, value)
	}
	return out
}

// IndexKey is the id of the newest key of the index.
func (v *Vault) IndexKey() uint32 { return v.ring.Load().index.id }

// Blinder makes the numbers of one purpose with a certain key of the index, whose id it tells: 0 is the first there was.
func (v *Vault) Blinder(key uint32, purpose string) (number func(value string) int64, id uint32, err error) {
	if key == 0 {
		key = v.ring.Load().firstIndex
	}
	k, err := v.keyFor(key, purposeIndex)
	if err != nil {
		return nil, 0, fmt.Errorf("vault: key %d of the index: %w", key, err)
	}
	return func(value string) int64 { return k.blind.number(purpose, value) }, k.id, nil
}

// FirstKey is the id of the first key of PurposeIndex or PurposePepper, which a row means that names none.
func (v *Vault) FirstKey(purpose string) uint32 {
	if purpose == purposePepper {
		return v.ring.Load().firstPepper
	}
	return v.ring.Load().firstIndex
}

// places are where records of a name may be.
func (v *Vault) places(name string) []string {
	a, b := v.Blinds("file", name), v.Blinds("file again", name)
	out := make([]string, min(len(a), len(b))) // A rotation may come in between; it has no records yet.
	for i := range out {
		out[i] = placeOf(a[len(a)-1-i], b[len(b)-1-i])
	}
	return out
}

// place finds the records of a name, by the newest key; two blind numbers, because records of another name must not be dropped
// with them.
func (v *Vault) place(name string) (string, uint32) {
	k := v.ring.Load().index
	return placeOf(k.blind.number("file", name), k.blind.number("file again", name)), k.id
}

func placeOf(a, b int64) string { return fmt.Sprintf("%016x%016x", a, b) }

// Pepper returns HMAC-SM3 of b under the newest of the keys kept for password hashes alone: who steals the hashes cannot try
// passwords on them. The id of the key is kept beside the hash.
func (v *Vault) Pepper(b []byte) (sum []byte, key uint32) {
	k := v.ring.Load().pepper
	return k.mac(b), k.id
}

// PepperKey is the id of the key that Pepper uses.
func (v *Vault) PepperKey() uint32 { return v.ring.Load().pepper.id }

// PepperWith is Pepper with a certain key; 0 is the first there was.
func (v *Vault) PepperWith(key uint32, b []byte) ([]byte, error) {
	if key == 0 {
		key = v.ring.Load().firstPepper
	}
	k, err := v.keyFor(key, purposePepper)
	if err != nil {
		return nil, fmt.Errorf("vault: key %d of password hashes: %w", key, err)
	}
	return k.mac(b), nil
}

func (k *key) mac(b []byte) []byte {
	var sum [sm3.Size]byte
	k.pepper.sum(&sum, b)
	return sum[:]
}
