package input

import (
	"errors"
	"strings"
	"testing"

	"dingban/app/platform/fault"
)

func codes(t *testing.T, c *Check) string {
	t.Helper()
	err := c.Err()
	if err == nil {
		return ""
	}
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.KindInvalid {
		t.Fatalf("not an invalid fault: %v", err)
	}
	var out []string
	for _, field := range f.Fields {
		out = append(out, field.Location+" "+field.Code)
	}
	return strings.Join(out, "; ")
}

func TestLine(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"  任务 ":           "",
		"":                "body.title field.required",
		"   ":             "body.title field.required",
		"一二三四五六":          "body.title field.too_long",
		"a\nb":            "body.title field.bad_characters",
		"a\x00":           "body.title field.bad_characters",
		"a\xff":           "body.title field.bad_characters",
		"a\u202eb":        "body.title field.bad_characters",
		"👩‍👩‍👧":           "",
		"一二三四五          ": "",
	} {
		var c Check
		c.Line("body.title", in, 1, 5)
		if got := codes(t, &c); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestTextKeepsLines(t *testing.T) {
	t.Parallel()
	var c Check
	if got := c.Text("body.text", "  一\r\n\t二\n\n", 1, 10); got != "  一\n\t二" {
		t.Errorf("got %q", got)
	}
	c.Text("body.text", " \n ", 1, 10)
	c.Text("body.text", "ab", 3, 10)
	if got := codes(t, &c); got != "body.text field.required; body.text field.too_short" {
		t.Error(got)
	}
}

func TestEveryFaultIsCollected(t *testing.T) {
	t.Parallel()
	var c Check
	c.Line("body.name", "", 1, 5)
	c.OneOf("body.kind", "x", "a", "b")
	if got := c.Colour("body.colour", "#3370FF"); got != "#3370ff" {
		t.Error(got)
	}
	c.Colour("body.colour", "red")
	if got := codes(t, &c); got != "body.name field.required; body.kind field.not_allowed; body.colour field.bad_colour" {
		t.Error(got)
	}
}
