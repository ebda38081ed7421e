package dialects

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
)

// secured is what a DSN says about TLS.
type secured struct {
	config   *tls.Config // nil: in clear text
	optional bool        // clear text will do when the server offers no TLS
	others   map[string]string
}

// tlsOptions reads the options that all servers share. TLS with a verified server
// is what a DSN gets that says nothing; anything less has to be written down.
func tlsOptions(u *url.URL) (secured, error) {
	s := secured{config: &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}, others: map[string]string{}}
	cert, key, ca, mode := "", "", "", "true"
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return s, errors.New("list: not of the form key=value&key=value")
	}
	for name, values := range query {
		if len(values) != 1 {
			return s, fmt.Errorf("%s: given %d times", name, len(values))
		}
		switch v := values[0]; name {
		case "tls":
			mode = v
		case "tls-ca":
			ca = v
		case "tls-cert":
			cert = v
		case "tls-key":
			key = v
		default:
			s.others[name] = v
		}
	}
	if ca != "" {
		pem, err := os.ReadFile(ca)
		if err != nil {
			return s, fmt.Errorf("tls-ca: %w", err)
		}
		s.config.RootCAs = x509.NewCertPool()
		if !s.config.RootCAs.AppendCertsFromPEM(pem) {
			return s, fmt.Errorf("tls-ca: no certificate in %s", ca)
		}
	}
	if (cert == "") != (key == "") {
		return s, errors.New("tls-cert: needs a tls-key, and the other way round")
	}
	if cert != "" {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return s, fmt.Errorf("tls-cert: %w", err)
		}
		s.config.Certificates = []tls.Certificate{pair}
	}
	switch mode {
	case "true":
	case "skip-verify":
		s.config.InsecureSkipVerify = true // only where the DSN asks for it in so many words
	case "preferred":
		s.config.InsecureSkipVerify = true // who takes clear text takes any certificate
		s.optional = true
	case "false":
		s.config = nil
	default:
		return s, fmt.Errorf("tls=%q: want true, false, preferred or skip-verify", mode)
	}
	if ca != "" && mode != "true" {
		return s, fmt.Errorf("tls-ca: has no meaning with tls=%s", mode)
	}
	return s, nil
}
