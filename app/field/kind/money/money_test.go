package money

import (
	"errors"
	"math"
	"strings"
	"testing"

	"dingban/app/field/decimal"
)

// The first cases are the examples of the rules themselves (with 圆 for 元).
func TestCapitals(t *testing.T) {
	t.Parallel()
	for fen, want := range map[int64]string{
		140950:               "壹仟肆佰零玖圆伍角整",
		600714:               "陆仟零柒圆壹角肆分",
		168032:               "壹仟陆佰捌拾圆零叁角贰分",
		10700053:             "壹拾万柒仟圆零伍角叁分",
		1640902:              "壹万陆仟肆佰零玖圆零贰分",
		32504:                "叁佰贰拾伍圆零肆分",
		0:                    "零圆整",
		1:                    "壹分",
		10:                   "壹角整",
		50:                   "伍角整",
		100:                  "壹圆整",
		1000:                 "壹拾圆整",
		10000_00:             "壹万圆整",
		10001_00:             "壹万零壹圆整",
		100500_00:            "壹拾万零伍佰圆整",
		1000_0000_00:         "壹仟万圆整",
		1_0000_0000_00:       "壹亿圆整",
		1_0000_0001_00:       "壹亿零壹圆整",
		1_0001_0000_00:       "壹亿零壹万圆整",
		10_0000_1000_00:      "壹拾亿零壹仟圆整",
		1_0000_0000_0000_00:  "壹万亿圆整",
		12_3456_7890_1234_56: "壹拾贰万叁仟肆佰伍拾陆亿柒仟捌佰玖拾万壹仟贰佰叁拾肆圆伍角陆分",
		-12345:               "负壹佰贰拾叁圆肆角伍分",
		2000_3000_00:         "贰仟万叁仟圆整",
		1010_0101_00:         "壹仟零壹拾万零壹佰零壹圆整",
	} {
		if got := Capitals(fen); got != want {
			t.Errorf("%d is %s, want %s", fen, got, want)
		}
	}
	if got := Capitals(math.MinInt64); !strings.HasPrefix(got, "负") {
		t.Error(got)
	}
}

// value reads capitals back by their units, a second way to the same number.
func value(s string) int64 {
	var total, section, digit int64
	for _, r := range s {
		switch r {
		case '亿':
			total, section, digit = (total+section+digit)*1e8, 0, 0
		case '万':
			total, section, digit = total+(section+digit)*1e4, 0, 0
		case '仟':
			section, digit = section+digit*1000, 0
		case '佰':
			section, digit = section+digit*100, 0
		case '拾':
			section, digit = section+digit*10, 0
		case '零', '整':
		case '圆':
			total, section, digit = (total+section+digit)*100, 0, 0
		case '角':
			total, digit = total+digit*10, 0
		case '分':
			total, digit = total+digit, 0
		default:
			digit = int64(strings.Index("零壹贰叁肆伍陆柒捌玖", string(r)) / 3)
		}
	}
	return total
}

func TestCapitalsReadBack(t *testing.T) {
	t.Parallel()
	for n := int64(1); n < Max; n = n*3 + 7 {
		for _, fen := range []int64{n, n / 100 * 100, n / 10000 * 10000, n % 1e8} {
			s := Capitals(fen)
			if value(s) != fen || strings.Contains(s, "零零") {
				t.Fatalf("%d is %s, which reads back as %d", fen, s, value(s))
			}
		}
	}
}

func TestFormatAndAmount(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code string
		n    int64
		want string
	}{{"CNY", 123450, "¥1,234.50"}, {"CNY", -5, "-¥0.05"}, {"JPY", 1234567, "JP¥1,234,567"}, {"KWD", 1, "KWD0.001"}, {"USD", Max, "$90,071,992,547,409.91"}} {
		cur, ok := Find(c.code)
		if !ok || cur.Format(c.n) != c.want {
			t.Errorf("%s %d is %s, want %s", c.code, c.n, cur.Format(c.n), c.want)
		}
		if back, err := cur.Amount(cur.Decimal(c.n)); err != nil || back != c.n {
			t.Errorf("%s: %d, %v", c.want, back, err)
		}
	}
	cny, _ := Find("CNY")
	for in, want := range map[string]error{"0.001": ErrDecimals, "1e15": ErrRange, "1e27": ErrRange} {
		d, err := decimal.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := cny.Amount(d); !errors.Is(err, want) {
			t.Errorf("%s: %d, %v; want %v", in, n, err, want)
		}
	}
	if _, ok := Find("XXX"); ok {
		t.Error("found XXX")
	}
}

func TestDetect(t *testing.T) {
	t.Parallel()
	cny, _ := Find("CNY")
	for in, want := range map[string]string{
		"￥1,234.50": "CNY 1,234.50", "¥5": "CNY 5", "100元": "CNY 100", "HK$ 20": "HKD 20", "$20": "USD 20", "100美元": "USD 100", "usd 3": "USD 3", "20": "CNY 20",
		"￥100元": "CNY 100", "1.2万元": "CNY 1.2万", "人民币 100 元整": "CNY 100", "RMB100.00元": "CNY 100.00", "JP¥5": "JPY 5", "100新加坡元": "SGD 100",
	} {
		c, rest := Detect(in, cny)
		if got := c.Code + " " + rest; got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
