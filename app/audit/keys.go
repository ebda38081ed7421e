package audit

import (
	"context"

	"dingban/app/access"
	"dingban/app/platform/journal"
)

// The states of a signing key.
const (
	KeyInUse   = "in_use"
	KeyRetired = "retired"
)

// Keys are all keys the journal was ever signed with.
type Keys struct {
	Items []Key `json:"items" doc:"The keys, the newest first."`
}

// Key is one of them.
type Key struct {
	ID     string `json:"id" doc:"Id of the SM2 key: SM3 of its public half, in hex." example:"66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"`
	State  string `json:"state" enum:"in_use,retired" doc:"Whether it signs now, or was replaced." example:"in_use"`
	After  int64  `json:"after" doc:"Number after which it signs." example:"1024"`
	Since  int64  `json:"since" doc:"When it began, in UTC milliseconds." example:"1795500000000"`
	Last   int64  `json:"last,omitempty" doc:"Number of the last entry that it could sign; none while it is in use." example:"2048"`
	Until  int64  `json:"until,omitempty" doc:"When it was retired, in UTC milliseconds." example:"1795600000000"`
	Public string `json:"public" doc:"Its public half in PEM, to be kept outside."`
}

// Keys gives every signing key the journal ever had. Permission: audit:read. They are
// public, so reading them is not recorded.
func (s *Service) Keys(ctx context.Context) ([]Key, error) {
	if err := s.access.Require(ctx, PermissionRead, access.Target{}); err != nil {
		return nil, err
	}
	return keysOf(ctx, s.journal)
}

func keysOf(ctx context.Context, j *journal.Journal) ([]Key, error) {
	periods, err := j.KeyPeriods(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Key, len(periods))
	for i := range periods {
		p := &periods[i]
		out[i] = Key{
			ID: p.Key.ID().String(), State: KeyRetired, After: p.After, Since: p.Since, Last: p.Last, Until: p.Until, Public: string(p.Key.PEM()),
		}
		if p.InUse() {
			out[i].State = KeyInUse
		}
	}
	return out, nil
}
