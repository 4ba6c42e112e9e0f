import { type Clock, type Database, type DetectionControl, openPollLoop, type TelemetryLog } from '../core/index.ts'

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
        rows.map(({ body }) => {
          const control = JSON.parse(body) as DetectionControl
          return log.append({
            type: 'control',
            appliance: control.appliance,
            kind: 'kind' in control ? control.kind : '',
            payload: Buffer.from(body),
            arrivedAt: wall.now(),
          })
        }),
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
