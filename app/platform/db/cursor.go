package db

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"dingban/app/platform/fault"
)

// The page sizes a list accepts.
const (
	DefaultLimit = 50
	MaxLimit     = 200
)

// Page asks for one page of a list: at most Limit rows after Cursor. Pages are
// found by key, not by offset, so a row inserted meanwhile shifts nothing.
type Page struct {
	Limit  int
	Cursor string
}

// Size is the limit to use: the default when none is given, never above the
// greatest.
func (p Page) Size() int {
	switch {
	case p.Limit <= 0:
		return DefaultLimit
	case p.Limit > MaxLimit:
		return MaxLimit
	default:
		return p.Limit
	}
}

// EncodeCursor packs the sort key of the last row shown. It is not secret and not
// signed: a forged one shows no more than another page of the same list. So it
// must never hold what a person wrote.
func EncodeCursor(vals ...any) string {
	b, err := json.Marshal(vals)
	if err != nil {
		panic(fmt.Sprintf("db: a cursor of %v: %v", vals, err))
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// DecodeCursor unpacks what EncodeCursor packed into pointers of the same types;
// anything else is the fault that names query.cursor.
func DecodeCursor(s string, into ...any) error {
	if err := decodeCursor(s, into); err != nil {
		return fault.Invalid(fault.At("query.cursor", CodeCursor)).Wrap(err)
	}
	return nil
}

func decodeCursor(s string, into []any) error {
	if len(s) > 1024 {
		return errors.New("too long")
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil {
		return fmt.Errorf("not base64: %w", err)
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(b, &parts); err != nil {
		return fmt.Errorf("not a list: %w", err)
	}
	if len(parts) != len(into) {
		return fmt.Errorf("%d values, want %d", len(parts), len(into))
	}
	for i, part := range parts {
		if bytes.Equal(part, []byte("null")) {
			return fmt.Errorf("value %d is null", i)
		}
		dec := json.NewDecoder(bytes.NewReader(part))
		if err := dec.Decode(into[i]); err != nil {
			return fmt.Errorf("value %d: %w", i, err)
		}
		if _, err := dec.Token(); !errors.Is(err, io.EOF) {
			return fmt.Errorf("value %d has something behind it", i)
		}
	}
	return nil
}
