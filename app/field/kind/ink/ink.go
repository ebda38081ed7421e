// Package ink is a signature as it was written: strokes of points with pressure and time. It checks them and draws them as
// the path of an SVG. The package does no input or output.
package ink

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
)

// The bounds of a signature.
const (
	MaxStrokes = 200
	MaxPoints  = 5000
	MaxSide    = 10_000    // of the pad, in its own units
	MaxTime    = 3_600_000 // milliseconds from the first to the last point
)

// What can be wrong with a signature.
var (
	ErrShape   = errors.New("ink: no strokes of points")
	ErrBounds  = errors.New("ink: too many strokes or points")
	ErrOutside = errors.New("ink: a point lies outside the pad")
	ErrValue   = errors.New("ink: pressure outside 0 to 1, or time running backwards")
)

// Point is one sample of the pen: place on the pad, pressure from 0 to 1, milliseconds since the first point.
type Point struct {
	X, Y, P float64
	T       int64
}

// Stroke is what was drawn without lifting the pen; a dot is a stroke of one point.
type Stroke []Point

// MarshalJSON writes [x, y, pressure, t].
func (p Point) MarshalJSON() ([]byte, error) {
	out := []byte{'['}
	for i, v := range []float64{p.X, p.Y, p.P} {
		if i > 0 {
			out = append(out, ',')
		}
		out = strconv.AppendFloat(out, v, 'f', -1, 64)
	}
	out = append(out, ',')
	out = strconv.AppendInt(out, p.T, 10)
	return append(out, ']'), nil
}

// UnmarshalJSON reads [x, y, pressure, t], nothing more and nothing less.
func (p *Point) UnmarshalJSON(raw []byte) error {
	var v []float64
	if err := json.Unmarshal(raw, &v); err != nil || len(v) != 4 || bytes.Contains(raw, []byte("null")) || math.Abs(v[3]) > MaxTime {
		return ErrShape
	}
	*p = Point{X: v[0], Y: v[1], P: v[2], T: int64(v[3])}
	return nil
}

// Clean checks strokes on a pad of this size and rounds them: places to a tenth, pressure to a thousandth.
func Clean(strokes []Stroke, width, height float64) ([]Stroke, error) {
	if !(width >= 1 && width <= MaxSide && height >= 1 && height <= MaxSide) {
		return nil, ErrOutside
	}
	if len(strokes) == 0 {
		return nil, ErrShape
	}
	if len(strokes) > MaxStrokes {
		return nil, ErrBounds
	}
	out, points, last := make([]Stroke, 0, len(strokes)), 0, int64(0)
	for _, s := range strokes {
		if len(s) == 0 {
			return nil, ErrShape
		}
		if points += len(s); points > MaxPoints {
			return nil, ErrBounds
		}
		clean := make(Stroke, len(s))
		for i, p := range s {
			if !(p.X >= 0 && p.X <= width && p.Y >= 0 && p.Y <= height) {
				return nil, ErrOutside
			}
			if !(p.P >= 0 && p.P <= 1) || p.T < last || p.T > MaxTime {
				return nil, ErrValue
			}
			last = p.T
			clean[i] = Point{X: math.Round(p.X*10)/10 + 0, Y: math.Round(p.Y*10)/10 + 0, P: math.Round(p.P*1000)/1000 + 0, T: p.T}
		}
		out = append(out, clean)
	}
	return out, nil
}

// Ink is the length of all lines; a signature of next to none is an accidental tap.
func Ink(strokes []Stroke) float64 {
	total := 0.0
	for _, s := range strokes {
		for i := 1; i < len(s); i++ {
			total += math.Hypot(s[i].X-s[i-1].X, s[i].Y-s[i-1].Y)
		}
	}
	return total
}

// Path draws the middle lines, smoothed by a quadratic curve through the middles between points: the d of a path with a
// stroke and no fill.
func Path(strokes []Stroke) string {
	var b pen
	for _, s := range strokes {
		if len(s) == 0 {
			continue
		}
		b.op('M', s[0].X, s[0].Y)
		switch len(s) {
		case 1:
			b.op('L', s[0].X, s[0].Y) // a round line cap makes it a dot
		case 2:
			b.op('L', s[1].X, s[1].Y)
		default:
			for i := 1; i < len(s)-1; i++ {
				x, y := (s[i].X+s[i+1].X)/2, (s[i].Y+s[i+1].Y)/2
				b.op('Q', s[i].X, s[i].Y, x, y)
			}
			end := s[len(s)-1]
			b.op('L', end.X, end.Y)
		}
	}
	return string(b)
}

// Outline draws the strokes as wide as they were pressed, between a thin and a thick pen: the d of a path with a fill of
// the rule nonzero.
func Outline(strokes []Stroke, thin, thick float64) string {
	var b pen
	for _, s := range strokes {
		b.outline(s, func(p Point) float64 { return (thin + (thick-thin)*p.P) / 2 })
	}
	return string(b)
}

// pen collects the commands of a path.
type pen []byte

func (b *pen) op(command byte, v ...float64) {
	if len(*b) > 0 {
		*b = append(*b, ' ')
	}
	*b = append(*b, command)
	for _, x := range v {
		*b = append(*b, ' ')
		*b = strconv.AppendFloat(*b, math.Round(x*100)/100+0, 'f', -1, 64)
	}
}

// outline goes along one side of a stroke, around its end, back along the other side and around its beginning.
func (b *pen) outline(s Stroke, radius func(Point) float64) {
	if len(s) == 0 {
		return
	}
	type spot struct{ x, y, nx, ny, r float64 }
	spots := make([]spot, 0, len(s))
	for i, p := range s {
		from, to := s[max(0, i-1)], s[min(len(s)-1, i+1)]
		dx, dy := to.X-from.X, to.Y-from.Y
		length := math.Hypot(dx, dy)
		if length == 0 {
			if len(spots) > 0 && (spots[len(spots)-1].x != p.X || spots[len(spots)-1].y != p.Y) || len(s) == 1 {
				dx, length = 1, 1 // turned back on itself: any side will do
			} else {
				continue
			}
		}
		spots = append(spots, spot{p.X, p.Y, -dy / length, dx / length, radius(p)})
	}
	if len(spots) == 0 { // all points lie on one another
		spots = append(spots, spot{s[0].X, s[0].Y, 0, 1, radius(s[0])})
	}
	first, last := spots[0], spots[len(spots)-1]
	b.op('M', first.x+first.nx*first.r, first.y+first.ny*first.r)
	for _, p := range spots[1:] {
		b.op('L', p.x+p.nx*p.r, p.y+p.ny*p.r)
	}
	b.op('A', last.r, last.r, 0, 0, 0, last.x-last.nx*last.r, last.y-last.ny*last.r)
	for i := len(spots) - 2; i >= 0; i-- {
		p := spots[i]
		b.op('L', p.x-p.nx*p.r, p.y-p.ny*p.r)
	}
	b.op('A', first.r, first.r, 0, 0, 0, first.x+first.nx*first.r, first.y+first.ny*first.r)
	*b = append(*b, " Z"...)
}
