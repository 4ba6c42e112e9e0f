import { readFileSync } from 'node:fs'
import { z } from 'zod'

const byPriority = z.record(z.enum(['1', '2', '3', '4']), z.number().positive())
const grade = z.enum(['A+', 'A', 'B', 'C', 'D'])

/** Every rule that a person may want to change. Hours unless the name says otherwise; money in cents. */
const policySchema = z.object({
  firstResponseHours: z.number().positive(),
  ownerAnswerHours: byPriority,
  onSiteHours: z.number().positive(),
  visitHours: z.number().positive(),
  callBackHours: z.number().positive(),
  preferredRadiusKm: z.number().positive(),
  largestRadiusKm: z.number().positive(),
  travelKmPerHour: z.number().positive(),
  /** Visits that begin sooner are planned at once; later ones wait for the plan of their day. */
  planAheadHours: z.number().positive(),
  /** A day is planned anew this often, when something of it is not planned. */
  planEveryMinutes: z.number().positive(),
  /** Hours of an engineer's local day. */
  shiftHours: z.tuple([z.number(), z.number()]),
  /** A minute late, in minutes of travel. */
  lateWeights: byPriority,
  /** To leave a job out of its day, in minutes of travel. */
  leaveOutMinutes: z.number().positive(),
  /** A grab of an open job waits this long for better ones. */
  grabSeconds: z.number().positive(),
  /** Delivery of parts by level, the nearest first. */
  partLevels: z.array(z.object({ withinKm: z.number().positive().optional(), hours: z.number().positive() })).min(1),
  purchaseHours: z.number().positive(),
  /** The times offered begin when a part of at least this probability can be there. */
  partWaitProbability: z.number().min(0).max(1),
  /** The times offered spread over this many days. */
  slotSpreadDays: byPriority,
  /** A finding at a home joins a visit that is booked there within this many days. */
  mergeWithinDays: z.number().positive(),
  gradeForDifficulty: z.record(z.enum(['1', '2', '3', '4']), grade),
  /** A part goes into the kit from this probability on. */
  kitProbability: z.number().min(0).max(1),
  /** What each disadvantage of a candidate costs, in kilometres. */
  weights: z.object({
    kilometre: z.number(),
    openJob: z.number(),
    missingPart: z.number(),
    beyondPreferredRadius: z.number(),
  }),
  /** Hours of the appliance's local day. */
  slotHours: z.array(z.tuple([z.number(), z.number()])).min(1),
  slotsOffered: z.number().int().positive(),
  slotLeadHours: byPriority,
  callOutCents: z.number().int(),
  labourCentsPerHour: z.number().int(),
  warrantyYears: z.number(),
  cost: z.object({
    failureCents: z.number().int(),
    plannedVisitCents: z.number().int(),
    needlessVisitCents: z.number().int(),
  }),
  /** Median remaining life below which a ticket has at least this priority. */
  priorityHours: z.record(z.enum(['1', '2', '3']), z.number()),
})
export type Policy = z.infer<typeof policySchema>

/** The policy as shipped. */
export const readPolicy = (): Policy =>
  policySchema.parse(JSON.parse(readFileSync(new URL('./policy.json', import.meta.url), 'utf8')))
