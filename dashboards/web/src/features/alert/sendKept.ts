import { keptDeeds } from '../../offline/keptDeeds.ts'
import { type Failed, sendMany } from './sendMany.ts'

/**
 * What may not have gone out when the page was left, now that they are here again. What did go out is done once all the same.
 * @returns for how many it was sent, and those of them that failed
 */
export async function sendKept(who: string): Promise<{ count: number; failed: Failed[] }> {
  const failed: Failed[] = []
  let count = 0
  for (const kept of keptDeeds(who)) {
    count += kept.ids.length
    failed.push(...(await sendMany(kept, false, who)))
  }
  return { count, failed }
}
