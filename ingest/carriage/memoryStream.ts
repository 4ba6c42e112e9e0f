import type { CarriedEntry, EntryStream } from '../../core/index.ts'

/** What a read takes of one partition at most. */
export const MOST_AT_ONCE = 64

/** Within one process: for tests, and for roles that share one. `flush` forgets everything, as Redis may. */
export function memoryStream(): EntryStream & { flush(): void } {
  const streams = new Map<number, CarriedEntry[]>()
  const wakes = new Set<() => void>()
  let last = 0
  let isClosed = false
  const take = (after: ReadonlyMap<number, string>): CarriedEntry[] =>
    [...streams].flatMap(([partition, entries]) =>
      entries.filter(({ at }) => Number(at) > Number(after.get(partition) ?? 0)).slice(0, MOST_AT_ONCE),
    )
  const wakeAll = (): void => {
    for (const wake of wakes) wake()
  }
  return {
    async publish(entries) {
      for (const entry of entries) {
        const stream = streams.get(entry.partition) ?? []
        streams.set(entry.partition, stream)
        stream.push({ ...entry, frames: entry.frames.slice(), at: String(++last) })
      }
      wakeAll()
    },
    async read(after, waitMs) {
      const now = take(after)
      if (now.length > 0 || isClosed) return now
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer)
          wakes.delete(wake)
          resolve()
        }
        const timer = setTimeout(wake, waitMs)
        wakes.add(wake)
      })
      return take(after)
    },
    async trim(upTo) {
      for (const [partition, place] of upTo) {
        const left = streams.get(partition)?.filter(({ at }) => Number(at) > Number(place))
        if (left) streams.set(partition, left)
      }
    },
    flush: () => streams.clear(),
    async close() {
      isClosed = true
      wakeAll()
    },
  }
}
