package phrase

import (
	"time"

	"dingban/app/workday/lunar"
)

// Festival names a festival or a solar term by a stable code.
type Festival string

type festKind uint8

const (
	festSolar   festKind = iota // month, day
	festLunar                   // month, day of the lunar year
	festEve                     // the last day of the lunar year
	festTerm                    // a solar term
	festWeekday                 // the n-th weekday of a month
	festEaster
)

type festival struct {
	code   Festival
	kind   festKind
	a, b   int // month and day; term; month and n
	wd     time.Weekday
	Days   int // how long its holidays commonly last, 0 for one day
	Lead   int // how many days before it they begin
	words  string
	guard  bool // the word is also an everyday one, or part of names: take it only where a time is expected
	weath  bool // also a word of the weather
	number bool // begins with numerals
}

var festivals = []festival{
	{code: "new-year", kind: festSolar, a: 1, b: 1, Days: 3, words: "元旦节 元旦 阳历年 新年 new_year's_day new_years_day"},
	{code: "spring", kind: festLunar, a: 1, b: 1, Days: 8, Lead: 1, words: "春节 大年初一 年初一 农历新年 农历年 旧历年 过年 spring_festival chinese_new_year lunar_new_year"},
	{code: "spring-eve", kind: festEve, words: "大年三十 大年夜 除夕夜 除夕 年三十 大年卅 年夜 lunar_new_year's_eve"},
	{code: "lantern", kind: festLunar, a: 1, b: 15, words: "元宵节 元宵 上元节 lantern_festival"},
	{code: "dragon-head", kind: festLunar, a: 2, b: 2, words: "龙抬头"},
	{code: "shangsi", kind: festLunar, a: 3, b: 3, words: "上巳节"},
	{code: "qingming", kind: festTerm, a: int(lunar.PureBrightness), Days: 3, words: "清明节 清明 扫墓节 qingming_festival qingming"},
	{code: "labour", kind: festSolar, a: 5, b: 1, Days: 5, words: "五一劳动节 国际劳动节 劳动节 labour_day labor_day"},
	{code: "labour", kind: festSolar, a: 5, b: 1, Days: 5, words: "五一节 五一 51劳动节", guard: true, number: true},
	{code: "dragon-boat", kind: festLunar, a: 5, b: 5, Days: 3, words: "端午节 端午 端阳节 dragon_boat_festival"},
	{code: "qixi", kind: festLunar, a: 7, b: 7, words: "七夕节 七夕 乞巧节 中国情人节", number: true},
	{code: "ghost", kind: festLunar, a: 7, b: 15, words: "中元节 中元 鬼节 盂兰盆节"},
	{code: "mid-autumn", kind: festLunar, a: 8, b: 15, Days: 3, words: "中秋节 中秋 团圆节 mid-autumn_festival mid-autumn"},
	{code: "double-ninth", kind: festLunar, a: 9, b: 9, words: "重阳节 重阳 登高节 老人节"},
	{code: "winter-clothes", kind: festLunar, a: 10, b: 1, words: "寒衣节"},
	{code: "laba", kind: festLunar, a: 12, b: 8, words: "腊八节 腊八"},
	{code: "little-year", kind: festLunar, a: 12, b: 23, words: "小年夜 小年 祭灶节"},
	{code: "national", kind: festSolar, a: 10, b: 1, Days: 7, words: "十一国庆节 十一国庆 国庆节 国庆 national_day"},
	{code: "national", kind: festSolar, a: 10, b: 1, Days: 7, words: "十一", guard: true, number: true},
	{code: "valentine", kind: festSolar, a: 2, b: 14, words: "西方情人节 情人节 valentine's_day valentines_day"},
	{code: "women", kind: festSolar, a: 3, b: 8, words: "三八妇女节 国际妇女节 妇女节 女神节 女王节 女生节 women's_day"},
	{code: "women", kind: festSolar, a: 3, b: 8, words: "三八节 三八", guard: true, number: true},
	{code: "arbor", kind: festSolar, a: 3, b: 12, words: "植树节 arbor_day"},
	{code: "consumer", kind: festSolar, a: 3, b: 15, words: "消费者权益日 消费者权益保护日 三一五"},
	{code: "fool", kind: festSolar, a: 4, b: 1, words: "愚人节 april_fools'_day april_fools_day"},
	{code: "earth", kind: festSolar, a: 4, b: 22, words: "世界地球日 地球日 earth_day"},
	{code: "reading", kind: festSolar, a: 4, b: 23, words: "世界读书日 读书日"},
	{code: "youth", kind: festSolar, a: 5, b: 4, words: "五四青年节 五四 青年节", number: true, guard: true},
	{code: "nurse", kind: festSolar, a: 5, b: 12, words: "护士节"},
	{code: "children", kind: festSolar, a: 6, b: 1, words: "六一儿童节 国际儿童节 儿童节 children's_day"},
	{code: "children", kind: festSolar, a: 6, b: 1, words: "六一节 六一", guard: true, number: true},
	{code: "party", kind: festSolar, a: 7, b: 1, words: "七一建党节 建党节 建党日 党的生日"},
	{code: "party", kind: festSolar, a: 7, b: 1, words: "七一", guard: true, number: true},
	{code: "army", kind: festSolar, a: 8, b: 1, words: "八一建军节 建军节"},
	{code: "army", kind: festSolar, a: 8, b: 1, words: "八一", guard: true, number: true},
	{code: "teacher", kind: festSolar, a: 9, b: 10, words: "教师节 老师节 teacher's_day teachers'_day"},
	{code: "martyr", kind: festSolar, a: 9, b: 30, words: "烈士纪念日"},
	{code: "programmer", kind: festSolar, a: 10, b: 24, words: "程序员节"},
	{code: "halloween", kind: festSolar, a: 10, b: 31, words: "万圣节前夜 万圣节前夕 万圣节 万圣夜 halloween"},
	{code: "all-saints", kind: festSolar, a: 11, b: 1, words: "诸圣节"},
	{code: "singles", kind: festSolar, a: 11, b: 11, words: "光棍节 双十一 双11"},
	{code: "double-twelve", kind: festSolar, a: 12, b: 12, words: "双十二 双12"},
	{code: "midyear-sale", kind: festSolar, a: 6, b: 18, words: "六一八", number: true},
	{code: "memorial", kind: festSolar, a: 12, b: 13, words: "国家公祭日"},
	{code: "christmas-eve", kind: festSolar, a: 12, b: 24, words: "平安夜 圣诞前夜 圣诞节前夕 圣诞夜 christmas_eve"},
	{code: "christmas", kind: festSolar, a: 12, b: 25, words: "圣诞节 圣诞 christmas_day christmas xmas"},
	{code: "new-year-eve", kind: festSolar, a: 12, b: 31, words: "跨年夜 跨年 new_year's_eve new_years_eve"},
	{code: "mother", kind: festWeekday, a: 5, b: 2, wd: time.Sunday, words: "母亲节 mother's_day mothers_day"},
	{code: "father", kind: festWeekday, a: 6, b: 3, wd: time.Sunday, words: "父亲节 father's_day fathers_day"},
	{code: "thanksgiving", kind: festWeekday, a: 11, b: 4, wd: time.Thursday, words: "感恩节 thanksgiving"},
	{code: "black-friday", kind: festWeekday, a: 11, b: -4, wd: time.Friday, words: "黑色星期五 黑五 black_friday"},
	{code: "easter", kind: festEaster, words: "复活节 easter"},
	{code: "minor-cold", kind: festTerm, a: int(lunar.MinorCold), words: "小寒"},
	{code: "great-cold", kind: festTerm, a: int(lunar.GreatCold), words: "大寒"},
	{code: "start-of-spring", kind: festTerm, a: int(lunar.StartOfSpring), words: "立春"},
	{code: "rain-water", kind: festTerm, a: int(lunar.RainWater), words: "雨水", weath: true},
	{code: "insects-awaken", kind: festTerm, a: int(lunar.InsectsAwaken), words: "惊蛰"},
	{code: "spring-equinox", kind: festTerm, a: int(lunar.SpringEquinox), words: "春分"},
	{code: "grain-rain", kind: festTerm, a: int(lunar.GrainRain), words: "谷雨"},
	{code: "start-of-summer", kind: festTerm, a: int(lunar.StartOfSummer), words: "立夏"},
	{code: "grain-full", kind: festTerm, a: int(lunar.GrainFull), words: "小满", weath: true},
	{code: "grain-in-ear", kind: festTerm, a: int(lunar.GrainInEar), words: "芒种"},
	{code: "summer-solstice", kind: festTerm, a: int(lunar.SummerSolstice), words: "夏至"},
	{code: "minor-heat", kind: festTerm, a: int(lunar.MinorHeat), words: "小暑"},
	{code: "great-heat", kind: festTerm, a: int(lunar.GreatHeat), words: "大暑"},
	{code: "start-of-autumn", kind: festTerm, a: int(lunar.StartOfAutumn), words: "立秋"},
	{code: "end-of-heat", kind: festTerm, a: int(lunar.EndOfHeat), words: "处暑"},
	{code: "white-dew", kind: festTerm, a: int(lunar.WhiteDew), words: "白露", weath: true},
	{code: "autumn-equinox", kind: festTerm, a: int(lunar.AutumnEquinox), words: "秋分 丰收节"},
	{code: "cold-dew", kind: festTerm, a: int(lunar.ColdDew), words: "寒露"},
	{code: "frost-descent", kind: festTerm, a: int(lunar.FrostDescent), words: "霜降"},
	{code: "start-of-winter", kind: festTerm, a: int(lunar.StartOfWinter), words: "立冬"},
	{code: "minor-snow", kind: festTerm, a: int(lunar.MinorSnow), words: "小雪", weath: true},
	{code: "major-snow", kind: festTerm, a: int(lunar.MajorSnow), words: "大雪", weath: true},
	{code: "winter-solstice", kind: festTerm, a: int(lunar.WinterSolstice), words: "冬至"},
}

// Find gives the day of a festival in a Gregorian year. Of those ruled by the lunar year it is the one in that year:
// the eve of 2026 is the one before the Spring Festival of 2026.
func (f *festival) Find(year int, zone *time.Location) (time.Time, bool) {
	switch f.kind {
	case festSolar:
		return time.Date(year, time.Month(f.a), f.b, 0, 0, 0, 0, zone), true
	case festTerm:
		t, err := lunar.TermDay(year, lunar.Term(f.a), zone)
		return t, err == nil
	case festWeekday:
		if f.b < 0 { // the day after the n-th Thursday
			return NthWeekday(time.Date(year, time.Month(f.a), 1, 0, 0, 0, 0, zone), time.Thursday, -f.b).AddDate(0, 0, 1), true
		}
		return NthWeekday(time.Date(year, time.Month(f.a), 1, 0, 0, 0, 0, zone), f.wd, f.b), true
	case festEaster:
		return easter(year, zone), true
	}
	for y := year - 1; y <= year; y++ {
		d := lunar.Date{Year: y, Month: f.a, Day: f.b}
		if f.kind == festEve {
			var err error
			if d, err = lunar.Eve(y); err != nil {
				continue
			}
		}
		if t, err := d.In(zone); err == nil && t.Year() == year {
			return t, true
		}
	}
	d := lunar.Date{Year: year, Month: f.a, Day: f.b}
	if f.kind == festEve {
		return time.Time{}, false
	}
	t, err := d.In(zone)
	return t, err == nil
}

// easter is the first Sunday after the full moon of spring, in the Gregorian reckoning (the algorithm of Meeus, Jones
// and Butcher).
func easter(year int, zone *time.Location) time.Time {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return time.Date(year, time.Month(n/31), n%31+1, 0, 0, 0, 0, zone)
}

// NthWeekday is the n-th such weekday from a first of a month on.
func NthWeekday(first time.Time, wd time.Weekday, n int) time.Time {
	return first.AddDate(0, 0, (int(wd)-int(first.Weekday())+7)%7+7*(n-1))
}

func FestivalOf(code Festival) *festival {
	for i := range festivals {
		if festivals[i].code == code {
			return &festivals[i]
		}
	}
	return nil
}
