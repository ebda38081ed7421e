//go:build !nodameng

package dialects

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"dingban/dialects/dameng"
)

func damengConnector(u *url.URL, opts Options) (driver.Connector, error) {
	if trimSlash(u.Path) != "" {
		return nil, errors.New("dameng has no databases to choose from; want dameng://user:password@host:5236/?schema=NAME")
	}
	cfg := dameng.Config{
		Host: u.Hostname(), Port: 5236, User: u.User.Username(),
		DialTimeout: 5 * time.Second, ReadTimeout: 60 * time.Second,
	}
	cfg.Password, _ = u.User.Password()
	if opts.Password != "" {
		cfg.Password = opts.Password
	}
	if p := u.Port(); p != "" {
		var err error
		if cfg.Port, err = strconv.Atoi(p); err != nil || cfg.Port > 65535 {
			return nil, fmt.Errorf("dameng port %q: not a port", p)
		}
	}
	rest, err := tlsOptions(u)
	if err != nil {
		return nil, fmt.Errorf("dameng option %w", err)
	}
	cfg.TLS, cfg.TLSOptional = rest.config, rest.optional
	for key, v := range rest.others {
		switch key {
		case "schema":
			cfg.Schema = v
		case "connect-timeout":
			cfg.DialTimeout, err = time.ParseDuration(v)
		case "read-timeout":
			cfg.ReadTimeout, err = time.ParseDuration(v)
		default:
			err = errors.New("not an option of ours")
		}
		if err != nil {
			return nil, fmt.Errorf("dameng option %s=%q: %w", key, v, err)
		}
	}
	if opts.Patient {
		cfg.ReadTimeout = 0
	}
	return dameng.NewConnector(cfg)
}
