import { z } from 'zod'
import { instantSchema, Problem } from '../../core/index.ts'

/** Query parameters of every list. */
export const paging = {
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z
    .string()
    .max(300)
    .optional()
    .transform((cursor) => cursor || undefined),
}
/** A cursor of this form. Its numbers have at most 15 digits: what is larger is none that a list gave, or a database takes. */
const pagingBy = (form: RegExp) => ({
  ...paging,
  cursor: paging.cursor.refine((cursor) => cursor === undefined || form.test(cursor), {
    message: 'is no `next` of this list',
  }),
})
/** Lists whose cursor is a time and an id: `TIME.ID`. */
export const timePaging = pagingBy(/^-?\d{1,15}\../)
/** Lists whose cursor is the number of a row. */
export const rowPaging = pagingBy(/^\d{1,15}$/)
/** Lists whose cursor is a place in the journal: `OFFSET-INDEX`. */
export const placePaging = pagingBy(/^\d{1,15}-\d{1,15}$/)

export const millis = z.coerce.number().pipe(instantSchema)
/** The earlier end of a range: 0 stands for all there is. */
export const since = z.coerce.number().pipe(z.literal(0).or(instantSchema))

/** As it was sent: a list for a list, one for one. */
export function asSent<T>(sent: unknown, made: T[]): T[] | T {
  if (Array.isArray(sent)) return made
  const [one] = made
  if (one === undefined) throw new Error('one was sent, and none was made')
  return one
}

/** Every item of a list that comes in pages. */
export async function everyPage<T>(
  page: (cursor: { cursor?: string }) => Promise<{ items: T[]; next?: string | undefined }>,
): Promise<T[]> {
  const items: T[] = []
  for (let cursor: string | undefined; ; ) {
    const one = await page(cursor === undefined ? {} : { cursor })
    items.push(...one.items)
    if (one.next === undefined) return items
    cursor = one.next
  }
}

/**
 * One page of a list that is already in its order; the cursor is the id of the last item.
 * @throws Problem `bad-cursor` when that one is no longer in the list: beginning again in silence would never end
 */
export function pageOf<T extends { id: string }>(
  items: T[],
  limit: number,
  cursor?: string,
): { items: T[]; next?: string } {
  const before = cursor ? items.findIndex(({ id }) => id === cursor) : -1
  if (cursor && before < 0) {
    throw new Problem({
      code: 'bad-cursor',
      message: `The cursor '${cursor}' is not in this list, or not any more.`,
      remedy: 'Begin again without a cursor.',
      concerns: 'cursor',
    })
  }
  const start = before + 1
  const page = items.slice(start, start + limit)
  const last = page[page.length - 1]
  return start + limit < items.length && last ? { items: page, next: last.id } : { items: page }
}
