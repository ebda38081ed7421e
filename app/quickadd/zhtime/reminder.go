package zhtime

import (
	"time"

	"dingban/app/quickadd/zhtime/quantity"
)

// told reads the word for reminding after a span, and whom. It gives -1 when there is none.
func (p *parser) told(i int) int {
	j := p.Space(i)
	j = p.Skip(j, "请", "要", "给我", "再", "来")
	k := p.Any(j, "提醒一下", "提醒", "通知", "告知", "叫醒", "叫", "预警", "提示", "闹钟", "告诉", "发消息")
	if k < 0 {
		return -1
	}
	k = p.Skip(k, "我们", "大家", "一下我", "我", "他们", "他", "她", "全员")
	return p.Skip(k, "一下", "一声")
}

// reminder reads 提前1天提醒, 会前半小时提醒我, 准时提醒, "remind me 10 minutes before".
func (p *parser) reminder(i int) (Expr, int, bool) {
	e := Expr{Kind: Reminder, Mod: Before}
	switch p.At(i) {
	case '提':
		return p.ahead(i, e)
	case '准', '到', '按', '当', '届':
		j := p.Any(i, "准时", "到时候", "到时", "到点", "到期时", "到期", "按时", "当时", "当天", "届时")
		if j < 0 {
			return e, -1, false
		}
		if p.Any(i, "当天") >= 0 {
			return p.clockOf(p.Space(j), e, true)
		}
		if k := p.told(j); k >= 0 {
			e.Grain = Minute
			return e, k, true
		}
		return e, -1, false
	case 'r', 'n', 'a':
		return p.enReminder(i, e)
	}
	j := p.Any(i, "会议开始前", "会议前", "开会前", "开始前", "截止前", "到期前", "会前", "事前", "到点前", "出发前")
	before := j >= 0
	if j < 0 {
		j = i
		if !quantity.IsNumber(p.At(i)) && p.At(i) != '半' {
			return e, -1, false
		}
	}
	d, ok := p.Duration(j)
	if !ok {
		return e, -1, false
	}
	if !before {
		k := p.Any(d.End, "之前", "以前", "前")
		if k < 0 {
			return e, -1, false
		}
		d.End = k
	}
	k := p.told(d.End)
	if k < 0 {
		return e, -1, false
	}
	e.Span, e.Grain = d.Span, grainOf(d.Unit)
	return e, k, true
}

// ahead reads 提前1天提醒, 提前一天早上9点提醒我. Without the word for reminding nothing may follow.
func (p *parser) ahead(i int, e Expr) (Expr, int, bool) {
	j := p.Any(i, "提前", "提早")
	if j < 0 {
		return e, -1, false
	}
	c := *p
	c.Whole = true
	d, ok := c.Duration(p.Space(j))
	if !ok {
		return e, -1, false
	}
	e.Span, e.SpanMax, e.Grain, e.Approx = d.Span, d.Most, grainOf(d.Unit), d.Approx
	if k := p.told(d.End); k >= 0 {
		return e, k, true
	}
	if d.Span.Clock == 0 {
		if x, k, ok := p.clockOf(p.Space(p.Skip(d.End, "的")), e, false); ok {
			return x, k, true
		}
	}
	if p.Edge(d.End) {
		return e, d.End, true
	}
	return e, -1, false
}

// clockOf reads the time of day of a reminder and the word for reminding.
func (p *parser) clockOf(i int, e Expr, bare bool) (Expr, int, bool) {
	if k := p.told(i); k >= 0 && bare {
		e.Grain = Day
		return e, k, true
	}
	l, end := p.List(i, nil)
	if end < 0 || l[0].Level() > 3 {
		return e, -1, false
	}
	k := p.told(end)
	if k < 0 {
		if bare || !p.Edge(end) {
			return e, -1, false
		}
		k = end
	}
	w, ok := p.resolve(l, p.Ref)
	if !ok {
		return e, -1, false
	}
	at := w.start
	if !w.hasTime {
		at = p.hour(p.midnight(w.start), w.hour, 0, 0)
	}
	e.HasTime, e.Clock = true, at.Sub(p.midnight(p.Ref))
	if e.Clock < 0 || e.Clock > 48*time.Hour {
		return e, -1, false
	}
	return e, k, true
}

func (p *parser) enReminder(i int, e Expr) (Expr, int, bool) {
	j := p.Any(i, "remind", "reminder", "notify", "alert")
	if j < 0 {
		return e, -1, false
	}
	j = p.Space(p.Skip(p.Space(p.Skip(j, ":")), "me", "us"))
	c := *p
	c.Whole = true
	d, ok := c.Duration(j)
	if !ok {
		return e, -1, false
	}
	k := p.Any(p.Space(d.End), "before it", "beforehand", "before", "in advance", "earlier", "ahead", "prior", "early")
	if k < 0 {
		return e, -1, false
	}
	e.Span, e.Grain = d.Span, grainOf(d.Unit)
	return e, k, true
}
