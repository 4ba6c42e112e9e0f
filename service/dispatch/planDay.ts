import type { Random } from '../../core/index.ts'
import { type DayPlan, type DayProblem, planCost, routeCost } from './dayProblem.ts'
import { type Draft, insertStops } from './insertStops.ts'

export interface PlanOptions {
  random: Random
  /** Rounds of the search; the same number and randomness give the same plan. */
  rounds: number
  /** A plan to go on from; stops that it lacks are inserted. */
  from?: Pick<DayPlan, 'routes'>
  /** Stops around which the search begins, where only they changed. */
  around?: number[]
}

/** Of a plan this share is torn out at most in one round. */
const LARGEST_RUIN = 0.15
const LEAST_RUINED = 6
const MOST_RUINED = 16
const BLINK = 0.01

/**
 * Plans a day: regret insertion, then ruin and recreate under simulated annealing. Deterministic. Pure.
 * Source: Shaw (1998), large neighbourhood search; Schrimpf et al. (2000), ruin and recreate; Pisinger and Ropke (2007).
 * @returns the cheapest plan found; a stop that nobody may do, or that costs more than leaving it out, is left out
 */
export function planDay(problem: DayProblem, { random, rounds, from, around }: PlanOptions): DayPlan {
  const draft = begin(problem, from)
  let current = snapshot(problem, draft)
  let best = current
  const stops = problem.stops.length
  if (stops < 2) return best
  // At first a round may be worse by the cost of a short trip; at the end by almost nothing.
  const hot = Math.max(1, current.cost / stops) * 0.5
  const cold = hot * 0.005
  const blink = (): boolean => random.next() < BLINK
  const most = Math.max(Math.min(stops, LEAST_RUINED), Math.min(MOST_RUINED, Math.ceil(stops * LARGEST_RUIN)))
  const near = neighbours(problem)
  for (let round = 0; round < rounds; round++) {
    const temperature = hot * (cold / hot) ** (round / rounds)
    const draft = restore(problem, current)
    const count = 1 + Math.floor(random.next() * most)
    const seed =
      around && around.length > 0 && round % 2 === 0
        ? around[Math.floor(random.next() * around.length)]!
        : Math.floor(random.next() * stops)
    const torn = ruin(problem, draft, near, seed, count, random)
    const out = draft.leftOut
    draft.leftOut = []
    insertStops(problem, draft, [...new Set([...torn, ...out])], blink)
    const cost = sum(draft.costs) + draft.leftOut.reduce((total, s) => total + problem.stops[s]!.leaveOutCost, 0)
    if (cost < current.cost - temperature * Math.log(1 - random.next())) {
      current = { routes: draft.routes, leftOut: draft.leftOut, cost }
      if (cost < best.cost - 1e-9) best = current
    }
  }
  return { ...best, cost: planCost(problem, best.routes, best.leftOut) }
}

function begin(problem: DayProblem, from?: Pick<DayPlan, 'routes'>): Draft {
  const routes = problem.shifts.map((_, shift) => [...(from?.routes[shift] ?? [])])
  const costs = Float64Array.from(routes, (route, shift) => routeCost(problem, shift, route))
  const draft: Draft = { routes, costs, leftOut: [] }
  const planned = new Set(routes.flat())
  const missing = problem.stops.flatMap((_, s) => (planned.has(s) ? [] : [s]))
  insertStops(problem, draft, missing, null)
  return draft
}

function snapshot(problem: DayProblem, draft: Draft): DayPlan {
  return { routes: draft.routes, leftOut: draft.leftOut, cost: planCost(problem, draft.routes, draft.leftOut) }
}

/** Routes are shared until one is torn: `ruin` and `insertStops` change copies only. */
function restore(problem: DayProblem, plan: DayPlan): Draft {
  const routes = plan.routes.map((route) => [...route])
  return {
    routes,
    costs: Float64Array.from(routes, (route, shift) => routeCost(problem, shift, route)),
    leftOut: [...plan.leftOut],
  }
}

/** Tears out stops near a seed, by place and by window; or a whole stretch of the day of whoever does the seed. */
function ruin(problem: DayProblem, draft: Draft, near: Int32Array[], seed: number, count: number, random: Random) {
  const torn = new Set<number>()
  const shiftOf = new Map<number, number>()
  for (const [shift, route] of draft.routes.entries()) for (const s of route) shiftOf.set(s, shift)
  const own = shiftOf.get(seed)
  if (own !== undefined && random.next() < 0.25) {
    for (const s of draft.routes[own]!) if (torn.size < count) torn.add(s)
  }
  if (random.next() < 0.15) {
    while (torn.size < count && torn.size < problem.stops.length)
      torn.add(Math.floor(random.next() * problem.stops.length))
  } else for (const s of near[seed]!) if (torn.size < count && random.next() < 0.85) torn.add(s)
  for (const [shift, route] of draft.routes.entries()) {
    if (!route.some((s) => torn.has(s))) continue
    draft.routes[shift] = route.filter((s) => !torn.has(s))
    draft.costs[shift] = routeCost(problem, shift, draft.routes[shift]!)
  }
  draft.leftOut = draft.leftOut.filter((s) => !torn.has(s))
  return torn
}

/** For each stop the stops most like it, itself first: minutes between them, and a tenth of what windows are apart. */
function neighbours({ stops, shifts, travel }: DayProblem): Int32Array[] {
  const places = stops.length + shifts.length
  return stops.map((stop, s) => {
    const apart = stops.map((other, o) => travel[s * places + o]! + Math.abs(other.from - stop.from) * 0.1)
    apart[s] = -1
    const order = Int32Array.from(stops.keys()).sort((a, b) => apart[a]! - apart[b]! || a - b)
    return order.subarray(0, 3 * MOST_RUINED)
  })
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0)
