package words

import "strings"

// Term is one thing to look for: a word, or a phrase with its spaces.
type Term struct {
	plain []rune
	text  string
	// typed is what may be meant as pinyin, empty when it cannot be.
	typed string
}

// longestSpelling bounds what is compared with readings.
const longestSpelling = 60

// NewTerm makes a term; one that HasLetters says no to matches what holds its signs, and cannot be looked up.
func NewTerm(s string) Term {
	t := Term{plain: fold(strings.TrimSpace(s)).plain}
	t.text = strings.TrimSpace(string(t.plain))
	t.plain = []rune(t.text)
	if n := len(t.plain); n < 2 || n > longestSpelling {
		return t
	}
	for _, r := range t.plain {
		if r != '\'' && (r < 'a' || r > 'z') {
			return t
		}
	}
	// People part syllables with an apostrophe: xi'an.
	t.typed = strings.ReplaceAll(t.text, "'", "")
	return t
}

// String is the term as it is compared.
func (t Term) String() string { return t.text }

// Ways gives what to look up. An object that the term matches has every piece of at least one way; one that has them may
// still be no match, because pieces say nothing about what stands between them. Find decides.
func (t Term) Ways() [][]Gram {
	var ways [][]Gram
	var plain []Gram
	runs(t.plain, func(c class, run []rune) {
		n := min(2, len(run))
		if c == letter {
			n = min(3, len(run))
		}
		for i := 0; i+n <= len(run); i++ {
			plain = append(plain, gramOf(run[i:i+n]...))
		}
	})
	if len(plain) > 0 {
		ways = append(ways, plain)
	}
	if len(t.typed) > 1 {
		ways = append(ways, slide(spelt, t.typed), slide(initials, t.typed))
	}
	return ways
}

func slide(kind Gram, typed string) []Gram {
	n := min(3, len(typed))
	var out []Gram
	for i := 0; i+n <= len(typed); i++ {
		out = append(out, letters(kind, []byte(typed[i:i+n])))
	}
	return out
}

// Text is a text made ready to be compared with terms.
type Text struct {
	Place Place
	raw   string
	folded
	text string
}

// Ready prepares a text.
func Ready(place Place, raw string) Text {
	f := fold(raw)
	return Text{Place: place, raw: raw, folded: f, text: string(f.plain)}
}

// In tells whether the text holds the term.
func (t Term) In(text *Text) bool {
	if t.text == "" {
		return false
	}
	if strings.Contains(text.text, t.text) {
		return true
	}
	if t.typed == "" || text.Place != Title {
		return false
	}
	_, _, ok := spelling(text.plain, t.typed)
	return ok
}

// spans gives where the term stands in the text, in characters of what was written.
func (t Term) spans(text *Text) [][2]int {
	var out [][2]int
	if t.text == "" {
		return nil
	}
	put := func(from, to int) {
		end := text.from[to-1] + 1
		if to < len(text.from) {
			end = max(end, text.from[to]) // the marks of a letter belong to it
			if text.from[to] == text.from[to-1] {
				end = text.from[to-1] + 1
			}
		}
		out = append(out, [2]int{text.from[from], end})
	}
	n := len(t.plain)
	for at := 0; at+n <= len(text.plain); at++ {
		if text.plain[at] == t.plain[0] && string(text.plain[at:at+n]) == t.text {
			put(at, at+n)
			at += n - 1
		}
	}
	if len(out) == 0 && t.typed != "" && text.Place == Title {
		if from, to, ok := spelling(text.plain, t.typed); ok {
			put(from, to)
		}
	}
	return out
}
