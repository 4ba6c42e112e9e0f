import type { Kind } from '../../catalog/index.ts'
import { type ApplianceId, Population, type ValueHint } from '../../core/index.ts'
import type { JsonObject } from './checkReading.ts'
import type { Dropped } from './readValues.ts'

/** What the values of one metric have been, since the appliance was first heard. */
interface Seen {
  metric: string
  last: number
  /** Values that speak for the catalog's unit, and against it. */
  falls: number
  above: number
  /** Of those above 0, those above 1. */
  over: number
  most: number
}
interface Suspicion {
  ts: number
  seen: Seen[]
  /** Its temperatures are Fahrenheit: undefined while neither has been seen. */
  isFahrenheit?: boolean
  /** Readings in a row that speak against it. */
  weak: number
}

/** A count falls back after each interval; one that falls less often than this is a total. */
const READINGS_PER_FALL = 50
const LEAST_VALUES = 3
/** Watts that never reach this while it works are no watts. */
const LEAST_WATTS = 4
const LEAST_POWER_VALUES = 30
/** A change of unit moves a temperature by no more than this, K, once it is converted. */
const SAME_K = 3

const toCelsius = (fahrenheit: number): number => (fahrenheit - 32) / 1.8

/**
 * Values that look like another unit, or like totals, although nobody declared them so: they say nothing until somebody
 * does, or until they look right again. A sound appliance is told from a failing one by its own past: a temperature that
 * rises is a fault, one that leaps to the same temperature in Fahrenheit is a unit. In order of time, by what came alone.
 */
export class SuspectValues {
  readonly population = new Population<Suspicion>('suspect')

  /**
   * @param isDeclared said at the registration: then it is what it is said to be
   * @param tell takes what it looks like, or undefined where it looks right (again)
   * @returns the metrics that count; those that came, where nothing is suspect
   */
  sift(
    appliance: ApplianceId,
    kind: Kind,
    ts: number,
    metrics: JsonObject,
    isDeclared: (metric: string) => boolean,
    dropped: Dropped[],
    tell: (metric: string, hint: ValueHint | undefined) => void,
  ): JsonObject {
    const watched = watchedOf(kind)
    if (watched.sums.length + watched.ratios.length + watched.temperatures.length === 0) return metrics
    const suspicion = this.population.get(appliance) ?? { ts: -Infinity, seen: [], weak: 0 }
    const isNews = ts > suspicion.ts
    const suspects = new Map<string, ValueHint>()
    for (const [names, looksOf] of [
      [watched.sums, looksLikeTotal],
      [watched.ratios, looksLikeShare],
      [watched.powers, looksLikeKilowatts],
    ] as const) {
      for (const metric of names) {
        const value = metrics[metric]
        if (typeof value !== 'number' || isDeclared(metric)) continue
        const seen = seenOf(suspicion, metric)
        const before = looksOf(metric, seen)
        if (isNews && (looksOf !== looksLikeKilowatts || isWorking(watched, metrics))) note(seen, value)
        const after = looksOf(metric, seen)
        if (after) suspects.set(metric, { ...after, sample: value })
        if (!before !== !after) tell(metric, after && { ...after, sample: value })
      }
    }
    if (!watched.temperatures.some(isDeclared)) {
      const before = suspicion.isFahrenheit === true
      if (isNews) noteTemperatures(suspicion, kind, watched.typical, metrics)
      for (const metric of watched.temperatures) {
        const value = metrics[metric]
        if (typeof value !== 'number') continue
        const hint: ValueHint = { metric, looksLike: 'unit', unit: '[degF]', sample: value }
        if (suspicion.isFahrenheit) suspects.set(metric, hint)
        if (before !== (suspicion.isFahrenheit === true)) tell(metric, before ? undefined : hint)
      }
    }
    if (isNews) {
      suspicion.ts = ts
      this.population.set(appliance, suspicion)
    }
    if (suspects.size === 0) return metrics
    for (const [metric, { looksLike, sample }] of suspects) {
      dropped.push({
        metric,
        why: looksLike === 'counter' ? 'looks-like-total' : 'looks-like-unit',
        sample: String(sample),
      })
    }
    return Object.fromEntries(Object.entries(metrics).filter(([metric]) => !suspects.has(metric)))
  }

  /** It is registered anew, or is another appliance: what was seen says nothing. */
  forget(appliance: ApplianceId): void {
    if (this.population.has(appliance)) this.population.delete(appliance)
  }

  /** From a copy of this population. */
  restore(appliance: ApplianceId, value: unknown): void {
    this.population.set(appliance, value as Suspicion)
  }
}

/** Standby draws next to nothing: only a share above a half, as of the compressor's time, tells that it works. */
const isWorking = ({ ratios }: Watched, metrics: JsonObject): boolean =>
  ratios.some((name) => Number(metrics[name]) > 0.5)

function seenOf({ seen }: Suspicion, metric: string): Seen {
  const known = seen.find((one) => one.metric === metric)
  if (known) return known
  const fresh = { metric, last: Number.NaN, falls: 0, above: 0, over: 0, most: 0 }
  seen.push(fresh)
  return fresh
}
function note(seen: Seen, value: number): void {
  if (value < seen.last) seen.falls++
  if (value > 0) seen.above++
  if (value > 1) seen.over++
  seen.most = Math.max(seen.most, value)
  seen.last = value
}

type Looks = Omit<ValueHint, 'sample'> | undefined
const looksLikeTotal = (metric: string, { above, falls }: Seen): Looks =>
  above >= LEAST_VALUES && falls * READINGS_PER_FALL < above ? { metric, looksLike: 'counter' } : undefined
/** A share of the interval above 1: per cent, or permille. */
const looksLikeShare = (metric: string, { above, over, most }: Seen): Looks =>
  over >= LEAST_VALUES && over * 2 > above
    ? { metric, looksLike: 'unit', unit: most > 100 ? '[ppth]' : '%' }
    : undefined
const looksLikeKilowatts = (metric: string, { above, most }: Seen): Looks =>
  above >= LEAST_POWER_VALUES && most < LEAST_WATTS ? { metric, looksLike: 'unit', unit: 'kW' } : undefined

function noteTemperatures(suspicion: Suspicion, kind: Kind, typical: readonly string[], metrics: JsonObject): void {
  let [celsius, fahrenheit, leaps] = [0, 0, true]
  for (const metric of typical) {
    const value = metrics[metric]
    const range = kind.metrics[metric]?.typical
    if (typeof value !== 'number' || !range) continue
    const isIn = (one: number): boolean => one >= range[0] && one <= range[1]
    const seen = seenOf(suspicion, metric)
    if (isIn(value)) celsius++
    else if (isIn(toCelsius(value))) {
      fahrenheit++
      if (Math.abs(toCelsius(value) - seen.last) > SAME_K) leaps = false
    }
    seen.last = value
  }
  if (celsius === fahrenheit) return
  const isFahrenheit = fahrenheit > celsius
  if (isFahrenheit === suspicion.isFahrenheit) {
    suspicion.weak = 0
    return
  }
  suspicion.weak++
  // Back to Celsius, or a first word: several readings of one mind. From Celsius: only a leap to the same temperature.
  if (suspicion.isFahrenheit === false ? leaps : suspicion.weak >= LEAST_VALUES || Math.abs(fahrenheit - celsius) > 1)
    suspicion.isFahrenheit = isFahrenheit
}

interface Watched {
  sums: string[]
  ratios: string[]
  powers: string[]
  /** In Celsius; those of which the catalog says where they lie on a sound appliance tell the unit for all. */
  temperatures: string[]
  typical: string[]
}
const watchedBy = new WeakMap<Kind, Watched>()
function watchedOf(kind: Kind): Watched {
  let watched = watchedBy.get(kind)
  if (!watched) {
    const { metricNames, metrics } = kind
    const those = (fits: (metric: Kind['metrics'][string]) => boolean): string[] =>
      metricNames.filter((name) => fits(metrics[name]!))
    const typical = those(({ unit, typical }) => unit === 'Cel' && typical !== undefined)
    watched = {
      sums: those(({ sums }) => sums),
      ratios: those(({ unit, plausible }) => unit === '1' && plausible[0] === 0 && plausible[1] === 1),
      powers: those(({ unit }) => unit === 'W'),
      temperatures: typical.length > 0 ? those(({ unit }) => unit === 'Cel') : [],
      typical,
    }
    watchedBy.set(kind, watched)
  }
  return watched
}
