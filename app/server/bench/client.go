package bench

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"strconv"
	"strings"
	"time"

	"dingban/app/platform/clock"
)

// client is one person's browser: its own connection, its own cookies.
type client struct {
	base string
	http *http.Client
}

// problem is the part of problem+json that a load generator needs.
type problem struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`

	retryAfter time.Duration
}

func (p *problem) Error() string { return fmt.Sprintf("%d %s: %s", p.Status, p.Code, p.Detail) }

func newClient(o *Options) (*client, error) {
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if o.CAFile != "" {
		pem, err := os.ReadFile(o.CAFile)
		if err != nil {
			return nil, fmt.Errorf("--ca: %w", err)
		}
		if !roots.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("--ca: %s holds no certificate", o.CAFile)
		}
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	return &client{
		base: strings.TrimSuffix(o.URL, "/") + "/api/v1",
		http: &http.Client{
			Jar:     jar,
			Timeout: 30 * time.Second,
			Transport: &http.Transport{
				TLSClientConfig:   &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS13},
				ForceAttemptHTTP2: true,
				MaxConnsPerHost:   6, // what a browser opens
				IdleConnTimeout:   90 * time.Second,
			},
		},
	}, nil
}

// do sends one request and decodes the answer into out (which may be nil).
func (c *client) do(ctx context.Context, method, path string, body, out any) error {
	var payload io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return err
		}
		payload = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, payload)
	if err != nil {
		return err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		p := &problem{Status: resp.StatusCode}
		if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil {
			p.retryAfter = time.Duration(seconds) * time.Second
		}
		if json.Unmarshal(raw, p) != nil {
			p.Detail = http.StatusText(resp.StatusCode)
		}
		return p
	}
	if out == nil || len(raw) == 0 {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

func (c *client) signIn(ctx context.Context, account, password string) (me, error) {
	var m me
	err := c.do(ctx, http.MethodPost, "/sessions", map[string]string{"account": account, "password": password}, &m)
	return m, err
}

// arrive signs in as somebody would who reads "too many people are signing in,
// try again in two seconds" and does so. Anything else is an error at once.
func (c *client) arrive(ctx context.Context, who credential) error {
	deadline := time.Now().Add(maxQueueing)
	for {
		_, err := c.signIn(ctx, who.Account, who.Password)
		var p *problem
		if !errors.As(err, &p) || p.Code != "org.login_busy" || time.Now().Add(p.retryAfter).After(deadline) {
			return err
		}
		if !clock.Pause(ctx, max(p.retryAfter, time.Second)) {
			return ctx.Err()
		}
	}
}

// maxQueueing is how long somebody keeps trying to sign in.
const maxQueueing = 2 * time.Minute

type me struct {
	MustChangePassword bool     `json:"mustChangePassword"`
	SetupNeeded        bool     `json:"setupNeeded"`
	Permissions        []string `json:"permissions"`
	Person             struct {
		ID int64 `json:"id"`
	} `json:"person"`
}

func hasStatus(err error, status int) bool {
	var p *problem
	return errors.As(err, &p) && p.Status == status
}
