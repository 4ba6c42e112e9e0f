import { DAY, HOUR, isOfFault, type KpiName, MINUTE, type Millis } from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { TicketThen } from '../tickets/store/storedTicket.ts'
import { jobTypeFor } from '../visit/checklist.ts'
import { type Facts, recallsOf } from './facts.ts'

/** One figure: its value, and of how many it is made; null of none. */
export interface Measured {
  value: number | null
  of: number
}

type Rules = Pick<Policy, 'aims' | 'repairHours' | 'installationHours' | 'jobTypes'>

interface Kpi {
  /** What it is called, and what exactly is counted, the words say: `kpi-NAME` and `kpi-NAME-counts`. */
  name: KpiName
  unit: 'h' | 'share' | 'cents'
  /** The aim of the policy that stands beside it. */
  aim?: string
  better: 'higher' | 'lower'
  measure(facts: Facts, from: Millis, to: Millis, rules: Rules): Measured
}

const mean = (values: number[]): Measured => ({
  value: values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length,
  of: values.length,
})
const share = (of: number, count: number): Measured => ({ value: of === 0 ? null : count / of, of })
const within = (at: Millis | undefined, from: Millis, to: Millis): boolean => at !== undefined && at >= from && at < to
const clockOf = (ticket: TicketThen, name: string) => ticket.clocks.find((clock) => clock.name === name)
const visitedIn = ({ tickets }: Facts, from: Millis, to: Millis): TicketThen[] =>
  tickets.filter(({ visit }) => within(visit?.endedAt, from, to))
const closedIn = ({ tickets }: Facts, from: Millis, to: Millis): TicketThen[] =>
  tickets.filter(({ closure }) => within(closure?.at, from, to))

/** Every figure has one definition and is measured in one place (S57). */
export const kpis: Kpi[] = [
  {
    name: 'responseHours',
    unit: 'h',
    aim: 'responseHours',
    better: 'lower',
    measure: ({ tickets }, from, to) =>
      mean(
        tickets
          .filter(({ createdAt }) => within(createdAt, from, to))
          .flatMap((ticket) => {
            const done = clockOf(ticket, 'first-response')?.doneAt
            return done === undefined ? [] : [(done - ticket.createdAt) / HOUR]
          }),
      ),
  },
  {
    name: 'onTime',
    unit: 'share',
    better: 'higher',
    measure: (facts, from, to) => {
      const visits = visitedIn(facts, from, to).filter(({ slot }) => slot)
      return share(visits.length, visits.filter(({ visit, slot }) => (visit?.startedAt ?? 0) <= (slot?.to ?? 0)).length)
    },
  },
  {
    name: 'visitHours',
    unit: 'h',
    better: 'lower',
    measure: (facts, from, to) =>
      mean(visitedIn(facts, from, to).map(({ visit }) => ((visit?.endedAt ?? 0) - (visit?.startedAt ?? 0)) / HOUR)),
  },
  {
    name: 'workInTime',
    unit: 'share',
    better: 'higher',
    measure: (facts, from, to, rules) => {
      const visits = visitedIn(facts, from, to)
      const inTime = visits.filter(({ visit, job }) => {
        const own = jobTypeFor(job, rules)?.minutes
        const hours = job === 'installation' ? rules.installationHours : rules.repairHours
        return (visit?.endedAt ?? 0) - (visit?.startedAt ?? 0) <= (own ? own * MINUTE : hours * HOUR)
      })
      return share(visits.length, inTime.length)
    },
  },
  {
    name: 'fixedInOneVisit',
    unit: 'share',
    aim: 'fixedInOneVisit',
    better: 'higher',
    measure: (facts, from, to) => {
      const recalled = recallsOf(facts)
      const closed = closedIn(facts, from, to).filter((ticket) => ticket.visit && isOfFault(ticket))
      const fixed = closed.filter(
        ({ id, reopened = 0, visits = 1 }) => reopened === 0 && visits === 1 && !recalled.has(id),
      )
      return share(closed.length, fixed.length)
    },
  },
  {
    name: 'fixedForAMonth',
    unit: 'share',
    aim: 'fixedInOneVisit',
    better: 'higher',
    measure: (facts, _from, to) => {
      // Whoever was visited yesterday has not held for a month yet: the span ends a month before the figures' own.
      const visited = facts.tickets.filter(
        (ticket) => isOfFault(ticket) && within(ticket.visit?.endedAt, to - 61 * DAY, to - 30 * DAY),
      )
      const again = recallsOf(facts)
      const held = visited.filter(({ id, visit, visits = 1, reopened = 0, repaired }) => {
        const until = (visit?.endedAt ?? 0) + 30 * DAY
        const reopenedAt = reopened > 0 ? (repaired?.reopenedAt ?? 0) : Number.POSITIVE_INFINITY
        return visits === 1 && (again.get(id) ?? Number.POSITIVE_INFINITY) > until && reopenedAt > until
      })
      return share(visited.length, held.length)
    },
  },
  {
    name: 'failuresPrevented',
    unit: 'share',
    aim: 'failuresPrevented',
    better: 'higher',
    measure: (facts, from, to) => {
      const faults = closedIn(facts, from, to).filter(({ closure }) => closure?.cause !== 'none')
      const isForeseen = ({ source, contacts = [], closure }: TicketThen): boolean =>
        source === 'predicted' &&
        closure?.verdict !== 'refuted' &&
        contacts.every(({ channel }) => channel === 'telemetry')
      return share(faults.length, faults.filter(isForeseen).length)
    },
  },
  {
    name: 'satisfaction',
    unit: 'share',
    aim: 'satisfaction',
    better: 'higher',
    measure: ({ tickets }, from, to) => {
      const rated = tickets.filter(({ rating }) => within(rating?.at, from, to))
      return share(rated.length, rated.filter(({ rating }) => (rating?.stars ?? 0) >= 4).length)
    },
  },
  {
    name: 'complaints',
    unit: 'share',
    aim: 'complaints',
    better: 'lower',
    measure: (facts, from, to) => {
      const visits = visitedIn(facts, from, to)
      const complained = new Set(facts.complaints.map(({ ticket }) => ticket))
      return share(visits.length, visits.filter(({ id }) => complained.has(id)).length)
    },
  },
  {
    name: 'callBackOnTime',
    unit: 'share',
    better: 'higher',
    measure: ({ callBacks }, from, to) => {
      const due = callBacks.filter(({ dueAt }) => within(dueAt, from, to))
      return share(due.length, due.filter(({ dueAt, doneAt }) => doneAt !== undefined && doneAt <= dueAt).length)
    },
  },
  {
    name: 'withoutVisit',
    unit: 'share',
    better: 'higher',
    measure: (facts, from, to) => {
      const closed = closedIn(facts, from, to).filter(({ closure }) => closure?.cause !== 'none')
      const settled = closed.filter(
        ({ remote, guide, visit }) =>
          !visit && (remote?.result === 'done' || (guide?.helped && guide.failedAt === undefined)),
      )
      return share(closed.length, settled.length)
    },
  },
  {
    name: 'billed',
    unit: 'cents',
    better: 'lower',
    measure: (facts, from, to) => mean(closedIn(facts, from, to).map(({ bill }) => bill?.totalCents ?? 0)),
  },
]

export interface KpiView extends Measured {
  name: KpiName
  unit: Kpi['unit']
  better: Kpi['better']
  aim?: number
  trend: (Measured & { from: Millis; to: Millis })[]
}

/** All of them over one span, each with its trend over the spans within. Pure. */
export function measureKpis(facts: Facts, spans: { from: Millis; to: Millis }[], policy: Rules): KpiView[] {
  const from = spans[0]?.from ?? 0
  const to = spans.at(-1)?.to ?? 0
  return kpis.map(({ name, unit, better, aim, measure }) => {
    const wanted = aim === undefined ? undefined : policy.aims[aim]
    return {
      name,
      unit,
      better,
      ...measure(facts, from, to, policy),
      ...(wanted === undefined ? {} : { aim: wanted }),
      trend: spans.map((span) => ({ ...span, ...measure(facts, span.from, span.to, policy) })),
    }
  })
}
