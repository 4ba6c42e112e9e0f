import {
  because,
  HOUR,
  hash64,
  jobTypeOf,
  MINUTE,
  Problem,
  type Reason,
  sameText,
  ticketIdSchema,
} from '../../../core/index.ts'
import type { Policy } from '../../policy/policySchema.ts'
import { contradictions, itemsOf, jobTypeFor } from '../../visit/checklist.ts'
import type { DeskTask } from '../taskTable.ts'
import type { Ticket } from '../ticket.ts'
import type { Decision, Facts, Refused, TicketCommand } from '../ticketCommand.ts'
import { accepted } from './begin.ts'
import { refusedTime } from './chosenTime.ts'
import { bringParts } from './plan.ts'
import { refuse, Step } from './step.ts'

type Of<T extends TicketCommand['type']> = Extract<TicketCommand, { type: T }>

const no = (code: string, message: string, remedy: string, { id }: Ticket, status = 409): Refused =>
  refuse(new Problem({ code, message, remedy, concerns: id, status }))

/** The engineer has spoken to the owner: the time stands, or another one is agreed. */
export function contact(
  ticket: Ticket,
  { words, slot }: Of<'contact'>,
  facts: Facts,
  rules: Policy,
): Decision | Refused {
  const bad = slot && refusedTime(ticket, slot, facts, rules)
  if (bad) return refuse(bad)
  const spoken = new Step(ticket, facts)
    .plan({ contactedAt: facts.at, escalatedAt: undefined })
    .stop('contact', 'second-contact', 'first-response')
  // What was agreed by telephone is confirmed in writing.
  const agreed =
    slot && spoken.plan({ slot }).start('on-site', slot.to).tell('assigned', `/${ticket.plan.engineer}/${slot.from}`)
  return (agreed ?? spoken)
    .endTasks('contact', facts.by, 'the owner was contacted')
    .note(because('spoke', words ? { words } : {}))
}

/** The owner was not there: they choose another time. */
export function noShow(ticket: Ticket, { why }: Of<'noShow'>, facts: Facts): Decision {
  const noShows = [...(ticket.plan.noShows ?? []), facts.at]
  const step = new Step(ticket, facts).plan({ noShows, slot: undefined, slotChosen: undefined })
  return accepted(step, because('nobody-home', { words: why }), facts).tell('no-show', `/${noShows.length}`)
}

export function startVisit(ticket: Ticket, facts: Facts, rules: Policy): Decision {
  const { at, by } = facts
  // A whole set takes longer than any repair.
  const until = at + Math.max(rules.visitHours * HOUR, (jobTypeFor(ticket.job, rules)?.minutes ?? 0) * MINUTE)
  const { appliance, id } = ticket
  return new Step(ticket, facts)
    .move('start', because('arrived'))
    .stop('on-site', 'contact', 'second-contact', 'first-response')
    .endTasks('contact', by, 'the engineer arrived')
    .endTasks('reconsider', by, 'the engineer arrived')
    .visit({
      times: { startedAt: at },
      visits: (ticket.visit.visits ?? 0) + 1,
      checklist: undefined,
      ownerTicks: undefined,
    })
    .start('visit', until)
    .follow({ do: 'control', control: { type: 'mute', appliance, ticket: id, until } })
}

const left = (step: Step, at: number): Step =>
  step
    .stop('visit')
    .visit({ times: { startedAt: step.ticket.visit.times?.startedAt ?? at, endedAt: at } })
    .unmute()

/** The card's answers end it; an earth that is not safe interrupts it, and locks the home. */
export function endVisit(ticket: Ticket, { answers, lock }: Of<'endVisit'>, facts: Facts, rules: Policy): Decision {
  const { at, by } = facts
  const step = new Step(ticket, facts).visit({ checklist: { at, by, answers } })
  if (answers['safety-test']?.ok === false) {
    const id = ticketIdSchema.parse(`tk-${hash64(`${ticket.id}/safety/${at}`)}`)
    const opened = lock ? step : step.follow({ do: 'openSafety', id, by })
    return left(opened.move('wait', because('no-safe-earth', { ticket: lock ?? id })), at)
  }
  const items = Object.entries(answers).flatMap(([code, { ok }]) => (ok ? [] : [code]))
  const done = left(step.move('complete', items.length === 0 ? because('left') : because('left-undone', { items })), at)
  return (ticket.source === 'safety' ? done.follow({ do: 'liftLock', by }) : done)
    .start('call-back', at + rules.callBackHours * HOUR)
    .follow({ do: 'callBack' })
}

/**
 * The visit goes on when these parts have come: they are ordered from the nearest level that has them, also where the books
 * say that they lie in the van. For an engineer whose van is not kept here somebody else brings them, in the time it takes
 * to buy them.
 */
export function waitForParts(
  ticket: Ticket,
  { parts, why }: Of<'waitForParts'>,
  facts: Facts,
  rules: Policy,
): Decision | Refused {
  const known = facts.catalog.kind(ticket.kind).parts
  const unknown = parts.find(({ part }) => !Object.hasOwn(known, part))
  if (unknown) {
    const remedy = `Use one of: ${Object.keys(known).join(', ')}.`
    return no('unknown-part', `'${unknown.part}' is no part of a ${ticket.kind}.`, remedy, ticket, 400)
  }
  const names = parts.map(({ part }) => part)
  const waits = because('waits-for-parts', { parts: names, ...(why ? { words: why } : {}) })
  const absent = parts.map((one) => ({ ...one, absent: true as const }))
  const step = bringParts(new Step(ticket, facts).move('wait', waits).stop('visit').unmute(), absent, facts, rules)
  const coming = (step.ticket.plan.supply ?? []).flatMap(({ dueAt }) => dueAt ?? [])
  const comes = coming.length > 0 ? Math.max(facts.at, ...coming) : facts.at + rules.purchaseHours * HOUR
  return step.start('parts', comes).tell('waiting', `/${comes}`)
}

/** Something that a supervisor looks into. */
function complaint({ id, plan, closure }: Ticket, about: string, what: Reason, at: number, rules: Policy): DeskTask {
  return {
    id: `complaint/${id}/${closure.reopened ?? 0}/${about}`,
    type: 'complaint',
    desk: 'central',
    ticket: id,
    ...(plan.engineer ? { engineer: plan.engineer } : {}),
    openedAt: at,
    dueAt: at + rules.supervisorHours * HOUR,
    what,
  }
}

/** The owner's own ticks on the card; one that contradicts the engineer's opens a complaint. */
export function confirmChecklist(
  ticket: Ticket,
  { ticks }: Of<'confirmChecklist'>,
  facts: Facts,
  rules: Policy,
): Decision | Refused {
  const { checklist, ownerTicks } = ticket.visit
  if (!checklist) {
    return no('no-card', 'There is no card of a visit to tick yet.', 'It can be ticked after the visit.', ticket)
  }
  const items = itemsOf(jobTypeOf(ticket), rules)
  const known = Object.fromEntries(Object.entries(ticks).filter(([code]) => items.some((item) => item.code === code)))
  const ticked = new Step(ticket, facts).visit({
    ownerTicks: { at: facts.at, ticks: { ...ownerTicks?.ticks, ...known } },
  })
  return contradictions(checklist.answers, known).reduce((step, code) => {
    const item = items.find((one) => one.code === code)?.text ?? sameText(code)
    const what = because('task-complaint', { number: ticket.number, item })
    return step
      .follow({ do: 'openTask', task: complaint(ticket, code, what, facts.at, rules) })
      .note(because('complaint', { item: code }))
  }, ticked)
}

const noBill = (ticket: Ticket): Refused =>
  no('no-bill', 'There is no bill yet.', 'It is written when the work is closed.', ticket)

export function confirmBill(ticket: Ticket, facts: Facts): Decision | Refused {
  if (!ticket.money.bill) return noBill(ticket)
  const step = new Step(ticket, facts)
  return ticket.money.billConfirmedAt === undefined
    ? step.money({ billConfirmedAt: facts.at }).note(because('bill-confirmed'))
    : step
}

export function contestBill(
  ticket: Ticket,
  { why }: Of<'contestBill'>,
  facts: Facts,
  rules: Policy,
): Decision | Refused {
  if (!ticket.money.bill) return noBill(ticket)
  const what = because('task-bill', { number: ticket.number, words: why })
  return new Step(ticket, facts)
    .follow({ do: 'openTask', task: complaint(ticket, 'bill', what, facts.at, rules) })
    .note(because('bill-contested', { words: why }))
}
