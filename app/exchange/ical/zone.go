package ical

import "time"

const zoneName = "Asia/Shanghai"

// zone is UTC+8. China had summer time from 1986 to 1991, which no task of this program can lie in.
var zone = time.FixedZone(zoneName, 8*3600)

// zoneLines define the zone for calendars that do not know it by name (3.6.5).
var zoneLines = []string{
	"BEGIN:VTIMEZONE",
	"TZID:" + zoneName,
	"X-LIC-LOCATION:" + zoneName,
	"BEGIN:STANDARD",
	"DTSTART:19920101T000000",
	"TZOFFSETFROM:+0800",
	"TZOFFSETTO:+0800",
	"TZNAME:CST",
	"END:STANDARD",
	"END:VTIMEZONE",
}
