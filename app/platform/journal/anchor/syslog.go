package anchor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"dingban/app/platform/journal/proof"
)

const (
	// priority is facility "log audit" (13), severity "notice" (5).
	priority    = 13*8 + 5
	syslogDial  = 10 * time.Second
	syslogTotal = 20 * time.Second
)

// SyslogOptions say which server is told.
type SyslogOptions struct {
	Address string // host:port; 6514 is usual
	CAFile  string // certificates to trust, in PEM; empty trusts those of the machine
	// CertFile and KeyFile are for a server that asks for a certificate.
	CertFile, KeyFile string
}

// Syslog sends each checkpoint as a message of RFC 5424 in the framing of RFC 5425.
// There is no reading back: whoever keeps the messages hands them to the verifier.
type Syslog struct {
	address string
	host    string
	config  *tls.Config
}

// NewSyslog reads the certificates; the server is asked only when there is something
// to tell.
func NewSyslog(o SyslogOptions) (*Syslog, error) {
	server, _, err := net.SplitHostPort(o.Address)
	if err != nil {
		return nil, fmt.Errorf("anchor: syslog address: %w", err)
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: server}
	if o.CAFile != "" {
		pem, err := os.ReadFile(o.CAFile)
		if err != nil {
			return nil, fmt.Errorf("anchor: syslog certificates: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("anchor: syslog certificates: %s holds none", o.CAFile)
		}
	}
	if o.CertFile != "" {
		own, err := tls.LoadX509KeyPair(o.CertFile, o.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("anchor: syslog client certificate: %w", err)
		}
		c.Certificates = []tls.Certificate{own}
	}
	host, err := os.Hostname()
	if err != nil {
		host = "-"
	}
	return &Syslog{address: o.Address, host: printable(host), config: c}, nil
}

// Name is part of journal.Anchor.
func (s *Syslog) Name() string { return "syslog" }

// Newest is part of journal.Anchor: a syslog server is not read.
func (s *Syslog) Newest(context.Context) (proof.Checkpoint, bool, error) {
	return proof.Checkpoint{}, false, nil
}

// Keep sends the message. The protocol has no answer; but a server that refuses our
// certificate or goes away says so before it closes, so the close is waited for.
func (s *Syslog) Keep(ctx context.Context, c proof.Checkpoint) (err error) {
	ctx, cancel := context.WithTimeout(ctx, syslogDial)
	defer cancel()
	conn, err := (&tls.Dialer{Config: s.config}).DialContext(ctx, "tcp", s.address)
	if err != nil {
		return fmt.Errorf("anchor: syslog %s: %w", s.address, err)
	}
	defer func() {
		if closeErr := conn.Close(); err == nil && closeErr != nil && !errors.Is(closeErr, net.ErrClosed) {
			err = fmt.Errorf("anchor: syslog %s: %w", s.address, closeErr)
		}
	}()
	begin, _ := ctx.Deadline()
	if err := conn.SetDeadline(begin.Add(syslogTotal - syslogDial)); err != nil {
		return fmt.Errorf("anchor: syslog %s: %w", s.address, err)
	}
	if _, err := conn.Write(s.frame(c)); err != nil {
		return fmt.Errorf("anchor: syslog %s: %w", s.address, err)
	}
	if t, ok := conn.(*tls.Conn); ok {
		if err := t.CloseWrite(); err != nil {
			return fmt.Errorf("anchor: syslog %s: %w", s.address, err)
		}
	}
	if _, err := io.Copy(io.Discard, conn); err != nil {
		return fmt.Errorf("anchor: syslog %s: %w", s.address, err)
	}
	return nil
}

// frame is the length in octets, a space, and the message.
func (s *Syslog) frame(c proof.Checkpoint) []byte {
	at := time.UnixMilli(c.At).UTC().Format("2006-01-02T15:04:05.000Z")
	message := fmt.Sprintf("<%d>1 %s %s dingban %d CHECKPOINT - %s", priority, at, s.host, os.Getpid(), c.Anchor())
	return fmt.Appendf(nil, "%d %s", len(message), message)
}

// printable keeps what a header of RFC 5424 may hold.
func printable(host string) string {
	out := make([]byte, 0, len(host))
	for _, b := range []byte(host) {
		if b > ' ' && b <= '~' && len(out) < 255 {
			out = append(out, b)
		}
	}
	if len(out) == 0 {
		return "-"
	}
	return string(out)
}
