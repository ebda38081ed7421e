package kek

import (
	"crypto/rand"
	"errors"
	"fmt"
)

// Shamir's scheme over GF(2^8) with the polynomial of AES, x^8+x^4+x^3+x+1. Each byte of the secret is the constant of a
// polynomial of its own with random coefficients; share n is the values of all of them at n. Fewer than threshold shares tell
// nothing at all of the secret.

// gfMul multiplies without a branch or a table index that depends on its operands, so that timing tells nothing of them.
func gfMul(a, b byte) byte {
	var p byte
	for range 8 {
		p ^= a & -(b & 1)
		a = a<<1 ^ 0x1b&-(a>>7)
		b >>= 1
	}
	return p
}

// gfInv is a^254, which is 1/a for every a but 0.
func gfInv(a byte) byte {
	// 254 = 2+4+...+128
	sq, p := a, byte(1)
	for range 7 {
		sq = gfMul(sq, sq)
		p = gfMul(p, sq)
	}
	return p
}

// split makes n shares of a secret, any threshold of which give it back; shares[i] belongs to the point i+1.
func split(secret []byte, threshold, n int) ([][]byte, error) {
	if threshold < 2 || n < threshold || n > 255 {
		return nil, fmt.Errorf("kek: %d of %d shares cannot be made", threshold, n)
	}
	shares := make([][]byte, n)
	for i := range shares {
		shares[i] = make([]byte, len(secret))
	}
	coefficients := make([]byte, threshold)
	defer clear(coefficients)
	for at, b := range secret {
		if _, err := rand.Read(coefficients[1:]); err != nil {
			return nil, fmt.Errorf("kek: random numbers: %w", err)
		}
		coefficients[0] = b
		for i := range shares {
			x, y := byte(i+1), byte(0)
			for c := threshold - 1; c >= 0; c-- {
				y = gfMul(y, x) ^ coefficients[c]
			}
			shares[i][at] = y
		}
	}
	return shares, nil
}

// combine interpolates at 0.
func combine(points []byte, shares [][]byte) ([]byte, error) {
	if len(points) == 0 || len(points) != len(shares) {
		return nil, errors.New("kek: no shares")
	}
	secret := make([]byte, len(shares[0]))
	for i, xi := range points {
		basis := byte(1)
		for j, xj := range points {
			if i == j {
				continue
			}
			if xi == xj || xi == 0 || len(shares[i]) != len(secret) {
				return nil, errors.New("kek: a share came twice or has no place")
			}
			basis = gfMul(basis, gfMul(xj, gfInv(xj^xi)))
		}
		for at := range secret {
			secret[at] ^= gfMul(basis, shares[i][at])
		}
	}
	return secret, nil
}
