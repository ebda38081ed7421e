// Package phone reads telephone numbers as people in China write them: mobile numbers, landlines with area code and
// extension, service numbers (400, 800, 95xxx, 110 …) and foreign numbers in E.164. The shapes follow the numbering plan of
// the mainland (YD/T 1973 and the ministry's plan of 2017). The package does no input or output.
package phone

import (
	"errors"
	"strings"
)

// Sort is what kind of number one is.
type Sort string

// The sorts.
const (
	Mobile   Sort = "mobile"   // of the mainland
	Landline Sort = "landline" // of the mainland
	Service  Sort = "service"  // short and service numbers of the mainland, which have no international form
	Foreign  Sort = "foreign"  // anything else in E.164
)

// MaxText bounds what Parse reads.
const MaxText = 64

// ErrNumber is what is no telephone number.
var ErrNumber = errors.New("phone: no telephone number")

// Number is a number in its parts.
type Number struct {
	Sort      Sort
	Area      string // with the leading zero, of a landline
	Local     string // without area code; the whole number of a mobile or a service; all digits with the country of a foreign one
	Extension string
}

// Sorts lists all sorts.
func Sorts() []Sort { return []Sort{Mobile, Landline, Service, Foreign} }

// Parse reads a number; spaces, hyphens, brackets and full-width digits are what people put between.
func Parse(s string) (Number, error) {
	if len(s) > MaxText {
		return Number{}, ErrNumber
	}
	main, ext, found := cutExtension(s)
	main, plus, ok := bare(main)
	if !ok {
		return Number{}, ErrNumber
	}
	extension, plusToo, ok := bare(ext)
	if !ok || plusToo || found && (extension == "" || len(extension) > 6) {
		return Number{}, ErrNumber
	}
	n, ok := classify(main, plus)
	// Only switchboards have extensions: landlines, and the 400 and 800 numbers that lead to them.
	if !ok || extension != "" && n.Sort != Landline && (n.Sort != Service || len(n.Local) != 10) {
		return Number{}, ErrNumber
	}
	n.Extension = extension
	return n, nil
}

// cutExtension parts "010-82345678转123", "…;ext=123", "… ext. 123", "…x123", "…#123" and the three-part "010-82345678-123".
func cutExtension(s string) (string, string, bool) {
	lower := strings.ToLower(s)
	for _, mark := range []string{";ext=", "ext.", "ext", "转", "x", "#"} {
		if i := strings.Index(lower, mark); i >= 0 && len(lower) == len(s) {
			return s[:i], s[i+len(mark):], true
		}
	}
	if parts := strings.Split(strings.TrimSpace(s), "-"); len(parts) == 3 && strings.HasPrefix(parts[0], "0") && len(parts[1]) >= 7 && len(parts[2]) <= 6 {
		return parts[0] + parts[1], parts[2], true
	}
	return s, "", false
}

// bare leaves only digits, and tells whether a plus sign stood first.
func bare(s string) (string, bool, bool) {
	var b strings.Builder
	plus := false
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r >= '０' && r <= '９':
			b.WriteRune(r - '０' + '0')
		case (r == '+' || r == '＋') && b.Len() == 0 && !plus:
			plus = true
		case strings.ContainsRune(" -.()（）－—\u00a0\u3000\t", r):
		default:
			return "", false, false
		}
	}
	return b.String(), plus, true
}

func classify(d string, plus bool) (Number, bool) {
	if !plus {
		if rest, ok := strings.CutPrefix(d, "00"); ok {
			d, plus = rest, true
		} else if len(d) == 13 && strings.HasPrefix(d, "861") {
			plus = true // 8613800138000: the plus sign is often lost in spreadsheets
		}
	}
	if plus {
		home, ok := strings.CutPrefix(d, "86")
		switch {
		case !ok:
			return Number{Sort: Foreign, Local: d}, len(d) >= 7 && len(d) <= 15 && d[0] != '0'
		case mobile(home):
			return Number{Sort: Mobile, Local: home}, true
		case strings.HasPrefix(home, "0"):
			return landline(home)
		}
		return landline("0" + home)
	}
	switch {
	case mobile(d):
		return Number{Sort: Mobile, Local: d}, true
	case service(d):
		return Number{Sort: Service, Local: d}, true
	case strings.HasPrefix(d, "0"):
		return landline(d)
	}
	return Number{}, false
}

func mobile(d string) bool { return len(d) == 11 && d[0] == '1' && d[1] >= '3' }

// service numbers: 400/800 with seven digits more, 95xxx and 96xxx of five to eight digits, 1xx and 12xxx.
func service(d string) bool {
	switch {
	case len(d) == 10:
		return strings.HasPrefix(d, "400") || strings.HasPrefix(d, "800")
	case len(d) >= 5 && len(d) <= 8 && (strings.HasPrefix(d, "95") || strings.HasPrefix(d, "96")):
		return true
	}
	return len(d) >= 3 && len(d) <= 5 && d[0] == '1' && d[1] <= '2'
}

// landline takes a number with its area code: 010 and 02x have eight digits after them, the others seven or eight.
func landline(d string) (Number, bool) {
	area := 4
	if strings.HasPrefix(d, "010") || strings.HasPrefix(d, "02") {
		area = 3
	}
	if len(d) <= area || d[1] == '0' || area == 4 && d[1] < '3' {
		return Number{}, false
	}
	local := d[area:]
	least := 7
	if area == 3 {
		least = 8
	}
	ok := len(local) >= least && len(local) <= 8 && local[0] >= '2'
	return Number{Sort: Landline, Area: d[:area], Local: local}, ok
}

// Canonical is the form that is kept: E.164, an extension as in RFC 3966; service numbers as they are dialled.
func (n Number) Canonical() string {
	s := n.Local
	switch n.Sort {
	case Mobile:
		s = "+86" + s
	case Landline:
		s = "+86" + n.Area[1:] + s
	case Foreign:
		s = "+" + s
	}
	if n.Extension != "" {
		s += ";ext=" + n.Extension
	}
	return s
}

// National is how the number is written in the mainland.
func (n Number) National() string {
	s := n.Local
	switch n.Sort {
	case Landline:
		s = n.Area + "-" + s
	case Foreign:
		s = "+" + s
	case Service:
		if len(s) == 10 {
			s = s[:3] + "-" + s[3:6] + "-" + s[6:]
		}
	}
	switch {
	case n.Extension == "":
	case n.Sort == Landline:
		s += "-" + n.Extension
	default:
		s += "x" + n.Extension
	}
	return s
}

// Masked hides the middle: 138****8000.
func (n Number) Masked() string {
	s := n.Local
	hidden := min(4, max(len(s)-3, 0))
	from := min(3, max(len(s)-4-hidden, 0))
	n.Local = s[:from] + strings.Repeat("*", hidden) + s[from+hidden:]
	if n.Sort == Service {
		return n.Local
	}
	return n.National()
}
