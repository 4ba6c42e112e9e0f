import type { FrameGroup, Offset, TelemetryLog } from '../../core/index.ts'

export interface Follower {
  /** The last group that `deliver` has done. */
  readonly at: Offset
  /** Goes back there, once no delivery is under way. */
  rewind(to: Offset): Promise<void>
  /** Resolves when no delivery is under way; nothing is delivered afterwards. */
  stop(): Promise<void>
}

/**
 * Gives one consumer every group after `from`, in order, each once, one at a time: from memory while it keeps up, from
 * disk while it does not. At most `maxWaitingBytes` of live groups are held for it.
 * @param deliver resolves when the consumer takes the next one; when it rejects, following ends
 * @param failed is told why
 */
export function followLog(
  log: TelemetryLog,
  from: Offset,
  deliver: (group: FrameGroup) => Promise<void>,
  failed: (error: unknown) => void,
  maxWaitingBytes = 32 * 1024 * 1024,
): Follower {
  let at = from
  let waiting: FrameGroup[] = []
  let waitingBytes = 0
  let stopped = false
  let paused = false
  let running: Promise<void> | undefined

  const run = async (): Promise<void> => {
    while (!stopped && !paused && at < log.end) {
      const next = waiting.shift()
      if (next) waitingBytes -= next.bytes.byteLength
      if (next && next.upTo <= at) continue
      if (next && next.from === at) {
        await deliver(next)
        at = next.upTo
        continue
      }
      // What is in memory does not follow on: the stretch between is on disk.
      waiting = []
      waitingBytes = 0
      for await (const group of log.read(at)) {
        if (stopped || paused) return
        await deliver(group)
        at = group.upTo
      }
    }
  }
  const wake = (): void => {
    running ??= run()
      .catch((error) => {
        stopped = true
        failed(error)
      })
      .finally(() => {
        running = undefined
        if (!stopped && !paused && at < log.end) wake()
      })
  }
  log.onGroup((group) => {
    if (stopped) return
    if (waitingBytes + group.bytes.byteLength <= maxWaitingBytes) {
      waiting.push(group)
      waitingBytes += group.bytes.byteLength
    }
    wake()
  })
  wake()
  return {
    get at() {
      return at
    },
    async rewind(to) {
      paused = true
      await running
      waiting = []
      waitingBytes = 0
      at = to
      paused = false
      wake()
    },
    async stop() {
      stopped = true
      await running
    },
  }
}
