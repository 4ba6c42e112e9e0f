import type { Catalog } from '../../catalog/index.ts'
import {
  type AlertRecords,
  alertIdSchema,
  because,
  MINUTE,
  type Millis,
  type Reason,
  ticketIs,
  type UnitOfWork,
} from '../../core/index.ts'
import { isPromise } from '../tickets/deadlines.ts'
import { tickets } from '../tickets/store/ticketRepository.ts'
import { overdueTasks, tasksOf } from '../tickets/taskTable.ts'
import type { EscalationCause } from './causes.ts'

/** Something that stands and that nobody has acted on. */
export interface Unanswered {
  /** The cause, a slash, and what it is about. */
  id: string
  cause: EscalationCause
  since: Millis
}

/** What somebody who is called is told of it. */
export interface Matter {
  title: Reason
  body: Reason
  /** Path of the page where they act. */
  link: string
  appliance?: string
  ticket?: string
  alert?: string
}

/** Of one kind so many are looked at in one turn. */
const AT_ONCE = 500
/** What has stood for longer begins no chain any more: it was there before anybody was on call. */
const OLDEST_MS = 7 * 24 * 60 * MINUTE

interface Sources {
  alerts: AlertRecords
  catalog: Catalog
}

/** What stands unanswered at a moment. */
export async function unanswered(tx: UnitOfWork, { alerts }: Sources, now: Millis): Promise<Unanswered[]> {
  const from = now - OLDEST_MS
  const critical = await alerts.unanswered(tx, { from, to: now + 1, limit: AT_ONCE })
  const late = await tickets(tx, { promisedFrom: from, promisedUntil: now, limit: AT_ONCE })
  const overdue = await overdueTasks(tx, { from, to: now, limit: AT_ONCE })
  return [
    ...critical.map(({ id, openedAt }) => ({
      id: `critical-alert/${id}`,
      cause: 'critical-alert' as const,
      since: openedAt,
    })),
    ...late.flatMap(({ id, clocks }) =>
      clocks.flatMap(({ name, dueAt, doneAt }) =>
        doneAt === undefined && dueAt <= now && isPromise(name)
          ? [{ id: `missed-promise/${id}/${name}`, cause: 'missed-promise' as const, since: dueAt }]
          : [],
      ),
    ),
    ...overdue.map(({ id, dueAt }) => ({ id: `overdue-task/${id}`, cause: 'overdue-task' as const, since: dueAt })),
  ]
}

/** What it is about; or who has acted on it, and so ended it. */
export async function matterOf(
  tx: UnitOfWork,
  { alerts, catalog }: Sources,
  id: string,
  now: Millis,
): Promise<Matter | { endedBy: string }> {
  const [cause = '', of = '', ...rest] = id.split('/')
  if (cause === 'critical-alert') {
    const [alert] = await alerts.byIds(tx, [alertIdSchema.parse(of)])
    if (alert?.state !== 'open')
      return { endedBy: alert?.acknowledgedBy ?? alert?.dismissed?.by ?? alert?.state ?? 'gone' }
    if ((alert.snoozedUntil ?? 0) > now) return { endedBy: 'snoozed' }
    const [ticket] = alert.ticket ? await tickets(tx, { ids: [alert.ticket] }) : []
    // Somebody is going to come, or has been.
    if (ticket && !ticketIs(ticket.state, 'undecided')) return { endedBy: `ticket ${ticket.number}` }
    const mode = catalog.failureMode(alert.kind, alert.failureMode).text
    return {
      title: because('escalated-alert-title', { appliance: alert.appliance, mode }),
      body: because('escalated-alert', { minutes: Math.round((now - (alert.openedAt ?? now)) / MINUTE) }),
      link: `/alerts?id=${encodeURIComponent(of)}`,
      appliance: alert.appliance,
      alert: of,
    }
  }
  if (cause === 'missed-promise') {
    const [name = ''] = rest
    const [ticket] = await tickets(tx, { ids: [of] })
    const clock = ticket?.clocks.find((one) => one.name === name)
    const isLate =
      clock && clock.doneAt === undefined && clock.dueAt <= now && ticketIs(ticket?.state ?? 'closed', 'living')
    if (!ticket || !isLate || !isPromise(name)) return { endedBy: ticket?.heldBy ?? 'kept' }
    return {
      title: because('escalated-promise-title', { number: ticket.number, promise: name }),
      body: because('escalated-promise', { number: ticket.number, minutes: Math.round((now - clock.dueAt) / MINUTE) }),
      link: `/tickets/${of}`,
      appliance: ticket.appliance,
      ticket: of,
    }
  }
  const [task] = await tasksOf(tx, [id.slice('overdue-task/'.length)])
  if (!task || task.doneAt !== undefined || task.dueAt > now) return { endedBy: task?.doneBy ?? 'gone' }
  return {
    title: because('escalated-task-title', { what: task.what }),
    body: because('escalated-task', { minutes: Math.round((now - task.dueAt) / MINUTE) }),
    link: task.ticket ? `/tickets/${task.ticket}` : '/care',
    ...(task.ticket ? { ticket: task.ticket } : {}),
  }
}
