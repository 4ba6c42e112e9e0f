import { DAY, type Database, type Millis } from '../../core/index.ts'
import { readable } from '../../database/index.ts'
import type { TicketThen } from '../tickets/store/storedTicket.ts'
import { leanTickets, ticketsAsOf } from '../tickets/store/ticketRepository.ts'
import { type DeskTask, toTask } from '../tickets/taskTable.ts'

/** What every figure of quality is worked out from: tickets and complaints as they stood at one moment. */
export interface Facts {
  at: Millis
  tickets: TicketThen[]
  complaints: DeskTask[]
  callBacks: DeskTask[]
  /** What came back, and when: of every fault, also where these are the tickets of one; absent: by the tickets themselves. */
  recalls?: ReadonlyMap<string, Millis>
}

/** Tickets whose repair did not last, by when they were called back. Pure. */
export const recallsOf = ({ tickets, recalls }: Pick<Facts, 'tickets' | 'recalls'>): ReadonlyMap<string, Millis> =>
  recalls ?? new Map(tickets.flatMap(({ recallOf, createdAt }) => (recallOf ? [[recallOf, createdAt]] : [])))

const tasksUpTo = async (database: Database, at: Millis, since = 0): Promise<DeskTask[]> => {
  const rows = await database.query
    .selectFrom('deskTask')
    .select(['id', 'body'])
    .where('openedAt', '<=', at)
    .where('openedAt', '>=', since)
    .orderBy('openedAt')
    .orderBy('id')
    .execute()
  return readable(rows, (row) => {
    const task = toTask(row)
    if (task.doneAt === undefined || task.doneAt <= at) return task
    const { doneAt: _, doneBy: _b, outcome: _o, ...open } = task
    return open
  })
}

const sorted = (tasks: DeskTask[]) => ({
  complaints: tasks.filter(({ type }) => type === 'complaint'),
  callBacks: tasks.filter(({ type }) => type === 'call-back'),
})

/** What comes after a closure (a rating, a call-back, the proof that it held for a month) comes within this time. */
const AFTERWARDS = 93 * DAY

/** As they stand; with `since` all that can count in figures from then on: what was open then, or came later. */
export async function factsNow(database: Database, now: Millis, since?: Millis): Promise<Facts> {
  const from = since === undefined ? 0 : since - AFTERWARDS
  const filter = { order: ['createdAt', 'id'], ...(since === undefined ? {} : { openSince: from }) } as const
  const tickets = await leanTickets(database.query, filter)
  return { at: now, tickets, ...sorted(await tasksUpTo(database, now, from)) }
}

/** As they stood then, from what was written down: the same whenever it is asked. @param since as of `factsNow` */
export async function factsAsOf(database: Database, at: Millis, since: Millis): Promise<Facts> {
  const from = since - AFTERWARDS
  const tasks = sorted(await tasksUpTo(database, at, from))
  const named = new Set(tasks.complaints.map(({ ticket }) => ticket))
  const tickets = await ticketsAsOf(
    database.query,
    at,
    ({ id, closure }) => closure === undefined || closure.at >= from || named.has(id),
  )
  return { at, tickets, ...tasks }
}

/** What facts are asked of: everything, or one kind, model or fault of it. */
export interface Cohort {
  kind?: string | undefined
  model?: string | undefined
  failureMode?: string | undefined
}

/** The facts of a cohort alone; a fault is what closure found, else what was suspected. Pure. */
export function factsOf(
  facts: Facts,
  { kind, model, failureMode }: Cohort,
  modelOf: (appliance: string) => string,
): Facts {
  const tickets = facts.tickets.filter(
    (ticket) =>
      (!kind || ticket.kind === kind) &&
      (!model || modelOf(ticket.appliance) === model) &&
      (!failureMode || (ticket.closure?.cause ?? ticket.failureMode) === failureMode),
  )
  const ids = new Set(tickets.map(({ id }) => id))
  const own = ({ ticket }: DeskTask): boolean => ticket !== undefined && ids.has(ticket)
  return {
    ...facts,
    tickets,
    complaints: facts.complaints.filter(own),
    callBacks: facts.callBacks.filter(own),
    // A report without a name for its fault calls back one that has a name.
    recalls: recallsOf(facts),
  }
}
