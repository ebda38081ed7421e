package words

// Gram is a piece of one to three characters, in 21 bits each, or one of the letters of pinyin. It is clear text.
type Gram uint64

// What else than characters a gram is made of.
const (
	spelt    = 1<<63 | 1<<32 // letters of pinyin
	initials = 1<<63 | 2<<32 // first letters of neighbouring characters
)

func gramOf(runes ...rune) Gram {
	var g Gram
	for _, r := range runes {
		g = g<<21 | Gram(r)
	}
	return g
}

func letters(kind Gram, s []byte) Gram {
	for _, b := range s {
		kind = kind&^0xffffff | kind<<8&0xffff00 | Gram(b)
	}
	return kind
}

// Place says where in an object a text stands.
type Place uint8

// The places.
const (
	Title Place = iota + 1
	Body
	Comment
)

// Weight tells how much a piece says about an object: once somewhere, several times, in its title.
type Weight uint8

// The bits of a weight.
const (
	Several Weight = 1 << iota
	InTitle
)

// MaxGrams bounds one object. Beyond it only what comes first can be found; 20,000 characters never get there unless no
// pair repeats.
const MaxGrams = 40_000

// Bag collects the pieces of one object.
type Bag map[Gram]Weight

// Add cuts a text.
func (b Bag) Add(place Place, text string) {
	f := fold(text)
	runs(f.plain, func(c class, run []rune) {
		for i := range run {
			b.put(place, gramOf(run[i]))
			if i+1 < len(run) {
				b.put(place, gramOf(run[i], run[i+1]))
			}
			if c == letter && i+2 < len(run) {
				b.put(place, gramOf(run[i], run[i+1], run[i+2]))
			}
		}
		if c == sign && place == Title {
			spell(run, func(g Gram) { b.put(place, g) })
		}
	})
}

func (b Bag) put(place Place, g Gram) {
	w, known := b[g]
	switch {
	case known:
		w |= Several
	case len(b) >= MaxGrams:
		return
	}
	if place == Title {
		w |= InTitle
	}
	b[g] = w
}
