package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"dingban/app/platform/db"
)

// preferRow is how somebody wants to hear of things: the kinds that do not show in the inbox, and those that are mailed.
type preferRow struct {
	PersonID  int64  `xorm:"'person_id'"`
	InAppOff  string `xorm:"'inapp_off'"`
	MailOn    string `xorm:"'mail_on'"`
	Quiet     bool   `xorm:"'quiet'"`
	QuietFrom int64  `xorm:"'quiet_from'"`
	QuietTo   int64  `xorm:"'quiet_to'"`
	QuietDays string `xorm:"'quiet_days'"`
	Digest    string `xorm:"'digest'"`
	DigestAt  int64  `xorm:"'digest_at'"`
}

const preferColumns = "person_id, inapp_off, mail_on, quiet, quiet_from, quiet_to, quiet_days, digest, digest_at"

// TableName is for the check that rows and migrations agree.
func (preferRow) TableName() string { return "notify_preference" }

// preferencesOf gives those of people; whoever has chosen nothing has the usual ones.
func (s *Service) preferencesOf(ctx context.Context, personIDs []int64) (map[int64]Preferences, error) {
	out := make(map[int64]Preferences, len(personIDs))
	for _, id := range personIDs {
		out[id] = defaultPreferences()
	}
	var rows []preferRow
	for part := range slices.Chunk(personIDs, 500) {
		if err := s.db.Session(ctx).SQL("SELECT "+preferColumns+" FROM notify_preference WHERE person_id IN ("+db.Marks(len(part))+")", db.Args(part)...).Find(&rows); err != nil {
			return nil, fmt.Errorf("notify: read preferences: %w", err)
		}
	}
	for i := range rows {
		out[rows[i].PersonID] = rows[i].preferences()
	}
	return out, nil
}

func (r *preferRow) preferences() Preferences {
	p := Preferences{Quiet: r.Quiet, QuietFrom: r.QuietFrom, QuietTo: r.QuietTo, QuietDays: []int64{}, Digest: r.Digest, DigestAt: r.DigestAt}
	off, on := strings.Split(r.InAppOff, ","), strings.Split(r.MailOn, ",")
	for _, kind := range Kinds() {
		p.Kinds = append(p.Kinds, Choice{Kind: kind, InApp: !slices.Contains(off, kind), Mail: slices.Contains(on, kind)})
	}
	for _, digit := range r.QuietDays {
		p.QuietDays = append(p.QuietDays, int64(digit-'0'))
	}
	return p
}

func (s *Service) savePreferences(ctx context.Context, personID int64, p *Preferences) error {
	var off, on []string
	for _, k := range p.Kinds {
		if !k.InApp {
			off = append(off, k.Kind)
		}
		if k.Mail {
			on = append(on, k.Kind)
		}
	}
	days, quiet := "", 0
	for _, d := range p.QuietDays {
		days += string(rune('0' + d))
	}
	if p.Quiet {
		quiet = 1
	}
	err := s.db.Upsert(ctx, "notify_preference", []string{"person_id"}, strings.Split(preferColumns, ", "), [][]any{{
		personID, strings.Join(off, ","), strings.Join(on, ","), quiet, p.QuietFrom, p.QuietTo, days, p.Digest, p.DigestAt,
	}})
	if err != nil {
		return fmt.Errorf("notify: save preferences: %w", err)
	}
	return nil
}
