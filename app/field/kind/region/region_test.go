package region

import (
	"slices"
	"testing"
)

func TestTable(t *testing.T) {
	t.Parallel()
	provinces, cities := 0, 0
	for code, name := range table() {
		switch {
		case name == "" || len(code) != 2 && len(code) != 4 || len(code) == 4 && table()[code[:2]] == "":
			t.Errorf("%q %q", code, name)
		case len(code) == 2:
			provinces++
		default:
			cities++
		}
	}
	if provinces != 34 || cities != 342 {
		t.Errorf("%d provinces and %d prefectures, want 34 and 342", provinces, cities)
	}
	for code, want := range map[string]string{
		"11": "北京市", "4403": "深圳市", "65": "新疆维吾尔自治区", "6501": "乌鲁木齐市", "5323": "楚雄彝族自治州", "81": "香港特别行政区", "4604": "儋州市", "3702": "青岛市",
	} {
		if got := table()[code]; got != want {
			t.Errorf("%s is %q, want %q", code, got, want)
		}
	}
}

func TestLevelOf(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]Level{
		"110000": Province, "440300": City, "440305": County, "110105": County, "710000": Province, "810001": None, "810101": County,
		"990000": None, "449900": None, "449905": None, "44030": None, "4403051": None, "44030x": None, "": None, "440005": None,
	} {
		if got := LevelOf(code); got != want {
			t.Errorf("%q is of level %d, want %d", code, got, want)
		}
	}
}

func TestNamesAndFind(t *testing.T) {
	t.Parallel()
	if got := Names("440305"); !slices.Equal(got, []string{"广东省", "深圳市"}) {
		t.Error(got)
	}
	if got := Names("440000"); !slices.Equal(got, []string{"广东省"}) {
		t.Error(got)
	}
	if Names("99") != nil {
		t.Error("a name for no province")
	}
	for _, c := range []struct{ p, c, want string }{
		{"广东省", "深圳市", "440300"}, {"广东", "深圳", "440300"}, {"内蒙古", "", "150000"}, {"吉林", "吉林", "220200"}, {"北京", "", "110000"},
	} {
		if got, ok := Find(c.p, c.c); !ok || got != c.want {
			t.Errorf("%s %s: %s, want %s", c.p, c.c, got, c.want)
		}
	}
	for _, c := range [][2]string{{"火星", ""}, {"广东", "石家庄"}, {"", ""}, {"广", ""}} {
		if got, ok := Find(c[0], c[1]); ok {
			t.Errorf("%v: %s", c, got)
		}
	}
	if Prefix("440000") != "44" || Prefix("440300") != "4403" || Prefix("440305") != "440305" {
		t.Error("prefixes")
	}
}
