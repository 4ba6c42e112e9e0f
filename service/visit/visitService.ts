import {
  because,
  HOUR,
  illegalMove,
  nextTicketState,
  Problem,
  type Reason,
  type Slot,
  ticketCan,
  type UnitOfWork,
} from '../../core/index.ts'
import { enqueueControl } from '../../database/index.ts'
import { openCallBack } from '../closure/callBack.ts'
import type { StoredTicket } from '../tickets/storedTicket.ts'
import { finishTasksOf, openTask } from '../tickets/taskTable.ts'
import type { Command } from '../tickets/ticketCommand.ts'
import type { TicketServiceOptions } from '../tickets/ticketServiceOptions.ts'
import type { TicketSteps } from '../tickets/ticketSteps.ts'
import { insertEvent } from '../tickets/ticketTable.ts'
import type { TicketView } from '../tickets/ticketView.ts'
import type { JobType } from './answer.ts'
import { checkAnswers, contradictions, jobOf } from './checklist.ts'
import { requirePhotos } from './photos.ts'
import { liftLock, lockHome, refuseWhereLocked } from './safetyLock.ts'

export interface VisitService {
  /** The engineer has spoken to the owner: the time stands, or another one is agreed. */
  contact(id: string, by: string, note: string, slot?: Slot): Promise<TicketView>
  startVisit(id: string, by: string): Promise<TicketView>
  /** The six answers end it; an earth that is not safe interrupts it, and locks the home. */
  endVisit(id: string, by: string, checklist: Record<string, unknown>): Promise<TicketView>
  /** The visit goes on when these parts have come: they are ordered from the nearest level that has them. */
  waitForParts(id: string, by: string, parts: { part: string; quantity: number }[], why?: string): Promise<TicketView>
  /** The owner's own ticks on the card; one that contradicts the engineer's opens a complaint. */
  tick1plus5(id: string, by: string, ticks: Record<string, boolean>): Promise<TicketView>
  confirmBill(id: string, by: string): Promise<TicketView>
  contestBill(id: string, by: string, why: string): Promise<TicketView>
  checklistOf(ticket: Pick<StoredTicket, 'policy' | 'source' | 'job'>): {
    job: JobType
    items: ReturnType<TicketServiceOptions['policies']['of']>['checklists'][JobType]
  }
}

export function visitService(options: TicketServiceOptions, steps: TicketSteps, command: Command): VisitService {
  const { catalog, clock, policies } = options
  const { announce, clockOf, dispatch, move, rulesOf, stopClock } = steps

  const checklistOf: VisitService['checklistOf'] = (ticket) => {
    const job = jobOf(ticket)
    return { job, items: policies.of(ticket.policy).checklists[job] }
  }
  const note = (tx: UnitOfWork, { id, state }: StoredTicket, by: string, why: Reason) =>
    insertEvent(tx, id, { at: clock.now(), by, from: state, to: state, why })

  async function leave(tx: UnitOfWork, ticket: StoredTicket): Promise<void> {
    const now = clock.now()
    stopClock(ticket, 'visit')
    ticket.visit = { startedAt: ticket.visit?.startedAt ?? now, endedAt: now }
    await enqueueControl(tx, { type: 'unmute', appliance: ticket.appliance, ticket: ticket.id })
  }

  async function complain(tx: UnitOfWork, ticket: StoredTicket, about: string, what: Reason): Promise<void> {
    const now = clock.now()
    await openTask(tx, {
      id: `complaint/${ticket.id}/${ticket.reopened ?? 0}/${about}`,
      type: 'complaint',
      desk: 'central',
      ticket: ticket.id,
      ...(ticket.engineer ? { engineer: ticket.engineer } : {}),
      openedAt: now,
      dueAt: now + rulesOf(ticket).supervisorHours * HOUR,
      what,
    })
  }

  return {
    checklistOf,
    contact: (id, by, text, slot) =>
      command(id, by, async (tx, ticket) => {
        if (!ticketCan(ticket.state, 'contact')) throw illegalMove(id, ticket.state, 'contact')
        if (slot && slot.to <= clock.now()) {
          throw new Problem({
            code: 'slot-past',
            message: 'That time has passed.',
            remedy: 'Agree on a time to come.',
            concerns: id,
            status: 409,
          })
        }
        ticket.contactedAt = clock.now()
        delete ticket.escalatedAt
        stopClock(ticket, 'contact')
        stopClock(ticket, 'second-contact')
        if (slot) {
          ticket.slot = slot
          clockOf(ticket, 'on-site', slot.to)
        }
        await finishTasksOf(tx, id, 'contact', clock.now(), by, 'the owner was contacted')
        await note(tx, ticket, by, because('spoke', text ? { words: text } : {}))
      }),
    startVisit: (id, by) =>
      command(id, by, async (tx, ticket) => {
        nextTicketState(id, ticket.state, 'start')
        await refuseWhereLocked(tx, ticket, options.appliance(ticket.appliance))
        await move(tx, ticket, 'start', by, because('arrived'))
        const now = clock.now()
        for (const name of ['on-site', 'contact', 'second-contact']) stopClock(ticket, name)
        await finishTasksOf(tx, id, 'contact', now, by, 'the engineer arrived')
        ticket.visit = { startedAt: now }
        ticket.visits = (ticket.visits ?? 0) + 1
        delete ticket.checklist
        delete ticket.ownerTicks
        const until = now + rulesOf(ticket).visitHours * HOUR
        clockOf(ticket, 'visit', until)
        await enqueueControl(tx, { type: 'mute', appliance: ticket.appliance, ticket: ticket.id, until })
      }),
    endVisit: (id, by, checklist) =>
      command(id, by, async (tx, ticket) => {
        nextTicketState(id, ticket.state, 'complete')
        const card = checklistOf(ticket).items
        const answers = checkAnswers(id, card, checklist)
        await requirePhotos(tx, id, card, answers)
        const now = clock.now()
        ticket.checklist = { at: now, by, answers }
        const appliance = options.appliance(ticket.appliance)
        if (answers['safety-test']?.ok === false) {
          const safety = await lockHome(tx, ticket, appliance, steps, now, by, options.render)
          await move(tx, ticket, 'wait', by, because('no-safe-earth', { ticket: safety }))
          await leave(tx, ticket)
          return
        }
        const bad = Object.entries(answers).filter(([, { ok }]) => !ok)
        const items = bad.map(([code]) => code)
        const why = items.length === 0 ? because('left') : because('left-undone', { items })
        await move(tx, ticket, 'complete', by, why)
        await leave(tx, ticket)
        if (ticket.source === 'safety') await liftLock(tx, ticket, now, by)
        clockOf(ticket, 'call-back', now + rulesOf(ticket).callBackHours * HOUR)
        await openCallBack(tx, ticket, now, rulesOf(ticket))
      }),
    waitForParts: (id, by, parts, why) =>
      command(id, by, async (tx, ticket) => {
        const known = catalog.kind(ticket.kind).parts
        const unknown = parts.find(({ part }) => !Object.hasOwn(known, part))
        if (unknown) {
          throw new Problem({
            code: 'unknown-part',
            message: `'${unknown.part}' is no part of a ${ticket.kind}.`,
            remedy: `Use one of: ${Object.keys(known).join(', ')}.`,
            concerns: id,
            status: 400,
          })
        }
        await move(
          tx,
          ticket,
          'wait',
          by,
          because('waits-for-parts', { parts: parts.map(({ part }) => part), ...(why ? { words: why } : {}) }),
        )
        stopClock(ticket, 'visit')
        await enqueueControl(tx, { type: 'unmute', appliance: ticket.appliance, ticket: ticket.id })
        await dispatch.bringParts(tx, ticket, parts)
        const comes = Math.max(clock.now(), ...(ticket.supply ?? []).flatMap(({ dueAt }) => dueAt ?? []))
        clockOf(ticket, 'parts', comes)
        await announce(tx, ticket, 'waiting', `/${comes}`)
      }),
    tick1plus5: (id, by, ticks) =>
      command(id, by, async (tx, ticket) => {
        if (!ticket.checklist) {
          throw new Problem({
            code: 'no-card',
            message: 'There is no card of a visit to tick yet.',
            remedy: 'It can be ticked after the visit.',
            concerns: id,
            status: 409,
          })
        }
        const { items } = checklistOf(ticket)
        const known = Object.fromEntries(
          Object.entries(ticks).filter(([code]) => items.some((item) => item.code === code)),
        )
        ticket.ownerTicks = { at: clock.now(), ticks: { ...ticket.ownerTicks?.ticks, ...known } }
        for (const code of contradictions(ticket.checklist.answers, known)) {
          const item = items.find((one) => one.code === code)
          await complain(
            tx,
            ticket,
            code,
            because('task-complaint', { number: ticket.number, item: item?.text ?? { en: code, zh: code } }),
          )
          await note(tx, ticket, by, because('complaint', { item: code }))
        }
      }),
    confirmBill: (id, by) =>
      command(id, by, async (tx, ticket) => {
        requireBill(ticket)
        if (ticket.billConfirmedAt !== undefined) return
        ticket.billConfirmedAt = clock.now()
        await note(tx, ticket, by, because('bill-confirmed'))
      }),
    contestBill: (id, by, why) =>
      command(id, by, async (tx, ticket) => {
        requireBill(ticket)
        await complain(tx, ticket, 'bill', because('task-bill', { number: ticket.number, words: why }))
        await note(tx, ticket, by, because('bill-contested', { words: why }))
      }),
  }
}

function requireBill({ id, bill }: StoredTicket): void {
  if (bill) return
  throw new Problem({
    code: 'no-bill',
    message: 'There is no bill yet.',
    remedy: 'It is written when the work is closed.',
    concerns: id,
    status: 409,
  })
}
