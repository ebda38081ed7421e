package dialects

import (
	"net/url"
	"testing"
)

// Clear text and unverified servers need to be asked for in the DSN.
func TestTLSIsOnUnlessTheDSNSaysOtherwise(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]struct{ tls, verified, optional bool }{
		"":                {true, true, false},
		"tls=true":        {true, true, false},
		"tls=skip-verify": {true, false, false},
		"tls=preferred":   {true, false, true},
		"tls=false":       {false, false, false},
	} {
		s, err := tlsOptions(&url.URL{Host: "db.example:1", RawQuery: query})
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		if (s.config != nil) != want.tls || s.optional != want.optional {
			t.Errorf("%q: TLS %v, optional %v", query, s.config != nil, s.optional)
		}
		if s.config != nil && (s.config.InsecureSkipVerify == want.verified || s.config.ServerName != "db.example") {
			t.Errorf("%q: verified %v as %q", query, !s.config.InsecureSkipVerify, s.config.ServerName)
		}
	}
}

func FuzzOpen(f *testing.F) {
	for _, dsn := range []string{
		"mysql://root:secret@127.0.0.1:3306/name?tls=skip-verify", "sqlite:///a/b.db?synchronous=off", "dameng://SYSDBA:secret@h:5236/?schema=X&tls=false",
		"dameng://a%40b:c%3fd@[::1]:1/?read-timeout=1s", "mysql://@/x?socket=/s", "://", "dameng:opaque",
	} {
		f.Add(dsn)
	}
	f.Fuzz(func(t *testing.T, dsn string) {
		engine, dialect, err := Open(dsn, Options{})
		if err != nil {
			return
		}
		if dialect == nil {
			t.Error("no error and no dialect")
		}
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
}
