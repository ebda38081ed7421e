package mapping

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"dingban/app/exchange/value"
)

// maxOutline is how many parts a number of an outline may have, and maxLevel the deepest level that is believed.
const (
	maxOutline = 20
	maxLevel   = 50
)

const (
	blanks = " \u00A0\u3000\t"
	// listSigns are put before the parts of a task by hand, boxes by programs that draw trees.
	listSigns = "-—–>＞·•»*" + boxes
	boxes     = "└├─│"
)

// indentOf counts how deep a title is indented, and gives the title without the indentation: a tab, two blanks or one
// full-width blank are a level, and so is each sign of a list when there are no blanks before it.
func indentOf(s string) (int, string) {
	s = strings.TrimLeft(s, "\r\n")
	rest := strings.TrimLeft(s, blanks)
	width := 0
	for _, r := range s[:len(s)-len(rest)] {
		width++
		if r == '\t' || r == '\u3000' {
			width++
		}
	}
	depth := min((width+1)/2, maxLevel)
	body := strings.TrimLeft(rest, listSigns)
	signs := rest[:len(rest)-len(body)]
	drawn := strings.ContainsAny(signs, boxes)
	switch {
	case signs == "" || strings.TrimLeft(body, blanks) == "":
		return depth, rest
	case drawn:
		depth = max(depth, 1)
	case !strings.HasPrefix(body, " "):
		// -5 and *重要* are titles.
		return depth, rest
	case depth == 0:
		depth = min(utf8.RuneCountInString(signs), maxLevel)
	}
	return depth, strings.TrimLeft(body, blanks)
}

// levelOf reads 1, 2级, 一级, 二级任务, L3, Level 2.
func levelOf(s string) (int, bool) {
	s = value.Fold(s)
	for _, w := range []string{"任务", "级", "层"} {
		s = strings.TrimSuffix(s, w)
	}
	for _, w := range []string{"第", "level", "lv", "l"} {
		s = strings.TrimPrefix(s, w)
	}
	s = strings.Trim(s, " .")
	if i := strings.Index("一二三四五六七八九", s); i >= 0 && len(s) == len("一") {
		return i/len("一") + 1, true
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0 && n <= maxLevel
}

// outlineNumber reads 1, 1.2, 1.2.3 and 1-2-3.
func outlineNumber(s string) ([]int, bool) {
	s = strings.TrimRight(value.Fold(s), ".、 ")
	var out []int
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '.' || r == '-' }) {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || len(part) > 6 || len(out) == maxOutline {
			return nil, false
		}
		out = append(out, n)
	}
	return out, len(out) > 0
}

func outlineKey(parts []int) string {
	var b []byte
	for _, n := range parts {
		b = append(strconv.AppendInt(b, int64(n), 10), '.')
	}
	return string(b)
}
