package message

import (
	"fmt"
	"strings"

	"dingban/app/mailin/message/transfer"
)

// minPicture is the shortest picture within HTML that is worth a file, in letters of Base64; shorter ones are spacers.
const minPicture = 256

// pictures takes pictures out of HTML that holds them within itself (data:image/png;base64,…), as editors of web mail leave what is
// pasted into them. They become files like those that come beside the HTML, and the HTML refers to them by their Content-ID.
func (p *parser) pictures(html string) (string, error) {
	const mark = "data:image/"
	if !strings.Contains(html, mark) {
		return html, nil
	}
	var out strings.Builder
	out.Grow(len(html) / 2)
	for len(p.files) < MaxParts {
		at := strings.Index(html, mark)
		if at < 0 {
			break
		}
		subtype, payload, end, ok := dataPicture(html, at+len(mark))
		if !ok {
			out.WriteString(html[:at+len(mark)])
			html = html[at+len(mark):]
			continue
		}
		id, err := p.picture("image/"+subtype, payload)
		if err != nil {
			return "", err
		}
		out.WriteString(html[:at])
		out.WriteString("cid:" + id)
		html = html[end:]
	}
	out.WriteString(html)
	return out.String(), nil
}

// dataPicture reads "png;base64,…" up to the quote that ends the attribute, which the letter before "data:" began.
func dataPicture(html string, at int) (subtype, payload string, end int, ok bool) {
	before := at - len("data:image/") - 1
	if before < 0 || html[before] != '"' && html[before] != '\'' {
		return "", "", 0, false
	}
	head := html[at:min(len(html), at+40)]
	subtype, _, found := strings.Cut(head, ";base64,")
	if !found || subtype == "" || strings.Trim(subtype, "abcdefghijklmnopqrstuvwxyz0123456789-+.") != "" || strings.Contains(subtype, "svg") {
		return "", "", 0, false
	}
	start := at + len(subtype) + len(";base64,")
	length := strings.IndexByte(html[start:], html[before])
	if length < minPicture {
		return "", "", 0, false
	}
	return subtype, html[start : start+length], start + length, true
}

// picture spools one picture and gives the Content-ID it goes by.
func (p *parser) picture(mediaType, payload string) (string, error) {
	part := Part{Type: mediaType, Kind: Inline, Container: Data, ContentID: fmt.Sprintf("data-%d@inline", len(p.files))}
	part.Name = fallbackName(part)
	f, err := p.spool(part)
	if err != nil {
		return "", err
	}
	d := transfer.New("base64", f)
	// In pieces, so that no copy of the whole is made.
	const piece = 64 << 10
	for payload != "" {
		n := min(len(payload), piece)
		if _, err := d.Write([]byte(payload[:n])); err != nil {
			return "", err
		}
		payload = payload[n:]
	}
	if err := d.Close(); err != nil {
		return "", err
	}
	return part.ContentID, f.close(d.Damaged())
}
