/** One stop of a day: the jobs at one home, done in one visit. Times in minutes since the day's zero. */
export interface PlanStop {
  id: string
  /** Work on site. */
  minutes: number
  /** Work does not begin before it. */
  from: number
  /** Work should have begun by then; each minute later costs `lateWeight`. */
  until: number
  /** Cost of a minute late, in minutes of travel. */
  lateWeight: number
  /** Cost of leaving it out of the day, in minutes of travel. */
  leaveOutCost: number
}

/** One engineer's day. */
export interface PlanShift {
  id: string
  /** Minutes since the day's zero. */
  from: number
  until: number
}

/**
 * A day to plan. Places are numbered: stop `s` is place `s`, the start of shift `e` is place `stops.length + e`.
 * Cost: minutes travelled, home again included + weighted minutes late (after a window, or past the end of the shift)
 * + what fits badly + what is left out.
 */
export interface DayProblem {
  stops: PlanStop[]
  shifts: PlanShift[]
  /** Minutes from place to place, row by row; (stops + shifts)² values. */
  travel: Float64Array
  /** What it costs that this engineer does this stop, in minutes; Infinity: may not. `fit[shift * stops + stop]`. */
  fit: Float64Array
}

/** A minute past the end of a shift, in minutes of travel. */
export const OVERTIME_WEIGHT = 2

/** Who does what, in which order: indices of stops, for each shift; and what is left out. */
export interface DayPlan {
  routes: number[][]
  leftOut: number[]
  cost: number
}

/** Cost of one engineer's day in this order, minutes; Infinity when it holds a stop that they may not do. O(stops). */
export function routeCost({ stops, shifts, travel, fit }: DayProblem, shift: number, route: readonly number[]): number {
  if (route.length === 0) return 0
  const places = stops.length + shifts.length
  const home = stops.length + shift
  const { from, until } = shifts[shift]!
  let at = from
  let place = home
  let cost = 0
  for (let i = 0; i < route.length; i++) {
    const s = route[i]!
    const stop = stops[s]!
    const minutes = travel[place * places + s]!
    cost += minutes + fit[shift * stops.length + s]!
    at += minutes
    if (at < stop.from) at = stop.from
    else if (at > stop.until) cost += (at - stop.until) * stop.lateWeight
    at += stop.minutes
    place = s
  }
  const back = travel[place * places + home]!
  cost += back
  if (at + back > until) cost += (at + back - until) * OVERTIME_WEIGHT
  return cost
}

/** When the work at each stop begins, minutes since the day's zero; in the order of the route. */
export function startsOf({ stops, shifts, travel }: DayProblem, shift: number, route: readonly number[]): number[] {
  const places = stops.length + shifts.length
  let at = shifts[shift]!.from
  let place = stops.length + shift
  return route.map((s) => {
    at = Math.max(at + travel[place * places + s]!, stops[s]!.from)
    const begins = at
    at += stops[s]!.minutes
    place = s
    return begins
  })
}

export function planCost(problem: DayProblem, routes: readonly number[][], leftOut: readonly number[]): number {
  let cost = 0
  for (const [shift, route] of routes.entries()) cost += routeCost(problem, shift, route)
  for (const s of leftOut) cost += problem.stops[s]!.leaveOutCost
  return cost
}
