// Package region knows the administrative divisions of China by their codes of GB/T 2260: two digits of the province, two
// of the prefecture, two of the county. Provinces and prefectures are listed with their names; counties change every year
// and are checked by the shape of their code only. The list is that of the end of 2023 as the statistics office publishes it,
// with 市辖区 and 县 below municipalities and the 90 of counties that stand directly under a province. The package does no
// input or output.
package region

import (
	_ "embed"
	"strings"
	"sync"
)

// divisions has a province a line: its two digits and name, then its prefectures, two digits and name each.
//
//go:embed divisions.txt
var divisions string

// table is made once, from embedded text that never changes.
var table = sync.OnceValue(func() map[string]string {
	names := make(map[string]string, 400)
	for line := range strings.Lines(divisions) {
		province := ""
		for i, word := range strings.Fields(line) {
			code := word[:2]
			if i == 0 {
				province = code
				names[code] = word[2:]
				continue
			}
			names[province+code] = word[2:]
		}
	}
	return names
})

// Level is how far down a code names a place.
type Level int

// The levels.
const (
	None Level = iota
	Province
	City
	County
)

// LevelOf tells which level a six-digit code is of; None when it is no code of a division that can exist.
func LevelOf(code string) Level {
	if len(code) != 6 || strings.IndexFunc(code, func(r rune) bool { return r < '0' || r > '9' }) >= 0 || !KnownProvince(code[:2]) {
		return None
	}
	switch {
	case code[2:] == "0000":
		return Province
	case code[4:] == "00":
		if code[2:4] == "00" || !knownCity(code) {
			return None
		}
		return City
	case code[2:4] == "00" || !knownCity(code):
		return None
	}
	return County
}

// KnownProvince tells whether the two digits are those of a province, municipality, autonomous or special region.
func KnownProvince(two string) bool { return len(two) == 2 && table()[two] != "" }

// knownCity is true for a listed prefecture; Taiwan, Hong Kong and Macao have none in the standard, so theirs are not judged.
func knownCity(code string) bool {
	if code[:2] == "71" || code[:2] == "81" || code[:2] == "82" {
		return true
	}
	return table()[code[:4]] != ""
}

// Names gives the listed names from the province down, one or two of them; none when the province is unknown.
func Names(code string) []string {
	if len(code) < 2 || table()[code[:2]] == "" {
		return nil
	}
	names := []string{table()[code[:2]]}
	if len(code) >= 4 && code[2:4] != "00" {
		if city := table()[code[:4]]; city != "" {
			names = append(names, city)
		}
	}
	return names
}

// Prefix is what the codes of a division and of those below it begin with.
func Prefix(code string) string {
	switch LevelOf(code) {
	case Province:
		return code[:2]
	case City:
		return code[:4]
	}
	return code
}

// Find gives the code of the province, or of the prefecture in it, that has this name; short names (北京, 石家庄) do too.
// The city may be empty.
func Find(province, city string) (string, bool) {
	p := find(province, "", 2)
	if p == "" {
		return "", false
	}
	if city == "" {
		return p + "0000", true
	}
	c := find(city, p, 4)
	return c + "00", c != ""
}

func find(name, prefix string, length int) string {
	best := ""
	for code, full := range table() {
		if len(code) != length || !strings.HasPrefix(code, prefix) || name == "" {
			continue
		}
		if full == name {
			return code
		}
		if len([]rune(name)) >= 2 && strings.HasPrefix(full, name) && (best == "" || code < best) {
			best = code
		}
	}
	return best
}
