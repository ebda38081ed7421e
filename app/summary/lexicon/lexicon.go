// Package lexicon holds the words that the recognisers of app/summary go by: surnames, titles, what people do, units, suffixes
// of places and organisations, words that say that a sentence matters, and words that say nothing. It is a compact list for
// the language of work, not a dictionary; what is not in it is found by its neighbours and by repetition.
package lexicon

import (
	"slices"
	"strings"
	"sync"
)

// Tag says what a word is; a word may be several things.
type Tag uint32

// The tags.
const (
	Stop     Tag = 1 << iota // says nothing, and ends a phrase
	Surname                  // of many people
	Rare                     // a surname that more often is a common word or a part of one
	NotName                  // begins like a name and is none
	Title                    // 经理, 主任; stands after a name, or before one
	Act                      // what a person does; stands after a name
	Lead                     // stands before a name: 由, 请, 联系
	Label                    // stands before a colon and names: 责任人
	Province                 // and cities, without their suffix
	Area                     // suffixes of places: 省, 区, 路
	Spot                     // suffixes of places within a site: 会议室, 机房
	Company                  // suffixes of organisations that take any name: 公司, 医院
	Section                  // suffixes of departments: 部, 处
	Field                    // what a department deals with: 财务, 采购
	Generic                  // looks like an organisation or a place and is none: 我公司, 内部
	Verb                     // ends what can be the name of an organisation or a place, to the left
	Conclude                 // cues: conclusions and decisions
	Need                     // requests
	Deadline                 // dates to keep
	Risk                     // risks, trouble
	Cause                    // causes
	Next                     // what comes next, who is responsible
	Idle                     // greetings and thanks
	Tail                     // good endings of a key phrase: 系统, 方案
)

// Cues are the tags of words that make a sentence matter.
const Cues = Conclude | Need | Deadline | Risk | Cause | Next

// Trie finds words. It is immutable.
type Trie struct {
	pages [plane / pageSize]*[pageSize]entry // by the first character
	nodes []node
	runes []rune // of the edges
	to    []int32
}

type node struct {
	tags     Tag
	from, to int32 // edges
}

// entry is what is known of words by one character.
type entry struct {
	node int32 // that words with this first character begin at, 0 for none
	mask Tag   // of all words with this first character
	last Tag   // of all words with this last character
}

const (
	plane    = 0x10000 // all words are of the basic plane
	pageSize = 256     // a trie of a few names has few pages
)

// entry gives that of a character, an empty one when there is none.
func (t *Trie) entry(r rune) entry {
	if r >= 0 && r < plane {
		if page := t.pages[r/pageSize]; page != nil {
			return page[r%pageSize]
		}
	}
	return entry{}
}

// change gives the entry of a character of the plane, to write to.
func (t *Trie) change(r rune) *entry {
	page := t.pages[r/pageSize]
	if page == nil {
		page = &[pageSize]entry{}
		t.pages[r/pageSize] = page
	}
	return &page[r%pageSize]
}

// Chinese is the lexicon of this package.
var Chinese = sync.OnceValue(func() *Trie {
	b := Builder{}
	for _, group := range groups {
		for word := range strings.FieldsSeq(group.words) {
			b.Add(word, group.tag)
		}
	}
	return b.Trie()
})

type group struct {
	tag   Tag
	words string
}

// Builder collects words.
type Builder map[string]Tag

// Add takes a word.
func (b Builder) Add(word string, tag Tag) { b[word] |= tag }

// Trie makes a trie of the words so far.
func (b Builder) Trie() *Trie {
	words := make([]string, 0, len(b))
	for word := range b {
		if word != "" {
			words = append(words, word)
		}
	}
	slices.Sort(words)
	list := make([][]rune, 0, len(words))
	tags := make([]Tag, 0, len(words))
	t := &Trie{nodes: make([]node, 1)}
	for _, word := range words {
		runes := []rune(word)
		if runes[0] >= plane {
			continue
		}
		t.change(runes[0]).mask |= b[word]
		if end := runes[len(runes)-1]; end < plane {
			t.change(end).last |= b[word]
		}
		list = append(list, runes)
		tags = append(tags, b[word])
	}
	for from := 0; from < len(list); {
		to := from + 1
		for to < len(list) && list[to][0] == list[from][0] {
			to++
		}
		t.change(list[from][0]).node = t.node(list[from:to], tags[from:to], 1)
		from = to
	}
	return t
}

// node adds the node of words that share their first characters.
func (t *Trie) node(list [][]rune, tags []Tag, depth int) int32 {
	id := int32(len(t.nodes))
	t.nodes = append(t.nodes, node{})
	n := node{}
	if len(list[0]) == depth {
		n.tags = tags[0]
		list, tags = list[1:], tags[1:]
	}
	n.from = int32(len(t.runes))
	var cuts []int
	for i := range list {
		if i == 0 || list[i][depth] != list[i-1][depth] {
			cuts = append(cuts, i)
			t.runes = append(t.runes, list[i][depth])
			t.to = append(t.to, 0)
		}
	}
	n.to = int32(len(t.runes))
	t.nodes[id] = n
	for k, from := range cuts {
		to := len(list)
		if k+1 < len(cuts) {
			to = cuts[k+1]
		}
		t.to[int(n.from)+k] = t.node(list[from:to], tags[from:to], depth+1)
	}
	return id
}

// Longest gives the length of the longest word with one of the tags that begins with the first of runes, and its tags.
func (t *Trie) Longest(runes []rune, want Tag) (length int, tags Tag) {
	if len(runes) == 0 {
		return 0, 0
	}
	first := t.entry(runes[0])
	if first.mask&want == 0 {
		return 0, 0
	}
	at := first.node
	for depth := 1; at != 0; depth++ {
		n := t.nodes[at]
		if n.tags&want != 0 {
			length, tags = depth, n.tags
		}
		if depth == len(runes) || n.from == n.to {
			break
		}
		at = 0
		edges := t.runes[n.from:n.to]
		if k, ok := slices.BinarySearch(edges, runes[depth]); ok {
			at = t.to[int(n.from)+k]
		}
	}
	return length, tags
}

// Has tells the tags of exactly these characters.
func (t *Trie) Has(runes []rune) Tag {
	if len(runes) == 0 {
		return 0
	}
	at := t.entry(runes[0]).node
	for _, r := range runes[1:] {
		n := t.nodes[at]
		k, ok := slices.BinarySearch(t.runes[n.from:n.to], r)
		if !ok {
			return 0
		}
		at = t.to[int(n.from)+k]
	}
	return t.nodes[at].tags
}

// maxBefore is the length of the longest word that Before finds.
const maxBefore = 6

// Before gives the length of the longest word with one of the tags that ends with the last of runes.
func (t *Trie) Before(runes []rune, want Tag) int {
	if len(runes) == 0 {
		return 0
	}
	if t.entry(runes[len(runes)-1]).last&want == 0 {
		return 0
	}
	for n := min(maxBefore, len(runes)); n > 0; n-- {
		if t.entry(runes[len(runes)-n]).mask&want != 0 && t.Has(runes[len(runes)-n:])&want != 0 {
			return n
		}
	}
	return 0
}

// Set is a set of characters of the basic plane.
type Set []uint64

// SetOf takes the characters of a string.
func SetOf(s string) Set {
	set := make(Set, plane/64)
	for _, r := range s {
		if r < plane {
			set[r/64] |= 1 << (r % 64)
		}
	}
	return set
}

// Has tells whether a character is one of the set.
func (s Set) Has(r rune) bool { return r >= 0 && r < plane && s[r/64]&(1<<(r%64)) != 0 }
