// Package split cuts what people type into sentences: Chinese, English and both mixed, with quotes, lists, Markdown, and chat
// lines without any punctuation. Nothing of the text is copied or changed: a View says which characters of the source a reader
// sees and where each stands, so that whatever is found in it has an offset in the source.
package split

import (
	"slices"
	"unicode/utf8"
)

// MaxRunes bounds the characters that are looked at; what comes after them is left out.
const MaxRunes = 200_000

// Kind says what a sentence is part of.
type Kind uint8

// The kinds.
const (
	Prose Kind = iota + 1
	Item
	Heading
	Quote
	Row
)

// Box is the state of a Markdown task list item.
type Box uint8

// The states.
const (
	NoBox Box = iota
	OpenBox
	TickedBox
)

// Sentence is a stretch of View.Runes.
type Sentence struct {
	Start, End int
	Kind       Kind
	Box        Box
	// Block numbers the paragraph, item, heading or row that the sentence stands in.
	Block int
	// Head is the sentence that is the heading above, -1 without one.
	Head int
}

// Mention is a link to a person or a task: @[name](person:ID), #[KEY](task:ID). Start and End are of View.Runes, the sign
// before the name included.
type Mention struct {
	Start, End int
	Scheme, ID string
}

// View is what a reader sees of a source: Markdown marks, targets of links, images, code blocks, struck out words and invisible
// characters are left out, white space is one blank, and digits and letters of full width are plain ones.
type View struct {
	Source    string
	Runes     []rune
	Sentences []Sentence
	Mentions  []Mention
	// Cut says that the source had more than MaxRunes characters.
	Cut bool

	at     []int32 // offset in the source, of each of Runes
	hidden []span  // inline marks, in order
}

// span is a stretch of the source. A closing one belongs to what stands before it.
type span struct {
	from, to int
	closes   bool
}

// Span gives the offsets in the source of a stretch of runes that is not empty. The marks around it belong to it: what is bold
// as a whole is bold in the span too.
func (v *View) Span(start, end int) (from, to int) {
	from, to = v.Bare(start, end)
	i, _ := slices.BinarySearchFunc(v.hidden, from, func(s span, at int) int { return s.from - at })
	for i--; i >= 0 && v.hidden[i].to == from && !v.hidden[i].closes; i-- {
		from = v.hidden[i].from
	}
	i, _ = slices.BinarySearchFunc(v.hidden, to, func(s span, at int) int { return s.from - at })
	for ; i < len(v.hidden) && v.hidden[i].from == to && v.hidden[i].closes; i++ {
		to = v.hidden[i].to
	}
	return from, to
}

// Bare is Span without the marks around.
func (v *View) Bare(start, end int) (from, to int) {
	last := int(v.at[end-1])
	_, n := utf8.DecodeRuneInString(v.Source[last:])
	return int(v.at[start]), last + n
}

// Plain is the sentence as a reader sees it.
func (v *View) Plain(s Sentence) string { return string(v.Runes[s.Start:s.End]) }

// Of makes the view of a source.
func Of(source string) *View {
	return Upto(source, MaxRunes)
}

// Upto is Of with a bound of its own, at most MaxRunes.
func Upto(source string, limit int) *View {
	limit = min(max(limit, 0), MaxRunes)
	v := &View{Source: source}
	// A character is one to four bytes: only long sources need counting.
	if len(source) > limit {
		n := 0
		for i := range source {
			if n == limit {
				v.Source, v.Cut = source[:i], true
				break
			}
			n++
		}
	}
	guess := min(limit, len(v.Source)/2+16)
	v.Runes = make([]rune, 0, guess)
	v.at = make([]int32, 0, guess)
	b := builder{v: v, head: -1}
	b.lines()
	v.titled()
	return v
}
