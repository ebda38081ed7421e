package server

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"dingban/app/platform/clock"
	"dingban/app/platform/pki"
	"dingban/configs"
)

const (
	certificateCheck = time.Minute
	// warnBefore is when the log begins to speak of a certificate's end.
	warnBefore = 30 * 24 * time.Hour
)

// authority is the own certificate authority of a server that has no certificate of its organisation.
type authority struct {
	File        string // ca.crt: what people import
	Fingerprint string
}

// certificates keeps the certificate in use and exchanges it without a restart.
type certificates struct {
	config configs.Config
	clock  clock.Clock
	log    *slog.Logger

	current atomic.Pointer[tls.Certificate]
	stamp   string // of the files in use
	warned  time.Time
}

// openCertificates loads the certificate, making it first in mode auto. An expired certificate is refused here, with the
// file named: starting with it would show every person a warning that teaches them to click warnings away.
func openCertificates(c configs.Config, clk clock.Clock, log *slog.Logger) (*certificates, *authority, error) {
	s := &certificates{config: c, clock: clk, log: log}
	var own *authority
	if c.Server.TLS.Mode == "auto" {
		var err error
		if own, err = s.ensure(); err != nil {
			return nil, nil, fmt.Errorf("server: own certificate: %w", err)
		}
	}
	if err := s.load(); err != nil {
		return nil, nil, fmt.Errorf("server: %w", err)
	}
	leaf := s.current.Load().Leaf
	certFile, _ := s.files()
	if now := clk.Now(); now.After(leaf.NotAfter) {
		return nil, nil, fmt.Errorf("server: the certificate %s expired on %s; put a new certificate and key in place (server.tls.cert_file, server.tls.key_file) and start again",
			certFile, leaf.NotAfter.Format(time.DateOnly))
	} else if now.Before(leaf.NotBefore) {
		return nil, nil, fmt.Errorf("server: the certificate %s is valid only from %s; check the clock of this machine (it says %s)",
			certFile, leaf.NotBefore.Format(time.DateTime), now.UTC().Format(time.DateTime))
	}
	return s, own, nil
}

func (s *certificates) files() (cert, key string) {
	if s.config.Server.TLS.Mode == "files" {
		return s.config.Server.TLS.CertFile, s.config.Server.TLS.KeyFile
	}
	return s.config.InData("tls", "server.crt"), s.config.InData("tls", "server.key")
}

// ensure makes whatever is missing or about to expire: the authority once in ten years, the certificate when it ends or
// when a name was added.
func (s *certificates) ensure() (*authority, error) {
	caFile, caKey := s.config.InData("tls", "ca.crt"), s.config.InData("tls", "ca.key")
	certFile, certKey := s.files()
	if err := os.MkdirAll(filepath.Dir(caFile), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder: %w", err)
	}
	now := s.clock.Now()
	ca, err := readPair(caFile, caKey)
	if err == nil {
		err = pki.AuthorityGood(ca, now)
	}
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			s.log.Warn("the own certificate authority is made anew; devices that trusted it have to trust the new one", "why", err)
		}
		if ca, err = pki.NewAuthority("DingBan local CA "+now.Format(time.DateOnly), now); err != nil {
			return nil, err
		}
		if err := writePair(caFile, caKey, ca); err != nil {
			return nil, err
		}
	}
	names := s.names()
	cert, err := readPair(certFile, certKey)
	if err == nil {
		err = pki.Good(ca.Certificate, cert, names, now)
	}
	if err != nil {
		if cert, err = pki.Issue(ca, names, now); err != nil {
			return nil, err
		}
		if err := writePair(certFile, certKey, cert); err != nil {
			return nil, err
		}
	}
	fingerprint, err := pki.Fingerprint(ca.Certificate)
	if err != nil {
		return nil, err
	}
	return &authority{File: caFile, Fingerprint: fingerprint}, nil
}

// names are what people may type to reach this server.
func (s *certificates) names() []string {
	hostname, err := os.Hostname()
	if err != nil {
		hostname = ""
	}
	cards, err := net.Interfaces()
	if err != nil {
		cards = nil
	}
	names := slices.Clone(s.config.Server.TLS.Names)
	if u, err := url.Parse(s.config.Server.PublicURL); err == nil && u.Hostname() != "" {
		names = append(names, u.Hostname())
	}
	for _, host := range pki.LocalHosts(hostname, cards, func(i net.Interface) ([]net.Addr, error) { return i.Addrs() }) {
		if !slices.Contains(names, host) {
			names = append(names, host)
		}
	}
	return names
}

func readPair(cert, key string) (pki.Pair, error) {
	var p pki.Pair
	var err error
	if p.Certificate, err = os.ReadFile(cert); err != nil {
		return p, fmt.Errorf("read a certificate: %w", err)
	}
	if p.Key, err = os.ReadFile(key); err != nil {
		return p, fmt.Errorf("read a key: %w", err)
	}
	return p, nil
}

// writePair replaces both files, each at once: a server killed in between finds a pair that does not fit and makes it anew.
func writePair(cert, key string, p pki.Pair) error {
	if err := replaceFile(key, p.Key, 0o600); err != nil {
		return err
	}
	return replaceFile(cert, p.Certificate, 0o644)
}

func replaceFile(name string, content []byte, mode fs.FileMode) error {
	temp := name + ".new"
	if err := os.WriteFile(temp, content, mode); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := os.Rename(temp, name); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// load reads the files if they changed since.
func (s *certificates) load() error {
	certFile, keyFile := s.files()
	stamp, err := stampOf(certFile, keyFile)
	if err != nil {
		return err
	}
	if stamp == s.stamp {
		return nil
	}
	cert, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return fmt.Errorf("the certificate %s and key %s cannot be used: %w", certFile, keyFile, err)
	}
	if cert.Leaf == nil {
		if cert.Leaf, err = x509.ParseCertificate(cert.Certificate[0]); err != nil {
			return fmt.Errorf("the certificate %s cannot be read: %w", certFile, err)
		}
	}
	s.current.Store(&cert)
	s.stamp = stamp
	return nil
}

func stampOf(files ...string) (string, error) {
	stamp := ""
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			return "", fmt.Errorf("certificate file: %w", err)
		}
		stamp += fmt.Sprint(info.ModTime().UnixNano(), info.Size(), " ")
	}
	return stamp, nil
}

// watch renews and reloads until the context ends. What does not work is logged and the certificate in use stays.
func (s *certificates) watch(ctx context.Context) {
	tick := time.NewTicker(certificateCheck)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.refresh(ctx)
		}
	}
}

func (s *certificates) refresh(ctx context.Context) {
	before := s.current.Load()
	if s.config.Server.TLS.Mode == "auto" {
		if _, err := s.ensure(); err != nil {
			s.log.ErrorContext(ctx, "the certificate could not be renewed", "error", err)
		}
	}
	if err := s.load(); err != nil {
		s.log.ErrorContext(ctx, "the certificate could not be read again; the one in use stays", "error", err)
	}
	now, leaf := s.clock.Now(), s.current.Load().Leaf
	if s.current.Load() != before {
		s.log.InfoContext(ctx, "a new certificate is in use", "until", leaf.NotAfter)
	}
	if left := leaf.NotAfter.Sub(now); left < warnBefore && now.Sub(s.warned) > 12*time.Hour {
		s.warned = now
		certFile, _ := s.files()
		s.log.ErrorContext(ctx, "the certificate expires; put a new one in place, it is used without a restart", "file", certFile, "until", leaf.NotAfter)
	}
}

func (s *certificates) tls() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS13,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return s.current.Load(), nil },
	}
}
