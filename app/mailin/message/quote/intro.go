package quote

import (
	"strings"
	"unicode/utf8"
)

// label is the field that a line of a quoted header names: "发件人: …", "From: …".
func label(line string) string {
	at := strings.IndexAny(line, ":：")
	if at <= 0 || at > 40 {
		return ""
	}
	name := strings.ToLower(strings.ReplaceAll(line[:at], " ", ""))
	switch name {
	case "发件人", "發件人", "寄件者", "寄件人", "from", "von", "de", "差出人", "от", "보낸사람", "发信人", "发送人":
		return "from"
	case "发送时间", "发件时间", "发送日期", "日期", "时间", "發送時間", "發送日期", "寄件日期", "傳送時間", "傳送日期", "日期時間", "sent", "date", "senton", "gesendet", "отправлено", "дата", "보낸날짜", "送信日時", "發件日期", "发信时间":
		return "sent"
	case "收件人", "收件者", "to", "an", "宛先", "кому", "받는사람", "收信人":
		return "to"
	case "抄送", "抄送人", "副本", "cc", "密送", "bcc", "回复给", "reply-to":
		return "cc"
	case "主题", "主題", "主旨", "subject", "标题", "betreff", "тема", "제목", "件名", "重要性", "importance", "附件", "attachments":
		return "subject"
	default:
		return ""
	}
}

// headers says that a quoted mail's header begins at a line: the sender, and at least two other fields among the lines below it.
// Fields may be apart by empty lines (from HTML) and have lines that go on.
func (s *splitter) headers(i int) bool {
	if label(s.bare[i]) != "from" {
		return false
	}
	seen := map[string]bool{}
	others := 0
	for j, looked := i+1, 0; j < len(s.bare) && looked < 14; j++ {
		looked++
		if s.bare[j] == "" {
			continue
		}
		name := label(s.bare[j])
		if name == "" {
			// A long list of recipients goes on; text does not.
			if others++; others > 4 || !strings.ContainsAny(s.bare[j], "@;<") {
				break
			}
			continue
		}
		seen[name] = true
	}
	delete(seen, "from")
	return len(seen) >= 2
}

// verbs end the line that introduces a quote.
func introEnd(line string) bool {
	line = strings.ToLower(strings.TrimRight(line, " "))
	for _, end := range []string{"wrote:", "wrote：", "写道:", "写道：", "寫道:", "寫道：", "schrieb:", "a écrit :", "a écrit:", "escribió:", "написал:", "wrote the following:", "写到:", "写到：", "写道", "寫道"} {
		if strings.HasSuffix(line, end) {
			return true
		}
	}
	return false
}

// attribution gives the number of lines of "On … wrote:" that begins at a line, or 0. It has a date or an address in it, so that a
// sentence that ends in these words is not one.
func (s *splitter) attribution(i int) int {
	const most = 4
	joined := ""
	for n := 0; n < most && i+n < len(s.bare); n++ {
		line := s.bare[i+n]
		if line == "" || s.quoted(i+n) {
			return 0
		}
		joined += line
		if len(joined) > 600 {
			return 0
		}
		if introEnd(joined) {
			if strings.Contains(joined, "@") || dated(joined) {
				return n + 1
			}
			return 0
		}
		if n == 0 && !introStart(line) {
			return 0
		}
		joined += " "
	}
	return 0
}

func introStart(line string) bool {
	for _, start := range []string{"On ", "At ", "在", "于", "於", "Am ", "Le ", "El "} {
		if strings.HasPrefix(line, start) {
			return true
		}
	}
	return strings.Contains(line, "@") || len(line) >= 4 && dated(line) && line[0] >= '0' && line[0] <= '9'
}

// dated says that there is a year or a time of day in a line.
func dated(line string) bool {
	digits := 0
	for i := range len(line) {
		c := line[i]
		switch {
		case c >= '0' && c <= '9':
			digits++
			continue
		case c == ':' && digits > 0 && i+1 < len(line) && line[i+1] >= '0' && line[i+1] <= '9':
			return true
		}
		if digits == 4 {
			return true
		}
		digits = 0
	}
	return digits == 4
}

// short says that a line is no longer than lines of signatures are.
func short(line string) bool { return utf8.RuneCountInString(line) <= 80 }
