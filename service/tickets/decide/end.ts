import { because, HOUR, Problem, type Reason, saidOr, ticketIs } from '../../../core/index.ts'
import { checkClosure } from '../../closure/checkClosure.ts'
import type { Policy } from '../../policy/policySchema.ts'
import { billFor } from '../../visit/bill.ts'
import { coversOf } from '../../visit/coverage.ts'
import type { Ticket } from '../ticket.ts'
import type { Decision, Facts, Refused, TicketCommand } from '../ticketCommand.ts'
import { ruledBy } from './plan.ts'
import { OURS, refuse, Step } from './step.ts'

type Of<T extends TicketCommand['type']> = Extract<TicketCommand, { type: T }>

/** The desk's closure: what was found, which parts were fitted, what it costs. */
export function close(
  ticket: Ticket,
  { closure, contracts }: Of<'close'>,
  facts: Facts,
  rules: Policy,
): Decision | Refused {
  const bad = checkClosure(ticket, closure, facts.catalog)
  if (bad) return refuse(bad)
  const { at, by } = facts
  const { cause, verdict, parts } = closure
  const { times } = ticket.visit
  const supply = ticket.plan.supply ?? []
  const isSettled = parts.length === 0 && supply.every(({ place }) => place === undefined)
  const closed = new Step(ticket, facts)
    .move('close', because('closed-with', { cause, ...(verdict ? { verdict } : {}) }))
    .stop('first-response', 'owner-answer', 'on-site', 'visit', 'contact', 'second-contact', 'remote')
    .visit({ times: times && !times.endedAt ? { ...times, endedAt: at } : times })
    .closure({ found: { ...closure, at, by } })
    .plan({ supply: supply.filter(({ place }) => place === undefined) })
  const covers = coversOf(closed.ticket, facts.appliance, contracts, rules, at)
  const billed = closed.money({
    bill: billFor(closed.ticket, covers, facts.catalog, rules),
    billConfirmedAt: undefined,
    payment: undefined,
  })
  const settled = isSettled ? billed : billed.follow({ do: 'settleParts', fitted: parts, supply, by })
  const unlocked = ticket.source === 'safety' ? settled.follow({ do: 'liftLock', by }) : settled
  const told = unlocked.endTasks('contact', by, 'closed').endTasks('reconsider', by, 'closed').unmute()
  const isRefuted = verdict === 'refuted' || cause === 'none'
  const asked = times ? askedAfter(told, at, rules) : told
  const proved = isRefuted ? asked.closure({ verification: undefined }).end('refuted') : asked.verify(cause)
  return proved.tell('closed', `/${ticket.closure.reopened ?? 0}`)
}

/** After a visit its owner is called back, and may rate it. */
function askedAfter(step: Step, at: number, rules: Policy): Step {
  const asked = step.follow({ do: 'callBack' })
  const { owner, closure } = step.ticket
  if (!owner || closure.rating) return asked
  return asked.closure({ ratingExpiredAt: undefined }).start('rating', at + rules.ratingHours * HOUR)
}

/** Fitted parts left the van; what no stock accounts for is written down, because somebody has to count. */
export function settled(ticket: Ticket, { unaccounted, supply }: Of<'settled'>, facts: Facts): Decision {
  const step = new Step(ticket, facts).plan({ supply })
  return unaccounted.length === 0 ? step : step.note(because('unaccounted', { parts: unaccounted }), OURS)
}

/** Nobody was there: what the appliance or its owner did is taken for the repair, until its own signal says otherwise. */
export function closedByProof(step: Step, why: Reason, { at, by, render }: Facts): Step {
  const cause = step.ticket.finding.failureMode ?? 'unknown'
  return step
    .move('close', why)
    .stopAll()
    .closure({ found: { cause, parts: [], note: render(why).en, at, by } })
    .money({ bill: { lines: [], totalCents: 0 } })
    .verify(cause)
}

/** Not solved: the same case goes on, with its clock and its cost. */
export function reopened(step: Step, why: Reason, facts: Facts, rules: Policy): Step {
  const { at } = facts
  const { found, reopened: before = 0 } = step.ticket.closure
  const again = before + 1
  const repaired = found && { cause: found.cause, at: found.at, reopenedAt: at }
  return (
    step
      .move('reopen', why)
      .closure({ reopened: again, ...(repaired ? { repaired } : {}) })
      .visit({ times: undefined })
      .plan({ contactedAt: undefined, escalatedAt: undefined })
      // Whoever asked for the reopening has heard that it is not solved: the next visit brings the next call-back.
      .stop('call-back')
      .start('on-site', ruledBy(facts, rules))
      .tell('reopened', `/${again}`)
  )
}

/** Its owner says so, at the call-back or by themselves. */
export function reopen(ticket: Ticket, why: Reason, facts: Facts, rules: Policy): Step {
  const { appliance, id } = ticket
  return reopened(new Step(ticket, facts), why, facts, rules)
    .follow({ do: 'control', control: { type: 'freeze', appliance, ticket: id } })
    .closure({ verification: undefined })
    .endTasks('call-back', facts.by, facts.render(why).en)
}
export const reopenFor = (ticket: Ticket, { why }: Of<'reopen'>, facts: Facts, rules: Policy): Decision =>
  reopen(ticket, saidOr(why, because('not-solved')), facts, rules)

export function callBack(
  ticket: Ticket,
  { desk, solved, note }: Of<'callBack'>,
  facts: Facts,
  rules: Policy,
): Decision | Refused {
  if (!ticket.clocks.some(({ name }) => name === 'call-back')) return refuse(noCallBack(ticket.id))
  const said = { desk, ...(note ? { words: note } : {}) }
  const calledBack = { desk, solved, at: facts.at }
  if (!solved) return reopen(ticket, because('called-unsolved', said), facts, rules).closure({ calledBack })
  const why = because('called-solved', said)
  return new Step(ticket, facts)
    .closure({ calledBack })
    .stop('call-back')
    .note(why)
    .endTasks('call-back', facts.by, facts.render(why).en)
}

export const noCallBack = (id: string): Problem =>
  new Problem({
    code: 'no-call-back',
    message: `Ticket ${id} waits for no call-back.`,
    remedy: 'A call-back follows a visit that has ended.',
    concerns: id,
    status: 409,
  })

export function rate(ticket: Ticket, { stars, text }: Of<'rate'>, facts: Facts): Decision | Refused {
  if (ticket.closure.ratingExpiredAt !== undefined) {
    return refuse(
      new Problem({
        code: 'rating-expired',
        message: 'The time to rate this visit is over.',
        remedy: 'Call us if something is still wrong.',
        concerns: ticket.id,
        status: 409,
      }),
    )
  }
  const { engineer } = ticket.plan
  const rated = new Step(ticket, facts)
    .closure({ rating: { stars, text, at: facts.at } })
    .stop('rating')
    .note(because('rated', { stars }))
  return engineer && ticket.visit.times ? rated.follow({ do: 'countRating', engineer, stars }) : rated
}

/** The work of a visit is not done yet. */
export const tooEarly = (id: string): Problem =>
  new Problem({
    code: 'too-early',
    message: 'The work is not done yet.',
    remedy: 'Rate it after the visit.',
    concerns: id,
    status: 409,
  })

/** It ends with a reason; `tells`: whoever waits for somebody hears that nobody comes. */
export function cancel(ticket: Ticket, { why, tells }: Of<'cancel'>, facts: Facts): Decision {
  const cancelled = new Step(ticket, facts).move('cancel', why).stopAll()
  if (!tells) return cancelled.release(false, 'cancelled')
  return cancelled
    .endTasks('contact', facts.by, 'cancelled')
    .endTasks('reconsider', facts.by, 'cancelled')
    .unmute()
    .release(false, 'cancelled')
    .tell('cancelled')
}

/** What the appliance's own signal said of the repair. */
export function verified(ticket: Ticket, command: Of<'verified'>, facts: Facts, rules: Policy): Decision {
  const { outcome: verification, evidence: verificationEvidence } = command
  const step = new Step(ticket, { ...facts, by: 'appliance' }).closure({ verification, verificationEvidence })
  if (verification === 'failed') {
    const { guide } = ticket.remote
    const known = guide?.helped ? step.remote({ guide: { ...guide, failedAt: facts.at } }) : step
    return reopened(known, because('signal-not-back'), facts, rules).follow({ do: 'plan', promise: false })
  }
  if (verification === 'no-data') return step.end('no data came to verify the repair')
  const { times } = ticket.visit
  const { repair, guide } = ticket.remote
  const how = times
    ? undefined
    : repair?.result === 'done'
      ? 'fixed-remotely'
      : guide?.helped
        ? 'fixed-by-owner'
        : undefined
  const { found } = ticket.closure
  const proved = step.move('verify', because(how ?? 'signal-back'))
  // Where nobody went, the appliance itself decides whether the prediction was right.
  const judged =
    how && found && ticket.source === 'predicted'
      ? proved.closure({ found: { ...found, verdict: 'confirmed' } })
      : proved
  return (
    judged
      // The appliance itself has said that it is solved.
      .stop('call-back')
      .endTasks('call-back', 'appliance', 'its own signal is back in its band')
      .release(true, 'repaired and verified')
      .follow({ do: 'endAlerts' })
      .tell('verified', `/${ticket.closure.reopened ?? 0}`)
  )
}

export const unlocked = (ticket: Ticket, by: string, facts: Facts): Decision =>
  new Step(ticket, facts).note(because('earth-safe'), by)

/** So few stars that the policy makes it good. */
export const compensated = (ticket: Ticket, { at, by }: Facts, { compensation }: Policy): Decision =>
  new Step(ticket, { at, by }).money({ compensation: { at, text: compensation } })

/** Its appliance has another owner: what was found and done stays, what the former one said, and how to reach them, goes. */
export function ownerLeft(ticket: Ticket, { owner, gone }: Of<'ownerLeft'>, facts: Facts): Decision {
  const { rating } = ticket.closure
  const step = new Step(ticket, facts)
    .with({
      owner: ticketIs(ticket.state, 'living') ? owner : undefined,
      contacts: ticket.contacts?.map((one) => (one.channel === 'telemetry' ? one : { ...one, by: 'owner', text: '' })),
    })
    .closure({ rating: rating && { ...rating, text: '' } })
  const isReported = ticket.source === 'reported' || ticket.source === 'recall'
  return isReported ? step.finding({ noticed: gone, diagnosis: gone }) : step
}
