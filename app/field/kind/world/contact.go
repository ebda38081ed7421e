// Package world is the kinds of fields for things outside the system that have rules of their own: telephone numbers,
// addresses, identity cards, places, bar codes, signatures. It does no input or output.
package world

import (
	"encoding/json"
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dingban/app/field/kind"
	"dingban/app/field/kind/idcard"
	"dingban/app/field/kind/phone"
	"dingban/app/field/kind/reading"
)

type phoneSettings struct {
	kind.Common
	Sorts  []string `json:"sorts,omitempty"` // mobile, landline, service, foreign; all without any
	Masked bool     `json:"masked,omitempty"`
}

// phones is the values of telephone numbers, in E.164 with an extension behind ";ext=".
type phones struct {
	kind.Texts
	phoneSettings
}

func (s *phoneSettings) Prepare() (kind.Values[string], error) {
	for _, sort := range s.Sorts {
		if !slices.Contains(phone.Sorts(), phone.Sort(sort)) {
			return nil, kind.At("sorts", kind.Refuse(kind.CodePhoneSort, "sort", sort))
		}
	}
	s.Sorts = kind.Distinct(s.Sorts)
	return phones{phoneSettings: *s}, nil
}

func (v phones) Tidy(s string, _ *string, _ kind.Env) (string, error) {
	if strings.TrimSpace(s) == "" {
		return "", kind.ErrEmpty
	}
	n, err := phone.Parse(s)
	if err != nil {
		return "", kind.Refuse(kind.CodePhone, "text", s)
	}
	if len(v.Sorts) > 0 && !slices.Contains(v.Sorts, string(n.Sort)) {
		return "", kind.Refuse(kind.CodePhoneSort, "sort", string(n.Sort))
	}
	return n.Canonical(), nil
}

func (v phones) Text(s string, env kind.Env) string {
	n, err := phone.Parse(s)
	switch {
	case err != nil:
		return ""
	case v.Masked && !env.Reveal:
		return n.Masked()
	}
	return n.National()
}

// Match compares figures: a part of a number is looked for as it is written, with or without hyphens.
func (v phones) Match(op kind.Op, operand json.RawMessage, _ kind.Env) (func(string) bool, error) {
	whole := func(s string) string {
		if n, err := phone.Parse(s); err == nil {
			return n.Canonical()
		}
		return s
	}
	if op == kind.Eq || op == kind.Ne || op == kind.In || op == kind.NotIn {
		read := func(raw json.RawMessage) (string, error) { s, err := v.Read(raw); return whole(s), err }
		return kind.MatchOrder(op, operand, read, strings.Compare)
	}
	part, err := v.Read(operand)
	if err != nil {
		return nil, err
	}
	figures := func(s string) string {
		return strings.NewReplacer(" ", "", "-", "", "+86", "", "+", "").Replace(reading.Plain(s))
	}
	if part = figures(part); part == "" {
		return nil, kind.ErrEmpty
	}
	operand, err = kind.Encode(part)
	if err != nil {
		return nil, err
	}
	test, err := kind.MatchText(op, operand)
	if err != nil {
		return nil, err
	}
	return func(s string) bool {
		n, err := phone.Parse(s)
		return err == nil && test(figures(n.National()))
	}, nil
}

type emailSettings struct {
	kind.Common
	Domains []string `json:"domains,omitempty"` // only addresses of these
}

type emails struct {
	kind.Texts
	domains []string
}

func (s *emailSettings) Prepare() (kind.Values[string], error) {
	if len(s.Domains) > 50 {
		return nil, kind.At("domains", kind.Refuse(kind.CodeMany, "max", 50))
	}
	for i, d := range s.Domains {
		d = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(d), "@"))
		if !validDomain(d) {
			return nil, kind.At("domains", kind.Refuse(kind.CodeDomain, "domain", d))
		}
		s.Domains[i] = d
	}
	return emails{domains: s.Domains}, nil
}

// validEmail takes what mail servers in use take of RFC 5321 and 6531: no quoted local part, no address in brackets.
func validEmail(s string) bool {
	local, domain, found := strings.Cut(s, "@")
	if !found || len(s) > 254 || local == "" || len(local) > 64 || local[0] == '.' || local[len(local)-1] == '.' || strings.Contains(local, "..") {
		return false
	}
	for _, r := range local {
		if r < 0x80 && !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#$%&'*+-/=?^_`{|}~", r) ||
			r >= 0x80 && !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) {
			return false
		}
	}
	return validDomain(domain)
}

func validDomain(s string) bool {
	labels := strings.Split(s, ".")
	if len(s) > 253 || len(labels) < 2 {
		return false
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		for _, r := range l {
			if r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
				return false
			}
		}
	}
	return strings.Trim(labels[len(labels)-1], "0123456789") != ""
}

func (v emails) Tidy(s string, _ *string, _ kind.Env) (string, error) {
	if len(s) > reading.MaxText {
		return "", kind.Refuse(kind.CodeEmail, "text", s)
	}
	s = strings.TrimPrefix(reading.Plain(s), "mailto:")
	if s == "" {
		return "", kind.ErrEmpty
	}
	at := strings.LastIndexByte(s, '@')
	if at >= 0 { // the domain has no case; whether the local part has is for its server to say
		s = s[:at] + strings.ToLower(s[at:])
	}
	if !validEmail(s) {
		return "", kind.Refuse(kind.CodeEmail, "text", s)
	}
	if domain := s[at+1:]; len(v.domains) > 0 && !slices.Contains(v.domains, domain) {
		return "", kind.Refuse(kind.CodeDomain, "domain", domain)
	}
	return s, nil
}

func (emails) Schema() kind.Schema {
	return kind.Schema{"type": "string", "format": "email", "maxLength": 254}
}

const maxURL = 2048

type urlSettings struct {
	kind.Common
	Schemes []string `json:"schemes,omitempty"`
}

type urls struct {
	kind.Texts
	schemes []string
}

// safeSchemes never run anything in a page; javascript:, data:, file: and the like can't be allowed by any setting.
func safeSchemes() []string {
	return []string{"http", "https", "mailto", "tel", "ftp", "ftps", "sftp", "ssh", "git", "dingtalk", "wxwork", "weixin", "lark", "feishu"}
}

func (s *urlSettings) Prepare() (kind.Values[string], error) {
	if len(s.Schemes) == 0 {
		s.Schemes = []string{"http", "https", "mailto"}
	}
	for _, scheme := range s.Schemes {
		if !slices.Contains(safeSchemes(), scheme) {
			return nil, kind.At("schemes", kind.Refuse(kind.CodeScheme, "scheme", scheme))
		}
	}
	s.Schemes = kind.Distinct(s.Schemes)
	return urls{schemes: s.Schemes}, nil
}

// Tidy takes an address without a scheme for one of https, as browsers do.
func (v urls) Tidy(s string, _ *string, _ kind.Env) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", kind.ErrEmpty
	}
	bad := kind.Refuse(kind.CodeURL, "text", s)
	if utf8.RuneCountInString(s) > maxURL || strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune("<>\"\\^`{|}", r)
	}) {
		return "", bad
	}
	scheme, _, found := strings.Cut(s, ":")
	if !found || strings.ContainsAny(scheme, "./") || strings.HasPrefix(strings.TrimPrefix(s, scheme+":"), "/") && scheme == "" {
		if !validDomain(strings.ToLower(hostOf(s))) {
			return "", bad
		}
		s, scheme = "https://"+s, "https"
	} else if host, port := hostOf(s), strings.TrimPrefix(s, scheme+":"); host == scheme && validPort(port) {
		s, scheme = "https://"+s, "https" // localhost:8080
	}
	scheme = strings.ToLower(scheme)
	if !slices.Contains(v.schemes, scheme) {
		return "", kind.Refuse(kind.CodeScheme, "scheme", scheme)
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != scheme || u.User != nil { // a name before the host is there to deceive
		return "", bad
	}
	switch scheme {
	case "mailto":
		if !validEmail(u.Opaque) {
			return "", bad
		}
	case "tel":
		if _, err := phone.Parse(u.Opaque); err != nil {
			return "", bad
		}
	default:
		if !validHost(u.Hostname()) {
			return "", bad
		}
		// Only the host has no case; the rest stays as it was typed, Chinese included.
		from := len(scheme) + len("://")
		to := len(s)
		if i := strings.IndexAny(s[from:], "/?#"); i >= 0 {
			to = from + i
		}
		return scheme + "://" + strings.ToLower(s[from:to]) + s[to:], nil
	}
	return scheme + s[len(scheme):], nil
}

// validHost takes names, also without a dot as they are inside a house, and addresses.
func validHost(host string) bool {
	if host == "" || len(host) > 253 {
		return false
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return strings.IndexFunc(host, func(r rune) bool {
		return r != '-' && r != '.' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	}) < 0 && strings.Trim(host, ".-") == host
}

func hostOf(s string) string {
	host, _, _ := strings.Cut(s, "/")
	host, _, _ = strings.Cut(host, "?")
	host, _, _ = strings.Cut(host, "#")
	host, _, _ = strings.Cut(host, ":")
	return host
}

func validPort(s string) bool {
	s, _, _ = strings.Cut(s, "/")
	return s != "" && len(s) <= 5 && strings.Trim(s, "0123456789") == ""
}

func (urls) Schema() kind.Schema {
	return kind.Schema{"type": "string", "format": "uri", "maxLength": maxURL}
}

// secretSettings is of numbers that only some may see whole.
type secretSettings struct {
	kind.Common
	Open bool `json:"open,omitempty"` // written whole for everybody
}

type idCardSettings struct{ secretSettings }

type idCards struct {
	kind.Texts
	open bool
}

func (s *idCardSettings) Prepare() (kind.Values[string], error) { return idCards{open: s.Open}, nil }

// Tidy without a day of reference takes any birthday that the calendar has.
func (idCards) Tidy(s string, _ *string, env kind.Env) (string, error) {
	if len(s) > reading.MaxText {
		return "", kind.Refuse(kind.CodeIDCard)
	}
	s = reading.Plain(s)
	if s == "" {
		return "", kind.ErrEmpty
	}
	today := env.Now.In(env.Location())
	if env.Now.IsZero() {
		today = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	n, err := idcard.Parse(s, today)
	switch {
	case errors.Is(err, idcard.ErrCheck):
		return "", kind.Refuse(kind.CodeIDCardCheck)
	case errors.Is(err, idcard.ErrBirthday):
		return "", kind.Refuse(kind.CodeIDCardBorn)
	case errors.Is(err, idcard.ErrRegion):
		return "", kind.Refuse(kind.CodeIDCardRegion)
	case err != nil:
		return "", kind.Refuse(kind.CodeIDCard)
	}
	return n.Text, nil
}

func (v idCards) Text(s string, env kind.Env) string {
	if v.open || env.Reveal {
		return s
	}
	return idcard.Mask(s)
}

func (idCards) Schema() kind.Schema {
	return kind.Schema{"type": "string", "pattern": `^[0-9]{17}[0-9X]$`}
}

type bankCardSettings struct{ secretSettings }

type bankCards struct {
	kind.Texts
	open bool
}

func (s *bankCardSettings) Prepare() (kind.Values[string], error) {
	return bankCards{open: s.Open}, nil
}

// Tidy checks the digits of ISO/IEC 7812: 12 to 19 of them, the last by Luhn.
func (bankCards) Tidy(s string, _ *string, _ kind.Env) (string, error) {
	if len(s) > reading.MaxText {
		return "", kind.Refuse(kind.CodeBankCard)
	}
	s = strings.NewReplacer(" ", "", "-", "").Replace(reading.Plain(s))
	if s == "" {
		return "", kind.ErrEmpty
	}
	if len(s) < 12 || len(s) > 19 || strings.Trim(s, "0123456789") != "" {
		return "", kind.Refuse(kind.CodeBankCard)
	}
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	if sum%10 != 0 {
		return "", kind.Refuse(kind.CodeBankCard)
	}
	return s, nil
}

func (v bankCards) Text(s string, env kind.Env) string {
	if !v.open && !env.Reveal && len(s) > 10 {
		s = s[:6] + strings.Repeat("*", len(s)-10) + s[len(s)-4:]
	}
	var b strings.Builder
	for i, c := range []byte(s) {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteByte(c)
	}
	return b.String()
}

func (bankCards) Schema() kind.Schema {
	return kind.Schema{"type": "string", "pattern": `^[0-9]{12,19}$`}
}

// Contacts lists the kinds of numbers and addresses by which people are reached or known.
func Contacts() []kind.Kind {
	t := kind.Traits{Sortable: true, Grouped: true, Type: "text", Ops: kind.Textual()}
	secret := kind.Traits{Type: "text", Ops: []kind.Op{kind.Eq, kind.Ne, kind.Starts, kind.Ends}}
	return []kind.Kind{
		kind.Define[string, phoneSettings](kind.Phone, t),
		kind.Define[string, emailSettings](kind.Email, t),
		kind.Define[string, urlSettings](kind.URL, t),
		kind.Define[string, idCardSettings](kind.IDCard, secret),
		kind.Define[string, bankCardSettings](kind.BankCard, secret),
	}
}
