package compose

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"

	"dingban/configs"
)

func params(t Tier) Params {
	return Params{
		Project: "dingban", Dir: "/opt/dingban", Version: "1.2.3", Sizes: SizesFor(t, 0),
		Images: Images{
			App:   Image{Reference: "dingban/app:1.2.3"},
			MySQL: Image{Reference: "dingban/mysql:9.7.4"},
			MinIO: Image{Reference: "dingban/minio:2026"},
		},
		Port: 443, Host: "dingban.example.cn", TLS: "0011223344556677",
	}
}

func digestOf(name string) Image {
	return Image{Reference: name + "@sha256:" + strings.Repeat("ab", 32), Official: true}
}

func TestRenderedFilesAreTheGoldenOnes(t *testing.T) {
	t.Parallel()
	official := params(Basic)
	official.Pull = true
	official.Images = Images{App: Image{Reference: digestOf("registry.example.cn/dingban/app").Reference}, MySQL: digestOf("mysql"), MinIO: digestOf("minio/minio")}
	official.NoFile, official.SELinux, official.Address, official.Port, official.Dir = 65536, true, "192.0.2.7", 8443, "/srv/钉办 1"
	for name, p := range map[string]Params{"basic": params(Basic), "enterprise": params(Enterprise), "official": official} {
		files, err := Render(t.Context(), p)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for file, content := range files {
			golden := filepath.Join("testdata", name+"."+filepath.Base(file))
			if os.Getenv("UPDATE_GOLDEN") != "" {
				if err := os.WriteFile(golden, content, 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if string(want) != string(content) {
				t.Errorf("%s differs from what is rendered; look at the difference and run with UPDATE_GOLDEN=1", golden)
			}
		}
	}
}

func load(t *testing.T, p Params) *types.Project {
	t.Helper()
	files, err := Render(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	project, err := Load(t.Context(), p.Project, p.Dir, files[FileCompose])
	if err != nil {
		t.Fatal(err)
	}
	return project
}

func TestEveryServiceIsHardened(t *testing.T) {
	t.Parallel()
	for _, tier := range Tiers() {
		project := load(t, params(tier))
		if got := project.ServiceNames(); len(got) != len(Services()) {
			t.Fatalf("services %v", got)
		}
		for name, s := range project.Services {
			user, _, _ := strings.Cut(s.User, ":")
			switch {
			case !s.ReadOnly:
				t.Errorf("%s: root file system is writable", name)
			case !slices.Equal(s.CapDrop, []string{"ALL"}) || len(s.CapAdd) > 0 || s.Privileged:
				t.Errorf("%s: keeps capabilities", name)
			case !slices.Contains(s.SecurityOpt, "no-new-privileges:true"):
				t.Errorf("%s: may gain privileges", name)
			case user == "" || user == "0":
				t.Errorf("%s: runs as root", name)
			case s.MemLimit == 0 || s.MemLimit != s.MemSwapLimit || s.PidsLimit == 0:
				t.Errorf("%s: no limits", name)
			case s.Restart != "unless-stopped" || s.PullPolicy != "never":
				t.Errorf("%s: restart %q pull %q", name, s.Restart, s.PullPolicy)
			case s.HealthCheck == nil || len(s.HealthCheck.Test) == 0:
				t.Errorf("%s: nobody asks for its health", name)
			case s.HealthCheck.StartInterval != nil:
				t.Errorf("%s: start_interval is refused by engines before 25", name)
			case s.Logging == nil || s.Logging.Options["max-size"] == "" || s.Logging.Options["max-file"] == "":
				t.Errorf("%s: its log grows without end", name)
			case (name == App) != (len(s.Ports) == 1):
				t.Errorf("%s publishes %v", name, s.Ports)
			}
			for _, v := range s.Volumes {
				if v.Type != types.VolumeTypeBind || !strings.HasPrefix(v.Source, "/opt/dingban/") || v.Bind != nil && bool(v.Bind.CreateHostPath) {
					t.Errorf("%s: volume %+v is not a prepared directory of the installation", name, v)
				}
			}
			for key, value := range s.Environment {
				if value != nil && strings.Contains(strings.ToLower(key), "password") && !strings.HasSuffix(key, "_FILE") {
					t.Errorf("%s: %s carries a secret in the environment", name, key)
				}
			}
		}
		if len(project.Volumes) != 0 {
			t.Errorf("named volumes %v: data belongs into the installation directory", project.VolumeNames())
		}
		for name, network := range project.Networks {
			if network.Internal != (name != "front") {
				t.Errorf("network %s: internal %v", name, network.Internal)
			}
		}
		if s := project.Services[MySQL]; len(s.Networks) != 1 || s.Networks["front"] != nil {
			t.Errorf("mysql is on %v", s.Networks)
		}
	}
}

func TestSizesFollowTheTierAndShrinkWithTheHost(t *testing.T) {
	t.Parallel()
	basic, enterprise := SizesFor(Basic, 0), SizesFor(Enterprise, 0)
	if basic.MySQLBufferPool >= enterprise.MySQLBufferPool || basic.AppMemory >= enterprise.AppMemory || basic.MySQLMaxConnections >= enterprise.MySQLMaxConnections {
		t.Errorf("enterprise is not bigger than basic: %+v %+v", basic, enterprise)
	}
	for _, tier := range Tiers() {
		for _, memory := range []int64{0, gib / 2, 2 * gib, 4 * gib, 7 * gib, 16 * gib, 31 * gib, 64 * gib} {
			s := SizesFor(tier, memory)
			if err := s.check(); err != nil {
				t.Errorf("%s on %d MiB: %v", tier, memory/mib, err)
			}
			if sum := s.AppMemory + s.MySQLMemory + s.MinIOMemory; memory >= 4*gib && sum > memory {
				t.Errorf("%s on %d MiB: limits add up to %d MiB", tier, memory/mib, sum/mib)
			}
			if s.AppGoMemory >= s.AppMemory {
				t.Errorf("%s: the collector would start after the kernel killed", tier)
			}
		}
		if SizesFor(tier, tier.Need().Memory) != SizesFor(tier, 0) {
			t.Errorf("%s: a host that is just big enough gets less", tier)
		}
	}
	if a, b := SizesFor(Basic, 6*gib), SizesFor(Basic, 6*gib+100*mib); a != b {
		t.Errorf("a little more memory changes the stack: %+v %+v", a, b)
	}
}

func TestParametersThatCannotWorkAreRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Params){
		"upper case project": func(p *Params) { p.Project = "DingBan" },
		"project injection":  func(p *Params) { p.Project = "a\nservices: {}" },
		"relative directory": func(p *Params) { p.Dir = "opt" },
		"root directory":     func(p *Params) { p.Dir = "/" },
		"colon in directory": func(p *Params) { p.Dir = "/opt/a:b" },
		"quote in directory": func(p *Params) { p.Dir = "/opt/a'b" },
		"unclean directory":  func(p *Params) { p.Dir = "/opt/../etc" },
		"port 0":             func(p *Params) { p.Port = 0 },
		"port too high":      func(p *Params) { p.Port = 70000 },
		"host":               func(p *Params) { p.Host = "a b" },
		"address":            func(p *Params) { p.Address = "localhost" },
		"image":              func(p *Params) { p.Images.App.Reference = "" },
		"unpinned registry":  func(p *Params) { p.Pull = true },
		"sizes":              func(p *Params) { p.Sizes.MySQLBufferPool = p.Sizes.MySQLMemory },
		"tier":               func(p *Params) { p.Sizes.Tier = "huge" },
	} {
		p := params(Basic)
		change(&p)
		if _, err := Render(t.Context(), p); err == nil {
			t.Errorf("%s: rendered", name)
		}
	}
}

func TestChangedConfigurationReachesTheContainer(t *testing.T) {
	t.Parallel()
	before := load(t, params(Basic))
	p := params(Basic)
	p.TLS = "8899aabbccddeeff"
	if load(t, p).Services[App].Labels["dingban.certificate"] == before.Services[App].Labels["dingban.certificate"] {
		t.Error("a new certificate would not restart the app")
	}
	p = params(Basic)
	p.Host = "other.example.cn"
	after := load(t, p)
	if after.Services[App].Labels["dingban.config"] == before.Services[App].Labels["dingban.config"] {
		t.Error("a new configuration would not restart the app")
	}
	if after.Services[MySQL].Labels["dingban.config"] != before.Services[MySQL].Labels["dingban.config"] {
		t.Error("the app's configuration would restart the database")
	}
}

// read loads a rendered configuration as the server does.
func read(t *testing.T, rendered []byte) configs.Config {
	t.Helper()
	dir := t.TempDir()
	// Inside the container these are mounts.
	text := strings.NewReplacer("/run/secrets/", dir+"/", "/etc/dingban/", dir+"/", ": /data", ": "+dir).Replace(string(rendered))
	for _, name := range []string{"server.crt", "tls_key", "kek", "mysql_password", "minio_access_key", "minio_secret_key", "initial_admin_password"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "dingban.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	loaded, err := configs.Load(configs.Options{File: file, Environ: []string{}})
	if err != nil {
		t.Fatal(err)
	}
	return loaded.Config
}

// The server refuses a file with a key it does not know, so what is rendered has to be read by it.
func TestTheServerReadsItsRenderedConfiguration(t *testing.T) {
	t.Parallel()
	for _, tier := range Tiers() {
		files, err := Render(t.Context(), params(tier))
		if err != nil {
			t.Fatal(err)
		}
		if c := read(t, files[FileApp]); c.Server.Tier != string(tier) || c.Objects.Kind != "s3" || c.Server.PublicURL != "https://dingban.example.cn" ||
			c.Server.Listen != ":8443" || c.Server.TLS.Mode != "files" || c.Setup.AdminPasswordFile == "" || c.Vault.KEKFile == "" {
			t.Errorf("%s: %+v", tier, c)
		}
	}
}

func TestAddressesAreWrittenAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"https://a.cn":          URL("a.cn", 443),
		"https://a.cn:8443":     URL("a.cn", 8443),
		"https://[fd00::1]":     URL("fd00::1", 443),
		"https://10.0.0.1:8443": URL("10.0.0.1", 8443),
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// What the servers of a tier open, by the configuration that is rendered for them, must fit into what is rendered for MySQL.
func TestMySQLTakesTheConnectionsOfEveryServerOfTheTier(t *testing.T) {
	t.Parallel()
	maxConnections := regexp.MustCompile(`(?m)^max-connections = ([0-9]+)$`)
	for _, tier := range Tiers() {
		p := params(tier)
		files, err := Render(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		written := maxConnections.FindSubmatch(files[FileMySQL])
		if written == nil {
			t.Fatalf("%s: no max-connections in %s", tier, files[FileMySQL])
		}
		allowed, err := strconv.Atoi(string(written[1]))
		if err != nil {
			t.Fatal(err)
		}
		servers := configs.Replicas(string(tier))
		if need := servers * (read(t, files[FileApp]).Pool().MaxOpen + configs.Reserve); need >= allowed {
			t.Errorf("%s: %d servers open up to %d connections, MySQL allows %d", tier, servers, need, allowed)
		}
		p.Sizes.MySQLMaxConnections = p.Sizes.Connections() - 1
		if _, err := Render(t.Context(), p); err == nil {
			t.Errorf("%s: a MySQL that is too small was rendered", tier)
		}
	}
}
