// Package password decides which passwords are good enough, hashes them with PBKDF2-HMAC-SM3, makes one-time ones, and
// keeps the costly hashing from starving other work. It does no input or output.
package password

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"math/big"

	"github.com/emmansun/gmsm/sm3"
)

const (
	saltSize = 16
	hashSize = 32
)

// DefaultIterations makes one guess cost about a tenth of a second of one core.
const DefaultIterations = 210_000

// MinIterations is the least a configuration may ask for outside of tests.
const MinIterations = 10_000

// Hash is a stored password.
type Hash struct {
	Salt       []byte
	Iterations int
	Sum        []byte
	// PepperKey is the key of the pepper that is in Sum; 0 is the first there was.
	PepperKey uint32
}

// Pepper mixes a key into a hash that is kept apart from the database, so that a stolen table cannot be guessed at. What its keys
// were mixed into cannot be made with another one without the password, so a hash moves when its person signs in.
type Pepper interface {
	PepperKey() uint32
	PepperWith(key uint32, b []byte) ([]byte, error)
}

// New hashes a password under a fresh salt.
func New(plain string, iterations int, pepper Pepper) (Hash, error) {
	salt := make([]byte, saltSize)
	if _, err := rand.Read(salt); err != nil {
		return Hash{}, fmt.Errorf("password: salt: %w", err)
	}
	key := pepper.PepperKey()
	sum, err := derive(plain, salt, iterations, pepper, key)
	if err != nil {
		return Hash{}, err
	}
	return Hash{Salt: salt, Iterations: iterations, Sum: sum, PepperKey: key}, nil
}

// Matches tells whether this is the password, taking the same time whether it is or not.
func (h Hash) Matches(plain string, pepper Pepper) (bool, error) {
	sum, err := derive(plain, h.Salt, h.Iterations, pepper, h.PepperKey)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(sum, h.Sum) == 1, nil
}

// Dummy is a hash nothing matches, with the cost of a real one: what an unknown account is compared with, so that the
// time of the answer does not tell who has an account.
func Dummy(iterations int, pepper Pepper) Hash {
	return Hash{Salt: make([]byte, saltSize), Iterations: iterations, Sum: make([]byte, hashSize+1), PepperKey: pepper.PepperKey()}
}

func derive(plain string, salt []byte, iterations int, pepper Pepper, key uint32) ([]byte, error) {
	sum, err := pbkdf2.Key(sm3.New, plain, salt, iterations, hashSize)
	if err != nil {
		return nil, fmt.Errorf("password: derive: %w", err)
	}
	defer clear(sum)
	return pepper.PepperWith(key, sum)
}

// oneTimeAlphabets leave out what people mistake for something else when they copy by hand (0 O 1 l I).
var oneTimeAlphabets = [...]string{"abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789"}

const oneTimeLength = 16

// OneTime makes a random password that passes the policy, with 90 bits in it: four groups of four, easy to read out.
func OneTime() (string, error) {
	every := ""
	for _, a := range oneTimeAlphabets {
		every += a
	}
	for {
		out := make([]byte, 0, oneTimeLength+3)
		seen := [len(oneTimeAlphabets)]bool{}
		for i := range oneTimeLength {
			n, err := rand.Int(rand.Reader, big.NewInt(int64(len(every))))
			if err != nil {
				return "", fmt.Errorf("password: one-time: %w", err)
			}
			if i > 0 && i%4 == 0 {
				out = append(out, '-')
			}
			at := int(n.Int64())
			out = append(out, every[at])
			for j, a := range oneTimeAlphabets {
				if at < len(a) {
					seen[j] = true
					break
				}
				at -= len(a)
			}
		}
		if seen == [len(oneTimeAlphabets)]bool{true, true, true} {
			return string(out), nil
		}
	}
}
