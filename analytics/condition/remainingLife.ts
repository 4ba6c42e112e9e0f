import { DAY, nth, type RemainingLife } from '../../core/index.ts'
import { median } from '../baseline/bayesLine.ts'

/** Pairs [to, share of the way from expected to functional failure]: what a course is kept as. */
export type Course = readonly number[]

const MOST_POINTS = 30
export const trimCourse = (course: number[]): void => {
  if (course.length > 2 * MOST_POINTS) course.splice(0, course.length - 2 * MOST_POINTS)
}

const HOURS = 24
/** Without any trend: what a fault that was just found has left on average, days. Courses are 5 to 150 days, log-uniform. */
const TYPICAL_DAYS = 18
const SPREAD = [0.3, 3] as const

/**
 * Where no remaining life was trained: hours until the job is no longer done, by extrapolating the course to 1 (Theil and
 * Sen's slope over its last rows), drawn towards what is typical, with a wide spread.
 * p90 is null where the slope does not differ from none.
 */
export function remainingLife(course: Course): RemainingLife {
  const n = course.length / 2
  const slopes: number[] = []
  const from = Math.max(0, n - 20)
  for (let i = from; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const days = (nth(course, 2 * j) - nth(course, 2 * i)) / DAY
      if (days > 0.2) slopes.push((nth(course, 2 * j + 1) - nth(course, 2 * i + 1)) / days)
    }
  }
  const recent: number[] = []
  for (let i = Math.max(0, n - 3); i < n; i++) recent.push(nth(course, 2 * i + 1))
  const level = Math.max(0, Math.min(0.97, n > 0 ? median(recent) : 0.2))
  const slope = slopes.length > 0 ? median(slopes) : 0
  const rising = slopes.filter((s) => s > 0).length / Math.max(1, slopes.length)
  const typical = TYPICAL_DAYS * (1 - level)
  const trusted = Math.min(0.8, Math.max(0, (n - 2) / 12)) * Math.max(0, 2 * rising - 1)
  const byTrend = slope > 0 ? Math.min(200, (1 - level) / slope) : typical
  const days = Math.max(
    0.1,
    Math.exp(trusted * Math.log(Math.max(0.1, byTrend)) + (1 - trusted) * Math.log(Math.max(0.1, typical))),
  )
  return {
    p10: HOURS * days * SPREAD[0],
    p50: HOURS * days,
    p90: rising > 0.6 ? HOURS * days * SPREAD[1] : null,
  }
}
