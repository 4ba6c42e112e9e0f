import type { Catalog } from '../../catalog/index.ts'
import type { Alert, AlertRecords, Database, Millis } from '../../core/index.ts'
import { HOUR, upTo } from '../../core/index.ts'
import { readable } from '../../database/index.ts'
import { readEngineer } from '../crew/people.ts'
import type { LeanTicket } from '../tickets/store/storedTicket.ts'
import { leanTickets } from '../tickets/store/ticketRepository.ts'
import type { Policies, PolicyChange } from './openPolicies.ts'
import type { Policy } from './policySchema.ts'
import { countVisit, noVisits, type VisitCounts } from './whatIfVisits.ts'

/** One promise under the policy as it was, and as it would have been. */
export interface ClockCount {
  name: string
  tickets: number
  breachedThen: number
  breachedWith: number
}

export interface WhatIf {
  tickets: number
  /** The span has more tickets than are replayed: these are its first. */
  more?: true
  clocks: ClockCount[]
  visits: VisitCounts
  billedCentsThen: number
  billedCentsWith: number
  /** Tickets whose engineer's grade would not be enough. */
  belowGradeWith: string[]
  /** Those whose promises break with the change and did not before. */
  newlyLate: { ticket: string; number: string; clock: string }[]
}

const MOST_TICKETS = 5_000
const ALERTS_AT_ONCE = 500
const grades = ['D', 'C', 'B', 'A', 'A+']

/** Replays a changed policy over tickets made in a span: what would have been offered, late, billed, forbidden? */
export async function whatIf(
  { database, alerts, catalog }: { database: Database; alerts: AlertRecords; catalog: Catalog },
  policies: Policies,
  changes: PolicyChange[],
  span: { from: Millis; to: Millis },
  now: Millis,
): Promise<WhatIf> {
  const found = await leanTickets(database.query, {
    createdFrom: span.from,
    createdBefore: span.to,
    order: ['createdAt'],
    limit: MOST_TICKETS + 1,
  })
  const { items: tickets, ...more } = upTo(found, MOST_TICKETS)
  const engineers = new Map(
    readable(await database.query.selectFrom('engineer').select(['id', 'body']).execute(), readEngineer).map(
      ({ id, grade }): [string, string] => [id, grade],
    ),
  )
  const leading = await leadingAlerts(database, alerts, tickets)
  const counts = new Map<string, ClockCount>()
  const result: WhatIf = {
    tickets: tickets.length,
    ...more,
    clocks: [],
    visits: noVisits(),
    billedCentsThen: 0,
    billedCentsWith: 0,
    belowGradeWith: [],
    newlyLate: [],
  }
  for (const ticket of tickets) {
    const stamp = ticket.policy ?? { version: policies.version(), at: ticket.createdAt, scopes: [] }
    const then = policies.of(stamp)
    const changed = policies.preview(changes, stamp)
    const alert = ticket.source === 'predicted' ? leading.get(ticket.alerts[0] ?? '') : undefined
    if (alert) countVisit(result.visits, ticket, alert, { then, changed }, catalog.kinds)
    for (const clock of ticket.clocks) {
      const shift = (hoursOf(clock.name, ticket, changed) - hoursOf(clock.name, ticket, then)) * HOUR
      const count = counts.get(clock.name) ?? { name: clock.name, tickets: 0, breachedThen: 0, breachedWith: 0 }
      counts.set(clock.name, count)
      const done = clock.doneAt ?? now
      const late = done > clock.dueAt
      const lateWith = done > clock.dueAt + shift
      count.tickets++
      if (late) count.breachedThen++
      if (lateWith) count.breachedWith++
      if (lateWith && !late) result.newlyLate.push({ ticket: ticket.id, number: ticket.number, clock: clock.name })
    }
    result.billedCentsThen += ticket.bill?.totalCents ?? 0
    result.billedCentsWith += billWith(ticket, then, changed)
    const grade = ticket.engineer && engineers.get(ticket.engineer)
    const needed = changed.gradeForDifficulty[String(ticket.difficulty) as '1'] ?? 'A+'
    if (grade && grades.indexOf(grade) < grades.indexOf(needed)) result.belowGradeWith.push(ticket.id)
  }
  result.clocks = [...counts.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  return result
}

/** The first alert of each ticket, by its id. */
async function leadingAlerts(
  { query }: Database,
  alerts: AlertRecords,
  tickets: readonly LeanTicket[],
): Promise<Map<string, Alert>> {
  const ids = tickets.flatMap(({ alerts: [first] }) => (first ? [first] : []))
  const found = new Map<string, Alert>()
  for (let from = 0; from < ids.length; from += ALERTS_AT_ONCE)
    for (const alert of await alerts.byIds(query, ids.slice(from, from + ALERTS_AT_ONCE))) found.set(alert.id, alert)
  return found
}

/** How long a promise gives, hours; a promise about a chosen time does not move with the policy. */
function hoursOf(name: string, { priority, slotChosen }: LeanTicket, policy: Policy): number {
  const level = String(priority) as '1'
  switch (name) {
    case 'first-response':
      return policy.firstResponseHours
    case 'owner-answer':
      return policy.ownerAnswerHours[level] ?? 72
    case 'on-site':
      return slotChosen ? 0 : policy.onSiteHours
    case 'visit':
      return policy.visitHours
    case 'call-back':
      return policy.callBackHours
    case 'contact':
      return policy.contactHours[level] ?? 24
    default:
      return 0
  }
}

/** What was paid, with call-out and labour at the changed tariff; what was covered stays covered. */
function billWith({ bill, visit }: LeanTicket, then: Policy, changed: Policy): number {
  if (!bill || bill.totalCents === 0 || !visit) return bill?.totalCents ?? 0
  const [callOut, labour] = bill.lines
  return (
    bill.totalCents -
    (callOut?.cents ?? 0) -
    (labour?.cents ?? 0) +
    changed.callOutCents +
    Math.round(((labour?.cents ?? 0) * changed.labourCentsPerHour) / then.labourCentsPerHour)
  )
}
