import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { campaignSchema } from './campaign.ts'

/** What a campaign may begin with. Nothing of it is sent before somebody starts it. */
export const campaignTemplates = z
  .array(z.object({ id: z.string(), campaign: campaignSchema }))
  .parse(JSON.parse(readFileSync(new URL('./templates.json', import.meta.url), 'utf8')))
