// Package idcard reads the numbers of resident identity cards by GB 11643-1999: six digits of the division, eight of the
// birthday, three in sequence (odd for men), one check character by ISO 7064 MOD 11-2. The 15-digit numbers of before 1999
// are written in the 18-digit form. The package does no input or output.
package idcard

import (
	"errors"
	"strings"
	"time"

	"dingban/app/field/kind/region"
)

// What can be wrong with a number.
var (
	ErrShape    = errors.New("idcard: neither 18 nor 15 digits")
	ErrCheck    = errors.New("idcard: the check digit does not fit")
	ErrBirthday = errors.New("idcard: no such birthday")
	ErrRegion   = errors.New("idcard: no such division")
)

// Number is a number in its parts.
type Number struct {
	Text     string // 18 characters, a check character of 10 as X
	Region   string // the first six digits
	Birthday time.Time
	Male     bool
	Upgraded bool // it was given with 15 digits
}

// Parse reads a number. The day of reference is one that no birthday may lie after.
func Parse(s string, today time.Time) (Number, error) {
	s = strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "\u3000", "").Replace(s))
	upgraded := len(s) == 15
	if upgraded {
		if !digits(s) {
			return Number{}, ErrShape
		}
		// Whoever had a 15-digit number was born in the twentieth century, except the centenarians of its time, whose
		// sequence is 996 to 999 and who were born in the nineteenth.
		century := "19"
		if s[12:] >= "996" {
			century = "18"
		}
		s = s[:6] + century + s[6:]
		s += string(check(s))
	}
	if len(s) != 18 || !digits(s[:17]) || s[17] != 'X' && !digits(s[17:]) {
		return Number{}, ErrShape
	}
	if check(s[:17]) != s[17] {
		return Number{}, ErrCheck
	}
	if !region.KnownProvince(s[:2]) && s[:2] != "83" { // 83: residence permits of people from Taiwan
		return Number{}, ErrRegion
	}
	born, err := time.Parse("20060102", s[6:14])
	if err != nil || born.After(today) || born.Year() < 1800 {
		return Number{}, ErrBirthday
	}
	return Number{Text: s, Region: s[:6], Birthday: born, Male: (s[16]-'0')%2 == 1, Upgraded: upgraded}, nil
}

func digits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// check computes the character that follows 17 digits: the weights are 2^(17-i) modulo 11.
func check(seventeen string) byte {
	sum := 0
	for i := range len(seventeen) {
		sum = (sum + int(seventeen[i]-'0')) * 2 % 11
	}
	return "0123456789X"[(12-sum)%11]
}

// Mask hides the birthday and the sequence: the division and the last four stay.
func Mask(s string) string {
	if len(s) != 18 {
		return strings.Repeat("*", len(s))
	}
	return s[:6] + "********" + s[14:]
}
