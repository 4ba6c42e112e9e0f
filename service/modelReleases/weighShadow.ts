import { DAY, HOUR, type Millis } from '../../core/index.ts'
import type { TrueFault } from '../quality/scoreboard.ts'

/** An alert of weight (above `info`) opened, or would have. */
export interface Opened {
  appliance: string
  openedAt: Millis
}

/** What a person found on an appliance: a closure's verdict, or that an alert was dismissed. */
export interface Found {
  appliance: string
  /** The ticket was made, or the alert opened. */
  from: Millis
  at: Millis
  isFault: boolean
}

/** One version's record over a span. */
export interface ModelRecord {
  opened: number
  /** Of those opened, by what people found. */
  right: number
  wrong: number
  undecided: number
  /** Faults that people found in this span, and how many of them it had opened before. */
  found: number
  known: number
  falsePerApplianceYear: number
  /** The same by what the simulator knows; absent in the real world. */
  truth?: { right: number; wrong: number; found: number; known: number; falsePerApplianceYear: number }
}

/** An alert that comes so long before the ticket speaks of the same fault. */
const BEFORE = 30 * DAY
/** As EVALUATION.md: an alert counts until so long before functional failure. */
const STILL_OF_USE = 24 * HOUR

/**
 * Weighs what one version opened over a span. Both versions are asked the same, so that neither gains by the rule: what
 * nobody looked at is undecided for either.
 */
export function weighShadow(
  opened: readonly Opened[],
  found: readonly Found[],
  span: { from: Millis; to: Millis; applianceYears: number },
  truth?: readonly TrueFault[],
): ModelRecord {
  const byAppliance = Map.groupBy(found, ({ appliance }) => appliance)
  const openedOn = Map.groupBy(opened, ({ appliance }) => appliance)
  const rate = (count: number): number => (span.applianceYears > 0 ? count / span.applianceYears : 0)
  const verdicts = opened.map((one) => verdictOf(one, byAppliance.get(one.appliance) ?? []))
  const wrong = verdicts.filter((verdict) => verdict === 'wrong').length
  const faults = found.filter(({ isFault, at }) => isFault && at >= span.from && at <= span.to)
  return {
    opened: opened.length,
    right: verdicts.filter((verdict) => verdict === 'right').length,
    wrong,
    undecided: verdicts.filter((verdict) => verdict === 'undecided').length,
    found: faults.filter((fault) => openedOn.get(fault.appliance)?.some((one) => isOf(one, fault))).length,
    known: faults.length,
    falsePerApplianceYear: rate(wrong),
    ...(truth ? { truth: againstTruth(opened, truth, span, rate) } : {}),
  }
}

const isOf = ({ openedAt }: Opened, { from, at }: Found): boolean => openedAt <= at && from <= openedAt + BEFORE

/** The first that anybody found after it opened. */
function verdictOf(one: Opened, found: readonly Found[]): 'right' | 'wrong' | 'undecided' {
  const about = found.filter((each) => isOf(one, each)).toSorted((a, b) => a.at - b.at)[0]
  if (!about) return 'undecided'
  return about.isFault ? 'right' : 'wrong'
}

function againstTruth(
  opened: readonly Opened[],
  truth: readonly TrueFault[],
  span: { from: Millis; to: Millis },
  rate: (count: number) => number,
): NonNullable<ModelRecord['truth']> {
  const isTrue = ({ appliance, openedAt }: Opened): boolean =>
    truth.some((fault) => fault.appliance === appliance && openedAt >= fault.onset)
  const right = opened.filter(isTrue).length
  // Those that began and were due within the span: either version had the whole of them before it.
  const due = truth.filter(({ onset, functionalFailureAt }) => onset >= span.from && functionalFailureAt <= span.to)
  const found = due.filter((fault) =>
    opened.some(
      ({ appliance, openedAt }) =>
        appliance === fault.appliance &&
        openedAt >= fault.onset &&
        openedAt <= fault.functionalFailureAt - STILL_OF_USE,
    ),
  )
  return {
    right,
    wrong: opened.length - right,
    found: found.length,
    known: due.length,
    falsePerApplianceYear: rate(opened.length - right),
  }
}
