// The promises of a ticket, worked out from its history and the table in the service system's description alone: nothing of
// the desk's own code is used.
import type { TicketState } from '../../core/index.ts'

const HOUR = 3_600_000

/** One audited move, with what was known when it was made. */
export interface Step {
  at: number
  from: TicketState | null
  to: TicketState
  by: string
  /** The plan of the day gave it to another engineer. */
  regiven: boolean
  priority: number
  /** Whether somebody can be asked. */
  owned: boolean
  /** The owner chose the time themselves: it needs no call. */
  chosen: boolean
  slotEnds?: number | undefined
}

/** What happened that is no move: the owner was called, called back, and rated. */
export interface Act {
  at: number
  what: 'contact' | 'call-back' | 'rating'
}

export interface Promised {
  dueAt: number
  doneAt?: number
}

const answer = [0, 12, 24, 72, 120]
const contact = [0, 1, 2, 12, 24]
const secondContact = [0, 1, 1, 6, 12]

/**
 * name → promise; of a ticket made under the default policy.
 * @param ticks when time passed at the desk, rising: what is due has its effect at the first of them, before acts
 * @throws Error where something happened at its deadline that was not due then
 */
export function recomputeClocks(
  steps: readonly Step[],
  acts: readonly Act[],
  ticks: readonly number[],
): Map<string, Promised> {
  const clocks = new Map<string, Promised>()
  let state: TicketState | null = null
  let priority = 4
  let contacted = false
  let escalated = false
  let rated = false
  const runs = (name: string): Promised | undefined => {
    const clock = clocks.get(name)
    return clock?.doneAt === undefined ? clock : undefined
  }
  const stop = (name: string, at: number): void => {
    const clock = runs(name)
    if (clock) clock.doneAt = at
  }
  const start = (name: string, dueAt: number): void => void clocks.set(name, { dueAt })
  const effectOf = (name: string, upTo: number): number | undefined => {
    const clock = runs(name)
    const first = clock && ticks[firstFrom(ticks, clock.dueAt)]
    return first !== undefined && first <= upTo ? first : undefined
  }

  function timePasses(upTo: number): void {
    const first = escalated ? undefined : effectOf('contact', upTo)
    if (first !== undefined && state !== 'assigned') stop('contact', first)
    else if (first !== undefined) {
      escalated = true
      start('second-contact', first + (secondContact[priority] ?? 0) * HOUR)
    }
    const second = effectOf('second-contact', upTo)
    if (second !== undefined) {
      stop('second-contact', second)
      stop('contact', second)
      escalated = false
    }
    for (const name of ['call-back', 'rating']) {
      const at = effectOf(name, upTo)
      if (at !== undefined) stop(name, at)
    }
  }

  function happens({ what, at }: Act): void {
    stop(what, at)
    if (what === 'rating') rated = true
    if (what !== 'contact') return
    contacted = true
    escalated = false
    stop('second-contact', at)
  }

  function moves({ at, from, to, by, regiven, owned, chosen, slotEnds }: Step): void {
    if (from === null) start('first-response', at + HOUR)
    if (from === to && !regiven) return
    if (from === 'offered' && to === 'expired' && effectOf('owner-answer', at) !== at) {
      throw new Error(`expired at ${at}, and not when it was due`)
    }
    if (from === 'offered') stop('owner-answer', at)
    if (from === 'visiting') stop('visit', at)
    if (to === 'offered') {
      start('owner-answer', at + (answer[priority] ?? 0) * HOUR)
      stop('first-response', at)
    }
    // Where the desk itself takes a job off somebody, what was promised to the owner stands.
    if (to === 'accepted' && by !== 'hearthwatch') {
      stop('first-response', at)
      start('on-site', Math.max(slotEnds ?? 0, onSiteBy(at)))
      contacted = false
      if (chosen) for (const name of ['contact', 'second-contact']) stop(name, at)
    }
    if (to === 'assigned' && from !== 'waiting' && owned && !chosen && !contacted) {
      stop('second-contact', at)
      start('contact', at + (contact[priority] ?? 0) * HOUR)
      escalated = false
    }
    if (from === 'waiting' && to === 'assigned') start('on-site', Math.max(slotEnds ?? 0, onSiteBy(at)))
    if (to === 'visiting') {
      for (const name of ['on-site', 'contact', 'second-contact']) stop(name, at)
      start('visit', at + 2 * HOUR)
    }
    if (to === 'completed') start('call-back', at + 24 * HOUR)
    if (to === 'closed') {
      for (const name of ['first-response', 'owner-answer', 'on-site', 'visit', 'contact', 'second-contact'])
        stop(name, at)
      if (owned && from === 'completed' && !rated) start('rating', at + 168 * HOUR)
    }
    if (to === 'reopened') {
      stop('call-back', at)
      contacted = false
      escalated = false
      start('on-site', onSiteBy(at))
    }
    if (to === 'verified') stop('call-back', at)
    if (to === 'cancelled') for (const name of clocks.keys()) stop(name, at)
  }

  const events = [...steps.map((event) => ({ order: 0, event })), ...acts.map((event) => ({ order: 1, event }))].sort(
    (a, b) => a.event.at - b.event.at || a.order - b.order,
  )
  for (const { event } of events) {
    timePasses(event.at)
    if ('what' in event) happens(event)
    else {
      priority = event.priority
      moves(event)
      state = event.to
    }
  }
  timePasses(Number.POSITIVE_INFINITY)
  return clocks
}

/** Berlin's Sundays, and the holidays of all of Germany in the years of these tickets (ten thousand take two): nobody visits. */
const off = new Set([
  ...['2026-10-03', '2026-12-25', '2026-12-26', '2027-01-01', '2027-03-26', '2027-03-29', '2027-05-01', '2027-05-06'],
  ...['2027-05-17', '2027-10-03', '2027-12-25', '2027-12-26', '2028-01-01', '2028-04-14', '2028-04-17', '2028-05-01'],
  ...['2028-05-25', '2028-06-05', '2028-10-03', '2028-12-25', '2028-12-26'],
])
const local = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Berlin',
  dateStyle: 'short',
  timeStyle: 'short',
})
/** Day and hour that a clock there shows, and whether it is a day on which somebody visits. */
function shown(at: number): { hour: number; works: boolean } {
  const [day = '', time = ''] = local.format(at).split(' ')
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return { hour: hours + minutes / 60, works: new Date(`${day}T12:00:00Z`).getUTCDay() !== 0 && !off.has(day) }
}

const QUARTER = HOUR / 4
const begins = [9, 11, 14, 16]
/** Within a day, or the end of the first visit of two hours that is possible, where nobody can be there by then. */
function onSiteBy(at: number): number {
  const due = at + 24 * HOUR
  const soonest = at + HOUR / 2
  const first = Math.ceil(soonest / QUARTER) * QUARTER
  for (let from = first; from + 2 * HOUR <= due; from += QUARTER) {
    const { hour, works } = shown(from)
    if (works && begins.includes(hour)) return due
  }
  // What is left of the working day.
  const now = shown(first)
  if (now.works && now.hour >= 8 && now.hour + 0.5 <= 18) return due
  for (let from = first - 2 * HOUR; ; from += QUARTER) {
    const { hour, works } = shown(from)
    if (works && begins.includes(hour) && from + 2 * HOUR > soonest) return Math.max(due, from + 2 * HOUR)
  }
}

/** Index of the first that is not before `at`; the list rises. */
function firstFrom(list: readonly number[], at: number): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((list[middle] ?? 0) < at) low = middle + 1
    else high = middle
  }
  return low
}
