import { z } from 'zod'
import { sliceKeys } from '../../../service/index.ts'
import { healthStatus, standing } from './appliances.ts'
import { at, cents, items, list, range, share } from './shared.ts'

const verdicts = { kind: z.string(), confirmed: z.number(), otherCause: z.number(), refuted: z.number() }
/** What is not known is null. */
const unknown = z.number().nullable()

const simulator = z.object({
  appliances: z.number(),
  speed: z.number(),
  paused: z.boolean(),
  now: at,
  /** It runs up to there, and pauses. */
  until: z.union([at, z.literal('next-event')]).optional(),
  /** The time-lapse of a new world, 0 to 1. */
  lapse: z.object({ from: at, to: at, progress: z.number() }).optional(),
  /** The world is not there yet. */
  opening: z.literal(true).optional(),
})
/** A fault as the simulator knows it. */
const fault = z
  .object({
    appliance: z.string(),
    failureMode: z.string(),
    onset: at,
    courseEndsAt: at,
    functionalFailureAt: at,
    failed: z.boolean().optional(),
    shape: z.string(),
    abrupt: z.boolean(),
    bend: z.number(),
    /** What a repair truly takes: any one of these parts, and so long. */
    needs: list(z.string()),
    repairMinutes: z.number(),
    strength: z.number(),
    severity: z.number(),
    repairedAt: at.optional(),
  })
  .meta({ id: 'SimulatedFault' })

export const fleetAnswers = {
  'GET /api/fleet': z.object({
    now: at,
    total: z.number(),
    counts: z.partialRecord(healthStatus, z.number()),
    openTickets: z.number(),
    oldestUnscoredMs: z.number(),
    readingsPerSecond: z.number(),
    /** Each appliance; of a large fleet, its models. */
    cells: list(z.object({ id: z.string(), kind: z.string(), model: z.string(), ...standing.shape })).optional(),
    groups: list(z.object({ kind: z.string(), model: z.string(), count: z.number(), affected: z.number() })).optional(),
  }),
  'GET /api/scoreboard': z.object({
    verdicts: z.object({
      precision: share,
      undecided: z.number(),
      falseTicketsPerApplianceYear: z.number(),
      applianceYears: z.number(),
      moneySavedCents: cents,
      byFailureMode: list(z.object({ ...verdicts, failureMode: z.string() })),
      reliability: list(z.object({ from: z.number(), to: z.number(), predicted: z.number(), confirmed: share })),
      lastWrong: list(
        z.object({
          ticket: z.string(),
          number: z.string(),
          appliance: z.string(),
          failureMode: z.string(),
          verdict: z.string(),
          at,
        }),
      ),
    }),
    /** By what the simulator knows; absent in the real world. */
    truth: z
      .object({
        recall: share,
        precision: share,
        medianLeadDays: unknown,
        medianLeadShare: unknown,
        falseAlarmsPerApplianceYear: z.number(),
      })
      .optional(),
    /** What alarms that read no data would reach. */
    baselines: list(z.object({ name: z.enum(['random', 'one-date', 'periodic']), precision: z.number() })),
  }),
  'GET /api/scoreboard/slices': z.object({
    by: z.enum(sliceKeys),
    items: list(
      z.object({
        ...verdicts,
        key: z.string(),
        dismissed: z.number(),
        undecided: z.number(),
        precision: share,
        applianceYears: unknown,
        falsePerApplianceYear: unknown,
        saidLifeDays: unknown,
        leadDays: unknown,
        savedCents: cents,
      }),
    ),
  }),
  'GET /api/trends': z.object({
    by: list(z.enum(['model', 'batch', 'firmware', 'month', 'failureMode', 'kind'])),
    items: list(
      z.object({
        /** The values of the keys asked for, in their order. */
        group: list(z.string()),
        failureMode: z.string(),
        confirmed: z.number(),
        open: z.number(),
        applianceYears: z.number(),
        /** Confirmed per 100 appliance-years, with a 95 % interval; null below 5 of them. */
        rate: unknown,
        interval: range.nullable(),
        tickets: list(z.string()),
      }),
    ),
  }),
  'GET /api/simulator': simulator,
  'PATCH /api/simulator': simulator,
  'GET /api/simulator/faults': items(fault),
  'POST /api/simulator/faults': fault,
}
