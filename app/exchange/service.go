package exchange

import (
	"context"
	"fmt"
	"time"

	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/journal"
	"dingban/app/platform/lang"
	"dingban/app/platform/vault"
)

// Service takes tasks out and brings them in. It is safe for concurrent use.
type Service struct {
	db      *db.DB
	vault   *vault.Vault
	journal *journal.Journal
	clock   clock.Clock
	needs   Needs
	words   *lang.Catalogue
}

// New makes the service.
func New(d *db.DB, v *vault.Vault, j *journal.Journal, c clock.Clock, n Needs) (*Service, error) {
	words, err := lang.NewCatalogue(Words)
	if err != nil {
		return nil, fmt.Errorf("exchange: %w", err)
	}
	return &Service{db: d, vault: v, journal: j, clock: c, needs: n, words: words}, nil
}

// say gives a text of the module in the language of whoever asks.
func (s *Service) say(ctx context.Context, code string, params map[string]any) string {
	who, _ := actor.From(ctx)
	return s.words.Text(who.Language, code, params)
}

// china is the zone in which people speak of days; it has had no summer time since 1991.
func china() *time.Location { return time.FixedZone("CST", 8*60*60) }
