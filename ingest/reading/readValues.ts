import type { Kind } from '../../catalog/index.ts'
import { beginningOf, type DropReason, MAX_NAME } from '../../core/index.ts'
import { isJsonObject, type JsonObject, MAX_UNKNOWN_METRICS } from './checkReading.ts'
import { faultOfTs } from './readTime.ts'

const SAMPLE = 40

/** A value that does not count, and why; the rest of its reading does. */
export interface Dropped {
  metric: string
  why: DropReason
  sample: string
}

/** What of a reading counts. Without anything dropped, its parts are those that came. */
export interface Readable {
  ts: number
  metrics: JsonObject
  states: JsonObject | undefined
  firmware: string | undefined
  dropped: readonly Dropped[]
}

const nothing: readonly Dropped[] = []

/**
 * Reads one element of a payload: what must be there for a reading to be one, and then value by value. Generated once for
 * a kind; a reading of which everything counts costs one look at each value, and no copy.
 * @returns what is wrong with the whole of it, in words, or what counts
 */
export function readValues(kind: Kind): (reading: unknown) => string | Readable {
  const { metricIndex, stateNames } = kind
  const isSound = (metrics: JsonObject, states: unknown, firmware: unknown): boolean => {
    let unknown = 0
    for (const name in metrics) {
      const value = metrics[name]
      if (typeof value !== 'number' || !Number.isFinite(value)) return false
      if (!metricIndex.has(name) && (name.length > MAX_NAME || ++unknown > MAX_UNKNOWN_METRICS)) return false
    }
    if (firmware !== undefined && !isName(firmware)) return false
    if (states === undefined) return true
    if (!isJsonObject(states)) return false
    for (const state of stateNames) {
      if (states[state] !== undefined && !isName(states[state])) return false
    }
    return true
  }
  return (reading) => {
    if (!isJsonObject(reading)) return 'a reading must be an object with ts and metrics'
    const { ts, metrics, states, firmware } = reading
    const wrong = faultOfTs(ts)
    if (wrong) return wrong
    if (!isJsonObject(metrics)) return 'metrics must be an object: metric names with numbers'
    const time = ts as number
    if (isSound(metrics, states, firmware)) {
      // `isSound` has looked at both.
      return { ts: time, metrics, states: states as JsonObject, firmware: firmware as string, dropped: nothing }
    }
    return mend(kind, time, metrics, states, firmware)
  }
}

function mend(kind: Kind, ts: number, metrics: JsonObject, states: unknown, firmware: unknown): Readable {
  const dropped: Dropped[] = []
  const drop = (metric: string, why: DropReason, value: unknown): void =>
    void dropped.push({ metric: beginningOf(metric, MAX_NAME), why, sample: sampleOf(value) })
  const good: [string, unknown][] = []
  let unknown = 0
  for (const [name, value] of Object.entries(metrics)) {
    if (typeof value !== 'number' || !Number.isFinite(value)) drop(name, whyNoNumber(value), value)
    else if (kind.metricIndex.has(name)) good.push([name, value])
    else if (name.length > MAX_NAME) drop(name, 'too-long', value)
    else if (++unknown > MAX_UNKNOWN_METRICS) drop(name, 'too-many', value)
    else good.push([name, value])
  }
  const said: [string, unknown][] = []
  if (isJsonObject(states)) {
    for (const [name, value] of Object.entries(states)) {
      if (isName(value) || !kind.stateNames.includes(name)) said.push([name, value])
      else if (value !== undefined) drop(name, whyNoName(value), value)
    }
  } else if (states !== undefined) drop('states', 'not-a-text', states)
  if (firmware !== undefined && !isName(firmware)) drop('firmware', whyNoName(firmware), firmware)
  return {
    ts,
    metrics: Object.fromEntries(good),
    states: isJsonObject(states) ? Object.fromEntries(said) : undefined,
    firmware: isName(firmware) ? firmware : undefined,
    dropped,
  }
}

const isName = (value: unknown): value is string => typeof value === 'string' && value.length <= MAX_NAME

const whyNoName = (value: unknown): DropReason => (typeof value === 'string' ? 'too-long' : 'not-a-text')

/** Numbers that JSON has no word for come as these, quoted or not. */
const noNumber = /^[-+]?(nan(\([a-z0-9_]*\))?|inf(inity)?|\d\.#(q?nan|snan|inf|ind)\d*)$/i

function whyNoNumber(value: unknown): DropReason {
  if (value === null) return 'null'
  if (typeof value === 'number' || (typeof value === 'string' && noNumber.test(value))) return 'not-finite'
  return 'not-a-number'
}

function sampleOf(value: unknown): string {
  const text = typeof value === 'string' ? beginningOf(value, SAMPLE) : Array.isArray(value) ? '[…]' : undefined
  if (text !== undefined) return text
  return typeof value === 'object' && value !== null ? '{…}' : String(value).slice(0, SAMPLE)
}
