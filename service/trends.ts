import { type Appliance, DAY, type Database, type Millis } from '../core/index.ts'
import { toStored } from './ticketTable.ts'

export type TrendKey = 'model' | 'batch' | 'firmware' | 'month' | 'failureMode' | 'kind'

export interface TrendRow {
  /** The values of the keys asked for, in their order. */
  group: string[]
  failureMode: string
  /** Confirmed failures (verdict confirmed or other-cause, or a reported one with a cause). */
  confirmed: number
  /** Predicted, not decided yet. */
  open: number
  applianceYears: number
  /** Confirmed per 100 appliance-years, with a 95 % interval; null below 5 appliance-years. */
  rate: number | null
  interval: [number, number] | null
  tickets: string[]
}

const ENOUGH_YEARS = 5

/** Faults by what the product team asks for: each failure mode in each group, the surest excess first. */
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
  for (const appliance of appliances) {
    const since = watchedSince(appliance.id)
    if (since === undefined) continue
    for (let at = since; at < now; ) {
      const end = by.includes('month') ? Math.min(now, nextMonth(at)) : now
      const key = groupOf(appliance, at).join('\u0000')
      years.set(key, (years.get(key) ?? 0) + (end - at) / (365 * DAY))
      at = end
    }
  }
  const rows = new Map<string, TrendRow>()
  for (const row of await database.query.selectFrom('ticket').select('body').execute()) {
    const ticket = toStored(row)
    const appliance = known.get(ticket.appliance)
    if (!appliance || ticket.state === 'cancelled') continue
    const decided = ticket.closure
    if (decided && (decided.verdict === 'refuted' || decided.cause === 'none')) continue
    const failureMode = decided ? decided.cause : (ticket.failureMode ?? 'unknown')
    const group = groupOf(appliance, ticket.createdAt)
    const groupKey = group.join('\u0000')
    const key = `${groupKey}\u0000${failureMode}`
    const seen = rows.get(key)
    const trend: TrendRow = seen ?? {
      group,
      failureMode,
      confirmed: 0,
      open: 0,
      applianceYears: years.get(groupKey) ?? 0,
      rate: null,
      interval: null,
      tickets: [],
    }
    if (decided) trend.confirmed++
    else trend.open++
    trend.tickets.push(ticket.id)
    rows.set(key, trend)
  }
  for (const trend of rows.values()) {
    if (trend.applianceYears < ENOUGH_YEARS) continue
    trend.rate = (100 * trend.confirmed) / trend.applianceYears
    trend.interval = poissonInterval(trend.confirmed).map((n) => (100 * n) / trend.applianceYears) as [number, number]
  }
  return [...rows.values()].sort(
    (a, b) => (b.interval?.[0] ?? -1) - (a.interval?.[0] ?? -1) || b.confirmed + b.open - a.confirmed - a.open,
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
