import { type Alert, because, HOUR, type Reason, saidOr, ticketIs } from '../../../core/index.ts'
import { kitOfJob, planKit, priorityOf } from '../../dispatch/plan.ts'
import type { Policy } from '../../policy/policySchema.ts'
import { guideFor } from '../../remote/guides.ts'
import { jobTypeFor } from '../../visit/checklist.ts'
import { type Contact, withContact } from '../contact.ts'
import type { Ticket } from '../ticket.ts'
import type { Decision, Facts, Opening, Refused, TicketCommand } from '../ticketCommand.ts'
import { asking } from './beginCheck.ts'
import { testing } from './beginTest.ts'
import { refusedTime } from './chosenTime.ts'
import { promisable, ranked } from './plan.ts'
import { byPriority, OURS, refuse, Step } from './step.ts'

type Of<T extends TicketCommand['type']> = Extract<TicketCommand, { type: T }>

/** A ticket begins: made, and prepared from what is known. */
function opened({ made, why, contact, recall, alert, weighed }: Opening, facts: Facts, rules: Policy): Step {
  const { at, appliance } = facts
  const { policy, failureMode, hypotheses, evidence, noticed, diagnosis, lifeHours, said, ...own } = made
  const contactBy = at + rules.firstResponseHours * HOUR
  const ticket: Ticket = {
    ...own,
    policy,
    appliance: appliance.id,
    kind: appliance.kind,
    model: appliance.model,
    state: 'new',
    priority: made.source === 'safety' ? 1 : made.source === 'predicted' || made.source === 'inspection' ? 4 : 2,
    createdAt: at,
    updatedAt: at,
    clocks: [],
    ...(appliance.owner ? { owner: appliance.owner } : {}),
    ...(contact ? { contacts: [contact] } : {}),
    finding: {
      failureMode,
      hypotheses,
      evidence,
      noticed,
      diagnosis,
      lifeHours,
      said,
      skill: 'general',
      difficulty: 1,
      minutes: 60,
      ...(weighed ? { weighed: { ...weighed, at } } : {}),
    },
    plan: { kit: [], candidates: [], offeredSlots: [], contactBy },
    visit: {},
    // A repair that did not last is made good: the ticket says of which one, and what the owner may ask for.
    closure: recall ? { recallOf: recall.ticket, recallCount: recall.count } : {},
    remote: {},
    money: recall?.swapRight ? { swapRight: true } : {},
  }
  const first = new Step(ticket, facts, [{ at, by: OURS, from: null, to: 'new', why }])
  return prepared(first.start('first-response', contactBy), alert ? [alert] : [], facts, rules)
}

const frozen = (step: Step): Step => {
  const { appliance, id: ticket } = step.ticket
  return step.follow({ do: 'control', control: { type: 'freeze', appliance, ticket } })
}

/** Of an alert: its owner is asked to agree. */
export function openFromAlert(opening: Opening, facts: Facts, rules: Policy): Decision {
  const { owner } = facts.appliance
  const why = because(!owner ? 'no-owner' : facts.isReachable ? 'owner-asked' : 'owner-to-call')
  const made = opened(opening, facts, rules)
  // What it shows by itself may spare its owner a visit.
  if (facts.test) return frozen(testing(made, facts.test, facts.at))
  if (facts.questions) return frozen(asking(made, facts.questions, facts, rules))
  return frozen(offered(made, why, facts, rules)).tell('offered')
}

/** Of a report: it is agreed to already. */
export function openFromReport(opening: Opening, facts: Facts, rules: Policy): Decision {
  const { recall, series } = opening
  const made = opened(opening, facts, rules)
  const known = frozen(series ? made.follow({ do: 'attach', series }) : made).tell('accepted')
  return accepted(known, because(recall ? 'recall-free' : 'reported-by-owner'), facts)
}

/** Of an earth that is not safe. */
export const openForSafety = (opening: Opening, facts: Facts, rules: Policy): Decision =>
  accepted(opened(opening, facts, rules).tell('accepted'), because('safety-first'), facts)

/** Of an inspection that is due: its owner is asked for a time. */
export function openForInspection(opening: Opening, facts: Facts, rules: Policy): Decision {
  const { owner } = facts.appliance
  const why = because(!owner ? 'no-owner' : facts.isReachable ? 'owner-asked' : 'owner-to-call')
  return offered(opened(opening, facts, rules), why, facts, rules).tell('offered')
}

/** Kit, priority, skill and candidates, from what is known now. */
export function prepared(
  step: Step,
  alerts: readonly Pick<Alert, 'severity' | 'remainingLife'>[],
  facts: Facts,
  rules: Policy,
): Step {
  const { catalog, at } = facts
  const { kind, finding, priority, remote } = step.ticket
  const type = jobTypeFor(step.ticket.job, rules)
  const { skill, difficulty, minutes } = type ?? catalog.failureMode(kind, finding.failureMode ?? 'unknown')
  const fits = guideFor({ kind, failureMode: finding.failureMode }, rules)
  const guide =
    fits && !remote.guide
      ? { id: fits.id, offeredAt: at }
      : !fits && remote.guide?.triedAt === undefined
        ? undefined
        : remote.guide
  const known = step
    .finding({ skill, difficulty, minutes })
    .with(alerts.length > 0 ? { priority: Math.min(priority, priorityOf(alerts, rules)) } : {})
    .plan({ bound: facts.bound, kit: type ? kitOfJob(type, kind) : planKit(catalog, kind, finding.hypotheses, rules) })
    .remote({ guide })
  return ranked(known, facts, rules)
}

/** The owner is asked to agree to a predicted visit. */
export function offered(step: Step, why: Reason, facts: Facts, rules: Policy): Step {
  const moved = step.move('offer', why, OURS)
  const asked = moved.plan({ offeredSlots: [...(facts.booked ?? []), ...promisable(moved, facts, rules)] })
  // Nobody has heard of it yet: a person calls, and from then on the answer is waited for.
  return facts.isReachable ? awaited(asked, facts, rules) : asked
}

/** A person is told of it, and the time to answer begins; once they have it, that is the first response. */
function awaited(step: Step, { at, hearsBack }: Facts, rules: Policy): Step {
  const asked = step.start('owner-answer', at + byPriority(rules.ownerAnswerHours, step.ticket.priority, 72) * HOUR)
  return hearsBack ? asked : asked.stop('first-response')
}

/** Somebody has called an owner to whom nothing can be written. */
export function reached(ticket: Ticket, { words }: Of<'reached'>, facts: Facts, rules: Policy): Decision {
  const noted = new Step(ticket, facts).note(because('reached', words ? { words } : {}))
  const isAsked = ticket.state === 'offered' && !ticket.clocks.some(({ name }) => name === 'owner-answer')
  return (isAsked ? awaited(noted, facts, rules) : noted).stop('first-response')
}

/** The appliance reports as a person does: the same record. */
export const contactOf = (alert: Alert, at: number): Contact => ({
  at,
  channel: 'telemetry',
  by: `appliance ${alert.appliance}`,
  text: alert.explanation.owner.en,
  failureMode: alert.failureMode,
})

/** The first alert of a ticket leads it: what is known of it now. */
export const adopted = (step: Step, { failureMode, hypotheses, evidence, remainingLife, explanation }: Alert): Step =>
  step.finding({
    failureMode,
    hypotheses,
    evidence,
    lifeHours: remainingLife?.p50,
    noticed: explanation.owner,
    diagnosis: explanation.engineer,
  })

/** A person said that what led to it was no fault. */
export function dismiss(ticket: Ticket, { why }: Of<'dismiss'>, facts: Facts): Decision {
  return new Step(ticket, facts)
    .move('cancel', because('not-a-fault', why ? { words: why } : {}))
    .closure({ dismissed: { by: facts.by, why, at: facts.at } })
    .stopAll()
    .release(false, 'dismissed')
    .tell('cancelled')
}

/** A person reports on what is known already; who has not agreed to a visit agrees by that. */
export function joinReport(ticket: Ticket, { contact, series }: Of<'joinReport'>, facts: Facts): Decision {
  const noted = new Step(ticket, facts)
    .note(because('also-reported', { words: contact.text }))
    .with({ contacts: withContact(ticket.contacts, contact) })
  const step = series ? noted.follow({ do: 'attach', series }) : noted
  return ticketIs(ticket.state, 'undecided') ? accepted(step, because('owner-reports-too'), facts) : step
}

export function accept(ticket: Ticket, { slot }: Of<'accept'>, facts: Facts, rules: Policy): Decision | Refused {
  const bad = slot && refusedTime(ticket, slot, facts, rules)
  if (bad) return refuse(bad)
  return accepted(new Step(ticket, facts), because(slot ? 'agreed-with-time' : 'agreed'), facts, slot)
}

/** It is to be done: at the time that was chosen, else at the first that can be promised. */
export function accepted(
  step: Step,
  why: Reason,
  { at, isReachable, hearsBack }: Facts,
  slot?: Ticket['plan']['slot'],
): Step {
  const moved = step.move('accept', why).plan({ plannedAt: undefined })
  const { assignedByHand, engineer, offeredSlots } = moved.ticket.plan
  const free =
    engineer && !assignedByHand ? moved.freeParts('the visit is planned anew').plan({ engineer: undefined }) : moved
  const answered = free.stop('owner-answer')
  // Who agreed has heard of it; who reported it, when what we wrote has reached them.
  const hasHeard = step.ticket.state !== 'new' || (isReachable && !hearsBack)
  const stopped = hasHeard ? answered.stop('first-response') : answered
  const agreed = slot
    ? stopped.plan({ slotChosen: true }).stop('contact', 'second-contact')
    : stopped.plan({ contactedAt: undefined })
  return agreed
    .plan({ slot: slot ?? agreed.ticket.plan.slot ?? offeredSlots.find(({ from }) => from > at) })
    .follow({ do: 'plan', promise: true })
}

export const decline = (ticket: Ticket, { why }: Of<'decline'>, facts: Facts): Decision =>
  new Step(ticket, facts)
    .move('decline', saidOr(why, because('declined-by-owner')))
    .stop('owner-answer')
    .release(false, 'declined')
