package phrase

import (
	"testing"
	"time"
)

func TestFestivals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code Festival
		year int
		want string
	}{
		{"spring", 2024, "2024-02-10"},
		{"spring", 2025, "2025-01-29"},
		{"spring", 2026, "2026-02-17"},
		{"spring", 2027, "2027-02-06"},
		{"spring-eve", 2026, "2026-02-16"},
		{"mid-autumn", 2025, "2025-10-06"},
		{"mid-autumn", 2026, "2026-09-25"},
		{"dragon-boat", 2026, "2026-06-19"},
		{"qingming", 2026, "2026-04-05"},
		{"winter-solstice", 2026, "2026-12-22"},
		{"mother", 2026, "2026-05-10"},
		{"father", 2026, "2026-06-21"},
		{"thanksgiving", 2026, "2026-11-26"},
		{"black-friday", 2026, "2026-11-27"},
		{"easter", 2026, "2026-04-05"},
		{"easter", 2025, "2025-04-20"},
		{"laba", 2027, "2027-01-15"},
	} {
		got, ok := FestivalOf(c.code).Find(c.year, time.UTC)
		if !ok || got.Format(time.DateOnly) != c.want {
			t.Errorf("%s of %d is %v (%v), want %s", c.code, c.year, got, ok, c.want)
		}
	}
	if FestivalOf("none") != nil {
		t.Error("there is no such festival")
	}
	if _, ok := FestivalOf("spring").Find(2300, time.UTC); ok {
		t.Error("the lunar calendar ends")
	}
}

// TestEveryFestivalIsThere finds each of them in each year, but little ones that the lunar year may leave out.
func TestEveryFestivalIsThere(t *testing.T) {
	t.Parallel()
	for i := range festivals {
		f := &festivals[i]
		for year := 1901; year <= 2099; year++ {
			if _, ok := f.Find(year, time.UTC); !ok {
				t.Errorf("%s has no day in %d", f.code, year)
			}
		}
	}
}
