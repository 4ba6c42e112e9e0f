import { type Clock, DAY, type Retention, type TelemetryStore } from '../core/index.ts'

const EVERY_MS = 60 * 60_000
/** Between two bites, so that others come in. */
const REST_MS = 250
const BITE_ROWS = 200_000

/**
 * Forgets raw readings that are older than the policy keeps, except the windows that tickets pin, once an hour and in
 * small bites. Hours and cycles stay for years.
 * @param days how long raw readings and what was refused are kept @param keep windows that stay for ever
 */
export function openRetention(parts: {
  store: TelemetryStore
  clock: Clock
  days: () => { readings: number; quarantine: number }
  /** One bite of what else grows old. @returns whether nothing is left of it */
  others: (() => Promise<boolean>)[]
  keep: () => Promise<Retention['keep']>
  onRetryableError: (what: string, error: unknown) => void
}) {
  let closed = false
  let running: Promise<void> | undefined
  async function round(): Promise<void> {
    const { readings, quarantine } = parts.days()
    const retention = {
      before: parts.clock.now() - readings * DAY,
      refusedBefore: parts.clock.now() - quarantine * DAY,
      keep: await parts.keep(),
      most: BITE_ROWS,
    }
    while (!closed) {
      const { done } = await parts.store.forget(retention)
      if (done) break
      await rest()
    }
    for (const bite of parts.others) while (!closed && !(await bite())) await rest()
  }
  const rest = () => new Promise((resolve) => setTimeout(resolve, REST_MS))
  const turn = (): void => {
    running ??= round()
      // What is too old stays too old: the next hour tries again.
      .catch((error: unknown) => parts.onRetryableError('retention', error))
      .finally(() => {
        running = undefined
      })
  }
  const timer = setInterval(turn, EVERY_MS)
  const first = setTimeout(turn, 60_000)
  return {
    async stop() {
      closed = true
      clearInterval(timer)
      clearTimeout(first)
      await running
    },
  }
}
