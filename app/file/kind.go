package file

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// sniffed is how much of a content is looked at.
const sniffed = 3072

// sniff tells what a content is by looking at its beginning. The name says nothing: whoever names a page "photo.png" wants
// it to be taken for one.
func sniff(content io.ReadSeeker) (string, error) {
	head := make([]byte, sniffed)
	n, err := io.ReadFull(content, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", fmt.Errorf("file: look at a content: %w", err)
	}
	kind, _, _ := strings.Cut(mimetype.Detect(head[:n]).String(), ";") // the encoding is guessed too, and often wrong
	if len(kind) > 120 {
		return "application/octet-stream", nil
	}
	return kind, nil
}

// safe are the types that a browser shows without running anything in them.
var safe = map[string]bool{
	"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true, "image/bmp": true, "image/avif": true,
	"application/pdf": true,
	"video/mp4":       true, "video/webm": true, "video/ogg": true, "video/quicktime": true,
	"audio/mpeg": true, "audio/mp4": true, "audio/ogg": true, "audio/wav": true, "audio/flac": true, "audio/aac": true, "audio/x-m4a": true,
}

// asText are texts of which a browser may see the letters: they are served as plain text, whatever they are.
var asText = map[string]bool{
	"text/plain": true, "text/csv": true, "text/tab-separated-values": true, "application/json": true, "application/x-ndjson": true,
	"text/x-python": true, "text/x-lua": true, "text/x-php": true, "text/x-perl": true, "text/x-ruby": true, "text/x-shellscript": true,
	"text/vcard": true, "text/calendar": true, "application/x-subrip": true, "text/vtt": true,
}

// shown gives the type under which a content may be shown in a page, if it may. Pages and drawings that hold programs may
// not.
func shown(kind string) (as string, ok bool) {
	switch {
	case safe[kind]:
		return kind, true
	case asText[kind]:
		return "text/plain; charset=utf-8", true
	}
	return "", false
}
