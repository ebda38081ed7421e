package entity

import (
	"strconv"
	"strings"
	"sync"

	"dingban/app/summary/lexicon"
)

// Kinds of units; the tags are this file's own.
const (
	measure lexicon.Tag = 1 << iota // of things that are measured, and of time: a Chinese numeral may stand before it
	counted                         // of things that are counted: only digits count, 三个 says little
	percent
	money
)

const (
	measures = `千伏 千伏安 兆欧 毫克 微克 吨公里 公斤力 牛米 转 天 周 个月 年 小时 个小时 分钟 秒 秒钟 毫秒 个工作日 工作日 个自然日 个交易日 季度 人 人次 人天 人日 人月 台 套 辆 吨 公斤 千克 克 斤 米 千米 公里 厘米 毫米 微米 平方米 平米 立方米 立方 方 亩 公顷 升 毫升 千瓦 千瓦时 兆瓦 度电 伏 安 赫兹 摄氏度 倍 箱 户 车 车次 架 艘 匹 毫安 台次 台套 兆帕 千帕 分贝 人份 工时 课时 学时 学分`
	counts   = `盏 扇 幅 艘 篇 部 台 封 起 宗 桩 例 趟 站 环 级 步 幢 户 号人 个 件 条 项 次 名 位 份 页 张 根 块 支 只 把 批 家 组 种 笔 单 字 行 处 起 场 期 轮 层 间 本 册 卷 桶 袋 包 瓶 盒 罐 盘 片 段 节 座 栋 棵 株 头 道 路 口 门 面 排 列 对 双 束 枚 颗 滴 度 分 点 ℃ °C 摄氏度 kg g t km m cm mm μm um m² ㎡ m³ L mL ml kW KW kw kWh kwh MW V kV KV A mA Ω Hz kHz MHz GHz MPa kPa Pa bar dB GB MB KB TB PB G M K T ms s min h QPS qps TPS tps rpm Mbps Gbps Mbit 并发 用户 bug bugs 辆次 页次 家次 例 床 针 人 字节 核 线程 节点 端口 模块 接口 工单 订单`
	english  = `days day hours hour hrs minutes minute mins seconds second weeks week months month years year people users items pieces pcs units percent times requests servers nodes`
)

var units = sync.OnceValue(func() *lexicon.Trie {
	b := lexicon.Builder{}
	for word := range strings.FieldsSeq(measures) {
		b.Add(word, measure)
	}
	for word := range strings.FieldsSeq(counts + " " + english) {
		b.Add(word, counted)
	}
	for word := range strings.FieldsSeq(`% ‰ 个百分点 个点`) {
		b.Add(word, percent)
	}
	for word := range currencies() {
		b.Add(word, money)
	}
	return b.Trie()
})

// currencies are the words behind a number, by the code of ISO 4217.
var currencies = sync.OnceValue(func() map[string]string {
	return map[string]string{
		"元": "CNY", "元整": "CNY", "圆": "CNY", "圆整": "CNY", "块钱": "CNY", "元人民币": "CNY", "人民币": "CNY", "RMB": "CNY", "CNY": "CNY", "yuan": "CNY", "元钱": "CNY",
		"美元": "USD", "美金": "USD", "USD": "USD", "dollars": "USD", "欧元": "EUR", "EUR": "EUR", "euros": "EUR", "港元": "HKD", "港币": "HKD", "HKD": "HKD", "日元": "JPY", "英镑": "GBP",
	}
})

func (f *finder) longestUnit(i int) int {
	if i >= f.end {
		return 0
	}
	n, _ := units().Longest(f.runes[i:f.end], measure|counted)
	return n
}

// amount takes the amount at i.
func (f *finder) amount(i int) int {
	r := f.runes[i]
	if code, n := f.sign(i); code != "" {
		j := i + n
		if f.at(j) == ' ' {
			j++
		}
		num, end := f.number(j)
		if end == 0 || num.han && code != "CNY" {
			return 0
		}
		unit, width := f.currency(end)
		if unit != "" {
			end += width
		}
		return f.take(i, end, num.String()+" "+code)
	}
	switch r {
	case '百', '千':
		if f.at(i+1) == '分' && f.at(i+2) == '之' {
			num, end := f.number(i + 3)
			if end == 0 {
				return 0
			}
			if r == '千' {
				return f.take(i, end, num.String()+" ‰")
			}
			return f.take(i, end, num.String()+" %")
		}
		return 0
	}
	if i > f.start {
		// The middle of a word, of a version or of a number of a document is no amount.
		switch before := f.runes[i-1]; {
		case strings.ContainsRune("楼座栋幢", before) && !latin(before) && f.before(i, lexicon.Verb|lexicon.Stop) == 0: // 3号楼5层
			return 0
		case before == '第', before == '-' && i-1 > f.start && latin(f.runes[i-2]), latin(before), before == '.', before == '_', before == '#', before == '/' && i-1 > f.start && latin(f.runes[i-2]):
			return 0
		}
	}
	num, end := f.number(i)
	if end == 0 || !f.free(i, end) {
		return 0
	}
	// A range: 3-5万元, 10~20台, 三至五天.
	low := ""
	if k := end; strings.ContainsRune("-~～—至到", f.at(k)) && f.at(k) != 0 {
		if high, highEnd := f.number(k + 1); highEnd > 0 && high.han == num.han && f.free(k, highEnd) {
			if high.scaled && !num.scaled {
				num = num.shift(high.power) // 3-5万
			}
			low, num, end = num.String()+"..", high, highEnd
		}
	}
	return f.unit(i, end, low, num)
}

// unit takes the number that ends at end when a unit makes it an amount.
func (f *finder) unit(i, end int, low string, num number) int {
	j := end
	if f.at(j) == '余' || f.at(j) == '多' || f.at(j) == '来' {
		j++
		if num, j = f.scale(num, j); num.scaled {
			end = j
		}
	}
	if f.at(j) == ' ' {
		j++
	}
	if code, n := f.currency(j); code != "" {
		if num.han && num.digits == "1" && !num.scaled && f.runes[j] != '元' {
			return 0
		}
		return f.take(i, j+n, low+num.String()+" "+code)
	}
	n, tags := units().Longest(f.runes[j:f.end], measure|counted|percent)
	if n > 0 && letter(f.runes[j+n-1]) && latin(f.at(j+n)) {
		n = 0 // 5Mb is no 5M
	}
	if n > 0 && tags&percent != 0 {
		return f.take(i, j+n, low+num.String()+" "+f.percentUnit(j))
	}
	if n == 0 && f.at(j) == '成' && num.han && num.value > 1 && num.value < 10 && !num.scaled && !strings.ContainsRune("员本立功为绩熟分色套像交都", f.at(j+1)) {
		return f.take(i, j+1, low+num.shift(1).String()+" %")
	}
	word := string(f.runes[j : j+n])
	if word == "分" || word == "分钟" {
		// 3分40秒
		if sec, end := f.number(j + n); end > 0 && f.at(end) == '秒' && num.places == 0 && sec.places == 0 && sec.value < 60 && num.value < 10_000 && low == "" {
			return f.take(i, end+1, strconv.FormatInt(num.value*60+sec.value, 10)+" 秒")
		}
	}
	switch {
	case n > 0 && num.han && tags&measure == 0 && !num.scaled && num.value < 10:
		n = 0
	case n > 0 && num.han && num.digits == "1" && !durations(word):
		n = 0
	case n > 0 && num.han && num.digits == "5" && num.places == 1 && !durations(word):
		n = 0 // 半
	case n > 0 && word == "年" && f.at(j+n) == '度':
		n = 0
	case n > 0 && !num.han && notCounted(word, f.at(j+n)):
		n = 0
	}
	if n == 0 {
		if num.scaled {
			return f.take(i, end, low+num.String())
		}
		return 0
	}
	return f.take(i, j+n, low+num.String()+" "+unitName(word))
}

func (f *finder) percentUnit(j int) string {
	if f.runes[j] == '‰' {
		return "‰"
	}
	return "%"
}

// durations may follow one or a half.
func durations(word string) bool {
	switch word {
	case "天", "周", "个月", "年", "小时", "个小时", "分钟", "工作日", "个工作日", "季度":
		return true
	}
	return false
}

// notCounted are words that only look like a unit: 5号路口, 3点建议, 2方面.
func notCounted(word string, next rune) bool {
	switch word {
	case "点":
		return true
	case "路":
		return next == '口' || next == '线' || next == '由'
	case "升":
		return next == '级' || next == '到' || next == '至' || next == '高'
	case "门":
		return next == '禁' || next == '口'
	case "方":
		return next == '面' || next == '案'
	case "处":
		return next == '理' || next == '置'
	case "组":
		return next == '织'
	case "单":
		return next == '元' || next == '位'
	case "把":
		return next == '握'
	case "对":
		return next == '比'
	case "面":
		return next == '板'
	case "车":
		return next == '间'
	}
	return false
}

func unitName(word string) string {
	switch word {
	case "个小时", "小时", "h", "hours", "hour", "hrs":
		return "小时"
	case "个工作日":
		return "工作日"
	case "分钟", "min", "minutes", "minute", "mins":
		return "分钟"
	case "秒", "秒钟", "s", "seconds", "second":
		return "秒"
	case "毫秒", "ms":
		return "ms"
	case "天", "days", "day":
		return "天"
	case "周", "weeks", "week":
		return "周"
	case "个月", "months", "month":
		return "月"
	case "年", "years", "year":
		return "年"
	case "公斤", "千克", "kg":
		return "kg"
	case "吨", "t":
		return "t"
	case "公里", "千米", "km":
		return "km"
	case "米", "m":
		return "m"
	case "平方米", "平米", "m²", "㎡":
		return "m²"
	case "立方米", "立方", "m³":
		return "m³"
	case "千瓦", "kW", "KW", "kw":
		return "kW"
	case "千瓦时", "度电", "kWh", "kwh":
		return "kWh"
	case "℃", "°C", "摄氏度":
		return "℃"
	case "percent":
		return "%"
	}
	return word
}

// sign finds a currency before a number.
func (f *finder) sign(i int) (string, int) {
	switch f.runes[i] {
	case '¥', '￥':
		return "CNY", 1
	case '$':
		return "USD", 1
	case '€':
		return "EUR", 1
	case '£':
		return "GBP", 1
	case '人', 'R', 'U', 'C', 'E', 'H':
		if f.wordBoundary(i) {
			if code, n := f.currency(i); n > 1 {
				return code, n
			}
			if f.at(i+1) == 'S' && f.at(i+2) == '$' {
				return "USD", 3
			}
		}
	}
	return "", 0
}

func (f *finder) currency(i int) (string, int) {
	if i >= f.end {
		return "", 0
	}
	n, _ := units().Longest(f.runes[i:f.end], money)
	if n == 0 || letter(f.runes[i]) && latin(f.at(i+n)) {
		return "", 0
	}
	if f.runes[i] == '元' && n == 1 && (f.at(i+1) == '器' || f.at(i+1) == '件' || f.at(i+1) == '旦') {
		return "", 0
	}
	return currencies()[string(f.runes[i:i+n])], n
}

func (f *finder) take(start, end int, norm string) int {
	if !f.free(start, end) {
		return 0
	}
	f.add(Amount, takenAmount, start, end, norm)
	return end
}
