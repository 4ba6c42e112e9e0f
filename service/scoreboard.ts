import { median as medianOf } from 'simple-statistics'
import { DAY, type Database, type Millis } from '../core/index.ts'
import type { Policy } from './policy/policySchema.ts'
import { toStored } from './ticketTable.ts'

/** A share with its 95 % interval; `of` is how many were decided. */
export interface Share {
  count: number
  of: number
  interval: [low: number, high: number]
}

/** A fault that the simulator made: known only in its world, and never mixed with verdicts. */
export interface TrueFault {
  appliance: string
  failureMode: string
  onset: Millis
  functionalFailureAt: Millis
}

export interface Scoreboard {
  /** From closures: what people found. */
  verdicts: {
    precision: Share
    undecided: number
    falseTicketsPerApplianceYear: number
    applianceYears: number
    moneySavedCents: number
    byFailureMode: { kind: string; failureMode: string; confirmed: number; otherCause: number; refuted: number }[]
    /** Predicted probability of the first hypothesis, in bins, against how often it was confirmed. */
    reliability: { from: number; to: number; predicted: number; confirmed: Share }[]
    lastWrong: { ticket: string; number: string; appliance: string; failureMode: string; verdict: string; at: Millis }[]
  }
  /** From the simulator's truth; absent in the real world. */
  truth?: {
    recall: Share
    precision: Share
    medianLeadDays: number | null
    medianLeadShare: number | null
    falseAlarmsPerApplianceYear: number
  }
  /** What alarms that read no data would reach, with as many alarms. A score that does not beat them is void. */
  baselines: { name: 'random' | 'one-date' | 'periodic'; precision: number }[]
}

/** Source: Wilson (1927), 95 %. */
export function wilson(count: number, of: number): [number, number] {
  if (of === 0) return [0, 1]
  const z = 1.96
  const p = count / of
  const centre = p + (z * z) / (2 * of)
  const spread = z * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of))
  const scale = 1 + (z * z) / of
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)]
}

const share = (count: number, of: number): Share => ({ count, of, interval: wilson(count, of) })
const found = 24 * 3_600_000

/**
 * The product's own record, from closures, and from the truth where a simulator knows it.
 * @param exposure appliances with the span over which each was watched
 */
export async function scoreboard(
  database: Database,
  policy: Policy,
  exposure: { appliance: string; from: Millis; to: Millis }[],
  truth?: TrueFault[],
): Promise<Scoreboard> {
  const rows = await database.query.selectFrom('ticket').select('body').where('source', '=', 'predicted').execute()
  const tickets = rows.map(toStored)
  const alerts = await database.query
    .selectFrom('alert')
    .select(['id', 'appliance', 'failureMode', 'openedAt', 'severity'])
    .where('openedAt', 'is not', null)
    .orderBy('openedAt')
    .execute()
  const years = exposure.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0) / (365 * DAY)

  const decided = tickets.filter((ticket) => ticket.closure?.verdict)
  const confirmed = decided.filter((ticket) => ticket.closure?.verdict === 'confirmed')
  const refuted = decided.filter((ticket) => ticket.closure?.verdict === 'refuted')
  const actedOn = decided.length - refuted.length
  const { cost } = policy

  const modes = new Map<string, Scoreboard['verdicts']['byFailureMode'][number]>()
  for (const ticket of decided) {
    const failureMode = ticket.failureMode ?? 'unknown'
    const key = `${ticket.kind}/${failureMode}`
    const row = modes.get(key) ?? { kind: ticket.kind, failureMode, confirmed: 0, otherCause: 0, refuted: 0 }
    if (ticket.closure?.verdict === 'confirmed') row.confirmed++
    else if (ticket.closure?.verdict === 'refuted') row.refuted++
    else row.otherCause++
    modes.set(key, row)
  }

  const reliability = [0, 0.2, 0.4, 0.6, 0.8].map((from) => {
    const inBin = decided.filter(({ hypotheses }) => {
      const p = hypotheses[0]?.probability ?? 0
      return p >= from && (p < from + 0.2 || (from === 0.8 && p <= 1))
    })
    const predicted = inBin.reduce((sum, { hypotheses }) => sum + (hypotheses[0]?.probability ?? 0), 0)
    const right = inBin.filter(({ closure }) => closure?.verdict === 'confirmed').length
    return {
      from,
      to: from + 0.2,
      predicted: inBin.length ? predicted / inBin.length : 0,
      confirmed: share(right, inBin.length),
    }
  })

  const opened = alerts.filter(
    (alert) => alert.failureMode !== 'silent' && alert.failureMode !== 'sensor-stuck' && alert.severity !== 'info',
  )
  return {
    verdicts: {
      precision: share(confirmed.length, decided.length),
      undecided: tickets.length - decided.length,
      falseTicketsPerApplianceYear: years > 0 ? refuted.length / years : 0,
      applianceYears: years,
      moneySavedCents:
        actedOn * (cost.failureCents - cost.plannedVisitCents) - refuted.length * cost.needlessVisitCents,
      byFailureMode: [...modes.values()].sort((a, b) => b.confirmed + b.refuted - a.confirmed - a.refuted),
      reliability,
      lastWrong: decided
        .filter((ticket) => ticket.closure?.verdict !== 'confirmed')
        .sort((a, b) => (b.closure?.at ?? 0) - (a.closure?.at ?? 0))
        .slice(0, 10)
        .map(({ id, number, appliance, failureMode, closure }) => ({
          ticket: id,
          number,
          appliance,
          failureMode: failureMode ?? 'unknown',
          verdict: closure?.verdict ?? '',
          at: closure?.at ?? 0,
        })),
    },
    ...(truth ? { truth: againstTruth(opened, truth, exposure, years) } : {}),
    baselines: truth
      ? dataBlind(
          opened.map(({ openedAt }) => openedAt ?? 0),
          truth,
          exposure,
        )
      : [],
  }
}

/** EVALUATION.md's rule: found when an alert opens between onset and 24 h before functional failure. */
function againstTruth(
  opened: { appliance: string; openedAt: number | null }[],
  truth: TrueFault[],
  exposure: { appliance: string; from: Millis; to: Millis }[],
  years: number,
): NonNullable<Scoreboard['truth']> {
  const now = Math.max(0, ...exposure.map(({ to }) => to))
  const due = truth.filter(
    (fault) => fault.functionalFailureAt <= now && fault.functionalFailureAt - fault.onset >= 5 * DAY,
  )
  const within = (at: number, fault: TrueFault): boolean => at >= fault.onset && at <= fault.functionalFailureAt - found
  const leads: number[] = []
  const shares: number[] = []
  let caught = 0
  for (const fault of due) {
    const first = opened.find((alert) => alert.appliance === fault.appliance && within(alert.openedAt ?? 0, fault))
    if (!first) continue
    caught++
    leads.push((fault.functionalFailureAt - (first.openedAt ?? 0)) / DAY)
    shares.push((fault.functionalFailureAt - (first.openedAt ?? 0)) / (fault.functionalFailureAt - fault.onset))
  }
  const isTrue = (alert: { appliance: string; openedAt: number | null }): boolean =>
    truth.some((fault) => fault.appliance === alert.appliance && (alert.openedAt ?? 0) >= fault.onset)
  const right = opened.filter(isTrue).length
  return {
    recall: share(caught, due.length),
    precision: share(right, opened.length),
    medianLeadDays: median(leads),
    medianLeadShare: median(shares),
    falseAlarmsPerApplianceYear: years > 0 ? (opened.length - right) / years : 0,
  }
}

/** Precision of as many alarms laid without reading a sensor; computed exactly, not drawn. */
function dataBlind(
  times: number[],
  truth: TrueFault[],
  exposure: { appliance: string; from: Millis; to: Millis }[],
): Scoreboard['baselines'] {
  if (exposure.length === 0 || times.length === 0) return []
  const total = exposure.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0)
  const faulty = truth.reduce((sum, { onset, functionalFailureAt, appliance }) => {
    const seen = exposure.find((entry) => entry.appliance === appliance)
    return seen ? sum + Math.max(0, Math.min(functionalFailureAt, seen.to) - Math.max(onset, seen.from)) : sum
  }, 0)
  const faultyAt = (at: number): number =>
    truth.filter(({ onset, functionalFailureAt }) => onset <= at && at < functionalFailureAt).length / exposure.length
  const from = Math.min(...exposure.map((entry) => entry.from))
  const to = Math.max(...exposure.map((entry) => entry.to))
  const days = Array.from({ length: Math.max(1, Math.floor((to - from) / DAY)) }, (_, i) => from + i * DAY)
  const everyMonth = days.filter((_, i) => i % 30 === 29)
  return [
    { name: 'random', precision: total > 0 ? faulty / total : 0 },
    { name: 'one-date', precision: Math.max(0, ...days.map(faultyAt)) },
    {
      name: 'periodic',
      precision: everyMonth.reduce((sum, at) => sum + faultyAt(at), 0) / Math.max(1, everyMonth.length),
    },
  ]
}

const median = (values: number[]): number | null => (values.length === 0 ? null : medianOf(values))
