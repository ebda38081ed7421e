package notify

import (
	"context"
	"errors"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"dingban/app/notify/channel"
	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/reminder"
)

const (
	deliverEvery = 3 * time.Second
	// outLease is how long a mail may take before somebody else tries it; more than channel needs for one.
	outLease = 3 * time.Minute
	// maxLetter is how many things one mail tells.
	maxLetter = 100
	// passLetters bounds how many mails are sent before others have their turn, and passFailures how many may fail before
	// the server is left alone for a while.
	passLetters  = 50
	passFailures = 3
	keepSent     = 7 * 24 * time.Hour
	keepDead     = 30 * 24 * time.Hour
)

// backoff is how long to wait after which failure; after the last one it is given up.
var backoff = [...]time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
}

// Work sends what is to be sent until the context ends. One server at a time does.
func (s *Service) Work(ctx context.Context) {
	if s.out == nil {
		return
	}
	ctx = actor.With(ctx, actor.System("notify"))
	lease := s.db.NewLease("notify_outbox", 2*outLease)
	for {
		if mine, err := lease.Acquire(ctx); err == nil && mine {
			if _, err := s.Deliver(ctx); err != nil && ctx.Err() == nil {
				s.out.Log.WarnContext(ctx, "mail could not be sent; it will be tried again", "error", err)
			}
		}
		if !clock.Pause(ctx, deliverEvery) {
			break
		}
	}
	if err := lease.Release(context.WithoutCancel(ctx)); err != nil {
		s.out.Log.WarnContext(ctx, "the lease of the outbox was not given back", "error", err)
	}
}

// Deliver sends the mails that are due and gives how many were taken. A mail is sent at least once, with the same
// Message-ID each time.
func (s *Service) Deliver(ctx context.Context) (taken int, err error) {
	settings, err := s.mailSettings(ctx)
	if err != nil || !settings.Enabled {
		return 0, err
	}
	failures := 0
	for range passLetters {
		rows, err := s.nextLetter(ctx)
		if err != nil || len(rows) == 0 {
			if err == nil {
				err = s.tidy(ctx)
			}
			return taken, err
		}
		ok, err := s.deliver(ctx, &settings, rows)
		if err != nil {
			return taken, err
		}
		if ok {
			taken++
		} else if failures++; failures >= passFailures {
			break
		}
	}
	return taken, nil
}

func (s *Service) tidy(ctx context.Context) error {
	now := s.clock.Now()
	return errors.Join(s.forget(ctx, sent, now.Add(-keepSent).UnixMilli()), s.forget(ctx, dead, now.Add(-keepDead).UnixMilli()))
}

// nextLetter claims what goes into one mail: what was tried before together, or what is due for one person, about one
// task when they hear of things at once.
func (s *Service) nextLetter(ctx context.Context) ([]outRow, error) {
	now := clock.Millis(s.clock)
	first, err := s.outbox(ctx, "state = ? AND due_at <= ? AND lease_until <= ? ORDER BY due_at, id LIMIT 1", waiting, now, now)
	if err != nil || len(first) == 0 {
		return nil, err
	}
	var rows []outRow
	head := first[0]
	batch := head.BatchID
	if batch != 0 {
		rows, err = s.outbox(ctx, "batch_id = ? AND state = ? AND lease_until <= ? ORDER BY id", batch, waiting, now)
	} else {
		batch = s.db.NewID()
		rows, err = s.outbox(ctx, "person_id = ? AND state = ? AND due_at <= ? AND lease_until <= ? AND batch_id = 0 ORDER BY id LIMIT ?", head.PersonID, waiting, now, now, maxLetter)
	}
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	all, err := s.preferencesOf(ctx, []int64{head.PersonID})
	if err != nil {
		return nil, err
	}
	if p := all[head.PersonID]; head.BatchID == 0 && p.Digest == Instant {
		rows = slices.DeleteFunc(rows, func(r outRow) bool { return r.TaskID != head.TaskID })
	}
	return s.claim(ctx, rows, batch, now, now+outLease.Milliseconds())
}

// deliver sends one mail and writes how it went. What its reader may not read any more is not in it.
func (s *Service) deliver(ctx context.Context, settings *MailSettings, rows []outRow) (ok bool, err error) {
	now := clock.Millis(s.clock)
	person := rows[0].PersonID
	as := actor.With(ctx, actor.Actor{PersonID: person, RealPersonID: person})
	to, err := s.out.Person(as, person)
	if err != nil {
		return false, err
	}
	var shown []outRow
	subjects := map[int64]Subject{}
	if to.Active && to.Email != "" {
		if shown, subjects, err = s.mayHear(as, rows); err != nil {
			return false, err
		}
	}
	if len(shown) == 0 {
		return true, s.settle(ctx, rows, sent, now, now, "")
	}
	failed := settings.server().Send(ctx, s.letter(ctx, settings, to, shown, subjects))
	if failed == nil {
		return true, s.settle(ctx, rows, sent, now, now, "")
	}
	tries := int(rows[0].Tries)
	var why *channel.SendError
	if errors.As(failed, &why) && why.Final || tries >= len(backoff) {
		return false, s.settle(ctx, rows, dead, now, now, failed.Error())
	}
	return false, s.settle(ctx, rows, waiting, now+backoff[tries].Milliseconds(), now, failed.Error())
}

// mayHear leaves of what is to be told what the person acting may read now.
func (s *Service) mayHear(ctx context.Context, rows []outRow) ([]outRow, map[int64]Subject, error) {
	readable, every, err := s.projects.Projects(ctx, "task:read")
	if err != nil {
		return nil, nil, err
	}
	var ids []int64
	for i := range rows {
		ids = append(ids, rows[i].TaskID)
	}
	slices.Sort(ids)
	subjects, err := s.subjects(ctx, slices.Compact(ids))
	if err != nil {
		return nil, nil, err
	}
	may := func(id int64) bool { return every || slices.Contains(readable, id) }
	shown := slices.DeleteFunc(slices.Clone(rows), func(r outRow) bool {
		task, there := subjects[r.TaskID]
		return !there || !may(r.ProjectID) || !may(task.ProjectID)
	})
	return shown, subjects, nil
}

// said is one line of a mail.
type said struct{ text, title, link string }

func (s *Service) letter(ctx context.Context, settings *MailSettings, to Recipient, rows []outRow, subjects map[int64]Subject) channel.Letter {
	say := func(key string, params map[string]any) string { return s.out.Words.Text(to.Language, key, params) }
	var lines []said
	tasks := map[int64]bool{}
	for i := range rows {
		r := &rows[i]
		task := subjects[r.TaskID]
		tasks[r.TaskID] = true
		verb := say("notify.mail."+strings.ReplaceAll(r.Verb, ".", "_"), map[string]any{"actor": s.people.Ref(ctx, r.ActorID).Name})
		at := time.UnixMilli(r.At).In(china()).Format("01-02 15:04")
		line := said{text: at + "  " + verb, title: task.Key + "  " + task.Title}
		if s.out.URL != "" {
			line.link = fmt.Sprintf("%s/projects/%d?task=%d", strings.TrimRight(s.out.URL, "/"), task.ProjectID, r.TaskID)
		}
		lines = append(lines, line)
	}
	head := &rows[0]
	task := subjects[head.TaskID]
	l := channel.Letter{To: to.Email, ToName: to.Name, MessageID: messageID("notice", head.BatchID, settings.From), At: s.clock.Now()}
	switch {
	case len(tasks) > 1:
		l.Subject = say("notify.mail.subject_many", map[string]any{"count": len(rows)})
	case head.Verb == reminder.VerbFire:
		l.Subject = say("notify.mail.subject_reminder", map[string]any{"key": task.Key, "title": task.Title})
	default:
		l.Subject = say("notify.mail.subject_task", map[string]any{"key": task.Key, "title": task.Title})
	}
	if len(tasks) == 1 { // mails about one task are one thread
		l.References = []string{messageID("task", head.TaskID, settings.From)}
	}
	l.Text, l.HTML = page("", lines, say("notify.mail.open", nil), say("notify.mail.why", nil))
	return l
}

func messageID(kind string, id int64, from string) string {
	_, domain, _ := strings.Cut(from, "@")
	return fmt.Sprintf("%s.%d@%s", kind, id, domain)
}

// page is a mail as text and as HTML. Everything is escaped: titles are what people wrote.
func page(intro string, lines []said, open, foot string) (text, markup string) {
	var plain, rich strings.Builder
	rich.WriteString(`<!doctype html><html><body style="font-family:sans-serif;font-size:14px;color:#1f2329">`)
	if intro != "" {
		plain.WriteString(intro + "\n\n")
		rich.WriteString("<p>" + html.EscapeString(intro) + "</p>")
	}
	for _, l := range lines {
		plain.WriteString(l.text + "\n" + l.title + "\n")
		rich.WriteString("<p>" + html.EscapeString(l.text) + "<br><b>" + html.EscapeString(l.title) + "</b>")
		if l.link != "" {
			plain.WriteString(l.link + "\n")
			rich.WriteString(`<br><a href="` + html.EscapeString(l.link) + `">` + html.EscapeString(open) + "</a>")
		}
		plain.WriteString("\n")
		rich.WriteString("</p>")
	}
	if foot != "" {
		plain.WriteString(foot + "\n")
		rich.WriteString(`<p style="color:#646a73;font-size:12px">` + html.EscapeString(foot) + "</p>")
	}
	rich.WriteString("</body></html>")
	return plain.String(), rich.String()
}
