package jira

import (
	"strings"

	"dingban/app/exchange/sheet"
	"dingban/app/exchange/value"
)

// kind is what a column holds.
type kind int

const (
	kindSkip kind = iota
	kindSummary
	kindKey
	kindID
	kindParentID
	kindParentKey
	kindEpic
	kindType
	kindStatus
	kindCategory
	kindResolution
	kindPriority
	kindAssignee
	kindAssigneeID
	kindReporter
	kindReporterID
	kindCreator
	kindCreatorID
	kindCreated
	kindUpdated
	kindResolved
	kindDue
	kindStart
	kindDescription
	kindLabel
	kindSprint
	kindVersion
	kindEstimate
	kindRemaining
	kindSpent
	kindWatcher
	kindWatcherID
	kindComment
	kindAttachment
	kindLink
	kindField
)

// columnNames are the headers in English and in the Chinese translations of Server and Cloud, folded.
var columnNames = map[string]kind{
	"summary": kindSummary, "概要": kindSummary, "主题": kindSummary, "摘要": kindSummary,
	"issue key": kindKey, "key": kindKey, "问题关键字": kindKey, "关键字": kindKey, "事务密钥": kindKey, "事务关键字": kindKey, "问题密钥": kindKey, "密钥": kindKey, "work item key": kindKey,
	"issue id": kindID, "问题 id": kindID, "问题id": kindID, "事务 id": kindID, "事务id": kindID, "work item id": kindID,
	"parent id": kindParentID, "parent": kindParentID, "父 id": kindParentID, "父id": kindParentID, "父级": kindParentID, "父级 id": kindParentID,
	"parent key": kindParentKey, "父级密钥": kindParentKey, "父关键字": kindParentKey,
	"issue type": kindType, "问题类型": kindType, "事务类型": kindType, "work type": kindType, "类型": kindType,
	"status": kindStatus, "状态": kindStatus, "status category": kindCategory, "状态类别": kindCategory,
	"resolution": kindResolution, "解决结果": kindResolution, "解决方案": kindResolution,
	"priority": kindPriority, "优先级": kindPriority,
	"assignee": kindAssignee, "经办人": kindAssignee, "assignee id": kindAssigneeID, "经办人 id": kindAssigneeID, "经办人id": kindAssigneeID,
	"reporter": kindReporter, "报告人": kindReporter, "reporter id": kindReporterID, "报告人 id": kindReporterID, "报告人id": kindReporterID,
	"creator": kindCreator, "创建者": kindCreator, "创建人": kindCreator, "creator id": kindCreatorID, "创建者 id": kindCreatorID, "创建者id": kindCreatorID,
	"created": kindCreated, "创建日期": kindCreated, "已创建": kindCreated, "创建时间": kindCreated,
	"updated": kindUpdated, "更新日期": kindUpdated, "已更新": kindUpdated, "更新时间": kindUpdated,
	"resolved": kindResolved, "解决日期": kindResolved, "已解决": kindResolved, "解决时间": kindResolved,
	"due date": kindDue, "due": kindDue, "到期日": kindDue, "到期日期": kindDue, "截止日期": kindDue,
	"description": kindDescription, "描述": kindDescription,
	"labels": kindLabel, "标签": kindLabel,
	"sprint": kindSprint, "冲刺": kindSprint,
	"fix version/s": kindVersion, "fix versions": kindVersion, "修复的版本": kindVersion, "修复版本": kindVersion,
	"original estimate": kindEstimate, "初始预估": kindEstimate, "原预估时间": kindEstimate, "初始估算": kindEstimate, "最初预估": kindEstimate,
	"remaining estimate": kindRemaining, "剩余的估算": kindRemaining, "剩余估算": kindRemaining, "剩余时间": kindRemaining, "剩余预估": kindRemaining,
	"time spent": kindSpent, "耗费时间": kindSpent, "已花费时间": kindSpent, "实际时间": kindSpent,
	"watchers": kindWatcher, "关注者": kindWatcher, "关注人": kindWatcher, "watchers id": kindWatcherID, "关注者 id": kindWatcherID,
	"comment": kindComment, "comments": kindComment, "评论": kindComment, "注释": kindComment, "备注": kindComment,
	"attachment": kindAttachment, "附件": kindAttachment,

	"component/s": kindField, "components": kindField, "模块": kindField, "组件": kindField, "affects version/s": kindField, "affects versions": kindField,
	"影响版本": kindField, "environment": kindField, "环境": kindField, "security level": kindField,
}

// customNames are fields that Jira itself adds as custom ones.
var customNames = map[string]kind{
	"start date": kindStart, "target start": kindStart, "开始日期": kindStart, "计划开始": kindStart, "sprint": kindSprint, "冲刺": kindSprint,
	"target end": kindDue, "epic link": kindEpic, "史诗链接": kindEpic, "parent link": kindParentKey, "史诗任务链接": kindEpic,
	"rank": kindSkip, "排名": kindSkip, "development": kindSkip, "开发": kindSkip, "epic color": kindSkip, "epic colour": kindSkip, "epic status": kindSkip,
	"issue color": kindSkip, "[chart] date of first response": kindSkip, "[chart] time in status": kindSkip, "request participants": kindWatcher,
}

// columnsOf tells what the columns of a header are.
func columnsOf(row sheet.Row) []column {
	var out []column
	for i, cell := range row.Cells {
		header := value.Line(cell.Text)
		c := column{index: i, header: header}
		c.kind, c.link, c.outward = kindOf(header)
		if c.kind == kindField {
			c.header = fieldName(header)
		}
		if c.kind != kindSkip {
			out = append(out, c)
		}
	}
	return out
}

func kindOf(header string) (k kind, link string, outward bool) {
	name := value.Fold(header)
	if k, ok := columnNames[name]; ok {
		return k, "", false
	}
	for _, prefix := range []string{"inward issue link (", "outward issue link (", "内向问题链接 (", "外向问题链接 (", "内部问题链接 (", "外部问题链接 ("} {
		if strings.HasPrefix(name, prefix) && strings.HasSuffix(name, ")") {
			// The kind of the link keeps its spelling.
			from := strings.IndexAny(header, "(（")
			kind := strings.TrimRight(strings.TrimLeft(header[from:], "(（"), ")）")
			return kindLink, kind, strings.HasPrefix(name, "outward") || strings.HasPrefix(name, "外")
		}
	}
	if inside, ok := custom(name); ok {
		if k, ok := customNames[inside]; ok {
			return k, "", false
		}
		return kindField, "", false
	}
	return kindSkip, "", false
}

// custom takes the name out of "Custom field (Story Points)".
func custom(name string) (string, bool) {
	for _, prefix := range []string{"custom field (", "自定义字段 (", "自定义字段("} {
		if rest, ok := strings.CutPrefix(name, prefix); ok && strings.HasSuffix(rest, ")") {
			return strings.TrimSuffix(rest, ")"), true
		}
	}
	return "", false
}

// fieldName is the name of a custom field in its own spelling.
func fieldName(header string) string {
	if _, ok := custom(value.Fold(header)); !ok {
		return header
	}
	from := strings.IndexAny(header, "(（")
	return strings.TrimRight(strings.TrimLeft(header[from:], "(（"), ")）")
}
