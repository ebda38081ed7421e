package zhtime

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func lines() []string {
	return []string{
		"客户拜访 @张三 下周一下午2点 #华东 !高 每周五 提前1天提醒 ~2h",
		"3月15日上午9点到11点半和财务对一下第三季度的预算，地点5号楼302，参会人李四、王五",
		"今年国庆节前最后一个工作日下班前提交2026年前三季度总结，提前3天提醒我",
		"review the Q3 report with Alice by next friday 3:30 pm, remind me 30 minutes before, every 2 weeks",
		"把v2.3.1版本部署到192.168.1.10:8080，联系13800138000，快一点",
		"农历八月十五之前把中秋礼品名单定下来 @行政",
	}
}

// BenchmarkLine reports the slowest percent of single lines beside the mean.
func BenchmarkLine(b *testing.B) {
	ref := time.Date(2026, 3, 11, 10, 0, 0, 0, shanghai())
	ls := lines()
	took := make([]time.Duration, 0, 1<<20)
	i := 0
	for b.Loop() {
		t := time.Now()
		Find(ls[i%len(ls)], ref, Options{})
		if len(took) < cap(took) {
			took = append(took, time.Since(t))
		}
		i++
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns")
}

// BenchmarkLongest reads the longest line allowed, of text that often looks like a time.
func BenchmarkLongest(b *testing.B) {
	ref := time.Date(2026, 3, 11, 10, 0, 0, 0, shanghai())
	for name, unit := range map[string]string{"digits": "3-5-", "han": "三十", "words": "下下周上上月", "letters": "next ", "plain": "请把这个文件发给我", "chain": "3月、"} {
		text := string([]rune(strings.Repeat(unit, MaxRunes))[:MaxRunes])
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Find(text, ref, Options{})
			}
		})
	}
}
