import { DAY, type Database, type Retention } from '../../core/index.ts'
import { toStored } from './ticketTable.ts'

/** Before its evidence began the appliance was well: so much of that is kept beside it. */
const BEFORE_MS = DAY
const ROWS_AT_ONCE = 1_000

/** The stretches of telemetry that tickets prove themselves by: kept for ever, whatever else goes. */
export async function pinnedWindows(database: Database): Promise<Retention['keep']> {
  const windows: Retention['keep'] = []
  for (let after = ''; ; ) {
    const rows = await database.query
      .selectFrom('ticket')
      .select(['id', 'body'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(ROWS_AT_ONCE)
      .execute()
    for (const row of rows) {
      const { appliance, createdAt, evidence } = toStored(row)
      const from = Math.min(createdAt, ...evidence.map((one) => one.from)) - BEFORE_MS
      windows.push({ appliance, from, to: createdAt + 1 })
    }
    const last = rows.at(-1)
    if (!last || rows.length < ROWS_AT_ONCE) return windows
    after = last.id
  }
}
