import type { BurstSpec } from '../../catalog/index.ts'
import { type Burst, burstSchema, own } from '../../core/index.ts'
import type { DetectionPlan, Quantity } from './detectionPlan.ts'
import type { FeatureState } from './featureState.ts'
import { ask } from './predicates.ts'
import { signalOf } from './quantities.ts'
import { type BurstFeatures, bearingLines, burstFeatures, HARMONICS, lineLevel } from './vibration.ts'

/** So many of an appliance wait for their cycle to end; of more, the newest count. */
const KEPT = 12
const ENVELOPE_HARMONICS = HARMONICS

/** What of a burst stands for a metric. */
export interface BurstReport {
  features: BurstFeatures
  /** Hz of the shaft and of the lines at which a damaged bearing strikes. */
  lines: Record<string, number>
  /** By metric, in its unit. */
  values: Record<string, number>
}

/**
 * Levels and lines of one burst. Pure.
 * @returns null where nothing can be said of it: it does not move, or is too short
 * O(n log n), about two milliseconds for 4,096 points.
 */
export function reportBurst(spec: BurstSpec, { samples, sampleRate, speed }: Burst): BurstReport | null {
  const features = burstFeatures(Float64Array.from(samples), sampleRate)
  if (!features) return null
  const shaftHz = (speed ?? 0) / 60
  const lines: Record<string, number> =
    shaftHz > 0 ? { once: shaftHz, ...(spec.bearing ? bearingLines(spec.bearing, shaftHz) : {}) } : {}
  const levelOf = (what: BurstSpec['gives'][string]): number => {
    switch (what) {
      case 'rms':
        return features.rms
      case 'peak':
        return features.crest * features.rms
      case 'kurtosis':
        return features.kurtosis
      case 'once':
        return lines.once === undefined ? Number.NaN : lineLevel(features.spectrum, lines.once, 1)
      default: {
        const hz = lines[what]
        return hz === undefined ? Number.NaN : lineLevel(features.envelope, hz, ENVELOPE_HARMONICS)
      }
    }
  }
  const values = Object.fromEntries(Object.entries(spec.gives).map(([metric, what]) => [metric, levelOf(what)]))
  if (spec.speed !== undefined && speed !== undefined) values[spec.speed] = speed
  return { features, lines, values }
}

/** The channel that an event of type `burst` is of: its code names it, or there is only one. */
export const channelOf = <T>(channels: Readonly<Record<string, T>>, code: string | null): T | undefined =>
  code === null ? Object.values(channels)[0] : own(channels, code)

/**
 * Remembers what a burst says until the cycle or day ends in which it was taken: then it is looked at in the order of its
 * `ts`, so the order in which bursts and readings arrive before that changes nothing.
 */
export function hearBurst(
  plan: DetectionPlan,
  sense: FeatureState,
  code: string | null,
  body: Record<string, unknown>,
): void {
  const channel = channelOf(plan.bursts, code)
  const burst = burstSchema.safeParse(body)
  if (!channel || !burst.success || typeof body.ts !== 'number') return
  const report = reportBurst(channel.spec, burst.data)
  if (!report) return
  const row = new Float64Array(1 + channel.metrics.length).fill(Number.NaN)
  row[0] = body.ts
  for (const [i, metric] of channel.metrics.entries()) {
    row[1 + i] = report.values[plan.kind.metricNames[metric]!] ?? Number.NaN
    if (!sense.given.includes(metric) && !Number.isNaN(row[1 + i]!)) sense.given.push(metric)
  }
  const channelNumber = plan.burstChannels.indexOf(channel)
  sense.bursts.push({ channel: channelNumber, row })
  sense.bursts.sort((a, b) => a.row[0]! - b.row[0]! || a.channel - b.channel)
  if (sense.bursts.length > KEPT) sense.bursts.splice(0, sense.bursts.length - KEPT)
}

/**
 * A quantity that the appliance has no sensor for, from the bursts of its window: the mean, the highest or the lowest of
 * those that pass its tests. NaN where none did, and where a burst cannot tell.
 * @param values scratch, one place a metric
 */
export function quantityFromBursts(
  plan: DetectionPlan,
  sense: FeatureState,
  q: number,
  from: number,
  to: number,
  values: Float64Array,
): number {
  const one = plan.quantities[q]!
  if (!one.byBurst || sense.bursts.length === 0 || one.inputs.every((metric) => sense.seen[metric] === 1))
    return Number.NaN
  let sum = 0
  let count = 0
  let most = Number.NEGATIVE_INFINITY
  let least = Number.POSITIVE_INFINITY
  for (const { channel, row } of sense.bursts) {
    if (row[0]! <= from || row[0]! > to) continue
    values.fill(Number.NaN)
    for (const [i, metric] of plan.burstChannels[channel]!.metrics.entries()) values[metric] = row[1 + i]!
    if (!passes(plan, one, values)) continue
    const value = signalOf(one.of!, values)
    if (Number.isNaN(value)) continue
    sum += value
    count++
    most = Math.max(most, value)
    least = Math.min(least, value)
  }
  if (count === 0) return Number.NaN
  return one.aggregate === 'max' ? most : one.aggregate === 'min' ? least : sum / count
}

function passes(plan: DetectionPlan, one: Quantity, values: Float64Array): boolean {
  for (const p of one.while) if (ask(plan.predicates[p]!, values, NO_STATES, NO_MARKS, 0) === 0) return false
  return true
}
const NO_STATES = new Int32Array(0)
const NO_MARKS = new Float64Array(0)

/** A burst as a page shows it. Levels are RMS by line, in the samples' unit. */
export interface BurstView {
  values: Record<string, number>
  /** Hz of the shaft, and of the lines at which a damaged bearing strikes. */
  lines: Record<string, number>
  spectrum: { stepHz: number; level: number[] }
  envelope: { stepHz: number; level: number[] }
}

/** More points than this are no finer on a page. */
const SHOWN = 1_024
/** The envelope is of interest up to so many times the fastest strike. */
const STRIKES_SHOWN = 5

/** Spectrum, envelope and lines of one burst, to be drawn. Pure. @returns null where nothing can be said of it */
export function viewBurst(spec: BurstSpec, burst: Burst): BurstView | null {
  const report = reportBurst(spec, burst)
  if (!report) return null
  const { features, lines, values } = report
  const fastest = Math.max(0, ...Object.values(lines))
  const upTo = fastest > 0 ? STRIKES_SHOWN * fastest : burst.sampleRate / 2
  return {
    values,
    lines,
    spectrum: drawn(features.spectrum, burst.sampleRate / 2),
    envelope: drawn(features.envelope, upTo),
  }
}

/** The highest of each few lines, so that none is lost. */
function drawn({ power, stepHz }: BurstFeatures['spectrum'], upToHz: number): { stepHz: number; level: number[] } {
  const count = Math.min(power.length, Math.ceil(upToHz / stepHz))
  const each = Math.ceil(count / SHOWN)
  const level: number[] = []
  for (let k = 0; k < count; k += each) {
    level.push(Number(Math.sqrt(Math.max(...power.subarray(k, Math.min(count, k + each)))).toPrecision(4)))
  }
  return { stepHz: each * stepHz, level }
}
