import { openPollLoop } from '../../core/index.ts'
import { hearChanges } from '../../database/index.ts'

/** Rows that changed within it are read together. */
const TOGETHER_MS = 50
/** What could not be read is tried again. */
const AGAIN_MS = 1_000

/** Undefined: any row may have changed. */
type Changed = ReadonlySet<string> | undefined

/** Has rows read again that another process changed, soon after, table by table. A failure is tried again. */
export function readChanged(options: {
  url: string
  schema: string
  /** Table → what reads it. */
  readers: Readonly<Record<string, (ids: Changed) => Promise<void>>>
  onRetryableError: (code: string, error: unknown) => void
}): { close(): Promise<void> } {
  const { readers, onRetryableError } = options
  const waiting = new Map<string, Set<string> | 'any'>()
  const reading = openPollLoop(
    async () => {
      await new Promise((resolve) => setTimeout(resolve, TOGETHER_MS))
      for (const [table, ids] of [...waiting]) {
        waiting.delete(table)
        try {
          await readers[table]?.(ids === 'any' ? undefined : ids)
        } catch (error) {
          waiting.set(table, 'any')
          throw error
        }
      }
    },
    AGAIN_MS,
    (error) => onRetryableError('changes-unread', error),
  )
  const hearing = hearChanges({
    ...options,
    changed(table, id) {
      if (!Object.hasOwn(readers, table)) return
      const ids = waiting.get(table) ?? new Set()
      if (ids !== 'any') waiting.set(table, ids.add(id))
      reading.wake()
    },
    anything() {
      for (const table of Object.keys(readers)) waiting.set(table, 'any')
      reading.wake()
    },
  })
  return {
    async close() {
      await hearing.close()
      await reading.close()
    },
  }
}
