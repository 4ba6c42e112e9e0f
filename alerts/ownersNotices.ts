import type { Database, Notice } from '../core/index.ts'
import { toNotices } from './noticeColumn.ts'

const MOST = 10_000

/** What the owner of an appliance was told of it, the oldest first. */
export async function ownersNotices(database: Database, appliance: string): Promise<Notice[]> {
  const rows = await database.query
    .selectFrom('notice')
    .select(['key', 'body'])
    .where('appliance', '=', appliance)
    .where('recipient', 'like', 'owner:%')
    .orderBy('at')
    .orderBy('key')
    .limit(MOST)
    .execute()
  return toNotices(rows)
}
