// Package live tells open pages what changed: one WebSocket a page, over which the numbers of journal entries go that
// its person may see. A message holds no content. The page reads again what it shows, through the same operations and
// permission checks as always, so a push can never show more than a request would.
package live

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/coder/websocket"

	"dingban/app/platform/actor"
	"dingban/app/platform/fault"
	"dingban/app/platform/httpapi"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
)

// Journal is what live needs of the journal.
type Journal interface {
	Follow(fn func([]journal.Record)) (stop func())
	List(ctx context.Context, f journal.Filter) ([]journal.Record, error)
	Head(ctx context.Context) (seq int64, hash []byte, err error)
}

// Options configures a Hub. Visible says whether a person may know of an entry. Alive returns an error once the session
// of an actor has ended; it is asked with every ping and whenever Recheck recognises an entry that may end sessions.
type Options struct {
	Journal Journal
	Visible func(ctx context.Context, a actor.Actor, r journal.Record) bool
	Alive   func(ctx context.Context, a actor.Actor) error
	Recheck func(r journal.Record) bool
	Origins []string // host patterns of other origins that may connect
	Log     *slog.Logger
	Ping    time.Duration // 25 s when 0
}

const (
	queueLength  = 64   // batches; a page that is further behind than this is cut off and resumes
	resumeLimit  = 1000 // entries re-sent to a page that comes back; further behind it reads everything again
	perPerson    = 32   // pages one person may have open
	writeTimeout = 10 * time.Second
)

// Message is what a page gets. Type is "hello" (the first message, with the journal's head), "change", or "resync" when
// too much has happened since the number the page named: it then reads again whatever it shows.
type Message struct {
	Type         string   `json:"type"`
	Seq          int64    `json:"seq"`
	Module       string   `json:"module,omitempty"`
	Verb         string   `json:"verb,omitempty"`
	Ref          *ref.Ref `json:"ref,omitempty"`
	ProjectID    int64    `json:"projectId,omitempty"`
	DepartmentID int64    `json:"departmentId,omitempty"`
	ActorID      int64    `json:"actorId,omitempty"`
}

// Hub holds the open connections of this process.
type Hub struct {
	o    Options
	stop func()

	mu     sync.Mutex
	pages  map[*page]struct{}
	count  map[int64]int
	closed bool
	done   sync.WaitGroup
}

// New starts following the journal.
func New(o Options) *Hub {
	if o.Ping == 0 {
		o.Ping = 25 * time.Second
	}
	h := &Hub{o: o, pages: map[*page]struct{}{}, count: map[int64]int{}}
	h.stop = o.Journal.Follow(h.publish)
	return h
}

// Routes adds the operation.
func (h *Hub) Routes(a *httpapi.API) {
	httpapi.Raw(a, httpapi.Op{
		ID: "live-follow", Method: http.MethodGet, Path: "/live", Tag: "live", Permission: httpapi.SignedIn, Status: http.StatusSwitchingProtocols,
		Summary: "Follow changes over a WebSocket",
		Description: "The server sends JSON messages: first {\"type\":\"hello\",\"seq\":N} with the journal's newest number, then one " +
			"{\"type\":\"change\",\"seq\",\"module\",\"verb\",\"ref\",\"projectId\",\"departmentId\",\"actorId\"} for each change the person may see. " +
			"With ?after=N the changes after N come first, or {\"type\":\"resync\"} when there are too many. " +
			"Messages hold no content: read again what changed. The connection closes when the session ends.",
	}, h.serve)
}

// publish hands new entries to every page without ever waiting for one.
func (h *Hub) publish(records []journal.Record) {
	recheck := false
	for _, r := range records {
		recheck = recheck || h.o.Recheck != nil && h.o.Recheck(r)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for p := range h.pages {
		select {
		case p.queue <- records:
		default:
			p.cut("too slow")
		}
		if recheck {
			select {
			case p.recheck <- struct{}{}:
			default: // one is waiting already
			}
		}
	}
}

// page is one connection.
type page struct {
	who     actor.Actor
	queue   chan []journal.Record
	recheck chan struct{}
	cutOff  chan string
	last    int64
}

func (p *page) cut(why string) {
	select {
	case p.cutOff <- why:
	default:
	}
}

func (h *Hub) serve(w http.ResponseWriter, r *http.Request) error {
	after := int64(-1)
	if text := r.URL.Query().Get("after"); text != "" {
		var err error
		if after, err = strconv.ParseInt(text, 10, 64); err != nil || after < 0 {
			return fault.Invalid(fault.At("query.after", "field.not_integer"))
		}
	}
	who, _ := actor.From(r.Context())
	p := &page{who: who, queue: make(chan []journal.Record, queueLength), recheck: make(chan struct{}, 1), cutOff: make(chan string, 1)}
	if err := h.enter(p); err != nil {
		return err
	}
	defer h.leave(p)

	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{OriginPatterns: h.o.Origins, CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		h.o.Log.DebugContext(r.Context(), "a WebSocket was refused", "error", err)
		return nil // Accept has answered the request itself
	}
	ctx := conn.CloseRead(context.WithoutCancel(r.Context()))
	code, why := h.follow(ctx, conn, p, after)
	if err := conn.Close(code, why); err != nil {
		h.o.Log.DebugContext(ctx, "a page went away", "error", err)
	}
	return nil
}

// enter adds a page before its past is read, so that nothing falls between the past and the present.
func (h *Hub) enter(p *page) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return fault.New(fault.KindUnavailable, "unavailable")
	}
	if h.count[p.who.PersonID] >= perPerson {
		return fault.New(fault.KindTooMany, "request.too_many", "retryAfter", 60)
	}
	h.pages[p] = struct{}{}
	h.count[p.who.PersonID]++
	h.done.Add(1)
	return nil
}

func (h *Hub) leave(p *page) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.pages, p)
	if h.count[p.who.PersonID]--; h.count[p.who.PersonID] == 0 {
		delete(h.count, p.who.PersonID)
	}
	h.done.Done()
}

// follow sends until something ends the connection, and says what did.
func (h *Hub) follow(ctx context.Context, conn *websocket.Conn, p *page, after int64) (websocket.StatusCode, string) {
	if err := h.greet(ctx, conn, p, after); err != nil {
		return h.ended(ctx, err)
	}
	ping := time.NewTicker(h.o.Ping)
	defer ping.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return websocket.StatusNormalClosure, ""
		case why := <-p.cutOff:
			if why == "" {
				return websocket.StatusGoingAway, "the server is stopping"
			}
			return websocket.StatusTryAgainLater, why
		case records := <-p.queue:
			err = h.send(ctx, conn, p, records)
		case <-p.recheck:
			if err := h.alive(ctx, p); err != nil {
				return websocket.StatusPolicyViolation, "the session has ended"
			}
		case <-ping.C:
			if err := h.alive(ctx, p); err != nil {
				return websocket.StatusPolicyViolation, "the session has ended"
			}
			pingCtx, cancel := context.WithTimeout(ctx, writeTimeout)
			err = conn.Ping(pingCtx)
			cancel()
		}
		if err != nil {
			return h.ended(ctx, err)
		}
	}
}

func (h *Hub) alive(ctx context.Context, p *page) error {
	if h.o.Alive == nil {
		return nil
	}
	err := h.o.Alive(ctx, p.who)
	if err != nil && !fault.Is(err, fault.KindUnauthenticated) && !fault.Is(err, fault.KindDenied) {
		h.o.Log.WarnContext(ctx, "a session could not be checked", "error", err)
		return nil // a database that is away for a moment ends nobody's session
	}
	return err
}

func (h *Hub) ended(ctx context.Context, err error) (websocket.StatusCode, string) {
	if ctx.Err() == nil {
		h.o.Log.DebugContext(ctx, "a page was lost", "error", err)
	}
	return websocket.StatusInternalError, "cannot follow"
}

// greet sends the head and whatever the page missed.
func (h *Hub) greet(ctx context.Context, conn *websocket.Conn, p *page, after int64) error {
	head, _, err := h.o.Journal.Head(ctx)
	if err != nil {
		return fmt.Errorf("live: head: %w", err)
	}
	if err := write(ctx, conn, Message{Type: "hello", Seq: head}); err != nil {
		return err
	}
	p.last = head
	if after < 0 || after >= head {
		return nil
	}
	if head-after > resumeLimit {
		return write(ctx, conn, Message{Type: "resync", Seq: head})
	}
	p.last = after
	for p.last < head {
		records, err := h.o.Journal.List(ctx, journal.Filter{AfterSeq: p.last, Limit: 200, Ascending: true})
		if err != nil {
			return fmt.Errorf("live: past: %w", err)
		}
		if len(records) == 0 { // cut off by retention
			p.last = head
			return write(ctx, conn, Message{Type: "resync", Seq: head})
		}
		if err := h.send(ctx, conn, p, records); err != nil {
			return err
		}
	}
	return nil
}

func (h *Hub) send(ctx context.Context, conn *websocket.Conn, p *page, records []journal.Record) error {
	for _, r := range records {
		if r.Seq <= p.last {
			continue
		}
		p.last = r.Seq
		if !h.o.Visible(ctx, p.who, r) {
			continue
		}
		m := Message{Type: "change", Seq: r.Seq, Module: r.Module, Verb: r.Verb, ProjectID: r.ProjectID, DepartmentID: r.DepartmentID, ActorID: r.ActorID}
		if r.Ref != (ref.Ref{}) {
			m.Ref = &r.Ref
		}
		if err := write(ctx, conn, m); err != nil {
			return err
		}
	}
	return nil
}

func write(ctx context.Context, conn *websocket.Conn, m Message) error {
	raw, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("live: encode: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	if err := conn.Write(ctx, websocket.MessageText, raw); err != nil {
		return fmt.Errorf("live: send: %w", err)
	}
	return nil
}

// Close ends every connection and waits until they are gone or the context ends.
func (h *Hub) Close(ctx context.Context) error {
	h.stop()
	h.mu.Lock()
	h.closed = true
	for p := range h.pages {
		p.cut("")
	}
	h.mu.Unlock()
	gone := make(chan struct{})
	go func() {
		h.done.Wait()
		close(gone)
	}()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("live: close: %w", ctx.Err())
	}
}

// Open counts the connections, for the metrics.
func (h *Hub) Open() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.pages)
}
