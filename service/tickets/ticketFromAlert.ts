import {
  type Alert,
  because,
  hash64,
  type Millis,
  type Reason,
  type TicketPort,
  ticketCan,
  ticketIs,
  ticketStatesWhere,
} from '../../core/index.ts'
import { enqueueControl } from '../../database/index.ts'
import { markRecall } from '../closure/recall.ts'
import { type Weighed, weighVisit } from '../dispatch/weighVisit.ts'
import { addContact } from '../intake/contacts.ts'
import { scopesOf } from '../policy/resolvePolicy.ts'
import type { Contact, StoredTicket } from './storedTicket.ts'
import type { TicketServiceOptions } from './ticketServiceOptions.ts'
import type { TicketSteps } from './ticketSteps.ts'
import { insertEvent, insertTicket, toStored, updateTicket } from './ticketTable.ts'

/** What alerts ask of the desk, inside their own transaction; and what a visit for one would cost and save now. */
export function alertService(
  options: TicketServiceOptions,
  steps: TicketSteps,
): TicketPort & { weigh(alert: Alert): Weighed } {
  const { clock, alerts } = options
  const weigh = (alert: Alert): Weighed => {
    const { policies, policy } = options
    return weighVisit(alert, policies.now(scopesOf(options.appliance(alert.appliance), policy)).policy)
  }
  const { announce, create, guideFailed, move, offer, prepare, recallOf, release, stopAllClocks } = steps
  return {
    weigh,
    worthVisit: (alert) => weigh(alert).act,
    async ticketFor(tx, alert) {
      const open = await tx
        .selectFrom('ticket')
        .select('body')
        .where('appliance', '=', alert.appliance)
        .where('state', 'in', [...ticketStatesWhere('living'), 'closed'])
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
          why: because('alert-while-verifying', { alert: alert.id, mode: alert.failureMode }),
        })
        await updateTicket(tx, last, clock.now())
        return last.id
      }
      if (last && last.state !== 'closed') {
        const ticket = last
        if (!ticket.alerts.includes(alert.id)) ticket.alerts.push(alert.id)
        addContact(ticket, contactOf(alert, clock.now()))
        if (!ticket.failureMode || ticket.failureMode === 'unknown') adopt(ticket, alert)
        await prepare(tx, ticket, [alert])
        if (ticket.state === 'declined' || ticket.state === 'expired') {
          ticket.changed = because('text', { text: alert.explanation.owner })
          await offer(tx, ticket, because('another-finding', { mode: alert.failureMode }))
          await announce(tx, ticket, 'offered', `/${alert.id}`)
        } else {
          const at = clock.now()
          await insertEvent(tx, ticket.id, {
            at,
            by: 'hearthwatch',
            from: ticket.state,
            to: ticket.state,
            why: because('alert-joined', { alert: alert.id, mode: alert.failureMode }),
          })
          await announce(tx, ticket, 'joined', `/${alert.id}`)
        }
        await updateTicket(tx, ticket, clock.now())
        return ticket.id
      }
      // The telemetry itself says that a repair did not last, before its owner calls.
      await guideFailed(tx, alert.appliance, alert.hypotheses.slice(0, 1))
      const before = await recallOf(tx, alert.appliance, alert.hypotheses.slice(0, 1))
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
          lifeHours: alert.remainingLife?.p50,
          said: saidOf(alert),
        },
        before
          ? because('alert-again', {
              alert: alert.id,
              mode: alert.failureMode,
              days: before.days,
              before: before.number,
            })
          : because('alert-opened', { alert: alert.id, mode: alert.failureMode }),
      )
      if (before) markRecall(ticket, before)
      ticket.weighed = { ...weigh(alert), at: clock.now() }
      addContact(ticket, contactOf(alert, clock.now()))
      await prepare(tx, ticket, [alert])
      await offer(tx, ticket, because(ticket.owner ? 'owner-asked' : 'no-owner'))
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
      if (!ticketIs(ticket.state, 'living') || ticket.alerts[0] !== alert.id) return
      const before = ticket.priority
      const lifeBefore = ticket.lifeHours
      adopt(ticket, alert)
      // What the owner agreed to stands as it was said.
      if (ticket.weighed && ticketIs(ticket.state, 'undecided')) ticket.weighed = { ...weigh(alert), at: clock.now() }
      await prepare(tx, ticket, [alert])
      if ((ticket.state === 'declined' || ticket.state === 'expired') && ticket.priority < before) {
        ticket.changed = grown(lifeBefore, ticket.lifeHours)
        await offer(tx, ticket, because('grown', { from: before, to: ticket.priority }))
        await announce(tx, ticket, 'offered', `/${ticket.priority}`)
      }
      await updateTicket(tx, ticket, clock.now())
    },
    async alertDismissed(tx, alert, by, why) {
      const row = await tx
        .selectFrom('ticket')
        .select('body')
        .where('id', '=', alert.ticket ?? '')
        .executeTakeFirst()
      if (!row) return
      const ticket = toStored(row)
      const others = await alerts.hasOther(tx, ticket.id, alert.id)
      if (others || !ticketCan(ticket.state, 'dismiss')) return
      await move(tx, ticket, 'cancel', by, because('not-a-fault', { words: why }))
      ticket.dismissed = { by, why, at: clock.now() }
      stopAllClocks(ticket)
      await release(tx, ticket, false, 'dismissed')
      await announce(tx, ticket, 'cancelled')
      await updateTicket(tx, ticket, clock.now())
    },
  }
}

/** What is judged later. `hearthwatch/1 DETECTOR VERSION`; detectors without a model have the product's own version. */
function saidOf({ detector, hypotheses, remainingLife }: Alert): NonNullable<StoredTicket['said']> {
  const [product = '', , version = product] = detector.split(' ')
  return {
    version,
    probability: hypotheses[0]?.probability ?? 0,
    ...(remainingLife ? { lifeHours: remainingLife.p50 } : {}),
  }
}

/** The first alert of a ticket leads it: what is known of it now. */
function adopt(ticket: StoredTicket, alert: Alert): void {
  ticket.failureMode = alert.failureMode
  ticket.hypotheses = alert.hypotheses
  ticket.evidence = alert.evidence
  ticket.lifeHours = alert.remainingLife?.p50
  ticket.noticed = alert.explanation.owner
  ticket.diagnosis = alert.explanation.engineer
}

/** The appliance reports as a person does: the same record. */
const contactOf = (alert: Alert, at: Millis): Contact => ({
  at,
  channel: 'telemetry',
  by: `appliance ${alert.appliance}`,
  text: alert.explanation.owner.en,
  failureMode: alert.failureMode,
})

/** What the owner should know now that they did not when they said no. */
function grown(before: number | undefined, now: number | undefined): Reason {
  const days = (hours: number): number => Math.max(1, Math.round(hours / 24))
  if (now === undefined) return because('more-urgent')
  return because('fails-sooner', { days: days(now), ...(before === undefined ? {} : { was: days(before) }) })
}
