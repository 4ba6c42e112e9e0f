import { z } from 'zod'
import { at, cut, text } from '../shared.ts'

export const careAnswers = {
  'GET /api/care': cut(
    z
      .object({
        appliance: z.string(),
        /** Which plan of the policy (and how it is counted), or which contract. */
        plan: z.string(),
        /** The how-many-eth time. */
        number: z.number(),
        at,
        dueAt: at.optional(),
        what: z.enum(['reminded', 'guide', 'visit', 'needless']),
        counted: z.number(),
        ticket: z.string().optional(),
        text,
      })
      .meta({ id: 'CareDue' }),
  ),
}
