// Package compose is the stack as data: which services a DingBan host runs, how much memory each gets on each tier, and
// the embedded templates that turn this into a Compose file and the configuration files beside it. It renders and
// checks text; starting anything is the installer's business.
package compose

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

//go:embed templates/*.tmpl
var templates embed.FS

// The services of the stack, in the order in which they come up.
const (
	MySQL = "mysql"
	MinIO = "minio"
	App   = "app"
)

// Services lists the services, those that others depend on first.
func Services() []string { return []string{MySQL, MinIO, App} }

// Owners are the numbers the processes run as. They lie in a range that neither Debian nor systemd gives to anybody,
// because the files of a container belong to this number on the host as well: uid 1000 would be the first human user.
const (
	AppUID   = 61001
	MySQLUID = 61002
	MinIOUID = 61003
)

// AppPort is where the app listens inside its container.
const AppPort = 8443

// Image names what a service runs.
type Image struct {
	Reference string `json:"reference" yaml:"reference"`
	// Official says that this is the maker's image from a registry and not the one of our bundle: it has its own
	// entrypoint and its own means to ask for health.
	Official bool `json:"official,omitempty" yaml:"official,omitempty"`
}

// Images are the images of the three services.
type Images struct {
	App   Image `json:"app" yaml:"app"`
	MySQL Image `json:"mysql" yaml:"mysql"`
	MinIO Image `json:"minio" yaml:"minio"`
}

// List gives the images in the order of Services.
func (i Images) List() []Image { return []Image{i.MySQL, i.MinIO, i.App} }

var digestReference = regexp.MustCompile(`@sha256:[0-9a-f]{64}$`)

// CheckPinned refuses images from a registry that are not pinned by digest: a tag may mean another database tomorrow.
func (i Images) CheckPinned() error {
	var problems []error
	for n, image := range i.List() {
		if !digestReference.MatchString(image.Reference) {
			problems = append(problems, fmt.Errorf("image of %s: %q is not pinned by digest (name@sha256:…)", Services()[n], image.Reference))
		}
	}
	return errors.Join(problems...)
}

// Params is everything that decides what the files say. The same Params always render the same bytes.
type Params struct {
	Project string // Compose project name
	Dir     string // absolute directory of the installation on the host
	Version string
	Sizes   Sizes
	Images  Images
	Pull    bool   // images come from a registry; otherwise they are loaded and never pulled
	Address string // host address the port is published on; "" is every address
	Port    int    // published port
	Host    string // the name people type; becomes the public URL
	NoFile  int    // limit of open files; 0 leaves the engine's own
	SELinux bool   // relabel the bind directories
	// KEK is the kind of the master key: "file" (or empty), "passphrase" or "shares".
	KEK string
	// TLS changes whenever the certificate does, so that a renewed one restarts the app.
	TLS string
}

var (
	projectName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,40}$`)
	hostName    = regexp.MustCompile(`^[A-Za-z0-9._:\[\]-]{1,253}$`)
	addressForm = regexp.MustCompile(`^[0-9A-Fa-f.:]*$`)
	referenceOK = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,500}$`)
)

// CheckProject says whether a Compose project may have this name.
func CheckProject(name string) error {
	if !projectName.MatchString(name) {
		return fmt.Errorf("project name %q: lower-case letters, digits, - and _ only", name)
	}
	return nil
}

// CheckDir says whether an installation may live in a directory of this name. The engine takes paths in places where
// a colon or a comma separates, and older ones break on control characters.
func CheckDir(dir string) error {
	switch {
	case !filepath.IsAbs(dir) || filepath.Clean(dir) != dir:
		return fmt.Errorf("directory %q is not an absolute, clean path", dir)
	case dir == "/":
		return errors.New("the root directory cannot be the installation directory")
	case strings.ContainsAny(dir, ":,\"'\\$`\n\r\t") || strings.ContainsFunc(dir, func(r rune) bool { return r < ' ' }):
		return fmt.Errorf("directory %q has a character that a container engine cannot take in a path", dir)
	}
	return nil
}

// Check reports everything in the parameters that could not be rendered into a sound stack.
func (p Params) Check() error {
	problems := []error{CheckProject(p.Project), CheckDir(p.Dir), p.Sizes.check()}
	if p.Port < 1 || p.Port > 65535 {
		problems = append(problems, fmt.Errorf("port %d is not between 1 and 65535", p.Port))
	}
	if !hostName.MatchString(p.Host) {
		problems = append(problems, fmt.Errorf("host %q is neither a name nor an address", p.Host))
	}
	if !addressForm.MatchString(p.Address) {
		problems = append(problems, fmt.Errorf("address %q is not an IP address", p.Address))
	}
	for n, image := range p.Images.List() {
		if !referenceOK.MatchString(image.Reference) {
			problems = append(problems, fmt.Errorf("image of %s: %q is not an image reference", Services()[n], image.Reference))
		}
	}
	switch p.KEK {
	case "", "file", "passphrase", "shares":
	default:
		problems = append(problems, fmt.Errorf("a master key of kind %q cannot be brought into a container", p.KEK))
	}
	if p.Pull {
		problems = append(problems, p.Images.CheckPinned())
	}
	return errors.Join(problems...)
}

// PublicURL is the address people type.
func (p Params) PublicURL() string { return URL(p.Host, p.Port) }

// KEKFile says whether the master key is in a file that the app gets.
func (p Params) KEKFile() bool { return p.KEK != "shares" }

// URL writes an HTTPS address without the port everybody leaves out, and with the brackets an IPv6 address needs.
func URL(host string, port int) string {
	if strings.Contains(host, ":") && !strings.HasPrefix(host, "[") {
		host = "[" + host + "]"
	}
	if port == 443 {
		return "https://" + host
	}
	return fmt.Sprintf("https://%s:%d", host, port)
}

// Files are the rendered files, by their path below the installation directory.
type Files map[string][]byte

// The rendered files.
const (
	FileCompose = "compose.yaml"
	FileApp     = "config/dingban.yaml"
	FileMySQL   = "config/mysql.cnf"
)

// Render makes the Compose file and the configuration files. What it returns has been read back by the Compose loader.
func Render(ctx context.Context, p Params) (Files, error) {
	if err := p.Check(); err != nil {
		return nil, fmt.Errorf("compose: %w", err)
	}
	set, err := template.New("").Funcs(template.FuncMap{
		"quote":  quote,
		"file":   func(parts ...string) (string, error) { return quote(path.Join(append([]string{p.Dir}, parts...)...)) },
		"digest": digest,
		"mib":    MiB, "gomib": GoMiB, "megabytes": func(b int64) string { return fmt.Sprintf("%dM", b/mib) },
	}).ParseFS(templates, "templates/*.tmpl")
	if err != nil {
		return nil, fmt.Errorf("compose: templates: %w", err)
	}
	files := Files{}
	view := view{Params: p, Files: files, AppUID: AppUID, MySQLUID: MySQLUID, MinIOUID: MinIOUID, AppPort: AppPort}
	// The Compose file comes last: it carries digests of the others, so that a changed configuration restarts its service.
	for _, name := range []string{FileApp, FileMySQL, FileCompose} {
		var out bytes.Buffer
		if err := set.ExecuteTemplate(&out, path.Base(name)+".tmpl", view); err != nil {
			return nil, fmt.Errorf("compose: render %s: %w", name, err)
		}
		files[name] = out.Bytes()
	}
	if _, err := Load(ctx, p.Project, p.Dir, files[FileCompose]); err != nil {
		return nil, err
	}
	return files, nil
}

// Load reads a Compose file the way the engine side will, strictly and without looking at the environment.
func Load(ctx context.Context, project, dir string, content []byte) (*types.Project, error) {
	details := types.ConfigDetails{
		WorkingDir:  dir,
		ConfigFiles: []types.ConfigFile{{Filename: filepath.Join(dir, FileCompose), Content: content}},
		Environment: types.Mapping{},
	}
	loaded, err := loader.LoadWithContext(ctx, details, func(o *loader.Options) {
		o.SetProjectName(project, true)
	})
	if err != nil {
		return nil, fmt.Errorf("compose: the rendered file does not load: %w", err)
	}
	return loaded, nil
}

type view struct {
	Params
	Files                      Files
	AppUID, MySQLUID, MinIOUID int
	AppPort                    int
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8])
}

// quote writes a YAML string. JSON strings are YAML strings; the doubled dollar keeps Compose from reading a variable.
func quote(s string) (string, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return "", fmt.Errorf("quote: %w", err)
	}
	return strings.ReplaceAll(strings.TrimSpace(out.String()), "$", "$$"), nil
}
