package kek

import (
	"bytes"
	"context"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
	"golang.org/x/crypto/argon2"
)

// The ways from a passphrase to a key. argon2id makes each guess cost memory; PBKDF2-HMAC-SM3 is the one that GM/T 0091 names.
const (
	KDFArgon2id = "argon2id"
	KDFSM3      = "pbkdf2-hmac-sm3"
)

// KDFs lists them, the default first.
func KDFs() []string { return []string{KDFArgon2id, KDFSM3} }

// What a new file asks for, and the bounds within which a file is believed: below the lower ones somebody has made guessing
// cheap, above the higher ones opening it would stop the machine.
const (
	argonRounds, argonMemory, argonThreads = 3, 256 << 10, 4
	minArgonMemory, maxArgonMemory         = 19 << 10, 4 << 20
	maxArgonRounds, maxArgonThreads        = 64, 64
	sm3Rounds, minSM3Rounds, maxSM3Rounds  = 600_000, 210_000, 50_000_000
	saltSize                               = 16
	minPassphrase                          = 12
	maxPassphrase                          = 1024
)

// Passphrase is the provider whose file opens with a passphrase, brought by people or read from a strict file of its own.
type Passphrase struct {
	Path string
	// WordsFile holds the passphrase; empty when people bring it.
	WordsFile string
	KDF       string // For a new file; the default when empty.
	MayCreate bool

	mu    sync.Mutex
	words []byte // Brought by people.
}

// Kind is KindPassphrase.
func (p *Passphrase) Kind() string { return KindPassphrase }

// Where names the file.
func (p *Passphrase) Where() string { return "passphrase-sealed key file " + p.Path }

func (p *Passphrase) passphrase() ([]byte, error) {
	if p.WordsFile != "" {
		return ReadWords(p.WordsFile)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.words == nil {
		return nil, ErrSealed
	}
	return bytes.Clone(p.words), nil
}

// ReadWords reads a passphrase or a PIN from a file with the strictness of a key file, without the line's end.
func ReadWords(path string) ([]byte, error) {
	raw, err := readStrict(path)
	if err != nil {
		return nil, err
	}
	words := bytes.TrimRight(raw, "\r\n")
	if len(words) == 0 {
		return nil, &FileError{Path: path, Problem: "is empty", Remedy: "Write the passphrase or PIN into it."}
	}
	return words, nil
}

// Key opens the file with the passphrase.
func (p *Passphrase) Key(context.Context) ([]byte, error) {
	raw, err := readStrict(p.Path)
	if err != nil {
		return nil, err
	}
	f, err := parseSealedFile(p.Path, KindPassphrase, raw)
	if err != nil {
		return nil, err
	}
	words, err := p.passphrase()
	if err != nil {
		return nil, err
	}
	defer clear(words)
	return openWith(p.Path, f, words)
}

// Create makes the file with a new key.
func (p *Passphrase) Create(context.Context) error {
	if !p.MayCreate {
		return ErrNoCreate
	}
	key, err := NewKey()
	if err != nil {
		return err
	}
	defer clear(key)
	words, err := p.passphrase()
	if err != nil {
		return err
	}
	defer clear(words)
	return SealWithPassphrase(p.Path, p.KDF, key, words)
}

// Offer takes the passphrase; it is tried at once.
func (p *Passphrase) Offer(text string) (Progress, error) {
	words := []byte(strings.TrimRight(text, "\r\n"))
	if len(words) == 0 || len(words) > maxPassphrase {
		return p.Progress(), ErrPassphrase
	}
	raw, err := readStrict(p.Path)
	if errors.Is(err, fs.ErrNotExist) && p.MayCreate {
		if err = CheckPassphrase(words); err != nil {
			return p.Progress(), err
		}
	} else {
		if err != nil {
			return p.Progress(), err
		}
		f, err := parseSealedFile(p.Path, KindPassphrase, raw)
		if err != nil {
			return p.Progress(), err
		}
		key, err := openWith(p.Path, f, words)
		if err != nil {
			return p.Progress(), err
		}
		clear(key)
	}
	p.mu.Lock()
	p.words = words
	p.mu.Unlock()
	return p.Progress(), nil
}

// Progress is 1 of 1 once the passphrase is known.
func (p *Passphrase) Progress() Progress {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.words != nil || p.WordsFile != "" {
		return Progress{Have: 1, Need: 1}
	}
	return Progress{Need: 1}
}

// Reset forgets it.
func (p *Passphrase) Reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.words)
	p.words = nil
}

// CheckPassphrase refuses one that would be guessed.
func CheckPassphrase(words []byte) error {
	switch {
	case !utf8.Valid(words) || len(words) > maxPassphrase:
		return fmt.Errorf("%w: it is UTF-8 text of at most %d bytes", ErrWeak, maxPassphrase)
	case utf8.RuneCount(words) < minPassphrase:
		return fmt.Errorf("%w: it has at least %d characters", ErrWeak, minPassphrase)
	case bytes.Count(words, words[:1]) == len(words):
		return fmt.Errorf("%w: it is more than one character again and again", ErrWeak)
	}
	return nil
}

// SealWithPassphrase writes a key file that opens with a passphrase.
func SealWithPassphrase(path, kdf string, key, words []byte) error {
	if err := CheckPassphrase(words); err != nil {
		return err
	}
	f := sealedFile{Kind: KindPassphrase, KDF: kdf, Salt: make([]byte, saltSize)}
	switch kdf {
	case "", KDFArgon2id:
		f.KDF, f.Rounds, f.Memory, f.Threads = KDFArgon2id, argonRounds, argonMemory, argonThreads
	case KDFSM3:
		f.Rounds = sm3Rounds
	default:
		return fmt.Errorf("kek: vault.kdf: %q is not one of %s", kdf, strings.Join(KDFs(), ", "))
	}
	if _, err := rand.Read(f.Salt); err != nil {
		return fmt.Errorf("kek: random numbers: %w", err)
	}
	aead, err := f.stretch(path, words)
	if err != nil {
		return err
	}
	nonce := make([]byte, aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return fmt.Errorf("kek: random numbers: %w", err)
	}
	f.Sealed = aead.Seal(nonce, nonce, key, f.bound())
	return f.write(path)
}

func openWith(path string, f sealedFile, words []byte) ([]byte, error) {
	aead, err := f.stretch(path, words)
	if err != nil {
		return nil, err
	}
	n := aead.NonceSize()
	if len(f.Sealed) != n+Size+aead.Overhead() {
		return nil, &FileError{Path: path, Problem: "is damaged", Remedy: "Put the right file back from where it is kept safe."}
	}
	key, err := aead.Open(nil, f.Sealed[:n], f.Sealed[n:], f.bound())
	if err != nil {
		return nil, ErrPassphrase
	}
	return key, nil
}

// stretch makes the cipher of a passphrase.
func (f sealedFile) stretch(path string, words []byte) (cipher.AEAD, error) {
	bad := len(f.Salt) != saltSize
	var key []byte
	switch f.KDF {
	case KDFArgon2id:
		bad = bad || f.Rounds < 1 || f.Rounds > maxArgonRounds || f.Memory < minArgonMemory || f.Memory > maxArgonMemory || f.Threads < 1 || f.Threads > maxArgonThreads
		if !bad {
			key = argon2.IDKey(words, f.Salt, uint32(f.Rounds), uint32(f.Memory), uint8(f.Threads), sm4.BlockSize)
		}
	case KDFSM3:
		bad = bad || f.Rounds < minSM3Rounds || f.Rounds > maxSM3Rounds
		if !bad {
			var err error
			if key, err = pbkdf2.Key(sm3.New, string(words), f.Salt, f.Rounds, sm4.BlockSize); err != nil {
				return nil, fmt.Errorf("kek: %w", err)
			}
		}
	default:
		bad = true
	}
	if bad {
		return nil, &FileError{Path: path, Problem: "asks for a way of stretching the passphrase that is not known or not safe", Remedy: "Put the right file back from where it is kept safe."}
	}
	defer clear(key)
	block, err := sm4.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("kek: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("kek: %w", err)
	}
	return aead, nil
}

// bound is the associated data: how the key was stretched cannot be changed under it.
func (f sealedFile) bound() []byte {
	b := []byte(sealedFormat + "\x00" + f.Kind + "\x00" + f.KDF + "\x00")
	for _, n := range []int{f.Rounds, f.Memory, f.Threads} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	return append(b, f.Salt...)
}
