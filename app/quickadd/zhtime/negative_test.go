package zhtime

import (
	"os"
	"strings"
	"testing"
	"time"
)

// nothing are texts that say nothing about time, though words or numbers in them look like it.
func nothing() []string {
	return []string{
		// a little, and points that are not o'clock
		"快一点", "有一点难", "早一点来", "晚一点再说", "再大一点", "说话小声一点", "一点都不难", "一点也不", "一点儿", "差一点", "多一点耐心", "一点问题",
		"第3点意见", "三点建议", "提出两点要求", "有三点原因", "以下几点", "5点说明", "百分点", "提升3.5个百分点", "点名", "3点击",
		// numbers of things
		"1024号文件", "坐2号线", "3号楼", "5号门", "一号店", "12号机房", "8号院", "型号", "3号仓库", "10号选手", "6号桌",
		"192.168.1.1", "10.0.0.1:8080", "v2.3.1", "2.5版本", "1.2.3", "升级到3.12", "localhost:8080", "port 8080", "5.0版本",
		"13800138000", "010-12345678", "400-820-8820", "110101199003078888", "6222021234567890123", "工单20269999", "编号12345678",
		"3:1", "比分2:1", "16:9", "比例3:10", "分辨率1920x1080", "ratio 3:15", "大比分3:20",
		"¥12.25", "$3.15", "12.5元", "3.5折", "30%", "完成1/3", "得了9.5分", "10分", "满分100分", "95分", "3.14", "1,024",
		// words that hold a word of time
		"周杰伦演唱会", "周报", "周期性任务", "周边产品", "周转率", "周到的服务", "周全", "周围环境",
		"星期几", "礼拜堂", "月球", "月亮", "月饼礼盒", "年级", "三年级", "五年级二班", "年轻人", "年龄", "年华",
		"十一郎", "三十六计", "五一广场", "五一路", "八一电影制片厂", "六一居士", "二十四节气", "三八线", "七一路", "十一人", "五四运动",
		"冬至未至", "清明上河图", "小满说", "白露姑娘", "雨水收集", "大雪纷飞", "小雪花", "有小雪",
		"日常", "日志", "日程表", "日记本", "生日", "节日", "日本", "日元汇率",
		"天气", "天空", "天才", "天津", "天猫", "天下", "一天天", "聊天", "冲天",
		"时间", "时候", "时代", "小时候", "同时", "临时", "一时冲动", "一时间", "即时通讯", "实时", "定时任务", "按时完成", "准时",
		"分钟", "小时", "季节", "前端", "后端开发", "后台", "前台", "内部", "前景", "后续", "以前", "以后", "之前", "之后", "前面", "后面",
		"后天性", "今日头条", "明日方舟", "每人", "每次", "每个人", "每项任务", "每组", "每页20条",
		"早餐", "晚餐", "晚会", "早教", "午餐", "晚安", "早安", "早日康复", "夜宵", "中国", "中心", "下单", "下次", "上次", "上级", "下级", "上下文", "下一步", "上一级",
		"本地", "本人", "这个任务", "当事人", "同事", "附近", "最后", "过程", "过滤",
		"三国演义", "二维码", "一带一路", "三权分立", "十佳员工", "百度", "千万", "四大名著", "三体", "七喜", "九寨沟", "两点一线",
		"三人行", "五个人", "3个任务", "两件事", "第一章", "第二节", "第三方", "第一名", "第12条", "前三名", "后两位", "前5个", "后3行", "上三楼", "前10名",
		"提前完成", "提前准备", "到底", "至少", "至于", "从头到尾", "从容", "自动", "自己", "截图", "约谈", "约会", "大约", "差不多", "半成品", "半径",
		"A-10", "B2B", "H5页面", "Q12", "3D打印", "4K", "5G", "T恤", "F16", "C3", "p99", "k8s", "utf-8", "sha256", "R2D2", "2FA", "1080p", "100m", "30m高", "12s品牌",
		"早上好", "晚上好", "下午好", "新年快乐", "中秋快乐", "圣诞树", "中秋月饼采购", "春节联欢晚会", "端午粽子", "小年轻", "五月天演唱会", "三点水",
		"目前进度", "当前版本", "十周年庆典", "百年老店", "千年古城", "半年报", "最后一个工作日程", "双方", "十倍", "三分之一", "十分重要", "万分感谢",
		// English
		"good morning", "good night", "Jan is here", "summer intern", "wintergreen", "ten", "a march",
		"may I help", "he may come", "march on", "a second opinion", "sun and moon", "sat down", "the sun", "secondary", "monitor", "money", "friend", "marching",
		"sunset", "nowhere", "weekly2", "days", "by the way", "at home", "in the box", "on top", "after all", "before", "due", "from A to B", "decimal", "december2x",
		"the end", "next step", "last one", "first place", "in 5 steps", "3 items", "10 people", "at 100 degrees", "1st place", "step 2", "version 3", "note", "none",
		"todayish", "about us", "end", "the last", "noon2", "half", "quarterback", "hours", "day",
	}
}

func TestNothingIsFound(t *testing.T) {
	t.Parallel()
	for _, ref := range []time.Time{time.Date(2026, 3, 11, 10, 0, 0, 0, shanghai()), time.Date(2026, 11, 28, 16, 20, 0, 0, shanghai())} {
		for _, text := range nothing() {
			for _, around := range []string{text, "任务：" + text, text + "，请处理", text + "的处理"} {
				if got := inside(around, ref); got != "" {
					t.Errorf("in %q found %s", around, got)
				}
			}
		}
	}
}

// TestTitlesWithoutTime reads titles of tasks as people write them.
func TestTitlesWithoutTime(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/titles.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for title := range strings.Lines(string(text)) {
		n++
		if got := inside(strings.TrimSpace(title), time.Date(2026, 3, 11, 10, 0, 0, 0, shanghai())); got != "" {
			t.Errorf("in %q found %s", title, got)
		}
	}
	if n < 50 {
		t.Errorf("only %d titles", n)
	}
}
