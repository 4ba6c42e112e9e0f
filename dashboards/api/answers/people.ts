import { z } from 'zod'
import { standingChanges, taskTypes } from '../../../service/index.ts'
import { at, done, items, language, list, oneOrMany, owner, page, place, range, text, timeZone } from './shared.ts'
import { grab, kitLine, ticketState } from './tickets.ts'

const grade = z.enum(['A+', 'A', 'B', 'C', 'D'])
export const engineer = z
  .object({
    id: z.string(),
    name: z.string(),
    location: place,
    grade,
    skills: list(z.string()),
    depot: z.string().optional(),
    outlet: z.string().optional(),
    hiredAt: at.optional(),
    certificates: list(z.object({ name: z.string(), validFrom: at.optional(), validUntil: at.optional() })).optional(),
    shift: range.optional(),
    daysOff: list(z.object({ from: at, to: at })).optional(),
    retraining: list(z.object({ failureMode: z.string(), since: at, passedAt: at.optional() })).optional(),
  })
  .meta({ id: 'Engineer' })
const engineerNow = engineer
  .extend({
    openJobs: z.number(),
    stars: z.number().optional(),
    ratings: z.number().optional(),
    /** The grade that was given, where another one holds now, and why. */
    givenGrade: grade.optional(),
    gradeBecause: text.optional(),
    /** Why they get no job. */
    isolated: z.string().optional(),
    /** Of the outlet that they belong to, 1 to 5. */
    outletScore: z.number().optional(),
  })
  .meta({ id: 'EngineerNow' })
const recorded = list(z.object({ at, by: z.string(), what: z.enum(standingChanges), why: z.string() }))

export const depot = z
  .object({
    id: z.string(),
    type: z.enum(['depot', 'outlet', 'van']),
    location: place,
    /** `reserved`: of that, what is promised to tickets. */
    stock: list(z.object({ part: z.string(), quantity: z.number(), reserved: z.number().optional() })),
  })
  .meta({ id: 'Depot' })

/** Whom a task is about, and how they are reached. */
const about = z.object({ number: z.string(), state: ticketState, appliance: z.string(), owner: owner.optional() })
const task = z
  .object({
    id: z.string(),
    type: z.enum(taskTypes),
    desk: z.string(),
    openedAt: at,
    dueAt: at,
    doneAt: at.optional(),
    ticket: z.string().optional(),
    engineer: z.string().optional(),
    text,
    outcome: z.string().optional(),
    doneBy: z.string().optional(),
  })
  .meta({ id: 'Task' })

const notice = z
  .object({
    key: z.string(),
    to: z.union([
      z.object({ role: z.literal('desk') }),
      z.object({
        role: z.literal('owner'),
        name: z.string().optional(),
        contact: z.string().optional(),
        phone: z.string().optional(),
        wechat: z.string().optional(),
        region: z.string().optional(),
        language,
      }),
      z.object({
        role: z.literal('staff'),
        id: z.string(),
        name: z.string(),
        contact: z.string(),
        phone: z.string().optional(),
        wechat: z.string().optional(),
        region: z.string().optional(),
        language,
      }),
    ]),
    title: text,
    body: text,
    at,
    pushFrom: at.optional(),
    appliance: z.string().optional(),
    ticket: z.string().optional(),
    alert: z.string().optional(),
    link: z.string().optional(),
    ownersPage: z.string().optional(),
    quotes: z.literal(true).optional(),
    readAt: at.optional(),
  })
  .meta({ id: 'Notice' })

/** `cents` may be less than nothing: stars that take away, and what a person put right. */
const earnings = z
  .object({
    from: at,
    to: at,
    cents: z.number(),
    currency: z.string(),
    lines: list(z.object({ at, cents: z.number(), ticket: z.string().optional(), text })),
  })
  .meta({ id: 'Earnings' })

/** A job as an engineer's phone shows it; `next` is the one step that is to be done now. */
const job = z.object({
  id: z.string(),
  number: z.string(),
  appliance: z.string(),
  kind: z.string(),
  failureMode: z.string().optional(),
  state: ticketState,
  slot: z.object({ from: at, to: at }).optional(),
  timeZone,
  minutes: z.number(),
  kit: list(kitLine),
  diagnosis: text,
  startsAt: at.optional(),
  next: z.enum(['contact', 'start', 'leave', 'close']).optional(),
  location: place.optional(),
  km: z.number().optional(),
})

export const peopleAnswers = {
  'GET /api/engineers': page(engineerNow),
  'POST /api/engineers': oneOrMany(engineer),
  'GET /api/engineers/:id/standing': z.object({
    engineer: engineerNow.optional(),
    formula: z.string(),
    items: recorded,
  }),
  'GET /api/engineers/:id/earnings': earnings,
  'POST /api/engineers/:id/earnings': earnings,
  'POST /api/engineers/:id/isolate': engineerNow,
  'POST /api/engineers/:id/lift': engineerNow,
  'POST /api/engineers/:id/retraining': engineerNow,
  'POST /api/engineers/:id/retraining/pass': engineerNow,
  'PUT /api/appliances/:id/engineer': z.object({ appliance: z.string(), engineer: z.string().nullable() }),
  'GET /api/depots': page(depot),
  'POST /api/depots': oneOrMany(depot),
  'GET /api/tasks': items(task.extend({ about: about.optional() })),
  'POST /api/tasks/done': task,
  'GET /api/inbox': page(notice),
  'POST /api/inbox/read': z.object({ read: z.number() }),
  'POST /api/push/subscriptions': done,
  'DELETE /api/push/subscriptions': z.object({ removed: z.number() }),
  'GET /api/my': z.object({
    engineer: engineerNow,
    now: at,
    km: z.number(),
    jobs: list(
      job.extend({
        /** Pictures that its owner, or a visit, has sent. */
        photos: list(z.string()),
        /** What was found on this appliance before, the newest first. */
        before: list(
          z.object({
            number: z.string(),
            state: ticketState,
            createdAt: at,
            cause: z.string().optional(),
            parts: list(z.string()).optional(),
          }),
        ),
      }),
    ),
    /** What lies in the engineer's own van. */
    van: z
      .object({
        id: z.string(),
        stock: list(z.object({ part: z.string(), quantity: z.number(), reserved: z.number().optional() })),
      })
      .optional(),
    open: list(job.extend({ reasons: list(z.string()) })),
    grabs: list(grab),
    record: recorded,
  }),
}
