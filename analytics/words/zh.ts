import type { Sentences } from './sentences.ts'

export const zh: Sentences = {
  proof: (name, observed, low, high) => `${name} ${observed}（预期 ${low} 至 ${high}）`,
  engineer: (causes, proofs, next) => `${causes}${proofs.length ? `：${proofs.join('；')}` : ''}。${next}`,
  repaired: '已维修，正在由设备自身信号验证。',
  failed: (failure) => `已失效：${failure}`,
  fails: ({ p10, p50, p90 = '未知' }, failure) => `预计约 ${p50} 天后失效（80 %：${p10} 至 ${p90} 天）：${failure}`,
  together: (names, sum) => `${names.join('、')}，从现有传感器的表现无法区分（合计 ${sum}）`,
  likeliest: (first, second) =>
    `${first.name}（${first.probability}）${second ? `，或${second.name}（${second.probability}）` : ''}`,
  seenNoMore: (name) => `${name}：已不再出现。`,
  over: '此前发现的情况已消失，无需处理。',
  ownerRepaired: '已完成维修，我们正在观察设备是否恢复正常。',
  ownerSoon: (fault, { advice = '', unsafe }) =>
    `${advice}${fault}建议尽快安排上门检修。${unsafe ? '在此之前请停止使用。' : ''}`,
  ownerPlanned: (fault, days) => `${fault}目前仍可使用；建议在 ${days} 天内安排上门检修，以免停机。`,
  ownerCalm: (fault) => `${fault}目前不紧急。`,
  stuck: (at, hours) => `读数停在 ${at} 已 ${hours} 小时，此前一直有变化。`,
  silent: (hours) => `已有 ${hours} 小时没有收到数据。`,
  refused: (why) => `设备有数据上报，但被拒收：${why}。`,
  and: (sentence, more) => sentence + more,
  programsFail: '程序以出错结束。',
  code: (code) => `设备自报故障码 ${code}。`,
  gatewayGone: (gateway, count) => `网关 ${gateway} 已无数据：其下 ${count} 台设备同时失联。请先检查网关的电源和网络。`,
  ruleOver: (name) => `规则“${name}”：已不再满足。`,
  ruleSpoke: (name, version, seen, heldMinutes) =>
    `规则“${name}”（第 ${version} 版）触发：${seen.map(({ what, observed, unit, limit }) => `${what} ${observed} ${unit}（限值 ${limit}）`).join('；') || '状态满足'}${heldMinutes ? `，持续 ${heldMinutes} 分钟` : ''}。`,
  run: '运行',
  cycleLength: '循环时长',
}
