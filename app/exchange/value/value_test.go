package value_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"dingban/app/exchange/record"
	"dingban/app/exchange/value"
)

var shanghai = time.FixedZone("CST", 8*3600)

func dates(o value.Order) value.Dates {
	return value.Dates{Zone: shanghai, Ref: time.Date(2026, 2, 10, 9, 0, 0, 0, shanghai), Order: o}
}

func code(err error) string {
	var e *value.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func TestDates(t *testing.T) {
	for s, want := range map[string]string{
		"2026-03-15":                      "2026-03-15",
		"2026/3/5":                        "2026-03-05",
		"2026.3.5":                        "2026-03-05",
		"２０２６／３／５":                        "2026-03-05",
		"2026年3月15日":                      "2026-03-15",
		"2026 年 3 月 15 日":                 "2026-03-15",
		"26年3月5日":                         "2026-03-05",
		"2026年3月15日 星期日":                  "2026-03-15",
		"2026-03-15（周日）":                  "2026-03-15",
		"二〇二六年三月十五日":                      "2026-03-15",
		"二零二六年十二月三十一日":                    "2026-12-31",
		"20260315":                        "2026-03-15",
		"3月15日":                           "2026-03-15",
		"12月1日":                           "2025-12-01",
		"8月1号":                            "2026-08-01",
		"46096":                           "2026-03-15",
		"46096.5":                         "2026-03-15 12:00:00",
		"1773556200000":                   "2026-03-15 14:30:00",
		"1773556200":                      "2026-03-15 14:30:00",
		"2026-03-15 14:30":                "2026-03-15 14:30:00",
		"2026/3/15 14:30:05":              "2026-03-15 14:30:05",
		"2026-03-15T14:30:05.123":         "2026-03-15 14:30:05",
		"2026-03-15T06:30:00Z":            "2026-03-15 14:30:00",
		"2026-03-15T06:30:00.000+0000":    "2026-03-15 14:30:00",
		"2026-03-15T14:30:00+08:00":       "2026-03-15 14:30:00",
		"2026-03-15 14:30:00 +08":         "2026-03-15 14:30:00",
		"2026-03-14T22:30:00-0800":        "2026-03-15 14:30:00",
		"2026年3月15日 下午2点半":                "2026-03-15 14:30:00",
		"2026年3月15日14时30分":                "2026-03-15 14:30:00",
		"2026年3月15日 14时30分05秒":            "2026-03-15 14:30:05",
		"2026年3月15日 上午12:05":              "2026-03-15 00:05:00",
		"2026年3月15日 中午12点":                "2026-03-15 12:00:00",
		"2026年3月15日 晚上8点一刻":               "2026-03-15 20:15:00",
		"2026-03-15 24:00":                "2026-03-16 00:00:00",
		"15/Mar/26 2:30 PM":               "2026-03-15 14:30:00",
		"15/三月/26 2:30 下午":                "2026-03-15 14:30:00",
		"15/十二月/26 12:30 上午":              "2026-12-15 00:30:00",
		"15/3月/26 2:30 下午":                "2026-03-15 14:30:00",
		"2026-3月-15":                      "2026-03-15",
		"15/Mar/26":                       "2026-03-15",
		"Mar 15, 2026":                    "2026-03-15",
		"March 15, 2026 2:30 PM":          "2026-03-15 14:30:00",
		"Sun, 15 Mar 2026 06:30:00 GMT":   "2026-03-15 14:30:00",
		"15 Sept 2026":                    "2026-09-15",
		"31/12/2026":                      "2026-12-31",
		"12/31/2026 3 pm":                 "2026-12-31 15:00:00",
		"5/5/2026":                        "2026-05-05",
		"14:30 2026-03-15":                "2026-03-15 14:30:00",
		"2026-02-29 ignored? no: 2024 ok": "!value.date",
		"2024-02-29":                      "2024-02-29",
		"2026-02-29":                      "!value.date_impossible",
		"2026-13-01":                      "!value.date_impossible",
		"31/31/2026":                      "!value.date_impossible",
		"2月30日":                           "!value.date_impossible",
		"2026-03-15 25:00":                "!value.date_impossible",
		"2026-03-15 12:60":                "!value.date_impossible",
		"2026-03-15 下午 25:00":             "!value.date_impossible",
		"0026-03-15":                      "!value.date_impossible",
		"02/03/2026":                      "!value.date_ambiguous",
		"26/3/5":                          "!value.date_ambiguous",
		"2026年3月":                         "!value.date_partial",
		"2026-03":                         "!value.date_partial",
		"Mar 2026":                        "!value.date_partial",
		"":                                "!value.date",
		"待定":                              "!value.date",
		"下周":                              "!value.date",
		"14:30":                           "!value.date",
		"1.2.3.4":                         "!value.date",
		"2026":                            "!value.date",
		"12345678901234567890":            "!value.date",
		"2026-03-15 14:30:00 abc":         "!value.date",
		"2026-03-15 14:":                  "!value.date",
		"月":                               "!value.date",
		"+":                               "!value.date",
	} {
		w, err := dates(value.OrderUnknown).Parse(s)
		got := w.At.Format(time.DateTime)
		switch {
		case err != nil:
			got = "!" + code(err)
		case w.AllDay:
			got = w.At.Format(time.DateOnly)
			if w.At.Format(time.TimeOnly) != "00:00:00" || w.At.Location() != shanghai {
				t.Errorf("%s: the day begins at %v", s, w.At)
			}
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", s, got, want)
		}
	}
	for _, c := range []struct {
		order   value.Order
		s, want string
	}{
		{value.OrderDMY, "02/03/2026", "2026-03-02"},
		{value.OrderMDY, "02/03/2026", "2026-02-03"},
		{value.OrderYMD, "26/3/5", "2026-03-05"},
		{value.OrderDMY, "26/3/05", "2005-03-26"},
	} {
		w, err := dates(c.order).Parse(c.s)
		if err != nil || w.At.Format(time.DateOnly) != c.want {
			t.Errorf("%s: got %v, %v", c.s, w.At, err)
		}
	}
}

func TestGuessOrder(t *testing.T) {
	for _, c := range []struct {
		dates []string
		want  value.Order
	}{
		{[]string{"01/02/2026", "31/01/2026"}, value.OrderDMY},
		{[]string{"01/02/2026", "01/31/2026 3:00 PM"}, value.OrderMDY},
		{[]string{"32/1/5", "26/1/2"}, value.OrderYMD},
		{[]string{"01/02/2026"}, value.OrderUnknown},
		{[]string{"31/01/2026", "01/31/2026"}, value.OrderUnknown},
		{[]string{"2026-01-31", "x"}, value.OrderUnknown},
	} {
		if got := value.GuessOrder(c.dates); got != c.want {
			t.Errorf("%q: got %v", c.dates, got)
		}
	}
}

func TestDurations(t *testing.T) {
	for s, want := range map[string]time.Duration{
		"2":           2 * time.Hour,
		"2.5":         150 * time.Minute,
		"1,000":       1000 * time.Hour,
		"2h 30m":      150 * time.Minute,
		"2h30m":       150 * time.Minute,
		"1w 2d 3h":    (40 + 16 + 3) * time.Hour,
		"3小时":         3 * time.Hour,
		"3 个小时":       3 * time.Hour,
		"2.5 小时":      150 * time.Minute,
		"1小时30分钟":     90 * time.Minute,
		"90分钟":        90 * time.Minute,
		"3人天":         24 * time.Hour,
		"3个工作日":       24 * time.Hour,
		"半天":          4 * time.Hour,
		"半个小时":        30 * time.Minute,
		"两天":          16 * time.Hour,
		"1人月":         174 * time.Hour,
		"1:30":        90 * time.Minute,
		"1:30:15":     90*time.Minute + 15*time.Second,
		"PT1H30M":     90 * time.Minute,
		"P1DT2H":      10 * time.Hour,
		"0":           0,
		"0.5d":        4 * time.Hour,
		"1 week":      40 * time.Hour,
		"３ｈ":          3 * time.Hour,
		"":            -1,
		"很久":          -1,
		"2h 30":       -1,
		"-3":          -1,
		"1e9":         -1,
		"99999999999": -1,
		"1:75":        -1,
		"3x":          -1,
		"..":          -1,
		"p":           -1,
	} {
		got, err := value.Duration(s, time.Hour)
		if want < 0 {
			if code(err) != value.CodeDuration {
				t.Errorf("%q: got %v, %v", s, got, err)
			}
			continue
		}
		if err != nil || got != want {
			t.Errorf("%q: got %v, %v", s, got, err)
		}
	}
	if got, err := value.Duration("90", time.Minute); err != nil || got != 90*time.Minute {
		t.Errorf("minutes: %v, %v", got, err)
	}
}

func TestPriorities(t *testing.T) {
	for s, want := range map[string]string{
		"紧急": "urgent", "高": "high", "普通": "medium", "中": "medium", "低": "low", "无": "none", "": "none",
		"Highest": "urgent", "High": "high", "Medium": "medium", "Low": "low", "Lowest": "low", "Blocker": "urgent", "Major": "high", "Minor": "low",
		"P0": "urgent", "Ｐ1": "high", "P1 - 重要": "high", "高优先级": "high", "高（重要）": "high", "🔴 紧急": "urgent", "非常紧急": "urgent", "较低": "low",
		"None": "none", "URGENT": "urgent",
	} {
		if got, err := value.Priority(s); err != nil || got != want {
			t.Errorf("%q: got %q, %v", s, got, err)
		}
	}
	for _, s := range []string{"看情况", "42", "!!"} {
		if got, err := value.Priority(s); code(err) != value.CodePriority {
			t.Errorf("%q: got %q, %v", s, got, err)
		}
	}
}

func TestPeople(t *testing.T) {
	for s, want := range map[string]record.Person{
		"张三":                    {Name: "张三"},
		" @张三 ":                 {Name: "张三"},
		"张三(zhangsan@corp.cn)":  {Name: "张三", Email: "zhangsan@corp.cn"},
		"张三 <ZhangSan@corp.cn>": {Name: "张三", Email: "zhangsan@corp.cn"},
		"zhangsan@corp.cn":      {Email: "zhangsan@corp.cn"},
		"张三（E10023）":            {Name: "张三", Number: "E10023"},
		"张三(10023)":             {Name: "张三", Number: "10023"},
		"张三(zhangsan)":          {Name: "张三", Login: "zhangsan"},
		"张三（研发部）":               {Name: "张三（研发部）"},
		"Zhang San [san.zhang]": {Name: "Zhang San", Login: "san.zhang"},
		"":                      {},
		"a@b":                   {Name: "a@b"},
		"(zhangsan@corp.cn)":    {Email: "zhangsan@corp.cn"},
	} {
		if got := value.Person(s); got != want {
			t.Errorf("%q: got %+v", s, got)
		}
	}
}

func TestListsAndTexts(t *testing.T) {
	if got := value.Split(" 后端、前端,后端;急，\n测试；；"); !slices.Equal(got, []string{"后端", "前端", "急", "测试"}) {
		t.Errorf("got %q", got)
	}
	if got := value.SplitPeople("张三/李四、王五"); !slices.Equal(got, []string{"张三", "李四", "王五"}) {
		t.Errorf("got %q", got)
	}
	if got := value.Clean("\uFEFF一\r\n二\r三\u00A0\x00\u202E四 \n"); got != "一\n二\n三 四" {
		t.Errorf("got %q", got)
	}
	if got := value.Line(" 一\n\t二  三 "); got != "一 二 三" {
		t.Errorf("got %q", got)
	}
	if got := value.Fold(" Ｔｉｔｌｅ　名 "); got != "title 名" {
		t.Errorf("got %q", got)
	}
	if got, long := value.Limit("一二三", 2); got != "一二" || !long {
		t.Errorf("got %q, %v", got, long)
	}
	if got, long := value.Limit("一二三", 3); got != "一二三" || long {
		t.Errorf("got %q, %v", got, long)
	}
	for s, want := range map[string]bool{"是": true, "√": true, "Yes": true, "否": false, "": false, "未完成": false, "已完成": true} {
		if got, err := value.Bool(s); err != nil || got != want {
			t.Errorf("%q: got %v, %v", s, got, err)
		}
	}
	if _, err := value.Bool("也许"); code(err) != value.CodeBool {
		t.Error(err)
	}
	for s, want := range map[string]float64{"1,234.5": 1234.5, "80%": 80, "-3": -3, "1e3": 1000} {
		if got, err := value.Number(s); err != nil || got != want {
			t.Errorf("%q: got %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "x", "NaN", "1e999", "0x10"} {
		if got, err := value.Number(s); code(err) != value.CodeNumber {
			t.Errorf("%q: got %v, %v", s, got, err)
		}
	}
}

func FuzzValues(f *testing.F) {
	for _, s := range []string{"2026年3月15日 下午2点半", "15/三月/26 2:30 下午", "1w 2d", "高（重要）", "张三(zs@a.cn)", "46096.5", "二〇二六年十二月", "12:30:05.5-08:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, o := range []value.Order{value.OrderUnknown, value.OrderDMY, value.OrderMDY, value.OrderYMD} {
			w, err := dates(o).Parse(s)
			if err != nil {
				if code(err) == "" || !w.IsZero() {
					t.Fatalf("%q: %v with %v", s, w, err)
				}
				continue
			}
			layout := time.DateTime
			if w.AllDay {
				layout = time.DateOnly
			}
			// What was understood is understood again in the plainest spelling.
			again, err := dates(o).Parse(w.At.Format(layout))
			if err != nil || !again.At.Equal(w.At.Truncate(time.Second)) || again.AllDay != w.AllDay {
				t.Fatalf("%q is %v, which is %v, %v", s, w, again, err)
			}
		}
		if d, err := value.Duration(s, time.Hour); err == nil && (d < 0 || d > value.MaxDuration) {
			t.Fatalf("%q lasts %v", s, d)
		}
		if p, err := value.Priority(s); err == nil && !slices.Contains([]string{"none", "low", "medium", "high", "urgent"}, p) {
			t.Fatalf("%q is %q", s, p)
		}
		if c := value.Clean(s); value.Clean(c) != c {
			t.Fatalf("%q is not clean yet", c)
		}
		value.Person(s)
		value.GuessOrder([]string{s, s})
		for _, part := range value.SplitPeople(s) {
			if part == "" {
				t.Fatalf("%q has an empty part", s)
			}
		}
	})
}

func BenchmarkDates(b *testing.B) {
	d := dates(value.OrderUnknown)
	for _, s := range []string{"2026-03-15", "2026年3月15日 下午2:30", "15/Mar/26 2:30 PM"} {
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				if _, err := d.Parse(s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
