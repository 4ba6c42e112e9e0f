import { z } from 'zod'
import {
  type Clock,
  type Database,
  hash64,
  type Millis,
  notFound,
  Problem,
  personal,
  type TicketId,
  type UnitOfWork,
} from '../../core/index.ts'
import { jsonColumn } from '../../database/index.ts'
import { personOfTicket } from '../tickets/store/personOfTicket.ts'
import type { Answer } from './answer.ts'

export const photoTypes = ['image/jpeg', 'image/png', 'image/webp'] as const
const photoSchema = z.object({ type: z.enum(photoTypes), base64: z.string() })
const photoBody = jsonColumn('ticketAttachment', 'body', photoSchema)
export type Photo = z.infer<typeof photoSchema>

/** Largest photo, characters of base64: about 600 kB, a screen's width of JPEG. */
export const LARGEST_PHOTO = 800_000
/** More are of no use to anybody, and fill the disk. */
const MOST_PHOTOS = 20

export interface PhotoService {
  /** Keeps a photo with its ticket; one of a name that is there already changes nothing. @returns the name that the visit's card refers to it by */
  addPhoto(ticket: TicketId, photo: Photo & { name?: string | undefined }): Promise<{ name: string }>
  photo(ticket: TicketId, name: string): Promise<Photo>
  /** Of all that were kept with it, in the order of their coming. */
  photoNames(ticket: TicketId): Promise<string[]>
}

/** Photos of the work, pinned to their ticket (S44). */
export function photoService({ database, clock }: { database: Database; clock: Clock }): PhotoService {
  return {
    async addPhoto(ticket, photo) {
      const name = photo.name ?? `photo-${hash64(photo.base64)}`
      await database.transaction(async (tx) => {
        const known = await namesOf(tx, ticket)
        if (known.includes(name)) return
        if (known.length >= MOST_PHOTOS) {
          throw new Problem({
            code: 'too-many-photos',
            message: `Ticket ${ticket} has ${known.length} photos, as many as it may.`,
            remedy: 'Refer to one that is there already.',
            concerns: ticket,
            status: 409,
          })
        }
        // What it shows is of somebody's home.
        const of = await personOfTicket(tx, ticket)
        const body = JSON.stringify({ ...photo, name, base64: personal(of, photo.base64) })
        await tx.insertInto('ticketAttachment').values({ ticket, at: clock.now(), kind: name, body }).execute()
      })
      return { name }
    },
    photoNames: (ticket) => namesOf(database.query, ticket),
    async photo(ticket, name) {
      const row = await database.query
        .selectFrom('ticketAttachment')
        .select('body')
        .where('ticket', '=', ticket)
        .where('kind', '=', name)
        .executeTakeFirst()
      if (!row || !name.startsWith('photo-')) throw notFound('photo', name)
      return photoBody.read(row.body, `${ticket}/${name}`)
    },
  }
}

/** Photos from before a time, at most so many. @returns whether none of that age is left */
export function forgetPhotos(database: Database, before: Millis, most: number): Promise<boolean> {
  return database.transaction(async (tx) => {
    const old = await tx
      .selectFrom('ticketAttachment')
      .select(['ticket', 'kind'])
      .where('kind', 'like', 'photo-%')
      .where('at', '<', before)
      .limit(most)
      .execute()
    for (const { ticket, kind } of old)
      await tx.deleteFrom('ticketAttachment').where('ticket', '=', ticket).where('kind', '=', kind).execute()
    return old.length < most
  })
}

async function namesOf(tx: Pick<UnitOfWork, 'selectFrom'>, ticket: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('ticketAttachment')
    .select('kind')
    .where('ticket', '=', ticket)
    .where('kind', 'like', 'photo-%')
    .orderBy('at')
    .execute()
  return rows.map(({ kind }) => kind)
}

/** What asks for a photo names one that is there. @throws Problem `no-such-photo` */
export async function requirePhotos(
  tx: UnitOfWork,
  ticket: string,
  items: { code: string; evidence?: string | undefined }[],
  answers: Record<string, Answer>,
): Promise<void> {
  const named = items.flatMap(({ code, evidence }) => (evidence === 'photo' && answers[code]?.evidence) || [])
  if (named.length === 0) return
  const known = await namesOf(tx, ticket)
  const missing = named.find((name) => !known.includes(name))
  if (missing === undefined) return
  throw new Problem({
    code: 'no-such-photo',
    message: `The card names the photo '${missing}', which was not sent.`,
    remedy: 'Take the photo again from the card, so that it is sent first.',
    concerns: ticket,
    status: 422,
  })
}
