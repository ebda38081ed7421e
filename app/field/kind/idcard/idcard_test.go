package idcard

import (
	"errors"
	"testing"
	"time"
)

var today = time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, text string
		err      error
	}{
		{"11010519491231002X", "11010519491231002X", nil}, // the example of the standard
		{"11010519491231002x", "11010519491231002X", nil},
		{"110105 19491231 002X", "11010519491231002X", nil},
		{"440524188001010014", "440524188001010014", nil}, // the other example of the standard
		{"110105491231002", "11010519491231002X", nil},
		{"440524800101996", "440524188001019967", nil},
		{"110105194912310021", "", ErrCheck},
		{"11010519491231002", "", ErrShape},
		{"1101051949123100AX", "", ErrShape},
		{"", "", ErrShape},
		{"110105490231002", "", ErrBirthday}, // 31 February
	} {
		n, err := Parse(c.in, today)
		if !errors.Is(err, c.err) || n.Text != c.text {
			t.Errorf("%q: %q, %v; want %q, %v", c.in, n.Text, err, c.text, c.err)
		}
	}
}

func valid(seventeen string) string { return seventeen + string(check(seventeen)) }

func TestBirthdayRegionAndSex(t *testing.T) {
	t.Parallel()
	if _, err := Parse(valid("11010520260306001"), today); !errors.Is(err, ErrBirthday) {
		t.Errorf("born tomorrow: %v", err)
	}
	if n, err := Parse(valid("11010520260305001"), today); err != nil || !n.Male || n.Birthday != today {
		t.Errorf("born today: %+v, %v", n, err)
	}
	if _, err := Parse(valid("11010520010229001"), today); !errors.Is(err, ErrBirthday) {
		t.Errorf("29 February of a common year: %v", err)
	}
	if _, err := Parse(valid("99010520010228001"), today); !errors.Is(err, ErrRegion) {
		t.Errorf("division 99: %v", err)
	}
	if n, err := Parse(valid("83000019900101002"), today); err != nil || n.Male {
		t.Errorf("residence permit: %+v, %v", n, err)
	}
}

// Every single wrong digit and every swap of neighbours is noticed: that is what the check character is for.
func TestCheckNoticesSingleErrors(t *testing.T) {
	t.Parallel()
	good := []byte("11010519491231002X")
	for i := range 17 {
		for d := byte('0'); d <= '9'; d++ {
			bad := append([]byte{}, good...)
			if bad[i] == d {
				continue
			}
			bad[i] = d
			if _, err := Parse(string(bad), today); err == nil {
				t.Errorf("%s was accepted", bad)
			}
		}
		if i < 16 && good[i] != good[i+1] {
			bad := append([]byte{}, good...)
			bad[i], bad[i+1] = bad[i+1], bad[i]
			if _, err := Parse(string(bad), today); err == nil {
				t.Errorf("%s was accepted", bad)
			}
		}
	}
}

func TestMask(t *testing.T) {
	t.Parallel()
	if got := Mask("11010519491231002X"); got != "110105********002X" {
		t.Error(got)
	}
	if got := Mask("123"); got != "***" {
		t.Error(got)
	}
}
