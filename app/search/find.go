package search

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/search/posting"
	"dingban/app/search/query"
	"dingban/app/search/words"
)

const (
	// maxQuery bounds what is typed, in characters.
	maxQuery = 200
	// maxTerms bounds what of a query has to be compared.
	maxTerms = 30
	// maxPieces bounds what is looked up of a long word; the rest is compared.
	maxPieces = 8
	// maxRounds bounds the work on one page. When it ends before the page is full, the page is short and says where to go on.
	maxRounds = 5
	// snippetLength and titleLength are in characters.
	snippetLength = 80
	titleLength   = 300
)

// Orders of results.
const (
	Relevance = "relevance"
	Newest    = "newest"
)

// mark is where a page ended. It also has what the order of results depends on beside the documents themselves, so that it
// stays the same from page to page although time goes on and the index changes.
type mark struct {
	order   string
	at      int64 // the moment of the first page
	score   int64
	id      int64
	weights []int64 // of the terms
}

// Find gives a page of what a query finds and the person acting may read.
func (s *Service) Find(ctx context.Context, text, order string, p db.Page) (Result, error) {
	if order == "" {
		order = Relevance
	}
	if order != Relevance && order != Newest {
		return Result{}, fault.Invalid(fault.At("query.sort", "search.bad_order"))
	}
	f := &finder{s: s, size: p.Size(), mark: mark{order: order, at: clock.Millis(s.clock)}}
	if err := f.parse(ctx, text); err != nil {
		return Result{}, err
	}
	if p.Cursor != "" {
		from := mark{}
		if err := db.DecodeCursor(p.Cursor, &from.order, &from.at, &from.score, &from.id, &from.weights); err != nil {
			return Result{}, err
		}
		if from.order != order || len(from.weights) != len(f.query.Must) {
			return Result{}, fault.Invalid(fault.At("query.cursor", db.CodeCursor))
		}
		f.mark, f.later = from, true
	}
	if err := f.permissions(ctx); err != nil {
		return Result{}, err
	}
	if err := f.candidates(ctx); err != nil {
		return Result{}, err
	}
	return f.page(ctx)
}

// finder finds one page.
type finder struct {
	s       *Service
	query   query.Query
	filters *filters
	size    int
	mark    mark
	later   bool // not the first page

	readable map[uint8]readable
	found    []candidate
	total    int
}

// readable are the projects of which a kind of documents may be read, and whether those without a project may be.
type readable struct {
	projects map[int64]bool
	general  bool
}

func (f *finder) parse(ctx context.Context, text string) error {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return fault.Invalid(fault.At("query.q", "field.required"))
	case !utf8.ValidString(text):
		return fault.Invalid(fault.At("query.q", "field.bad_characters"))
	case utf8.RuneCountInString(text) > maxQuery:
		return fault.Invalid(fault.At("query.q", "field.too_long", "max", maxQuery))
	}
	q, err := query.Parse(text, f.s.clock.Now().In(zone()))
	var unclear *query.Error
	if errors.As(err, &unclear) {
		return misunderstood(unclear.Code, unclear.Part)
	}
	if err != nil {
		return err
	}
	if len(q.Must)+len(q.Not) > maxTerms {
		return fault.Invalid(fault.At("query.q", "search.too_many_words", "max", maxTerms))
	}
	lookedUp := len(q.Filters) > 0
	for _, t := range q.Must {
		lookedUp = lookedUp || len(t.Ways()) > 0
	}
	if !lookedUp && len(q.Not) > 0 && len(q.Must) == 0 {
		return fault.Invalid(fault.At("query.q", "search.only_exclusions"))
	}
	if !lookedUp {
		return fault.Invalid(fault.At("query.q", "search.no_letters"))
	}
	f.query = q
	f.filters, err = f.s.prepare(ctx, q.Filters)
	return err
}

func (f *finder) permissions(ctx context.Context) error {
	f.readable = map[uint8]readable{}
	for _, src := range f.s.sources {
		_, kind := src.Kind()
		ids, _, err := f.s.projects.Readable(ctx, src.Permission())
		if err != nil {
			return err
		}
		r := readable{projects: make(map[int64]bool, len(ids)), general: f.s.may(ctx, src.Permission())}
		for _, id := range ids {
			r.projects[id] = true
		}
		f.readable[kind] = r
	}
	return nil
}

// mayRead decides about a document; it is asked for what the index knows and again for what is true.
func (f *finder) mayRead(d *posting.Doc) bool {
	r, known := f.readable[d.Kind]
	if d.Project == 0 {
		return known && r.general
	}
	return r.projects[d.Project]
}

// page opens candidates, best first, until the page is full.
func (f *finder) page(ctx context.Context) (Result, error) {
	r := Result{Hits: make([]Hit, 0, min(f.size, len(f.found))), Total: f.total}
	at := 0
	for range maxRounds {
		round := f.found[at:min(at+f.size, len(f.found))]
		opened, err := f.open(ctx, round)
		if err != nil {
			return Result{}, err
		}
		for i := range round {
			at++
			if hit, ok := f.hit(opened, &round[i]); ok {
				r.Hits = append(r.Hits, hit)
			}
			if len(r.Hits) == f.size {
				break
			}
		}
		if len(r.Hits) == f.size || at == len(f.found) {
			break
		}
	}
	if at < len(f.found) {
		last := f.found[at-1]
		r.Next = db.EncodeCursor(f.mark.order, f.mark.at, last.score, last.id, f.mark.weights)
	} else if !f.later {
		r.Total, r.Exact = len(r.Hits), true
	}
	return r, nil
}

// open reads documents, all of a kind at once.
func (f *finder) open(ctx context.Context, round []candidate) (map[name]Document, error) {
	byKind := map[uint8][]int64{}
	for _, c := range round {
		byKind[c.kind] = append(byKind[c.kind], c.id)
	}
	out := make(map[name]Document, len(round))
	for kind, ids := range byKind {
		src, ok := f.s.sourceOf(kind)
		if !ok {
			continue
		}
		opened, err := f.s.openAs(ctx, src, ids)
		if err != nil {
			return nil, err
		}
		for id, d := range opened {
			d.Facts.Kind, d.Facts.ID = kind, id
			out[name{kind, id}] = d
		}
	}
	return out, nil
}

// hit compares what is written now, in the project where the document is now: the index may be a moment behind, and has
// pieces only.
func (f *finder) hit(opened map[name]Document, c *candidate) (Hit, bool) {
	d, there := opened[name{c.kind, c.id}]
	if !there || !f.mayRead(&d.Facts) || !f.filters.pass(&d.Facts) {
		return Hit{}, false
	}
	texts := make([]words.Text, 0, len(d.Texts))
	for _, t := range d.Texts {
		texts = append(texts, words.Ready(t.Place, t.Text))
	}
	if !f.matches(texts) {
		return Hit{}, false
	}
	src, _ := f.s.sourceOf(c.kind)
	h := Hit{Place: "title"}
	h.Kind, _ = src.Kind()
	d.Fill(&h)
	if len(texts) == 0 {
		return h, true
	}
	h.Title = words.Show(&texts[0], titleLength, f.query.Must)
	shown := f.shown(texts)
	switch shown.Place {
	case words.Body:
		h.Place = "body"
	case words.Comment:
		h.Place = "comment"
	default:
	}
	h.Parts = words.Show(shown, snippetLength, f.query.Must)
	h.Snippet = words.Join(h.Parts)
	return h, true
}

func (f *finder) matches(texts []words.Text) bool {
	for _, t := range f.query.Must {
		if !f.somewhere(t, texts) {
			return false
		}
	}
	for _, t := range f.query.Not {
		if f.somewhere(t, texts) {
			return false
		}
	}
	return true
}

func (f *finder) somewhere(t words.Term, texts []words.Text) bool {
	for i := range texts {
		if (!f.filters.comments || texts[i].Place == words.Comment) && t.In(&texts[i]) {
			return true
		}
	}
	return false
}

// shown is the first text that holds a term.
func (f *finder) shown(texts []words.Text) *words.Text {
	for i := range texts {
		for _, t := range f.query.Must {
			if f.somewhere(t, texts[i:i+1]) {
				return &texts[i]
			}
		}
	}
	return &texts[0]
}
