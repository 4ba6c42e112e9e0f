import { z } from 'zod'
import { campaignSchema, campaignStates } from '../../../../service/index.ts'
import { at, items, text } from '../shared.ts'

const group = z.object({
  appliances: z.number(),
  booked: z.number(),
  faults: z.number(),
  complaints: z.number(),
})
const campaign = z
  .object({
    id: z.string(),
    state: z.enum(campaignStates),
    by: z.string(),
    changedAt: at,
    campaign: campaignSchema,
    /** What was within 90 days, of those who were told and of those who were not. */
    figures: z.object({ told: group, control: group }),
  })
  .meta({ id: 'Campaign' })

export const campaignAnswers = {
  'GET /api/campaigns': items(campaign),
  'GET /api/campaigns/templates': items(z.object({ id: z.string(), campaign: campaignSchema })),
  'GET /api/campaigns/:id': campaign,
  'PUT /api/campaigns/:id': campaign,
  'POST /api/campaigns/:id/preview': z.object({
    appliances: z.number(),
    told: z.number(),
    control: z.number(),
    noConsent: z.number(),
    cap: z.number(),
    example: z.object({ appliance: z.string(), body: text }).optional(),
  }),
  'POST /api/campaigns/:id/:move': campaign,
}
