package catalogue_test

import (
	"encoding/json"
	"strings"
	"testing"

	"dingban/app/field/kind"
	"dingban/app/field/kind/catalogue"
)

// A want that begins with ! is the code of an error.
func TestNormalize(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("字", 2001)
	for _, c := range []struct {
		name                kind.Name
		settings, raw, want string
	}{
		{kind.Text, ``, `"  a\r\nb\u200b\u202e  "`, `"a b"`},
		{kind.Text, ``, `"e\u0301"`, `"é"`},
		{kind.Text, ``, `"\u200b "`, `null`},
		{kind.Text, ``, `"a\u0000"`, `!field.text`},
		{kind.Text, ``, `5`, `!field.shape`},
		{kind.Text, ``, `"` + long + `"`, `!field.too_long`},
		{kind.Text, `{"minLength":3}`, `"字字"`, `!field.too_short`},
		{kind.Text, `{"pattern":"[A-Z]{2}-\\d+"}`, `"AB-12"`, `"AB-12"`},
		{kind.Text, `{"pattern":"[A-Z]{2}-\\d+"}`, `"xAB-12"`, `!field.pattern`},
		{kind.Text, `{"required":true}`, `"  "`, `!field.required`},
		{kind.Text, `{"required":true}`, `null`, `!field.required`},
		{kind.Text, ``, "\"a\xff\"", `!field.json`},
		{kind.Text, ``, `"a" "b"`, `!field.json`},
		{kind.LongText, ``, `"\n a\r\nb\t \n\n"`, `" a\nb"`},
		{kind.Number, ``, `1.50`, `1.5`},
		{kind.Number, ``, `1e3`, `1000`},
		{kind.Number, ``, `"5"`, `!field.shape`},
		{kind.Number, ``, `1234567890123456`, `!field.digits`},
		{kind.Number, ``, `0.1234567890123456`, `!field.digits`},
		{kind.Number, ``, `1e40`, `!field.number`},
		{kind.Number, `{"decimals":2}`, `1.005`, `!field.decimals`},
		{kind.Number, `{"min":0,"max":10}`, `-0.1`, `!field.min`},
		{kind.Number, `{"min":0,"max":10}`, `10.1`, `!field.max`},
		{kind.Percent, `{"decimals":1}`, `0.125`, `0.125`},
		{kind.Percent, `{"decimals":1}`, `0.1255`, `!field.decimals`},
		{kind.Progress, ``, `1.01`, `!field.max`},
		{kind.Rating, `{"max":3}`, `0`, `null`},
		{kind.Rating, `{"max":3}`, `4`, `!field.max`},
		{kind.Rating, `{"max":3}`, `2.5`, `!field.decimals`},
		{kind.Money, ``, `1234`, `{"amount":1234,"currency":"CNY"}`},
		{kind.Money, ``, `12.5`, `!field.shape`},
		{kind.Money, ``, `{"amount":1,"currency":"USD"}`, `!field.currency@currency`},
		{kind.Money, ``, `{"amount":1,"Amount":2}`, `!field.json`},
		{kind.Money, ``, `{"amount":1,"amount":2}`, `!field.json`},
		{kind.Money, ``, `{"amount":1,"x":2}`, `!field.unknown_key`},
		{kind.Money, ``, `{"currency":"CNY"}`, `null`},
		{kind.Money, `{"min":0}`, `-1`, `!field.min@amount`},
		{kind.Money, ``, `9007199254740992`, `!field.digits@amount`},
		{kind.Date, ``, `"2026-02-29"`, `!field.date`},
		{kind.Date, ``, `"2026-3-5"`, `!field.date`},
		{kind.Date, `{"min":"2026-01-01"}`, `"2025-12-31"`, `!field.min`},
		{kind.DateRange, ``, `{"start":"2026-03-05","end":"2026-03-04"}`, `!field.order@end`},
		{kind.DateRange, ``, `{"start":"2026-03-05"}`, `!field.date@end`},
		{kind.DateRange, `{"maxDays":2}`, `{"start":"2026-03-05","end":"2026-03-07"}`, `!field.max`},
		{kind.DateTime, ``, `"2026-03-05T09:30:15+08:00"`, `1772674200000`},
		{kind.DateTime, `{"seconds":true}`, `-1`, `-1000`},
		{kind.DateTime, ``, `"2026-03-05T09:30"`, `!field.date`},
		{kind.DateTime, ``, `253402300800000`, `!field.date`},
		{kind.Time, ``, `"09:30:59"`, `"09:30"`},
		{kind.Time, `{"seconds":true}`, `"09:30"`, `"09:30:00"`},
		{kind.Time, ``, `"24:00"`, `!field.time`},
		{kind.Time, ``, `"9:30"`, `!field.time`},
		{kind.Duration, ``, `-1`, `!field.min`},
		{kind.Duration, ``, `1.5`, `!field.shape`},
		{kind.Select, levels, `"none"`, `!field.option`},
		{kind.Select, levels, `"old"`, `!field.option_retired`},
		{kind.MultiSelect, levels, `["high","low","high"]`, `["low","high"]`},
		{kind.MultiSelect, levels, `[]`, `null`},
		{kind.MultiSelect, levels, `["old"]`, `!field.option_retired`},
		{kind.MultiSelect, strings.Replace(levels, "{", `{"max":1,`, 1), `["low","mid"]`, `!field.too_many`},
		{kind.Cascade, tree, `"b"`, `["a","b"]`},
		{kind.Cascade, tree, `["a"]`, `!field.option_not_last`},
		{kind.Cascade, tree, `["s","b"]`, `!field.option`},
		{kind.Cascade, tree, `["a","t"]`, `!field.option_retired`},
		{kind.Checkbox, ``, `false`, `null`},
		{kind.Checkbox, `{"required":true}`, `false`, `!field.required`},
		{kind.Person, ``, `7`, `[7]`},
		{kind.Person, ``, `[1,2]`, `!field.too_many`},
		{kind.Person, `{"multiple":true}`, `[2,1,2]`, `[2,1]`},
		{kind.Person, ``, `[0]`, `!field.id@[0]`},
		{kind.Person, ``, `[null]`, `!field.id@[0]`},
		{kind.Person, ``, `9007199254740992`, `!field.id`},
		{kind.Phone, ``, `"138 0013 8000"`, `"+8613800138000"`},
		{kind.Phone, `{"sorts":["landline"]}`, `"13800138000"`, `!field.phone_sort`},
		{kind.Phone, ``, `"123"`, `"123"`},
		{kind.Phone, ``, `"82345678"`, `!field.phone`},
		{kind.Email, ``, `"Zhang.San@DingBan.CN"`, `"Zhang.San@dingban.cn"`},
		{kind.Email, ``, `"` + strings.Repeat("a", 300) + `@b.cn"`, `!field.email`},
		{kind.IDCard, ``, `"` + strings.Repeat("1", 300) + `"`, `!field.idcard`},
		{kind.BankCard, ``, `"` + strings.Repeat("1", 300) + `"`, `!field.bankcard`},
		{kind.Email, ``, `"a@b"`, `!field.email`},
		{kind.Email, ``, `"a@b.cn, c@d.cn"`, `!field.email`},
		{kind.Email, ``, `"a..b@c.cn"`, `!field.email`},
		{kind.Email, `{"domains":["@DingBan.cn"]}`, `"a@other.cn"`, `!field.domain`},
		{kind.URL, ``, `"www.baidu.com/s?wd=钉办"`, `"https://www.baidu.com/s?wd=钉办"`},
		{kind.URL, ``, `"HTTPS://例子.中国/路径 "`, `"https://例子.中国/路径"`},
		{kind.URL, ``, `"https://a%20b.cn/"`, `!field.url`},
		{kind.URL, ``, `"http://[::1]:80/A"`, `"http://[::1]:80/A"`},
		{kind.URL, ``, `"https://server-1/x"`, `"https://server-1/x"`},
		{kind.URL, ``, `"https://a.cn/%zz"`, `!field.url`},
		{kind.URL, ``, `"HTTP://Example.COM/A"`, `"http://example.com/A"`},
		{kind.URL, ``, `"localhost:8080/x"`, `"https://localhost:8080/x"`},
		{kind.URL, ``, `"javascript:alert(1)"`, `!field.url_scheme`},
		{kind.URL, ``, `" JaVaScRiPt:alert(1)"`, `!field.url_scheme`},
		{kind.URL, ``, `"java\tscript:alert(1)"`, `!field.url`},
		{kind.URL, ``, `"data:text/html,x"`, `!field.url_scheme`},
		{kind.URL, ``, `"//evil.cn"`, `!field.url`},
		{kind.URL, ``, `"https://bank.cn@evil.cn/"`, `!field.url`},
		{kind.URL, ``, `"https:///x"`, `!field.url`},
		{kind.URL, ``, `"mailto:a@b.cn"`, `"mailto:a@b.cn"`},
		{kind.URL, ``, `"mailto:x"`, `!field.url`},
		{kind.IDCard, ``, `"110105491231002"`, `"11010519491231002X"`},
		{kind.IDCard, ``, `"110105194912310021"`, `!field.idcard_check`},
		{kind.IDCard, ``, `"1101"`, `!field.idcard`},
		{kind.IDCard, ``, `"11010520260306001X"`, `!field.idcard_birthday`}, // tomorrow
		{kind.BankCard, ``, `"6222 0212 3456 7890 128"`, `"6222021234567890128"`},
		{kind.BankCard, ``, `"6222021234567890123"`, `!field.bankcard`},
		{kind.Region, ``, `{"code":"440305","names":["x","y","南山区"]}`, `{"code":"440305","names":["广东省","深圳市","南山区"]}`},
		{kind.Region, ``, `"441900"`, `{"code":"441900","names":["广东省","东莞市"]}`},
		{kind.Region, ``, `"810000"`, `{"code":"810000","names":["香港特别行政区"]}`},
		{kind.Region, ``, `"440300"`, `!field.region_level@code`},
		{kind.Region, `{"level":"province"}`, `"440300"`, `!field.region_level@code`},
		{kind.Region, ``, `"990000"`, `!field.region@code`},
		{kind.Region, `{"detail":true}`, `{"code":"440305","detail":" 科苑路 1 号 "}`, `{"code":"440305","names":["广东省","深圳市"],"detail":"科苑路 1 号"}`},
		{kind.Geolocation, ``, `{"lat":91,"lon":0}`, `!field.place`},
		{kind.Geolocation, ``, `{"lon":0}`, `!field.place`},
		{kind.Geolocation, ``, `{"lat":39.90421234567,"lon":-0.0,"accuracy":12.34,"label":" 门口 "}`, `{"lat":39.9042123,"lon":0,"accuracy":12.3,"label":"门口"}`},
		{kind.Geolocation, `{"maxAccuracy":50}`, `{"lat":1,"lon":1,"accuracy":51}`, `!field.max@accuracy`},
		{kind.Geolocation, `{"hereOnly":true}`, `{"lat":1,"lon":1}`, `!field.place`},
		{kind.Barcode, ``, `"6901234567892"`, `{"format":"ean13","text":"6901234567892"}`},
		{kind.Barcode, ``, `{"format":"ean13","text":"6901234567893"}`, `!field.barcode_check`},
		{kind.Barcode, `{"formats":["ean8"]}`, `"6901234567892"`, `!field.barcode`},
		{kind.Signature, ``, `{"width":300,"height":150,"strokes":[],"signer":1,"time":1}`, `null`},
		{kind.Signature, ``, strings.Replace(sign1, `"signer":1`, `"signer":0`, 1), `!field.id@signer`},
		{kind.Signature, ``, strings.Replace(sign1, `20,20,`, `20,151,`, 1), `!field.signature@strokes`},
		{kind.Signature, `{"minInk":0.5}`, sign1, `!field.signature@strokes`},
		{kind.Table, rows, `[{"what":"笔","n":2},{},{"what":"纸"}]`, `[{"n":2,"what":"笔"},{"what":"纸"}]`},
		{kind.Table, rows, `[{"n":2}]`, `!field.required@[0].what`},
		{kind.Table, rows, `[{"what":"x","n":2.5}]`, `!field.decimals@[0].n`},
		{kind.Table, rows, `[{"what":"x","y":1}]`, `!field.column@[0]`},
		{kind.Table, rows, `[` + strings.TrimSuffix(strings.Repeat(`{"what":"x"},`, 101), ",") + `]`, `!field.rows`},
		{kind.Formula, `{"expression":"1","kind":"number"}`, `5`, `!field.read_only`},
		{kind.CreatedAt, ``, `5`, `!field.read_only`},
		{kind.Text, ``, `"` + strings.Repeat("x", kind.MaxValue) + `"`, `!field.too_large`},
		{kind.Table, rows, strings.Repeat("[", 100_000), `!field.json`},
		{kind.Money, ``, strings.Repeat(`{"a":`, 10_000), `!field.json`},
	} {
		f := bind(t, c.name, c.settings)
		got, err := f.Normalize(json.RawMessage(c.raw), nil, env())
		s := string(got)
		if err != nil {
			s = "!" + codeOf(err)
		}
		if s != c.want {
			t.Errorf("%s %s: %.80s becomes %s, want %s (%v)", c.name, c.settings, c.raw, s, c.want, err)
		}
	}
}

func TestRetiredOptionsStay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name               kind.Name
		settings, old, raw string
		want               string
	}{
		{kind.Select, levels, `"old"`, `"old"`, `"old"`},
		{kind.Select, levels, `"low"`, `"old"`, `!field.option_retired`},
		{kind.MultiSelect, levels, `["old"]`, `["low","old"]`, `["low","old"]`},
		{kind.MultiSelect, levels, `["low"]`, `["low","old"]`, `!field.option_retired`},
		{kind.Cascade, tree, `["a","t"]`, `["a","t"]`, `["a","t"]`},
		{kind.Table, rows, `[{"what":"x","lvl":"old"}]`, `[{"what":"y","lvl":"old"}]`, `[{"lvl":"old","what":"y"}]`},
		{kind.Table, rows, `[{"what":"x"}]`, `[{"what":"y","lvl":"old"}]`, `!field.option_retired@[0].lvl`},
		{kind.Money, ``, `{"amount":1,"currency":"USD"}`, `{"amount":2,"currency":"USD"}`, `{"amount":2,"currency":"USD"}`},
		{kind.UpdatedAt, ``, `60000`, `60000`, `60000`},
		{kind.UpdatedAt, ``, `60000`, `60001`, `!field.read_only`},
	} {
		got, err := bind(t, c.name, c.settings).Normalize(json.RawMessage(c.raw), json.RawMessage(c.old), env())
		s := string(got)
		if err != nil {
			s = "!" + codeOf(err)
		}
		if s != c.want {
			t.Errorf("%s: %s in the place of %s becomes %s, want %s", c.name, c.raw, c.old, s, c.want)
		}
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name           kind.Name
		settings, want string
	}{
		{kind.Text, `{"maxlength":5}`, `?`}, // encoding/json takes keys in any case; harmless
		{kind.Text, `{"MaxLength":5}`, `field.unknown_key`},
		{kind.Text, `{"x":5}`, `field.unknown_key`},
		{kind.Text, `{"maxLength":"5"}`, `field.shape@maxLength`},
		{kind.Text, `{"maxLength":3000}`, `settings.value@maxLength`},
		{kind.Text, `{"minLength":6,"maxLength":5}`, `settings.order@minLength`},
		{kind.Text, `{"pattern":"((a{10}){10}){10}b{1000}"}`, `?`},
		{kind.Text, `{"pattern":"(a{1000}){1}(b{1000}){1}(c|d|e){1000}.{1000}.{1000}.{1000}.{1000}.{1000}.{1000}.{1000}"}`, `field.pattern@pattern`},
		{kind.LongText, `{"pattern":"[a-z]{1000}"}`, `field.pattern@pattern`},
		{kind.LongText, `{"pattern":"[a-z]{1000}","maxLength":1000}`, `?`},
		{kind.Text, `{"pattern":"("}`, `field.pattern@pattern`},
		{kind.Text, `{"maxLength":2,"default":"字字字"}`, `field.too_long@default`},
		{kind.Text, `[]`, `field.shape`},
		{kind.Number, `{"decimals":11}`, `settings.value@decimals`},
		{kind.Number, `{"min":2,"max":1}`, `settings.order@min`},
		{kind.Money, `{"currency":"XXX"}`, `field.currency@currency`},
		{kind.Money, `{"currency":"CNY","currencies":["USD"]}`, `field.currency@currency`},
		{kind.Date, `{"format":"us"}`, `settings.value@format`},
		{kind.Date, `{"min":"2026-02-30"}`, `field.date@min`},
		{kind.Select, `{}`, `settings.none@options`},
		{kind.Select, `{"options":[{"id":"a","label":"x"},{"id":"a","label":"y"}]}`, `settings.option@options[1].id`},
		{kind.Select, `{"options":[{"id":"a","label":"x"},{"id":"b","label":" X "}]}`, `settings.option@options[1].label`},
		{kind.Select, `{"options":[{"id":"a b","label":"x"}]}`, `settings.option@options[0].id`},
		{kind.Select, `{"options":[{"id":"a","label":"x","colour":"#12"}]}`, `settings.value@options[0].colour`},
		{kind.Select, `{"options":[{"id":"a","label":"x","children":[{"id":"b","label":"y"}]}]}`, `field.too_many@options[0].children`},
		{kind.Select, `{"options":[{"id":"a","label":"x","retired":true},{"id":"b","label":"x"}]}`, `?`},
		{kind.Cascade, `{"options":[{"id":"a","label":"x","children":[{"id":"a","label":"y"}]}]}`, `settings.option@options[0].children[0].id`},
		{kind.URL, `{"schemes":["javascript"]}`, `field.url_scheme@schemes`},
		{kind.Phone, `{"sorts":["pager"]}`, `field.phone_sort@sorts`},
		{kind.Attachment, `{"types":["PDF",".docx"]}`, `?`},
		{kind.Attachment, `{"types":["../x"]}`, `settings.value@types[0]`},
		{kind.Formula, `{"expression":"","kind":"number"}`, `field.required@expression`},
		{kind.Formula, `{"expression":"1","kind":"rollup"}`, `settings.kind@kind`},
		{kind.Formula, `{"expression":"1","kind":"signature"}`, `settings.kind@kind`},
		{kind.Rollup, `{"relation":"r","target":"t","kind":"text","aggregate":"sum"}`, `settings.kind@aggregate`},
		{kind.Rollup, `{"relation":"r","target":"t","kind":"number","aggregate":"median"}`, `settings.value@aggregate`},
		{kind.Lookup, `{"relation":"","target":"t","kind":"text"}`, `field.id@relation`},
		{kind.AutoNumber, `{"parts":[{"type":"text","text":"A"}]}`, `settings.value@parts`},
		{kind.AutoNumber, `{"parts":[{"type":"date","format":"dd.MM"},{"type":"count"}]}`, `settings.value@parts[0].format`},
		{kind.Table, `{"columns":[{"id":"a","label":"x","kind":"table"}]}`, `settings.kind@columns[0].kind`},
		{kind.Table, `{"columns":[{"id":"a","label":"x","kind":"select"}]}`, `settings.none@columns[0].settings.options`},
		{kind.Progress, `{"colour":"red; background:url(x)"}`, `settings.value@colour`},
	} {
		k, _ := catalogue.Find(c.name)
		_, err := k.Bind(json.RawMessage(c.settings))
		if c.want == "?" {
			if err != nil {
				t.Errorf("%s %s: %v", c.name, c.settings, err)
			}
		} else if got := codeOf(err); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.name, c.settings, got, c.want)
		}
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	if got := bind(t, kind.Select, strings.Replace(levels, "{", `{"default":"low","required":true,`, 1)).Default(); string(got) != `"low"` {
		t.Error(string(got))
	}
	if got := bind(t, kind.Number, ``).Default(); !kind.IsEmpty(got) {
		t.Error(string(got))
	}
}

func TestEvolve(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          kind.Name
		from, to, err string
	}{
		{kind.Select, levels, levels, ``},
		{kind.Select, levels, `{"options":[{"id":"low","label":"很低"},{"id":"mid","label":"中","retired":true},{"id":"high","label":"高"},{"id":"old","label":"旧"},{"id":"c","label":"丙"},{"id":"new","label":"新"}]}`, ``},
		{kind.Select, levels, `{"options":[{"id":"low","label":"低"}]}`, `settings.option_removed@options`},
		{kind.MultiSelect, levels, `{"options":[{"id":"low","label":"低"}]}`, `settings.option_removed@options`},
		{kind.Cascade, tree, `{"options":[{"id":"a","label":"华北","children":[{"id":"b","label":"北京"}]},{"id":"s","label":"华南"}]}`, `settings.option_removed@options`},
		{kind.Table, rows, `{"columns":[{"id":"what","label":"品名","kind":"text"}]}`, `settings.option_removed@columns`},
		{kind.Table, rows, strings.Replace(rows, `{"id":"low","label":"低"},`, ``, 1), `settings.option_removed@columns[2].settings.options`},
		{kind.Table, rows, strings.Replace(rows, `"number","settings":{"decimals":0}`, `"text"`, 1), `settings.kind@columns[1].settings`},
		{kind.Number, `{}`, `{"max":5}`, ``},
	} {
		if got := codeOf(kind.Evolve(bind(t, c.name, c.from), bind(t, c.name, c.to))); got != c.err {
			t.Errorf("%s from %s to %s: %q, want %q", c.name, c.from, c.to, got, c.err)
		}
	}
	if got := codeOf(kind.Evolve(bind(t, kind.Text, ``), bind(t, kind.Number, ``))); got != "settings.kind" {
		t.Errorf("text to number: %q", got)
	}
}

func TestTextAndParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                 kind.Name
		settings, cell, want string
	}{
		{kind.Number, `{"unit":"台"}`, "1,234.5 台", `1234.5`},
		{kind.Number, ``, "1.2万", `12000`},
		{kind.Number, ``, "五", `!field.number`},
		{kind.Percent, ``, "50%", `0.5`},
		{kind.Percent, ``, "50", `0.5`},
		{kind.Progress, ``, "100％", `1`},
		{kind.Money, ``, "￥1,234.50", `{"amount":123450,"currency":"CNY"}`},
		{kind.Money, ``, "1.2万元", `{"amount":1200000,"currency":"CNY"}`},
		{kind.Money, `{"currencies":["CNY","USD"]}`, "100美元", `{"amount":10000,"currency":"USD"}`},
		{kind.Money, ``, "100美元", `!field.currency@currency`},
		{kind.Money, ``, "0.001", `!field.decimals`},
		{kind.Money, `{"capitals":true}`, "￥ 1,234.50", `{"amount":123450,"currency":"CNY"}`},
		{kind.Date, ``, "2026年3月5日", `"2026-03-05"`},
		{kind.Date, ``, "3月5日", `"2026-03-05"`},
		{kind.Date, ``, "2026-03-05 00:00:00", `"2026-03-05"`},
		{kind.Date, ``, "2026-03-05 09:00", `!field.date`},
		{kind.DateTime, ``, "2026年3月5日上午9点半", `1772674200000`},
		{kind.DateRange, ``, "2026-03-05 至 3月8日", `{"start":"2026-03-05","end":"2026-03-08"}`},
		{kind.DateRange, ``, "2026年3月5日—2026年3月8日", `{"start":"2026-03-05","end":"2026-03-08"}`},
		{kind.Time, ``, "下午3点半", `"15:30"`},
		{kind.Duration, ``, "1天2小时30分", `37800`},
		{kind.Duration, ``, "1.5", `5400`},
		{kind.Duration, `{"hoursPerDay":24}`, "1天", `86400`},
		{kind.Select, levels, " 高 ", `"high"`},
		{kind.Select, levels, "最高", `!field.option`},
		{kind.Select, levels, "旧", `!field.option`},
		{kind.MultiSelect, levels, "高、低", `["low","high"]`},
		{kind.MultiSelect, levels, `"甲, 乙", 低`, `["low","c"]`},
		{kind.MultiSelect, levels, `甲, 乙`, `["c"]`},
		{kind.Cascade, tree, "华北/北京", `["a","b"]`},
		{kind.Cascade, tree, "华北 > 上海", `!field.option`},
		{kind.Cascade, tree, "华北/北京/海淀", `!field.option`},
		{kind.Cascade, tree, "a/b/c/d/e/f/g", `!field.too_many`},
		{kind.Cascade, `{"options":[{"id":"a","label":"A/B","children":[{"id":"b","label":"C > D"}]}]}`, "A/B / C > D", `["a","b"]`},
		{kind.Checkbox, ``, "是", `true`},
		{kind.Checkbox, ``, "√", `true`},
		{kind.Checkbox, ``, "否", `null`},
		{kind.Checkbox, ``, "或许", `!field.bool`},
		{kind.Person, `{"multiple":true}`, "张三，李四", `[1,2]`},
		{kind.Person, `{"multiple":true}`, "Smith, John", `[5]`},
		{kind.Person, ``, "王伟", `!field.name_ambiguous`},
		{kind.Person, ``, "王伟二", `!field.name_unknown`},
		{kind.Person, ``, "#4", `[4]`},
		{kind.Phone, ``, "010-82345678 转 801", `"+861082345678;ext=801"`},
		{kind.URL, ``, "dingban.cn", `"https://dingban.cn"`},
		{kind.Region, `{"level":"city"}`, "广东省 深圳市", `{"code":"440300","names":["广东省","深圳市"]}`},
		{kind.Region, `{"level":"city"}`, "北京市 朝阳区", `{"code":"110100","names":["北京市","市辖区"]}`},
		{kind.Region, ``, "440305", `{"code":"440305","names":["广东省","深圳市"]}`},
		{kind.Geolocation, ``, "前台 (39.9, 116.4)", `{"lat":39.9,"lon":116.4,"label":"前台"}`},
		{kind.Table, rows, "笔\t3\n纸\t\t高", `[{"n":3,"what":"笔"},{"lvl":"high","what":"纸"}]`},
		{kind.Table, rows, "笔\tx", `!field.number@[0].n`},
		{kind.Text, `{"required":true}`, "  ", `!field.required`},
		{kind.Text, ``, "a\xffb", `"ab"`},
	} {
		got, err := bind(t, c.name, c.settings).ParseText(c.cell, env())
		s := string(got)
		if err != nil {
			s = "!" + codeOf(err)
		}
		if s != c.want {
			t.Errorf("%s: %q reads as %s, want %s", c.name, c.cell, s, c.want)
		}
	}
	for _, c := range []struct {
		name                  kind.Name
		settings, value, want string
	}{
		{kind.Number, `{"grouped":true,"decimals":2,"unit":"kg"}`, `1234.5`, "1,234.50 kg"},
		{kind.Percent, `{"decimals":1}`, `0.5`, "50.0%"},
		{kind.Money, `{"capitals":true}`, `{"amount":168032,"currency":"CNY"}`, "¥1,680.32 壹仟陆佰捌拾圆零叁角贰分"},
		{kind.Date, `{"format":"chinese"}`, `"2026-03-05"`, "2026年3月5日"},
		{kind.DateTime, ``, `1772674200000`, "2026-03-05 09:30"},
		{kind.Duration, ``, `97200`, "3d 3h"},
		{kind.Duration, `{"format":"clock"}`, `97215`, "27:00:15"},
		{kind.Duration, `{"format":"hours"}`, `5400`, "1.5h"},
		{kind.Checkbox, ``, `true`, "是"},
		{kind.Cascade, tree, `["a","b"]`, "华北 / 北京"},
		{kind.MultiSelect, levels, `["low","c"]`, `低, "甲, 乙"`},
		{kind.Phone, `{"masked":true}`, `"+8613800138000"`, "138****8000"},
		{kind.IDCard, ``, `"11010519491231002X"`, "110105********002X"},
		{kind.IDCard, `{"open":true}`, `"11010519491231002X"`, "11010519491231002X"},
		{kind.BankCard, ``, `"6222021234567890128"`, "6222 02** **** ***0 128"},
		{kind.Region, ``, `{"code":"110105","names":["北京市","市辖区","朝阳区"],"detail":"望京"}`, "北京市 朝阳区 望京"},
		{kind.Signature, ``, sign1, "张三 2026-02-25 14:13:20"},
		{kind.Formula, `{"expression":"1","kind":"percent","settings":{"decimals":0}}`, `0.5`, "50%"},
		{kind.Formula, `{"expression":"1","kind":"percent"}`, `{"error":"formula.div_zero"}`, "除数为零"},
		{kind.Formula, `{"expression":"1","kind":"percent"}`, `{"error":"formula.x"}`, "#formula.x"},
		{kind.Lookup, `{"relation":"r","target":"t","kind":"date"}`, `["2026-03-05","2026-03-06"]`, "2026-03-05, 2026-03-06"},
	} {
		if got := bind(t, c.name, c.settings).Text(json.RawMessage(c.value), env()); got != c.want {
			t.Errorf("%s: %s is written %q, want %q", c.name, c.value, got, c.want)
		}
	}
}
