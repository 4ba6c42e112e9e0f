// What answers are made of. Plain objects, neither strict nor loose: clients may be told more one day, and what a schema
// does not name is a mismatch where answers are looked at (answerWatch.ts).
import { z } from 'zod'
import { languages, textOf } from '../../../core/index.ts'

export const at = z.number().meta({ description: 'Milliseconds since the epoch, UTC' })
export const cents = z.number().meta({ description: 'Integer cents' })
export const text = textOf(z.string()).meta({ id: 'Text' })
export const language = z.enum(languages)

/** Answers are read, not changed. */
export const list = <T extends z.ZodType>(one: T) => z.array(one).readonly()
/** Keyed by names that are data. */
export const named = <T extends z.ZodType>(one: T) => z.object({}).catchall(one)
export const items = <T extends z.ZodType>(one: T) => z.object({ items: list(one) })
/** The first of a list that comes in no pages; `more` where there are others. */
export const cut = <T extends z.ZodType>(one: T) => z.object({ items: list(one), more: z.literal(true).optional() })
/** One page of a list; `next` is the cursor of the following one, absent on the last. */
export const page = <T extends z.ZodType>(one: T) => z.object({ items: list(one), next: z.string().optional() })
/** The one that was sent, or the list that was sent. */
export const oneOrMany = <T extends z.ZodType>(one: T) => z.union([list(one), one])

export const done = z.object({ ok: z.boolean() })
export const place = z.object({ lat: z.number(), lon: z.number() }).meta({ id: 'Place' })
export const slot = z.object({ from: at, to: at }).meta({ id: 'Slot' })
/** By IANA name: times of it are told by its clocks. */
export const timeZone = z.string()
/** Lower and upper end. */
export const range = z.tuple([z.number(), z.number()]).readonly()
/** A count of so many, with its 95 % interval. */
export const share = z.object({ count: z.number(), of: z.number(), interval: range }).meta({ id: 'Share' })

/** How an owner is called and reached, to whom that is shown; to others the language alone. */
export const owner = z
  .object({
    name: z.string().optional(),
    contact: z.string().optional(),
    phone: z.string().optional(),
    wechat: z.string().optional(),
    language,
    segment: z.string().optional(),
  })
  .meta({ id: 'Owner' })

/** RFC 9457: what is wrong, what to do about it, and a code that stays. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    detail: z.string(),
    code: z.string(),
    concerns: z.string().optional(),
    /** The rule that refused it, as a code with its parameters. */
    because: z.object({ code: z.string(), params: named(z.unknown()).optional() }).optional(),
    retryable: z.literal(true).optional(),
  })
  .meta({ id: 'Problem' })
