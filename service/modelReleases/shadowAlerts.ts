import { type AlertRecords, DAY, type Database, type Millis } from '../../core/index.ts'
import type { ShadowAlert } from './modelsView.ts'

const SAME_FAULT = 14 * DAY
const away = (a: { openedAt: Millis | null }, b: { openedAt: Millis }): number =>
  Math.abs((a.openedAt ?? 0) - b.openedAt)

/** The alerts that a candidate would have opened, newest first; beside each the one of the version in force. */
export async function shadowAlertsOf(
  database: Database,
  alerts: AlertRecords,
  candidate: string,
  limit: number,
): Promise<ShadowAlert[]> {
  const rows = await database.query
    .selectFrom('shadowAlert')
    .select(['appliance', 'kind', 'failureMode', 'openedAt', 'endedAt'])
    .where('set', '=', candidate)
    .orderBy('openedAt', 'desc')
    .limit(limit)
    .execute()
  if (rows.length === 0) return []
  const live = await alerts.opened(database.query, {
    from: (rows.at(-1)?.openedAt ?? 0) - SAME_FAULT,
    appliances: [...new Set(rows.map(({ appliance }) => appliance))],
  })
  return rows.map((row) => {
    const near = live
      .filter((one) => one.appliance === row.appliance && away(one, row) <= SAME_FAULT)
      .toSorted((a, b) => away(a, row) - away(b, row))[0]
    return { ...row, ...(near ? { inForce: { alert: near.id, openedAt: near.openedAt } } : {}) }
  })
}
