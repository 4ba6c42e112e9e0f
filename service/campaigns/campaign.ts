import { z } from 'zod'
import { idSchema, instantSchema, languages, ownerWays, say, textOf } from '../../core/index.ts'
import { purposes } from '../privacy/consents.ts'

const text = textOf(z.string().trim().min(1).max(1_000))
const some = (one: z.ZodType<string>) => z.array(one).max(1_000).default([])

/** How often it may speak of one appliance: ever, once a calendar year, once a season of it, or on the day it was installed. */
export const campaignSeasons = ['once', 'year', 'season', 'birthday'] as const
/** Its purpose is what owners agreed to or not; research is no message. */
export const campaignPurposes = purposes.filter((purpose) => purpose !== 'quality-research')
const bound = z.number().min(0).max(1_000)

/** Which appliances: all that is given must hold. */
const segment = z.object({
  kinds: some(z.string().min(1).max(64)),
  models: some(z.string().min(1).max(128)),
  /** Areas, a degree of latitude and longitude: `52,13`. */
  regions: some(z.string().regex(/^-?\d{1,2},-?\d{1,3}$/, 'must be an area like 52,13')),
  /** Which customers, as the policy names them (`vip`). */
  customers: some(z.string().min(1).max(40)),
  leastAgeYears: bound.optional(),
  mostAgeYears: bound.optional(),
  leastHealth: z.number().min(0).max(100).optional(),
  mostHealth: z.number().min(0).max(100).optional(),
  /** Months of the year, 1 to 12. */
  months: z.array(z.number().int().min(1).max(12)).max(12).default([]),
})
/**
 * What its own data must show: the mean of a feature of its days, so many times what is usual of its model (the median of at
 * least five others). Both are shown where the text says `{own}` and `{usual}`.
 */
const tip = z.object({
  feature: z.string().min(1).max(64),
  days: z.number().int().min(3).max(366).default(28),
  times: z.number().min(0.1).max(100),
})

export const campaignSchema = z
  .object({
    name: text,
    purpose: z.enum(campaignPurposes as [string, ...string[]]),
    segment,
    tip: tip.optional(),
    season: z.enum(campaignSeasons),
    title: text,
    body: text,
    /** By these ways alone; empty: by those of the policy. */
    ways: z.array(z.enum(ownerWays)).max(ownerWays.length).default([]),
    /** So large a share of the people is told nothing, so that what it does can be seen. */
    controlShare: z.number().min(0).max(0.5).default(0.1),
    from: instantSchema.optional(),
    to: instantSchema.optional(),
  })
  .refine(
    ({ tip, body }) =>
      !tip || languages.every((one) => say(body, one).includes('{own}') && say(body, one).includes('{usual}')),
    {
      message: 'a tip shows its data: its text needs {own} and {usual}',
      path: ['body'],
    },
  )
export type Campaign = z.infer<typeof campaignSchema>
export const campaignIdSchema = idSchema

export const campaignStates = ['draft', 'running', 'paused', 'ended'] as const
export type CampaignState = (typeof campaignStates)[number]
export const campaignMoves = ['start', 'pause', 'end'] as const
export type CampaignMove = (typeof campaignMoves)[number]

/** Every state answers every move; the same state means: refused. */
export const nextCampaignState: Record<CampaignState, Record<CampaignMove, CampaignState>> = {
  draft: { start: 'running', pause: 'draft', end: 'ended' },
  running: { start: 'running', pause: 'paused', end: 'ended' },
  paused: { start: 'running', pause: 'paused', end: 'ended' },
  ended: { start: 'ended', pause: 'ended', end: 'ended' },
}
