package anchor_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"dingban/app/platform/blob"
	"dingban/app/platform/clock"
	"dingban/app/platform/journal"
	"dingban/app/platform/journal/anchor"
	"dingban/app/platform/journal/proof"
)

func signed(t *testing.T, seqs ...int64) []proof.Checkpoint {
	t.Helper()
	signer, err := proof.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	list := make([]proof.Checkpoint, len(seqs))
	for i, seq := range seqs {
		list[i] = proof.Checkpoint{Chain: proof.Hash{1}, Seq: seq, Head: proof.Hash{byte(seq)}, At: 1795500000000 + seq}
		if err := list[i].Sign(signer); err != nil {
			t.Fatal(err)
		}
	}
	return list
}

// keeps is what every anchor that can be read has to do.
func keeps(t *testing.T, a journal.Anchor) {
	t.Helper()
	if _, ok, err := a.Newest(t.Context()); ok || err != nil {
		t.Fatalf("a new one has something: %v, %v", ok, err)
	}
	for _, c := range signed(t, 0, 7, 1024, 20480) {
		for range 2 { // the same again, as after a lost answer
			if err := a.Keep(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
		got, ok, err := a.Newest(t.Context())
		if err != nil || !ok || !reflect.DeepEqual(got, c) {
			t.Errorf("got %+v, %v, %v; want %+v", got, ok, err, c)
		}
	}
}

func TestFileKeeps(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "anchors")
	f, err := anchor.NewFile(path)
	if err != nil {
		t.Fatal(err)
	}
	keeps(t, f)
	list, err := anchor.ReadFile(path)
	if err != nil || len(list) != 8 || list[7].Seq != 20480 {
		t.Errorf("%d lines, %v", len(list), err)
	}
	// Half a line at the end is that of a machine that lost its power.
	if err := appendTo(path, `{"chain":"01`); err != nil {
		t.Fatal(err)
	}
	if c, ok, err := f.Newest(t.Context()); err != nil || !ok || c.Seq != 20480 {
		t.Errorf("behind half a line: %d, %v, %v", c.Seq, ok, err)
	}
	if err := appendTo(path, "\n"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.Newest(t.Context()); err == nil {
		t.Error("a whole line that is no checkpoint was passed over")
	}
	if _, err := anchor.ReadFile(path); err == nil || !strings.Contains(err.Error(), "line 9") {
		t.Errorf("got %v", err)
	}
	if _, err := anchor.NewFile(filepath.Join(path, "below")); err == nil {
		t.Error("a path that cannot be was taken")
	}
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.WriteString(text)
	return err
}

// TestBucketKeeps runs against the service in DINGBAN_TEST_S3, in a bucket of its own.
func TestBucketKeeps(t *testing.T) {
	t.Parallel()
	raw := os.Getenv("DINGBAN_TEST_S3")
	if raw == "" {
		t.Skip("DINGBAN_TEST_S3 names no service")
	}
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	secret, _ := u.User.Password()
	for _, locks := range []bool{true, false} {
		o := blob.S3Options{
			Endpoint: u.Host, Bucket: "anchor-" + strings.ToLower(rand.Text()), AccessKey: u.User.Username(), SecretKey: secret,
			TLS: u.Scheme == "https", CAFile: u.Query().Get("ca"), ObjectLock: locks,
		}
		s, err := blob.NewS3(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.Locks(t.Context()); err != nil || got != locks {
			t.Errorf("locks: %v, %v; want %v", got, err, locks)
		}
		keeps(t, anchor.NewBucket(s, time.Hour, clock.System()))
		client, err := minio.New(o.Endpoint, &minio.Options{Creds: credentials.NewStaticV4(o.AccessKey, o.SecretKey, ""), Secure: o.TLS})
		if err != nil {
			t.Fatal(err)
		}
		// Every version of every object, as whoever has the keys of the bucket could.
		for object := range client.ListObjects(t.Context(), o.Bucket, minio.ListObjectsOptions{Recursive: true, WithVersions: locks}) {
			err := client.RemoveObject(t.Context(), o.Bucket, object.Key, minio.RemoveObjectOptions{VersionID: object.VersionID})
			if (err == nil) == locks {
				t.Errorf("locks %v: removing %s: %v", locks, object.Key, err)
			}
		}
	}
}

func TestSyslogIsToldOverTLS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server := certificate(t, dir, "server")
	_ = certificate(t, dir, "client")
	clientPEM, err := os.ReadFile(filepath.Join(dir, "client.pem"))
	if err != nil {
		t.Fatal(err)
	}
	clients := x509.NewCertPool()
	clients.AppendCertsFromPEM(clientPEM)
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		Certificates: []tls.Certificate{server}, MinVersion: tls.VersionTLS12, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: clients,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	told := make(chan string, 10)
	go collect(l, told)

	o := anchor.SyslogOptions{
		Address: l.Addr().String(), CAFile: filepath.Join(dir, "server.pem"),
		CertFile: filepath.Join(dir, "client.pem"), KeyFile: filepath.Join(dir, "client.key"),
	}
	s, err := anchor.NewSyslog(o)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	list := signed(t, 0, 1024)
	for _, c := range list {
		if err := s.Keep(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, <-told)
	}
	form := regexp.MustCompile(`^<109>1 2026-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\d\dZ \S+ dingban \d+ CHECKPOINT - (\{.*\})$`)
	for i, line := range lines {
		m := form.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("not of RFC 5424: %s", line)
		}
		if got, err := proof.ParseAnchor([]byte(m[1])); err != nil || !reflect.DeepEqual(got, list[i]) {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	// What the server has written down is what the verifier reads.
	kept := filepath.Join(dir, "syslog")
	if err := os.WriteFile(kept, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := anchor.ReadFile(kept); err != nil || len(got) != 2 || got[1].Seq != 1024 {
		t.Errorf("%d, %v", len(got), err)
	}

	for name, bad := range map[string]anchor.SyslogOptions{
		"an unknown authority":  {Address: o.Address, CAFile: o.CertFile, CertFile: o.CertFile, KeyFile: o.KeyFile},
		"no client certificate": {Address: o.Address, CAFile: o.CAFile},
	} {
		s, err := anchor.NewSyslog(bad)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Keep(t.Context(), list[0]); err == nil {
			t.Errorf("%s: the message counts as sent", name)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Keep(ctx, list[0]); err == nil {
		t.Error("sent after the end")
	}
	for name, bad := range map[string]anchor.SyslogOptions{
		"address": {Address: "no port"}, "ca": {Address: "h:1", CAFile: "/nowhere"}, "cert": {Address: "h:1", CertFile: "/nowhere", KeyFile: "/nowhere"},
	} {
		if _, err := anchor.NewSyslog(bad); err == nil {
			t.Errorf("a wrong %s was taken", name)
		}
	}
}

// collect is a syslog server: it reads frames of RFC 5425 and nothing else.
func collect(l net.Listener, told chan<- string) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			r := bufio.NewReader(conn)
			for {
				size, err := r.ReadString(' ')
				if err != nil {
					return
				}
				n, err := strconv.Atoi(strings.TrimSuffix(size, " "))
				if err != nil {
					told <- fmt.Sprintf("no length: %q", size)
					return
				}
				message := make([]byte, n)
				if _, err := io.ReadFull(r, message); err != nil {
					told <- "short: " + err.Error()
					return
				}
				told <- string(message)
			}
		}()
	}
}

// certificate makes a self-signed one for 127.0.0.1 as name.pem and name.key.
func certificate(t *testing.T, dir, name string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, tpl, tpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	pair := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})
	if err := os.WriteFile(filepath.Join(dir, name+".pem"), cert, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".key"), pair, 0o600); err != nil {
		t.Fatal(err)
	}
	loaded, err := tls.X509KeyPair(cert, pair)
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}
