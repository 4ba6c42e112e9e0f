// What a plug meter alone says of an appliance, by one rule for recorded and simulated ones.
import { DAY, HOUR, MINUTE } from '../../core/index.ts'

/** Power at the end of each interval, watts; gaps stay gaps. */
export interface PowerCourse {
  ts: Float64Array
  power: Float64Array
}

/** Below this nothing but electronics is on. */
const IDLE_WATTS = 15
/** A longer gap belongs to no run. */
const GAP_MS = 5 * MINUTE

/** One figure of one appliance and day, or of one program. */
export type Figures = Record<string, number[]>

/** By day of a refrigerator that is recorded nearly whole. */
export function fridgeFigures(course: PowerCourse): Figures {
  const { ts, power } = course
  const onWatts = medianOf([...power].filter((watts) => watts > IDLE_WATTS))
  const figures: Figures = {
    'duty (share)': [],
    'cycles a day': [],
    'on, minutes': [],
    'off, minutes': [],
    'power while on, W': [],
    'energy a day, kWh': [],
  }
  for (let from = 0; from < ts.length; ) {
    const day = Math.floor(ts[from]! / DAY)
    let to = from
    while (to < ts.length && Math.floor(ts[to]! / DAY) === day) to++
    const one = dayOf(course, from, to, onWatts / 2)
    if (one) for (const [name, value] of Object.entries(one)) figures[name]!.push(value)
    from = to
  }
  return figures
}

function dayOf({ ts, power }: PowerCourse, from: number, to: number, onAbove: number): Record<string, number> | null {
  const on: number[] = []
  const off: number[] = []
  let covered = 0
  let onMs = 0
  let onJoules = 0
  let joules = 0
  let since = ts[from]!
  for (let i = from + 1; i < to; i++) {
    const step = ts[i]! - ts[i - 1]!
    if (step > GAP_MS) {
      since = NaN
      continue
    }
    covered += step
    joules += (power[i]! * step) / 1_000
    if (power[i]! > onAbove) {
      onMs += step
      onJoules += (power[i]! * step) / 1_000
    }
    if (power[i]! > onAbove === power[i - 1]! > onAbove) continue
    if (!Number.isNaN(since)) (power[i - 1]! > onAbove ? on : off).push((ts[i - 1]! - since) / MINUTE)
    since = ts[i - 1]!
  }
  if (covered < 0.8 * DAY || on.length < 3 || off.length < 3) return null
  return {
    'duty (share)': onMs / covered,
    'cycles a day': (on.length * DAY) / covered,
    'on, minutes': medianOf(on),
    'off, minutes': medianOf(off),
    'power while on, W': (1_000 * onJoules) / onMs,
    'energy a day, kWh': (joules * DAY) / covered / 3.6e6,
  }
}

/** Rests of a program are shorter than this. */
const REST_MS = 12 * MINUTE
const PROGRAM_JOULES = 0.1 * 3.6e6
const LONGEST_PROGRAM_MS = 5 * HOUR

/** By program of a washer. */
export function washerFigures({ ts, power }: PowerCourse): Figures {
  const figures: Figures = { 'energy a program, kWh': [], 'length, minutes': [], 'highest power, W': [] }
  let began = NaN
  let last = NaN
  let joules = 0
  let highest = 0
  const end = (): void => {
    if (joules >= PROGRAM_JOULES && last - began <= LONGEST_PROGRAM_MS) {
      figures['energy a program, kWh']!.push(joules / 3.6e6)
      figures['length, minutes']!.push((last - began) / MINUTE)
      figures['highest power, W']!.push(highest)
    }
    began = NaN
    joules = 0
    highest = 0
  }
  for (let i = 1; i < ts.length; i++) {
    const step = ts[i]! - ts[i - 1]!
    if (!Number.isNaN(began) && (ts[i]! - last > REST_MS || step > GAP_MS)) end()
    if (step > GAP_MS || power[i]! < IDLE_WATTS) continue
    if (Number.isNaN(began)) began = ts[i - 1]!
    last = ts[i]!
    joules += (power[i]! * step) / 1_000
    highest = Math.max(highest, power[i]!)
  }
  end()
  return figures
}

function medianOf(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? Number.NaN
}
