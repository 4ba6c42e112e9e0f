import { z } from 'zod'
import {
  type Alert,
  alertIdSchema,
  alertStates,
  anyText,
  evidenceSchema,
  hypothesisSchema,
  markVerdicts,
  type RemainingLife,
  ticketIdSchema,
} from '../core/index.ts'

// What alerts' columns hold. Loose: what an earlier or a later program wrote besides is kept as it is.

export const severity = z.enum(['info', 'warning', 'critical'])
const hypotheses = z.array(hypothesisSchema)
const remainingLife: z.ZodType<RemainingLife> = z.looseObject({
  p10: z.number(),
  p50: z.number(),
  p90: z.number().nullable(),
})
/** Who did something to it, why, when. */
const deed = { by: z.string(), why: z.string(), at: z.number() }

export const alertSchema: z.ZodType<Alert> = z.looseObject({
  id: alertIdSchema,
  appliance: z.string(),
  kind: z.string(),
  failureMode: z.string(),
  hypotheses,
  severity,
  state: z.enum(alertStates),
  confidence: z.number(),
  firstSeenAt: z.number(),
  openedAt: z.number().optional(),
  clearedAt: z.number().optional(),
  closedAt: z.number().optional(),
  snoozedUntil: z.number().optional(),
  acknowledgedBy: z.string().optional(),
  assignedTo: z.string().optional(),
  notes: z.array(z.looseObject({ by: z.string(), text: z.string(), at: z.number() })).optional(),
  dismissed: z.looseObject(deed).optional(),
  marked: z.looseObject({ ...deed, verdict: z.enum(markVerdicts) }).optional(),
  heldBack: z.array(z.string()).optional(),
  downgraded: z.looseObject({ ...deed, from: severity }).optional(),
  remainingLife: remainingLife.optional(),
  failedAt: z.number().optional(),
  repairedAt: z.number().optional(),
  evidence: z.array(evidenceSchema),
  explanation: z.looseObject({ engineer: anyText, owner: anyText }),
  ticket: ticketIdSchema.optional(),
  cohort: z.string().optional(),
  heldUntil: z.number().optional(),
  opened: z
    .looseObject({
      at: z.number(),
      failureMode: z.string(),
      hypotheses,
      remainingLife: remainingLife.optional(),
      fired: evidenceSchema.optional(),
    })
    .optional(),
  detector: z.string(),
  updatedAt: z.number(),
})
