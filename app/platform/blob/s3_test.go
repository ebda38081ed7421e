package blob_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"dingban/app/platform/blob"
	"dingban/app/platform/blob/blobtest"
	"dingban/app/platform/fault"
)

// s3Options are those of the service in DINGBAN_TEST_S3: http://key:secret@host:port/bucket, or https, with the file of its
// certificates behind ?ca=.
func s3Options(t testing.TB) blob.S3Options {
	t.Helper()
	raw := os.Getenv("DINGBAN_TEST_S3")
	if raw == "" {
		t.Skip("DINGBAN_TEST_S3 names no service")
	}
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	secret, _ := u.User.Password()
	return blob.S3Options{
		Endpoint: u.Host, Bucket: strings.Trim(u.Path, "/"), AccessKey: u.User.Username(), SecretKey: secret,
		TLS: u.Scheme == "https", CAFile: u.Query().Get("ca"),
	}
}

func newS3(t testing.TB) *blob.S3 {
	t.Helper()
	s, err := blob.NewS3(t.Context(), s3Options(t))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestS3(t *testing.T) {
	t.Parallel()
	blobtest.Run(t, func(t *testing.T) blob.Store { return newS3(t) })
}

func TestSealedS3(t *testing.T) {
	t.Parallel()
	blobtest.Run(t, func(t *testing.T) blob.Store { return blob.Sealed(newS3(t), newVault(t)) })
}

// TestS3ReplacedWhileRead wants an error, not half of one object and half of another.
func TestS3ReplacedWhileRead(t *testing.T) {
	t.Parallel()
	s := newS3(t)
	put(t, s, "replaced/a", strings.Repeat("a", 2<<20))
	r, _, err := s.Open(t.Context(), "replaced/a")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := io.ReadFull(r, make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	put(t, s, "replaced/a", strings.Repeat("b", 2<<20))
	rest, err := io.ReadAll(r)
	if err == nil || strings.Contains(string(rest), "b") {
		t.Errorf("read %d bytes, %v", len(rest), err)
	}
}

// TestS3TakesPartsBack looks for parts of uploads that were given up: they are not seen, and take space for ever.
func TestS3TakesPartsBack(t *testing.T) {
	t.Parallel()
	s, o := newS3(t), s3Options(t)
	client, err := minio.New(o.Endpoint, &minio.Options{Creds: credentials.NewStaticV4(o.AccessKey, o.SecretKey, "")})
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("the connection broke")
	ctx, cancel := context.WithCancel(t.Context())
	for key, c := range map[string]struct {
		ctx  context.Context
		end  func()
		want error
	}{
		"parts/failed":    {t.Context(), func() {}, broken},
		"parts/cancelled": {ctx, cancel, context.Canceled},
	} {
		key += "/" + rand.Text()
		r := io.MultiReader(bytes.NewReader(blobtest.Random(40<<20, 1)), readerFunc(func([]byte) (int, error) {
			for range client.ListIncompleteUploads(t.Context(), o.Bucket, key, true) {
				c.end()
				return 0, c.want
			}
			return 0, errors.New("no upload is under way: the test looks at nothing")
		}))
		if _, err := s.Put(c.ctx, key, r, 41<<20); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", key, err)
		}
		for up := range client.ListIncompleteUploads(t.Context(), o.Bucket, key, true) {
			t.Errorf("%s: left %d bytes, %v", key, up.Size, up.Err)
		}
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestS3WrongSecret(t *testing.T) {
	t.Parallel()
	o := s3Options(t)
	o.SecretKey += "x"
	if _, err := blob.NewS3(t.Context(), o); err == nil || fault.Is(err, fault.KindUnavailable) || !strings.Contains(err.Error(), o.Bucket) {
		t.Errorf("got %v", err)
	}
}

func TestS3MakesItsBucket(t *testing.T) {
	t.Parallel()
	o := s3Options(t)
	o.Bucket += "-made"
	for range 2 {
		s, err := blob.NewS3(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		put(t, s, "a", "x")
	}
}

func TestS3Away(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	_, err = blob.NewS3(t.Context(), blob.S3Options{Endpoint: l.Addr().String(), Bucket: "objects", AccessKey: "k", SecretKey: "secret-of-the-store"})
	if !fault.Is(err, fault.KindUnavailable) {
		t.Errorf("got %v", err)
	}
	if err != nil && strings.Contains(err.Error(), "secret-of-the-store") {
		t.Errorf("the error tells the secret: %v", err)
	}
}

// TestS3TrustsOnlyItsCertificates needs no S3 service: the connection fails, or does not, before one is needed.
func TestS3TrustsOnlyItsCertificates(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // The refused handshakes are wanted.
	server.StartTLS()
	t.Cleanup(server.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	o := blob.S3Options{Endpoint: strings.TrimPrefix(server.URL, "https://"), Bucket: "objects", AccessKey: "k", SecretKey: "s", Region: "us-east-1", TLS: true}
	if _, err := blob.NewS3(t.Context(), o); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate nobody vouches for: %v", err)
	}
	o.CAFile = ca
	if _, err := blob.NewS3(t.Context(), o); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("certificates that are not there: %v", err)
	}
	if err := os.WriteFile(ca, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := blob.NewS3(t.Context(), o); err == nil || !strings.Contains(err.Error(), ca) {
		t.Errorf("a file without certificates: %v", err)
	}
	if err := os.WriteFile(ca, certificatePEM(server), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := blob.NewS3(t.Context(), o); err != nil {
		t.Errorf("its own certificate: %v", err)
	}
}

func BenchmarkS3(b *testing.B) {
	raw := newS3(b)
	sealed := blob.Sealed(raw, newVault(b))
	b.Run("put/raw", func(b *testing.B) { benchmarkPut(b, raw) })
	b.Run("put/sealed", func(b *testing.B) { benchmarkPut(b, sealed) })
	b.Run("open/raw", func(b *testing.B) { benchmarkOpen(b, raw) })
	b.Run("open/sealed", func(b *testing.B) { benchmarkOpen(b, sealed) })
}

func certificatePEM(server *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
}
