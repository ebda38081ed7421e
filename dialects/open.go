package dialects

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"time"

	"github.com/go-sql-driver/mysql"
	"modernc.org/sqlite"
	"xorm.io/xorm"
	"xorm.io/xorm/core"
	xormdialects "xorm.io/xorm/dialects"
	xormlog "xorm.io/xorm/log"
	"xorm.io/xorm/schemas"
)

// Options complete a DSN.
type Options struct {
	// Password replaces the one in the DSN when it is not empty, so that a secret
	// file need not be written into a DSN.
	Password string
	// Pool bounds the connections.
	Pool Pool
	// MapError, if set, sees every error a connection returns and gives the one to
	// hand on. It must keep the original in its chain.
	MapError func(error) error
	// Patient lets a statement take as long as it likes: changing a big table may
	// take an hour, and nothing else should.
	Patient bool
}

// ErrNoDriver says that a dialect is known but cannot be connected to, because its
// driver is not part of this binary.
var ErrNoDriver = errors.New("no driver is linked for this database")

// Open connects lazily: no connection is made before the first statement.
//
//	sqlite:///abs/path.db?synchronous=normal&busy-timeout=10s   (off, normal, full)
//	mysql://user:password@host:3306/name?tls=true|skip-verify|preferred|false&tls-ca=/path/ca.pem
//	mysql://user:password@/name?socket=/run/mysqld/mysqld.sock
//	dameng://user:password@host:5236/?schema=NAME&tls=…&tls-ca=…&tls-cert=…&tls-key=…
//
// A server is verified over TLS unless the DSN says otherwise.
func Open(dsn string, opts Options) (*xorm.Engine, Dialect, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		// The text of a url.Error repeats the DSN, and the DSN may hold a password.
		return nil, nil, errors.New("database DSN: not a URL like mysql://user:password@host:3306/name or sqlite:///path")
	}
	dialect, err := Named(u.Scheme)
	if err != nil {
		return nil, nil, fmt.Errorf("database DSN: %w", err)
	}
	var connector driver.Connector
	var kind schemas.DBType
	name := u.Path
	switch dialect.Name() {
	case SQLite:
		kind = schemas.SQLITE
		connector, err = sqliteConnector(u)
	case MySQL:
		kind = schemas.MYSQL
		name = trimSlash(u.Path)
		connector, err = mysqlConnector(u, opts)
	default:
		kind = damengType
		connector, err = damengConnector(u, opts)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("database DSN: %w", err)
	}

	mapped := &mappedConnector{Connector: connector, dialect: dialect, mapErr: opts.MapError, keepStatements: dialect.Name() == SQLite}
	if dialect.Name() == Dameng {
		mapped.rewrite = (&rewriteCache{}).do
	}
	pool := sql.OpenDB(mapped)
	opts.Pool.limit(pool, dialect)

	xd, scanner := newDamengXorm(), "sqlite3" // xorm's driver of that name scans without ado
	if kind != damengType {
		xd, scanner = xormdialects.QueryDialect(kind), u.Scheme
	}
	if err := xd.Init(&xormdialects.URI{DBType: kind, DBName: name}); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("set up xorm for %s: %w", kind, err), pool.Close())
	}
	engine, err := xorm.NewEngineWithDialectAndDB(scanner, u.Redacted(), xd, core.FromDB(pool))
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("set up xorm for %s: %w", kind, err), pool.Close())
	}
	// Statements carry content, and content never goes to a log.
	engine.SetLogger(xormlog.NewLoggerAdapter(xormlog.DiscardLogger{}))
	engine.SetTZLocation(time.UTC)
	engine.SetTZDatabase(time.UTC)
	return engine, dialect, nil
}

func trimSlash(p string) string {
	if len(p) > 0 && p[0] == '/' {
		return p[1:]
	}
	return p
}

// sqliteConnector opens a file in WAL mode, where readers never wait for the
// writer. Transactions take the write lock at BEGIN: one that reads first and
// writes later could otherwise fail half way, with nothing to do but start again.
func sqliteConnector(u *url.URL) (driver.Connector, error) {
	if u.Host != "" || u.Path == "" || !filepath.IsAbs(u.Path) {
		return nil, errors.New("want sqlite:///absolute/path/file.db")
	}
	q := url.Values{}
	q.Set("_txlock", "immediate")
	q.Set("_busy_timeout", "10000")
	q.Set("_journal_mode", "WAL")
	q.Set("_foreign_keys", "1")
	q.Set("_synchronous", "NORMAL")
	q.Set("_dqs", "0")
	q.Set("_defensive", "1")
	for key, values := range u.Query() {
		switch key {
		case "synchronous":
			q.Set("_synchronous", values[0])
		case "busy-timeout":
			wait, err := time.ParseDuration(values[0])
			if err != nil || wait < 0 {
				return nil, fmt.Errorf("sqlite option busy-timeout=%q: not a time like 10s", values[0])
			}
			q.Set("_busy_timeout", strconv.FormatInt(wait.Milliseconds(), 10))
		default:
			return nil, fmt.Errorf("sqlite has no option %q", key)
		}
	}
	// 16 MiB of page cache a connection, temporary tables in memory, and no more
	// than 64 MiB of log left behind by one big transaction.
	for _, pragma := range []string{"cache_size(-16000)", "temp_store(memory)", "journal_size_limit(67108864)"} {
		q.Add("_pragma", pragma)
	}
	file := url.URL{Scheme: "file", Path: u.Path, RawQuery: q.Encode()}
	connector, err := sqlite.NewConnector(file.String())
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	return connector, nil
}

// mysqlConnector writes parameters into the statements on our side: a round trip
// and a server-side parse less than preparing each one.
func mysqlConnector(u *url.URL, opts Options) (driver.Connector, error) {
	cfg := mysql.NewConfig()
	cfg.User = u.User.Username()
	cfg.Passwd, _ = u.User.Password()
	if opts.Password != "" {
		cfg.Passwd = opts.Password
	}
	cfg.Net = "tcp"
	cfg.Addr = u.Host
	if u.Port() == "" {
		cfg.Addr = net.JoinHostPort(u.Hostname(), "3306")
	}
	cfg.DBName = trimSlash(u.Path)
	cfg.Collation = "utf8mb4_bin"
	cfg.Loc = time.UTC
	cfg.InterpolateParams = true
	cfg.MultiStatements = false
	cfg.ParseTime = false
	// An UPDATE counts the rows it found, as every other engine does: a
	// compare-and-set that sets the same value again has still succeeded.
	cfg.ClientFoundRows = true
	// After a failover the old primary refuses writes; drop such connections.
	cfg.RejectReadOnly = true
	cfg.Timeout = 5 * time.Second
	cfg.ReadTimeout = 60 * time.Second
	cfg.WriteTimeout = 30 * time.Second
	cfg.Logger = &mysql.NopLogger{}

	secure, err := tlsOptions(u)
	if err != nil {
		return nil, fmt.Errorf("mysql option %w", err)
	}
	cfg.TLS, cfg.AllowFallbackToPlaintext = secure.config, secure.optional
	for key, v := range secure.others {
		var err error
		switch key {
		case "socket":
			// Nobody listens in on a socket file.
			cfg.Net, cfg.Addr, cfg.TLS = "unix", v, nil
		case "read-timeout":
			cfg.ReadTimeout, err = time.ParseDuration(v)
		case "max-allowed-packet":
			cfg.MaxAllowedPacket, err = strconv.Atoi(v)
		default:
			err = errors.New("not an option of ours")
		}
		if err != nil {
			return nil, fmt.Errorf("mysql option %s=%q: %w", key, v, err)
		}
	}
	if opts.Patient {
		cfg.ReadTimeout = 0
	}
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, fmt.Errorf("mysql: %w", err)
	}
	return &mysqlSession{Connector: connector, killing: make(chan struct{}, killers)}, nil
}

// mysqlSession sets up each new connection the same way, whatever the server's
// configuration says. READ COMMITTED is what Dameng offers as well, and it spares
// the gap locks that make InnoDB's default deadlock.
type mysqlSession struct {
	driver.Connector
	killing chan struct{}
}

func (s *mysqlSession) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := s.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	execer, ok := conn.(driver.ExecerContext)
	if !ok {
		return nil, errors.Join(errors.New("the mysql driver cannot execute directly"), conn.Close())
	}
	for _, set := range []string{
		"SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
		"SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY', SESSION innodb_lock_wait_timeout = 10, SESSION time_zone = '+00:00'",
	} {
		if _, err := execer.ExecContext(ctx, set, nil); err != nil {
			return nil, errors.Join(fmt.Errorf("set up mysql session: %w", err), conn.Close())
		}
	}
	numbered, err := newMySQLConn(ctx, s, conn)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("set up mysql session: %w", err), conn.Close())
	}
	return numbered, nil
}
