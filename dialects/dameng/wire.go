package dameng

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// What of the protocol the wire has to understand: a header of 64 bytes with the
// command at 4, the length of the body at 6 and the result at 10.
const (
	headerSize   = 64
	atCommand    = 4
	atLength     = 6
	atResult     = 10
	atTLS        = 20
	maxGreeting  = 1 << 20
	cmdFetch     = 7
	cmdPutData   = 14
	cmdPreExec   = 90
	tlsNone      = 0
	tlsSession   = 1
	writeTimeout = 30 * time.Second
)

// wire is the connection that the driver talks through.
type wire struct {
	cfg  *Config
	raw  net.Conn
	conn net.Conn // raw, or TLS over it
	ctx  context.Context
	stop func() bool
	// refused says why the connection may not be used, in words for the operator.
	refused error

	readTimeout time.Duration
	broken      atomic.Bool
	wrote       atomic.Bool
	mu          sync.Mutex
	first       error // the first failure

	greeted bool
	pending []byte // of the greeting, not read by the driver yet

	// What came of the requests of this call.
	command   uint16
	head      []byte
	body      int
	swallowed int32
}

// begin forgets what an earlier call left.
func (w *wire) begin() {
	w.wrote.Store(false)
	w.swallowed = 0
}

// abort ends whatever is under way.
func (w *wire) abort() {
	w.broken.Store(true)
	if w.raw != nil {
		_ = w.raw.Close()
	}
}

func (w *wire) fail(err error) error {
	w.broken.Store(true)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.first == nil {
		w.first = err
	}
	return err
}

func (w *wire) cause() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.first
}

// Write sends one message; the driver writes each with one call.
func (w *wire) Write(p []byte) (int, error) {
	if err := w.conn.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		panic(failure{w.fail(err)})
	}
	w.wrote.Store(true)
	if len(p) >= headerSize {
		w.command = binary.LittleEndian.Uint16(p[atCommand:])
	}
	n, err := w.conn.Write(p)
	if err != nil {
		panic(failure{w.fail(err)})
	}
	return n, nil
}

// failure is what ends a call whose connection fails. An error that is returned to the
// driver ends up in a value that all connections share, and that they write without a
// lock; the driver turns a panic into an error of its own.
type failure struct{ error }

// guarded runs a call of the driver, also one that lets a failure through.
func guarded(call func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			f, ok := p.(failure)
			if !ok {
				panic(p)
			}
			err = f.error
		}
	}()
	return call()
}

func (w *wire) Read(p []byte) (int, error) {
	if !w.greeted {
		if err := w.greet(); err != nil {
			panic(failure{w.fail(err)})
		}
	}
	if len(w.pending) > 0 {
		n := copy(p, w.pending)
		w.pending = w.pending[n:]
		return n, nil
	}
	n, err := w.read(p)
	if err != nil {
		panic(failure{w.fail(err)})
	}
	w.watch(p[:n])
	return n, nil
}

func (w *wire) read(p []byte) (int, error) {
	deadline := time.Time{}
	if w.readTimeout > 0 {
		deadline = time.Now().Add(w.readTimeout)
	}
	if err := w.conn.SetReadDeadline(deadline); err != nil {
		return 0, err
	}
	return w.conn.Read(p)
}

// watch follows the messages that come in, for failures that the driver swallows.
func (w *wire) watch(p []byte) {
	for len(p) > 0 {
		if w.body > 0 {
			n := min(w.body, len(p))
			w.body -= n
			p = p[n:]
			continue
		}
		n := min(headerSize-len(w.head), len(p))
		w.head = append(w.head, p[:n]...)
		p = p[n:]
		if len(w.head) < headerSize {
			return
		}
		w.body = max(0, int(int32(binary.LittleEndian.Uint32(w.head[atLength:]))))
		result := int32(binary.LittleEndian.Uint32(w.head[atResult:]))
		if result < 0 && (w.command == cmdFetch || w.command == cmdPutData || w.command == cmdPreExec) {
			w.swallowed = result
		}
		w.head = w.head[:0]
	}
}

// greet reads the server's first answer, which says whether TLS follows, and does
// the handshake itself: the driver would accept any certificate. The driver is then
// told that there is none.
func (w *wire) greet() error {
	w.greeted = true
	header := make([]byte, headerSize)
	if _, err := io.ReadFull(readerFunc(w.read), header); err != nil {
		return err
	}
	length := int32(binary.LittleEndian.Uint32(header[atLength:]))
	if length < 0 || length > maxGreeting {
		w.refused = errors.New("this is not a Dameng server: its greeting makes no sense")
		return w.refused
	}
	greeting := append(header, make([]byte, length)...)
	if _, err := io.ReadFull(readerFunc(w.read), greeting[headerSize:]); err != nil {
		return err
	}
	w.pending = greeting
	if int32(binary.LittleEndian.Uint32(header[atResult:])) < 0 {
		return nil // the driver reports it
	}
	switch mode := binary.LittleEndian.Uint32(greeting[atTLS:]); {
	case mode == tlsSession && w.cfg.TLS != nil:
		secured := tls.Client(w.raw, w.cfg.TLS)
		if err := secured.HandshakeContext(w.ctx); err != nil {
			w.refused = fmt.Errorf("TLS: %w", err)
			return w.refused
		}
		w.conn = secured
		binary.LittleEndian.PutUint32(greeting[atTLS:], tlsNone)
	case mode == tlsNone && w.cfg.TLS != nil && !w.cfg.TLSOptional:
		w.refused = errors.New("the server offers no TLS (ENABLE_ENCRYPT in dm.ini); turn it on, or write tls=false into the DSN to go without")
	case mode == tlsSession:
		w.refused = errors.New("the server demands TLS, but the DSN says tls=false")
	case mode != tlsNone && w.cfg.TLS != nil && !w.cfg.TLSOptional:
		w.refused = errors.New("the server protects only the log-in by TLS, not what follows")
	case mode != tlsNone:
		w.refused = errors.New("the server protects only the log-in by TLS (ENABLE_ENCRYPT=2), which is not supported; set it to 1 or 0")
	}
	return w.refused
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func (w *wire) Close() error {
	w.broken.Store(true)
	if w.raw == nil {
		return nil
	}
	return w.raw.Close()
}

func (w *wire) LocalAddr() net.Addr                { return w.raw.LocalAddr() }
func (w *wire) RemoteAddr() net.Addr               { return w.raw.RemoteAddr() }
func (w *wire) SetDeadline(t time.Time) error      { return w.conn.SetDeadline(t) }
func (w *wire) SetReadDeadline(t time.Time) error  { return w.conn.SetReadDeadline(t) }
func (w *wire) SetWriteDeadline(t time.Time) error { return w.conn.SetWriteDeadline(t) }
