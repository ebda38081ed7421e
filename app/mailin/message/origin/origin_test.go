package origin

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"dingban/app/mailin/message/header"
)

func parse(raw string) *header.Header {
	h, _ := header.Parse([]byte(raw + "\n\n"))
	return h
}

func own() Own {
	return Own{LoopName: "x-dingban-loop", LoopValue: "instance-1", Addresses: []string{"task@example.cn"}}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, raw     string
		parts         Parts
		kind          Kind
		codes         []Code
		noReply, weak bool
	}{
		{name: "a person", raw: "From: z@x.cn\nSubject: 空调\nReturn-Path: <z@x.cn>\nAuto-Submitted: no", kind: Human},
		{name: "RFC 3834, answer", raw: "Auto-Submitted: auto-replied (vacation)", kind: Vacation, codes: []Code{AutoSubmitted}, noReply: true},
		{name: "RFC 3834, generated", raw: "Auto-Submitted: Auto-Generated; x=1", kind: Generated, codes: []Code{AutoSubmitted}, noReply: true},
		{name: "precedence", raw: "Precedence: bulk", kind: Bulk, codes: []Code{Precedence}, noReply: true},
		{name: "a list", raw: "List-Id: <dev.example.cn>\nPrecedence: list\nList-Unsubscribe: <x>", kind: List, codes: []Code{Precedence, ListHeader}, noReply: true},
		{name: "a newsletter", raw: "List-Unsubscribe: <mailto:x@y>", kind: Bulk, codes: []Code{ListHeader}, noReply: true},
		{name: "a person whose server wants no answer", raw: "X-Auto-Response-Suppress: DR, OOF, AutoReply", kind: Human, codes: []Code{SuppressHeader}, noReply: true},
		{name: "a person whose server wants no receipts", raw: "X-Auto-Response-Suppress: RN, NRN", kind: Human, codes: []Code{SuppressHeader}},
		{name: "our own mail", raw: "X-Dingban-Loop: Instance-1", kind: Loop, codes: []Code{OwnLoopHeader}, noReply: true},
		{name: "another instance's mail", raw: "X-Dingban-Loop: instance-2", kind: Human},
		{name: "from our own address with a key", raw: "From: Task+abc@Example.cn", kind: Loop, codes: []Code{OwnAddress}, noReply: true},
		{name: "X-Loop with our address", raw: "X-Loop: task@example.cn", kind: Loop, codes: []Code{OwnLoopHeader}, noReply: true},
		{name: "X-Loop of others", raw: "X-Loop: other@x.cn", kind: Generated, codes: []Code{LoopHeader}, noReply: true},
		{name: "hops", raw: strings.TrimSpace(strings.Repeat("Received: by a\n", MaxHops+1)), kind: Loop, codes: []Code{Hops}, noReply: true},
		{name: "empty return path", raw: "Return-Path: <>", kind: Generated, codes: []Code{NullSender}, noReply: true},
		{name: "自动回复", raw: "Subject: =?utf-8?B?6Ieq5Yqo5Zue5aSNOiDnqbrosIM=?=", kind: Vacation, codes: []Code{Subject}, noReply: true, weak: true},
		{name: "自动回复 with a header too", raw: "Subject: 自动回复: 空调\nX-Autoreply: yes", kind: Vacation, codes: []Code{AutoReplyHeader, Subject}, noReply: true},
		{name: "外出", raw: "Subject: 外出：空调", kind: Vacation, codes: []Code{Subject}, noReply: true, weak: true},
		{name: "不在办公室", raw: "Subject: 【不在办公室】空调", kind: Vacation, codes: []Code{Subject}, noReply: true, weak: true},
		{name: "out of office", raw: "Subject: Out of Office: AC", kind: Vacation, codes: []Code{Subject}, noReply: true, weak: true},
		{name: "a person about going out", raw: "Subject: 外出申请\nFrom: z@x.cn", kind: Human},
		{name: "a person answers an automatic answer", raw: "Subject: Re: 自动回复: 空调", kind: Human},
		{name: "a mail system without a report", raw: "From: MAILER-DAEMON@qq.com\nSubject: 系统退信/Systems bounce", kind: Bounce, codes: []Code{SystemSender}, noReply: true},
		{name: "a provider without a report", raw: "Return-Path: <>\nFrom: service@163.com\nSubject: 邮件投递失败", kind: Bounce, codes: []Code{NullSender, Subject}, noReply: true},
		{name: "a person about a returned mail", raw: "From: z@x.cn\nSubject: 客户说邮件被退回", kind: Human},
		{name: "no-reply", raw: "From: no-reply@x.cn\nSubject: 验证码", kind: Generated, codes: []Code{SystemSender}, noReply: true},
		{name: "Exim", raw: "X-Failed-Recipients: a@x.cn, b@y.cn", kind: Bounce, codes: []Code{FailedRecipients}, noReply: true},
		{name: "a report weighs more", raw: "Auto-Submitted: auto-replied\nReturn-Path: <>", parts: Parts{ReportType: "delivery-status"}, kind: Bounce, codes: []Code{DeliveryReport, AutoSubmitted, NullSender}, noReply: true},
		{name: "a complaint", parts: Parts{ReportType: "feedback-report"}, kind: Generated, codes: []Code{FeedbackReport}, noReply: true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v := Judge(parse(c.raw), c.parts, own())
			var codes []Code
			for _, r := range v.Reasons {
				codes = append(codes, r.Code)
			}
			if v.Kind != c.kind || !slices.Equal(codes, c.codes) || v.NoReply != c.noReply || v.Weak != c.weak {
				t.Errorf("%s %q, no reply %v, weak %v", v.Kind, codes, v.NoReply, v.Weak)
			}
		})
	}
}

func TestDeliveryReport(t *testing.T) {
	t.Parallel()
	report := "Reporting-MTA: dns; mx.example.cn\r\nArrival-Date: Thu, 5 Mar 2026 10:11:12 +0800\r\n\r\n" +
		"Original-Recipient: rfc822;zhang@example.cn\r\nFinal-Recipient: rfc822; zhang.san@mail.example.cn\r\nAction: failed\r\nStatus: 5.1.1 (unknown user)\r\n" +
		"Remote-MTA: dns; mail.example.cn\r\nDiagnostic-Code: smtp; 550 5.1.1 User\r\n unknown\r\n\r\n" +
		"Final-Recipient: rfc822;li@example.cn\r\nAction: delayed\r\nStatus: 4.4.7\r\n"
	v := Judge(parse("Subject: x"), Parts{Delivery: []byte(report), OriginalID: "a@b"}, own())
	want := []Recipient{
		{"zhang.san@mail.example.cn", "zhang@example.cn", "failed", "5.1.1", "550 5.1.1 User unknown", "mail.example.cn"},
		{"li@example.cn", "", "delayed", "4.4.7", "", ""},
	}
	if v.Kind != Bounce || !slices.Equal(v.Recipients, want) || v.OriginalID != "a@b" || !v.Recipients[0].Permanent() || v.Recipients[1].Permanent() {
		t.Errorf("%+v", v)
	}
	for action, kind := range map[string]Kind{"delayed": Delayed, "delivered": Delivered, "relayed": Delivered, "failed": Bounce, "strange": Bounce} {
		v := Judge(parse("Subject: x"), Parts{Delivery: []byte("Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@b.c\nAction: " + action + "\n")}, own())
		if v.Kind != kind {
			t.Errorf("%s: %s", action, v.Kind)
		}
	}
	v = Judge(parse(""), Parts{Delivery: []byte(strings.Repeat("garbage\n\n", 1000) + strings.Repeat("Final-Recipient: rfc822; a@b.c\nAction: failed\n\n", 1000))}, own())
	if len(v.Recipients) != MaxRecipients {
		t.Errorf("%d recipients", len(v.Recipients))
	}
}

func TestReceipt(t *testing.T) {
	t.Parallel()
	raw := "Reporting-UA: x\nFinal-Recipient: rfc822;zhang@example.cn\nOriginal-Message-ID: <a@b>\nDisposition: manual-action/MDN-sent-manually; displayed\n"
	v := Judge(parse("Subject: 已读: 空调"), Parts{Disposition: []byte(raw), ReportType: "disposition-notification"}, own())
	if v.Kind != Receipt || v.OriginalID != "a@b" || len(v.Recipients) != 1 || v.Recipients[0] != (Recipient{Address: "zhang@example.cn", Action: "displayed"}) {
		t.Errorf("%+v", v)
	}
}

func TestAuthenticated(t *testing.T) {
	t.Parallel()
	good := "Authentication-Results: mx.example.cn 1; spf=pass (sender (IP 1.2.3.4) ok; really) smtp.mailfrom=zhang@x.cn;\n dkim=fail reason=\"bad; signature\" header.d=x.cn header.s=a; dkim = pass header.d=y.cn;\n dmarc=pass (p=none) header.from=x.cn\n"
	cases := []struct {
		name, raw        string
		trusted          []string
		spf, dkim, dmarc Result
	}{
		{"trusted", good, []string{"MX.example.cn"}, Pass, Pass, Pass},
		{"nobody trusted", good, nil, None, None, None},
		{"another server", good, []string{"mx.other.cn"}, None, None, None},
		{"forged above, not trusted", "Authentication-Results: mx.evil.cn; dmarc=pass\n" + strings.Replace(good, "dmarc=pass", "dmarc=fail", 1), []string{"mx.example.cn"}, Pass, Pass, Fail},
		{"forged below the next hop", "Authentication-Results: mx.example.cn; spf=fail\nReceived: from a by mx\nAuthentication-Results: mx.example.cn; dmarc=pass\n", []string{"mx.example.cn"}, Fail, None, None},
		{"several fields of one server", "Received: by mx\nAuthentication-Results: mx.example.cn; spf=softfail\nAuthentication-Results: mx.example.cn; dmarc=fail\nReceived: from b\n", []string{"mx.example.cn"}, "softfail", None, Fail},
		{"the first of two wins", "Authentication-Results: mx.example.cn; dmarc=fail\nAuthentication-Results: mx.example.cn; dmarc=pass\n", []string{"mx.example.cn"}, None, None, Fail},
		{"none", "Authentication-Results: mx.example.cn; none\n", []string{"mx.example.cn"}, None, None, None},
		{"no server", "Authentication-Results: ; spf=pass\n", []string{""}, None, None, None},
		{"version of a method", "Authentication-Results: mx.example.cn; spf/1=pass\n", []string{"mx.example.cn"}, Pass, None, None},
	}
	for _, c := range cases {
		a := Authenticated(parse(c.raw), c.trusted)
		if a.Get("spf") != c.spf || a.Get("dkim") != c.dkim || a.Get("dmarc") != c.dmarc {
			t.Errorf("%s: %+v", c.name, a)
		}
	}
	a := Authenticated(parse(good), []string{"mx.example.cn"})
	if !maps.Equal(a.Checks[0].Props, map[string]string{"smtp.mailfrom": "zhang@x.cn"}) || a.Checks[1].Reason != "bad; signature" || a.Checks[3].Props["header.from"] != "x.cn" {
		t.Errorf("%+v", a.Checks)
	}
}

func FuzzOrigin(f *testing.F) {
	f.Add("Authentication-Results: mx; spf=pass (a (b) \"c) smtp.x=\"y\nSubject: 自动回复\nX-Loop: a@b\n", []byte("Final-Recipient: rfc822; a@b\nAction: failed\n\nx\n"))
	f.Fuzz(func(t *testing.T, raw string, report []byte) {
		h := parse(raw)
		v := Judge(h, Parts{Delivery: report, ReportType: raw}, own())
		if rank(v.Kind) < 0 || len(v.Recipients) > MaxRecipients || v.Kind != Human && !v.NoReply {
			t.Errorf("%+v", v)
		}
		Judge(h, Parts{Disposition: report}, own())
		if a := Authenticated(h, []string{"mx"}); len(a.Checks) > MaxChecks || a.Server == "" && len(a.Checks) > 0 {
			t.Errorf("%+v", a)
		}
	})
}
