package money

import "strings"

// Capitals writes an amount of fen in financial capitals: 壹仟陆佰捌拾圆零叁角贰分. Where the rules leave a choice, this takes
// the form that is harder to alter: 整 stands after 角 too, 零 between 圆 and 角 when the last digit before the 圆 is a zero.
func Capitals(fen int64) string {
	var b strings.Builder
	n := uint64(fen)
	if fen < 0 {
		b.WriteString("负")
		n = -n
	}
	yuan, jiao, rest := n/100, int(n/10%10), int(n%10)
	if yuan > 0 || jiao == 0 && rest == 0 {
		b.WriteString(CapitalNumber(yuan))
		b.WriteString("圆")
	}
	if yuan > 0 && (jiao == 0 && rest > 0 || jiao > 0 && yuan%10 == 0) {
		b.WriteString("零")
	}
	if jiao > 0 {
		b.WriteString(capital(jiao) + "角")
	}
	if rest > 0 {
		b.WriteString(capital(rest) + "分")
	} else {
		b.WriteString("整")
	}
	return b.String()
}

// CapitalNumber writes a whole number in capitals: 壹拾万柒仟.
func CapitalNumber(n uint64) string {
	if n == 0 {
		return "零"
	}
	const yi, wan = 100_000_000, 10_000
	var b strings.Builder
	part := func(size uint64, unit string) {
		if n < size {
			return
		}
		b.WriteString(CapitalNumber(n/size) + unit)
		n %= size
		if n > 0 && n < size/10 {
			b.WriteString("零")
		}
	}
	part(yi, "亿")
	part(wan, "万")
	zero := false
	for _, u := range []struct {
		size uint64
		name string
	}{{1000, "仟"}, {100, "佰"}, {10, "拾"}, {1, ""}} {
		digit := n / u.size
		n %= u.size
		if digit == 0 {
			zero = true
			continue
		}
		if zero && b.Len() > 0 && !strings.HasSuffix(b.String(), "零") && !strings.HasSuffix(b.String(), "万") && !strings.HasSuffix(b.String(), "亿") {
			b.WriteString("零")
		}
		zero = false
		b.WriteString(capital(int(digit)) + u.name)
	}
	return b.String()
}

func capital(digit int) string {
	return []string{"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"}[digit]
}
