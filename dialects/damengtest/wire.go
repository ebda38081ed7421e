package damengtest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

const (
	headerSize = 64
	// A message longer than this is refused, as by the real one.
	maxBody = 512 << 20

	atHandle  = 0
	atCommand = 4
	atLength  = 6
	atResult  = 10
	atSum     = 19
)

const (
	cmdLogin       = 1
	cmdLogout      = 2
	cmdAllocate    = 3
	cmdFree        = 4
	cmdPrepare     = 5
	cmdExecute     = 6
	cmdFetch       = 7
	cmdCommit      = 8
	cmdRollback    = 9
	cmdExecute2    = 13
	cmdPutData     = 14
	cmdStmtClose   = 17
	cmdLobLength   = 29
	cmdLobData     = 32
	cmdMoreResults = 44
	cmdIsolation   = 52
	cmdPreExec     = 90
	cmdStartup     = 200
)

var errMalformed = errors.New("malformed message")

// message is one request: the header and a reader's place in the body.
type message struct {
	header [headerSize]byte
	body   []byte
	err    error
}

func readMessage(r io.Reader) (*message, error) {
	m := &message{}
	if _, err := io.ReadFull(r, m.header[:]); err != nil {
		return nil, err
	}
	sum := byte(0)
	for _, b := range m.header[:atSum] {
		sum ^= b
	}
	length := int32(binary.LittleEndian.Uint32(m.header[atLength:]))
	if sum != m.header[atSum] || length < 0 || length > maxBody {
		return nil, fmt.Errorf("%w: bad header", errMalformed)
	}
	// Grown as it comes in, so that a header alone cannot take memory.
	body, err := io.ReadAll(io.LimitReader(r, int64(length)))
	if err != nil {
		return nil, err
	}
	if len(body) != int(length) {
		return nil, io.ErrUnexpectedEOF
	}
	m.body = body
	return m, nil
}

func (m *message) command() uint16    { return m.u16At(atCommand) }
func (m *message) handle() int32      { return m.i32At(atHandle) }
func (m *message) u8At(i int) byte    { return m.header[i] }
func (m *message) u16At(i int) uint16 { return binary.LittleEndian.Uint16(m.header[i:]) }
func (m *message) i32At(i int) int32  { return int32(binary.LittleEndian.Uint32(m.header[i:])) }
func (m *message) i64At(i int) int64  { return int64(binary.LittleEndian.Uint64(m.header[i:])) }

// take gives the next n bytes; a message that is too short sets err and gives
// zeros from then on.
func (m *message) take(n int) []byte {
	if m.err != nil || n < 0 || n > len(m.body) {
		m.err = errMalformed
		if n < 0 || n > 16 {
			return nil
		}
		return make([]byte, n)
	}
	b := m.body[:n]
	m.body = m.body[n:]
	return b
}

func (m *message) u8() byte      { return m.take(1)[0] }
func (m *message) u16() uint16   { return binary.LittleEndian.Uint16(m.take(2)) }
func (m *message) i16() int16    { return int16(m.u16()) }
func (m *message) i32() int32    { return int32(binary.LittleEndian.Uint32(m.take(4))) }
func (m *message) u64() uint64   { return binary.LittleEndian.Uint64(m.take(8)) }
func (m *message) bytes() []byte { return m.take(int(m.i32())) }

// text reads a statement: bytes that end with a zero.
func (m *message) text() string {
	for i, b := range m.body {
		if b == 0 {
			return string(m.take(i + 1)[:i])
		}
	}
	m.err = errMalformed
	return ""
}

// answer is one response under construction.
type answer struct {
	header [headerSize]byte
	body   []byte
}

func (a *answer) setU8(i int, v byte)    { a.header[i] = v }
func (a *answer) setU16(i int, v uint16) { binary.LittleEndian.PutUint16(a.header[i:], v) }
func (a *answer) setI32(i int, v int32)  { binary.LittleEndian.PutUint32(a.header[i:], uint32(v)) }
func (a *answer) setI64(i int, v int64)  { binary.LittleEndian.PutUint64(a.header[i:], uint64(v)) }

func (a *answer) u8(v byte)    { a.body = append(a.body, v) }
func (a *answer) u16(v uint16) { a.body = binary.LittleEndian.AppendUint16(a.body, v) }
func (a *answer) i32(v int32)  { a.body = binary.LittleEndian.AppendUint32(a.body, uint32(v)) }
func (a *answer) i64(v int64)  { a.body = binary.LittleEndian.AppendUint64(a.body, uint64(v)) }
func (a *answer) raw(b []byte) { a.body = append(a.body, b...) }
func (a *answer) str(s string) { a.i32(int32(len(s))); a.body = append(a.body, s...) }

// refusal is the form of every error: three names that may be empty, then the text.
func refusal(code int32, text string) *answer {
	a := &answer{}
	a.setI32(atResult, code)
	a.i32(0)
	a.i32(0)
	a.i32(0)
	a.str(text)
	return a
}

func (a *answer) writeTo(w io.Writer, handle int32, command uint16) error {
	if command != cmdAllocate {
		a.setI32(atHandle, handle)
	}
	a.setU16(atCommand, command)
	a.setI32(atLength, int32(len(a.body)))
	sum := byte(0)
	for _, b := range a.header[:atSum] {
		sum ^= b
	}
	a.header[atSum] = sum
	_, err := w.Write(append(a.header[:], a.body...))
	return err
}
