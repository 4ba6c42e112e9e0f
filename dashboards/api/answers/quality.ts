import { z } from 'zod'
import { defectKeys, lifeKeys } from '../../../service/index.ts'
import { at, items, list, named, range, text } from './shared.ts'

/** Of how many it is made; null of none. */
const measured = { value: z.number().nullable(), of: z.number() }
const kpiName = z.enum([
  'responseHours',
  'onTime',
  'visitHours',
  'workInTime',
  'fixedInOneVisit',
  'fixedForAMonth',
  'failuresPrevented',
  'satisfaction',
  'complaints',
  'callBackOnTime',
  'withoutVisit',
  'billed',
])
/** Failures before or after a change. */
const side = z.object({ failures: z.number(), applianceYears: z.number(), rate: z.number().nullable() })
const counts = named(z.number())

/** With its 95 % interval; null while it cannot be told. */
const rateRatio = z.object({ ratio: z.number(), interval: range }).nullable()

export const qualityAnswers = {
  'GET /api/kpis': items(
    z.object({
      name: kpiName,
      text,
      definition: text,
      unit: z.enum(['h', 'share', 'cents']),
      better: z.enum(['higher', 'lower']),
      aim: z.number().optional(),
      ...measured,
      trend: list(z.object({ ...measured, from: at, to: at })),
    }),
  ),
  'GET /api/quality/life': z.object({
    by: z.enum(lifeKeys),
    items: list(
      z.object({
        group: z.string(),
        kind: z.string(),
        /** Days; null while there are too few failures. */
        fit: z
          .object({
            shape: z.number(),
            shapeInterval: range,
            scale: z.number(),
            scaleInterval: range,
            b10: z.number(),
            failures: z.number(),
            survivors: z.number(),
          })
          .nullable(),
        failures: z.number(),
        survivors: z.number(),
      }),
    ),
  }),
  'GET /api/quality/emerging': items(
    z.object({
      by: z.enum(defectKeys),
      cohort: z.string(),
      kind: z.string(),
      failureMode: z.string(),
      found: z.number(),
      expected: z.number(),
      appliances: z.number(),
      surprise: z.number(),
      reported: z.number(),
      since: at,
      tickets: list(z.string()),
    }),
  ),
  'GET /api/quality/guides': items(
    z.object({
      id: z.string(),
      kind: z.string(),
      title: text,
      steps: z.number(),
      offered: z.number(),
      tried: z.number(),
      helped: z.number(),
      failed: z.number(),
      verified: z.number(),
      deflection: z.number().nullable(),
    }),
  ),
  'GET /api/quality/effect': z.object({
    kind: z.string(),
    failureMode: z.string(),
    at,
    days: z.number(),
    model: z.string().optional(),
    batch: z.string().optional(),
    firmware: z.string().optional(),
    before: side,
    after: side,
    /** After ÷ before. */
    ratio: rateRatio,
    /** Of the same kind and age, and not changed; `ratio` is the change's over theirs. */
    matched: z.object({ before: side, after: side, appliances: z.number(), ratio: rateRatio }),
    expected: z.number(),
    /** Of so few without any change. */
    chance: z.number(),
    lowered: z.boolean(),
  }),
  'GET /api/quality/report': z.object({
    month: z.string(),
    from: at,
    to: at,
    asOf: at,
    tickets: z.object({ opened: z.number(), closed: z.number(), bySource: counts }),
    faults: counts,
    complaints: z.object({
      total: z.number(),
      byWhat: counts,
      byEngineer: counts,
      byKind: counts,
      open: z.number(),
    }),
    kpis: list(z.object({ name: kpiName, ...measured, aim: z.number().optional() })),
    fingerprint: z.string(),
  }),
}
