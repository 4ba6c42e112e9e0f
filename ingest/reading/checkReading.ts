import { z } from 'zod'
import type { Kind } from '../../catalog/index.ts'

export const MAX_UNKNOWN_METRICS = 32

/** What JSON.parse makes of an object. */
export type JsonObject = Record<string, unknown>

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The schema of one reading of a kind, generated from its catalog file: for the API's document and the docs. What it
 * allows counts wholly; of anything else `readValues` says on the hot path what counts, and a property holds them so.
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
