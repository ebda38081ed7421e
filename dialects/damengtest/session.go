package damengtest

import (
	"context"
	"crypto/subtle"
	"crypto/tls"
	"database/sql"
	"errors"
	"net"
	"time"
)

// session is one client.
type session struct {
	server *Server
	raw    net.Conn
	conn   net.Conn // raw, or TLS over it

	user   *user // who logged in
	schema *user // whose tables it works with
	db     *sql.Conn
	// locked says that this session holds the writer of its schema, inTx that a
	// transaction is open in the engine: only a writing one is.
	locked, inTx bool

	statements map[int32]*statement
	last       int32
	lobs       map[int64]any
	lastLOB    int64
}

// run answers one request after the other. Requests are read beside, so that a
// client that hangs up also ends the statement under way.
func (c *session) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer c.end()
	if err := c.greet(); err != nil {
		return
	}
	requests := make(chan *message)
	go func() {
		defer cancel()
		for {
			m, err := readMessage(c.conn)
			if err != nil {
				return
			}
			select {
			case requests <- m:
			case <-ctx.Done():
				return
			}
		}
	}()
	for {
		var m *message
		select {
		case m = <-requests:
		case <-ctx.Done():
			return
		}
		if m.command() == cmdLogout {
			return
		}
		a, err := c.answer(ctx, m)
		if err == nil && m.err != nil {
			err = m.err
		}
		if err != nil {
			if errors.Is(err, errMalformed) {
				return
			}
			e := asDameng(err)
			a = refusal(e.code, e.text)
		}
		if a.writeTo(c.conn, m.handle(), m.command()) != nil {
			return
		}
	}
}

// end rolls back what is open.
func (c *session) end() {
	_ = c.rollback(context.Background())
	if c.db != nil {
		_ = c.db.Close()
	}
	_ = c.raw.Close()
}

// greet answers STARTUP in clear text; TLS, if demanded, follows at once.
func (c *session) greet() error {
	if err := c.raw.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		return err
	}
	m, err := readMessage(c.raw)
	if err != nil {
		return err
	}
	if m.command() != cmdStartup {
		return errMalformed
	}
	a := &answer{}
	if c.server.opts.TLS != nil {
		a.setI32(20, 1)
	}
	a.setI32(28, 1) // UTF-8
	a.setU8(47, 1)
	a.setU16(48, min(8, m.u16At(35)))
	for range 4 {
		a.str("")
	}
	a.str("8.1.3.140")
	if err := a.writeTo(c.raw, 0, cmdStartup); err != nil {
		return err
	}
	if c.server.opts.TLS != nil {
		secured := tls.Server(c.raw, c.server.opts.TLS)
		if err := secured.HandshakeContext(c.server.ctx); err != nil {
			return err
		}
		c.conn = secured
	}
	return c.raw.SetReadDeadline(time.Time{})
}

func (c *session) login(ctx context.Context, m *message) (*answer, error) {
	name, password := string(m.bytes()), string(m.bytes())
	if m.err != nil {
		return nil, m.err
	}
	u := c.server.user(name)
	if u == nil || subtle.ConstantTimeCompare([]byte(u.password), []byte(password)) != 1 {
		return nil, refuse(codeBadLogin, "Invalid username or password")
	}
	c.user = u
	if err := c.enter(ctx, u); err != nil {
		return nil, err
	}
	a := &answer{}
	a.setI32(20, maxRow)
	a.setU8(28, 1) // DDL commits
	a.setI32(29, 1)
	a.setU8(33, 1) // case sensitive
	a.setU16(37, 4)
	a.setU8(43, 1) // new LOB descriptors
	a.setI32(44, 64)
	for range 4 {
		a.str("")
	}
	a.str("DMSERVER")
	a.str(u.name)
	a.str("127.0.0.1")
	a.str("")
	a.i32(0)
	a.i32(0)
	a.i32(0)
	a.str("")
	a.str("DAMENG")
	a.i64(1)
	a.u8(0)
	for range 5 {
		a.u8(0)
	}
	return a, nil
}

// enter makes a user's schema the one this session works with.
func (c *session) enter(ctx context.Context, u *user) error {
	db, err := u.db.Conn(ctx)
	if err != nil {
		return err
	}
	if c.db != nil {
		_ = c.db.Close()
	}
	c.db, c.schema = db, u
	return nil
}

func (c *session) answer(ctx context.Context, m *message) (*answer, error) {
	if c.server.opts.Refuse != nil {
		if code := c.server.opts.Refuse(m.command()); code != 0 {
			return nil, refuse(code, "in trouble")
		}
	}
	if m.command() == cmdLogin {
		return c.login(ctx, m)
	}
	if c.user == nil {
		return nil, errMalformed
	}
	switch m.command() {
	case cmdAllocate:
		c.last++
		c.statements[c.last] = &statement{}
		a := &answer{}
		a.setI32(atHandle, c.last)
		return a, nil
	case cmdFree:
		if s := c.statements[m.handle()]; s != nil {
			c.forget(s)
			delete(c.statements, m.handle())
		}
		return &answer{}, nil
	case cmdStmtClose:
		return &answer{}, nil
	case cmdCommit:
		return &answer{}, c.commit(ctx)
	case cmdRollback:
		return &answer{}, c.rollback(ctx)
	case cmdIsolation:
		if iso := m.i32At(20); iso != 1 && iso != 0 {
			return nil, refuse(codeUnsupported, "isolation level %d", iso)
		}
		return &answer{}, nil
	case cmdLobLength:
		return c.lobLength(m)
	case cmdLobData:
		return c.lobData(m)
	case cmdMoreResults:
		return &answer{}, nil
	}
	s := c.statements[m.handle()]
	if s == nil {
		return nil, refuse(codeClosed, "Invalid statement handle")
	}
	switch m.command() {
	case cmdPrepare:
		return c.prepare(ctx, s, m)
	case cmdExecute, cmdExecute2:
		return c.execute(ctx, s, m)
	case cmdPreExec:
		return c.preExecute(s, m)
	case cmdPutData:
		return s.putData(m)
	case cmdFetch:
		return c.fetch(s, m)
	}
	return nil, refuse(codeUnsupported, "command %d", m.command())
}

// lock waits until this session is the one that writes.
func (c *session) lock(ctx context.Context) error {
	if c.locked {
		return nil
	}
	patience := time.NewTimer(c.server.opts.LockTimeout)
	defer patience.Stop()
	select {
	case c.schema.writer <- struct{}{}:
		c.locked = true
		return nil
	case <-patience.C:
		return refuse(codeLockTimeout, "Lock timeout")
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *session) unlock() {
	if c.locked {
		<-c.schema.writer
		c.locked = false
	}
}

func (c *session) begin(ctx context.Context) error {
	if err := c.lock(ctx); err != nil {
		return err
	}
	if c.inTx {
		return nil
	}
	if _, err := c.db.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		c.unlock()
		return err
	}
	c.inTx = true
	return nil
}

func (c *session) commit(ctx context.Context) error {
	defer c.unlock()
	if !c.inTx {
		return nil
	}
	c.inTx = false
	if _, err := c.db.ExecContext(ctx, "COMMIT"); err != nil {
		_, rollbackErr := c.db.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		return errors.Join(err, rollbackErr)
	}
	return nil
}

func (c *session) rollback(ctx context.Context) error {
	defer c.unlock()
	if !c.inTx {
		return nil
	}
	c.inTx = false
	_, err := c.db.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	return err
}
