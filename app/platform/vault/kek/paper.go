package kek

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// WriteShares writes each share to a new file of its own that nobody else may read, and puts the key together again from what
// was written, so that a slip does not lock everybody out. It tells the files it made, also when it fails.
func WriteShares(dir string, key []byte, shares []Share) (paths []string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("vault: folder of the shares: %w", err)
	}
	back := make([]Share, len(shares))
	for i := range shares {
		share := &shares[i]
		path := filepath.Join(dir, fmt.Sprintf("share-%d-%s.txt", share.Number, share.Label))
		if err := WriteSecret(path, share.Text()+"\n"); err != nil {
			return paths, err
		}
		paths = append(paths, path)
		text, err := ReadWords(path)
		if err != nil {
			return paths, err
		}
		if back[i], err = ParseShare(string(text)); err != nil {
			return paths, fmt.Errorf("vault: %s reads back wrong: %w", path, err)
		}
	}
	return paths, same(key, back)
}

// same puts the key together from every group of neighbours.
func same(key []byte, shares []Share) error {
	n := shares[0].Threshold
	for i := range shares {
		var some []Share
		for j := range n {
			some = append(some, shares[(i+j)%len(shares)])
		}
		got, err := Combine(some)
		if err != nil {
			return err
		}
		if !bytes.Equal(got, key) {
			return errors.New("vault: the shares do not give the key back; nothing was changed")
		}
	}
	return nil
}

// WriteSecret writes a new file nobody else may read.
func WriteSecret(path, content string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	_, err = f.WriteString(content)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	return nil
}

// Sheet is a key in lines that can be typed in again, each with a sum of its own that finds slips.
func Sheet(key []byte, check, kind string, now time.Time) string {
	var s strings.Builder
	fmt.Fprintf(&s, "DINGBAN KEY SHEET %s\n\nKeep it in a safe. Whoever has it and a copy of the database can read everything.\n\n", now.UTC().Format(time.DateOnly))
	fmt.Fprintf(&s, "check value  %s\nkept as      %s\n\n", check, kind)
	digits := hex.EncodeToString(key)
	for i := range 4 {
		part := digits[i*16 : i*16+16]
		fmt.Fprintf(&s, "%d  %s %s %s %s  sum %02x\n", i+1, part[:4], part[4:8], part[8:12], part[12:], lineSum(part))
	}
	s.WriteString("\nTo use it: write the 64 digits without spaces into a file, chmod 600, and set vault.kek: file and vault.kek_file to it.\n")
	return s.String()
}

func lineSum(part string) byte {
	var sum byte
	for i := range len(part) {
		sum = sum*31 + part[i]
	}
	return sum
}
