import { z } from 'zod'
import {
  alertStages,
  alertStates,
  cohortKeys,
  evidenceScales,
  markVerdicts,
  ticketStates,
  verdicts,
} from '../../../core/index.ts'
import { at, cents, cut, items, list, page, range, text } from './shared.ts'

export const hypothesis = z.object({ failureMode: z.string(), probability: z.number() }).meta({ id: 'Hypothesis' })
/** Hours; `p90` is null where the upper end cannot be known. */
const remainingLife = z
  .object({ p10: z.number(), p50: z.number(), p90: z.number().nullable() })
  .meta({ id: 'RemainingLife' })
export const evidence = z
  .object({
    feature: z.string(),
    metric: z.string().optional(),
    observed: z.number(),
    expected: range,
    unit: z.string(),
    from: at,
    to: at,
    share: z.number(),
    /** How it was seen: absent on what earlier programs said. */
    scale: z.enum(evidenceScales).optional(),
  })
  .meta({ id: 'Evidence' })

/** What a proof looked at: nothing was expected of what had no band. */
export const proof = evidence.extend({
  observed: z.number().nullable(),
  expected: z.tuple([z.number().nullable(), z.number().nullable()]).readonly(),
})

const severity = z.enum(['info', 'warning', 'critical'])
export const alert = z
  .object({
    id: z.string(),
    appliance: z.string(),
    kind: z.string(),
    failureMode: z.string(),
    hypotheses: list(hypothesis),
    severity,
    state: z.enum(alertStates),
    confidence: z.number(),
    firstSeenAt: at,
    openedAt: at.optional(),
    clearedAt: at.optional(),
    closedAt: at.optional(),
    snoozedUntil: at.optional(),
    acknowledgedBy: z.string().optional(),
    assignedTo: z.string().optional(),
    notes: list(z.object({ by: z.string(), text: z.string(), at })).optional(),
    /** What became of its ticket, in lists. */
    fate: z.object({ number: z.string(), state: z.enum(ticketStates) }).optional(),
    dismissed: z.object({ by: z.string(), why: z.string(), at }).optional(),
    marked: z.object({ by: z.string(), why: z.string(), at, verdict: z.enum(markVerdicts) }).optional(),
    /** Marks for which it stays pending. */
    heldBack: list(z.string()).optional(),
    downgraded: z.object({ by: z.string(), why: z.string(), at, from: severity }).optional(),
    /** Absent once it has failed, and while a repair is proved. */
    remainingLife: remainingLife.optional(),
    /** How far it has come: suspected, warns, failed, proving (repaired), over. */
    stage: z.enum(alertStages),
    failedAt: at.optional(),
    repairedAt: at.optional(),
    /** Cycles or days that its own signal has shown since the repair, of those that prove it. */
    proving: z.object({ done: z.number(), of: z.number() }).optional(),
    evidence: list(evidence),
    explanation: z.object({ engineer: text, owner: text }),
    ticket: z.string().optional(),
    cohort: z.string().optional(),
    heldUntil: at.optional(),
    /** What was said at its opening: it never changes. */
    opened: z
      .object({
        at,
        failureMode: z.string(),
        hypotheses: list(hypothesis),
        remainingLife: remainingLife.optional(),
        /** The one record of what fired, as its chart draws it. */
        fired: evidence.optional(),
      })
      .optional(),
    detector: z.string(),
    updatedAt: at,
  })
  .meta({ id: 'Alert' })

/** What a visit is expected to cost and save, and by when it costs least. */
export const weighed = z
  .object({
    act: z.boolean(),
    urgent: z.boolean(),
    withinHours: z.number(),
    real: z.number(),
    cause: z.number(),
    failsWithin: z.number(),
    failsLater: z.number(),
    cents: z.object({ soonest: cents, planned: cents, later: cents, never: cents }),
  })
  .meta({ id: 'Weighed' })

export const verification = z.enum(['pending', 'passed', 'failed', 'no-data'])
export const verdict = z.enum(verdicts)
export const similarCase = z
  .object({
    ticket: z.string(),
    number: z.string(),
    appliance: z.string(),
    model: z.string(),
    closedAt: at,
    failureMode: z.string().optional(),
    found: z.object({ cause: z.string(), verdict: verdict.optional(), parts: list(z.string()) }),
    visits: z.number(),
    verification: verification.optional(),
    similarity: z.number(),
    apart: z.object({ hypotheses: z.number(), evidence: z.number(), model: z.number() }),
  })
  .meta({ id: 'SimilarCase' })

const cohortNotice = z
  .object({
    id: z.string(),
    cause: z.enum(['outage', 'weather', 'campaign']),
    by: z.enum(cohortKeys),
    cohort: z.string(),
    kind: z.string().optional(),
    failureMode: z.string(),
    state: z.enum(['open', 'closed']),
    openedAt: at,
    lastAt: at,
    closedAt: at.optional(),
    joined: z.number(),
    standing: z.number(),
    size: z.number(),
    expected: z.number(),
    falsePerYear: z.number(),
    holdUntil: at.optional(),
    toldOf: z.number(),
  })
  .meta({ id: 'CohortNotice' })

/** What somebody said of an alert without a visit. */
const mark = z
  .object({
    id: z.string(),
    appliance: z.string(),
    alert: z.string(),
    failureMode: z.string(),
    severity,
    verdict: z.enum(markVerdicts),
    /** The ticket of the visit that found nothing: it counts as two. */
    visit: z.string().optional(),
    by: z.string(),
    why: z.string(),
    at,
    rows: list(
      z.object({
        feature: z.string(),
        side: z.enum(['high', 'low', 'inside']),
        deviation: z.number(),
        share: z.number(),
      }),
    ),
    undone: z.object({ by: z.string(), at }).optional(),
    /** Ids of alerts that it holds back now. */
    holds: list(z.string()),
  })
  .meta({ id: 'Mark' })

export const alertAnswers = {
  'GET /api/alerts': page(alert),
  'GET /api/alerts/:id': alert.extend({ weighed: weighed.optional(), similar: list(similarCase) }),
  /** Names of those who may look after one. */
  'GET /api/alerts/handlers': items(z.string()),
  'POST /api/alerts/:id/notes': alert,
  'GET /api/cohorts': page(cohortNotice),
  'GET /api/cohorts/:id': cohortNotice,
  'POST /api/alerts/:id/acknowledge': alert,
  'POST /api/alerts/:id/snooze': alert,
  'POST /api/alerts/:id/dismiss': alert,
  'POST /api/alerts/:id/mark': alert,
  'POST /api/alerts/:id/downgrade': alert,
  'GET /api/marks': cut(mark),
  'POST /api/marks/:id/undo': items(alert),
}
