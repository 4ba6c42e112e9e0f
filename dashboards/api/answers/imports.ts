import { z } from 'zod'
import { dateOrders, decimalSigns, delimiters, encodings, timeUnits } from '../../../ingest/index.ts'
import { registered } from './appliances.ts'
import { depot, engineer } from './people.ts'
import { claim } from './privacy.ts'
import { list, named } from './shared.ts'

/** How a file was understood, and each cell of it that cannot be used. */
const understood = z.object({
  understood: z.object({
    encoding: z.enum(encodings),
    delimiter: z.enum(delimiters),
    decimal: z.enum(decimalSigns),
    time: z
      .object({
        unit: z.enum(timeUnits).optional(),
        dateOrder: z.enum(dateOrders).optional(),
        zone: z.string().optional(),
      })
      .optional(),
  }),
  /** Column of the file → field; null: nobody knows it. */
  columns: list(z.object({ name: z.string(), field: z.string().nullable() })),
  rows: z.number(),
  usable: z.number(),
  preview: list(named(z.unknown())),
  refused: list(
    z.object({
      line: z.number(),
      column: z.number().optional(),
      name: z.string().optional(),
      value: z.string().optional(),
      why: z.string(),
    }),
  ),
  refusals: z.number(),
})
/** `made`: what was taken; absent in a preview. */
const taken = <T extends z.ZodType>(made: T) => understood.extend({ made: list(made).optional() })
/** Nothing was taken. */
export const rowsRefused = understood.extend({
  type: z.string(),
  status: z.number(),
  code: z.string(),
  title: z.string(),
  detail: z.string(),
})

export const importAnswers = {
  'POST /api/imports/appliances': taken(registered),
  'POST /api/imports/factory': taken(claim),
  'POST /api/imports/engineers': taken(engineer),
  'POST /api/imports/stock': taken(depot),
}
