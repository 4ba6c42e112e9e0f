import { monotonicMs } from './time.ts'

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 5_000
/** One that lived so long died of something new. */
const LIVED_MS = 30_000
/** So many in a row, and it cannot be helped. */
const MOST_DEATHS = 12

export interface Reviver<T> {
  /** The one that was opened first. */
  first: T
  /** Resolves when it is there, or when nobody tries any more. */
  isUp(): Promise<void>
  /** It is ended on purpose: nothing is opened any more. */
  close(): void
}

/**
 * Opens something that may die (a thread), and opens another one whenever it does, after waits that grow while it dies in a
 * row. @throws what the first opening throws
 */
export async function openReviver<T>(options: {
  /** Rejects when it cannot be opened; tells `died` when what it opened has ended. */
  open: (died: (cause: unknown) => void) => Promise<T>
  /** It died, and before another one is opened. */
  lost?: () => Promise<void>
  /** Another one is there. */
  reopened: (one: T) => void
  /** It is tried again. */
  onRetryableError: (cause: unknown) => void
  /** It died too often in a row. */
  failed: (cause: unknown) => void
  /** Deaths in a row that are borne; a row ends when one has lived for half a minute. */
  mostDeaths?: number
  longestWaitMs?: number
}): Promise<Reviver<T>> {
  const { mostDeaths = MOST_DEATHS, longestWaitMs = LONGEST_WAIT_MS } = options
  let closed = false
  let deaths = 0
  let bornAt = 0
  let up: Promise<void> = Promise.resolve()

  async function open(): Promise<T> {
    bornAt = monotonicMs()
    let isOpen = false
    let end: { cause: unknown } | undefined
    const one = await options.open((cause) => {
      end = { cause }
      if (isOpen && !closed) up = again(cause)
    })
    if (end) throw (end as { cause: unknown }).cause
    isOpen = true
    return one
  }
  async function again(last: unknown): Promise<void> {
    if (monotonicMs() - bornAt > LIVED_MS) deaths = 0
    try {
      await options.lost?.()
    } catch (error) {
      // What was to be noted of the death is not; another one is opened all the same.
      options.onRetryableError(error)
    }
    for (let cause = last; !closed; ) {
      options.onRetryableError(cause)
      if (++deaths > mostDeaths) return options.failed(cause)
      await new Promise((resolve) => setTimeout(resolve, Math.min(FIRST_WAIT_MS * 2 ** (deaths - 1), longestWaitMs)))
      if (closed) return
      try {
        return options.reopened(await open())
      } catch (error) {
        cause = error
      }
    }
  }

  const first = await open()
  return {
    first,
    isUp: () => up,
    close() {
      closed = true
    },
  }
}
