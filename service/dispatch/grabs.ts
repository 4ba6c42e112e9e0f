import { sql } from 'kysely'
import {
  because,
  type Clock,
  type Database,
  type DatabaseMigration,
  type EngineerId,
  engineerIdSchema,
  keptReason,
  type Millis,
  notFound,
  Problem,
  type Reason,
  type Render,
  type Tables,
  type Text,
  type TicketId,
  type TicketState,
  ticketCan,
  ticketIdSchema,
  type UnitOfWork,
} from '../../core/index.ts'
import { type Apart, jsonColumn, readable, together } from '../../database/index.ts'
import { decideGrab, type GrabChance } from './decideGrab.ts'
import type { EngineerNow } from './rankCandidates.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** Engineers who want an open job; `won` is null while better ones may still come. */
    grab: {
      ticket: string
      engineer: string
      at: Millis
      stars: number
      won: number | null
      /** A reason, as JSON. */
      why: string
    }
  }
}

const decidedWhy = jsonColumn('grab', 'why', keptReason)

export const grabMigrations: DatabaseMigration[] = [
  {
    name: '0041-grabs',
    async up(db) {
      await db.schema
        .createTable('grab')
        .addColumn('ticket', 'text', (c) => c.notNull())
        .addColumn('engineer', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('stars', 'double precision', (c) => c.notNull())
        .addColumn('won', 'integer')
        .addColumn('why', 'text', (c) => c.notNull())
        .addColumn('whyZh', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('grabOf', ['ticket', 'engineer', 'at'])
        .execute()
      await db.schema.createIndex('grabOpen').on('grab').columns(['won', 'ticket']).execute()
    },
  },
  {
    // Why it was won or lost was said in two columns, one a language.
    name: '0092-grab-reasons',
    async up(db) {
      const rows = await sql<{ ticket: string; engineer: string; at: number; why: string; whyZh: string }>`
        select ticket, engineer, at, why, "whyZh" from grab where why <> ''`.execute(db)
      for (const { ticket, engineer, at, why, whyZh } of rows.rows) {
        await db
          .updateTable('grab')
          .set({ why: JSON.stringify(because('text', { text: { en: why, zh: whyZh } })) })
          .where('ticket', '=', ticket)
          .where('engineer', '=', engineer)
          .where('at', '=', at)
          .execute()
      }
      await db.schema.alterTable('grab').dropColumn('whyZh').execute()
    },
  },
]

/** A grab as its engineer sees it. */
export interface GrabView {
  ticket: string
  engineer: string
  at: Millis
  decidedAt?: Millis
  won?: boolean
  why?: Text
}

export const NEW_STARS = 3

/** Records that an engineer wants a job. @throws Problem `grab-refused` with the reason when they may not have it */
export async function recordGrab(
  tx: UnitOfWork,
  clock: Clock,
  ticket: { id: string; state: TicketState },
  engineer: EngineerNow | undefined,
  asked: string,
  refused: Reason | undefined,
  render: Render,
): Promise<void> {
  if (!engineer) throw notFound('engineer', asked)
  const why = ticketCan(ticket.state, 'grab') ? refused : because('grab-not-open', { state: ticket.state })
  if (why) {
    throw new Problem({
      code: 'grab-refused',
      message: `${engineer.id} can't take ${ticket.id}: ${render(why).en}.`,
      because: why,
      remedy: 'GET /api/engineers/:id/open-jobs lists what can be taken now.',
      concerns: ticket.id,
      status: 409,
    })
  }
  const mine = await tx
    .selectFrom('grab')
    .select('at')
    .where('ticket', '=', ticket.id)
    .where('engineer', '=', engineer.id)
    .where('won', 'is', null)
    .executeTakeFirst()
  if (mine) return
  const stars = engineer.stars ?? NEW_STARS
  await tx
    .insertInto('grab')
    .values({ ticket: ticket.id, engineer: engineer.id, at: clock.now(), stars, won: null, why: '' })
    .execute()
}

/**
 * Decides what has waited long enough: exactly one wins, if the job is still open.
 * @param give hands it over, false when it is not open any more
 */
export async function decideGrabs(
  tx: UnitOfWork,
  before: Millis,
  give: (ticket: TicketId, engineer: EngineerId, why: Reason) => Promise<boolean>,
  apart: Apart = together,
  chance?: GrabChance,
): Promise<TicketId[]> {
  const open = await tx.selectFrom('grab').selectAll().where('won', 'is', null).orderBy('ticket').execute()
  const resting = new Set(apart.resting('the grab of'))
  async function decide(ticket: TicketId, grabs: Tables['grab'][]): Promise<boolean> {
    const lost = await lostSinceWon(
      tx,
      grabs.map(({ engineer }) => engineer),
    )
    const outcomes = decideGrab(
      grabs.map((grab) => ({ ...grab, lost: lost.get(grab.engineer) ?? 0 })),
      chance,
    )
    const winner = outcomes.find(({ won }) => won)
    const given = winner !== undefined && (await give(ticket, engineerIdSchema.parse(winner.engineer), winner.why))
    for (const { engineer, won, why } of outcomes) {
      await tx
        .updateTable('grab')
        .set({ won: given && won ? 1 : 0, why: JSON.stringify(given ? why : because('grab-given-away')) })
        .where('ticket', '=', ticket)
        .where('engineer', '=', engineer)
        .where('won', 'is', null)
        .execute()
    }
    return given
  }
  const changed: TicketId[] = []
  for (const [of, grabs] of Map.groupBy(open, (grab) => grab.ticket)) {
    const ticket = ticketIdSchema.parse(of)
    if (resting.has(ticket) || Math.min(...grabs.map(({ at }) => at)) > before) continue
    if (await apart.each(tx, 'the grab of', ticket, () => decide(ticket, grabs))) changed.push(ticket)
  }
  return changed
}

/** More lost grabs than this make no difference. */
const COUNTED = 100

/** How many decided grabs each of them lost since the last one that they won. */
async function lostSinceWon(tx: UnitOfWork, engineers: readonly string[]): Promise<Map<string, number>> {
  const lost = new Map<string, number>()
  for (const engineer of new Set(engineers)) {
    const rows = await tx
      .selectFrom('grab')
      .select('won')
      .where('engineer', '=', engineer)
      .where('won', 'is not', null)
      .orderBy('at', 'desc')
      .limit(COUNTED)
      .execute()
    const won = rows.findIndex((row) => row.won === 1)
    lost.set(engineer, won < 0 ? rows.length : won)
  }
  return lost
}

/** The grabs of a ticket or of an engineer, newest first. */
export async function listGrabs(
  database: Database,
  of: { ticket?: string; engineer?: string },
  windowMs: number,
  render: Render,
): Promise<GrabView[]> {
  let query = database.query.selectFrom('grab').selectAll().orderBy('at', 'desc').orderBy('engineer').limit(200)
  if (of.ticket) query = query.where('ticket', '=', of.ticket)
  if (of.engineer) query = query.where('engineer', '=', of.engineer)
  return readable(await query.execute(), ({ ticket, engineer, at, won, why }) => ({
    ticket,
    engineer,
    at,
    ...(won === null
      ? { decidedAt: at + windowMs }
      : { won: won === 1, why: render(decidedWhy.read(why, `${ticket}/${engineer}`)) }),
  }))
}
