package zhtime

import "dingban/app/quickadd/zhtime/phrase"

// maxListed bounds an enumeration.
const maxListed = 16

// listed reads more times after e that share its larger units: 3月5号、8号和12号.
func (p *parser) listed(e Expr, end int) ([]Expr, int) {
	var out []Expr
	if len(e.list) == 0 || e.Mod != At {
		return nil, end
	}
	if e.Kind == Range {
		return p.listedRanges(e, end)
	}
	for len(out) < maxListed {
		s := p.Space(end)
		j := p.Any(s, "、", "和", "及", "以及", "与", "或", ",", "and", "or", "&", "/")
		if j < 0 {
			break
		}
		j = p.Space(j)
		m, stop := p.List(j, nil)
		if stop < 0 || m[0].Anchored() || m[0].Kind != e.list.Last().Kind && (m[0].Level() > 3 || m.Last().Kind != e.list.Last().Kind) {
			break
		}
		w, ok := p.rightEnd(e.list, e.when, m)
		if !ok {
			break
		}
		x := p.made(w)
		x.RuneFrom, x.RuneTo = j, stop
		x.list, x.when = append(withLevelAbove(e.list, m[0].Level()), m...), w
		if f := p.suffix(stop, m); f.end > stop {
			x.RuneTo, x.Mod, x.Approx = f.end, f.mod, x.Approx || f.approx
			stop = f.end
		}
		out = append(out, x)
		end = stop
	}
	return out, end
}

// listedRanges reads more hours of the same day: 3月5日9:00-11:00、14:00-17:00.
func (p *parser) listedRanges(e Expr, end int) ([]Expr, int) {
	var out []Expr
	for e.HasTime && e.list.Last().Kind == phrase.KClock && len(out) < maxListed {
		j := p.Any(p.Space(end), "、", "和", "及", ",", "and", "&", ";", "；")
		if j < 0 {
			break
		}
		j = p.Space(j)
		m, stop := p.List(j, nil)
		if stop < 0 || m.Last().Kind != phrase.KClock || m[0].Level() > 3 {
			break
		}
		full := append(withLevelAbove(e.list, 3), m...)
		x, q, ok := p.ranged(full, stop, prefix{}, p.opt.Direction)
		if !ok {
			break
		}
		x.RuneFrom, x.RuneTo = j, q
		out, end = append(out, x), q
	}
	return out, end
}

func withLevelAbove(l phrase.List, lv int) phrase.List {
	var out phrase.List
	for _, e := range l {
		if e.Level() > lv {
			out = append(out, e)
		}
	}
	return out
}
