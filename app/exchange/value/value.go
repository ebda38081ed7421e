// Package value reads single values as people type them into tables and as other systems print them, in Chinese and in
// English: days and moments, lengths of working time, priorities, truth values, lists and names. Nothing is guessed
// that could mean two things; such values are errors with a code.
package value

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"dingban/app/exchange/record"
)

// maxValue is the longest text, in bytes, that is looked at as anything but a text.
const maxValue = 200

// Error tells by a code why a value could not be read.
type Error struct {
	Code string
}

func (e *Error) Error() string { return "value: " + e.Code }

// The codes of Error.
const (
	CodeDate       = "value.date"            // no date
	CodeImpossible = "value.date_impossible" // a date that does not exist: February 30
	CodeAmbiguous  = "value.date_ambiguous"  // day and month could be either way round
	CodePartial    = "value.date_partial"    // a month without a day
	CodeDuration   = "value.duration"        // no length of time
	CodePriority   = "value.priority"        // no priority that is known
	CodeBool       = "value.bool"            // neither yes nor no
	CodeNumber     = "value.number"          // no number
)

func fail(code string) error { return &Error{Code: code} }

// Fold makes a text comparable: narrow forms, lower case, single blanks, none at the edges.
func Fold(s string) string {
	s = strings.ToLower(width.Fold.String(s))
	return strings.Join(strings.Fields(s), " ")
}

// Clean takes out of a text what is no text: control characters, byte order marks, other line ends than LF, and blanks
// at the ends of the whole. Marks of direction, which could show a text differently from how it reads, go as well.
func Clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.ContainsFunc(s, unclean) {
		s = strings.ReplaceAll(s, "\r\n", "\n")
		s = strings.Map(func(r rune) rune {
			switch {
			case !unclean(r):
				return r
			case r == '\r':
				return '\n'
			case r == '\u00A0', r == '\u2028', r == '\u2029':
				return ' '
			default:
				return -1
			}
		}, s)
	}
	return strings.TrimSpace(s)
}

func unclean(r rune) bool {
	switch {
	case r < 0x7F:
		return r < ' ' && r != '\n' && r != '\t'
	case r < 0x2000:
		return r <= 0xA0
	case r < 0x206A:
		return r == '\u200B' || r >= '\u2028' && r <= '\u202E' || r >= '\u2066'
	default:
		return r == '\uFEFF'
	}
}

// Line is Clean for texts of one line.
func Line(s string) string {
	s = Clean(s)
	if !strings.ContainsFunc(s, func(r rune) bool { return r != ' ' && unicode.IsSpace(r) }) && !strings.Contains(s, "  ") {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// Limit cuts s to n characters and tells whether it had to.
func Limit(s string, n int) (string, bool) {
	if len(s) <= n {
		return s, false
	}
	count := 0
	for i := range s {
		if count == n {
			return s[:i], true
		}
		count++
	}
	return s, false
}

// Split cuts a list at commas, semicolons, the Chinese comma of lists, bars and line ends. Empty parts and repeated
// ones are left out.
func Split(s string) []string {
	return split(s, func(r rune) bool {
		return strings.ContainsRune(",;，；、|\n\r", r)
	})
}

func split(s string, at func(rune) bool) []string {
	var out []string
	seen := map[string]bool{}
	for part := range strings.FieldsFuncSeq(s, at) {
		if part = Line(part); part != "" && !seen[part] {
			seen[part] = true
			out = append(out, part)
		}
	}
	return out
}

// SplitPeople cuts a list of names: at slashes too, since no name has one.
func SplitPeople(s string) []string {
	return split(s, func(r rune) bool {
		return strings.ContainsRune(",;，；、|\n\r/&", r)
	})
}

// Person takes a name apart: 张三, 张三(zhangsan@corp.cn), 张三 <zhangsan@corp.cn>, 张三（E10023）, @张三, zhangsan@corp.cn.
func Person(s string) record.Person {
	s = strings.TrimLeft(Line(s), "@＠")
	for _, pair := range [][2]string{{"(", ")"}, {"（", "）"}, {"<", ">"}, {"[", "]"}} {
		rest, ok := strings.CutSuffix(s, pair[1])
		if !ok {
			continue
		}
		i := strings.LastIndex(rest, pair[0])
		if i < 0 {
			continue
		}
		p := record.Person{Name: strings.TrimSpace(rest[:i])}
		mark := strings.TrimSpace(rest[i+len(pair[0]):])
		switch {
		case looksMail(mark):
			p.Email = strings.ToLower(mark)
		case looksNumber(mark):
			p.Number = mark
		case p.Name != "" && isASCII(mark):
			p.Login = mark
		default:
			// 张三（研发部） is a name with a remark, and people with one name are told apart by just that.
			p.Name = s
		}
		return p
	}
	switch {
	case looksMail(s):
		return record.Person{Email: strings.ToLower(s)}
	default:
		return record.Person{Name: s}
	}
}

func looksMail(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	return ok && local != "" && strings.Contains(domain, ".") && !strings.ContainsAny(s, " ,;()<>") && len(s) <= 254
}

// looksNumber recognises employee numbers: digits, with letters before them perhaps.
func looksNumber(s string) bool {
	digits := strings.TrimLeft(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-")
	return digits != "" && len(s) <= 32 && len(s)-len(digits) <= 6 && strings.Trim(digits, "0123456789") == ""
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return s != ""
}

// Priority reads the words for priorities of the systems people come from.
func Priority(s string) (string, error) {
	s = Fold(s)
	if len(s) > maxValue {
		return "", fail(CodePriority)
	}
	if p, ok := priority(s); ok {
		return p, nil
	}
	// P1 - 高, 高（重要）, "1. Critical": the first part that is known counts.
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if p, ok := priority(part); ok {
			return p, nil
		}
	}
	return "", fail(CodePriority)
}

func priority(s string) (string, bool) {
	for _, suffix := range []string{"优先级", "级", " priority"} {
		if rest, ok := strings.CutSuffix(s, suffix); ok && rest != "" {
			s = rest
			break
		}
	}
	switch s {
	case "", "无", "none", "no", "-", "未设置", "未设定", "无优先", "暂无", "null", "not set", "unset":
		return record.PriorityNone, true
	case "紧急", "非常紧急", "特急", "加急", "十分紧急", "最高", "极高", "很高", "urgent", "highest", "blocker", "critical", "p0", "s0", "immediate", "重要且紧急", "重要紧急", "严重", "致命":
		return record.PriorityUrgent, true
	case "高", "较高", "重要", "high", "major", "p1", "s1", "important", "优先", "重要不紧急", "重要且不紧急":
		return record.PriorityHigh, true
	case "中", "中等", "普通", "一般", "正常", "medium", "normal", "p2", "s2", "moderate", "default", "标准", "紧急不重要", "紧急且不重要":
		return record.PriorityMedium, true
	case "低", "较低", "最低", "很低", "low", "lowest", "minor", "trivial", "p3", "p4", "p5", "s3", "s4", "不紧急", "不急", "次要", "不重要", "不重要不紧急", "不重要且不紧急":
		return record.PriorityLow, true
	default:
		return "", false
	}
}

// Bool reads yes and no. An empty text is no.
func Bool(s string) (bool, error) {
	switch Fold(s) {
	case "是", "对", "有", "真", "完成", "已完成", "已结束", "已归档", "true", "yes", "y", "1", "√", "✓", "✔", "☑", "✅", "done", "completed", "complete", "x", "t", "on", "checked":
		return true, nil
	case "", "否", "不", "不是", "没有", "无", "假", "未完成", "未结束", "进行中", "未归档", "false", "no", "n", "0", "×", "✗", "✘", "☐", "❌", "f", "off", "-", "unchecked", "incomplete":
		return false, nil
	default:
		return false, fail(CodeBool)
	}
}
