import type { Catalog, FailureModeSpec, Kind } from '../../catalog/index.ts'
import {
  type Evidence,
  type Hypothesis,
  type Millis,
  nth,
  type RemainingLife,
  type Severity,
  sameText,
  type Text,
} from '../../core/index.ts'
import type { DetectionPlan } from '../features/detectionPlan.ts'
import { inWords } from '../words/index.ts'
import type { Sentences } from '../words/sentences.ts'

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
  const mode = catalog.failureMode(kind.kind, nth(finding.hypotheses, 0).failureMode)
  const proofs = finding.evidence.slice(0, 3)
  const causes = causesOf(catalog, kind.kind, finding.hypotheses)
  const engineer = inWords((words, named) =>
    words.engineer(
      named(causes),
      proofs.map(({ feature, observed, unit, expected: [low, high] }) =>
        words.proof(
          named(textOf(kind, plan, feature)),
          `${figure(observed)}${unitWord(unit)}`,
          figure(low),
          figure(high),
        ),
      ),
      nextText(words, named, finding, mode),
    ),
  )
  return { engineer, owner: ownerText(mode, finding) }
}

/** What is to come, in the order in which it happens: it warns, it has failed, it was repaired and proves it. */
function nextText(
  words: Sentences,
  named: (text: Text) => string,
  { remainingLife: life, failedAt, repairedAt }: Finding,
  { functionalFailure }: FailureModeSpec,
): string {
  if (repairedAt !== undefined) return words.repaired
  if (failedAt !== undefined) return words.failed(named(functionalFailure))
  if (!life) return ''
  const p90 = life.p90 === null ? undefined : days(life.p90)
  return words.fails({ p10: days(life.p10), p50: days(life.p50), p90 }, named(functionalFailure))
}

/** From this probability on another cause is said, and from this share of the first one's with it in one breath. */
const SAID_FROM = 0.15
const TOGETHER_FROM = 0.6
const MOST_TOGETHER = 3

/** What it may be: the likeliest, or those that what its sensors show does not tell apart. */
export function causesOf(catalog: Catalog, kind: string, hypotheses: readonly Hypothesis[]): Text {
  const top = nth(hypotheses, 0)
  const likely = hypotheses.filter(
    ({ failureMode, probability }, i) => i === 0 || (failureMode !== 'unknown' && probability > SAID_FROM),
  )
  const text = ({ failureMode }: Hypothesis): Text => catalog.failureMode(kind, failureMode).text
  const alike = likely.filter(({ probability }) => probability >= TOGETHER_FROM * top.probability)
  const together = alike.slice(0, MOST_TOGETHER)
  if (together.length > 1) {
    const sum = percent(together.reduce((all, { probability }) => all + probability, 0))
    return inWords((words, named) =>
      words.together(
        together.map((one) => named(text(one))),
        sum,
      ),
    )
  }
  const [, second] = likely
  return inWords((words, named) => {
    const cause = (one: Hypothesis) => ({ name: named(text(one)), probability: percent(one.probability) })
    return words.likeliest(cause(top), second && cause(second))
  })
}

/** What is said of a finding that is seen no more. */
export function explainOver(
  catalog: Catalog,
  kind: string,
  { failureMode }: Hypothesis,
): Record<'engineer' | 'owner', Text> {
  const { text } = catalog.failureMode(kind, failureMode)
  return {
    engineer: inWords((words, named) => words.seenNoMore(named(text))),
    owner: inWords((words) => words.over),
  }
}

function ownerText(mode: FailureModeSpec, { severity, remainingLife, repairedAt, advice }: Finding): Text {
  if (repairedAt !== undefined) return inWords((words) => words.ownerRepaired)
  // What is measured now comes before what the fault means.
  if (advice || severity === 'critical')
    return inWords((words, named) =>
      words.ownerSoon(named(mode.owner), {
        advice: advice && named(advice),
        unsafe: !advice && !mode.safe,
      }),
    )
  if (severity === 'warning' && remainingLife) {
    const within = Math.max(1, Math.round(remainingLife.p10 / 24))
    return inWords((words, named) => words.ownerPlanned(named(mode.owner), within))
  }
  return inWords((words, named) => words.ownerCalm(named(mode.owner)))
}

function textOf(kind: Kind, plan: DetectionPlan, feature: string): Text {
  return (
    plan.features.find((one) => one.name === feature)?.text ??
    plan.guards.find((one) => one.name === feature)?.spec.text ??
    kind.metrics[feature]?.text ??
    sameText(feature)
  )
}
