package message

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

func parse(t *testing.T, raw string) (*Message, *shelf) {
	t.Helper()
	s := &shelf{}
	o := options()
	o.Spool = s.spool
	m, err := Parse(strings.NewReader(raw), o)
	if err != nil {
		t.Fatal(err)
	}
	invariants(t, m, s)
	return m, s
}

func has(m *Message, code Code) bool {
	for _, p := range m.Problems {
		if p.Code == code {
			return true
		}
	}
	return false
}

func TestDeepMultiparts(t *testing.T) {
	t.Parallel()
	const n = 10_000
	var b strings.Builder
	b.WriteString("From: a@b.cn\nContent-Type: multipart/mixed; boundary=b0\n\n")
	for i := range n {
		fmt.Fprintf(&b, "--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n", i, i+1)
	}
	b.WriteString("text\n")
	m, s := parse(t, b.String())
	if !has(m, TooDeep) || len(m.Attachments) != 1 || !bytes.HasSuffix(s.files[0].Bytes(), []byte("text\n")) {
		t.Errorf("%v, %d files", m.Problems, len(m.Attachments))
	}
	// All with one boundary.
	m, _ = parse(t, "From: a@b.cn\nContent-Type: multipart/mixed; boundary=b\n\n"+strings.Repeat("--b\nContent-Type: multipart/mixed; boundary=b\n\n", n))
	if !has(m, TooDeep) && !has(m, TooManyParts) {
		t.Errorf("%v", m.Problems)
	}
}

func TestManyParts(t *testing.T) {
	t.Parallel()
	raw := "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\nContent-Type: image/png\n\nx\n", 100_000) + "--b--\n"
	m, s := parse(t, raw)
	if !has(m, TooManyParts) || len(m.Attachments) != MaxParts+1 || s.files[MaxParts].Len() < 1_000_000 {
		t.Errorf("%v, %d files", m.Problems, len(m.Attachments))
	}
}

func TestManyFilesInContainers(t *testing.T) {
	t.Parallel()
	stream := []byte{0x78, 0x9F, 0x3E, 0x22, 1, 0}
	attribute := func(id uint32, data string) {
		stream = append(stream, 2)
		stream = binary.LittleEndian.AppendUint32(stream, id)
		stream = binary.LittleEndian.AppendUint32(stream, uint32(len(data)))
		stream = append(stream, data...)
		stream = append(stream, 0, 0)
	}
	for range 900 {
		attribute(0x00069002, "")
		attribute(0x0006800F, "x")
	}
	part := "--b\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString(stream) + "\n"
	m, _ := parse(t, "Content-Type: multipart/mixed; boundary=b\n\n"+strings.Repeat(part, 50)+"--b--\n")
	if !has(m, TooManyParts) || has(m, TNEFDamaged) || len(m.Attachments) != 2*900+48 {
		t.Errorf("%v, %d files", m.Problems, len(m.Attachments))
	}
	if last := m.Attachments[len(m.Attachments)-1]; last.Name != "winmail.dat" || last.Size != int64(len(stream)) || last.Damaged {
		t.Errorf("%+v", last)
	}
}

func TestHeaderBombs(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"a million fields":       strings.Repeat("X-A: b\n", 1_000_000),
		"a field of many lines":  "Subject: a\n" + strings.Repeat(" b\n", 300_000),
		"a field of one line":    "Subject: " + strings.Repeat("a", 2<<20) + "\n",
		"a name of one line":     strings.Repeat("a", 2<<20) + "\n",
		"words":                  "Subject: " + strings.Repeat("=?utf-8?B?5oql?= ", 100_000) + "\n",
		"addresses":              "To: " + strings.Repeat("a@b.cn, ", 100_000) + "\n",
		"many fields of one":     strings.Repeat("To: "+strings.Repeat("a@b.cn,", 100)+"\n", 900),
		"results":                strings.Repeat("Authentication-Results: mx.dingban.example.cn; "+strings.Repeat("a=b = ", 80)+"\n", 900),
		"parameters":             "Content-Type: text/plain; " + strings.Repeat("a*1*=x; ", 50_000) + "\n",
		"quotes":                 "Content-Type: text/plain; a=" + strings.Repeat(`"\`, 50_000) + "\n",
		"references":             "References: " + strings.Repeat("<a@b> ", 80_000) + "\n",
		"broken lines":           "Subject: \"a;\n" + strings.Repeat("b;\n", 200_000),
		"a boundary of one line": "Content-Type: multipart/mixed; boundary=" + strings.Repeat("b", 50_000) + "\n\n" + strings.Repeat("--"+strings.Repeat("b", 50_000)+"\n", 100),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, _ := parse(t, "From: a@b.cn\n"+raw+"\nbody\n")
			if len(m.From) != 1 || m.From[0].Addr != "a@b.cn" {
				t.Errorf("from %q", m.From)
			}
			if len(m.Header.Fields) > 1000 || len(m.To) > 500 || len(m.References) > 100 {
				t.Errorf("%d fields, %d recipients, %d references", len(m.Header.Fields), len(m.To), len(m.References))
			}
		})
	}
}

func TestBoundaryBombs(t *testing.T) {
	t.Parallel()
	// Twenty open multiparts whose boundaries begin alike, and lines that nearly match them all.
	var b strings.Builder
	long := strings.Repeat("-", 200)
	b.WriteString("Content-Type: multipart/mixed; boundary=\"" + long + "0\"\n\n")
	for i := range MaxDepth - 1 {
		fmt.Fprintf(&b, "--%s%d\nContent-Type: multipart/mixed; boundary=\"%s%d\"\n\n", long, i, long, i+1)
	}
	fmt.Fprintf(&b, "--%s%d\n\n", long, MaxDepth-1)
	b.WriteString(strings.Repeat("--"+long+"x\n", 10_000))
	m, _ := parse(t, b.String())
	if len(m.Body.Text) < 10_000*200 {
		t.Errorf("%d bytes of text", len(m.Body.Text))
	}
	// A boundary that is empty, or only dashes.
	for _, boundary := range []string{`""`, `"-"`, `"--"`, `" "`} {
		m, _ := parse(t, "Content-Type: multipart/mixed; boundary="+boundary+"\n\n--\n----\n--x\n\ntext\n")
		if !strings.Contains(m.Body.Text, "text") {
			t.Errorf("%s: %q", boundary, m.Body.Text)
		}
	}
}

func TestTextBeyondBounds(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("0123456789abcde\n", MaxText/16)
	m, s := parse(t, "From: a@b.cn\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nfirst\n--b\n\n"+long+"end\n--b--\n")
	if !has(m, TextCut) || len(m.Attachments) != 1 || s.files[0].Len() != len(long)+3 {
		t.Errorf("%v, %d files", m.Problems, len(m.Attachments))
	}
	if len(m.Body.Text) > MaxText+1 || !strings.HasPrefix(m.Body.Text, "first") {
		t.Errorf("%d bytes of text", len(m.Body.Text))
	}
}

func TestSizeLimit(t *testing.T) {
	t.Parallel()
	raw := "From: a@b.cn\n\n" + strings.Repeat("x", 1000)
	if _, err := Parse(strings.NewReader(raw), Options{MaxSize: 1000}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("%v", err)
	}
	if _, err := Parse(strings.NewReader(raw), Options{MaxSize: int64(len(raw))}); err != nil {
		t.Errorf("%v", err)
	}
}

func TestErrorsOfOthers(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	if _, err := Parse(io.MultiReader(strings.NewReader("From: a@b.cn\n\nx"), iotest.ErrReader(broken)), Options{}); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	raw := "Content-Type: application/pdf\n\nx\n"
	if _, err := Parse(strings.NewReader(raw), Options{Spool: func(Part) (io.Writer, error) { return nil, broken }}); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if _, err := Parse(strings.NewReader(raw), Options{Spool: func(Part) (io.Writer, error) { return full{broken}, nil }}); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	var defect *Defect
	if _, err := Parse(strings.NewReader(raw), Options{Spool: func(Part) (io.Writer, error) { panic("mistake") }}); !errors.As(err, &defect) || len(defect.Stack) == 0 {
		t.Errorf("%v", err)
	}
	m, err := Parse(strings.NewReader(raw), Options{Spool: func(Part) (io.Writer, error) { return nil, nil }})
	if err != nil || len(m.Attachments) != 1 || m.Attachments[0].Size != int64(len("x\n")) {
		t.Errorf("%+v, %v", m, err)
	}
}

type full struct{ err error }

func (f full) Write([]byte) (int, error) { return 0, f.err }

// TestMemoryOfLargeFiles streams a file of 32 MB through a parser that holds a fraction of it.
func TestMemoryOfLargeFiles(t *testing.T) {
	const size = 32 << 20
	line := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{0xA5}, 57)) + "\r\n"
	body := func() io.Reader {
		return io.MultiReader(
			strings.NewReader("From: a@b.cn\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: video/mp4; name=a.mp4\r\nContent-Transfer-Encoding: base64\r\n\r\n"),
			&repeat{line: line, left: size / 57},
			strings.NewReader("--b--\r\n"),
		)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	m, err := Parse(body(), Options{Spool: func(Part) (io.Writer, error) { return io.Discard, nil }})
	runtime.ReadMemStats(&after)
	if err != nil || m.Attachments[0].Size != size/57*57 || m.Attachments[0].Damaged {
		t.Fatalf("%+v, %v", m, err)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 4<<20 {
		t.Errorf("%d bytes were allocated", got)
	}
}

type repeat struct {
	line string
	rest string
	left int
}

func (r *repeat) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if r.rest == "" {
			if r.left == 0 {
				break
			}
			r.left--
			r.rest = r.line
		}
		c := copy(p[n:], r.rest)
		r.rest = r.rest[c:]
		n += c
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}
