package kek

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const words = "正确 horse battery staple"

func TestPassphrase(t *testing.T) {
	t.Parallel()
	for _, kdf := range KDFs() {
		path := filepath.Join(t.TempDir(), "kek")
		p := &Passphrase{Path: path, KDF: kdf, MayCreate: true}
		if _, err := p.Key(t.Context()); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: no file: %v", kdf, err)
		}
		if err := p.Create(t.Context()); !errors.Is(err, ErrSealed) {
			t.Errorf("%s: nobody has given a passphrase: %v", kdf, err)
		}
		if _, err := p.Offer("short"); err == nil || !strings.Contains(err.Error(), "12 characters") {
			t.Errorf("%s: a short one for a new file: %v", kdf, err)
		}
		if got, err := p.Offer(words + "\n"); err != nil || !got.Complete() {
			t.Errorf("%s: %+v, %v", kdf, got, err)
		}
		if err := p.Create(t.Context()); err != nil {
			t.Fatal(err)
		}
		key, err := p.Key(t.Context())
		if err != nil || len(key) != Size {
			t.Fatalf("%s: %d bytes, %v", kdf, len(key), err)
		}
		raw, err := os.ReadFile(path)
		if err != nil || bytes.Contains(raw, key) || bytes.Contains(raw, []byte(words)) || !bytes.Contains(raw, []byte(kdf)) {
			t.Errorf("%s: the file: %s, %v", kdf, raw, err)
		}
		again := &Passphrase{Path: path}
		if _, err := again.Key(t.Context()); !errors.Is(err, ErrSealed) {
			t.Errorf("%s: nobody has given a passphrase: %v", kdf, err)
		}
		if _, err := again.Offer("a wrong passphrase"); !errors.Is(err, ErrPassphrase) || again.Progress().Have != 0 {
			t.Errorf("%s: a wrong one: %v", kdf, err)
		}
		file := filepath.Join(t.TempDir(), "words")
		if err := os.WriteFile(file, []byte(words+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		again.WordsFile = file
		if got, err := again.Key(t.Context()); err != nil || !bytes.Equal(got, key) {
			t.Errorf("%s: from a file: %v", kdf, err)
		}
		if err := os.Chmod(file, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := again.Key(t.Context()); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("%s: everybody may read the passphrase: %v", kdf, err)
		}
	}
}

// TestChangedSealedFilesAreRefused is somebody who makes guessing cheaper, or has the server work for ever.
func TestChangedSealedFilesAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "kek")
	if err := SealWithPassphrase(path, KDFSM3, newKey(t), []byte(words)); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*sealedFile){
		"few rounds":   func(f *sealedFile) { f.Rounds = 1024 },
		"other rounds": func(f *sealedFile) { f.Rounds = minSM3Rounds },
		"endless":      func(f *sealedFile) { f.Rounds = 1 << 40 },
		"no salt":      func(f *sealedFile) { f.Salt = nil },
		"other salt":   func(f *sealedFile) { f.Salt[0] ^= 1 },
		"all memory":   func(f *sealedFile) { f.KDF, f.Rounds, f.Threads, f.Memory = KDFArgon2id, 1, 1, 1<<31-1 },
		"unknown":      func(f *sealedFile) { f.KDF = "md5" },
		"cut":          func(f *sealedFile) { f.Sealed = f.Sealed[:20] },
		"bit":          func(f *sealedFile) { f.Sealed[20] ^= 1 },
		"kind":         func(f *sealedFile) { f.Kind = KindSDF },
		"format":       func(f *sealedFile) { f.Format = "x" },
	} {
		var f sealedFile
		if err := json.Unmarshal(raw, &f); err != nil {
			t.Fatal(err)
		}
		change(&f)
		bad, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		at := filepath.Join(dir, name)
		if err := os.WriteFile(at, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		p := &Passphrase{Path: at}
		if _, err := p.Offer(words); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	for name, content := range map[string]string{
		"a bare key": strings.Repeat("0123456789abcdef", 4), "nothing": "", "more behind": string(raw) + "{}", "no JSON": "kek",
	} {
		at := filepath.Join(dir, name)
		if err := os.WriteFile(at, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		var fe *FileError
		if _, err := (&Passphrase{Path: at}).Offer(words); !errors.As(err, &fe) || fe.Path != at {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPassphrasesThatWouldBeGuessed(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "elevenchars", strings.Repeat("啊", 11), strings.Repeat("a", 40), "\xff\xfe" + words, strings.Repeat("ab", 600)} {
		if err := CheckPassphrase([]byte(bad)); err == nil {
			t.Errorf("%.20q was taken", bad)
		}
	}
	if err := SealWithPassphrase(filepath.Join(t.TempDir(), "k"), "rot13", newKey(t), []byte(words)); err == nil || !strings.Contains(err.Error(), "vault.kdf") {
		t.Errorf("an unknown way: %v", err)
	}
	if err := SealWithPassphrase(filepath.Join(t.TempDir(), "k"), "", newKey(t), []byte("short")); err == nil {
		t.Error("a short passphrase was taken")
	}
}

func FuzzSealedFile(f *testing.F) {
	path := filepath.Join(f.TempDir(), "kek")
	if err := SealWithPassphrase(path, KDFSM3, newKey(f), []byte(words)); err != nil {
		f.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte(`{"format":"dingban-kek-1","kind":"passphrase","kdf":"argon2id"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := parseSealedFile("kek", KindPassphrase, raw)
		var fe *FileError
		if err != nil && !errors.As(err, &fe) {
			t.Errorf("%v", err)
		}
		if err == nil && got.Kind != KindPassphrase {
			t.Errorf("%+v", got)
		}
	})
}
