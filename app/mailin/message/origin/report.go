package origin

import (
	"bytes"
	"strings"

	"dingban/app/mailin/message/header"
)

// MaxRecipients is the most recipients of one report that are read.
const MaxRecipients = 200

// Recipient is one address that a delivery report is about (RFC 3464, 2.3).
type Recipient struct {
	Address string
	// Original is the address the mail was first sent to, if it differs.
	Original string
	// Action is failed, delayed, delivered, relayed or expanded.
	Action string
	// Status is the code of RFC 3463, such as 5.1.1.
	Status     string
	Diagnostic string
	RemoteMTA  string
}

// Permanent says that trying again is of no use.
func (r Recipient) Permanent() bool {
	return strings.HasPrefix(r.Status, "5.") || r.Status == "" && r.Action == "failed"
}

func (j *judge) reports(h *header.Header, parts Parts) {
	j.v.OriginalID = parts.OriginalID
	switch {
	case len(parts.Delivery) > 0 || parts.ReportType == "delivery-status":
		j.delivery(parts.Delivery)
	case len(parts.Disposition) > 0 || parts.ReportType == "disposition-notification":
		j.disposition(parts.Disposition)
	case parts.ReportType == "feedback-report":
		j.say(Generated, FeedbackReport, "")
	}
	// Exim's way, and that of servers that send no report in the form of the RFC.
	if failed := h.First("x-failed-recipients"); failed != "" {
		j.say(Bounce, FailedRecipients, failed)
		if len(j.v.Recipients) == 0 {
			for _, a := range header.Addresses(failed, "") {
				j.add(Recipient{Address: a.Addr, Action: "failed"})
			}
		}
	}
}

func (j *judge) add(r Recipient) {
	if len(j.v.Recipients) < MaxRecipients {
		j.v.Recipients = append(j.v.Recipients, r)
	}
}

// delivery reads a delivery status: a group of fields about the mail, and one for each recipient.
func (j *judge) delivery(raw []byte) {
	worst := ""
	for len(raw) > 0 {
		raw = bytes.TrimLeft(raw, "\r\n \t")
		before := len(raw)
		var h *header.Header
		if h, raw = header.Parse(raw); len(raw) == before {
			// A line that is no field: skip it.
			_, raw, _ = bytes.Cut(raw, []byte("\n"))
			continue
		}
		r := Recipient{
			Address:    addressOf(h.First("final-recipient")),
			Original:   addressOf(h.First("original-recipient")),
			Action:     short(firstWord(h.First("action"))),
			Status:     status(h.First("status")),
			Diagnostic: diagnostic(h),
			RemoteMTA:  short(typed(h.First("remote-mta"))),
		}
		if r.Address == "" {
			r.Address = r.Original
		}
		if r.Address == "" && r.Action == "" {
			continue
		}
		if r.Original == r.Address {
			r.Original = ""
		}
		if len(j.v.Recipients) >= MaxRecipients {
			break
		}
		j.add(r)
		if severity(r.Action) > severity(worst) {
			worst = r.Action
		}
	}
	kind := Bounce
	switch worst {
	case "delayed":
		kind = Delayed
	case "delivered", "relayed", "expanded":
		kind = Delivered
	}
	j.say(kind, DeliveryReport, worst)
}

func severity(action string) int {
	switch action {
	case "failed":
		return 3
	case "delayed":
		return 2
	case "delivered", "relayed", "expanded":
		return 1
	default:
		return 0
	}
}

func diagnostic(h *header.Header) string {
	text := header.Words(typed(h.First("diagnostic-code")), "")
	const most = 1000
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "")
	}
	return text
}

// typed drops the type of a field such as "rfc822; a@b" or "dns; mx.example.cn".
func typed(s string) string {
	if _, after, found := strings.Cut(s, ";"); found {
		s = after
	}
	return strings.TrimSpace(s)
}

func addressOf(s string) string {
	if list := header.Addresses(typed(s), ""); len(list) > 0 {
		return list[0].Addr
	}
	return ""
}

// status is the code alone.
func status(s string) string {
	s = firstWord(s)
	if strings.Trim(s, "0123456789.") != "" || strings.Count(s, ".") != 2 {
		return ""
	}
	return s
}

// disposition reads a notification that a mail was read, deleted or refused (RFC 8098).
func (j *judge) disposition(raw []byte) {
	h, _ := header.Parse(bytes.TrimLeft(raw, "\r\n \t"))
	if ids := header.MessageIDs(h.First("original-message-id")); len(ids) > 0 {
		j.v.OriginalID = ids[0]
	}
	what := typed(h.First("disposition"))
	j.say(Receipt, ReadReport, what)
	if addr := addressOf(h.First("final-recipient")); addr != "" {
		j.add(Recipient{Address: addr, Action: short(firstWord(strings.ReplaceAll(what, "/", " ")))})
	}
}
