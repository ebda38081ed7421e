package message

import (
	"strings"
	"unicode/utf8"

	"dingban/app/mailin/message/quote"
)

// maxPrefixes is the most prefixes that are taken off a subject.
const maxPrefixes = 50

// BaseSubject takes the prefixes of answers and forwards off a subject, in the forms of clients in several languages ("Re: ",
// "回复：", "答复: ", "Fwd: ", "转发: ", "RE[2]: "), and says what the first of them is.
func BaseSubject(subject string) (base string, reply, forward bool) {
	base = strings.TrimSpace(subject)
	for n := range maxPrefixes {
		prefix, rest, ok := cutPrefix(base)
		if !ok {
			break
		}
		isForward := forwardWord(prefix)
		if !isForward && !replyWord(prefix) {
			break
		}
		if n == 0 {
			reply, forward = !isForward, isForward
		}
		base = strings.TrimSpace(rest)
	}
	return base, reply, forward
}

// cutPrefix cuts the word before the first colon, without a number behind it.
func cutPrefix(s string) (prefix, rest string, ok bool) {
	at := strings.IndexAny(s, ":：")
	if at <= 0 || at > 30 {
		return "", "", false
	}
	_, size := utf8.DecodeRuneInString(s[at:])
	prefix = strings.ToLower(strings.TrimSpace(s[:at]))
	if open := strings.IndexAny(prefix, "[(（^"); open > 0 && strings.Trim(prefix[open:], "[]()^（）0123456789") == "" {
		prefix = prefix[:open]
	}
	return strings.TrimSpace(prefix), s[at+size:], true
}

func replyWord(s string) bool {
	switch s {
	case "re", "回复", "答复", "回覆", "答覆", "回復", "aw", "sv", "antw", "res", "r", "回信", "回应", "返信":
		return true
	default:
		return false
	}
}

func forwardWord(s string) bool {
	switch s {
	case "fw", "fwd", "转发", "轉寄", "轉發", "转寄", "wg", "tr", "enc", "i", "轉送", "転送":
		return true
	default:
		return false
	}
}

// pieces cuts a text in its pieces. What a mail that is passed on has below the sender's own words is not an answer's quote.
func pieces(text, subject, writer string) quote.Segments {
	list := quote.Split(text, writer)
	if _, _, forward := BaseSubject(subject); !forward {
		return list
	}
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Kind == quote.Quoted {
			list[i].Kind = quote.Forwarded
			break
		}
	}
	return list
}
