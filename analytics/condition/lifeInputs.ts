import { DAY, type Millis, nth, there } from '../../core/index.ts'
import { compress } from '../onnx/diagnosisModel.ts'

/** How an appliance came to where it stands: a point a day at most. Flat [to, size, progress, …], the oldest first. */
export interface DegradationPath {
  points: number[]
  /** When its profile was last about what it is in health. */
  calmAt: Millis
}
export const newDegradationPath = (): DegradationPath => ({ points: [], calmAt: NaN })

const FIELDS = 3
/** As many points as the longest look back needs. */
const MOST_POINTS = 16
const POINT_EVERY = 0.9 * DAY
/** Length of a compressed profile in health: the noise of some twenty features. */
const CALM_SIZE = 1.5

/** Length of a profile of shifts, compressed. */
const sizeOf = (profile: Float64Array): number => Math.hypot(...profile.map(compress))

/** Adds a row to the trail. @param progress share of the way to functional failure, as `progressOf` tells */
export function updateDegradationPath(
  trail: DegradationPath,
  to: Millis,
  profile: Float64Array,
  progress: number,
): void {
  const size = sizeOf(profile)
  if (Number.isNaN(trail.calmAt) || size < CALM_SIZE) trail.calmAt = to
  const { points } = trail
  // Of the rows of one day the last stands.
  if (points.length >= 2 * FIELDS && to - there(points.at(-2 * FIELDS)) < POINT_EVERY) points.splice(-FIELDS)
  points.push(to, size, progress)
  if (points.length > FIELDS * MOST_POINTS) points.splice(0, points.length - FIELDS * MOST_POINTS)
}

/**
 * What remaining life is told from (`LIFE_INPUTS`): how far the profile and the way to failure have gone, how they have
 * grown over days, and for how long it has not been calm.
 * @param profile as it stands now: that of the trail's last row, or of a glance since
 */
export function lifeInputs(trail: DegradationPath, at: Millis, profile: Float64Array): Float64Array {
  const { points } = trail
  const size = sizeOf(profile)
  let largest = 0
  for (const z of profile) if (Math.abs(z) > largest) largest = Math.abs(z)
  const progress = points.at(-1) ?? 0
  const before = (days: number): [number, number] => {
    let place = points.length - FIELDS
    while (place > 0 && at - nth(points, place) < days * DAY) place -= FIELDS
    return place < 0 ? [size, progress] : [nth(points, place + 1), nth(points, place + 2)]
  }
  const [past3, past7, past14] = [before(3), before(7), before(14)]
  return Float64Array.of(
    size,
    Math.log(0.5 + largest),
    progress,
    size - past3[0],
    size - past7[0],
    size - past14[0],
    progress - past7[1],
    progress - past14[1],
    Math.log1p(Math.max(0, at - (Number.isNaN(trail.calmAt) ? at : trail.calmAt)) / DAY),
    Math.log(wayFrom(progress)),
    timeLeft(progress, progress - past7[1], 7),
    timeLeft(progress, progress - past14[1], 14),
  )
}

/** What is left of the way to functional failure; a little is always left. */
const wayFrom = (progress: number): number => 1.05 - Math.min(1, progress)

const LEAST_PACE = 1 / 250
const SHORTEST = 0.25

/** ln of the days until the way would be gone at the pace of the last days. */
function timeLeft(progress: number, gained: number, days: number): number {
  return Math.log(Math.max(SHORTEST, wayFrom(progress) / Math.max(LEAST_PACE, gained / days)))
}
