import { type Millis, type SlaClock, type Slot, type TicketState, ticketCan } from '../../core/index.ts'

/** What the thumb does next with a job: one step, by its state and its promises. Pure. */
export function nextStep({
  state,
  clocks,
}: {
  state: TicketState
  clocks: readonly SlaClock[]
}): 'contact' | 'start' | 'leave' | 'close' | undefined {
  const isPromised = clocks.some(({ name, doneAt }) => name === 'contact' && doneAt === undefined)
  if (isPromised && ticketCan(state, 'contact')) return 'contact'
  if (ticketCan(state, 'start')) return 'start'
  if (ticketCan(state, 'wait')) return 'leave'
  return state === 'completed' ? 'close' : undefined
}

/**
 * When the work of a job begins, as its engineer is told; undefined while no time is agreed. A plan that was made for
 * another time than the one that is agreed now says nothing. Pure.
 */
export function startsAt({
  slot,
  plannedAt,
  visit,
}: {
  slot?: Slot | undefined
  plannedAt?: Millis | undefined
  visit?: { readonly startedAt: Millis; readonly endedAt?: Millis } | undefined
}): Millis | undefined {
  if (visit && visit.endedAt === undefined) return visit.startedAt
  const isWithin = plannedAt !== undefined && (!slot || (plannedAt >= slot.from && plannedAt <= slot.to))
  return isWithin ? plannedAt : slot?.from
}
