import { z } from 'zod'
import { type Clock, type Database, openPollLoop, type TelemetryLog } from '../core/index.ts'
import { jsonColumn, readable } from '../database/index.ts'

/** As much of a control as its frame needs; the whole of it goes to detection as it was written. */
const addressed = jsonColumn('control', 'body', z.looseObject({ appliance: z.string(), kind: z.string().default('') }))

const AT_ONCE = 500
const EVERY_MS = 1_000

/**
 * Carries what detection must hear from the database to the journal, in order, at least once: a repeat after a crash
 * changes nothing, because detection takes each control by what it says.
 */
export function openControlLoop(
  database: Database,
  log: TelemetryLog,
  wall: Clock,
  onRetryableError: (what: string, error: unknown) => void,
) {
  async function carry(isClosed: () => boolean): Promise<void> {
    for (let full = true; full && !isClosed(); ) {
      const rows = await database.query
        .selectFrom('control')
        .select(['seq', 'body'])
        .where('doneAt', 'is', null)
        .orderBy('seq')
        .limit(AT_ONCE)
        .execute()
      if (rows.length === 0) return
      await Promise.all(
        readable(rows, ({ seq, body }) => ({ ...addressed.read(body, seq), body })).map(({ appliance, kind, body }) =>
          log.append({ type: 'control', appliance, kind, payload: Buffer.from(body), arrivedAt: wall.now() }),
        ),
      )
      await database.transaction((tx) =>
        tx
          .updateTable('control')
          .set({ doneAt: wall.now() })
          .where(
            'seq',
            'in',
            rows.map(({ seq }) => seq),
          )
          .execute(),
      )
      full = rows.length === AT_ONCE
    }
  }
  return openPollLoop(carry, EVERY_MS, (error) => onRetryableError('control-pump', error))
}
