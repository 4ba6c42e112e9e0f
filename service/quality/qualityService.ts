import {
  type Appliance,
  type ByName,
  byName,
  type Clock,
  type Database,
  hash64,
  type Millis,
} from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'
import { type Change, effectOf, requireChanged } from './effect.ts'
import { emergingDefects } from './emerging.ts'
import { type Cohort, type Facts, factsAsOf, factsNow, factsOf } from './facts.ts'
import { measureKpis } from './kpis.ts'
import { type LifeKey, lifeBy } from './life.ts'

const monthStart = (year: number, month: number): Millis => Date.UTC(year, month, 1)
/** The last months up to a moment, the newest last. */
function monthsUpTo(at: Millis, count: number): { from: Millis; to: Millis }[] {
  const date = new Date(at)
  return Array.from({ length: count }, (__, i) => {
    const month = date.getUTCMonth() - (count - 1 - i)
    return { from: monthStart(date.getUTCFullYear(), month), to: monthStart(date.getUTCFullYear(), month + 1) }
  })
}

const count = (values: (string | undefined)[]): Record<string, number> => {
  const counts: ByName<number> = byName()
  for (const value of values) if (value) counts[value] = (counts[value] ?? 0) + 1
  return Object.fromEntries(Object.entries(counts).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)))
}

/** What closures teach: figures, life, defects that begin to show, and the report of a month. */
export function openQuality(options: {
  database: Database
  clock: Clock
  policy: Policy
  appliances: () => Appliance[]
}) {
  const { database, clock, policy } = options
  return {
    /** Every figure over the last months, with its trend by month; of all, or of one kind, model or fault (S40). */
    async kpis(months: number, cohort: Cohort = {}) {
      const spans = monthsUpTo(clock.now(), months)
      const facts = await factsNow(database, clock.now(), spans[0]?.from)
      const models = new Map(options.appliances().map(({ id, model }) => [id, model]))
      return measureKpis(
        factsOf(facts, cohort, (id) => models.get(id) ?? ''),
        spans,
        policy,
      )
    },
    async life(by: LifeKey, failureMode?: string) {
      return lifeBy(await factsNow(database, clock.now()), options.appliances(), by, failureMode)
    },
    async emerging() {
      return emergingDefects(await factsNow(database, clock.now()), options.appliances(), policy.emerging)
    },
    /** How guides fare: offered, tried, helped, failed again; deflected is helped and not failed, of all offered. */
    async guides() {
      const { tickets } = await factsNow(database, clock.now())
      return policy.guides.map(({ id, kind, title, steps }) => {
        const own = tickets.flatMap(({ guide, verification }) => (guide?.id === id ? [{ ...guide, verification }] : []))
        const helped = own.filter((one) => one.helped)
        const failed = helped.filter(({ failedAt }) => failedAt !== undefined).length
        const deflected = helped.length - failed
        return {
          id,
          kind,
          title,
          steps: steps.length,
          offered: own.length,
          tried: own.filter(({ triedAt }) => triedAt !== undefined).length,
          helped: helped.length,
          failed,
          /** Said by the appliance's own signal. */
          verified: helped.filter(({ verification }) => verification === 'passed').length,
          deflection: own.length === 0 ? null : deflected / own.length,
        }
      })
    },
    /** Did a change lower a failure mode? Failures per appliance-year before and after a day (S55). */
    async effect(of: Change) {
      requireChanged(options.appliances(), of)
      return effectOf(await factsNow(database, clock.now()), options.appliances(), of, clock.now())
    },
    /** The month as it ended, from what was written down: the same whenever it is asked. A month that runs is as of now. */
    async report(year: number, month: number) {
      const from = monthStart(year, month - 1)
      const end = monthStart(year, month)
      const at = Math.min(end - 1, clock.now())
      const facts = await factsAsOf(database, at, from)
      const report = {
        month: `${year}-${String(month).padStart(2, '0')}`,
        from,
        to: end,
        asOf: at,
        ...reportOf(facts, from, end, policy),
      }
      return { ...report, fingerprint: hash64(JSON.stringify(report)) }
    },
  }
}
export type Quality = ReturnType<typeof openQuality>

function reportOf(facts: Facts, from: Millis, to: Millis, policy: Policy) {
  const inMonth = (at: Millis | undefined): boolean => at !== undefined && at >= from && at < to
  const opened = facts.tickets.filter(({ createdAt }) => inMonth(createdAt))
  const closed = facts.tickets.filter(({ closure }) => inMonth(closure?.at))
  const complaints = facts.complaints.filter(({ openedAt }) => inMonth(openedAt))
  const kindOf = new Map(facts.tickets.map(({ id, kind }) => [id, kind]))
  return {
    tickets: { opened: opened.length, closed: closed.length, bySource: count(opened.map(({ source }) => source)) },
    faults: count(closed.map(({ closure }) => closure?.cause)),
    complaints: {
      total: complaints.length,
      byWhat: count(complaints.map(({ id }) => id.split('/').at(-1))),
      byEngineer: count(complaints.map(({ engineer }) => engineer)),
      byKind: count(complaints.map(({ ticket }) => ticket && kindOf.get(ticket))),
      open: complaints.filter(({ doneAt }) => doneAt === undefined).length,
    },
    kpis: measureKpis(facts, [{ from, to }], policy).map(({ name, value, of, aim }) => ({
      name,
      value,
      of,
      ...(aim === undefined ? {} : { aim }),
    })),
  }
}
