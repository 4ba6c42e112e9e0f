// Dishwashers of households, for scoring what watches a kind that is a data file alone: nothing in the product knows them.
// Programs by habit, water that is colder in winter, vacations, a channel that firmware rescales, gaps, and slow faults.
import { DAY, gaussian, HOUR, MINUTE, type Millis, pick, SeededRandom, uniform } from '../../core/index.ts'
import type { ReadFleet } from '../evaluation/runFleet.ts'

export type DishwasherFault = 'weak-heater' | 'hot-thermostat' | 'slow-inlet' | 'worn-pump'
const faultNames: readonly DishwasherFault[] = ['weak-heater', 'hot-thermostat', 'slow-inlet', 'worn-pump']

export interface Dishwasher {
  registration: { id: string; kind: string; model: string }
  kind: string
  ts: Millis
  values: Float64Array
  states: Record<string, string>
  faults: { failureMode: DishwasherFault; onset: Millis; functionalFailureAt: Millis; shape: string; abrupt: boolean }[]
  nextAt(): Millis
  next(): boolean
}

/** Minutes and temperature (°C) that a program is meant to take and reach. */
const programs = [
  { name: 'eco', minutes: 170, hot: 50 },
  { name: 'normal', minutes: 120, hot: 62 },
  { name: 'intensive', minutes: 140, hot: 70 },
  { name: 'quick', minutes: 40, hot: 45 },
] as const

export interface DishwasherOrders {
  seed: number
  count: number
  start: Millis
  days: number
  /** Share that gets a fault after the first 45 days. */
  faulty: number
}

/** Deterministic by seed. */
export function createDishwashers(orders: DishwasherOrders): ReadFleet & { appliances: readonly Dishwasher[] } {
  return { appliances: Array.from({ length: orders.count }, (_, i) => createDishwasher(orders, i)) }
}

function createDishwasher({ seed, start, days, faulty }: DishwasherOrders, index: number): Dishwasher {
  const id = `s${seed}-dishwasher-${String(index + 1).padStart(4, '0')}`
  const random = new SeededRandom(seed, id)
  const noise = new SeededRandom(seed, `${id}/noise`)
  const heater = uniform(random, 1500, 2200)
  const pump = uniform(random, 45, 95)
  const standby = uniform(random, 0.3, 2)
  const flow = uniform(random, 3, 5)
  const kitchen = uniform(random, 18, 23)
  const evening = uniform(random, 18, 22)
  const perDay = uniform(random, 0.35, 1.1)
  const favourite = pick(random, programs)
  const away = Array.from({ length: 1 + Math.floor(random.next() * 2) }, () => {
    const from = start + random.next() * days * DAY
    return [from, from + uniform(random, 5, 20) * DAY] as const
  })
  const gaps = Array.from({ length: Math.floor(days / 60) }, () => {
    const from = start + random.next() * days * DAY
    return [from, from + uniform(random, 1, 72) * HOUR] as const
  })
  const rescaledAt = random.next() < 0.4 ? start + random.next() * days * DAY : Infinity
  const gain = random.next() < 0.5 ? uniform(random, 0.92, 0.97) : uniform(random, 1.03, 1.08)
  const onset = start + uniform(random, 45, Math.max(46, days - 40)) * DAY
  const course = uniform(random, 8, 60) * DAY
  const failureMode = pick(random, faultNames)
  const hasFault = random.next() < faulty
  const within = (spans: readonly (readonly [number, number])[], ts: Millis): boolean =>
    spans.some(([from, to]) => ts >= from && ts < to)

  let run: { from: Millis; program: (typeof programs)[number] } | null = null
  let plannedDay = -1
  let planned = Infinity
  let water = kitchen
  const one: Dishwasher = {
    registration: { id, kind: 'dishwasher', model: pick(random, ['Clara 45', 'Clara 60']) },
    kind: 'dishwasher',
    ts: start,
    values: new Float64Array(3),
    states: {},
    faults: hasFault
      ? [{ failureMode, onset, functionalFailureAt: onset + course, shape: 'linear', abrupt: false }]
      : [],
    nextAt: () => one.ts + MINUTE,
    next() {
      one.ts += MINUTE
      const { ts } = one
      const day = Math.floor(ts / DAY)
      if (day !== plannedDay) {
        plannedDay = day
        const washes = random.next() < perDay && !within(away, ts)
        planned = washes ? day * DAY + (evening + 1.5 * gaussian(random)) * HOUR : Infinity
      }
      if (!run && ts >= planned) {
        run = { from: ts, program: random.next() < 0.7 ? favourite : pick(random, programs) }
        planned = Infinity
      }
      const gone = hasFault ? Math.max(0, Math.min(1, (ts - onset) / course)) : 0
      const as = (mode: DishwasherFault): number => (failureMode === mode ? gone : 0)
      let power = standby
      let inflow = 0
      const coldWater = 13 + 6 * Math.sin((2 * Math.PI * (ts / DAY - 110)) / 365)
      if (run) {
        const minute = (ts - run.from) / MINUTE
        const length = run.program.minutes * (1 + 0.15 * as('worn-pump'))
        const fills = minute < 3 || (minute > 0.55 * length && minute < 0.55 * length + 3)
        const heats = !fills && minute < 0.85 * length && water < run.program.hot + 14 * as('hot-thermostat')
        if (fills) {
          inflow = flow * (1 - 0.6 * as('slow-inlet')) * (1 + 0.03 * gaussian(noise))
          water += 0.45 * (coldWater - water)
        }
        power += pump * (1 + 0.9 * as('worn-pump')) * (1 + 0.04 * gaussian(noise))
        if (heats) {
          const warms = heater * (1 - 0.55 * as('weak-heater')) * (1 + 0.01 * gaussian(noise))
          power += warms
          water += (warms * 60) / (4.19 * 5_200)
        }
        if (minute >= length) run = null
      }
      water += (kitchen - water) / 90
      if (within(gaps, ts)) return false
      const scale = ts >= rescaledAt ? gain : 1
      one.values[0] = Math.max(0, Math.round(power * scale))
      one.values[1] = Math.round(2 * (water + 0.2 * gaussian(noise))) / 2
      one.values[2] = Math.max(0, Math.round(10 * inflow) / 10)
      return true
    },
  }
  return one
}
