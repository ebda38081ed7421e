package summary

import (
	"slices"
	"strings"
	"sync"

	"dingban/app/summary/entity"
	"dingban/app/summary/lexicon"
	"dingban/app/summary/split"
)

// Points of a sentence that asks for something.
const (
	enoughToDo = 3
	longToDo   = 4 // characters
)

// Words by which somebody is asked, by their points; words that begin like a request and are none; and words of what is over,
// which take points away.
const (
	askOne   = `需 及时 需要 要求 由 负责人 安排 落实 整改 我去`
	askTwo   = `须 请 麻烦 有劳 劳烦 尽快 抓紧 必须 负责 牵头 跟进 督促 下一步 截止 最迟 限期 记得 别忘了 我来 帮忙 帮我`
	askThree = `须在 需在 应在 须于 需于 应于 均须 均应 请务必 烦请 务请 请于 请各 请在 务必 责令 待办 责任人 我负责`
	notAsk   = `没有跟进 未跟进 无人跟进 没有落实 未落实 未整改 没有安排 未安排 不负责 没人负责 恳请贵 恳请谅 恳请理 请问 请假 请客 请示 请教 请见 请放心 请谅解 请知悉 请悉知 请查收 请审阅 请批示 申请 邀请 聘请 提请 理由 自由 由于 由此 事由 案由 因由 缘由 由来 无须 无需 不需要 不必 不需 需求 刚需 供需 所需 必需 须知 胡须 是否需要`
	isOver   = `已整改 已完成 已经完成 已处理 已解决 已修复 已提交 已落实 已确认 已联系 已通知 已安排 已更换 完成了 处理完 已经 做完了 搞定 已由 之前由 原由`
)

const (
	tagOne lexicon.Tag = 1 << iota
	tagTwo
	tagThree
	tagNot
	tagOver
)

const maxAsks = 4 // that count in one sentence

var askWords = sync.OnceValue(func() *lexicon.Trie {
	b := lexicon.Builder{}
	for tag, words := range map[lexicon.Tag]string{tagOne: askOne, tagTwo: askTwo, tagThree: askThree, tagNot: notAsk, tagOver: isOver} {
		for word := range strings.FieldsSeq(words) {
			b.Add(word, tag)
		}
	}
	return b.Trie()
})

// toDos finds the sentences that ask for something.
func (d *digest) toDos() []ToDo {
	var out []ToDo
	for k, s := range d.all.Sentences {
		if len(out) == MaxToDos {
			break
		}
		if s.Kind == split.Heading || s.Box == split.NoBox && d.todoPoints(k) < enoughToDo {
			continue
		}
		t := ToDo{Span: d.span(s.Start, s.End), Plain: d.all.Plain(s), Done: s.Box == split.TickedBox}
		t.Who = d.asked(s)
		t.DueText, t.Due, _ = d.due(s)
		out = append(out, t)
	}
	return out
}

func (d *digest) todoPoints(k int) int {
	s := d.all.Sentences[k]
	runes := d.all.Runes[s.Start:s.End]
	if len(runes) < longToDo || s.Kind == split.Quote {
		return 0
	}
	points := 0
	switch runes[len(runes)-1] {
	case '？', '?', '吗', '呢', '么':
		points = -2
	}
	var used [maxAsks][]rune
	count := 0
	for i := 0; i < len(runes); {
		n, tags := askWords().Longest(runes[i:], tagOne|tagTwo|tagThree|tagNot|tagOver)
		if n == 0 {
			i++
			continue
		}
		word := runes[i : i+n]
		i += n
		if tags&tagOver != 0 {
			points -= 3
		}
		if count == maxAsks || tags&tagNot != 0 || slices.ContainsFunc(used[:count], func(w []rune) bool { return slices.Equal(w, word) }) {
			continue
		}
		used[count] = word
		count++
		switch {
		case tags&tagThree != 0:
			points += 3
		case tags&tagTwo != 0:
			points += 2
		case tags&tagOne != 0:
			points++
		}
	}
	points += englishAsk(runes)
	asked := len(d.asked(s)) > 0
	if asked && points > 0 {
		points++
	}
	switch _, _, due := d.due(s); {
	case due && asked:
		points += 3
	case due:
		points++
	}
	if d.assigned(s) {
		points += 3
	}
	// Under a heading of tasks a line that names somebody or a date is one.
	if s.Head >= 0 && s.Kind == split.Item && d.cues[s.Head]&(lexicon.Next|lexicon.Need) != 0 && points >= 0 && len(d.within(s)) > 0 {
		points += 2
	}
	return points
}

// small are verbs of one character by which people share out work: 张琪补一个, 小陈你改一版.
const small = "补改查看写发做跑加修测盯催问整提拉理画出导配找订约"

// assigned tells whether a sentence begins with a person, and goes on with what they shall do: 小李明天去, 小陈你改一版, 张琪补一个.
func (d *digest) assigned(s split.Sentence) bool {
	found := d.within(s)
	for k, e := range found {
		if e.Kind != entity.Person || e.Start > s.Start && !strings.ContainsRune("，,：:@。", d.all.Runes[e.Start-1]) || e.End >= s.End {
			continue
		}
		runes := d.all.Runes[e.End:s.End]
		if runes[0] == '你' && len(runes) > 3 {
			return true
		}
		if strings.ContainsRune(small, runes[0]) && len(runes) > 3 && strings.ContainsRune("一下个份两", runes[1]) {
			return true
		}
		if k+1 < len(found) && found[k+1].Kind == entity.Time && found[k+1].Start == e.End {
			norm := found[k+1].Norm
			if strings.HasPrefix(norm, "day+") || strings.HasPrefix(norm, "week+") {
				return len(runes) > found[k+1].End-e.End+2 && !strings.ContainsRune("了过", d.all.Runes[s.End-1]) && !slices.Contains(runes, '已')
			}
		}
	}
	return false
}

func prefix(s string, words []string) int {
	for _, w := range words {
		if strings.HasPrefix(s, w) {
			return len(w)
		}
	}
	return 0
}

func englishAsk(runes []rune) int {
	if !slices.ContainsFunc(runes, func(r rune) bool { return r >= 'a' && r <= 'z' }) {
		return 0
	}
	low := strings.ToLower(string(runes))
	points := 0
	for _, a := range [...]struct {
		word   string
		points int
	}{{"please", 3}, {"todo", 3}, {"action item", 3}, {"must ", 2}, {"need to", 2}, {"needs to", 2}, {"should ", 1}, {" will ", 1}, {"owner", 2}, {"asap", 2}, {"deadline", 2}, {"make sure", 2}, {"follow up", 2}, {"can you", 2}, {"could you", 2}, {" due ", 1}} {
		if strings.Contains(low, a.word) {
			points += a.points
		}
	}
	return min(points, 5)
}

// toWhom are words before somebody who gets something and does nothing.
var toWhom = []string{"给", "向", "报送", "抄送", "联系", "通知", "告知", "转告", "陪同", "拜访", "呈报", "上报", "送达", "报", "转交", "移交", "提醒", "cc ", "to "}

// asked are the people whom a sentence asks: all it names, but for those who only get something; without any, the departments.
func (d *digest) asked(s split.Sentence) []string {
	var people, teams []string
	for _, e := range d.within(s) {
		switch e.Kind {
		case entity.Person:
			if !slices.Contains(people, e.Norm) && !hasSuffix(string(d.all.Runes[max(e.Start-3, s.Start):e.Start]), toWhom) {
				people = append(people, e.Norm)
			}
		case entity.Organisation:
			if !slices.Contains(teams, e.Norm) {
				teams = append(teams, e.Norm)
			}
		}
	}
	if len(people) > 0 {
		return people
	}
	if text := d.all.Plain(s); strings.Contains(text, "我来") || strings.Contains(text, "我负责") || strings.Contains(text, "我去") || strings.HasPrefix(text, "I will") || strings.HasPrefix(text, "I'll") {
		if author := d.part(s.Start).author; author != "" {
			return []string{author}
		}
	}
	return teams
}

// Words around a time by which something is to be done. 于3月5日 alone may as well be when something happened.
var (
	dueBehind = []string{"前", "之前", "以前", "内", "底前", "下班前", "截止", "完成"}
	dueBefore = []string{"截止", "最迟", "限", "期限", "时限", "最晚", "截止时间", "完成时间", "交期", "by", "before", "due", "deadline"}
	maybeDue  = []string{"于", "在", "时间", "on"}
)

// due finds the time that something is to be done by: 3月5日前, 截止周五, by Friday. The last one counts, since what went
// before mostly says since when. A sure one says so.
func (d *digest) due(s split.Sentence) (text, norm string, sure bool) {
	for _, e := range d.within(s) {
		if e.Kind != entity.Time {
			continue
		}
		behind := strings.TrimLeft(string(d.all.Runes[e.End:min(e.End+3, s.End)]), " ")
		before := strings.TrimRight(string(d.all.Runes[max(e.Start-10, s.Start):e.Start]), " ：:为是")
		certain := prefix(behind, dueBehind) > 0 || hasSuffix(before, dueBefore) || strings.HasSuffix(e.Norm, "close") || strings.HasPrefix(e.Norm, "holiday-before")
		if certain || !sure && hasSuffix(before, maybeDue) {
			text, norm, sure = string(d.all.Runes[e.Start:e.End]), e.Norm, certain
		}
	}
	return text, norm, sure
}

func hasSuffix(s string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.HasSuffix(s, w) })
}
