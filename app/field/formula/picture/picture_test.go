package picture

import (
	"strings"
	"testing"
	"time"

	"dingban/app/field/decimal"
)

func TestNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ n, form, want string }{
		{"1234.5", "#,##0.00", "1,234.50"},
		{"0.5", "0%", "50%"},
		{"0.1234", "0.0%", "12.3%"},
		{"5", "00000", "00005"},
		{"1234567.895", "¥#,##0.00", "¥1,234,567.90"},
		{"0.5", "#.##", ".5"},
		{"2", "0.##", "2"},
		{"2.345", "0.0#", "2.35"},
		{"-5", "0.0", "-5.0"},
		{"-5", "0.0;(0.0)", "(5.0)"},
		{"0", `0;-0;"零"`, "零"},
		{"12", `0"元"`, "12元"},
		{"12", `0 元/台`, "12 元/台"},
		{"1234567", "0.0,", "1234.6"},
		{"1234567", "#,##0,,", "1"},
		{"10500", "[DBNum2]", "壹万零伍佰"},
		{"10500", "[DBNum2]G/通用格式", "壹万零伍佰"},
		{"12.50", "General", "12.5"},
		{"12.50", "", "12.5"},
		{"12.5", `"共"`, `共`},
		{"1", strings.Repeat("0", MaxForm+1), ""},
	} {
		d, err := decimal.Parse(c.n)
		if err != nil {
			t.Fatal(err)
		}
		if got := Number(d, c.form); got != c.want {
			t.Errorf("%s as %s: %q, want %q", c.n, c.form, got, c.want)
		}
	}
}

func TestTime(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 5, 15, 4, 9, 0, time.UTC)
	for form, want := range map[string]string{
		"yyyy-mm-dd": "2026-03-05", "YYYY-MM-DD HH:mm:ss": "2026-03-05 15:04:09", "yy/m/d": "26/3/5", "yyyy年m月d日": "2026年3月5日", "h:mm am/pm": "3:04 PM", "hh时mm分": "15时04分",
		"mm:ss": "04:09", "dddd": "Thursday", "ddd": "Thu", "aaaa": "星期四", "aaa": "周四", "mmm d": "Mar 5", "上午/下午h点": "下午3点", `"今天" yyyy`: "今天 2026", `yyyy\y`: "2026y", "": "",
		"m": "3", "hm": "154", `"open`: "open", "h": "15",
	} {
		if got := Time(at, form); got != want {
			t.Errorf("%s: %q, want %q", form, got, want)
		}
	}
}

func FuzzPicture(f *testing.F) {
	for _, s := range []string{"#,##0.00;(0)", "yyyy-mm-dd hh:mm:ss am/pm", `"x`, "[DBNum2]0", "上午/下午", `\`, "m\xe0\xabA00"} {
		f.Add(s)
	}
	d, _ := decimal.Parse("-1234.567")
	f.Fuzz(func(t *testing.T, form string) {
		if got := Number(d, form) + Number(d.Neg(), form) + Time(time.Unix(0, 0), form); len(got) > 10*MaxForm+300 {
			t.Errorf("%q gives %d bytes", form, len(got))
		}
	})
}
