import type { Clock, Database, DetectionControl, TelemetryLog } from '../core/index.ts'

const AT_ONCE = 500

/**
 * Carries what detection must hear from the database to the journal, in order, at least once: a repeat after a crash
 * changes nothing, because detection takes each control by what it says.
 */
export function openControlPump(
  database: Database,
  log: TelemetryLog,
  wall: Clock,
  troubled: (what: string, error: unknown) => void,
) {
  let running: Promise<void> | undefined
  let again = false
  let closed = false

  async function pump(): Promise<void> {
    do {
      again = false
      const rows = await database.query
        .selectFrom('control')
        .select(['seq', 'body'])
        .where('doneAt', 'is', null)
        .orderBy('seq')
        .limit(AT_ONCE)
        .execute()
      if (rows.length === 0) break
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
      if (rows.length === AT_ONCE) again = true
    } while (again && !closed)
  }
  const wake = (): void => {
    again = true
    running ??= pump()
      // The next commit or second tries again, and the rows still stand.
      .catch((error: unknown) => troubled('control-pump', error))
      .finally(() => {
        running = undefined
      })
  }
  const timer = setInterval(wake, 1_000)
  return {
    wake,
    async close() {
      closed = true
      clearInterval(timer)
      await running
    },
  }
}
