import type { Database } from '../core/index.ts'

/** The notice for which a job left: its key is the beginning of the job's. */
export async function noticeOfJob(database: Database, key: string) {
  const parts = key.split('/')
  const beginnings = parts.map((_, i) => parts.slice(0, i + 1).join('/'))
  const rows = await database.query
    .selectFrom('notice')
    .select(['key', 'at', 'ticket', 'alert'])
    .where('key', 'in', beginnings)
    .execute()
  return rows.map((row) => ({ ...row, at: Number(row.at) })).sort((a, b) => b.key.length - a.key.length)[0]
}
