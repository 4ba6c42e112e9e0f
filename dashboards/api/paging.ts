import { z } from 'zod'

/** Query parameters of every list. */
export const paging = {
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z.string().max(300).optional(),
}

export const millis = z.coerce.number().int()

/** One page of a list that is already in its order; the cursor is the id of the last item. */
export function pageOf<T extends { id: string }>(
  items: T[],
  limit: number,
  cursor?: string,
): { items: T[]; next?: string } {
  const start = cursor ? items.findIndex(({ id }) => id === cursor) + 1 : 0
  const page = items.slice(start, start + limit)
  const last = page[page.length - 1]
  return start + limit < items.length && last ? { items: page, next: last.id } : { items: page }
}
