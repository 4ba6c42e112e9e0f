import {
  DAY,
  distanceKm,
  type EngineerId,
  MINUTE,
  type Millis,
  momentOf,
  type Slot,
  type TicketId,
} from '../../core/index.ts'
import { zoneOf } from '../calendar/workCalendar.ts'
import type { SupplyPlace } from '../parts/promiseParts.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { DayProblem } from './dayProblem.ts'
import { type EngineerNow, type Job, suits } from './rankCandidates.ts'

/** A ticket as a day sees it. */
export interface DayJob extends Job {
  ticket: TicketId
  /** The rules that the ticket was made under. */
  rules: Policy
  homeId?: string
  minutes: number
  priority: number
  slot: Slot
  /** Where it is to be done: its day is a day of this zone. */
  zone: string
  /** Who has it now. */
  engineer?: EngineerId
  /** It has been given to them, and they are not there yet. */
  isAssigned: boolean
  /** A person chose them, or they are there already: nobody else takes it. */
  fixed: boolean
}

/** A problem, and whose the stops are: several tickets where one home wants several jobs. */
export interface BuiltDay {
  problem: DayProblem
  jobs: DayJob[][]
  /** Who has what now, in the order of their windows: a plan to go on from. */
  routes: number[][]
  /** Midnight UTC that minutes count from. */
  zero: Millis
}

/** Another engineer than the one who has been announced costs this many minutes of travel: calm plans. */
const REBOOK_MINUTES = 20

/**
 * Jobs of one local day → one problem. Jobs at one home in windows that overlap become one stop with summed minutes,
 * where somebody may do them all (S35); otherwise they stay apart. Pure. O(stops² + stops × engineers × kit).
 */
export function buildDay(
  day: number,
  jobs: readonly DayJob[],
  engineers: readonly EngineerNow[],
  places: ReadonlyMap<string, SupplyPlace>,
  policy: Policy,
): BuiltDay {
  const zero = day * DAY
  const minute = (at: Millis): number => (at - zero) / MINUTE
  const fitOf = (job: DayJob, engineer: EngineerNow): number => {
    if (job.fixed) return job.engineer === engineer.id ? 0 : Infinity
    const how = suits(job, engineer, places, job.rules)
    if ('refused' in how) return Infinity
    const rebook = job.engineer && job.engineer !== engineer.id ? REBOOK_MINUTES : 0
    return (how.extraKm / policy.travelKmPerHour) * 60 + rebook
  }
  const groups = groupHomes(jobs, (group) => engineers.some((e) => group.every((job) => fitOf(job, e) < Infinity)))
  const stops = groups.map((group) => {
    const priority = Math.min(...group.map((job) => job.priority))
    return {
      id: group.map(({ ticket }) => ticket).join('+'),
      minutes: group.reduce((sum, job) => sum + job.minutes, 0),
      from: minute(Math.max(...group.map(({ slot }) => slot.from))),
      until: minute(Math.min(...group.map(({ slot }) => slot.to))),
      lateWeight: policy.lateWeights[String(priority) as '1'] ?? 1,
      leaveOutCost: policy.leaveOutMinutes,
    }
  })
  const shifts = engineers.map(({ id, location, shift }) => {
    const [from, until] = shift ?? policy.shiftHours
    const zone = zoneOf({ location }, policy)
    return { id, from: minute(momentOf(day, from, zone)), until: minute(momentOf(day, until, zone)) }
  })
  const at = [...groups.map((group) => group[0]?.location), ...engineers.map(({ location }) => location)]
  const travel = new Float64Array(at.length * at.length)
  for (const [i, a] of at.entries()) {
    for (const [j, b] of at.entries()) {
      if (a && b) travel[i * at.length + j] = (distanceKm(a, b) / policy.travelKmPerHour) * 60
    }
  }
  const fit = new Float64Array(engineers.length * stops.length)
  for (const [e, engineer] of engineers.entries()) {
    for (const [s, group] of groups.entries()) {
      fit[e * stops.length + s] = group.reduce((sum, job) => sum + fitOf(job, engineer), 0)
    }
  }
  const routes = engineers.map(({ id }, e) =>
    groups
      .flatMap((group, s) =>
        group[0]?.engineer === id && (fit[e * stops.length + s] ?? Infinity) < Infinity ? [s] : [],
      )
      .sort((a, b) => (stops[a]?.from ?? 0) - (stops[b]?.from ?? 0) || a - b),
  )
  return { problem: { stops, shifts, travel, fit }, jobs: groups, routes, zero }
}

function groupHomes(jobs: readonly DayJob[], somebodyMay: (group: DayJob[]) => boolean): DayJob[][] {
  const groups: DayJob[][] = []
  for (const job of [...jobs].sort((a, b) => (a.ticket < b.ticket ? -1 : 1))) {
    const mate = groups.find(
      (group) =>
        job.homeId !== undefined &&
        group[0]?.homeId === job.homeId &&
        group.every(({ slot, engineer, fixed }) => {
          const overlaps = slot.from < job.slot.to && job.slot.from < slot.to
          return overlaps && (!(fixed || job.fixed) || engineer === job.engineer)
        }) &&
        somebodyMay([...group, job]),
    )
    if (mate) mate.push(job)
    else groups.push([job])
  }
  return groups
}
