import { monotonicMs, Problem, type UnitOfWork } from '../core/index.ts'
import { savepoint } from './savepoint.ts'

/** How the many that a turn of time concerns are worked through. */
export interface Apart {
  /** The work of one. @returns undefined where it failed, and nothing of it is done */
  each<T>(tx: UnitOfWork, what: string, id: string, work: () => Promise<T>): Promise<T | undefined>
  /** Those of `what` that failed a moment ago: they are not looked at, so that they stand in nobody's way. */
  resting(what: string): string[]
}

/** What fails, fails the whole turn: for tests, and where nobody would hear of it. */
export const together: Apart = { each: (_tx, _what, _id, work) => work(), resting: () => [] }

/** Until what failed is tried again; and how many that failed are known, at most. */
const REST_MS = 60_000
const MOST_FAILED = 1_000

/**
 * Each in a savepoint of its own: one that throws is undone alone, told once for each error that it has, and tried again
 * after a while. That the database is away fails the whole turn.
 */
export function openApart(onRetryableError: (error: Error) => void, now: () => number = monotonicMs): Apart {
  const failed = new Map<string, { what: string; id: string; message: string; at: number }>()
  return {
    async each(tx, what, id, work) {
      const key = JSON.stringify([what, id])
      try {
        const result = await savepoint(tx, work)
        failed.delete(key)
        return result
      } catch (error) {
        if (error instanceof Problem && error.retryable) throw error
        const message = error instanceof Error ? error.message : String(error)
        if (failed.get(key)?.message !== message)
          onRetryableError(new Error(`${what} ${id} is left as it is: ${message}.`, { cause: error }))
        failed.delete(key)
        failed.set(key, { what, id, message, at: now() })
        for (const oldest of failed.keys()) {
          if (failed.size <= MOST_FAILED) break
          failed.delete(oldest)
        }
        return undefined
      }
    },
    resting(what) {
      const since = now() - REST_MS
      return [...failed.values()].filter((one) => one.what === what && one.at > since).map(({ id }) => id)
    },
  }
}
