import { z } from 'zod'
import type { Kind } from '../catalog/index.ts'

export const MAX_UNKNOWN_METRICS = 32

/** What JSON.parse makes of an object. */
export type JsonObject = Record<string, unknown>

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The schema of one reading of a kind, generated from its catalog file: for the API's document and the docs. Whether a
 * reading has the right shape is the same question as `shapeFault` answers on the hot path; a property holds them equal.
 */
export function readingSchema(kind: Kind) {
  const states = Object.fromEntries(
    kind.stateNames.map((state) => {
      const words = kind.states[state]!
      const text = words === 'text' ? 'a short text' : `one of ${words.join(', ')}; other words are ignored`
      return [state, z.string().optional().describe(text)]
    }),
  )
  const metrics = Object.fromEntries(
    kind.metricNames.map((metric) => [
      metric,
      z
        .number()
        .optional()
        .describe(`${kind.metrics[metric]!.unit}, plausible ${kind.metrics[metric]!.plausible.join(' to ')}`),
    ]),
  )
  return z.looseObject({
    ts: z.int().describe('milliseconds since the epoch, UTC, at the end of the interval'),
    firmware: z.string().optional(),
    metrics: z
      .object(metrics)
      .catchall(z.number())
      .refine(
        (given) => Object.keys(given).filter((name) => !kind.metricIndex.has(name)).length <= MAX_UNKNOWN_METRICS,
        {
          message: `has more than ${MAX_UNKNOWN_METRICS} metrics that ${kind.kind} does not know`,
        },
      ),
    states: z.looseObject(states).optional(),
  })
}

/**
 * What is wrong with the shape of one reading, in words; undefined when nothing is. Generated once for a kind: the
 * returned function only loops over what the reading has. About 0.3 µs.
 */
export function shapeFault(kind: Kind): (reading: unknown) => string | undefined {
  const { metricIndex, stateNames } = kind
  return (reading) => {
    if (!isJsonObject(reading)) return 'a reading must be an object'
    if (!Number.isSafeInteger(reading.ts)) return 'ts must be an integer, milliseconds since the epoch'
    if (reading.firmware !== undefined && typeof reading.firmware !== 'string') return 'firmware must be a text'
    const { metrics, states } = reading
    if (!isJsonObject(metrics)) return 'metrics must be an object'
    let unknown = 0
    for (const name in metrics) {
      const value = metrics[name]
      if (typeof value !== 'number' || !Number.isFinite(value)) return `metrics.${name} must be a finite number`
      if (!metricIndex.has(name) && ++unknown > MAX_UNKNOWN_METRICS)
        return `more than ${MAX_UNKNOWN_METRICS} unknown metrics`
    }
    if (states === undefined) return undefined
    if (!isJsonObject(states)) return 'states must be an object'
    for (const state of stateNames) {
      if (states[state] !== undefined && typeof states[state] !== 'string') return `states.${state} must be a text`
    }
    return undefined
  }
}
