import { createHash } from 'node:crypto'
import type { Database, DatabaseMigration, Millis } from '../../core/index.ts'
import { type Counts, countsOf, countsText, noCounts } from './positions.ts'

/** There is one. */
const HOUSE = 'house'

declare module '../../core/database.ts' {
  interface Tables {
    /** Doors that run by themselves, as they say it and as they are told: both in one row, each writes its own columns. */
    edge: {
      id: string
      heardAt: Millis
      epoch: string
      /** Messages that it has published, over all partitions and for all time. */
      published: number
      /** Bytes of its journal that the house does not have. */
      behindBytes: number
      /** Partition → the sequence up to which the house has it, synced; null: nothing yet. */
      committed: string | null
      /** In this epoch something did not arrive: what is not committed is wanted again. */
      again: string | null
    }
    /** The one that takes in what they publish: a mark of the key by which it hashes secrets. */
    house: { id: string; keyMark: string }
  }
}

export const carriageMigrations: DatabaseMigration[] = [
  {
    name: '0380-edges',
    async up(db) {
      await db.schema
        .createTable('edge')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('heardAt', 'bigint', (c) => c.notNull())
        .addColumn('epoch', 'text', (c) => c.notNull())
        .addColumn('published', 'bigint', (c) => c.notNull())
        .addColumn('behindBytes', 'bigint', (c) => c.notNull())
        .addColumn('committed', 'text')
        .addColumn('again', 'text')
        .execute()
    },
  },
  {
    name: '0382-house',
    async up(db) {
      await db.schema
        .createTable('house')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('keyMark', 'text', (c) => c.notNull())
        .execute()
    },
  },
]

/** By it two processes know that they have the same key, and nobody else learns it. */
const markOf = (key: Uint8Array): string =>
  createHash('sha256').update('mark of').update(key).digest('hex').slice(0, 32)

export interface EdgeSays {
  id: string
  heardAt: Millis
  epoch: string
  published: number
  behindBytes: number
}
export interface EdgeHears {
  committed: Counts
  again: string | undefined
}

/** How a door stands, as those are told who look after the whole. */
export interface EdgeState {
  id: string
  heardAt: Millis
  /** Bytes of its journal that the house does not have. */
  behindBytes: number
  /** The house missed something, and this edge has not begun again yet. */
  isAskedAgain: boolean
}
export const edgeStateOf = ({ id, heardAt, behindBytes, epoch, again }: EdgeSays & EdgeHears): EdgeState => ({
  ...{ id, heardAt, behindBytes },
  isAskedAgain: again === epoch,
})

/** Where edges and the house tell each other how far they are. What it says may be old, and is never ahead of the truth. */
export interface EdgeBook {
  /** Says how this edge stands. @returns what it is to know */
  report(says: EdgeSays): Promise<EdgeHears>
  all(): Promise<(EdgeSays & EdgeHears)[]>
  /** The house has these, synced. */
  took(edge: string, hears: EdgeHears): Promise<void>
  /** The house is here, and this is its key. */
  isHouse(key: Uint8Array): Promise<void>
  /** Undefined while no house has ever been here. */
  isKeyOfHouse(key: Uint8Array): Promise<boolean | undefined>
}

export function openEdgeBook(database: Database): EdgeBook {
  const hears = (row: { committed: string | null; again: string | null }): EdgeHears => ({
    committed: row.committed === null ? noCounts() : countsOf(row.committed),
    again: row.again ?? undefined,
  })
  return {
    report: ({ id, ...says }) =>
      database.transaction(async (tx) => {
        await tx
          .insertInto('edge')
          .values({ id, ...says, committed: null, again: null })
          .onConflict((conflict) => conflict.column('id').doUpdateSet(says))
          .execute()
        return hears(
          await tx.selectFrom('edge').select(['committed', 'again']).where('id', '=', id).executeTakeFirstOrThrow(),
        )
      }),
    all: async () =>
      (await database.query.selectFrom('edge').selectAll().orderBy('id').execute()).map((row) => ({
        ...row,
        ...hears(row),
      })),
    took: (edge, { committed, again = null }) =>
      database.transaction(
        async (tx) =>
          void (await tx
            .updateTable('edge')
            .set({ committed: countsText(committed), again })
            .where('id', '=', edge)
            .execute()),
      ),
    isHouse: (key) =>
      database.transaction(async (tx) => {
        const row = { keyMark: markOf(key) }
        await tx
          .insertInto('house')
          .values({ id: HOUSE, ...row })
          .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
          .execute()
      }),
    async isKeyOfHouse(key) {
      const row = await database.query.selectFrom('house').select('keyMark').where('id', '=', HOUSE).executeTakeFirst()
      return row && row.keyMark === markOf(key)
    },
  }
}
