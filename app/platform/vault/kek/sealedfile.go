package kek

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// sealedFile is a key file that does not hold the key itself but what a passphrase or a device opens it with. It is kept as
// strictly as one that does: with a copy, passphrases can be tried elsewhere.
type sealedFile struct {
	Format  string `json:"format"`
	Kind    string `json:"kind"`
	KDF     string `json:"kdf,omitempty"`
	Salt    []byte `json:"salt,omitempty"`
	Rounds  int    `json:"rounds,omitempty"`
	Memory  int    `json:"memory_kib,omitempty"`
	Threads int    `json:"threads,omitempty"`
	Sealed  []byte `json:"sealed"`
}

const sealedFormat = "dingban-kek-1"

// parseSealedFile reads the content of a file of one kind.
func parseSealedFile(path, kind string, raw []byte) (sealedFile, error) {
	var f sealedFile
	bad := func(problem string) (sealedFile, error) {
		return sealedFile{}, &FileError{Path: path, Problem: problem, Remedy: "Put the right file back from where it is kept safe, or set vault.kek to the kind it is of."}
	}
	if digits := bytes.TrimSpace(raw); len(digits) == keyFileSize && digits[0] != '{' {
		return bad("holds a key as it is, not one sealed for vault.kek = " + kind)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil || d.More() || f.Format != sealedFormat {
		return bad("is no sealed key file")
	}
	if f.Kind != kind {
		return bad(fmt.Sprintf("is sealed for vault.kek = %q, not %q", f.Kind, kind))
	}
	return f, nil
}

func (f sealedFile) write(path string) error {
	f.Format = sealedFormat
	raw, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return fmt.Errorf("kek: %w", err)
	}
	return createStrict(path, append(raw, '\n'))
}
