package notify

import (
	"context"
	"slices"
	"time"

	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/reminder"
)

// Kinds of what people hear of, in the order people read them.
const (
	KindAssigned  = "assigned"
	KindMentioned = "mentioned"
	KindCommented = "commented"
	KindChanged   = "changed"
	KindMoved     = "moved"
	KindReminder  = "reminder"
)

// When mail is sent.
const (
	Instant = "instant"
	Hourly  = "hourly"
	Daily   = "daily"
)

// Kinds lists them all.
func Kinds() []string {
	return []string{KindAssigned, KindMentioned, KindReminder, KindCommented, KindMoved, KindChanged}
}

func kindOf(verb string) string {
	switch verb {
	case VerbAssigned, VerbUnassigned:
		return KindAssigned
	case VerbMentioned:
		return KindMentioned
	case reminder.VerbFire:
		return KindReminder
	case "comment.create":
		return KindCommented
	case "task.move", "task.complete", "task.reopen":
		return KindMoved
	default:
		return KindChanged
	}
}

// Choice is where somebody hears of one kind.
type Choice struct {
	Kind  string `json:"kind" enum:"assigned,mentioned,reminder,commented,moved,changed" doc:"What it is about: being made responsible or no longer, being spoken to, a reminder of one's own, a comment, another state, another change." example:"assigned"`
	InApp bool   `json:"inApp" doc:"In the inbox." example:"true"`
	Mail  bool   `json:"mail" doc:"By mail, once mail is set up and the person has an address." example:"true"`
}

// Preferences are how somebody wants to hear of things.
type Preferences struct {
	Kinds     []Choice `json:"kinds" doc:"One for each kind; a kind that is left out stays as it is."`
	Quiet     bool     `json:"quiet" doc:"Whether there are quiet hours, in which mail waits; the inbox does not." example:"true"`
	QuietFrom int64    `json:"quietFrom" doc:"When they begin, minute of the day in UTC+8, 0 to 1439." example:"1320"`
	QuietTo   int64    `json:"quietTo" doc:"When they end, minute of the day in UTC+8, 0 to 1439; earlier than the beginning is on the next day." example:"480"`
	QuietDays []int64  `json:"quietDays" doc:"Days of the week on which quiet hours begin, 1 for Monday to 7." example:"[1,2,3,4,5]"`
	Digest    string   `json:"digest" enum:"instant,hourly,daily" doc:"Whether mail comes at once, gathered each hour, or once a day. Reminders come at once." example:"instant"`
	DigestAt  int64    `json:"digestAt" doc:"When the daily mail comes, minute of the day in UTC+8, 0 to 1439." example:"540"`
}

func defaultPreferences() Preferences {
	p := Preferences{QuietFrom: 22 * 60, QuietTo: 8 * 60, QuietDays: []int64{1, 2, 3, 4, 5, 6, 7}, Digest: Instant, DigestAt: 9 * 60}
	for _, kind := range Kinds() {
		p.Kinds = append(p.Kinds, Choice{Kind: kind, InApp: true, Mail: slices.Contains([]string{KindAssigned, KindMentioned, KindReminder}, kind)})
	}
	return p
}

func (p *Preferences) choice(kind string) Choice {
	for _, c := range p.Kinds {
		if c.Kind == kind {
			return c
		}
	}
	return Choice{Kind: kind, InApp: true}
}

// china is the zone of times of the day.
func china() *time.Location { return time.FixedZone("CST", 8*60*60) }

// mailAt is when mail about something that happens at a moment may be sent.
func (p *Preferences) mailAt(kind string, at int64) int64 {
	t := time.UnixMilli(at).In(china())
	if kind != KindReminder {
		switch p.Digest {
		case Hourly:
			t = t.Truncate(time.Hour).Add(time.Hour)
		case Daily:
			day := time.Date(t.Year(), t.Month(), t.Day(), 0, int(p.DigestAt), 0, 0, t.Location())
			if !day.After(t) {
				day = day.AddDate(0, 0, 1)
			}
			t = day
		}
	}
	return p.afterQuiet(t).UnixMilli()
}

// afterQuiet is the same moment, or the end of the quiet hours that it falls into. Hours that meet those of the next day
// are left one after the other, a week at most.
func (p *Preferences) afterQuiet(t time.Time) time.Time {
	if !p.Quiet || p.QuietFrom == p.QuietTo {
		return t
	}
	for range 8 {
		end, quiet := p.quietUntil(t)
		if !quiet {
			return t
		}
		t = end
	}
	return t
}

func (p *Preferences) quietUntil(t time.Time) (time.Time, bool) {
	for _, back := range []int{0, -1} { // hours that began today, or yesterday
		from := time.Date(t.Year(), t.Month(), t.Day()+back, 0, int(p.QuietFrom), 0, 0, t.Location())
		to := time.Date(t.Year(), t.Month(), t.Day()+back, 0, int(p.QuietTo), 0, 0, t.Location())
		if p.QuietTo < p.QuietFrom {
			to = to.AddDate(0, 0, 1)
		}
		weekday := int64((int(from.Weekday())+6)%7 + 1)
		if slices.Contains(p.QuietDays, weekday) && !t.Before(from) && t.Before(to) {
			return to, true
		}
	}
	return t, false
}

// Preferences gives the person's own.
func (s *Service) Preferences(ctx context.Context) (Preferences, error) {
	who, err := me(ctx)
	if err != nil {
		return Preferences{}, err
	}
	all, err := s.preferencesOf(ctx, []int64{who})
	return all[who], err
}

// SetPreferences changes the person's own.
func (s *Service) SetPreferences(ctx context.Context, p Preferences) (Preferences, error) {
	who, err := me(ctx)
	if err != nil {
		return Preferences{}, err
	}
	if err := p.check(); err != nil {
		return Preferences{}, err
	}
	slices.Sort(p.QuietDays)
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		all, err := s.preferencesOf(ctx, []int64{who})
		if err != nil {
			return err
		}
		before := all[who]
		p.Kinds = merged(before.Kinds, p.Kinds)
		changes := journal.Diff(before.facts(), p.facts())
		if len(changes) == 0 {
			return nil
		}
		if err := s.savePreferences(ctx, who, &p); err != nil {
			return err
		}
		// About the person's preferences, not about the person: nobody else hears of it live.
		return s.journal.Append(ctx, journal.Entry{Module: "notify", Verb: "notify.prefer", Ref: ref.To("preference", who), Changes: changes})
	})
	return p, err
}

func merged(before, after []Choice) []Choice {
	out := slices.Clone(before)
	for i := range out {
		for _, c := range after {
			if c.Kind == out[i].Kind {
				out[i] = c
			}
		}
	}
	return out
}

func (p *Preferences) check() error {
	var c input.Check
	seen := map[string]bool{}
	for _, k := range p.Kinds {
		if !slices.Contains(Kinds(), k.Kind) {
			return fault.Invalid(fault.At("body.kinds", "field.invalid"))
		}
		if seen[k.Kind] {
			return fault.Invalid(fault.At("body.kinds", "field.repeated"))
		}
		seen[k.Kind] = true
	}
	for _, f := range []struct {
		location string
		n        int64
	}{{"body.quietFrom", p.QuietFrom}, {"body.quietTo", p.QuietTo}, {"body.digestAt", p.DigestAt}} {
		if f.n < 0 {
			c.Add(f.location, "field.too_small", "min", 0)
		} else if f.n > 1439 {
			c.Add(f.location, "field.too_big", "max", 1439)
		}
	}
	days := slices.Clone(p.QuietDays)
	slices.Sort(days)
	if len(slices.Compact(days)) != len(p.QuietDays) {
		c.Add("body.quietDays", "field.repeated")
	} else if len(days) > 0 && (days[0] < 1 || days[len(days)-1] > 7) {
		c.Add("body.quietDays", "field.invalid")
	}
	if p.Quiet && p.QuietFrom == p.QuietTo {
		c.Add("body.quietTo", "notify.quiet_empty")
	}
	c.OneOf("body.digest", p.Digest, Instant, Hourly, Daily)
	return c.Err()
}

// preferenceFacts are the fields the journal tells of.
type preferenceFacts struct {
	InApp     []string `journal:"inApp"`
	Mail      []string `journal:"mail"`
	Quiet     bool     `journal:"quiet"`
	QuietFrom int64    `journal:"quietFrom"`
	QuietTo   int64    `journal:"quietTo"`
	QuietDays []int64  `journal:"quietDays"`
	Digest    string   `journal:"digest"`
	DigestAt  int64    `journal:"digestAt"`
}

func (p *Preferences) facts() preferenceFacts {
	f := preferenceFacts{Quiet: p.Quiet, QuietFrom: p.QuietFrom, QuietTo: p.QuietTo, QuietDays: p.QuietDays, Digest: p.Digest, DigestAt: p.DigestAt}
	for _, k := range p.Kinds {
		if k.InApp {
			f.InApp = append(f.InApp, k.Kind)
		}
		if k.Mail {
			f.Mail = append(f.Mail, k.Kind)
		}
	}
	return f
}
