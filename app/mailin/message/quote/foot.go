package quote

import (
	"strings"
	"unicode/utf8"
)

// Bounds of a signature without the mark "-- ".
const (
	maxSignature = 14 // lines with text
	maxPhoneLine = 60 // letters of "Sent from my …"
)

// signature marks the signature of a stretch of new text.
func (s *splitter) signature(start, end int) {
	// The lines above disclaimers and banners at the end are the end of what was written.
	for i := start; i < end; i++ {
		if s.kinds[i] != New {
			continue
		}
		line := strings.TrimRight(s.lines[i], "\r\n")
		if line == "-- " || line == "--" && s.texts(i+1, end) <= maxSignature {
			s.sign(i, end)
			return
		}
		if fromDevice(s.bare[i]) {
			s.kinds[i] = Signature
			// What follows up to the quote is empty, or somebody writes below their signature.
			if s.texts(i+1, end) == 0 {
				s.sign(i, end)
			}
		}
	}
	s.card(start, end)
}

// sign marks the new lines of a stretch as a signature.
func (s *splitter) sign(start, end int) {
	for i := start; i < end; i++ {
		if s.kinds[i] == New {
			s.kinds[i] = Signature
		}
	}
}

// texts counts new lines that are not empty.
func (s *splitter) texts(start, end int) int {
	n := 0
	for i := start; i < end; i++ {
		if s.bare[i] != "" && s.kinds[i] == New {
			if n++; n > maxSignature {
				break
			}
		}
	}
	return n
}

// fromDevice says that a line is what mail programs of phones put under each mail.
func fromDevice(line string) bool {
	if line == "" || utf8.RuneCountInString(line) > maxPhoneLine+40 {
		return false
	}
	// A link around it has an address behind.
	text, _, _ := strings.Cut(strings.TrimPrefix(line, "["), "](")
	if utf8.RuneCountInString(text) > maxPhoneLine || strings.ContainsAny(text, "。？！?") {
		return false
	}
	lower := strings.ToLower(strings.ReplaceAll(text, " ", ""))
	for _, start := range []string{
		"发自我的", "發自我的", "从我的iphone发送", "从我的ipad发送", "從我的iphone傳送", "從我的ipad傳送", "寄自我的", "来自我的华为手机", "来自我的小米手机",
		"发自windows", "从windows版邮件发送", "发送自windows", "发自网易邮箱", "发自移动端", "发自手机", "发自outlook", "获取outlookfor", "下載outlookfor", "下载outlookfor", "发自qq邮箱", "发自foxmail", "发自企业微信", "发自阿里邮箱", "发自钉钉", "由网易邮箱大师定制",
		"sentfrommy", "sentfrommail", "sentfromoutlook", "getoutlookfor", "sentfromyahoo", "sentvia", "sentfromfoxmail", "vonmeineminphone",
	} {
		if strings.HasPrefix(lower, start) {
			return true
		}
	}
	return false
}

// card finds a signature nobody has marked: a few short lines at the end with ways to reach the writer, below a drawn line or below
// the words that end a letter.
func (s *splitter) card(start, end int) {
	contacts, lines := 0, 0
	for i := end - 1; i >= start && lines <= maxSignature; i-- {
		line := s.bare[i]
		if s.kinds[i] != New || line == "" {
			continue
		}
		switch {
		case s.signs(line) && s.texts(start, i) > 0:
			s.sign(s.above(s.farewellAbove(start, i)), end)
			return
		case rule(line):
			if contacts >= 1 {
				s.sign(i, end)
			}
			return
		case farewell(line) && contacts >= 2:
			s.sign(i, end)
			return
		case !short(line):
			return
		case contact(line):
			contacts++
		case strings.ContainsAny(line, "。？！?"):
			return
		}
		lines++
	}
}

// farewellAbove takes the words that end a letter along, unless nothing else would be left.
func (s *splitter) farewellAbove(start, i int) int {
	for j := i - 1; j >= start; j-- {
		switch {
		case s.kinds[j] != New || s.bare[j] == "":
			continue
		case !farewell(s.bare[j]) || s.texts(start, j) == 0:
			return i
		}
		i = j
	}
	return i
}

// signs says that a line is the writer's name, as it stands under a letter.
func (s *splitter) signs(line string) bool {
	if s.writer == "" {
		return false
	}
	line = strings.Trim(line, "-—~ ,，.。")
	for _, end := range []string{"敬上", "上", "谨启", "启"} {
		if rest, ok := strings.CutSuffix(line, end); ok && strings.TrimSpace(rest) == s.writer {
			return true
		}
	}
	return strings.EqualFold(line, s.writer)
}

// contact says that a line tells how to reach somebody.
func contact(line string) bool {
	lower := strings.ToLower(line)
	for _, start := range []string{
		"电话", "电 话", "手机", "手 机", "座机", "传真", "邮箱", "邮 箱", "邮件", "地址", "地 址", "网址", "网 址", "邮编", "微信", "qq", "電話", "手機", "傳真", "郵箱", "网站",
		"tel", "t:", "t：", "mobile", "mob", "m:", "m：", "phone", "cell", "fax", "e-mail", "email", "e:", "mail:", "address", "add:", "web", "website", "http://", "https://", "www.",
	} {
		if strings.HasPrefix(lower, start) {
			return true
		}
	}
	// An address or a telephone number and nothing else.
	if at := strings.IndexByte(line, '@'); at > 0 && !strings.ContainsAny(line, " ，,") {
		return true
	}
	digits := 0
	for _, r := range line {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune("+-() /转", r):
			return false
		}
	}
	return digits >= 7
}

// farewell says that a line ends a letter.
func farewell(line string) bool {
	switch strings.ToLower(strings.TrimRight(line, "!！,，.。~～ ")) {
	case "祝好", "此致", "敬礼", "此致敬礼", "顺颂商祺", "商祺", "顺祝商祺", "祝商祺", "致礼", "祝工作顺利", "谢谢", "多谢", "以上", "best regards", "best", "regards", "kind regards", "br", "b.r",
		"thanks", "thank you", "thanks & regards", "thanks and regards", "sincerely", "yours sincerely", "cheers", "best wishes", "順頌商祺", "敬祝", "many thanks", "warm regards":
		return true
	default:
		return false
	}
}

// disclaimers marks legal notices and the banners of gateways.
func (s *splitter) disclaimers(start, end int) {
	for i := start; i < end; {
		if s.bare[i] == "" {
			i++
			continue
		}
		stop := i
		for stop < end && s.bare[stop] != "" {
			stop++
		}
		for j := i; j < stop; j++ {
			if banner(s.bare[j]) {
				s.mark(j, j+1, Disclaimer)
				continue
			}
			if opensNotice(s.bare[j]) {
				last := stop
				if title(s.bare[j]) && j+1 == stop {
					// The title stands alone above its text.
					last = s.blank(stop)
					for last < end && s.bare[last] != "" {
						last++
					}
				}
				last = min(last, end)
				if legal(strings.Join(s.bare[j:last], " ")) {
					s.mark(max(start, s.above(j)), last, Disclaimer)
					stop = last
				}
				break
			}
		}
		i = max(stop, i+1)
	}
}

func title(line string) bool { return utf8.RuneCountInString(line) <= 30 }

// opensNotice says that a line may begin a legal notice.
func opensNotice(line string) bool {
	lower := strings.ToLower(strings.TrimLeft(line, "【[*-— （("))
	for _, start := range []string{
		"免责声明", "保密声明", "保密提示", "重要提示", "重要声明", "特别提示", "声明", "本邮件", "本电子邮件", "此电子邮件", "此邮件", "本信件", "郑重声明", "免責聲明", "保密聲明", "本郵件", "此郵件", "本電子郵件", "本信息",
		"this e-mail", "this email", "this message", "this communication", "confidential", "disclaimer", "important notice", "legal notice", "notice:", "privileged", "the information", "the contents of this", "the content of this", "if you are not the intended", "if you have received this",
	} {
		if strings.HasPrefix(lower, start) {
			return true
		}
	}
	return false
}

// legal says that a text speaks of secrecy and of readers it is not meant for: two of the words of such notices or more.
func legal(text string) bool {
	lower := strings.ToLower(text)
	hits := 0
	for _, word := range []string{
		"保密", "机密", "指定的收件人", "预期收件人", "指定收件人", "误收", "错误地收到", "未经授权", "未经许可", "立即删除", "予以删除", "请删除", "严禁", "禁止", "法律责任", "機密", "誤收", "未經授權", "刪除", "特定收件人", "披露", "散布", "散发", "不构成",
		"confidential", "intended recipient", "intended only", "intended solely", "intended for", "privileged", "unauthorized", "unauthorised", "delete", "disclos", "dissemin", "distribution", "copying", "in error", "prohibited", "liability",
	} {
		if strings.Contains(lower, word) {
			hits++
		}
	}
	return hits >= 2
}

// banner says that a gateway has put a line over the mail to warn of strangers.
func banner(line string) bool {
	if utf8.RuneCountInString(line) > 200 {
		return false
	}
	lower := strings.ToLower(strings.Trim(line, "【】[]*（）() "))
	switch lower {
	case "外部邮件", "外部郵件", "external", "external email", "external mail", "external sender", "ext":
		return true
	}
	for _, start := range []string{"caution: this email originated", "caution: external", "注意：此邮件来自外部", "注意:此邮件来自外部", "【外部邮件】", "外部邮件】", "外部邮件，", "外部邮件：", "此邮件来自外部", "本邮件来自外部", "邮件来自外部", "警告：外部", "[external]", "you don't often get email from"} {
		if strings.HasPrefix(lower, start) {
			return true
		}
	}
	return false
}
