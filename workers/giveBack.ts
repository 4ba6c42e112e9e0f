import { performance } from 'node:perf_hooks'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const FIRST_LOOK_MS = 2_000
const LOOK_EVERY_MS = 10_000
/** Below it this thread has nothing to do. */
const IDLE_SHARE = 0.1
/** A young generation of this size is no burden. */
const SMALL_BYTES = 16 << 20

/** Collects what nobody holds, and lets the heap shrink around the rest. */
type Collect = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void

/**
 * Gives back the memory that loading the program, or a time of load, has left to this thread: V8 lets the young generation
 * grow (to 128 MB) and never shrink by itself. Looks at intervals, and acts once the thread is idle: a pause of a tenth of
 * a second, and none while the generation is small.
 */
export function giveBackWhenIdle(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as Collect
  let last = performance.eventLoopUtilization()
  function look(): void {
    setTimeout(look, LOOK_EVERY_MS).unref()
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, last)
    last = now
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')
    if (utilization < IDLE_SHARE && (young?.space_size ?? 0) > SMALL_BYTES)
      collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  }
  setTimeout(look, FIRST_LOOK_MS).unref()
}
