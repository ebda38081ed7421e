package exchange_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"dingban/app/exchange"
	"dingban/app/org"
	"dingban/app/platform/actor"
	"dingban/app/platform/testkit"
	"dingban/app/server/servertest"
	"dingban/app/task"
)

// feed makes a feed of a person over HTTP and gives it with the path to ask for.
func (w *world) feed(c *servertest.Client) (exchange.Feed, string) {
	w.t.Helper()
	var made exchange.NewFeed
	c.Do("POST", "/calendar-feeds", map[string]any{"name": " 手机 "}).OK(&made)
	return made.Feed, made.Path
}

func TestACalendarSubscribes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine := []int64{w.People["member"]}
	due := w.task(task.Draft{Title: "交付,清单", AssigneeIDs: mine, DueAt: day("2026-12-01"), DueAllDay: true})
	w.task(task.Draft{Title: "只有开始", AssigneeIDs: mine, StartAt: day("2026-12-05"), StartAllDay: true})
	w.task(task.Draft{Title: "没有日期", AssigneeIDs: mine})
	w.task(task.Draft{Title: "别人的", AssigneeIDs: []int64{w.People["owner"]}, DueAt: day("2026-12-01")})
	member := w.Client("member")
	f, path := w.feed(member)
	if f.Name != "手机" || f.ReadAt != nil {
		t.Errorf("made %+v", f)
	}
	if told := w.Told("exchange"); told.Verb != "exchange.create_feed" || told.Ref.ID != f.ID || strings.Contains(path, fmt.Sprint(told.Changes)) {
		t.Errorf("told %+v", told)
	}
	calendar := w.Stranger()
	r := calendar.Raw("GET", path, nil).OK(nil)
	text := string(r.Body)
	if r.Header.Get("Content-Type") != "text/calendar; charset=utf-8" || strings.Count(text, "BEGIN:VEVENT") != 2 || !strings.Contains(text, `SUMMARY:`+due.Key+` 交付\,清单`) ||
		!strings.Contains(text, "DTSTART;VALUE=DATE:20261201") || !strings.Contains(text, "DTSTART;VALUE=DATE:20261205") || !strings.Contains(text, "/t/"+due.Key) {
		t.Errorf("read %v\n%s", r.Header, text)
	}
	if r.Header.Get("Last-Modified") == "" {
		t.Errorf("headers %v", r.Header)
	}
	tag := r.Header.Get("ETag")
	if r := calendar.Raw("GET", path, nil, "If-None-Match", tag); r.Status != http.StatusNotModified || tag == "" {
		t.Errorf("asked again: %d with %q", r.Status, tag)
	}
	_, err := w.Modules.Task.Complete(w.By("member"), due.ID, due.Version, true)
	w.Must(err)
	r = calendar.Raw("GET", path, nil, "If-None-Match", tag).OK(nil)
	if r.Header.Get("ETag") == tag || !strings.Contains(string(r.Body), "SUMMARY:✓ "+due.Key) {
		t.Errorf("after it was done: %s", r.Body)
	}
	var list exchange.FeedList
	member.Do("GET", "/calendar-feeds", nil).OK(&list)
	if len(list.Items) != 1 || list.Items[0].ReadAt == nil || strings.Contains(fmt.Sprint(list), path) {
		t.Errorf("listed %+v", list)
	}
	// Who may no longer read the project reads nothing of it here either.
	w.Must(w.Modules.Project.RemoveMember(w.By("owner"), w.Project.ID, w.People["member"]))
	if r := calendar.Raw("GET", path, nil).OK(nil); strings.Contains(string(r.Body), "VEVENT") {
		t.Errorf("after leaving the project: %s", r.Body)
	}
}

func TestAFeedEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	member, calendar := w.Client("member"), w.Stranger()
	f, path := w.feed(member)
	_, other := w.feed(member)
	one := fmt.Sprintf("/calendar-feeds/%d", f.ID)
	w.Client("owner").Do("DELETE", one, nil).Problem(404, "feed.not_found")
	member.Do("DELETE", one, nil).OK(nil)
	calendar.Raw("GET", path, nil).Problem(404, "feed.not_found")
	calendar.Raw("GET", strings.Replace(other, "/tasks.ics", "x/tasks.ics", 1), nil).Problem(404, "feed.not_found")
	calendar.Raw("GET", other, nil).OK(nil)
	system := actor.With(t.Context(), actor.System("test"))
	p, err := w.Modules.Org.Person(system, w.People["member"])
	w.Must(err)
	_, err = w.Modules.Org.UpdatePerson(system, p.ID, org.PersonChange{Version: p.Version, Status: new("disabled")})
	w.Must(err)
	calendar.Raw("GET", other, nil).Problem(404, "feed.not_found")
	// Not even what nothing answers tells the log a token.
	calendar.Raw("POST", other, nil)
	calendar.Raw("GET", other+"/more", nil)
	token := strings.Split(other, "/")[4]
	if len(token) < 40 || strings.Contains(w.Log.String(), token) {
		t.Errorf("the log tells the token %s", token)
	}
}

func TestFeedsAreFew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := w.By("member")
	var last exchange.Feed
	for i := range 5 {
		var err error
		last, _, err = w.s.CreateFeed(ctx, fmt.Sprint(i))
		w.Must(err)
	}
	_, _, err := w.s.CreateFeed(ctx, "六")
	testkit.WantCode(t, err, "feed.too_many")
	w.Must(w.s.DeleteFeed(ctx, last.ID))
	_, _, err = w.s.CreateFeed(ctx, "又一个")
	w.Must(err)
	for name, code := range map[string]string{"": "field.required", "a\nb": "field.bad_characters", strings.Repeat("长", 51): "field.too_long"} {
		_, _, err := w.s.CreateFeed(w.By("owner"), name)
		testkit.WantField(t, err, "body.name", code)
	}
}
