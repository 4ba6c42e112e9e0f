import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { isTimeZone, locationSchema, ownerWays, recordOf, textOf } from '../../core/index.ts'
import { escalationCauses } from '../escalation/causes.ts'
import { carePlansRule, inspectionsRule } from './careRules.ts'
import { keptDaysSchema } from './keptDays.ts'

const byPriority = recordOf(z.enum(['1', '2', '3', '4']), z.number().positive())
const grade = z.enum(['A+', 'A', 'B', 'C', 'D'])

const text = textOf(z.string().min(1).max(500))
const slug = z.string().regex(/^[a-z0-9+-]{1,40}$/)
/** Certificates have names of their own: `exam-A+`. */
const slugLoose = z.string().regex(/^[A-Za-z0-9+-]{1,40}$/)
const tariffLine = z.enum(['call-out', 'labour', 'part'])
const jobType = z.enum(['repair', 'installation', 'inspection', 'safety'])
const checklist = z
  .array(z.object({ code: slug, text, mandatory: z.boolean(), evidence: z.enum(['photo', 'scan']).optional() }))
  .min(6)
/** What a project must have on record before its ticket goes on. */
export const projectSteps = ['plan-review', 'hidden-work', 'acceptance'] as const

const date = z.string().refine((text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)), {
  message: 'must be a day like 2026-12-24',
})

/** Of a sum of money. */
const percent = z.number().int().min(0).max(300)

/** Every rule that a person may want to change. Hours unless the name says otherwise; money in cents. */
export const policySchema = z.object({
  /** Whom owners deal with, and where they call. */
  firm: z.object({ name: z.string().min(1).max(100), phone: z.string().max(40) }),
  /** What a kilowatt-hour costs an owner, in the currency of these rules. */
  energyCentsPerKwh: z.number().min(0),
  /** Raw readings are kept so long; what tickets pin, and summaries by hour and cycle, stay. */
  rawReadingsDays: z.number().min(2).max(3_650),
  keptDays: keptDaysSchema,
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
  /** Of whoever has no place and no zone of their own, by IANA name; null: the machine's. */
  timeZone: z
    .string()
    .max(64)
    .refine(isTimeZone, 'must be a time zone by its IANA name, like Europe/Berlin')
    .nullable(),
  /** Days of the week on which visits are made, 1 (Monday) to 7. */
  workdays: z.array(z.number().int().min(1).max(7)).min(1),
  /**
   * Public holidays are of the country in which something stands, or of one that is named here (`CN`); days off, and days
   * that are worked all the same, may be added.
   */
  holidays: z.object({
    region: z
      .string()
      .regex(/^[A-Z]{2}$/)
      .nullable(),
    daysOff: z.array(date).max(1_000),
    extraWorkdays: z.array(date).max(1_000),
  }),
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
  gradeForDifficulty: recordOf(z.enum(['1', '2', '3', '4']), grade),
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
  /** Nobody is there sooner than this, however urgent it is. */
  slotLeastLeadMinutes: z.number().positive(),
  /** An owner may choose a time so many days ahead. */
  slotAheadDays: z.number().positive().max(366),
  /** Of every amount under these rules: ISO 4217. */
  currency: z.string().regex(/^[A-Z]{3}$/),
  /** What a price of the catalog, in euro, is in this currency. */
  priceFactor: z.number().positive(),
  /** Tax that is within every price, %. */
  taxPercent: z.number().min(0).max(100),
  callOutCents: z.number().int(),
  labourCentsPerHour: z.number().int(),
  warrantyYears: z.number(),
  cost: z.object({
    failureCents: z.number().int(),
    plannedVisitCents: z.number().int(),
    needlessVisitCents: z.number().int(),
  }),
  /** What time does to a decision to send somebody. */
  acting: z.object({
    /** A day without the appliance, to its owner. */
    downtimeCentsPerDay: z.number().int().min(0),
    /** What a visit costs less when it can wait for others near it, and how soon such come. */
    groupedSavingCents: z.number().int().min(0),
    groupedWithinDays: z.number().positive(),
    /** A false finding goes by itself within so many days, on average. */
    falseStaysDays: z.number().positive(),
    /** No foreseen visit is planned later than this. */
    latestDays: z.number().min(1),
    /** What can wait until morning disturbs nobody between these hours of the local day: from, to. */
    quietHours: z.tuple([z.number().min(0).max(24), z.number().min(0).max(24)]),
  }),
  /** Median remaining life below which a ticket has at least this priority. */
  priorityHours: recordOf(z.enum(['1', '2', '3']), z.number()),

  /** Before a visit is offered an appliance that can is told to show what is wrong with it. */
  activeTests: z.object({
    isOn: z.boolean(),
    /** So long its answer is waited for, and then the visit is offered without. */
    waitMinutes: z.number().positive().max(1_440),
    /** Where a test says that no visit pays now, it is looked at again after so many hours. */
    moreEvidenceHours: z.number().positive().max(720),
  }),

  /** Before a visit is offered its owner is asked what they see and hear, where an answer may spare it. */
  ownerCheck: z.object({
    isOn: z.boolean(),
    /** So long an answer is waited for; a visit that is due sooner is offered at once. */
    waitHours: z.number().positive().max(168),
  }),

  /** Ways by which an owner is told, in the order in which they are tried: the next when one fails. */
  ownerWays: z.array(z.enum(ownerWays)).min(1).max(ownerWays.length),
  /** What its carrier took, and says nothing of for so long, has not arrived: the next way is tried. */
  receiptMinutes: recordOf(z.enum(ownerWays), z.number().positive().max(1_440)),

  /** Who is called while nobody acts: each step so long after it began to stand, to whoever's turn it is in a rota. */
  escalations: recordOf(
    z.enum(escalationCauses),
    z.array(z.object({ afterMinutes: z.number().min(0).max(10_080), to: slug })).max(10),
  ),

  /** Who customers are; a rule may have a row of its own for each (`segment:vip`). */
  segments: z.array(z.object({ id: slug, text })).min(1),
  /** Where they are; the first that holds a place is its zone (`zone:van`). */
  zones: z.array(z.object({ id: slug, text, around: locationSchema, withinKm: z.number().positive() })).max(1_000),
  /** To agree on a time with the owner, once somebody is assigned; then it escalates, and after the second it is reassigned. */
  contactHours: byPriority,
  secondContactHours: byPriority,
  /** The work alone; `visitHours` is the whole visit. */
  repairHours: z.number().positive(),
  installationHours: z.number().positive(),
  /** The same fault within so many days is a recall: free of charge. */
  recallDays: z.number().positive(),
  /** From this many recalls on the owner may have the appliance swapped. */
  swapAfterRecalls: z.number().int().positive(),
  /** A fault that is reported again within so many days says that its guide failed. */
  guideFailedDays: z.number().positive(),
  /** An owner may rate for so long. */
  ratingHours: z.number().positive(),
  /** A rating of so many stars or fewer isolates the engineer at once. */
  isolateAtStars: z.number().int().min(0).max(4),
  /** The supervisor calls a dissatisfied owner within this time. */
  supervisorHours: z.number().positive(),
  compensation: text,
  /** For a visit rated five stars. */
  bonusCents: z.number().int(),
  /**
   * What a closed job earns the engineer: a sum for the visit and one for each grade of difficulty above the first; in per
   * cent of it what the owner's stars make of it, from one star to five; and of a repair of their own that did not last.
   */
  earnings: z.object({
    visitCents: z.number().int().min(0),
    difficultyCents: z.number().int().min(0),
    starsPercent: z.tuple([percent, percent, percent, percent, percent]),
    recallPercent: percent,
  }),
  /** What a grade asks for; certificates must be valid on the day. */
  gradeRules: recordOf(
    z.enum(['A+', 'A', 'B', 'C']),
    z.object({ years: z.number().min(0), certificates: z.array(slugLoose).max(10) }),
  ),
  /** Star level = (prior × weight + sum of stars) ÷ (weight + number of ratings) of the last days. */
  stars: z.object({ prior: z.number().min(1).max(5), weight: z.number().positive(), days: z.number().positive() }),
  /** What a star of an engineer's outlet above or below the prior is worth, in kilometres. */
  network: z.object({ outletStarKm: z.number().min(0).max(100) }),
  /**
   * Where callers are led and tickets wait: a queue of some segments, with the accounts of those who answer it; others are
   * chosen by their key of the telephone's menu. The first without segments takes every ticket of nobody in particular.
   */
  queues: z
    .array(
      z.object({
        id: slug,
        text,
        segments: z.array(slug).max(20).default([]),
        key: z
          .string()
          .regex(/^[0-9*#]$/)
          .optional(),
        agents: z.array(z.string().max(64)).max(200).default([]),
      }),
    )
    .min(1)
    .max(30),
  /** A grab that was lost since the last one that was won counts so many stars more, up to a bound: nobody starves. */
  grabChance: z.object({ starsPerLoss: z.number().min(0).max(5), most: z.number().min(0).max(5) }),
  /**
   * Membership of owners, off until somebody switches it on: what visits, ratings and tips earn, how long it lasts, what it
   * is good for, and from how many points ever earned on a tier holds, which is a segment of these rules.
   */
  members: z.object({
    isOn: z.boolean(),
    perVisit: z.number().int().min(0).max(100_000),
    perRating: z.number().int().min(0).max(100_000),
    perTip: z.number().int().min(0).max(100_000),
    likesForTip: z.number().int().min(1).max(1_000),
    expireDays: z.number().positive().max(3_660),
    rewards: z.array(z.object({ id: slug, text, points: z.number().int().positive() })).max(100),
    tiers: z.array(z.object({ id: slug, text, from: z.number().int().min(0), segment: slug })).max(10),
  }),
  /** What the owner's own engineer is worth, in kilometres. */
  boundBonusKm: z.number().min(0),
  plans: z.array(
    z.object({
      id: slug,
      text,
      yearCents: z.number().int().min(0),
      covers: z.array(tariffLine),
      accidents: z.boolean().optional(),
      clause: text,
      /** Somebody comes to look at it, so often. */
      inspections: inspectionsRule.optional(),
    }),
  ),
  /** Messages of campaigns: so many an owner within so many days, of all campaigns together. */
  outreach: z.object({ mostPerOwner: z.number().int().min(0).max(100), withinDays: z.number().min(1).max(366) }),
  /** What use and time make due: reminders, guides, inspections. */
  carePlans: carePlansRule,
  /** What the maker's own warranty pays. */
  warrantyCovers: z.array(tariffLine),
  /** A group is an emerging defect when so few days would not bring so many failures by chance. */
  emerging: z.object({
    days: z.number().positive(),
    fewest: z.number().int().positive(),
    surprise: z.number().positive().max(1),
  }),
  /**
   * What many appliances share makes one notice: from so many homes on, and when chance alone would open so few a year.
   * Each cause looks at so long a time, and never believes that findings are rarer than so many a year and appliance.
   */
  cohorts: z.object({
    fewestHomes: z.number().int().min(2),
    falsePerYear: z.number().positive(),
    outage: z.object({ windowHours: z.number().positive(), usualPerYear: z.number().positive() }),
    weather: z.object({
      windowHours: z.number().positive(),
      usualPerYear: z.number().positive(),
      /** Its findings ask for no ticket for so long, unless one goes clearly beyond the others. */
      holdHours: z.number().min(0),
    }),
    campaign: z.object({
      windowHours: z.number().positive(),
      usualPerYear: z.number().positive(),
      /** Of a firmware alone: what a batch breaks needs its visits. */
      holdHours: z.number().min(0),
    }),
    /** People are told once so much time has passed, so that they hear how many there are. */
    tellAfterMinutes: z.number().min(0),
    /** It ends when no more than this share of those that joined still stands. */
    endsAtShare: z.number().min(0).max(1),
  }),
  /** Shown beside what was reached; never asserted. */
  aims: recordOf(z.string(), z.number()),
  /** The visit's card, by type of job: one job right, and five things besides. */
  checklists: recordOf(jobType, checklist),
  /** Jobs that repair nothing: each with its time, skill, parts by kind, price in cents and card. No kind named: every kind. */
  jobTypes: z
    .array(
      z.object({
        id: slug,
        text,
        kinds: z.array(slug).max(100),
        minutes: z.number().int().positive().max(1_440),
        skill: slug,
        difficulty: z.number().int().min(1).max(4),
        kit: recordOf(slug, z.array(slug).max(20)),
        cents: z.number().int().min(0),
        checklist,
      }),
    )
    .max(100),
  /** What must be on record before a visit begins, ends and is closed. */
  projectSteps: z.array(z.enum(projectSteps)).max(projectSteps.length),
  /** Every part that was fitted must have been scanned on the card: the maker's own parts, and no others. */
  originalParts: z.boolean(),
  /** What a caller says, by kind, and which faults it speaks for. */
  symptoms: recordOf(
    z.string(),
    z.array(z.object({ id: slug, text, modes: recordOf(slug, z.number().min(0).max(1)) })).max(50),
  ),
  /** What an owner may try before somebody comes. */
  guides: z
    .array(z.object({ id: slug, kind: slug, modes: z.array(slug).min(1), title: text, steps: z.array(text).min(1) }))
    .max(500),
})
export type Policy = z.infer<typeof policySchema>
export type Rule = keyof Policy

export const isRule = (name: string): name is Rule => Object.hasOwn(policySchema.shape, name)

const shipped = (file: string): unknown => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'))

/** The policy as shipped: what a new world begins with. */
export const readPolicy = (): Policy =>
  policySchema.parse({
    ...(shipped('./policy.json') as object),
    checklists: shipped('./checklists.json'),
    symptoms: shipped('./symptoms.json'),
    guides: shipped('./guides.json'),
    carePlans: shipped('./carePlans.json'),
    jobTypes: shipped('./jobTypes.json'),
  })
