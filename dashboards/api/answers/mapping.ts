import { z } from 'zod'
import { at, list, named } from './shared.ts'

const heardValue = z.object({
  value: z.string(),
  last: z.number(),
  /** By the format. */
  unit: z.string().optional(),
  counter: z.boolean(),
  suggests: z.string().optional(),
  /** Whose it is, where it is mapped. */
  appliance: z.string().optional(),
  metric: z.string().optional(),
})
export const mappingAnswers = {
  'GET /api/mapping': z.object({
    formats: list(z.object({ format: z.string(), source: z.string() })),
    /** Gateways that may publish to any topic, and the outside broker. */
    sources: list(z.string()),
    /** Retired appliances that files in DATA_DIR/mappings go on naming: they stay retired until they are registered anew. */
    leftOut: list(z.string()),
    devices: list(
      z
        .object({
          source: z.string(),
          format: z.string(),
          device: z.string(),
          count: z.number(),
          lastAt: at,
          topics: list(z.string()),
          values: list(heardValue),
          fault: z.string().optional(),
        })
        .meta({ id: 'HeardDevice' }),
    ),
  }),
  'POST /api/mapping/preview': z.object({
    messages: list(z.object({ at, topic: z.string(), payload: z.string(), metrics: named(z.number()) })),
    warnings: list(z.string()),
  }),
  'POST /api/mapping': z.object({ appliance: z.string(), values: z.number() }),
  'DELETE /api/mapping/:appliance': z.object({ ok: z.boolean() }),
  'POST /api/mapping/sources': z.object({
    id: z.string(),
    mqtt: z.object({ username: z.string(), password: z.string().optional() }),
  }),
  /** `version` (of MQTT) is absent where HOMEASSISTANT_URL is not set. */
  'GET /api/home-assistant': z.object({
    connected: z.boolean(),
    version: z.number().optional(),
    published: z.number(),
    foreign: list(z.string()),
    error: z.string().optional(),
  }),
  /** `version` is absent where MQTT_URL is not set. */
  'GET /api/outside-broker': z.object({
    connected: z.boolean(),
    version: z.number().optional(),
    appliances: z.number(),
    error: z.string().optional(),
  }),
  /** As OTLP/HTTP answers: `rejectedDataPoints` came without a device or a number. */
  'POST /v1/metrics': z.object({
    partialSuccess: z.object({ rejectedDataPoints: z.number(), errorMessage: z.string() }).optional(),
  }),
}
