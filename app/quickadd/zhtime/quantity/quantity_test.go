package quantity

import (
	"testing"
	"time"
)

func TestNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		v    int
		rest string
		ok   bool
	}{
		{"7", 7, "", true},
		{"０７点", 7, "点", true},
		{"一", 1, "", true},
		{"两天", 2, "天", true},
		{"十", 10, "", true},
		{"十五号", 15, "号", true},
		{"二十", 20, "", true},
		{"二十三日", 23, "日", true},
		{"廿三", 23, "", true},
		{"卅一", 31, "", true},
		{"三百二十一", 321, "", true},
		{"一百零五", 105, "", true},
		{"二千", 2000, "", true},
		{"一千九百九十八", 1998, "", true},
		{"二〇二六年", 2026, "年", true},
		{"貳零貳陸年", 2026, "年", true},
		{"零五", 5, "", true},
		{"点", 0, "点", false},
		{"", 0, "", false},
		{"123456789012345", 0, "123456789012345", false},
	} {
		l := NewLine(c.text)
		n, ok := l.Integer(0)
		if ok != c.ok || ok && (n.V != c.v || string(l.Runes[n.End:]) != c.rest) {
			t.Errorf("%q is %+v (%v), want %d and %q left", c.text, n, ok, c.v, c.rest)
		}
	}
}

func TestLengths(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Span{
		"两年零三个月":            {Years: 2, Months: 3},
		"一个半小时":             {Clock: 90 * time.Minute},
		"1h30m":             {Clock: 90 * time.Minute},
		"半个月":               {Days: 15},
		"三刻钟":               {Clock: 45 * time.Minute},
		"五個工作日":             {Workdays: 5},
		"两周":                {Days: 14},
		"half an hour":      {Clock: 30 * time.Minute},
		"a week and 2 days": {Days: 9},
		"1.5小时":             {Clock: 90 * time.Minute},
	} {
		l := NewLine(text)
		d, ok := l.Duration(0)
		if !ok || d.Span != want || d.End != len(l.Runes) {
			t.Errorf("%q is %+v (%v), want %+v", text, d, ok, want)
		}
	}
	for _, text := range []string{"", "三", "10分", "0天", "三年级", "2026年", "个小时", "百年"} {
		l := NewLine(text)
		if d, ok := l.Duration(0); ok {
			t.Errorf("%q is %+v", text, d.Span)
		}
	}
}

func TestFoldingKeepsPlaces(t *testing.T) {
	t.Parallel()
	text := "Ａ後週點號１：３０～九個禮拜"
	l := NewLine(text)
	if got := string(l.Runes); got != "a后周点号1:30~九个礼拜" || len(l.Runes) != len([]rune(text)) {
		t.Errorf("folded to %q", got)
	}
}
