package header

import "strings"

// MaxAddresses is the most addresses of one field that are kept.
const MaxAddresses = 500

// Address is a person or a mailbox: a name for people, which anybody may write, and the address itself, its domain in lower case.
type Address struct {
	Name string
	Addr string
}

// Addresses reads a list of addresses: names with or without quotes, encoded, in brackets behind the address, with commas nobody
// quoted, groups, semicolons between addresses. Pieces without an address join the name of the next one.
func Addresses(raw, hint string) []Address {
	var all []Address
	raw = utf8Of(raw[:min(len(raw), maxValue)], hint)
	pending := ""
	for raw != "" && len(all) < MaxAddresses {
		var one string
		one, raw = cutAddress(raw)
		text := pending + one
		a, ok := address(text)
		if !ok {
			// A comma in a name: "Zhang, San <zhang@example.cn>".
			if pending = ""; strings.TrimSpace(one) != "" && len(text) < 1<<10 {
				pending = text + ", "
			}
			continue
		}
		pending = ""
		all = append(all, a)
	}
	return all
}

// cutAddress cuts at the first comma or semicolon outside of quotes, brackets and comments; a group's name is dropped.
func cutAddress(s string) (string, string) {
	quoted, angle, depth := false, false, 0
	start := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && (quoted || depth > 0):
			i++
		case c == '"' && depth == 0:
			if !quoted && strings.IndexByte(s[i+1:], '"') < 0 {
				continue
			}
			quoted = !quoted
		case quoted:
		case c == '(' && strings.IndexByte(s[i:], ')') > 0:
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth > 0:
		case c == '<':
			angle = true
		case c == '>':
			// Two addresses with nothing between them.
			if rest := s[i+1:]; angle && !strings.HasPrefix(rest, ">") && next(rest) {
				return s[start : i+1], rest
			}
			angle = false
		case c == ':' && !angle && !strings.ContainsAny(s[start:i], "@=?"):
			start = i + 1
		case (c == ',' || c == ';') && (!angle || !strings.Contains(s[i:], ">")):
			return s[start:i], s[i+1:]
		}
	}
	return s[start:], ""
}

// next says that another address in brackets follows before the next comma.
func next(rest string) bool {
	rest = rest[:min(len(rest), 2*maxAddress)]
	if at := strings.IndexAny(rest, ",;\"("); at >= 0 {
		rest = rest[:at]
	}
	open := strings.IndexByte(rest, '<')
	return open >= 0 && strings.IndexByte(rest[open:], '@') > 0
}

func address(s string) (Address, bool) {
	s = strings.TrimSpace(s)
	if open := strings.LastIndexByte(s, '<'); open >= 0 {
		addr, _, _ := strings.Cut(s[open+1:], ">")
		// A route ("<@a,@b:c@d>") is obsolete.
		if strings.HasPrefix(addr, "@") {
			if _, after, found := strings.Cut(addr, ":"); found {
				addr = after
			}
		}
		if a, ok := mailbox(addr); ok {
			return Address{Name: personName(strings.TrimRight(s[:open], "< ")), Addr: a}, true
		}
	}
	bare, comment := s, ""
	s = strings.NewReplacer("（", "(", "）", ")").Replace(s)
	if open := strings.IndexByte(s, '('); open >= 0 {
		bare = s[:open]
		comment = strings.TrimSuffix(strings.TrimSpace(s[open+1:]), ")")
	}
	if a, ok := mailbox(bare); ok {
		return Address{Name: personName(comment), Addr: a}, true
	}
	// The other way round: "张三(zhang@example.cn)".
	if a, ok := mailbox(comment); ok {
		return Address{Name: personName(bare), Addr: a}, true
	}
	// "张三 zhang@example.cn" without brackets.
	fields := strings.Fields(bare)
	for i := len(fields) - 1; i >= 0; i-- {
		if a, ok := mailbox(strings.Trim(fields[i], "[]'\"")); ok && len(fields) > 1 {
			return Address{Name: personName(strings.Join(append(fields[:i:i], fields[i+1:]...), " ")), Addr: a}, true
		}
	}
	return Address{}, false
}

// maxAddress is the longest address there is (RFC 5321, 4.5.3.1.3).
const maxAddress = 254

// mailbox checks one address and puts its domain in lower case.
func mailbox(s string) (string, bool) {
	s = strings.Trim(s, " \t'")
	s = strings.TrimPrefix(strings.TrimPrefix(s, "mailto:"), "MAILTO:")
	at := strings.LastIndexByte(s, '@')
	if at <= 0 || at == len(s)-1 || len(s) > maxAddress {
		return "", false
	}
	local, domain := s[:at], strings.TrimSuffix(s[at+1:], ".")
	if quoted, ok := strings.CutPrefix(local, `"`); ok {
		if !strings.HasSuffix(quoted, `"`) {
			return "", false
		}
	} else if strings.ContainsAny(local, " \t\"(),:;<>[]\\@") {
		return "", false
	}
	if domain == "" || strings.ContainsAny(domain, " \t\"(),;<>\\@") {
		return "", false
	}
	for _, r := range s {
		if r < ' ' || r == 0x7F || Invisible(r) {
			return "", false
		}
	}
	return local + "@" + strings.ToLower(domain), true
}

// personName decodes a name and takes its quotes off.
func personName(s string) string {
	s = strings.TrimSpace(s)
	if len(s) >= 2 && s[0] == '"' && strings.HasSuffix(s, `"`) {
		s = unquote(s)
	}
	s = Words(s, "")
	// Encoded words may hold quotes of their own, and several clients write 'name'.
	for len(s) >= 2 && (s[0] == '"' && s[len(s)-1] == '"' || s[0] == '\'' && s[len(s)-1] == '\'') {
		s = s[1 : len(s)-1]
	}
	return strings.TrimSpace(strings.ReplaceAll(s, `\"`, `"`))
}

// SplitPlus splits "reply+token@example.cn" into its mailbox "reply@example.cn" and the key behind the first plus; the key is "" if
// there is none. Keys are as they came: whether letters of both cases are one is for the caller to know.
func SplitPlus(addr string) (mailbox, key string) {
	at := strings.LastIndexByte(addr, '@')
	if at < 0 {
		return addr, ""
	}
	base, key, found := strings.Cut(addr[:at], "+")
	if !found || base == "" {
		return addr, ""
	}
	return base + addr[at:], key
}

// KeyFor looks through addresses for one of a mailbox with a key: "reply@example.cn" finds the token of "reply+token@example.cn".
// Mailboxes are compared without regard to case.
func KeyFor(mailbox string, addresses []Address) (key string, found bool) {
	for _, a := range addresses {
		if base, key := SplitPlus(a.Addr); key != "" && strings.EqualFold(base, mailbox) {
			return key, true
		}
	}
	return "", false
}
