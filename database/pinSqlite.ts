import { backup, DatabaseSync } from 'node:sqlite'

/** Pages that are copied between two turns of the loop. */
const PAGES_AT_ONCE = 1_000

/**
 * Sees from now on what is committed in an SQLite file now, whoever writes to it afterwards. The file keeps its log for as
 * long as it is pinned, so copy at once. @returns copies it into a new file, once
 */
export function pinSqlite(path: string): (to: string) => Promise<void> {
  const pinned = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
  pinned.exec('begin')
  // A transaction sees the moment of its first look.
  pinned.prepare('select count(*) from sqlite_schema').get()
  return async (to) => {
    try {
      await backup(pinned, to, { rate: PAGES_AT_ONCE })
    } finally {
      pinned.close()
    }
  }
}
