// Package rank orders cards in a column without numbering them: a rank is a base-62 fraction that compares as a
// string, so a card that moves changes its own row only. A new card's rank is its time-ordered id, which puts it after
// everything that came before without reading anything; a card dropped between two others gets the shortest fraction
// that lies between theirs. The package does no input or output.
package rank

import (
	"errors"
	"math/big"
	"strings"
)

const (
	// digits are in ASCII order, which is the order of a binary collation.
	digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	base   = 62

	// Width is how many digits every rank has at least: 62^9 is just above 2^53, the biggest id.
	Width = 9
	// MaxLength is the longest rank a column should keep; a longer one asks for Spread over the whole column.
	MaxLength = 64

	// stride is the distance kept when there is a neighbour on one side only: about a quarter of a second of ids, so
	// that putting card after card on top never grows the ranks and still leaves twenty halvings between any two.
	stride = 1 << 20
)

// ErrNoRoom tells that no rank lies between the two given ones: they are equal, or in the wrong order. The caller
// spreads the column anew.
var ErrNoRoom = errors.New("rank: no room between these neighbours")

// FromID gives the rank of a card that is put at the end now.
func FromID(id int64) string {
	var out [Width]byte
	for i := Width - 1; i >= 0; i-- {
		out[i] = digits[id%base]
		id /= base
	}
	return string(out[:])
}

// Valid reports whether s is a rank this package could have made.
func Valid(s string) bool {
	if len(s) < Width || len(s) > Width && s[len(s)-1] == '0' {
		return false
	}
	for i := range len(s) {
		if strings.IndexByte(digits, s[i]) < 0 {
			return false
		}
	}
	return true
}

// Between gives the shortest rank after `after` and before `before`. An empty string stands for "nothing on this side".
func Between(after, before string) (string, error) {
	switch {
	case after == "" && before == "":
		return "", ErrNoRoom
	case after == "":
		return beforeFirst(before)
	case before == "":
		return afterLast(after)
	case after >= before:
		return "", ErrNoRoom
	}
	return middle(after, before)
}

// Spread gives n ranks in order, all before the given one and evenly apart.
func Spread(n int, before string) ([]string, error) {
	if n == 0 {
		return []string{}, nil
	}
	top := head(before)
	step := min(stride, top/int64(n+1))
	if step < 1 {
		return nil, ErrNoRoom
	}
	out := make([]string, n)
	for i := range out {
		out[i] = FromID(top - step*int64(n-i))
	}
	return out, nil
}

func beforeFirst(first string) (string, error) {
	top := head(first)
	if top == 0 {
		return middle("", first)
	}
	return FromID(top - min(stride, (top+1)/2)), nil
}

func afterLast(last string) (string, error) {
	const end = 13_537_086_546_263_552 // 62^9
	from := head(last)
	room := end - 1 - from
	if room < 1 {
		return middle(last, "")
	}
	return FromID(from + min(stride, (room+1)/2)), nil
}

// head reads the first Width digits as a number.
func head(s string) int64 {
	var n int64
	for i := range Width {
		n *= base
		if i < len(s) {
			n += int64(strings.IndexByte(digits, s[i]))
		}
	}
	return n
}

// middle looks for the shortest length at which a fraction fits, and takes the middle one of that length.
func middle(after, before string) (string, error) {
	length := max(Width, shared(after, before)+1)
	// One digit more than both have always suffices, unless `before` is `after` followed by zeros.
	for longest := max(len(after), len(before), Width) + 1; length <= longest; length++ {
		low := big.NewInt(0)
		if after != "" {
			low = number(after, length)
			low.Add(low, big.NewInt(1))
		}
		var high *big.Int
		if before == "" {
			high = new(big.Int).Exp(big.NewInt(base), big.NewInt(int64(length)), nil)
			high.Sub(high, big.NewInt(1))
		} else {
			high = number(before, length)
			if len(before) <= length {
				high.Sub(high, big.NewInt(1))
			}
		}
		if low.Cmp(high) <= 0 {
			low.Add(low, high)
			return text(low.Rsh(low, 1), length), nil
		}
	}
	return "", ErrNoRoom
}

func shared(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// number reads the first `length` digits, missing ones as zero.
func number(s string, length int) *big.Int {
	n, factor := new(big.Int), big.NewInt(base)
	for i := range length {
		n.Mul(n, factor)
		if i < len(s) {
			n.Add(n, big.NewInt(int64(strings.IndexByte(digits, s[i]))))
		}
	}
	return n
}

// text writes a number with `length` digits and drops zeros that mean nothing.
func text(n *big.Int, length int) string {
	out := make([]byte, length)
	factor, digit := big.NewInt(base), new(big.Int)
	for i := length - 1; i >= 0; i-- {
		n.DivMod(n, factor, digit)
		out[i] = digits[digit.Int64()]
	}
	end := length
	for end > Width && out[end-1] == '0' {
		end--
	}
	return string(out[:end])
}
