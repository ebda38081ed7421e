// Package decimal is the arithmetic of custom fields and formulas: decimal fractions as people write them, so that
// 0.1 + 0.2 is 0.3. A number has at most 28 significant digits, at most 28 of them behind the point, and is smaller than
// 10^28; results are rounded half away from zero (四舍五入) to that, and what is larger is ErrRange, never a wrong number.
// The package does no input or output.
package decimal

import (
	"errors"
	"math"
	"math/big"
	"math/bits"
	"strconv"
)

const (
	// Digits bounds the significant digits of a number and those behind its point.
	Digits = 28
	// MaxText bounds what Parse reads.
	MaxText = 128
)

// The errors of the arithmetic.
var (
	ErrSyntax = errors.New("decimal: not a number")
	ErrRange  = errors.New("decimal: 10^28 or more")
	ErrZero   = errors.New("decimal: division by zero")
)

// Decimal is a number. Equal numbers are equal values: == compares them, and they may be keys of a map.
type Decimal struct {
	hi, lo uint64 // the digits as a whole number below 10^28, without zeros at the end of the fraction
	scale  int8   // how many of the digits stand behind the point
	neg    bool
}

// u128 is a whole number of two words.
type u128 struct{ hi, lo uint64 }

// pow10 gives 10^n for n up to 38, the largest power that two words hold.
func pow10(n int) u128 {
	if n <= 19 {
		return u128{0, pow10Word(n)}
	}
	hi, lo := bits.Mul64(pow10Word(19), pow10Word(n-19))
	return u128{hi, lo}
}

func pow10Word(n int) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}

func (a u128) less(b u128) bool { return a.hi < b.hi || a.hi == b.hi && a.lo < b.lo }

// times multiplies by 10^n and tells whether the product still fits.
func (a u128) times(n int) (u128, bool) {
	for n > 0 {
		step := min(n, 19)
		p := pow10Word(step)
		over, hi := bits.Mul64(a.hi, p)
		carry, lo := bits.Mul64(a.lo, p)
		hi, c := bits.Add64(hi, carry, 0)
		if over != 0 || c != 0 {
			return a, false
		}
		a = u128{hi, lo}
		n -= step
	}
	return a, true
}

// over divides by a word.
func (a u128) over(d uint64) (u128, uint64) {
	hi, r := a.hi/d, a.hi%d
	lo, r := bits.Div64(r, a.lo, d)
	return u128{hi, lo}, r
}

func (a u128) big() *big.Int {
	x := new(big.Int).SetUint64(a.hi)
	return x.Lsh(x, 64).Or(x, new(big.Int).SetUint64(a.lo))
}

// digits counts the digits; none for zero.
func (a u128) digits() int {
	n := 0
	if a.hi != 0 {
		a, _ = a.over(1e19)
		n = 19
		if a.hi != 0 { // cannot be: below 10^38
			return 39
		}
	}
	for a.lo != 0 {
		a.lo /= 10
		n++
	}
	return n
}

// limit is 10^28.
func limit() u128 { return u128{hi: 542101086, lo: 4477988020393345024} }

// settle makes a number of digits and a scale: rounded to what a number may have, without zeros at the end.
func settle(neg bool, c u128, scale int) (Decimal, error) {
	for !c.less(limit()) || scale > Digits {
		drop := max(c.digits()-Digits, scale-Digits)
		if drop > scale {
			return Decimal{}, ErrRange
		}
		c = c.dropDigits(drop)
		scale -= drop
	}
	for scale > 0 {
		q, r := c.over(10)
		if r != 0 {
			break
		}
		c, scale = q, scale-1
	}
	if c == (u128{}) {
		return Decimal{}, nil
	}
	if scale < 0 {
		up, ok := c.times(-scale)
		if !ok || !up.less(limit()) {
			return Decimal{}, ErrRange
		}
		c, scale = up, 0
	}
	return Decimal{hi: c.hi, lo: c.lo, scale: int8(scale), neg: neg}, nil
}

// dropDigits divides by 10^n, rounding half up.
func (a u128) dropDigits(n int) u128 {
	if n > 38 {
		return u128{}
	}
	for n > 19 {
		// Cutting off all but the last 19 first keeps the rounding right: what is cut here lies below the half.
		a, _ = a.over(10)
		n--
	}
	d := pow10Word(n)
	q, r := a.over(d)
	if r >= d-r && r != 0 {
		var c uint64
		q.lo, c = bits.Add64(q.lo, 1, 0)
		q.hi += c
	}
	return q
}

// settleBig is settle for results that two words do not hold.
func settleBig(neg bool, c *big.Int, scale int) (Decimal, error) {
	for range 2 {
		n := len(c.Text(10))
		drop := max(n-Digits, scale-Digits)
		if drop <= 0 {
			break
		}
		if drop > scale {
			return Decimal{}, ErrRange
		}
		if drop > n {
			return Decimal{}, nil
		}
		p := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(drop)), nil)
		r := new(big.Int)
		c, r = new(big.Int).QuoRem(c, p, r)
		if r.Lsh(r, 1).Cmp(p) >= 0 {
			c.Add(c, big.NewInt(1))
		}
		scale -= drop
	}
	word := new(big.Int).And(c, new(big.Int).SetUint64(math.MaxUint64)).Uint64()
	return settle(neg, u128{new(big.Int).Rsh(c, 64).Uint64(), word}, scale)
}

func (d Decimal) coef() u128 { return u128{d.hi, d.lo} }

// FromInt makes a number of a whole one.
func FromInt(n int64) Decimal {
	if n < 0 {
		return Decimal{lo: -uint64(n), neg: true}
	}
	return Decimal{lo: uint64(n)}
}

// New gives n / 10^scale; a scale outside 0…28 is ErrRange.
func New(n int64, scale int) (Decimal, error) {
	if scale < 0 || scale > Digits {
		return Decimal{}, ErrRange
	}
	d := FromInt(n)
	return settle(d.neg, d.coef(), scale)
}

// FromFloat takes the shortest decimal that a float stands for; it has no more than 17 digits.
func FromFloat(f float64) (Decimal, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) || math.Abs(f) >= 1e28 {
		return Decimal{}, ErrRange
	}
	return Parse(strconv.FormatFloat(f, 'g', -1, 64))
}

// Float gives the nearest float, for what has no exact result anyway.
func (d Decimal) Float() float64 {
	f, err := strconv.ParseFloat(d.String(), 64)
	if err != nil {
		return 0 // cannot be: String writes numbers
	}
	return f
}

// Int gives a whole number that 64 bits hold.
func (d Decimal) Int() (int64, bool) {
	if d.scale != 0 || d.hi != 0 || d.lo > math.MaxInt64 {
		return 0, false
	}
	if d.neg {
		return -int64(d.lo), true
	}
	return int64(d.lo), true
}

// Sign is -1, 0 or 1.
func (d Decimal) Sign() int {
	switch {
	case d.neg:
		return -1
	case d.coef() == u128{}:
		return 0
	}
	return 1
}

// Scale tells how many digits stand behind the point.
func (d Decimal) Scale() int { return int(d.scale) }

// Significant counts the digits between the first and the last that is not zero.
func (d Decimal) Significant() int {
	c := d.coef()
	for c != (u128{}) {
		q, r := c.over(10)
		if r != 0 {
			break
		}
		c = q
	}
	return c.digits()
}

// Neg changes the sign.
func (d Decimal) Neg() Decimal {
	d.neg = !d.neg && d.coef() != u128{}
	return d
}

// Abs leaves the sign away.
func (d Decimal) Abs() Decimal {
	d.neg = false
	return d
}

// Cmp orders two numbers: -1, 0 or 1.
func (d Decimal) Cmp(e Decimal) int {
	if d == e {
		return 0
	}
	if s, t := d.Sign(), e.Sign(); s != t {
		if s < t {
			return -1
		}
		return 1
	}
	a, b := d.coef(), e.coef()
	var less bool
	// Two words hold 10^38, so numbers far apart in scale need not be aligned at all: their lengths tell.
	if m, n := a.digits()-int(d.scale), b.digits()-int(e.scale); m != n {
		less = m < n
	} else {
		a, okA := a.times(max(0, int(e.scale)-int(d.scale)))
		b, okB := b.times(max(0, int(d.scale)-int(e.scale)))
		if okA && okB {
			less = a.less(b)
		} else {
			x, y := d.bigs(e)
			less = x.CmpAbs(y) < 0
		}
	}
	if less != d.neg {
		return -1
	}
	return 1
}

// bigs gives both numbers, signed, at their common scale.
func (d Decimal) bigs(e Decimal) (*big.Int, *big.Int) {
	x, y := d.coef().big(), e.coef().big()
	up := func(z *big.Int, n int) {
		if n > 0 {
			z.Mul(z, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil))
		}
	}
	up(x, int(e.scale)-int(d.scale))
	up(y, int(d.scale)-int(e.scale))
	if d.neg {
		x.Neg(x)
	}
	if e.neg {
		y.Neg(y)
	}
	return x, y
}
