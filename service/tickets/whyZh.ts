/**
 * The history is written once, in English, by whoever acts; what the product itself writes is also said in Chinese.
 * What a person wrote stays as they wrote it.
 */
const said: [RegExp, string | ((...found: string[]) => string)][] = [
  [/^alert (\S+): (\S+) again, (\d+) days after (\S+)$/, '告警 $1：$2，距 $4 仅 $3 天再次出现'],
  [/^alert (\S+): (\S+)$/, '告警 $1：$2'],
  [/^alert (\S+) joined: (\S+)$/, '告警 $1 并入：$2'],
  [/^alert (\S+) while the repair is being verified: (\S+)$/, '维修验证期间的告警 $1：$2'],
  [/^the owner is asked to agree$/, '已征询用户同意'],
  [/^no owner is known: the desk decides$/, '用户未知：由客服决定'],
  [/^another finding: (\S+)$/, '又有新发现：$1'],
  [/^it has grown: priority (\d) → (\d)$/, '情况加重：优先级 $1 → $2'],
  [/^agreed$/, '已同意'],
  [/^agreed, with a time$/, '已同意并选定时间'],
  [/^also reported: ([\s\S]*)$/, '再次报修：$1'],
  [/^reported: ([\s\S]*)$/, '报修：$1'],
  [/^reported by the owner$/, '用户报修'],
  [/^the owner reports it too$/, '用户也报修了'],
  [/^a recall: free of charge$/, '返修：免费'],
  [/^the same fault again, (\d+) days after (\S+): ([\s\S]*)$/, '距 $2 仅 $1 天同一故障再次出现：$3'],
  [/^best of (\d+): ([\s\S]*)$/, '$1 人中最合适'],
  [/^as assigned by hand$/, '按人工指派'],
  [/^by the plan of the day: [\s\S]*$/, '按当天计划'],
  [/^taken by (\S+): ([\s\S]*)$/, '$1 抢单成功'],
  [/^arrived$/, '已到达'],
  [/^left; the card is complete$/, '离开；检查单已完成'],
  [/^left; not done: ([\s\S]*)$/, '离开；未完成：$1'],
  [/^no safe earth: all work stops, safety ticket (\S+)$/, '接地不安全：停止作业，安全工单 $1'],
  [/^the earth test failed at (\S+), says ([\s\S]*)$/, '$1 的接地检测未通过（$2）'],
  [/^the earth is safe: the home is unlocked$/, '接地已安全：解除锁定'],
  [/^safety first$/, '安全第一'],
  [/^spoke to the owner(?:: ([\s\S]*))?$/, (_, words = '') => (words ? `已联系用户：${words}` : '已联系用户')],
  [/^(\S+) has not contacted the owner in time: escalated$/, '$1 未按时联系用户：已升级'],
  [/^still no contact; assigned by hand, so it stays$/, '仍未联系；因人工指派，保持不变'],
  [/^(\S+) did not contact the owner by the second deadline$/, '$1 到第二期限仍未联系用户'],
  [/^nobody was at home: ([\s\S]*)$/, '无人在家：$1'],
  [/^the parts are there: the next visit is planned$/, '配件已到：已安排再次上门'],
  [/^its own signal is back in its band$/, '设备信号已恢复正常'],
  [/^its own signal is back in its band: fixed remotely$/, '设备信号已恢复正常：远程修复'],
  [/^its own signal is back in its band: fixed by its owner$/, '设备信号已恢复正常：用户自行修复'],
  [/^its own signal is not back in its band$/, '设备信号未恢复正常'],
  [/^the owner did not answer in time$/, '用户未在期限内答复'],
  [/^nobody called back in time$/, '未按时回访'],
  [/^no rating came: it has expired$/, '未收到评价，已过期'],
  [/^rated (\d) of 5$/, '评价 $1 星'],
  [/^called back, solved(?:: ([\s\S]*))?$/, (_, words = '') => (words ? `已回访，已解决：${words}` : '已回访，已解决')],
  [
    /^called back, not solved(?:: ([\s\S]*))?$/,
    (_, words = '') => (words ? `已回访，未解决：${words}` : '已回访，未解决'),
  ],
  [/^not solved, says the owner$/, '用户表示未解决'],
  [/^declined by the owner$/, '用户已谢绝'],
  [/^cancelled by the owner$/, '用户已取消'],
  [/^confirmed the bill$/, '已确认账单'],
  [/^contests the bill: ([\s\S]*)$/, '对账单有异议：$1'],
  [/^a complaint: (\S+) was ticked, and the owner says no$/, '投诉：工程师勾选了 $1，用户否认'],
  [/^fitted, but in no stock that we know: ([\s\S]*)$/, '已安装，但库存中无记录：$1'],
  [/^(restart|parameter|firmware) sent: (\S+), until (\S+)$/, '已发送命令 $1：$2，有效至 $3'],
  [
    /^(\S+) (done|refused|failed) after the command had expired(?:: ([\s\S]*))?$/,
    (_, type = '', result = '', words = '') =>
      `命令 ${type} 过期后才收到答复：${result === 'done' ? '已完成' : result === 'refused' ? '已拒绝' : '失败'}${words ? `（${words}）` : ''}`,
  ],
  [
    /^(restart|parameter|firmware) done(?:: ([\s\S]*))?$/,
    (_, type = '', words = '') => `命令 ${type} 已执行${words ? `：${words}` : ''}`,
  ],
  [
    /^(restart|parameter|firmware) (refused|failed)(?:: ([\s\S]*))?: a visit is planned$/,
    (_, type = '', how = '') => `命令 ${type} ${how === 'refused' ? '被拒绝' : '失败'}：已安排上门`,
  ],
  [/^the command was not answered in time: a visit is planned$/, '命令未按时应答：已安排上门'],
  [/^fixed remotely, if its signal says so$/, '远程修复，待设备信号证明'],
  [/^the owner repaired it by the guide (\S+)$/, '用户按指南 $1 自行修复'],
  [/^tried the guide (\S+): no help$/, '已尝试指南 $1：无效'],
  [/^not a fault: ([\s\S]*)$/, '并非故障：$1'],
  [
    /^(\S+), (confirmed|refuted|other-cause)$/,
    (_, cause = '', verdict = '') => `${cause}，${verdicts[verdict] ?? verdict}`,
  ],
  [/^words of a former owner$/, '前用户所述'],
  [/^(\S+): isolated: ([\s\S]*)$/, '$1：已停派（$2）'],
  [/^(\S+): has the day off$/, '$1：当天休息'],
]

const verdicts: Record<string, string> = { confirmed: '确认', refuted: '无故障', 'other-cause': '其他原因' }

/** What the product wrote, in Chinese; undefined where a person wrote it, or nobody has said how. Pure. */
export function whyZh(why: string): string | undefined {
  for (const [pattern, words] of said) {
    if (pattern.test(why)) return why.replace(pattern, words as string)
  }
  return undefined
}
