// Package channel brings messages out of the house. It knows nothing of tasks and people: it gets a finished message
// and where to send it, and tells whether it arrived and whether trying again makes sense.
package channel

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"
)

// How a mail server is spoken to.
const (
	StartTLS = "starttls" // plain at first, encrypted before anything is said; refused when the server cannot
	TLS      = "tls"      // encrypted from the first byte
	Plain    = "none"
)

const (
	dialTimeout = 10 * time.Second
	// mailTimeout bounds a whole delivery.
	mailTimeout = 60 * time.Second
)

// MailServer is a mail server that takes what we send.
type MailServer struct {
	Host, Security    string
	Port              int
	Account, Password string // no log-in without an account
	From, FromName    string
	// CA are certificates in PEM that are trusted besides those of the system.
	CA string
}

// Letter is one mail. MessageID and References are without angle brackets; the same MessageID twice is the same letter.
type Letter struct {
	To, ToName          string
	Subject, Text, HTML string
	MessageID           string
	References          []string
	At                  time.Time
}

// SendError says that a message did not get through. Final means that trying again makes no sense.
type SendError struct {
	Answer string
	Final  bool
	err    error
}

func (e *SendError) Error() string { return e.Answer }

func (e *SendError) Unwrap() error { return e.err }

// Send hands a letter to the server and gives its last answer. The error is a *SendError.
func (s MailServer) Send(ctx context.Context, l Letter) error {
	ctx, cancel := context.WithTimeout(ctx, mailTimeout)
	defer cancel()
	raw, err := s.compose(l)
	if err != nil {
		return &SendError{Answer: err.Error(), Final: true, err: err}
	}
	if err := s.deliver(ctx, l.To, raw); err != nil {
		return sendError(err)
	}
	return nil
}

// sendError takes what a server answered word for word; what begins with 5 stays as it is, however often one asks.
func sendError(err error) *SendError {
	var said *textproto.Error
	if errors.As(err, &said) {
		return &SendError{Answer: fmt.Sprintf("%d %s", said.Code, clip(said.Msg)), Final: said.Code >= 500 && said.Code < 600 && said.Code != 530 && said.Code != 534 && said.Code != 535, err: err}
	}
	return &SendError{Answer: clip(err.Error()), err: err}
}

// clip bounds what strangers make us keep.
func clip(s string) string {
	s = strings.ToValidUTF8(strings.Join(strings.Fields(s), " "), "")
	if r := []rune(s); len(r) > 300 {
		return string(r[:300]) + "…"
	}
	return s
}

func (s MailServer) deliver(ctx context.Context, to string, raw []byte) (err error) {
	c, err := s.dial(ctx)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	defer func() {
		if err != nil {
			_ = c.Close()
		}
	}()
	if err := c.Hello(helloName(s.From)); err != nil {
		return fmt.Errorf("greet: %w", err)
	}
	if s.Security == StartTLS {
		if ok, _ := c.Extension("STARTTLS"); !ok {
			return errors.New("the server does not offer STARTTLS, so nothing was sent")
		}
		config, err := s.tls()
		if err != nil {
			return err
		}
		if err := c.StartTLS(config); err != nil {
			return fmt.Errorf("encrypt: %w", err)
		}
	}
	if s.Account != "" {
		if err := s.logIn(c); err != nil {
			return err
		}
	}
	if err := c.Mail(s.From); err != nil {
		return fmt.Errorf("sender: %w", err)
	}
	if err := c.Rcpt(to); err != nil {
		return fmt.Errorf("recipient: %w", err)
	}
	w, err := c.Data()
	if err != nil {
		return fmt.Errorf("data: %w", err)
	}
	if _, err := w.Write(raw); err != nil {
		return fmt.Errorf("data: %w", err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("data: %w", err)
	}
	_ = c.Quit() // it was taken; how they part does not matter
	return nil
}

func (s MailServer) dial(ctx context.Context) (*smtp.Client, error) {
	address := net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
	dialer := &net.Dialer{Timeout: dialTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	deadline, _ := ctx.Deadline()
	if err := conn.SetDeadline(deadline); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if s.Security == TLS {
		config, err := s.tls()
		if err != nil {
			return nil, errors.Join(err, conn.Close())
		}
		secure := tls.Client(conn, config)
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("encrypt: %w", err), conn.Close())
		}
		conn = secure
	}
	c, err := smtp.NewClient(conn, s.Host)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("greet: %w", err), conn.Close())
	}
	return c, nil
}

func (s MailServer) tls() (*tls.Config, error) {
	config := &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12}
	if s.CA == "" {
		return config, nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM([]byte(s.CA)) {
		return nil, errors.New("the trusted certificate cannot be read")
	}
	config.RootCAs = pool
	return config, nil
}

// logIn sends the password over an encrypted connection only.
func (s MailServer) logIn(c *smtp.Client) error {
	if _, secure := c.TLSConnectionState(); !secure {
		return errors.New("the connection is not encrypted, so the password was not sent")
	}
	_, offered := c.Extension("AUTH")
	how := smtp.PlainAuth("", s.Account, s.Password, s.Host)
	if ways := strings.Fields(strings.ToUpper(offered)); !slices.Contains(ways, "PLAIN") && slices.Contains(ways, "LOGIN") {
		how = &loginAuth{s.Account, s.Password}
	}
	if err := c.Auth(how); err != nil {
		return fmt.Errorf("log in: %w", err)
	}
	return nil
}

// loginAuth is AUTH LOGIN, which older servers offer alone.
type loginAuth struct{ account, password string }

func (a *loginAuth) Start(*smtp.ServerInfo) (string, []byte, error) { return "LOGIN", nil, nil }

func (a *loginAuth) Next(asked []byte, more bool) ([]byte, error) {
	if !more {
		return nil, nil
	}
	switch strings.ToLower(strings.TrimRight(string(asked), ": ")) {
	case "username", "user name":
		return []byte(a.account), nil
	case "password":
		return []byte(a.password), nil
	default:
		return nil, errors.New("the server asks for neither account nor password")
	}
}

func helloName(from string) string {
	if _, host, ok := strings.Cut(from, "@"); ok && host != "" {
		return host
	}
	return "localhost"
}

// compose writes a letter as MIME: text and HTML, all of it base64, so that no line is too long and none is changed.
func (s MailServer) compose(l Letter) ([]byte, error) {
	for _, address := range []string{s.From, l.To} {
		if parsed, err := mail.ParseAddress(address); err != nil || parsed.Address != address || strings.ContainsAny(address, "\r\n") {
			return nil, errors.New("the address cannot be used")
		}
	}
	var b bytes.Buffer
	head := func(name, value string) {
		b.WriteString(name + ": " + strings.NewReplacer("\r", "", "\n", "").Replace(value) + "\r\n")
	}
	head("From", (&mail.Address{Name: line(s.FromName), Address: s.From}).String())
	head("To", (&mail.Address{Name: line(l.ToName), Address: l.To}).String())
	b.WriteString("Subject: " + subject(line(l.Subject)) + "\r\n")
	head("Date", l.At.Format(time.RFC1123Z))
	head("Message-ID", "<"+l.MessageID+">")
	if len(l.References) > 0 {
		head("In-Reply-To", "<"+l.References[len(l.References)-1]+">")
		head("References", "<"+strings.Join(l.References, "> <")+">")
	}
	head("Auto-Submitted", "auto-generated") // so that nobody's absence answers it
	head("X-Auto-Response-Suppress", "All")
	head("MIME-Version", "1.0")
	const border = "=_dingban_part_=" // cannot occur in base64
	head("Content-Type", `multipart/alternative; boundary="`+border+`"`)
	for _, part := range []struct{ kind, text string }{{"text/plain", l.Text}, {"text/html", l.HTML}} {
		b.WriteString("\r\n--" + border + "\r\nContent-Type: " + part.kind + "; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n")
		if err := wrapped(&b, part.text); err != nil {
			return nil, err
		}
	}
	b.WriteString("\r\n--" + border + "--\r\n")
	return b.Bytes(), nil
}

// line keeps what is one line, so that nobody's title becomes a header.
func line(s string) string { return strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ") }

// subject is encoded word by word, each on a line of its own, which is how long ones stay within the limits.
func subject(s string) string {
	return strings.ReplaceAll(mime.BEncoding.Encode("utf-8", s), "?= =?", "?=\r\n =?")
}

func wrapped(w io.Writer, text string) error {
	encoded := base64.StdEncoding.EncodeToString([]byte(text))
	for len(encoded) > 0 {
		n := min(76, len(encoded))
		if _, err := io.WriteString(w, encoded[:n]+"\r\n"); err != nil {
			return fmt.Errorf("channel: compose: %w", err)
		}
		encoded = encoded[n:]
	}
	return nil
}
