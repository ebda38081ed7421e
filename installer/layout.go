package installer

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"strings"

	"dingban/app/platform/vault/kek"
	"dingban/compose"
	"dingban/installer/preflight"
)

// Layout tells where the files of an installation lie.
type Layout struct{ Dir string }

// Path is a file below the installation directory.
func (l Layout) Path(parts ...string) string {
	return filepath.Join(append([]string{l.Dir}, parts...)...)
}

// The files that have a name of their own.
const (
	fileMarker      = ".dingban.json"
	fileState       = "state/install.json"
	fileLock        = "state/lock"
	fileCA          = "ca/ca.crt"
	fileCAKey       = "ca/ca.key"
	fileCertificate = "config/server.crt"
	fileTLSKey      = "secrets/app/tls-key"
	fileKEK         = "secrets/app/kek"
	fileAdmin       = "secrets/initial-admin-password"
	fileShares      = "state/shares.json"
)

// directory is one the installer makes. Containers reach only what is mounted into them, so nothing needs to be open to
// others; the data directories belong to the number their container runs as.
type directory struct {
	path string
	mode fs.FileMode
	uid  int
	data bool // holds what people made: only a purge removes it
}

func directories() []directory {
	return []directory{
		{path: "state", mode: 0o700},
		{path: "ca", mode: 0o700},
		{path: "config", mode: 0o755},
		{path: "secrets", mode: 0o700},
		{path: "secrets/app", mode: 0o700},
		{path: "secrets/mysql", mode: 0o700},
		{path: "secrets/minio", mode: 0o700},
		{path: "data", mode: 0o711, data: true},
		{path: "data/mysql", mode: 0o750, uid: compose.MySQLUID, data: true},
		{path: "data/minio", mode: 0o750, uid: compose.MinIOUID, data: true},
		{path: "data/app", mode: 0o750, uid: compose.AppUID, data: true},
	}
}

// secret is one file that a container reads. copies are further files with the same content, for other containers: a
// bind-mounted file has one owner only.
type secret struct {
	path   string
	uid    int
	make   func() (string, error)
	copies []secretCopy
	// vital ones cannot be made anew once there is data, because the data was made with them.
	vital bool
}

type secretCopy struct {
	path string
	uid  int
}

const secretMode = fs.FileMode(0o400)

// secrets are those of an installation with a kind of master key. Of shares nothing is on this host.
func secrets(kind string) []secret {
	all := []secret{
		{path: "secrets/mysql/root-password", uid: compose.MySQLUID, make: newPassword, vital: true},
		{
			path: "secrets/mysql/password", uid: compose.MySQLUID, make: newPassword, vital: true,
			copies: []secretCopy{{"secrets/app/mysql-password", compose.AppUID}},
		},
		{
			path: "secrets/minio/access-key", uid: compose.MinIOUID, make: newAccessKey,
			copies: []secretCopy{{"secrets/app/minio-access-key", compose.AppUID}},
		},
		{
			path: "secrets/minio/secret-key", uid: compose.MinIOUID, make: newPassword,
			copies: []secretCopy{{"secrets/app/minio-secret-key", compose.AppUID}},
		},
		{path: fileAdmin, uid: compose.AppUID, make: newOneTimePassword},
	}
	if kind != kek.KindShares {
		all = append([]secret{{path: fileKEK, uid: compose.AppUID, make: newKEK, vital: true}}, all...)
	}
	return all
}

// newKEK is the key file the vault reads: 64 hexadecimal digits, so that it can be printed and typed in again.
func newKEK() (string, error) {
	raw, err := random(32)
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(raw) + "\n", nil
}

func newPassword() (string, error) {
	raw, err := random(30)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

func newAccessKey() (string, error) {
	raw, err := random(8)
	if err != nil {
		return "", err
	}
	return "dingban" + hex.EncodeToString(raw)[:12], nil
}

// newOneTimePassword is typed once by a person: no characters that look alike, and one of each class that the password
// rule asks for.
func newOneTimePassword() (string, error) {
	const lower, upper, digits = "abcdefghjkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789"
	var groups []string
	for range 4 {
		group := ""
		for _, alphabet := range []string{upper, lower, lower, digits, lower} {
			n, err := rand.Int(rand.Reader, big.NewInt(int64(len(alphabet))))
			if err != nil {
				return "", fmt.Errorf("installer: random: %w", err)
			}
			group += alphabet[n.Int64() : n.Int64()+1]
		}
		groups = append(groups, group)
	}
	return strings.Join(groups, "-"), nil
}

func random(n int) ([]byte, error) {
	raw := make([]byte, n)
	if _, err := rand.Read(raw); err != nil {
		return nil, fmt.Errorf("installer: random: %w", err)
	}
	return raw, nil
}

// writeFile replaces a file as a whole: a crash leaves the old one or the new one, never half of either.
func writeFile(path string, content []byte, mode fs.FileMode, uid int) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // 0600 until the owner is right
	if err != nil {
		return fmt.Errorf("installer: write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("installer: write %s: %w", path, err)
			os.Remove(f.Name())
		}
	}()
	_, err = f.Write(content)
	if err == nil {
		err = f.Chown(uid, uid)
	}
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	return err
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// marker tells whose a directory is.
type marker struct {
	Product string `json:"product"`
	ID      string `json:"id"`
	Project string `json:"project"`
}

const product = "dingban"

// errNoMarker says that nothing tells whose the directory is.
var errNoMarker = errors.New("installer: no owner marker")

func readMarker(dir string) (marker, error) {
	raw, err := os.ReadFile(filepath.Join(dir, fileMarker))
	if errors.Is(err, fs.ErrNotExist) {
		return marker{}, errNoMarker
	}
	if err != nil {
		return marker{}, fmt.Errorf("installer: owner marker: %w", err)
	}
	var m marker
	if err := json.Unmarshal(raw, &m); err != nil || m.Product != product || m.ID == "" {
		return marker{}, fmt.Errorf("installer: %s is not an owner marker of ours", filepath.Join(dir, fileMarker))
	}
	return m, nil
}

func (m marker) write(dir string) error {
	raw, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("installer: owner marker: %w", err)
	}
	return writeFile(filepath.Join(dir, fileMarker), append(raw, '\n'), 0o644, os.Geteuid())
}

// owner finds out whose the installation directory is.
func (l Layout) owner(project string) (preflight.Owner, marker, error) {
	info, err := os.Stat(l.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return preflight.OwnerNobody, marker{}, nil
	}
	if err != nil {
		return preflight.OwnerNobody, marker{}, fmt.Errorf("installer: %w", err)
	}
	if !info.IsDir() {
		return preflight.OwnerFile, marker{}, nil
	}
	m, err := readMarker(l.Dir)
	switch {
	case err == nil && m.Project == project:
		return preflight.OwnerUs, m, nil
	case err == nil:
		return preflight.OwnerOther, m, nil
	case !errors.Is(err, errNoMarker):
		return preflight.OwnerForeign, marker{}, nil
	}
	entries, err := os.ReadDir(l.Dir)
	if err != nil {
		return preflight.OwnerNobody, marker{}, fmt.Errorf("installer: %w", err)
	}
	for _, e := range entries {
		// A first run that was killed while it wrote the marker leaves a temporary file; a disk of its own, lost+found.
		if e.Name() != "lost+found" && !strings.HasPrefix(e.Name(), ".new-") {
			return preflight.OwnerForeign, marker{}, nil
		}
	}
	return preflight.OwnerNobody, marker{}, nil
}

// hasData says whether the database has ever been started.
func (l Layout) hasData() bool {
	entries, err := os.ReadDir(l.Path("data", "mysql"))
	return err == nil && len(entries) > 0
}

// missing names the files without which existing data cannot be read. A secret with a copy left can be restored.
func (l Layout) missing(kind string) []string {
	if !l.hasData() {
		return nil
	}
	var names []string
	for _, s := range secrets(kind) {
		if !s.vital || filled(l.Path(s.path)) {
			continue
		}
		restorable := false
		for _, c := range s.copies {
			restorable = restorable || filled(l.Path(c.path))
		}
		if !restorable {
			names = append(names, l.Path(s.path))
		}
	}
	return names
}

func filled(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Size() > 0
}
