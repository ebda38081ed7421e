package search

import (
	"context"
	"time"

	"dingban/app/platform/clock"
	"dingban/app/platform/db"
)

// Progress tells how the index is and how far a rebuild is.
type Progress struct {
	Running     bool   `json:"running" doc:"Whether the index is being built anew." example:"true"`
	Seen        int64  `json:"seen" doc:"Documents the last rebuild has indexed so far." example:"12000"`
	Total       int64  `json:"total" doc:"Documents there were to index when the last rebuild began or was taken up again." example:"100000"`
	StartedAt   *int64 `json:"startedAt" doc:"When the last rebuild began, in UTC milliseconds; null before the first." example:"1795500000000"`
	SecondsLeft *int64 `json:"secondsLeft" doc:"How long the rebuild still takes at the pace it has had since it was begun or taken up again; null while that is not known, and when none is running." example:"40"`
	Stalled     bool   `json:"stalled" doc:"Whether a rebuild is under way that nothing was heard of for ten minutes: the server that did it has stopped, and another one or the next start takes it up." example:"false"`
	Epoch       int64  `json:"epoch" doc:"Number of the key in use; each rebuild takes the next." example:"3"`
	Documents   int64  `json:"documents" doc:"Documents in the index, among them what waits to be merged away." example:"12000"`
	Segments    int64  `json:"segments" doc:"Parts of the index." example:"9"`
}

// stalledAfter is far longer than a step takes, or merging at the end.
const stalledAfter = 10 * time.Minute

// Progress tells how the index is. It needs system:read.
func (s *Service) Progress(ctx context.Context) (Progress, error) {
	if err := s.require(ctx, "system:read"); err != nil {
		return Progress{}, err
	}
	return ReadProgress(ctx, s.db, s.clock)
}

// ReadProgress does so for a command on the host, without a key.
func ReadProgress(ctx context.Context, d *db.DB, c clock.Clock) (Progress, error) {
	state, err := readState(ctx, d, false)
	if err != nil {
		return Progress{}, err
	}
	p := Progress{Running: state.Building != 0, Seen: state.Seen, Total: state.Total, Epoch: state.Epoch}
	if state.Started != 0 {
		p.StartedAt = &state.Started
	}
	if p.Running {
		p.SecondsLeft = state.left()
		p.Stalled = clock.Millis(c)-state.NotedAt > stalledAfter.Milliseconds()
	}
	_, _, all, err := readLive(ctx, d)
	for _, g := range all {
		p.Documents += g.Documents
		p.Segments++
	}
	return p, err
}

// left is how many seconds the rest takes, rounded up: at the end there is some merging to do.
func (r stateRow) left() *int64 {
	done, took := r.Seen-r.RunSeen, r.NotedAt-r.RunAt
	if done <= 0 || took <= 0 {
		return nil
	}
	seconds := max(0, r.Total-r.Seen)*took/done/1000 + 1
	return &seconds
}
