// Package kek holds the providers of KEK0, the key that opens all others: a file, a passphrase, shares kept by several people,
// or a device. Each gives the same 32 bytes; where they come from is configuration, and moving from one to another wraps the
// key encryption keys anew and nothing else.
package kek

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
)

// Size is the length of KEK0.
const Size = 32

// The kinds of providers, as the configuration names them.
const (
	KindFile       = "file"
	KindPassphrase = "passphrase"
	KindShares     = "shares"
	KindSDF        = "sdf"
	KindSKF        = "skf"
)

// Kinds lists them.
func Kinds() []string { return []string{KindFile, KindPassphrase, KindShares, KindSDF, KindSKF} }

// Provider gives KEK0.
type Provider interface {
	// Kind is one of Kinds.
	Kind() string
	// Where names what the key comes from, for messages.
	Where() string
	// Key returns the key, which the caller clears. ErrSealed says that people have to bring something first, fs.ErrNotExist
	// that there is none yet.
	Key(ctx context.Context) ([]byte, error)
	// Create makes a new key, for a database that has none; ErrNoCreate says that this provider does not by itself.
	Create(ctx context.Context) error
}

// Unsealer is a provider that waits for people.
type Unsealer interface {
	Provider
	// Offer takes one share or the passphrase. An error says what is wrong with it; what was offered before stays.
	Offer(text string) (Progress, error)
	// Progress says how much has been brought.
	Progress() Progress
	// Reset forgets what was brought: together it was wrong.
	Reset()
}

// Progress counts what people have brought.
type Progress struct {
	Have, Need int
}

// Complete says whether the key can be made now.
func (p Progress) Complete() bool { return p.Need > 0 && p.Have >= p.Need }

var (
	// ErrSealed says that the key is not there until people have brought their parts of it.
	ErrSealed = errors.New("the vault is sealed: bring the passphrase or the shares of its key")
	// ErrNoCreate says that a provider makes no key by itself.
	ErrNoCreate = errors.New("this kind of key is not made at the first start: start with a key file, then run dingban vault rotate")
	// ErrPassphrase says that a passphrase is not the right one.
	ErrPassphrase = errors.New("the passphrase is wrong")
	// ErrWeak says that a new passphrase would be guessed.
	ErrWeak = errors.New("this passphrase cannot be taken")
	// ErrShare says that a text is no share, or that a slip was made in it.
	ErrShare = errors.New("this is no share of a key, or there is a slip in it")
	// ErrOtherShare says that shares were not made together.
	ErrOtherShare = errors.New("the shares belong to different keys")
)

// NewKey draws a key.
func NewKey() ([]byte, error) {
	key := make([]byte, Size)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("kek: random numbers: %w", err)
	}
	return key, nil
}

// FileError says what is wrong with a file that holds the key and what to do about it. It names the file, never its content.
type FileError struct {
	Path    string
	Problem string
	Remedy  string
	Err     error
}

func (e *FileError) Error() string {
	s := fmt.Sprintf("vault: key file %s: %s", e.Path, e.Problem)
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s + ". " + e.Remedy
}

func (e *FileError) Unwrap() error { return e.Err }

// Given is a provider of a key that is in hand already: the command line that moves a database from one key to another has it.
type Given struct {
	From  Provider
	Bytes []byte
}

// Kind is that of the provider it came from.
func (g *Given) Kind() string { return g.From.Kind() }

// Where is that of the provider it came from.
func (g *Given) Where() string { return g.From.Where() }

// Key gives a copy.
func (g *Given) Key(context.Context) ([]byte, error) { return append([]byte(nil), g.Bytes...), nil }

// Create is not for it.
func (g *Given) Create(context.Context) error { return ErrNoCreate }
