// Package message turns the bytes of an e-mail into what a task needs: who wrote, to whom, about what, which mail it answers, the
// text with what is new in it told from what is quoted, and every file that came along. Mail is read as it comes, not as RFC 5322
// and MIME say it should be: only a mail that is too large, a reader that fails and a spool that fails are errors; all else that is
// wrong is told by Problems beside what could be read.
//
// A mail is read once, from front to end. Files are streamed to a Spool, so that a mail of any size takes the memory of its text.
// Nothing here does input or output of its own.
package message

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"dingban/app/mailin/message/header"
	"dingban/app/mailin/message/origin"
	"dingban/app/mailin/message/quote"
)

// Bounds of one mail. What lies beyond is kept in one piece, as a file, or counted in Problems. Those of headers, RTF, TNEF and HTML
// stand in their packages.
const (
	// MaxSize is the largest mail that is read unless Options say otherwise.
	MaxSize = 256 << 20
	// MaxDepth is the deepest nesting of multiparts; a deeper one is kept as one file.
	MaxDepth = 20
	// MaxParts is the most parts; what follows the last is kept as one file.
	MaxParts = 1000
	// MaxFiles is the most files of a mail: its parts, and what is taken out of containers. A container with more stays closed.
	MaxFiles = 2 * MaxParts
	// MaxText is the most text that is held of all text parts together; a text that goes beyond is kept as a file, too.
	MaxText = 8 << 20
	// MaxContainer is the largest winmail.dat that is opened; a larger one is kept as a file.
	MaxContainer = 64 << 20
	// MaxReport is the most of a delivery report, or of the header of an enclosed mail, that is read.
	MaxReport = 256 << 10
	// MaxName is the longest name of a file, in bytes.
	MaxName = 200
	// maxBoundary is the longest boundary that can divide parts; RFC 2046 allows 70.
	maxBoundary = 256
)

// ErrTooLarge says that a mail is larger than allowed. It is wrapped.
var ErrTooLarge = errors.New("message: too large")

// Defect is the error of a mail that the parser panicked over: the mistake is ours, and one mail must not end the server.
type Defect struct {
	Value any
	Stack []byte // for the log
}

func (d *Defect) Error() string { return fmt.Sprintf("message: the parser failed: %v", d.Value) }

// Spool gives the place for the content of a file, or nil if it is not wanted. A writer that is an io.Closer is closed when the
// content is complete; when Parse fails, the one being written to is left open.
type Spool func(Part) (io.Writer, error)

// Options say what the caller knows. The zero value is of use.
type Options struct {
	// Zone is that of dates without one; UTC if nil.
	Zone *time.Location
	// Own is how this instance knows its own mail.
	Own origin.Own
	// TrustedServers are the authserv-ids whose Authentication-Results count.
	TrustedServers []string
	// MaxSize is the largest mail that is read; MaxSize the constant if zero.
	MaxSize int64
	// Spool takes the contents of files; they are dropped without it.
	Spool Spool
}

// Kind says what a file is to the mail.
type Kind string

// Kinds of files.
const (
	File      Kind = "file"
	Inline    Kind = "inline"    // shown in the text, by its Content-ID
	Enclosed  Kind = "message"   // another mail
	Calendar  Kind = "calendar"  // an invitation
	Signature Kind = "signature" // of S/MIME or OpenPGP
	Encrypted Kind = "encrypted" // by S/MIME or OpenPGP, or signed so that it must be opened
	Report    Kind = "report"    // for machines: delivery status and the like
	Text      Kind = "text"      // a text that was too long to be held, or of a kind nobody shows
)

// Container says what a file was wrapped in.
type Container string

// Containers.
const (
	MIME Container = "mime"
	TNEF Container = "tnef"
	UU   Container = "uuencode"
	Data Container = "data" // a picture within the HTML
)

// Part is what is known of a file before its content comes.
type Part struct {
	// Index is its place among the files of the mail.
	Index int
	// Name is safe for a file system and for a page, never empty, and not unique.
	Name string
	// Sent is the name as it was sent, decoded, without line ends; it may be empty and is not to be trusted.
	Sent      string
	Type      string // media type in lower case
	Charset   string // as declared, in lower case; of text only, and often empty
	Kind      Kind
	ContentID string // without brackets
	Container Container
	// Method is that of an invitation: REQUEST, CANCEL, REPLY, in capitals.
	Method string
}

// Attachment is a file of the mail, after its content has come.
type Attachment struct {
	Part
	Size int64
	// Damaged says that its encoding was broken or the mail ended in it, so that the content may be damaged, too.
	Damaged bool
	// Enclosed is the head of a mail that is enclosed.
	Enclosed *Head
}

// Head is what the header of an enclosed mail says.
type Head struct {
	Subject string
	From    []header.Address
	ID      string
	Date    time.Time
}

// Code names a thing that was wrong with a mail.
type Code string

// Things that can be wrong.
const (
	HeaderCut       Code = "header-cut"       // too many fields, or too long
	NoDate          Code = "no-date"          // Date is missing or unreadable
	NoSender        Code = "no-sender"        // From is missing or unreadable
	ManySenders     Code = "many-senders"     // From has several addresses, or there are several From: which one was checked by whom is open
	BoundaryMissing Code = "boundary-missing" // a multipart does not name its boundary, or it never comes
	Unclosed        Code = "unclosed"         // a multipart ends without its last boundary
	TooDeep         Code = "too-deep"
	TooManyParts    Code = "too-many-parts"
	EncodingDamaged Code = "encoding-damaged"
	CharsetUnknown  Code = "charset-unknown"
	TextCut         Code = "text-cut"
	TNEFDamaged     Code = "tnef-damaged"
	AfterEnd        Code = "after-end" // text behind the last boundary, which is dropped
)

// Problem is a thing that was wrong, and how often.
type Problem struct {
	Code  Code
	Count int
}

// Body is the text of a mail.
type Body struct {
	// Text is all of it: Segments joined.
	Text string
	// Markdown says that Text is Markdown made of HTML; else it is plain text. A line end is a line end in both.
	Markdown bool
	// Segments are its pieces: new text, quotes, signatures, disclaimers.
	Segments quote.Segments
	// New is what the sender has written, without quotes, signature and disclaimers. It is empty if there is nothing, as in a mail that
	// is only passed on.
	New string
	// HTML is the HTML the mail came with, in UTF-8, as it was sent: not fit to be shown.
	HTML string
}

// Message is a mail.
type Message struct {
	ID         string // Message-ID without brackets
	InReplyTo  []string
	References []string
	// From are the writers; more than one is a Problem, since checks of the sender may have looked at another one than readers do.
	From    []header.Address
	Sender  []header.Address
	ReplyTo []header.Address
	To      []header.Address
	Cc      []header.Address
	// DeliveredTo are the addresses that servers on the way have noted as those it was for, blind copies among them.
	DeliveredTo []header.Address
	Subject     string
	// Date is when it was written, else when the last server got it, else zero.
	Date        time.Time
	Body        Body
	Attachments []Attachment
	Origin      origin.Verdict
	Auth        origin.Auth
	Header      *header.Header
	Problems    []Problem
	// Size is the number of bytes of the mail.
	Size int64
}

// Recipients are all addresses that the mail is known to be for.
func (m *Message) Recipients() []header.Address {
	all := make([]header.Address, 0, len(m.To)+len(m.Cc)+len(m.DeliveredTo))
	return append(append(append(all, m.To...), m.Cc...), m.DeliveredTo...)
}

// Parse reads a mail. It fails with ErrTooLarge, with the error of the reader or of the spool, or with a Defect.
func Parse(r io.Reader, o Options) (m *Message, err error) {
	defer func() {
		if p := recover(); p != nil {
			m, err = nil, &Defect{Value: p, Stack: debug.Stack()}
		}
	}()
	if o.MaxSize <= 0 {
		o.MaxSize = MaxSize
	}
	p := newParser(r, o)
	if err := p.run(); err != nil {
		return nil, err
	}
	return p.result(), nil
}
