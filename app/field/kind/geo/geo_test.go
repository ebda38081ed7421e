package geo

import (
	"math"
	"testing"
)

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b   Point
		metres float64
	}{
		{Point{39.9042, 116.4074}, Point{31.2304, 121.4737}, 1_067_300}, // 北京 to 上海
		{Point{22.5431, 114.0579}, Point{22.3193, 114.1694}, 27_400},    // 深圳 to 香港
		{Point{0, 0}, Point{0, 1}, 111_195},
		{Point{0, 179.9}, Point{0, -179.9}, 22_239}, // over the date line
		{Point{90, 0}, Point{-90, 0}, math.Pi * EarthRadius},
		{Point{1, 1}, Point{1, 1}, 0},
	} {
		got := Distance(c.a, c.b)
		if math.Abs(got-c.metres) > c.metres*0.005 {
			t.Errorf("%v to %v: %.0f m, want about %.0f", c.a, c.b, got, c.metres)
		}
		if back := Distance(c.b, c.a); math.Abs(back-got) > 1e-6 {
			t.Errorf("the way back is %.3f m, not %.3f", back, got)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"39.9042,116.4074": "39.9042,116.4074", "39.9042， 116.4074": "39.9042,116.4074", "-0.0 0": "0,0", "1.123456789,2": "1.1234568,2", "90,-180": "90,-180",
	} {
		if p, err := Parse(in); err != nil || p.String() != want {
			t.Errorf("%q: %v, %v", in, p, err)
		}
	}
	for _, in := range []string{"", "1", "1,2,3", "91,0", "0,181", "NaN,0", "Inf,0", "a,b"} {
		if p, err := Parse(in); err == nil {
			t.Errorf("%q: %v", in, p)
		}
	}
}
