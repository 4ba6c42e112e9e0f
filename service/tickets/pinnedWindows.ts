import { DAY, type Database, type Retention } from '../../core/index.ts'
import { leanTickets } from './store/ticketRepository.ts'

/** Before its evidence began the appliance was well: so much of that is kept beside it. */
const BEFORE_MS = DAY
const ROWS_AT_ONCE = 1_000

/** The stretches of telemetry that tickets prove themselves by: kept for ever, whatever else goes. */
export async function pinnedWindows(database: Database): Promise<Retention['keep']> {
  const windows: Retention['keep'] = []
  for (let afterId = ''; ; ) {
    const some = await leanTickets(database.query, { afterId, order: ['id'], limit: ROWS_AT_ONCE })
    for (const { appliance, createdAt, evidence } of some) {
      const from = Math.min(createdAt, ...evidence.map((one) => one.from)) - BEFORE_MS
      windows.push({ appliance, from, to: createdAt + 1 })
    }
    const last = some.at(-1)
    if (!last || some.length < ROWS_AT_ONCE) return windows
    afterId = last.id
  }
}
