package vault

import (
	"bytes"
	"crypto/hmac"
	"errors"

	"github.com/emmansun/gmsm/sm3"

	"dingban/app/platform/vault/kat"
)

// SelfTest runs the known-answer tests of every algorithm the product relies on. A server that gets an error must not serve:
// a wrong cipher destroys data quietly, and a wrong signature check refuses people who are right. The error names what failed.
func SelfTest() error {
	return kat.Run(append(kat.Tests(), kat.Test{Name: "HMAC-SM3", Run: katHMAC}, kat.Test{Name: "SM4-CBC with HMAC-SM3", Run: katSealMAC}))
}

func katHMAC() error {
	key, message := bytes.Repeat([]byte{0x0b}, 32), []byte("what do ya want for nothing?")
	h := hmac.New(sm3.New, key)
	h.Write(message)
	m := newMAC(key)
	var first, second [sm3.Size]byte
	m.sum(&first, message)
	m.sum(&second, message)
	if want := h.Sum(nil); !bytes.Equal(first[:], want) || !bytes.Equal(second[:], want) {
		return kat.ErrWrong
	}
	return nil
}

func katSealMAC() error {
	aead, err := newAEAD(suiteSM4CBC, bytes.Repeat([]byte{7}, rootSize), "use")
	if err != nil {
		return err
	}
	nonce, aad, plain := []byte("123456789abc"), []byte("table and row"), []byte("pppppppppppppppppppp")
	sealed := aead.Seal(nil, nonce, plain, aad)
	if !bytes.Equal(sealed, kat.Unhex("159b9167ed6c362d85439fc4be4d8c3c71361a930bb6725829173ed14779aee6e5f3fdf958417669d2664dcc5fca0173957db5d7c8fbb11d62dd880a6d23ee45")) {
		return kat.ErrWrong
	}
	if back, err := aead.Open(nil, nonce, sealed, aad); err != nil || !bytes.Equal(back, plain) {
		return kat.ErrWrong
	}
	sealed[0] ^= 1
	if _, err := aead.Open(nil, nonce, sealed, aad); err == nil {
		return errors.New("a changed ciphertext was accepted")
	}
	return nil
}
