import { queries } from '../api.ts'
import { shelf } from './shelf.ts'

/** What an engineer's day needs when nobody answers. */
const KEPT = /^\/api\/(?:my|session|catalog|simulator|tickets\/states|tickets\/[^/?]+(?:\/checklist|\/similar)?)$/
/** Older than this it is another day. */
const KEPT_MS = 36 * 3_600_000

/** Shows what was kept, until somebody answers. */
export async function restoreAnswers(now: number): Promise<void> {
  try {
    for (const { key, data, at } of await (await shelf()).getAll('answers')) {
      if (now - at > KEPT_MS) await (await shelf()).delete('answers', key)
      // However young: what happened since is asked for at once.
      else if (queries.getQueryData([key]) === undefined) queries.setQueryData([key], data, { updatedAt: 0 })
    }
  } catch {
    // A browser that keeps nothing asks the server.
  }
}

let keeping = false
/** Keeps what is answered from now on, for whoever works with their own jobs. */
export function keepAnswers(): void {
  if (keeping) return
  keeping = true
  const put = (key: unknown, data: unknown): void => {
    if (typeof key !== 'string' || !KEPT.test(key) || data === undefined) return
    void shelf()
      .then((db) => db.put('answers', { key, data, at: Date.now() }))
      .catch(() => {})
  }
  for (const query of queries.getQueryCache().getAll()) put(query.queryKey[0], query.state.data)
  queries.getQueryCache().subscribe((event) => {
    if (event.type === 'updated' && event.action.type === 'success' && !event.action.manual)
      put(event.query.queryKey[0], event.action.data)
  })
}
