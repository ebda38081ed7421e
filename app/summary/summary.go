// Package summary says in a few sentences what a long task or a thread of comments is about: the sentences that matter, as they
// were written; key phrases; people, times, amounts, places and organisations; and what somebody is to do. It needs no network,
// no model and no dictionary of the language, and gives the same answer for the same text.
//
// It takes sentences out and makes none up: each has the offsets at which it stands in the text.
package summary

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"dingban/app/summary/entity"
	"dingban/app/summary/lexicon"
	"dingban/app/summary/phrase"
	"dingban/app/summary/split"
)

// Bounds. What is beyond them is left out, and Report.Cut says so.
const (
	MaxRunes    = split.MaxRunes // of a document, or of all messages of a thread
	MaxMessages = 5000
	MaxBudget   = 5000 // characters of a summary
	MaxPhrases  = 100
	MaxEntities = entity.MaxFound
	MaxToDos    = 500

	minRest = 8 // characters behind a greeting that are a sentence by themselves

	defaultBudget  = 300
	defaultPhrases = 10
)

// Options say what is wanted. The zero value means the defaults.
type Options struct {
	// Budget is the most characters of all sentences together, as a reader sees them; 300 when it is 0, never more than MaxBudget.
	Budget int
	// Phrases is the most key phrases; 10 when it is 0, never more than MaxPhrases.
	Phrases int
	// Title is that of the task; what a sentence shares with it counts.
	Title string
	// Names are the people who are known here.
	Names entity.Names
	// Times recognises times; nil means the simple shapes of package entity.
	Times entity.TimeRecogniser
}

// Message is one of a thread.
type Message struct {
	// Author is who wrote it; a to-do of somebody who says "I" is theirs. It may be empty.
	Author string
	Text   string
}

// Span is a stretch of a text: Text is message.Text[From:To], offsets in bytes. A document is message 0.
type Span struct {
	Message  int
	From, To int
	Text     string
}

// Sentence is one of a summary. Plain is what a reader sees of it, without Markdown.
type Sentence struct {
	Span
	Plain string
	// Score is comparable within one report.
	Score float64
}

// Phrase is a key phrase where it stands first.
type Phrase struct {
	Span
	Plain string
	Count int
	Score float64
}

// Entity is one of package entity; Norm and ID are explained there.
type Entity struct {
	Span
	Kind entity.Kind
	Norm string
	ID   string
}

// ToDo is a sentence that asks for something or says who does it.
type ToDo struct {
	Span
	Plain string
	// Who are the people and, without any, the departments that are asked: normal forms of entities.
	Who []string
	// Due is the normal form of the time by which it is to be done; DueText is the time as it is written.
	Due, DueText string
	// Done says that its box is ticked.
	Done bool
}

// Report is what there is to say about a text.
type Report struct {
	// Sentences are in the order of the text.
	Sentences []Sentence
	// Phrases are the best first.
	Phrases []Phrase
	// Entities and ToDos are in the order of the text.
	Entities []Entity
	ToDos    []ToDo
	// Cut says that the text was longer than the bounds.
	Cut bool
}

// Document reports on one text, plain or Markdown.
func Document(text string, o Options) Report {
	return report([]Message{{Text: text}}, false, o)
}

// Thread reports on messages in their order.
func Thread(messages []Message, o Options) Report {
	return report(messages, true, o)
}

// part is a message with its view, and where its runes and sentences begin among those of all.
type part struct {
	message int
	view    *split.View
	runes   int
	first   int
	heads   int // headings before its first sentence
	author  string
}

func report(messages []Message, thread bool, o Options) Report {
	o.Budget = bounded(o.Budget, defaultBudget, MaxBudget)
	o.Phrases = bounded(o.Phrases, defaultPhrases, MaxPhrases)
	var out Report
	if len(messages) > MaxMessages {
		messages, out.Cut = messages[:MaxMessages], true
	}
	d := &digest{options: o, thread: thread, all: &split.View{}}
	room := MaxRunes
	for i, m := range messages {
		if room == 0 {
			out.Cut = true
			break
		}
		v := split.Upto(m.Text, room)
		out.Cut = out.Cut || v.Cut
		room -= min(room, utf8.RuneCountInString(v.Source))
		d.add(i, m, v)
	}
	d.entities()
	d.index = phrase.Of(d.all, d.skip, o.Phrases)
	d.judge()
	for _, k := range d.choose() {
		s := d.all.Sentences[k]
		out.Sentences = append(out.Sentences, Sentence{Span: d.span(s.Start, s.End), Plain: d.all.Plain(s), Score: d.score[k]})
	}
	for _, p := range d.index.Phrases {
		out.Phrases = append(out.Phrases, Phrase{Span: d.bare(p.Start, p.End), Plain: p.Text, Count: p.Count, Score: p.Score})
	}
	for _, e := range d.found {
		out.Entities = append(out.Entities, Entity{Span: d.bare(e.Start, e.End), Kind: e.Kind, Norm: e.Norm, ID: e.ID})
	}
	out.ToDos = d.toDos()
	return out
}

func bounded(n, usual, most int) int {
	if n <= 0 {
		return usual
	}
	return min(n, most)
}

// digest is one report in the making. The views of all messages are put together into one, so that what is said in one message
// counts in the next.
type digest struct {
	options Options
	thread  bool
	parts   []part
	all     *split.View
	found   []entity.Found
	skip    []bool
	index   *phrase.Index
	score   []float64
	cues    []cueSet
}

// add appends the view of a message. An empty one stays away.
func (d *digest) add(i int, m Message, v *split.View) {
	if len(v.Sentences) == 0 {
		return
	}
	trimGreetings(v)
	shift, first := len(d.all.Runes), len(d.all.Sentences)
	heads := 0
	for heads < len(v.Sentences) && v.Sentences[heads].Kind == split.Heading {
		heads++
	}
	d.parts = append(d.parts, part{i, v, shift, first, heads, m.Author})
	d.all.Runes = append(d.all.Runes, v.Runes...)
	for _, s := range v.Sentences {
		s.Start += shift
		s.End += shift
		if s.Head >= 0 {
			s.Head += first
		}
		d.all.Sentences = append(d.all.Sentences, s)
	}
	for _, m := range v.Mentions {
		m.Start += shift
		m.End += shift
		d.all.Mentions = append(d.all.Mentions, m)
	}
}

// trimGreetings lets sentences begin behind 大家好 and 收到 when more follows.
func trimGreetings(v *split.View) {
	lex := lexicon.Chinese()
	for k := range v.Sentences {
		s := &v.Sentences[k]
		for range 3 {
			n, tags := lex.Longest(v.Runes[s.Start:s.End], lexicon.Idle)
			if n < 2 || tags&lexicon.Cues != 0 || s.End-s.Start < n+minRest || !strings.ContainsRune("，,！!、 ", v.Runes[s.Start+n]) {
				break
			}
			s.Start += n + 1
			for v.Runes[s.Start] == ' ' {
				s.Start++
			}
		}
	}
}

// part finds the one that a rune stands in.
func (d *digest) part(rune int) *part {
	i, ok := slices.BinarySearchFunc(d.parts, rune, func(p part, at int) int { return cmp.Compare(p.runes, at) })
	if !ok {
		i--
	}
	return &d.parts[i]
}

func (d *digest) span(start, end int) Span { return d.spanOf(start, end, (*split.View).Span) }
func (d *digest) bare(start, end int) Span { return d.spanOf(start, end, (*split.View).Bare) }

func (d *digest) spanOf(start, end int, of func(*split.View, int, int) (int, int)) Span {
	p := d.part(start)
	from, to := of(p.view, start-p.runes, end-p.runes)
	return Span{Message: p.message, From: from, To: to, Text: p.view.Source[from:to]}
}

// entities finds them, and keeps phrases out of names, times and amounts.
func (d *digest) entities() {
	// Who writes is talked about.
	var authors []string
	for _, p := range d.parts {
		if entity.LooksLikeName(p.author) {
			authors = append(authors, p.author)
		}
	}
	slices.Sort(authors)
	d.found = entity.Find(d.all, d.options.Names.With(slices.Compact(authors)), d.options.Times)
	d.skip = make([]bool, len(d.all.Runes))
	for _, e := range d.found {
		for i := e.Start; i < e.End; i++ {
			d.skip[i] = true
		}
	}
}

// within gives the entities of a sentence.
func (d *digest) within(s split.Sentence) []entity.Found {
	from, _ := slices.BinarySearchFunc(d.found, s.Start, func(e entity.Found, at int) int { return cmp.Compare(e.Start, at) })
	to := from
	for to < len(d.found) && d.found[to].Start < s.End {
		to++
	}
	return d.found[from:to]
}
