import type { UnitOfWork } from '../core/index.ts'
import { saveAlert, toAlerts } from './alertTable.ts'

/** Whose appliance it was is gone: what people wrote of its alerts may name them. */
export async function forgetNotes(tx: UnitOfWork, appliance: string): Promise<void> {
  const rows = await tx
    .selectFrom('alert')
    .select(['id', 'body'])
    .where('appliance', '=', appliance)
    .where('body', 'like', '%"notes":%')
    .execute()
  for (const { notes: _, ...alert } of toAlerts(rows)) await saveAlert(tx, alert)
}
