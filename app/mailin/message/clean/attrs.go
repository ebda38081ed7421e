package clean

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// attrs are the attributes that matter here.
type attrs struct {
	href, src, alt, width, height, style string
	hidden                               bool
}

func attributes(t html.Token) attrs {
	var at attrs
	for _, a := range t.Attr {
		switch a.Key {
		case "href":
			at.href = a.Val
		case "src":
			at.src = a.Val
		case "alt":
			at.alt = a.Val[:min(len(a.Val), 512)]
		case "width":
			at.width = a.Val
		case "height":
			at.height = a.Val
		case "style":
			at.style = strings.ToLower(strings.Join(strings.Fields(a.Val[:min(len(a.Val), 4096)]), ""))
		case "hidden":
			at.hidden = true
		}
	}
	return at
}

// invisible says that a browser would not show the element. Preheaders of newsletters and forged words are hidden this way.
func (at attrs) invisible() bool {
	if at.hidden {
		return true
	}
	for rule := range strings.SplitSeq(at.style, ";") {
		name, value, _ := strings.Cut(strings.TrimSuffix(rule, "!important"), ":")
		switch name {
		case "display":
			if value == "none" {
				return true
			}
		case "visibility":
			if value == "hidden" {
				return true
			}
		case "mso-hide":
			if value == "all" && strings.Contains(at.style, "font-size:0") {
				return true
			}
		}
	}
	return false
}

// tiny says that a picture is too small to be seen: one that tells the sender who has opened the mail.
func (at attrs) tiny() bool {
	w, h := at.width, at.height
	for rule := range strings.SplitSeq(at.style, ";") {
		switch name, value, _ := strings.Cut(rule, ":"); name {
		case "width", "max-width":
			w = value
		case "height", "max-height":
			h = value
		}
	}
	return small(w) && small(h) || zero(w) || zero(h)
}

func small(s string) bool {
	n, ok := pixels(s)
	return ok && n <= 2
}

func zero(s string) bool {
	n, ok := pixels(s)
	return ok && n == 0
}

func pixels(s string) (float64, bool) {
	s = strings.TrimSuffix(strings.TrimSpace(strings.ToLower(s)), "px")
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil
}

// target is the address of a link as Markdown can hold it, or "" if it leads nowhere a reader may go: only the web, mail and
// telephone are followed; scripts, files and what has no scheme are not.
func target(href string) string {
	href = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return -1
		}
		return r
	}, strings.TrimSpace(href))
	if len(href) > maxLink {
		return ""
	}
	lower := strings.ToLower(href[:min(len(href), 8)])
	for _, scheme := range []string{"http://", "https://", "mailto:", "tel:", "ftp://"} {
		if strings.HasPrefix(lower, scheme) && len(href) > len(scheme) {
			return linkTarget(href)
		}
	}
	return ""
}

// linkTarget escapes what would end the address of a link.
func linkTarget(s string) string {
	if !strings.ContainsAny(s, " ()<>\\\n\r") {
		return s
	}
	return strings.NewReplacer(" ", "%20", "(", "%28", ")", "%29", "<", "%3C", ">", "%3E", "\\", "%5C", "\n", "", "\r", "").Replace(s)
}
