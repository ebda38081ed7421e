package channel_test

import (
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"strings"
	"testing"
	"time"

	"dingban/app/notify/channel"
	"dingban/app/notify/channel/channeltest"
)

func server(s *channeltest.Server, security string) channel.MailServer {
	return channel.MailServer{
		Host: "127.0.0.1", Port: s.Port, Security: security, Account: "dingban", Password: "geheim",
		From: "dingban@example.cn", FromName: "钉办", CA: s.CA,
	}
}

func letter() channel.Letter {
	return channel.Letter{
		To: "li@example.cn", ToName: "李小雨", Subject: "[OPS-1] 采购三台服务器，机架式，月底前到货，三台都要带导轨与冗余电源，请尽快与供应商确认",
		Text: "第一行\n.第二行\n" + strings.Repeat("长", 500), HTML: "<p>正文</p>", MessageID: "notice.1@example.cn", References: []string{"task.5@example.cn"},
		At: time.Date(2027, 3, 10, 10, 0, 0, 0, time.UTC),
	}
}

func TestALetterArrivesAsItWasWritten(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		implicit bool
		security string
		offer    string
	}{"starttls": {false, channel.StartTLS, "PLAIN LOGIN"}, "tls": {true, channel.TLS, "PLAIN"}, "login": {false, channel.StartTLS, "LOGIN"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := channeltest.New(t, c.implicit)
			s.Offer(c.offer)
			if err := server(s, c.security).Send(t.Context(), letter()); err != nil {
				t.Fatal(err)
			}
			got := s.Mails()
			if len(got) != 1 || !got[0].Secure || got[0].Account != "dingban" || got[0].From != "dingban@example.cn" || got[0].To != "li@example.cn" {
				t.Fatalf("got %+v", got)
			}
			read(t, got[0].Raw)
		})
	}
}

func read(t *testing.T, raw string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(raw, "\n") {
		if len(line) > 120 {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != letter().Subject {
		t.Errorf("subject %q, %v", subject, err)
	}
	to, err := m.Header.AddressList("To")
	if err != nil || to[0].Name != "李小雨" {
		t.Errorf("to %v, %v", to, err)
	}
	for name, want := range map[string]string{
		"Message-Id": "<notice.1@example.cn>", "References": "<task.5@example.cn>", "In-Reply-To": "<task.5@example.cn>", "Auto-Submitted": "auto-generated",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for _, want := range []string{letter().Text, letter().HTML} {
		part, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, part))
		if err != nil || string(body) != want {
			t.Errorf("part %q, %v", body, err)
		}
	}
}

// Whatever people write, and whatever an address is made of, there are no headers but ours.
func TestNobodyWritesHeaders(t *testing.T) {
	t.Parallel()
	s := channeltest.New(t, false)
	l := letter()
	l.Subject, l.ToName = "a\r\nBcc: x@evil.example\r\n\r\nhello", "b\nBcc: y@evil.example"
	if err := server(s, channel.StartTLS).Send(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(strings.NewReader(s.Mails()[0].Raw))
	if err != nil || m.Header.Get("Bcc") != "" || m.Header.Get("Subject") != "a Bcc: x@evil.example hello" {
		t.Errorf("headers %v, %v", m.Header, err)
	}
	for _, bad := range []string{"", "x", "a@b\r\nRCPT TO:<c@d>", "A <a@b.cn>", "a@b.cn, c@d.cn"} {
		l := letter()
		l.To = bad
		var said *channel.SendError
		if err := server(s, channel.StartTLS).Send(t.Context(), l); !errors.As(err, &said) || !said.Final {
			t.Errorf("to %q: %v", bad, err)
		}
	}
	if n := len(s.Mails()); n != 1 {
		t.Errorf("%d mails", n)
	}
}

func TestWhatAServerRefuses(t *testing.T) {
	t.Parallel()
	s := channeltest.New(t, false)
	send := func(change func(*channel.MailServer)) *channel.SendError {
		t.Helper()
		to := server(s, channel.StartTLS)
		change(&to)
		var said *channel.SendError
		if err := to.Send(t.Context(), letter()); !errors.As(err, &said) {
			t.Fatalf("sent: %v", err)
		}
		return said
	}
	s.Refuse("550 5.1.1 no such user")
	if e := send(func(*channel.MailServer) {}); !e.Final || e.Answer != "550 5.1.1 no such user" {
		t.Errorf("no such user: %+v", e)
	}
	s.Refuse("451 later")
	if e := send(func(*channel.MailServer) {}); e.Final || e.Answer != "451 later" {
		t.Errorf("later: %+v", e)
	}
	s.Refuse("")
	if e := send(func(m *channel.MailServer) { m.Password = "wrong" }); e.Final || !strings.HasPrefix(e.Answer, "535 ") {
		t.Errorf("wrong password: %+v", e)
	}
	if e := send(func(m *channel.MailServer) { m.CA = "" }); !strings.Contains(e.Answer, "certificate") {
		t.Errorf("unknown certificate: %+v", e)
	}
	if e := send(func(m *channel.MailServer) { m.Security = channel.Plain }); !strings.Contains(e.Answer, "not encrypted") {
		t.Errorf("password without encryption: %+v", e)
	}
	if e := send(func(m *channel.MailServer) { m.Port = 1 }); e.Final {
		t.Errorf("nobody there: %+v", e)
	}
	s.Bare()
	if e := send(func(*channel.MailServer) {}); !strings.Contains(e.Answer, "STARTTLS") {
		t.Errorf("no STARTTLS: %+v", e)
	}
	if n := len(s.Mails()); n != 0 {
		t.Errorf("%d mails were taken", n)
	}
}
