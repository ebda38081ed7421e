// Package origin tells who or what has sent a mail, as far as its header tells: a person, or a machine that answers, reports or
// distributes; and what the receiving server has found out about the sender (Authentication-Results). It decides nothing: it gives
// a verdict with its reasons.
package origin

import (
	"slices"
	"strings"

	"dingban/app/mailin/message/header"
)

// Kind says what sort of sender a mail has.
type Kind string

// Kinds, those that weigh more first.
const (
	Loop      Kind = "loop"      // came from this instance, or has gone round
	Bounce    Kind = "bounce"    // says that a mail could not be delivered
	Delayed   Kind = "delayed"   // says that a mail is not delivered yet
	Delivered Kind = "delivered" // says that a mail has been delivered or passed on
	Receipt   Kind = "receipt"   // says that a mail has been read or deleted (RFC 8098)
	Vacation  Kind = "vacation"  // answers for somebody who is away, or confirms that a mail has come
	Generated Kind = "generated" // made by a machine for other reasons
	List      Kind = "list"      // passed on by a mailing list
	Bulk      Kind = "bulk"      // sent to many
	Human     Kind = "human"
)

// rank is the place of a kind: the lower, the more it weighs.
func rank(k Kind) int {
	return slices.Index([]Kind{Loop, Bounce, Delayed, Delivered, Receipt, Vacation, Generated, List, Bulk, Human}, k)
}

// Code names what a verdict rests on.
type Code string

// Reasons of verdicts.
const (
	AutoSubmitted    Code = "auto-submitted"    // RFC 3834
	AutoReplyHeader  Code = "auto-reply-header" // X-Autoreply and its like
	Precedence       Code = "precedence"
	SuppressHeader   Code = "suppress" // X-Auto-Response-Suppress: no answer is wanted
	ListHeader       Code = "list-header"
	OwnLoopHeader    Code = "own-loop-header"
	OwnAddress       Code = "own-address" // From is an address of this instance
	LoopHeader       Code = "loop-header" // X-Loop of somebody else
	Hops             Code = "hops"        // more Received fields than a mail on its way has
	NullSender       Code = "null-sender" // Return-Path: <>
	DeliveryReport   Code = "delivery-report"
	ReadReport       Code = "read-report"
	FeedbackReport   Code = "feedback-report" // RFC 5965: somebody complains
	FailedRecipients Code = "failed-recipients"
	SystemSender     Code = "system-sender" // mailer-daemon, postmaster, noreply
	Subject          Code = "subject"       // weak: anybody may write it
)

// Reason is one thing a verdict rests on, with what was found.
type Reason struct {
	Code   Code
	Detail string
}

// Verdict says what has sent a mail. Kind is the weightiest of the reasons.
type Verdict struct {
	Kind    Kind
	Reasons []Reason
	// NoReply says that nothing automatic may answer this mail (RFC 3834, 2), which is true of more than machines' mail.
	NoReply bool
	// Weak says that nothing but the subject speaks against a person.
	Weak bool
	// Recipients are those whom a report is about.
	Recipients []Recipient
	// OriginalID is the message id of the mail that a report or an automatic answer is about, if it tells.
	OriginalID string
}

// MaxHops is the most Received fields a mail has before it counts as going round.
const MaxHops = 50

// maxDetail is the most of a field that a reason repeats.
const maxDetail = 200

// Own is how this instance knows its own mail.
type Own struct {
	// LoopName and LoopValue are the field, its name in lower case, that this instance puts on all its mail. Without a value, any
	// will do.
	LoopName, LoopValue string
	// Addresses are those this instance sends from, in lower case.
	Addresses []string
}

// Parts is what a mail holds beside its header that tells of its sender.
type Parts struct {
	// ReportType is the report-type of a multipart/report.
	ReportType string
	// Delivery and Disposition are the contents of message/delivery-status and message/disposition-notification, if any.
	Delivery, Disposition []byte
	// OriginalID is the message id of the mail that came with a report.
	OriginalID string
}

type judge struct{ v Verdict }

func (j *judge) say(kind Kind, code Code, detail string) {
	j.v.Reasons = append(j.v.Reasons, Reason{Code: code, Detail: short(detail)})
	if rank(kind) < rank(j.v.Kind) {
		j.v.Weak = code == Subject && j.v.Kind == Human
		j.v.Kind = kind
	} else if code != Subject {
		j.v.Weak = false
	}
}

func short(detail string) string {
	return strings.ToValidUTF8(detail[:min(len(detail), maxDetail)], "")
}

// Judge gives the verdict on a mail.
func Judge(h *header.Header, parts Parts, own Own) Verdict {
	j := &judge{v: Verdict{Kind: Human}}
	j.loops(h, own)
	j.reports(h, parts)
	j.fields(h)
	j.subject(h)
	j.v.NoReply = j.v.NoReply || j.v.Kind != Human
	if j.v.Kind == Human {
		j.v.OriginalID = "" // a mail that a person passes on
	} else if ids := header.MessageIDs(h.First("in-reply-to")); len(ids) > 0 && j.v.OriginalID == "" {
		j.v.OriginalID = ids[0]
	}
	return j.v
}

func (j *judge) loops(h *header.Header, own Own) {
	if own.LoopName != "" {
		for _, value := range h.All(own.LoopName) {
			if own.LoopValue == "" || strings.EqualFold(value, own.LoopValue) {
				j.say(Loop, OwnLoopHeader, own.LoopName+": "+value)
				break
			}
		}
	}
	isOwn := func(addr string) bool {
		base, _ := header.SplitPlus(addr)
		return slices.ContainsFunc(own.Addresses, func(a string) bool { return strings.EqualFold(a, addr) || strings.EqualFold(a, base) })
	}
	for _, a := range header.Addresses(h.First("from"), "") {
		if isOwn(a.Addr) {
			j.say(Loop, OwnAddress, a.Addr)
		}
	}
	for _, value := range h.All("x-loop") {
		if list := header.Addresses(value, ""); len(list) == 1 && isOwn(list[0].Addr) {
			j.say(Loop, OwnLoopHeader, "x-loop: "+value)
		} else if own.LoopName != "x-loop" {
			j.say(Generated, LoopHeader, value)
		}
	}
	if len(h.All("received")) > MaxHops {
		j.say(Loop, Hops, "")
	}
}

func (j *judge) fields(h *header.Header) {
	if value := firstWord(h.First("auto-submitted")); value != "" && value != "no" {
		kind := Generated
		if value == "auto-replied" {
			kind = Vacation
		}
		j.say(kind, AutoSubmitted, h.First("auto-submitted"))
	}
	for _, name := range []string{"x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-mail-autoreply", "x-qq-autoreply", "x-autoreply-from", "x-vacation"} {
		if value := h.First(name); h.Has(name) && !strings.EqualFold(value, "no") && !strings.EqualFold(value, "false") && value != "0" {
			j.say(Vacation, AutoReplyHeader, name+": "+value)
		}
	}
	switch value := firstWord(h.First("precedence")); value {
	case "bulk", "junk":
		j.say(Bulk, Precedence, value)
	case "list":
		j.say(List, Precedence, value)
	case "auto_reply", "auto-reply", "autoreply":
		j.say(Vacation, Precedence, value)
	}
	if h.Has("list-id") || h.Has("list-post") {
		j.say(List, ListHeader, h.First("list-id"))
	} else if h.Has("list-unsubscribe") {
		j.say(Bulk, ListHeader, "list-unsubscribe")
	}
	if value := strings.ToLower(h.First("x-auto-response-suppress")); value != "" && value != "none" && value != "0" {
		// Exchange sets it on answers of rules and on much software's mail, but on people's mail as well.
		j.v.Reasons = append(j.v.Reasons, Reason{Code: SuppressHeader, Detail: short(value)})
		for _, word := range []string{"all", "oof", "autoreply"} {
			j.v.NoReply = j.v.NoReply || strings.Contains(value, word)
		}
	}
	if h.Has("return-path") && strings.Trim(h.First("return-path"), " <>") == "" {
		j.say(Generated, NullSender, "")
	}
}

func firstWord(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if at := strings.IndexAny(s, " ;(\t"); at >= 0 {
		s = s[:at]
	}
	return s
}

// systemSender says that an address is that of a mail system, not of a person.
func systemSender(addr string) bool {
	local, _, _ := strings.Cut(strings.ToLower(addr), "@")
	switch strings.NewReplacer("-", "", "_", "", ".", "").Replace(local) {
	case "mailerdaemon", "postmaster", "maildaemon", "mailsystem", "mailerror":
		return true
	default:
		return false
	}
}

func noReplySender(addr string) bool {
	local, _, _ := strings.Cut(strings.ToLower(addr), "@")
	switch strings.NewReplacer("-", "", "_", "", ".", "").Replace(local) {
	case "noreply", "donotreply", "bounce", "bounces", "notification", "notifications":
		return true
	default:
		return false
	}
}

// subject looks at the subject, which is weak evidence unless a mail system has sent the mail.
func (j *judge) subject(h *header.Header) {
	subject := strings.ToLower(h.Text("subject"))
	from := ""
	if list := header.Addresses(h.First("from"), ""); len(list) > 0 {
		from = list[0].Addr
	}
	switch {
	case systemSender(from):
		if bounceSubject(subject) {
			j.say(Bounce, SystemSender, from)
		} else {
			j.say(Generated, SystemSender, from)
		}
	case noReplySender(from):
		j.say(Generated, SystemSender, from)
	case j.v.Kind == Generated && bounceSubject(subject):
		// An empty sender and such a subject are what several Chinese providers send in place of a report.
		j.say(Bounce, Subject, subject)
	}
	if awaySubject(subject) {
		j.say(Vacation, Subject, subject)
	}
}

func bounceSubject(subject string) bool {
	for _, word := range []string{
		"退信", "退回", "未送达", "无法送达", "投递失败", "发送失败", "无法投递", "無法傳遞", "傳送失敗", "退件", "系统退信",
		"undeliver", "delivery status notification", "failure notice", "returned mail", "delivery failure", "delivery has failed", "mail delivery failed", "non-delivery", "returned to sender",
	} {
		if strings.Contains(subject, word) {
			return true
		}
	}
	return false
}

// awaySubject says that a subject begins as those of automatic answers do. "Re: 自动回复" is somebody who answers one, and "外出" alone
// is a word of everyday work.
func awaySubject(subject string) bool {
	subject = strings.TrimLeft(subject, "[【(（<《「 ")
	for _, start := range []string{
		"自动回复", "自动答复", "自動回覆", "自動回复", "自動答覆", "自動回應", "系统自动回复", "不在办公室", "不在辦公室", "外出自动", "外出:", "外出：", "休假自动", "我不在办公室", "我正在休假", "我正在外出", "离开办公室", "正在休假",
		"automatic reply", "auto reply", "auto-reply", "autoreply", "auto response", "auto-response", "automatic response", "autoresponse", "out of office", "out of the office", "out-of-office", "ooo:", "ooo ", "on vacation", "vacation reply", "away from", "i am out of the office",
		"automatische antwort", "réponse automatique", "respuesta automática", "自動応答", "不在通知",
	} {
		if strings.HasPrefix(subject, start) {
			return true
		}
	}
	return false
}
