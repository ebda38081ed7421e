package sheet

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// delimiters are the bytes that separate cells, the more common first.
const delimiters = ",\t;|"

// delimiterHint reads the line "sep=;" that Excel writes and obeys, and tells its length.
func delimiterHint(sample []byte) (byte, int) {
	line, _, found := bytes.Cut(sample, []byte("\n"))
	if !found {
		return 0, 0
	}
	hint, ok := bytes.CutPrefix(bytes.ToLower(bytes.TrimSuffix(line, []byte("\r"))), []byte("sep="))
	if !ok || len(hint) != 1 || strings.IndexByte(delimiters, hint[0]) < 0 {
		return 0, 0
	}
	return hint[0], len(line) + 1
}

// findDelimiter takes the candidate that cuts most rows of the sample into the same number of cells, more than one.
func findDelimiter(sample []byte, whole bool) byte {
	best, bestScore := delimiters[0], 0
	for _, d := range []byte(delimiters) {
		counts := shape(sample, d)
		if !whole && len(counts) > 1 {
			counts = counts[:len(counts)-1]
		}
		if s := steadiness(counts); s > bestScore {
			best, bestScore = d, s
		}
	}
	return best
}

// shape counts the cells of each row that is not blank, at most 200 of them.
func shape(sample []byte, d byte) []int {
	var counts []int
	cells, blank, quoted, fresh := 1, true, false, true
	for i := 0; i < len(sample) && len(counts) < 200; i++ {
		b := sample[i]
		switch {
		case quoted:
			if b == '"' {
				quoted = false
			}
		case b == '"' && (fresh || i > 0 && sample[i-1] == '"'):
			quoted, blank = true, false
		case b == d:
			cells++
			fresh, blank = true, false
			continue
		case b == '\n' || b == '\r':
			if !blank {
				counts = append(counts, cells)
			}
			cells, blank, fresh = 1, true, true
			continue
		case b != ' ':
			blank = false
		}
		fresh = false
	}
	if !blank {
		counts = append(counts, cells)
	}
	return counts
}

// steadiness is the share of rows, in thousandths, that have the most common number of cells; 0 when that is one. A
// first row with several cells counts as much as ten rows, for a header is never prose.
func steadiness(counts []int) int {
	if len(counts) == 0 {
		return 0
	}
	seen := map[int]int{}
	for _, n := range counts {
		seen[n]++
	}
	mode := 0
	for n, times := range seen {
		if times > seen[mode] || times == seen[mode] && n > mode {
			mode = n
		}
	}
	if mode < 2 {
		// Rows of one cell below a header of several happen; rows of several below a header of one do not.
		if counts[0] < 2 {
			return 0
		}
		return 1
	}
	score := 1000 * seen[mode] / (len(counts) + 10)
	if counts[0] == mode {
		score += 1000 * 10 / (len(counts) + 10)
	}
	return score
}

// HeaderRows is how many rows at the top of a table may be searched for the header.
const HeaderRows = 20

const maxHeader = 60

// FindHeader tells which of the first rows names the columns: -1 when none does. Exports put titles, dates and merged
// banners above it. known reports words that are names of columns; it may be nil.
func FindHeader(rows []Row, known func(string) bool) int {
	rows = rows[:min(len(rows), HeaderRows)]
	width := 0
	for _, r := range rows {
		width = max(width, filled(r))
	}
	best, bestScore := -1, 0
	for i, r := range rows {
		if s := headerScore(r, width, known); s > bestScore {
			best, bestScore = i, s
		}
	}
	return best
}

func filled(r Row) int {
	n := 0
	for _, c := range r.Cells {
		if c.Kind != Empty {
			n++
		}
	}
	return n
}

// headerScore is 0 for a row that can't be a header: one with numbers, days, long texts or repeated ones.
func headerScore(r Row, width int, known func(string) bool) int {
	n, hits := 0, 0
	seen := map[string]bool{}
	for _, c := range r.Cells {
		text := strings.TrimSpace(c.Text)
		switch {
		case text == "":
			continue
		case c.Kind != Text, utf8.RuneCountInString(text) > maxHeader, !hasLetter(text):
			return 0
		}
		n++
		if known != nil && known(text) {
			hits++
		}
		seen[strings.ToLower(text)] = true
	}
	// Jira repeats the name of a column that has several values, so repeats are judged by how many are left.
	if n == 0 || known == nil && len(seen) < (n+1)/2 {
		return 0
	}
	if known != nil {
		return hits
	}
	if 2*n <= width {
		return 0
	}
	return n
}

func hasLetter(s string) bool {
	return strings.ContainsFunc(s, unicode.IsLetter)
}
