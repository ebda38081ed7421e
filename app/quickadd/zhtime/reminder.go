package zhtime

import "time"

// told reads the word for reminding after a span, and whom. It gives -1 when there is none.
func (p *parser) told(i int) int {
	j := p.space(i)
	j = p.skip(j, "请", "要", "给我", "再", "来")
	k := p.any(j, "提醒一下", "提醒", "通知", "告知", "叫醒", "叫", "预警", "提示", "闹钟", "告诉", "发消息")
	if k < 0 {
		return -1
	}
	k = p.skip(k, "我们", "大家", "一下我", "我", "他们", "他", "她", "全员")
	return p.skip(k, "一下", "一声")
}

// reminder reads 提前1天提醒, 会前半小时提醒我, 准时提醒, "remind me 10 minutes before".
func (p *parser) reminder(i int) (Expr, int, bool) {
	e := Expr{Kind: Reminder, Mod: Before}
	switch p.at(i) {
	case '提':
		return p.ahead(i, e)
	case '准', '到', '按', '当', '届':
		j := p.any(i, "准时", "到时候", "到时", "到点", "到期时", "到期", "按时", "当时", "当天", "届时")
		if j < 0 {
			return e, -1, false
		}
		if p.any(i, "当天") >= 0 {
			return p.clockOf(p.space(j), e, true)
		}
		if k := p.told(j); k >= 0 {
			e.Grain = Minute
			return e, k, true
		}
		return e, -1, false
	case 'r', 'n', 'a':
		return p.enReminder(i, e)
	}
	j := p.any(i, "会议开始前", "会议前", "开会前", "开始前", "截止前", "到期前", "会前", "事前", "到点前", "出发前")
	before := j >= 0
	if j < 0 {
		j = i
		if !isNumber(p.at(i)) && p.at(i) != '半' {
			return e, -1, false
		}
	}
	d, ok := p.duration(j)
	if !ok {
		return e, -1, false
	}
	if !before {
		k := p.any(d.end, "之前", "以前", "前")
		if k < 0 {
			return e, -1, false
		}
		d.end = k
	}
	k := p.told(d.end)
	if k < 0 {
		return e, -1, false
	}
	e.Span, e.Grain = d.span, grainOf(d.unit)
	return e, k, true
}

// ahead reads 提前1天提醒, 提前一天早上9点提醒我. Without the word for reminding nothing may follow.
func (p *parser) ahead(i int, e Expr) (Expr, int, bool) {
	j := p.any(i, "提前", "提早")
	if j < 0 {
		return e, -1, false
	}
	c := *p
	c.whole = true
	d, ok := c.duration(p.space(j))
	if !ok {
		return e, -1, false
	}
	e.Span, e.SpanMax, e.Grain, e.Approx = d.span, d.most, grainOf(d.unit), d.approx
	if k := p.told(d.end); k >= 0 {
		return e, k, true
	}
	if d.span.Clock == 0 {
		if x, k, ok := p.clockOf(p.space(p.skip(d.end, "的")), e, false); ok {
			return x, k, true
		}
	}
	if p.edge(d.end) {
		return e, d.end, true
	}
	return e, -1, false
}

// clockOf reads the time of day of a reminder and the word for reminding.
func (p *parser) clockOf(i int, e Expr, bare bool) (Expr, int, bool) {
	if k := p.told(i); k >= 0 && bare {
		e.Grain = Day
		return e, k, true
	}
	l, end := p.list(i, nil)
	if end < 0 || l[0].level() > 3 {
		return e, -1, false
	}
	k := p.told(end)
	if k < 0 {
		if bare || !p.edge(end) {
			return e, -1, false
		}
		k = end
	}
	w, ok := p.resolve(l, p.ref)
	if !ok {
		return e, -1, false
	}
	at := w.start
	if !w.hasTime {
		at = p.hour(p.midnight(w.start), w.hour, 0, 0)
	}
	e.HasTime, e.Clock = true, at.Sub(p.midnight(p.ref))
	if e.Clock < 0 || e.Clock > 48*time.Hour {
		return e, -1, false
	}
	return e, k, true
}

func (p *parser) enReminder(i int, e Expr) (Expr, int, bool) {
	j := p.any(i, "remind", "reminder", "notify", "alert")
	if j < 0 {
		return e, -1, false
	}
	j = p.space(p.skip(p.space(p.skip(j, ":")), "me", "us"))
	c := *p
	c.whole = true
	d, ok := c.duration(j)
	if !ok {
		return e, -1, false
	}
	k := p.any(p.space(d.end), "before it", "beforehand", "before", "in advance", "earlier", "ahead", "prior", "early")
	if k < 0 {
		return e, -1, false
	}
	e.Span, e.Grain = d.span, grainOf(d.unit)
	return e, k, true
}
