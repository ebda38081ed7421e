package httpapi

import (
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"dingban/app/platform/clock"
)

// patience is how long a slow line may be silent in the middle of a large body.
const patience = time.Minute

// Slow gives the body of the request and the writer of the answer for a Raw operation that moves large contents: instead of
// the time that a whole request may take, each read and write gets its own. What is written is sent as it is: contents are
// packed already, and a part of a packed one is no part of the content.
func Slow(w http.ResponseWriter, r *http.Request) (http.ResponseWriter, io.Reader) {
	w.Header().Set(gzhttp.HeaderNoCompression, "1") // taken out of the answer by the packer
	c := http.NewResponseController(w)
	return &slowWriter{ResponseWriter: w, c: c}, &slowReader{r: r.Body, c: c}
}

type slowReader struct {
	r io.Reader
	c *http.ResponseController
}

func (s *slowReader) Read(p []byte) (int, error) {
	// A connection without deadlines (a test's recorder) has none that could end.
	_ = s.c.SetReadDeadline(clock.System().Now().Add(patience))
	return s.r.Read(p)
}

type slowWriter struct {
	http.ResponseWriter
	c *http.ResponseController
}

func (s *slowWriter) Write(p []byte) (int, error) {
	_ = s.c.SetWriteDeadline(clock.System().Now().Add(patience))
	return s.ResponseWriter.Write(p)
}

func (s *slowWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// JSON answers a Raw operation with a value.
func JSON(w http.ResponseWriter, status int, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(raw) // the client may have left
	return nil
}
