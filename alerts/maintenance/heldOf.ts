import type { Alert } from '../../core/index.ts'
import { toAlerts } from '../alertTable.ts'
import type { Asked } from './maintenanceTable.ts'

/** What it has kept from opening and has not opened since, the newest first. */
export async function heldOf(query: Asked, maintenance: string, limit: number): Promise<Alert[]> {
  const rows = await query
    .selectFrom('alert')
    .innerJoin('maintenanceHeld', 'maintenanceHeld.alert', 'alert.id')
    .select(['alert.id', 'alert.body'])
    .where('maintenanceHeld.maintenance', '=', maintenance)
    .where('alert.state', 'not in', ['open', 'acknowledged'])
    .orderBy('alert.sortAt', 'desc')
    .orderBy('alert.id')
    .limit(limit)
    .execute()
  return toAlerts(rows).filter(({ heldBack }) => heldBack?.includes(maintenance))
}
