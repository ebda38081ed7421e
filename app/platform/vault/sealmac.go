package vault

import (
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
)

// sealMAC is encrypt-then-MAC of SM4 and HMAC-SM3 as a cipher.AEAD. Its three keys are derived apart. The MAC covers the length
// of the associated data, these, the nonce and the ciphertext, and is checked before anything is decrypted, so that the
// padding of CBC tells nobody anything.
type sealMAC struct {
	suite   byte
	block   cipher.Block
	ivBlock cipher.Block
	mac     *mac
	tag     int
}

func newSealMAC(s byte, root []byte, use string) (*sealMAC, error) {
	a := &sealMAC{suite: s, tag: sm3.Size}
	if s == suiteSM4CTR {
		a.tag = tagSize
	}
	use += "." + suiteNames[s]
	for part, dst := range map[string]*cipher.Block{".enc": &a.block, ".iv": &a.ivBlock} {
		key, err := derive(root, use+part, sm4.BlockSize)
		if err != nil {
			return nil, err
		}
		*dst, err = sm4.NewCipher(key)
		clear(key)
		if err != nil {
			return nil, fmt.Errorf("vault: SM4 for %s: %w", use, err)
		}
	}
	key, err := derive(root, use+".mac", rootSize)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	a.mac = newMAC(key)
	return a, nil
}

func (a *sealMAC) NonceSize() int { return nonceSize }

// Overhead is the most a sealed value is longer than what it holds.
func (a *sealMAC) Overhead() int {
	if a.suite == suiteSM4CBC {
		return a.tag + sm4.BlockSize
	}
	return a.tag
}

// iv is the nonce enciphered under a key of its own: nonces never repeat, and so nobody can foretell it, which CBC needs.
func (a *sealMAC) iv(nonce []byte) []byte {
	iv := make([]byte, sm4.BlockSize)
	copy(iv, nonce)
	a.ivBlock.Encrypt(iv, iv)
	return iv
}

func (a *sealMAC) sum(out *[sm3.Size]byte, nonce, sealed, aad []byte) {
	var length [8]byte
	binary.BigEndian.PutUint64(length[:], uint64(len(aad)))
	a.mac.sumParts(out, length[:], aad, nonce, sealed)
}

func (a *sealMAC) Seal(dst, nonce, plain, aad []byte) []byte {
	size := len(plain)
	pad := 0
	if a.suite == suiteSM4CBC {
		pad = sm4.BlockSize - size%sm4.BlockSize
	}
	start := len(dst)
	body := size + pad
	if room := start + body + a.tag; cap(dst) < room {
		dst = append(make([]byte, 0, room), dst...)
	}
	dst = append(dst, plain...) // In place, when plain is where it goes: streams seal so.
	for range pad {
		dst = append(dst, byte(pad))
	}
	out := dst[start:]
	if a.suite == suiteSM4CBC {
		cipher.NewCBCEncrypter(a.block, a.iv(nonce)).CryptBlocks(out, out)
	} else {
		cipher.NewCTR(a.block, a.iv(nonce)).XORKeyStream(out, out)
	}
	var sum [sm3.Size]byte
	a.sum(&sum, nonce, out, aad)
	return append(dst, sum[:a.tag]...)
}

var errForged = errors.New("the message authentication code is wrong")

func (a *sealMAC) Open(dst, nonce, sealed, aad []byte) ([]byte, error) {
	size := len(sealed) - a.tag
	if size < 0 || a.suite == suiteSM4CBC && (size == 0 || size%sm4.BlockSize != 0) {
		return nil, errForged
	}
	var sum [sm3.Size]byte
	a.sum(&sum, nonce, sealed[:size], aad)
	if subtle.ConstantTimeCompare(sum[:a.tag], sealed[size:]) != 1 {
		return nil, errForged
	}
	start := len(dst)
	dst = append(dst, sealed[:size]...)
	out := dst[start:]
	if a.suite != suiteSM4CBC {
		cipher.NewCTR(a.block, a.iv(nonce)).XORKeyStream(out, out)
		return dst, nil
	}
	cipher.NewCBCDecrypter(a.block, a.iv(nonce)).CryptBlocks(out, out)
	pad := int(out[size-1])
	if pad == 0 || pad > sm4.BlockSize {
		clear(out)
		return nil, errForged // Only whoever has the key can have made this.
	}
	return dst[:start+size-pad], nil
}
