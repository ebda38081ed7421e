package decimal

import (
	"math"
	"math/big"
	"math/bits"
)

// Add gives the sum.
func (d Decimal) Add(e Decimal) (Decimal, error) {
	scale := max(d.scale, e.scale)
	a, okA := d.coef().times(int(scale - d.scale))
	b, okB := e.coef().times(int(scale - e.scale))
	if okA && okB {
		if d.neg == e.neg {
			lo, c := bits.Add64(a.lo, b.lo, 0)
			hi, c := bits.Add64(a.hi, b.hi, c)
			if c == 0 && hi < math.MaxUint64/4 {
				return settle(d.neg, u128{hi, lo}, int(scale))
			}
		} else {
			neg := d.neg
			if a.less(b) {
				a, b, neg = b, a, e.neg
			}
			lo, c := bits.Sub64(a.lo, b.lo, 0)
			hi, _ := bits.Sub64(a.hi, b.hi, c)
			return settle(neg, u128{hi, lo}, int(scale))
		}
	}
	x, y := d.bigs(e)
	x.Add(x, y)
	return settleBig(x.Sign() < 0, x.Abs(x), int(scale))
}

// Sub gives the difference.
func (d Decimal) Sub(e Decimal) (Decimal, error) { return d.Add(e.Neg()) }

// Mul gives the product.
func (d Decimal) Mul(e Decimal) (Decimal, error) {
	neg, scale := d.neg != e.neg, int(d.scale)+int(e.scale)
	if d.hi == 0 && e.hi == 0 {
		hi, lo := bits.Mul64(d.lo, e.lo)
		return settle(neg, u128{hi, lo}, scale)
	}
	x := d.coef().big()
	return settleBig(neg, x.Mul(x, e.coef().big()), scale)
}

// Quo gives the quotient, to 28 digits.
func (d Decimal) Quo(e Decimal) (Decimal, error) {
	if e.Sign() == 0 {
		return Decimal{}, ErrZero
	}
	neg, scale := d.neg != e.neg, int(d.scale)-int(e.scale)
	if d.hi == 0 && e.hi == 0 && d.lo%e.lo == 0 && scale >= 0 {
		return settle(neg, u128{0, d.lo / e.lo}, scale)
	}
	if e.hi == 0 && e.lo < 1e9 {
		// 38 digits fit two words; divided by nine of them they leave the 29 that decide the rounding.
		shift := 38 - d.coef().digits()
		up, _ := d.coef().times(shift)
		q, _ := up.over(e.lo)
		return settle(neg, q, scale+shift)
	}
	// One digit more than is kept decides the rounding, and cutting off what follows it does not change that.
	shift := max(0, Digits+2+e.coef().digits()-d.coef().digits(), -scale)
	x := d.coef().big()
	x.Mul(x, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(shift)), nil))
	return settleBig(neg, x.Quo(x, e.coef().big()), scale+shift)
}

// Mod gives the remainder with the sign of the divisor, as spreadsheets do: MOD(-3, 2) is 1.
func (d Decimal) Mod(e Decimal) (Decimal, error) {
	if e.Sign() == 0 {
		return Decimal{}, ErrZero
	}
	x, y := d.bigs(e)
	r := new(big.Int).Rem(x, y)
	if r.Sign() != 0 && r.Sign() != y.Sign() {
		r.Add(r, y)
	}
	return settleBig(r.Sign() < 0, r.Abs(r), int(max(d.scale, e.scale)))
}

// Pow raises to a whole power of at most ±1000; more is ErrRange unless the base is 0, 1 or -1.
func (d Decimal) Pow(n int64) (Decimal, error) {
	const most = 1000
	one := FromInt(1)
	if d.Abs() == one || d.Sign() == 0 && n > 0 {
		if n%2 == 0 {
			return d.Abs(), nil
		}
		return d, nil
	}
	if n < 0 {
		if d.Sign() == 0 {
			return Decimal{}, ErrZero
		}
		if n < -most {
			return Decimal{}, ErrRange
		}
		p, err := d.Pow(-n)
		if err != nil {
			return Decimal{}, err
		}
		if p.Sign() == 0 {
			return Decimal{}, ErrRange // too near to zero to be turned over
		}
		return one.Quo(p)
	}
	if n > most {
		return Decimal{}, ErrRange
	}
	result, base := one, d
	var err error
	for {
		if n%2 == 1 {
			if result, err = result.Mul(base); err != nil {
				return Decimal{}, err
			}
		}
		if n /= 2; n == 0 {
			return result, nil
		}
		if base, err = base.Mul(base); err != nil {
			return Decimal{}, err
		}
	}
}

// Rounding is what happens to digits that are cut off.
type Rounding int

// The ways to round.
const (
	HalfUp Rounding = iota // half away from zero: 四舍五入
	Up                     // away from zero
	Down                   // towards zero
	Floor                  // towards minus infinity
	Ceil                   // towards plus infinity
)

// Round keeps so many digits behind the point, or before it when places is negative.
func (d Decimal) Round(places int, how Rounding) (Decimal, error) {
	drop := int(d.scale) - places
	if drop <= 0 || d.Sign() == 0 {
		return d, nil
	}
	c := d.coef()
	var q u128
	var rest, half bool // is anything cut off, and is it half a unit or more
	switch {
	case drop > 38:
		rest = true
	case drop <= 19:
		p := pow10Word(drop)
		var r uint64
		q, r = c.over(p)
		rest, half = r != 0, r != 0 && r >= p-r
	default:
		p := pow10(drop)
		x, y := c.big(), p.big()
		r := new(big.Int)
		x.QuoRem(x, y, r)
		rest = r.Sign() != 0
		half = r.Lsh(r, 1).Cmp(y) >= 0
		q = u128{new(big.Int).Rsh(x, 64).Uint64(), new(big.Int).And(x, new(big.Int).SetUint64(math.MaxUint64)).Uint64()}
	}
	up := false
	switch how {
	case HalfUp:
		up = half
	case Up:
		up = rest
	case Floor:
		up = rest && d.neg
	case Ceil:
		up = rest && !d.neg
	}
	if up {
		var carry uint64
		q.lo, carry = bits.Add64(q.lo, 1, 0)
		q.hi += carry
	}
	if q == (u128{}) {
		return Decimal{}, nil
	}
	return settle(d.neg, q, places)
}
