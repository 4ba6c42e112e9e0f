import { z } from 'zod'
import { because, type Reason } from '../../core/index.ts'

/** A reason as it is kept. Its code is not looked at: a row of a later version stays readable. */
const reasonSchema = z.object({ code: z.string().min(1), params: z.looseObject({}).optional() })

/** Reads a reason from a column. @throws ZodError where something else stands there */
export const toReason = (json: string): Reason => reasonSchema.parse(JSON.parse(json)) as Reason

/** What was kept as words before reasons had codes. */
export const asReason = (kept: unknown, zh?: string): Reason =>
  typeof kept === 'string'
    ? zh === undefined
      ? because('legacy-text', { text: kept })
      : because('text', { text: { en: kept, zh } })
    : (reasonSchema.parse(kept) as Reason)
