package message

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"dingban/app/mailin/message/charset"
	"dingban/app/mailin/message/header"
	"dingban/app/mailin/message/transfer"
)

// leaf is the part whose content is coming: its bytes go through the decoder into the sink.
type leaf struct {
	p       *parser
	decoder transfer.Decoder
	coded   bool // line ends mean nothing
	doubted bool // it says that it is Base64, and no line has shown yet whether it is
	to      io.Writer
	pending int // the line end that is held back: it may belong to the boundary
	crlf    [2]byte
	done    func(damaged bool) error
}

func (l *leaf) write(line piece) error {
	if l.doubted {
		if text := bytes.TrimSpace(line.text()); len(text) > 0 {
			l.doubted = false
			if prose(text) {
				l.p.problem(EncodingDamaged)
				l.decoder, l.coded = transfer.New("8bit", l.to), false
			}
		}
	}
	if l.coded {
		_, err := l.decoder.Write(line.raw)
		return err
	}
	if err := l.flush(); err != nil {
		return err
	}
	l.pending = line.end()
	copy(l.crlf[:], line.raw[len(line.raw)-l.pending:])
	_, err := l.decoder.Write(line.text())
	return err
}

func (l *leaf) flush() error {
	if l.pending == 0 {
		return nil
	}
	_, err := l.decoder.Write(l.crlf[:l.pending])
	l.pending = 0
	return err
}

// close ends the content. At the end of the mail, the last line end is part of it; and in a mail with parts, the boundary is
// missing, and with it perhaps more.
func (l *leaf) close(end bool) error {
	if end {
		if err := l.flush(); err != nil {
			return err
		}
	}
	if err := l.decoder.Close(); err != nil {
		return err
	}
	if l.decoder.Damaged() {
		l.p.problem(EncodingDamaged)
	}
	return l.done(l.decoder.Damaged() || end && len(l.p.levels) > 0)
}

func (p *parser) begin(encoding string, to io.Writer, done func(damaged bool) error) {
	p.leaf = &leaf{p: p, decoder: transfer.New(encoding, to), to: to, done: done}
	name := strings.ToLower(strings.TrimSpace(encoding))
	p.leaf.coded = strings.HasPrefix(name, "base64") || strings.HasPrefix(name, "b") && len(name) == 1
	p.state = inLeaf
}

// prose says that a line that should be Base64 is text: words with space between them, or many letters Base64 doesn't have.
func prose(line []byte) bool {
	foreign := 0
	for _, c := range line {
		if c >= 0x80 || bytes.IndexByte([]byte(",.:;!?<>()'\"&*@#%$"), c) >= 0 {
			foreign++
		}
	}
	return bytes.Count(line, []byte(" ")) >= 2 || foreign*4 > len(line)
}

// openLeaf decides what a part is and where its content goes.
func (p *parser) openLeaf(h *header.Header, contentType header.Value) error {
	encoding := h.First("content-transfer-encoding")
	disposition := header.Parameters(h.First("content-disposition"), h.Hint)
	name := disposition.Params["filename"]
	if name == "" {
		name = contentType.Params["name"]
	}
	part := p.describe(h, contentType, name, "")
	switch contentType.Value {
	case "text/plain", "text/html", "text/markdown", "text/x-markdown":
		attached := disposition.Value == "attachment" || name != "" && (len(p.levels) > 0 || disposition.Value != "")
		if !attached {
			return p.openText(contentType, part, encoding)
		}
	case "message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers":
		return p.openEnclosed(part, name, encoding)
	case "message/delivery-status", "message/global-delivery-status":
		return p.openReport(part, encoding, &p.report.Delivery)
	case "message/disposition-notification", "message/global-disposition-notification":
		return p.openReport(part, encoding, &p.report.Disposition)
	case "application/ms-tnef", "application/vnd.ms-tnef":
		return p.openTNEF(part, encoding)
	case "application/octet-stream":
		if strings.EqualFold(part.Name, "winmail.dat") {
			return p.openTNEF(part, encoding)
		}
	}
	return p.openFile(part, encoding)
}

// describe says what a file is.
func (p *parser) describe(h *header.Header, contentType header.Value, name string, kind Kind) Part {
	part := Part{
		Sent: name, Type: contentType.Value, Kind: kind, Container: MIME,
		ContentID: strings.Trim(header.Clean(h.First("content-id")), "<> "),
	}
	part.ContentID = part.ContentID[:min(len(part.ContentID), MaxName)]
	if strings.HasPrefix(contentType.Value, "text/") {
		part.Charset = charset.Canonical(contentType.Params["charset"])
	}
	if contentType.Value == "text/calendar" {
		part.Method = strings.ToUpper(contentType.Params["method"])
	}
	if part.Kind == "" {
		part.Kind = p.kindOf(h, contentType.Value, part.ContentID)
	}
	part.Name = SafeName(name, fallbackName(part))
	return part
}

func (p *parser) kindOf(h *header.Header, t, contentID string) Kind {
	parent := p.parent()
	switch t {
	case "text/calendar", "application/ics":
		return Calendar
	case "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature":
		return Signature
	case "application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted":
		return Encrypted
	case "message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers":
		return Enclosed
	case "message/delivery-status", "message/global-delivery-status", "message/disposition-notification", "message/global-disposition-notification", "message/feedback-report":
		return Report
	}
	switch {
	case parent != nil && parent.kind == "encrypted":
		return Encrypted
	case strings.HasPrefix(t, "image/") && contentID != "" && (parent != nil && parent.kind == "related" || !strings.HasPrefix(strings.ToLower(h.First("content-disposition")), "attachment")):
		return Inline
	case parent != nil && parent.kind == "related" && contentID != "":
		return Inline
	case parent != nil && parent.kind == "alternative" && strings.HasPrefix(t, "text/"):
		return Text
	}
	return File
}

// spool opens the place for a file.
func (p *parser) spool(part Part) (*file, error) {
	part.Index = len(p.files)
	p.files = append(p.files, Attachment{Part: part})
	f := &file{p: p, at: part.Index}
	if p.opts.Spool == nil {
		return f, nil
	}
	to, err := p.opts.Spool(part)
	if err != nil {
		return nil, fmt.Errorf("message: spool %d: %w", part.Index, err)
	}
	f.to = to
	return f, nil
}

// file is a file whose content is coming.
type file struct {
	p  *parser
	at int
	to io.Writer
}

func (f *file) Write(b []byte) (int, error) {
	f.p.files[f.at].Size += int64(len(b))
	if f.to == nil || len(b) == 0 {
		return len(b), nil
	}
	n, err := f.to.Write(b)
	if err != nil {
		return n, fmt.Errorf("message: spool %d: %w", f.at, err)
	}
	return n, nil
}

func (f *file) close(damaged bool) error {
	f.p.files[f.at].Damaged = damaged
	if c, ok := f.to.(io.Closer); ok {
		if err := c.Close(); err != nil {
			return fmt.Errorf("message: spool %d: %w", f.at, err)
		}
	}
	return nil
}

// openFile streams a part into the spool.
func (p *parser) openFile(part Part, encoding string) error {
	f, err := p.spool(part)
	if err != nil {
		return err
	}
	p.begin(encoding, f, f.close)
	return nil
}

// held gathers a part in memory up to a limit; what goes beyond is spooled as a file from its beginning.
type held struct {
	p     *parser
	part  Part
	limit int
	buf   bytes.Buffer
	over  *file
}

func (h *held) Write(b []byte) (int, error) {
	if h.over != nil {
		return h.over.Write(b)
	}
	if h.buf.Len()+len(b) <= h.limit {
		return h.buf.Write(b)
	}
	if err := h.spill(); err != nil {
		return 0, err
	}
	return h.over.Write(b)
}

// spill spools what is held.
func (h *held) spill() error {
	f, err := h.p.spool(h.part)
	if err != nil {
		return err
	}
	h.over = f
	_, err = f.Write(h.buf.Bytes())
	return err
}

// openText holds a text to be shown.
func (p *parser) openText(contentType header.Value, part Part, encoding string) error {
	n := &node{leaf: true, html: contentType.Value == "text/html", id: part.ContentID}
	p.attach(n)
	part.Kind = Text
	h := &held{p: p, part: part, limit: p.textLeft}
	flowed := strings.EqualFold(contentType.Params["format"], "flowed")
	delSp := strings.EqualFold(contentType.Params["delsp"], "yes")
	p.begin(encoding, h, func(damaged bool) error {
		raw := h.buf.Bytes()
		if h.over != nil {
			p.problem(TextCut)
			if err := h.over.close(damaged); err != nil {
				return err
			}
		}
		p.textLeft -= len(raw)
		label := contentType.Params["charset"]
		if label == "" && n.html {
			label = metaCharset(raw)
		}
		text := p.decode(label, raw)
		n.html = n.html || contentType.Value == "text/plain" && looksLikeHTML(text)
		var err error
		if n.html {
			n.text, err = p.pictures(text)
		} else {
			n.text, err = p.plain(text, flowed, delSp)
		}
		return err
	})
	p.leaf.doubted = p.leaf.coded
	return nil
}

// openReport keeps a part for machines as a file, and its beginning to be read.
func (p *parser) openReport(part Part, encoding string, into *[]byte) error {
	f, err := p.spool(part)
	if err != nil {
		return err
	}
	head := &beginning{limit: MaxReport}
	p.begin(encoding, io.MultiWriter(f, head), func(damaged bool) error {
		// Some servers put prose into a first report and the fields into a second.
		if len(*into) < MaxReport {
			*into = append(append(*into, "\n\n"...), head.buf...)
		}
		return f.close(damaged)
	})
	return nil
}

// beginning keeps the first bytes.
type beginning struct {
	buf   []byte
	limit int
}

func (b *beginning) Write(p []byte) (int, error) {
	b.buf = append(b.buf, p[:min(len(p), b.limit-len(b.buf))]...)
	return len(p), nil
}
