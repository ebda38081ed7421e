// Package channeltest is a mail server for tests: it speaks SMTP over a real connection, with STARTTLS and log-in, and
// keeps what it is given.
package channeltest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"

	"dingban/app/platform/clock"
)

// Mail is one that was taken.
type Mail struct {
	From, To, Account, Password string
	Secure                      bool
	Raw                         string
}

// Server is a mail server.
type Server struct {
	Port int
	// CA is the certificate to trust, in PEM.
	CA string

	listener net.Listener
	config   *tls.Config
	implicit bool

	mu    sync.Mutex
	mails []Mail
	// refuse is what recipients are answered; empty takes them.
	refuse string
	// auth are the ways to log in that are offered.
	auth string
	// bare offers no STARTTLS.
	bare bool
}

// New starts a server on 127.0.0.1; implicit is encrypted from the first byte.
func New(t testing.TB, implicit bool) *Server {
	t.Helper()
	s := &Server{implicit: implicit, auth: "PLAIN LOGIN"}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: clock.System().Now().Add(-time.Hour), NotAfter: clock.System().Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(t, err)
	s.CA = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	s.config = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	s.listener, err = net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // as long as the test
	must(t, err)
	s.Port = s.listener.Addr().(*net.TCPAddr).Port
	var open sync.WaitGroup
	open.Go(func() {
		for {
			conn, err := s.listener.Accept()
			if err != nil {
				return
			}
			open.Go(func() { s.serve(conn) })
		}
	})
	t.Cleanup(func() {
		_ = s.listener.Close()
		open.Wait()
	})
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Refuse makes it answer recipients so from now on; empty takes them again.
func (s *Server) Refuse(answer string) { s.set(func() { s.refuse = answer }) }

// Offer says which ways to log in are offered.
func (s *Server) Offer(auth string) { s.set(func() { s.auth = auth }) }

// Bare makes it offer no STARTTLS.
func (s *Server) Bare() { s.set(func() { s.bare = true }) }

func (s *Server) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// Mails are those that were taken.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail{}, s.mails...)
}

func (s *Server) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(clock.System().Now().Add(20 * time.Second))
	if s.implicit {
		conn = tls.Server(conn, s.config)
	}
	m := Mail{Secure: s.implicit}
	text := textproto.NewConn(conn)
	say := func(format string, args ...any) { _ = text.PrintfLine(format, args...) }
	say("220 ready")
	for {
		line, err := text.ReadLine()
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(line, " ")
		s.mu.Lock()
		refuse, auth, bare := s.refuse, s.auth, s.bare
		s.mu.Unlock()
		switch strings.ToUpper(verb) {
		case "EHLO":
			say("250-here")
			if !m.Secure && !bare {
				say("250-STARTTLS")
			}
			say("250-8BITMIME")
			say("250 AUTH %s", auth)
		case "STARTTLS":
			say("220 go on")
			secure := tls.Server(conn, s.config)
			if secure.Handshake() != nil { //nolint:noctx // as long as the connection
				return
			}
			conn, text, m.Secure = secure, textproto.NewConn(secure), true
		case "AUTH":
			m.Account, m.Password = s.logIn(text, rest)
			if m.Password != "geheim" {
				say("535 5.7.8 authentication failed")
				continue
			}
			say("235 welcome")
		case "MAIL":
			m.From = between(rest)
			say("250 ok")
		case "RCPT":
			if refuse != "" {
				say("%s", refuse)
				continue
			}
			m.To = between(rest)
			say("250 ok")
		case "DATA":
			say("354 go on")
			raw, err := text.ReadDotBytes()
			if err != nil {
				return
			}
			m.Raw = string(raw)
			s.set(func() { s.mails = append(s.mails, m) })
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("502 unknown: %s", fmt.Sprint(verb))
		}
	}
}

func (s *Server) logIn(text *textproto.Conn, rest string) (account, password string) {
	decode := func(line string) string {
		b, _ := base64.StdEncoding.DecodeString(line)
		return string(b)
	}
	if how, first, _ := strings.Cut(rest, " "); strings.EqualFold(how, "PLAIN") {
		parts := strings.Split(decode(first), "\x00")
		if len(parts) == 3 {
			return parts[1], parts[2]
		}
		return "", ""
	}
	ask := func(what string) string {
		_ = text.PrintfLine("334 %s", base64.StdEncoding.EncodeToString([]byte(what)))
		line, _ := text.ReadLine()
		return decode(line)
	}
	return ask("Username:"), ask("Password:")
}

func between(s string) string {
	_, s, _ = strings.Cut(s, "<")
	s, _, _ = strings.Cut(s, ">")
	return s
}
