import type { Catalog, FailureModeSpec, Kind } from '../../catalog/index.ts'
import type { Evidence, Hypothesis, RemainingLife, Severity, Text } from '../../core/index.ts'
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
}

/** One sentence for who repairs and one for who owns, in each language, from the catalog's texts and the numbers. */
export function explain(
  catalog: Catalog,
  kind: Kind,
  plan: DetectionPlan,
  finding: Finding,
): { engineer: Text; owner: Text } {
  const top = finding.hypotheses[0]!
  const second = finding.hypotheses[1]
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
  const other =
    second && second.probability > 0.15 && second.failureMode !== 'unknown'
      ? catalog.failureMode(kind.kind, second.failureMode)
      : null
  const life = finding.remainingLife
  return {
    engineer: {
      en: `${mode.text.en} (${percent(top.probability)})${other ? `, or ${lower(other.text.en)} (${percent(second!.probability)})` : ''}${en.length ? `: ${en.join('; ')}` : ''}.${life ? ` Fails in about ${days(life.p50)} days (80 %: ${days(life.p10)} to ${life.p90 === null ? 'unknown' : days(life.p90)}): ${lower(mode.functionalFailure.en)}` : ''}`,
      zh: `${mode.text.zh}（${percent(top.probability)}）${other ? `，或${other.text.zh}（${percent(second!.probability)}）` : ''}${zh.length ? `：${zh.join('；')}` : ''}。${life ? `预计约 ${days(life.p50)} 天后失效（80 %：${days(life.p10)} 至 ${life.p90 === null ? '未知' : days(life.p90)} 天）：${mode.functionalFailure.zh}` : ''}`,
    },
    owner: ownerText(mode, finding),
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

function ownerText(mode: FailureModeSpec, { severity, remainingLife }: Finding): Text {
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
