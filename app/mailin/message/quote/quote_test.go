package quote

import (
	"strings"
	"testing"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, text, writer                              string
		fresh, quoted, forwarded, signature, disclaimer string
	}{
		{name: "nothing but text", text: "您好，\n请处理。\n", fresh: "您好，\n请处理。"},
		{name: "empty"},
		{
			name: "Outlook in Chinese", text: "好的，周五前完成。\n\n发件人: 李四 <li@example.cn>\n发送时间: 2026年3月5日 10:11\n收件人: 张三 <zhang@example.cn>\n抄送: 王五\n主题: 空调维修\n\n请确认。\n",
			fresh: "好的，周五前完成。", quoted: "发件人: 李四 <li@example.cn>\n发送时间: 2026年3月5日 10:11\n收件人: 张三 <zhang@example.cn>\n抄送: 王五\n主题: 空调维修\n\n请确认。",
		},
		{
			name: "Outlook out of HTML", text: "好的\n\n---\n\n**发件人:** 李四 \\<li@example.cn>\n**发送时间:** 2026年3月5日 10:11\n**主题:** 空调\n\n原文",
			fresh: "好的", quoted: "---\n\n**发件人:** 李四 \\<li@example.cn>\n**发送时间:** 2026年3月5日 10:11\n**主题:** 空调\n\n原文",
		},
		{
			name: "Outlook in English", text: "Done.\n\n________________________________\nFrom: Li <li@example.cn>\nSent: Thursday, March 5, 2026 10:11\nTo: Zhang <z@example.cn>;\n Wang <w@example.cn>\nSubject: AC\n\nPlease.\n",
			fresh: "Done.", quoted: "________________________________\nFrom: Li <li@example.cn>\nSent: Thursday, March 5, 2026 10:11\nTo: Zhang <z@example.cn>;\n Wang <w@example.cn>\nSubject: AC\n\nPlease.",
		},
		{
			name: "QQ", text: "收到\n\n\n------------------ 原始邮件 ------------------\n发件人: \"李四\" <li@qq.com>;\n发送时间: 2026年3月5日(星期四) 上午10:11\n\n正文",
			fresh: "收到", quoted: "------------------ 原始邮件 ------------------\n发件人: \"李四\" <li@qq.com>;\n发送时间: 2026年3月5日(星期四) 上午10:11\n\n正文",
		},
		{
			name: "Windows Mail, with marks of direction", text: "好\n\n**发件人:** 李四\n**发送时间:** \u200e2026\u200e年\u200e3\u200e月\u200e5\u200e日\n**收件人:** 张三\n\n原文",
			fresh: "好", quoted: "**发件人:** 李四\n**发送时间:** \u200e2026\u200e年\u200e3\u200e月\u200e5\u200e日\n**收件人:** 张三\n\n原文",
		},
		{name: "QQ with hard spaces", text: "收到\n------------------\u00a0原始邮件\u00a0------------------\n正文", fresh: "收到", quoted: "------------------\u00a0原始邮件\u00a0------------------\n正文"},
		{name: "QQ in English", text: "ok\n------------------ Original ------------------\nFrom: x\n", fresh: "ok", quoted: "------------------ Original ------------------\nFrom: x"},
		{
			name: "Foxmail", text: "同意。\n\n\n张三\n \n发件人： 李四\n发送时间： 2026-03-05 10:11\n收件人： 张三\n主题： 报价\n请审批",
			fresh: "同意。\n\n\n张三", quoted: "发件人： 李四\n发送时间： 2026-03-05 10:11\n收件人： 张三\n主题： 报价\n请审批",
		},
		{
			name: "NetEase", text: "可以的。\n\n\n\n在 2026-03-05 10:11:12，\"张三\" <zhang@163.com> 写道：\n\n明天可以吗？\n",
			fresh: "可以的。", quoted: "在 2026-03-05 10:11:12，\"张三\" <zhang@163.com> 写道：\n\n明天可以吗？",
		},
		{name: "NetEase with marks", text: "可以的。\n在 2026-03-05 10:11:12，\"张三\" <zhang@163.com> 写道：\n\n> 明天可以吗？\n", fresh: "可以的。", quoted: "在 2026-03-05 10:11:12，\"张三\" <zhang@163.com> 写道：\n\n> 明天可以吗？"},
		{name: "NetEase Master", text: "好\n---- 回复的原邮件 ----\n| 发件人 | 张三 |\n正文", fresh: "好", quoted: "---- 回复的原邮件 ----\n| 发件人 | 张三 |\n正文"},
		{
			name: "Alibaba", text: "好\n------------------------------------------------------------------\n发件人：张三<z@example.cn>\n日　期：2026年03月05日 10:11:12\n收件人：李四<l@example.cn>\n主　题：报价\n\n正文",
			fresh: "好", quoted: "------------------------------------------------------------------\n发件人：张三<z@example.cn>\n日　期：2026年03月05日 10:11:12\n收件人：李四<l@example.cn>\n主　题：报价\n\n正文",
		},
		{name: "Gmail", text: "Yes.\n\nOn Thu, Mar 5, 2026 at 10:11 AM Zhang San <zhang@example.cn>\nwrote:\n\n> Can you?\n>\n> Zhang\n", fresh: "Yes.", quoted: "On Thu, Mar 5, 2026 at 10:11 AM Zhang San <zhang@example.cn>\nwrote:\n\n> Can you?\n>\n> Zhang"},
		{name: "Gmail in Chinese", text: "好\n\n张三 <zhang@example.cn> 于2026年3月5日周四 10:11写道：\n\n> 可以吗\n", fresh: "好", quoted: "张三 <zhang@example.cn> 于2026年3月5日周四 10:11写道：\n\n> 可以吗"},
		{name: "Apple Mail in Chinese", text: "好\n\n> 2026年3月5日 上午10:11，张三 <zhang@example.cn> 写道：\n> \n> 可以吗\n", fresh: "好", quoted: "> 2026年3月5日 上午10:11，张三 <zhang@example.cn> 写道：\n> \n> 可以吗"},
		{name: "answers between the lines", text: "On 5 Mar 2026, Li wrote:\n> One?\nYes.\n\n> Two?\n\n> Three?\nNo.\n", fresh: "Yes.\n\nNo.", quoted: "On 5 Mar 2026, Li wrote:\n> One?\n\n> Two?\n\n> Three?"},
		{name: "an answer below", text: "> Can you?\n\nYes.\n-- \nZhang\n", fresh: "Yes.", quoted: "> Can you?", signature: "-- \nZhang"},
		{name: "a sentence that ends in the words", text: "他在报告里写道：\n质量合格。\nAs the author wrote:\nfine.\n", fresh: "他在报告里写道：\n质量合格。\nAs the author wrote:\nfine."},
		{name: "a form that has the labels", text: "From: Beijing\nto the site by car.\nSubject matter unknown\n", fresh: "From: Beijing\nto the site by car.\nSubject matter unknown"},
		{name: "a header without a sender", text: "主题：周会\n时间：周五\n", fresh: "主题：周会\n时间：周五"},
		{name: "a forward by Gmail", text: "请看\n\n---------- Forwarded message ---------\nFrom: Li <l@x.cn>\nDate: Thu\nSubject: s\n\nbody", fresh: "请看", forwarded: "---------- Forwarded message ---------\nFrom: Li <l@x.cn>\nDate: Thu\nSubject: s\n\nbody"},
		{name: "a forward without a word", text: "\n\n发件人: 李四\n发送时间: 2026年3月5日\n主题: 报价\n\n正文", forwarded: "发件人: 李四\n发送时间: 2026年3月5日\n主题: 报价\n\n正文"},
		{name: "a forward by NetEase", text: "-------- 转发邮件信息 --------\n发件人：\"李四\"\n正文", forwarded: "-------- 转发邮件信息 --------\n发件人：\"李四\"\n正文"},
		{name: "a forward by Apple", text: "见下\n\n开始转发的邮件：\n\n> 发件人: 李四\n", fresh: "见下", forwarded: "开始转发的邮件：\n\n> 发件人: 李四"},
		{name: "signature above a quote", text: "好的\n\n-- \n张三\n\nOn 2026-03-05 Li wrote:\n> 吗\n", fresh: "好的", signature: "-- \n张三", quoted: "On 2026-03-05 Li wrote:\n> 吗"},
		{name: "iPhone", text: "好的\n\n发自我的iPhone\n\n------------------ 原始邮件 ------------------\n吗", fresh: "好的", signature: "发自我的iPhone", quoted: "------------------ 原始邮件 ------------------\n吗"},
		{name: "iPhone in English, and a link", text: "ok\n\nSent from my iPhone\n", fresh: "ok", signature: "Sent from my iPhone"},
		{name: "Outlook for iOS", text: "ok\n\n[Get Outlook for iOS](https://aka.ms/o0ukef)\n", fresh: "ok", signature: "[Get Outlook for iOS](https://aka.ms/o0ukef)"},
		{name: "a sentence about a phone", text: "发自我的手机的照片不清楚，请重发。\n", fresh: "发自我的手机的照片不清楚，请重发。"},
		{name: "a card below a line", text: "请查收。\n\n------------------------------\n张三\n某某物业有限公司\n电话：010-12345678\n", fresh: "请查收。", signature: "------------------------------\n张三\n某某物业有限公司\n电话：010-12345678"},
		{name: "a card below a farewell", text: "Please see attached.\n\nBest regards,\nZhang San\nTel: 010-12345678\nEmail: z@example.cn\n", fresh: "Please see attached.", signature: "Best regards,\nZhang San\nTel: 010-12345678\nEmail: z@example.cn"},
		{name: "a card that begins with the writer's name", text: "周六我值班。\n\n张三\n物业部\n电话 010-12345678\nwww.example.cn\n\n----- Original Message -----\n谁？", writer: "张三", fresh: "周六我值班。", signature: "张三\n物业部\n电话 010-12345678\nwww.example.cn", quoted: "----- Original Message -----\n谁？"},
		{name: "a name alone", text: "收到。\n\n—— 张三 敬上\n", writer: "张三", fresh: "收到。", signature: "—— 张三 敬上"},
		{name: "somebody else's name", text: "收到。\n\n李四\n", writer: "张三", fresh: "收到。\n\n李四"},
		{name: "nothing but a name", text: "张三\n电话 010-12345678\n", writer: "张三", fresh: "张三\n电话 010-12345678"},
		{name: "a name above a sentence", text: "负责人：\n张三\n请他明天来。\n", writer: "张三", fresh: "负责人：\n张三\n请他明天来。"},
		{name: "a list under a line is no card", text: "明细\n------\n空调 3 台\n水泵 1 台\n", fresh: "明细\n------\n空调 3 台\n水泵 1 台"},
		{name: "where to call is no card", text: "请联系现场：\n手机 13800000000\n明天之前回复。\n", fresh: "请联系现场：\n手机 13800000000\n明天之前回复。"},
		{name: "two dashes amid a long text", text: "a\n--\n" + strings.Repeat("text\n", 30), fresh: "a\n--\n" + strings.TrimSpace(strings.Repeat("text\n", 30))},
		{
			name: "disclaimer", text: "见附件。\n\n免责声明：本邮件及其附件含有保密信息，仅限于指定的收件人使用。\n如您误收，请立即删除。\n", fresh: "见附件。",
			disclaimer: "免责声明：本邮件及其附件含有保密信息，仅限于指定的收件人使用。\n如您误收，请立即删除。",
		},
		{
			name: "disclaimers in two languages, with a title and a card", text: "ok\n\n此致\n张三\nTel: 123\nwww.example.cn\n\n【保密声明】\n\n本邮件含机密内容，未经授权不得使用。\n\nThis email is confidential and intended only for the recipient.\n", fresh: "ok", signature: "此致\n张三\nTel: 123\nwww.example.cn",
			disclaimer: "【保密声明】\n\n本邮件含机密内容，未经授权不得使用。\n\nThis email is confidential and intended only for the recipient.",
		},
		{name: "disclaimer below a line", text: "ok\n\n**********\n本邮件含机密内容，如误收请删除。\n", fresh: "ok", disclaimer: "**********\n本邮件含机密内容，如误收请删除。"},
		{name: "Gmail in Taiwan", text: "好\n\n張三 <z@x.tw> 於 2026年3月5日 週四 上午10:11寫道：\n\n> 可以嗎\n", fresh: "好", quoted: "張三 <z@x.tw> 於 2026年3月5日 週四 上午10:11寫道：\n\n> 可以嗎"},
		{name: "a sentence about a mail", text: "本邮件附上报价单，请于周五前回复。\n", fresh: "本邮件附上报价单，请于周五前回复。"},
		{name: "a gateway's banner", text: "【外部邮件】\nCAUTION: This email originated from outside of the organization.\n\n请付款。\n", fresh: "请付款。", disclaimer: "【外部邮件】\nCAUTION: This email originated from outside of the organization."},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := Split(c.text, c.writer)
			for kind, want := range map[Kind]string{New: c.fresh, Quoted: c.quoted, Forwarded: c.forwarded, Signature: c.signature, Disclaimer: c.disclaimer} {
				if text := got.Of(kind); text != want {
					t.Errorf("%s: %q, want %q", kind, text, want)
				}
			}
			whole(t, c.text, got)
		})
	}
}

func whole(t *testing.T, text string, got Segments) {
	t.Helper()
	joined := ""
	for i, s := range got {
		joined += s.Text
		if s.Text == "" || i > 0 && s.Kind == got[i-1].Kind {
			t.Errorf("piece %d is empty or like the one before it: %q", i, s)
		}
	}
	if joined != text {
		t.Errorf("the pieces joined are %q, not %q", joined, text)
	}
}

func TestHostileText(t *testing.T) {
	t.Parallel()
	const n = 1 << 18
	for _, line := range []string{"\n", "> \n", "发件人:\n", "On 2026\n", "a@b\n", "-- \n", "--\n", "----\n", "免责声明\n", "本邮件\n\n", "Tel: 1\n", "发自我的iPhone\n", "谢谢\n", "---- x", "在2026 "} {
		text := strings.Repeat(line, n/len(line))
		got := Split(text, "a b")
		size := 0
		for _, s := range got {
			size += len(s.Text)
		}
		if size != len(text) {
			t.Errorf("%q: %d of %d bytes", line, size, len(text))
		}
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("好\n\n发件人: a\n发送时间: b\n主题: c\n")
	f.Add("On 2026 a@b wrote:\n> x\ny\n-- \nz\n免责声明：保密，误收\n")
	f.Add("a\n--\nb\n> c\n\n> d\nSent from my iPhone\n------ 原始邮件 ------\n")
	f.Fuzz(func(t *testing.T, text string) { whole(t, text, Split(text, "a b")) })
}
