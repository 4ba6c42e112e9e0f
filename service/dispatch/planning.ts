import {
  because,
  type EngineerId,
  HOUR,
  localDay,
  MINUTE,
  type Millis,
  type Reason,
  SeededRandom,
  type Slot,
  type TicketId,
} from '../../core/index.ts'
import type { WorkCalendar } from '../calendar/workCalendar.ts'
import { promisePart } from '../parts/promiseParts.ts'
import { type BuiltDay, buildDay, type DayJob } from './buildDay.ts'
import { routeCost, startsOf } from './dayProblem.ts'
import { cheapestIn } from './insertStops.ts'
import { isFreeFor } from './isFreeFor.ts'
import { type Means, noPlaces, type OpenJob } from './means.ts'
import { planDay } from './planDay.ts'
import { type Detour, type RankedCandidate, rankCandidates, suits } from './rankCandidates.ts'
import { slotsToOffer } from './slots.ts'

/** Rounds of search for each stop of a day; a day of 20 stops takes about 10 ms. */
const ROUNDS_PER_STOP = 20
const MOST_ROUNDS = 8_000

/** Who does a planned ticket, and when the work there begins. */
export interface Planned {
  readonly ticket: TicketId
  readonly engineer: EngineerId
  readonly at: Millis
}

const dayOf = (job: DayJob): number => localDay(job.slot.from, job.zone)
const hasSlot = (job: OpenJob): job is DayJob => job.slot !== undefined

/** Candidates for one job, by what it adds to each one's day. Pure. */
export function rankJob(job: OpenJob, { engineers, places, standing, live }: Means): RankedCandidate[] {
  if (!hasSlot(job) || !job.location) return rankCandidates(job, engineers, places, job.rules)
  const day = dayOf(job)
  const others = standing
    .filter((other) => other.ticket !== job.ticket && dayOf(other) === day)
    .map((other) => ({ ...other, fixed: true }))
  const { engineer: _, ...wanted } = job
  const built = buildDay(day, [...others, { ...wanted, fixed: false }], engineers, places, live)
  return rankCandidates(job, engineers, places, job.rules, (engineer) => detour(built, job.ticket, engineer))
}

/** Why an engineer may not do a job any more; undefined while they may. Pure. */
export function refusedNow(job: OpenJob, { engineers }: Pick<Means, 'engineers'>): Reason | undefined {
  const engineer = engineers.find(({ id }) => id === job.engineer)
  if (!engineer) return because('known-no-more')
  const how = suits(job, engineer, noPlaces, job.rules)
  return 'refused' in how ? how.refused : undefined
}

/** Hours until the likely parts of a kit can be with the best candidate: no time before it is offered. Pure. */
function kitHours(job: OpenJob, candidates: readonly RankedCandidate[], { engineers, places }: Means): number {
  const best = candidates.find(({ rank }) => rank === 1)
  // Where no stock is kept, nothing is known of parts: no time is lost to them.
  if (!best || !job.location || places.size === 0) return 0
  const to = job.location
  const van = places.get(engineers.find(({ id }) => id === best.engineer)?.depot ?? '')
  const likely = job.kit.filter(({ probability }) => probability >= job.rules.partWaitProbability)
  return Math.max(0, ...likely.map((line) => promisePart(line, van, to, [...places.values()], job.rules).hours))
}

/** Times that can be promised: when people work, somebody is free, and the likely parts can be there. Pure. */
export function slotsFor(
  job: OpenJob,
  candidates: readonly RankedCandidate[],
  means: Means,
  calendar: WorkCalendar,
  withinHours: number | undefined,
): Slot[] {
  const { now } = means
  const notBefore = now + kitHours(job, candidates, means) * HOUR
  const isFree = isFreeFor(job, means)
  return slotsToOffer({ now, priority: job.priority, calendar, notBefore, withinHours, isFree }, job.rules)
}

/** Plans every day that has something new; the rest of such a day may move. Pure; the same again with the same. */
export function planDays(
  toPlan: readonly DayJob[],
  { now, engineers, places, standing, live }: Means,
): { planned: Planned[]; leftOut: TicketId[] } {
  const planned: Planned[] = []
  const leftOut: TicketId[] = []
  const fresh = new Set(toPlan.map(({ ticket }) => ticket))
  for (const day of [...new Set(toPlan.map(dayOf))].sort((a, b) => a - b)) {
    const jobs = [...standing.filter(({ ticket }) => !fresh.has(ticket)), ...toPlan]
      .filter((job) => dayOf(job) === day)
      // What begins within the hour is under way: nobody else takes it.
      .map((job) => ({ ...job, fixed: job.fixed || (job.isAssigned && job.slot.from - now < HOUR) }))
    const built = buildDay(day, jobs, engineers, places, live)
    const around = built.jobs.flatMap((group, s) => (group.some(({ ticket }) => fresh.has(ticket)) ? [s] : []))
    const from = { routes: built.routes.map((route) => route.filter((s) => !around.includes(s))) }
    const rounds = Math.min(MOST_ROUNDS, ROUNDS_PER_STOP * built.jobs.length)
    const random = new SeededRandom(day, jobs.map(({ ticket }) => ticket).join())
    const plan = planDay(built.problem, { random, rounds, from, around })
    // The shifts of a day are those of its engineers, in their order.
    for (const [e, { id }] of engineers.entries()) planned.push(...stopsOf(built, plan.routes[e] ?? [], e, id))
    for (const s of plan.leftOut) for (const { ticket } of built.jobs[s] ?? []) leftOut.push(ticket)
  }
  return { planned, leftOut }
}

/** When each job of this engineer's day begins, with this job in it; whatever was planned stays theirs. Pure. */
export function timesOfDay(job: OpenJob, { engineers, standing, live }: Means): Planned[] {
  const engineer = engineers.find(({ id }) => id === job.engineer)
  if (!engineer || !hasSlot(job)) return []
  const day = dayOf(job)
  const others = standing.filter(
    (other) => other.ticket !== job.ticket && other.engineer === engineer.id && dayOf(other) === day,
  )
  const jobs = [...others, job].map((one) => ({ ...one, fixed: true }))
  const built = buildDay(day, jobs, [engineer], noPlaces, live)
  const rounds = ROUNDS_PER_STOP * built.jobs.length
  const plan = planDay(built.problem, { random: new SeededRandom(day, engineer.id), rounds })
  return stopsOf(built, plan.routes[0] ?? [], 0, engineer.id)
}

/** The same means with this job as it is now among what stands; or without it, where it stands on no day. Pure. */
export const withJob = (means: Means, job: OpenJob, stands: boolean): Means => ({
  ...means,
  standing: [
    ...means.standing.filter(({ ticket }) => ticket !== job.ticket),
    ...(stands && hasSlot(job) ? [job] : []),
  ].sort((a, b) => (a.ticket < b.ticket ? -1 : 1)),
})

/** The stops of a route, each job of a stop after the other. */
function stopsOf(
  { problem, jobs, zero }: BuiltDay,
  route: readonly number[],
  shift: number,
  engineer: EngineerId,
): Planned[] {
  const starts = startsOf(problem, shift, route)
  return route.flatMap((stop, i) => {
    let at = zero + Math.round(starts[i] ?? 0) * MINUTE
    return (jobs[stop] ?? []).map(({ ticket, minutes }) => {
      const planned = { ticket, engineer, at }
      at += minutes * MINUTE
      return planned
    })
  })
}

/** What a ticket adds to one engineer's day, at its cheapest place in it. */
function detour({ problem, jobs, routes }: BuiltDay, ticket: string, engineer: string): Detour | undefined {
  const stop = jobs.findIndex((group) => group.some((job) => job.ticket === ticket))
  const shift = problem.shifts.findIndex(({ id }) => id === engineer)
  const route = (routes[shift] ?? []).filter((s) => s !== stop)
  const alone = jobs[stop]?.length === 1
  // At a home where somebody is already going the way is theirs; what it adds is the work.
  if (!alone && routes[shift]?.includes(stop)) return { minutes: 0, jobs: route.length + 1 }
  const { delta } = cheapestIn(problem, shift, [...route], routeCost(problem, shift, route), stop)
  if (delta === Infinity) return undefined
  return { minutes: Math.max(0, delta - (problem.fit[shift * jobs.length + stop] ?? 0)), jobs: route.length }
}
