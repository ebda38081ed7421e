package installer

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"dingban/compose"
	"dingban/installer/engine"
	"dingban/installer/progress"
)

func (s *stack) readyDone(ctx context.Context) (bool, error) {
	return s.sealed || s.ask(ctx) == nil, nil // Sealed, as this run has found, it is as far as it gets without its keepers.
}

// errSealed says that the app runs and waits for its key.
var errSealed = errors.New("installer: the app is sealed")

// client goes the way a browser goes: to the published port, over TLS, trusting our authority only.
func (s *stack) client(timeout time.Duration) (client *http.Client, base string, err error) {
	authority, err := os.ReadFile(s.layout.Path(fileCA))
	if err != nil {
		return nil, "", fmt.Errorf("installer: %w", err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	address := s.settings().Address
	if address == "" || address == "0.0.0.0" || address == "::" {
		address = "127.0.0.1"
	}
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: roots, ServerName: strings.TrimPrefix(s.settings().Hosts[0], "*."), MinVersion: tls.VersionTLS12},
		DisableKeepAlives: true,
	}
	return &http.Client{Transport: transport, Timeout: timeout}, "https://" + net.JoinHostPort(address, strconv.Itoa(s.settings().Port)), nil
}

// unsealTimeout is longer than a passphrase takes to be stretched on a small host that is busy.
const (
	askTimeout    = 5 * time.Second
	unsealTimeout = 2 * time.Minute
)

func (s *stack) ask(ctx context.Context) error {
	client, base, err := s.client(askTimeout)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/readyz", http.NoBody)
	if err != nil {
		return fmt.Errorf("installer: %w", err)
	}
	answer, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("installer: the app does not answer: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	var status struct {
		Checks map[string]string `json:"checks"`
	}
	if json.NewDecoder(io.LimitReader(answer.Body, 64<<10)).Decode(&status) == nil && status.Checks["vault"] == "sealed" {
		return &saidError{"kek.sealed_short", nil, errSealed}
	}
	return fmt.Errorf("installer: the app answers %s", answer.Status)
}

// unseal brings what this run knows of the key, and says whether that was all of it.
func (s *stack) unseal(ctx context.Context) (complete bool, err error) {
	texts := s.key.shares
	if s.key.words != nil {
		texts = []string{string(s.key.words)}
	}
	client, base, err := s.client(unsealTimeout)
	if err != nil {
		return false, err
	}
	for _, text := range texts {
		body, err := json.Marshal(map[string]string{"text": text})
		if err != nil {
			return false, fmt.Errorf("installer: %w", err)
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/api/v1/vault/unseal", bytes.NewReader(body))
		if err != nil {
			return false, fmt.Errorf("installer: %w", err)
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Accept-Language", s.words.language)
		answer, err := client.Do(request)
		clear(body)
		if err != nil {
			return false, fmt.Errorf("installer: bring the key: %w", err)
		}
		var told struct {
			Detail string `json:"detail"`
			Sealed bool   `json:"sealed"`
		}
		_ = json.NewDecoder(io.LimitReader(answer.Body, 64<<10)).Decode(&told) // The status tells enough.
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return false, said("kek.not_taken", "problem", told.Detail)
		}
		complete = !told.Sealed
	}
	return complete, nil
}

func (s *stack) waitReady(ctx context.Context, report func(progress.Event)) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	brought := false
	for {
		err := s.ask(ctx)
		if err == nil {
			return nil
		}
		if errors.Is(err, errSealed) && !brought {
			if s.key.words == nil && len(s.key.shares) == 0 {
				s.sealed = true // It is up, and its keepers are asked for.
				return nil
			}
			report(progress.Event{Text: s.words.text("kek.bringing")})
			complete, err := s.unseal(ctx)
			if err != nil {
				return err
			}
			if !complete { // The other keepers are asked for.
				s.sealed = true
				return nil
			}
			brought = true // It answers as before until it has opened everything.
		}
		select {
		case <-ctx.Done():
			return &engine.NotHealthyError{Services: []string{compose.App}, Reason: "not ready", Err: err}
		case <-tick.C:
		}
	}
}
