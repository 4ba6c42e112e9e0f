import { z } from 'zod'
import { at, cents, list, named, range, text } from './shared.ts'

const failureMode = z.object({
  text,
  owner: text,
  functionalFailure: text,
  severity: z.enum(['info', 'warning', 'critical']),
  safe: z.boolean(),
  parts: named(z.number()),
  skill: z.string(),
  difficulty: z.number(),
  minutes: z.number(),
  predictable: z.boolean(),
  weather: z.boolean(),
})
/** What has a name for people; the rest of it is how detection reads it. */
const watched = z.looseObject({
  text,
  unit: z.string(),
  scale: z.string().optional(),
  aggregate: z.string().optional(),
  metric: z.string().optional(),
})
const guard = watched.extend({
  /** The signal that it limits; without one: how long something may hold. */
  of: z.looseObject({ metric: z.string(), minus: z.string().optional() }).optional(),
  /** Beyond it the appliance no longer does its job. */
  failure: z.boolean().optional(),
  /** What its owner should know while it is passed. */
  owner: text.optional(),
})
const kind = z
  .object({
    kind: z.string(),
    name: text,
    cadenceSeconds: z.number(),
    idleSeconds: z.number().optional(),
    silentAfterHours: z.number(),
    metrics: named(
      z.object({
        unit: z.string(),
        plausible: range,
        resolution: z.number(),
        text,
        sums: z.boolean(),
        covariate: z.boolean(),
        sentinels: list(z.number()),
        typical: range.optional(),
      }),
    ),
    metricNames: list(z.string()),
    /** Words in order, or `text` for a free short string. */
    states: named(z.union([list(z.string()), z.literal('text')])),
    stateNames: list(z.string()),
    idle: named(list(z.string())),
    models: named(z.object({ units: named(z.string()), counters: list(z.string()), errorCodes: named(z.string()) })),
    errorCodes: named(z.string()),
    failureModes: named(failureMode),
    parts: named(z.object({ text, priceCents: cents })),
    /** Tests that an appliance may be told to run. */
    tests: named(
      z.object({
        text,
        minutes: z.number(),
        consent: z.enum(['none', 'owner']),
        safe: text,
        measures: named(z.object({ text, unit: z.string() })),
        sound: named(range),
        shows: named(named(range)),
      }),
    ),
    /** What its owner may be asked before a visit is offered. */
    questions: named(z.object({ text, sound: z.number(), shows: named(z.number()) })),
    /** How it is watched; absent: by the generic detectors alone. */
    detection: z
      .looseObject({
        features: named(watched),
        guards: named(guard),
        cycles: named(z.looseObject({ text })),
      })
      .optional(),
    builtIn: z.boolean(),
  })
  .meta({ id: 'Kind' })

const backup = z.object({
  state: z.enum(['none', 'running', 'done', 'failed']),
  folder: z.string().optional(),
  files: z.number().optional(),
  bytes: z.number().optional(),
  because: z.string().optional(),
})
const ports = { mqttPort: z.number(), mqttsPort: z.number().nullable(), pushPublicKey: z.string().optional() }

export const systemAnswers = {
  'GET /healthz': z.object({ ok: z.boolean() }),
  'GET /readyz': z.object({ ready: z.boolean() }),
  'GET /api/catalog': z.object({ items: list(kind), any: named(failureMode) }),
  'GET /api/connection': z.object(ports),
  'GET /api/settings': z.object({
    world: z.object({ name: z.enum(['simulation', 'live']), clock: z.enum(['wall', 'telemetry']) }),
    now: at,
    ...ports,
    publicUrl: z.string(),
    settings: list(z.object({ name: z.string(), value: z.unknown(), from: z.enum(['environment', 'default']) })),
    policy: named(z.unknown()),
  }),
  'GET /api/backup': backup,
  'POST /api/backup': backup,
}
