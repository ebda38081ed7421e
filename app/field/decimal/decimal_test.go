package decimal

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
)

func num(t testing.TB, s string) Decimal {
	t.Helper()
	d, err := Parse(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return d
}

func TestParseAndWrite(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"0": "0", "-0": "0", "0.000": "0", "1.50": "1.5", "-12.030": "-12.03", "1e3": "1000", "1.5E-3": "0.0015",
		"0000012": "12", "100": "100", "9999999999999999999999999999": "9999999999999999999999999999",
		"0.0000000000000000000000000001":       "0.0000000000000000000000000001",
		"0.00000000000000000000000000004":      "0",
		"0.00000000000000000000000000005":      "0.0000000000000000000000000001",
		"1e-200":                               "0",
		"1.23456789012345678901234567895":      "1.234567890123456789012345679",
		"123456789012345678901234567.89499999": "123456789012345678901234567.9",
		"99999999999999999999999999.999":       "100000000000000000000000000",
	} {
		d, err := Parse(in)
		if err != nil || d.String() != want {
			t.Errorf("%q reads as %s (%v), want %s", in, d, err, want)
		}
	}
	for in, want := range map[string]error{
		"": ErrSyntax, "-": ErrSyntax, ".5": ErrSyntax, "5.": ErrSyntax, "+1": ErrSyntax, "1,000": ErrSyntax, "0x10": ErrSyntax, "1e": ErrSyntax,
		"--1": ErrSyntax, "1e+-5": ErrSyntax, "NaN": ErrSyntax, "１": ErrSyntax, "1e28": ErrRange, "1e99999999999": ErrRange,
		"99999999999999999999999999999": ErrRange, strings.Repeat("0", 129): ErrSyntax, "9999999999999999999999999999.5": ErrRange,
	} {
		if d, err := Parse(in); !errors.Is(err, want) {
			t.Errorf("%q reads as %s (%v), want %v", in, d, err, want)
		}
	}
}

func TestArithmetic(t *testing.T) {
	t.Parallel()
	type op func(a, b Decimal) (Decimal, error)
	for _, c := range []struct {
		name string
		f    op
		a, b string
		want string
	}{
		{"add", Decimal.Add, "0.1", "0.2", "0.3"},
		{"add", Decimal.Add, "9999999999999999999999999999", "0.4", "9999999999999999999999999999"},
		{"add", Decimal.Add, "5000000000000000000000000000", "0.0000000000000000000000000001", "5000000000000000000000000000"},
		{"sub", Decimal.Sub, "1", "0.9", "0.1"},
		{"sub", Decimal.Sub, "3", "5.5", "-2.5"},
		{"mul", Decimal.Mul, "-1.1", "1.1", "-1.21"},
		{"mul", Decimal.Mul, "12345678901234.5", "98765432109876.5", "1219326311370210713595492539"},
		{"quo", Decimal.Quo, "1", "3", "0.3333333333333333333333333333"},
		{"quo", Decimal.Quo, "2", "3", "0.6666666666666666666666666667"},
		{"quo", Decimal.Quo, "-10", "4", "-2.5"},
		{"quo", Decimal.Quo, "1", "0.0000000000000000000000000001", "!range"},
		{"quo", Decimal.Quo, "1", "0", "!zero"},
		{"mod", Decimal.Mod, "-3", "2", "1"},
		{"mod", Decimal.Mod, "3", "-2", "-1"},
		{"mod", Decimal.Mod, "5.5", "2", "1.5"},
		{"mod", Decimal.Mod, "1", "0", "!zero"},
		{"mul", Decimal.Mul, "1e20", "1e20", "!range"},
		{"add", Decimal.Add, "9999999999999999999999999999", "1", "!range"},
	} {
		got, err := c.f(num(t, c.a), num(t, c.b))
		s := got.String()
		switch {
		case errors.Is(err, ErrRange):
			s = "!range"
		case errors.Is(err, ErrZero):
			s = "!zero"
		}
		if s != c.want {
			t.Errorf("%s %s %s = %s, want %s", c.a, c.name, c.b, s, c.want)
		}
	}
}

func TestRound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in     string
		places int
		how    Rounding
		want   string
	}{
		{"2.345", 2, HalfUp, "2.35"},
		{"-2.345", 2, HalfUp, "-2.35"},
		{"2.344", 2, HalfUp, "2.34"},
		{"1234.5", -2, HalfUp, "1200"},
		{"1250", -2, HalfUp, "1300"},
		{"0.001", 2, Up, "0.01"},
		{"-0.001", 2, Up, "-0.01"},
		{"0.009", 2, Down, "0"},
		{"-1.5", 0, Floor, "-2"},
		{"1.5", 0, Floor, "1"},
		{"1.2", 0, Ceil, "2"},
		{"-1.2", 0, Ceil, "-1"},
		{"7", 5, HalfUp, "7"},
		{"4", -1, HalfUp, "0"},
		{"5", -1, HalfUp, "10"},
		{"5", -40, HalfUp, "0"},
		{"5", -3, Up, "1000"},
	} {
		if got, err := num(t, c.in).Round(c.places, c.how); err != nil || got.String() != c.want {
			t.Errorf("round %s to %d (%d) = %s (%v), want %s", c.in, c.places, c.how, got, err, c.want)
		}
	}
	if _, err := num(t, "5").Round(-28, Up); !errors.Is(err, ErrRange) {
		t.Errorf("rounding up to 10^28 gives %v", err)
	}
}

func TestPow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		base string
		n    int64
		want string
	}{{"2", 10, "1024"}, {"1.05", 2, "1.1025"}, {"2", -2, "0.25"}, {"-1", 1 << 60, "1"}, {"0", 5, "0"}, {"7", 0, "1"}, {"10", 27, "1000000000000000000000000000"}} {
		if got, err := num(t, c.base).Pow(c.n); err != nil || got.String() != c.want {
			t.Errorf("%s^%d = %s (%v), want %s", c.base, c.n, got, err, c.want)
		}
	}
	for _, c := range []struct {
		base string
		n    int64
		want error
	}{{"10", 28, ErrRange}, {"0", -1, ErrZero}, {"2", 1 << 62, ErrRange}, {"2", -(1 << 62), ErrRange}} {
		if got, err := num(t, c.base).Pow(c.n); !errors.Is(err, c.want) {
			t.Errorf("%s^%d = %s (%v), want %v", c.base, c.n, got, err, c.want)
		}
	}
}

func TestFixedAndJSON(t *testing.T) {
	t.Parallel()
	if got := num(t, "-1234567.895").Fixed(2, true); got != "-1,234,567.90" {
		t.Error(got)
	}
	if got := num(t, "12").Fixed(0, true); got != "12" {
		t.Error(got)
	}
	var d Decimal
	if err := json.Unmarshal([]byte(`1.500`), &d); err != nil || d.String() != "1.5" {
		t.Error(d, err)
	}
	if err := json.Unmarshal([]byte(`"1.5"`), &d); err == nil {
		t.Error("text was taken for a number")
	}
}

// random makes numbers of all lengths and scales, many of them near each other.
func random(r *rand.Rand) Decimal {
	n := 1 + r.IntN(28)
	digits := make([]byte, n)
	for i := range digits {
		digits[i] = byte('0' + r.IntN(10))
		if r.IntN(3) == 0 {
			digits[i] = "09"[r.IntN(2)]
		}
	}
	at := r.IntN(n + 1)
	s := "0" + string(digits[:at]) + "." + string(digits[at:]) + "0"
	if r.IntN(2) == 0 {
		s = "-" + s
	}
	d, _ := Parse(s)
	return d
}

// round28 is the rule of the package said by big.Rat: half away from zero, to 28 digits in all and behind the point.
func round28(x *big.Rat) (string, bool) {
	places := 28
	for ; places >= 0; places-- {
		s := x.FloatString(places) // rounds half away from zero
		digits := strings.TrimLeft(strings.NewReplacer("-", "", ".", "").Replace(s), "0")
		if len(digits) <= 28 {
			if strings.Contains(s, ".") {
				s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
			}
			if s == "-0" {
				s = "0"
			}
			return s, true
		}
	}
	return "", false
}

func TestArithmeticAgreesWithRationals(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 4_000 {
		a, b := random(r), random(r)
		if r.IntN(20) == 0 {
			b = a.Neg()
		}
		x, _ := new(big.Rat).SetString(a.String())
		y, _ := new(big.Rat).SetString(b.String())
		if got, want := a.Cmp(b), x.Cmp(y); got != want {
			t.Fatalf("%s cmp %s = %d, want %d", a, b, got, want)
		}
		if got, want := bytes.Compare(a.Key(), b.Key()), x.Cmp(y); got != want {
			t.Fatalf("keys of %s and %s compare %d, want %d", a, b, got, want)
		}
		for name, f := range map[string]func() (Decimal, *big.Rat, error){
			"+": func() (Decimal, *big.Rat, error) { d, err := a.Add(b); return d, new(big.Rat).Add(x, y), err },
			"-": func() (Decimal, *big.Rat, error) { d, err := a.Sub(b); return d, new(big.Rat).Sub(x, y), err },
			"*": func() (Decimal, *big.Rat, error) { d, err := a.Mul(b); return d, new(big.Rat).Mul(x, y), err },
			"/": func() (Decimal, *big.Rat, error) {
				if y.Sign() == 0 {
					return Decimal{}, new(big.Rat), nil
				}
				d, err := a.Quo(b)
				return d, new(big.Rat).Quo(x, y), err
			},
		} {
			got, exact, err := f()
			want, fits := round28(exact)
			if fits != (err == nil) || fits && got.String() != want {
				t.Fatalf("%s %s %s = %s (%v), want %s", a, name, b, got, err, want)
			}
			if again, err := Parse(got.String()); err != nil || again != got {
				t.Fatalf("%s does not read back: %s, %v", got, again, err)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"0", "-1.5e3", "1e-28", "9999999999999999999999999999", "1.23456789012345678901234567895"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := Parse(s)
		if err != nil {
			return
		}
		x, ok := new(big.Rat).SetString(s)
		if !ok && strings.ContainsAny(s, "eE") {
			return // an exponent that big.Rat does not take
		}
		if !ok {
			t.Fatalf("%q is no number, and reads as %s", s, d)
		}
		if want, _ := round28(x); d.String() != want {
			t.Fatalf("%q reads as %s, want %s", s, d, want)
		}
	})
}

func BenchmarkMul(b *testing.B) {
	x, y := num(b, "1234.56"), num(b, "0.13")
	for b.Loop() {
		_, _ = x.Mul(y)
	}
}

func BenchmarkQuo(b *testing.B) {
	x, y := num(b, "1234.56"), num(b, "7")
	for b.Loop() {
		_, _ = x.Quo(y)
	}
}
