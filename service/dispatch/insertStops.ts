import { type DayProblem, routeCost } from './dayProblem.ts'

/** A plan under construction; changed in place. */
export interface Draft {
  routes: number[][]
  costs: Float64Array
  leftOut: number[]
}

/** The cheapest place of a stop in one route. */
interface Place {
  position: number
  delta: number
}

/** Cheapest position of `stop` in `route`: every one is tried. Infinity when this engineer may not. O(stops²). */
export function cheapestIn(problem: DayProblem, shift: number, route: number[], cost: number, stop: number): Place {
  if (problem.fit[shift * problem.stops.length + stop] === Infinity) return { position: 0, delta: Infinity }
  let best = Infinity
  let position = 0
  route.splice(0, 0, stop)
  for (let i = 0; ; i++) {
    const delta = routeCost(problem, shift, route) - cost
    if (delta < best) {
      best = delta
      position = i
    }
    if (i + 1 >= route.length) break
    route[i] = route[i + 1]!
    route[i + 1] = stop
  }
  route.pop()
  return { position, delta: best }
}

/**
 * Inserts stops one by one: next the one that would lose most by waiting (regret: second-best minus best), at its
 * cheapest place; one that is cheaper left out stays out. `blink`: a candidate place is overlooked when it says so,
 * which lets a search leave its beaten path; null takes every place.
 * Source: Potvin and Rousseau (1993), regret insertion; Christiaens and Vanden Berghe (2020), blinks.
 * O(stops × shifts × route length²) for the first, then one route for each insertion.
 */
export function insertStops(problem: DayProblem, draft: Draft, stops: number[], blink: (() => boolean) | null): void {
  const shifts = problem.shifts.length
  const waiting = [...stops]
  const places: Place[][] = waiting.map((stop) => draft.routes.map((_, shift) => placeIn(shift, stop)))

  function placeIn(shift: number, stop: number): Place {
    if (blink?.()) return { position: 0, delta: Infinity }
    return cheapestIn(problem, shift, draft.routes[shift]!, draft.costs[shift]!, stop)
  }

  while (waiting.length > 0) {
    let chosen = 0
    let into = -1
    let most = -Infinity
    for (let i = 0; i < waiting.length; i++) {
      let best = problem.stops[waiting[i]!]!.leaveOutCost
      let second = best
      let bestShift = -1
      const row = places[i]!
      for (let shift = 0; shift < shifts; shift++) {
        const { delta } = row[shift]!
        if (delta < best) {
          second = best
          best = delta
          bestShift = shift
        } else if (delta < second) second = delta
      }
      const regret = bestShift < 0 ? -1 : second - best
      if (regret > most) {
        most = regret
        chosen = i
        into = bestShift
      }
    }
    const stop = waiting[chosen]!
    const row = places[chosen]!
    waiting[chosen] = waiting.at(-1)!
    places[chosen] = places.at(-1)!
    waiting.pop()
    places.pop()
    if (into < 0) {
      draft.leftOut.push(stop)
      continue
    }
    draft.routes[into]!.splice(row[into]!.position, 0, stop)
    draft.costs[into] = draft.costs[into]! + row[into]!.delta
    for (let i = 0; i < waiting.length; i++) places[i]![into] = placeIn(into, waiting[i]!)
  }
}
