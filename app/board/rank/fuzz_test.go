package rank

import (
	"errors"
	"testing"
)

// FuzzBetween takes any two strings for neighbours. Between two ranks in order there is always a valid one, no longer than
// one digit more than they have; only before the lowest of all there is no room.
func FuzzBetween(f *testing.F) {
	for _, c := range [][2]string{
		{"", "000000001"},
		{"zzzzzzzzz", ""},
		{"123456789", "12345678A"},
		{"123456789", "1234567891"},
		{"123456789", "12345678901"},
		{"123456789z", "12345678A"},
		{"123456789zzzzzzzzzzzz", "12345678A"},
		{"000000000", "0000000001"},
		{"999999999", "111111111"},
		{"", ""},
	} {
		f.Add(c[0], c[1])
	}
	f.Fuzz(func(t *testing.T, after, before string) {
		if after != "" && !Valid(after) || before != "" && !Valid(before) || len(after) > 200 || len(before) > 200 {
			return // no rank of ours
		}
		got, err := Between(after, before)
		ordered := after == "" || before == "" || after < before
		switch {
		case errors.Is(err, ErrNoRoom):
			if ordered && before != "000000000" && (after != "" || before != "") {
				t.Errorf("no room between %q and %q", after, before)
			}
		case err != nil:
			t.Errorf("between %q and %q: %v", after, before, err)
		case !ordered || !Valid(got) || got <= after || before != "" && got >= before:
			t.Errorf("%q is not between %q and %q", got, after, before)
		case len(got) > max(len(after), len(before), Width)+1:
			t.Errorf("%q is longer than it must be between %q and %q", got, after, before)
		}
	})
}
