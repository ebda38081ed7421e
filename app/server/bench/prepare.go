package bench

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// projectKey begins the keys of the projects that the virtual people work in, so
// that a second run finds them again.
const projectKey = "LOAD"

func teamKey(i int) string { return fmt.Sprintf("%s%d", projectKey, i+1) }

// credential is one virtual person's account.
type credential struct {
	Account  string `json:"account"`
	Password string `json:"password"`
	ID       int64  `json:"id"`
}

// stage is what must exist before people can work.
type stage struct {
	admin  *client
	people []credential
	teams  []team
}

// team is a project and what it began with. People work in the one of their
// team: two hundred in a single project would measure the size of its board.
type team struct {
	project int64
	states  []int64
	seeds   []int64
}

// teamSize is how many people share a project.
const teamSize = 20

// teamOf is the team of the person with this number.
func (s *stage) teamOf(person int) team { return s.teams[person/teamSize] }

// prepare signs the administrator in, makes sure that there are enough
// accounts (they are kept in a file, because making one costs four password
// hashes) and projects with tasks.
func prepare(ctx context.Context, o *Options) (*stage, error) {
	admin, err := newClient(o)
	if err != nil {
		return nil, err
	}
	m, err := admin.signIn(ctx, o.Account, o.Password)
	if err != nil {
		return nil, fmt.Errorf("signing in as %s: %w", o.Account, err)
	}
	if m.MustChangePassword || m.SetupNeeded {
		return nil, fmt.Errorf("%s: finish the first-run set-up in the browser, then run this again", o.Account)
	}
	s := &stage{admin: admin}
	if s.people, err = loadPeople(o.PeopleFile); err != nil {
		return nil, err
	}
	if err := s.ensurePeople(ctx, o); err != nil {
		return nil, err
	}
	return s, s.ensureTeams(ctx, o)
}

func loadPeople(file string) ([]credential, error) {
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("--people-file: %w", err)
	}
	var people []credential
	if err := json.Unmarshal(raw, &people); err != nil {
		return nil, fmt.Errorf("--people-file: %s: %w", file, err)
	}
	return people, nil
}

func (s *stage) savePeople(file string) error {
	raw, err := json.Marshal(s.people)
	if err != nil {
		return err
	}
	return os.WriteFile(file, raw, 0o600)
}

func (s *stage) ensurePeople(ctx context.Context, o *Options) error {
	missing := o.People - len(s.people)
	if missing <= 0 {
		s.people = s.people[:o.People]
		return nil
	}
	// Saved also when interrupted: accounts are never deleted, so those that
	// were made must not be forgotten.
	made := make([]credential, missing)
	var done atomic.Int64
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(4)
	for i := range missing {
		group.Go(func() error {
			c, err := s.makePerson(groupCtx, o)
			if err != nil {
				return err
			}
			made[i] = c
			o.count("bench.preparing", int(done.Add(1)), missing)
			return nil
		})
	}
	err := group.Wait()
	o.done()
	for _, c := range made {
		if c.Account != "" {
			s.people = append(s.people, c)
		}
	}
	return errors.Join(err, s.savePeople(o.PeopleFile))
}

// makePerson creates an account and takes it through the change of its
// one-time password, as a person would.
func (s *stage) makePerson(ctx context.Context, o *Options) (credential, error) {
	account := "load-" + letters(10)
	var made struct {
		Person struct {
			ID int64 `json:"id"`
		} `json:"person"`
		OneTimePassword string `json:"oneTimePassword"`
	}
	err := s.admin.do(ctx, http.MethodPost, "/people", map[string]any{"account": account, "name": account}, &made)
	if err != nil {
		return credential{}, fmt.Errorf("creating account %s: %w", account, err)
	}
	c, err := newClient(o)
	if err != nil {
		return credential{}, err
	}
	defer c.http.CloseIdleConnections()
	if _, err := c.signIn(ctx, account, made.OneTimePassword); err != nil {
		return credential{}, err
	}
	password := letters(16) + "-A7z"
	err = c.do(ctx, http.MethodPut, "/session/password", map[string]string{"current": made.OneTimePassword, "next": password}, nil)
	if err != nil {
		return credential{}, err
	}
	return credential{Account: account, Password: password, ID: made.Person.ID}, nil
}

// ensureTeams makes a project for each team, with its members and tasks.
func (s *stage) ensureTeams(ctx context.Context, o *Options) error {
	projects, err := s.findProjects(ctx)
	if err != nil {
		return err
	}
	teams := (len(s.people) + teamSize - 1) / teamSize
	for i := range teams {
		t, err := s.ensureTeam(ctx, o, projects, i)
		if err != nil {
			return err
		}
		s.teams = append(s.teams, t)
		o.count("bench.seeding", i+1, teams)
	}
	o.done()
	return nil
}

func (s *stage) ensureTeam(ctx context.Context, o *Options, projects map[string]int64, i int) (team, error) {
	key := teamKey(i)
	t := team{project: projects[key]}
	if t.project == 0 {
		var made struct {
			ID int64 `json:"id"`
		}
		err := s.admin.do(ctx, http.MethodPost, "/projects", map[string]any{
			"key": key, "name": o.Text("bench.project", map[string]any{"number": i + 1}), "visibility": "private",
		}, &made)
		if err != nil {
			return t, fmt.Errorf("creating project %s: %w", key, err)
		}
		t.project = made.ID
	}
	for _, p := range s.people[i*teamSize : min((i+1)*teamSize, len(s.people))] {
		err := s.admin.do(ctx, http.MethodPut, fmt.Sprintf("/projects/%d/members/%d", t.project, p.ID), map[string]string{"role": "member"}, nil)
		if err != nil {
			return t, fmt.Errorf("adding %s to project %s: %w", p.Account, key, err)
		}
	}
	var states struct {
		Items []struct {
			ID int64 `json:"id"`
		} `json:"items"`
	}
	if err := s.admin.do(ctx, http.MethodGet, fmt.Sprintf("/projects/%d/states", t.project), nil, &states); err != nil {
		return t, err
	}
	for _, st := range states.Items {
		t.states = append(t.states, st.ID)
	}
	return t, s.ensureTasks(ctx, o, &t)
}

// findProjects gives the projects of earlier runs by their keys.
func (s *stage) findProjects(ctx context.Context) (map[string]int64, error) {
	found := map[string]int64{}
	cursor := ""
	for {
		var page struct {
			Items []struct {
				ID  int64  `json:"id"`
				Key string `json:"key"`
			} `json:"items"`
			Next string `json:"next"`
		}
		if err := s.admin.do(ctx, http.MethodGet, "/projects?limit=200&cursor="+cursor, nil, &page); err != nil {
			return nil, err
		}
		for _, p := range page.Items {
			if strings.HasPrefix(p.Key, projectKey) {
				found[p.Key] = p.ID
			}
		}
		if page.Next == "" {
			return found, nil
		}
		cursor = page.Next
	}
}

func (s *stage) ensureTasks(ctx context.Context, o *Options, t *team) error {
	var page struct {
		Items []struct {
			ID int64 `json:"id"`
		} `json:"items"`
	}
	if err := s.admin.do(ctx, http.MethodGet, fmt.Sprintf("/tasks?project=%d&limit=200", t.project), nil, &page); err != nil {
		return err
	}
	for _, known := range page.Items {
		t.seeds = append(t.seeds, known.ID)
	}
	for i := len(t.seeds); i < o.Tasks; i++ {
		var made struct {
			ID int64 `json:"id"`
		}
		if err := s.admin.do(ctx, http.MethodPost, "/tasks", newTask(t.project, uint64(i)), &made); err != nil {
			return fmt.Errorf("creating task %d: %w", i+1, err)
		}
		t.seeds = append(t.seeds, made.ID)
	}
	return nil
}

// cleanup archives the projects and disables the accounts; the journal keeps
// what happened.
func (s *stage) cleanup(ctx context.Context, o *Options) error {
	for _, t := range s.teams {
		if err := s.admin.do(ctx, http.MethodDelete, fmt.Sprintf("/projects/%d", t.project), nil, nil); err != nil {
			return err
		}
	}
	all, err := loadPeople(o.PeopleFile)
	if err != nil {
		return err
	}
	for _, p := range all {
		var person struct {
			Version int64 `json:"version"`
		}
		path := fmt.Sprintf("/people/%d", p.ID)
		if err := s.admin.do(ctx, http.MethodGet, path, nil, &person); err != nil {
			return err
		}
		err := s.admin.do(ctx, http.MethodPatch, path, map[string]any{"version": person.Version, "status": "disabled"}, nil)
		if err != nil {
			return err
		}
	}
	return os.Remove(o.PeopleFile)
}

// letters draws from an alphabet that needs no quoting anywhere.
func letters(n int) string {
	const alphabet = "abcdefghijkmnpqrstuvwxyz23456789"
	raw := make([]byte, n)
	_, _ = rand.Read(raw) // never fails since Go 1.24
	for i := range raw {
		raw[i] = alphabet[int(raw[i])%len(alphabet)]
	}
	return string(raw)
}
