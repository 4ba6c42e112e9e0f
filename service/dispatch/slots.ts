import { DAY, HOUR, localDay, MINUTE, type Millis, momentOf, type Slot } from '../../core/index.ts'
import { isWorkingTime, type WorkCalendar } from '../calendar/workCalendar.ts'
import type { Policy } from '../policy/policySchema.ts'

/** So far ahead a working day is looked for; a policy that has none offers nothing. */
const LOOKS_AHEAD_DAYS = 400
const QUARTER = 15 * MINUTE
/** A visit cannot be promised for less. */
export const LEAST_SLOT_MS = 30 * MINUTE

/** What is known of a visit whose time is sought. */
export interface SlotWish {
  readonly now: Millis
  readonly priority: number
  /** When it is day, and a working day, where the appliance stands. */
  readonly calendar: WorkCalendar
  /** The likely parts cannot be there sooner. */
  readonly notBefore?: Millis | undefined
  /** Best within so many hours. */
  readonly withinHours?: number | undefined
  /** Whether somebody could be there then. Absent: nobody is known, and hours alone decide. */
  readonly isFree?: ((slot: Slot) => boolean) | undefined
}

type SlotRules = Pick<
  Policy,
  | 'slotHours'
  | 'slotsOffered'
  | 'slotLeadHours'
  | 'slotSpreadDays'
  | 'slotLeastLeadMinutes'
  | 'onSiteHours'
  | 'shiftHours'
>

/**
 * The times offered to the owner: on working days, within visiting hours where the appliance stands, when somebody is free.
 * The first keeps the promise on site where that can be kept; an urgent one is offered the next ones, others a choice from
 * the policy's lead on, spread over several days. Pure.
 */
export function slotsToOffer(wish: SlotWish, rules: SlotRules): Slot[] {
  const { now, priority, notBefore = now, withinHours = 0 } = wish
  const key = String(priority) as '1'
  const soonest = withinPromise(wish, rules)
  const earliest = Math.max(now + (rules.slotLeadHours[key] ?? 24) * HOUR, notBefore)
  const latest = Math.max(earliest + (rules.slotSpreadDays[key] ?? 1) * DAY, now + withinHours * HOUR)
  const count = rules.slotsOffered - (soonest ? 1 : 0)
  const all: Slot[] = []
  for (const slot of windows(earliest, wish.calendar, rules)) {
    if (all.length >= count && slot.from > latest) break
    if (slot.from >= Math.max(earliest, soonest?.to ?? 0) && isFree(wish, slot)) all.push(slot)
  }
  const within = Math.max(count, all.filter(({ from }) => from <= latest).length)
  const step = within / Math.max(1, count)
  const spread = Array.from({ length: count }, (_, i) => all[Math.floor(i * step)]).filter((slot) => slot !== undefined)
  return soonest ? [soonest, ...spread] : spread
}

/** By when somebody is on site: the rule's hours, or the end of the first time that can be promised where that is later. Pure. */
export function onSiteBy(wish: Pick<SlotWish, 'now' | 'calendar'>, rules: SlotRules): Millis {
  const due = wish.now + rules.onSiteHours * HOUR
  if (withinPromise({ ...wish, priority: 1 }, rules)) return due
  for (const { to } of windows(wish.now + rules.slotLeastLeadMinutes * MINUTE, wish.calendar, rules))
    return Math.max(due, to)
  return due
}

/** The first time that keeps the promise on site: a window that ends by then, else what is left of the working day before it. */
function withinPromise(wish: SlotWish, rules: SlotRules): Slot | undefined {
  const { now, calendar, notBefore = now } = wish
  const by = now + rules.onSiteHours * HOUR
  const earliest = Math.max(now + rules.slotLeastLeadMinutes * MINUTE, notBefore)
  for (const slot of windows(earliest, calendar, rules)) {
    if (slot.to > by) break
    if (slot.from >= earliest && isFree(wish, slot)) return slot
  }
  const from = Math.ceil(earliest / QUARTER) * QUARTER
  const [, dayEnds] = rules.shiftHours
  const to = Math.min(by, momentOf(localDay(from, calendar.zone), dayEnds, calendar.zone), from + longest(rules))
  const rest = { from, to }
  const fits = to - from >= LEAST_SLOT_MS && isWorkingTime(rest, calendar, rules.shiftHours)
  return fits && isFree(wish, rest) ? rest : undefined
}

const isFree = ({ isFree: free }: SlotWish, slot: Slot): boolean => free?.(slot) ?? true
const longest = ({ slotHours }: SlotRules): Millis => Math.max(...slotHours.map(([from, to]) => to - from)) * HOUR

/** Visiting windows that end after a moment, in order. */
function* windows(after: Millis, { zone, isWorkday }: WorkCalendar, { slotHours }: SlotRules): Generator<Slot> {
  const first = localDay(after, zone)
  for (let day = first; day < first + LOOKS_AHEAD_DAYS; day++) {
    if (!isWorkday(day)) continue
    for (const [from, to] of slotHours) {
      const slot = { from: momentOf(day, from, zone), to: momentOf(day, to, zone) }
      if (slot.to > after) yield slot
    }
  }
}
