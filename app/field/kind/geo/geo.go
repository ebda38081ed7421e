// Package geo is places on the globe in WGS-84, the system of GPS receivers and browsers: what a valid one is, how far apart
// two are, and how one is written. The package does no input or output.
package geo

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// EarthRadius is the mean radius of IUGG in metres; distances by it are good to half a percent.
const EarthRadius = 6_371_008.8

// ErrPlace is a latitude outside ±90 degrees or a longitude outside ±180, or text that is none.
var ErrPlace = errors.New("geo: no place on the globe")

// Point is a place in degrees.
type Point struct{ Lat, Lon float64 }

// New makes a point, rounded to seven places, which is a centimetre.
func New(lat, lon float64) (Point, error) {
	if !(lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180) { // so that NaN is refused too
		return Point{}, ErrPlace
	}
	return Point{round(lat), round(lon)}, nil
}

func round(x float64) float64 { return math.Round(x*1e7)/1e7 + 0 } // +0 turns -0 into 0

// Distance is the great circle between two points in metres, by the haversine formula.
func Distance(a, b Point) float64 {
	const rad = math.Pi / 180
	dLat, dLon := (b.Lat-a.Lat)*rad, (b.Lon-a.Lon)*rad
	s, c := math.Sin(dLat/2), math.Sin(dLon/2)
	h := s*s + math.Cos(a.Lat*rad)*math.Cos(b.Lat*rad)*c*c
	return 2 * EarthRadius * math.Asin(math.Sqrt(min(1, h)))
}

// String writes latitude and longitude with a comma, which Parse reads.
func (p Point) String() string {
	return strconv.FormatFloat(p.Lat, 'f', -1, 64) + "," + strconv.FormatFloat(p.Lon, 'f', -1, 64)
}

// Parse reads "39.9042,116.4074", also with a Chinese comma or a space between the two.
func Parse(s string) (Point, error) {
	f := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '，' || r == ' ' || r == '、' })
	if len(f) != 2 || len(s) > 100 {
		return Point{}, ErrPlace
	}
	lat, err1 := strconv.ParseFloat(f[0], 64)
	lon, err2 := strconv.ParseFloat(f[1], 64)
	if err1 != nil || err2 != nil {
		return Point{}, ErrPlace
	}
	return New(lat, lon)
}
