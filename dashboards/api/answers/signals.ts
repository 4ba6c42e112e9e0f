// Long series: written out as they are, and described.
import { z } from 'zod'
import { burstUnits } from '../../../core/index.ts'
import { at, items, list, named, text } from './shared.ts'

const values = list(z.number().nullable())
/** One value a reading, or a stretch of them; null where there is none. */
export const series = z
  .object({ ts: list(at), series: named(z.object({ min: values, mean: values, max: values })) })
  .meta({ id: 'Series' })
const levels = z.object({ stepHz: z.number(), level: list(z.number()) })

export const signalAnswers = {
  'GET /api/appliances/:id/telemetry': series,
  /** `min` and `max` are the tenths; nothing where they are fewer than four. */
  'GET /api/appliances/:id/telemetry/like': z.object({
    ...series.shape,
    of: z.enum(['model', 'kind']),
    appliances: z.number(),
  }),
  /** `low` and `high` are null while the band is still being learned. */
  'GET /api/appliances/:id/features': items(
    z.object({
      appliance: z.string(),
      feature: z.string(),
      at,
      observed: z.number().nullable(),
      low: z.number().nullable(),
      high: z.number().nullable(),
    }),
  ),
  'GET /api/appliances/:id/cycles': items(
    z.object({
      appliance: z.string(),
      cycle: z.string(),
      from: at,
      to: at,
      features: named(z.number().nullable()),
    }),
  ),
  'GET /api/appliances/:id/events': items(
    z.object({
      appliance: z.string(),
      kind: z.string(),
      ts: at,
      type: z.string(),
      code: z.string().nullable(),
      /** The whole message, without raw samples. */
      body: named(z.unknown()),
      offset: z.number(),
    }),
  ),
  'GET /api/appliances/:id/bursts': items(
    z.object({
      ts: at,
      sensor: z.string().optional(),
      text,
      sampleRate: z.number(),
      unit: z.enum(burstUnits),
      points: z.number(),
      speed: z.number().optional(),
      values: named(z.number()),
      /** Hz of the shaft, and of the lines at which a damaged bearing strikes. */
      lines: z.partialRecord(z.enum(['once', 'outer', 'inner', 'ball', 'cage']), z.number()),
      spectrum: levels,
      envelope: levels,
    }),
  ),
}
