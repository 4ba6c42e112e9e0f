import { z } from 'zod'
import { ruleBodySchema, rulePreviewSchema, ruleStates } from '../../../../core/index.ts'
import { at, items, list, text } from '../shared.ts'

const preview = rulePreviewSchema.meta({ id: 'RulePreview' })
const rule = z
  .object({
    id: z.string(),
    state: z.enum(ruleStates),
    version: z.number(),
    armed: z.number().nullable(),
    owner: z.string(),
    changedAt: at,
    rule: ruleBodySchema,
    preview: preview.nullable(),
    steps: list(
      z.object({
        at,
        by: z.string(),
        what: z.enum(['write', 'arm', 'pause', 'withdraw']),
        version: z.number(),
        why: z.string(),
      }),
    ),
    /** Alerts that it opened, of those that stand, and what became of its tickets. */
    record: z.object({
      opened: z.number(),
      standing: z.number(),
      confirmed: z.number(),
      otherCause: z.number(),
      refuted: z.number(),
      undecided: z.number(),
    }),
  })
  .meta({ id: 'WrittenRule' })

export const ruleAnswers = {
  'GET /api/rules': items(rule),
  'GET /api/rules/words': z.object({
    features: list(z.object({ name: z.string(), unit: z.string(), text })),
    cycles: list(z.object({ name: z.string(), text })),
  }),
  'GET /api/rules/:id': rule,
  'PUT /api/rules/:id': rule,
  'POST /api/rules/:id/preview': preview,
  'POST /api/rules/:id/:move': rule,
}
