import {
  type Appliance,
  distanceKm,
  type InLanguages,
  inLanguages,
  type Location,
  localDay,
  type Millis,
  momentOf,
  type Render,
  type Slot,
  type TicketState,
  ticketCan,
} from '../../core/index.ts'
import { zoneOf } from '../calendar/workCalendar.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { LeanTicket } from '../tickets/store/storedTicket.ts'
import type { EngineerNow } from './rankCandidates.ts'

/** One job on the board of a day. */
export interface BoardJob {
  ticket: string
  number: string
  appliance: string
  kind: string
  failureMode?: string
  state: TicketState
  priority: number
  minutes: number
  slot: Slot
  /** Where it is: its times are told in this zone. */
  zone: string
  /** When the work begins, by the plan or as it happened. */
  startsAt: Millis
  homeId?: string
  location?: Location
  /** From where the engineer comes: the stop before, or home. Kilometres. */
  km?: number
  byHand: boolean
  /** The plan begins later than the owner was promised: the breach is seen before it happens (S24). */
  lateMinutes: number
}

export interface DispatchBoard {
  /** Midnight, where the desk is. */
  day: Millis
  /** Of the desk. */
  zone: string
  engineers: {
    id: string
    name: string
    grade: string
    skills: string[]
    isolated?: string
    /** From where their day begins. */
    location: Location
    jobs: BoardJob[]
    km: number
  }[]
  /** Promised for that day, and nobody's yet. */
  unplanned: (BoardJob & Partial<InLanguages<'why'>>)[]
}

/** Who goes where on one day, in which order. Pure. */
export function dispatchBoard(
  tickets: readonly LeanTicket[],
  engineers: readonly EngineerNow[],
  appliance: (id: string) => Pick<Appliance, 'location' | 'homeId' | 'timeZone'>,
  at: Millis,
  live: Pick<Policy, 'timeZone'>,
  render: Render,
): DispatchBoard {
  const zone = zoneOf({}, live)
  const day = localDay(at, zone)
  const board: DispatchBoard = { day: momentOf(day, 0, zone), zone, engineers: [], unplanned: [] }
  const jobs = new Map<string, BoardJob[]>()
  for (const ticket of tickets) {
    if (!ticket.slot) continue
    const { homeId, ...placed } = appliance(ticket.appliance)
    const { location } = placed
    const own = zoneOf(placed, live)
    if (localDay(ticket.slot.from, own) !== day) continue
    // A plan that was made for another time than the one that is agreed now says nothing.
    const { plannedAt } = ticket
    const isOfSlot = plannedAt !== undefined && plannedAt >= ticket.slot.from && localDay(plannedAt, own) === day
    const startsAt = ticket.visit?.startedAt ?? (isOfSlot ? plannedAt : ticket.slot.from)
    const job = {
      ticket: ticket.id,
      number: ticket.number,
      appliance: ticket.appliance,
      kind: ticket.kind,
      ...(ticket.failureMode ? { failureMode: ticket.failureMode } : {}),
      state: ticket.state,
      priority: ticket.priority,
      minutes: ticket.minutes,
      slot: ticket.slot,
      zone: own,
      startsAt,
      ...(homeId ? { homeId } : {}),
      byHand: ticket.assignedByHand === true,
      lateMinutes: Math.max(0, Math.round((startsAt - ticket.slot.to) / 60_000)),
      ...(location ? { location } : {}),
    }
    if (!ticket.engineer || ticketCan(ticket.state, 'grab')) {
      const why = ticket.nobody && render(ticket.nobody)
      board.unplanned.push({ ...job, ...(why ? inLanguages('why', (language) => why[language]) : {}) })
    } else jobs.set(ticket.engineer, [...(jobs.get(ticket.engineer) ?? []), job])
  }
  for (const engineer of engineers) {
    const own = (jobs.get(engineer.id) ?? []).sort((a, b) => a.startsAt - b.startsAt || (a.ticket < b.ticket ? -1 : 1))
    let from: Location | undefined = engineer.location
    let total = 0
    const stops = own.map((job) => {
      const km = from && job.location ? distanceKm(from, job.location) : undefined
      if (job.location) from = job.location
      total += km ?? 0
      return { ...job, ...(km === undefined ? {} : { km: Math.round(km * 10) / 10 }) }
    })
    board.engineers.push({
      id: engineer.id,
      name: engineer.name,
      grade: engineer.grade,
      skills: engineer.skills,
      ...(engineer.isolated ? { isolated: engineer.isolated } : {}),
      location: engineer.location,
      jobs: stops,
      km: Math.round(total * 10) / 10,
    })
  }
  return board
}
