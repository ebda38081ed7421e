package zhtime

import (
	"slices"
	"time"

	"dingban/app/quickadd/zhtime/phrase"
	"dingban/app/quickadd/zhtime/quantity"
)

// weekdays reads the digits of 每周一三五, 周一、三、五, 周一至五 after the word for the week.
func (p *parser) weekdays(i int) ([]time.Weekday, int) {
	var out []time.Weekday
	end := -1
	if p.At(i) == '末' {
		return []time.Weekday{time.Saturday, time.Sunday}, i + 1
	}
	for pos := i; len(out) <= 7; {
		at := pos
		joined := false
		if end >= 0 {
			if k := p.Any(p.Space(pos), "、", "和", "及", "与", ",", "/", "&", "跟"); k >= 0 {
				at, joined = p.Skip(p.Space(k), "周", "星期", "礼拜"), true
			} else if k := p.RangeSign(pos); k >= 0 {
				n, q := p.WeekdayDigit(p.Skip(k, "周", "星期", "礼拜"))
				if q >= 0 && n > weekdayNumber(out[len(out)-1]) {
					for d := weekdayNumber(out[len(out)-1]) + 1; d <= n; d++ {
						out = append(out, time.Weekday(d%7))
					}
					pos, end = q, q
					continue
				}
				break
			} else if k := p.Any(pos, "周", "星期", "礼拜"); k >= 0 {
				at, joined = k, true
			}
		}
		n, q := p.WeekdayDigit(at)
		if q < 0 || end >= 0 && !joined && (p.In(q, "点时分个件次号十百") || quantity.IsDigit(p.At(at)) || n <= weekdayNumber(out[len(out)-1])) {
			break
		}
		out = append(out, time.Weekday(n%7))
		pos, end = q, q
	}
	slices.SortFunc(out, func(a, b time.Weekday) int { return (int(a)+6)%7 - (int(b)+6)%7 })
	return slices.Compact(out), end
}

func weekdayNumber(d time.Weekday) int { return (int(d)+6)%7 + 1 }

// namedWeekdays reads 周一和周三 with the word for the week.
func (p *parser) namedWeekdays(i int) ([]time.Weekday, int) {
	j := p.Any(i, "周", "星期", "礼拜")
	if j < 0 {
		return nil, -1
	}
	return p.weekdays(j)
}

// weekdaysThenEach reads 周一到周五每天, 周一三五.
func (p *parser) weekdaysThenEach(i int) (Repeat, phrase.List, int) {
	if quantity.IsNumber(p.At(i-1)) || p.In(i-1, "上下这本每个") {
		return Repeat{}, nil, -1
	}
	ws, j := p.namedWeekdays(i)
	if j < 0 || len(ws) < 2 {
		return Repeat{}, nil, -1
	}
	if k := p.Any(p.Space(j), "每天", "每日", "的每天"); k >= 0 {
		return Repeat{Every: 1, Unit: Weekly, Weekdays: ws}, nil, k
	}
	if k := p.Any(i, "周", "星期", "礼拜"); len(ws) >= 3 && j-k == len(ws) && quantity.IsNumeral(p.At(k+1)) { // 周一三五
		return Repeat{Every: 1, Unit: Weekly, Weekdays: ws}, nil, j
	}
	return Repeat{}, nil, -1
}
