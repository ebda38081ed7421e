package message

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"dingban/app/mailin/message/header"
	"dingban/app/mailin/message/origin"
)

// state is what the next line is.
type state int

const (
	inHeader state = iota
	inLeaf
	inPreamble
	inEpilogue
)

// level is an open multipart.
type level struct {
	boundary []byte // nil until the first line that looks like one, if the mail does not name it
	node     *node
	kind     string // the type behind "multipart/"
	parts    int
	closed   bool
	preamble []byte
	protocol string // of multipart/encrypted
}

type parser struct {
	in       *lines
	opts     Options
	state    state
	top      *header.Header // of the mail
	head     *header.Header // being read
	headSkip bool           // the rest of a header line that is too long
	levels   []*level
	leaf     *leaf
	root     *node
	parts    int
	textLeft int
	files    []Attachment
	report   origin.Parts
	problems map[Code]int
	first    bool // no line has been read
}

func newParser(r io.Reader, o Options) *parser {
	return &parser{
		in: newLines(r, o.MaxSize), opts: o, top: &header.Header{}, head: nil, textLeft: MaxText, problems: map[Code]int{}, first: true,
	}
}

func (p *parser) problem(c Code) { p.problems[c]++ }

// run reads the mail to its end.
func (p *parser) run() error {
	p.head = p.top
	for {
		line, err := p.in.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if err := p.take(line); err != nil {
			return err
		}
	}
	if p.state == inHeader && p.head != nil {
		if err := p.endHeader(); err != nil {
			return err
		}
	}
	return p.unwind(0, true)
}

// take reads one line, or a piece of one.
func (p *parser) take(line piece) error {
	if line.begin && len(line.raw) > 2 && line.raw[0] == '-' && line.raw[1] == '-' && len(p.levels) > 0 {
		if at, last := p.boundary(line.text()); at >= 0 {
			return p.divide(at, last)
		}
	}
	switch p.state {
	case inHeader:
		return p.headerLine(line)
	case inLeaf:
		return p.leaf.write(line)
	case inPreamble:
		l := p.levels[len(p.levels)-1]
		if len(l.preamble) < MaxReport {
			l.preamble = append(l.preamble, line.raw...)
		}
	case inEpilogue:
		if len(bytes.TrimSpace(line.raw)) > 0 {
			p.problem(AfterEnd)
		}
	}
	return nil
}

// headerLine takes a line of a header. Marks of mailbox files and empty lines before the header are skipped.
func (p *parser) headerLine(line piece) error {
	text := line.text()
	if p.first {
		text = bytes.TrimPrefix(text, []byte("\ufeff"))
		if len(text) == 0 || fromLine(text) {
			return nil
		}
		p.first = false
	}
	if !line.begin {
		p.head.Cut = true
		p.headSkip = !line.ends
		return nil
	}
	if p.head.Line(text) {
		return nil
	}
	if err := p.endHeader(); err != nil {
		return err
	}
	if len(text) > 0 {
		// The line belongs to the body already.
		return p.take(line)
	}
	return nil
}

// fromLine says that a line is the mark of a mailbox file.
func fromLine(line []byte) bool {
	return bytes.HasPrefix(line, []byte("From ")) || bytes.HasPrefix(line, []byte(">From "))
}

// boundary finds the open multipart that a line divides, the innermost first.
func (p *parser) boundary(line []byte) (at int, last bool) {
	line = bytes.TrimRight(line[2:], " \t")
	for i := len(p.levels) - 1; i >= 0; i-- {
		l := p.levels[i]
		if l.boundary == nil {
			// The multipart does not say what divides it: the first line that could.
			if i != len(p.levels)-1 || p.state != inPreamble || len(line) == 0 || len(line) > maxBoundary || bytes.ContainsAny(line, " \t") {
				continue
			}
			l.boundary = bytes.Clone(line)
			return i, false
		}
		rest, ok := bytes.CutPrefix(line, l.boundary)
		if !ok {
			continue
		}
		if len(rest) == 0 {
			return i, false
		}
		if len(rest) >= 2 && rest[0] == '-' && rest[1] == '-' && len(bytes.TrimSpace(rest[2:])) == 0 {
			return i, true
		}
	}
	return -1, false
}

// divide ends what is open inside of a multipart and begins its next part.
func (p *parser) divide(at int, last bool) error {
	if p.state == inHeader {
		if err := p.endHeader(); err != nil {
			return err
		}
	}
	if err := p.unwind(at+1, false); err != nil {
		return err
	}
	l := p.levels[at]
	l.closed = last
	if last {
		p.state = inEpilogue
		return nil
	}
	l.parts++
	if p.parts++; p.parts > MaxParts {
		// All that is left is one file.
		p.problem(TooManyParts)
		p.levels = nil
		return p.openFile(Part{Name: "rest.mime", Type: "application/octet-stream", Kind: Text, Container: MIME}, "8bit")
	}
	p.state, p.head, p.headSkip = inHeader, &header.Header{}, false
	return nil
}

// unwind closes the open leaf and the multiparts down to a depth.
func (p *parser) unwind(depth int, end bool) error {
	if p.leaf != nil {
		leaf := p.leaf
		p.leaf = nil
		if err := leaf.close(end); err != nil {
			return err
		}
	}
	for len(p.levels) > depth {
		l := p.levels[len(p.levels)-1]
		p.levels = p.levels[:len(p.levels)-1]
		switch {
		case l.parts == 0 && !l.closed:
			p.problem(BoundaryMissing)
			p.loose(l)
		case !l.closed:
			p.problem(Unclosed)
		}
	}
	return nil
}

// loose takes the text of a multipart that has no parts.
func (p *parser) loose(l *level) {
	raw := l.preamble
	if len(bytes.TrimSpace(raw)) == 0 {
		return
	}
	if len(raw) >= MaxReport {
		p.problem(TextCut)
	}
	text := p.decode("", raw)
	l.node.children = append(l.node.children, &node{leaf: true, text: text, html: looksLikeHTML(text)})
}

// endHeader begins what a header describes.
func (p *parser) endHeader() error {
	h := p.head
	h.End()
	p.head = nil
	if h.Cut {
		p.problem(HeaderCut)
	}
	parent := p.parent()
	contentType := header.Parameters(h.First("content-type"), "")
	h.Hint = contentType.Params["charset"]
	if label := h.Hint; label != "" {
		contentType = header.Parameters(h.First("content-type"), label)
	}
	contentType.Value = mediaType(contentType.Value, parent)
	if kind, ok := strings.CutPrefix(contentType.Value, "multipart/"); ok {
		if kind == "" {
			kind = "mixed"
		}
		if len(p.levels) < MaxDepth {
			p.openMultipart(kind, contentType)
			return nil
		}
		p.problem(TooDeep)
		return p.openFile(p.describe(h, contentType, "deep.mime", Text), h.First("content-transfer-encoding"))
	}
	return p.openLeaf(h, contentType)
}

func (p *parser) parent() *level {
	if len(p.levels) == 0 {
		return nil
	}
	return p.levels[len(p.levels)-1]
}

// mediaType mends the types of parts that say none or say it wrongly.
func mediaType(t string, parent *level) string {
	t = strings.TrimRight(strings.TrimSpace(t), "; ")
	switch {
	case t == "" && parent != nil && parent.kind == "digest":
		return "message/rfc822"
	case t == "", t == "text", t == "text/text", t == "plain", t == "text/ascii", t == "plain/text", t == "text/plain/text":
		return "text/plain"
	case t == "html", t == "text/xhtml", t == "application/xhtml+xml":
		return "text/html"
	case !strings.Contains(t, "/") || strings.ContainsAny(t, " \t\"<>@,"):
		return "application/octet-stream"
	}
	return t
}

func (p *parser) openMultipart(kind string, contentType header.Value) {
	l := &level{kind: kind, node: &node{kind: kind, start: strings.Trim(contentType.Params["start"], "<> ")}, protocol: contentType.Params["protocol"]}
	if b := strings.TrimRight(contentType.Params["boundary"], " \t"); b != "" && len(b) <= maxBoundary {
		l.boundary = []byte(b)
	}
	if kind == "report" && len(p.levels) == 0 {
		p.report.ReportType = strings.ToLower(contentType.Params["report-type"])
	}
	p.attach(l.node)
	p.levels = append(p.levels, l)
	p.state = inPreamble
}

// attach puts a node into the tree.
func (p *parser) attach(n *node) {
	if parent := p.parent(); parent != nil {
		parent.node.children = append(parent.node.children, n)
	} else if p.root == nil {
		p.root = n
	}
}

// result is the mail, once it is read.
func (p *parser) result() *Message {
	h := p.top
	zone := p.opts.Zone
	m := &Message{
		InReplyTo:  header.MessageIDs(h.First("in-reply-to")),
		References: header.MessageIDs(h.First("references")),
		From:       p.addresses("from"),
		Sender:     p.addresses("sender"),
		ReplyTo:    p.addresses("reply-to"),
		To:         p.addresses("to"),
		Cc:         p.addresses("cc"),
		Subject:    h.Text("subject"),
		Size:       p.in.size,
		Header:     h,
	}
	m.DeliveredTo = p.addresses("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to", "x-rcpt-to", "resent-to", "x-real-to")
	if ids := header.MessageIDs(h.First("message-id")); len(ids) > 0 {
		m.ID = ids[0]
	}
	if len(m.From) == 0 {
		p.problem(NoSender)
		m.From = m.Sender
	}
	if len(m.From) > 1 || len(h.All("from")) > 1 {
		p.problem(ManySenders)
	}
	date, ok := header.Date(h.Text("date"), zone)
	if !ok {
		p.problem(NoDate)
		received := h.First("received")
		date, _ = header.Date(received[strings.LastIndexByte(received, ';')+1:], zone)
	}
	m.Date = date
	writer := ""
	if len(m.From) > 0 {
		writer = m.From[0].Name
	}
	m.Body = p.body(m.Subject, writer)
	m.Attachments = p.files
	m.Origin = origin.Judge(h, p.report, p.opts.Own)
	m.Auth = origin.Authenticated(h, p.opts.TrustedServers)
	for code, count := range p.problems {
		m.Problems = append(m.Problems, Problem{Code: code, Count: count})
	}
	slices.SortFunc(m.Problems, func(a, b Problem) int { return strings.Compare(string(a.Code), string(b.Code)) })
	return m
}

// addresses reads all fields of the names, each address once.
func (p *parser) addresses(names ...string) []header.Address {
	var all []header.Address
	seen := map[string]bool{}
	for _, name := range names {
		for _, raw := range p.top.All(name) {
			for _, a := range header.Addresses(raw, p.top.Hint) {
				if key := strings.ToLower(a.Addr); !seen[key] && len(all) < header.MaxAddresses {
					seen[key] = true
					all = append(all, a)
				}
			}
		}
	}
	return all
}
