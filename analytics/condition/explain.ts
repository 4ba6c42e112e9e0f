import type { Catalog, FailureModeSpec, Kind } from '../../catalog/index.ts'
import {
  type Evidence,
  type Hypothesis,
  type Millis,
  nth,
  type RemainingLife,
  type Severity,
  type Text,
} from '../../core/index.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'

/** Numbers as people read them: three figures, no tail of noise. */
export function figure(value: number): string {
  const size = Math.abs(value)
  if (size >= 100) return value.toFixed(0)
  if (size >= 10) return value.toFixed(1)
  return size >= 0.1 || size === 0 ? value.toFixed(2) : value.toPrecision(2)
}

const unitWord = (unit: string): string =>
  unit === '1' || unit === '{count}' ? '' : ` ${unit === 'Cel' ? '°C' : unit}`
const percent = (share: number): string => `${Math.round(100 * share)} %`
const days = (hours: number): string => figure(hours / 24)

/** What the sentences are made of. */
export interface Finding {
  hypotheses: Hypothesis[]
  evidence: Evidence[]
  severity: Severity
  remainingLife?: RemainingLife
  failedAt?: Millis
  repairedAt?: Millis
  /** What its owner should know while limits are passed. */
  advice?: Text | undefined
}

/** One sentence for who repairs and one for who owns, in each language, from the catalog's texts and the numbers. */
export function explain(
  catalog: Catalog,
  kind: Kind,
  plan: DetectionPlan,
  finding: Finding,
): { engineer: Text; owner: Text } {
  const top = nth(finding.hypotheses, 0)
  const mode = catalog.failureMode(kind.kind, top.failureMode)
  const proofs = finding.evidence.slice(0, 3)
  const name = (feature: string): Text => textOf(kind, plan, feature)
  const en = proofs.map(
    (row) =>
      `${name(row.feature).en} ${figure(row.observed)}${unitWord(row.unit)} (expected ${figure(row.expected[0])} to ${figure(row.expected[1])})`,
  )
  const zh = proofs.map(
    (row) =>
      `${name(row.feature).zh} ${figure(row.observed)}${unitWord(row.unit)}（预期 ${figure(row.expected[0])} 至 ${figure(row.expected[1])}）`,
  )
  const causes = causesOf(catalog, kind.kind, finding.hypotheses)
  const next = nextText(finding, mode)
  return {
    engineer: {
      en: `${causes.en}${en.length ? `: ${en.join('; ')}` : ''}.${next.en}`,
      zh: `${causes.zh}${zh.length ? `：${zh.join('；')}` : ''}。${next.zh}`,
    },
    owner: ownerText(mode, finding),
  }
}

/** What is to come, in the order in which it happens: it warns, it has failed, it was repaired and proves it. */
function nextText(
  { remainingLife: life, failedAt, repairedAt }: Finding,
  { functionalFailure }: FailureModeSpec,
): Text {
  if (repairedAt !== undefined)
    return {
      en: ' It was repaired, and its own signal is proving that.',
      zh: '已维修，正在由设备自身信号验证。',
    }
  if (failedAt !== undefined)
    return { en: ` It has failed: ${lower(functionalFailure.en)}`, zh: `已失效：${functionalFailure.zh}` }
  if (!life) return { en: '', zh: '' }
  const [p10, p50, p90] = [days(life.p10), days(life.p50), life.p90 === null ? null : days(life.p90)]
  return {
    en: ` Fails in about ${p50} days (80 %: ${p10} to ${p90 ?? 'unknown'}): ${lower(functionalFailure.en)}`,
    zh: `预计约 ${p50} 天后失效（80 %：${p10} 至 ${p90 ?? '未知'} 天）：${functionalFailure.zh}`,
  }
}

/** From this probability on another cause is said, and from this share of the first one's with it in one breath. */
const SAID_FROM = 0.15
const TOGETHER_FROM = 0.6
const MOST_TOGETHER = 3

/** What it may be: the likeliest, or those that what its sensors show does not tell apart. */
export function causesOf(catalog: Catalog, kind: string, hypotheses: readonly Hypothesis[]): Text {
  const top = nth(hypotheses, 0)
  const named = hypotheses.filter(
    ({ failureMode, probability }, i) => i === 0 || (failureMode !== 'unknown' && probability > SAID_FROM),
  )
  const text = ({ failureMode }: Hypothesis): Text => catalog.failureMode(kind, failureMode).text
  const alike = named.filter(({ probability }) => probability >= TOGETHER_FROM * top.probability)
  const together = alike.slice(0, MOST_TOGETHER)
  if (together.length > 1) {
    const sum = percent(together.reduce((all, { probability }) => all + probability, 0))
    const names = together.map((one, i) => (i === 0 ? text(one).en : lower(text(one).en)))
    return {
      en: `${names.slice(0, -1).join(', ')} or ${names.at(-1)}, which what its sensors show does not tell apart (together ${sum})`,
      zh: `${together.map((one) => text(one).zh).join('、')}，从现有传感器的表现无法区分（合计 ${sum}）`,
    }
  }
  const [, second] = named
  return {
    en: `${text(top).en} (${percent(top.probability)})${second ? `, or ${lower(text(second).en)} (${percent(second.probability)})` : ''}`,
    zh: `${text(top).zh}（${percent(top.probability)}）${second ? `，或${text(second).zh}（${percent(second.probability)}）` : ''}`,
  }
}

/** What is said of a finding that is seen no more. */
export function explainOver(
  catalog: Catalog,
  kind: string,
  { failureMode }: Hypothesis,
): Record<'engineer' | 'owner', Text> {
  const { text } = catalog.failureMode(kind, failureMode)
  return {
    engineer: { en: `${text.en}: seen no more.`, zh: `${text.zh}：已不再出现。` },
    owner: { en: 'What we noticed is over. Nothing needs to be done.', zh: '此前发现的情况已消失，无需处理。' },
  }
}

function ownerText(mode: FailureModeSpec, { severity, remainingLife, repairedAt, advice }: Finding): Text {
  if (repairedAt !== undefined)
    return {
      en: 'It was repaired. We are watching whether it works as it used to.',
      zh: '已完成维修，我们正在观察设备是否恢复正常。',
    }
  // What is measured now comes before what the fault means.
  if (advice)
    return {
      en: `${advice.en} ${mode.owner.en} We recommend a visit soon.`,
      zh: `${advice.zh}${mode.owner.zh}建议尽快安排上门检修。`,
    }
  if (severity === 'critical') {
    const safe = mode.safe
      ? { en: '', zh: '' }
      : { en: ' Please switch it off until then.', zh: '在此之前请停止使用。' }
    return {
      en: `${mode.owner.en} We recommend a visit soon.${safe.en}`,
      zh: `${mode.owner.zh}建议尽快安排上门检修。${safe.zh}`,
    }
  }
  if (severity === 'warning' && remainingLife) {
    const within = Math.max(1, Math.round(remainingLife.p10 / 24))
    return {
      en: `${mode.owner.en} It still works; a planned visit in the next ${within} day${within === 1 ? '' : 's'} prevents a breakdown.`,
      zh: `${mode.owner.zh}目前仍可使用；建议在 ${within} 天内安排上门检修，以免停机。`,
    }
  }
  return { en: `${mode.owner.en} Nothing is urgent.`, zh: `${mode.owner.zh}目前不紧急。` }
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

function textOf(kind: Kind, plan: DetectionPlan, feature: string): Text {
  return (
    plan.features.find((one) => one.name === feature)?.text ??
    plan.guards.find((one) => one.name === feature)?.spec.text ??
    kind.metrics[feature]?.text ?? { en: feature, zh: feature }
  )
}
