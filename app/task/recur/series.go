package recur

import (
	"iter"
	"slices"
	"time"

	"dingban/app/workday/days"
)

// Series is a rule bound to a calendar and a zone. It does not change, and many may use it at once.
type Series struct {
	rule   Rule
	cal    *days.Calendar
	loc    *time.Location
	minute int
	except map[days.Date]bool
}

// Series checks a rule and binds it. The error is an *Invalid.
func (r Rule) Series(cal *days.Calendar, loc *time.Location) (*Series, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	s := &Series{rule: r, cal: cal, loc: loc}
	s.minute, _ = days.ParseClock(r.Time)
	if len(r.Except) > 0 {
		s.except = make(map[days.Date]bool, len(r.Except))
		for _, d := range r.Except {
			s.except[d] = true
		}
	}
	return s, nil
}

// Past is what has been of a series.
type Past struct {
	// After is the moment after which the next occurrence of a rule from the due date lies: the last due date, or the present when
	// occurrences that were missed are not made up for. The zero time gives the first one.
	After time.Time
	// Done is when the task was done last, for a rule that counts from there; zero when it never was, which gives the first
	// occurrence after After.
	Done time.Time
	// Made is how many occurrences there have been, for a rule that counts from the day of doing and ends by Count. One that
	// counts from the due date needs no telling.
	Made int
}

// Next is the occurrence that follows; none when the series has ended.
func (s *Series) Next(past Past) (Occurrence, bool) {
	if s.rule.From != FromDone {
		return s.first(past.After)
	}
	if s.rule.Count > 0 && past.Made >= s.rule.Count {
		return Occurrence{}, false
	}
	if past.Done.IsZero() {
		return s.first(past.After)
	}
	return s.afterDone(past.Done)
}

// first is the first occurrence of the series as it begins at Start that lies after a moment.
func (s *Series) first(after time.Time) (Occurrence, bool) {
	for o := range s.walk(after, s.low(after)) {
		return o, true
	}
	return Occurrence{}, false
}

// afterDone begins the series anew on the day of doing, and leaves that day out, with all to which the rule may name it or shift.
func (s *Series) afterDone(done time.Time) (Occurrence, bool) {
	day := days.DateOf(done.In(s.loc))
	if !day.Valid() {
		return Occurrence{}, false
	}
	anew := *s
	anew.rule.Count = 0
	anew.rule.Start = day
	from := day.At(0, s.loc)
	for o := range anew.walk(from, max(anew.low(from), s.rule.Start)) {
		if o.Base > day && o.Date > day {
			return o, true
		}
	}
	return Occurrence{}, false
}

// Between walks over the occurrences from one moment on and before another, MaxOccurrences at most. Of a rule that counts from
// the day of doing it tells what will be when each occurrence is done on its day.
func (s *Series) Between(from, to time.Time) iter.Seq[Occurrence] {
	return func(yield func(Occurrence) bool) {
		if s.rule.From == FromDone {
			s.foresee(from, to, yield)
			return
		}
		n := 0
		after := from.Add(-1)
		for o := range s.walk(after, s.low(after)) {
			if n++; !o.At.Before(to) || n > MaxOccurrences || !yield(o) {
				return
			}
		}
	}
}

func (s *Series) foresee(from, to time.Time, yield func(Occurrence) bool) {
	o, ok := s.first(time.Time{})
	for made := 1; ok && o.At.Before(to) && made <= MaxOccurrences; made++ {
		if !o.At.Before(from) && !yield(o) {
			return
		}
		o, ok = s.Next(Past{Done: o.At, Made: made})
	}
}

// walk gives the occurrences after a moment, in order, as far as the dates that the rule names are not before `low`.
func (s *Series) walk(after time.Time, low days.Date) iter.Seq[Occurrence] {
	return func(yield func(Occurrence) bool) {
		w := walker{s: s, low: low}
		w.period = w.periodOf(w.low)
		var counted, given time.Time
		made, since := 0, max(w.low, s.rule.Start)
		for {
			base, ok := w.next(since)
			if !ok || s.rule.Until != 0 && base > s.rule.Until {
				return
			}
			date, ok := s.shift(base)
			if !ok {
				continue
			}
			// Several dates may be shifted to one day. And a day may be missing from a zone: Samoa had no 30 December 2011.
			o := Occurrence{Base: base, Date: date, At: date.At(s.minute, s.loc)}
			if counted.IsZero() || o.At.After(counted) {
				counted, since = o.At, base
				if made++; s.rule.Count > 0 && made > s.rule.Count {
					return
				}
			}
			if s.except[base] || s.except[date] || !o.At.After(after) || !given.IsZero() && !o.At.After(given) {
				continue
			}
			given = o.At
			if !yield(o) {
				return
			}
		}
	}
}

// low is the first date that may lead to an occurrence after a moment. A series that ends by Count is counted from its start.
func (s *Series) low(after time.Time) days.Date {
	if after.In(s.loc).Year() > days.MaxDate.Year() {
		return days.MaxDate
	}
	day := days.DateOf(after.In(s.loc)) - 1 // a day early: a clock may skip midnight, or the day
	if s.rule.Count > 0 || day <= s.rule.Start {
		return s.rule.Start
	}
	if s.rule.Shift == ShiftNext {
		// What lies before this working day is shifted to it at the latest.
		if before, err := s.cal.PreviousWorkday(day); err == nil {
			return max(before, s.rule.Start)
		}
		return s.rule.Start
	}
	return day
}

// shift moves a date to a working day; none when it does not take place.
func (s *Series) shift(base days.Date) (days.Date, bool) {
	if s.rule.Shift == ShiftNone || s.cal.IsWorkday(base) {
		return base, true
	}
	var d days.Date
	err := days.ErrRange
	switch s.rule.Shift {
	case ShiftNext:
		d, err = s.cal.NextWorkday(base)
	case ShiftPrevious:
		d, err = s.cal.PreviousWorkday(base)
	}
	return d, err == nil
}

// walker goes through the dates that a rule names, period by period.
type walker struct {
	s      *Series
	low    days.Date // dates before it are of no interest
	period int
	dates  []days.Date // of the last period, those not yet given
	buffer []days.Date
}

// next gives the next date; none when the rule has ended, or names none for MaxGap days after `since`.
func (w *walker) next(since days.Date) (days.Date, bool) {
	for len(w.dates) == 0 {
		begin, ok := w.fill()
		if !ok || begin > since+MaxGap {
			return 0, false
		}
		w.period++
		for len(w.dates) > 0 && (w.dates[0] < w.low || w.dates[0] < w.s.rule.Start) {
			w.dates = w.dates[1:]
		}
	}
	d := w.dates[0]
	w.dates = w.dates[1:]
	return d, d <= since+MaxGap
}

// periodOf is the period that a date lies in, or, between two of a rule that leaves some out, the one before it.
func (w *walker) periodOf(d days.Date) int {
	r := &w.s.rule
	d = max(d, r.Start)
	var n int
	switch r.Freq {
	case Day:
		n = int(d - r.Start)
	case Workday:
		first, err := w.s.cal.NextWorkday(r.Start)
		if err != nil || d < first {
			return 0
		}
		if n, err = w.s.cal.WorkdaysBetween(first, d); err != nil {
			return 0
		}
	case Week:
		n = int(d-monday(r.Start)) / 7
	case Month:
		n = monthOf(d) - monthOf(r.Start)
	default:
		n = d.Year() - r.Start.Year()
	}
	return n / r.Every
}

// monday is the first day of a week.
func monday(d days.Date) days.Date { return d - days.Date((d.Weekday()+6)%7) }

// monthOf counts months from the year 0 on.
func monthOf(d days.Date) int {
	y, m, _ := d.Split()
	return y*12 + int(m) - 1
}

// fill finds the dates of the period in order, and the day from which the period counts; false at the end of all dates.
func (w *walker) fill() (days.Date, bool) {
	r := &w.s.rule
	n := w.period * r.Every
	w.buffer = w.buffer[:0]
	var begin days.Date
	switch r.Freq {
	case Day:
		d, err := r.Start.Add(n)
		if err != nil {
			return 0, false
		}
		begin = d
		w.buffer = append(w.buffer, d)
	case Workday:
		first, err := w.s.cal.NextWorkday(r.Start)
		if err != nil {
			return 0, false
		}
		d, err := w.s.cal.AddWorkdays(first, n)
		if err != nil {
			return 0, false
		}
		begin = d
		w.buffer = append(w.buffer, d)
	case Week:
		d, err := monday(r.Start).Add(n * 7)
		if err != nil {
			return 0, false
		}
		begin = d
		w.week(d)
	case Month:
		month := monthOf(r.Start) + n
		if month/12 > days.MaxDate.Year() {
			return 0, false
		}
		begin = w.month(month/12, time.Month(month%12+1))
	default:
		year := r.Start.Year() + n
		if year > days.MaxDate.Year() {
			return 0, false
		}
		begin = w.year(year)
	}
	slices.Sort(w.buffer)
	w.dates = slices.Compact(w.buffer)
	return begin, true
}

func (w *walker) week(monday days.Date) {
	r := &w.s.rule
	if len(r.Weekdays) == 0 {
		w.buffer = append(w.buffer, monday+days.Date((r.Start.Weekday()+6)%7))
	}
	for _, name := range r.Weekdays {
		w.buffer = append(w.buffer, monday+days.Date(slices.Index(weekdays(), name)))
	}
	// The last week of all dates may have days after the last one.
	w.buffer = slices.DeleteFunc(w.buffer, func(d days.Date) bool { return !d.Valid() })
}

func (w *walker) year(year int) days.Date {
	r := &w.s.rule
	begin, _ := days.NewDate(year, time.January, 1)
	if len(r.Months) == 0 {
		_, m, _ := r.Start.Split()
		w.month(year, m)
	}
	for _, m := range r.Months {
		w.month(year, time.Month(m))
	}
	return begin
}

// month adds the dates of one month, and gives its first day.
func (w *walker) month(year int, month time.Month) days.Date {
	r := &w.s.rule
	first, _ := days.NewDate(year, month, 1)
	length := days.DaysIn(year, month)
	add := func(day int) {
		switch {
		case day < 0:
			day += length + 1
		case day > length && r.Short == ShortSkip:
			return
		default:
			day = min(day, length)
		}
		w.buffer = append(w.buffer, first+days.Date(day-1))
	}
	if len(r.Days) == 0 && len(r.Nth) == 0 {
		_, _, day := r.Start.Split()
		add(day)
	}
	for _, day := range r.Days {
		add(day)
	}
	for _, nth := range r.Nth {
		if d, ok := w.nth(nth, first, first+days.Date(length-1)); ok {
			w.buffer = append(w.buffer, d)
		}
	}
	return first
}

// nth finds a day of a kind between the first day of a month and its last.
func (w *walker) nth(nth Nth, first, last days.Date) (days.Date, bool) {
	if k := slices.Index(weekdays(), nth.Day); k >= 0 {
		var d days.Date
		if nth.N > 0 {
			d = first + days.Date((k+1-int(first.Weekday())+7)%7+7*(nth.N-1))
		} else {
			d = last - days.Date((int(last.Weekday())-k-1+7)%7+7*(-nth.N-1))
		}
		return d, first <= d && d <= last
	}
	if nth.Day == KindWorkday {
		var d days.Date
		var err error
		if nth.N > 0 {
			if d, err = w.s.cal.NextWorkday(first); err == nil {
				d, err = w.s.cal.AddWorkdays(d, nth.N-1)
			}
		} else if d, err = w.s.cal.PreviousWorkday(last); err == nil {
			d, err = w.s.cal.AddWorkdays(d, nth.N+1)
		}
		return d, err == nil && first <= d && d <= last
	}
	n, step, d := nth.N, days.Date(1), first
	if n < 0 {
		n, step, d = -n, -1, last
	}
	for ; first <= d && d <= last; d += step {
		weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
		if weekend == (nth.Day == KindWeekend) {
			if n--; n == 0 {
				return d, true
			}
		}
	}
	return 0, false
}
