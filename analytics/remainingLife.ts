import { DAY, type RemainingLife } from '../core/index.ts'
import { median } from './bayesLine.ts'
import type { KindModel } from './kindModel.ts'

/** Pairs [to, share of the way from expected to functional failure]: what a course is kept as. */
export type Course = readonly number[]

const MOST_POINTS = 30
export const trimCourse = (course: number[]): void => {
  if (course.length > 2 * MOST_POINTS) course.splice(0, course.length - 2 * MOST_POINTS)
}

const HOURS = 24
/** Without any trend: what a fault that was just found has left on average, days. Courses are 5 to 150 days, log-uniform. */
const TYPICAL_DAYS = 18
const DEFAULT_SPREAD: [number, number, number] = [0.3, 1, 3]

/**
 * Hours until the job is no longer done, by extrapolating the course to 1 (Theil and Sen's slope over its last rows),
 * drawn towards what is typical, with the spread that training measured (conformal on log life).
 * p90 is null where the slope does not differ from none.
 */
export function remainingLife(course: Course, model: KindModel | null): RemainingLife {
  const [q10, q50, q90] = model?.remainingLife ?? DEFAULT_SPREAD
  const n = course.length / 2
  const slopes: number[] = []
  const from = Math.max(0, n - 20)
  for (let i = from; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const days = (course[2 * j]! - course[2 * i]!) / DAY
      if (days > 0.2) slopes.push((course[2 * j + 1]! - course[2 * i + 1]!) / days)
    }
  }
  const recent: number[] = []
  for (let i = Math.max(0, n - 3); i < n; i++) recent.push(course[2 * i + 1]!)
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
    p10: HOURS * days * q10,
    p50: HOURS * days * q50,
    p90: rising > 0.6 || model ? HOURS * days * q90 : null,
  }
}
