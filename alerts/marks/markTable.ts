import { z } from 'zod'
import {
  alertIdSchema,
  type Cut,
  type Database,
  type DatabaseMigration,
  type Mark,
  type Millis,
  markVerdicts,
  notFound,
  Problem,
  type UnitOfWork,
  upTo,
} from '../../core/index.ts'
import { jsonColumn, readable } from '../../database/index.ts'
import { severity } from '../alertSchema.ts'

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

const body = jsonColumn<Mark, 'alertMark'>(
  'alertMark',
  'body',
  z.looseObject({
    id: z.string(),
    appliance: z.string(),
    alert: alertIdSchema,
    failureMode: z.string(),
    severity,
    verdict: z.enum(markVerdicts),
    by: z.string(),
    why: z.string(),
    at: z.number(),
    rows: z.array(
      z.looseObject({
        feature: z.string(),
        side: z.enum(['high', 'low', 'inside']),
        deviation: z.number(),
        share: z.number(),
      }),
    ),
    visit: z.string().optional(),
    undone: z.looseObject({ by: z.string(), at: z.number() }).optional(),
  }),
)
const toMark = (row: { id: string; body: string }): Mark => body.read(row.body, row.id)

/** Those that hold, the newest first. */
export async function marksOf(tx: Pick<UnitOfWork, 'selectFrom'>, appliance: string): Promise<Mark[]> {
  const rows = await tx
    .selectFrom('alertMark')
    .select(['id', 'body'])
    .where('appliance', '=', appliance)
    .where('undoneAt', 'is', null)
    .orderBy('at', 'desc')
    .orderBy('id')
    .limit(LOOKED_AT)
    .execute()
  return readable(rows, toMark)
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
export async function listMarks(database: Database, appliance?: string): Promise<Cut<Mark>> {
  const all = database.query.selectFrom('alertMark').select(['id', 'body'])
  const wanted = appliance === undefined ? all : all.where('appliance', '=', appliance)
  const rows = await wanted
    .orderBy('at', 'desc')
    .orderBy('id')
    .limit(MOST_SHOWN + 1)
    .execute()
  const { items, ...more } = upTo(rows, MOST_SHOWN)
  return { items: readable(items, toMark), ...more }
}

/** @throws Problem `not-found`, `mark-undone` */
export async function standingMark(tx: UnitOfWork, id: string): Promise<Mark> {
  const row = await tx.selectFrom('alertMark').select(['id', 'body']).where('id', '=', id).executeTakeFirst()
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
