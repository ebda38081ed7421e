package schedule

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"dingban/app/workday/days"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Skipf("no zone %s here: %v", name, err)
	}
	return loc
}

func calendar(t testing.TB) *days.Calendar {
	t.Helper()
	years, err := days.Published()
	if err != nil {
		t.Fatal(err)
	}
	c, err := days.New(years, days.Rules{}) // 09:00-12:00, 13:00-18:00
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const layout = "2006-01-02 15:04"

func at(t testing.TB, s string) time.Time {
	t.Helper()
	if s == "" {
		return time.Time{}
	}
	m, err := time.ParseInLocation(layout, s, zone(t, "Asia/Shanghai"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func hours(n int64) Span { return Span{N: n * 60} }
func inDays(n int64) Span {
	return Span{N: n, Unit: Days}
}

func compute(t testing.TB, start string, tasks []Task, links []Link) *Plan {
	t.Helper()
	p, err := Compute(tasks, links, Options{Start: at(t, start)}, calendar(t), zone(t, "Asia/Shanghai"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (d Dates) String() string { return d.Start.Format(layout) + " / " + d.Finish.Format(layout) }

func find(t testing.TB, p *Plan, id int64) Result {
	t.Helper()
	for _, r := range p.Results {
		if r.ID == id {
			return r
		}
	}
	t.Fatalf("no result of %d", id)
	return Result{}
}

// The textbook network: two ways from 1 to 6, one of which has room.
func TestCriticalPath(t *testing.T) {
	tasks := []Task{
		{ID: 6, Duration: inDays(1)},
		{ID: 1, Duration: inDays(2)},
		{ID: 2, Duration: inDays(4)},
		{ID: 3, Duration: inDays(1)},
		{ID: 4, Duration: inDays(2)},
		{ID: 5, Duration: inDays(3)},
	}
	links := []Link{
		{From: 1, To: 2, Kind: FinishStart},
		{From: 1, To: 3, Kind: FinishStart},
		{From: 2, To: 5, Kind: FinishStart},
		{From: 3, To: 4, Kind: FinishStart},
		{From: 4, To: 6, Kind: FinishStart},
		{From: 5, To: 6, Kind: FinishStart},
	}
	p := compute(t, "2026-03-02 09:00", tasks, links) // a Monday
	const day = 480
	for _, want := range []struct {
		id          int64
		early, late string
		total, free int64
	}{
		{1, "2026-03-02 09:00 / 2026-03-03 18:00", "2026-03-02 09:00 / 2026-03-03 18:00", 0, 0},
		{2, "2026-03-04 09:00 / 2026-03-09 18:00", "2026-03-04 09:00 / 2026-03-09 18:00", 0, 0},
		{3, "2026-03-04 09:00 / 2026-03-04 18:00", "2026-03-10 09:00 / 2026-03-10 18:00", 4 * day, 0},
		{4, "2026-03-05 09:00 / 2026-03-06 18:00", "2026-03-11 09:00 / 2026-03-12 18:00", 4 * day, 4 * day},
		{5, "2026-03-10 09:00 / 2026-03-12 18:00", "2026-03-10 09:00 / 2026-03-12 18:00", 0, 0},
		{6, "2026-03-13 09:00 / 2026-03-13 18:00", "2026-03-13 09:00 / 2026-03-13 18:00", 0, 0},
	} {
		got := find(t, p, want.id)
		if got.Early.String() != want.early || got.Late.String() != want.late || got.Total != want.total || got.Free != want.free || got.Critical() != (want.total == 0) {
			t.Errorf("%d: %+v", want.id, got)
		}
	}
	if !slices.Equal(p.Path, []int64{1, 2, 5, 6}) {
		t.Errorf("path %v", p.Path)
	}
	if p.Dates.String() != "2026-03-02 09:00 / 2026-03-13 18:00" || len(p.Conflicts) != 0 {
		t.Errorf("%s, %v", p.Dates, p.Conflicts)
	}
}

// One task of four hours, one that follows, and everything that can lie between them.
func TestLinks(t *testing.T) {
	for name, c := range map[string]struct {
		first, second Span
		kind          Kind
		lag           Span
		want          string
	}{
		"FS":                        {hours(4), hours(2), FinishStart, Span{}, "2026-03-06 14:00 / 2026-03-06 16:00"},
		"FS over the weekend":       {hours(8), hours(2), FinishStart, Span{}, "2026-03-09 09:00 / 2026-03-09 11:00"},
		"FS and an hour":            {hours(4), hours(2), FinishStart, hours(1), "2026-03-06 15:00 / 2026-03-06 17:00"},
		"FS and a day of lag":       {hours(4), hours(2), FinishStart, inDays(1), "2026-03-09 14:00 / 2026-03-09 16:00"},
		"FS with a lead":            {hours(4), hours(2), FinishStart, hours(-1), "2026-03-06 13:00 / 2026-03-06 15:00"},
		"FS with a day of lead":     {inDays(3), inDays(1), FinishStart, inDays(-1), "2026-03-10 09:00 / 2026-03-10 18:00"},
		"FS, drying two nights":     {hours(4), hours(2), FinishStart, Span{N: 48 * 60, Unit: Elapsed}, "2026-03-09 09:00 / 2026-03-09 11:00"},
		"FS, drying till Monday":    {hours(8), hours(2), FinishStart, Span{N: 66 * 60, Unit: Elapsed}, "2026-03-09 13:00 / 2026-03-09 15:00"},
		"SS":                        {hours(4), hours(2), StartStart, Span{}, "2026-03-06 09:00 / 2026-03-06 11:00"},
		"SS and an hour":            {hours(4), hours(2), StartStart, hours(1), "2026-03-06 10:00 / 2026-03-06 12:00"},
		"SS and three on the clock": {hours(4), hours(2), StartStart, Span{N: 180, Unit: Elapsed}, "2026-03-06 13:00 / 2026-03-06 15:00"},
		"FF":                        {hours(4), hours(2), FinishFinish, Span{}, "2026-03-06 11:00 / 2026-03-06 14:00"},
		"FF and an hour":            {hours(4), hours(2), FinishFinish, hours(1), "2026-03-06 13:00 / 2026-03-06 15:00"},
		"FF of days":                {hours(4), inDays(1), FinishFinish, Span{}, "2026-03-06 09:00 / 2026-03-06 18:00"},
		"FF of days, with an hour":  {inDays(1), inDays(1), FinishFinish, hours(1), "2026-03-09 09:00 / 2026-03-09 18:00"},
		"FF, the longer one":        {hours(4), hours(6), FinishFinish, Span{}, "2026-03-06 09:00 / 2026-03-06 16:00"},
		"SF":                        {hours(4), hours(2), StartFinish, hours(3), "2026-03-06 10:00 / 2026-03-06 12:00"},
		"SF with nothing to do":     {hours(4), hours(2), StartFinish, Span{}, "2026-03-06 09:00 / 2026-03-06 11:00"},
		"days after hours":          {hours(4), inDays(1), FinishStart, Span{}, "2026-03-09 09:00 / 2026-03-09 18:00"},
		"hours after days":          {inDays(1), hours(1), FinishStart, Span{}, "2026-03-09 09:00 / 2026-03-09 10:00"},
		"a milestone after":         {hours(8), Span{}, FinishStart, Span{}, "2026-03-06 18:00 / 2026-03-06 18:00"},
		"after a milestone":         {Span{}, hours(1), FinishStart, hours(8), "2026-03-09 09:00 / 2026-03-09 10:00"},
	} {
		p := compute(t, "2026-03-06 09:00", []Task{{ID: 1, Duration: c.first}, {ID: 2, Duration: c.second}}, []Link{{From: 1, To: 2, Kind: c.kind, Lag: c.lag}})
		if got := find(t, p, 2).Early.String(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestOverTheSpringFestival(t *testing.T) {
	p := compute(t, "2026-02-13 09:00", []Task{{ID: 1, Duration: inDays(3)}}, nil)
	if got := p.Results[0].Early.String(); got != "2026-02-13 09:00 / 2026-02-24 18:00" {
		t.Errorf("Friday, the Saturday that is worked, and the Tuesday after: %s", got)
	}
}

func TestBounds(t *testing.T) {
	tasks := []Task{
		{ID: 1, Duration: inDays(1), NotBefore: at(t, "2026-03-04 10:00")}, // from the fifth on: it takes whole days
		{ID: 2, Duration: hours(2), Planned: at(t, "2026-03-03 10:00"), Fixed: true},
		{ID: 3, Duration: hours(2), Planned: at(t, "2026-03-07 10:00"), Fixed: true}, // a Saturday
		{ID: 4, Duration: hours(4), Deadline: at(t, "2026-03-05 15:00")},
		{ID: 5, Duration: inDays(1), Planned: at(t, "2026-03-04 15:00"), Fixed: true},
		{ID: 6, Duration: Span{}, NotBefore: at(t, "2026-03-04 09:00")},
		{ID: 7, Duration: Span{}, Planned: at(t, "2026-03-07 10:00"), Fixed: true},
		{ID: 8, Duration: hours(1), Planned: at(t, "2026-03-02 09:00"), Fixed: true, NotBefore: at(t, "2026-03-03 09:00")},
		{ID: 9, NotBefore: at(t, "2026-03-04 09:00")},
		{ID: 10, Parent: 9},
		{ID: 11, Duration: hours(1), Planned: at(t, "2026-03-03 09:00"), Fixed: true, NotBefore: at(t, "2026-03-03 09:00")},
	}
	links := []Link{
		{From: 1, To: 2, Kind: FinishStart}, // cannot be kept
		{From: 1, To: 4, Kind: FinishStart}, // makes 4 miss its deadline
	}
	p := compute(t, "2026-03-02 09:00", tasks, links)
	for id, want := range map[int64]string{
		1: "2026-03-05 09:00 / 2026-03-05 18:00",
		2: "2026-03-03 10:00 / 2026-03-03 12:00",
		3: "2026-03-07 10:00 / 2026-03-09 11:00",
		4: "2026-03-06 09:00 / 2026-03-06 14:00",
		5: "2026-03-04 09:00 / 2026-03-04 18:00",
		6: "2026-03-04 09:00 / 2026-03-04 09:00",
		7: "2026-03-07 10:00 / 2026-03-07 10:00",
		9: "2026-03-04 09:00 / 2026-03-04 09:00",
	} {
		if got := find(t, p, id).Early.String(); got != want {
			t.Errorf("%d: %s, want %s", id, got, want)
		}
	}
	want := []Conflict{{ID: 2, Reason: ReasonLink, From: 1}, {ID: 4, Reason: ReasonDeadline}, {ID: 8, Reason: ReasonNotBefore}}
	if !slices.Equal(p.Conflicts, want) {
		t.Errorf("%+v", p.Conflicts)
	}
	if r := find(t, p, 4); r.Total >= 0 || r.Free != 0 || !r.Critical() {
		t.Errorf("a missed deadline: %+v", r)
	}
}

func TestSummaries(t *testing.T) {
	tasks := []Task{
		{ID: 10, NotBefore: at(t, "2026-03-03 09:00"), Duration: inDays(99)},
		{ID: 11, Parent: 10, Duration: inDays(1)},
		{ID: 12, Parent: 10},
		{ID: 13, Parent: 12, Duration: inDays(3)},
		{ID: 20, Duration: inDays(1)},
		{ID: 30},
		{ID: 31, Parent: 30, Duration: hours(4)},
		{ID: 32, Parent: 30, Duration: inDays(2)},
		{ID: 40, Duration: hours(1)},
	}
	links := []Link{
		{From: 10, To: 20, Kind: FinishStart},
		{From: 11, To: 30, Kind: FinishStart},
		{From: 30, To: 40, Kind: StartStart, Lag: hours(1)},
	}
	p := compute(t, "2026-03-02 09:00", tasks, links)
	for id, want := range map[int64]string{
		10: "2026-03-03 09:00 / 2026-03-05 18:00",
		11: "2026-03-03 09:00 / 2026-03-03 18:00",
		12: "2026-03-03 09:00 / 2026-03-05 18:00",
		20: "2026-03-06 09:00 / 2026-03-06 18:00",
		30: "2026-03-04 09:00 / 2026-03-05 18:00",
		31: "2026-03-04 09:00 / 2026-03-04 14:00",
		40: "2026-03-04 10:00 / 2026-03-04 11:00",
	} {
		if got := find(t, p, id).Early.String(); got != want {
			t.Errorf("%d: %s, want %s", id, got, want)
		}
	}
	if !slices.Equal(p.Path, []int64{13, 20}) {
		t.Errorf("path: %v", p.Path)
	}
	if r := find(t, p, 30); !r.Spans || r.Total != 480 || r.Driver != 11 || r.Work != 960 || r.Late.String() != "2026-03-05 09:00 / 2026-03-06 18:00" {
		t.Errorf("%+v", r)
	}
	if r := find(t, p, 11); r.Total != 480 || r.Free != 0 {
		t.Errorf("%+v", r)
	}
}

func TestKeepPlannedAndFinish(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	tasks := []Task{{ID: 1, Duration: inDays(1), Planned: at(t, "2026-03-04 00:00")}, {ID: 2, Duration: inDays(1), Planned: at(t, "2026-03-03 00:00")}}
	links := []Link{{From: 1, To: 2, Kind: FinishStart}}
	p, err := Compute(tasks, links, Options{Start: at(t, "2026-03-02 09:00"), Finish: at(t, "2026-03-10 18:00"), KeepPlanned: true}, calendar(t), loc)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Results[1].Early.String(); got != "2026-03-05 09:00 / 2026-03-05 18:00" {
		t.Errorf("%s", got)
	}
	if r := p.Results[0]; r.Total != 3*480 || !r.Early.Start.Equal(at(t, "2026-03-04 09:00")) {
		t.Errorf("%+v", r)
	}
}

func TestRefuses(t *testing.T) {
	one, two := Task{ID: 1}, Task{ID: 2}
	for name, c := range map[string]struct {
		tasks []Task
		links []Link
		code  Code
	}{
		"twice":             {[]Task{one, one}, nil, CodeDuplicate},
		"no ID":             {[]Task{{ID: 0}}, nil, CodeID},
		"no parent":         {[]Task{{ID: 1, Parent: 2}}, nil, CodeParent},
		"in itself":         {[]Task{{ID: 1, Parent: 2}, {ID: 2, Parent: 1}}, nil, CodeNested},
		"its own parent":    {[]Task{{ID: 1, Parent: 1}}, nil, CodeNested},
		"negative":          {[]Task{{ID: 1, Duration: hours(-1)}}, nil, CodeDuration},
		"too long":          {[]Task{{ID: 1, Duration: inDays(MaxDays + 1)}}, nil, CodeDuration},
		"least number":      {[]Task{{ID: 1, Duration: Span{N: -1 << 63}}}, nil, CodeDuration},
		"on the clock":      {[]Task{{ID: 1, Duration: Span{N: 1, Unit: Elapsed}}}, nil, CodeDuration},
		"no unit":           {[]Task{{ID: 1, Duration: Span{N: 1, Unit: "weeks"}}}, nil, CodeDuration},
		"fixed nowhere":     {[]Task{{ID: 1, Fixed: true}}, nil, CodeFixed},
		"a fixed summary":   {[]Task{{ID: 1, Fixed: true, Planned: at(t, "2026-03-02 09:00")}, {ID: 2, Parent: 1}}, nil, CodeFixed},
		"link to nothing":   {[]Task{one}, []Link{{From: 1, To: 2, Kind: FinishStart}}, CodeTask},
		"only a link":       {nil, []Link{{From: 1, To: 2, Kind: FinishStart}}, CodeTask},
		"link to itself":    {[]Task{one}, []Link{{From: 1, To: 1, Kind: FinishStart}}, CodeSelf},
		"link twice":        {[]Task{one, two}, []Link{{From: 1, To: 2, Kind: FinishStart}, {From: 1, To: 2, Kind: FinishStart, Lag: hours(1)}}, CodeDuplicate},
		"link of no kind":   {[]Task{one, two}, []Link{{From: 1, To: 2, Kind: "XX"}}, CodeKind},
		"lag of no unit":    {[]Task{one, two}, []Link{{From: 1, To: 2, Kind: FinishStart, Lag: Span{N: 1, Unit: "x"}}}, CodeLag},
		"lag for ever":      {[]Task{one, two}, []Link{{From: 1, To: 2, Kind: FinishStart, Lag: Span{N: -1 << 63}}}, CodeLag},
		"to its summary":    {[]Task{one, {ID: 2, Parent: 1}}, []Link{{From: 2, To: 1, Kind: FinishStart}}, CodeWithin},
		"from its summary":  {[]Task{one, {ID: 2, Parent: 1}}, []Link{{From: 1, To: 2, Kind: StartStart}}, CodeWithin},
		"end of a summary":  {[]Task{one, two, {ID: 3, Parent: 2}}, []Link{{From: 1, To: 2, Kind: FinishFinish}}, CodeSummaryEnd},
		"the year 12000":    {[]Task{{ID: 1, Deadline: time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)}}, nil, CodeOutOfBounds},
		"too many tasks":    {make([]Task, MaxTasks+1), nil, CodeTooMany},
		"too many links":    {nil, make([]Link, MaxLinks+1), CodeTooMany},
		"too deep":          {deep(MaxDepth + 2), nil, CodeDepth},
		"very deep in rows": {deep(MaxTasks), nil, CodeDepth},
	} {
		_, err := Compute(c.tasks, c.links, Options{Start: at(t, "2026-03-02 09:00")}, calendar(t), time.UTC)
		var bad *Invalid
		if !errors.As(err, &bad) || bad.Issues[0].Code != c.code || !strings.Contains(err.Error(), string(c.code)) {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	var bad *Invalid
	if _, err := Compute(nil, nil, Options{}, calendar(t), time.UTC); !errors.As(err, &bad) || bad.Issues[0].Code != CodeNoStart {
		t.Errorf("no start: %v", err)
	}
	if _, err := Compute(nil, nil, Options{Start: time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)}, calendar(t), time.UTC); !errors.As(err, &bad) || bad.Issues[0].Code != CodeOutOfBounds {
		t.Errorf("no such start: %v", err)
	}
	if p, err := Compute(nil, nil, Options{Start: at(t, "2026-03-02 09:00")}, calendar(t), time.UTC); err != nil || len(p.Results) != 0 {
		t.Errorf("an empty project: %v", err)
	}
	if _, err := Compute(deep(MaxDepth+1), nil, Options{Start: at(t, "2026-03-02 09:00")}, calendar(t), time.UTC); err != nil {
		t.Errorf("as deep as can be: %v", err)
	}
	if _, err := Compute([]Task{{ID: 1, Duration: inDays(5)}}, nil, Options{Start: time.Date(9999, 12, 30, 9, 0, 0, 0, time.UTC)}, calendar(t), time.UTC); !errors.Is(err, ErrRange) {
		t.Errorf("beyond all dates: %v", err)
	}
}

func deep(n int) []Task {
	var tasks []Task
	for i := range n {
		tasks = append(tasks, Task{ID: int64(i + 1), Parent: int64(i)})
	}
	return tasks
}

func TestCycles(t *testing.T) {
	fs := func(pairs ...int64) []Link {
		var links []Link
		for i := 0; i < len(pairs); i += 2 {
			links = append(links, Link{From: pairs[i], To: pairs[i+1], Kind: FinishStart})
		}
		return links
	}
	plain := []Task{{ID: 1}, {ID: 2}, {ID: 3}, {ID: 4}, {ID: 5}}
	for name, c := range map[string]struct {
		tasks []Task
		links []Link
		want  []int64
	}{
		"of two":                 {plain, fs(1, 2, 2, 1), []int64{1, 2}},
		"of three, with a tail":  {plain, fs(5, 4, 4, 2, 2, 3, 3, 4, 3, 1), []int64{2, 3, 4}},
		"through a summary":      {[]Task{{ID: 1}, {ID: 2, Parent: 1}, {ID: 3}}, fs(1, 3, 3, 2), []int64{1, 3, 2}},
		"between summaries":      {[]Task{{ID: 1}, {ID: 2, Parent: 1}, {ID: 3}, {ID: 4, Parent: 3}}, fs(1, 3, 4, 2), []int64{1, 3, 4, 2}},
		"into a summary and out": {[]Task{{ID: 1}, {ID: 2, Parent: 1}, {ID: 3}}, fs(2, 3, 3, 1), []int64{1, 2, 3}},
	} {
		_, err := Compute(c.tasks, c.links, Options{Start: at(t, "2026-03-02 09:00")}, calendar(t), time.UTC)
		var cycle *Cycle
		if !errors.As(err, &cycle) || !slices.Equal(cycle.Tasks, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestDeviations(t *testing.T) {
	d := func(from, to string) Dates { return Dates{at(t, from), at(t, to)} }
	baseline := map[int64]Dates{
		1: d("2026-03-02 09:00", "2026-03-02 18:00"), 2: d("2026-03-06 09:00", "2026-03-06 18:00"), 3: d("2026-03-02 09:00", "2026-03-02 18:00"),
	}
	now := map[int64]Dates{
		1: d("2026-03-02 09:00", "2026-03-03 12:00"), 2: d("2026-03-05 14:00", "2026-03-06 14:00"), 4: d("2026-03-02 09:00", "2026-03-02 18:00"),
	}
	got, err := Deviations(now, baseline, calendar(t), zone(t, "Asia/Shanghai"))
	want := []Deviation{{ID: 1, Finish: 180, Work: 180}, {ID: 2, Start: -240, Finish: -240}, {ID: 3, Presence: OnlyBefore}, {ID: 4, Presence: OnlyNow}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	far := time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)
	if _, err := Deviations(map[int64]Dates{1: {far, far}}, baseline, calendar(t), time.UTC); !errors.Is(err, ErrRange) {
		t.Errorf("the year 12000: %v", err)
	}
}
