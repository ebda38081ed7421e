package notify

import (
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"net"
	"net/mail"
	"regexp"

	"dingban/app/access"
	"dingban/app/notify/channel"
	"dingban/app/org"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/platform/journal"
	"dingban/app/platform/lang"
	"dingban/app/platform/ref"
	"dingban/app/platform/vault"
)

// Outside is what telling people by mail needs. Without it people are told in the inbox alone.
type Outside struct {
	Vault  *vault.Vault
	Words  *lang.Catalogue
	Log    *slog.Logger
	Access interface {
		Require(ctx context.Context, permission string, t access.Target) error
	}
	// Person gives somebody's name and address; the context is one in which they act themselves.
	Person func(ctx context.Context, id int64) (Recipient, error)
	// URL is where people open the pages; empty when nobody has said.
	URL string
}

// Recipient is somebody who is told.
type Recipient struct {
	Name, Email, Language string
	Active                bool
}

// Connect says how people are told outside of the pages. It belongs to the wiring and is done before the first request.
func (s *Service) Connect(o Outside) { s.out = &o }

// MailSettings are those of the organisation's mail server.
type MailSettings struct {
	Enabled     bool   `json:"enabled" doc:"Whether people are told by mail." example:"true"`
	Host        string `json:"host" doc:"Name or address of the mail server." example:"smtp.example.cn"`
	Port        int64  `json:"port" doc:"Port, 1 to 65535." example:"587"`
	Security    string `json:"security" enum:"starttls,tls,none" doc:"How the connection is encrypted: after STARTTLS, from the first byte, or not at all, which allows no log-in." example:"starttls"`
	Account     string `json:"account" doc:"Account to log in with; empty for none." example:"dingban@example.cn"`
	HasPassword bool   `json:"hasPassword" doc:"Whether a password is kept. It is never shown." example:"true"`
	From        string `json:"fromAddress" doc:"Address that mail comes from." example:"dingban@example.cn"`
	FromName    string `json:"fromName" doc:"Name that mail comes from, at most 60 characters; may be empty." example:"钉办"`
	CA          string `json:"ca" doc:"Certificates in PEM that are trusted besides those of the system, at most 20,000 characters; may be empty."`
	Version     int64  `json:"version" doc:"Send it with an update; 0 before anything was set." example:"1"`

	password string
}

// MailEdit are the settings as somebody wants them. Password nil keeps the one there is.
type MailEdit struct {
	MailSettings
	Password *string
}

func (m *MailSettings) server() channel.MailServer {
	return channel.MailServer{
		Host: m.Host, Port: int(m.Port), Security: m.Security, Account: m.Account, Password: m.password,
		From: m.From, FromName: m.FromName, CA: m.CA,
	}
}

// mailFacts are the fields the journal tells of; of the password only that it is another one.
type mailFacts struct {
	Enabled  bool   `journal:"enabled"`
	Host     string `journal:"host"`
	Port     int64  `journal:"port"`
	Security string `journal:"security"`
	Account  string `journal:"account"`
	From     string `journal:"fromAddress"`
	FromName string `journal:"fromName"`
	CA       string `journal:"ca"`
}

func (m *MailSettings) facts() mailFacts {
	return mailFacts{m.Enabled, m.Host, m.Port, m.Security, m.Account, m.From, m.FromName, m.CA}
}

func (s *Service) mayManage(ctx context.Context) error {
	if s.out == nil {
		return errors.New("notify: nothing is connected to the outside")
	}
	return s.out.Access.Require(ctx, "channel:manage", access.Target{})
}

// Mail gives the settings of the mail server. It needs channel:manage.
func (s *Service) Mail(ctx context.Context) (MailSettings, error) {
	if err := s.mayManage(ctx); err != nil {
		return MailSettings{}, err
	}
	return s.mailSettings(ctx)
}

// SetMail changes them. It needs channel:manage and the version the editor saw. A password that is kept goes to no other
// server or account than it was entered for.
func (s *Service) SetMail(ctx context.Context, e MailEdit) (MailSettings, error) {
	if err := s.mayManage(ctx); err != nil {
		return MailSettings{}, err
	}
	var out MailSettings
	err := s.db.Tx(ctx, func(ctx context.Context) error {
		if _, err := s.db.LockRow(ctx, "notify_mail", mailID); err != nil {
			return err
		}
		now, err := s.mailSettings(ctx)
		if err != nil {
			return err
		}
		if err := e.check(&now); err != nil {
			return err
		}
		if e.Version != now.Version {
			return fault.Conflict("notify.stale_mail", now)
		}
		next := e.MailSettings
		next.password = now.password
		if e.Password != nil {
			next.password = *e.Password
		}
		if next.Account == "" {
			next.password = ""
		}
		next.HasPassword = next.password != ""
		changes := journal.Diff(now.facts(), next.facts())
		if next.password != now.password {
			changes = append(changes, journal.Change{Field: "password", To: "***"})
		}
		if out = now; len(changes) == 0 {
			return nil
		}
		next.Version++
		out = next
		if err := s.saveMail(ctx, next); err != nil {
			return err
		}
		return s.journal.Append(ctx, journal.Entry{Module: "notify", Verb: "notify.configure", Ref: ref.To("channel", mailID), Changes: changes})
	})
	return out, err
}

// reach says whether the organisation sends mail, and where it would reach the person acting.
func (s *Service) reach(ctx context.Context) (on bool, address string, err error) {
	who, err := me(ctx)
	if err != nil || s.out == nil {
		return false, "", err
	}
	if on, err = s.mailEnabled(ctx); err != nil {
		return false, "", err
	}
	to, err := s.out.Person(ctx, who)
	return on, to.Email, err
}

var hostForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$`)

func (e *MailEdit) check(now *MailSettings) error {
	var c input.Check
	e.Host = c.Line("body.host", e.Host, 1, 253)
	if e.Host != "" && !hostForm.MatchString(e.Host) && net.ParseIP(e.Host) == nil {
		c.Add("body.host", "notify.bad_host")
	}
	if e.Port < 1 {
		c.Add("body.port", "field.too_small", "min", 1)
	} else if e.Port > 65535 {
		c.Add("body.port", "field.too_big", "max", 65535)
	}
	c.OneOf("body.security", e.Security, channel.StartTLS, channel.TLS, channel.Plain)
	e.Account = c.Line("body.account", e.Account, 0, 254)
	e.FromName = c.Line("body.fromName", e.FromName, 0, 60)
	e.From = c.Line("body.fromAddress", e.From, 1, 254)
	if parsed, err := mail.ParseAddress(e.From); e.From != "" && (err != nil || parsed.Address != e.From) {
		c.Add("body.fromAddress", "org.email_form")
	}
	e.CA = c.Text("body.ca", e.CA, 0, 20_000)
	if e.CA != "" && !x509.NewCertPool().AppendCertsFromPEM([]byte(e.CA)) {
		c.Add("body.ca", "notify.bad_certificate")
	}
	if e.Account != "" && e.Security == channel.Plain {
		c.Add("body.security", "notify.plain_login")
	}
	switch {
	case e.Password != nil:
		*e.Password = c.Line("body.password", *e.Password, 0, 200)
	case e.Account != "" && now.password != "" && (e.Host != now.Host || e.Port != now.Port || e.Security != now.Security || e.Account != now.Account || e.CA != now.CA):
		c.Add("body.password", "notify.password_again")
	}
	return c.Err()
}

// Tested is how a test mail went.
type Tested struct {
	Sent   bool   `json:"sent" doc:"Whether the server took it." example:"true"`
	To     string `json:"to" doc:"Address of the person asking." example:"li.xiaoyu@example.cn"`
	Answer string `json:"answer" doc:"What went wrong, in the words of the server; empty when it was sent." example:"535 5.7.8 authentication failed"`
}

// TestMail sends a mail to the person acting with the settings as they are, switched on or not. It needs channel:manage.
func (s *Service) TestMail(ctx context.Context) (Tested, error) {
	if err := s.mayManage(ctx); err != nil {
		return Tested{}, err
	}
	who, err := me(ctx)
	if err != nil {
		return Tested{}, err
	}
	to, err := s.out.Person(ctx, who)
	if err != nil {
		return Tested{}, err
	}
	if to.Email == "" {
		return Tested{}, fault.New(fault.KindConflict, "notify.no_address")
	}
	settings, err := s.mailSettings(ctx)
	if err != nil {
		return Tested{}, err
	}
	if settings.Host == "" {
		return Tested{}, fault.New(fault.KindConflict, "notify.no_mail")
	}
	say := func(key string) string { return s.out.Words.Text(to.Language, key, nil) }
	l := channel.Letter{
		To: to.Email, ToName: to.Name, Subject: say("notify.mail.test_subject"), MessageID: messageID("test", s.db.NewID(), settings.From), At: s.clock.Now(),
	}
	l.Text, l.HTML = page(say("notify.mail.test_text"), nil, "", "")
	if err := settings.server().Send(ctx, l); err != nil {
		return Tested{To: to.Email, Answer: err.Error()}, nil //nolint:nilerr // what the server said is the answer
	}
	return Tested{Sent: true, To: to.Email}, nil
}

// Failure is something that could not be sent. What it is about is not told: whoever runs the server need not know.
type Failure struct {
	ID     int64         `json:"id" doc:"Id of the entry." example:"283746519350001"`
	Person org.PersonRef `json:"person" doc:"Whom it is for."`
	At     int64         `json:"at" doc:"When it happened, in UTC milliseconds." example:"1795500000000"`
	Tries  int64         `json:"tries" doc:"How often it was tried." example:"3"`
	NextAt *int64        `json:"nextAt" nullable:"true" doc:"When it is tried again, in UTC milliseconds; null when it was given up." example:"1795500600000"`
	Answer string        `json:"answer" doc:"What the server said the last time." example:"550 no such user"`
}

// Failures gives a page of what could not be sent, the newest first. It needs channel:manage.
func (s *Service) Failures(ctx context.Context, p db.Page) ([]Failure, string, error) {
	if err := s.mayManage(ctx); err != nil {
		return nil, "", err
	}
	before := ref.MaxID
	if p.Cursor != "" {
		if err := db.DecodeCursor(p.Cursor, &before); err != nil {
			return nil, "", err
		}
	}
	rows, err := s.outbox(ctx, "state IN (?, ?) AND tries > 0 AND id < ? ORDER BY id DESC LIMIT ?", waiting, dead, before, p.Size()+1)
	if err != nil {
		return nil, "", err
	}
	next := ""
	if len(rows) > p.Size() {
		rows = rows[:p.Size()]
		next = db.EncodeCursor(rows[len(rows)-1].ID)
	}
	items := make([]Failure, 0, len(rows))
	for i := range rows {
		r := &rows[i]
		f := Failure{ID: r.ID, Person: s.people.Ref(ctx, r.PersonID), At: r.At, Tries: r.Tries}
		if len(r.Problem) > 0 { // one that cannot be opened is an alarm of the vault, not of this list
			f.Answer, _ = s.out.Vault.OpenText(problemCell(r.ID), r.Problem)
		}
		if r.State == waiting {
			f.NextAt = &r.DueAt
		}
		items = append(items, f)
	}
	return items, next, nil
}

// Retry tries what was given up once more and gives how many. It needs channel:manage.
func (s *Service) Retry(ctx context.Context) (n int64, err error) {
	if err := s.mayManage(ctx); err != nil {
		return 0, err
	}
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		if n, err = s.revive(ctx, clock.Millis(s.clock)); err != nil || n == 0 {
			return err
		}
		return s.journal.Append(ctx, journal.Entry{Module: "notify", Verb: "notify.retry", Ref: ref.To("channel", mailID), Changes: []journal.Change{{Field: "count", To: n}}})
	})
	return n, err
}
