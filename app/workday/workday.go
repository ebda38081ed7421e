// Package workday keeps the organisation's working calendar: the tables of holidays of each year, which the State Council
// publishes and the program ships as far as they are known, and the rules of the organisation itself. Whoever counts
// working days asks Calendar, which answers from memory.
//
// A table that somebody stored goes before the shipped one, until it is reset. A year without a table has ordinary weeks
// only, and every answer that covers such a year says so.
package workday

import (
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"strings"

	"dingban/app/access"
	"dingban/app/platform/fault"
	"dingban/app/workday/days"
)

// Words are the module's texts in both languages.
//
//go:embed locales/*.json
var Words embed.FS

// The bounds of what is asked for.
const (
	// MinYear and MaxYear bound the years that can have a table.
	MinYear = 2000
	MaxYear = 2100
	maxDays = 400
	maxAdd  = 3660
)

// Where a table comes from.
const (
	Shipped = "shipped"
	Own     = "own"
	None    = "none"
)

// Source says which document a table was taken from.
type Source struct {
	Title  string `json:"title" doc:"Title of the document, 1 to 100 characters." example:"国务院办公厅关于2026年部分节假日安排的通知"`
	Number string `json:"number,omitempty" doc:"Number of the document, at most 100 characters." example:"国办发明电〔2025〕7号"`
	Date   string `json:"date,omitempty" doc:"Date of the document." example:"2025-11-04"`
}

// Holiday is a stretch of free days.
type Holiday struct {
	Names []string `json:"names" doc:"Which holidays it is for: new_year, spring_festival, qingming, labour, dragon_boat, mid_autumn, national, or other with a label." example:"[\"national\"]"`
	Label string   `json:"label,omitempty" doc:"What this one is called, at most 100 characters; needed with other." example:"抗战胜利纪念日"`
	From  string   `json:"from" doc:"First free day, in the year or the December before it." example:"2026-10-01"`
	To    string   `json:"to" doc:"Last free day, at most 31 days from the first." example:"2026-10-07"`
}

// Makeup is a day of a weekend that is worked for a holiday.
type Makeup struct {
	Date string `json:"date" doc:"A Saturday or Sunday." example:"2026-10-10"`
	For  string `json:"for" doc:"Name of the holiday of the table that it is worked for." example:"national"`
}

// Table is the holidays of one year.
type Table struct {
	Source   Source    `json:"source" doc:"Document that the table was taken from."`
	Holidays []Holiday `json:"holidays" doc:"Free days, at most 40 stretches that do not overlap."`
	Workdays []Makeup  `json:"workdays" doc:"Days of weekends that are worked, at most 40."`
}

// Year is the table of a year as it counts now.
type Year struct {
	Year    int    `json:"year" doc:"Year." example:"2026"`
	Origin  string `json:"origin" enum:"shipped,own,none" doc:"Whether the table came with the program, was stored by somebody, or is not known, so that the year has ordinary weeks only." example:"shipped"`
	Shipped bool   `json:"shipped" doc:"Whether the program has a table of this year that a reset leads back to." example:"true"`
	Version int64  `json:"version" doc:"Send it with an update." example:"1"`
	Table
}

// Week says which days are worked, and when. A day without hours is free.
type Week struct {
	Mon []string `json:"mon,omitempty" doc:"Hours of Monday." example:"[\"09:00-12:00\", \"13:00-18:00\"]"`
	Tue []string `json:"tue,omitempty" doc:"Hours of Tuesday."`
	Wed []string `json:"wed,omitempty" doc:"Hours of Wednesday."`
	Thu []string `json:"thu,omitempty" doc:"Hours of Thursday."`
	Fri []string `json:"fri,omitempty" doc:"Hours of Friday."`
	Sat []string `json:"sat,omitempty" doc:"Hours of Saturday."`
	Sun []string `json:"sun,omitempty" doc:"Hours of Sunday."`
}

// Special is a stretch of days that the organisation treats in its own way.
type Special struct {
	From  string   `json:"from" doc:"First day." example:"2026-12-25"`
	To    string   `json:"to,omitempty" doc:"Last day, at most 366 days from the first; the first when missing." example:"2026-12-25"`
	Hours []string `json:"hours,omitempty" doc:"Hours that are worked; the days are free without any."`
	Name  string   `json:"name,omitempty" doc:"What they are called, at most 100 characters." example:"司庆"`
}

// RuleSet is what the organisation decides for itself.
type RuleSet struct {
	Hours  []string  `json:"hours,omitempty" doc:"Hours of a weekend day that is worked for a holiday, and of Monday to Friday when there are no weeks; 09:00-12:00 and 13:00-18:00 when missing. At most 6 spans."`
	Weeks  []Week    `json:"weeks,omitempty" doc:"Weeks that follow one another and begin again, at most 8; Monday to Friday when missing."`
	First  string    `json:"first,omitempty" doc:"Any day of a week that is like the first of the weeks; needed with several." example:"2026-01-05"`
	Public string    `json:"public,omitempty" enum:"all,holidays,none" doc:"Whether the public tables count in full, their holidays only, or not at all; in full when missing." example:"all"`
	Days   []Special `json:"days,omitempty" doc:"Days of its own, which go before everything else; at most 500 rows and 4,000 days."`
}

// Rules are the rules as they count now.
type Rules struct {
	Version int64 `json:"version" doc:"Send it with an update." example:"1"`
	RuleSet
}

// Lunar is a day of the lunar calendar.
type Lunar struct {
	Year  int    `json:"year" doc:"Lunar year, named after the year in which it begins." example:"2026"`
	Month int    `json:"month" doc:"Month." example:"1"`
	Day   int    `json:"day" doc:"Day." example:"1"`
	Leap  bool   `json:"leap" doc:"The second month of that number." example:"false"`
	Text  string `json:"text" doc:"How it is said in the language of the request." example:"正月初一"`
}

// Day is what the calendar knows of a day.
type Day struct {
	Date   string   `json:"date" doc:"Day." example:"2026-02-17"`
	Works  bool     `json:"works" doc:"Whether it is worked." example:"false"`
	Kind   string   `json:"kind" enum:"week,holiday,makeup,company" doc:"Why: as the week says, a holiday, a weekend day worked for one, or a day of the organisation's own." example:"holiday"`
	Names  []string `json:"names" doc:"Names of the holiday, or of the one that the day is worked for." example:"[\"spring_festival\"]"`
	Name   string   `json:"name" doc:"What the day is called in the language of the request; empty when it has no name." example:"春节"`
	Hours  []string `json:"hours" doc:"Hours that are worked." example:"[\"09:00-12:00\", \"13:00-18:00\"]"`
	Known  bool     `json:"known" doc:"Whether the holidays of its year are known; otherwise it is taken for an ordinary day of the week." example:"true"`
	Lunar  *Lunar   `json:"lunar,omitempty" doc:"Day of the lunar calendar; missing outside of the years 1900 to 2100."`
	Term   string   `json:"term" doc:"Solar term that begins on the day, in the language of the request; usually empty." example:"雨水"`
	Label  string   `json:"label" doc:"What the table or the organisation calls the day; may be empty." example:"司庆"`
	Makeup bool     `json:"makeup" doc:"Worked in place of a day off." example:"false"`
}

// guard is what the calendar needs of access.
type guard interface {
	Require(ctx context.Context, permission string, t access.Target) error
}

func checkYear(year int) error {
	if year < MinYear || year > MaxYear {
		return fault.Invalid(fault.At("path.year", "workday.bad_year", "min", MinYear, "max", MaxYear))
	}
	return nil
}

// parseTable reads what somebody sent. Paths of faults are those of the body.
func parseTable(year int, t Table) (days.Year, error) {
	raw, err := json.Marshal(struct {
		Year int `json:"year"`
		Table
	}{year, t})
	if err != nil {
		return days.Year{}, err
	}
	y, err := days.ParseYear(raw)
	return y, refused(err)
}

// parseRules reads what somebody sent.
func parseRules(r RuleSet) (days.Rules, error) {
	switch r.Public {
	case "all":
		r.Public = string(days.UseAll)
	case "", string(days.UseHolidays), string(days.UseNone):
	default:
		return days.Rules{}, fault.Invalid(fault.At("body.public", "field.not_allowed", "allowed", "all, holidays, none"))
	}
	raw, err := json.Marshal(r)
	if err != nil {
		return days.Rules{}, err
	}
	rules, err := days.ParseRules(raw)
	return rules, refused(err)
}

// refused says what days found wrong as faults of the body.
func refused(err error) error {
	var bad *days.Invalid
	if !errors.As(err, &bad) {
		return err
	}
	fields := make([]fault.Field, len(bad.Issues))
	for i, issue := range bad.Issues {
		location := "body"
		if issue.Path != "" {
			location += "." + issue.Path
		}
		fields[i] = fault.Field{Location: location, Code: "workday.wrong." + string(issue.Code), Params: issue.Params}
	}
	return fault.Invalid(fields...)
}

// convert turns a value of the package days into one of the API, or back: both are the same in JSON.
func convert[T any](from any) (to T, err error) {
	raw, err := json.Marshal(from)
	if err == nil {
		err = json.Unmarshal(raw, &to)
	}
	return to, err
}

// yearFacts are what the journal tells of a table.
type yearFacts struct {
	Source   string   `journal:"source"`
	Holidays []string `journal:"holidays"`
	Workdays []string `journal:"workdays"`
}

func factsOf(y days.Year) yearFacts {
	f := yearFacts{Source: y.Source.Title}
	for _, h := range y.Holidays {
		f.Holidays = append(f.Holidays, strings.TrimSpace(h.From.String()+"/"+h.To.String()+" "+strings.Join(h.Names, "+")+" "+h.Label))
	}
	for _, m := range y.Workdays {
		f.Workdays = append(f.Workdays, m.Date.String()+" "+m.For)
	}
	return f
}

// ruleFacts are what the journal tells of the rules.
type ruleFacts struct {
	Hours  string   `journal:"hours"`
	Weeks  []string `journal:"weeks"`
	First  string   `journal:"first"`
	Public string   `journal:"public"`
	Days   []string `journal:"days"`
}

func ruleFactsOf(r days.Rules) ruleFacts {
	f := ruleFacts{Hours: spans(r.Hours), First: r.First.String(), Public: string(r.Public)}
	for _, w := range r.Weeks {
		var day []string
		for _, h := range []days.Hours{w.Mon, w.Tue, w.Wed, w.Thu, w.Fri, w.Sat, w.Sun} {
			day = append(day, cmp.Or(spans(h), "-"))
		}
		f.Weeks = append(f.Weeks, strings.Join(day, "; "))
	}
	for _, s := range r.Days {
		f.Days = append(f.Days, strings.TrimSpace(s.From.String()+"/"+max(s.From, s.To).String()+" "+cmp.Or(spans(s.Hours), "-")+" "+s.Name))
	}
	return f
}

func spans(h days.Hours) string { return strings.Join(hoursOf(h), ", ") }

func hoursOf(h days.Hours) []string {
	out := make([]string, len(h))
	for i, s := range h {
		out[i] = s.String()
	}
	return out
}
