import { z } from 'zod'
import { type CommandAck, commandResults, type Database, type DatabaseMigration, newSecret } from '../../core/index.ts'
import { jsonColumn, readable } from '../../database/index.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** What appliances answered to commands at a door that has no desk, until the desk has heard it. */
    commandAnswer: { id: string; body: string; at: number }
  }
}

export const answerMigrations: DatabaseMigration[] = [
  {
    name: '0381-command-answers',
    async up(db) {
      await db.schema
        .createTable('commandAnswer')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('body', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .execute()
    },
  },
]

const AT_ONCE = 200
const body = jsonColumn(
  'commandAnswer',
  'body',
  z.object({ appliance: z.string(), id: z.string(), result: z.enum(commandResults), detail: z.string().optional() }),
)

/** Resolves when it is committed: the appliance is told then. */
export const keepAnswer = (database: Database, ack: CommandAck, at: number): Promise<void> =>
  database.transaction(
    async (tx) =>
      void (await tx
        .insertInto('commandAnswer')
        .values({ id: newSecret(), body: JSON.stringify(ack), at })
        .execute()),
  )

/** Hands over all that were kept, the first one first. One is forgotten once it was heard: after a crash it is heard again. */
export async function takeAnswers(database: Database, hear: (ack: CommandAck) => Promise<void>): Promise<void> {
  for (;;) {
    const rows = await database.query.selectFrom('commandAnswer').selectAll().orderBy('at').limit(AT_ONCE).execute()
    for (const { detail, ...ack } of readable(rows, (row) => body.read(row.body, row.id)))
      await hear({ ...ack, ...(detail === undefined ? {} : { detail }) })
    const ids = rows.map(({ id }) => id)
    if (ids.length > 0)
      await database.transaction((tx) => tx.deleteFrom('commandAnswer').where('id', 'in', ids).execute())
    if (rows.length < AT_ONCE) return
  }
}
