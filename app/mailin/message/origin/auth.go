package origin

import (
	"strings"

	"dingban/app/mailin/message/header"
)

// Result is the outcome of a check of the sender (RFC 8601, 2.7): pass, fail, softfail, neutral, none, temperror, permerror, policy.
type Result string

// Results that matter most.
const (
	Pass Result = "pass"
	Fail Result = "fail"
	None Result = "none"
)

// MaxChecks is the most results that are read.
const MaxChecks = 50

// Check is one result of one method.
type Check struct {
	Method string // spf, dkim, dmarc, arc, iprev, auth, compauth, …
	Result Result
	Reason string
	// Props are the properties it is about, such as "header.from" or "smtp.mailfrom", in lower case.
	Props map[string]string
}

// Auth is what a trusted server has found out about the sender of a mail.
type Auth struct {
	Server string
	Checks []Check
}

// Get is the first result of a method, None if there is none. The results of DKIM are one for each signature: pass if any passes.
func (a Auth) Get(method string) Result {
	found := None
	for _, c := range a.Checks {
		if c.Method != method {
			continue
		}
		if c.Result == Pass || found == None {
			found = c.Result
		}
		if method != "dkim" || found == Pass {
			return found
		}
	}
	return found
}

// Authenticated reads the Authentication-Results of servers that are trusted, by their authserv-id. Without a trusted server it
// gives nothing: anybody can write this field. A server that adds it has to remove such fields with its own name from mail that
// comes in (RFC 8601, 5); to be safer, the results of one place are read only: fields below the next Received were there before
// the trusted server got the mail.
func Authenticated(h *header.Header, trusted []string) Auth {
	var a Auth
	for _, f := range h.Fields {
		if f.Name == "received" && a.Server != "" {
			break
		}
		if f.Name != "authentication-results" {
			continue
		}
		server, checks := parseResults(f.Raw)
		if server == "" || !contains(trusted, server) || a.Server != "" && !strings.EqualFold(a.Server, server) {
			continue
		}
		a.Server = server
		for _, c := range checks {
			if len(a.Checks) < MaxChecks {
				a.Checks = append(a.Checks, c)
			}
		}
	}
	return a
}

func contains(trusted []string, server string) bool {
	for _, t := range trusted {
		if t != "" && strings.EqualFold(t, server) {
			return true
		}
	}
	return false
}

// parseResults reads "id version; method/version=result reason=x type.property=value …; …".
func parseResults(raw string) (server string, checks []Check) {
	if len(raw) > 16<<10 {
		raw = raw[:16<<10]
	}
	raw = strings.ToValidUTF8(raw, "\ufffd")
	for i, part := range split(uncommented(raw), ';') {
		words := split(part, ' ')
		if i == 0 {
			if len(words) > 0 {
				server = strings.ToLower(unquoted(words[0]))
			}
			continue
		}
		if c, ok := check(words); ok && len(checks) < MaxChecks {
			checks = append(checks, c)
		}
	}
	return server, checks
}

func check(words []string) (Check, bool) {
	if len(words) == 0 {
		return Check{}, false
	}
	method, result, found := strings.Cut(words[0], "=")
	if !found {
		return Check{}, false
	}
	method, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(method)), "/")
	c := Check{Method: method, Result: Result(strings.ToLower(unquoted(result))), Props: map[string]string{}}
	for _, word := range words[1:] {
		name, value, found := strings.Cut(word, "=")
		if !found || len(c.Props) >= MaxChecks {
			continue
		}
		name = strings.ToLower(name)
		if name == "reason" {
			c.Reason = unquoted(value)
		} else if strings.Contains(name, ".") || name == "action" {
			c.Props[name] = unquoted(value)
		}
	}
	return c, method != "" && c.Result != ""
}

// uncommented drops comments, which nest, and space around "=", "/" and ".", which may stand there.
func uncommented(s string) string {
	var out strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && (quoted || depth > 0) && i+1 < len(s):
			if depth == 0 {
				out.WriteByte(c)
				out.WriteByte(s[i+1])
			}
			i++
			continue
		case c == '"' && depth == 0:
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
			continue
		case c == ')' && depth > 0:
			depth--
			out.WriteByte(' ')
			continue
		}
		if depth == 0 {
			out.WriteByte(c)
		}
	}
	text := strings.Join(strings.Fields(out.String()), " ")
	for _, c := range []string{"=", "/"} {
		for strings.Contains(text, " "+c) || strings.Contains(text, c+" ") {
			text = strings.ReplaceAll(strings.ReplaceAll(text, " "+c, c), c+" ", c)
		}
	}
	return text
}

// split cuts outside of quotes, and drops what is empty unless it is the first.
func split(s string, by byte) []string {
	var out []string
	start, quoted := 0, false
	add := func(part string) {
		if part = strings.TrimSpace(part); part != "" || by == ';' && len(out) == 0 {
			out = append(out, part)
		}
	}
	for i := range len(s) {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case !quoted && (s[i] == by || by == ' ' && s[i] == '\t'):
			add(s[start:i])
			start = i + 1
		}
	}
	add(s[start:])
	return out
}

func unquoted(s string) string {
	s = strings.TrimSpace(s)
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return strings.ReplaceAll(s[1:len(s)-1], `\"`, `"`)
	}
	return s
}
