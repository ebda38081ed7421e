// Package money writes and reads amounts: whole numbers of the smallest unit of a currency of ISO 4217. It also writes the
// capitals that Chinese bills and vouchers need (大写金额), by the rules for filling in bills of the People's Bank of China
// (支付结算办法, annex 1). The package does no input or output.
package money

import (
	"errors"
	"slices"
	"strings"
	"sync"

	"dingban/app/field/decimal"
)

// Max bounds an amount to what every client reads exactly.
const Max = 1<<53 - 1

// What can be wrong with an amount.
var (
	ErrCurrency = errors.New("money: unknown currency")
	ErrSyntax   = errors.New("money: no amount")
	ErrRange    = errors.New("money: 2^53 smallest units or more")
	ErrDecimals = errors.New("money: more decimals than the currency has")
)

// Currency is one of ISO 4217 with the sign it is written with.
type Currency struct {
	Code   string
	Places int // decimals of the smallest unit
	Sign   string
	Names  []string // what else imported tables call it
}

// Currencies lists the known ones, the ones of China first.
func Currencies() []Currency { return slices.Clone(currencies()) }

// currencies is the list itself, made once and never changed.
var currencies = sync.OnceValue(func() []Currency {
	return []Currency{
		{"CNY", 2, "¥", []string{"￥", "RMB", "人民币", "元", "圆"}},
		{"HKD", 2, "HK$", []string{"港币", "港元"}},
		{"TWD", 2, "NT$", []string{"新台币", "台币"}},
		{"MOP", 2, "MOP$", []string{"澳门元"}},
		{"USD", 2, "$", []string{"US$", "美元", "美金"}},
		{"EUR", 2, "€", []string{"欧元"}},
		{"JPY", 0, "JP¥", []string{"日元", "日圆"}},
		{"GBP", 2, "£", []string{"英镑"}},
		{"KRW", 0, "₩", []string{"韩元"}},
		{"SGD", 2, "S$", []string{"新加坡元", "新币"}},
		{"AUD", 2, "A$", []string{"澳元"}},
		{"CAD", 2, "C$", []string{"加元"}},
		{"NZD", 2, "NZ$", nil},
		{"CHF", 2, "CHF", []string{"瑞士法郎"}},
		{"RUB", 2, "₽", []string{"卢布"}},
		{"INR", 2, "₹", []string{"卢比"}},
		{"THB", 2, "฿", []string{"泰铢"}},
		{"MYR", 2, "RM", []string{"林吉特"}},
		{"IDR", 2, "Rp", []string{"印尼盾"}},
		{"PHP", 2, "₱", nil},
		{"VND", 0, "₫", []string{"越南盾"}},
		{"AED", 2, "AED", []string{"迪拉姆"}},
		{"SAR", 2, "SAR", nil},
		{"KWD", 3, "KWD", nil},
		{"BRL", 2, "R$", nil},
		{"MXN", 2, "MX$", nil},
		{"TRY", 2, "₺", nil},
		{"SEK", 2, "SEK", nil},
		{"NOK", 2, "NOK", nil},
		{"DKK", 2, "DKK", nil},
		{"PLN", 2, "zł", nil},
		{"ZAR", 2, "ZAR", nil},
		{"KZT", 2, "₸", nil},
		{"MNT", 2, "₮", nil},
	}
})

// Find gives a currency by its code.
func Find(code string) (Currency, bool) {
	all := currencies()
	i := slices.IndexFunc(all, func(c Currency) bool { return c.Code == code })
	if i < 0 {
		return Currency{}, false
	}
	return all[i], true
}

// Decimal gives an amount in the unit of the currency.
func (c Currency) Decimal(amount int64) decimal.Decimal {
	d, err := decimal.New(amount, c.Places)
	if err != nil {
		return decimal.Decimal{} // cannot be: no currency has that many places
	}
	return d
}

// Amount gives the smallest units of a number in the unit of the currency.
func (c Currency) Amount(d decimal.Decimal) (int64, error) {
	if d.Scale() > c.Places {
		return 0, ErrDecimals
	}
	unit, err := decimal.FromInt(10).Pow(int64(c.Places))
	if err != nil {
		return 0, err
	}
	if d, err = d.Mul(unit); err != nil {
		return 0, ErrRange
	}
	n, ok := d.Int()
	if !ok || n > Max || n < -Max {
		return 0, ErrRange
	}
	return n, nil
}

// Format writes "¥1,234.50".
func (c Currency) Format(amount int64) string {
	s := c.Decimal(amount).Fixed(c.Places, true)
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		return "-" + c.Sign + rest
	}
	return c.Sign + s
}

// Detect finds the currency that a text is written with, by code, sign or name, and gives what is left of the text. With
// none it gives the fallback.
func Detect(s string, fallback Currency) (Currency, string) {
	best, mark := fallback, ""
	upper := strings.ToUpper(s)
	for _, c := range currencies() {
		for _, m := range append([]string{c.Code, c.Sign}, c.Names...) {
			if len(m) > len(mark) && strings.Contains(upper, strings.ToUpper(m)) {
				best, mark = c, m
			}
		}
	}
	// Upper case may change the length of letters that no currency is written with; then nothing is cut off.
	if i := strings.Index(upper, strings.ToUpper(mark)); mark != "" && len(upper) == len(s) {
		s = s[:i] + s[i+len(mark):]
	}
	if best.Code == "CNY" {
		s = strings.TrimRight(strings.TrimSpace(s), "元圆整正") // ￥100元, 人民币 100 元整
	}
	return best, strings.TrimSpace(s)
}
