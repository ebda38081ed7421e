package workday

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"dingban/app/access"
	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/platform/journal"
	"dingban/app/platform/lang"
	"dingban/app/platform/ref"
	"dingban/app/platform/vault"
	"dingban/app/workday/days"
	"dingban/app/workday/lunar"
)

// Service keeps the calendar. It is safe for concurrent use.
type Service struct {
	db      *db.DB
	vault   *vault.Vault
	journal *journal.Journal
	clock   clock.Clock
	access  guard
	words   *lang.Catalogue
	shipped map[int]days.Year

	mu sync.Mutex
	// memory is nil until somebody asks. What was read before it was forgotten last is not kept: changes counts that.
	memory  *days.Calendar
	changes int
}

// New makes the service and follows the journal to hear of changes made by other nodes.
func New(d *db.DB, v *vault.Vault, j *journal.Journal, c clock.Clock, a guard) (*Service, error) {
	words, err := lang.NewCatalogue(Words)
	if err != nil {
		return nil, fmt.Errorf("workday: %w", err)
	}
	years, err := days.Published()
	if err != nil {
		return nil, fmt.Errorf("workday: %w", err)
	}
	s := &Service{db: d, vault: v, journal: j, clock: c, access: a, words: words, shipped: map[int]days.Year{}}
	for _, y := range years {
		s.shipped[y.Year] = y
	}
	j.Follow(s.follow)
	return s, nil
}

// Calendar gives the calendar of the organisation, from memory when it is there. It asks for no permission: which days
// are worked is nobody's secret. Other nodes hear of a change some milliseconds after its commit.
func (s *Service) Calendar(ctx context.Context) (*days.Calendar, error) {
	// A transaction may have changed the calendar itself, and be taken back.
	inside := s.db.InTx(ctx)
	s.mu.Lock()
	memory, changes := s.memory, s.changes
	s.mu.Unlock()
	if memory != nil {
		return memory, nil
	}
	c, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !inside && s.changes == changes {
		s.memory = c
	}
	return c, nil
}

func (s *Service) read(ctx context.Context) (*days.Calendar, error) {
	rows, err := s.all(ctx)
	if err != nil {
		return nil, err
	}
	tables := make(map[int]days.Year, len(s.shipped))
	for year, y := range s.shipped {
		tables[year] = y
	}
	var rules days.Rules
	for i := range rows {
		if rows[i].ID == rulesID {
			if rules, err = s.rules(&rows[i]); err != nil {
				return nil, err
			}
			continue
		}
		y, there, err := s.table(&rows[i])
		if err != nil {
			return nil, err
		}
		if there {
			tables[y.Year] = y
		}
	}
	years := make([]days.Year, 0, len(tables))
	for _, y := range tables {
		years = append(years, y)
	}
	c, err := days.New(years, rules)
	if err != nil {
		return nil, fmt.Errorf("workday: %w", err)
	}
	return c, nil
}

func (s *Service) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.memory = nil
	s.changes++
}

// List tells of the days from one to another, both included, at most 400.
func (s *Service) List(ctx context.Context, from, to string) ([]Day, error) {
	var c input.Check
	first, last := date(&c, "query.from", from), date(&c, "query.to", to)
	if c.Err() == nil {
		switch {
		case last < first:
			c.Add("query.to", "workday.wrong.order", "from", from, "to", to)
		case last-first >= maxDays:
			c.Add("query.to", "workday.too_many_days", "max", maxDays)
		}
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	cal, err := s.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	terms := s.terms(language(ctx), first.Year(), last.Year())
	out := make([]Day, 0, last-first+1)
	for d := first; d <= last; d++ {
		out = append(out, s.day(ctx, cal, d, terms))
	}
	return out, nil
}

// Add gives the n-th working day after a day, or before it when n is negative.
func (s *Service) Add(ctx context.Context, from string, n int) (Day, error) {
	var c input.Check
	d := date(&c, "query.from", from)
	switch {
	case n < -maxAdd:
		c.Add("query.n", "field.too_small", "min", -maxAdd)
	case n > maxAdd:
		c.Add("query.n", "field.too_big", "max", maxAdd)
	}
	if err := c.Err(); err != nil {
		return Day{}, err
	}
	cal, err := s.Calendar(ctx)
	if err != nil {
		return Day{}, err
	}
	if d, err = cal.AddWorkdays(d, n); err != nil {
		return Day{}, fault.Invalid(fault.At("query.n", "workday.out_of_range")).Wrap(err)
	}
	return s.day(ctx, cal, d, s.terms(language(ctx), d.Year(), d.Year())), nil
}

func date(c *input.Check, location, text string) days.Date {
	d, err := days.ParseDate(text)
	if err != nil {
		c.Add(location, "workday.wrong.date", "value", text)
	}
	return d
}

func language(ctx context.Context) string {
	who, _ := actor.From(ctx)
	return who.Language
}

// terms names the days of some years on which a solar term begins.
func (s *Service) terms(language string, from, to int) map[days.Date]string {
	out := map[days.Date]string{}
	for year := max(from, lunar.FirstYear); year <= min(to, lunar.LastYear); year++ {
		for term := lunar.MinorCold; term <= lunar.WinterSolstice; term++ {
			if at, err := lunar.TermDay(year, term, time.UTC); err == nil {
				out[days.DateOf(at)] = s.words.Text(language, fmt.Sprintf("workday.term.%d", int(term)), nil)
			}
		}
	}
	return out
}

// day says what there is to know of a day, in the language of whoever asks.
func (s *Service) day(ctx context.Context, cal *days.Calendar, d days.Date, terms map[days.Date]string) Day {
	language := language(ctx)
	known := cal.Day(d)
	out := Day{
		Date: d.String(), Works: known.Works(), Kind: string(known.Kind), Names: known.Names, Hours: hoursOf(known.Hours),
		Known: cal.Known(d.Year()), Term: terms[d], Label: known.Label, Makeup: known.Kind == days.KindMakeup,
	}
	if out.Names == nil {
		out.Names = []string{}
	}
	if out.Name = known.Label; out.Name == "" && len(known.Names) > 0 {
		names := make([]string, len(known.Names))
		for i, name := range known.Names {
			names[i] = s.words.Text(language, "workday.holiday."+name, nil)
		}
		out.Name = strings.Join(names, s.words.Text(language, "workday.and", nil))
	}
	if l, err := lunar.From(d.At(0, time.UTC)); err == nil {
		month := s.words.Text(language, fmt.Sprintf("workday.month.%d", l.Month), nil)
		if l.Leap {
			month = s.words.Text(language, "workday.leap", map[string]any{"month": month})
		}
		out.Lunar = &Lunar{Year: l.Year, Month: l.Month, Day: l.Day, Leap: l.Leap, Text: s.words.Text(language, "workday.lunar", map[string]any{
			"month": month, "day": s.words.Text(language, fmt.Sprintf("workday.day.%d", l.Day), nil),
		})}
	}
	return out
}

// Year gives the table of a year as it counts now.
func (s *Service) Year(ctx context.Context, year int) (Year, error) {
	if err := checkYear(year); err != nil {
		return Year{}, err
	}
	r, err := s.one(ctx, int64(year))
	if err != nil {
		return Year{}, err
	}
	return s.year(&r)
}

func (s *Service) year(r *row) (Year, error) {
	table, origin, err := s.counts(r)
	if err != nil {
		return Year{}, err
	}
	out := Year{Year: int(r.ID), Origin: origin, Version: r.Version}
	_, out.Shipped = s.shipped[out.Year]
	if out.Table, err = convert[Table](table); err != nil {
		return Year{}, err
	}
	if out.Holidays == nil {
		out.Holidays = []Holiday{}
	}
	if out.Workdays == nil {
		out.Workdays = []Makeup{}
	}
	return out, nil
}

// counts gives the table that counts for a row: its own or the shipped one.
func (s *Service) counts(r *row) (y days.Year, origin string, err error) {
	y, there, err := s.table(r)
	if err != nil || there {
		return y, Own, err
	}
	if y, there = s.shipped[int(r.ID)]; there {
		return y, Shipped, nil
	}
	return days.Year{Year: int(r.ID)}, None, nil
}

// PutYear stores a table of a year in the place of the one that counts. It needs workday:manage and the version that was
// seen.
func (s *Service) PutYear(ctx context.Context, year int, version int64, t Table) (Year, error) {
	if err := s.access.Require(ctx, "workday:manage", access.Target{}); err != nil {
		return Year{}, err
	}
	if err := checkYear(year); err != nil {
		return Year{}, err
	}
	var c input.Check
	c.Version("body.version", version)
	t.Source.Title = c.Line("body.source.title", t.Source.Title, 1, days.MaxText)
	t.Source.Number = c.Line("body.source.number", t.Source.Number, 0, days.MaxText)
	for i := range t.Holidays[:min(len(t.Holidays), days.MaxHolidays)] {
		t.Holidays[i].Label = c.Line(fmt.Sprintf("body.holidays[%d].label", i), t.Holidays[i].Label, 0, days.MaxText)
	}
	if err := c.Err(); err != nil {
		return Year{}, err
	}
	table, err := parseTable(year, t)
	if err != nil {
		return Year{}, err
	}
	return s.changeYear(ctx, year, version, "workday.update_year", &table)
}

// ResetYear takes a stored table back, so that the shipped one counts again, or none. It needs workday:manage and the
// version that was seen.
func (s *Service) ResetYear(ctx context.Context, year int, version int64) (Year, error) {
	if err := s.access.Require(ctx, "workday:manage", access.Target{}); err != nil {
		return Year{}, err
	}
	if err := checkYear(year); err != nil {
		return Year{}, err
	}
	var c input.Check
	c.Version("query.version", version)
	if err := c.Err(); err != nil {
		return Year{}, err
	}
	return s.changeYear(ctx, year, version, "workday.reset_year", nil)
}

func (s *Service) changeYear(ctx context.Context, year int, version int64, verb string, table *days.Year) (out Year, err error) {
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		r, err := s.hold(ctx, int64(year))
		if err != nil {
			return err
		}
		before, origin, err := s.counts(&r)
		if err != nil {
			return err
		}
		if out, err = s.year(&r); err != nil {
			return err
		}
		if r.Version != version {
			return fault.Conflict("workday.stale_version", out)
		}
		if table == nil && origin != Own {
			return nil // it is as it came already
		}
		if table == nil {
			err = s.put(ctx, &r, nil)
		} else {
			err = s.put(ctx, &r, table)
		}
		if err != nil {
			return err
		}
		after, _, err := s.counts(&r)
		if err != nil {
			return err
		}
		if out, err = s.year(&r); err != nil {
			return err
		}
		s.db.AfterCommit(ctx, s.forget)
		return s.append(ctx, verb, ref.To("workday_year", r.ID), journal.Diff(factsOf(before), factsOf(after)))
	})
	return out, err
}

// Rules gives the rules of the organisation.
func (s *Service) Rules(ctx context.Context) (Rules, error) {
	r, err := s.one(ctx, rulesID)
	if err != nil {
		return Rules{}, err
	}
	return s.ruleSet(&r)
}

func (s *Service) ruleSet(r *row) (Rules, error) {
	rules, err := s.rules(r)
	if err != nil {
		return Rules{}, err
	}
	out := Rules{Version: r.Version}
	if out.RuleSet, err = convert[RuleSet](rules); err != nil {
		return Rules{}, err
	}
	if out.Public == "" {
		out.Public = "all"
	}
	return out, nil
}

// PutRules stores the rules of the organisation. It needs workday:manage and the version that was seen.
func (s *Service) PutRules(ctx context.Context, version int64, set RuleSet) (out Rules, err error) {
	if err := s.access.Require(ctx, "workday:manage", access.Target{}); err != nil {
		return Rules{}, err
	}
	var c input.Check
	c.Version("body.version", version)
	set.Days = slices.Clone(set.Days)
	for i := range set.Days[:min(len(set.Days), days.MaxSpecials)] {
		set.Days[i].Name = c.Line(fmt.Sprintf("body.days[%d].name", i), set.Days[i].Name, 0, days.MaxText)
	}
	if err := c.Err(); err != nil {
		return Rules{}, err
	}
	rules, err := parseRules(set)
	if err != nil {
		return Rules{}, err
	}
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		r, err := s.hold(ctx, rulesID)
		if err != nil {
			return err
		}
		before, err := s.rules(&r)
		if err != nil {
			return err
		}
		if out, err = s.ruleSet(&r); err != nil {
			return err
		}
		if r.Version != version {
			return fault.Conflict("workday.stale_version", out)
		}
		changes := journal.Diff(ruleFactsOf(before), ruleFactsOf(rules))
		if len(changes) == 0 {
			return nil
		}
		if err := s.put(ctx, &r, rules); err != nil {
			return err
		}
		if out, err = s.ruleSet(&r); err != nil {
			return err
		}
		s.db.AfterCommit(ctx, s.forget)
		return s.append(ctx, "workday.update_rules", ref.To("workday_rules", 1), changes)
	})
	return out, err
}

func (s *Service) append(ctx context.Context, verb string, to ref.Ref, changes []journal.Change) error {
	return s.journal.Append(ctx, journal.Entry{Module: "workday", Verb: verb, Ref: to, Changes: changes})
}
