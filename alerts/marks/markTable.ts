import {
  type Database,
  type DatabaseMigration,
  type Mark,
  type Millis,
  notFound,
  Problem,
  type UnitOfWork,
} from '../../core/index.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** What people said of alerts without a visit. */
    alertMark: { id: string; appliance: string; alert: string; at: Millis; undoneAt: Millis | null; body: string }
  }
}

export const markMigrations: DatabaseMigration[] = [
  {
    name: '0145-alert-marks',
    async up(db) {
      await db.schema
        .createTable('alertMark')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('appliance', 'text', (c) => c.notNull())
        .addColumn('alert', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('undoneAt', 'bigint')
        .addColumn('body', 'text', (c) => c.notNull())
        .execute()
      await db.schema.createIndex('alertMarkOf').on('alertMark').columns(['appliance', 'at']).execute()
    },
  },
]

/** Of one appliance so many are looked at: older ones say nothing of how it is now. */
const LOOKED_AT = 100

export const toMark = ({ body }: { body: string }): Mark => JSON.parse(body) as Mark

/** Those that hold, the newest first. */
export async function marksOf(tx: Pick<UnitOfWork, 'selectFrom'>, appliance: string): Promise<Mark[]> {
  const rows = await tx
    .selectFrom('alertMark')
    .select('body')
    .where('appliance', '=', appliance)
    .where('undoneAt', 'is', null)
    .orderBy('at', 'desc')
    .orderBy('id')
    .limit(LOOKED_AT)
    .execute()
  return rows.map(toMark)
}

export async function saveMark(tx: UnitOfWork, mark: Mark): Promise<void> {
  const row = { undoneAt: mark.undone?.at ?? null, body: JSON.stringify(mark) }
  await tx
    .insertInto('alertMark')
    .values({ id: mark.id, appliance: mark.appliance, alert: mark.alert, at: mark.at, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute()
}

const MOST_SHOWN = 500

/** The newest first; those that were taken back too. */
export async function listMarks(database: Database, appliance?: string): Promise<Mark[]> {
  const all = database.query.selectFrom('alertMark').select('body')
  const wanted = appliance === undefined ? all : all.where('appliance', '=', appliance)
  return (await wanted.orderBy('at', 'desc').orderBy('id').limit(MOST_SHOWN).execute()).map(toMark)
}

/** @throws Problem `not-found`, `mark-undone` */
export async function standingMark(tx: UnitOfWork, id: string): Promise<Mark> {
  const row = await tx.selectFrom('alertMark').select('body').where('id', '=', id).executeTakeFirst()
  if (!row) throw notFound('mark', id)
  const mark = toMark(row)
  if (!mark.undone) return mark
  throw new Problem({
    code: 'mark-undone',
    message: `Mark ${id} was taken back by ${mark.undone.by}.`,
    remedy: 'It holds nothing back any more.',
    concerns: id,
    status: 409,
  })
}
