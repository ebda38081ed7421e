// Package dameng makes the vendor's Go driver for DM8 fit for a server. It uses the
// driver as it is and covers what it leaves open:
//
//   - a context that ends closes the connection, so a statement ends at once (the
//     driver alone waits for the answer first), and a silent peer ends it too;
//   - arguments are counted, because the driver turns missing ones into NULL;
//   - failures that the driver swallows come out: an error while more rows are
//     fetched would look like the end of them, and a long value that was not taken
//     would be stored empty;
//   - a lost connection is only reported as driver.ErrBadConn (which makes
//     database/sql run the statement again) when nothing of the statement was sent;
//   - TLS verifies the server; the driver's own does not.
//
// A customer's driver of another release takes the place of the linked one:
// see .ci/dameng-driver.
package dameng

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"reflect"
	"strconv"
	"strings"
	"time"

	vendor "github.com/godoes/gorm-dameng/dm8"
)

// Config says which server and how to talk to it.
type Config struct {
	Host     string
	Port     int
	User     string
	Password string
	// Schema is entered after the log-in; empty keeps the user's own.
	Schema string
	// TLS verifies the server; nil talks in clear text.
	TLS *tls.Config
	// TLSOptional goes on in clear text when the server offers no TLS.
	TLSOptional bool
	// DialTimeout bounds dialling and log-in (10 s when 0), ReadTimeout the wait for an
	// answer (for ever when 0).
	DialTimeout time.Duration
	ReadTimeout time.Duration
}

// Connector makes connections.
type Connector struct {
	cfg Config
	// first is the driver's connector; each connection gets a copy of it.
	first *vendor.DmConnector
	// dialing belongs to whoever has the turn.
	dialing *dialing
}

type dialing struct {
	ctx  context.Context
	wire *wire
}

// NewConnector checks a configuration. It does not connect yet.
func NewConnector(cfg Config) (*Connector, error) {
	if cfg.Host == "" {
		return nil, errors.New("dameng: no host")
	}
	if cfg.User == "" {
		return nil, errors.New("dameng: no user")
	}
	// The driver takes the text of its DSN apart without any escapes.
	for name, v := range map[string]string{"user": cfg.User, "host": cfg.Host, "schema": cfg.Schema} {
		if strings.ContainsAny(v, ":@?&=/ \r\n") {
			return nil, fmt.Errorf("dameng: the %s must not contain any of : @ ? & = / or a space", name)
		}
	}
	if strings.ContainsAny(cfg.Password, "\r\n") {
		return nil, errors.New("dameng: the password must not contain a line break")
	}
	if cfg.DialTimeout <= 0 {
		cfg.DialTimeout = 10 * time.Second
	}
	c := &Connector{cfg: cfg}
	name := "dingban-" + rand.Text()
	vendor.RegisterDialContext(name, func(context.Context, string) (net.Conn, error) { return c.dial() })
	options := []string{
		"dialName=" + name, "doSwitch=0", "clobAsString=true", "timeZone=0", "appName=dingban",
		// Without a file of that name the host's own configuration has no say.
		"svcConfPath=/nonexistent/dm_svc.conf",
	}
	if cfg.Schema != "" {
		options = append(options, `schema="`+strings.ReplaceAll(cfg.Schema, `"`, `""`)+`"`)
	}
	// The driver's parser wants a plain name here; where to dial is up to dial.
	err := c.prepare("dm://" + cfg.User + ":" + cfg.Password + "@dingban.invalid:5236?" + strings.Join(options, "&"))
	if err != nil {
		return nil, fmt.Errorf("dameng: %w", err)
	}
	return c, nil
}

// turn is for what the driver keeps for the whole process without a lock: settings that
// it writes whenever a DSN is read and reads at each log-in, and the parameters of the
// key exchange. So one log-in runs at a time, in all pools together.
var turn = struct {
	taken chan struct{}
	// spoken is true once the language is set, which is the same for all.
	spoken bool
}{taken: make(chan struct{}, 1)}

func (c *Connector) prepare(dsn string) error {
	turn.taken <- struct{}{}
	defer func() { <-turn.taken }()
	if !turn.spoken {
		dsn += "&language=en"
		turn.spoken = true
	}
	made, err := (&vendor.DmDriver{}).OpenConnector(dsn)
	if err != nil {
		return err
	}
	first, ok := made.(*vendor.DmConnector)
	if !ok {
		return fmt.Errorf("the driver makes a %T", made)
	}
	c.first = first
	return nil
}

// copied is a connector for one connection: what connections negotiate they write into
// theirs, and read it with every message.
func (c *Connector) copied() *vendor.DmConnector {
	one := &vendor.DmConnector{}
	reflect.ValueOf(one).Elem().Set(reflect.ValueOf(c.first).Elem())
	return one
}

// Driver is the vendor's.
func (c *Connector) Driver() driver.Driver { return &vendor.DmDriver{} }

// Connect dials and logs in, as long as ctx allows.
func (c *Connector) Connect(ctx context.Context) (driver.Conn, error) {
	select {
	case turn.taken <- struct{}{}:
		defer func() { <-turn.taken }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, c.cfg.DialTimeout)
	defer cancel()
	d := &dialing{ctx: ctx}
	c.dialing = d
	var inner driver.Conn
	err := guarded(func() (err error) {
		inner, err = c.copied().Connect(context.Background())
		return err
	})
	if d.wire != nil && d.wire.stop != nil {
		d.wire.stop()
	}
	if err != nil {
		if d.wire != nil {
			d.wire.abort()
			if d.wire.refused != nil {
				return nil, fmt.Errorf("dameng: %w", d.wire.refused)
			}
			if cause := d.wire.cause(); cause != nil && ctx.Err() == nil {
				return nil, fmt.Errorf("dameng: log in: %w", cause)
			}
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("dameng: log in: %w", ctx.Err())
		}
		return nil, fmt.Errorf("dameng: log in: %w", err)
	}
	full, ok := inner.(vendorConn)
	if !ok || d.wire == nil {
		return nil, errors.Join(errors.New("dameng: this driver lacks context support"), inner.Close())
	}
	d.wire.readTimeout = c.cfg.ReadTimeout
	return &conn{inner: full, wire: d.wire}, nil
}

// dial runs inside Connect, in the goroutine that has the turn.
func (c *Connector) dial() (net.Conn, error) {
	d := c.dialing
	address := net.JoinHostPort(c.cfg.Host, strconv.Itoa(c.cfg.Port))
	raw, err := (&net.Dialer{KeepAlive: 15 * time.Second}).DialContext(d.ctx, "tcp", address)
	if err != nil {
		// Kept, because the driver hides what dialling said.
		d.wire = &wire{refused: err}
		return nil, err
	}
	d.wire = &wire{conn: raw, raw: raw, cfg: &c.cfg, ctx: d.ctx, readTimeout: c.cfg.DialTimeout}
	d.wire.stop = context.AfterFunc(d.ctx, d.wire.abort)
	return d.wire, nil
}
