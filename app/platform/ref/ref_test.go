package ref_test

import (
	"encoding/json"
	"testing"

	"dingban/app/platform/ref"
)

func TestParseReadsWhatStringWrote(t *testing.T) {
	t.Parallel()
	for _, r := range []ref.Ref{ref.To("task", 1), ref.To("work_item", ref.MaxID)} {
		got, err := ref.Parse(r.String())
		if err != nil || got != r {
			t.Errorf("%s: got %v, %v", r, got, err)
		}
	}
}

func TestParseRefusesWhatIsNotARef(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "task", "task:", ":1", "task:0", "task:-1", "task:+1", "task:1x", "Task:1", "a b:1", "task:9007199254740992", "task:1:2"} {
		if got, err := ref.Parse(s); err == nil {
			t.Errorf("%q: got %v, want an error", s, got)
		}
	}
}

func TestJSONShape(t *testing.T) {
	t.Parallel()
	b, err := json.Marshal(ref.To("task", 42))
	if err != nil || string(b) != `{"kind":"task","id":42}` {
		t.Fatalf("got %s, %v", b, err)
	}
	if !(ref.Ref{}).IsZero() || ref.To("task", 1).IsZero() {
		t.Fatal("IsZero is wrong")
	}
}
