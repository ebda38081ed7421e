package message

import (
	"bytes"
	"strings"

	"dingban/app/mailin/message/charset"
	"dingban/app/mailin/message/clean"
	"dingban/app/mailin/message/header"
	"dingban/app/mailin/message/rtf"
	"dingban/app/mailin/message/tnef"
	"dingban/app/mailin/message/transfer"
)

// decode makes text of a body. Where nothing else tells, the charset it is in is that of raw text in the header.
func (p *parser) decode(label string, raw []byte) string {
	text, used := charset.Decode(label, raw)
	if !charset.Known(label) {
		p.problem(CharsetUnknown)
	}
	if p.top.Hint == "" && used != charset.UTF8 {
		p.top.Hint = used
	}
	text = strings.TrimPrefix(text, "\ufeff")
	if strings.IndexByte(text, '\r') >= 0 {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	}
	return strings.ReplaceAll(text, "\x00", "")
}

// metaCharset is the charset that HTML says it is in, where the mail doesn't say.
func metaCharset(raw []byte) string {
	head := bytes.ToLower(raw[:min(len(raw), 2048)])
	meta := bytes.Index(head, []byte("<meta"))
	if meta < 0 {
		return ""
	}
	_, after, found := bytes.Cut(head[meta:], []byte("charset="))
	if !found {
		return ""
	}
	label := bytes.TrimLeft(after, `"' `)
	if end := bytes.IndexAny(label, "\"'> ;/\r\n"); end >= 0 {
		label = label[:end]
	}
	return string(label[:min(len(label), 40)])
}

// looksLikeHTML finds HTML that is labelled as plain text.
func looksLikeHTML(text string) bool {
	head := strings.ToLower(strings.TrimSpace(text[:min(len(text), 512)]))
	return strings.HasPrefix(head, "<!doctype html") || strings.HasPrefix(head, "<html")
}

// plain undoes format=flowed and takes uuencoded files out of a text.
func (p *parser) plain(text string, flowed, delSp bool) (string, error) {
	text, err := p.uuFiles(text)
	if err != nil {
		return "", err
	}
	if flowed {
		text = clean.Flowed(text, delSp)
	}
	return text, nil
}

// uuFiles takes out files that stand in a text as mail programs put them there before there was MIME.
func (p *parser) uuFiles(text string) (string, error) {
	if !strings.Contains(text, "begin ") {
		return text, nil
	}
	var out strings.Builder
	for text != "" {
		line, rest, _ := strings.Cut(text, "\n")
		_, name, ok := transfer.UUBegin(line)
		if first, _, _ := strings.Cut(rest, "\n"); !ok || !fullUULine(first) || len(p.files) >= MaxParts {
			out.WriteString(text[:len(text)-len(rest)])
			text = rest
			continue
		}
		var err error
		if text, err = p.uuFile(name, rest); err != nil {
			return "", err
		}
	}
	return out.String(), nil
}

// fullUULine says that a line has the length it says it has: prose that begins with "begin 644" does not.
func fullUULine(line string) bool {
	if len(line) < 2 || line[0] <= ' ' || line[0] > '_' {
		return false
	}
	letters := (int(line[0]-' ')&63 + 2) / 3 * 4
	return len(line)-1 >= letters-3 && len(line)-1 <= letters+2 && strings.IndexFunc(line, func(r rune) bool { return r < ' ' || r > '`' }) < 0
}

// uuFile takes one file, up to "end" or to the first line that can't be part of it, and gives back what follows.
func (p *parser) uuFile(name, text string) (string, error) {
	name = header.Words(name, "")
	f, err := p.spool(Part{Name: SafeName(name, "file.bin"), Sent: name, Type: "application/octet-stream", Kind: File, Container: UU})
	if err != nil {
		return "", err
	}
	damaged := true
	var buf []byte
	for text != "" {
		line, rest, _ := strings.Cut(text, "\n")
		if transfer.UUEnd(line) {
			damaged, text = false, rest
			break
		}
		if line != "" && line != "`" && line != " " && !fullUULine(strings.TrimRight(line, " ")) && !fullUULine(line) {
			break
		}
		text = rest
		buf, _ = transfer.UULine(buf[:0], []byte(line))
		if _, err := f.Write(buf); err != nil {
			return "", err
		}
	}
	if damaged {
		p.problem(EncodingDamaged)
	}
	return text, f.close(damaged)
}

// enclosed streams an enclosed mail into the spool, once its header, which may name the file, is there.
type enclosed struct {
	p     *parser
	part  Part
	named bool
	buf   []byte
	to    *file
}

func (e *enclosed) Write(b []byte) (int, error) {
	if e.to != nil {
		return e.to.Write(b)
	}
	before := max(0, len(e.buf)-3)
	e.buf = append(e.buf, b...)
	if recent := e.buf[before:]; len(e.buf) < MaxReport && !bytes.Contains(recent, []byte("\n\n")) && !bytes.Contains(recent, []byte("\n\r\n")) {
		return len(b), nil
	}
	return len(b), e.open()
}

func (e *enclosed) open() error {
	head := headOf(e.buf, e.p.opts)
	if !e.named && head.Subject != "" {
		e.part.Name = SafeName(head.Subject+".eml", e.part.Name)
	}
	f, err := e.p.spool(e.part)
	if err != nil {
		return err
	}
	e.p.files[f.at].Enclosed = head
	if e.p.report.OriginalID == "" {
		e.p.report.OriginalID = head.ID
	}
	e.to = f
	_, err = f.Write(e.buf)
	e.buf = nil
	return err
}

func headOf(raw []byte, o Options) *Head {
	raw = bytes.TrimLeft(raw, "\r\n")
	if line, rest, found := bytes.Cut(raw, []byte("\n")); found && fromLine(line) {
		raw = rest
	}
	h, _ := header.Parse(raw)
	h.Hint = header.Parameters(h.First("content-type"), "").Params["charset"]
	head := &Head{Subject: h.Text("subject"), From: header.Addresses(h.First("from"), h.Hint)}
	if ids := header.MessageIDs(h.First("message-id")); len(ids) > 0 {
		head.ID = ids[0]
	}
	head.Date, _ = header.Date(h.First("date"), o.Zone)
	return head
}

func (p *parser) openEnclosed(part Part, name, encoding string) error {
	e := &enclosed{p: p, part: part, named: name != ""}
	p.begin(encoding, e, func(damaged bool) error {
		if e.to == nil {
			if err := e.open(); err != nil {
				return err
			}
		}
		return e.to.close(damaged)
	})
	return nil
}

// openTNEF holds a winmail.dat and takes its files and its text out. One that can't be opened stays a file.
func (p *parser) openTNEF(part Part, encoding string) error {
	h := &held{p: p, part: part, limit: MaxContainer}
	n := &node{leaf: true}
	p.attach(n)
	p.begin(encoding, h, func(damaged bool) error {
		if h.over != nil {
			return h.over.close(damaged)
		}
		stream, err := tnef.Parse(h.buf.Bytes())
		many := stream != nil && len(p.files)+len(stream.Attachments) > MaxFiles
		if err != nil || many {
			// Nothing is lost: what could be read is taken out, and the container stays beside it.
			if many {
				p.problem(TooManyParts)
				stream.Attachments = nil
			} else {
				p.problem(TNEFDamaged)
			}
			if err := h.spill(); err != nil {
				return err
			}
			if err := h.over.close(damaged || !many); err != nil {
				return err
			}
		}
		if stream == nil {
			return nil
		}
		p.tnefText(n, stream)
		for _, a := range stream.Attachments {
			if err := p.tnefFile(a); err != nil {
				return err
			}
		}
		return nil
	})
	return nil
}

// tnefText gives the text of a winmail.dat to the tree; it is shown only if the mail has no text of its own.
func (p *parser) tnefText(n *node, s *tnef.Stream) {
	n.spare = true
	switch {
	case strings.TrimSpace(s.HTML) != "":
		n.text, n.html = s.HTML, true
	case len(s.RTF) > 0:
		n.text, n.html = rtf.Body(s.RTF)
	default:
		n.text = s.Text
	}
	if strings.TrimSpace(n.text) == "" {
		n.text, n.html = s.Text, false
	}
	if len(n.text) > p.textLeft {
		n.text = strings.ToValidUTF8(n.text[:p.textLeft], "")
		p.problem(TextCut)
	}
	n.text = strings.ReplaceAll(strings.ReplaceAll(n.text, "\r\n", "\n"), "\x00", "")
	p.textLeft -= len(n.text)
}

func (p *parser) tnefFile(a tnef.Attachment) error {
	sent := header.Clean(a.Name)
	part := Part{Sent: sent, Type: a.Type, Kind: File, Container: TNEF, ContentID: header.Clean(a.ContentID)}
	if part.Type == "" || !strings.Contains(part.Type, "/") {
		part.Type = "application/octet-stream"
	}
	var head *Head
	if a.Message {
		part.Type, part.Kind = "application/ms-tnef", Enclosed
		head = &Head{}
		if inner, _ := tnef.Parse(a.Data); inner != nil {
			head.Subject = header.Clean(inner.Subject)
		}
		sent += ".tnef"
	} else if part.ContentID != "" && strings.HasPrefix(part.Type, "image/") {
		part.Kind = Inline
	}
	part.Name = SafeName(sent, fallbackName(part))
	f, err := p.spool(part)
	if err != nil {
		return err
	}
	p.files[f.at].Enclosed = head
	if _, err := f.Write(a.Data); err != nil {
		return err
	}
	return f.close(false)
}
