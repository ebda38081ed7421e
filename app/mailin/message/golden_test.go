package message

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dingban/app/mailin/message/header"
	"dingban/app/mailin/message/origin"
)

func options() Options {
	return Options{
		Zone:           time.FixedZone("", 8*3600),
		Own:            origin.Own{LoopName: "x-dingban-loop", LoopValue: "instance-1", Addresses: []string{"task@dingban.example.cn"}},
		TrustedServers: []string{"mx.dingban.example.cn"},
	}
}

// shelf is a spool that keeps everything.
type shelf struct {
	files  []*bytes.Buffer
	closed int
}

type box struct {
	*bytes.Buffer
	s *shelf
}

func (b box) Close() error { b.s.closed++; return nil }

func (s *shelf) spool(p Part) (io.Writer, error) {
	b := &bytes.Buffer{}
	s.files = append(s.files, b)
	return box{b, s}, nil
}

// view is what the goldens hold of a mail.
type view struct {
	ID          string   `json:",omitempty"`
	InReplyTo   []string `json:",omitempty"`
	References  []string `json:",omitempty"`
	From        []string `json:",omitempty"`
	ReplyTo     []string `json:",omitempty"`
	To          []string `json:",omitempty"`
	Cc          []string `json:",omitempty"`
	DeliveredTo []string `json:",omitempty"`
	Subject     string
	Date        string
	Markdown    bool        `json:",omitempty"`
	HTML        bool        `json:",omitempty"`
	New         string      `json:",omitempty"`
	Segments    [][2]string `json:",omitempty"`
	Files       []fileView  `json:",omitempty"`
	Origin      originView
	Auth        []string `json:",omitempty"`
	Problems    []string `json:",omitempty"`
}

type fileView struct {
	Name, Type                                        string
	Sent, Charset, Kind, Container, ContentID, Method string `json:",omitempty"`
	Size                                              int64
	Content                                           string
	Damaged                                           bool   `json:",omitempty"`
	Enclosed                                          string `json:",omitempty"`
}

type originView struct {
	Kind       string
	Reasons    []string           `json:",omitempty"`
	NoReply    bool               `json:",omitempty"`
	Weak       bool               `json:",omitempty"`
	Recipients []origin.Recipient `json:",omitempty"`
	OriginalID string             `json:",omitempty"`
}

func people(list []header.Address) []string {
	var out []string
	for _, a := range list {
		out = append(out, strings.TrimSpace(a.Name+" <"+a.Addr+">"))
	}
	return out
}

func viewOf(m *Message, s *shelf) view {
	v := view{
		ID: m.ID, InReplyTo: m.InReplyTo, References: m.References, From: people(m.From), ReplyTo: people(m.ReplyTo), To: people(m.To), Cc: people(m.Cc),
		DeliveredTo: people(m.DeliveredTo), Subject: m.Subject, Date: m.Date.Format(time.RFC3339), Markdown: m.Body.Markdown, HTML: m.Body.HTML != "", New: m.Body.New,
	}
	for _, seg := range m.Body.Segments {
		v.Segments = append(v.Segments, [2]string{string(seg.Kind), seg.Text})
	}
	for i, a := range m.Attachments {
		f := fileView{Name: a.Name, Type: a.Type, Kind: string(a.Kind), ContentID: a.ContentID, Charset: a.Charset, Method: a.Method, Size: a.Size, Damaged: a.Damaged}
		if a.Sent != a.Name {
			f.Sent = a.Sent
		}
		if a.Container != MIME {
			f.Container = string(a.Container)
		}
		content := s.files[i].Bytes()
		f.Content = strings.ToValidUTF8(string(content[:min(len(content), 80)]), "?")
		if a.Enclosed != nil {
			f.Enclosed = a.Enclosed.Subject + " / " + strings.Join(people(a.Enclosed.From), ",") + " / " + a.Enclosed.ID
		}
		v.Files = append(v.Files, f)
	}
	v.Origin = originView{Kind: string(m.Origin.Kind), NoReply: m.Origin.NoReply, Weak: m.Origin.Weak, Recipients: m.Origin.Recipients, OriginalID: m.Origin.OriginalID}
	for _, r := range m.Origin.Reasons {
		v.Origin.Reasons = append(v.Origin.Reasons, string(r.Code)+": "+r.Detail)
	}
	for _, c := range m.Auth.Checks {
		v.Auth = append(v.Auth, c.Method+"="+string(c.Result))
	}
	for _, p := range m.Problems {
		v.Problems = append(v.Problems, string(p.Code))
	}
	return v
}

// TestGolden reads each mail of testdata and compares what comes out with the file beside it, which a person has read. UPDATE_GOLDEN=1
// writes them anew.
func TestGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d mails, %v", len(files), err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			s := &shelf{}
			o := options()
			o.Spool = s.spool
			m, err := Parse(bytes.NewReader(raw), o)
			if err != nil {
				t.Fatal(err)
			}
			invariants(t, m, s)
			if m.Size != int64(len(raw)) {
				t.Errorf("size %d of %d", m.Size, len(raw))
			}
			var got bytes.Buffer
			enc := json.NewEncoder(&got)
			enc.SetEscapeHTML(false)
			enc.SetIndent("", "  ")
			if err := enc.Encode(viewOf(m, s)); err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(name, ".eml") + ".json"
			if os.Getenv("UPDATE_GOLDEN") != "" {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("got\n%s\nwant\n%s", got.Bytes(), want)
			}
		})
	}
}

// invariants hold of every mail.
func invariants(t *testing.T, m *Message, s *shelf) {
	t.Helper()
	joined := ""
	for _, seg := range m.Body.Segments {
		joined += seg.Text
	}
	if joined != m.Body.Text {
		t.Errorf("the pieces are %q, the text is %q", joined, m.Body.Text)
	}
	if len(s.files) != len(m.Attachments) || s.closed != len(m.Attachments) {
		t.Errorf("%d files spooled, %d closed, %d told of", len(s.files), s.closed, len(m.Attachments))
	}
	for i, a := range m.Attachments {
		if a.Index != i || a.Size != int64(s.files[i].Len()) {
			t.Errorf("file %d: %+v, %d bytes", i, a, s.files[i].Len())
		}
		if a.Name == "" || len(a.Name) > MaxName || strings.ContainsAny(a.Name, "/\\\r\n\x00:") || a.Name == "." || a.Name == ".." || a.Kind == "" || a.Container == "" {
			t.Errorf("file %d: %+v", i, a)
		}
	}
	if m.Origin.Kind == "" {
		t.Error("no verdict")
	}
}
