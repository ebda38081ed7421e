package damengtest

import (
	"context"
	"crypto/tls"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"modernc.org/sqlite"
)

// Options configure a server.
type Options struct {
	// Dir keeps the data; it must exist.
	Dir string
	// Password of SYSDBA, who may make and drop users.
	Password string
	// TLS, if set, is demanded from every client.
	TLS *tls.Config
	// Refuse, if set, sees the command of each request and gives the error code to
	// answer with, 0 for none: it stands for a server in trouble.
	Refuse func(command uint16) int32
	// LockTimeout ends the wait for another writer; 10 s when 0.
	LockTimeout time.Duration
}

// Server is a running server.
type Server struct {
	opts     Options
	listener net.Listener
	ctx      context.Context
	stop     context.CancelFunc
	running  sync.WaitGroup

	mu       sync.Mutex
	users    map[string]*user
	sessions map[*session]bool
	made     int
}

// user is an account with its schema of the same name.
type user struct {
	name     string
	password string
	file     string
	db       *sql.DB
	// writer is held by the session that writes: SQLite has one at a time.
	writer chan struct{}

	mu     sync.Mutex
	schema *schema
}

const admin = "SYSDBA"

// Start listens on an address such as 127.0.0.1:0.
func Start(address string, opts Options) (*Server, error) {
	if opts.LockTimeout == 0 {
		opts.LockTimeout = 10 * time.Second
	}
	if opts.Password == "" {
		return nil, errors.New("damengtest: no password")
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Server{opts: opts, ctx: ctx, stop: stop, users: map[string]*user{}, sessions: map[*session]bool{}}
	if err := s.createUser(admin, opts.Password); err != nil {
		stop()
		return nil, err
	}
	var err error
	if s.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", address); err != nil {
		stop()
		return nil, errors.Join(err, s.closeUsers())
	}
	s.running.Go(s.accept)
	return s, nil
}

// Address is where the server listens.
func (s *Server) Address() string { return s.listener.Addr().String() }

// DSN is how SYSDBA reaches the server.
func (s *Server) DSN() string {
	u := url.URL{Scheme: "dameng", User: url.UserPassword(admin, s.opts.Password), Host: s.Address(), Path: "/"}
	if s.opts.TLS == nil {
		u.RawQuery = "tls=false"
	}
	return u.String()
}

// Close ends all sessions.
func (s *Server) Close() error {
	s.stop()
	err := s.listener.Close()
	s.DropSessions()
	s.running.Wait()
	return errors.Join(err, s.closeUsers())
}

// DropSessions cuts the connections of all clients, as a restart does.
func (s *Server) DropSessions() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.sessions {
		_ = c.raw.Close()
	}
}

// Sessions counts the clients that are connected.
func (s *Server) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sessions)
}

func (s *Server) closeUsers() error {
	var err error
	for _, u := range s.users {
		err = errors.Join(err, u.db.Close())
	}
	return err
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		c := &session{server: s, raw: conn, conn: conn, statements: map[int32]*statement{}}
		s.mu.Lock()
		s.sessions[c] = true
		s.mu.Unlock()
		if s.ctx.Err() != nil {
			_ = conn.Close()
		}
		s.running.Go(func() {
			c.run(s.ctx)
			s.mu.Lock()
			defer s.mu.Unlock()
			delete(s.sessions, c)
		})
	}
}

func (s *Server) createUser(name, password string) (err error) {
	s.mu.Lock()
	if _, ok := s.users[name]; ok {
		s.mu.Unlock()
		return refuse(codeExists, "User [%s] already exists", name)
	}
	s.made++
	u := &user{name: name, password: password, file: filepath.Join(s.opts.Dir, "user"+strconv.Itoa(s.made)+".db"), writer: make(chan struct{}, 1)}
	s.mu.Unlock()
	q := url.Values{"_txlock": {"immediate"}, "_journal_mode": {"WAL"}, "_synchronous": {"OFF"}, "_dqs": {"0"}, "_busy_timeout": {"10000"}}
	connector, err := sqlite.NewConnector((&url.URL{Scheme: "file", Path: u.file, RawQuery: q.Encode()}).String())
	if err != nil {
		return fmt.Errorf("damengtest: %w", err)
	}
	u.db = sql.OpenDB(connector)
	for _, ddl := range append(slices.Clone(catalogue),
		`INSERT INTO "USER_USERS" VALUES (`+str(name)+`)`,
		`INSERT INTO "USER_SYS_PRIVS" VALUES (`+str(name)+`, 'CREATE TABLE', 'NO')`) {
		if _, err := u.db.ExecContext(s.ctx, ddl); err != nil {
			return errors.Join(fmt.Errorf("damengtest: %w", err), u.db.Close())
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[name] = u
	return nil
}

func (s *Server) dropUser(name string) error {
	s.mu.Lock()
	u, ok := s.users[name]
	delete(s.users, name)
	s.mu.Unlock()
	if !ok || name == admin {
		return refuse(codeNoTable, "Invalid user name [%s]", name)
	}
	err := u.db.Close()
	for _, end := range []string{"", "-wal", "-shm"} {
		if removeErr := os.Remove(u.file + end); removeErr != nil && !errors.Is(removeErr, os.ErrNotExist) {
			err = errors.Join(err, removeErr)
		}
	}
	return err
}

func (s *Server) user(name string) *user {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.users[name]
}

// known gives the tables of a user's schema, as they are now.
func (u *user) known(ctx context.Context) (*schema, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.schema != nil {
		return u.schema, nil
	}
	rows, err := u.db.QueryContext(ctx, `SELECT m.name, c.name, c.type FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	s := &schema{tables: map[string]map[string]colType{}}
	for rows.Next() {
		var table, column, typ string
		if err := rows.Scan(&table, &column, &typ); err != nil {
			return nil, err
		}
		if s.tables[table] == nil {
			s.tables[table] = map[string]colType{}
		}
		s.tables[table][column] = parseType(typ)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	u.schema = s
	return s, nil
}

func (u *user) changed() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.schema = nil
}
