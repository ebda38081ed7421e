//go:build docker

package e2etest

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// The sentence nobody may find, and pieces of it that must not be found alone either.
const (
	sentence    = "黑龙潭第七号水闸闸门检修 marker-7f3a9c2e"
	pieceOfIt   = "黑龙潭第七号水闸"
	latinOfIt   = "marker-7f3a9c2e"
	chunk       = 1 << 20
	encodedRoom = 1 << 10 // longer than any needle
)

// needles are all ways in which a text could lie on a disk without being sealed.
func needles(t *testing.T, text string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{"UTF-8": []byte(text)}
	for name, order := range map[string]unicode.Endianness{"UTF-16LE": unicode.LittleEndian, "UTF-16BE": unicode.BigEndian} {
		raw, err := unicode.UTF16(order, unicode.IgnoreBOM).NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		all[name] = raw
	}
	gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	all["GB18030"] = gb
	for source, raw := range map[string][]byte{"UTF-8": []byte(text), "GB18030": gb, "UTF-16LE": all["UTF-16LE"]} {
		all["hex of "+source] = []byte(hex.EncodeToString(raw))
		all["HEX of "+source] = bytes.ToUpper([]byte(hex.EncodeToString(raw)))
		for shift := range 3 {
			// The characters at both ends depend on what stands beside the text.
			for name, encoding := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
				encoded := encoding.EncodeToString(append(make([]byte, shift), raw...))
				first := []int{0, 2, 3}[shift]
				all[fmt.Sprintf("%s of %s at %d", name, source, shift)] = []byte(encoded[first : len(encoded)-1])
			}
		}
	}
	escaped := url.QueryEscape(text)
	all["URL"] = []byte(escaped)
	all["URL with %20"] = []byte(strings.ReplaceAll(escaped, "+", "%20"))
	all["url in small letters"] = bytes.ToLower([]byte(escaped))
	ascii := strings.Trim(strconv.QuoteToASCII(text), `"`)
	all["JSON escapes"] = []byte(ascii)
	all["JSON escapes in capitals"] = []byte(strings.ReplaceAll(strings.ToUpper(ascii), `\U`, `\u`))
	quoted, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	all["JSON"] = bytes.Trim(quoted, `"`)
	return all
}

// search looks for needles in a stream and names those it found.
func search(r io.Reader, needles map[string][]byte) ([]string, error) {
	found := map[string]bool{}
	empty := make([]byte, chunk)
	buffer := make([]byte, 0, chunk+encodedRoom)
	for {
		n, err := io.ReadFull(r, buffer[len(buffer):min(cap(buffer), len(buffer)+chunk)])
		fresh := buffer[len(buffer) : len(buffer)+n]
		buffer = buffer[:len(buffer)+n]
		if !bytes.Equal(fresh, empty[:n]) { // databases reserve a lot of nothing
			for name, needle := range needles {
				if !found[name] && bytes.Contains(buffer, needle) {
					found[name] = true
				}
			}
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			break
		}
		if err != nil {
			return nil, err
		}
		keep := min(len(buffer), encodedRoom)
		copy(buffer[:keep], buffer[len(buffer)-keep:])
		buffer = buffer[:keep]
	}
	var names []string
	for name := range found {
		names = append(names, name)
	}
	return names, nil
}

func allNeedles(t *testing.T) map[string][]byte {
	all := map[string][]byte{}
	for _, text := range []string{sentence, pieceOfIt, latinOfIt} {
		for name, needle := range needles(t, text) {
			all[name+" of "+text] = needle
		}
	}
	return all
}

// A search that finds nothing proves nothing, unless it finds what is there.
func TestTheSearchFindsEachEncoding(t *testing.T) {
	t.Parallel()
	for name, needle := range needles(t, sentence) {
		hay := append(bytes.Repeat([]byte{'x'}, chunk-7), needle...) // across a border of chunks
		hay = append(hay, bytes.Repeat([]byte{0}, 3*chunk)...)
		found, err := search(bytes.NewReader(hay), map[string][]byte{name: needle})
		if err != nil || len(found) != 1 {
			t.Errorf("%s: %v %v", name, found, err)
		}
	}
	for shift := range 3 {
		encoded := base64.StdEncoding.EncodeToString([]byte("abc"[:shift] + sentence + "xyz"))
		found, err := search(strings.NewReader(encoded), needles(t, sentence))
		if err != nil || len(found) == 0 {
			t.Errorf("base64 at %d: %v %v", shift, found, err)
		}
	}
}

// nowhere searches everything the stack has written.
func (h *host) nowhere() {
	h.t.Helper()
	wanted := allNeedles(h.t)
	files, size := 0, int64(0)
	look := func(path string) {
		f, err := os.Open(path)
		if os.IsNotExist(err) {
			return // a temporary file of a running database
		}
		if err != nil {
			h.t.Fatal(err)
		}
		defer f.Close()
		found, err := search(f, wanted)
		if err != nil {
			h.t.Fatalf("%s: %v", path, err)
		}
		for _, name := range found {
			h.t.Errorf("%s lies open in %s: %s", sentence, path, name)
		}
		if info, err := f.Stat(); err == nil {
			files, size = files+1, size+info.Size()
		}
	}
	err := filepath.WalkDir(h.dir, func(path string, d fs.DirEntry, err error) error {
		if os.IsNotExist(err) {
			return nil
		}
		if err == nil && d.Type().IsRegular() {
			look(path)
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	for service, c := range h.containers() {
		logs, err := filepath.Glob(c.LogPath + "*")
		if err != nil || len(logs) == 0 {
			h.t.Fatalf("no log of %s at %q: %v", service, c.LogPath, err)
		}
		for _, path := range logs {
			look(path)
		}
	}
	if files < 50 || size < 10<<20 {
		h.t.Errorf("only %d files with %d bytes were searched: this cannot be a database", files, size)
	}
	h.t.Logf("searched %d files, %d MiB, for %d needles", files, size>>20, len(wanted))
}
