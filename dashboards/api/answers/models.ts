import { z } from 'zod'
import { at, done, items, list } from './shared.ts'

/** What a version has shown: of what it opened, what people found. */
const heard = {
  right: z.number(),
  wrong: z.number(),
  found: z.number(),
  known: z.number(),
  falsePerApplianceYear: z.number(),
}
const record = z.object({
  ...heard,
  opened: z.number(),
  undecided: z.number(),
  /** By what the simulator knows; absent in the real world. */
  truth: z.object(heard).optional(),
})
/** What is not known of a figure is null. */
const figure = z.number().nullable()
const by = z.enum(['verdicts', 'truth'])
const against = z.discriminatedUnion('reason', [
  z.object({ reason: z.literal('seen-too-little'), candidate: figure, least: figure }),
  z.object({ reason: z.literal('more-false'), by, candidate: figure, inForce: figure }),
  z.object({ reason: z.literal('finds-less'), by, candidate: figure, inForce: figure, known: z.number() }),
  z.object({ reason: z.literal('too-many-unjudged'), candidate: figure, inForce: figure }),
  z.object({
    reason: z.literal('held-out'),
    family: z.string(),
    figure: z.enum(['recall', 'falsePerYear', 'diagnosis', 'leadShareMedian']),
    candidate: figure,
    inForce: figure,
  }),
])
const comparison = z.object({
  from: at,
  to: at,
  applianceDays: z.number(),
  inForce: record,
  candidate: record,
  against: list(against),
})
const knownSet = z.object({
  set: z.string(),
  source: z.string(),
  kinds: list(
    z.object({
      kind: z.string(),
      version: z.string(),
      seeds: list(z.number()),
      appliances: z.number(),
      days: z.number(),
      /** Figures on held-out fleets, by family, as its sidecar notes them. */
      heldOut: z.unknown().optional(),
      hash: z.string(),
    }),
  ),
})
const swap = z.object({
  id: z.string(),
  action: z.enum(['first', 'promote', 'rollback', 'adopt', 'fallback']),
  fromSet: z.string(),
  toSet: z.string(),
  askedAt: at,
  by: z.string(),
  why: z.string(),
  offset: z.number().nullable(),
  at: at.nullable(),
  refused: z.string().nullable(),
})

export const modelAnswers = {
  'GET /api/models': z.object({
    inForce: knownSet.extend({ since: at.nullable(), offset: z.number().nullable() }),
    candidate: knownSet
      .extend({
        offeredAt: at,
        spans: list(
          z.object({ beganAt: at, upTo: at, applianceDays: z.number(), endedBecause: z.string().nullable() }),
        ),
      })
      .nullable(),
    former: knownSet.nullable(),
    pending: swap.nullable(),
    comparison: comparison.nullable(),
    history: list(swap.extend({ figures: comparison.nullable() })),
    shadow: z
      .object({
        set: z.string().optional(),
        state: z.enum(['waiting', 'running', 'resting']),
        because: z.string().optional(),
      })
      .nullable(),
    drift: list(
      z.object({
        kind: z.string(),
        reference: z.enum(['training', 'first-weeks']),
        since: at.nullable(),
        state: z.enum(['learning', 'steady', 'shifting', 'drifted']),
        beyond: z.object({ share: z.number(), reference: z.number(), rows: z.number() }).nullable(),
        inputs: list(z.object({ name: z.string(), psi: z.number(), rows: z.number() })),
      }),
    ),
  }),
  'GET /api/models/alerts': items(
    z.object({
      appliance: z.string(),
      kind: z.string(),
      failureMode: z.string(),
      openedAt: at,
      endedAt: at.nullable(),
      /** The alert of the version in force that speaks of the same fault. */
      inForce: z.object({ alert: z.string(), openedAt: at }).optional(),
    }),
  ),
  'POST /api/models/candidate': z.object({ set: z.string() }),
  'DELETE /api/models/candidate': done,
  'POST /api/models/promote': z.object({ swap: z.string() }),
  'POST /api/models/rollback': z.object({ swap: z.string() }),
}
