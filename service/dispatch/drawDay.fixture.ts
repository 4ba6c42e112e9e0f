import { SeededRandom, uniform } from '../../core/index.ts'
import type { DayProblem } from './dayProblem.ts'

/** A day in a town of 30 by 30 km, with windows of two hours; deterministic by seed. */
export function drawDay(seed: number, stopCount: number, shiftCount: number): DayProblem {
  const random = new SeededRandom(seed, 'day')
  const stops = Array.from({ length: stopCount }, (_, i) => {
    const from = [60, 180, 360, 480][Math.floor(random.next() * 4)]!
    const lateWeight = [0.5, 1, 3][Math.floor(random.next() * 3)]!
    return { id: `s${i}`, minutes: uniform(random, 20, 70), from, until: from + 120, lateWeight, leaveOutCost: 400 }
  })
  const shifts = Array.from({ length: shiftCount }, (_, i) => ({ id: `e${i}`, from: 0, until: 600 }))
  const at = Array.from({ length: stopCount + shiftCount }, () => [uniform(random, 0, 30), uniform(random, 0, 30)])
  const travel = Float64Array.from(
    at.flatMap(([x = 0, y = 0]) => at.map(([u = 0, v = 0]) => Math.hypot(x - u, y - v) * 2.4)),
  )
  const fit = Float64Array.from({ length: stopCount * shiftCount }, () =>
    random.next() < 0.25 ? Infinity : random.next() < 0.3 ? 20 : 0,
  )
  return { stops, shifts, travel, fit }
}
