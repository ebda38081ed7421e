package entity

import (
	"strings"

	"dingban/app/summary/lexicon"
	"dingban/app/summary/split"
)

// Evidence for a name, in points. A name needs enough of them from its characters and from what stands around it.
const (
	enough      = 10
	forCommon   = 4
	forCompound = 6
	forGiven    = 2
	notGiven    = -4
	inList      = 5 // 责任人：张伟、李娜
	behindLead  = 4 // 由, 请, 联系, 经理
	atEdge      = 2 // punctuation, the begin or end of the sentence, another entity
	beforeAct   = 4 // 负责, 反馈
	beforeColon = 4 // 张伟：收到
	beforeTitle = 6 // 张伟经理
	behindRole  = 4 // a word that ends with 员, 人, 师
	inWord      = -3
	maxZone     = 300 // characters of a list of names
	goesOnAfter = -2  // any other character behind it
)

// zone is a list of names behind a label and a colon.
type zone struct{ start, end int }

// people takes the names of a sentence.
func (f *finder) people() {
	f.zone = zone{}
	list := -1 // a name stood before the sign at this place
	for i := f.start; i < f.end; i++ {
		r := f.runes[i]
		switch {
		case r == '：' || r == ':':
			f.label(i)
			continue
		case f.taken[i] != free:
			continue
		case letter(r):
			if end := f.englishName(i); end > 0 {
				i = end - 1
			}
			continue
		case !split.IsHan(r):
			continue
		}
		if end := f.nickname(i); end > 0 {
			i, list = end-1, end
			continue
		}
		end, points := f.name(i, list == i-1 && f.listSign(i-1))
		if points >= enough {
			f.add(Person, takenPerson, i, end, f.text(i, end))
			i, list = end-1, end
		}
	}
}

func (f *finder) listSign(i int) bool {
	r := f.at(i)
	return r != 0 && strings.ContainsRune("、，,/ 和及与", r)
}

// label opens a zone when a label stands before the colon at i.
func (f *finder) label(i int) {
	k := i
	for k > f.start && (f.runes[k-1] == ' ' || f.runes[k-1] == '）' || f.runes[k-1] == ')') {
		k--
	}
	if f.before(k, lexicon.Label) == 0 && !f.englishLabel(k) {
		return
	}
	end := i + 1
	for end < f.end && end-i < maxZone && !strings.ContainsRune("；;。！!）)|", f.runes[end]) {
		end++
	}
	f.zone = zone{i + 1, end}
}

func (f *finder) englishLabel(k int) bool {
	i := k
	for i > f.start && letter(f.runes[i-1]) && k-i < 12 {
		i--
	}
	switch w, _ := f.word(i); w {
	case "owner", "assignee", "reporter", "reviewer", "attendees", "cc", "from", "to", "author":
		return true
	}
	return false
}

// edge tells that nothing of a word stands at i.
func (f *finder) edge(i int) bool {
	if i < f.start || i >= f.end || f.taken[i] != free {
		return true
	}
	r := f.runes[i]
	return !split.IsHan(r) && !latin(r)
}

// surname gives the length of the surname at i, and its points.
func (f *finder) surname(i int) (int, int) {
	n, tags := f.lex.Longest(f.runes[i:f.end], lexicon.Surname|lexicon.Rare)
	switch {
	case n == 0:
		return 0, 0
	case n > 1:
		return n, forCompound
	case tags&lexicon.Rare != 0:
		return 1, 0
	}
	return 1, forCommon
}

// nickname takes 王经理, 李总, 老张, 小刘, 张某, and whatever stands behind @.
func (f *finder) nickname(i int) int {
	if f.at(i-1) == '@' {
		j := i
		for j < f.end && j-i < 6 && f.taken[j] == free && split.IsHan(f.runes[j]) {
			j++
		}
		if n := j - i; n >= 2 && n <= 4 && f.edge(j) {
			f.add(Person, takenPerson, i, j, f.text(i, j))
			return j
		}
	}
	open := f.edge(i-1) || f.before(i, lexicon.Lead|lexicon.Act|lexicon.Verb|lexicon.Stop) > 0
	if r := f.runes[i]; (r == '老' || r == '小' || r == '阿') && open {
		if n, points := f.surname(i + 1); n == 1 && points == forCommon && f.taken[i+1] == free && !strings.ContainsRune("米车牛毛钱白熊龙孔", f.runes[i+1]) {
			if f.edge(i+2) || f.longest(i+2, lexicon.Act) > 0 || f.lex.Has(f.runes[i+2:i+3])&lexicon.Stop != 0 {
				f.add(Person, takenPerson, i, i+2, f.text(i, i+2))
				return i + 2
			}
		}
		return 0
	}
	n, points := f.surname(i)
	if n == 0 {
		return 0
	}
	j := i + n
	if f.at(j) == '某' {
		if j++; f.at(j) == '某' || f.at(j) == '甲' || f.at(j) == '乙' {
			j++
		}
		if points > 0 {
			f.add(Person, takenPerson, i, j, f.text(i, j))
			return j
		}
		return 0
	}
	m := f.longest(j, lexicon.Title)
	if m == 0 || !f.free(i, j+m) || m == 1 && f.titleGoesOn(j) {
		return 0
	}
	if f.longest(i, lexicon.NotName) > n || points == 0 && !open {
		return 0
	}
	// 副总, 部经理: the title began before what looks like a surname
	if f.before(j+m, lexicon.Title) > m {
		return 0
	}
	f.add(Person, takenPerson, i, j+m, f.text(i, j+m))
	return j + m
}

// titleGoesOn tells whether a title of one character begins another word: 工作, 总计.
func (f *finder) titleGoesOn(j int) bool {
	next := f.at(j + 1)
	switch f.runes[j] {
	case '工':
		return next != 0 && strings.ContainsRune("作程业具艺厂地人期资序时单况种位会友龄匠商伤装行信", next)
	case '总':
		return next != 0 && strings.ContainsRune("部体计数共额结量裁会局署是之线价成投行", next)
	}
	return false
}

// name weighs the names that may begin at i and gives the best.
func (f *finder) name(i int, listed bool) (end, points int) {
	n, base := f.surname(i)
	if n == 0 || f.longest(i-1, lexicon.Title|lexicon.Lead) > 1 {
		return 0, 0 // 师傅
	}
	zoned := i >= f.zone.start && i < f.zone.end && (f.edge(i-1) || f.listSign(i-1) || f.before(i, lexicon.Title) > 0)
	var left int
	switch {
	case zoned:
		left = inList
	case listed:
		left = behindLead
	case f.edge(i - 1):
		left = atEdge
		if f.at(i-1) == '@' {
			left = inList
		}
	case f.led(i):
		left = behindLead
	case strings.ContainsRune("员人师士", f.at(i-1)) && base > 0:
		left = behindRole
	case f.before(i, lexicon.Verb|lexicon.Act|lexicon.Stop) > 1 || strings.ContainsRune("的是为对有被把将及在从向于与", f.at(i-1)):
		left = 0
	default:
		left = inWord
	}
	other := f.longest(i, lexicon.NotName)
	for given := 2; given >= 1; given-- {
		j := i + n + given
		if j > f.end || !f.free(i, j) {
			continue
		}
		p := base + left
		ok := true
		for _, r := range f.runes[i+n : j] {
			if !split.IsHan(r) {
				ok = false
				break
			}
			if f.given.Has(r) {
				p += forGiven
			} else {
				p += notGiven
				if zoned {
					p -= notGiven
				}
			}
		}
		if !ok {
			continue
		}
		right := f.right(j)
		p += right
		if given == 1 {
			p += forGiven // a short name is no weaker than a long one
		}
		if other > 0 && (!zoned || right < atEdge || other > n+given) {
			continue // 方案, but 责任人：方案 where it stands alone
		}
		if p > points {
			end, points = j, p
		}
	}
	return end, points
}

// led tells whether a word that leads to a name ends before i: 由, but not the 经 of 已经.
func (f *finder) led(i int) bool {
	n := max(f.before(i, lexicon.Lead), f.before(i, lexicon.Title))
	if n > 1 {
		return true
	}
	return n == 1 && f.before(i, lexicon.Lead) == 1 && f.before(i, lexicon.Verb|lexicon.Act|lexicon.Stop) <= 1
}

// right weighs what stands behind a name.
func (f *finder) right(j int) int {
	switch r := f.at(j); {
	case (r == '：' || r == ':') && f.taken[j] == free:
		return beforeColon
	case f.edge(j):
		return atEdge
	}
	if m := f.longest(j, lexicon.Title); m > 1 || m == 1 && !f.titleGoesOn(j) {
		return beforeTitle
	}
	switch f.longest(j, lexicon.Act) {
	case 0:
	case 1:
		if f.at(j) == '的' {
			return atEdge // stands behind anything
		}
		return beforeAct
	default:
		return beforeAct
	}
	return goesOnAfter
}

// englishName takes @alice, Mr. Smith, Alice and Alice Chen.
func (f *finder) englishName(i int) int {
	if !f.wordBoundary(i) {
		return 0
	}
	word, end := f.word(i)
	if latin(f.at(end)) {
		return 0
	}
	if f.at(i-1) == '@' {
		for f.at(end) == '.' && letter(f.at(end+1)) || f.at(end) == '_' {
			_, end = f.word(end + 1)
		}
		// an address of mail has something before the sign
		if end > i+1 && (i-2 < f.start || !latin(f.runes[i-2])) {
			f.add(Person, takenPerson, i, end, f.text(i, end))
			return end
		}
		return 0
	}
	if f.runes[i] > 'Z' {
		return 0
	}
	start := i
	title := false
	switch word {
	case "mr", "mrs", "ms", "dr", "prof":
		if f.at(end) == '.' {
			end++
		}
		if f.at(end) != ' ' {
			return 0
		}
		title = true
	default:
		if _, ok := lexicon.FirstName()[word]; !ok || len(word) == end-i && word != "" && f.at(i+1) <= 'Z' {
			return 0
		}
	}
	if f.at(end) == ' ' && f.at(end+1) >= 'A' && f.at(end+1) <= 'Z' && f.at(end+2) >= 'a' && f.at(end+2) <= 'z' {
		if w, e := f.word(end + 1); monthNumber(w) == 0 && dayNumber(w) == 0 && !latin(f.at(e)) {
			end = e
		}
	} else if title {
		return 0
	}
	f.add(Person, takenPerson, start, end, string(f.runes[start:end]))
	return end
}

// again takes the names that were found once wherever else they stand: what is a name in one sentence is one in the next.
func (f *finder) again(v *split.View) {
	b := lexicon.Builder{}
	for _, e := range f.found {
		if e.Kind == Person && len(b) < MaxNames && e.End-e.Start >= 2 && e.ID == "" {
			b.Add(string(f.runes[e.Start:e.End]), lexicon.Surname)
		}
	}
	if len(b) == 0 {
		return
	}
	f.names = Names{[]*lexicon.Trie{b.Trie()}}
	for _, s := range v.Sentences {
		f.start, f.end = s.Start, s.End
		f.known()
		if len(f.found) >= MaxFound {
			return
		}
	}
}
