export interface PollLoop {
  /** There may be work. Cheap, never waits, never throws. */
  wake(): void
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
  /** Resolves when what was under way is done; nothing begins afterwards. */
  close(): Promise<void>
}

/**
 * Does `work` when it is woken, and at least every `everyMs`; never twice at once. A wake while it works makes it work
 * once more, so none is lost. A failure is told, and the next wake or turn tries again.
 * @param work takes all that there is to do; asks `isClosed` between two pieces
 */
export function openPollLoop(
  work: (isClosed: () => boolean) => Promise<void>,
  everyMs: number,
  failed: (error: unknown) => void,
): PollLoop {
  let running: Promise<void> | undefined
  let again = false
  let closed = false

  async function turn(): Promise<void> {
    while (again && !closed) {
      again = false
      await work(() => closed).catch(failed)
    }
    running = undefined
  }
  function wake(): void {
    if (closed) return
    again = true
    running ??= turn()
  }
  const timer = setInterval(wake, everyMs).unref()
  return {
    wake,
    async idle() {
      while (running) await running
    },
    async close() {
      closed = true
      clearInterval(timer)
      await running
    },
  }
}
