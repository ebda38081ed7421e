package workday_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"dingban/app/platform/actor"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/testkit"
	"dingban/app/server/servertest"
	"dingban/app/workday"
)

type world struct {
	*servertest.Team
	t testing.TB
	s *workday.Service
}

func newWorld(t testing.TB) *world {
	t.Helper()
	team := servertest.NewTeam(t)
	team.Join("admin2", servertest.SystemAdmin)
	return &world{Team: team, t: t, s: team.Modules.Workday}
}

func (w *world) day(account, date string) workday.Day {
	w.t.Helper()
	days, err := w.s.List(w.By(account), date, date)
	w.Must(err)
	if len(days) != 1 {
		w.t.Fatalf("%d days", len(days))
	}
	return days[0]
}

func holidays2027() workday.Table {
	return workday.Table{
		Source: workday.Source{Title: "国务院办公厅关于2027年部分节假日安排的通知"},
		Holidays: []workday.Holiday{
			{Names: []string{"new_year"}, From: "2027-01-01", To: "2027-01-03"},
			{Names: []string{"other"}, Label: "建城日", From: "2027-03-15", To: "2027-03-15"},
		},
		Workdays: []workday.Makeup{{Date: "2027-01-09", For: "new_year"}},
	}
}

func TestDaysAsPublished(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	spring := w.day("outsider", "2026-02-17")
	if spring.Works || spring.Kind != "holiday" || spring.Name != "春节" || !spring.Known || spring.Lunar == nil || spring.Lunar.Text != "正月初一" {
		t.Errorf("%+v %+v", spring, spring.Lunar)
	}
	if d := w.day("viewer", "2026-02-14"); !d.Works || !d.Makeup || d.Name != "春节" || strings.Join(d.Hours, " ") != "09:00-12:00 13:00-18:00" {
		t.Errorf("%+v", d)
	}
	if d := w.day("viewer", "2026-02-18"); d.Term != "雨水" {
		t.Errorf("%+v", d)
	}
	if d := w.day("viewer", "2025-08-01"); d.Lunar.Text != "闰六月初八" {
		t.Errorf("%+v", d.Lunar)
	}
	if d := w.day("viewer", "2029-10-01"); d.Known || !d.Works || d.Name != "" {
		t.Errorf("a year nobody knows: %+v", d)
	}
	english, err := w.s.List(actor.With(w.By("viewer"), actor.Actor{PersonID: w.People["viewer"], Language: "en"}), "2025-10-06", "2025-10-06")
	if err != nil || english[0].Name != "National Day, Mid-Autumn Festival" || english[0].Lunar.Text != "month 8, day 15" {
		t.Errorf("%+v, %v", english, err)
	}
	for from, want := range map[string]string{"2026-09-30": "2026-10-10", "2026-02-13": "2026-02-25"} {
		d, err := w.s.Add(w.By("viewer"), from, 3)
		if err != nil || d.Date != want {
			t.Errorf("three working days after %s: %s, %v", from, d.Date, err)
		}
	}
	back, err := w.s.Add(w.By("viewer"), "2026-10-08", -1)
	if err != nil || back.Date != "2026-09-30" {
		t.Errorf("%+v, %v", back, err)
	}
}

func TestAYearIsStoredAndReset(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before, err := w.s.Year(w.By("viewer"), 2027)
	if err != nil || before.Origin != workday.None || before.Shipped || before.Version != 1 || len(before.Holidays) != 0 {
		t.Fatalf("%+v, %v", before, err)
	}
	if d := w.day("viewer", "2027-01-01"); !d.Works {
		t.Errorf("%+v", d)
	}
	stored, err := w.s.PutYear(w.By("admin2"), 2027, 1, holidays2027())
	if err != nil || stored.Origin != workday.Own || stored.Version != 2 || len(stored.Holidays) != 2 {
		t.Fatalf("%+v, %v", stored, err)
	}
	if told := w.Told("workday"); told.Verb != "workday.update_year" || told.Ref.ID != 2027 || len(told.Changes) != 3 {
		t.Errorf("told %+v", told)
	}
	if d := w.day("viewer", "2027-01-01"); d.Works || d.Name != "元旦" || !d.Known {
		t.Errorf("%+v", d)
	}
	if d := w.day("viewer", "2027-03-15"); d.Works || d.Name != "建城日" {
		t.Errorf("%+v", d)
	}
	if d := w.day("viewer", "2027-01-09"); !d.Works || !d.Makeup {
		t.Errorf("%+v", d)
	}
	_, err = w.s.PutYear(w.By("admin2"), 2027, 1, holidays2027())
	if f := testkit.Refused(t, err, "workday.stale_version"); f.Current.(workday.Year).Version != 2 {
		t.Errorf("current %+v", f.Current)
	}
	_, err = w.s.ResetYear(w.By("admin2"), 2027, 1)
	testkit.WantCode(t, err, "workday.stale_version")
	reset, err := w.s.ResetYear(w.By("admin2"), 2027, 2)
	if err != nil || reset.Origin != workday.None || reset.Version != 3 || !w.day("viewer", "2027-01-01").Works {
		t.Errorf("%+v, %v", reset, err)
	}
	again, err := w.s.ResetYear(w.By("admin2"), 2027, 3)
	if err != nil || again.Version != 3 {
		t.Errorf("reset what is as it came: %+v, %v", again, err)
	}

	// An own table goes before the shipped one, and a reset leads back.
	shipped, err := w.s.Year(w.By("viewer"), 2026)
	if err != nil || shipped.Origin != workday.Shipped || !shipped.Shipped {
		t.Fatalf("%+v, %v", shipped, err)
	}
	changed := shipped.Table
	changed.Workdays = nil
	_, err = w.s.PutYear(w.By("admin2"), 2026, 1, changed)
	w.Must(err)
	if w.day("viewer", "2026-02-14").Works {
		t.Error("a day that the own table does not have is worked")
	}
	reset, err = w.s.ResetYear(w.By("admin2"), 2026, 2)
	if err != nil || reset.Origin != workday.Shipped || !w.day("viewer", "2026-02-14").Works {
		t.Errorf("%+v, %v", reset, err)
	}
}

func TestRulesOfTheOrganisation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	read, err := w.s.Rules(w.By("viewer"))
	if err != nil || read.Version != 1 || read.Public != "all" {
		t.Fatalf("%+v, %v", read, err)
	}
	put, err := w.s.PutRules(w.By("admin2"), 1, workday.RuleSet{
		Hours: []string{"08:30-12:00", "13:30-18:00"}, Public: "all",
		Days: []workday.Special{{From: "2026-12-25", Name: "司庆"}, {From: "2026-12-26", Hours: []string{"09:00-12:00"}}},
	})
	if err != nil || put.Version != 2 || len(put.Days) != 2 {
		t.Fatalf("%+v, %v", put, err)
	}
	if d := w.day("viewer", "2026-12-25"); d.Works || d.Kind != "company" || d.Name != "司庆" {
		t.Errorf("%+v", d)
	}
	if d := w.day("viewer", "2026-12-26"); !d.Works || strings.Join(d.Hours, " ") != "09:00-12:00" {
		t.Errorf("%+v", d)
	}
	if d := w.day("viewer", "2026-12-28"); strings.Join(d.Hours, " ") != "08:30-12:00 13:30-18:00" {
		t.Errorf("%+v", d)
	}
	same, err := w.s.PutRules(w.By("admin2"), 2, put.RuleSet)
	if err != nil || same.Version != 2 {
		t.Errorf("stored what is there: %+v, %v", same, err)
	}
	_, err = w.s.PutRules(w.By("admin2"), 1, workday.RuleSet{})
	testkit.WantCode(t, err, "workday.stale_version")
	none, err := w.s.PutRules(w.By("admin2"), 2, workday.RuleSet{Public: "none"})
	if err != nil || none.Public != "none" || !w.day("viewer", "2026-10-01").Works {
		t.Errorf("%+v, %v", none, err)
	}
}

func TestBadCalendars(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, account := range []string{"owner", "outsider"} {
		_, err := w.s.PutYear(w.By(account), 2027, 1, holidays2027())
		testkit.WantCode(t, err, "access.denied")
		_, err = w.s.ResetYear(w.By(account), 2027, 1)
		testkit.WantCode(t, err, "access.denied")
		_, err = w.s.PutRules(w.By(account), 1, workday.RuleSet{})
		testkit.WantCode(t, err, "access.denied")
	}
	for _, c := range []struct {
		change         func(*workday.Table)
		location, code string
	}{
		{func(y *workday.Table) { y.Source.Title = " " }, "body.source.title", "field.required"},
		{func(y *workday.Table) { y.Source.Title = "a\u202eb" }, "body.source.title", "field.bad_characters"},
		{func(y *workday.Table) { y.Holidays[0].To = "2027-02-30" }, "body.holidays[0].to", "workday.wrong.date"},
		{func(y *workday.Table) { y.Holidays[1].From, y.Holidays[1].To = "2026-11-30", "2026-12-01" }, "body.holidays[1].from", "workday.wrong.outside"},
		{func(y *workday.Table) { y.Holidays[1].Label = "" }, "body.holidays[1].label", "workday.wrong.missing"},
		{func(y *workday.Table) { y.Holidays[1].Names = []string{"x"} }, "body.holidays[1].names[0]", "workday.wrong.name"},
		{func(y *workday.Table) { y.Workdays[0].Date = "2027-01-08" }, "body.workdays[0].date", "workday.wrong.not_weekend"},
		{func(y *workday.Table) { y.Holidays = make([]workday.Holiday, 41) }, "body.holidays", "workday.wrong.too_many"},
	} {
		y := holidays2027()
		c.change(&y)
		_, err := w.s.PutYear(w.By("admin2"), 2027, 1, y)
		testkit.WantField(t, err, c.location, c.code)
	}
	for _, c := range []struct {
		set            workday.RuleSet
		location, code string
	}{
		{workday.RuleSet{Hours: []string{"9-12"}}, "body.hours[0]", "workday.wrong.span"},
		{workday.RuleSet{Public: "some"}, "body.public", "field.not_allowed"},
		{workday.RuleSet{Weeks: []workday.Week{{}}}, "body.weeks", "workday.wrong.no_work"},
		{workday.RuleSet{Days: []workday.Special{{From: "2026-01-02", To: "2026-01-01"}}}, "body.days[0].to", "workday.wrong.order"},
		{workday.RuleSet{Days: []workday.Special{{From: "2026-01-02", Name: "a\nb"}}}, "body.days[0].name", "field.bad_characters"},
	} {
		_, err := w.s.PutRules(w.By("admin2"), 1, c.set)
		testkit.WantField(t, err, c.location, c.code)
	}
	_, err := w.s.PutYear(w.By("admin2"), 2027, 0, holidays2027())
	testkit.WantField(t, err, "body.version", "field.required")
	for _, year := range []int{1999, 2101} {
		_, err := w.s.Year(w.By("viewer"), year)
		testkit.WantField(t, err, "path.year", "workday.bad_year")
		_, err = w.s.PutYear(w.By("admin2"), year, 1, holidays2027())
		testkit.WantField(t, err, "path.year", "workday.bad_year")
	}
	for _, c := range [][4]string{
		{"x", "2026-01-01", "query.from", "workday.wrong.date"},
		{"2026-01-02", "2026-01-01", "query.to", "workday.wrong.order"},
		{"2026-01-01", "2027-02-05", "query.to", "workday.too_many_days"},
	} {
		_, err := w.s.List(w.By("viewer"), c[0], c[1])
		testkit.WantField(t, err, c[2], c[3])
	}
	if days, err := w.s.List(w.By("viewer"), "2026-01-01", "2027-02-04"); err != nil || len(days) != 400 {
		t.Errorf("%d days, %v", len(days), err)
	}
	_, err = w.s.Add(w.By("viewer"), "2026-01-01", 3661)
	testkit.WantField(t, err, "query.n", "field.too_big")
	_, err = w.s.Add(w.By("viewer"), "9999-12-31", 1)
	testkit.WantField(t, err, "query.n", "workday.out_of_range")
}

func TestTheCalendarIsInMemory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.day("viewer", "2026-01-01")
	ctx := db.CountStatements(w.By("viewer"))
	_, err := w.s.List(ctx, "2026-01-01", "2026-12-31")
	if n := db.Statements(ctx); err != nil || n != 0 {
		t.Errorf("%d statements, %v", n, err)
	}
}

func TestAChangeThatIsTakenBackIsNotRemembered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	err := w.DB.Tx(w.By("admin2"), func(ctx context.Context) error {
		if _, err := w.s.PutYear(ctx, 2027, 1, holidays2027()); err != nil {
			return err
		}
		if _, err := w.s.Calendar(ctx); err != nil {
			return err
		}
		return fault.New(fault.KindConflict, "access.denied")
	})
	testkit.WantCode(t, err, "access.denied")
	if !w.day("viewer", "2027-01-01").Works {
		t.Error("a table that was taken back counts")
	}
}

func TestTheCalendarOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin, viewer := w.Client("admin2"), w.Client("viewer")
	body := map[string]any{"version": 1}
	raw, err := json.Marshal(holidays2027())
	w.Must(err)
	w.Must(json.Unmarshal(raw, &body))
	viewer.Do(http.MethodPut, "/workdays/years/2027", body).Problem(http.StatusForbidden, "access.denied")
	var y workday.Year
	admin.Do(http.MethodPut, "/workdays/years/2027", body).OK(&y)
	if y.Version != 2 || y.Origin != workday.Own {
		t.Errorf("%+v", y)
	}
	admin.Do(http.MethodPut, "/workdays/years/2027", body).Problem(http.StatusConflict, "workday.stale_version")
	var list workday.DayList
	viewer.Do(http.MethodGet, "/workdays?from=2027-01-01&to=2027-01-03", nil).OK(&list)
	if len(list.Items) != 3 || list.Items[2].Works {
		t.Errorf("%+v", list)
	}
	var d workday.Day
	viewer.Do(http.MethodGet, "/workdays/add?from=2026-12-31&n=1", nil).OK(&d)
	if d.Date != "2027-01-04" {
		t.Errorf("%+v", d)
	}
	admin.Do(http.MethodDelete, "/workdays/years/2027?version=2", nil).OK(&y)
	if y.Origin != workday.None || y.Version != 3 {
		t.Errorf("%+v", y)
	}
	w.Stranger().Do(http.MethodGet, "/workdays?from=2027-01-01&to=2027-01-03", nil).Problem(http.StatusUnauthorized, "access.unauthenticated")
	viewer.Do(http.MethodGet, "/workdays/add?from=2026-12-31&n=x", nil).Problem(http.StatusUnprocessableEntity, fault.CodeInvalid)
}
