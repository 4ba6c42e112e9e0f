import { noticeOfJob } from '../../alerts/index.ts'
import {
  type Alert,
  type Clock,
  type Database,
  FIRST,
  HOUR,
  type Settings,
  type World,
  wallClock,
} from '../../core/index.ts'
import { pieceOfNotice, piecesOfAlert } from './traces.ts'

/** Alerts that were traced already: one that changes later is the same one. */
const MOST_KNOWN = 10_000

export interface Tracing {
  /** An alert that stands after a commit; one that opened in it becomes the beginning of a trace. */
  alert(alert: Alert, began: number): void
  /** A job that is over: sent, or dead. */
  job(job: { key: string; channel: string; tries: number; error?: string }): void
  close(): Promise<void>
}

/** OTEL_EXPORTER_OTLP_ENDPOINT: what came of a reading is told there. Without it nothing is loaded. */
export async function startTracing(
  settings: Settings,
  world: World,
  database: Database,
  clock: Clock = wallClock,
): Promise<Tracing | undefined> {
  const endpoint = settings.OTEL_EXPORTER_OTLP_ENDPOINT
  // Where time is made up, how long something took says nothing.
  if (endpoint === undefined || world.clock !== 'wall') return undefined
  const { exportTraces } = await import('./exportTraces.ts')
  const traces = exportTraces(endpoint, world.organisation ?? FIRST)
  const startedAt = clock.now()
  const known = new Set<string>()
  return {
    alert(alert, began) {
      const key = `${alert.id} ${alert.ticket ?? ''}`
      // The openings of former runs were told by them.
      if (alert.openedAt === undefined || (alert.opened?.at ?? alert.openedAt) < startedAt - HOUR) return
      if (known.has(key)) return
      if (known.size >= MOST_KNOWN) known.clear()
      known.add(key)
      traces.send(piecesOfAlert(alert, began, clock.now()))
    },
    job(job) {
      const tried = clock.now()
      void noticeOfJob(database, job.key).then(
        (notice) => {
          const piece = notice && pieceOfNotice(notice, job, tried)
          if (piece) traces.send([piece])
        },
        // The database is away: the message itself is told of by its own row.
        () => undefined,
      )
    },
    close: traces.close,
  }
}
