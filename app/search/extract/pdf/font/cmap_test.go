package font

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCMap(t *testing.T) {
	t.Parallel()
	base := ParseCMap([]byte("1 begincidrange <0100> <01ff> 500 endcidrange"), nil, func(int) bool { return true })
	m := ParseCMap([]byte(`/Base usecmap
1 begincodespacerange <0000> <ffff> endcodespacerange
2 begincidchar <0041> 7 <0100> 9 endcidchar
3 beginbfchar <0001> <4e2d> <0002> <d83dde00> <0003> <0066006c> endbfchar
3 beginbfrange <0010> <0012> <0061> <0020> <0021> [<6587> <4ef6>] <0030> <002f> <0062> endbfrange
/WMode 1 def`), func(name string) *CMap {
		if name == "Base" {
			return base
		}
		return nil
	}, func(int) bool { return true })
	for code, want := range map[uint32]string{1: "中", 2: "😀", 3: "fl", 0x10: "a", 0x12: "c", 0x13: "", 0x20: "文", 0x21: "件", 0x22: "", 0x30: ""} {
		if got := m.Text(code); got != want {
			t.Errorf("code %#x means %q, want %q", code, got, want)
		}
	}
	for code, want := range map[uint32]uint32{0x41: 7, 0x100: 9, 0x101: 501, 0x42: 0} {
		if got := m.cid(code, 2); got != want {
			t.Errorf("code %#x is character %d, want %d", code, got, want)
		}
	}
	if !m.vertical {
		t.Error("it is not vertical")
	}
}

// FuzzCMap: any map ends, panics over nothing, spends what it is allowed at most and gives clean text.
func FuzzCMap(f *testing.F) {
	f.Add([]byte("1 beginbfrange <00> <ff> <d83dde00> endbfrange"), uint32(0x20))
	f.Add([]byte("/A usecmap 2 begincidrange <00000000> <ffffffff> 0 <00> <ffff> 65535 endcidrange"), uint32(1<<31))
	f.Add([]byte("1 beginbfrange <0000> <ffffffff> [<4e00> <4e01>"), uint32(1))
	f.Fuzz(func(t *testing.T, data []byte, code uint32) {
		left := 10_000
		spend := func(n int) bool { left -= n; return left > 0 }
		m := ParseCMap(data, func(string) *CMap { return &CMap{same: true} }, spend)
		if m.weight() > 10_000 || left < -1 {
			t.Fatalf("%d entries, %d left", m.weight(), left)
		}
		text := m.Text(code)
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) || len(text) > 2*maxText {
			t.Fatalf("code %#x means %q", code, text)
		}
		m.cid(code, 2)
	})
}
