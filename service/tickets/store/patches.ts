import { z } from 'zod'
import { type ByName, byName, recordOf } from '../../../core/index.ts'
import { jsonColumn } from '../../../database/index.ts'
import type { TicketThen } from './storedTicket.ts'
import { withReasons } from './withReasons.ts'

const patchSchema = z.object({
  set: recordOf(z.string(), z.unknown()).optional(),
  unset: z.array(z.string()).optional(),
})
/** What a change of a ticket set and unset: all of them in order make the ticket of any moment. */
export type Patch = z.infer<typeof patchSchema>

const column = jsonColumn('ticketChange', 'patch', patchSchema)
/** A change from its column. @throws Problem `row-unreadable` */
export const readPatch = ({ seq, patch }: { seq: number; patch: string }): Patch => column.read(patch, seq)

/** Of a ticket, what is no fact of it: it is worked out anew whenever it is asked. */
const besides = new Set(['candidates', 'nobody'])

/** What changed between two states of a ticket; undefined when nothing did. Pure. */
export function diff(before: object, after: object): Patch | undefined {
  const was = before as Record<string, unknown>
  const is = after as Record<string, unknown>
  const set: ByName<unknown> = byName()
  for (const key of Object.keys(is)) {
    if (besides.has(key) || is[key] === undefined || was[key] === is[key]) continue
    if (JSON.stringify(was[key]) !== JSON.stringify(is[key])) set[key] = is[key]
  }
  const unset = Object.keys(was).filter((key) => !besides.has(key) && was[key] !== undefined && is[key] === undefined)
  return Object.keys(set).length + unset.length === 0 ? undefined : { set, ...(unset.length > 0 ? { unset } : {}) }
}

/** The patches of one ticket in order → the ticket. Pure. */
export function fold(patches: readonly Patch[]): TicketThen {
  const ticket: ByName<unknown> = byName()
  for (const { set, unset = [] } of patches) {
    Object.assign(ticket, set)
    for (const key of unset) delete ticket[key]
  }
  // All of its changes make a whole ticket.
  return withReasons({ ...ticket }) as unknown as TicketThen
}
