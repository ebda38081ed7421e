package kek

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/emmansun/gmsm/sm3"
)

// A share is written so that a person can keep it on paper and type it in again:
//
//	dingban-share 2/3 张三 QW3RT-...
//
// its number and how many there are, whose it is, and in base32: version (1), set (4), threshold (1), count (1), number (1),
// the share (32) and the first four bytes of SM3 over the label and all of it. The set is drawn anew at each split, so that
// shares of two keys, or of two splits of one, are told apart.
const (
	shareWord     = "dingban-share"
	shareVersion  = 1
	shareHeader   = 8
	shareChecksum = 4
	shareSize     = shareHeader + Size + shareChecksum
	maxLabel      = 64
)

// The letters and digits that are not mistaken for others when read aloud or typed from paper.
var shareDigits = base32.NewEncoding("ABCDEFGHJKMNPQRSTVWXYZ0123456789").WithPadding(base32.NoPadding)

// misread takes out what divides the groups, and takes letters that are not used for the digits they look like.
var misread = strings.NewReplacer("-", "", "O", "0", "I", "1", "L", "1")

// Share is one part of a key.
type Share struct {
	Set              [4]byte
	Threshold, Count int
	Number           int
	Label            string
	value            [Size]byte
}

// Split makes as many shares of a key as there are labels, any threshold of which give it back. A label says whose a share is.
func Split(key []byte, threshold int, labels []string) ([]Share, error) {
	if len(key) != Size {
		return nil, fmt.Errorf("kek: a key of %d bytes", len(key))
	}
	seen := map[string]bool{}
	for _, l := range labels {
		if !validLabel(l) || seen[l] {
			return nil, fmt.Errorf("kek: label %q: labels differ and have 1 to %d letters, digits, '.', '_' or '-'", l, maxLabel)
		}
		seen[l] = true
	}
	values, err := split(key, threshold, len(labels))
	if err != nil {
		return nil, err
	}
	var set [4]byte
	if _, err := rand.Read(set[:]); err != nil {
		return nil, fmt.Errorf("kek: random numbers: %w", err)
	}
	shares := make([]Share, len(labels))
	for i, l := range labels {
		shares[i] = Share{Set: set, Threshold: threshold, Count: len(labels), Number: i + 1, Label: l, value: [Size]byte(values[i])}
		clear(values[i])
	}
	return shares, nil
}

func validLabel(l string) bool {
	if l == "" || len(l) > maxLabel || !utf8.ValidString(l) {
		return false
	}
	for _, r := range l {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' && r != '_' && r != '-' {
			return false
		}
	}
	return true
}

// Text is the share as its keeper writes it down. There is no String, so that none is printed by accident.
func (s Share) Text() string {
	raw := append([]byte{shareVersion}, s.Set[:]...)
	raw = append(raw, byte(s.Threshold), byte(s.Count), byte(s.Number))
	raw = append(raw, s.value[:]...)
	raw = append(raw, shareSum(s.Label, raw)...)
	digits := shareDigits.EncodeToString(raw)
	clear(raw)
	var groups []string
	for len(digits) > 5 {
		groups, digits = append(groups, digits[:5]), digits[5:]
	}
	return fmt.Sprintf("%s %d/%d %s %s", shareWord, s.Number, s.Count, s.Label, strings.Join(append(groups, digits), "-"))
}

func shareSum(label string, raw []byte) []byte {
	sum := sm3.Sum(append([]byte(fmt.Sprintf("%s\x00%d\x00%s", shareWord, len(label), label)), raw...))
	return sum[:shareChecksum]
}

// ParseShare reads what Text wrote, in small letters too and with any white space. The error never quotes the text.
func ParseShare(text string) (Share, error) {
	if len(text) > 1024 {
		return Share{}, ErrShare
	}
	fields := strings.Fields(text)
	if len(fields) < 4 || fields[0] != shareWord {
		return Share{}, ErrShare
	}
	label := fields[2]
	digits := misread.Replace(strings.ToUpper(strings.Join(fields[3:], "")))
	raw, err := shareDigits.DecodeString(digits)
	if err != nil || len(raw) != shareSize || raw[0] != shareVersion || !validLabel(label) {
		return Share{}, ErrShare
	}
	defer clear(raw)
	body, sum := raw[:shareSize-shareChecksum], raw[shareSize-shareChecksum:]
	s := Share{Set: [4]byte(raw[1:5]), Threshold: int(raw[5]), Count: int(raw[6]), Number: int(raw[7]), Label: label, value: [Size]byte(raw[shareHeader:])}
	switch {
	case !bytes.Equal(sum, shareSum(label, body)), fields[1] != fmt.Sprintf("%d/%d", s.Number, s.Count),
		s.Threshold < 2, s.Count < s.Threshold, s.Number < 1, s.Number > s.Count,
		shareDigits.EncodeToString(raw) != digits:
		return Share{}, ErrShare
	}
	return s, nil
}

// Combine gives the key back. Whether it is the right one only what it opens can tell.
func Combine(shares []Share) ([]byte, error) {
	if len(shares) == 0 {
		return nil, ErrSealed
	}
	first := shares[0]
	var points []byte
	var values [][]byte
	for i := range shares {
		s := &shares[i]
		if s.Set != first.Set || s.Threshold != first.Threshold || s.Count != first.Count {
			return nil, ErrOtherShare
		}
		if bytes.IndexByte(points, byte(s.Number)) >= 0 {
			continue
		}
		points, values = append(points, byte(s.Number)), append(values, s.value[:])
	}
	if len(points) < first.Threshold {
		return nil, fmt.Errorf("%w: %d of %d shares", ErrSealed, len(points), first.Threshold)
	}
	return combine(points[:first.Threshold], values[:first.Threshold])
}

// Shares is the provider that waits for people to bring their shares.
type Shares struct {
	mu      sync.Mutex
	brought []Share
}

// Kind is KindShares.
func (s *Shares) Kind() string { return KindShares }

// Where says so.
func (s *Shares) Where() string { return "the shares of the key" }

// Key puts the shares together. They stay for as long as the process runs: it may need the key again, when somebody else has
// rotated the key encryption keys.
func (s *Shares) Key(context.Context) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Combine(s.brought)
}

// Create refuses: shares that were made by nobody's wish are in nobody's keeping.
func (s *Shares) Create(context.Context) error { return ErrNoCreate }

// Offer takes a share.
func (s *Shares) Offer(text string) (Progress, error) {
	share, err := ParseShare(text)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		return s.progress(), err
	}
	for i := range s.brought {
		b := &s.brought[i]
		if b.Set != share.Set || b.Threshold != share.Threshold {
			return s.progress(), ErrOtherShare
		}
		if b.Number == share.Number {
			return s.progress(), nil
		}
	}
	s.brought = append(s.brought, share)
	return s.progress(), nil
}

// Progress says how many have been brought.
func (s *Shares) Progress() Progress {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.progress()
}

func (s *Shares) progress() Progress {
	if len(s.brought) == 0 {
		return Progress{Need: 2} // At least; the first share tells.
	}
	return Progress{Have: len(s.brought), Need: s.brought[0].Threshold}
}

// Reset forgets all shares.
func (s *Shares) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.brought {
		clear(s.brought[i].value[:])
	}
	s.brought = nil
}
