import type { TicketState } from '../core/index.ts'
import { amountIn } from './amount.ts'
import { zhKpis } from './kpis/zh.ts'
import { timesIn } from './when.ts'
import type { Words } from './words.ts'

/** A time for people; its zone is said, because a mail cannot know where it is read. */
const when = timesIn('zh-CN', 'longGeneric')
const after = (words: string | undefined): string => (words ? `：${words}` : '')
/** 由哪个服务台回访。 */
const calling = (desk: string | undefined): string =>
  desk === undefined ? '' : desk === 'central' ? '中心回访台' : `${desk} `
/** People are called by their names; who has the administrator’s token has none. */
const who = (by: string): string => (by === 'token' ? '管理令牌' : by.replace(/^user:/, ''))
const money = amountIn('zh-CN')
/** 账单的付款情况。 */
const paid = {
  asked: '已发起付款',
  paid: '已付款',
  failed: '付款失败',
  refunded: '已退款',
  'voucher-used': '已用电子券支付',
}
const list = (items: readonly string[]): string => items.join('、')
const verdicts = { confirmed: '确认', refuted: '无故障', 'other-cause': '其他原因' }
const results = { done: '已完成', refused: '被拒绝', failed: '失败' }
/** Commands that may repair; another one is called as the appliance calls it. */
const commands = new Map([
  ['restart', '重启'],
  ['parameter', '修改参数'],
  ['firmware', '升级固件'],
])
const command = (type: string): string => `“${commands.get(type) ?? type}”`
const states: Record<TicketState, string> = {
  new: '准备中',
  offered: '待用户同意',
  declined: '已谢绝',
  expired: '已过期',
  accepted: '用户已同意',
  assigned: '已派工',
  visiting: '上门中',
  waiting: '等待配件',
  remote: '远程修复中',
  completed: '已完工',
  closed: '已结案',
  verified: '已验证',
  reopened: '已重开',
  cancelled: '已取消',
}

const testResults = { done: '无法读取', refused: '设备拒绝', failed: '失败' }
const promises = { 'first-response': '首次响应', 'on-site': '上门', parts: '配件到货' }

/** What every code says in Chinese. */
export const zh: Words = {
  'alert-opened': ({ alert, mode }) => `告警 ${alert}：${mode}`,
  'rule-spoke': ({ alert, rule, version }) => `告警 ${alert}：规则 ${rule}（第 ${version} 版）触发`,
  'alert-again': ({ alert, mode, days, before }) => `告警 ${alert}：${mode}，距 ${before} 仅 ${days} 天再次出现`,
  'care-due': ({ plan }) => `到期：${plan}`,
  'inspection-contracted': ({ plan, months }) => `合同约定每 ${months} 个月检查：${plan}`,
  'alert-joined': ({ alert, mode }) => `告警 ${alert} 并入：${mode}`,
  'alert-while-verifying': ({ alert, mode }) => `维修验证期间的告警 ${alert}：${mode}`,
  'owner-asked': '已征询用户同意',
  'owner-to-call': '没有可送达用户的渠道：需由人工致电',
  'no-owner': '用户未知：由客服决定',
  'another-finding': ({ mode }) => `又有新发现：${mode}`,
  grown: ({ from, to }) => `情况加重：优先级 ${from} → ${to}`,
  'reason-gone': '工单的起因已不再出现：各项数值均已恢复正常',
  'reason-weaker': '工单的起因已减弱，与任何已知故障不符：目前不紧急',
  'reason-back': ({ mode }) => `又再次出现：${mode}`,
  agreed: '已同意',
  'agreed-with-time': '已同意并选定时间',
  reported: ({ words }) => `报修：${words}`,
  'also-reported': ({ words }) => `再次报修：${words}`,
  'fault-again': ({ days, before, words }) => `距 ${before} 仅 ${days} 天同一故障再次出现：${words}`,
  'reported-by-owner': '用户报修',
  'owner-reports-too': '用户也报修了',
  'recall-free': '返修：免费',
  'best-of': ({ count, reasons }) => `${count} 人中最合适：${list(reasons)}`,
  'by-hand': '按人工指派',
  'by-day-plan': ({ reasons }) => `按当天计划：${list(reasons)}`,
  taken: ({ engineer, why }) => `${engineer} 抢单成功：${why}`,
  arrived: '已到达',
  left: '离开；检查单已完成',
  'left-undone': ({ items }) => `离开；未完成：${list(items)}`,
  'no-safe-earth': ({ ticket }) => `接地不安全：停止作业，安全工单 ${ticket}`,
  'earth-failed': ({ ticket, by }) => `${ticket} 的接地检测未通过（${who(by)}）`,
  'earth-safe': '接地已安全：解除锁定',
  'safety-first': '安全第一',
  spoke: ({ words }) => `已联系用户${after(words)}`,
  'message-received': '用户已收到通知',
  'nobody-reached': '没有任何通知送达用户：需由人工致电',
  reached: ({ words }) => `已电话联系到用户${after(words)}`,
  'not-contacted': ({ engineer }) => `${engineer} 未按时联系用户：已升级`,
  'still-no-contact': '仍未联系；因人工指派，保持不变',
  'second-deadline': ({ engineer }) => `${engineer} 到第二期限仍未联系用户`,
  'on-the-way': ({ engineer }) => `${engineer}正在前往您家。`,
  'on-the-way-title': '工程师已出发',
  'nobody-home': ({ words }) => `无人在家：${words}`,
  'waits-for-parts': ({ parts, words }) => `${words ?? '等待配件'}：${list(parts)}`,
  'parts-there': '配件已到：已安排再次上门',
  'signal-back': '设备信号已恢复正常',
  'fixed-remotely': '设备信号已恢复正常：远程修复',
  'fixed-by-owner': '设备信号已恢复正常：用户自行修复',
  'signal-not-back': '设备信号未恢复正常',
  'no-answer': '用户未在期限内答复',
  'no-call-back': '未按时回访',
  'rating-expired': '未收到评价，已过期',
  rated: ({ stars }) => `评价 ${stars} 星`,
  'called-solved': ({ desk, words }) => `${calling(desk)}已回访，已解决${after(words)}`,
  'called-unsolved': ({ desk, words }) => `${calling(desk)}已回访，未解决${after(words)}`,
  'not-solved': '用户表示未解决',
  'declined-by-owner': '用户已谢绝',
  'cancelled-by-owner': '用户已取消',
  'swap-claimed': '用户要求更换设备',
  payment: ({ state, amount, currency }) => `${paid[state]}：${money(amount, currency)}`,
  'bill-confirmed': '已确认账单',
  'bill-contested': ({ words }) => `对账单有异议：${words}`,
  complaint: ({ item }) => `投诉：工程师勾选了 ${item}，用户否认`,
  unaccounted: ({ parts }) => `已安装，但库存中无记录：${list(parts)}`,
  'command-sent': ({ type, command: id, until }) => `已发送命令${command(type)}：${id}，有效至 ${until}`,
  'command-done': ({ type, words }) => `命令${command(type)} 已执行${after(words)}`,
  'command-failed': ({ type, result, words }) => `命令${command(type)} ${results[result]}${after(words)}：已安排上门`,
  'command-late': ({ type, result, words }) =>
    `命令${command(type)} 过期后才收到答复：${results[result]}${after(words)}`,
  'command-unanswered': '命令未按时应答：已安排上门',
  'remote-proof': '远程修复，待设备信号证明',
  'test-begins': ({ test }) => `提议上门前，设备先自检：${test}`,
  'test-showed': ({ test, percent, mode }) =>
    `${test}：存在故障的概率为 ${percent}%${mode ? `，最可能是 ${mode}` : ''}`,
  'test-without-result': ({ test, result }) => `${test}：没有结果（${testResults[result]}）`,
  'test-unanswered': '测试未在时限内得到应答',
  'questions-asked': ({ count }) => `提议上门前，先向用户提出 ${count} 个问题`,
  'questions-answered': ({ percent, mode }) =>
    `根据用户所见：存在故障的概率为 ${percent}%${mode ? `，最可能是 ${mode}` : ''}`,
  'questions-unanswered': '用户未回答问题',
  'waits-for-evidence': ({ hours }) => `目前上门不划算：${hours} 小时后再评估`,
  'evidence-stands': '情况仍然存在：询问用户',
  'guide-helped': ({ guide }) => `用户按指南 ${guide} 自行修复`,
  'guide-no-help': ({ guide }) => `已尝试指南 ${guide}：无效`,
  'not-a-fault': ({ words }) => `并非故障${after(words)}`,
  'marked-known': ({ words }) => `故障已知，不安排上门${after(words)}`,
  'marked-not-worth': ({ words }) => `不值得上门${after(words)}`,
  'closed-with': ({ cause, verdict }) => `结案：${cause}${verdict ? `，${verdicts[verdict]}` : ''}`,
  'former-owner': '前用户所述',
  'engineer-refused': ({ engineer, because }) => `${engineer}：${because}`,
  'appliance-retired': '设备已停用',
  said: ({ words }) => words,
  'legacy-text': ({ text }) => text,
  text: ({ text }) => text,

  'km-away': ({ km }) => `距离 ${km} 公里`,
  'no-location': '设备没有位置信息',
  'adds-minutes': ({ minutes, jobs }) => `当天已有 ${jobs} 个任务，增加 ${minutes} 分钟`,
  'grade-enough': ({ has, needs }) => `等级 ${has}，要求 ${needs}`,
  'own-engineer': '用户的专属工程师',
  skilled: ({ skill }) => `具备技能 ${skill}`,
  'outlet-score': ({ score }) => `所属网点评分 ${score}`,
  'open-jobs': ({ count }) => `${count} 个未完成任务`,
  'no-part-foreseen': '预计不需要配件',
  'has-kit': ({ van }) => `${van} 备有全部配件`,
  'lacks-parts': ({ van, parts }) => `${van ?? '无仓库'} 缺少 ${list(parts)}`,
  isolated: ({ words }) => `已停派：${words}`,
  'in-retraining': ({ mode }) => `正在接受 ${mode} 再培训，尚未通过`,
  'grade-below': ({ has, needs, difficulty }) => `等级 ${has} 低于难度 ${difficulty} 所需的 ${needs}`,
  'no-contact-in-time': '未按时联系用户',
  'day-off': '当天休息',
  'no-skill': ({ skill }) => `不具备技能 ${skill}`,
  'too-far': ({ km, most }) => `距离 ${km} 公里，超过 ${most}`,
  'known-no-more': '已不在名单中',
  'nobody-known': '尚无工程师：添加后将自动安排。',
  'nobody-fits': '目前没有合适的工程师；原因见各人姓名旁。',
  'grade-needs-papers': ({ grade, papers }) => `等级 ${grade} 需要 ${list(papers)}`,
  'grade-needs-years': ({ grade, years }) => `等级 ${grade} 需要 ${years} 年`,
  'grab-won': ({ stars }) => `以 ${stars} 星获得`,
  'grab-fewer-stars': ({ own, stars }) => `${own} 星；已由 ${stars} 星者获得`,
  'grab-fair-chance': ({ own, stars }) => `计入此前落选的机会后为 ${own}；已由同样计算后 ${stars} 者获得`,
  'grab-later': ({ ms }) => `星级相同，晚了 ${ms} 毫秒`,
  'grab-by-id': '星级与时间相同：按编号顺序决定',
  'grab-given-away': '期间已另行安排',
  'grab-not-open': ({ state }) => `当前状态为${states[state]}，只有待安排的工单可抢`,

  'line-call-out': '上门费',
  'line-job': ({ job, minutes }) => `${job}，${minutes} 分钟`,
  'line-labour': ({ minutes }) => `工时费，${minutes} 分钟`,
  'line-part': ({ part }) => part,
  'earned-visit': ({ number, difficulty }) => `${number}：上门服务，难度 ${difficulty}`,
  'earned-again': ({ number, before, percent }) =>
    `${number}：本人此前的维修 ${before} 未能保持，按上门费的 ${percent}% 计`,
  'earned-nothing': ({ number }) => `${number}：维修未能保持，已返工`,
  'earned-stars': ({ number, stars, percent }) => `${number}：评价 ${stars} 星，按 ${percent}% 计`,
  'earned-bonus': ({ number }) => `${number}：五星奖金`,
  'earned-corrected': ({ by, words }) => `由 ${who(by)} 更正：${words}`,
  'line-covered': ({ clause, line }) => `${clause}：${line}`,
  'clause-we-were-wrong': '判断有误：免费',
  'clause-safety': '安全上门：免上门费',
  'clause-recall': ({ days }) => `${days} 天内同一故障：免费`,
  'clause-second-repair': '同一故障再次维修：免费',
  'clause-warranty': ({ years }) => `${years} 年保修`,

  'tell-asked-title': ({ kind }) => `关于您的${kind}，请回答一个问题`,
  'tell-asked': ({ noticed, safe, number, answerBy, contactBy, zone }) =>
    `${noticed}${safe ? '您可以继续使用。' : '请停止使用。'}工单 ${number}。上门之前，请在下面的页面告诉我们您看到的情况，只需一分钟，也许无需上门。请于 ${when(answerBy, zone)} 前答复。我们将于 ${when(contactBy, zone)} 前与您联系。`,
  'tell-offered-title': ({ kind }) => `您的${kind}需要上门检查`,
  'tell-offered': ({ changed, noticed, safe, number, answerBy, contactBy, zone }) =>
    `${changed ?? ''}${noticed}${safe ? '您可以继续使用。' : '请停止使用。'}工单 ${number}。请在下面的页面选择时间，并于 ${when(answerBy, zone)} 前答复。${contactBy === undefined ? '' : `我们将于 ${when(contactBy, zone)} 前与您联系。`}`,
  'tell-accepted-title': ({ number }) => `已收到工单 ${number}`,
  'tell-accepted': ({ number, contactBy, zone }) =>
    `谢谢。您的工单号为 ${number}。我们将于 ${when(contactBy, zone)} 前与您联系，并正在安排上门。`,
  'tell-assigned-title': '上门时间已安排',
  'tell-assigned': ({ engineer, slot, number, zone }) =>
    `${engineer ?? '工程师'}将${slot === undefined ? '' : `于 ${when(slot, zone)} `}携带所需配件上门。工单 ${number}。`,
  'tell-waiting-title': ({ number }) => `工单 ${number}：配件正在运送`,
  'tell-waiting': ({ partsBy, zone }) =>
    `工程师所需的配件不在车上，预计 ${when(partsBy, zone)} 前到达，届时立即安排再次上门。`,
  'tell-no-show-title': ({ number }) => `未能见到您：工单 ${number}`,
  'tell-no-show': ({ slot, zone }) =>
    `工程师上门时无人在家。${slot === undefined ? '' : `下次时间为 ${when(slot, zone)}，`}您可在下面的页面改选时间。`,
  'tell-closed-title': ({ number }) => `工单 ${number}：已完成`,
  'tell-closed': '请为本次服务评分。您的设备将自行证明维修是否有效。',
  'tell-verified-title': '维修已由设备自身验证',
  'tell-verified': ({ kind }) => `您的${kind}信号已恢复正常。`,
  'tell-reopened-title': '问题尚未解决',
  'tell-reopened': ({ number }) => `您的设备尚未恢复正常，我们将再次上门。工单 ${number}。`,
  'tell-cancelled-title': ({ number }) => `工单 ${number} 已取消`,
  'tell-cancelled': '将不会有人上门。打开页面可查看原因。',
  'mended-title': ({ kind }) => `您的${kind}已维修`,
  'mended-proving': '我们正在观察设备是否恢复正常。',
  'mended-proved': '设备自身数据显示已恢复正常。',
  'tell-reason-gone-title': ({ kind }) => `您的${kind}已恢复正常`,
  'tell-reason-gone': ({ number, agreed }) =>
    agreed
      ? `此前发现的情况已消失：各项数值均已恢复正常。上门前我们会再次核实；如不再需要上门，您可在下面的页面免费取消。工单 ${number}。`
      : `此前发现的情况已消失：各项数值均已恢复正常。无需上门，工单 ${number} 已结束；我们会继续留意。`,
  'tell-reason-weaker-title': ({ kind }) => `您的${kind}：目前不紧急`,
  'tell-reason-weaker': ({ number, agreed }) =>
    `此前发现的情况已减弱，与我们已知的任何故障都不符，目前不紧急。${agreed ? '上门前我们会再次核实；如不再需要上门，您可在下面的页面免费取消。' : '您无需答复；我们会继续留意，如有变化将告知您。'}工单 ${number}。`,
  'desk-escalated-title': ({ number }) => `${number}：未按时联系用户`,
  'desk-escalated': ({ engineer }) => `负责人：${engineer}。到第二期限将改派。`,
  'desk-offered-title': ({ number, mode, appliance }) => `${number}：${appliance} ${mode}`,
  'desk-offered': ({ diagnosis, priority, kit, owned, called }) =>
    `${diagnosis}优先级 ${priority}。${kit.length > 0 ? `配件：${list(kit)}。` : '预计不需要配件。'}${called ? '用户没有邮箱，需致电。' : owned ? '已征询用户。' : '用户未知：请在此受理。'}`,
  'desk-joined-title': ({ number, appliance }) => `${number}：${appliance} 又有新发现`,
  'desk-reopened-title': ({ number }) => `${number} 已重开：信号未恢复`,
  'desk-reopened': ({ appliance }) => `${appliance} 仍超出正常范围。`,
  'desk-reported-title': ({ number, appliance }) => `${number}：${appliance} 用户报修`,
  'desk-reason-gone-title': ({ number, appliance }) => `${number}：${appliance} 的异常已不再出现`,
  'desk-reason-gone': ({ agreed }) =>
    agreed ? '用户已同意上门：请决定是否仍然上门。' : '已撤回上门建议，并已告知用户。',
  'desk-reason-weaker-title': ({ number, appliance }) => `${number}：${appliance} 的异常已减弱`,
  'desk-reason-weaker': ({ agreed }) =>
    agreed
      ? '现与任何故障都不符。用户已同意上门：请决定是否仍然上门。'
      : '现与任何故障都不符。上门建议保留，但不紧急。',
  'escalated-alert-title': ({ appliance, mode }) => `严重告警无人处理：${appliance} ${mode}`,
  'escalated-alert': ({ minutes }) => `已持续 ${minutes} 分钟。请确认告警或安排上门，之后不再通知其他人。`,
  'escalated-promise-title': ({ number, promise }) => `工单 ${number}：${promises[promise]}已超时`,
  'escalated-promise': ({ number, minutes }) =>
    `对工单 ${number} 用户的承诺已超时 ${minutes} 分钟。完成后不再通知其他人。`,
  'maintenance-ended-title': ({ appliance }) => `${appliance} 的维护已结束`,
  'maintenance-ended': ({ count }) => `维护期间被抑制且仍未消失的告警：${count} 条。可在设备页面逐条放行。`,
  'escalated-task-title': ({ what }) => `任务超时：${what}`,
  'escalated-task': ({ minutes }) => `任务已超时 ${minutes} 分钟。完成后不再通知其他人。`,
  'task-contact': ({ number, engineer }) => `${number}：${engineer} 尚未联系用户；请督促，否则将改派。`,
  'task-reach': ({ number, news }) => `${number}：请致电用户（通知未送达）：${news}`,
  'task-call-back': ({ number }) => `${number}：回访用户：态度、技能、收费、满意度？`,
  'task-supervisor': ({ number, stars, compensation, engineer }) =>
    `${number} 获得 ${stars} 星评价：请回访用户，提供“${compensation}”，并向 ${engineer} 了解情况。`,
  'task-complaint': ({ number, item }) => `${number}：用户否认工程师勾选的项目：${item}`,
  'task-swap': ({ number, appliance }) => `${number}：${appliance} 的用户要求换机，且有此权利`,
  'tell-swap-title': ({ number }) => `为您更换设备（${number}）`,
  'tell-swap': '您已要求更换设备。我们会与您联系安排，无需提供其他证明。',
  'task-bill': ({ number, words }) => `${number}：用户对账单有异议：${words}`,
  'task-reconsider': ({ number, why }) => `${number}：${why}。用户已同意上门：请取消，或说明为何仍然上门。`,
  'more-urgent': '情况已变得更紧急。',
  'fails-sooner': ({ days, was }) =>
    `情况加重：现预计约 ${days} 天后失效${was === undefined ? '' : `（此前为 ${was} 天）`}。`,
  'reported-diagnosis': ({ noticed }) => `报修：${noticed}`,
  'by-former-owner': '由前用户报修。',
  'earth-unsafe': '设备所用插座没有安全接地，整改前请勿使用。',
  'earth-diagnosis': ({ ticket }) => `${ticket} 的接地检测未通过。`,
  'own-page-title': '您的数据与权利',
  'own-page': '通过此链接，您可查看我们所知道的关于您和您设备的信息、决定其用途，并要求删除。',
  'test-message': '这是一条测试消息。',
  'calendar-visit': ({ kind, model }) => `上门维修：${kind} ${model}`,
  'disk-full-title': ({ days }) => `磁盘将在 ${days} 天后写满`,
  'disk-full': ({ days, gigabytes }) =>
    `剩余 ${gigabytes} 吉字节，按目前速度可用 ${days} 天。请清理空间，或缩短原始读数的保留天数（规则“原始读数保留天数”）。已确认的数据不会丢失：磁盘写满时设备会等待。`,
  'noticed-symptom': ({ symptom, said }) => (said ? `${symptom}。“${said}”` : `${symptom}。`),
  'guided-diagnosis': '引导诊断',
  'draft-title': ({ kind, model, mode }) => `${kind} ${model}：${mode}`,
  'draft-noticed': ({ noticed }) => `现象：${noticed}`,
  'draft-cause': ({ mode }) => `原因：${mode}。`,
  'draft-fitted': ({ fitted }) => `处理：更换${list(fitted)}。`,
  'draft-without-part': '处理：未更换配件。',
  'draft-took': ({ minutes }) => `现场用时 ${minutes} 分钟。`,

  'cohort-outage': ({ where }) => `${where} 区域网络中断`,
  'cohort-weather': ({ where }) => `${where} 区域天气影响`,
  'cohort-firmware': ({ cohort }) => `固件 ${cohort}`,
  'cohort-batch': ({ cohort }) => `批次 ${cohort}`,
  'cohort-appliances': ({ joined }) => `${joined} 台设备`,
  'cohort-findings': ({ joined, kind, mode }) => `${joined} 台${kind}：${mode}`,
  'cohort-title': ({ subject, what }) => `${subject}：${what}`,
  'cohort-body': ({ joined, size, expected, held }) =>
    `${size} 台中有 ${joined} 台在短时间内出现。偶然情形下${expected < 0.1 ? '不到 0.1' : `约 ${expected.toFixed(1)}`} 台。${held}`,
  'cohort-ended-title': ({ subject }) => `${subject}已结束`,
  'cohort-ended': ({ what, standing }) => `共涉及${what}；仍有 ${standing} 台未恢复，将逐一处理。`,
  'cohort-nobody-sent': '不会派人上门。',
  'cohort-no-tickets': '暂不开单，明显重于其他者除外。',
  'cohort-tickets-go-on': '工单照常处理。',

  ...zhKpis,
}
