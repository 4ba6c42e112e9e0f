import { z } from 'zod'
import { type DropReason, quarantineReasons } from '../../../core/index.ts'
import { commandStates } from '../../../service/index.ts'
import { at, list, named, oneOrMany, owner, page, place } from './shared.ts'

export const healthStatus = z.enum(['learning', 'healthy', 'watch', 'visit', 'silent'])
/** How it fares now. */
export const standing = z.object({ online: z.boolean(), status: healthStatus, health: z.number() })

/** A registry entry: what it is, not how it fares. */
const appliance = z
  .object({
    id: z.string(),
    kind: z.string(),
    model: z.string(),
    batch: z.string().optional(),
    firmware: z.string().optional(),
    installedAt: at.optional(),
    cadenceSeconds: z.number().optional(),
    units: named(z.string()).optional(),
    counters: list(z.string()).optional(),
    timeZone: z.string().optional(),
    reports: z.enum(['interval', 'on-change']).optional(),
    heartbeatSeconds: z.number().optional(),
    tests: list(z.string()).optional(),
    homeId: z.string().optional(),
    location: place.optional(),
    owner: owner.optional(),
    registeredAt: at,
    retiredAt: at.optional(),
  })
  .meta({ id: 'Appliance' })
/** The password is there when it is made, and never again. */
const credentials = z.object({ username: z.string(), password: z.string().optional() }).meta({ id: 'Credentials' })
export const registered = appliance.extend({ mqtt: credentials }).meta({ id: 'RegisteredAppliance' })

const lastRefused = z.object({
  reason: z.enum(quarantineReasons),
  detail: z.string(),
  at,
  sample: z.string(),
})
const applianceView = appliance
  .extend({
    ...standing.shape,
    lastReading: z
      .object({
        ts: at,
        firmware: z.string().optional(),
        metrics: named(z.number()),
        states: named(z.string()),
      })
      .nullable(),
    /** Why no reading of it has ever counted; absent where one has. */
    unheard: z
      .object({
        why: z.enum(['refused', 'wrong-topic', 'says-nothing', 'not-connected']),
        topic: z.string().optional(),
        lastRefused: lastRefused.optional(),
      })
      .optional(),
    /** Ids of what is open. */
    alerts: list(z.string()),
    tickets: list(z.string()),
  })
  .meta({ id: 'ApplianceView' })

/** Complete, or it does not compile. */
const dropReasons = {
  null: 'null',
  'not-a-number': 'not-a-number',
  'not-finite': 'not-finite',
  sentinel: 'sentinel',
  'too-long': 'too-long',
  'too-many': 'too-many',
  'not-a-text': 'not-a-text',
  'no-difference': 'no-difference',
  'looks-like-total': 'looks-like-total',
  'looks-like-unit': 'looks-like-unit',
} as const satisfies { [R in DropReason]: R }
const used = z.object({ used: z.number(), limit: z.number() })
const quota = z
  .object({
    messages: used,
    bytes: used,
    heldBack: z.object({ messages: z.number(), bytes: z.number() }),
    until: at.optional(),
    dropped: z.number(),
    /** What the quarantine keeps of it; absent while the store is away. */
    quarantine: z.object({ rows: used, bytes: used, withoutPayload: z.number(), forgotten: z.number() }).optional(),
  })
  .meta({ id: 'Quota' })

/** Limits that it is beyond now; since when it no longer does its job; repairs that its own signal is proving. */
export const measured = {
  beyond: list(z.object({ guard: z.string(), since: at })).optional(),
  failedAt: at.optional(),
  proving: list(z.object({ ticket: z.string(), since: at, done: z.number(), of: z.number() })).optional(),
}
/** Cycles that a hole in its data cut, so that nothing was judged by them. */
export const cutCycles = list(z.object({ cycle: z.string(), count: z.number(), last: z.object({ from: at, to: at }) }))
const applianceDetail = applianceView
  .extend({
    because: list(z.object({ feature: z.string(), points: z.number() })),
    missing: list(z.string()),
    neverCycles: z.boolean(),
    cutCycles,
    ...measured,
    learningSince: z.object({ since: at, reason: z.string() }).optional(),
    firstHeardAt: at.optional(),
    /** Its own clock is wrong by so much, ms; behind below 0. */
    clockAheadMs: z.number().optional(),
    /** What it says that does not count. */
    heard: z.object({
      droppedValues: list(
        z.object({ metric: z.string(), why: z.enum(dropReasons), sample: z.string(), count: z.number(), lastAt: at }),
      ),
      hints: list(
        z.object({
          metric: z.string(),
          looksLike: z.enum(['unit', 'counter']),
          unit: z.string().optional(),
          sample: z.number(),
        }),
      ),
      refusedInARow: z.number(),
      lastRefused: lastRefused.optional(),
    }),
    /** Topics below its own name that it publishes to and nobody knows. */
    misdirected: list(z.object({ topic: z.string(), count: z.number(), lastAt: at, from: z.string() })),
    quota,
    /** Why nothing is heard of it; absent while it is heard. */
    quiet: z
      .object({
        why: z.enum(['off', 'outage', 'silent', 'gateway', 'refused']),
        since: at,
        until: at.optional(),
        alert: z.string().optional(),
        cohort: z.string().optional(),
        gateway: z.string().optional(),
      })
      .optional(),
  })
  .meta({ id: 'ApplianceDetail' })

export const command = z
  .object({
    id: z.string(),
    appliance: z.string(),
    type: z.string(),
    params: named(z.unknown()),
    by: z.string(),
    createdAt: at,
    expires: at,
    state: z.enum(commandStates),
    ticket: z.string().optional(),
    deliveredAt: at.optional(),
    answeredAt: at.optional(),
    result: z.enum(['done', 'refused', 'failed']).optional(),
    detail: z.string().optional(),
  })
  .meta({ id: 'Command' })

export const applianceAnswers = {
  /** `total` where the unheard ones were asked for. */
  'GET /api/appliances': page(applianceView).extend({ total: z.number().optional() }),
  'GET /api/appliances/:id': applianceDetail,
  'GET /api/appliances/:id/quota': quota,
  'POST /api/appliances': oneOrMany(registered),
  'DELETE /api/appliances/:id': appliance,
  'POST /api/appliances/:id/credentials': z.object({ id: z.string(), mqtt: credentials }),
  /** Those that have not used their new secret yet. */
  'GET /api/secrets': z.object({
    items: list(z.object({ id: z.string(), until: z.number(), isOver: z.boolean() })),
    total: z.number(),
    more: z.boolean().optional(),
  }),
  'POST /api/secrets/rotate': z.object({
    until: z.number(),
    items: list(z.object({ id: z.string(), mqtt: credentials })),
  }),
  'POST /api/appliances/:id/transfer': appliance,
  'POST /api/gateways': z.object({ id: z.string(), appliances: list(z.string()), mqtt: credentials }),
  'GET /api/appliances/:id/commands': page(command),
  'POST /api/appliances/:id/commands': command,
  'GET /api/commands/:id': command,
}
