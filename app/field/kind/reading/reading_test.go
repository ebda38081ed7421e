package reading

import (
	"testing"
	"time"
)

func TestNumber(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"1,234.50": "1234.5", "1，234": "1234", "１２３４": "1234", "1 234 567": "1234567", "1.2万": "12000", "3亿": "300000000", "2千万": "20000000", "50%": "0.5%",
		"12.5％": "0.125%", "(12)": "-12", "（1,200.00）": "-1200", "-5": "-5", "+5": "5", "−5": "-5", ".5": "0.5", "5.": "5", "0": "0", "1.5k": "1500", "1,2345": "12345", "1.5万亿": "1500000000000",
	} {
		d, percent, ok := Number(in)
		got := d.String()
		if percent {
			got += "%"
		}
		if !ok || got != want {
			t.Errorf("%q reads as %s (%v), want %s", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "一百", "1,23", "12,34,567", "1.2.3", "--5", "(-5)", "5元", "1e400", "%", ",123", "1,,234", "NaN", "0x1", "- -5"} {
		if d, _, ok := Number(in); ok {
			t.Errorf("%q reads as %s", in, d)
		}
	}
}

func TestBool(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]bool{"是": true, " 否 ": false, "√": true, "TRUE": true, "ｙ": true, "0": false, "×": false} {
		if got, ok := Bool(in); !ok || got != want {
			t.Errorf("%q: %v %v", in, got, ok)
		}
	}
	for _, in := range []string{"", "也许", "2"} {
		if _, ok := Bool(in); ok {
			t.Errorf("%q is neither yes nor no", in)
		}
	}
}

func TestDate(t *testing.T) {
	t.Parallel()
	r := NewReader()
	for in, want := range map[string]Date{
		"2026-03-05": {2026, 3, 5}, "2026/3/5": {2026, 3, 5}, "2026.3.5": {2026, 3, 5}, "20260305": {2026, 3, 5}, "2026年3月5日": {2026, 3, 5}, "2026 年 3 月 5 号": {2026, 3, 5},
		"二〇二六年三月五日": {2026, 3, 5}, "二零二六年十二月三十一日": {2026, 12, 31}, "2026年十月二十日": {2026, 10, 20}, "3月5日": {2025, 3, 5}, "二月廿八": {2025, 2, 28}, "2026年3月5日 星期四": {2026, 3, 5},
		"2026-03-05(周四)": {2026, 3, 5}, "２０２６－０３－０５": {2026, 3, 5}, "2024-02-29": {2024, 2, 29}, "十一月十一日": {2025, 11, 11},
	} {
		if got, ok := r.Date(in, 2025); !ok || got != want {
			t.Errorf("%q reads as %v (%v), want %v", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "3/5/26", "2026-3/5", "2026-02-29", "2026-13-01", "46086", "0000-01-01", "明天", "2026年", "2026-03", "2026-3-5-6", "月日"} {
		if got, ok := r.Date(in, 2025); ok {
			t.Errorf("%q reads as %v", in, got)
		}
	}
	if got, ok := r.Date("3月5日", 0); ok {
		t.Errorf("a day without any year reads as %v", got)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	r := NewReader()
	for in, want := range map[string]Clock{
		"9:30": {9, 30, 0}, "09：30：15": {9, 30, 15}, "上午9点半": {9, 30, 0}, "下午3点": {15, 0, 0}, "15时30分": {15, 30, 0}, "3:30 PM": {15, 30, 0}, "12:05 am": {0, 5, 0}, "晚上八点": {20, 0, 0},
		"下午两点一刻": {14, 15, 0}, "中午12点": {12, 0, 0}, "中午1点": {13, 0, 0}, "十二点三十五分": {12, 35, 0}, "8点整": {8, 0, 0}, "23:59:59.999": {23, 59, 59}, "3pm": {15, 0, 0}, "9时5分3秒": {9, 5, 3},
	} {
		got, ok := r.Clock(in)
		if !ok || got != want {
			t.Errorf("%q reads as %v (%v), want %v", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "9", "24:00", "9:60", "25点", "上午9点pm", "13:00 am", "9:30:60"} {
		if got, ok := r.Clock(in); ok {
			t.Errorf("%q reads as %v", in, got)
		}
	}
}

func TestMoment(t *testing.T) {
	t.Parallel()
	r := NewReader()
	zone := time.FixedZone("", 8*3600)
	ref := time.Date(2025, 12, 31, 20, 0, 0, 0, time.UTC) // already 2026 in the zone
	for in, want := range map[string]string{
		"2026-03-05 09:30": "2026-03-05T09:30:00+08:00", "2026年3月5日上午9点半": "2026-03-05T09:30:00+08:00", "2026-03-05T09:30:15Z": "2026-03-05T09:30:15Z", "2026/3/5": "2026-03-05T00:00:00+08:00",
		"3月5日 15:00": "2026-03-05T15:00:00+08:00", "2026年3月5日（周四）15:00": "2026-03-05T15:00:00+08:00", "2026-03-05T09:30:15+08:00": "2026-03-05T09:30:15+08:00", "2026年3月5日 星期四 下午3点": "2026-03-05T15:00:00+08:00",
		"20260305 0930": "",
	} {
		got, ok := r.Moment(in, ref, zone)
		if ok != (want != "") || ok && got.Format(time.RFC3339) != want {
			t.Errorf("%q reads as %v (%v), want %s", in, got, ok, want)
		}
	}
}

func TestDuration(t *testing.T) {
	t.Parallel()
	r := NewReader()
	for in, want := range map[string]int64{
		"2天3小时": 19 * 3600, "1.5h": 5400, "90分钟": 5400, "1:30": 5400, "1:30:15": 5415, "1d 2h 30m": 10*3600 + 1800, "半小时": 1800, "半天": 4 * 3600, "1周": 40 * 3600, "-30分": -1800, "3人天": 24 * 3600,
		"2 个工作日": 16 * 3600, "45秒": 45, "2小时30分": 9000, "100:00": 360000, "1 hour 5 mins": 3900,
	} {
		if got, ok := r.Duration(in, 8); !ok || got != want {
			t.Errorf("%q reads as %d (%v), want %d", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "5", "abc", "1小时xyz", "x1小时", "1:99", "1:2:3:4", "99999999999天", "::"} {
		if got, ok := r.Duration(in, 8); ok {
			t.Errorf("%q reads as %d", in, got)
		}
	}
}

func FuzzReading(f *testing.F) {
	for _, s := range []string{"2026年3月5日上午9点半", "1,234.50", "1d 2h", "二〇二六年三月五日", "3:30 PM", "(1.2万)", "50％", "十十"} {
		f.Add(s)
	}
	r := NewReader()
	ref := time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		Number(s)
		Bool(s)
		r.Duration(s, 8)
		if d, ok := r.Date(s, 2026); ok && !d.Valid() {
			t.Errorf("%q reads as %v", s, d)
		}
		if c, ok := r.Clock(s); ok && (c.Hour > 23 || c.Minute > 59 || c.Second > 59 || c.Hour < 0) {
			t.Errorf("%q reads as %v", s, c)
		}
		r.Moment(s, ref, time.UTC)
	})
}
