import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import { forgetDeeds } from './keptDeeds.ts'
import type { Write } from './write.ts'

/** What this browser keeps for when there is no network: answers, commands that wait, and what is half filled in. */
interface Kept extends DBSchema {
  answers: { key: string; value: { key: string; data: unknown; at: number } }
  writes: { key: string; value: Write }
  drafts: { key: string; value: { key: string; data: unknown; at: number } }
}

const stores = ['answers', 'writes', 'drafts'] as const
let opening: Promise<IDBPDatabase<Kept>> | undefined

/** @throws where the browser keeps nothing (a private window of some) */
export const shelf = (): Promise<IDBPDatabase<Kept>> => {
  opening ??= openDB<Kept>('hearthwatch', 1, {
    upgrade(db) {
      db.createObjectStore('answers', { keyPath: 'key' })
      db.createObjectStore('writes', { keyPath: 'id' })
      db.createObjectStore('drafts', { keyPath: 'key' })
    },
    terminated() {
      opening = undefined
    },
  })
  return opening
}

/** Another person will use this browser: nothing of the one before is left. What was not sent is lost, and asked about before. */
export async function forgetAll(): Promise<void> {
  forgetDeeds()
  try {
    const db = await shelf()
    for (const store of stores) await db.clear(store)
  } catch {
    // Where nothing is kept nothing is left.
  }
}
