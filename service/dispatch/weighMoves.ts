import { distanceKm, type Location, localDay, type Millis, type Reason, type TicketId } from '../../core/index.ts'
import type { DayJob } from './buildDay.ts'
import type { Means, OpenJob } from './means.ts'
import { type Planned, timesOfDay } from './planning.ts'
import { suits } from './rankCandidates.ts'

/** What giving a job to somebody would bring about. */
export interface Move {
  engineer: string
  name: string
  /** They may not do it. */
  refused?: Reason
  /** When the work there would begin; absent with `noRoom`: their day has no room for it within their hours. */
  startsAt?: Millis
  noRoom?: true
  /** What the way of their day grows by. */
  km?: number
  /** Whose work would begin later than promised, the job itself among them, and was not late before. */
  late: { ticket: TicketId; minutes: number }[]
  /** Of the kit, what their van does not have. */
  missing: string[]
}

/** For everybody, before anything is done: the cheapest first, who may not do it last. Pure. O(engineers × jobs of a day). */
export function weighMoves(job: OpenJob, means: Means): Move[] {
  const elsewhere: Means = { ...means, standing: means.standing.filter(({ ticket }) => ticket !== job.ticket) }
  const moves = means.engineers.map((engineer): Move => {
    const { id, name } = engineer
    const how = suits(job, engineer, means.places, job.rules)
    if ('refused' in how) return { engineer: id, name, refused: how.refused, late: [], missing: [] }
    const missing = how.missing.map(({ part }) => part)
    if (!job.slot) return { engineer: id, name, km: round(how.km), late: [], missing }
    const own: DayJob = { ...job, slot: job.slot, engineer: id }
    const others = elsewhere.standing.filter((other) => other.engineer === id && dayOf(other) === dayOf(own))
    const [first] = others
    const before = first ? timesOfDay(first, elsewhere) : []
    const after = timesOfDay(own, elsewhere)
    const jobs = new Map([...others, own].map((one) => [one.ticket, one]))
    const wasLate = new Set(lateOf(before, jobs).map(({ ticket }) => ticket))
    const startsAt = after.find(({ ticket }) => ticket === job.ticket)?.at
    return {
      engineer: id,
      name,
      ...(startsAt === undefined ? { noRoom: true as const } : { startsAt }),
      km: round(wayOf(engineer.location, after, jobs) - wayOf(engineer.location, before, jobs)),
      late: lateOf(after, jobs).filter(({ ticket }) => !wasLate.has(ticket)),
      missing,
    }
  })
  return moves.toSorted((a, b) => costOf(a) - costOf(b) || (a.engineer < b.engineer ? -1 : 1))
}

/** A promise that breaks weighs as an hour's way, a part that is not there as half of one; kilometres. */
const costOf = ({ refused, noRoom, km = 0, late, missing }: Move): number =>
  refused ? Number.MAX_VALUE : km + 50 * late.length + 25 * missing.length + (noRoom ? 1_000 : 0)

const dayOf = (job: DayJob): number => localDay(job.slot.from, job.zone)
const round = (km: number): number => Math.round(10 * km) / 10

const lateOf = (planned: readonly Planned[], jobs: ReadonlyMap<string, DayJob>): Move['late'] =>
  planned.flatMap(({ ticket, at }) => {
    const minutes = Math.round((at - (jobs.get(ticket)?.slot.to ?? at)) / 60_000)
    return minutes > 0 ? [{ ticket, minutes }] : []
  })

/** From home to each stop in the order of the plan. */
function wayOf(home: Location, planned: readonly Planned[], jobs: ReadonlyMap<string, DayJob>): number {
  let from = home
  let km = 0
  for (const { ticket } of planned.toSorted((a, b) => a.at - b.at)) {
    const to = jobs.get(ticket)?.location
    if (!to) continue
    km += distanceKm(from, to)
    from = to
  }
  return km
}
