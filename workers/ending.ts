import type { Logger } from 'pino'
import { monotonicMs, type Problem } from '../core/index.ts'

/** An orderly end takes no longer. Everything acknowledged is on disk by then, so going is safe at any moment. */
const LONGEST_END_MS = 9_000
/** The same trouble is told at most this often. */
const TELL_AGAIN_MS = 60_000

export type Ending = ReturnType<typeof openEnding>

/** How the program ends: first whatever lets something in, then what was opened is closed in reverse order, once, at a signal or when it cannot go on. */
export function openEnding(logger: Logger) {
  const closers: (() => Promise<void> | void)[] = []
  const ingress: typeof closers = []
  const told = new Map<string, number>()
  let ending: Promise<void> | undefined

  async function closeAll(): Promise<void> {
    for (const close of [...ingress.reverse(), ...closers.reverse()]) {
      try {
        await close()
      } catch (error) {
        logger.error(error, 'closing')
      }
    }
  }
  function end(code: number): void {
    if (ending) return
    setTimeout(() => {
      logger.warn(
        { code: 'end-cut-short' },
        'Closing took too long; the rest is done from the journal at the next start.',
      )
      process.exit(code)
    }, LONGEST_END_MS)
    ending = closeAll().then(() => process.exit(code))
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(0))
  // Whoever started us through `npm start` is gone: so are we.
  if (process.send) process.on('disconnect', () => end(0))
  return {
    end,
    /** Something was opened; it is closed before all that was opened earlier. */
    opened: (close: () => Promise<void> | void): void => void closers.push(close),
    /** Something that lets work in was opened: such are closed before everything else, the one that was opened last first. */
    ingressOpened: (close: () => Promise<void> | void): void => void ingress.push(close),
    /** The world cannot go on. */
    failed(problem: Problem): void {
      if (ending) return
      logger.fatal({ code: problem.code, concerns: problem.concerns }, `${problem.message} ${problem.remedy}`)
      end(1)
    },
    /** A row of the database cannot be read; everything else goes on without it. */
    foundUnreadable({ code, concerns, message, remedy }: Problem): void {
      logger.error({ code, concerns }, `${message} ${remedy}`)
    },
    /** Something failed that is tried again by itself. */
    onRetryableError(code: string, error: unknown): void {
      const now = monotonicMs()
      if (ending || now - (told.get(code) ?? Number.NEGATIVE_INFINITY) < TELL_AGAIN_MS) return
      told.set(code, now)
      logger.warn({ code, err: error }, `${code}: ${(error as Error).message} It is tried again.`)
    },
  }
}
