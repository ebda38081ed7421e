package phrase

import (
	"slices"
	"strings"

	"dingban/app/quickadd/zhtime/quantity"
)

// entry is one word that is an element by itself.
type entry struct {
	word []rune
	E    Elem
	// not lists what must not follow, separated by blanks: the word is then part of another one.
	not string
	f   int // index of the festival plus one
}

// parts of the day
const (
	PodSmall     = iota // before dawn
	podDawn             // the small morning
	PodMorning          // getting up
	PodForenoon         // work
	PodNoon             // lunch
	PodAfternoon        // work
	PodEarlyNoon        // after lunch
	PodDusk             // going home
	PodEvening          // after dinner
	PodNight            // late
	PodMidnight         // the middle of the night
	podDaytime          // light
)

type pod struct{ From, To, At int } // hours; to may pass midnight

// pods says which hours a part of the day has, and which one is meant when none is given.
var Pods = [...]pod{
	PodSmall:     {0, 6, 3},
	podDawn:      {5, 8, 6},
	PodMorning:   {6, 10, 8},
	PodForenoon:  {8, 12, 9},
	PodNoon:      {11, 14, 12},
	PodAfternoon: {12, 18, 14},
	PodEarlyNoon: {13, 15, 14},
	PodDusk:      {17, 19, 18},
	PodEvening:   {18, 24, 20},
	PodNight:     {22, 26, 23},
	PodMidnight:  {23, 27, 24},
	podDaytime:   {8, 18, 9},
}

func relDay(n int) Elem  { return Elem{Kind: KDay, Rel: true, N: n} }
func relYear(n int) Elem { return Elem{Kind: KYear, Rel: true, N: n} }
func ThePod(n int) Elem  { return Elem{Kind: KPod, N: n} }

// words are the elements that are one word each, with their Chinese and English forms.
var words = []struct {
	e   Elem
	ws  string
	not string
}{
	{relDay(0), "今天 今日 今儿个 今儿 本日 即日 today", "头条"},
	{relDay(1), "明天 明日 明儿个 明儿 听日 tomorrow tmrw tmr", "方舟 之星 之后 之子 花绽"},
	{Elem{Kind: KDay, Rel: true, N: 0, X: 1}, "当天 当日 同日 同一天 the_same_day", ""},
	{Elem{Kind: KDay, Rel: true, N: 1, X: 1}, "次日 翌日 隔天 隔日 第二天 转天 the_next_day next_day", ""},
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
	{Elem{Kind: KYear, Rel: true, N: 0, X: 1}, "当年度 当年 该年 同年", ""},
	{Elem{Kind: KYear, Rel: true, N: 1, X: 1}, "次年度 次年 翌年", ""},
	{relYear(2), "后年", ""},
	{relYear(3), "大后年", ""},
	{relYear(-2), "前年", ""},
	{relYear(-3), "大前年", ""},
	{Elem{Kind: KHalf, N: 1}, "上半年 前半年 头半年 h1", ""},
	{Elem{Kind: KHalf, N: 2}, "下半年 后半年 h2", ""},
	{Elem{Kind: KYearPart, N: 0, Approx: true}, "年初 年头 岁首", ""},
	{Elem{Kind: KYearPart, N: 1, Approx: true}, "年中", ""},
	{Elem{Kind: KYearPart, N: 2, Approx: true}, "年底 年末 年尾 年终 岁末 end_of_year end_of_the_year eoy", "奖 总结"},
	{Elem{Kind: KQuarter, N: 1}, "q1 首季度 首季", ""},
	{Elem{Kind: KQuarter, N: 2}, "q2", ""},
	{Elem{Kind: KQuarter, N: 3}, "q3", ""},
	{Elem{Kind: KQuarter, N: 4}, "q4 末季度", ""},
	{Elem{Kind: KSeason, N: 0, Approx: true}, "春季 春天", "学期 赛 招"},
	{Elem{Kind: KSeason, N: 1, Approx: true}, "夏季 夏天 summer", "赛"},
	{Elem{Kind: KSeason, N: 2, Approx: true}, "秋季 秋天 autumn", "学期 赛 招"},
	{Elem{Kind: KSeason, N: 3, Approx: true}, "冬季 冬天 winter", "赛"},
	{Elem{Kind: KSeason, N: 4, Approx: true}, "暑假 暑期", "工 实践 档"},
	{Elem{Kind: KSeason, N: 5, Approx: true}, "寒假", "工"},
	{Elem{Kind: KMonth, N: 1}, "元月份 元月", ""},
	{Elem{Kind: KMonthNth, N: 1}, "首月", ""},
	{Elem{Kind: KLunarMonth, N: 1}, "正月", ""},
	{Elem{Kind: KLunarMonth, N: 11}, "冬月", ""},
	{Elem{Kind: KLunarMonth, N: 12}, "腊月", ""},
	{Elem{Kind: KMonthPart, N: 0, Approx: true}, "月初 月头 月首", ""},
	{Elem{Kind: KMonthPart, N: 1, Approx: true}, "月中 月半", "旬 国 心"},
	{Elem{Kind: KMonthPart, N: 2, Approx: true}, "月底 月末 月尾 月终 end_of_month end_of_the_month eom", ""},
	{Elem{Kind: KMonthPart, N: 3}, "上旬 初旬", ""},
	{Elem{Kind: KMonthPart, N: 4}, "中旬", ""},
	{Elem{Kind: KMonthPart, N: 5}, "下旬 末旬", ""},
	{Elem{Kind: KMonthPart, N: 8}, "中下旬", ""},
	{Elem{Kind: KMonthPart, N: 9}, "上中旬", ""},
	{Elem{Kind: KMonthPart, N: 6}, "上半月 上半个月 前半个月 前半月", ""},
	{Elem{Kind: KMonthPart, N: 7}, "下半月 下半个月 后半个月 后半月", ""},
	{Elem{Kind: KWeekPart, N: 0}, "周末 星期末 礼拜末 双休日 双休 weekend the_weekend", "愿"},
	{Elem{Kind: KWeekPart, N: 1, Approx: true}, "周中", "国"},
	{Elem{Kind: KWeekPart, N: 2, Approx: true}, "周初", ""},
	{Elem{Kind: KWeekPart, N: 4}, "end_of_week end_of_the_week eow 周尾", ""},
	{Elem{Kind: KNow}, "现在 而家 依家 此刻 此时此刻 此时 right_now now asap", ""},
	{Elem{Kind: KNow, Flag: true}, "目前 眼下 当前 如今 这个时候 这时候 同一时间", ""},
	{ThePod(PodSmall), "凌晨 拂晓 early_morning", ""},
	{ThePod(podDawn), "清晨 清早 大清早 一清早 黎明 破晓 早晨", "好"},
	{ThePod(PodMorning), "早上 朝早 一大早 一早 大早上 大早", "好"},
	{ThePod(PodForenoon), "上午 午前 the_morning morning", "好 茶"},
	{ThePod(PodNoon), "中午 晌午 午间 noontime", "好"},
	{ThePod(PodAfternoon), "下午 下昼 后晌 the_afternoon afternoon", "茶 好"},
	{ThePod(PodEarlyNoon), "午后", ""},
	{ThePod(PodDusk), "傍晚时分 傍晚 黄昏 日落", ""},
	{ThePod(PodEvening), "晚上 夜晚 晚间 the_evening evening night", "新闻 好"},
	{ThePod(PodNight), "深夜 夜里 夜间 深更半夜", ""},
	{ThePod(PodMidnight), "半夜三更 大半夜 半夜 后半夜 下半夜", ""},
	{ThePod(podDaytime), "白天", ""},
	{Elem{Kind: KClock, N: 12, M: 0, X: -1}, "正午 noon", ""},
	{Elem{Kind: KClock, N: 24, M: 0, X: -1}, "午夜 子夜 midnight", ""},
	{Elem{Kind: KClock, N: 18, M: 0, X: -1}, "end_of_day eod cob close_of_business 下班 下班时", ""},
	{Elem{Kind: KWeekday, N: 1}, "monday mon", ""},
	{Elem{Kind: KWeekday, N: 2}, "tuesday tues tue", ""},
	{Elem{Kind: KWeekday, N: 3}, "wednesday weds wed", ""},
	{Elem{Kind: KWeekday, N: 4}, "thursday thurs thur thu", ""},
	{Elem{Kind: KWeekday, N: 5}, "friday fri", ""},
	{Elem{Kind: KWeekday, N: 6}, "saturday sat", ""},
	{Elem{Kind: KWeekday, N: 7}, "sunday sun", ""},
	{Elem{Kind: KMonth, N: 1}, "january jan", ""},
	{Elem{Kind: KMonth, N: 2}, "february feb", ""},
	{Elem{Kind: KMonth, N: 3}, "march mar", ""},
	{Elem{Kind: KMonth, N: 4}, "april apr", ""},
	{Elem{Kind: KMonth, N: 5}, "may", ""},
	{Elem{Kind: KMonth, N: 6}, "june jun", ""},
	{Elem{Kind: KMonth, N: 7}, "july jul", ""},
	{Elem{Kind: KMonth, N: 8}, "august aug", ""},
	{Elem{Kind: KMonth, N: 9}, "september sept sep", ""},
	{Elem{Kind: KMonth, N: 10}, "october oct", ""},
	{Elem{Kind: KMonth, N: 11}, "november nov", ""},
	{Elem{Kind: KMonth, N: 12}, "december dec", ""},
}

// duo are words that are two elements, a day and a part of it.
var duo = []struct {
	a, b Elem
	ws   string
}{
	{relDay(0), ThePod(PodEvening), "今天晚上 今晚上 今晚 今夜 当晚 tonight"},
	{relDay(0), ThePod(PodMorning), "今早 今晨 今朝"},
	{relDay(1), ThePod(PodMorning), "明早 明晨 明朝 次晨"},
	{relDay(1), ThePod(PodEvening), "明晚上 明晚 明夜 次晚 第二晚"},
	{relDay(2), ThePod(PodEvening), "后晚"},
	{relDay(-1), ThePod(PodEvening), "昨晚上 昨晚 昨夜 前一晚 last_night"},
	{relDay(-1), ThePod(PodMorning), "昨早"},
	{relDay(-2), ThePod(PodEvening), "前晚"},
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
			add(w, entry{E: x.e, not: x.not})
		}
	}
	for i, f := range festivals {
		for w := range strings.SplitSeq(f.words, " ") {
			add(w, entry{E: Elem{Kind: KFestival, Fest: f.code}, f: i + 1})
		}
	}
	for _, es := range m {
		slices.SortStableFunc(es, func(a, b entry) int { return len(b.word) - len(a.word) })
	}
	return m
}

// Word finds the longest word of the lexicon at i.
func (p *Reader) Word(i int) (entry, int) {
	for _, x := range lexicon[p.At(i)] {
		j := p.hasRunes(i, x.word)
		if j < 0 || quantity.IsLetter(x.word[0]) && (quantity.IsLetter(p.At(j)) || quantity.IsDigit(p.At(j)) || quantity.IsLetter(p.At(i-1))) {
			continue
		}
		if quantity.IsDigit(x.word[len(x.word)-1]) && quantity.IsDigit(p.At(j)) {
			continue
		}
		if x.not != "" && p.followed(j, x.not) {
			continue
		}
		return x, j
	}
	return entry{}, -1
}

func (p *Reader) hasRunes(i int, w []rune) int {
	if i+len(w) > len(p.Runes) {
		return -1
	}
	for k, r := range w {
		if p.Runes[i+k] != r {
			return -1
		}
	}
	return i + len(w)
}

// followed tells whether one of the words of a list stands at i.
func (p *Reader) followed(i int, list string) bool {
	for w := range strings.SplitSeq(list, " ") {
		if p.Has(i, w) >= 0 {
			return true
		}
	}
	return false
}
