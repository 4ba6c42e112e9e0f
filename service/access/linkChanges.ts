import { createHash } from 'node:crypto'
import type { Database, DatabaseMigration, Millis } from '../../core/index.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** When something was changed by an owner's link. `link` is a hash: no table holds what opens a page. */
    linkChange: { link: string; at: Millis }
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
]

/** What was changed by each owner's link within the last while; older changes are forgotten. */
export interface LinkChanges {
  /** The times of those after `from`, the oldest first. */
  after(secret: string, from: Millis): Promise<Millis[]>
  /** Writes one down, unless there are `most` already. @returns those before it */
  add(secret: string, at: Millis, from: Millis, most: number): Promise<Millis[]>
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
    add: (secret, at, from, most) =>
      database.transaction(async (tx) => {
        await tx.deleteFrom('linkChange').where('at', '<=', from).execute()
        const link = hashOf(secret)
        const times = await timesOf(tx, link, from)
        if (times.length < most) await tx.insertInto('linkChange').values({ link, at }).execute()
        return times
      }),
  }
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url')
