import { type Appliance, DAY, type Database, isOfFault, type Millis } from '../../core/index.ts'
import { leanTickets } from '../tickets/store/ticketRepository.ts'

export type TrendKey = 'model' | 'batch' | 'firmware' | 'month' | 'failureMode' | 'kind'

export interface TrendRow {
  /** The values of the keys asked for, in their order. */
  group: string[]
  failureMode: string
  /** Confirmed failures (verdict confirmed or other-cause, or a reported one with a cause). */
  confirmed: number
  /** Predicted or reported, not decided yet. */
  open: number
  applianceYears: number
  /** Confirmed per 100 appliance-years, with a 95 % interval; null below 5 appliance-years. */
  rate: number | null
  interval: [number, number] | null
  tickets: string[]
}

const ENOUGH_YEARS = 5

/** Faults by what the product team asks for: each failure mode in each group that was watched, also where nothing failed (`none`
 * where nothing of that kind ever did); the surest excess first. */
export async function faultTrends(
  database: Database,
  appliances: Appliance[],
  watchedSince: (id: string) => Millis | undefined,
  now: Millis,
  by: TrendKey[],
): Promise<TrendRow[]> {
  const known = new Map(appliances.map((appliance) => [appliance.id, appliance]))
  const groupOf = (appliance: Appliance, at: Millis): string[] =>
    by.map((key) =>
      key === 'month'
        ? new Date(at).toISOString().slice(0, 7)
        : key === 'failureMode'
          ? ''
          : ((appliance[key as 'model'] as string | undefined) ?? '—'),
    )
  const years = new Map<string, number>()
  const kindsOf = new Map<string, Set<string>>()
  const noFaults = (group: string[], failureMode: string): TrendRow => ({
    group,
    failureMode,
    confirmed: 0,
    open: 0,
    applianceYears: years.get(group.join('\u0000')) ?? 0,
    rate: null,
    interval: null,
    tickets: [],
  })
  for (const appliance of appliances) {
    const since = watchedSince(appliance.id)
    if (since === undefined) continue
    const until = Math.min(now, appliance.retiredAt ?? now)
    for (let at = since; at < until; ) {
      const end = by.includes('month') ? Math.min(until, nextMonth(at)) : until
      const key = groupOf(appliance, at).join('\u0000')
      years.set(key, (years.get(key) ?? 0) + (end - at) / (365 * DAY))
      kindsOf.set(key, (kindsOf.get(key) ?? new Set()).add(appliance.kind))
      at = end
    }
  }
  const rows = new Map<string, TrendRow>()
  const modesOf = new Map<string, Set<string>>()
  for (const ticket of await leanTickets(database.query, {})) {
    const appliance = known.get(ticket.appliance)
    if (!appliance || ticket.state === 'cancelled') continue
    const decided = ticket.closure
    if (decided ? decided.verdict === 'refuted' || decided.cause === 'none' : !isOfFault(ticket)) continue
    const failureMode = decided ? decided.cause : (ticket.failureMode ?? 'unknown')
    const group = groupOf(appliance, ticket.createdAt)
    const groupKey = group.join('\u0000')
    const key = `${groupKey}\u0000${failureMode}`
    modesOf.set(appliance.kind, (modesOf.get(appliance.kind) ?? new Set()).add(failureMode))
    const trend = rows.get(key) ?? noFaults(group, failureMode)
    if (decided) trend.confirmed++
    else trend.open++
    trend.tickets.push(ticket.id)
    rows.set(key, trend)
  }
  // What did not fail was watched as well: a true zero has a rate and an interval, too.
  for (const [groupKey, kinds] of kindsOf) {
    const modes = new Set([...kinds].flatMap((kind) => [...(modesOf.get(kind) ?? [])]))
    for (const mode of modes.size > 0 ? modes : ['none']) {
      const key = `${groupKey}\u0000${mode}`
      if (!rows.has(key)) rows.set(key, noFaults(groupKey.split('\u0000'), mode))
    }
  }
  for (const trend of rows.values()) {
    if (trend.applianceYears < ENOUGH_YEARS) continue
    trend.rate = (100 * trend.confirmed) / trend.applianceYears
    trend.interval = poissonInterval(trend.confirmed).map((n) => (100 * n) / trend.applianceYears) as [number, number]
  }
  return [...rows.values()].sort(
    (a, b) => (b.interval?.[0] ?? 0) - (a.interval?.[0] ?? 0) || b.confirmed + b.open - a.confirmed - a.open,
  )
}

const nextMonth = (at: Millis): Millis => {
  const date = new Date(at)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)
}

/** 95 % interval of a Poisson count. Source: Byar's approximation (Rothman and Boice 1979). */
function poissonInterval(n: number): [number, number] {
  const low = n === 0 ? 0 : n * (1 - 1 / (9 * n) - 1.96 / (3 * Math.sqrt(n))) ** 3
  const m = n + 1
  return [low, m * (1 - 1 / (9 * m) + 1.96 / (3 * Math.sqrt(m))) ** 3]
}
