// Package configs holds the typed configuration: its keys, defaults, sources and limits. Values come from a YAML file,
// from the environment (DINGBAN_SERVER_LISTEN for server.listen) and from flags, the later winning; every value knows
// where it came from. A key the product does not know is refused instead of silently doing nothing.
package configs

import (
	"path/filepath"
	"time"
)

// Version is the version of the product, stamped in by the linker. Nothing else ever sets it.
var Version = "dev"

// Layout is the version of the configuration file this binary writes and understands. Each version has one step in
// steps.go that turns the version before into it.
const Layout = 1

// Config is the whole configuration of a server.
type Config struct {
	Version  int      `mapstructure:"version" doc:"version of this file's layout"`
	Server   Server   `mapstructure:"server"`
	Log      Log      `mapstructure:"log"`
	Database Database `mapstructure:"database"`
	Objects  Objects  `mapstructure:"objects"`
	Vault    Vault    `mapstructure:"vault"`
	Journal  Journal  `mapstructure:"journal"`
	Session  Session  `mapstructure:"session"`
	Login    Login    `mapstructure:"login"`
	Setup    Setup    `mapstructure:"setup"`
	Rate     Rate     `mapstructure:"rate"`
}

// Server says where and how the server listens.
type Server struct {
	Listen           string        `mapstructure:"listen" doc:"address and port of the HTTPS listener"`
	PublicURL        string        `mapstructure:"public_url" doc:"address people type, when it differs from this host's name"`
	DataDir          string        `mapstructure:"data_dir" doc:"folder of everything this server keeps by itself"`
	MetricsListen    string        `mapstructure:"metrics_listen" doc:"separate plain listener for /metrics and the health pages, for a private network; empty means none"`
	MetricsTokenFile string        `mapstructure:"metrics_token_file" doc:"file with the bearer token that may read /metrics from other hosts"`
	Drain            time.Duration `mapstructure:"drain" doc:"how long running requests may finish after the order to stop"`
	Tier             string        `mapstructure:"tier" doc:"size of the product: basic for about 50 people at once, enterprise for about 200"`
	Node             int           `mapstructure:"node" doc:"number of this server among several on one database, 0 to 15"`
	TrustedProxies   []string      `mapstructure:"trusted_proxies" doc:"addresses or networks whose X-Forwarded-For is believed"`
	TLS              TLS           `mapstructure:"tls"`
}

// TLS says where the certificate comes from.
type TLS struct {
	Mode     string   `mapstructure:"mode" doc:"auto: own local CA under the data folder; files: cert_file and key_file"`
	CertFile string   `mapstructure:"cert_file" doc:"certificate chain in PEM, for mode files"`
	KeyFile  string   `mapstructure:"key_file" doc:"private key in PEM, for mode files"`
	Names    []string `mapstructure:"names" doc:"further host names and addresses in the own certificate, for mode auto"`
}

// Log says how much is logged and in which form.
type Log struct {
	Level  string `mapstructure:"level" doc:"debug, info, warn or error"`
	Format string `mapstructure:"format" doc:"text or json"`
}

// Database names the database.
type Database struct {
	DSN          string        `mapstructure:"dsn" secret:"dsn" doc:"sqlite:///path, mysql://user@host:3306/name or dameng://user@host:5236; empty: SQLite in the data folder"`
	PasswordFile string        `mapstructure:"password_file" doc:"file with the database password, so that it is in no DSN"`
	MaxOpen      int           `mapstructure:"max_open" doc:"most connections to the database at once; 0: as the tier has it"`
	MaxIdle      int           `mapstructure:"max_idle" doc:"connections kept when nobody needs them; 0: as the tier has it"`
	IdleTime     time.Duration `mapstructure:"idle_time" doc:"an idle connection is closed after this time; 0: as the tier has it"`
	LifeTime     time.Duration `mapstructure:"life_time" doc:"a connection is closed after this time; 0: as the tier has it"`
	Wait         time.Duration `mapstructure:"wait" doc:"a request waits no longer than this for a connection; 0: as the tier has it"`
}

// Objects names the object store.
type Objects struct {
	Kind   string `mapstructure:"kind" doc:"folder or s3"`
	Folder string `mapstructure:"folder" doc:"folder of the objects, for kind folder; empty: objects in the data folder"`
	S3     S3     `mapstructure:"s3"`
}

// S3 names a bucket of an S3 compatible store.
type S3 struct {
	Endpoint      string `mapstructure:"endpoint" doc:"host and port"`
	Bucket        string `mapstructure:"bucket" doc:"bucket name"`
	Region        string `mapstructure:"region" doc:"region, where the store wants one"`
	AccessKeyFile string `mapstructure:"access_key_file" doc:"file with the access key"`
	SecretKeyFile string `mapstructure:"secret_key_file" doc:"file with the secret key"`
	TLS           bool   `mapstructure:"tls" doc:"speak TLS to the store"`
	CAFile        string `mapstructure:"ca_file" doc:"certificate authority of the store, in PEM"`
}

// Vault names the key that everything sealed hangs on, and how sealing is done.
type Vault struct {
	KEK            string `mapstructure:"kek" doc:"where the key-encryption key comes from: file, passphrase, shares, sdf or skf"`
	KEKFile        string `mapstructure:"kek_file" doc:"file with the key-encryption key, mode 0600, sealed by passphrase or device for those kinds; empty: keys/kek in the data folder, made on the first start"`
	PassphraseFile string `mapstructure:"passphrase_file" doc:"file with the passphrase, mode 0600, for kind passphrase; empty: people bring it after each start"`
	KDF            string `mapstructure:"kdf" doc:"how a new passphrase is stretched: argon2id or pbkdf2-hmac-sm3"`
	Suite          string `mapstructure:"suite" doc:"cipher of what is sealed from now on: sm4-gcm, aes-256-gcm or sm4-cbc-hmac-sm3"`
	ResealRate     int    `mapstructure:"reseal_rate" doc:"rows a second that are moved to a new key in the background"`
	RetireAfter    int    `mapstructure:"retire_after_days" doc:"days for which a key is kept after nothing in the database needs it any longer, at least as many as backups are kept from which single rows are brought back"`
	Device         Device `mapstructure:"device"`
}

// Device is the hardware of the kinds sdf and skf.
type Device struct {
	Helper      string `mapstructure:"helper" doc:"program that loads the vendor's library: dingban-device"`
	Library     string `mapstructure:"library" doc:"the vendor's SDF (GM/T 0018) or SKF (GM/T 0016) library"`
	KeyIndex    int    `mapstructure:"key_index" doc:"number of the key-encryption key inside the device, for kind sdf"`
	Name        string `mapstructure:"name" doc:"name of the UKey, for kind skf; empty: the only one there is"`
	Application string `mapstructure:"application" doc:"application on the UKey, for kind skf"`
	Container   string `mapstructure:"container" doc:"container with the encryption key pair, for kind skf"`
	PINFile     string `mapstructure:"pin_file" doc:"file with the PIN of the UKey, mode 0600, for kind skf"`
}

// MinRetention is how many days entries of the journal are kept at the least: six months, as the law on network security
// asks.
const MinRetention = 180

// Journal says how long entries are kept and where its checkpoints go.
type Journal struct {
	RetentionDays int    `mapstructure:"retention_days" doc:"days entries of the journal are kept before dingban audit retire may take them out, 180 at the least"`
	Anchor        Anchor `mapstructure:"anchor"`
}

// Anchor names places outside that keep the signed checkpoints of the journal; each that is named is used.
type Anchor struct {
	File   string `mapstructure:"file" doc:"file to append checkpoints to, best on a disk of another machine; empty: none"`
	S3     S3     `mapstructure:"s3"`
	Syslog Syslog `mapstructure:"syslog"`
}

// Syslog names a syslog server that speaks TLS.
type Syslog struct {
	Address  string `mapstructure:"address" doc:"host and port of a syslog server over TLS, port 6514 as a rule; empty: none"`
	CAFile   string `mapstructure:"ca_file" doc:"certificate authority of the syslog server, in PEM"`
	CertFile string `mapstructure:"cert_file" doc:"own certificate, for a syslog server that asks for one, in PEM"`
	KeyFile  string `mapstructure:"key_file" doc:"private key of that certificate, in PEM"`
}

// Session says how long a log-in lasts.
type Session struct {
	Idle     time.Duration `mapstructure:"idle" doc:"a session ends after this time without a request"`
	Absolute time.Duration `mapstructure:"absolute" doc:"a session ends after this time in any case"`
}

// Login limits guessing.
type Login struct {
	MaxFailures     int           `mapstructure:"max_failures" doc:"failed log-ins before an account or address is locked"`
	Lock            time.Duration `mapstructure:"lock" doc:"how long it stays locked"`
	HashIterations  int           `mapstructure:"hash_iterations" doc:"rounds of the password hash"`
	HashConcurrency int           `mapstructure:"hash_concurrency" doc:"password hashes computed at once; 0: half of the processors"`
}

// Setup is about the first administrator.
type Setup struct {
	AdminAccount      string `mapstructure:"admin_account" doc:"account of the first administrator"`
	AdminPasswordFile string `mapstructure:"admin_password_file" doc:"file with the one-time password of the first administrator; empty: a random one, printed once"`
}

// Rate limits how often the API may be called.
type Rate struct {
	Person    int `mapstructure:"person" doc:"requests a minute of one person"`
	Address   int `mapstructure:"address" doc:"requests a minute of one network address"`
	Anonymous int `mapstructure:"anonymous" doc:"requests a minute of one network address without a log-in"`
}

// Defaults is the configuration of a server nobody configured: a trial on this machine.
func Defaults() Config {
	return Config{
		Version: Layout,
		Server: Server{
			Listen:  ":8443",
			DataDir: "./data",
			Drain:   15 * time.Second,
			Tier:    TierBasic,
			TLS:     TLS{Mode: "auto"},
		},
		Log:     Log{Level: "info", Format: "text"},
		Objects: Objects{Kind: "folder", S3: S3{Bucket: "dingban", Region: "us-east-1", TLS: true}},
		Vault: Vault{
			KEK: "file", KDF: "argon2id", Suite: "sm4-gcm", ResealRate: 2000, RetireAfter: 30,
			Device: Device{Helper: "dingban-device", KeyIndex: 1},
		},
		Session: Session{Idle: 30 * time.Minute, Absolute: 12 * time.Hour},
		Login:   Login{MaxFailures: 5, Lock: 30 * time.Minute, HashIterations: 210_000},
		Setup:   Setup{AdminAccount: "admin"},
		Rate:    Rate{Person: 1200, Address: 60_000, Anonymous: 600},
		Journal: Journal{RetentionDays: 365, Anchor: Anchor{S3: S3{Bucket: "dingban-anchor", Region: "us-east-1", TLS: true}}},
	}
}

// DSN is the database to open: the configured one, or SQLite in the data folder.
func (c Config) DSN() string {
	if c.Database.DSN != "" {
		return c.Database.DSN
	}
	return "sqlite://" + filepath.ToSlash(c.InData("dingban.db"))
}

// ObjectFolder is the folder of the objects for kind folder.
func (c Config) ObjectFolder() string {
	if c.Objects.Folder != "" {
		return c.Objects.Folder
	}
	return c.InData("objects")
}

// KEKFile is the key-encryption key's file, and whether the server may make it: only the one of its own data folder.
func (c Config) KEKFile() (path string, mayCreate bool) {
	if c.Vault.KEKFile != "" {
		return c.Vault.KEKFile, false
	}
	return c.InData("keys", "kek"), true
}

// InData joins an absolute path below the data folder.
func (c Config) InData(parts ...string) string {
	dir, err := filepath.Abs(c.Server.DataDir)
	if err != nil { // only when the working directory is gone
		dir = c.Server.DataDir
	}
	return filepath.Join(append([]string{dir}, parts...)...)
}
