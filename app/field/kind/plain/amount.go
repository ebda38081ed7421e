package plain

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"dingban/app/field/decimal"
	"dingban/app/field/kind"
	"dingban/app/field/kind/money"
	"dingban/app/field/kind/reading"
)

// Amount is a value of money: a whole number of the smallest unit.
type Amount struct {
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
}

type moneySettings struct {
	kind.Common
	Currency   string   `json:"currency,omitempty"`   // of values that name none
	Currencies []string `json:"currencies,omitempty"` // that may be chosen; only Currency without any
	Min        *int64   `json:"min,omitempty"`        // in the smallest unit, of whatever currency
	Max        *int64   `json:"max,omitempty"`
	Capitals   bool     `json:"capitals,omitempty"` // amounts in CNY are written in capitals too
}

type moneyValues struct {
	moneySettings
	usual money.Currency
}

func (s *moneySettings) Prepare() (kind.Values[Amount], error) {
	if s.Currency == "" {
		s.Currency = "CNY"
	}
	if len(s.Currencies) == 0 {
		s.Currencies = []string{s.Currency}
	}
	usual, ok := money.Find(s.Currency)
	if !ok || !slices.Contains(s.Currencies, s.Currency) {
		return nil, kind.At("currency", kind.Refuse(kind.CodeCurrency, "currency", s.Currency))
	}
	s.Currencies = kind.Distinct(s.Currencies)
	for _, code := range s.Currencies {
		if _, ok := money.Find(code); !ok {
			return nil, kind.At("currencies", kind.Refuse(kind.CodeCurrency, "currency", code))
		}
	}
	for _, limit := range []*int64{s.Min, s.Max} {
		if limit != nil && (*limit > money.Max || *limit < -money.Max) {
			return nil, kind.Refuse(kind.CodeSetting, "min", -money.Max, "max", money.Max)
		}
	}
	if s.Min != nil && s.Max != nil && *s.Min > *s.Max {
		return nil, kind.At("min", kind.Refuse(kind.CodeSettingOrder, "low", *s.Min, "high", *s.Max))
	}
	return moneyValues{*s, usual}, nil
}

// Read takes a bare whole number for one of the usual currency.
func (v moneyValues) Read(raw json.RawMessage) (Amount, error) {
	a := Amount{Currency: v.Currency}
	if len(raw) > 0 && raw[0] != '{' {
		err := kind.Strict(raw, &a.Amount, kind.MaxOperand)
		return a, err
	}
	wire := struct {
		Amount   *int64  `json:"amount"`
		Currency *string `json:"currency"`
	}{}
	if err := kind.Strict(raw, &wire, kind.MaxOperand); err != nil {
		return a, err
	}
	if wire.Amount == nil {
		return a, kind.ErrEmpty
	}
	a.Amount = *wire.Amount
	if wire.Currency != nil {
		a.Currency = *wire.Currency
	}
	return a, nil
}

func (v moneyValues) Tidy(a Amount, old *Amount, _ kind.Env) (Amount, error) {
	known := slices.Contains(v.Currencies, a.Currency) || old != nil && old.Currency == a.Currency
	switch {
	case !known:
		return a, kind.At("currency", kind.Refuse(kind.CodeCurrency, "currency", a.Currency))
	case a.Amount > money.Max || a.Amount < -money.Max:
		return a, kind.At("amount", kind.Refuse(kind.CodeDigits, "max", kind.MaxDigits))
	case v.Min != nil && a.Amount < *v.Min:
		return a, kind.At("amount", kind.Refuse(kind.CodeMin, "min", v.money(*v.Min)))
	case v.Max != nil && a.Amount > *v.Max:
		return a, kind.At("amount", kind.Refuse(kind.CodeMax, "max", v.money(*v.Max)))
	}
	return a, nil
}

func (v moneyValues) money(n int64) string { return v.usual.Decimal(n).String() }

// Key puts amounts of one currency together: without a rate of exchange nothing can be said about two.
func (v moneyValues) Key(a Amount) []byte {
	return binary.BigEndian.AppendUint64([]byte(a.Currency), uint64(a.Amount)^1<<63)
}

func (v moneyValues) Text(a Amount, _ kind.Env) string {
	c, ok := money.Find(a.Currency)
	if !ok {
		return ""
	}
	s := c.Format(a.Amount)
	if v.Capitals && c.Code == "CNY" {
		s += " " + money.Capitals(a.Amount)
	}
	return s
}

func (v moneyValues) Parse(s string, _ kind.Env) (Amount, error) {
	figures := reading.Plain(s)
	if i := strings.IndexAny(figures, "负零壹贰叁肆伍陆柒捌玖"); v.Capitals && i > 0 { // what Text wrote behind the figures
		figures = figures[:i]
	}
	c, rest := money.Detect(figures, v.usual)
	d, percent, ok := reading.Number(rest)
	if !ok || percent {
		return Amount{}, kind.Refuse(kind.CodeNumber, "text", s)
	}
	return v.exact(c, d)
}

// AmountOf rounds a number to an amount of the currency that a field of kind money has when none is named; false when the
// field is of another kind, or the number too large.
func AmountOf(f kind.Field, d decimal.Decimal) (Amount, bool) {
	rules, ok := kind.ValuesOf[Amount](f)
	if !ok {
		return Amount{}, false
	}
	v, ok := rules.(moneyValues)
	if !ok {
		return Amount{}, false
	}
	d, err := d.Round(v.usual.Places, decimal.HalfUp)
	if err != nil {
		return Amount{}, false
	}
	a, err := v.exact(v.usual, d)
	return a, err == nil
}

func (v moneyValues) exact(c money.Currency, d decimal.Decimal) (Amount, error) {
	n, err := c.Amount(d)
	switch {
	case errors.Is(err, money.ErrDecimals):
		return Amount{}, kind.Refuse(kind.CodeDecimals, "max", c.Places)
	case err != nil:
		return Amount{}, kind.Refuse(kind.CodeDigits, "max", kind.MaxDigits)
	}
	return Amount{n, c.Code}, nil
}

// Match compares amounts of the same currency; others are unequal and neither more nor less.
func (v moneyValues) Match(op kind.Op, operand json.RawMessage, _ kind.Env) (func(Amount) bool, error) {
	read := func(raw json.RawMessage) (Amount, error) { return v.Read(raw) }
	compare := func(a, b Amount) int {
		if a.Currency != b.Currency {
			return cmp.Compare(a.Currency, b.Currency)
		}
		return cmp.Compare(a.Amount, b.Amount)
	}
	test, err := kind.MatchOrder(op, operand, read, compare)
	if err != nil || op == kind.Eq || op == kind.Ne || op == kind.In || op == kind.NotIn {
		return test, err
	}
	currencies := []string{}
	ends := []json.RawMessage{operand}
	if op == kind.Between {
		if err := json.Unmarshal(operand, &ends); err != nil {
			return nil, kind.Refuse(kind.CodeOperand, "operator", string(op))
		}
	}
	for _, raw := range ends {
		if a, err := v.Read(raw); err == nil && !kind.IsEmpty(raw) {
			currencies = append(currencies, a.Currency)
		}
	}
	return func(a Amount) bool {
		return !slices.ContainsFunc(currencies, func(c string) bool { return c != a.Currency }) && test(a)
	}, nil
}

func (v moneyValues) Groups(a Amount, _ kind.Grain, _ kind.Env) []string { return []string{a.Currency} }

func (v moneyValues) Schema() kind.Schema {
	n := kind.Schema{"type": "integer", "minimum": -money.Max, "maximum": money.Max}
	if v.Min != nil {
		n["minimum"] = *v.Min
	}
	if v.Max != nil {
		n["maximum"] = *v.Max
	}
	return kind.Schema{
		"type": "object", "required": []string{"amount"}, "additionalProperties": false,
		"properties": kind.Schema{"amount": n, "currency": kind.Schema{"type": "string", "enum": v.Currencies}},
	}
}

// Amounts lists the kinds of money.
func Amounts() []kind.Kind {
	return []kind.Kind{kind.Define[Amount, moneySettings](kind.Money, kind.Traits{Sortable: true, Grouped: true, Type: "number", Ops: kind.Ordering()})}
}
