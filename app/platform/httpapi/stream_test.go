package httpapi_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"dingban/app/platform/httpapi"
)

// timed is an answer that notes the deadlines it is given.
type timed struct {
	*httptest.ResponseRecorder
	reads, writes []time.Time
}

func (d *timed) SetReadDeadline(at time.Time) error  { d.reads = append(d.reads, at); return nil }
func (d *timed) SetWriteDeadline(at time.Time) error { d.writes = append(d.writes, at); return nil }

// Each read and each write of a large content gets a time of its own, so that a slow line may take as long as it takes.
func TestLargeContentsGetTimeByThePiece(t *testing.T) {
	t.Parallel()
	d := &timed{ResponseRecorder: httptest.NewRecorder()}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPatch, "/", io.MultiReader(strings.NewReader("abc"), strings.NewReader("def")))
	w, body := httpapi.Slow(d, r)
	got, err := io.ReadAll(body)
	if err != nil || string(got) != "abcdef" {
		t.Fatalf("read %q, %v", got, err)
	}
	if len(d.reads) < 2 || d.reads[len(d.reads)-1].Before(d.reads[0]) || !d.reads[0].After(time.Now().Add(30*time.Second)) {
		t.Errorf("read deadlines %v", d.reads)
	}
	for _, part := range []string{"x", "y", "z"} {
		if _, err := io.WriteString(w, part); err != nil {
			t.Fatal(err)
		}
	}
	if len(d.writes) != 3 || !d.writes[0].After(time.Now().Add(30*time.Second)) || d.Body.String() != "xyz" {
		t.Errorf("write deadlines %v, wrote %q", d.writes, d.Body)
	}
}

// What is packed on the way could not be asked for in parts.
func TestLargeContentsAreSentAsTheyAre(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	content := bytes.Repeat([]byte("0123456789"), 5000)
	httpapi.Raw(w.api, httpapi.Op{
		ID: "thing-content", Method: http.MethodGet, Path: "/things/content", Tag: "Things", Permission: httpapi.Public, Summary: "Get", Description: "Gives a content.",
	}, func(rw http.ResponseWriter, r *http.Request) error {
		slow, _ := httpapi.Slow(rw, r)
		slow.Header().Set("Content-Type", "text/plain")
		http.ServeContent(slow, r, "", time.Time{}, bytes.NewReader(content))
		return nil
	})
	for _, ranged := range []string{"", "bytes=10-29"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/things/content", nil)
		r.Header.Set("Accept-Encoding", "gzip, zstd")
		want := content
		if ranged != "" {
			r.Header.Set("Range", ranged)
			want = content[10:30]
		}
		rec := httptest.NewRecorder()
		w.api.Handler().ServeHTTP(rec, r)
		if rec.Header().Get("Content-Encoding") != "" || !bytes.Equal(rec.Body.Bytes(), want) || len(rec.Header()["No-Gzip-Compression"]) != 0 {
			t.Errorf("range %q: %d, %d bytes, %v", ranged, rec.Code, rec.Body.Len(), rec.Header())
		}
	}
}
