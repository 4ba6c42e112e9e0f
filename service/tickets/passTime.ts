import { because, HOUR, type Reason, type UnitOfWork } from '../../core/index.ts'
import type { Apart } from '../../database/index.ts'
import { runningDeadlines } from './deadlines.ts'
import type { StoredTicket } from './storedTicket.ts'
import { finishTasksOf, openTask } from './taskTable.ts'
import type { TicketServiceOptions } from './ticketServiceOptions.ts'
import type { TicketSteps } from './ticketSteps.ts'
import { insertEvent, toStored, updateTicket } from './ticketTable.ts'

/** More than this at once wait for the next turn. */
const AT_ONCE = 500

/** What time alone does to tickets: each deadline that has passed has its effect, once. @returns ids of what changed */
export function passTime(options: TicketServiceOptions, steps: TicketSteps) {
  const { clock } = options
  const { announce, clockOf, dispatch, move, plan, release, rulesOf, stopClock } = steps

  async function effect(tx: UnitOfWork, ticket: StoredTicket, name: string): Promise<void> {
    const now = clock.now()
    const { state } = ticket
    const note = (why: Reason) =>
      insertEvent(tx, ticket.id, { at: now, by: 'hearthwatch', from: state, to: state, why })
    switch (name) {
      case 'owner-answer':
        await move(tx, ticket, 'expire', 'hearthwatch', because('no-answer'))
        stopClock(ticket, name)
        return release(tx, ticket, false, 'expired')
      case 'call-back':
        stopClock(ticket, name)
        await note(because('no-call-back'))
        return
      case 'rating':
        stopClock(ticket, name)
        ticket.ratingExpiredAt = now
        await note(because('rating-expired'))
        return
      case 'contact': {
        if (state !== 'assigned') return stopClock(ticket, name)
        ticket.escalatedAt = now
        const hours = rulesOf(ticket).secondContactHours[String(ticket.priority) as '1'] ?? 12
        clockOf(ticket, 'second-contact', now + hours * HOUR)
        await openTask(tx, {
          id: `contact/${ticket.id}/${ticket.engineer}/${now}`,
          type: 'contact',
          desk: 'central',
          ticket: ticket.id,
          ...(ticket.engineer ? { engineer: ticket.engineer } : {}),
          openedAt: now,
          dueAt: now + hours * HOUR,
          what: because('task-contact', { number: ticket.number, engineer: ticket.engineer ?? '' }),
        })
        await note(because('not-contacted', { engineer: ticket.engineer ?? '' }))
        return announce(tx, ticket, 'escalated', `/${now}`)
      }
      case 'second-contact': {
        stopClock(ticket, name)
        stopClock(ticket, 'contact')
        if (state !== 'assigned') return
        // A person chose them: the desk has been told, and decides.
        if (ticket.assignedByHand) return void (await note(because('still-no-contact')))
        const before = ticket.engineer ?? ''
        ticket.passedOver = [...(ticket.passedOver ?? []), before]
        await move(tx, ticket, 'accept', 'hearthwatch', because('second-deadline', { engineer: before }))
        await dispatch.freeParts(tx, ticket, 'goes with somebody else')
        delete ticket.engineer
        delete ticket.plannedAt
        delete ticket.escalatedAt
        await finishTasksOf(tx, ticket.id, 'contact', now, 'hearthwatch', 'given to somebody else')
        await plan(tx, ticket)
        return
      }
      case 'remote':
        stopClock(ticket, name)
        if (state !== 'remote') return
        await move(tx, ticket, 'accept', 'hearthwatch', because('command-unanswered'))
        if (ticket.remote) ticket.remote = { ...ticket.remote, result: 'expired', endedAt: now }
        await plan(tx, ticket)
        return
    }
  }

  return async (tx: UnitOfWork, apart: Apart): Promise<string[]> => {
    const now = clock.now()
    const resting = apart.resting('ticket')
    const rows = await tx
      .selectFrom('ticket')
      .select(['id', 'body'])
      .where('nextDueAt', '<=', now)
      .$if(resting.length > 0, (query) => query.where('id', 'not in', resting))
      .orderBy('nextDueAt')
      .orderBy('id')
      .limit(AT_ONCE)
      .execute()
    const changed: string[] = []
    for (const row of rows) {
      const done = await apart.each(tx, 'ticket', row.id, async () => {
        const ticket = toStored(row)
        for (const { name, dueAt } of runningDeadlines(ticket)) if (dueAt <= now) await effect(tx, ticket, name)
        await updateTicket(tx, ticket, now)
        return row.id
      })
      if (done) changed.push(done)
    }
    return changed
  }
}
