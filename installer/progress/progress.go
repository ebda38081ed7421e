// Package progress shows a running installation: as a step list with a moving last line on a terminal, as plain lines
// in a log, or as one JSON object a line for a program.
package progress

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// Kinds of events.
const (
	KindFinding  = "finding"  // one result of the preflight
	KindPlan     = "plan"     // what will be done
	KindStep     = "step"     // a step changed its state
	KindProgress = "progress" // the running step got further
	KindLog      = "log"      // a line of a container's log
	KindNote     = "note"     // words for people
	KindResult   = "result"   // how it ended, well
	KindError    = "error"    // how it ended, badly
)

// States of a step.
const (
	Running   = "running"
	Done      = "done"
	Unchanged = "unchanged"
	Failed    = "failed"
)

// Event is one thing to show. Text is in the language of the reader; the other fields are for programs.
type Event struct {
	Kind  string `json:"event"`
	Step  string `json:"step,omitempty"`
	State string `json:"state,omitempty"`
	Level string `json:"level,omitempty"`
	Code  string `json:"code,omitempty"`
	Text  string `json:"text,omitempty"`
	Done  int64  `json:"done,omitempty"`
	Total int64  `json:"total,omitempty"`
	Data  any    `json:"data,omitempty"`
}

// Sink shows events. It may be called from several goroutines.
type Sink interface {
	Emit(Event)
	Close()
}

// JSON writes one object a line.
func JSON(w io.Writer) Sink { return &jsonSink{encoder: json.NewEncoder(w)} }

type jsonSink struct {
	mu      sync.Mutex
	encoder *json.Encoder
}

func (s *jsonSink) Emit(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	// Nobody is left to tell when the reader has gone away.
	_ = s.encoder.Encode(e)
}

func (s *jsonSink) Close() {}

// Plain writes lines that read well in a log: no colour, no movement, and progress only now and then.
func Plain(w io.Writer) Sink { return &plainSink{w: w} }

type plainSink struct {
	mu   sync.Mutex
	w    io.Writer
	last string
}

func (s *plainSink) Emit(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e.Kind {
	case KindProgress:
		// Bytes move too often for a log; a change of words is worth a line.
		if e.Total > 0 || e.Text == "" || e.Text == s.last {
			return
		}
		s.last = e.Text
		fmt.Fprintln(s.w, "    "+e.Text)
	case KindStep:
		fmt.Fprintln(s.w, sign(e)+" "+e.Text)
	case KindFinding:
		fmt.Fprintln(s.w, indent(sign(e)+" "+e.Text, "    "))
	case KindLog:
		fmt.Fprintln(s.w, "    | "+e.Text)
	default:
		if e.Text != "" {
			fmt.Fprintln(s.w, e.Text)
		}
	}
}

func (s *plainSink) Close() {}

func sign(e Event) string {
	switch {
	case e.State == Running:
		return "[..]"
	case e.State == Done || e.Level == "ok":
		return "[ok]"
	case e.State == Unchanged:
		return "[==]"
	case e.Level == "warn":
		return "[!!]"
	}
	return "[XX]"
}

func indent(text, by string) string { return strings.ReplaceAll(text, "\n", "\n"+by) }

// New chooses by what the writer is.
func New(w io.Writer, asJSON bool) Sink {
	if asJSON {
		return JSON(w)
	}
	if f, ok := w.(interface{ Fd() uintptr }); ok && term.IsTerminal(int(f.Fd())) {
		fd := int(f.Fd())
		return Terminal(w, func() int {
			if width, _, err := term.GetSize(fd); err == nil && width > 0 {
				return width
			}
			return 80
		})
	}
	return Plain(w)
}

// Terminal draws a step list whose last line moves while the step runs.
func Terminal(w io.Writer, width func() int) Sink {
	s := &terminalSink{w: w, width: width, stop: make(chan struct{}), stopped: make(chan struct{})}
	go s.spin()
	return s
}

type terminalSink struct {
	mu      sync.Mutex
	w       io.Writer
	width   func() int
	running string // text of the running step
	detail  string
	frame   int
	seconds int
	stop    chan struct{}
	stopped chan struct{}
	once    sync.Once
}

const (
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	red    = "\x1b[31m"
	dim    = "\x1b[2m"
	plain  = "\x1b[0m"
	erase  = "\r\x1b[K"

	framesASecond = 8
	spinner       = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
)

func (s *terminalSink) Emit(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e.Kind {
	case KindStep:
		s.step(e)
		return
	case KindProgress:
		s.detail = e.Text
		if e.Total > 0 {
			s.detail = strings.TrimSpace(e.Text + " " + bar(e.Done, e.Total))
		}
		s.draw()
		return
	}
	fmt.Fprint(s.w, erase)
	switch e.Kind {
	case KindFinding:
		fmt.Fprintln(s.w, indent(colourOf(e)+" "+e.Text, "    "))
	case KindLog:
		fmt.Fprintln(s.w, dim+"    │ "+e.Text+plain)
	case KindError:
		fmt.Fprintln(s.w, red+e.Text+plain)
	default:
		fmt.Fprintln(s.w, e.Text)
	}
	s.draw()
}

func (s *terminalSink) step(e Event) {
	if e.State == Running {
		s.running, s.detail, s.seconds, s.frame = e.Text, "", 0, 0
		s.draw()
		return
	}
	s.running = ""
	fmt.Fprint(s.w, erase+"  "+colourOf(e)+" "+e.Text+"\n")
}

func colourOf(e Event) string {
	switch {
	case e.State == Done || e.Level == "ok":
		return green + "✔" + plain
	case e.State == Unchanged:
		return dim + "✔" + plain
	case e.Level == "warn":
		return yellow + "!" + plain
	}
	return red + "✘" + plain
}

func bar(done, total int64) string {
	const cells = 24
	full := int(min(done, total) * cells / total)
	return fmt.Sprintf("[%s%s] %3d%%", strings.Repeat("█", full), strings.Repeat("░", cells-full), min(done, total)*100/total)
}

func (s *terminalSink) draw() {
	if s.running == "" {
		return
	}
	frames := []rune(spinner)
	line := "  " + string(frames[s.frame%len(frames)]) + " " + s.running
	if s.seconds >= 2 {
		line += fmt.Sprintf(" %ds", s.seconds)
	}
	if s.detail != "" {
		line += "  " + s.detail
	}
	fmt.Fprint(s.w, erase+fit(line, s.width()-1))
}

func (s *terminalSink) spin() {
	defer close(s.stopped)
	tick := time.NewTicker(time.Second / framesASecond)
	defer tick.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-tick.C:
		}
		s.mu.Lock()
		s.frame++
		s.seconds = s.frame / framesASecond
		s.draw()
		s.mu.Unlock()
	}
}

func (s *terminalSink) Close() {
	s.once.Do(func() {
		close(s.stop)
		<-s.stopped
		s.mu.Lock()
		defer s.mu.Unlock()
		fmt.Fprint(s.w, erase)
	})
}

// fit cuts a line to a number of cells; a Chinese character takes two.
func fit(line string, cells int) string {
	used := 0
	for i, r := range line {
		wide := 1
		if r >= 0x1100 && (r <= 0x115f || r >= 0x2e80 && r <= 0xa4cf || r >= 0xac00 && r <= 0xd7a3 || r >= 0xf900 && r <= 0xfaff || r >= 0xfe30 && r <= 0xfe6f || r >= 0xff00 && r <= 0xff60) {
			wide = 2
		}
		if used += wide; used > cells {
			return line[:i]
		}
	}
	return line
}
