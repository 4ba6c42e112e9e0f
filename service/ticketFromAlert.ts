import { type Alert, hash64, type TicketDesk } from '../core/index.ts'
import { enqueueControl } from '../database/index.ts'
import { livingStates } from './ticketMachine.ts'
import type { DeskOptions, TicketSteps } from './ticketSteps.ts'
import { insertEvent, insertTicket, type StoredTicket, toStored, updateTicket } from './ticketTable.ts'

/** What alerts ask of the desk, inside their own transaction. */
export function alertDesk(options: DeskOptions, steps: TicketSteps): TicketDesk {
  const { clock } = options
  const { announce, create, move, offer, prepare, release, stopAllClocks } = steps
  return {
    async ticketFor(tx, alert) {
      const open = await tx
        .selectFrom('ticket')
        .select('body')
        .where('appliance', '=', alert.appliance)
        .where('state', 'in', [...livingStates, 'closed'])
        .orderBy('createdAt', 'desc')
        .executeTakeFirst()
      const last = open && toStored(open)
      if (last?.state === 'closed' && last.verification === 'pending') {
        // The appliance is still proving its repair: what it shows meanwhile belongs to that proof, and sends nobody.
        if (!last.alerts.includes(alert.id)) last.alerts.push(alert.id)
        await insertEvent(tx, last.id, {
          at: clock.now(),
          by: 'hearthwatch',
          from: 'closed',
          to: 'closed',
          why: `alert ${alert.id} while the repair is being verified: ${alert.failureMode}`,
        })
        await updateTicket(tx, last)
        return last.id
      }
      if (last && last.state !== 'closed') {
        const ticket = last
        if (!ticket.alerts.includes(alert.id)) ticket.alerts.push(alert.id)
        if (!ticket.failureMode || ticket.failureMode === 'unknown') adopt(ticket, alert)
        await prepare(tx, ticket, [alert])
        if (ticket.state === 'declined' || ticket.state === 'expired') {
          await offer(tx, ticket, `another finding: ${alert.failureMode}`)
          await announce(tx, ticket, 'offered', `/${alert.id}`)
        } else {
          const at = clock.now()
          await insertEvent(tx, ticket.id, {
            at,
            by: 'hearthwatch',
            from: ticket.state,
            to: ticket.state,
            why: `alert ${alert.id} joined: ${alert.failureMode}`,
          })
          await announce(tx, ticket, 'joined', `/${alert.id}`)
        }
        await updateTicket(tx, ticket)
        return ticket.id
      }
      const ticket = await create(
        tx,
        {
          id: `tk-${hash64(alert.id)}`,
          appliance: alert.appliance,
          source: 'predicted',
          failureMode: alert.failureMode,
          alerts: [alert.id],
          hypotheses: alert.hypotheses,
          evidence: alert.evidence,
          noticed: alert.explanation.owner,
          diagnosis: alert.explanation.engineer,
        },
        `alert ${alert.id}: ${alert.failureMode}`,
      )
      await prepare(tx, ticket, [alert])
      await offer(tx, ticket, ticket.owner ? 'the owner is asked to agree' : 'no owner is known: the desk decides')
      await insertTicket(tx, ticket)
      await enqueueControl(tx, { type: 'freeze', appliance: ticket.appliance, ticket: ticket.id })
      await announce(tx, ticket, 'offered')
      return ticket.id
    },
    async alertChanged(tx, alert) {
      const row = await tx
        .selectFrom('ticket')
        .select('body')
        .where('id', '=', alert.ticket ?? '')
        .executeTakeFirst()
      if (!row) return
      const ticket = toStored(row)
      if (!livingStates.includes(ticket.state) || ticket.alerts[0] !== alert.id) return
      const before = ticket.priority
      adopt(ticket, alert)
      await prepare(tx, ticket, [alert])
      if ((ticket.state === 'declined' || ticket.state === 'expired') && ticket.priority < before) {
        await offer(tx, ticket, `it has grown: priority ${before} → ${ticket.priority}`)
        await announce(tx, ticket, 'offered', `/${ticket.priority}`)
      }
      await updateTicket(tx, ticket)
    },
    async alertDismissed(tx, alert, by, why) {
      const row = await tx
        .selectFrom('ticket')
        .select('body')
        .where('id', '=', alert.ticket ?? '')
        .executeTakeFirst()
      if (!row) return
      const ticket = toStored(row)
      const others = await tx
        .selectFrom('alert')
        .select('id')
        .where('ticket', '=', ticket.id)
        .where('id', '!=', alert.id)
        .where('state', '!=', 'closed')
        .executeTakeFirst()
      if (others || !['new', 'offered', 'declined', 'expired', 'accepted', 'assigned'].includes(ticket.state)) return
      await move(tx, ticket, 'cancel', by, `not a fault: ${why}`)
      stopAllClocks(ticket)
      await release(tx, ticket, false, 'dismissed')
      await announce(tx, ticket, 'cancelled')
      await updateTicket(tx, ticket)
    },
  }
}

/** The first alert of a ticket leads it: what is known of it now. */
function adopt(ticket: StoredTicket, alert: Alert): void {
  ticket.failureMode = alert.failureMode
  ticket.hypotheses = alert.hypotheses
  ticket.evidence = alert.evidence
  ticket.noticed = alert.explanation.owner
  ticket.diagnosis = alert.explanation.engineer
}
