package configs

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var accountPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,63}$`)

// problems collects what is wrong, each line beginning with the key.
type problems []error

func (p *problems) add(key, format string, args ...any) {
	*p = append(*p, fmt.Errorf("%s: "+format, append([]any{key}, args...)...))
}

func (p *problems) check(ok bool, key, format string, args ...any) {
	if !ok {
		p.add(key, format, args...)
	}
}

// Validate finds everything that is wrong with the values.
func (c Config) Validate() []error {
	var p problems
	c.validateServer(&p)
	oneOf(&p, "log.level", c.Log.Level, "debug", "info", "warn", "error")
	oneOf(&p, "log.format", c.Log.Format, "text", "json")
	c.validateStores(&p)
	c.validateVault(&p)
	c.Journal.validate(&p)
	within(&p, "session.idle", c.Session.Idle, time.Minute, 24*time.Hour)
	within(&p, "session.absolute", c.Session.Absolute, c.Session.Idle, 31*24*time.Hour)
	between(&p, "login.max_failures", c.Login.MaxFailures, 1, 100)
	within(&p, "login.lock", c.Login.Lock, time.Minute, 24*time.Hour)
	between(&p, "login.hash_iterations", c.Login.HashIterations, 1000, 10_000_000)
	between(&p, "login.hash_concurrency", c.Login.HashConcurrency, 0, 1024)
	p.check(accountPattern.MatchString(c.Setup.AdminAccount), "setup.admin_account",
		"%q is no account name (2 to 64 of a-z, 0-9, '.', '_', '-', beginning with a letter or digit)", c.Setup.AdminAccount)
	readable(&p, "setup.admin_password_file", c.Setup.AdminPasswordFile)
	between(&p, "rate.person", c.Rate.Person, 1, 10_000_000)
	between(&p, "rate.address", c.Rate.Address, 1, 10_000_000)
	between(&p, "rate.anonymous", c.Rate.Anonymous, 1, 10_000_000)
	return p
}

func (c Config) validateServer(p *problems) {
	s := c.Server
	listen(p, "server.listen", s.Listen)
	if s.MetricsListen != "" {
		listen(p, "server.metrics_listen", s.MetricsListen)
	}
	readable(p, "server.metrics_token_file", s.MetricsTokenFile)
	if s.PublicURL != "" {
		u, err := url.Parse(s.PublicURL)
		p.check(err == nil && u.Scheme == "https" && u.Host != "" && strings.Trim(u.Path, "/") == "" && u.RawQuery == "",
			"server.public_url", "%q is no address like https://dingban.example.cn", s.PublicURL)
	}
	p.check(s.DataDir != "", "server.data_dir", "must not be empty")
	within(p, "server.drain", s.Drain, 0, 10*time.Minute)
	oneOf(p, "server.tier", s.Tier, TierBasic, TierEnterprise)
	between(p, "server.node", s.Node, 0, 15)
	for _, proxy := range s.TrustedProxies {
		_, err := ParseNetwork(proxy)
		p.check(err == nil, "server.trusted_proxies", "%q is no address or network like 10.0.0.0/8", proxy)
	}
	oneOf(p, "server.tls.mode", s.TLS.Mode, "auto", "files")
	if s.TLS.Mode == "files" {
		p.check(s.TLS.CertFile != "", "server.tls.cert_file", "is needed when server.tls.mode is files")
		p.check(s.TLS.KeyFile != "", "server.tls.key_file", "is needed when server.tls.mode is files")
		readable(p, "server.tls.cert_file", s.TLS.CertFile)
		readable(p, "server.tls.key_file", s.TLS.KeyFile)
	}
	for _, name := range s.TLS.Names {
		_, err := netip.ParseAddr(name)
		p.check(err == nil || validHost(name), "server.tls.names", "%q is no host name or address", name)
	}
}

func (c Config) validateStores(p *problems) {
	if dsn := c.Database.DSN; dsn != "" {
		p.check(slices.Contains([]string{"sqlite", "mysql", "dameng"}, dialectOf(dsn)) && strings.Contains(dsn, "://"),
			"database.dsn", "must begin with sqlite://, mysql:// or dameng://")
	}
	readable(p, "database.password_file", c.Database.PasswordFile)
	c.Database.validatePool(p)
	oneOf(p, "objects.kind", c.Objects.Kind, "folder", "s3")
	if c.Objects.Kind == "s3" {
		c.Objects.S3.validate(p, "objects.s3", "when objects.kind is s3")
	}
}

func (d Database) validatePool(p *problems) {
	between(p, "database.max_open", d.MaxOpen, 0, 10_000)
	between(p, "database.max_idle", d.MaxIdle, 0, 10_000)
	p.check(d.MaxOpen == 0 || d.MaxIdle <= d.MaxOpen, "database.max_idle", "%d is more than database.max_open, which is %d", d.MaxIdle, d.MaxOpen)
	if d.IdleTime != 0 {
		within(p, "database.idle_time", d.IdleTime, time.Second, 24*time.Hour)
	}
	if d.LifeTime != 0 {
		within(p, "database.life_time", d.LifeTime, time.Second, 24*time.Hour)
	}
	if d.Wait != 0 {
		within(p, "database.wait", d.Wait, 100*time.Millisecond, 2*time.Minute)
	}
}

// dialectOf is the scheme of a DSN.
func dialectOf(dsn string) string {
	scheme, _, _ := strings.Cut(dsn, "://")
	return scheme
}

func (s S3) validate(p *problems, key, when string) {
	p.check(s.Endpoint != "" && !strings.Contains(s.Endpoint, "/"), key+".endpoint", "needs host and port, without a scheme")
	p.check(s.Bucket != "", key+".bucket", "is needed %s", when)
	p.check(s.AccessKeyFile != "", key+".access_key_file", "is needed %s", when)
	p.check(s.SecretKeyFile != "", key+".secret_key_file", "is needed %s", when)
	readable(p, key+".access_key_file", s.AccessKeyFile)
	readable(p, key+".secret_key_file", s.SecretKeyFile)
	readable(p, key+".ca_file", s.CAFile)
}

func (j Journal) validate(p *problems) {
	between(p, "journal.retention_days", j.RetentionDays, MinRetention, 36_500)
	if j.Anchor.S3.Endpoint != "" {
		j.Anchor.S3.validate(p, "journal.anchor.s3", "when journal.anchor.s3.endpoint is set")
	}
	if s := j.Anchor.Syslog; s.Address != "" {
		host, port, err := net.SplitHostPort(s.Address)
		p.check(err == nil && host != "" && port != "", "journal.anchor.syslog.address", "%q is no host and port like siem.example.cn:6514", s.Address)
		p.check((s.CertFile == "") == (s.KeyFile == ""), "journal.anchor.syslog.key_file", "a certificate and its key come together")
		readable(p, "journal.anchor.syslog.ca_file", s.CAFile)
		readable(p, "journal.anchor.syslog.cert_file", s.CertFile)
		readable(p, "journal.anchor.syslog.key_file", s.KeyFile)
	}
}

func (c Config) validateVault(p *problems) {
	v := c.Vault
	oneOf(p, "vault.kek", v.KEK, "file", "passphrase", "shares", "sdf", "skf")
	oneOf(p, "vault.kdf", v.KDF, "argon2id", "pbkdf2-hmac-sm3")
	oneOf(p, "vault.suite", v.Suite, "sm4-gcm", "aes-256-gcm", "sm4-cbc-hmac-sm3")
	between(p, "vault.reseal_rate", v.ResealRate, 1, 1_000_000)
	between(p, "vault.retire_after_days", v.RetireAfter, 1, 36_500)
	p.check(v.PassphraseFile == "" || v.KEK == "passphrase", "vault.passphrase_file", "is only for vault.kek: passphrase")
	readable(p, "vault.passphrase_file", v.PassphraseFile)
	if v.KEK != "sdf" && v.KEK != "skf" {
		return
	}
	p.check(v.Device.Helper != "", "vault.device.helper", "is needed when vault.kek is %s", v.KEK)
	p.check(v.Device.Library != "", "vault.device.library", "is needed when vault.kek is %s", v.KEK)
	readable(p, "vault.device.library", v.Device.Library)
	if v.KEK == "sdf" {
		between(p, "vault.device.key_index", v.Device.KeyIndex, 1, 10_000)
		return
	}
	p.check(v.Device.Application != "", "vault.device.application", "is needed when vault.kek is skf")
	p.check(v.Device.Container != "", "vault.device.container", "is needed when vault.kek is skf")
	p.check(v.Device.PINFile != "", "vault.device.pin_file", "is needed when vault.kek is skf")
	readable(p, "vault.device.pin_file", v.Device.PINFile)
}

// ParseNetwork reads an address or a network in CIDR form.
func ParseNetwork(text string) (netip.Prefix, error) {
	if strings.Contains(text, "/") {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return netip.Prefix{}, fmt.Errorf("network: %w", err)
		}
		return prefix.Masked(), nil
	}
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("address: %w", err)
	}
	return netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen()), nil
}

func listen(p *problems, key, address string) {
	_, port, err := net.SplitHostPort(address)
	number, numberErr := strconv.Atoi(port)
	p.check(err == nil && numberErr == nil && number >= 0 && number <= 65535, key,
		"%q is no address to listen on; write :8443 or 192.0.2.10:8443", address)
}

func readable(p *problems, key, file string) {
	if file == "" {
		return
	}
	f, err := os.Open(file)
	if err != nil {
		p.add(key, "%v", err)
		return
	}
	defer f.Close()
	info, err := f.Stat()
	p.check(err == nil && !info.IsDir(), key, "%s is no file", file)
}

func oneOf(p *problems, key, value string, allowed ...string) {
	p.check(slices.Contains(allowed, value), key, "%q is not one of %s", value, strings.Join(allowed, ", "))
}

func between(p *problems, key string, value, low, high int) {
	p.check(value >= low && value <= high, key, "%d is not between %d and %d", value, low, high)
}

func within(p *problems, key string, value, low, high time.Duration) {
	p.check(value >= low && value <= high, key, "%s is not between %s and %s", value, low, high)
}

var hostPattern = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

func validHost(name string) bool {
	return len(name) <= 253 && hostPattern.MatchString(strings.ToLower(strings.TrimPrefix(name, "*.")))
}
