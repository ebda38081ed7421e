package installer

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dingban/app/platform/clock"
	"dingban/app/platform/vault/kek"
)

func keySurvey(t *testing.T, o KeyOptions) *survey {
	t.Helper()
	s := &survey{layout: Layout{t.TempDir()}, state: &State{}, options: Options{Key: o}}
	s.settings = s.options.merge(Settings{}, Env{LocalHosts: func() []string { return nil }})
	for _, d := range directories() {
		if err := os.Mkdir(s.layout.Path(d.path), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func codeOf(t *testing.T, err error) string {
	t.Helper()
	var said *saidError
	if err != nil && !errors.As(err, &said) {
		t.Fatalf("not in words: %v", err)
	}
	if said == nil {
		return ""
	}
	return said.code
}

func secretFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "words")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestKeysThatCannotBeMeantAreRefused(t *testing.T) {
	t.Parallel()
	there := secretFile(t, "x")
	for want, o := range map[string]KeyOptions{
		"":                  {},
		"kek.device":        {Kind: "skf"},
		"kek.unknown":       {Kind: "tpm"},
		"kek.flag":          {Kind: "shares", PassphraseFile: there},
		"kek.sheet_there":   {Kind: "passphrase", PassphraseFile: there, Sheet: there},
		"kek.no_passphrase": {Kind: "passphrase"},
		"kek.no_shares_dir": {Kind: "shares"},
		"kek.weak":          {Kind: "passphrase", PassphraseFile: secretFile(t, "short")},
		"kek.fd":            {Kind: "passphrase", PassphraseFD: "x"},
	} {
		s := keySurvey(t, o)
		err := s.checkKey()
		if err == nil {
			_, err = s.bringKey(Env{In: strings.NewReader("")}, words{})
		}
		if got := codeOf(t, err); got != want {
			t.Errorf("%+v: %q, want %q", o, got, want)
		}
	}
	for _, o := range []KeyOptions{{Kind: "passphrase", PassphraseFile: there}, {Sheet: filepath.Join(t.TempDir(), "sheet")}} {
		s := keySurvey(t, o)
		if err := os.WriteFile(s.layout.Path(fileKEK), []byte("made"), 0o400); err != nil {
			t.Fatal(err)
		}
		if got := codeOf(t, s.checkKey()); got != "kek.fixed" && got != "kek.sheet_late" {
			t.Errorf("%+v over a key that is made: %q", o, got)
		}
	}
}

// TestKeysAreMade takes each kind through the step that makes it, and opens what it made.
func TestKeysAreMade(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("the files belong to the users of the containers, which takes root")
	}
	const passphrase = "correct horse battery staple"
	for kind, o := range map[string]KeyOptions{
		kek.KindFile:       {},
		kek.KindPassphrase: {Kind: "passphrase", PassphraseFile: secretFile(t, passphrase+"\n")},
		kek.KindShares:     {Kind: "shares", SharesDir: filepath.Join(t.TempDir(), "shares"), Labels: []string{"张三", "李四", "王五"}},
	} {
		o.Sheet = filepath.Join(t.TempDir(), "sheet")
		s := keySurvey(t, o)
		if err := s.checkKey(); err != nil {
			t.Fatal(err)
		}
		k, err := s.bringKey(Env{In: strings.NewReader("")}, words{})
		if err != nil {
			t.Fatal(err)
		}
		st := s.stack(Env{Clock: clock.System()}, words{}, k)
		if done, err := st.secretsDone(t.Context()); done || err != nil {
			t.Errorf("%s: done before it began: %v", kind, err)
		}
		if err := st.makeSecrets(t.Context(), nil); err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if done, err := st.secretsDone(t.Context()); !done || err != nil {
			t.Errorf("%s: not done: %v", kind, err)
		}
		made := bytes.Clone(k.made)
		sheet, err := os.ReadFile(o.Sheet)
		if info, serr := os.Stat(o.Sheet); err != nil || serr != nil || info.Mode() != 0o600 || !bytes.Contains(sheet, []byte("kept as      "+kind)) {
			t.Errorf("%s: the sheet: %v, %v\n%s", kind, err, serr, sheet)
		}
		_, err = os.Stat(s.layout.Path(fileKEK))
		if gone := errors.Is(err, fs.ErrNotExist); gone != (kind == kek.KindShares) {
			t.Errorf("%s: the key file: %v", kind, err)
		}
		var p kek.Provider
		switch kind {
		case kek.KindShares:
			shares := &kek.Shares{}
			for _, name := range []string{"share-1-张三.txt", "share-3-王五.txt"} {
				path := filepath.Join(o.SharesDir, name)
				text, err := kek.ReadWords(path) // Checks the mode, too.
				if err != nil {
					t.Fatal(err)
				}
				if _, err := shares.Offer(string(text)); err != nil {
					t.Error(err)
				}
			}
			if len(k.shares) != 2 {
				t.Errorf("%d shares are brought", len(k.shares))
			}
			p = shares
		case kek.KindPassphrase:
			ours(t, s.layout.Path(fileKEK))
			p = &kek.Passphrase{Path: s.layout.Path(fileKEK), WordsFile: o.PassphraseFile}
		default:
			ours(t, s.layout.Path(fileKEK))
			p = &kek.File{Path: s.layout.Path(fileKEK)}
		}
		if key, err := p.Key(t.Context()); err != nil || len(made) != kek.Size || !bytes.Equal(key, made) {
			t.Errorf("%s: another key: %v", kind, err)
		}
		// A second run makes nothing anew.
		again := s.stack(Env{Clock: clock.System()}, words{}, &masterKey{})
		if err := again.makeSecrets(t.Context(), nil); err != nil {
			t.Errorf("%s: again: %v", kind, err)
		}
		k.forget()
	}
}

// ours makes a file readable for the test as it is for the container.
func ours(t *testing.T, path string) {
	t.Helper()
	if err := os.Chown(path, os.Geteuid(), -1); err != nil {
		t.Fatal(err)
	}
}
