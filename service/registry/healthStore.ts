import { z } from 'zod'
import type { Database, DatabaseMigration, HealthRow, Millis, UnitOfWork } from '../../core/index.ts'
import { jsonColumn, readable } from '../../database/index.ts'

declare module '../../core/database.ts' {
  interface Tables {
    /** The health of each appliance: what detection last said of it. */
    fare: { appliance: string; firstHeardAt: number; body: string }
  }
}

export const healthMigrations: DatabaseMigration[] = [
  {
    name: '0006-fare',
    async up(db) {
      await db.schema
        .createTable('fare')
        .addColumn('appliance', 'text', (c) => c.primaryKey())
        .addColumn('firstHeardAt', 'bigint', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .execute()
    },
  },
]

const span = { since: z.number() }
const healthRow = jsonColumn<HealthRow, 'fare'>(
  'fare',
  'body',
  z.looseObject({
    appliance: z.string(),
    health: z.number(),
    status: z.enum(['learning', 'healthy', 'watch', 'visit', 'silent']),
    at: z.number(),
    because: z.array(z.looseObject({ feature: z.string(), points: z.number() })),
    missing: z.array(z.string()),
    neverCycles: z.boolean().optional(),
    cutCycles: z
      .array(
        z.looseObject({
          cycle: z.string(),
          count: z.number(),
          last: z.looseObject({ from: z.number(), to: z.number() }),
        }),
      )
      .optional(),
    beyond: z.array(z.looseObject({ guard: z.string(), ...span })).optional(),
    failedAt: z.number().optional(),
    proving: z.array(z.looseObject({ ticket: z.string(), ...span, done: z.number(), of: z.number() })).optional(),
    off: z.looseObject({ ...span, until: z.number().optional() }).optional(),
    learning: z.looseObject({ ...span, reason: z.string() }).optional(),
  }),
)

/** The health of the fleet, in memory for the pages, in the database for the next start. */
export interface HealthStore {
  /** @returns shows them, after the commit */
  save(tx: UnitOfWork, rows: HealthRow[]): Promise<() => void>
  of(appliance: string): HealthRow | undefined
  firstHeard(appliance: string): Millis | undefined
}

export async function openHealthStore(database: Database): Promise<HealthStore> {
  const rows = new Map<string, { firstHeardAt: Millis; row: HealthRow }>()
  const kept = await database.query.selectFrom('fare').selectAll().execute()
  // One that cannot be read is written anew with the next word of detection.
  for (const { firstHeardAt, row } of readable(kept, ({ appliance, firstHeardAt, body }) => ({
    firstHeardAt,
    row: healthRow.read(body, appliance),
  })))
    rows.set(row.appliance, { firstHeardAt, row })
  return {
    async save(tx, changed) {
      const saved: { firstHeardAt: Millis; row: HealthRow }[] = []
      for (const row of changed) {
        const firstHeardAt = rows.get(row.appliance)?.firstHeardAt ?? row.at
        const body = JSON.stringify(row)
        await tx
          .insertInto('fare')
          .values({ appliance: row.appliance, firstHeardAt, body })
          .onConflict((conflict) => conflict.column('appliance').doUpdateSet({ body }))
          .execute()
        saved.push({ firstHeardAt, row })
      }
      return () => {
        for (const one of saved) rows.set(one.row.appliance, one)
      }
    },
    of: (appliance) => rows.get(appliance)?.row,
    firstHeard: (appliance) => rows.get(appliance)?.firstHeardAt,
  }
}
