import { monotonicMs } from '../../core/index.ts'

const TURN_MS = 1_000
/** No oftener than this by the machine's clock, however fast the world's goes. */
const REST_MS = 5_000

/** Looks again and again, one look at a time. @param failed hears why a look came to nothing: the next one does it */
export function repeatRounds(
  round: (isClosed: () => boolean) => Promise<void>,
  failed: (error: unknown) => void,
): { stop(): Promise<void> } {
  let restsUntil = 0
  let closed = false
  let running: Promise<void> | undefined
  const turn = (): void => {
    if (running || monotonicMs() < restsUntil) return
    running = round(() => closed)
      .catch(failed)
      .finally(() => {
        restsUntil = monotonicMs() + REST_MS
        running = undefined
      })
  }
  const timer = setInterval(turn, TURN_MS)
  return {
    async stop() {
      closed = true
      clearInterval(timer)
      await running
    },
  }
}
