package ink

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestClean(t *testing.T) {
	t.Parallel()
	good := []Stroke{{{10.04, 10, 0.51234, 0}, {20, 20.06, 1, 16}}, {{5, 5, 0, 20}}}
	out, err := Clean(good, 300, 150)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(out)
	if err != nil || string(raw) != `[[[10,10,0.512,0],[20,20.1,1,16]],[[5,5,0,20]]]` {
		t.Error(string(raw), err)
	}
	var back []Stroke
	if err := json.Unmarshal(raw, &back); err != nil || back[0][1] != out[0][1] {
		t.Error(back, err)
	}
	many := make(Stroke, MaxPoints+1)
	for _, c := range []struct {
		name string
		s    []Stroke
		w, h float64
		want error
	}{
		{"none", nil, 300, 150, ErrShape},
		{"empty stroke", []Stroke{{}}, 300, 150, ErrShape},
		{"outside", []Stroke{{{301, 0, 0, 0}}}, 300, 150, ErrOutside},
		{"negative", []Stroke{{{-1, 0, 0, 0}}}, 300, 150, ErrOutside},
		{"no pad", good, 0, 150, ErrOutside},
		{"huge pad", good, MaxSide + 1, 150, ErrOutside},
		{"pressure", []Stroke{{{1, 1, 1.1, 0}}}, 300, 150, ErrValue},
		{"backwards", []Stroke{{{1, 1, 1, 5}}, {{1, 1, 1, 4}}}, 300, 150, ErrValue},
		{"late", []Stroke{{{1, 1, 1, MaxTime + 1}}}, 300, 150, ErrValue},
		{"points", []Stroke{many}, 300, 150, ErrBounds},
		{"strokes", make([]Stroke, MaxStrokes+1), 300, 150, ErrBounds},
	} {
		if _, err := Clean(c.s, c.w, c.h); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	for _, in := range []string{`[[[1,2,3]]]`, `[[[1,2,3,4,5]]]`, `[[[1,2,"3",4]]]`, `[[[1,2,null,4]]]`, `[[{"x":1}]]`, `[[[1,2,0,1e300]]]`} {
		var s []Stroke
		if err := json.Unmarshal([]byte(in), &s); err == nil {
			t.Errorf("%s was read as %v", in, s)
		}
	}
}

func TestPath(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		s    Stroke
		want string
	}{
		{Stroke{{1, 2, 0, 0}}, "M 1 2 L 1 2"},
		{Stroke{{1, 2, 0, 0}, {3, 4, 0, 1}}, "M 1 2 L 3 4"},
		{Stroke{{0, 0, 0, 0}, {10, 0, 0, 1}, {10, 10, 0, 2}}, "M 0 0 Q 10 0 10 5 L 10 10"},
	} {
		if got := Path([]Stroke{c.s}); got != c.want {
			t.Errorf("%v: %s, want %s", c.s, got, c.want)
		}
	}
	if got := Path([]Stroke{{{1, 1, 0, 0}}, {}, {{2, 2, 0, 0}}}); got != "M 1 1 L 1 1 M 2 2 L 2 2" {
		t.Error(got)
	}
}

func TestOutline(t *testing.T) {
	t.Parallel()
	got := Outline([]Stroke{{{0, 10, 0, 0}, {10, 10, 1, 5}}}, 2, 6)
	if got != "M 0 11 L 10 13 A 3 3 0 0 0 10 7 L 0 9 A 1 1 0 0 0 0 11 Z" {
		t.Error(got)
	}
	for _, s := range []Stroke{{{1, 1, 1, 0}}, {{1, 1, 1, 0}, {1, 1, 1, 1}}, {{0, 0, 0, 0}, {5, 0, 0, 1}, {0, 0, 0, 2}}, {{0, 0, 0, 0}, {0, 0, 0, 0}, {5, 0, 0, 1}}} {
		got := Outline([]Stroke{s}, 1, 3)
		if strings.Contains(got, "NaN") || strings.Contains(got, "Inf") || !strings.HasSuffix(got, "Z") {
			t.Errorf("%v: %s", s, got)
		}
	}
	if Outline(nil, 1, 2) != "" || Ink([]Stroke{{{0, 0, 0, 0}, {3, 4, 0, 1}}}) != 5 {
		t.Error("nothing drawn, or the length of a line")
	}
}
