package zhtime

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai())
	if err != nil {
		panic(err)
	}
	return t
}

func TestDirections(t *testing.T) {
	t.Parallel()
	ref := at("2026-03-11 10:00") // a Wednesday
	for _, c := range []struct {
		text               string
		future, this, past string
	}{
		{"周一", "2026-03-16 00:00", "2026-03-09 00:00", "2026-03-09 00:00"},
		{"周三", "2026-03-11 00:00", "2026-03-11 00:00", "2026-03-11 00:00"},
		{"周五", "2026-03-13 00:00", "2026-03-13 00:00", "2026-03-06 00:00"},
		{"9点", "2026-03-12 09:00", "2026-03-11 09:00", "2026-03-11 09:00"},
		{"11点", "2026-03-11 11:00", "2026-03-11 11:00", "2026-03-10 11:00"},
		{"早上", "2026-03-12 06:00", "2026-03-11 06:00", "2026-03-11 06:00"},
		{"5号", "2026-04-05 00:00", "2026-03-05 00:00", "2026-03-05 00:00"},
		{"15号", "2026-03-15 00:00", "2026-03-15 00:00", "2026-02-15 00:00"},
		{"2月", "2027-02-01 00:00", "2026-02-01 00:00", "2026-02-01 00:00"},
		{"5月1日", "2026-05-01 00:00", "2026-05-01 00:00", "2025-05-01 00:00"},
		{"春节", "2027-02-06 00:00", "2026-02-17 00:00", "2026-02-17 00:00"},
		{"中秋节", "2026-09-25 00:00", "2026-09-25 00:00", "2025-10-06 00:00"},
		{"下周一", "2026-03-16 00:00", "2026-03-16 00:00", "2026-03-16 00:00"},
		{"3月5日到8日", "2027-03-05 00:00", "2026-03-05 00:00", "2026-03-05 00:00"},
	} {
		for dir, want := range map[Direction]string{Future: c.future, This: c.this, Past: c.past} {
			e, ok := Parse(c.text, ref, Options{Direction: dir})
			if got := e.Start.Format("2006-01-02 15:04"); !ok || got != want {
				t.Errorf("%s in direction %d is %s (%v), want %s", c.text, dir, got, ok, want)
			}
		}
	}
}

func TestAfternoon(t *testing.T) {
	t.Parallel()
	ref := at("2026-03-11 10:00")
	for text, want := range map[string]string{
		"明天3点":     "2026-03-12 15:00",
		"三点半":      "2026-03-11 15:30",
		"明天早上3点":   "2026-03-12 03:00",
		"凌晨3点":     "2026-03-12 03:00",
		"明天03:00":  "2026-03-12 03:00",
		"明天3:00":   "2026-03-12 03:00",
		"明天8点":     "2026-03-12 08:00",
		"tmr at 4": "2026-03-12 16:00",
		"明天4am":    "2026-03-12 04:00",
	} {
		e, ok := Parse(text, ref, Options{Afternoon: true})
		if got := e.Start.Format("2006-01-02 15:04"); !ok || got != want {
			t.Errorf("%s is %s (%v), want %s", text, got, ok, want)
		}
	}
}

func TestSuggestedAndDeadline(t *testing.T) {
	t.Parallel()
	ref := at("2026-03-11 10:00")
	for _, c := range []struct {
		text, suggested, deadline string
		allDay                    bool
	}{
		{"明天下午", "2026-03-12 14:00", "2026-03-12 18:00", false},
		{"今晚", "2026-03-11 20:00", "2026-03-12 00:00", false},
		{"明早", "2026-03-12 08:00", "2026-03-12 10:00", false},
		{"明天中午前", "2026-03-12 12:00", "2026-03-12 14:00", false},
		{"本月15号前", "2026-03-15 00:00", "2026-03-16 00:00", true},
		{"周五下午5点前", "2026-03-13 17:00", "2026-03-13 17:00", false},
		{"月底前", "2026-03-26 00:00", "2026-04-01 00:00", true},
		{"三天内", "2026-03-11 10:00", "2026-03-15 00:00", true},
		{"9:00-18:00", "2026-03-11 09:00", "2026-03-11 18:00", false},
	} {
		e, ok := Parse(c.text, ref, Options{})
		if !ok || e.Suggested().Format("2006-01-02 15:04") != c.suggested || e.Deadline().Format("2006-01-02 15:04") != c.deadline || e.AllDay() != c.allDay {
			t.Errorf("%s: suggested %v, deadline %v, all day %v (%v)", c.text, e.Suggested(), e.Deadline(), e.AllDay(), ok)
		}
	}
}

// TestLines reads whole lines as people type them. Times are written start~end, sets by their rule.
func TestLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"客户拜访 @张三 下周一下午2点 #华东 !高 每周五 提前1天提醒 ~2h", "下周一下午2点=03-16 14:00|每周五=every=1,week on=5|提前1天提醒=P1D|~2h=PT2H"},
		{"请在3月15日前提交周报", "3月15日前=03-15 00:00"},
		{"把会议改到下周三上午十点", "下周三上午十点=03-18 10:00"},
		{"下个月5号去北京出差三天", "下个月5号=04-05 00:00|三天=P3D"},
		{"周五五点半之前给我，别忘了", "周五五点半之前=03-13 05:30"},
		{"下周二、周四下午3点培训", "下周二=03-17 00:00|周四下午3点=03-19 15:00"},
		{"3月15号、18号和22号值班", "3月15号=03-15 00:00|18号=03-18 00:00|22号=03-22 00:00"},
		{"3月15日9:00-11:00、14:00-17:00 答辩", "3月15日9:00-11:00=03-15 09:00|14:00-17:00=03-15 14:00"},
		{"升级到v2.3.1，地址192.168.1.1，电话13800138000，明天9点", "明天9点=03-12 09:00"},
		{"有一点急，今天下班前要", "今天下班前=03-11 18:00"},
		{"本周五前完成初稿，下周一交付", "本周五前=03-13 00:00|下周一=03-16 00:00"},
		{"会议时间：2026年3月20日（星期五）14:00—16:00，地点302", "2026年3月20日（星期五）14:00—16:00=03-20 14:00"},
		{"１２月２５日　晚上８点　聚餐", "１２月２５日　晚上８点=12-25 20:00"},
		{"後天下午3點開會", "後天下午3點=03-13 15:00"},
		{"每月10号发工资，每季度末盘点", "每月10号=every=1,month days=10|每季度末=every=1,quarter days=-1"},
		{"call Bob tomorrow at 3pm for 30 minutes", "tomorrow at 3pm=03-12 15:00|for 30 minutes=PT30M"},
		{"submit the report by next friday 3:30 pm, remind me 1 day before", "by next friday 3:30 pm=03-20 15:30|remind me 1 day before=P1D"},
		{"review every 2 weeks starting monday", "every 2 weeks=every=2,week|starting monday=03-16 00:00"},
		{"国庆节后第一个工作日上午9点全员会", "国庆节后第一个工作日上午9点=10-02 09:00"},
		{"周六上午9点和下午3点各一场", "周六上午9点=03-14 09:00|下午3点=03-14 15:00"},
		{"请提前15分钟签到，线上周会改到周四", "15分钟=PT15M|周四=03-12 00:00"},
		{"工作经历：2019.07-至今，某公司", "2019.07-至今=07-01 00:00"},
		{"😀明天😀9点😀", "明天=03-12 00:00|9点=03-12 09:00"},
	} {
		var got []string
		for _, e := range Find(c.text, at("2026-03-11 10:00"), Options{}) {
			v := e.Start.Format("01-02 15:04")
			switch e.Kind {
			case Duration, Reminder:
				v = iso(e.Span)
			case Set:
				v = repeats(*e.Repeat)
			}
			got = append(got, fmt.Sprintf("%s=%s", c.text[e.From:e.To], v))
		}
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("%q\n got %s\nwant %s", c.text, s, c.want)
		}
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	ref := at("2026-03-11 10:00")
	long := strings.Repeat("好", MaxRunes) + "明天"
	if got := Find(long, ref, Options{}); len(got) != 0 {
		t.Errorf("found %v beyond the bound", got)
	}
	if _, ok := Parse(long, ref, Options{}); ok {
		t.Error("a text beyond the bound is one expression")
	}
	for _, text := range []string{"", " ", "明天 x", "99999999999999999年", "2026年13月", "2月30日不", "25点", "8:60"} {
		if e, ok := Parse(text, ref, Options{}); ok {
			t.Errorf("%q is %+v", text, e)
		}
	}
	if e, ok := Parse(" 明天 ", ref, Options{}); !ok || e.From != 1 || e.To != 7 {
		t.Errorf("blanks around: %+v %v", e, ok)
	}
}

func TestZoneOfTheReference(t *testing.T) {
	t.Parallel()
	ref := time.Date(2026, 3, 11, 23, 30, 0, 0, time.UTC)
	for zone, want := range map[*time.Location]string{time.UTC: "2026-03-12T00:00:00Z", shanghai(): "2026-03-13T00:00:00+08:00"} {
		e, ok := Parse("明天", ref.In(zone), Options{})
		if got := e.Start.Format(time.RFC3339); !ok || got != want {
			t.Errorf("tomorrow in %v is %s, want %s", zone, got, want)
		}
	}
}
