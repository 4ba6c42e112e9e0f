import type { Alerts, openFare } from '../alerts/index.ts'
import { type Alert, type AnalysisOutput, type Clock, type Database, monotonicMs } from '../core/index.ts'
import type { EventHub } from '../dashboards/index.ts'
import { commitConsumed } from '../database/index.ts'
import type { Desk } from '../service/index.ts'
import type { Sample } from './protocol.ts'

const HOUSEKEEPING_MS = 500
const FLEET_EVERY_MS = 1_000

/** Turns what detection said into alerts and tickets, in one transaction with its offset, and tells the pages. */
export function createDecider(parts: {
  database: Database
  alerts: Alerts
  desk: Desk
  fare: Awaited<ReturnType<typeof openFare>>
  events: EventHub
}) {
  const { database, alerts, desk, fare, events } = parts
  let rate = 0

  async function tell(changed: Alert[], tickets: Iterable<string>): Promise<void> {
    if (events.listeners === 0) return
    for (const alert of changed) events.publish('alert', alert)
    for (const id of new Set(tickets)) events.publish('ticket', await desk.get(id))
  }

  return {
    async decide(output: AnalysisOutput): Promise<void> {
      const { detections, verifications, health } = output
      if (detections.length + verifications.length + health.length === 0) return
      const { changed, verified } = await database.transaction(async (tx) => {
        const changed = await alerts.apply(tx, detections)
        const verified = await desk.verified(tx, verifications)
        await fare.save(tx, health)
        await commitConsumed(tx, 'decisions', output.upTo)
        return { changed, verified }
      })
      await tell(changed, [...changed.flatMap(({ ticket }) => (ticket ? [ticket] : [])), ...verified])
      for (const row of health) events.publish('health', row, row.appliance)
    },
    seen(samples: Sample[]): void {
      for (const sample of samples) events.publish('reading', sample, sample.appliance)
    },
    readingsPerSecond: () => rate,
    /** What time alone brings about: offers expire, cleared alerts close; and the pulse of the fleet page. */
    keepHouse(clock: Clock, received: () => number) {
      let readings = received()
      let rateAt = monotonicMs()
      let last = clock.now()
      let lastFleet = monotonicMs()
      let busy = false
      const timer = setInterval(async () => {
        const elapsed = monotonicMs() - lastFleet
        if (elapsed >= FLEET_EVERY_MS) {
          const total = received()
          rate = (Math.max(0, total - readings) * 1000) / (monotonicMs() - rateAt)
          readings = total
          rateAt = monotonicMs()
          lastFleet = monotonicMs()
          events.publish('fleet', { now: clock.now(), readingsPerSecond: rate })
        }
        if (busy || clock.now() === last) return
        busy = true
        last = clock.now()
        try {
          const { closed, moved } = await database.transaction(async (tx) => ({
            moved: await desk.tick(tx),
            closed: await alerts.tick(tx, clock.now()),
          }))
          await tell(closed, moved)
        } catch {
          // The database is away: what is due stays due, and the next turn finds it.
        } finally {
          busy = false
        }
      }, HOUSEKEEPING_MS)
      return {
        async stop() {
          clearInterval(timer)
        },
      }
    },
  }
}
