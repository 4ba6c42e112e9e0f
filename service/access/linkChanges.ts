import { createHash } from 'node:crypto'
import type { Database, DatabaseMigration, Millis } from '../../core/index.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** When something was changed by an owner's link. `link` is a hash: no table holds what opens a page. */
    linkChange: { link: string; at: Millis; subject: string | null }
  }
}

export const linkChangeMigrations: DatabaseMigration[] = [
  {
    name: '0087-link-changes',
    async up(db) {
      await db.schema
        .createTable('linkChange')
        .addColumn('link', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .execute()
      await db.schema.createIndex('linkChangeOf').on('linkChange').columns(['link', 'at']).execute()
      await db.schema.createIndex('linkChangeAt').on('linkChange').columns(['at']).execute()
    },
  },
  {
    name: '0111-link-subject',
    up: (db) => db.schema.alterTable('linkChange').addColumn('subject', 'text').execute(),
  },
]

/** A link that changed something lately: what it opens (`t/ID` a ticket, `o/ID` an appliance), never what opens it. */
export interface LinkUse {
  subject: string
  changes: number
  firstAt: Millis
  lastAt: Millis
}
const MOST_LISTED = 100

/** What was changed by each owner's link within the last while; older changes are forgotten. */
export interface LinkChanges {
  /** The times of those after `from`, the oldest first. */
  after(secret: string, from: Millis): Promise<Millis[]>
  /** Writes one down, unless there are `most` already. @param subject what the link opens @returns those before it */
  add(secret: string, subject: string, at: Millis, from: Millis, most: number): Promise<Millis[]>
  /** Links that changed something after `from`: those that did so most often, 100 of them at most. */
  busiest(from: Millis): Promise<LinkUse[]>
}

export function openLinkChanges(database: Database): LinkChanges {
  const timesOf = async (db: Database['query'], link: string, from: Millis): Promise<Millis[]> => {
    const rows = await db
      .selectFrom('linkChange')
      .select('at')
      .where('link', '=', link)
      .where('at', '>', from)
      .orderBy('at')
      .execute()
    return rows.map(({ at }) => at)
  }
  return {
    after: (secret, from) => timesOf(database.query, hashOf(secret), from),
    async busiest(from) {
      const rows = await database.query
        .selectFrom('linkChange')
        .select((x) => [
          'subject',
          x.fn.countAll().as('changes'),
          x.fn.min('at').as('firstAt'),
          x.fn.max('at').as('lastAt'),
        ])
        .where('at', '>', from)
        .where('subject', 'is not', null)
        .groupBy(['link', 'subject'])
        .orderBy('changes', 'desc')
        .limit(MOST_LISTED)
        .execute()
      return rows.map(({ subject, changes, firstAt, lastAt }) => ({
        subject: subject ?? '',
        changes: Number(changes),
        firstAt: Number(firstAt),
        lastAt: Number(lastAt),
      }))
    },
    add: (secret, subject, at, from, most) =>
      database.transaction(async (tx) => {
        await tx.deleteFrom('linkChange').where('at', '<=', from).execute()
        const link = hashOf(secret)
        const times = await timesOf(tx, link, from)
        if (times.length < most) await tx.insertInto('linkChange').values({ link, at, subject }).execute()
        return times
      }),
  }
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url')
