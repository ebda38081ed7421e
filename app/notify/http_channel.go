package notify

import (
	"context"
	"net/http"

	"dingban/app/platform/db"
	"dingban/app/platform/httpapi"
)

// PreferencesRequest is the body of notify-preferences-update: all of them, as they shall be.
type PreferencesRequest struct{ Preferences }

// PreferencesView are the preferences and whether mail can reach the person.
type PreferencesView struct {
	Preferences
	MailOn  bool   `json:"mailOn" doc:"Whether the organisation sends mail." example:"true"`
	Address string `json:"address" doc:"The person's address; empty without one." example:"li.xiaoyu@example.cn"`
}

// MailRequest is the body of channel-mail-update.
type MailRequest struct {
	Version  int64   `json:"version" doc:"Version that was read; 0 before anything was set." example:"1"`
	Enabled  bool    `json:"enabled" doc:"Whether people are told by mail." example:"true"`
	Host     string  `json:"host" doc:"Name or address of the mail server." example:"smtp.example.cn"`
	Port     int64   `json:"port" doc:"Port, 1 to 65535." example:"587"`
	Security string  `json:"security" enum:"starttls,tls,none" doc:"How the connection is encrypted; none allows no log-in." example:"starttls"`
	Account  string  `json:"account,omitempty" doc:"Account to log in with; empty for none." example:"dingban@example.cn"`
	Password *string `json:"password,omitempty" doc:"Password of the account, at most 200 characters; missing keeps the one there is, which has to be entered again for another server, account or certificate."`
	From     string  `json:"fromAddress" doc:"Address that mail comes from." example:"dingban@example.cn"`
	FromName string  `json:"fromName,omitempty" doc:"Name that mail comes from, at most 60 characters." example:"钉办"`
	CA       string  `json:"ca,omitempty" doc:"Certificates in PEM that are trusted besides those of the system, at most 20,000 characters."`
}

// FailureList is the answer of channel-outbox-list.
type FailureList struct {
	Items []Failure `json:"items" doc:"What could not be sent, the newest first."`
	Next  string    `json:"next,omitempty" doc:"Cursor of the next page; missing on the last page." example:"WzEwNDJd"`
}

// Retried is the answer of channel-outbox-retry.
type Retried struct {
	Count int64 `json:"count" doc:"How many are tried again." example:"2"`
}

type (
	preferencesInput  struct{ Body PreferencesRequest }
	preferencesOutput struct{ Body PreferencesView }
	mailInput         struct{ Body MailRequest }
	mailOutput        struct{ Body MailSettings }
	testedOutput      struct{ Body Tested }
	failuresInput     struct {
		Cursor string `query:"cursor" doc:"Cursor from the page before."`
		Limit  int    `query:"limit" doc:"Entries a page." minimum:"1" maximum:"200" default:"50"`
	}
	failuresOutput struct{ Body FailureList }
	retriedOutput  struct{ Body Retried }
)

func (s *Service) preferenceRoutes(a *httpapi.API) {
	httpapi.Register(a, httpapi.Op{
		ID: "notify-preferences-get", Method: http.MethodGet, Path: "/notifications/preferences", Tag: "Notifications", Permission: httpapi.SignedIn,
		Summary:     "Show how one is told",
		Description: "Where the person hears of what, the quiet hours, and when mail comes.",
	}, func(ctx context.Context, _ *struct{}) (*preferencesOutput, error) {
		return s.preferencesAnswer(ctx)(s.Preferences(ctx))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "notify-preferences-update", Method: http.MethodPut, Path: "/notifications/preferences", Tag: "Notifications", Permission: httpapi.SignedIn,
		Summary:     "Choose how one is told",
		Description: "Holds for what happens from then on. Mail needs a mail server (channel-mail-update) and an address of the person.",
	}, func(ctx context.Context, in *preferencesInput) (*preferencesOutput, error) {
		return s.preferencesAnswer(ctx)(s.SetPreferences(ctx, in.Body.Preferences))
	})
}

func (s *Service) channelRoutes(a *httpapi.API) {
	httpapi.Register(a, httpapi.Op{
		ID: "channel-mail-get", Method: http.MethodGet, Path: "/channels/mail", Tag: "Channels", Permission: "channel:manage",
		Summary:     "Show the mail server",
		Description: "The server through which people are told by mail. The password is never shown.",
	}, func(ctx context.Context, _ *struct{}) (*mailOutput, error) {
		return mailAnswer(s.Mail(ctx))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "channel-mail-update", Method: http.MethodPut, Path: "/channels/mail", Tag: "Channels", Permission: "channel:manage",
		Summary:     "Set the mail server",
		Description: "Nothing is sent by this; channel-mail-test tries the settings. Somebody else's change in between is a conflict, notify.stale_mail, with the settings as they are.",
	}, func(ctx context.Context, in *mailInput) (*mailOutput, error) {
		b := in.Body
		return mailAnswer(s.SetMail(ctx, MailEdit{
			MailSettings: MailSettings{
				Version: b.Version, Enabled: b.Enabled, Host: b.Host, Port: b.Port, Security: b.Security,
				Account: b.Account, From: b.From, FromName: b.FromName, CA: b.CA,
			},
			Password: b.Password,
		}))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "channel-mail-test", Method: http.MethodPost, Path: "/channels/mail/test", Tag: "Channels", Permission: "channel:manage", Status: http.StatusOK,
		Summary:     "Send oneself a test mail",
		Description: "Sends a mail to the address of the person asking, with the settings as they were saved, and tells what the server said. It takes up to 60 seconds. Without an address it is notify.no_address, without a server notify.no_mail.",
	}, func(ctx context.Context, _ *struct{}) (*testedOutput, error) {
		t, err := s.TestMail(ctx)
		if err != nil {
			return nil, err
		}
		return &testedOutput{t}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "channel-outbox-list", Method: http.MethodGet, Path: "/channels/outbox", Tag: "Channels", Permission: "channel:manage",
		Summary:     "List what could not be sent",
		Description: "Mails that the server refused: those that are tried again, and those that were given up after 8 tries or because trying again makes no sense. These are kept for 30 days.",
	}, func(ctx context.Context, in *failuresInput) (*failuresOutput, error) {
		items, next, err := s.Failures(ctx, db.Page{Limit: in.Limit, Cursor: in.Cursor})
		if err != nil {
			return nil, err
		}
		return &failuresOutput{FailureList{Items: items, Next: next}}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "channel-outbox-retry", Method: http.MethodPost, Path: "/channels/outbox/retry", Tag: "Channels", Permission: "channel:manage", Status: http.StatusOK,
		Summary:     "Try again what was given up",
		Description: "Tries all of it again, within seconds.",
	}, func(ctx context.Context, _ *struct{}) (*retriedOutput, error) {
		n, err := s.Retry(ctx)
		if err != nil {
			return nil, err
		}
		return &retriedOutput{Retried{n}}, nil
	})
}

// preferencesAnswer adds what the person has to know to choose.
func (s *Service) preferencesAnswer(ctx context.Context) func(p Preferences, err error) (*preferencesOutput, error) {
	return func(p Preferences, err error) (*preferencesOutput, error) {
		if err != nil {
			return nil, err
		}
		on, address, err := s.reach(ctx)
		if err != nil {
			return nil, err
		}
		return &preferencesOutput{PreferencesView{p, on, address}}, nil
	}
}

func mailAnswer(m MailSettings, err error) (*mailOutput, error) {
	if err != nil {
		return nil, err
	}
	return &mailOutput{m}, nil
}
