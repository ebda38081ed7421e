package formula

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dingban/app/field/decimal"
)

// fieldset is the fields of the tests: names are ids with 的 behind, but for 双 which two fields have.
type fieldset map[string]Type

func (f fieldset) ByID(id string) (Field, bool) {
	t, ok := f[id]
	return Field{id, t}, ok
}

func (f fieldset) ByName(name string) []Field {
	if name == "双" {
		return []Field{{"a", Number}, {"b", Number}}
	}
	if t, ok := f[name]; ok {
		return []Field{{name, t}}
	}
	return nil
}

func testFields() fieldset {
	return fieldset{
		"单价": Number, "数量": Number, "空数": Number, "名称": Text, "空文": Text, "完成": Bool, "截止": Date, "空日": Date, "开始": DateTime, "工时": Duration, "标签": ListOf(Text),
		"数表": ListOf(Number), "空表": ListOf(Number), "签名": Blank, "错": Number, "括}号": Number, "骗": Number, "#1": Number,
	}
}

func num(t testing.TB, s string) Value {
	t.Helper()
	d, err := decimal.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return NumberOf(d)
}

func testValues(t testing.TB) map[string]Value {
	return map[string]Value{
		"单价": num(t, "12.5"), "数量": num(t, "4"), "名称": TextOf("钉办 Office"), "完成": BoolOf(true), "截止": DayOf(2026, 3, 31), "开始": MomentOf(time.Date(2026, 3, 5, 1, 30, 0, 0, time.UTC).UnixMilli()),
		"工时": DurationOf(5400), "标签": ListValue(Text, []Value{TextOf("急"), TextOf("重要")}), "数表": ListValue(Number, []Value{num(t, "1"), {}, num(t, "2.5")}), "错": Fail(FailZero), "括}号": num(t, "7"), "#1": num(t, "8"),
		"骗": TextOf("keine Zahl"),
	}
}

// fiveDays is a calendar of Monday to Friday, but that Saturday, the 14th of March 2026, is worked for Friday.
type fiveDays struct{}

func (fiveDays) IsWorkday(year int, month time.Month, day int) bool {
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	if t.Format(time.DateOnly) == "2026-03-14" {
		return true
	}
	return t.Format(time.DateOnly) != "2026-03-13" && t.Weekday() != time.Saturday && t.Weekday() != time.Sunday
}

func testContext(t testing.TB) Context {
	values := testValues(t)
	return Context{
		Value:    func(id string) Value { return values[id] },
		Now:      time.Date(2026, 3, 4, 18, 30, 0, 0, time.UTC), // already the 5th in the zone
		Zone:     time.FixedZone("CST", 8*3600),
		Calendar: fiveDays{},
	}
}

func codeOf(err error) string {
	var e *Error
	if err == nil {
		return ""
	}
	if !errors.As(err, &e) {
		return "?" + err.Error()
	}
	return fmt.Sprintf("%s %d-%d", e.Code, e.Pos, e.End)
}

// TestEval has expressions with the type of their result and how it is written; a result that begins with # is a failure.
func TestEval(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ source, want string }{
		{`1+2*3`, "number 7"},
		{`(1+2)*3`, "number 9"},
		{`0.1+0.2`, "number 0.3"},
		{`=2^3^2`, "number 64"}, // from the left, as in spreadsheets
		{`-2^2`, "number 4"},
		{`2^-1`, "number 0.5"},
		{`2^0.5`, "number 1.4142135623731"},
		{`(-8)^0.5`, "number #formula.value"},
		{`50%`, "number 0.5"},
		{`50%+1`, "number 1.5"},
		{`50% - 1`, "number -0.5"},
		{`7%4`, "number 3"},
		{`-7%4`, "number 1"},
		{`100*5%`, "number 5"},
		{`1/3*3`, "number 0.9999999999999999999999999999"},
		{`1/0`, "number #formula.div_zero"},
		{`10^27*100`, "number #formula.range"},
		{`{单价}*{数量}`, "number 50"},
		{`{#单价}`, "number 12.5"},
		{`｛单价｝×２`, "number 25"},
		{`{括\}号}+1`, "number 8"},
		{`{\#1}+{#\#1}`, "number 16"},
		{`{空数}+1`, "number 1"},
		{`1/{空数}`, "number #formula.div_zero"},
		{`{错}+1`, "number #formula.div_zero"},
		{`{骗}+1`, "number 1"}, // a value of another type than the field's is none
		{`"a"&"b"&1.50`, "text ab1.5"},
		{`“全角”＆“引号”`, "text 全角引号"},
		{`"say ""hi"""`, `text say "hi"`},
		{`'单引号'`, "text 单引号"},
		{`{名称}&{截止}&{完成}`, "text 钉办 Office2026-03-31TRUE"},
		{`{标签}&""`, "text 急, 重要"},
		{`1<2`, "bool TRUE"},
		{`2≤2 and 3<>4`, "bool TRUE"},
		{`1=1 && !(2>3) || FALSE`, "bool TRUE"},
		{`not 1=2`, "bool TRUE"},
		{`NOT(TRUE)`, "bool FALSE"},
		{`true or 1/0=1`, "bool TRUE"},
		{`AND(FALSE, 1/0=1)`, "bool FALSE"},
		{`"a"<"b"`, "bool TRUE"},
		{`{空文}=""`, "bool TRUE"},
		{`{空数}=0`, "bool TRUE"},
		{`{空日}<TODAY()`, "bool FALSE"},
		{`{空日}=EMPTY()`, "bool TRUE"},
		{`{截止}>{开始}`, "bool TRUE"},
		{`{标签}={标签}`, "bool TRUE"},
		{`IF({单价}>10,"贵","便宜")`, "text 贵"},
		{`IF({完成}, 1)`, "number 1"},
		{`IF(FALSE, 1)`, "number "},
		{`IF(TRUE, 1, 1/0)`, "number 1"},
		{`IF(FALSE, {开始}, {截止})`, "datetime 2026-03-31 00:00"},
		{`IFS({单价}>20,"高",{单价}>10,"中",TRUE,"低")`, "text 中"},
		{`IFS(FALSE,1)`, "number #formula.match"},
		{`SWITCH({数量},1,"一",4,"四","其他")`, "text 四"},
		{`SWITCH("x","y",1,2)`, "number 2"},
		{`SWITCH("x","y",1)`, "number #formula.match"},
		{`IFERROR(1/0, 5)`, "number 5"},
		{`IFERROR(1/0)`, "number "},
		{`ISERROR({错})`, "bool TRUE"},
		{`COALESCE({空数}, {数量})`, "number 4"},
		{`ISBLANK({空文})`, "bool TRUE"},
		{`ISBLANK({数表})`, "bool FALSE"},
		{`XOR(TRUE,TRUE,TRUE)`, "bool TRUE"},
		{`SUM(1,{数表},{空数})`, "number 4.5"},
		{`SUM({工时},{工时})`, "duration 3:00"},
		{`SUM({空表})`, "number 0"},
		{`AVERAGE({数表})`, "number 1.75"},
		{`AVERAGE({空表})`, "number #formula.div_zero"},
		{`AVERAGE({工时})`, "duration 1:30"},
		{`PRODUCT(2,3,{数量})`, "number 24"},
		{`MIN(3,{数表})`, "number 1"},
		{`MAX({截止},{开始})`, "datetime 2026-03-31 00:00"},
		{`MAX({空表})`, "number "},
		{`MEDIAN(1,9,{数表})`, "number 1.75"},
		{`ROUND(2.345,2)`, "number 2.35"},
		{`ROUND(-2.5)`, "number -3"},
		{`ROUND(1234,-2)`, "number 1200"},
		{`ROUNDUP(1.01,1)&ROUNDDOWN(1.09,1)`, "text 1.11"},
		{`INT(-1.5)`, "number -2"},
		{`CEILING(12,5)+FLOOR(12,5)`, "number 25"},
		{`CEILING(1,0)`, "number #formula.div_zero"},
		{`ABS(-5)+SIGN(-3)`, "number 4"},
		{`SQRT(2)`, "number 1.4142135623731"},
		{`SQRT(-1)`, "number #formula.value"},
		{`MOD(-3,2)`, "number 1"},
		{`POWER(1.05,2)`, "number 1.1025"},
		{`POWER(2,1000)`, "number #formula.range"},
		{`VALUE("￥")`, "number #formula.value"},
		{`VALUE("1,234.5")+VALUE("12%")`, "number 1234.62"},
		{`RMB(1680.32)`, "text 壹仟陆佰捌拾圆零叁角贰分"},
		{`rmb({单价})`, "text 壹拾贰圆伍角整"},
		{`RMB(10^20)`, "text #formula.range"},
		{`CONCATENATE("a",1,{截止})`, "text a12026-03-31"},
		{`TEXTJOIN("、",{标签},"完")`, "text 急、重要、完"},
		{`LEN("钉办😀")`, "number 3"},
		{`LEFT("钉办Office",2)&RIGHT("钉办Office",3)&MID("钉办Office",2,2)`, "text 钉办ice办O"},
		{`LEFT("ab",5)&RIGHT("ab",5)&RIGHT("ab",0)&MID("ab",3,1)`, "text abab"},
		{`LEFT("ab",-1)`, "text #formula.value"},
		{`LEFT("abc")`, "text a"},
		{`LEFT(12345,2)`, "text 12"},
		{`FIND("办","钉办办公")`, "number 2"},
		{`FIND("办","钉办办公",3)`, "number 3"},
		{`FIND("x","abc")`, "number #formula.find"},
		{`FIND("","abc")`, "number 1"},
		{`REPLACE("abcdef",2,3,"XX")`, "text aXXef"},
		{`REPLACE("abc",9,9,"!")`, "text abc!"},
		{`SUBSTITUTE("a-b-c","-","+")`, "text a+b+c"},
		{`SUBSTITUTE("a-b-c","-","+",2)`, "text a-b+c"},
		{`SUBSTITUTE("abc","","x")`, "text abc"},
		{`TRIM("  a   b ")`, "text a b"},
		{`UPPER("aß")&LOWER("ÄB")`, "text Aßäb"},
		{`REPT("ab",3)`, "text ababab"},
		{`REPT("x",70000)`, "text #formula.text"},
		{`EXACT("a","A")`, "bool FALSE"},
		{`STARTSWITH("abc","ab") and ENDSWITH("abc","bc")`, "bool TRUE"},
		{`CONTAIN({标签},"急")`, "bool TRUE"},
		{`CONTAIN({名称},"Off")`, "bool TRUE"},
		{`CONTAIN({数表},2.5)`, "bool TRUE"},
		{`CONTAIN({标签},"缓")`, "bool FALSE"},
		{`COUNTA({标签},"",{空数},5)`, "number 3"},
		{`COUNT({数表},"x",3)`, "number 3"},
		{`UNIQUE(1,2,1,{数表})`, "list of number 1, 2, 2.5"},
		{`FIRST({标签})&LAST({标签})&NTH({标签},2)`, "text 急重要重要"},
		{`NTH({标签},9)`, "text "},
		{`LIST(1,2)`, "list of number 1, 2"},
		{`DATE(2026,2,30)`, "date 2026-03-02"},
		{`DATE(10000,1,1)`, "date #formula.value"},
		{`TODAY()`, "date 2026-03-05"},
		{`NOW()`, "datetime 2026-03-05 02:30"},
		{`YEAR({截止})*10000+MONTH({截止})*100+DAY({截止})`, "number 20260331"},
		{`HOUR({开始})*60+MINUTE({开始})`, "number 570"},
		{`WEEKDAY({截止})&WEEKDAY({截止},2)&WEEKDAY({截止},3)`, "text 321"},
		{`WEEKDAY({截止},4)`, "number #formula.value"},
		{`WEEKNUM(DATE(2026,1,1))&QUARTER({截止})`, "text 11"},
		{`{截止}-TODAY()`, "number 26"},
		{`{空日}-TODAY()`, "number "},
		{`{截止}+1`, "date 2026-04-01"},
		{`1+{截止}`, "date 2026-04-01"},
		{`{截止}+{工时}`, "datetime 2026-03-31 01:30"},
		{`{开始}+0.5`, "datetime 2026-03-05 21:30"},
		{`{截止}-{开始}`, "duration 614:30"},
		{`{截止}+10^10`, "date #formula.range"},
		{`{工时}*2+{工时}/3`, "duration 3:30"},
		{`{工时}/{工时}`, "number 1"},
		{`{工时}/0`, "duration #formula.div_zero"},
		{`-{工时}`, "duration -1:30"},
		{`HOURS({工时})`, "number 1.5"},
		{`DURATION(1.5,"小时")={工时}`, "bool TRUE"},
		{`DATEADD({截止},-1,"month")`, "date 2026-02-28"},
		{`DATEADD({截止},1,"年")`, "date 2027-03-31"},
		{`DATEADD({截止},2,"周")`, "date 2026-04-14"},
		{`DATEADD({截止},90,"分钟")`, "datetime 2026-03-31 01:30"},
		{`DATEADD({开始},1,"days")`, "datetime 2026-03-06 09:30"},
		{`DATEADD({截止},10^6,"year")`, "date #formula.range"},
		{`DATEADD({截止},1,"Q")&DATEADD({截止},1,"秒")&DATEADD({截止},-1,"d")`, "text 2026-06-302026-03-31 00:002026-03-30"},
		{`EDATE(DATE(2024,2,29),12)`, "date 2025-02-28"},
		{`EOMONTH({截止},-1)`, "date 2026-02-28"},
		{`DATEDIF(DATE(2024,2,29),DATE(2026,2,28),"Y")`, "number 1"},
		{`DATEDIF(DATE(2026,1,31),DATE(2026,3,1),"M")`, "number 1"},
		{`DATEDIF(DATE(2026,1,31),DATE(2026,3,1),"MD")`, "number 1"},
		{`DATEDIF(DATE(2025,11,5),DATE(2026,3,1),"YM")&DATEDIF(DATE(2025,11,5),DATE(2026,3,1),"天")`, "text 3116"},
		{`DATEDIF(DATE(2026,3,5),DATE(2026,3,1),"D")`, "number -4"},
		{`DATEDIF({开始},{截止},"h")`, "number 614"},
		{`DATEDIF({开始},{截止},"fortnight")`, "number #formula.value"},
		{`DATEDIF({开始},{截止},"分钟")`, "number 36870"},
		{`DATEDIF(DATE(2025,3,5),{截止},"季度")&DATEDIF(DATE(2026,3,9),DATE(2026,3,15),"工作日")&DATEDIF({开始},{截止},"w")`, "text 453"},
		{`DATEDIF(DATE(2024,3,31),DATE(2026,3,5),"YD")`, "number 339"},
		{`DATEDIF({空日},{截止},"D")`, "number "},
		{`DAYS({截止},TODAY())`, "number 26"},
		{`TODATE({开始})`, "date 2026-03-05"},
		{`DATEVALUE("2026年3月5日")`, "date 2026-03-05"},
		{`DATEVALUE(20260305)`, "date 2026-03-05"},
		{`DATEVALUE("明天")`, "date #formula.value"},
		{`WORKDAY(DATE(2026,3,12),1)`, "date 2026-03-14"},
		{`WORKDAY(DATE(2026,3,16),-1)`, "date 2026-03-14"},
		{`WORKDAY(DATE(2026,3,12),10^6)`, "date #formula.range"},
		{`NETWORKDAYS(DATE(2026,3,9),DATE(2026,3,15))`, "number 5"},
		{`NETWORKDAYS(DATE(2026,3,15),DATE(2026,3,9))`, "number -5"},
		{`DATEADD(DATE(2026,3,12),2,"工作日")`, "date 2026-03-16"},
		{`TEXT(1234.5,"#,##0.00")`, "text 1,234.50"},
		{`TEXT({截止},"yyyy年m月d日 aaaa")`, "text 2026年3月31日 星期二"},
		{`TEXT({开始},"YYYY-MM-DD HH:mm:ss")`, "text 2026-03-05 09:30:00"},
		{`TEXT({空日},"yyyy")`, "text "},
		{`TEXT("x","0")`, "text x"},
		{"1 // 注释\n+ 2", "number 3"},
		{`IF(AND({单价}>10,CONTAIN({标签},"急")),"加急 "&RMB({单价}*{数量}),"")`, "text 加急 伍拾圆整"},
	} {
		p, err := Compile(c.source, testFields())
		if err != nil {
			t.Errorf("%s: %v", c.source, err)
			continue
		}
		v := p.Eval(testContext(t))
		got := p.Type().String() + " " + v.Format(testContext(t).Zone)
		if got != c.want {
			t.Errorf("%s = %s, want %s", c.source, got, c.want)
		}
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ source, want string }{
		{``, "formula.empty 0-0"},
		{` = `, "formula.empty 0-3"},
		{`1+`, "formula.unfinished 2-2"},
		{`(1+2`, "formula.unclosed 0-4"},
		{`SUM(1,2`, "formula.unclosed 3-7"},
		{`1 2`, "formula.syntax 2-3"},
		{`1+)`, "formula.syntax 2-3"},
		{`"abc`, "formula.unclosed 0-4"},
		{`{单价`, "formula.unclosed 0-3"},
		{`{}`, "formula.syntax 0-2"},
		{`1 @ 2`, "formula.syntax 2-3"},
		{`1.2.3`, "formula.number 0-5"},
		{`12abc`, "formula.number 0-2"},
		{`1e99`, "formula.number 0-4"},
		{`FOO(1)`, "formula.function 0-3"},
		{`单价*2`, "formula.function 0-2"},
		{`SUM`, "formula.unfinished 3-3"},
		{`IF(1)`, "formula.arguments 0-5"},
		{`IF(TRUE,1,2,3)`, "formula.arguments 0-14"},
		{`IFS(TRUE,1,FALSE)`, "formula.arguments 0-17"},
		{`IFS(TRUE,1,2,3)`, "formula.type 11-12"},
		{`IF(1,2,3)`, "formula.type 3-4"},
		{`IF(TRUE,1,"a")`, "formula.branches 10-13"},
		{`"a"+1`, "formula.operands 0-5"},
		{`1<"a"`, "formula.operands 0-5"},
		{`1<2<3`, "formula.operands 0-5"},
		{`{标签}+1`, "formula.operands 0-6"},
		{`{截止}*2`, "formula.operands 0-6"},
		{`1-{截止}`, "formula.operands 0-6"},
		{`-"a"`, "formula.operands 0-4"},
		{`"a"%`, "formula.operands 0-4"},
		{`not 1`, "formula.operands 0-5"},
		{`LEFT({标签},1)`, "formula.type 5-9"},
		{`YEAR("2026")`, "formula.type 5-11"},
		{`SUM(1,"a")`, "formula.type 6-9"},
		{`SUM(1,{工时})`, "formula.branches 6-10"},
		{`SWITCH(1,"a",2)`, "formula.type 9-12"},
		{`DATEADD({截止},1,"parsec")`, "formula.type 15-23"},
		{`钉办+{没有}`, "formula.function 0-2"},
		{`1+{没有}`, "formula.field 2-6"},
		{`{#没有}`, "formula.field 0-5"},
		{`{双}`, "formula.field_ambiguous 0-3"},
		{`{签名}&""`, "formula.field_type 0-4"},
		{strings.Repeat("(", 100) + "1" + strings.Repeat(")", 100), "formula.too_deep 64-65"},
		{strings.Repeat("-", 100) + "1", "formula.too_deep 64-65"},
		{"1" + strings.Repeat("+1", 3000), "formula.too_deep 0-513"},
		{"SUM(" + strings.Repeat("1,", 2500) + "1)", "formula.too_many 4004-4005"},
		{strings.Repeat(" ", MaxSource+1), "formula.too_long 10000-10001"},
		{strings.Repeat(",", MaxSource), "formula.too_many 8000-8001"},
	} {
		_, err := Compile(c.source, testFields())
		if got := codeOf(err); got != c.want {
			t.Errorf("%.40s: %q, want %q", c.source, got, c.want)
		}
	}
}

func TestRefsAndRenaming(t *testing.T) {
	t.Parallel()
	p, err := Compile(`IF({单价}>1,"{单价}",{#数量}&{单价}&TODAY()) // {单价}`, testFields())
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Refs(); !slices.Equal(got, []string{"单价", "数量"}) || !p.Volatile() || p.UsesCalendar() {
		t.Error(got, p.Volatile(), p.UsesCalendar())
	}
	stored := p.Stored()
	if stored != `IF({#单价}>1,"{单价}",{#数量}&{#单价}&TODAY()) // {单价}` {
		t.Error(stored)
	}
	shown := Shown(stored, func(id string) (string, bool) { return `新}` + id, id != "数量" })
	if shown != `IF({新\}单价}>1,"{单价}",{#数量}&{新\}单价}&TODAY()) // {单价}` {
		t.Error(shown)
	}
	if p, err = Compile(`WORKDAY({截止},1)`, testFields()); err != nil || !p.UsesCalendar() || p.Volatile() {
		t.Error(p, err)
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	got, err := Order(map[string][]string{"a": {"b", "x"}, "b": {"c", "d"}, "c": nil, "d": {"c"}, "e": {"a"}})
	if err != nil || !slices.Equal(got, []string{"c", "d", "b", "a", "e"}) {
		t.Error(got, err)
	}
	_, err = Order(map[string][]string{"a": {"b"}, "b": {"c"}, "c": {"d", "b"}, "d": nil})
	var e *Error
	if !errors.As(err, &e) || e.Code != "formula.cycle" || !slices.Equal(e.Params["fields"].([]string), []string{"b", "c", "b"}) {
		t.Error(err)
	}
	if _, err = Order(map[string][]string{"a": {"a"}}); !errors.As(err, &e) || !slices.Equal(e.Params["fields"].([]string), []string{"a", "a"}) {
		t.Error(err)
	}
	long := map[string][]string{}
	for i := range 100_000 {
		long[fmt.Sprint(i)] = []string{fmt.Sprint(i + 1)}
	}
	if got, err := Order(long); err != nil || len(got) != len(long) {
		t.Error(len(got), err)
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	ctx := testContext(t)
	big := ListValue(Number, slices.Repeat([]Value{num(t, "1")}, MaxList))
	ctx.Value = func(string) Value { return big }
	fields := fieldset{"l": ListOf(Number), "t": Text}
	for _, c := range []struct{ source, want string }{
		{`SUM(` + strings.Repeat(`{l},`, 90) + `{l})`, "91000"},
		{`SUM(` + strings.Repeat(`{l},`, 200) + `{l})`, "#formula.steps"},
		{`IFERROR(SUM(` + strings.Repeat(`{l},`, 200) + `{l}),1)`, "#formula.steps"},
		{`LIST({l},1)`, "#formula.list"},
		{`UNIQUE({l},{l})`, "1"},
		{`LEN(TEXTJOIN("` + strings.Repeat("x", 500) + `",{l}))`, "#formula.text"},
		{`NETWORKDAYS(DATE(1900,1,1),DATE(2000,1,1))+NETWORKDAYS(DATE(1900,1,1),DATE(2000,1,1))+NETWORKDAYS(DATE(1900,1,1),DATE(2000,1,1))`, "#formula.steps"},
	} {
		p, err := Compile(c.source, fields)
		if err != nil {
			t.Errorf("%.30s: %v", c.source, err)
			continue
		}
		if got := p.Eval(ctx).String(); got != c.want {
			t.Errorf("%.30s = %.40s, want %s", c.source, got, c.want)
		}
	}
	nested := strings.Repeat(`SUBSTITUTE(`, 20) + `"x"` + strings.Repeat(`,"x","xxxx")`, 20)
	p, err := Compile(nested, fields)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Eval(ctx).String(); got != "#formula.text" {
		t.Errorf("a text that quadruples twenty times: %.40s", got)
	}
	noCalendar := ctx
	noCalendar.Calendar = nil
	if p, err = Compile(`WORKDAY(TODAY(),1)`, fields); err != nil || p.Eval(noCalendar).String() != "#formula.calendar" {
		t.Error(p.Eval(noCalendar), err)
	}
	if p, err = Compile(`{t}&"x"`, fields); err != nil || p.Eval(Context{}).String() != "x" {
		t.Error("without any context", err)
	}
}

func TestCodesAreListed(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range Codes() {
		if seen[c] || !strings.HasPrefix(c, "formula.") {
			t.Error(c)
		}
		seen[c] = true
	}
	if names := Functions(); len(names) < 80 || !slices.IsSorted(names) || slices.Contains(names, "") {
		t.Error(len(names))
	}
}
