import { z } from 'zod'
import { textOf } from '../../core/index.ts'

const text = textOf(z.string().min(1).max(500))
const slug = z.string().regex(/^[a-z0-9+-]{1,40}$/)
const name = z.string().min(1).max(64)

/** What it is counted by: cycles, their hours, the sum of a feature (litres a day), or months since it was installed. */
const every = z.union([
  z.strictObject({ count: z.number().int().min(1).max(100_000), cycle: name }),
  z.strictObject({ hours: z.number().min(1).max(100_000), cycle: name }),
  z.strictObject({ amount: z.number().positive(), feature: name }),
  z.strictObject({ months: z.number().int().min(1).max(120) }),
])
export type CareEvery = z.infer<typeof every>

/** What use, or time, brings about: a reminder, a guide for the owner, or a visit with its checklist. */
export const carePlansRule = z
  .array(
    z
      .object({
        id: slug,
        kind: slug,
        /** Empty: of any model. */
        models: z.array(z.string().min(1).max(128)).max(1_000).default([]),
        every,
        does: z.enum(['remind', 'guide', 'inspect']),
        /** Of the policy's guides, for what is a guide. */
        guide: slug.optional(),
        text,
        /** What its owner reads; `{count}` is what was counted. */
        owner: text,
        isOn: z.boolean().default(true),
      })
      .refine(
        ({ does, guide }) => (does === 'guide') === (guide !== undefined),
        'a guide, and nothing else, names one',
      ),
  )
  .max(200)
export type CarePlan = z.infer<typeof carePlansRule>[number]

/** Contracts with inspections: every so many months, left out where the appliance is at least so well. */
export const inspectionsRule = z.object({
  everyMonths: z.number().int().min(1).max(60),
  needlessFromHealth: z.number().min(0).max(101),
})
