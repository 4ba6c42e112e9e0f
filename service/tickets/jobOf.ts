import type { Appliance } from '../../core/index.ts'
import { zoneOf } from '../calendar/workCalendar.ts'
import type { OpenJob } from '../dispatch/means.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { Ticket } from './ticket.ts'

/** A ticket as dispatch sees it. Pure. */
export function jobOf(
  ticket: Ticket,
  { location, homeId, timeZone }: Pick<Appliance, 'location' | 'homeId' | 'timeZone'>,
  rules: Policy,
): OpenJob {
  const { finding, plan, state } = ticket
  return {
    ticket: ticket.id,
    rules,
    skill: finding.skill,
    difficulty: finding.difficulty,
    minutes: finding.minutes,
    failureMode: finding.failureMode,
    priority: ticket.priority,
    kit: plan.kit,
    kept: (plan.supply ?? []).flatMap(({ part, quantity, place, to }) => {
      const kept = place ?? to
      return kept === undefined ? [] : [{ place: kept, part, quantity }]
    }),
    // When it is to be, or may be.
    slot: plan.slot ?? plan.offeredSlots[0],
    bound: plan.bound,
    passedOver: plan.passedOver,
    isAssigned: state === 'assigned',
    fixed: state === 'visiting' || plan.assignedByHand === true,
    zone: zoneOf({ location, timeZone }, rules),
    ...(plan.engineer ? { engineer: plan.engineer } : {}),
    ...(location ? { location } : {}),
    ...(homeId ? { homeId } : {}),
  }
}
