import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../core/index.ts'
import { type DayProblem, planCost, routeCost, startsOf } from './dayProblem.ts'
import { drawDay } from './drawDay.fixture.ts'
import { planDay } from './planDay.ts'

/** The optimum, by every order of every subset and every way to share them out. For 8 stops at most. */
function optimum(problem: DayProblem): number {
  const { stops, shifts } = problem
  const sets = 1 << stops.length
  const bestOf = shifts.map((_, shift) => {
    const best = new Float64Array(sets).fill(Infinity)
    best[0] = 0
    const route: number[] = []
    const walk = (set: number): void => {
      if (route.length > 0) best[set] = Math.min(best[set]!, routeCost(problem, shift, route))
      for (let s = 0; s < stops.length; s++) {
        if (set & (1 << s) || problem.fit[shift * stops.length + s] === Infinity) continue
        route.push(s)
        walk(set | (1 << s))
        route.pop()
      }
    }
    walk(0)
    return best
  })
  let cheapest = Float64Array.from({ length: sets }, (_, set) =>
    stops.reduce((total, stop, s) => total + (set & (1 << s) ? stop.leaveOutCost : 0), 0),
  )
  for (const own of bestOf) {
    const before = cheapest
    cheapest = Float64Array.from({ length: sets }, (_, set) => {
      let least = Infinity
      for (let part = set; ; part = (part - 1) & set) {
        least = Math.min(least, own[part]! + before[set ^ part]!)
        if (part === 0) break
      }
      return least
    })
  }
  return cheapest[sets - 1]!
}

const rounds = 400

describe('the plan of a day', () => {
  test('S23: 200 small days are planned within 3 % of the exact optimum on average', () => {
    let gap = 0
    for (let seed = 1; seed <= 200; seed++) {
      const problem = drawDay(seed, 2 + (seed % 6), 1 + (seed % 3))
      const best = optimum(problem)
      const { cost } = planDay(problem, { random: new SeededRandom(seed), rounds })
      expect(cost).toBeGreaterThanOrEqual(best - 1e-6)
      gap += cost / best - 1
    }
    expect(gap / 200).toBeLessThanOrEqual(0.03)
  })

  test('S23: eight stops and three engineers, too', () => {
    for (let seed = 301; seed <= 304; seed++) {
      const problem = drawDay(seed, 8, 3)
      const { cost } = planDay(problem, { random: new SeededRandom(seed), rounds })
      expect(cost / optimum(problem)).toBeLessThanOrEqual(1.05)
    }
  })

  test('S23: a single job goes to the engineer whom brute force finds, in 500 cases', () => {
    for (let seed = 1; seed <= 500; seed++) {
      const problem = drawDay(seed, 1, 6)
      const costs = problem.shifts.map((_, shift) => routeCost(problem, shift, [0]))
      const least = Math.min(...costs, 400)
      const plan = planDay(problem, { random: new SeededRandom(seed), rounds })
      const chosen = plan.routes.findIndex((route) => route.length === 1)
      expect(chosen < 0 ? 400 : costs[chosen]).toBe(least)
    }
  })

  test('what it says it costs is what it costs; every stop is there once; nobody does what they may not', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const problem = drawDay(seed, 30, 6)
      const plan = planDay(problem, { random: new SeededRandom(seed), rounds: 100 })
      expect(plan.cost).toBeCloseTo(planCost(problem, plan.routes, plan.leftOut), 6)
      expect([...plan.routes.flat(), ...plan.leftOut].sort((a, b) => a - b)).toEqual([...problem.stops.keys()])
      for (const [shift, route] of plan.routes.entries()) {
        for (const s of route) expect(problem.fit[shift * 30 + s]).toBeLessThan(Infinity)
        const starts = startsOf(problem, shift, route)
        for (const [i, s] of route.entries()) expect(starts[i]).toBeGreaterThanOrEqual(problem.stops[s]!.from)
      }
    }
  })

  test('the same seed gives the same plan', () => {
    const problem = drawDay(5, 40, 8)
    const plan = () => planDay(problem, { random: new SeededRandom(9), rounds: 200 })
    expect(plan()).toEqual(plan())
  })

  test('more search is never worse than insertion alone, and going on from a plan never loses it', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const problem = drawDay(seed, 40, 8)
      const inserted = planDay(problem, { random: new SeededRandom(1), rounds: 0 })
      const searched = planDay(problem, { random: new SeededRandom(1), rounds: 300 })
      expect(searched.cost).toBeLessThanOrEqual(inserted.cost + 1e-6)
      const again = planDay(problem, { random: new SeededRandom(2), rounds: 50, from: searched, around: [3] })
      expect(again.cost).toBeLessThanOrEqual(searched.cost + 1e-6)
    }
  })
})
