package lexicon

import (
	"strings"
	"sync"
)

const (
	// stops are words that say nothing about a text and that no phrase crosses.
	stops = `的 了 在 是 和 与 及 或 对 将 把 被 由 请 等 都 也 已 已经 并 并且 而 但 但是 又 还 还是 就 才 不 没 没有 无 有 要 会 能 可 可以 可能 应 应该 应当 该 此 这 这个 这些 这里 那 那个 那些 那里 其 其中 每 各 某 我 你 您 他 她 它 我们 你们 他们 咱们 大家 自己 本 于 从 向 到 至 往 去 来 给 跟 让 使 为 为了 因 因为 由于 所以 因此 如果 若 则 且 之 所 以 以及 以上 以下 以内 之前 之后 前 后 内 外 上 下 中 里 时 时候 时间 们 地 得 着 过 吗 呢 吧 啊 呀 哦 嗯 哈 嘛 很 非常 比较 更 最 太 再 先 刚 刚才 刚刚 正在 正 仍 仍然 均 共 只 只有 只是 仅 约 近 超过 左右 大约 目前 现在 现 今天 明天 昨天 后天 今日 明日 昨日 上午 下午 晚上 早上 中午 凌晨 本周 下周 上周 本月 下月 上月 周一 周二 周三 周四 周五 周六 周日 星期 年 月 日 号 点 分 元 万 万元 亿 个 台 次 件 条 项 名 位 份 种 些 一 二 三 四 五 六 七 八 九 十 百 千 两 几 多 少 第一 第二 第三 一个 一下 一些 一起 一直 一定 一次 什么 怎么 怎样 如何 为什么 哪 哪些 哪里 谁 多少 通过 按 按照 根据 关于 针对 随着 经 经过 当 同 同时 另 另外 此外 然后 随后 最后 首先 其次 例如 比如 包括 即 如 如下 请问 需 需要 须 必须 务必 尽快 立即 及时 马上 进行 开展 完成 做好 加强 提高 确保 说 表示 认为 指出 觉得 看 看看 看下 做 弄 搞 用 拿 问 想 知道 谢谢 收到 好的 可能 是否 有没有 能不能 可不可以 就是 不是 还有 没事 那边 这边 因此 故 未 非 即可 负责 跟进 反馈 确认 发现 存在 导致 出现 造成 相关 有关 以来 起 止 开始 结束 左右 其他 其它 以前 以后 期间 方面 情况 问题 原因 建议 要求 同意 之间 截止 截至 前完成`

	conclude = `经评审 经评估 综合考虑 中标 拟录用 录用 经审议 经协商 经商议 决定推迟 予以通过 不予通过 最终决定 根本原因 根因 直接原因 事故原因 故障原因 主要原因 审计发现 检查发现 调查发现 核查发现 督查发现 root 结论 决定 会议决定 议定 决议 商定 会议明确 会议要求 会议认为 会议同意 一致同意 一致认为 经研究 研究决定 讨论决定 综上 综上所述 总结 总之 总的来说 最终 最后确定 确定 定为 敲定 结果 处理结果 处理意见 最终方案 同意 批准 不同意 否决 通过评审 评审通过 达成一致 拍板 定了 就这么定 先这样定 核心 关键 重点 重要 明确 目标 结论是 已修复 已解决 已恢复 恢复正常 解决方案 解决办法 方案定 conclusion decided decision agreed approved resolved fixed summary recommend`
	need     = `建议 请 需 需要 须 必须 务必 应当 要求 烦请 麻烦 请于 请各 抓紧 尽快 立即 马上 优先 落实 整改 限期 责令 待办 督办 不得 严禁 避免 确保 申请 希望 需求 诉求 please must need needs should todo action required required urgent asap`
	deadline = `截止 截至 最迟 前完成 之前 日前 前提交 前报送 前反馈 前上报 前到位 前上线 前交付 前整改 期限 时限 限期 到期 逾期 延期 工期 交期 交付日期 上线时间 完成时间 月底前 周前 下班前 年底前 日内 天内 小时内 工作日内 deadline due eod overdue`
	risk     = `盘亏 亏损 短少 差异 缺失 偏差 爆裂 爆管 堵塞 跳闸 受潮 进水 积水 漏电 短路 过热 败诉 挪用 丢数据 死锁 内存泄漏 空指针 报错 缺口 较大风险 停运 闪退 卡死 打不开 连不上 登不上 失联 滞后 扣留 开裂 风险 问题 隐患 故障 异常 延误 延迟 失败 中断 报警 告警 投诉 损失 超支 不足 短缺 缺货 停机 停产 停电 停水 泄漏 泄露 漏水 漏油 渗水 起火 冒烟 事故 受伤 违规 违约 不合格 不达标 超标 超时 卡顿 崩溃 宕机 丢失 错误 失效 损坏 破损 磨损 断裂 裂纹 缺陷 漏洞 影响 紧急 严重 无法 不能 延后 推迟 阻塞 瓶颈 欠款 拖欠 纠纷 索赔 risk issue bug error failure failed fails outage blocked blocker delay delayed incident critical broken leak crash`
	cause    = `原因 根因 根本原因 直接原因 由于 因为 导致 造成 因此 所以 从而 引起 引发 系因 归因 经查 经排查 排查发现 调查发现 经核实 初步判断 判断为 therefore because cause caused due to root hence so`
	next     = `下一步 下一步工作 后续 计划 责任人 责任部门 责任单位 负责 牵头 配合 跟进 分工 安排 措施 改进措施 整改措施 行动项 时间节点 里程碑 next owner assignee follow plan action`
	idle     = `你好 您好 大家好 各位好 各位领导 各位同事 收到 好的 好滴 好嘞 谢谢 感谢 辛苦 辛苦了 多谢 谢了 嗯嗯 嗯 哦 哈哈 哈哈哈 呵呵 了解 明白 明白了 知道了 没问题 没事 行 可以 可以的 加油 赞 早 早上好 下午好 晚安 在吗 在不在 ok okay thanks thank hi hello lgtm +1 此致 敬礼 祝好 顺祝 商祺 如题 详见附件 见附件 以上 如上 附件 抄送 记录人 参会人员 会议时间 会议地点 主持人 打扰了 不好意思 请知悉 特此通知 特此报告 妥否 请批示 请审阅 请查收 请悉知 周知`

	// tails end good key phrases.
	tails = `系统 平台 方案 报告 项目 合同 设备 管理 服务 流程 接口 数据 网络 模块 功能 机制 制度 标准 规范 计划 预算 成本 费用 质量 安全 风险 隐患 故障 问题 工程 施工 材料 采购 订单 库存 供应商 客户 用户 产品 需求 测试 环境 配置 服务器 数据库 缓存 日志 备份 权限 账号 密码 证书 漏洞 性能 压力 温度 电机 水泵 阀门 轴承 电缆 变压器 电梯 空调 消防 监控 机组 生产线 车间 仓库 物流 发票 付款 招标 投标 验收 培训 考核 绩效 薪酬 招聘 合格率 完成率 满意度 整改 督办 投诉 赔偿 保险 许可 审批 公文 档案 会议 纪要 版本 补丁 升级 迁移 部署 上线 发布 回滚 扩容 巡检 维修 保养 检修 检测 评估 评审 审计 核算 结算 报销 周期 进度 节点 指标 率 度 量 费 单 表 法 机 器 件 库 站 线 阀 泵 柜 箱 卡 管 灯 门 证 款 价 额 期 图 仪 池 塔 炉 车 板 轴 带 网 件 源 盘 屏 口`
)

var groups = []group{
	{Surname, surnames},
	{Surname, compound},
	{Rare, rare},
	{NotName, notNames},
	{Title, titles},
	{Act, acts},
	{Lead, leads},
	{Label, labels},
	{Province, provinces},
	{Area, areas},
	{Spot, spots},
	{Company, companies},
	{Section, sections},
	{Field, fields},
	{Generic, generic},
	{Verb, verbs},
	{Conclude, conclude},
	{Need, need},
	{Deadline, deadline},
	{Risk, risk},
	{Cause, cause},
	{Next, next},
	{Idle, idle},
	{Stop, stops},
	{Tail, tails},
}

func set(words string) map[string]struct{} {
	m := map[string]struct{}{}
	for word := range strings.FieldsSeq(words) {
		m[word] = struct{}{}
	}
	return m
}

// EnglishStop are the English words that say nothing.
var EnglishStop = sync.OnceValue(func() map[string]struct{} { return set(englishStop) })

// FirstName are the commonest English given names, in small letters, of those that are no other word.
var FirstName = sync.OnceValue(func() map[string]struct{} { return set(firstNames) })

const englishStop = `a an the and or but if then else of to in on at by for with from as is are was were be been being am it its this that these those there here i you he she we they me him her us them my your his our their not no nor so too very can could will would shall should may might must do does did done has have had having just only also about into over under after before between out up down off again more most some any all each other than when where why how what which who whom please need needs get got let make made one two new now yes ok re vs etc via per im its dont cant wont thanks`

const firstNames = `james john robert michael david william richard joseph thomas charles daniel matthew anthony steven andrew kenneth kevin brian george edward ronald timothy jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin scott brandon benjamin samuel gregory patrick alexander jack dennis jerry tyler aaron henry adam nathan peter kyle mary patricia jennifer linda elizabeth barbara susan jessica sarah karen nancy lisa betty margaret sandra ashley kimberly emily donna michelle carol amanda melissa deborah stephanie rebecca laura sharon cynthia kathleen amy shirley angela helen anna brenda pamela nicole samantha katherine emma catherine virginia rachel carolyn janet maria heather diane julie olivia alice tom mike tony bob jim joe leo lucy lily sophia jane kate cathy cindy vivian vincent felix simon oscar derek alan allen frank raymond albert victor louis martin philip douglas carl tina wendy nina linus priya raj ahmed ali omar hassan ivan`
