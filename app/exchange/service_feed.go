package exchange

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"dingban/app/exchange/ical"
	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/task"
)

const (
	hour = 60 * 60 * 1000
	// keptDone is how long a task stays in a calendar after it was done.
	keptDone = 90 * 24 * hour
	// uidHost makes the names of events those of this program. It is no name of a host, because people reach one server
	// by several, and an event must not come twice.
	uidHost = "tasks.dingban"
)

// Calendar is a feed as a calendar program reads it.
type Calendar struct {
	Body []byte
	// Tag is another one whenever the body is; Modified is when a task of it last changed.
	Tag      string
	Modified time.Time
}

func errNoFeed() *fault.Error { return fault.NotFound("feed") }

// named is what the journal tells of a feed.
type named struct {
	Name string `journal:"name"`
}

// Feeds lists the feeds of the person acting, the oldest first.
func (s *Service) Feeds(ctx context.Context) ([]Feed, error) {
	who, _ := actor.From(ctx)
	rows, err := s.feedsOf(ctx, who.PersonID)
	if err != nil {
		return nil, err
	}
	items := make([]Feed, len(rows))
	for i := range rows {
		items[i] = rows[i].feed()
	}
	return items, nil
}

// CreateFeed makes a feed for the person acting and gives the token of its address, of which only a hash is kept.
func (s *Service) CreateFeed(ctx context.Context, name string) (Feed, string, error) {
	var c input.Check
	name = c.Line("body.name", name, 1, maxName)
	if err := c.Err(); err != nil {
		return Feed{}, "", err
	}
	who, _ := actor.From(ctx)
	token := strings.ToLower(rand.Text() + rand.Text())
	r := feedRow{ID: s.db.NewID(), PersonID: who.PersonID, Hash: hashOf(token), CreatedAt: clock.Millis(s.clock), name: name}
	err := s.db.Tx(ctx, func(ctx context.Context) error {
		rows, err := s.feedsOf(ctx, who.PersonID)
		if err != nil {
			return err
		}
		// A place is one of five, and its row is unique: two requests at once cannot make a sixth.
		taken := map[int]bool{}
		for i := range rows {
			taken[rows[i].Place] = true
		}
		for r.Place = 1; taken[r.Place]; {
			r.Place++
		}
		if r.Place > maxFeeds {
			return fault.New(fault.KindConflict, "feed.too_many", "max", maxFeeds)
		}
		if err := s.insertFeed(ctx, &r); err != nil {
			return err
		}
		return s.tellFeed(ctx, "exchange.create_feed", r.ID, journal.Diff(nil, named{name}))
	})
	return r.feed(), token, err
}

// DeleteFeed ends a feed of the person acting at once.
func (s *Service) DeleteFeed(ctx context.Context, id int64) error {
	who, _ := actor.From(ctx)
	return s.db.Tx(ctx, func(ctx context.Context) error {
		rows, err := s.feedsOf(ctx, who.PersonID)
		if err != nil {
			return err
		}
		for i := range rows {
			if rows[i].ID != id {
				continue
			}
			if err := s.deleteFeed(ctx, id); err != nil {
				return err
			}
			return s.tellFeed(ctx, "exchange.delete_feed", id, journal.Diff(named{rows[i].name}, nil))
		}
		return errNoFeed()
	})
}

func (s *Service) tellFeed(ctx context.Context, verb string, id int64, changes []journal.Change) error {
	return s.journal.Append(ctx, journal.Entry{Module: "exchange", Verb: verb, Ref: ref.To("feed", id), Changes: changes})
}

// hashOf is what is kept of a token. Whoever asks is found by it, so nothing is compared that time could tell of.
func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Calendar gives the tasks that the person of a token is responsible for and may read now. The feed of somebody who is
// disabled is not there. link makes the address of a task.
func (s *Service) Calendar(ctx context.Context, token string, link func(key string) string) (Calendar, error) {
	r, err := s.feedByHash(ctx, hashOf(token))
	if err != nil {
		return Calendar{}, err
	}
	_, active, err := s.needs.People.Status(ctx, r.PersonID)
	if err != nil {
		return Calendar{}, err
	}
	if !active {
		return Calendar{}, errNoFeed()
	}
	who, _ := actor.From(ctx)
	ctx = actor.With(ctx, actor.Actor{PersonID: r.PersonID, Address: who.Address, RequestID: who.RequestID, Language: who.Language})
	now := clock.Millis(s.clock)
	if now-r.ReadAt >= hour {
		if err := s.touchFeed(ctx, r.ID, now); err != nil {
			return Calendar{}, err
		}
	}
	return s.calendar(ctx, r.PersonID, now, link)
}

func (s *Service) calendar(ctx context.Context, personID, now int64, link func(key string) string) (Calendar, error) {
	var body bytes.Buffer
	language := s.say(ctx, "exchange.language", nil)
	out := ical.NewWriter(&body, ical.Feed{
		Product: "-//DingBan//DingBan//" + strings.ToUpper(language[:2]), Name: s.say(ctx, "feed.name", map[string]any{"person": s.needs.People.Ref(ctx, personID).Name}),
		Kind: ical.Events, Refresh: time.Hour, Spans: true,
	})
	latest, cursor := int64(0), ""
	for seen := 0; seen < maxFeedTasks; seen += pageSize {
		tasks, next, err := s.needs.Tasks.List(ctx, task.Filter{AssigneeID: personID}, db.Page{Cursor: cursor, Limit: pageSize})
		if err != nil {
			return Calendar{}, err
		}
		for i := range tasks {
			t := &tasks[i]
			if t.DueAt == nil && t.StartAt == nil || t.DoneAt != nil && now-*t.DoneAt > keptDone {
				continue
			}
			latest = max(latest, t.UpdatedAt)
			if err := out.Write(event(t, link(t.Key))); err != nil {
				return Calendar{}, fmt.Errorf("exchange: write an event: %w", err)
			}
		}
		if next == "" {
			break
		}
		cursor = next
	}
	if err := out.Close(); err != nil {
		return Calendar{}, fmt.Errorf("exchange: write a calendar: %w", err)
	}
	sum := sha256.Sum256(body.Bytes())
	return Calendar{Body: body.Bytes(), Tag: `"` + hex.EncodeToString(sum[:16]) + `"`, Modified: time.UnixMilli(latest)}, nil
}

// event is a task in a calendar: from its start to when it is due, or where it begins when nobody said when it is due.
func event(t *task.Task, link string) ical.Item {
	it := ical.Item{
		UID: ical.UID(t.ID, uidHost), Summary: t.Key + " " + t.Title, Description: t.Description, URL: link, Priority: t.Priority,
		Start: when(t.StartAt, t.StartAllDay), Due: when(t.DueAt, t.DueAllDay), Created: time.UnixMilli(t.CreatedAt), Modified: time.UnixMilli(t.UpdatedAt),
		Done: t.DoneAt != nil, Sequence: int(t.Version), Progress: t.Progress,
	}
	if it.Due.IsZero() {
		it.Due = it.Start
	}
	if t.DoneAt != nil {
		it.Summary = "✓ " + it.Summary
		it.Completed = time.UnixMilli(*t.DoneAt)
	}
	for _, l := range t.Labels {
		it.Categories = append(it.Categories, l.Name)
	}
	return it
}
