// Package header reads the headers of mail as senders write them: broken folding, raw eight-bit text, encoded words (RFC 2047) in
// quotes or cut in the middle of a character, parameters by RFC 2231, 2047 or neither. Nothing is refused; what can't be read is
// left out or left as it is.
package header

import (
	"bytes"
	"strings"

	"dingban/app/mailin/message/charset"
)

// Bounds of one header. What lies beyond is left out, and told by Cut.
const (
	// MaxFields is the most fields that are kept.
	MaxFields = 1000
	// MaxBytes is the most that is kept of all fields together.
	MaxBytes = 512 << 10
	// maxName is the longest field name.
	maxName = 128
	// maxValue is the most of one value that is read for words or addresses.
	maxValue = 64 << 10
)

// Field is one field: its name in lower case, and its value unfolded, still encoded.
type Field struct {
	Name string
	Raw  string
}

// Header is the fields in the order of the mail.
type Header struct {
	Fields []Field
	// Cut says that there were more fields, or longer ones, than the bounds allow.
	Cut bool
	// Hint is the charset that raw eight-bit text is tried in first, usually that of the body.
	Hint  string
	bytes int
	tail  []byte // the value of the last field, while folds may come
}

// First is the raw value of the first field of a name (in lower case), or "".
func (h *Header) First(name string) string {
	for _, f := range h.Fields {
		if f.Name == name {
			return f.Raw
		}
	}
	return ""
}

// All is the raw values of the fields of a name.
func (h *Header) All(name string) []string {
	var all []string
	for _, f := range h.Fields {
		if f.Name == name {
			all = append(all, f.Raw)
		}
	}
	return all
}

// Has says whether there is a field of a name.
func (h *Header) Has(name string) bool {
	for _, f := range h.Fields {
		if f.Name == name {
			return true
		}
	}
	return false
}

// Text is the first field of a name as text for people: eight-bit text and encoded words decoded, space at the ends dropped.
func (h *Header) Text(name string) string { return Words(h.First(name), h.Hint) }

// Line takes the next line of a header, without its line end. It says whether the line belonged to the header: an empty line ends
// it, and so does a line that can't be part of one, which then already belongs to the body (a mail without the empty line).
func (h *Header) Line(line []byte) (belongs bool) {
	if len(line) == 0 {
		h.End()
		return false
	}
	if line[0] == ' ' || line[0] == '\t' {
		if len(bytes.TrimSpace(line)) > 0 {
			h.extend(line)
		}
		return true
	}
	colon := bytes.IndexByte(line, ':')
	if name, ok := fieldName(line, colon); ok {
		h.add(name, line[colon+1:])
		return true
	}
	// No field: a fold that lost its space, or the body.
	if len(h.Fields) > 0 && (open(h.tail) || continues(line)) {
		h.extend(line)
		return true
	}
	h.End()
	return false
}

// End says that no more lines come. A header whose last line ended it is at its end already.
func (h *Header) End() {
	if n := len(h.Fields); n > 0 && h.tail != nil {
		h.Fields[n-1].Raw = string(h.tail)
		h.tail = nil
	}
}

func fieldName(line []byte, colon int) (string, bool) {
	if colon <= 0 || colon > maxName {
		return "", false
	}
	name := bytes.TrimRight(line[:colon], " \t")
	for _, c := range name {
		if c <= ' ' || c >= 0x7F {
			return "", false
		}
	}
	return strings.ToLower(string(name)), len(name) > 0
}

func (h *Header) add(name string, value []byte) {
	h.End()
	value = bytes.TrimSpace(value)
	if len(h.Fields) >= MaxFields || h.bytes+len(name)+len(value) > MaxBytes {
		h.Cut = true
		return
	}
	h.bytes += len(name) + len(value)
	h.Fields = append(h.Fields, Field{Name: name})
	h.tail = append(make([]byte, 0, len(value)), value...)
}

// extend adds a fold to the last field, unless that one was left out.
func (h *Header) extend(line []byte) {
	if h.tail == nil {
		return
	}
	line = bytes.TrimSpace(line)
	if h.bytes+len(line)+1 > MaxBytes {
		h.Cut = true
		return
	}
	h.bytes += len(line) + 1
	if len(h.tail) > 0 {
		h.tail = append(h.tail, ' ')
	}
	h.tail = append(h.tail, line...)
}

// open says that a value can't end here. Only its last part is looked at, so that many broken lines cost no more than good ones.
func open(value []byte) bool {
	value = value[max(0, len(value)-1024):]
	if len(value) == 0 {
		return false
	}
	if last := value[len(value)-1]; last == ',' || last == ';' {
		return true
	}
	if start := bytes.LastIndex(value, []byte("=?")); start >= 0 && bytes.Count(value[start:], []byte("?")) < 4 {
		return true
	}
	return bytes.Count(value, []byte(`"`))%2 == 1
}

// continues says that a line looks like the rest of a field: an encoded word, or a parameter.
func continues(line []byte) bool {
	if bytes.HasPrefix(line, []byte("=?")) && bytes.Contains(line, []byte("?=")) {
		return true
	}
	lower := bytes.ToLower(line[:min(len(line), 16)])
	for _, param := range []string{"boundary=", "charset=", "filename=", "name=", "filename*", "format="} {
		if bytes.HasPrefix(lower, []byte(param)) {
			return true
		}
	}
	return false
}

// Parse reads a header that is there as a whole and gives back what follows it.
func Parse(raw []byte) (h *Header, rest []byte) {
	h = &Header{}
	for len(raw) > 0 {
		line, after, _ := bytes.Cut(raw, []byte("\n"))
		line = bytes.TrimSuffix(line, []byte("\r"))
		if !h.Line(line) {
			if len(line) > 0 {
				return h, raw
			}
			return h, after
		}
		raw = after
	}
	h.End()
	return h, nil
}

// utf8Of turns raw eight-bit text of a header into UTF-8.
func utf8Of(raw, hint string) string {
	plain := true
	for i := range len(raw) {
		if raw[i] >= 0x80 || raw[i] == 0x1B {
			plain = false
			break
		}
	}
	if plain {
		return raw
	}
	// Raw UTF-8 is what RFC 6532 allows, whatever the body is in.
	if text, used := charset.Detect([]byte(raw)); used == charset.UTF8 || hint == "" {
		return text
	}
	text, _ := charset.Decode(hint, []byte(raw))
	return text
}
