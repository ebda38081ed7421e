package testkit

import (
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"dingban/dialects"
)

// Line is the network between a server of ours and its database; a test can cut it.
type Line struct {
	// DSN reaches the kit's database through the line.
	DSN string

	target string
	mu     sync.Mutex
	conns  []net.Conn
	down   bool
	losing direction
}

// direction of what a line loses.
type direction int

const (
	nothing direction = iota
	request
	answer
)

// LoseRequest ends the connection that sends the next request, and LoseAnswer the one that gets the next answer, before it arrives.
func (l *Line) LoseRequest() { l.lose(request) }

// LoseAnswer loses what the server has done already.
func (l *Line) LoseAnswer() { l.lose(answer) }

func (l *Line) lose(d direction) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.losing = d
}

// pass copies one direction until something is to be lost.
func (l *Line) pass(to, from net.Conn, d direction) {
	defer func() { _, _ = to.Close(), from.Close() }()
	piece := make([]byte, 32<<10)
	for {
		n, err := from.Read(piece)
		l.mu.Lock()
		lost := n > 0 && l.losing == d
		if lost {
			l.losing = nothing
		}
		l.mu.Unlock()
		if lost {
			return
		}
		if _, writeErr := to.Write(piece[:n]); err != nil || writeErr != nil {
			return
		}
	}
}

// NewLine lays a line to the kit's database. Tests on SQLite are skipped: there is
// no network to cut.
func NewLine(t testing.TB, k *Kit) *Line {
	t.Helper()
	if server := os.Getenv(EnvDSN); !strings.HasPrefix(server, dialects.MySQL+"://") && !strings.HasPrefix(server, dialects.Dameng+"://") {
		t.Skip("needs a database server, see " + EnvDSN)
	}
	u, err := url.Parse(k.DSN)
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	line := &Line{target: u.Host}
	u.Host = l.Addr().String()
	line.DSN = u.String()
	go line.serve(l)
	t.Cleanup(func() {
		_ = l.Close()
		line.Cut()
	})
	return line
}

// Cut ends all connections and refuses new ones.
func (l *Line) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = true
	for _, c := range l.conns {
		_ = c.Close()
	}
	l.conns = nil
}

// Mend lets connections through again.
func (l *Line) Mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = false
}

func (l *Line) serve(listener net.Listener) {
	for {
		in, err := listener.Accept()
		if err != nil {
			return
		}
		if out, ok := l.connect(in); ok {
			go l.pass(out, in, request)
			go l.pass(in, out, answer)
		} else {
			_ = in.Close()
		}
	}
}

func (l *Line) connect(in net.Conn) (net.Conn, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down {
		return nil, false
	}
	out, err := net.Dial("tcp", l.target)
	if err != nil {
		return nil, false
	}
	l.conns = append(l.conns, in, out)
	return out, true
}
