import type { Logger } from 'pino'
import { Problem } from '../../core/index.ts'
import type { Ending } from '../ending.ts'

/**
 * How one organisation ends: with the program, or by itself while the others go on. What goes wrong in it bears its name.
 * @param lost it cannot go on
 */
export function endingOf(all: Ending, organisation: string, logger: Logger, lost: () => void) {
  const closers: (() => Promise<void> | void)[] = []
  const ingress: typeof closers = []
  let shut: Promise<void> | undefined
  let done: Promise<void> | undefined
  const close = async (those: typeof closers): Promise<void> => {
    for (const one of those.reverse())
      await Promise.resolve(one()).catch((error: unknown) => logger.error({ organisation, err: error }, 'closing'))
  }
  const shutDoors = (): Promise<void> => {
    shut ??= close(ingress)
    return shut
  }
  const end = (): Promise<void> => {
    done ??= shutDoors().then(() => close(closers))
    return done
  }
  all.ingressOpened(shutDoors)
  all.opened(end)
  const ending: Ending = {
    end: () => void end(),
    opened: (one) => void closers.push(one),
    ingressOpened: (one) => void ingress.push(one),
    failed({ code, concerns, message, remedy }) {
      if (done) return
      logger.fatal({ organisation, code, concerns }, `${message} ${remedy} It is closed until the next start.`)
      lost()
    },
    foundUnreadable: all.foundUnreadable,
    onRetryableError(code, error) {
      const told = error instanceof Problem ? error.message : (error as Error).message
      all.onRetryableError(code, new Error(`${organisation}: ${told}`))
    },
  }
  return { ending, end }
}
