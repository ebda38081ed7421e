// Package org keeps who there is: departments, people, their passwords and their sessions. It signs people in, locks
// out who guesses, and sets the system up on the first run.
//
// The names of people and departments and the state of everybody's account are in memory, opened once: a name in an
// answer costs no statement, neither does finding out who calls. What that takes is bounded by MaxPeople and
// MaxDepartments; at 20,000 people it is about 10 MB.
package org

import (
	"embed"
	"log/slog"
	"regexp"
	"runtime"
	"time"

	"dingban/app/org/password"
	"dingban/app/platform/fault"
)

// Words are the module's texts in both languages.
//
//go:embed locales/*.json
var Words embed.FS

// Limits of what there may be.
const (
	MaxPeople      = 50_000
	MaxDepartments = 2_000
	maxName        = 100
	maxContact     = 200
	maxAgent       = 300
	maxPage        = 200
	defaultPage    = 50
)

// The states of an account. A person is never deleted, so that an account means the same one for ever.
const (
	Active   = "active"
	Disabled = "disabled"
)

var accountForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,63}$`)

// PersonRef is a person as other things show one.
type PersonRef struct {
	ID           int64  `json:"id" doc:"Id of the person." example:"283746519283712"`
	Name         string `json:"name" doc:"Name as colleagues know it." example:"李晓雨"`
	DepartmentID int64  `json:"departmentId" doc:"Id of the department; 0 without one." example:"283746519280001"`
}

// Person is one person with an account.
type Person struct {
	ID             int64    `json:"id" doc:"Id of the person." example:"283746519283712"`
	Account        string   `json:"account" doc:"What the person signs in with; unique for ever." example:"li.xiaoyu"`
	Name           string   `json:"name" doc:"Name as colleagues know it." example:"李晓雨"`
	DepartmentID   int64    `json:"departmentId" doc:"Id of the department; 0 without one." example:"283746519280001"`
	DepartmentName string   `json:"departmentName" doc:"Name of the department." example:"研发一部"`
	Email          string   `json:"email" doc:"E-mail address; partly hidden from people who do not administer people." example:"li.xiaoyu@example.cn"`
	Phone          string   `json:"phone" doc:"Telephone number; partly hidden from people who do not administer people." example:"13800001234"`
	Status         string   `json:"status" enum:"active,disabled" doc:"A disabled person cannot sign in; sessions end at once." example:"active"`
	Roles          []string `json:"roles" doc:"Roles of the person." example:"[\"member\"]"`
	CreatedAt      int64    `json:"createdAt" doc:"UTC milliseconds." example:"1795500000000"`
	Version        int64    `json:"version" doc:"Send it with an update." example:"1"`
	LastLoginAt    *int64   `json:"lastLoginAt" nullable:"true" doc:"UTC milliseconds; null before the first time." example:"1795500000000"`
}

// Department is a part of the organisation.
type Department struct {
	ID          int64  `json:"id" doc:"Id of the department." example:"283746519280001"`
	Name        string `json:"name" doc:"Name, unique beside its siblings." example:"研发一部"`
	ParentID    *int64 `json:"parentId" nullable:"true" doc:"Department above it; null at the top." example:"283746519280000"`
	Rank        int64  `json:"rank" doc:"Order among its siblings, smallest first." example:"1024"`
	PeopleCount int    `json:"peopleCount" doc:"Active people in it; those of the departments below it are not counted." example:"12"`
	Version     int64  `json:"version" doc:"Send it with an update." example:"1"`
}

// Session is one signed-in browser.
type Session struct {
	ID         int64  `json:"id" doc:"Id of the session." example:"283746519290001"`
	Address    string `json:"address" doc:"Network address it was made from." example:"10.0.3.17"`
	Agent      string `json:"agent" doc:"What the browser called itself." example:"Mozilla/5.0 (X11; Linux x86_64)"`
	CreatedAt  int64  `json:"createdAt" doc:"UTC milliseconds." example:"1795500000000"`
	LastSeenAt int64  `json:"lastSeenAt" doc:"UTC milliseconds, to the minute." example:"1795500000000"`
	ExpiresAt  int64  `json:"expiresAt" doc:"When it ends whatever happens, UTC milliseconds." example:"1795543200000"`
	Current    bool   `json:"current" doc:"Whether it is the one asking." example:"true"`
}

// Me is what the page has to know of the person signed in.
type Me struct {
	Person             Person   `json:"person" doc:"The person signed in."`
	Permissions        []string `json:"permissions" doc:"What the person's roles permit beyond projects." example:"[\"project:create\"]"`
	Roles              []string `json:"roles" doc:"Roles of the person." example:"[\"member\"]"`
	MustChangePassword bool     `json:"mustChangePassword" doc:"Until the password is changed only the session, the password and the set-up can be used." example:"false"`
	SetupNeeded        bool     `json:"setupNeeded" doc:"Whether the first-run set-up is still to be done by this person." example:"false"`
	Language           string   `json:"language" doc:"Language of the pages: the one chosen, until then the one that the request asks for." example:"zh-CN"`
	Theme              string   `json:"theme" enum:"light,dark,auto" doc:"Colours of the pages." example:"auto"`
	Organisation       string   `json:"organisation" doc:"Name of the organisation." example:"示例集团"`
	SessionID          int64    `json:"sessionId" doc:"Id of this session." example:"283746519290001"`
	ExpiresAt          int64    `json:"expiresAt" doc:"When this session ends whatever happens, UTC milliseconds." example:"1795543200000"`
}

// Credential is an account with a one-time password, shown once.
type Credential struct {
	Account  string `json:"account" doc:"Account." example:"security"`
	Password string `json:"password" doc:"One-time password; it is not shown again." example:"Kx7m-Pq4T-vN3w-eR8h"`
}

// Options are the security settings and what the module needs beyond the platform. The zero value means the defaults.
type Options struct {
	Version string
	Log     *slog.Logger

	Idle     time.Duration // a session ends when it was not used for so long
	Absolute time.Duration // and after so long in any case

	MaxFailures        int           // log-ins that may fail before an account is locked
	MaxAddressFailures int           // the same for a network address, higher as an office shares one
	Lock               time.Duration // how long a lock lasts, and how long failures are remembered

	Iterations  int // of the password hash
	Concurrency int // hashes at a time
	Queue       int // hashes waiting; more log-ins at a time are told to come again
	Patience    time.Duration

	PasswordAge time.Duration // after so long a password has to be changed; negative for never
	OneTimeAge  time.Duration // so long a one-time password can be used
}

func (o Options) withDefaults() Options {
	set := func(d *time.Duration, value time.Duration) {
		if *d == 0 {
			*d = value
		}
	}
	number := func(n *int, value int) {
		if *n == 0 {
			*n = value
		}
	}
	set(&o.Idle, 30*time.Minute)
	set(&o.Absolute, 12*time.Hour)
	set(&o.Lock, 30*time.Minute)
	set(&o.Patience, 20*time.Second)
	set(&o.PasswordAge, 90*24*time.Hour)
	set(&o.OneTimeAge, 72*time.Hour)
	number(&o.MaxFailures, 5)
	number(&o.MaxAddressFailures, 10*o.MaxFailures)
	number(&o.Iterations, password.DefaultIterations)
	number(&o.Concurrency, max(1, runtime.GOMAXPROCS(0)/2))
	number(&o.Queue, 200*o.Concurrency)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

func errUnauthenticated() error {
	return fault.New(fault.KindUnauthenticated, "access.unauthenticated")
}
