package org

import (
	"context"
	"net/http"

	"dingban/app/platform/httpapi"
)

// SignInRequest is a log-in.
type SignInRequest struct {
	Account  string `json:"account" maxLength:"256" doc:"Account." example:"li.xiaoyu"`
	Password string `json:"password" maxLength:"512" doc:"Password." example:"Tr7-kelp-window"`
}

// PasswordRequest is a change of one's own password.
type PasswordRequest struct {
	Current string `json:"current" maxLength:"512" doc:"The password so far." example:"Kx7m-Pq4T-vN3w-eR8h"`
	Next    string `json:"next" maxLength:"512" doc:"The password from now on: at least 10 characters of 3 kinds, none of the last 5, not one that is easily guessed." example:"Tr7-kelp-window"`
}

// PreferencesRequest is a change of one's own preferences.
type PreferencesRequest struct {
	Language string `json:"language,omitempty" enum:"zh-CN,en" doc:"Language of the pages." example:"en"`
	Theme    string `json:"theme,omitempty" enum:"light,dark,auto" doc:"Colours of the pages." example:"dark"`
}

// SessionList is sessions, newest first.
type SessionList struct {
	Items []Session `json:"items" doc:"Sessions, newest first."`
}

func (s *Service) sessionRoutes(a *httpapi.API) {
	s.signInRoutes(a)
	type listInput struct {
		Person int64 `query:"person" minimum:"1" doc:"Whose sessions; your own when missing. Others' need session:read."`
	}
	type listOutput struct{ Body SessionList }
	type idInput struct {
		ID int64 `path:"id" minimum:"1" doc:"Id of the session."`
	}
	httpapi.Register(a, httpapi.Op{
		ID: "session-list", Method: http.MethodGet, Path: "/sessions", Tag: "session", Permission: httpapi.SignedIn,
		Summary:     "List sessions",
		Description: "Where you are signed in, newest first. With session:read also where somebody else is.",
	}, func(ctx context.Context, in *listInput) (*listOutput, error) {
		sessions, err := s.Sessions(ctx, in.Person)
		return &listOutput{Body: SessionList{Items: sessions}}, err
	})
	httpapi.Register(a, httpapi.Op{
		ID: "session-end", Method: http.MethodDelete, Path: "/sessions/{id}", Tag: "session", Permission: httpapi.SignedIn, Idempotent: true,
		Summary:     "End a session",
		Description: "Ends one of your sessions, at once. With session:revoke also somebody else's.",
	}, func(ctx context.Context, in *idInput) (*noContent, error) {
		return &noContent{}, s.EndSession(ctx, in.ID)
	})
	type preferInput struct{ Body PreferencesRequest }
	httpapi.Register(a, httpapi.Op{
		ID: "me-update", Method: http.MethodPatch, Path: "/me", Tag: "session", Permission: httpapi.SignedIn, Idempotent: true,
		Summary:     "Change your preferences",
		Description: "Language and colours of the pages; what is missing stays as it is.",
	}, func(ctx context.Context, in *preferInput) (*meOutput, error) {
		me, err := s.Prefer(ctx, in.Body.Language, in.Body.Theme)
		return &meOutput{Body: me}, err
	})
}

func (s *Service) signInRoutes(a *httpapi.API) {
	type signInInput struct {
		Agent string `header:"User-Agent" doc:"What the browser calls itself; shown in the list of sessions."`
		Body  SignInRequest
	}
	type passwordInput struct {
		Agent string `header:"User-Agent" doc:"What the browser calls itself; shown in the list of sessions."`
		Body  PasswordRequest
	}
	type signOutOutput struct {
		SetCookie     http.Cookie `header:"Set-Cookie"`
		ClearSiteData string      `header:"Clear-Site-Data"`
	}
	httpapi.Register(a, httpapi.Op{
		ID: "session-create", Method: http.MethodPost, Path: "/sessions", Tag: "session", Permission: httpapi.Public, Status: http.StatusOK,
		Summary: "Sign in",
		Description: "Signs in with account and password and sets the session's cookie. A wrong password and an account that does not exist give the same answer (org.login_failed); " +
			"after too many of them nobody gets in until the time given (org.locked, until).",
	}, func(ctx context.Context, in *signInInput) (*signedInOutput, error) {
		signedIn, err := s.SignIn(ctx, in.Body.Account, in.Body.Password, in.Agent)
		if err != nil {
			return nil, err
		}
		return &signedInOutput{SetCookie: sessionCookie(signedIn.Token), Body: signedIn.Me}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "session-get", Method: http.MethodGet, Path: "/session", Tag: "session", Permission: httpapi.SignedIn, Restricted: true,
		Summary:     "Who am I",
		Description: "The person signed in, with permissions, preferences and the state of the session.",
	}, func(ctx context.Context, _ *struct{}) (*meOutput, error) {
		me, err := s.Me(ctx)
		return &meOutput{Body: me}, err
	})
	httpapi.Register(a, httpapi.Op{
		ID: "session-delete", Method: http.MethodDelete, Path: "/session", Tag: "session", Permission: httpapi.SignedIn, Restricted: true, Idempotent: true, Status: http.StatusNoContent,
		Summary:     "Sign out",
		Description: "Ends this session, at once, and tells the browser to forget what it kept.",
	}, func(ctx context.Context, _ *struct{}) (*signOutOutput, error) {
		if err := s.SignOut(ctx); err != nil {
			return nil, err
		}
		return &signOutOutput{SetCookie: noCookie(), ClearSiteData: `"cache", "cookies", "storage"`}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "session-password", Method: http.MethodPut, Path: "/session/password", Tag: "session", Permission: httpapi.SignedIn, Restricted: true,
		Summary:     "Change your password",
		Description: "Needs the password so far. Every session of yours ends; this one goes on under a new cookie.",
	}, func(ctx context.Context, in *passwordInput) (*signedInOutput, error) {
		signedIn, err := s.ChangePassword(ctx, in.Body.Current, in.Body.Next, in.Agent)
		if err != nil {
			return nil, err
		}
		return &signedInOutput{SetCookie: sessionCookie(signedIn.Token), Body: signedIn.Me}, nil
	})
}
