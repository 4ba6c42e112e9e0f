import { z } from 'zod'
import { type CohortNotice, cohortKeys, type DatabaseMigration, type UnitOfWork } from '../../core/index.ts'
import { jsonColumn } from '../../database/index.ts'

declare module '../../core/database.ts' {
  interface Tables {
    cohortNotice: {
      id: string
      /** What it is about: at most one of a key is open. */
      key: string
      state: string
      openedAt: number
      body: string
    }
  }
}

export const cohortMigrations: DatabaseMigration[] = [
  {
    name: '0047-cohort-notices',
    async up(db) {
      await db.schema
        .createTable('cohortNotice')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('key', 'text', (c) => c.notNull())
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('openedAt', 'bigint', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute()
      await db.schema.createIndex('cohortNewest').on('cohortNotice').columns(['openedAt', 'id']).execute()
      await db.schema.createIndex('cohortOpen').on('cohortNotice').columns(['state', 'key']).execute()
      for (const column of ['kind', 'region', 'home', 'firmware', 'batch', 'cohort'] as const)
        await db.schema.alterTable('alert').addColumn(column, 'text').execute()
      await db.schema.alterTable('alert').addColumn('heldUntil', 'bigint').execute()
      await db.schema.createIndex('alertMode').on('alert').columns(['failureMode', 'sortAt']).execute()
      await db.schema.createIndex('alertCohort').on('alert').columns(['cohort', 'state']).execute()
      await db.schema.createIndex('alertHeld').on('alert').column('heldUntil').execute()
    },
  },
  {
    // Where most of a fleet falls silent, each finding must count its own cohort's alone.
    name: '0049-cohort-counts',
    async up(db) {
      for (const by of cohortKeys)
        await db.schema.createIndex(`alertBy_${by}`).on('alert').columns(['failureMode', by, 'sortAt']).execute()
    },
  },
]

const body = jsonColumn<CohortNotice, 'cohortNotice'>(
  'cohortNotice',
  'body',
  z.looseObject({
    id: z.string(),
    cause: z.enum(['outage', 'weather', 'campaign']),
    by: z.enum(cohortKeys),
    cohort: z.string(),
    kind: z.string().optional(),
    failureMode: z.string(),
    state: z.enum(['open', 'closed']),
    openedAt: z.number(),
    lastAt: z.number(),
    closedAt: z.number().optional(),
    joined: z.number(),
    standing: z.number(),
    size: z.number(),
    expected: z.number(),
    falsePerYear: z.number(),
    holdUntil: z.number().optional(),
    toldOf: z.number(),
  }),
)
/** @throws Problem `row-unreadable` */
export const toNotice = (row: { id: string; body: string }): CohortNotice => body.read(row.body, row.id)

export async function saveNotice(tx: UnitOfWork, notice: CohortNotice): Promise<void> {
  const row = { state: notice.state, body: JSON.stringify(notice) }
  await tx
    .insertInto('cohortNotice')
    .values({ id: notice.id, key: keyOf(notice), openedAt: notice.openedAt, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute()
}

export const keyOf = ({
  by,
  cohort,
  kind,
  failureMode,
}: Pick<CohortNotice, 'by' | 'cohort' | 'kind' | 'failureMode'>) => `${by}/${cohort}/${kind ?? ''}/${failureMode}`
