package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
)

// The suites, each named by the first byte of everything sealed with it: what an older one sealed says itself how to open it,
// whatever is configured today.
const (
	suiteSM4GCM byte = 1
	suiteAESGCM byte = 2
	// suiteSM4CBC is SM4-CBC, then HMAC-SM3 over the ciphertext: the same without GCM, which hardware modules often lack.
	suiteSM4CBC byte = 3
	// suiteSM4CTR stands in for suiteSM4CBC in streams: the length of a file must follow from that of its ciphertext, which the
	// padding of CBC hides. The tag is the first half of the HMAC-SM3.
	suiteSM4CTR byte = 4
)

// suites is one more than the highest of them.
const suites = 5

// The names of the suites in the configuration.
const (
	SM4GCM = "sm4-gcm"
	AESGCM = "aes-256-gcm"
	SM4CBC = "sm4-cbc-hmac-sm3"
)

// Suites lists the names a configuration may choose from; the first is the default.
func Suites() []string { return []string{SM4GCM, AESGCM, SM4CBC} }

// suiteNames tell people which suite a byte means.
var suiteNames = [suites]string{suiteSM4GCM: SM4GCM, suiteAESGCM: AESGCM, suiteSM4CBC: SM4CBC, suiteSM4CTR: "sm4-ctr-hmac-sm3"}

// chosen returns the suites for cells and for streams under a configured name.
func chosen(name string) (cell, stream byte, err error) {
	switch name {
	case "", SM4GCM:
		return suiteSM4GCM, suiteSM4GCM, nil
	case AESGCM:
		return suiteAESGCM, suiteAESGCM, nil
	case SM4CBC:
		return suiteSM4CBC, suiteSM4CTR, nil
	}
	return 0, 0, fmt.Errorf("vault: suite %q is not one of %s", name, strings.Join(Suites(), ", "))
}

const (
	rootSize  = 32 // KEK0, key encryption keys and data keys; working keys are derived from them.
	nonceSize = 12
	tagSize   = 16
)

// newAEAD derives the working keys of a suite from a root and the use it is for: one use and suite, one key.
func newAEAD(s byte, root []byte, use string) (cipher.AEAD, error) {
	switch s {
	case suiteSM4GCM, suiteAESGCM:
		return newGCM(s, root, use)
	case suiteSM4CBC, suiteSM4CTR:
		return newSealMAC(s, root, use)
	}
	return nil, fmt.Errorf("vault: there is no suite %d", s)
}

func newGCM(s byte, root []byte, use string) (cipher.AEAD, error) {
	size, newBlock := sm4.BlockSize, sm4.NewCipher
	if s == suiteAESGCM {
		size, newBlock = 32, aes.NewCipher
	}
	key, err := derive(root, use+"."+suiteNames[s], size)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	block, err := newBlock(key)
	if err != nil {
		return nil, fmt.Errorf("vault: cipher for %s: %w", use, err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("vault: GCM for %s: %w", use, err)
	}
	return aead, nil
}

// ciphers are the working keys of one root, by suite.
type ciphers [suites]cipher.AEAD

func newCiphers(root []byte, use string, which ...byte) (*ciphers, error) {
	var c ciphers
	var err error
	for _, s := range which {
		if c[s], err = newAEAD(s, root, use); err != nil {
			return nil, err
		}
	}
	return &c, nil
}

// wrapping makes the working keys of a key that wraps others or seals values: all suites, because what an older configuration
// sealed stays readable.
func wrapping(root []byte, use string) (*ciphers, error) {
	if use == "dingban.vault."+purposeStream {
		return newCiphers(root, use, suiteSM4GCM, suiteAESGCM, suiteSM4CBC, suiteSM4CTR) // The last of old streams.
	}
	return newCiphers(root, use, suiteSM4GCM, suiteAESGCM, suiteSM4CBC)
}

// get returns the cipher for a suite byte that somebody may have changed, or nil.
func (c *ciphers) get(s byte) cipher.AEAD {
	if s >= suites {
		return nil
	}
	return c[s]
}

// checkValue names a key without telling it: GCM would open under a second, made-up key just as well, so the key that a row
// or a file brings is compared by this before it is used.
func checkValue(root []byte) (string, error) {
	key, err := derive(root, "dingban.vault.check", rootSize)
	if err != nil {
		return "", err
	}
	var sum [sm3.Size]byte
	newMAC(key).sum(&sum, []byte("dingban"))
	return hex.EncodeToString(sum[:8]), nil
}

// CheckValue is the name under which the database and its sheets know a KEK0. It tells nothing of it.
func CheckValue(key []byte) (string, error) { return checkValue(key) }

// wrap seals one key under another; the nonce is random, for a key encryption key wraps a handful of keys in its life.
func wrap(c *ciphers, s byte, key, aad []byte) ([]byte, error) {
	aead := c[s]
	out := make([]byte, 1+nonceSize, 1+nonceSize+len(key)+aead.Overhead())
	out[0] = s
	if _, err := rand.Read(out[1:]); err != nil {
		return nil, fmt.Errorf("vault: random numbers: %w", err)
	}
	return aead.Seal(out, out[1:], key, aad), nil
}

func unwrap(c *ciphers, wrapped, aad []byte) ([]byte, error) {
	if len(wrapped) < 1+nonceSize {
		return nil, ErrDamaged
	}
	aead := c.get(wrapped[0])
	if aead == nil {
		return nil, ErrDamaged
	}
	key, err := aead.Open(nil, wrapped[1:1+nonceSize], wrapped[1+nonceSize:], aad)
	if err != nil {
		return nil, ErrDamaged
	}
	if len(key) != rootSize {
		clear(key)
		return nil, ErrDamaged
	}
	return key, nil
}
