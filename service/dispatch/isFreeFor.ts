import {
  distanceKm,
  HOUR,
  type LocalDay,
  type Location,
  localDay,
  MINUTE,
  type Millis,
  momentOf,
  type Slot,
} from '../../core/index.ts'
import { zoneOf } from '../calendar/workCalendar.ts'
import type { DayJob } from './buildDay.ts'
import { type Means, noPlaces, type OpenJob } from './means.ts'
import { type EngineerNow, suits } from './rankCandidates.ts'

/**
 * Whether somebody who may do a job could begin it within a time and be done by its end, with nobody else of that day made
 * late. Where nobody may do it, whatever the time, the answer is yes: hours are promised, and who comes is found later.
 * Pure. O(engineers × jobs of a day²) a time.
 */
export function isFreeFor(job: OpenJob, means: Means): (slot: Slot) => boolean {
  const { slot: _, ...whenever } = job
  const able = means.engineers.filter((engineer) => !('refused' in suits(whenever, engineer, noPlaces, job.rules)))
  if (able.length === 0) return () => true
  const days = new Map<LocalDay, Map<string, readonly DayJob[]>>()
  return (slot) => {
    const day = localDay(slot.from, job.zone)
    const known = days.get(day) ?? daysOfAll(day, job.ticket, able, means)
    days.set(day, known)
    const timed: DayJob = { ...job, slot }
    return able.some((engineer) => takes(engineer, day, known.get(engineer.id) ?? [], timed, means))
  }
}

/** What each engineer has on a day; what was promised and is nobody's yet is given to the first who has room for it. */
function daysOfAll(
  day: LocalDay,
  but: string,
  able: readonly EngineerNow[],
  means: Means,
): Map<string, readonly DayJob[]> {
  const onDay = ({ ticket, slot, zone }: DayJob): boolean => ticket !== but && localDay(slot.from, zone) === day
  const own = Map.groupBy(means.standing.filter(onDay), ({ engineer = '' }) => engineer)
  const days = new Map<string, readonly DayJob[]>(own)
  for (const promised of means.chosen.filter(onDay)) {
    const taker = able.find((engineer) => takes(engineer, day, days.get(engineer.id) ?? [], promised, means))
    if (taker) days.set(taker.id, [...(days.get(taker.id) ?? []), promised])
  }
  return days
}

const takes = (engineer: EngineerNow, day: LocalDay, own: readonly DayJob[], job: DayJob, means: Means): boolean =>
  !('refused' in suits(job, engineer, noPlaces, job.rules)) && hasRoom(engineer, day, own, job, means)

/** Whether one more job fits into a day, everything of it in its own time. */
function hasRoom(engineer: EngineerNow, day: LocalDay, own: readonly DayJob[], job: DayJob, { live }: Means): boolean {
  const zone = zoneOf(engineer, live)
  const [first, last] = engineer.shift ?? live.shiftHours
  const shift = { from: momentOf(day, first, zone), to: momentOf(day, last, zone) }
  const inOrder = own.toSorted((a, b) => a.slot.from - b.slot.from || (a.ticket < b.ticket ? -1 : 1))
  return inOrder
    .concat(job)
    .some((_, i) => isPunctual(inOrder.toSpliced(i, 0, job), engineer.location, shift, live.travelKmPerHour))
}

function isPunctual(jobs: readonly DayJob[], home: Location, shift: Slot, kmPerHour: number): boolean {
  let at: Millis = shift.from
  let place: Location | undefined = home
  for (const { slot, minutes, location } of jobs) {
    if (place && location) at += (distanceKm(place, location) / kmPerHour) * HOUR
    at = Math.max(at, slot.from)
    const work = minutes * MINUTE
    // What is longer than its window begins with it.
    if (at + Math.min(work, slot.to - slot.from) > slot.to) return false
    at += work
    place = location ?? place
  }
  return at <= shift.to
}
