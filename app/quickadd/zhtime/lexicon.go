package zhtime

import (
	"slices"
	"strings"
)

// entry is one word that is an element by itself.
type entry struct {
	word []rune
	e    elem
	// not lists what must not follow, separated by blanks: the word is then part of another one.
	not string
	f   int // index of the festival plus one
}

// parts of the day
const (
	podSmall     = iota // before dawn
	podDawn             // the small morning
	podMorning          // getting up
	podForenoon         // work
	podNoon             // lunch
	podAfternoon        // work
	podEarlyNoon        // after lunch
	podDusk             // going home
	podEvening          // after dinner
	podNight            // late
	podMidnight         // the middle of the night
	podDaytime          // light
)

type pod struct{ from, to, at int } // hours; to may pass midnight

// pods says which hours a part of the day has, and which one is meant when none is given.
var pods = [...]pod{
	podSmall:     {0, 6, 3},
	podDawn:      {5, 8, 6},
	podMorning:   {6, 10, 8},
	podForenoon:  {8, 12, 9},
	podNoon:      {11, 14, 12},
	podAfternoon: {12, 18, 14},
	podEarlyNoon: {13, 15, 14},
	podDusk:      {17, 19, 18},
	podEvening:   {18, 24, 20},
	podNight:     {22, 26, 23},
	podMidnight:  {23, 27, 24},
	podDaytime:   {8, 18, 9},
}

func relDay(n int) elem  { return elem{kind: kDay, rel: true, n: n} }
func relYear(n int) elem { return elem{kind: kYear, rel: true, n: n} }
func thePod(n int) elem  { return elem{kind: kPod, n: n} }

// words are the elements that are one word each, with their Chinese and English forms.
var words = []struct {
	e   elem
	ws  string
	not string
}{
	{relDay(0), "今天 今日 今儿个 今儿 本日 即日 today", "头条"},
	{relDay(1), "明天 明日 明儿个 明儿 听日 tomorrow tmrw tmr", "方舟 之星 之后 之子 花绽"},
	{elem{kind: kDay, rel: true, n: 0, x: 1}, "当天 当日 同日 同一天 the_same_day", ""},
	{elem{kind: kDay, rel: true, n: 1, x: 1}, "次日 翌日 隔天 隔日 第二天 转天 the_next_day next_day", ""},
	{relDay(2), "后天 后日 后儿个 后儿 day_after_tomorrow the_day_after_tomorrow", "性 的努力"},
	{relDay(3), "大后天 大后儿 大后日", ""},
	{relDay(4), "大大后天", ""},
	{relDay(-1), "昨天 昨日 昨儿个 昨儿 前一天 寻日 琴日 yesterday 头天", "重现 之"},
	{relDay(-2), "前天 前日 前儿 day_before_yesterday the_day_before_yesterday", ""},
	{relDay(-3), "大前天 大前日 大前儿", ""},
	{relDay(-4), "大大前天", ""},
	{relYear(0), "今年度 今年 本年度 本年 今岁 this_year", ""},
	{relYear(1), "明年度 明年 来年 下一年 next_year", ""},
	{relYear(-1), "去年度 去年 上一年度 上一年 上年度 上年 昨年 旧年 last_year", ""},
	{elem{kind: kYear, rel: true, n: 0, x: 1}, "当年度 当年 该年 同年", ""},
	{elem{kind: kYear, rel: true, n: 1, x: 1}, "次年度 次年 翌年", ""},
	{relYear(2), "后年", ""},
	{relYear(3), "大后年", ""},
	{relYear(-2), "前年", ""},
	{relYear(-3), "大前年", ""},
	{elem{kind: kHalf, n: 1}, "上半年 前半年 头半年 h1", ""},
	{elem{kind: kHalf, n: 2}, "下半年 后半年 h2", ""},
	{elem{kind: kYearPart, n: 0, approx: true}, "年初 年头 岁首", ""},
	{elem{kind: kYearPart, n: 1, approx: true}, "年中", ""},
	{elem{kind: kYearPart, n: 2, approx: true}, "年底 年末 年尾 年终 岁末 end_of_year end_of_the_year eoy", "奖 总结"},
	{elem{kind: kQuarter, n: 1}, "q1 首季度 首季", ""},
	{elem{kind: kQuarter, n: 2}, "q2", ""},
	{elem{kind: kQuarter, n: 3}, "q3", ""},
	{elem{kind: kQuarter, n: 4}, "q4 末季度", ""},
	{elem{kind: kSeason, n: 0, approx: true}, "春季 春天", "学期 赛 招"},
	{elem{kind: kSeason, n: 1, approx: true}, "夏季 夏天 summer", "赛"},
	{elem{kind: kSeason, n: 2, approx: true}, "秋季 秋天 autumn", "学期 赛 招"},
	{elem{kind: kSeason, n: 3, approx: true}, "冬季 冬天 winter", "赛"},
	{elem{kind: kSeason, n: 4, approx: true}, "暑假 暑期", "工 实践 档"},
	{elem{kind: kSeason, n: 5, approx: true}, "寒假", "工"},
	{elem{kind: kMonth, n: 1}, "元月份 元月", ""},
	{elem{kind: kMonthNth, n: 1}, "首月", ""},
	{elem{kind: kLunarMonth, n: 1}, "正月", ""},
	{elem{kind: kLunarMonth, n: 11}, "冬月", ""},
	{elem{kind: kLunarMonth, n: 12}, "腊月", ""},
	{elem{kind: kMonthPart, n: 0, approx: true}, "月初 月头 月首", ""},
	{elem{kind: kMonthPart, n: 1, approx: true}, "月中 月半", ""},
	{elem{kind: kMonthPart, n: 2, approx: true}, "月底 月末 月尾 月终 end_of_month end_of_the_month eom", ""},
	{elem{kind: kMonthPart, n: 3}, "上旬 初旬", ""},
	{elem{kind: kMonthPart, n: 4}, "中旬", ""},
	{elem{kind: kMonthPart, n: 5}, "下旬 末旬", ""},
	{elem{kind: kMonthPart, n: 6}, "上半月 上半个月 前半个月 前半月", ""},
	{elem{kind: kMonthPart, n: 7}, "下半月 下半个月 后半个月 后半月", ""},
	{elem{kind: kWeekPart, n: 0}, "周末 星期末 礼拜末 双休日 双休 weekend the_weekend", "愿"},
	{elem{kind: kWeekPart, n: 1, approx: true}, "周中", "国"},
	{elem{kind: kWeekPart, n: 2, approx: true}, "周初", ""},
	{elem{kind: kWeekPart, n: 4}, "end_of_week end_of_the_week eow 周尾", ""},
	{elem{kind: kNow}, "现在 而家 依家 此刻 此时此刻 此时 目前 眼下 当前 如今 right_now now asap", ""},
	{thePod(podSmall), "凌晨 拂晓 early_morning", ""},
	{thePod(podDawn), "清晨 清早 大清早 一清早 黎明 破晓 早晨", ""},
	{thePod(podMorning), "早上 朝早 一大早 一早 大早上 大早", ""},
	{thePod(podForenoon), "上午 午前 the_morning morning", ""},
	{thePod(podNoon), "中午 晌午 午间 noontime", ""},
	{thePod(podAfternoon), "下午 下昼 后晌 the_afternoon afternoon", "茶"},
	{thePod(podEarlyNoon), "午后", ""},
	{thePod(podDusk), "傍晚时分 傍晚 黄昏 日落", ""},
	{thePod(podEvening), "晚上 夜晚 晚间 the_evening evening night", "新闻"},
	{thePod(podNight), "深夜 夜里 夜间 深更半夜", ""},
	{thePod(podMidnight), "半夜三更 大半夜 半夜 后半夜 下半夜", ""},
	{thePod(podDaytime), "白天", ""},
	{elem{kind: kClock, n: 12, m: 0, x: -1}, "正午 noon", ""},
	{elem{kind: kClock, n: 24, m: 0, x: -1}, "午夜 子夜 midnight", ""},
	{elem{kind: kClock, n: 18, m: 0, x: -1}, "end_of_day eod cob close_of_business 下班 下班时", ""},
	{elem{kind: kWeekday, n: 1}, "monday mon", ""},
	{elem{kind: kWeekday, n: 2}, "tuesday tues tue", ""},
	{elem{kind: kWeekday, n: 3}, "wednesday weds wed", ""},
	{elem{kind: kWeekday, n: 4}, "thursday thurs thur thu", ""},
	{elem{kind: kWeekday, n: 5}, "friday fri", ""},
	{elem{kind: kWeekday, n: 6}, "saturday sat", ""},
	{elem{kind: kWeekday, n: 7}, "sunday sun", ""},
	{elem{kind: kMonth, n: 1}, "january jan", ""},
	{elem{kind: kMonth, n: 2}, "february feb", ""},
	{elem{kind: kMonth, n: 3}, "march mar", ""},
	{elem{kind: kMonth, n: 4}, "april apr", ""},
	{elem{kind: kMonth, n: 5}, "may", ""},
	{elem{kind: kMonth, n: 6}, "june jun", ""},
	{elem{kind: kMonth, n: 7}, "july jul", ""},
	{elem{kind: kMonth, n: 8}, "august aug", ""},
	{elem{kind: kMonth, n: 9}, "september sept sep", ""},
	{elem{kind: kMonth, n: 10}, "october oct", ""},
	{elem{kind: kMonth, n: 11}, "november nov", ""},
	{elem{kind: kMonth, n: 12}, "december dec", ""},
}

// duo are words that are two elements, a day and a part of it.
var duo = []struct {
	a, b elem
	ws   string
}{
	{relDay(0), thePod(podEvening), "今天晚上 今晚上 今晚 今夜 当晚 tonight"},
	{relDay(0), thePod(podMorning), "今早 今晨 今朝"},
	{relDay(1), thePod(podMorning), "明早 明晨 明朝 次晨"},
	{relDay(1), thePod(podEvening), "明晚上 明晚 明夜 次晚 第二晚"},
	{relDay(2), thePod(podEvening), "后晚"},
	{relDay(-1), thePod(podEvening), "昨晚上 昨晚 昨夜 前一晚 last_night"},
	{relDay(-1), thePod(podMorning), "昨早"},
	{relDay(-2), thePod(podEvening), "前晚"},
}

// lexicon finds the words by their first rune, the longest first.
var lexicon = makeLexicon()

func makeLexicon() map[rune][]entry {
	m := map[rune][]entry{}
	add := func(w string, e entry) {
		e.word = []rune(strings.ReplaceAll(w, "_", " "))
		m[e.word[0]] = append(m[e.word[0]], e)
	}
	for _, x := range words {
		for w := range strings.SplitSeq(x.ws, " ") {
			add(w, entry{e: x.e, not: x.not})
		}
	}
	for i, f := range festivals {
		for w := range strings.SplitSeq(f.words, " ") {
			add(w, entry{e: elem{kind: kFestival, fest: f.code}, f: i + 1})
		}
	}
	for _, es := range m {
		slices.SortStableFunc(es, func(a, b entry) int { return len(b.word) - len(a.word) })
	}
	return m
}

// word finds the longest word of the lexicon at i.
func (p *parser) word(i int) (entry, int) {
	for _, x := range lexicon[p.at(i)] {
		j := p.hasRunes(i, x.word)
		if j < 0 || isLetter(x.word[0]) && (isLetter(p.at(j)) || isDigit(p.at(j)) || isLetter(p.at(i-1))) {
			continue
		}
		if isDigit(x.word[len(x.word)-1]) && isDigit(p.at(j)) {
			continue
		}
		if x.not != "" && p.followed(j, x.not) {
			continue
		}
		return x, j
	}
	return entry{}, -1
}

func (p *parser) hasRunes(i int, w []rune) int {
	if i+len(w) > len(p.rs) {
		return -1
	}
	for k, r := range w {
		if p.rs[i+k] != r {
			return -1
		}
	}
	return i + len(w)
}

// followed tells whether one of the words of a list stands at i.
func (p *parser) followed(i int, list string) bool {
	for w := range strings.SplitSeq(list, " ") {
		if p.has(i, w) >= 0 {
			return true
		}
	}
	return false
}
