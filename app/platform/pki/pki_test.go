package pki

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"
)

func TestACertificateServesARealConnection(t *testing.T) {
	t.Parallel()
	now := time.Now()
	ca, err := NewAuthority("DingBan test", now)
	if err != nil {
		t.Fatal(err)
	}
	server, err := Issue(ca, []string{"dingban.example.cn", "127.0.0.1", "::1"}, now)
	if err != nil {
		t.Fatal(err)
	}
	if err := Good(ca.Certificate, server, []string{"dingban.example.cn", "127.0.0.1", "::1"}, now); err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair(server.Certificate, server.Key)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	s.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS13}
	s.StartTLS()
	defer s.Close()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(ca.Certificate) {
		t.Fatal("the authority is not PEM")
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	answer, err := client.Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if _, err := http.Get(s.URL); err == nil {
		t.Error("a client that does not trust the authority connected")
	}
}

func TestABadCertificateIsFound(t *testing.T) {
	t.Parallel()
	now := time.Now()
	ca, _ := NewAuthority("one", now)
	other, _ := NewAuthority("two", now)
	server, err := Issue(ca, []string{"a.cn"}, now)
	if err != nil {
		t.Fatal(err)
	}
	foreign, _ := Issue(other, []string{"a.cn"}, now)
	for name, err := range map[string]error{
		"another authority": Good(other.Certificate, server, []string{"a.cn"}, now),
		"another host":      Good(ca.Certificate, server, []string{"b.cn"}, now),
		"expires soon":      Good(ca.Certificate, server, []string{"a.cn"}, now.Add(serverLife-24*time.Hour)),
		"another key":       Good(ca.Certificate, Pair{server.Certificate, foreign.Key}, []string{"a.cn"}, now),
		"no certificate":    Good(ca.Certificate, Pair{nil, server.Key}, []string{"a.cn"}, now),
		"authority's key":   AuthorityGood(Pair{ca.Certificate, other.Key}, now),
		"authority is none": AuthorityGood(server, now),
		"authority ends":    AuthorityGood(ca, now.Add(authorityLife)),
	} {
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if err := AuthorityGood(ca, now); err != nil {
		t.Error(err)
	}
	one, _ := Fingerprint(ca.Certificate)
	two, _ := Fingerprint(other.Certificate)
	if one == two || len(one) != 95 {
		t.Errorf("fingerprints %q %q", one, two)
	}
}

func TestLocalHostsLeavesBridgesOut(t *testing.T) {
	t.Parallel()
	cards := []net.Interface{
		{Index: 1, Name: "lo", Flags: net.FlagUp | net.FlagLoopback},
		{Index: 2, Name: "eth0", Flags: net.FlagUp},
		{Index: 3, Name: "docker0", Flags: net.FlagUp},
		{Index: 4, Name: "br-1234", Flags: net.FlagUp},
		{Index: 5, Name: "eth1"},
	}
	hosts := LocalHosts("server-1", cards, func(i net.Interface) ([]net.Addr, error) {
		return []net.Addr{&net.IPNet{IP: net.IPv4(192, 0, 2, byte(i.Index)), Mask: net.CIDRMask(24, 32)}, &net.IPNet{IP: net.ParseIP("fe80::1")}}, nil
	})
	want := []string{"server-1", "192.0.2.2", "localhost", "127.0.0.1", "::1"}
	if !slices.Equal(hosts, want) {
		t.Errorf("%v, want %v", hosts, want)
	}
}

func TestHostsPeopleMayType(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"a", "task.example.cn", "*.example.cn", "10.0.0.1", "::1", "[fd00::1]"} {
		if err := CheckHost(good); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range []string{"", "a b", "https://a.cn", "a..b", "a.cn:443", "钉办.cn"} {
		if CheckHost(bad) == nil {
			t.Errorf("%q accepted", bad)
		}
	}
}
