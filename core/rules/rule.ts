import { z } from 'zod'
import { MAX_NAME } from '../bounds.ts'
import { idSchema, textOf } from '../ids.ts'
import { MINUTE, type Millis } from '../running/time.ts'

const name = z.string().min(1).max(MAX_NAME)
const text = textOf(z.string().trim().min(1).max(500))
const scoped = (one: z.ZodType<string>) => z.array(one).max(1_000).default([])

/** What passes a limit; between the limit and `release` what was so stays so (hysteresis). Without: the limit itself. */
const limit = { op: z.enum(['above', 'below']), limit: z.number(), release: z.number().optional() }

/** A metric, or its difference to another, or its ratio to one (`(metric − minus) / over`). */
const valueClause = z.strictObject({ metric: name, minus: name.optional(), over: name.optional(), ...limit })
const stateClause = z.strictObject({ state: name, is: z.array(name).min(1).max(32) })
export type ValueClause = z.infer<typeof valueClause>
export type StateClause = z.infer<typeof stateClause>

const ruleWhen = z.discriminatedUnion('of', [
  /** All of these in one reading. */
  z.strictObject({
    of: z.literal('reading'),
    all: z
      .array(z.union([valueClause, stateClause]))
      .min(1)
      .max(4),
  }),
  /** A feature of a day or a cycle, as detection makes it. */
  z.strictObject({ of: z.literal('feature'), feature: name, ...limit }),
  /** How long one cycle took, in minutes. */
  z.strictObject({ of: z.literal('cycle'), cycle: name, ...limit }),
  /** So many events of its own within so many hours. */
  z.strictObject({
    of: z.literal('event'),
    type: name,
    code: name.optional(),
    times: z.number().int().min(1).max(50).default(1),
    withinHours: z.number().min(0.1).max(720).default(24),
  }),
])
export type RuleWhen = z.infer<typeof ruleWhen>

const minutes = z.number().min(0).max(10_080)

/** What somebody writes. */
export const ruleBodySchema = z.object({
  /** What it is called, to those who repair. */
  name: text,
  /** What the appliance's owner reads when it spoke. */
  owner: text,
  scope: z.object({
    kind: z.string().min(1).max(64),
    /** Each narrows it; empty: any. An area is a degree of latitude and longitude, `52,13`. */
    models: scoped(z.string().min(1).max(128)),
    firmware: scoped(name),
    regions: scoped(z.string().regex(/^-?\d{1,2},-?\d{1,3}$/, 'must be an area like 52,13')),
    appliances: scoped(idSchema),
  }),
  when: ruleWhen,
  /** It must hold for so long before it speaks. */
  holdMinutes: minutes.default(0),
  /** It must be over for so long before its alert ends. */
  clearMinutes: minutes.default(0),
  /** Nothing is believed over a longer hole: what held before it counts no more. */
  holeMinutes: z.number().min(5).max(10_080).default(120),
  severity: z.enum(['info', 'warning', 'critical']),
  /** What it says is wrong, by the kind's failure modes; absent: something of its own. */
  failureMode: name.optional(),
})
export type RuleBody = z.infer<typeof ruleBodySchema>

/** One version of a rule; it never changes. */
export interface Rule extends RuleBody {
  readonly id: string
  readonly version: number
}
export const ruleIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and dashes')

/** A draft speaks to nobody; an armed one runs; a paused one may be armed again; a withdrawn one is over. */
export const ruleStates = ['draft', 'armed', 'paused', 'withdrawn'] as const
export type RuleLife = (typeof ruleStates)[number]

/** Features and cycles come once a day or less often. */
const FOUND_HOLE_MS = 14 * 1_440 * MINUTE

/** How time acts on a rule, ms. `holeMs` is never less than `clearMs`. */
export interface RuleTiming {
  readonly holdMs: Millis
  readonly clearMs: Millis
  readonly holeMs: Millis
}
export function timingOf({ when, holdMinutes, clearMinutes, holeMinutes }: RuleBody): RuleTiming {
  const clearMs = clearMinutes * MINUTE
  const hole = when.of === 'reading' ? holeMinutes * MINUTE : FOUND_HOLE_MS
  return { holdMs: holdMinutes * MINUTE, clearMs, holeMs: Math.max(hole, clearMs) }
}

/** By which detector an alert says that a rule spoke. */
export const detectorOfRule = ({ id, version }: Pick<Rule, 'id' | 'version'>): string => `rule/${id}@${version}`
/** Which rule an alert's detector names; undefined where it was none. */
export function ruleOfDetector(detector: string): { id: string; version: number } | undefined {
  const found = /^rule\/(.+)@(\d+)$/.exec(detector)
  return found?.[1] ? { id: found[1], version: Number(found[2]) } : undefined
}
/** What is wrong by a rule that names no failure mode: of its own, so that two rules are two findings. */
export const modeOfRule = ({ id, failureMode }: Pick<Rule, 'id' | 'failureMode'>): string => failureMode ?? `rule-${id}`

/** One appliance as far as scopes ask. */
export interface ScopedAppliance {
  readonly appliance: string
  readonly kind: string
  readonly model: string
  readonly firmware: string
  readonly region: string
}
/** Pure. */
export function isInScope({ scope }: Pick<RuleBody, 'scope'>, one: ScopedAppliance): boolean {
  const { kind, models, firmware, regions, appliances } = scope
  return (
    kind === one.kind &&
    (models.length === 0 || models.includes(one.model)) &&
    (firmware.length === 0 || firmware.includes(one.firmware)) &&
    (regions.length === 0 || regions.includes(one.region)) &&
    (appliances.length === 0 || appliances.includes(one.appliance))
  )
}

/** A time at which it would have spoken. */
const firing = z.object({
  appliance: z.string(),
  /** Since when it held, and when it spoke. */
  since: z.number(),
  at: z.number(),
  /** What the first value was then; null where it is no value. */
  observed: z.number().nullable(),
  /** Another alert stood then, or came within a day. */
  covered: z.boolean(),
})
export type RuleFiring = z.infer<typeof firing>

/** What it would have done, over what is stored. */
export const rulePreviewSchema = z.object({
  from: z.number(),
  to: z.number(),
  /** In its scope, and those of them that it would have spoken of. */
  appliances: z.number(),
  fired: z.number(),
  firings: z.number(),
  covered: z.number(),
  /** What a visit for each that no alert covers costs; 0 for what sends nobody. */
  costCents: z.number(),
  /** Readings (or rows) that were looked at one by one, and how long it took. */
  rows: z.number(),
  tookMs: z.number(),
  /** The newest first, at most 200. */
  examples: z.array(firing).readonly(),
})
export type RulePreview = z.infer<typeof rulePreviewSchema>
