// Package reading reads what people write into tables that are imported: numbers with thousands marks or 万 behind them,
// dates and times in Chinese forms, durations, yes and no. Everything is bounded by MaxText and nothing is guessed: a form
// with two readings (3/5/26) is none. The package does no input or output.
package reading

import (
	"strings"

	"golang.org/x/text/width"

	"dingban/app/field/decimal"
)

// MaxText bounds what is read.
const MaxText = 200

// Plain turns full-width letters, digits and marks into the usual ones and cuts white space off.
func Plain(s string) string {
	if len(s) > MaxText {
		return ""
	}
	s = strings.NewReplacer("−", "-", "﹣", "-", "–", "-", "\u3000", " ", "\u00a0", " ", "\t", " ", "\ufeff", "").Replace(s)
	return strings.TrimSpace(width.Narrow.String(s))
}

// Bool reads yes and no.
func Bool(s string) (value, ok bool) {
	switch strings.ToLower(Plain(s)) {
	case "是", "对", "真", "有", "已", "√", "✓", "✔", "☑", "✅", "y", "yes", "true", "t", "1", "on", "x", "checked", "已勾选", "勾选", "完成", "已完成":
		return true, true
	case "否", "不", "不是", "错", "假", "无", "未", "×", "✗", "✘", "☐", "❌", "n", "no", "false", "f", "0", "off", "unchecked", "未勾选", "未完成":
		return false, true
	}
	return false, false
}

// Number reads 1,234.50, 1 234, 1.2万, 3亿, 50%, (12) for -12, +5. A percent sign divides by a hundred; percent tells of it.
func Number(s string) (d decimal.Decimal, percent, ok bool) {
	s = Plain(s)
	negative := false
	if inner, found := strings.CutPrefix(s, "("); found && strings.HasSuffix(inner, ")") {
		s, negative = strings.TrimSuffix(inner, ")"), true
	}
	factor := decimal.FromInt(1)
	for _, u := range []struct {
		mark  string
		times int64
	}{{"%", 0}, {"万亿", 1e12}, {"亿", 1e8}, {"百万", 1e6}, {"千万", 1e7}, {"万", 1e4}, {"w", 1e4}, {"W", 1e4}, {"k", 1e3}, {"K", 1e3}} {
		if rest, found := strings.CutSuffix(s, u.mark); found {
			s, percent = strings.TrimSpace(rest), u.times == 0
			factor = decimal.FromInt(u.times)
			break
		}
	}
	if rest, found := strings.CutPrefix(s, "-"); found {
		if negative {
			return decimal.Decimal{}, false, false
		}
		s, negative = strings.TrimSpace(rest), true
	} else {
		s = strings.TrimPrefix(s, "+")
	}
	s, ok = ungroup(s)
	if !ok {
		return decimal.Decimal{}, false, false
	}
	d, err := decimal.Parse(s)
	if err == nil && percent {
		d, err = d.Quo(decimal.FromInt(100))
	} else if err == nil {
		d, err = d.Mul(factor)
	}
	if err != nil {
		return decimal.Decimal{}, false, false
	}
	if negative {
		d = d.Neg()
	}
	return d, percent, true
}

// ungroup takes the marks out of 1,234,567 or 1 234 567; groups of another length are no number, except the 1,2345 that
// groups by 万.
func ungroup(s string) (string, bool) {
	whole, fraction, point := strings.Cut(s, ".")
	if whole == "" && point && fraction != "" {
		whole = "0"
	}
	for _, mark := range []string{",", " ", "'"} {
		groups := strings.Split(whole, mark)
		if len(groups) == 1 {
			continue
		}
		size := len(groups[len(groups)-1])
		if size != 3 && size != 4 || len(groups[0]) == 0 || len(groups[0]) > size {
			return "", false
		}
		for _, g := range groups[1:] {
			if len(g) != size {
				return "", false
			}
		}
		whole = strings.Join(groups, "")
		break
	}
	if strings.HasPrefix(whole, "-") {
		return "", false
	}
	if !point || fraction == "" {
		return whole, true
	}
	return whole + "." + fraction, true
}
