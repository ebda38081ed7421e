package notify

import (
	"testing"
	"time"
)

func TestWhenMailIsSent(t *testing.T) {
	t.Parallel()
	at := func(text string) int64 {
		parsed, err := time.ParseInLocation("2006-01-02 15:04", text, china())
		if err != nil {
			t.Fatal(err)
		}
		return parsed.UnixMilli()
	}
	night := Preferences{Quiet: true, QuietFrom: 22 * 60, QuietTo: 8 * 60, QuietDays: []int64{1, 2, 3, 4, 5}, Digest: Instant, DigestAt: 540}
	hourly, daily := night, night
	hourly.Digest, daily.Digest = Hourly, Daily
	round := Preferences{Quiet: true, QuietFrom: 0, QuietTo: 1439, QuietDays: []int64{3}, Digest: Instant}
	for _, c := range []struct {
		name string
		p    Preferences
		kind string
		at   string
		want string
	}{
		{"by day", night, KindAssigned, "2027-03-10 10:00", "2027-03-10 10:00"},
		{"in the evening", night, KindAssigned, "2027-03-10 22:00", "2027-03-11 08:00"},
		{"after midnight", night, KindAssigned, "2027-03-11 07:59", "2027-03-11 08:00"},
		{"at the end", night, KindAssigned, "2027-03-11 08:00", "2027-03-11 08:00"},
		{"the night that began on Friday", night, KindAssigned, "2027-03-13 03:00", "2027-03-13 08:00"},
		{"the night that began on Saturday", night, KindAssigned, "2027-03-14 03:00", "2027-03-14 03:00"},
		{"hourly", hourly, KindAssigned, "2027-03-10 10:20", "2027-03-10 11:00"},
		{"hourly into the night", hourly, KindAssigned, "2027-03-10 21:30", "2027-03-11 08:00"},
		{"daily", daily, KindCommented, "2027-03-10 08:59", "2027-03-10 09:00"},
		{"daily, too late for today", daily, KindCommented, "2027-03-10 09:00", "2027-03-11 09:00"},
		{"a reminder is not gathered", daily, KindReminder, "2027-03-10 10:00", "2027-03-10 10:00"},
		{"but waits for the morning", daily, KindReminder, "2027-03-10 23:00", "2027-03-11 08:00"},
		{"almost a whole day", round, KindAssigned, "2027-03-10 10:00", "2027-03-10 23:59"},
	} {
		if got := c.p.mailAt(c.kind, at(c.at)); got != at(c.want) {
			t.Errorf("%s: %s", c.name, time.UnixMilli(got).In(china()))
		}
	}
}
