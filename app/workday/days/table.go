package days

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// The bounds of a table. A year has seven holidays and about eight days that are worked for them.
const (
	MinYear       = 1949
	MaxYear       = 2200
	MaxTableBytes = 64 << 10
	MaxHolidays   = 40
	MaxMakeups    = 40
	MaxHolidayLen = 31 // days
	MaxText       = 100
)

// The names of holidays. "other" is one that a single year has, or a region; its label says what it is.
const (
	NewYear        = "new_year"
	SpringFestival = "spring_festival"
	Qingming       = "qingming"
	Labour         = "labour"
	DragonBoat     = "dragon_boat"
	MidAutumn      = "mid_autumn"
	National       = "national"
	Other          = "other"
)

// Names lists the names of holidays in the order of the year.
func Names() []string {
	return []string{NewYear, SpringFestival, Qingming, Labour, DragonBoat, MidAutumn, National, Other}
}

// Source says which document a table was taken from.
type Source struct {
	Title  string `json:"title"`
	Number string `json:"number,omitempty"`
	Date   Date   `json:"date,omitempty"` // of the document
}

// Holiday is a stretch of free days. It has several names when holidays fall together, as 国庆节 and 中秋节 did in 2025.
type Holiday struct {
	Names []string `json:"names"`
	Label string   `json:"label,omitempty"`
	From  Date     `json:"from"`
	To    Date     `json:"to"`
}

// Makeup is a weekend day that is worked for a holiday.
type Makeup struct {
	Date Date   `json:"date"`
	For  string `json:"for"`
}

// Year is the table of one year: what the notice for it says. A notice may begin in the December before its year: that for
// 2023 begins on 2022-12-31.
type Year struct {
	Year     int       `json:"year"`
	Source   Source    `json:"source"`
	Holidays []Holiday `json:"holidays"`
	Workdays []Makeup  `json:"workdays"`
}

// wireYear is a table before its dates are read, so that a bad one can be told by its row.
type wireYear struct {
	Year   int `json:"year"`
	Source struct {
		Title  string `json:"title"`
		Number string `json:"number"`
		Date   string `json:"date"`
	} `json:"source"`
	Holidays []struct {
		Names []string `json:"names"`
		Label string   `json:"label"`
		From  string   `json:"from"`
		To    string   `json:"to"`
	} `json:"holidays"`
	Workdays []struct {
		Date string `json:"date"`
		For  string `json:"for"`
	} `json:"workdays"`
}

//go:embed data/*.json
var published embed.FS

// Published gives the tables that come with the program, by year.
func Published() ([]Year, error) {
	names, err := fs.Glob(published, "data/*.json")
	if err != nil {
		return nil, err
	}
	years := make([]Year, 0, len(names))
	for _, name := range names {
		raw, err := published.ReadFile(name)
		if err != nil {
			return nil, err
		}
		y, err := ParseYear(raw)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if want := fmt.Sprintf("%d.json", y.Year); path.Base(name) != want {
			return nil, fmt.Errorf("days: %s holds the year %d", name, y.Year)
		}
		years = append(years, y)
	}
	return years, nil
}

// ParseYear reads a table, as an administrator may send one when a year has been published. What is wrong with it is an
// *Invalid.
func ParseYear(raw []byte) (Year, error) {
	var w wireYear
	if err := decode(raw, MaxTableBytes, &w); err != nil {
		return Year{}, err
	}
	var wrong issues
	y := Year{Year: w.Year, Source: Source{Title: w.Source.Title, Number: w.Source.Number}}
	if w.Source.Date != "" {
		y.Source.Date = wrong.date("source.date", w.Source.Date)
	}
	if len(w.Holidays) > MaxHolidays {
		wrong.add("holidays", CodeTooMany, "max", MaxHolidays)
	}
	if len(w.Workdays) > MaxMakeups {
		wrong.add("workdays", CodeTooMany, "max", MaxMakeups)
	}
	if len(wrong) > 0 {
		return Year{}, wrong.err()
	}
	for i, h := range w.Holidays {
		y.Holidays = append(y.Holidays, Holiday{
			Names: h.Names, Label: h.Label,
			From: wrong.date(at("holidays", i, "from"), h.From),
			To:   wrong.date(at("holidays", i, "to"), h.To),
		})
	}
	for i, m := range w.Workdays {
		y.Workdays = append(y.Workdays, Makeup{Date: wrong.date(at("workdays", i, "date"), m.Date), For: m.For})
	}
	y.check(&wrong)
	if err := wrong.err(); err != nil {
		return Year{}, err
	}
	return y, nil
}

func at(list string, row int, field string) string { return fmt.Sprintf("%s[%d].%s", list, row, field) }

// Check says what is wrong with a table that did not come through ParseYear, as an *Invalid.
func (y Year) Check() error {
	var wrong issues
	for i, h := range y.Holidays[:min(len(y.Holidays), MaxHolidays)] {
		if !h.From.Valid() {
			wrong.add(at("holidays", i, "from"), CodeDate, "value", h.From.String())
		}
		if !h.To.Valid() {
			wrong.add(at("holidays", i, "to"), CodeDate, "value", h.To.String())
		}
	}
	for i, m := range y.Workdays[:min(len(y.Workdays), MaxMakeups)] {
		if !m.Date.Valid() {
			wrong.add(at("workdays", i, "date"), CodeDate, "value", m.Date.String())
		}
	}
	y.check(&wrong)
	return wrong.err()
}

// check leaves dates alone that are none: whoever read them has said so.
func (y Year) check(wrong *issues) {
	if y.Year < MinYear || y.Year > MaxYear {
		wrong.add("year", CodeYear, "min", MinYear, "max", MaxYear)
		return
	}
	if y.Source.Title == "" {
		wrong.add("source.title", CodeMissing)
	}
	for _, text := range []struct{ path, value string }{{"source.title", y.Source.Title}, {"source.number", y.Source.Number}} {
		if utf8.RuneCountInString(text.value) > MaxText {
			wrong.add(text.path, CodeTooLong, "max", MaxText)
		}
	}
	if len(y.Holidays) > MaxHolidays {
		wrong.add("holidays", CodeTooMany, "max", MaxHolidays)
	}
	if len(y.Workdays) > MaxMakeups {
		wrong.add("workdays", CodeTooMany, "max", MaxMakeups)
	}
	if len(y.Holidays) > MaxHolidays || len(y.Workdays) > MaxMakeups {
		return
	}
	for i := range y.Holidays {
		y.checkHoliday(i, wrong)
	}
	for i := range y.Workdays {
		y.checkMakeup(i, wrong)
	}
}

func (y Year) checkHoliday(i int, wrong *issues) {
	h := y.Holidays[i]
	if len(h.Names) == 0 {
		wrong.add(at("holidays", i, "names"), CodeMissing)
	}
	if len(h.Names) > len(Names()) {
		wrong.add(at("holidays", i, "names"), CodeTooMany, "max", len(Names()))
	} else {
		for k, name := range h.Names {
			path := fmt.Sprintf("holidays[%d].names[%d]", i, k)
			if !slices.Contains(Names(), name) {
				wrong.add(path, CodeName, "name", shorten(name))
			} else if first := slices.Index(h.Names, name); first < k {
				wrong.add(path, CodeDuplicate, "value", name, "row", first)
			}
		}
	}
	if utf8.RuneCountInString(h.Label) > MaxText {
		wrong.add(at("holidays", i, "label"), CodeTooLong, "max", MaxText)
	}
	if slices.Contains(h.Names, Other) && strings.TrimSpace(h.Label) == "" {
		wrong.add(at("holidays", i, "label"), CodeMissing)
	}
	if !h.From.Valid() || !h.To.Valid() {
		return
	}
	y.inside(at("holidays", i, "from"), h.From, wrong)
	y.inside(at("holidays", i, "to"), h.To, wrong)
	switch {
	case h.To < h.From:
		wrong.add(at("holidays", i, "to"), CodeOrder, "from", h.From.String(), "to", h.To.String())
		return
	case h.To-h.From >= MaxHolidayLen:
		wrong.add(at("holidays", i, "to"), CodeTooLong, "max", MaxHolidayLen)
		return
	}
	for k, other := range y.Holidays[:i] {
		if other.From.Valid() && h.From <= other.To && other.From <= h.To {
			wrong.add(at("holidays", i, "from"), CodeOverlap, "value", max(h.From, other.From).String(), "row", k)
			return
		}
	}
}

func (y Year) checkMakeup(i int, wrong *issues) {
	m := y.Workdays[i]
	path := at("workdays", i, "for")
	switch {
	case m.For == "":
		wrong.add(path, CodeMissing)
	case !slices.Contains(Names(), m.For):
		wrong.add(path, CodeName, "name", shorten(m.For))
	case !slices.ContainsFunc(y.Holidays, func(h Holiday) bool { return slices.Contains(h.Names, m.For) }):
		wrong.add(path, CodeNoHoliday, "name", m.For)
	}
	if !m.Date.Valid() {
		return
	}
	path = at("workdays", i, "date")
	y.inside(path, m.Date, wrong)
	if first := slices.IndexFunc(y.Workdays, func(o Makeup) bool { return o.Date == m.Date }); first < i {
		wrong.add(path, CodeDuplicate, "value", m.Date.String(), "row", first)
		return
	}
	for k, h := range y.Holidays {
		if h.From.Valid() && h.From <= m.Date && m.Date <= h.To {
			wrong.add(path, CodeBothWays, "date", m.Date.String(), "row", k)
			return
		}
	}
	if w := m.Date.Weekday(); w != time.Saturday && w != time.Sunday {
		wrong.add(path, CodeNotWeekend, "date", m.Date.String())
	}
}

// inside refuses dates that the notice for the year cannot speak of.
func (y Year) inside(path string, d Date, wrong *issues) {
	year, month, _ := d.Split()
	if year != y.Year && (year != y.Year-1 || month != time.December) {
		wrong.add(path, CodeOutside, "date", d.String(), "year", y.Year)
	}
}
