import { type Appliance, DAY, MINUTE, Problem, type Slot, ticketCan } from '../../../core/index.ts'
import { calendarOf, isWorkingTime } from '../../calendar/workCalendar.ts'
import { isFreeFor } from '../../dispatch/isFreeFor.ts'
import type { Means } from '../../dispatch/means.ts'
import { slotsFor } from '../../dispatch/planning.ts'
import { LEAST_SLOT_MS } from '../../dispatch/slots.ts'
import type { Policy } from '../../policy/policySchema.ts'
import { jobOf } from '../jobOf.ts'
import type { Ticket } from '../ticket.ts'
import type { Facts } from '../ticketCommand.ts'
import { meansOf } from './plan.ts'

const OFFERED = 'Choose one of the times that are offered now.'

/** Why a time that somebody chose cannot be promised; undefined while it can. Pure. */
export function refusedTime(ticket: Ticket, slot: Slot, facts: Facts, rules: Policy): Problem | undefined {
  const no = (code: string, message: string, remedy = OFFERED): Problem =>
    new Problem({ code, message, remedy, concerns: ticket.id, status: 409 })
  if (slot.to <= facts.at) return no('slot-past', 'That time has passed.')
  const far = facts.at + rules.slotAheadDays * DAY
  if (slot.from > far) return no('slot-too-far', `That is more than ${rules.slotAheadDays} days ahead.`)
  // What a desk or an engineer agrees on with the owner is their word: they know who goes, and when.
  if (facts.by !== 'owner') return undefined
  const isOffered = ticket.plan.offeredSlots.some(({ from, to }) => from === slot.from && to === slot.to)
  const soonest = facts.at + (isOffered ? 0 : rules.slotLeastLeadMinutes * MINUTE)
  if (slot.from < soonest) return no('slot-too-soon', 'Nobody can be there so soon.')
  if (slot.to - slot.from < LEAST_SLOT_MS)
    return no('slot-too-short', 'Half an hour is the least that can be promised.')
  if (!isWorkingTime(slot, calendarOf(facts.appliance, rules), workingHours(rules)))
    return no('slot-outside-hours', 'Nobody works at that time where the appliance stands.')
  if (!isFreeFor(jobOf(ticket, facts.appliance, rules), meansOf(facts))(slot))
    return no(
      'slot-taken',
      'Nobody is free at that time any more.',
      'Choose another of the times that are offered now.',
    )
  return undefined
}

/** From the first to the last hour at which somebody visits or works. */
function workingHours({ slotHours, shiftHours }: Policy): [number, number] {
  const all = [...slotHours, shiftHours]
  return [Math.min(...all.map(([from]) => from)), Math.max(...all.map(([, to]) => to))]
}

/** When somebody could come: what was offered and is still free, else what can be promised now. Pure. */
export function slotsNow(ticket: Ticket, appliance: Appliance, means: Means, rules: Policy): Slot[] {
  if (!ticketCan(ticket.state, 'accept') || ticket.state === 'new') return []
  const job = jobOf(ticket, appliance, rules)
  const isFree = isFreeFor(job, means)
  const open = ticket.plan.offeredSlots.filter((slot) => slot.from > means.now && isFree(slot))
  if (open.length > 0 && !ticketCan(ticket.state, 'choose')) return open
  return slotsFor(job, ticket.plan.candidates, means, calendarOf(appliance, rules), ticket.finding.weighed?.withinHours)
}
