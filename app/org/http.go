package org

import (
	"context"
	"net/http"

	"dingban/app/platform/actor"
	"dingban/app/platform/httpapi"
)

// Authenticate finds who is calling by the session's cookie. It makes the service the httpapi.Authenticator.
func (s *Service) Authenticate(ctx context.Context, r *http.Request) (actor.Actor, error) {
	cookie, err := r.Cookie(httpapi.SessionCookie)
	if err != nil {
		return actor.Actor{}, errUnauthenticated()
	}
	return s.Identify(ctx, cookie.Value)
}

// Routes registers the operations of the module.
func (s *Service) Routes(a *httpapi.API) {
	s.setupRoutes(a)
	s.sessionRoutes(a)
	s.personRoutes(a)
	s.departmentRoutes(a)
}

// sessionCookie carries a token. It ends with the browser; the server ends it earlier by itself.
func sessionCookie(token string) http.Cookie { return cookie(token, 0) }

// noCookie makes the browser forget.
func noCookie() http.Cookie { return cookie("", -1) }

func cookie(token string, maxAge int) http.Cookie {
	return http.Cookie{
		Name: httpapi.SessionCookie, Value: token, MaxAge: maxAge,
		Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}
}

// The wrapping that huma wants around bodies.
type (
	meOutput struct{ Body Me }

	signedInOutput struct {
		SetCookie http.Cookie `header:"Set-Cookie"`
		Body      Me
	}

	noContent struct{}
)

// SetupRequest is the first-run set-up.
type SetupRequest struct {
	Organisation  string            `json:"organisation" minLength:"1" maxLength:"100" doc:"Name of the organisation." example:"示例集团"`
	Name          string            `json:"name" minLength:"1" maxLength:"100" doc:"Your own name." example:"王磊"`
	Password      string            `json:"password" maxLength:"512" doc:"Your own password from now on." example:"Tr7-kelp-window"`
	SecurityAdmin *AppointeeRequest `json:"securityAdmin,omitempty" doc:"Security administrator to create, who gives roles and ends sessions."`
	AuditAdmin    *AppointeeRequest `json:"auditAdmin,omitempty" doc:"Audit administrator to create, who reads the audit trail."`
}

// AppointeeRequest is an administrator to be created.
type AppointeeRequest struct {
	Account string `json:"account" maxLength:"64" doc:"Account to sign in with." example:"security"`
	Name    string `json:"name" minLength:"1" maxLength:"100" doc:"The person's name." example:"陈静"`
}

// SetupResult is what the set-up made.
type SetupResult struct {
	Me               Me           `json:"me" doc:"You, as the pages know you from now on."`
	OneTimePasswords []Credential `json:"oneTimePasswords" doc:"The created administrators' one-time passwords; they are not shown again."`
}

func (s *Service) setupRoutes(a *httpapi.API) {
	type stateOutput struct{ Body SetupState }
	type setupInput struct {
		Agent string `header:"User-Agent" doc:"What the browser calls itself; shown in the list of sessions."`
		Body  SetupRequest
	}
	type setupOutput struct {
		SetCookie http.Cookie `header:"Set-Cookie"`
		Body      SetupResult
	}
	httpapi.Register(a, httpapi.Op{
		ID: "setup-state", Method: http.MethodGet, Path: "/setup", Tag: "setup", Permission: httpapi.Public,
		Summary:     "Ask whether the system is set up",
		Description: "What the log-in page has to know: whether the first-run set-up is still to be done, the organisation's name and the version of the product.",
	}, func(ctx context.Context, _ *struct{}) (*stateOutput, error) {
		state, err := s.SetupState(ctx)
		return &stateOutput{Body: state}, err
	})
	httpapi.Register(a, httpapi.Op{
		ID: "setup-run", Method: http.MethodPost, Path: "/setup", Tag: "setup", Permission: "organisation:update", Restricted: true, Status: http.StatusOK,
		Summary: "Set the system up",
		Description: "Done once by the first administrator: names the organisation, gives the administrator a name and a password of their own, and may create the security and the audit administrator " +
			"with one-time passwords. The session goes on under a new cookie.",
	}, func(ctx context.Context, in *setupInput) (*setupOutput, error) {
		request := Setup{Organisation: in.Body.Organisation, Name: in.Body.Name, Password: in.Body.Password}
		request.SecurityAdmin, request.AuditAdmin = in.Body.SecurityAdmin.appointee(), in.Body.AuditAdmin.appointee()
		signedIn, credentials, err := s.SetUp(ctx, request, in.Agent)
		if err != nil {
			return nil, err
		}
		return &setupOutput{SetCookie: sessionCookie(signedIn.Token), Body: SetupResult{Me: signedIn.Me, OneTimePasswords: credentials}}, nil
	})
}

func (r *AppointeeRequest) appointee() *Appointee {
	if r == nil {
		return nil
	}
	return &Appointee{Account: r.Account, Name: r.Name}
}
