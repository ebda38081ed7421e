package catalogue

import (
	"bytes"
	"encoding/json"

	"dingban/app/field/decimal"
	"dingban/app/field/kind"
	"dingban/app/field/kind/plain"
)

const maxPlaces = 10 // behind the point of a sum or an average

// Aggregate is how many values become one.
type Aggregate string

// The aggregates.
const (
	CountAll    Aggregate = "count"
	CountFilled Aggregate = "filled"
	CountEmpty  Aggregate = "empty"
	CountUnique Aggregate = "unique"
	PartFilled  Aggregate = "part_filled"
	Sum         Aggregate = "sum"
	Average     Aggregate = "average"
	Least       Aggregate = "min"
	Most        Aggregate = "max"
)

// rollupSettings: one value made of those that a field of the related tasks has.
type rollupSettings struct {
	Relation  string          `json:"relation"`
	Target    string          `json:"target"`
	Kind      kind.Name       `json:"kind"` // of the target
	Settings  json.RawMessage `json:"settings,omitempty"`
	Aggregate Aggregate       `json:"aggregate"`
}

// Prepare finds the kind of the result: counts are numbers, shares are percentages, everything else is what the target is.
func (s *rollupSettings) Prepare() (computed, error) {
	if err := fieldIDs(map[string]string{"relation": s.Relation, "target": s.Target}); err != nil {
		return computed{}, err
	}
	target, err := resultOf(s.Kind, s.Settings)
	if err != nil {
		return computed{}, err
	}
	traits := target.kind.Traits()
	switch s.Aggregate {
	case CountAll, CountFilled, CountEmpty, CountUnique:
		target, err = resultOf(kind.Number, json.RawMessage(`{"decimals":0}`))
	case PartFilled:
		target, err = resultOf(kind.Percent, json.RawMessage(`{"decimals":1}`))
	case Sum, Average:
		if traits.Type != "number" && traits.Type != "duration" {
			return computed{}, kind.At("aggregate", kind.Refuse(kind.CodeSettingKind, "kind", string(s.Kind)))
		}
		if s.Kind != kind.Money && s.Kind != kind.Duration {
			// Limits and decimals of one value are not those of a sum or of an average.
			sums := kind.Number
			if s.Kind == kind.Percent || s.Kind == kind.Progress {
				sums = kind.Percent
			}
			target, err = resultOf(sums, nil)
		} else {
			target, err = resultOf(s.Kind, withoutLimits(s.Settings))
		}
	case Least, Most:
		if !traits.Sortable {
			return computed{}, kind.At("aggregate", kind.Refuse(kind.CodeSettingKind, "kind", string(s.Kind)))
		}
	default:
		return computed{}, kind.At("aggregate", kind.OneOf(string(s.Aggregate), string(CountAll), string(CountFilled), string(CountEmpty), string(CountUnique), string(PartFilled), string(Sum), string(Average), string(Least), string(Most)))
	}
	return target, err
}

func withoutLimits(settings json.RawMessage) json.RawMessage {
	var all map[string]json.RawMessage
	if json.Unmarshal(settings, &all) != nil {
		return nil
	}
	delete(all, "min")
	delete(all, "max")
	delete(all, "default")
	delete(all, "required")
	raw, err := kind.Encode(all)
	if err != nil {
		return nil
	}
	return raw
}

// Roll makes one value of many canonical values of a field; empty ones count only where that is asked. Amounts of different
// currencies have no sum: the result is the error "rollup.currencies".
func Roll(how Aggregate, f kind.Field, list []json.RawMessage) (json.RawMessage, error) {
	filled := make([]json.RawMessage, 0, len(list))
	unique := map[string]bool{}
	for _, v := range list {
		if !kind.IsEmpty(v) && failed(v) == "" {
			filled = append(filled, v)
			unique[string(v)] = true
		}
	}
	switch how {
	case CountAll:
		return kind.Encode(len(list))
	case CountFilled:
		return kind.Encode(len(filled))
	case CountEmpty:
		return kind.Encode(len(list) - len(filled))
	case CountUnique:
		return kind.Encode(len(unique))
	case PartFilled:
		if len(list) == 0 {
			return kind.Null(), nil
		}
		return rounded(decimal.FromInt(int64(len(filled))), len(list), 3)
	}
	if len(filled) == 0 {
		return kind.Null(), nil
	}
	if how == Sum || how == Average {
		return total(how, filled)
	}
	best := filled[0]
	for _, v := range filled[1:] {
		if c := bytes.Compare(f.Key(v), f.Key(best)); how == Least && c < 0 || how == Most && c > 0 {
			best = v
		}
	}
	return best, nil
}

// rounded divides, to so many places and no more digits than clients read.
func rounded(sum decimal.Decimal, n, places int) (json.RawMessage, error) {
	d, err := sum.Quo(decimal.FromInt(int64(n)))
	if err == nil {
		d, err = Exact(d, places)
	}
	if err != nil {
		return Failure("rollup.range"), nil //nolint:nilerr // the error is the value
	}
	return kind.Encode(d)
}

// Exact rounds to so many places, and to the digits that a value may have.
func Exact(d decimal.Decimal, places int) (decimal.Decimal, error) {
	d, err := d.Round(places, decimal.HalfUp)
	if over := d.Significant() - kind.MaxDigits; err == nil && over > 0 {
		d, err = d.Round(d.Scale()-over, decimal.HalfUp)
	}
	return d, err
}

func total(how Aggregate, list []json.RawMessage) (json.RawMessage, error) {
	var sum decimal.Decimal
	var err error
	currency := ""
	for i, v := range list {
		var n decimal.Decimal
		if v[0] == '{' {
			var a plain.Amount
			if err := json.Unmarshal(v, &a); err != nil {
				return nil, kind.Refuse(kind.CodeJSON)
			}
			if i > 0 && a.Currency != currency {
				return Failure("rollup.currencies"), nil
			}
			currency, n = a.Currency, decimal.FromInt(a.Amount)
		} else if err := json.Unmarshal(v, &n); err != nil {
			return nil, kind.Refuse(kind.CodeNumber, "text", string(v))
		}
		if sum, err = sum.Add(n); err != nil {
			return Failure("rollup.range"), nil //nolint:nilerr // the error is the value
		}
	}
	if how == Sum && currency == "" {
		return rounded(sum, 1, maxPlaces)
	}
	if how == Average && currency == "" {
		return rounded(sum, len(list), maxPlaces)
	}
	n := 1
	if how == Average {
		n = len(list)
	}
	d, err := sum.Quo(decimal.FromInt(int64(n)))
	if err == nil {
		d, err = d.Round(0, decimal.HalfUp)
	}
	units, ok := d.Int()
	if err != nil || !ok || units > kind.MaxExact || units < -kind.MaxExact {
		return Failure("rollup.range"), nil //nolint:nilerr // the error is the value
	}
	return kind.Encode(plain.Amount{Amount: units, Currency: currency})
}
