package mapping

import (
	"time"

	"dingban/app/exchange/value"
)

// headerWords are the headers of tables that people make, and of the exports of Teambition, Feishu, DingTalk, Jira,
// Trello, Plane, Tower, ZenTao and Microsoft's planners. They are folded (narrow, lower case); the more certain ones
// come first.
var headerWords = map[Field][]string{
	Title: {
		"标题", "任务名称", "任务标题", "任务名", "summary", "title", "task name", "card name", "name", "名称", "主题", "概要", "事项名称", "工作项标题", "工作项名称",
		"工作项", "需求名称", "需求标题", "缺陷标题", "缺陷名称", "bug标题", "研发需求名称", "待办事项", "待办内容", "待办", "事项", "工作事项", "工作任务", "工作内容", "任务内容", "任务",
		"subject", "issue", "task", "todo", "item", "work item", "issue name", "卡片名称", "卡片标题", "摘要", "任务主题", "文本", "多行文本",
	},
	Description: {
		"描述", "任务描述", "description", "详细描述", "详细说明", "任务详情", "任务说明", "需求描述", "缺陷描述", "card description", "说明", "详情", "内容", "正文", "body", "details",
		"备注", "任务备注", "notes", "note", "remark", "remarks", "issue description", "description html", "description stripped", "重现步骤",
	},
	Key: {
		"issue key", "key", "任务编号", "编号", "任务id", "id", "card id", "工作项编号", "工作项id", "需求编号", "需求id", "缺陷编号", "缺陷id", "bug编号", "单号", "识别码", "唯一标识", "唯一编号",
		"记录id", "record id", "identifier", "sequence id", "short id", "短id", "任务短id", "external id", "外部编号", "关键字", "问题关键字", "密钥", "序号", "任务序号", "task id", "no.", "no", "number", "issue id",
	},
	Parent: {
		"父任务", "父任务编号", "父任务id", "父任务标题", "父任务名称", "父级任务", "父级", "父记录", "父工作项", "父需求", "父项", "父 id", "父id", "上级任务", "上级", "主任务", "所属任务", "所属父任务", "所属主任务",
		"parent", "parent key", "parent id", "parent task", "parent issue", "parent item", "parent work item",
	},
	Level:   {"层级", "任务层级", "层次", "大纲级别", "大纲等级", "缩进级别", "outline level", "level", "depth", "indent"},
	Outline: {"wbs", "wbs编码", "wbs编号", "大纲编号", "大纲数字", "outline number", "任务编码", "层级编号"},
	State: {
		"状态", "任务状态", "status", "state", "当前状态", "流程状态", "工作项状态", "需求状态", "bug状态", "缺陷状态", "list name", "list", "列表", "任务列表", "所在列表", "看板列", "列", "阶段", "任务阶段", "当前阶段",
		"column", "stage", "section/column", "section", "bucket name", "issue status", "进展状态", "state name",
	},
	Done: {"是否完成", "完成状态", "完成情况", "是否已完成", "completed", "is completed", "done", "已完成", "due complete", "complete"},
	Priority: {
		"优先级", "任务优先级", "priority", "紧急程度", "重要程度", "优先程度", "优先", "重要性", "紧急度", "urgency", "importance", "严重程度", "severity",
	},
	Type: {"类型", "任务类型", "工作项类型", "需求类型", "缺陷类型", "问题类型", "事务类型", "issue type", "type", "tracker", "work item type"},
	Assignee: {
		"负责人", "执行者", "执行人", "任务执行者", "任务负责人", "任务执行人", "处理人", "当前处理人", "经办人", "责任人", "承办人", "主办人", "受理人", "指派给", "分配给", "被指派人", "assignee", "assignees",
		"assigned to", "owner", "owners", "members", "member", "成员", "经手人", "主责人", "办理人", "跟进人", "负责人员",
	},
	Follower: {
		"参与者", "参与人", "参与人员", "关注人", "关注者", "抄送人", "抄送", "抄送给", "协作者", "协作人", "协办人", "配合人", "watchers", "followers", "subscribers", "collaborators", "participants", "cc",
	},
	Creator: {
		"创建人", "创建者", "任务创建者", "创建用户", "提出人", "报告人", "发起人", "提交人", "由谁创建", "记录人", "creator", "created by", "reporter", "author", "提交者",
	},
	Labels: {"标签", "任务标签", "标记", "关键词", "labels", "label", "tags", "tag", "card labels"},
	Start: {
		"开始时间", "开始日期", "计划开始时间", "计划开始日期", "计划开始", "预计开始时间", "预计开始日期", "预计开始", "开始", "起始时间", "起始日期", "启动时间", "start", "start date", "start time", "planned start", "begin", "start on",
	},
	Due: {
		"截止时间", "截止日期", "截止", "到期日", "到期时间", "到期日期", "due date", "due", "deadline", "计划完成时间", "计划完成日期", "计划完成", "要求完成时间", "要求完成日期", "完成期限", "完成时限", "办理期限", "办结时限", "期限", "最后期限",
		"预计完成时间", "预计完成日期", "预计完成", "预计结束时间", "预计结束日期", "预计结束", "计划结束时间", "计划结束日期", "计划结束", "target date", "due by", "due on", "结束时间", "结束日期", "end date", "end", "finish", "end time", "交付时间", "交付日期",
	},
	Created: {
		"创建时间", "创建日期", "任务创建时间", "created", "created at", "created date", "date created", "created on", "created time", "添加时间", "提交时间", "创建于", "提出时间", "提出日期",
	},
	Updated: {
		"更新时间", "更新日期", "最后更新时间", "最近更新时间", "最后更新", "修改时间", "最后修改时间", "最后修改日期", "已更新", "updated", "updated at", "last modified", "last updated", "last modified time", "modified", "updated on", "最后编辑时间",
	},
	Finished: {
		"完成时间", "实际完成时间", "实际完成日期", "完成日期", "实际结束时间", "实际结束日期", "办结时间", "解决时间", "解决日期", "已解决", "关闭时间", "关闭日期", "completed at", "completed date", "completed on", "date completed", "resolved", "resolution date", "finished", "closed", "完成于",
	},
	Estimate: {
		"预估工时", "预计工时", "计划工时", "估算工时", "预估时间", "预估工作量", "original estimate", "estimate", "estimated hours", "time estimate", "estimated time", "初始预估", "原预估时间", "初始估计", "最初预计", "工时", "工作量", "预估耗时",
	},
	Remaining: {"剩余工时", "剩余时间", "预计剩余", "剩余预估", "剩余估计", "remaining estimate", "remaining", "remaining hours"},
	Spent: {
		"实际工时", "已用工时", "已登记工时", "登记工时", "消耗工时", "总计消耗", "耗费时间", "耗时", "实际耗时", "time spent", "spent", "actual hours", "logged", "已花费时间", "花费时间",
	},
	Progress:  {"进度", "完成度", "完成率", "完成进度", "任务进度", "完成百分比", "完成比例", "当前进度", "% complete", "%complete", "progress", "percent complete", "% done"},
	Iteration: {"迭代", "所属迭代", "冲刺", "sprint", "iteration", "cycle", "cycle name", "里程碑", "milestone", "版本", "目标版本", "fix version/s", "fix versions", "修复的版本", "修复版本", "修复版本/s", "所属计划"},
	Checklist: {"检查项", "检查清单", "清单", "checklist", "checklist items", "checklists"},
	Comment:   {"评论", "comment", "comments", "注释", "任务评论"},
	Attachment: {
		"附件", "任务附件", "attachment", "attachments", "attachment links", "附件链接", "文件",
	},
}

// headerPrefixes go before a word without changing what it means.
var headerPrefixes = []string{"任务的", "任务", "工作项", "需求", "缺陷", "事项", "问题", "卡片", "项目", "card ", "task ", "issue ", "item ", "work item ", "计划", "所属", "当前"}

// unitWords are the units that stand in brackets behind the header of a working time.
var unitWords = map[string]time.Duration{
	"h": time.Hour, "小时": time.Hour, "时": time.Hour, "hours": time.Hour, "hour": time.Hour, "工时": time.Hour, "人时": time.Hour,
	"m": time.Minute, "min": time.Minute, "分钟": time.Minute, "minutes": time.Minute, "分": time.Minute,
	"s": time.Second, "秒": time.Second, "seconds": time.Second,
	"d": value.HoursPerDay * time.Hour, "天": value.HoursPerDay * time.Hour, "人天": value.HoursPerDay * time.Hour,
	"人日": value.HoursPerDay * time.Hour, "日": value.HoursPerDay * time.Hour, "days": value.HoursPerDay * time.Hour, "工作日": value.HoursPerDay * time.Hour,
}

type guessed struct {
	field Field
	rank  int
}

// fieldWords is headerWords from the word to the field.
var fieldWords = func() map[string]guessed {
	out := map[string]guessed{}
	for f, words := range headerWords {
		for i, w := range words {
			out[w] = guessed{field: f, rank: i}
		}
	}
	return out
}()
