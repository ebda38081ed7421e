package notify_test

import (
	"context"
	"fmt"
	"net/http"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"dingban/app/notify"
	"dingban/app/notify/channel/channeltest"
	"dingban/app/org"
	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/testkit"
	"dingban/app/server"
	"dingban/app/server/servertest"
	"dingban/app/task"
	"dingban/configs"
)

// house is a whole server with a team, a mail server beside it, and a clock that stands at 10:00 in China.
type house struct {
	*servertest.Team
	t     testing.TB
	s     *notify.Service
	clock *clock.Fake
	smtp  *channeltest.Server
	admin context.Context
}

func newHouse(t testing.TB) *house {
	t.Helper()
	fake := clock.NewFake(time.Date(2027, 3, 10, 10, 0, 0, 0, time.FixedZone("CST", 8*60*60)))
	team := servertest.NewTeam(t, func(c *configs.Config, o *server.Options) {
		o.Clock, c.Server.PublicURL = fake, "https://dingban.example.cn"
	})
	h := &house{Team: team, t: t, s: team.Modules.Notify, clock: fake, smtp: channeltest.New(t, false)}
	h.Join("root", servertest.SystemAdmin)
	h.admin = h.By("root")
	h.address("member", "member@example.cn")
	h.address("root", "root@example.cn")
	return h
}

func (h *house) address(account, address string) {
	h.t.Helper()
	ctx := actor.With(h.t.Context(), actor.System("test"))
	p, err := h.Modules.Org.Person(ctx, h.People[account])
	h.Must(err)
	_, err = h.Modules.Org.UpdatePerson(ctx, p.ID, org.PersonChange{Version: p.Version, Email: &address})
	h.Must(err)
}

func (h *house) edit() notify.MailEdit {
	return notify.MailEdit{
		MailSettings: notify.MailSettings{
			Enabled: true, Host: "127.0.0.1", Port: int64(h.smtp.Port), Security: "starttls", Account: "dingban",
			From: "dingban@example.cn", FromName: "钉办", CA: h.smtp.CA,
		},
		Password: new("geheim"),
	}
}

func (h *house) switchOn() {
	h.t.Helper()
	m, err := h.s.SetMail(h.admin, h.edit())
	h.Must(err)
	if !m.HasPassword || m.Version != 1 {
		h.t.Errorf("saved %+v", m)
	}
}

func (h *house) assign(titles ...string) []task.Task {
	h.t.Helper()
	var out []task.Task
	for _, title := range titles {
		tk, err := h.Modules.Task.Create(h.By("owner"), task.Draft{ProjectID: h.Project.ID, Title: title, Priority: task.None, AssigneeIDs: []int64{h.People["member"]}})
		h.Must(err)
		out = append(out, tk)
	}
	h.Settle()
	return out
}

func (h *house) deliver() int {
	h.t.Helper()
	n, err := h.s.Deliver(h.t.Context())
	h.Must(err)
	return n
}

func (h *house) failures() []notify.Failure {
	h.t.Helper()
	items, _, err := h.s.Failures(h.admin, db.Page{})
	h.Must(err)
	return items
}

func header(t *testing.T, m channeltest.Mail, name string) string {
	t.Helper()
	read, err := mail.ReadMessage(strings.NewReader(m.Raw))
	if err != nil {
		t.Fatal(err)
	}
	return read.Header.Get(name)
}

func TestPeopleAreToldByMailOnceAndInThreads(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.assign("之前") // nobody has set up mail yet
	h.switchOn()
	made := h.assign("采购服务器")
	if n := h.deliver(); n != 1 {
		t.Errorf("sent %d", n)
	}
	_, err := h.Modules.Comment.Add(h.By("owner"), made[0].ID, "请尽快")
	h.Must(err)
	h.Settle()
	if n := h.deliver(); n != 0 {
		t.Errorf("sent %d of comments, which are not mailed unless one asks for it", n)
	}
	mails := h.smtp.Mails()
	if len(mails) != 1 || mails[0].To != "member@example.cn" || !mails[0].Secure {
		t.Fatalf("mails %+v", mails)
	}
	if got := header(t, mails[0], "References"); got != fmt.Sprintf("<task.%d@example.cn>", made[0].ID) {
		t.Errorf("thread %s", got)
	}
}

func TestAMailThatFailsIsTriedAgainAsTheSameMail(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.switchOn()
	h.assign("采购服务器")
	h.smtp.Refuse("451 greylisted")
	if n := h.deliver(); n != 0 {
		t.Errorf("sent %d", n)
	}
	got := h.failures()
	if len(got) != 1 || got[0].Answer != "451 greylisted" || got[0].Tries != 1 || got[0].NextAt == nil || got[0].Person.ID != h.People["member"] {
		t.Fatalf("failures %+v", got)
	}
	if n := h.deliver(); n != 0 || h.failures()[0].Tries != 1 {
		t.Error("tried again at once")
	}
	for range 8 {
		h.clock.Advance(13 * time.Hour)
		h.deliver()
	}
	if got := h.failures(); len(got) != 1 || got[0].NextAt != nil || got[0].Tries != 8 {
		t.Fatalf("not given up: %+v", got)
	}
	h.smtp.Refuse("")
	if n := h.deliver(); n != 0 {
		t.Errorf("sent %d that were given up", n)
	}
	if n, err := h.s.Retry(h.admin); err != nil || n != 1 {
		t.Errorf("retried %d, %v", n, err)
	}
	if n := h.deliver(); n != 1 || len(h.failures()) != 0 {
		t.Errorf("sent %d, failures %+v", n, h.failures())
	}
	h.smtp.Refuse("550 no such user")
	h.assign("另一件")
	h.deliver()
	if got := h.failures(); len(got) != 1 || got[0].NextAt != nil {
		t.Errorf("what is refused for good: %+v", got)
	}
}

func TestNobodyIsMailedWhatTheyMayNotRead(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.switchOn()
	h.assign("机密")
	h.Must(h.Modules.Project.RemoveMember(h.By("owner"), h.Project.ID, h.People["member"]))
	h.deliver()
	if n := len(h.smtp.Mails()); n != 0 {
		t.Errorf("%d mails", n)
	}
}

func TestDigestAndQuietHours(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.switchOn()
	p, err := h.s.Preferences(h.By("member"))
	h.Must(err)
	p.Digest, p.DigestAt = notify.Daily, 11*60
	p.Quiet, p.QuietFrom, p.QuietTo, p.QuietDays = true, 10*60, 12*60, []int64{3} // a Wednesday, until noon
	_, err = h.s.SetPreferences(h.By("member"), p)
	h.Must(err)
	h.assign("一", "二", "三")
	for _, c := range []struct {
		after time.Duration
		want  int
	}{{0, 0}, {time.Hour, 0}, {time.Hour, 1}} { // ten, eleven, noon
		h.clock.Advance(c.after)
		if n := h.deliver(); n != c.want {
			t.Errorf("at %v sent %d", h.clock.Now(), n)
		}
	}
	if mails := h.smtp.Mails(); len(mails) != 1 || header(t, mails[0], "References") != "" {
		t.Errorf("mails %+v", mails)
	}
}

func TestWhatIsOffShowsNowhere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.switchOn()
	me := h.By("member")
	_, err := h.s.SetPreferences(me, notify.Preferences{
		Kinds:  []notify.Choice{{Kind: notify.KindAssigned}, {Kind: notify.KindChanged, InApp: true, Mail: true}},
		Digest: notify.Instant, QuietDays: []int64{},
	})
	h.Must(err)
	made := h.assign("采购服务器")
	_, err = h.Modules.Task.Update(h.By("owner"), made[0].ID, task.Edit{Version: made[0].Version, Title: new("采购四台服务器")})
	h.Must(err)
	h.Settle()
	items, _, _, err := h.s.List(me, false, db.Page{})
	h.Must(err)
	if len(items) != 1 || items[0].Verb != "task.update" {
		t.Errorf("inbox %+v", items)
	}
	if n := h.deliver(); n != 1 {
		t.Errorf("mailed %d", n)
	}
	p, err := h.s.Preferences(me)
	h.Must(err)
	mentioned := slices.IndexFunc(p.Kinds, func(c notify.Choice) bool { return c.Kind == notify.KindMentioned })
	if !p.Kinds[mentioned].InApp || !p.Kinds[mentioned].Mail {
		t.Errorf("what was not named changed: %+v", p.Kinds)
	}
	for name, bad := range map[string]struct {
		change func(*notify.Preferences)
		field  string
		code   string
	}{
		"kind":   {func(p *notify.Preferences) { p.Kinds = []notify.Choice{{Kind: "x"}} }, "body.kinds", "field.invalid"},
		"twice":  {func(p *notify.Preferences) { p.Kinds = append(p.Kinds, p.Kinds[0]) }, "body.kinds", "field.repeated"},
		"minute": {func(p *notify.Preferences) { p.DigestAt = 1440 }, "body.digestAt", "field.too_big"},
		"day":    {func(p *notify.Preferences) { p.QuietDays = []int64{0} }, "body.quietDays", "field.invalid"},
		"empty":  {func(p *notify.Preferences) { p.Quiet, p.QuietFrom, p.QuietTo = true, 5, 5 }, "body.quietTo", "notify.quiet_empty"},
		"digest": {func(p *notify.Preferences) { p.Digest = "x" }, "body.digest", "field.not_allowed"},
	} {
		q := p
		q.Kinds = slices.Clone(p.Kinds)
		bad.change(&q)
		_, err := h.s.SetPreferences(me, q)
		t.Log(name)
		testkit.WantField(t, err, bad.field, bad.code)
	}
}

func TestThePasswordStaysWhereItBelongs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.switchOn()
	admin := h.Client("root")
	body := string(admin.Do(http.MethodGet, "/channels/mail", nil).OK(nil).Body)
	if strings.Contains(body, "geheim") || !strings.Contains(body, `"hasPassword":true`) {
		t.Errorf("shown: %s", body)
	}
	other := h.edit()
	other.Version, other.Password, other.Host = 1, nil, "evil.example"
	_, err := h.s.SetMail(h.admin, other)
	testkit.WantField(t, err, "body.password", "notify.password_again")
	same := h.edit()
	same.Version, same.Password, same.FromName = 1, nil, "钉办通知"
	m, err := h.s.SetMail(h.admin, same)
	if err != nil || !m.HasPassword || m.Version != 2 {
		t.Errorf("another name: %+v, %v", m, err)
	}
	_, err = h.s.SetMail(h.admin, same)
	testkit.WantCode(t, err, "notify.stale_mail")
	for _, bad := range []struct {
		change      func(*notify.MailEdit)
		field, code string
	}{
		{func(e *notify.MailEdit) { e.Host = "a b" }, "body.host", "notify.bad_host"},
		{func(e *notify.MailEdit) { e.Port = 70_000 }, "body.port", "field.too_big"},
		{func(e *notify.MailEdit) { e.Security = "none" }, "body.security", "notify.plain_login"},
		{func(e *notify.MailEdit) { e.From = "x" }, "body.fromAddress", "org.email_form"},
		{func(e *notify.MailEdit) { e.CA = "x" }, "body.ca", "notify.bad_certificate"},
	} {
		e := h.edit()
		e.Version = 2
		bad.change(&e)
		_, err := h.s.SetMail(h.admin, e)
		testkit.WantField(t, err, bad.field, bad.code)
	}
	_, err = h.s.SetMail(h.By("owner"), h.edit())
	testkit.WantCode(t, err, "access.denied")
	records := h.Told("notify")
	if strings.Contains(fmt.Sprint(records.Changes), "geheim") {
		t.Errorf("the journal tells %v", records.Changes)
	}
}

func TestATestMailTellsWhatTheServerSaid(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, err := h.s.TestMail(h.admin)
	testkit.WantCode(t, err, "notify.no_mail")
	h.switchOn()
	var view notify.PreferencesView
	h.Client("member").Do(http.MethodGet, "/notifications/preferences", nil).OK(&view)
	if !view.MailOn || view.Address != "member@example.cn" || len(view.Kinds) != 6 {
		t.Errorf("the person is shown %+v", view)
	}
	admin := h.Client("root")
	var told notify.Tested
	admin.Do(http.MethodPost, "/channels/mail/test", nil).OK(&told)
	if !told.Sent || told.To != "root@example.cn" || len(h.smtp.Mails()) != 1 {
		t.Errorf("told %+v", told)
	}
	h.smtp.Refuse("550 not here")
	admin.Do(http.MethodPost, "/channels/mail/test", nil).OK(&told)
	if told.Sent || told.Answer != "550 not here" {
		t.Errorf("told %+v", told)
	}
	_, err = h.s.TestMail(h.By("owner"))
	testkit.WantCode(t, err, "access.denied")
}
