package progress

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"
	"testing"
)

type buffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func events() []Event {
	return []Event{
		{Kind: KindFinding, Level: "warn", Code: "cpu.few", Text: "处理器：2 核\n建议：4 核"},
		{Kind: KindStep, Step: "images", State: Running, Text: "装入镜像"},
		{Kind: KindProgress, Step: "images", Text: "", Done: 50, Total: 100},
		{Kind: KindProgress, Step: "images", Text: "mysql：启动中"},
		{Kind: KindProgress, Step: "images", Text: "mysql：启动中"},
		{Kind: KindStep, Step: "images", State: Done, Text: "装入镜像"},
		{Kind: KindStep, Step: "render", State: Unchanged, Text: "写配置"},
		{Kind: KindLog, Text: "boom"},
		{Kind: KindError, Text: "失败"},
	}
}

func TestPlainLinesHaveNoMovement(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	s := New(&out, false)
	for _, e := range events() {
		s.Emit(e)
	}
	s.Close()
	want := "[!!] 处理器：2 核\n    建议：4 核\n[..] 装入镜像\n    mysql：启动中\n[ok] 装入镜像\n[==] 写配置\n    | boom\n失败\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

func TestEachJSONLineIsOneEvent(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	s := New(&out, true)
	for _, e := range events() {
		s.Emit(e)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != len(events()) {
		t.Fatalf("%d lines", len(lines))
	}
	for i, line := range lines {
		var e Event
		if err := json.Unmarshal([]byte(line), &e); err != nil || e != events()[i] {
			t.Errorf("line %d: %v %+v", i, err, e)
		}
	}
}

func TestTerminalRedrawsOneLineAndStops(t *testing.T) {
	t.Parallel()
	var out buffer
	s := Terminal(&out, func() int { return 30 })
	for _, e := range events() {
		s.Emit(e)
	}
	s.Close()
	s.Close() // a second one is harmless
	text := out.String()
	for _, want := range []string{"✔\x1b[0m 装入镜像\n", "50%", "│ boom", "失败"} {
		// The bar does not fit into 30 cells together with the step, which is cut and not wrapped.
		if want != "50%" && !strings.Contains(text, want) {
			t.Errorf("%q is missing in %q", want, text)
		}
	}
	if got := fit("  ⠋ 装入镜像 [████]", 10); got != "  ⠋ 装入镜" {
		t.Errorf("cut to %q", got)
	}
	if got := bar(50, 100); !strings.HasSuffix(got, " 50%") {
		t.Error(got)
	}
}
