import { median as medianOf } from 'simple-statistics'
import { type AlertRecords, DAY, type Database, type Millis } from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'
import { countsByProbability, countsByVerdict, wrongOnes } from '../tickets/store/ticketCounts.ts'

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

export const share = (count: number, of: number): Share => ({ count, of, interval: wilson(count, of) })
const found = 24 * 3_600_000

/**
 * The product's own record, from closures, and from the truth where a simulator knows it.
 * @param exposure appliances with the span over which each was watched
 */
export async function scoreboard(
  database: Database,
  alerts: AlertRecords,
  policy: Policy,
  exposure: { appliance: string; from: Millis; to: Millis }[],
  truth?: TrueFault[],
): Promise<Scoreboard> {
  const counted = await countTickets(database)
  const years = yearsOf(exposure)
  const all = tally(counted)

  // What only a simulator knows is asked for where it is known.
  const opened = truth
    ? (await alerts.opened(database.query)).filter(({ failureMode }) => !ofNoPart.has(failureMode))
    : []
  return {
    verdicts: {
      precision: share(all.confirmed, all.confirmed + all.otherCause + all.refuted),
      undecided: all.undecided,
      falseTicketsPerApplianceYear: years > 0 ? all.refuted / years : 0,
      applianceYears: years,
      moneySavedCents: savedCents(all, policy),
      byFailureMode: byFailureMode(counted),
      reliability: await reliability(database),
      lastWrong: await lastWrong(database),
    },
    ...(truth ? { truth: againstTruth(opened, truth, exposure, years) } : {}),
    baselines: truth
      ? dataBlind(
          opened.map(({ openedAt }) => openedAt),
          truth,
          exposure,
        )
      : [],
  }
}

/** Alerts that are no prediction of a fault. */
const ofNoPart: ReadonlySet<string> = new Set(['silent', 'sensor-stuck'])

/** Predicted tickets with the same of everything that they are counted by. */
export interface Counted {
  kind: string
  model: string
  version: string
  failureMode: string
  verdict: string | null
  count: number
  /** Of these, cancelled before anybody went. */
  cancelled: number
}
/** Read from the index, whose order it is. */
export async function countTickets(database: Database): Promise<Counted[]> {
  const rows = await countsByVerdict(database.query)
  return rows.map(({ kind, model, version, failureMode, verdict, count, cancelled }) => ({
    kind,
    model: model ?? '',
    version: version ?? '',
    failureMode: failureMode ?? 'unknown',
    verdict,
    count: Number(count),
    cancelled: Number(cancelled),
  }))
}

export interface Tally {
  confirmed: number
  otherCause: number
  refuted: number
  /** Of the refuted: a person said so before anybody went. */
  dismissed: number
  undecided: number
}
export function tally(counted: Iterable<Pick<Counted, 'verdict' | 'count' | 'cancelled'>>): Tally {
  const sums: Tally = { confirmed: 0, otherCause: 0, refuted: 0, dismissed: 0, undecided: 0 }
  for (const { verdict, count, cancelled } of counted) {
    if (verdict === 'refuted') sums.dismissed += cancelled
    if (verdict === 'confirmed') sums.confirmed += count
    else if (verdict === 'refuted') sums.refuted += count
    else if (verdict === null) sums.undecided += count
    else sums.otherCause += count
  }
  return sums
}

/** A visit that found something spared a breakdown; one that found nothing was needless. By the policy's costs. */
export const savedCents = ({ confirmed, otherCause, refuted, dismissed }: Tally, { cost }: Policy): number =>
  (confirmed + otherCause) * (cost.failureCents - cost.plannedVisitCents) -
  (refuted - dismissed) * cost.needlessVisitCents

export const yearsOf = (exposure: Iterable<{ from: Millis; to: Millis }>): number => {
  let years = 0
  for (const { from, to } of exposure) years += Math.max(0, to - from) / (365 * DAY)
  return years
}

function byFailureMode(counted: Counted[]): Scoreboard['verdicts']['byFailureMode'] {
  const groups = Map.groupBy(counted, ({ kind, failureMode }) => `${kind}/${failureMode}`)
  return [...groups.values()]
    .flatMap((group) => {
      const { confirmed, otherCause, refuted } = tally(group)
      const [first] = group
      if (!first || confirmed + otherCause + refuted === 0) return []
      return [{ kind: first.kind, failureMode: first.failureMode, confirmed, otherCause, refuted }]
    })
    .sort((a, b) => b.confirmed + b.refuted - a.confirmed - a.refuted)
}

/** In fifths of what was said at the opening. */
async function reliability(database: Database): Promise<Scoreboard['verdicts']['reliability']> {
  const rows = await countsByProbability(database.query)
  return [0, 1, 2, 3, 4].map((place) => {
    const inBin = rows.filter((row) => Number(row.bin) === place)
    const of = inBin.reduce((sum, { count }) => sum + Number(count), 0)
    const predicted = inBin.reduce((sum, row) => sum + Number(row.predicted), 0)
    const right = inBin.reduce((sum, { verdict, count }) => sum + (verdict === 'confirmed' ? Number(count) : 0), 0)
    return {
      from: place / 5,
      to: (place + 1) / 5,
      predicted: of > 0 ? predicted / of : 0,
      confirmed: share(right, of),
    }
  })
}

async function lastWrong(database: Database): Promise<Scoreboard['verdicts']['lastWrong']> {
  const rows = await wrongOnes(database.query, 10)
  return rows.map(({ id, number, appliance, failureMode, verdict, closedAt, createdAt }) => ({
    ticket: id,
    number,
    appliance,
    failureMode: failureMode ?? 'unknown',
    verdict: verdict ?? '',
    at: closedAt ?? createdAt,
  }))
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
