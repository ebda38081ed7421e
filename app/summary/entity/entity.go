// Package entity finds people, times, amounts, places and organisations in the sentences of a text, by the words of
// app/summary/lexicon, by the shapes of numbers, and by what stands around a name. It knows no dictionary of names but the one
// that it is given.
package entity

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"dingban/app/summary/lexicon"
	"dingban/app/summary/split"
)

// Kind says what an entity is.
type Kind string

// The kinds.
const (
	Person       Kind = "person"
	Time         Kind = "time"
	Amount       Kind = "amount"
	Place        Kind = "place"
	Organisation Kind = "organisation"
)

// Bounds of one text and of the names that are given.
const (
	MaxFound     = 5000
	MaxNames     = 20_000
	MaxNameRunes = 32
)

// Found is an entity: a stretch of the runes of a view that is not empty and lies in one sentence.
type Found struct {
	Kind       Kind
	Start, End int
	// Norm is the same for the same thing. A time is written as ISO 8601 has it, without a year as --03-05, or by what it is
	// relative to: day+1, week+1-5 (Friday of the next week), month+0-end, quarter-3. An amount is a plain decimal number and
	// a unit: 120000 CNY, 15 %, 3 台; two numbers with .. are a range. Anything else is the text without blanks.
	Norm string
	// ID is of the person that a mention links to.
	ID string
}

// TimeSpan is a time in a sentence, by offsets in bytes.
type TimeSpan struct {
	From, To int
	Norm     string
}

// TimeRecogniser finds times better than this package does, which knows no calendar and no today. It is given one sentence;
// spans that are out of order, out of range, or not at the boundary of a character are ignored.
type TimeRecogniser interface {
	Times(sentence string) []TimeSpan
}

// Names are the names of people who are known.
type Names struct {
	tries []*lexicon.Trie
}

// NewNames takes at most MaxNames names of at least two and at most MaxNameRunes characters; others are left out.
func NewNames(names []string) Names { return Names{}.With(names) }

// With knows more names.
func (n Names) With(names []string) Names {
	b := lexicon.Builder{}
	for _, name := range names {
		if len(b) == MaxNames {
			break
		}
		name = strings.TrimSpace(name)
		if n := utf8.RuneCountInString(name); n >= 2 && n <= MaxNameRunes {
			b.Add(name, lexicon.Surname)
		}
	}
	if len(b) == 0 {
		return n
	}
	return Names{append(slices.Clone(n.tries), b.Trie())}
}

// longest gives the length of the longest name that runes begin with.
func (n Names) longest(runes []rune) int {
	best := 0
	for _, t := range n.tries {
		k, _ := t.Longest(runes, lexicon.Surname)
		best = max(best, k)
	}
	return best
}

// LooksLikeName tells whether what people call themselves is a name that would be found in a text as one: a Latin word, or two to
// four characters with a surname first, or 老 or 小.
func LooksLikeName(s string) bool {
	runes := []rune(s)
	if len(runes) < 2 || len(runes) > MaxNameRunes {
		return false
	}
	if letter(runes[0]) {
		for _, r := range runes {
			if !latin(r) && r != '.' && r != '_' && r != ' ' {
				return false
			}
		}
		return len(runes) > 2
	}
	if len(runes) > 4 {
		return false
	}
	for _, r := range runes {
		if !split.IsHan(r) {
			return false
		}
	}
	lex := lexicon.Chinese()
	if n, _ := lex.Longest(runes, lexicon.NotName|lexicon.Field); n > 0 {
		return false
	}
	n, _ := lex.Longest(runes, lexicon.Surname)
	return n > 0 || len(runes) == 2 && (runes[0] == '老' || runes[0] == '小' || runes[0] == '阿')
}

// Find gives the entities of a text in order; they do not overlap. A nil recogniser means that of this package.
func Find(v *split.View, names Names, times TimeRecogniser) []Found {
	f := &finder{lex: lexicon.Chinese(), given: lexicon.Given(), singles: singleSet(), timeStart: timeStartSet(), runes: v.Runes, taken: make([]claim, len(v.Runes)), names: names, times: times}
	mentions := v.Mentions
	for _, s := range v.Sentences {
		f.start, f.end = s.Start, s.End
		for len(mentions) > 0 && mentions[0].Start < s.End {
			f.mention(mentions[0])
			mentions = mentions[1:]
		}
		f.sentence()
		if len(f.found) >= MaxFound {
			break
		}
	}
	f.again(v)
	slices.SortFunc(f.found, func(a, b Found) int { return a.Start - b.Start })
	return f.found[:min(len(f.found), MaxFound)]
}

// claim is a kind in one byte, for the map of what is taken.
type claim uint8

// What a rune is taken for.
const (
	free claim = iota
	takenPerson
	takenTime
	takenAmount
	takenPlace
	takenOrganisation
	takenOther
)

var (
	singleSet    = sync.OnceValue(func() lexicon.Set { return lexicon.SetOf(singles) })
	timeStartSet = sync.OnceValue(func() lexicon.Set { return lexicon.SetOf(timeStart) })
)

type finder struct {
	lex        *lexicon.Trie
	given      lexicon.Set
	singles    lexicon.Set
	timeStart  lexicon.Set
	runes      []rune
	taken      []claim
	names      Names
	times      TimeRecogniser
	start, end int // of the sentence
	found      []Found
	zone       zone
}

// add takes a stretch for an entity.
func (f *finder) add(kind Kind, as claim, start, end int, norm string) {
	if len(f.found) >= MaxFound {
		return
	}
	f.found = append(f.found, Found{Kind: kind, Start: start, End: end, Norm: norm})
	for i := start; i < end; i++ {
		f.taken[i] = as
	}
}

func (f *finder) free(start, end int) bool {
	for i := start; i < end; i++ {
		if f.taken[i] != free {
			return false
		}
	}
	return start < end
}

// text is a stretch without blanks.
func (f *finder) text(start, end int) string {
	return strings.ReplaceAll(string(f.runes[start:end]), " ", "")
}

// mention takes what is linked, the sign not included.
func (f *finder) mention(m split.Mention) {
	start := m.Start + 1
	if start < f.start || m.End > f.end || start >= m.End || !f.free(start, m.End) {
		return
	}
	if m.Scheme == "person" {
		f.add(Person, takenPerson, start, m.End, f.text(start, m.End))
		f.found[len(f.found)-1].ID = m.ID
		return
	}
	for i := m.Start; i < m.End; i++ {
		f.taken[i] = takenOther
	}
}

func (f *finder) sentence() {
	f.known()
	if f.times != nil {
		f.otherTimes()
	} else {
		f.eachFree(f.time)
	}
	f.eachFree(f.amount)
	f.organisations()
	f.places()
	f.people()
}

// eachFree tries a recogniser at each rune that is free; it gives the end of what it took, 0 for nothing.
func (f *finder) eachFree(try func(i int) int) {
	for i := f.start; i < f.end; {
		if f.taken[i] == free {
			if end := try(i); end > i {
				i = end
				continue
			}
		}
		i++
	}
}

// known takes the names that were given.
func (f *finder) known() {
	if len(f.names.tries) == 0 {
		return
	}
	f.eachFree(func(i int) int {
		n := f.names.longest(f.runes[i:f.end])
		if n == 0 || !f.wordBoundary(i) || !f.wordBoundary(i+n) || !f.free(i, i+n) {
			return 0
		}
		f.add(Person, takenPerson, i, i+n, f.text(i, i+n))
		return i + n
	})
}

// wordBoundary tells that no Latin word goes on across i.
func (f *finder) wordBoundary(i int) bool {
	return i <= f.start || i >= f.end || !latin(f.runes[i-1]) || !latin(f.runes[i])
}

func (f *finder) otherTimes() {
	text := string(f.runes[f.start:f.end])
	at, i := 0, f.start
	for _, span := range f.times.Times(text) {
		if span.From < at || span.To <= span.From || span.To > len(text) || !boundary(text, span.From) || !boundary(text, span.To) {
			continue
		}
		start := i + utf8.RuneCountInString(text[at:span.From])
		end := start + utf8.RuneCountInString(text[span.From:span.To])
		at, i = span.To, end
		if f.free(start, end) {
			f.add(Time, takenTime, start, end, span.Norm)
		}
	}
}

func boundary(s string, i int) bool { return i == len(s) || utf8.RuneStart(s[i]) }

// at gives the rune at i, 0 beyond the sentence.
func (f *finder) at(i int) rune {
	if i < f.start || i >= f.end {
		return 0
	}
	return f.runes[i]
}

func (f *finder) longest(i int, want lexicon.Tag) int {
	if i < f.start || i >= f.end {
		return 0
	}
	n, _ := f.lex.Longest(f.runes[i:f.end], want)
	return n
}

// before gives the length of a word that ends at i.
func (f *finder) before(i int, want lexicon.Tag) int {
	if i <= f.start || i > f.end {
		return 0
	}
	return f.lex.Before(f.runes[f.start:i], want)
}

func latin(r rune) bool {
	return '0' <= r && r <= '9' || letter(r)
}

func letter(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}

func digit(r rune) bool { return '0' <= r && r <= '9' }

// lower compares with a word of small letters.
func (f *finder) word(i int) (string, int) {
	end := i
	for end < f.end && letter(f.runes[end]) && end-i < 20 {
		end++
	}
	return strings.ToLower(string(f.runes[i:end])), end
}
