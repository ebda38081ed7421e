package lunar

import (
	"math"
	"time"
)

// The tables of this package are checked against the sky: new moons by Meeus, Astronomical Algorithms (2nd ed.), chapter
// 49, the Sun's apparent longitude by the VSOP87 terms of its appendix III, turned into a calendar by the rules of GB/T
// 33661-2017. Angles are radians, times Julian days.

const secondsADay = 86400.0

// deltaT is TT-UT in seconds, by the polynomials of Espenak and Meeus.
func deltaT(year float64) float64 {
	t := year - 2000
	switch {
	case year < 1920:
		t = year - 1900
		return -2.79 + 1.494119*t - 0.0598939*t*t + 0.0061966*t*t*t - 0.000197*t*t*t*t
	case year < 1941:
		t = year - 1920
		return 21.20 + 0.84493*t - 0.076100*t*t + 0.0020936*t*t*t
	case year < 1961:
		t = year - 1950
		return 29.07 + 0.407*t - t*t/233 + t*t*t/2547
	case year < 1986:
		t = year - 1975
		return 45.45 + 1.067*t - t*t/260 - t*t*t/718
	case year < 2005:
		return 63.86 + 0.3345*t - 0.060374*t*t + 0.0017275*t*t*t + 0.000651814*t*t*t*t + 0.00002373599*t*t*t*t*t
	case year < 2025:
		return 62.92 + 0.32217*t + 0.005589*t*t
	default:
		return 69 + 0.35*(year-2025) // a mild guess: nobody knows how the Earth will turn
	}
}

type wave struct{ a, b, c float64 }

func sum(ws []wave, t float64) (s float64) {
	for _, w := range ws {
		s += w.a * math.Cos(w.b+w.c*t)
	}
	return s
}

func earthL() [][]wave {
	return [][]wave{
		{
			{175347046, 0, 0},
			{3341656, 4.6692568, 6283.0758500},
			{34894, 4.62610, 12566.15170},
			{3497, 2.7441, 5753.3849},
			{3418, 2.8289, 3.5231},
			{3136, 3.6277, 77713.7715},
			{2676, 4.4181, 7860.4194},
			{2343, 6.1352, 3930.2097},
			{1324, 0.7425, 11506.7698},
			{1273, 2.0371, 529.6910},
			{1199, 1.1096, 1577.3435},
			{990, 5.233, 5884.927},
			{902, 2.045, 26.298},
			{857, 3.508, 398.149},
			{780, 1.179, 5223.694},
			{753, 2.533, 5507.553},
			{505, 4.583, 18849.228},
			{492, 4.205, 775.523},
			{357, 2.920, 0.067},
			{317, 5.849, 11790.629},
			{284, 1.899, 796.298},
			{271, 0.315, 10977.079},
			{243, 0.345, 5486.778},
			{206, 4.806, 2544.314},
			{205, 1.869, 5573.143},
			{202, 2.458, 6069.777},
			{156, 0.833, 213.299},
			{132, 3.411, 2942.463},
			{126, 1.083, 20.775},
			{115, 0.645, 0.980},
			{103, 0.636, 4694.003},
			{102, 0.976, 15720.839},
			{102, 4.267, 7.114},
			{99, 6.21, 2146.17},
			{98, 0.68, 155.42},
			{86, 5.98, 161000.69},
			{85, 1.30, 6275.96},
			{85, 3.67, 71430.70},
			{80, 1.81, 17260.15},
			{79, 3.04, 12036.46},
			{75, 1.76, 5088.63},
			{74, 3.50, 3154.69},
			{74, 4.68, 801.82},
			{70, 0.83, 9437.76},
			{62, 3.98, 8827.39},
			{61, 1.82, 7084.90},
			{57, 2.78, 6286.60},
			{56, 4.39, 14143.50},
			{56, 3.47, 6279.55},
			{52, 0.19, 12139.55},
			{52, 1.33, 1748.02},
			{51, 0.28, 5856.48},
			{49, 0.49, 1194.45},
			{41, 5.37, 8429.24},
			{41, 2.40, 19651.05},
			{39, 6.17, 10447.39},
			{37, 6.04, 10213.29},
			{37, 2.57, 1059.38},
			{36, 1.71, 2352.87},
			{36, 1.78, 6812.77},
			{33, 0.59, 17789.85},
			{30, 0.44, 83996.85},
			{30, 2.74, 1349.87},
			{25, 3.16, 4690.48},
		},
		{
			{628331966747, 0, 0},
			{206059, 2.678235, 6283.075850},
			{4303, 2.6351, 12566.1517},
			{425, 1.590, 3.523},
			{119, 5.796, 26.298},
			{109, 2.966, 1577.344},
			{93, 2.59, 18849.23},
			{72, 1.14, 529.69},
			{68, 1.87, 398.15},
			{67, 4.41, 5507.55},
			{59, 2.89, 5223.69},
			{56, 2.17, 155.42},
			{45, 0.40, 796.30},
			{36, 0.47, 775.52},
			{29, 2.65, 7.11},
			{21, 5.34, 0.98},
			{19, 1.85, 5486.78},
			{19, 4.97, 213.30},
			{17, 2.99, 6275.96},
			{16, 0.03, 2544.31},
			{16, 1.43, 2146.17},
			{15, 1.21, 10977.08},
			{12, 2.83, 1748.02},
			{12, 3.26, 5088.63},
			{12, 5.27, 1194.45},
			{12, 2.08, 4694.00},
			{11, 0.77, 553.57},
			{10, 1.30, 6286.60},
			{10, 4.24, 1349.87},
		},
		{
			{52919, 0, 0},
			{8720, 1.0721, 6283.0758},
			{309, 0.867, 12566.152},
			{27, 0.05, 3.52},
			{16, 5.19, 26.30},
			{16, 3.68, 155.42},
			{10, 0.76, 18849.23},
			{9, 2.06, 77713.77},
			{7, 0.83, 775.52},
			{5, 4.66, 1577.34},
		},
		{{289, 5.844, 6283.076}, {35, 0, 0}, {17, 5.49, 12566.15}},
		{{114, 3.142, 0}, {8, 4.13, 6283.08}},
	}
}

// sunLongitude is the apparent longitude of the Sun in degrees at a Julian day in TT.
func sunLongitude(tables [][]wave, jde float64) float64 {
	tau := (jde - 2451545) / 365250
	l, p := 0.0, 1.0
	for _, ws := range tables {
		l += sum(ws, tau) * p
		p *= tau
	}
	l /= 1e8
	t := tau * 10
	deg := l*180/math.Pi + 180
	deg -= 0.09033 / 3600 // to the FK5 frame
	rad := math.Pi / 180
	om := (125.04452 - 1934.136261*t) * rad
	ls := (280.4665 + 36000.7698*t) * rad
	lm := (218.3165 + 481267.8813*t) * rad
	deg += (-17.20*math.Sin(om) - 1.32*math.Sin(2*ls) - 0.23*math.Sin(2*lm) + 0.21*math.Sin(2*om)) / 3600
	m := (357.52911 + 35999.05029*t) * rad
	r := 1.00014 - 0.01671*math.Cos(m) - 0.00014*math.Cos(2*m)
	deg -= 20.4898 / 3600 / r
	return math.Mod(math.Mod(deg, 360)+360, 360)
}

// sunReaches finds when (Julian day in UT) the Sun reaches a longitude, near a first guess.
func sunReaches(tables [][]wave, deg, guess float64) float64 {
	jd := guess
	for range 8 {
		d := math.Mod(deg-sunLongitude(tables, jd)+540, 360) - 180
		jd += d * 365.2422 / 360
	}
	return jd - deltaT(yearOf(jd))/secondsADay
}

func yearOf(jd float64) float64 { return 2000 + (jd-2451545)/365.25 }

// newMoon is the k-th new moon after that of 2000-01-06, as a Julian day in UT.
func newMoon(k float64) float64 {
	t := k / 1236.85
	jde := 2451550.09766 + 29.530588861*k + 0.00015437*t*t - 0.000000150*t*t*t + 0.00000000073*t*t*t*t
	rad := math.Pi / 180
	e := 1 - 0.002516*t - 0.0000074*t*t
	m := (2.5534 + 29.10535670*k - 0.0000014*t*t - 0.00000011*t*t*t) * rad
	mp := (201.5643 + 385.81693528*k + 0.0107582*t*t + 0.00001238*t*t*t - 0.000000058*t*t*t*t) * rad
	f := (160.7108 + 390.67050284*k - 0.0016118*t*t - 0.00000227*t*t*t + 0.000000011*t*t*t*t) * rad
	om := (124.7746 - 1.56375588*k + 0.0020672*t*t + 0.00000215*t*t*t) * rad
	s := math.Sin
	jde += -0.40720*s(mp) + 0.17241*e*s(m) + 0.01608*s(2*mp) + 0.01039*s(2*f) + 0.00739*e*s(mp-m) - 0.00514*e*s(mp+m) +
		0.00208*e*e*s(2*m) - 0.00111*s(mp-2*f) - 0.00057*s(mp+2*f) + 0.00056*e*s(2*mp+m) - 0.00042*s(3*mp) + 0.00042*e*s(m+2*f) +
		0.00038*e*s(m-2*f) - 0.00024*e*s(2*mp-m) - 0.00017*s(om) - 0.00007*s(mp+2*m) + 0.00004*s(2*mp-2*f) + 0.00004*s(3*m) +
		0.00003*s(mp+m-2*f) + 0.00003*s(2*mp+2*f) - 0.00003*s(mp+m+2*f) + 0.00003*s(mp-m+2*f) - 0.00002*s(mp-m-2*f) -
		0.00002*s(3*mp+m) + 0.00002*s(4*mp)
	for _, a := range [][3]float64{
		{299.77, 0.107408, 325},
		{251.88, 0.016321, 165},
		{251.83, 26.651886, 164},
		{349.42, 36.412478, 126},
		{84.66, 18.206239, 110},
		{141.74, 53.303771, 62},
		{207.14, 2.453732, 60},
		{154.84, 7.306860, 56},
		{34.52, 27.261239, 47},
		{207.19, 0.121824, 42},
		{291.34, 1.844379, 40},
		{161.72, 24.198154, 37},
		{239.56, 25.513099, 35},
		{331.55, 3.592518, 23},
	} {
		w := a[0] + a[1]*k
		if a[0] == 299.77 {
			w -= 0.009173 * t * t
		}
		jde += a[2] * 1e-6 * s(w*rad)
	}
	return jde - deltaT(yearOf(jde))/secondsADay
}

// chinaDay is the civil day in China (as a Unix day) of a Julian day in UT. Until 1928 the almanac was reckoned in the
// mean solar time of Beijing.
func chinaDay(jd float64) (day int, toMidnight float64) {
	offset := 8.0 / 24
	if jd < 2425612.5 { // 1929-01-01
		offset = (7 + 45.0/60 + 40.0/3600) / 24
	}
	x := jd - 2440587.5 + offset
	f := x - math.Floor(x)
	return int(math.Floor(x)), min(f, 1-f) * secondsADay
}

type skyMonth struct {
	start  int // Unix day
	number int
	leap   bool
}

// skyYears derives the months of all lunar years from the sky, by the rules of GB/T 33661-2017: the month with the
// winter solstice is the eleventh, and of thirteen months between two of them the first without a major term is the
// leap month.
func skyYears(from, to int) map[int][]skyMonth {
	tables := earthL()
	out := map[int][]skyMonth{}
	day := func(jd float64) int { d, _ := chinaDay(jd); return d }
	solstice := func(year int) int {
		return day(sunReaches(tables, 270, float64(time.Date(year, 12, 22, 0, 0, 0, 0, time.UTC).Unix())/secondsADay+2440587.5))
	}
	for year := from - 1; year <= to; year++ {
		s0, s1 := solstice(year), solstice(year+1)
		k := math.Floor((float64(s0)+2440587.5-2451550.1)/29.530588861) + 2
		for day(newMoon(k)) > s0 {
			k--
		}
		var starts []int
		for ; day(newMoon(k)) <= s1; k++ {
			starts = append(starts, day(newMoon(k)))
		}
		// starts[last] is the next eleventh month; starts[:last] are 12 or 13 months
		n := len(starts) - 1
		majors := make([]int, 13)
		for i := range 13 {
			deg := math.Mod(270+30*float64(i), 360)
			majors[i] = day(sunReaches(tables, deg, float64(s0)+2440587.5+30.44*float64(i)))
		}
		leapAt := -1
		if n == 13 {
			for i := range n {
				has := false
				for _, m := range majors {
					has = has || m >= starts[i] && m < starts[i+1]
				}
				if !has {
					leapAt = i
					break
				}
			}
		}
		number := 10
		for i := range n {
			leap := i == leapAt
			if !leap {
				number++
			}
			m := (number-1)%12 + 1
			y := year
			if number > 12 {
				y = year + 1
			}
			out[y] = append(out[y], skyMonth{starts[i], m, leap})
		}
	}
	return out
}
