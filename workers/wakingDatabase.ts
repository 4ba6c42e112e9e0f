import type { Database } from '../core/index.ts'

/** The same database; after each commit it wakes who carries on what a commit may have left to do. */
export function wakingDatabase(database: Database): Database & { afterCommit(wake: () => void): void } {
  const wakes: (() => void)[] = []
  return {
    ...database,
    transaction: async (work) => {
      const result = await database.transaction(work)
      for (const wake of wakes) wake()
      return result
    },
    afterCommit: (wake) => void wakes.push(wake),
  }
}
