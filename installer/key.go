package installer

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/term"

	"dingban/app/platform/vault"
	"dingban/app/platform/vault/kek"
)

// The master key (KEK0) is a file on this host, sealed by a passphrase if people want to bring one after each start, or in
// shares of which nothing is on this host. A device (SDF, SKF) needs the C library of the system it is made for, and the
// containers carry none: such a server runs as "dingban serve" outside of a container, and the installer refuses.

// KeyOptions say how the master key is kept. No secret is among them: a command line can be read by everybody on the host.
type KeyOptions struct {
	Kind           string
	PassphraseFile string
	PassphraseFD   string // Number of an open file, for whoever starts the installer from a program.
	SharesDir      string
	Labels         []string
	Threshold      int
	ShareFiles     []string // Shares to bring to a sealed server.
	Sheet          string   // New file for the recovery sheet.
}

// masterKey is what is known of the key in one run. It is never kept.
type masterKey struct {
	options KeyOptions
	words   []byte
	shares  []string // Texts to bring.
	made    []byte   // The key itself, in the run that made it.
}

func (k *masterKey) forget() {
	clear(k.words)
	clear(k.made)
}

func said(code string, kv ...any) error {
	params := map[string]any{}
	text := "installer: " + code
	for i := 0; i+1 < len(kv); i += 2 {
		params[fmt.Sprint(kv[i])] = kv[i+1]
		text += fmt.Sprintf(" %v", kv[i+1])
	}
	return &saidError{code: code, params: params, err: errors.New(text)}
}

// kind is that of an installation, named.
func (s Settings) kind() string {
	if s.KEK == "" {
		return kek.KindFile
	}
	return s.KEK
}

// keyMade says whether a master key was made already.
func (l Layout) keyMade() bool {
	return filled(l.Path(fileKEK)) || filled(l.Path(fileShares)) || l.hasData()
}

// checkKey refuses what cannot be meant, before anybody is asked for anything.
func (s *survey) checkKey() error {
	o, kind := s.options.Key, s.settings.kind()
	switch kind {
	case kek.KindFile, kek.KindPassphrase, kek.KindShares:
	case kek.KindSDF, kek.KindSKF:
		return said("kek.device", "kind", kind)
	default:
		return said("kek.unknown", "kind", kind)
	}
	if was := s.state.Settings.kind(); was != kind && s.layout.keyMade() {
		return said("kek.fixed", "was", was, "kind", kind)
	}
	for _, f := range []struct {
		flag, kind string
		given      bool
	}{
		{"--passphrase-file", kek.KindPassphrase, o.PassphraseFile != ""},
		{"--passphrase-fd", kek.KindPassphrase, o.PassphraseFD != ""},
		{"--shares-dir", kek.KindShares, o.SharesDir != ""},
		{"--share-label", kek.KindShares, len(o.Labels) > 0},
		{"--share-threshold", kek.KindShares, o.Threshold != 0},
		{"--share-file", kek.KindShares, len(o.ShareFiles) > 0},
	} {
		if f.given && f.kind != kind {
			return said("kek.flag", "flag", f.flag, "kind", f.kind)
		}
	}
	if _, err := os.Lstat(o.Sheet); o.Sheet != "" && !errors.Is(err, fs.ErrNotExist) {
		return said("kek.sheet_there", "path", o.Sheet)
	}
	if o.Sheet != "" && s.layout.keyMade() {
		return said("kek.sheet_late")
	}
	return nil
}

// bringKey asks people for what is theirs.
func (s *survey) bringKey(env Env, w words) (*masterKey, error) {
	k := &masterKey{options: s.options.Key}
	interactive := !s.options.JSON && interactive(env.In)
	switch s.settings.kind() {
	case kek.KindPassphrase:
		var err error
		if k.words, err = k.passphrase(env, w, interactive, !s.layout.keyMade()); err != nil {
			return nil, err
		}
		if k.words != nil && !s.layout.keyMade() {
			if err := kek.CheckPassphrase(k.words); err != nil {
				return nil, said("kek.weak")
			}
		}
	case kek.KindShares:
		if !s.layout.keyMade() && k.options.SharesDir == "" && !interactive {
			return nil, said("kek.no_shares_dir")
		}
		for _, path := range k.options.ShareFiles {
			text, err := kek.ReadWords(path)
			if err != nil {
				return nil, err
			}
			k.shares = append(k.shares, string(text))
		}
	}
	return k, nil
}

// passphrase reads it. Without one, an installation that has a key stays sealed, and a new one cannot be made.
func (k *masterKey) passphrase(env Env, w words, interactive, fresh bool) ([]byte, error) {
	switch {
	case k.options.PassphraseFile != "":
		return kek.ReadWords(k.options.PassphraseFile)
	case k.options.PassphraseFD != "":
		return readFD(k.options.PassphraseFD)
	case !fresh:
		return nil, nil
	case !interactive:
		return nil, said("kek.no_passphrase")
	}
	first, err := ask(env, w.text("kek.ask"))
	if err != nil {
		return nil, err
	}
	again, err := ask(env, w.text("kek.ask_again"))
	if err != nil {
		return nil, err
	}
	defer clear(again)
	if !bytes.Equal(first, again) {
		clear(first)
		return nil, said("kek.differ")
	}
	return first, nil
}

// ask reads from the terminal what does not show.
func ask(env Env, prompt string) ([]byte, error) {
	f, ok := env.In.(interface{ Fd() uintptr })
	if !ok {
		return nil, said("kek.no_passphrase")
	}
	fmt.Fprint(env.Err, prompt)
	text, err := term.ReadPassword(int(f.Fd()))
	fmt.Fprintln(env.Err)
	if err != nil {
		return nil, fmt.Errorf("installer: read from the terminal: %w", err)
	}
	return text, nil
}

const maxWords = 4096

func readFD(number string) ([]byte, error) {
	fd, err := strconv.Atoi(number)
	if err != nil || fd < 0 {
		return nil, said("kek.fd", "fd", number)
	}
	f := os.NewFile(uintptr(fd), "passphrase")
	if f == nil {
		return nil, said("kek.fd", "fd", number)
	}
	raw, err := io.ReadAll(io.LimitReader(f, maxWords))
	if err != nil {
		return nil, said("kek.fd", "fd", number)
	}
	words := bytes.TrimRight(raw, "\r\n")
	if len(words) == 0 {
		return nil, said("kek.no_passphrase")
	}
	return words, nil
}

// makeKEK makes the file of the master key.
func (s *stack) makeKEK(plain func() (string, error)) ([]byte, error) {
	if s.settings().kind() == kek.KindFile {
		digits, err := plain()
		if err != nil {
			return nil, err
		}
		s.key.made, err = hex.DecodeString(string(bytes.TrimSpace([]byte(digits))))
		return []byte(digits), err
	}
	if s.key.words == nil {
		return nil, said("kek.no_passphrase")
	}
	key, err := kek.NewKey()
	if err != nil {
		return nil, err
	}
	temporary := s.layout.Path("secrets", ".new-sealed")
	defer os.Remove(temporary)
	if err := os.Remove(temporary); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("installer: %w", err)
	}
	if err := kek.SealWithPassphrase(temporary, "", key, s.key.words); err != nil {
		return nil, err
	}
	s.key.made = key
	content, err := os.ReadFile(temporary)
	if err != nil {
		return nil, fmt.Errorf("installer: %w", err)
	}
	return content, nil
}

// handedOut tells of shares that were made; nothing in it is secret.
type handedOut struct {
	Threshold int      `json:"threshold"`
	Labels    []string `json:"labels"`
	Check     string   `json:"checkValue"`
}

func (s *stack) sharesDone() bool {
	return s.settings().kind() != kek.KindShares || filled(s.layout.Path(fileShares)) || s.layout.hasData()
}

// makeShares draws a key and hands its shares out, once.
func (s *stack) makeShares() error {
	if s.sharesDone() {
		return nil
	}
	out := handedOut{Threshold: max(s.key.options.Threshold, 2), Labels: s.key.options.Labels}
	if s.key.options.Threshold == 1 {
		return said("kek.threshold")
	}
	if len(out.Labels) == 0 {
		out.Labels = []string{"keeper-1", "keeper-2", "keeper-3"}
	}
	key, err := kek.NewKey()
	if err != nil {
		return err
	}
	s.key.made = key
	shares, err := kek.Split(key, out.Threshold, out.Labels)
	if err != nil {
		return err
	}
	if dir := s.key.options.SharesDir; dir != "" {
		if _, err := kek.WriteShares(dir, key, shares); err != nil {
			return err
		}
	} else if err := s.showShares(shares); err != nil {
		return err
	}
	for i := range out.Threshold {
		s.key.shares = append(s.key.shares, shares[i].Text())
	}
	if out.Check, err = vault.CheckValue(key); err != nil {
		return err
	}
	raw, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return fmt.Errorf("installer: %w", err)
	}
	return writeFile(s.layout.Path(fileShares), append(raw, '\n'), 0o600, os.Geteuid())
}

// showShares shows one after the other to its keeper, and never two at a time.
func (s *stack) showShares(shares []kek.Share) error {
	for i := range shares {
		fmt.Fprintf(s.env.Out, "\n%s\n\n  %s\n\n", s.words.text("kek.share_for", "label", shares[i].Label), shares[i].Text())
		if _, err := ask(s.env, s.words.text("kek.share_written")); err != nil {
			return err
		}
		fmt.Fprint(s.env.Out, "\x1b[2J\x1b[3J\x1b[H")
	}
	return nil
}

// writeSheet writes the recovery sheet of a key that this run made.
func (s *stack) writeSheet() error {
	if s.key.options.Sheet == "" || s.key.made == nil {
		return nil
	}
	check, err := vault.CheckValue(s.key.made)
	if err != nil {
		return err
	}
	path, err := filepath.Abs(s.key.options.Sheet)
	if err != nil {
		return fmt.Errorf("installer: %w", err)
	}
	return kek.WriteSecret(path, kek.Sheet(s.key.made, check, s.settings().kind(), s.env.Clock.Now()))
}

// keep says what has to be kept safe.
func (s *stack) keep() string {
	switch s.settings().kind() {
	case kek.KindPassphrase:
		return s.words.text("kek.keep_passphrase", "dir", s.layout.Dir)
	case kek.KindShares:
		return s.words.text("kek.keep_shares")
	}
	return s.words.text("kek.keep_file", "dir", s.layout.Dir)
}
