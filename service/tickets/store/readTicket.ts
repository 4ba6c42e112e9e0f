import { z } from 'zod'
import { jsonColumn, remembering } from '../../../database/index.ts'
import type { RankedCandidate } from '../../dispatch/rankCandidates.ts'
import type { LeanTicket, StoredTicket } from './storedTicket.ts'
import { ticketSchema } from './ticketSchema.ts'

/** A round of planning reads all that is to come, again and again; a few of them have changed. */
const REMEMBERED = { rows: 1_000, characters: 6_000_000 }
const stored = remembering(jsonColumn('ticket', 'body', ticketSchema), REMEMBERED)

/** A row of a ticket, with its key. */
interface Row {
  id: string
  body: string
}

/** A ticket from its column, without who was considered. @throws Problem `row-unreadable` */
export const readLean = ({ id, body }: Row): LeanTicket => stored.read(body, id)

/** A ticket from its columns. @throws Problem `row-unreadable` */
export const readStored = ({ candidates, ...row }: Row & { candidates: string }): StoredTicket => ({
  ...readLean(row),
  candidates: considered.read(candidates, row.id),
})

// Hundreds of reasons a ticket: who is meant is looked at, and that there are reasons; the words look at the rest.
const considered = remembering(
  jsonColumn(
    'ticket',
    'candidates',
    z.array(
      z.custom<RankedCandidate>((one) => {
        const { engineer, reasons } = (one ?? {}) as Partial<RankedCandidate>
        return typeof engineer === 'string' && Array.isArray(reasons)
      }, 'must be a candidate, with reasons'),
    ),
  ),
  REMEMBERED,
)
