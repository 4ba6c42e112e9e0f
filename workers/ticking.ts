import type { Clock, TelemetryLog } from '../core/index.ts'

const TICK_EVERY_MS = 10_000

/** Moves a world's wall clock through its journal, so that a replay hears the same time. */
export function startTicking(log: TelemetryLog, wall: Clock, onRetryableError: (code: string, error: unknown) => void) {
  const tick = (): void =>
    void log
      .append({ type: 'tick', appliance: '', kind: '', payload: new Uint8Array(), arrivedAt: wall.now() })
      .catch((error: unknown) => onRetryableError('tick', error))
  const timer = setInterval(tick, TICK_EVERY_MS)
  tick()
  return { stop: () => clearInterval(timer) }
}
