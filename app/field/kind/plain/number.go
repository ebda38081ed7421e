package plain

import (
	"encoding/json"

	"dingban/app/field/decimal"
	"dingban/app/field/kind"
	"dingban/app/field/kind/reading"
)

const (
	maxDecimals = 10
	maxRating   = 10
)

// numbers is the part of values that all kinds share whose values are one number. A percentage is kept as the fraction it
// is: 50% is 0.5, and its limits are such fractions too; only its decimals are those of the percentage.
type numbers struct {
	places    int // at most; -1 for as many as there are
	low, high *decimal.Decimal
	percent   bool
	grouped   bool
	unit      string
}

func readNumber(raw json.RawMessage) (decimal.Decimal, error) {
	var n json.Number
	if len(raw) > 0 && raw[0] == '"' { // encoding/json would take text for a json.Number
		return decimal.Decimal{}, kind.Refuse(kind.CodeShape, "expected", "number")
	}
	if err := kind.Strict(raw, &n, kind.MaxOperand); err != nil {
		return decimal.Decimal{}, err
	}
	d, err := decimal.Parse(n.String())
	if err != nil {
		return d, kind.Refuse(kind.CodeNumber, "text", n.String())
	}
	return d, nil
}

func (numbers) Read(raw json.RawMessage) (decimal.Decimal, error) { return readNumber(raw) }

func (v numbers) Tidy(d decimal.Decimal, _ *decimal.Decimal, _ kind.Env) (decimal.Decimal, error) {
	places := v.places
	if v.percent && places >= 0 {
		places += 2
	}
	switch {
	case v.low != nil && d.Cmp(*v.low) < 0:
		return d, kind.Refuse(kind.CodeMin, "min", v.low.String())
	case v.high != nil && d.Cmp(*v.high) > 0:
		return d, kind.Refuse(kind.CodeMax, "max", v.high.String())
	case places >= 0 && d.Scale() > places:
		return d, kind.Refuse(kind.CodeDecimals, "max", v.places)
	case d.Significant() > kind.MaxDigits:
		return d, kind.Refuse(kind.CodeDigits, "max", kind.MaxDigits)
	}
	return d, nil
}

func (numbers) Key(d decimal.Decimal) []byte { return d.Key() }

func (v numbers) Text(d decimal.Decimal, _ kind.Env) string {
	sign := ""
	if v.percent {
		sign = "%"
		if p, err := d.Mul(decimal.FromInt(100)); err == nil {
			d = p
		}
	}
	places := v.places
	if places < 0 {
		places = d.Scale()
	}
	s := d.Fixed(places, v.grouped) + sign
	if v.unit != "" {
		s += " " + v.unit
	}
	return s
}

// PlacesOf gives how many digits a number of a field may have behind the point.
func PlacesOf(f kind.Field) int {
	rules, _ := kind.ValuesOf[decimal.Decimal](f)
	v, ok := rules.(numbers)
	if !ok || v.places < 0 {
		if _, rating := rules.(ratingValues); rating {
			return 0
		}
		return maxDecimals
	}
	if v.percent {
		return v.places + 2
	}
	return v.places
}

// Parse takes a number without a percent sign for a percentage all the same: that is what a column of percentages holds.
func (v numbers) Parse(s string, _ kind.Env) (decimal.Decimal, error) {
	plain := reading.Plain(s)
	if v.unit != "" {
		plain = kind.CutSuffixFold(plain, reading.Plain(v.unit))
	}
	d, percent, ok := reading.Number(plain)
	if ok && v.percent && !percent {
		d, _ = d.Quo(decimal.FromInt(100))
	}
	if !ok {
		return d, kind.Refuse(kind.CodeNumber, "text", s)
	}
	return d, nil
}

func (v numbers) Match(op kind.Op, operand json.RawMessage, _ kind.Env) (func(decimal.Decimal) bool, error) {
	return kind.MatchOrder(op, operand, readNumber, decimal.Decimal.Cmp)
}

func (v numbers) Groups(d decimal.Decimal, _ kind.Grain, _ kind.Env) []string {
	return []string{d.String()}
}

func (v numbers) Schema() kind.Schema {
	s := kind.Schema{"type": "number"}
	if v.places == 0 && !v.percent {
		s["type"] = "integer"
	}
	if v.low != nil {
		s["minimum"] = json.Number(v.low.String())
	}
	if v.high != nil {
		s["maximum"] = json.Number(v.high.String())
	}
	return s
}

type numberSettings struct {
	kind.Common
	Decimals *int             `json:"decimals,omitempty"`
	Min      *decimal.Decimal `json:"min,omitempty"`
	Max      *decimal.Decimal `json:"max,omitempty"`
	Grouped  bool             `json:"grouped,omitempty"` // written with thousands marks
	Unit     string           `json:"unit,omitempty"`
}

// rules checks the settings; without decimals a number has as many as were given.
func (s *numberSettings) rules(percent bool) (numbers, error) {
	v := numbers{places: -1, low: s.Min, high: s.Max, percent: percent, grouped: s.Grouped, unit: s.Unit}
	if s.Decimals != nil {
		if *s.Decimals < 0 || *s.Decimals > maxDecimals {
			return v, kind.At("decimals", kind.Refuse(kind.CodeSetting, "min", 0, "max", maxDecimals))
		}
		v.places = *s.Decimals
	}
	if len([]rune(s.Unit)) > kind.MaxUnit {
		return v, kind.At("unit", kind.Refuse(kind.CodeLong, "max", kind.MaxUnit))
	}
	if s.Min != nil && s.Max != nil && s.Min.Cmp(*s.Max) > 0 {
		return v, kind.At("min", kind.Refuse(kind.CodeSettingOrder, "low", s.Min.String(), "high", s.Max.String()))
	}
	return v, nil
}

func (s *numberSettings) Prepare() (kind.Values[decimal.Decimal], error) {
	v, err := s.rules(false)
	return v, err
}

type percentSettings struct{ numberSettings }

func (s *percentSettings) Prepare() (kind.Values[decimal.Decimal], error) {
	v, err := s.rules(true)
	return v, err
}

// progressSettings are those of a percentage from 0 to 100 %.
type progressSettings struct {
	kind.Common
	Decimals int    `json:"decimals,omitempty"`
	Colour   string `json:"colour,omitempty"`
}

func (s *progressSettings) Prepare() (kind.Values[decimal.Decimal], error) {
	if s.Decimals < 0 || s.Decimals > 2 {
		return nil, kind.At("decimals", kind.Refuse(kind.CodeSetting, "min", 0, "max", 2))
	}
	if err := kind.Colour(s.Colour); err != nil {
		return nil, kind.At("colour", err)
	}
	zero, one := decimal.FromInt(0), decimal.FromInt(1)
	return numbers{places: s.Decimals, low: &zero, high: &one, percent: true}, nil
}

type ratingSettings struct {
	kind.Common
	Max  int    `json:"max,omitempty"`
	Icon string `json:"icon,omitempty"`
}

func (s *ratingSettings) Prepare() (kind.Values[decimal.Decimal], error) {
	if s.Max == 0 {
		s.Max = 5
	}
	if s.Max < 1 || s.Max > maxRating {
		return nil, kind.At("max", kind.Refuse(kind.CodeSetting, "min", 1, "max", maxRating))
	}
	if s.Icon == "" {
		s.Icon = "star"
	}
	if err := kind.OneOf(s.Icon, "star", "heart", "thumb", "fire", "smile", "flag", "flower"); err != nil {
		return nil, kind.At("icon", err)
	}
	low, high := decimal.FromInt(0), decimal.FromInt(int64(s.Max))
	return ratingValues{numbers{low: &low, high: &high}}, nil
}

// ratingValues takes none of the stars for no rating.
type ratingValues struct{ numbers }

func (v ratingValues) Tidy(d decimal.Decimal, old *decimal.Decimal, env kind.Env) (decimal.Decimal, error) {
	if d.Sign() == 0 {
		return d, kind.ErrEmpty
	}
	return v.numbers.Tidy(d, old, env)
}

func (v ratingValues) Schema() kind.Schema {
	s := v.numbers.Schema()
	s["minimum"] = 1
	return s
}

// Numbers lists the kinds of numbers.
func Numbers() []kind.Kind {
	t := kind.Traits{Sortable: true, Type: "number", Ops: kind.Ordering()}
	grouped := t
	grouped.Grouped = true
	return []kind.Kind{
		kind.Define[decimal.Decimal, numberSettings](kind.Number, t),
		kind.Define[decimal.Decimal, percentSettings](kind.Percent, t),
		kind.Define[decimal.Decimal, progressSettings](kind.Progress, grouped),
		kind.Define[decimal.Decimal, ratingSettings](kind.Rating, grouped),
	}
}
