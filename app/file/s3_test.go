package file_test

import (
	"bytes"
	"crypto/rand"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dingban/app/platform/blob"
	"dingban/app/server"
	"dingban/configs"
)

// TestOnAnS3Service does what there is to do with files on the service in DINGBAN_TEST_S3, a bucket in
// http://key:secret@host:port/bucket. What it looks at in the bucket is what a thief of its disks sees.
func TestOnAnS3Service(t *testing.T) {
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
	bucket := "files-" + strings.ToLower(rand.Text())
	dir := t.TempDir()
	for name, content := range map[string]string{"access": u.User.Username(), "secret": secret} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	now, withClock := movable()
	w := newWorld(t, withClock, func(c *configs.Config, _ *server.Options) {
		c.Objects = configs.Objects{Kind: "s3", S3: configs.S3{
			Endpoint: u.Host, Bucket: bucket, Region: "us-east-1", TLS: u.Scheme == "https", CAFile: u.Query().Get("ca"),
			AccessKeyFile: filepath.Join(dir, "access"), SecretKeyFile: filepath.Join(dir, "secret"),
		}}
	})
	bare, err := blob.NewS3(t.Context(), blob.S3Options{
		Endpoint: u.Host, Bucket: bucket, AccessKey: u.User.Username(), SecretKey: secret, TLS: u.Scheme == "https", CAFile: u.Query().Get("ca"),
	})
	w.Must(err)
	objects := func() (n int, all []byte) {
		w.Must(bare.List(t.Context(), "file/", func(i blob.Info) error {
			r, _, err := bare.Open(t.Context(), i.Key)
			if err != nil {
				return err
			}
			var held bytes.Buffer
			if _, err := held.ReadFrom(r); err != nil {
				return err
			}
			n, all = n+1, append(all, held.Bytes()...)
			return r.Close()
		}))
		return n, all
	}
	ctx := w.By("member")
	content := bytes.Repeat([]byte("绝密：搬迁预算 4711 万元。"), 40_000)
	f := w.attach("member", "预算.txt", content)
	if !bytes.Equal(w.content(ctx, f.ID), content) {
		t.Error("what comes back is not what was sent")
	}
	n, held := objects()
	if n != 2 || len(held) < len(content) || bytes.Contains(held, []byte("绝密：搬迁预算")) {
		t.Errorf("the bucket has %d objects, %d bytes, or shows what they hold", n, len(held))
	}
	w.Must(w.s.Delete(ctx, f.ID))
	now.Advance(31 * 24 * time.Hour)
	w.Must(w.s.Sweep(t.Context()))
	if n, _ := objects(); n != 0 {
		t.Errorf("%d objects are left of a file that is gone", n)
	}
}
