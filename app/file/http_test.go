package file_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"dingban/app/file"
	"dingban/app/server/servertest"
)

// upload attaches a file as a browser does.
func upload(t *testing.T, c *servertest.Client, taskID int64, name string, content []byte) file.File {
	t.Helper()
	var u file.Upload
	c.Do(http.MethodPost, fmt.Sprintf("/tasks/%d/files", taskID), map[string]any{"name": name, "size": len(content)}).OK(&u)
	for u.Received < u.Size {
		part := content[u.Received:min(u.Received+u.MaxPiece, u.Size)]
		c.Do(http.MethodPatch, fmt.Sprintf("/uploads/%d", u.ID), string(part), "Upload-Offset", fmt.Sprint(u.Received), "Content-Type", "application/octet-stream").OK(&u)
	}
	var f file.File
	c.Do(http.MethodPost, fmt.Sprintf("/uploads/%d/complete", u.ID), nil).OK(&f)
	return f
}

func TestUploadOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.Client("member")
	content := random(9<<20, 1)
	f := upload(t, c, w.task.ID, "九兆.bin", content)
	got := c.Do(http.MethodGet, contentPath(f), nil)
	if got.Status != 200 || !bytes.Equal(got.Body, content) {
		t.Errorf("status %d, %d bytes", got.Status, len(got.Body))
	}
	var u file.Upload
	c.Do(http.MethodPost, fmt.Sprintf("/tasks/%d/files", w.task.ID), map[string]any{"name": "x", "size": 300_000}).OK(&u)
	path := fmt.Sprintf("/uploads/%d", u.ID)
	for offset, code := range map[string]string{"x": "file.bad_offset", "-1": "file.bad_offset", "99999999999999999999": "file.bad_offset", "0x10": "file.bad_offset"} {
		p := c.Do(http.MethodPatch, path, string(content[:300_000]), "Upload-Offset", offset).Problem(422, "request.invalid")
		if len(p.Errors) != 1 || p.Errors[0].Code != code || p.Errors[0].Location != "header.Upload-Offset" {
			t.Errorf("offset %q: %+v", offset, p.Errors)
		}
	}
	p := c.Do(http.MethodPatch, path, string(content[:300_000]), "Upload-Offset", "7").Problem(409, "file.offset")
	if now, ok := p.Current.(map[string]any); !ok || now["received"] != 0.0 {
		t.Errorf("a wrong offset is told of %v", p.Current)
	}
	c.Do(http.MethodPatch, path, string(content[:300_001]), "Upload-Offset", "0").Problem(413, "file.too_much")
	c.Do(http.MethodPatch, path, string(content[:8<<20+1]), "Upload-Offset", "0").Problem(413, "file.piece_too_large")
	c.Do(http.MethodPatch, "/uploads/moon", "x", "Upload-Offset", "0").Problem(404, "file.upload.not_found")
	c.Do(http.MethodGet, "/files/moon/content", nil).Problem(404, "file.not_found")
	w.Client("outsider").Do(http.MethodGet, contentPath(f), nil).Problem(404, "file.not_found")
	w.Stranger().Do(http.MethodGet, contentPath(f), nil).Problem(401, "access.unauthenticated")
	c.Do(http.MethodGet, path, nil).OK(&u)
	c.Do(http.MethodDelete, path, nil).OK(nil)
	c.Refused(
		servertest.Refuse(http.MethodGet, path, nil, 404, "file.upload.not_found"),
		servertest.Refuse(http.MethodPost, path+"/complete", nil, 404, "file.upload.not_found"),
		servertest.Refuse(http.MethodPost, fmt.Sprintf("/tasks/%d/files", w.task.ID), map[string]any{"name": "a/b", "size": 1}, 422, "request.invalid", "body.name", "file.bad_name"),
		servertest.Refuse(http.MethodPost, fmt.Sprintf("/tasks/%d/files", w.task.ID), map[string]any{"name": "a", "size": int64(3) << 30}, 422, "request.invalid", "body.size", "file.too_large"),
		servertest.Refuse(http.MethodPatch, fmt.Sprintf("/files/%d", f.ID), map[string]any{"name": "b", "version": 9}, 409, "file.stale_version"),
	)
}

// What a file is called does not make it what it is not, and nothing that runs is shown.
func TestTypesComeFromContents(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.Client("member")
	for _, k := range []struct {
		name    string
		content []byte
		kind    string
		inline  string // as what it is shown; "" for never
	}{
		{"a.html", png, "image/png", "image/png"},
		{"a.png", html, "text/html", ""},
		{"b.png", svg, "image/svg+xml", ""},
		{"c.png", append([]byte("\ufeff  \n"), html...), "text/html", ""},
		{"d.exe", pdf, "application/pdf", "application/pdf"},
		{"e.svg", []byte("就是一段文字。"), "text/plain", "text/plain; charset=utf-8"},
		{"f.jpg", []byte("MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff"), "application/vnd.microsoft.portable-executable", ""},
		{"g.txt", []byte("PK\x03\x04\x14\x00\x00\x00\x00\x00aaaaaaaaaaaaaaaaaaaaaaaa"), "application/zip", ""},
		{"h.mp4", []byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), "video/mp4", "video/mp4"},
		{"i.heic", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), "image/heic", ""},
		{"j", []byte{0, 1, 2, 3, 0xfe}, "application/octet-stream", ""},
	} {
		f := upload(t, c, w.task.ID, k.name, k.content)
		if f.Type != k.kind || f.Inline != (k.inline != "") {
			t.Errorf("%s is %s, inline %v; want %s", k.name, f.Type, f.Inline, k.kind)
		}
		plain := c.Do(http.MethodGet, contentPath(f), nil)
		shown := c.Do(http.MethodGet, contentPath(f)+"?inline=true", nil)
		if got := plain.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment; filename") {
			t.Errorf("%s is downloaded as %q", k.name, got)
		}
		how, kind := "attachment", f.Type
		if k.inline != "" {
			how, kind = "inline", k.inline
		}
		if got := shown.Header.Get("Content-Disposition"); !strings.HasPrefix(got, how+"; filename") || shown.Header.Get("Content-Type") != kind {
			t.Errorf("%s is shown as %q, %q", k.name, got, shown.Header.Get("Content-Type"))
		}
		for _, r := range []servertest.Reply{plain, shown} {
			policy, frame := r.Header.Get("Content-Security-Policy"), r.Header.Get("X-Frame-Options")
			sandboxed := strings.Contains(policy, "sandbox") && strings.Contains(policy, "frame-ancestors 'none'") && frame == "DENY"
			framed := k.inline == "application/pdf" && strings.Contains(policy, "frame-ancestors 'self'") && strings.Contains(policy, "default-src 'none'") && frame == "SAMEORIGIN"
			if r.Header.Get("X-Content-Type-Options") != "nosniff" || !sandboxed && !framed || !bytes.Equal(r.Body, k.content) {
				t.Errorf("%s has policy %q, %q, %d bytes", k.name, policy, frame, len(r.Body))
			}
		}
	}
}

func TestNamesInHeaders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.Client("member")
	for name, want := range map[string]string{
		"平面图.pdf":            "attachment; filename*=utf-8''%E5%B9%B3%E9%9D%A2%E5%9B%BE.pdf",
		`a"; filename=b.exe`: `attachment; filename="a\"; filename=b.exe"`,
		"plain.txt":          "attachment; filename=plain.txt",
	} {
		f := upload(t, c, w.task.ID, name, []byte("x"))
		if got := c.Do(http.MethodGet, contentPath(f), nil).Header.Get("Content-Disposition"); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestRanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	content := []byte(strings.Repeat("0123456789", 100_000)) // text, which would be packed if it were not a content
	u := w.send(w.By("member"), "a.txt", content, 262_144+11)
	f, err := w.s.Complete(w.By("member"), u.ID)
	w.Must(err)
	c := w.Client("viewer")
	for wanted, part := range map[string]string{
		"bytes=0-9": "0-9", "bytes=262150-262160": "262150-262160", "bytes=262154-524311": "262154-524311", "bytes=999990-": "999990-999999", "bytes=-5": "999995-999999",
	} {
		var first, last int
		if _, err := fmt.Sscanf(part, "%d-%d", &first, &last); err != nil {
			t.Fatal(err)
		}
		r := c.Do(http.MethodGet, contentPath(f)+"?inline=true", nil, "Range", wanted, "Accept-Encoding", "gzip")
		if r.Status != 206 || r.Header.Get("Content-Range") != fmt.Sprintf("bytes %s/1000000", part) || !bytes.Equal(r.Body, content[first:last+1]) {
			t.Errorf("%s: %d %s, %d bytes", wanted, r.Status, r.Header.Get("Content-Range"), len(r.Body))
		}
	}
	if r := c.Do(http.MethodGet, contentPath(f), nil, "Range", "bytes=1000000-"); r.Status != 416 {
		t.Errorf("a range behind the end: %d", r.Status)
	}
	whole := c.Do(http.MethodGet, contentPath(f), nil, "Accept-Encoding", "gzip")
	if whole.Header.Get("Content-Encoding") != "" || whole.Header.Get("Accept-Ranges") != "bytes" || !bytes.Equal(whole.Body, content) || len(whole.Header["No-Gzip-Compression"]) != 0 {
		t.Errorf("the whole comes as %v", whole.Header)
	}
	if r := c.Do(http.MethodGet, contentPath(f), nil, "If-None-Match", whole.Header.Get("ETag")); r.Status != 304 {
		t.Errorf("what the browser has already: %d", r.Status)
	}
}
