package damengtest

import "unicode/utf8"

const (
	// A LOB up to this size lies in the row.
	lobInRow = 900
	// The most that one message carries.
	lobPiece = 32_000
)

// descriptor is what a row has of a LOB: all of it, or where to get it.
func (c *session) descriptor(s *statement, typ colType, v any) []byte {
	var data []byte
	switch v := v.(type) {
	case string:
		data = []byte(v)
	case []byte:
		data = v
	}
	var a answer
	short := len(data) <= lobInRow
	if short {
		a.u8(1)
		a.i64(0)
	} else {
		c.lastLOB++
		if c.lobs == nil {
			c.lobs = map[int64]any{}
		}
		if typ.code() == tClob {
			c.lobs[c.lastLOB] = []rune(string(data))
		} else {
			c.lobs[c.lastLOB] = data
		}
		s.lobs = append(s.lobs, c.lastLOB)
		a.u8(2)
		a.i64(c.lastLOB)
	}
	a.i32(int32(len(data)))
	a.raw(make([]byte, 30)) // pages, table, column, row
	if short {
		a.raw(data)
	}
	return a.body
}

func (c *session) lobLength(m *message) (*answer, error) {
	m.u8()
	lob, ok := c.lobs[int64(m.u64())]
	if m.err != nil {
		return nil, m.err
	}
	if !ok {
		return nil, refuse(codeClosed, "Invalid LOB")
	}
	a := &answer{}
	switch lob := lob.(type) {
	case []rune:
		a.i64(int64(len(lob)))
	case []byte:
		a.i64(int64(len(lob)))
	}
	return a, nil
}

func (c *session) lobData(m *message) (*answer, error) {
	m.u8()
	m.i32()
	m.i16()
	lob, ok := c.lobs[int64(m.u64())]
	m.take(4)
	m.i32()
	m.i16()
	m.i32()
	m.i32()
	start, n := int(m.i32()), int(m.i32())
	if m.err != nil {
		return nil, m.err
	}
	if !ok {
		return nil, refuse(codeClosed, "Invalid LOB")
	}
	var data []byte
	chars, rest := 0, 0
	switch lob := lob.(type) {
	case []rune:
		if start < 0 || n < 0 || start > len(lob) {
			return nil, errMalformed
		}
		end := min(start+n, len(lob))
		for start+chars < end && len(data)+utf8.UTFMax <= lobPiece {
			data = utf8.AppendRune(data, lob[start+chars])
			chars++
		}
		rest = len(lob) - start - chars
	case []byte:
		if start < 0 || n < 0 || start > len(lob) {
			return nil, errMalformed
		}
		data = lob[start:min(start+min(n, lobPiece), len(lob))]
		chars, rest = len(data), len(lob)-start-len(data)
	}
	a := &answer{}
	over := byte(0)
	if rest == 0 {
		over = 1
	}
	a.u8(over)
	a.i32(int32(len(data)))
	a.u16(0)
	a.i32(0)
	a.i32(0)
	a.raw(data)
	a.i32(int32(chars))
	return a, nil
}
