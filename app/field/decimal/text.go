package decimal

import (
	"bytes"
	"math/bits"
	"strings"
)

// Parse reads a number as JSON writes it: an optional minus sign, digits, an optional fraction and exponent. Digits beyond
// the 28th are rounded. Anything else is ErrSyntax; a number too large is ErrRange.
func Parse(s string) (Decimal, error) {
	if len(s) == 0 || len(s) > MaxText {
		return Decimal{}, ErrSyntax
	}
	rest, neg := strings.CutPrefix(s, "-")
	mantissa, exponent := rest, 0
	if i := strings.IndexAny(rest, "eE"); i >= 0 {
		mantissa = rest[:i]
		e, ok := parseExponent(rest[i+1:])
		if !ok {
			return Decimal{}, ErrSyntax
		}
		exponent = e
	}
	whole, fraction, point := strings.Cut(mantissa, ".")
	if whole == "" || point && fraction == "" || !allDigits(whole) || !allDigits(fraction) {
		return Decimal{}, ErrSyntax
	}
	digits := strings.TrimLeft(whole+fraction, "0")
	if digits == "" {
		return Decimal{}, nil
	}
	scale := len(fraction) - exponent
	if before := len(digits) - scale; before > Digits {
		return Decimal{}, ErrRange
	} else if before < -Digits {
		return Decimal{}, nil
	}
	// 30 digits decide the rounding of the 28th; the others only matter by their number.
	if extra := len(digits) - (Digits + 2); extra > 0 {
		digits, scale = digits[:Digits+2], scale-extra
	}
	var c u128
	for _, r := range []byte(digits) {
		c, _ = c.times(1)
		var carry uint64
		c.lo, carry = bits.Add64(c.lo, uint64(r-'0'), 0)
		c.hi += carry
	}
	return settle(neg, c, scale)
}

func parseExponent(s string) (int, bool) {
	s, neg := strings.CutPrefix(s, "-")
	if !neg {
		s = strings.TrimPrefix(s, "+")
	}
	if s == "" || !allDigits(s) {
		return 0, false
	}
	e := 0
	for _, c := range []byte(s) {
		e = min(e*10+int(c-'0'), 1000)
	}
	if neg {
		e = -e
	}
	return e, true
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// digitText writes the digits without sign and point.
func (d Decimal) digitText(buf []byte) []byte {
	c := d.coef()
	i := len(buf)
	for c != (u128{}) {
		var r uint64
		if c.hi == 0 {
			c.lo, r = c.lo/10, c.lo%10
		} else {
			c, r = c.over(10)
		}
		i--
		buf[i] = byte('0' + r)
	}
	return buf[i:]
}

// Append writes the number without an exponent, the shortest way, which is also how JSON keeps it.
func (d Decimal) Append(out []byte) []byte {
	var buf [40]byte
	digits := d.digitText(buf[:])
	if d.neg {
		out = append(out, '-')
	}
	whole := len(digits) - int(d.scale)
	if whole <= 0 {
		out = append(out, '0')
	} else {
		out = append(out, digits[:whole]...)
	}
	if d.scale > 0 {
		out = append(out, '.')
		for range -whole {
			out = append(out, '0')
		}
		out = append(out, digits[max(0, whole):]...)
	}
	return out
}

// String writes the number without an exponent, the shortest way.
func (d Decimal) String() string { return string(d.Append(nil)) }

// Fixed writes the number rounded to so many places, zeros at the end included, and with a comma after every third digit
// when grouped is set.
func (d Decimal) Fixed(places int, grouped bool) string {
	places = max(0, min(places, Digits))
	r, err := d.Round(places, HalfUp)
	if err != nil {
		r = d
	}
	s, neg := strings.CutPrefix(r.String(), "-")
	whole, fraction, _ := strings.Cut(s, ".")
	if grouped {
		whole = group(whole)
	}
	var b strings.Builder
	if neg {
		b.WriteByte('-')
	}
	b.WriteString(whole)
	if places > 0 {
		b.WriteByte('.')
		b.WriteString(fraction)
		b.WriteString(strings.Repeat("0", max(0, places-len(fraction))))
	}
	return b.String()
}

func group(whole string) string {
	var b strings.Builder
	for i, c := range []byte(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// MarshalJSON writes a JSON number.
func (d Decimal) MarshalJSON() ([]byte, error) { return d.Append(nil), nil }

// UnmarshalJSON reads a JSON number.
func (d *Decimal) UnmarshalJSON(raw []byte) error {
	n, err := Parse(string(bytes.TrimSpace(raw)))
	if err != nil {
		return err
	}
	*d = n
	return nil
}

// Key gives bytes that compare as the numbers do: sign, place of the first digit, digits. All that follows the sign is
// turned over in negative numbers, whose order runs the other way.
func (d Decimal) Key() []byte {
	if d.Sign() == 0 {
		return []byte{1}
	}
	var buf [40]byte
	digits := d.digitText(buf[:])
	key := make([]byte, 0, 2+len(digits)+1)
	key = append(key, 2, byte(64+len(digits)-int(d.scale)))
	key = append(key, bytes.TrimRight(digits, "0")...)
	if d.neg {
		key[0] = 0
		for i := 1; i < len(key); i++ {
			key[i] = ^key[i]
		}
		key = append(key, 0xff)
	}
	return key
}
