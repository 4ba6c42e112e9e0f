import { performance } from 'node:perf_hooks'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * How often it is looked whether the thread was busy for less than a share of the time since. A pause of a tenth of a
 * second every ten seconds is for one that has nothing to do; once a minute it is less than one call in five hundred.
 */
const looks = [
  { firstMs: 2_000, everyMs: 10_000, share: 0.1 },
  { firstMs: 30_000, everyMs: 60_000, share: 0.4 },
]
/** A young generation of this size is no burden. */
const SMALL_BYTES = 16 << 20

/** Collects what nobody holds, and lets the heap shrink around the rest. */
type Collect = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void

/**
 * Gives back the memory that loading the program, or a time of load, has left to this thread: V8 lets the young generation
 * grow (to 128 MB) and never shrink by itself. Looks at intervals, and acts once the thread has time for it; where it is
 * needed, it grows again.
 */
export function giveBackWhenIdle(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as Collect
  for (const { firstMs, everyMs, share } of looks) {
    let last = performance.eventLoopUtilization()
    function look(): void {
      setTimeout(look, everyMs).unref()
      const now = performance.eventLoopUtilization()
      const { utilization } = performance.eventLoopUtilization(now, last)
      last = now
      const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')
      if (utilization < share && (young?.space_size ?? 0) > SMALL_BYTES)
        collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
    }
    setTimeout(look, firstMs).unref()
  }
}
