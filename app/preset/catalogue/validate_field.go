package catalogue

import (
	"encoding/json"
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var currencyForm = regexp.MustCompile(`^[A-Z]{3}$`)

func (c *checker) fieldList(fields []Field) {
	taken := map[string]bool{}
	for i, f := range fields {
		c.unique(at("fields", i), f.Key, taken)
		c.fields[f.Key] = f
	}
	for i, f := range fields {
		path := at("fields", i)
		c.text(path+".name", f.Name, MaxName)
		if f.Hint != nil {
			c.text(path+".hint", *f.Hint, MaxTitle)
		}
		if !slices.Contains(Kinds(), f.Kind) {
			c.bad(path+".kind", ProblemChoice, f.Kind)
			continue
		}
		if f.Required && (f.Kind == KindFormula || f.Kind == KindAutonumber) {
			c.bad(path+".required", ProblemSetting, f.Kind) // nobody fills them in
		}
		c.settings(path+".settings", f)
	}
}

func (c *checker) settings(path string, f Field) {
	s, given, takes := f.Settings, f.Settings.given(), settingsOf(f.Kind)
	for _, name := range given {
		if !slices.Contains(takes, name) && !slices.Contains(takes, "!"+name) {
			c.bad(path+"."+name, ProblemSetting, f.Kind)
		}
	}
	for _, name := range takes {
		if must, found := strings.CutPrefix(name, "!"); found && !slices.Contains(given, must) {
			c.bad(path+"."+must, ProblemEmpty, f.Kind)
		}
	}
	c.options(path+".options", s.Options, f.Kind == KindCascade, 0)
	if s.Currency != "" && !currencyForm.MatchString(s.Currency) {
		c.bad(path+".currency", ProblemChoice, s.Currency)
	}
	if s.Precision != nil {
		c.between(path+".precision", *s.Precision, 0, 8)
	}
	if s.Min != nil && s.Max != nil && *s.Min > *s.Max {
		c.bad(path+".max", ProblemRange, strconv.FormatFloat(*s.Max, 'g', -1, 64))
	}
	if f.Kind == KindRating && s.Max != nil && (*s.Max < 2 || *s.Max > 10 || *s.Max != float64(int(*s.Max))) {
		c.bad(path+".max", ProblemRange, strconv.FormatFloat(*s.Max, 'g', -1, 64))
	}
	if s.Unit != nil {
		c.text(path+".unit", *s.Unit, maxKey)
	}
	c.oneOf(path+".level", s.Level, "", "province", "city", "district", "street")
	c.oneOf(path+".target", s.Target, "", "task", "project", "customer", "document", "asset")
	if s.Pattern != "" && !patternForm.MatchString(s.Pattern) {
		c.bad(path+".pattern", ProblemPattern, s.Pattern)
	}
	if s.Formula != "" {
		c.formula(path+".formula", f)
	}
}

func (c *checker) formula(path string, f Field) {
	used, err := formulaFields(f.Settings.Formula)
	if err != nil {
		c.bad(path, ProblemFormula, f.Settings.Formula)
		return
	}
	for _, key := range used {
		switch c.fields[key].Kind {
		case KindNumber, KindPercent, KindMoney, KindRating, KindDuration: // not another formula, so they can't go in circles
		case "":
			c.bad(path, ProblemUnknown, key)
		default:
			c.bad(path, ProblemFormula, key)
		}
	}
}

func (c *checker) options(path string, options []Option, cascade bool, depth int) {
	if len(options) > maxOptions {
		c.bad(path, ProblemLong, strconv.Itoa(len(options)))
		return
	}
	taken := map[string]bool{}
	for i, o := range options {
		path := at(path, i)
		c.unique(path, o.Key, taken)
		c.text(path+".name", o.Name, MaxName)
		if o.Colour != "" {
			c.colour(path+".colour", o.Colour)
		}
		if len(o.Children) > 0 {
			if !cascade || depth >= 4 {
				c.bad(path+".children", ProblemSetting, o.Key)
				continue
			}
			c.options(path+".children", o.Children, cascade, depth+1)
		}
	}
}

// Errors of preset values. They go into Problem.Detail.
var (
	errShape  = errors.New("not of the form of this kind of field")
	errOption = errors.New("no such option")
	errBounds = errors.New("outside the bounds of the field")
	errRole   = errors.New("no such role")
	errKind   = errors.New("this kind of field takes no preset value")
)

// roleValue is a person field whose people are those of a role.
type roleValue string

// decodeValue reads a preset value: a Text for text and longtext, a number, an Offset for a date, the key of an option
// (a list of keys for multiselect, the keys from the root for cascade), true or false, the key of a role for a person.
// Money is in the smallest unit of its currency, a duration in minutes. A nil roles skips the check of the role.
func decodeValue(f Field, raw json.RawMessage, roles map[string]bool) (any, error) {
	switch f.Kind {
	case KindText, KindLongText:
		v, err := decode[Text](raw)
		if err != nil || v.Chinese == "" || v.English == "" || strings.ContainsFunc(v.English, chinese) {
			return nil, errShape
		}
		return v, nil
	case KindNumber, KindPercent:
		v, err := decode[float64](raw)
		if s := f.Settings; err == nil && (s.Min != nil && v < *s.Min || s.Max != nil && v > *s.Max) {
			return nil, errBounds
		}
		return v, err
	case KindMoney, KindDuration, KindRating:
		v, err := decode[int64](raw)
		if err == nil && (v < 0 || v > 1<<53 || f.Kind == KindRating && f.Settings.Max != nil && v > int64(*f.Settings.Max)) {
			return nil, errBounds
		}
		return v, err
	case KindCheckbox:
		return decode[bool](raw)
	case KindSelect:
		v, err := decode[string](raw)
		if err == nil && !hasOption(f.Settings.Options, v) {
			return nil, errOption
		}
		return v, err
	case KindMultiSelect:
		v, err := decode[[]string](raw)
		for i, key := range v {
			if !hasOption(f.Settings.Options, key) || slices.Contains(v[:i], key) {
				return nil, errOption
			}
		}
		return v, err
	case KindCascade:
		v, err := decode[[]string](raw)
		options := f.Settings.Options
		for _, key := range v {
			if !hasOption(options, key) {
				return nil, errOption
			}
			options = options[slices.IndexFunc(options, func(o Option) bool { return o.Key == key })].Children
		}
		return v, err
	case KindPerson:
		v, err := decode[string](raw)
		if err == nil && roles != nil && !roles[v] {
			return nil, errRole
		}
		return roleValue(v), err
	case KindDate, KindDateTime:
		v, err := decode[Offset](raw)
		if err != nil || (v.Workdays == nil) == (v.Days == nil) || v.From != FromStart && v.From != FromEnd {
			return nil, errShape
		}
		return checkedOffset(v)
	}
	return nil, errKind
}

func checkedOffset(o Offset) (any, error) {
	if o.Workdays != nil && (*o.Workdays > MaxWorkdays || *o.Workdays < -MaxWorkdays) ||
		o.Days != nil && (*o.Days > MaxDays || *o.Days < -MaxDays) || o.Time != "" && !timeForm.MatchString(o.Time) {
		return nil, errBounds
	}
	return o, nil
}

// decode reads a value as strictly as Parse reads a file.
func decode[T any](raw json.RawMessage) (T, error) {
	var v T
	if check(raw, reflect.TypeFor[T]()) != nil || json.Unmarshal(raw, &v) != nil {
		return v, errShape
	}
	return v, nil
}

func hasOption(options []Option, key string) bool {
	return slices.ContainsFunc(options, func(o Option) bool { return o.Key == key })
}
