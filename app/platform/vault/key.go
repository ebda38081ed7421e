package vault

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"sync"
	"sync/atomic"
)

// A key must never seal two values with one nonce: SM4-GCM would give away both, and the key of the tag with them. A nonce is
// eight random bytes and a counter. The random half is drawn anew at each start and every 65,536 values, so that processes
// sharing a key keep apart without talking to each other, and a virtual machine put back to an earlier moment repeats little.
// Within the budget of 2^32 values, 65,536 such draws, the chance of any two being equal is below 2^-32.
const (
	nonceBlock = 1 << 16
	// softBudget is when the next epoch of a key is made, hardBudget when the key refuses. What lies between is far more than
	// processes can have sealed without having told yet, because they crashed or because the database was busy.
	softBudget = 1 << 31
	hardBudget = 1 << 32
)

// key is one data key ready for work. It is shared by everything that seals in this process.
type key struct {
	id        uint32
	purpose   string
	epoch     int64
	createdAt int64
	aead      *ciphers       // By suite; nil for the keys that do not seal.
	blind     *blindKey      // Of a key of the index.
	pepper    *mac           // Of a key of password hashes.
	bound     [suites][]byte // The associated data that is the same for all this key seals with a suite.

	mu       sync.Mutex
	prefix   [8]byte
	local    int64 // Sealed by this process.
	reported int64 // Of these, told to the key store.
	others   int64 // Sealed by other processes and earlier ones, as far as known.
	budget   int64

	telling atomic.Bool // A report is under way.
}

// nonce fills dst and counts. It says whether it is time to report.
func (k *key) nonce(dst []byte) (report bool, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.others+k.local >= k.budget {
		return true, ErrExhausted
	}
	if k.local%nonceBlock == 0 {
		if _, err := rand.Read(k.prefix[:]); err != nil {
			return false, fmt.Errorf("vault: random numbers: %w", err)
		}
	}
	copy(dst, k.prefix[:])
	binary.BigEndian.PutUint32(dst[8:nonceSize], uint32(k.local))
	k.local++
	return k.local%nonceBlock == 0, nil
}

// unreported returns how many values the key store has not been told of.
func (k *key) unreported() int64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.local - k.reported
}

// told notes that the store knows of n more and now counts total.
func (k *key) told(n, total int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.reported += n
	k.others = max(total-k.reported, 0)
}
