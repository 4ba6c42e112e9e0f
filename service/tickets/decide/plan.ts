import { because, type EngineerId, HOUR, type Millis, Problem, type Reason, type Slot } from '../../../core/index.ts'
import { calendarOf } from '../../calendar/workCalendar.ts'
import type { Means } from '../../dispatch/means.ts'
import { rankJob, slotsFor, timesOfDay } from '../../dispatch/planning.ts'
import { forbidden } from '../../dispatch/rankCandidates.ts'
import { onSiteBy } from '../../dispatch/slots.ts'
import { type KitPlan, planRelease, planReserve, type WantedPart } from '../../parts/kit.ts'
import type { Policy } from '../../policy/policySchema.ts'
import { jobOf } from '../jobOf.ts'
import type { Ticket } from '../ticket.ts'
import type { Decision, Facts, Refused, TicketCommand } from '../ticketCommand.ts'
import { byPriority, OURS, refuse, refusedEngineer, Step } from './step.ts'

type Of<T extends TicketCommand['type']> = Extract<TicketCommand, { type: T }>

/** Who and what there is, for commands that plan; whoever carries them out reads it first. */
export function meansOf({ means }: Facts): Means {
  if (!means) throw new Error('a command that plans was not told who there is')
  return means
}

/** Candidates as they are now, or why there is none. */
export function ranked(step: Step, facts: Facts, rules: Policy): Step {
  const candidates = rankJob(jobOf(step.ticket, facts.appliance, rules), meansOf(facts))
  const fits = candidates.some(({ rank }) => rank !== undefined)
  const nobody = fits ? undefined : because(candidates.length === 0 ? 'nobody-known' : 'nobody-fits')
  return step.plan({ candidates, nobody })
}

/** The times that can be promised now. */
export function promisable({ ticket }: Step, facts: Facts, rules: Policy): Slot[] {
  const job = jobOf(ticket, facts.appliance, rules)
  const calendar = calendarOf(facts.appliance, rules)
  return slotsFor(job, ticket.plan.candidates, meansOf(facts), calendar, ticket.finding.weighed?.withinHours)
}

/** A time that has passed, or none, becomes the next one that can be promised. Nobody has agreed on that one. */
export function freshSlot(step: Step, facts: Facts, rules: Policy): Step {
  const { slot } = step.ticket.plan
  if (slot && slot.from >= facts.at) return step
  const known = ranked(step, facts, rules)
  const [next] = promisable(known, facts, rules)
  return known.plan({ slot: next, slotChosen: undefined, contactedAt: undefined })
}

/** The owner chose a later day: who goes is settled when that day is planned. */
export const waitsForItsDay = ({ plan }: Ticket, { live, now }: Pick<Means, 'live' | 'now'>): boolean =>
  plan.slotChosen === true && plan.slot !== undefined && plan.slot.from > now + live.planAheadHours * HOUR

/** Whoever has it agrees on the time with the owner, by a deadline; an owner who chose it has agreed already. */
export function toContact(step: Step, { at }: Facts, rules: Policy): Step {
  const { owner, plan, priority } = step.ticket
  if (!owner || plan.slotChosen || plan.contactedAt !== undefined) return step
  return step
    .plan({ escalatedAt: undefined })
    .stop('second-contact')
    .start('contact', at + byPriority(rules.contactHours, priority, 24) * HOUR)
}

/** An engineer has it: the kit is reserved or ordered, and the owner hears who comes. */
export function give(step: Step, engineer: EngineerId, why: Reason, facts: Facts, rules: Policy): Step {
  const given = toContact(step.plan({ engineer }).move('assign', why, OURS), facts, rules)
  const { name } = meansOf(facts).engineers.find(({ id }) => id === engineer) ?? {}
  const told = `/${engineer}/${given.ticket.plan.slot?.from ?? 0}`
  return bringParts(given, step.ticket.plan.kit, facts, rules).tell('assigned', told, name)
}

/** Parts for it are reserved in its engineer's van, and what the van lacks is ordered. */
export function bringParts(step: Step, lines: readonly WantedPart[], facts: Facts, rules: Policy): Step {
  const { engineers, places } = meansOf(facts)
  const { plan } = step.ticket
  const engineer = engineers.find(({ id }) => id === plan.engineer)
  const van = places.get(engineer?.depot ?? '')
  if (!engineer || !van) return step
  const to = facts.appliance.location ?? engineer.location
  const kit: KitPlan = planReserve(plan.supply ?? [], lines, van, [...places.values()], to, rules, facts.at)
  const brought = step.plan({ supply: kit.supply })
  const isIdle = kit.moves.length + kit.orders.length === 0 && kit.redirect === undefined
  return isIdle ? brought : brought.follow({ do: 'book', kit })
}

/** What it had reserved is free again, and lies there for whoever comes next. */
export function withFreed(facts: Facts, { plan }: Ticket): Facts {
  const { moves } = planRelease(plan.supply ?? [], '')
  const means = facts.means
  if (!means || moves.length === 0) return facts
  const places = new Map(means.places)
  for (const { place, part, reserved } of moves) {
    const known = places.get(place)
    if (!known) continue
    const available = new Map(known.available).set(part, (known.available.get(part) ?? 0) - reserved)
    places.set(place, { ...known, available })
  }
  return { ...facts, means: { ...means, places } }
}

/**
 * Plans an accepted ticket: whose day it fits best, when that day is near; a later one waits for the plan of its day. It
 * stays where it is while nobody fits.
 */
export function planTicket(ticket: Ticket, { promise }: Of<'plan'>, facts: Facts, rules: Policy): Decision {
  const fresh = freshSlot(new Step(ticket, facts), facts, rules)
  const { slot } = fresh.ticket.plan
  const promised = promise ? fresh.start('on-site', promisedBy(slot, facts, rules)) : fresh
  const step = ranked(promised, facts, rules)
  const { plan } = step.ticket
  const byHand = plan.assignedByHand ? plan.candidates.find(({ engineer }) => engineer === plan.engineer) : undefined
  const best = byHand ?? plan.candidates.find(({ rank }) => rank === 1)
  if (!best || (!byHand && waitsForItsDay(step.ticket, meansOf(facts)))) return step
  const why = byHand ? because('by-hand') : because('best-of', { count: plan.candidates.length, reasons: best.reasons })
  return settled(give(step, best.engineer, why, facts, rules), facts, rules)
}

/** By when somebody is on site: what the rule says, or the end of the time that was chosen where that is later. */
const promisedBy = (slot: Slot | undefined, facts: Facts, rules: Policy): Millis =>
  Math.max(slot?.to ?? 0, ruledBy(facts, rules))

/** By when the rule wants somebody on site, where it can be kept. */
export const ruledBy = ({ at: now, appliance }: Facts, rules: Policy): Millis =>
  onSiteBy({ now, calendar: calendarOf(appliance, rules) }, rules)

/** The times of the day that it joined: its own, and what they change for others. */
function settled(step: Step, facts: Facts, rules: Policy): Step {
  const times = timesOfDay(jobOf(step.ticket, facts.appliance, rules), meansOf(facts))
  const own = times.find(({ ticket }) => ticket === step.ticket.id)
  const others = times.filter(({ ticket }) => ticket !== step.ticket.id)
  const timed = own ? step.plan({ plannedAt: own.at }) : step
  return others.length > 0 ? timed.follow({ do: 'retime', times: others }) : timed
}

export const rank = (ticket: Ticket, facts: Facts, rules: Policy): Decision =>
  ranked(new Step(ticket, facts), facts, rules)

/** By the plan of its day. */
export function placeInDay(ticket: Ticket, { engineer, at }: Of<'placeInDay'>, facts: Facts, rules: Policy): Decision {
  const step = new Step(ticket, facts).plan({ plannedAt: at })
  if (ticket.plan.engineer === engineer && ticket.state === 'assigned') return step
  const known = ranked(step, facts, rules)
  const reasons = known.ticket.plan.candidates.find((one) => one.engineer === engineer)?.reasons ?? []
  return give(known, engineer, because('by-day-plan', { reasons }), facts, rules)
}

/**
 * Who has it may not do it any more. In the round of planning it may wait for the plan of its day; where somebody's record
 * changed it goes to somebody else at once.
 */
export function takeOff(ticket: Ticket, command: Of<'takeOff'>, facts: Facts, rules: Policy): Decision {
  const { engineer = '' } = ticket.plan
  const free = withFreed(facts, ticket)
  const off = new Step(ticket, facts).takeOff(refusedEngineer(engineer, command.because))
  if (command.from === 'round') return freshSlot(off, free, rules)
  return off.plan({ assignedByHand: undefined }).follow({ do: 'plan', promise: false })
}

/** A person chooses who goes; later planning keeps to it. */
export function assign(
  ticket: Ticket,
  { engineer, why }: Of<'assign'>,
  facts: Facts,
  rules: Policy,
): Decision | Refused {
  const { difficulty, failureMode } = ticket.finding
  const never = forbidden({ difficulty, failureMode, slot: ticket.plan.slot }, engineer, rules)
  if (never) {
    return refuse(
      new Problem({
        code: 'may-not-do-it',
        message: `${engineer.id}: ${facts.render(never).en}.`,
        because: never,
        remedy: 'Choose somebody whose grade and standing allow it; distance, load and skill are yours to overrule.',
        concerns: ticket.id,
        status: 409,
      }),
    )
  }
  const given = ranked(new Step(ticket, facts), facts, rules)
    .move('assign', because('said', { words: why }))
    .plan({ engineer: engineer.id, assignedByHand: true })
  return bringParts(toContact(given, facts, rules), ticket.plan.kit, facts, rules).tell(
    'assigned',
    `/${engineer.id}/${given.ticket.plan.slot?.from ?? 0}`,
    engineer.name,
  )
}

/** An engineer took it, and won. */
export const take = (ticket: Ticket, { engineer, why }: Of<'take'>, facts: Facts, rules: Policy): Decision =>
  give(new Step(ticket, facts), engineer, because('taken', { engineer, why }), facts, rules)

/** Parts that were waited for have come. */
export function partsCame(ticket: Ticket, { supply }: Of<'partsCame'>, facts: Facts, rules: Policy): Decision {
  const step = new Step(ticket, facts).plan({ supply })
  return supply.some(({ dueAt }) => dueAt !== undefined) ? step : secondVisit(step, facts, rules)
}

/** What it waited for is there: the next time is set, with the same engineer. */
export function secondVisit(step: Step, facts: Facts, rules: Policy): Step {
  const { ticket } = step
  if (ticket.state !== 'waiting') return step
  const [slot] = promisable(step, facts, rules)
  return step
    .plan({ slot })
    .stop('parts')
    .start('on-site', promisedBy(slot, facts, rules))
    .move('assign', because('parts-there'), OURS)
    .tell('assigned', `/${ticket.plan.engineer}/${slot?.from ?? 0}`)
}
