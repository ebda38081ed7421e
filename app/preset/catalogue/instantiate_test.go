package catalogue

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"
)

// holidays is the calendar of autumn 2026: 中秋 25 to 27 September and 国庆 1 to 7 October are off, Sunday 20 September
// and Saturday 10 October are worked instead.
type holidays struct{}

var (
	off = []time.Time{day("2026-09-25"), day("2026-10-01"), day("2026-10-02"), day("2026-10-05"), day("2026-10-06"), day("2026-10-07")}
	on  = []time.Time{day("2026-09-20"), day("2026-10-10")}
)

func (holidays) AddWorkdays(date time.Time, n int) time.Time {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		date = date.AddDate(0, 0, step)
		weekend := date.Weekday() == time.Saturday || date.Weekday() == time.Sunday
		if weekend && slices.ContainsFunc(on, date.Equal) || !weekend && !slices.ContainsFunc(off, date.Equal) {
			n--
		}
	}
	return date
}

var china = time.FixedZone("CST", 8*3600)

func day(text string) time.Time {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return at
}

// show writes a moment as a person in China sees it.
func show(at *int64, allDay bool) string {
	switch {
	case at == nil:
		return ""
	case allDay:
		return time.UnixMilli(*at).In(china).Format("01-02")
	}
	return time.UnixMilli(*at).In(china).Format("01-02 15:04")
}

// find gives the planned task that a template calls key.
func find(t *testing.T, template Template, plan Plan, key string) PlanTask {
	t.Helper()
	i := slices.IndexFunc(everyTask(template), func(task Task) bool { return task.Key == key })
	if i < 0 {
		t.Fatalf("no task %s", key)
	}
	return plan.Tasks[i]
}

func get(t *testing.T, key string) Template {
	t.Helper()
	template, err := Get(key)
	if err != nil {
		t.Fatal(err)
	}
	return template
}

// TestDatesAroundNationalDay is worked out by hand on the calendar of 2026. Bids are opened on Tuesday 13 October: one
// working day before is Monday the 12th, two is Saturday the 10th, which is worked, three Friday the 9th, four Thursday
// the 8th, five Wednesday 30 September. Who joins on 8 October is prepared for on 30, 29, 28, 24 and 23 September.
func TestDatesAroundNationalDay(t *testing.T) {
	t.Parallel()
	bid, joining := get(t, "bid"), get(t, "onboarding")
	opening := Instantiate(bid, Options{End: day("2026-10-13"), Calendar: holidays{}, Zone: china})
	entry := Instantiate(joining, Options{Start: day("2026-10-08"), Calendar: holidays{}, Zone: china})
	for _, c := range []struct {
		template   Template
		plan       Plan
		key        string
		start, due string
	}{
		{bid, opening, "get-documents", "09-23", "09-24"},
		{bid, opening, "objection", "", "10-03"}, // ten calendar days, as the regulations count
		{bid, opening, "bond", "09-28", "09-30"},
		{bid, opening, "cross-check", "09-30", "10-08"},
		{bid, opening, "price-approval", "10-08", "10-09"},
		{bid, opening, "seal-bid", "10-09", "10-10 18:00"},
		{bid, opening, "travel", "", "10-12"},
		{bid, opening, "opening", "", "10-13 09:30"},
		{bid, opening, "contract", "10-23", "11-22"},
		{joining, entry, "seat", "09-23", "09-30"},
		{joining, entry, "papers", "10-08", "10-08"},
		{joining, entry, "handbook", "10-08", "10-12"},
		{joining, entry, "contract", "10-08", "10-14"}, // 9, 10, 12, 13, 14 October
		{joining, entry, "insurance", "10-14", "11-07"},
	} {
		task := find(t, c.template, c.plan, c.key)
		if start, due := show(task.StartAt, task.StartAllDay), show(task.DueAt, task.DueAllDay); start != c.start || due != c.due {
			t.Errorf("%s/%s: %q to %q, want %q to %q", c.template.Key, c.key, start, due, c.start, c.due)
		}
	}
	if got := show(opening.Start, true) + " " + show(opening.End, true); got != "09-23 10-13" {
		t.Errorf("the project lasts %s", got)
	}
	value := find(t, bid, opening, "get-documents").Values["opening"]
	if at, ok := value.(PlanDate); !ok || show(&at.At, at.AllDay) != "10-13 09:30" {
		t.Errorf("field of the opening: %v", value)
	}
	item := find(t, bid, opening, "get-documents").Checklist[2]
	if show(item.DueAt, item.DueAllDay) != "09-24" {
		t.Errorf("item of the checklist: %v", item)
	}
}

// From a day off, no working day at all means the nearest one inside the project.
func TestAnEndOnADayOff(t *testing.T) {
	t.Parallel()
	d := datesOf(Template{Span: Span{Workdays: 3}}, Options{Start: day("2026-10-03"), Calendar: holidays{}, Zone: china})
	if got := d.end.Format("01-02"); got != "10-10" { // 8, 9 and 10 October
		t.Errorf("ends %s", got)
	}
	for _, c := range []struct {
		from     string
		workdays int
		want     string
	}{
		{FromStart, 0, "10-08"},
		{FromStart, 1, "10-08"},
		{FromStart, 2, "10-09"},
		{FromStart, -1, "09-30"},
		{FromEnd, 0, "10-10"},
		{FromEnd, -1, "10-09"},
		{FromEnd, 1, "10-12"},
	} {
		if got := d.moment(Offset{From: c.from, Workdays: &c.workdays}).day.Format("01-02"); got != c.want {
			t.Errorf("%s%+d: %s, want %s", c.from, c.workdays, got, c.want)
		}
	}
	back := datesOf(Template{Span: Span{Workdays: 5}}, Options{End: day("2026-10-04"), Calendar: holidays{}})
	zero := 0
	if got := back.start.Format("01-02"); got != "09-23" { // 30, 29, 28, 24, 23 September
		t.Errorf("starts %s", got)
	}
	if got := back.moment(Offset{From: FromEnd, Workdays: &zero}).day.Format("01-02"); got != "09-30" {
		t.Errorf("the end itself: %s", got)
	}
}

func TestFirstOccurrenceOfARule(t *testing.T) {
	t.Parallel()
	d := datesOf(Template{}, Options{Start: day("2026-09-30"), Calendar: holidays{}})
	for name, c := range map[string]struct {
		from string
		rule Repeat
		want string
	}{
		"every day":              {"2026-10-01", Repeat{Unit: Day}, "10-01"},
		"days that are worked":   {"2026-10-01", Repeat{Unit: Day, Workday: ShiftSkip}, "10-08"},
		"working days":           {"2026-10-01", Repeat{Unit: Workday}, "10-08"},
		"worked Saturday":        {"2026-10-10", Repeat{Unit: Workday}, "10-10"},
		"Friday":                 {"2026-10-05", Repeat{Unit: Week, Weekdays: []int{5}}, "10-09"},
		"Friday off, stays":      {"2026-10-01", Repeat{Unit: Week, Weekdays: []int{5}}, "10-02"},
		"Friday off, before":     {"2026-10-01", Repeat{Unit: Week, Weekdays: []int{5}, Workday: ShiftPrevious}, "09-30"},
		"Friday off, after":      {"2026-10-01", Repeat{Unit: Week, Weekdays: []int{5}, Workday: ShiftNext}, "10-08"},
		"Friday off, left out":   {"2026-10-01", Repeat{Unit: Week, Weekdays: []int{5}, Workday: ShiftSkip}, "10-09"},
		"Monday or Thursday":     {"2026-10-13", Repeat{Unit: Week, Weekdays: []int{1, 4}}, "10-15"},
		"Sunday":                 {"2026-10-13", Repeat{Unit: Week, Weekdays: []int{7}}, "10-18"},
		"15th":                   {"2026-10-13", Repeat{Unit: Month, MonthDay: 15}, "10-15"},
		"5th of the next month":  {"2026-10-13", Repeat{Unit: Month, MonthDay: 5}, "11-05"},
		"31st of a short month":  {"2026-11-02", Repeat{Unit: Month, MonthDay: 31}, "11-30"},
		"last day":               {"2026-10-13", Repeat{Unit: Month, MonthDay: -1}, "10-31"},
		"last working day":       {"2026-10-13", Repeat{Unit: Month, MonthDay: -1, Workday: ShiftPrevious}, "10-30"},
		"last but one, February": {"2027-02-03", Repeat{Unit: Quarter, MonthDay: -2}, "02-27"},
		"5th, in the holiday":    {"2026-10-02", Repeat{Unit: Year, MonthDay: 5, Workday: ShiftNext}, "10-08"},
	} {
		if got := d.first(day(c.from), c.rule).Format("01-02"); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// A routine starts on the day it is due, also when its rule moved that.
func TestRoutineStartsByItsRule(t *testing.T) {
	t.Parallel()
	store := get(t, "store-inspection")
	plan := Instantiate(store, Options{Start: day("2026-09-21"), Calendar: holidays{}, Zone: china})
	task := find(t, store, plan, "food-weekly") // nine working days on is Saturday the 10th of October, its Friday the 16th
	if start, due := show(task.StartAt, task.StartAllDay), show(task.DueAt, task.DueAllDay); start != "10-16" || due != "10-16" {
		t.Errorf("%s to %s", start, due)
	}
	if want := (Repeat{Every: 1, Unit: Week, Weekdays: []int{5}, Workday: ShiftPrevious}); !reflect.DeepEqual(*task.Repeat, want) {
		t.Errorf("%+v", *task.Repeat)
	}
}

// What belongs to a task that repeats moves with it: its rule falls on Friday the 9th, four days after the Monday.
func TestPartsMoveWithTheirRoutine(t *testing.T) {
	t.Parallel()
	template := small()
	zero, one := 0, 1
	second := &template.Tasks[1]
	second.Due = &Offset{From: FromStart, Days: &one}
	second.Start = &Offset{From: FromStart, Days: &zero, Time: "09:00"}
	second.Repeat = &Repeat{Every: 1, Unit: Week, Weekdays: []int{5}}
	second.Checklist = []Item{{Text: Text{"一项", "An item"}, Due: &Offset{From: FromStart, Days: &zero}}}
	second.Subtasks = []Task{{Key: "part", Title: Text{"部分", "Part"}, Description: Text{"部分", "Part"}, Due: &Offset{From: FromStart, Days: &one, Time: "08:00"}}}
	plan := Instantiate(template, Options{Start: day("2026-10-04"), Zone: china})
	whole, part := plan.Tasks[2], plan.Tasks[3]
	got := []string{
		show(whole.StartAt, whole.StartAllDay), show(whole.DueAt, whole.DueAllDay),
		show(whole.Checklist[0].DueAt, true), show(part.DueAt, part.DueAllDay),
	}
	if want := []string{"10-08 09:00", "10-09", "10-08", "10-09 08:00"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// A start in working days may fall behind a due date in calendar days when a holiday lies between: the due date holds.
func TestADueDateHoldsOverAHoliday(t *testing.T) {
	t.Parallel()
	template := small()
	template.Tasks = template.Tasks[:1]
	three, four := 3, 4
	template.Tasks[0].Start = &Offset{From: FromStart, Workdays: &three}
	template.Tasks[0].Due = &Offset{From: FromStart, Days: &four}
	for start, want := range map[string]string{"2026-09-14": "09-17 09-18", "2026-09-30": "10-04 10-04"} {
		task := Instantiate(template, Options{Start: day(start), Calendar: holidays{}, Zone: china}).Tasks[0]
		if got := show(task.StartAt, true) + " " + show(task.DueAt, true); got != want {
			t.Errorf("from %s: %s, want %s", start, got, want)
		}
	}
}

func TestPlanOfASmallTemplate(t *testing.T) {
	t.Parallel()
	template := small()
	if problems := Validate(template); len(problems) > 0 {
		t.Fatal(problems)
	}
	o := Options{
		Start: time.Date(2026, 10, 8, 23, 30, 0, 0, china), Zone: china, Locale: "en",
		People: map[string][]int64{"lead": {7, 8}},
	}
	plan := Instantiate(template, o)
	checkPlan(t, template, plan)
	if plan.Name != "Small" || plan.ProjectKey != "SML" || plan.States[1].Name != "Doing" || plan.States[1].WIP != 3 || plan.Labels[0].Name != "Red" {
		t.Errorf("heads: %+v", plan)
	}
	if show(plan.Start, true) != "10-08" { // the date in its own zone, not that of UTC
		t.Errorf("starts %s", show(plan.Start, true))
	}
	first, sub, second := plan.Tasks[0], plan.Tasks[1], plan.Tasks[2]
	if first.Parent != -1 || sub.Parent != 0 || second.Parent != -1 || sub.Section != 0 || sub.State != first.State || second.Section != 1 {
		t.Errorf("family: %+v", plan.Tasks)
	}
	if !slices.Equal(first.Assignees, []int64{7, 8}) || len(second.Assignees) != 0 || !slices.Equal(plan.Unfilled, []string{"helper"}) {
		t.Errorf("people: %v %v, unfilled %v", first.Assignees, second.Assignees, plan.Unfilled)
	}
	if want := []PlanDependency{{Task: 2, Kind: StartStart, Lag: 1}}; !slices.Equal(first.Dependencies, want) {
		t.Errorf("a dependency on a later task: %v", first.Dependencies)
	}
	if first.Priority != High || second.Priority != None || first.Labels[0] != 1 || !first.DueAllDay || second.DueAllDay {
		t.Errorf("%+v, %+v", first, second)
	}
	want := map[string]any{
		"words": "hello", "sum": int64(120_000), "choice": "b", "several": []string{"a", "b"}, "branch": []string{"x", "y"},
		"yes": true, "who": []int64{7, 8}, "stars": int64(4), "share": 12.5, "minutes": int64(90),
		"when": PlanDate{At: *plan.Start + 86_400_000, AllDay: true},
	}
	if !reflect.DeepEqual(first.Values, want) {
		t.Errorf("values: %#v", first.Values)
	}
	without := Instantiate(template, Options{Locale: "en"})
	if without.Start != nil || without.Tasks[0].DueAt != nil || without.Tasks[0].Values["when"] != nil || without.Tasks[0].Values["who"] != nil {
		t.Errorf("dates or people out of nothing: %+v", without.Tasks[0])
	}
	if name := Instantiate(template, Options{}).Name; name != "小" {
		t.Errorf("the first language: %s", name)
	}
}

func TestAPlanOwnsWhatItHolds(t *testing.T) {
	t.Parallel()
	template, people := small(), map[string][]int64{"lead": {7}}
	plan := Instantiate(template, Options{Start: nominalStart, People: people})
	before, _ := json.Marshal(template)
	plan.Tasks[0].Assignees[0] = 9
	plan.Tasks[2].Repeat.Weekdays[0] = 6
	plan.Tasks[0].Values["several"].([]string)[0] = "z"
	if after, _ := json.Marshal(template); string(after) != string(before) || people["lead"][0] != 7 {
		t.Error("a change of the plan reached the template")
	}
}

// checkPlan holds what every plan must hold.
func checkPlan(t *testing.T, template Template, plan Plan) {
	t.Helper()
	tasks := everyTask(template)
	if len(plan.Tasks) != len(tasks) || len(plan.States) != len(template.States) || len(plan.Fields) != len(template.Fields) {
		t.Fatalf("%s: %d tasks of %d", template.Key, len(plan.Tasks), len(tasks))
	}
	within := func(i, length int) bool { return i >= 0 && i < length }
	for i, task := range plan.Tasks {
		if task.Parent >= i || task.Parent >= 0 && plan.Tasks[task.Parent].Parent >= 0 || !within(task.State, len(plan.States)) ||
			task.Section >= len(plan.Sections) || len(plan.Sections) > 0 && task.Section < 0 {
			t.Errorf("%s/%s: parent %d, state %d, section %d", template.Key, tasks[i].Key, task.Parent, task.State, task.Section)
		}
		if len(task.Dependencies) != len(tasks[i].Dependencies) || len(task.Checklist) != len(tasks[i].Checklist) {
			t.Errorf("%s/%s: lost dependencies or items", template.Key, tasks[i].Key)
		}
		for j, d := range task.Dependencies {
			if !within(d.Task, len(tasks)) || tasks[d.Task].Key != tasks[i].Dependencies[j].On {
				t.Errorf("%s/%s waits for %d", template.Key, tasks[i].Key, d.Task)
			}
		}
		for j, l := range task.Labels {
			if !within(l, len(template.Labels)) || template.Labels[l].Key != tasks[i].Labels[j] {
				t.Errorf("%s/%s has label %d", template.Key, tasks[i].Key, l)
			}
		}
		if task.StartAt != nil && task.DueAt != nil && *task.StartAt > *task.DueAt && !task.DueAllDay {
			t.Errorf("%s/%s starts after it is due", template.Key, tasks[i].Key)
		}
		if task.Title == "" || task.Description == "" || (task.DueAt != nil) != (tasks[i].Due != nil) {
			t.Errorf("%s/%s: %+v", template.Key, tasks[i].Key, task)
		}
	}
}

// TestEveryTemplateAroundHolidays plans all of them from every fifth day of a quarter with holidays, in both languages.
func TestEveryTemplateAroundHolidays(t *testing.T) {
	t.Parallel()
	for _, template := range shipped(t) {
		for i := 0; i < 90; i += 5 {
			o := Options{Start: day("2026-08-15").AddDate(0, 0, i), Calendar: holidays{}, Zone: china, Locale: []string{"zh-CN", "en"}[i/5%2]}
			if template.Anchor == FromEnd {
				o.Start, o.End = o.End, o.Start
			}
			plan := Instantiate(template, o)
			checkPlan(t, template, plan)
			for _, task := range plan.Tasks {
				if task.Repeat != nil && task.Repeat.Unit == Workday {
					at := time.UnixMilli(*task.DueAt).In(china)
					if !(dates{calendar: holidays{}}).working(civil(at)) {
						t.Fatalf("%s: %s on a day off, %s", template.Key, task.Title, at)
					}
				}
			}
		}
	}
}

func BenchmarkAll(b *testing.B) {
	for b.Loop() {
		if _, err := All(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkValidate(b *testing.B) {
	all := shipped(b)
	for i := 0; b.Loop(); i++ {
		if len(Validate(all[i%len(all)])) > 0 {
			b.Fatal("problems")
		}
	}
}

func BenchmarkInstantiate(b *testing.B) {
	all := shipped(b)
	for i := 0; b.Loop(); i++ {
		Instantiate(all[i%len(all)], Options{Start: nominalStart, Zone: china})
	}
}
