// Package tnef opens winmail.dat, the container in which Outlook and Exchange wrap the rich part of a mail (MS-OXTNEF): attachments
// with their names, the body as HTML or as compressed RTF (MS-OXRTFCP). A stream that is cut or damaged gives what could be read.
package tnef

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"

	"dingban/app/mailin/message/charset"
)

// Bounds of one stream.
const (
	// MaxAttachments is the most attachments that are taken out.
	MaxAttachments = 1000
	// MaxProperties is the most MAPI properties of one block that are read.
	MaxProperties = 10_000
	// MaxRTF is the most that compressed RTF may become.
	MaxRTF = 16 << 20
)

// Errors; they are wrapped.
var (
	// ErrFormat says that the bytes are no TNEF stream at all.
	ErrFormat = errors.New("tnef: not a TNEF stream")
	// ErrDamaged says that the stream ends early or contradicts itself; what was read before is given.
	ErrDamaged = errors.New("tnef: damaged stream")
)

// Attachment is one file of a stream. Data is a part of the stream, not a copy.
type Attachment struct {
	Name      string
	Type      string // media type, often empty
	ContentID string
	Data      []byte
	// Message says that the file is a mail embedded as another TNEF stream.
	Message bool
}

// Stream is what a winmail.dat holds.
type Stream struct {
	Subject      string
	Text         string // plain body
	HTML         string // HTML body
	RTF          []byte // body as RTF, decompressed
	MessageClass string
	Attachments  []Attachment
}

const signature = 0x223E9F78

// Attribute ids (MS-OXTNEF 2.1.2), their type in the upper half.
const (
	attSubject         = 0x00018004
	attBody            = 0x0002800C
	attMessageClass    = 0x00078008
	attOemCodepage     = 0x00069007
	attMsgProps        = 0x00069003
	attAttachRendering = 0x00069002
	attAttachTitle     = 0x00018010
	attAttachData      = 0x0006800F
	attAttachment      = 0x00069005
)

// MAPI properties (MS-OXPROPS).
const (
	prSubject          = 0x0037
	prBody             = 0x1000
	prRTFCompressed    = 0x1009
	prBodyHTML         = 0x1013
	prDisplayName      = 0x3001
	prAttachData       = 0x3701
	prAttachFilename   = 0x3704
	prAttachLong       = 0x3707
	prAttachMime       = 0x370E
	prAttachContentID  = 0x3712
	prInternetCodepage = 0x3FDE
)

type reader struct {
	stream   Stream
	label    string // charset of eight-bit strings
	htmlPage string // charset of the HTML body
	html     []byte
	current  *Attachment
	title    string
}

// Parse opens a stream. With ErrDamaged it gives what it could read; with ErrFormat nothing.
func Parse(raw []byte) (*Stream, error) {
	if len(raw) < 6 || binary.LittleEndian.Uint32(raw) != signature {
		return nil, ErrFormat
	}
	r := &reader{}
	err := r.attributes(raw[6:])
	r.finish()
	if r.html != nil {
		r.stream.HTML, _ = charset.Decode(r.htmlPage, r.html)
	}
	return &r.stream, err
}

// attributes reads one after another: level, id, length, data, checksum.
func (r *reader) attributes(raw []byte) error {
	for len(raw) > 0 {
		if len(raw) < 9 {
			if strings.Trim(string(raw), "\x00\r\n") == "" {
				return nil
			}
			return fmt.Errorf("%w: %d bytes after the last attribute", ErrDamaged, len(raw))
		}
		level, id, size := raw[0], binary.LittleEndian.Uint32(raw[1:]), int64(binary.LittleEndian.Uint32(raw[5:]))
		if level != 1 && level != 2 {
			return fmt.Errorf("%w: level %d", ErrDamaged, level)
		}
		raw = raw[9:]
		if size > int64(len(raw)) {
			// The last file of a cut stream is still worth having.
			if id == attAttachData {
				r.take(id, raw)
			}
			return fmt.Errorf("%w: an attribute of %d bytes, %d are left", ErrDamaged, size, len(raw))
		}
		r.take(id, raw[:size])
		// The checksum is of no use against damage in mail: several senders write zero.
		raw = raw[min(int64(len(raw)), size+2):]
	}
	return nil
}

func (r *reader) take(id uint32, data []byte) {
	switch id {
	case attOemCodepage:
		if len(data) >= 4 {
			r.label = codepage(binary.LittleEndian.Uint32(data))
		}
	case attSubject:
		r.stream.Subject = r.text(data)
	case attBody:
		r.stream.Text = r.text(data)
	case attMessageClass:
		r.stream.MessageClass = r.text(data)
	case attMsgProps:
		properties(data, r.messageProperty)
	case attAttachRendering:
		r.finish()
		if len(r.stream.Attachments) < MaxAttachments {
			r.current = &Attachment{}
		}
	case attAttachTitle:
		r.title = r.text(data)
	case attAttachData:
		if r.current != nil {
			r.current.Data = data
		}
	case attAttachment:
		if r.current != nil {
			properties(data, r.attachmentProperty)
		}
	}
}

// finish puts the attachment that was being read into the list.
func (r *reader) finish() {
	if r.current == nil {
		return
	}
	if r.current.Name == "" {
		r.current.Name = r.title
	}
	r.stream.Attachments = append(r.stream.Attachments, *r.current)
	r.current, r.title = nil, ""
}

func (r *reader) messageProperty(id, kind uint16, value []byte) {
	switch id {
	case prInternetCodepage:
		if len(value) >= 4 {
			r.htmlPage = codepage(binary.LittleEndian.Uint32(value))
		}
	case prSubject:
		r.stream.Subject = r.propertyText(kind, value)
	case prBody:
		if text := r.propertyText(kind, value); text != "" {
			r.stream.Text = text
		}
	case prBodyHTML:
		if kind == typeBinary {
			r.html = value
		} else {
			r.stream.HTML = r.propertyText(kind, value)
		}
	case prRTFCompressed:
		if r.stream.RTF == nil {
			// Damaged RTF gives what came before the damage, which is better than no body.
			r.stream.RTF, _ = Decompress(value)
		}
	}
}

func (r *reader) attachmentProperty(id, kind uint16, value []byte) {
	a := r.current
	switch id {
	case prAttachLong:
		a.Name = r.propertyText(kind, value)
	case prAttachFilename, prDisplayName:
		if a.Name == "" {
			a.Name = r.propertyText(kind, value)
		}
	case prAttachMime:
		a.Type = strings.ToLower(r.propertyText(kind, value))
	case prAttachContentID:
		a.ContentID = strings.Trim(r.propertyText(kind, value), "<>")
	case prAttachData:
		if kind == typeObject && len(value) > 16 {
			// An embedded object begins with the id of its interface.
			a.Data = value[16:]
			a.Message = len(a.Data) >= 4 && binary.LittleEndian.Uint32(a.Data) == signature
		} else if kind == typeBinary && len(a.Data) == 0 {
			a.Data = value
		}
	}
}

func (r *reader) propertyText(kind uint16, value []byte) string {
	switch kind {
	case typeUnicode:
		return wide(value)
	case typeString:
		return r.text(value)
	default:
		return ""
	}
}

// text decodes an eight-bit string, which ends with a zero.
func (r *reader) text(raw []byte) string {
	for len(raw) > 0 && raw[len(raw)-1] == 0 {
		raw = raw[:len(raw)-1]
	}
	s, _ := charset.Decode(r.label, raw)
	return s
}

// wide decodes UTF-16, little-endian, which ends with a zero.
func wide(raw []byte) string {
	units := make([]uint16, 0, len(raw)/2)
	for i := 0; i+1 < len(raw); i += 2 {
		u := binary.LittleEndian.Uint16(raw[i:])
		if u == 0 {
			break
		}
		units = append(units, u)
	}
	return string(utf16.Decode(units))
}

// codepage is the label of a Windows code page.
func codepage(n uint32) string {
	switch n {
	case 936, 54936, 20936:
		return "gb18030"
	case 950:
		return "big5"
	case 932:
		return "shift_jis"
	case 949:
		return "euc-kr"
	case 65001:
		return "utf-8"
	case 65000:
		return "utf-7"
	case 20866:
		return "koi8-r"
	case 50220, 50221, 50222:
		return "iso-2022-jp"
	case 52936:
		return "hz-gb-2312"
	}
	switch {
	case n >= 1250 && n <= 1258:
		return fmt.Sprintf("windows-%d", n)
	case n > 28590 && n < 28606:
		return fmt.Sprintf("iso-8859-%d", n-28590)
	default:
		return ""
	}
}
