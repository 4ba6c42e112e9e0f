import type { Alerts, openFare } from '../alerts/index.ts'
import {
  type Alert,
  type AnalysisOutput,
  type ApplianceId,
  type Clock,
  type Database,
  monotonicMs,
  type Offset,
  Problem,
} from '../core/index.ts'
import type { EventHub } from '../dashboards/index.ts'
import { commitConsumed, consumed } from '../database/index.ts'
import type { Desk, ModelDesk, Registry } from '../service/index.ts'
import type { Sample } from './protocol.ts'

const HOUSEKEEPING_MS = 500
const FLEET_EVERY_MS = 1_000

type Decided = Pick<AnalysisOutput, 'detections' | 'verifications' | 'firmware' | 'health' | 'swaps'>

/** Turns what detection said into alerts and tickets, in one transaction with its offset, and tells the pages. */
export function createDecider(parts: {
  database: Database
  registry: Registry
  alerts: Alerts
  desk: Desk
  models: ModelDesk
  fare: Awaited<ReturnType<typeof openFare>>
  events: EventHub
  /** Other models judge from now on. */
  swapped: () => void
  /** Something could not be done now and is tried again. */
  troubled: (what: string, error: unknown) => void
}) {
  const { database, registry, alerts, desk, models, fare, events } = parts
  let rate = 0
  let decidedUpTo: number | undefined

  /** The pages hear of what was committed; that they may not must not undo it. */
  async function tell(changed: Alert[], tickets: Iterable<string>): Promise<void> {
    if (events.listeners === 0) return
    try {
      for (const alert of changed) events.publish('alert', alert)
      for (const id of new Set(tickets)) events.publish('ticket', await desk.get(id))
    } catch (error) {
      parts.troubled('stream', error)
    }
  }

  /** @param upTo everything up to there is decided with it */
  async function commit({ detections, verifications, firmware, health, swaps }: Decided, upTo?: Offset): Promise<void> {
    const { changed, verified, learned } = await database.transaction(async (tx) => {
      const learned = await registry.heardFirmware(tx, firmware)
      const changed = await alerts.apply(tx, detections)
      const verified = await desk.verified(tx, verifications)
      await fare.save(tx, health)
      await models.swapped(tx, swaps)
      if (upTo !== undefined) await commitConsumed(tx, 'decisions', upTo)
      return { changed, verified, learned }
    })
    if (upTo !== undefined) decidedUpTo = upTo
    learned()
    if (swaps.length > 0) parts.swapped()
    await tell(changed, [...changed.flatMap(({ ticket }) => (ticket ? [ticket] : [])), ...verified])
    for (const row of health) events.publish('health', row, row.appliance)
  }

  return {
    /** Outputs in order; those of one call commit together. */
    async decide(outputs: AnalysisOutput[]): Promise<void> {
      const upTo = outputs.at(-1)?.upTo ?? 0
      if (outputs.every(saysNothing)) return
      decidedUpTo ??= await consumed(database.query, 'decisions')
      // A restart hears again what came after the snapshot; what people did since then stands.
      const known = decidedUpTo
      const fresh = outputs.filter((output) => output.upTo > known)
      const detections = fresh.flatMap((output) => output.detections)
      const swaps = fresh.flatMap((output) => output.swaps)
      const verifications = fresh.flatMap((output) => output.verifications)
      const firmware = fresh.flatMap((output) => output.firmware)
      const health = [
        ...new Map(fresh.flatMap((output) => output.health.map((row) => [row.appliance, row] as const))).values(),
      ]
      if (fresh.every(saysNothing)) return
      await commit({ detections, swaps, verifications, firmware, health }, upTo)
    },
    /**
     * The same of one output, appliance by appliance in transactions of their own, for when it fails as a whole: so the rest
     * is decided. @returns whose part failed, and why. @throws Problem, retryable, while the database is away
     */
    async decideApart(output: AnalysisOutput): Promise<{ appliance: ApplianceId; error: Error }[]> {
      decidedUpTo ??= await consumed(database.query, 'decisions')
      if (output.upTo <= decidedUpTo) return []
      const { detections, verifications, firmware, health, swaps, upTo } = output
      const failed: { appliance: ApplianceId; error: Error }[] = []
      for (const id of new Set(
        [...detections, ...verifications, ...firmware, ...health].map(({ appliance }) => appliance),
      )) {
        const its = <T extends { appliance: ApplianceId }>(rows: T[]): T[] =>
          rows.filter(({ appliance }) => appliance === id)
        const part = {
          detections: its(detections),
          verifications: its(verifications),
          firmware: its(firmware),
          health: its(health),
          swaps: [],
        }
        try {
          await commit(part)
        } catch (error) {
          if (error instanceof Problem && (error.retryable || error.status === 503)) throw error
          failed.push({ appliance: id, error: error as Error })
        }
      }
      await commit({ detections: [], verifications: [], firmware: [], health: [], swaps }, upTo)
      return failed
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
      let busy: Promise<void> | undefined
      async function turn(): Promise<void> {
        const { closed, moved } = await database.transaction(async (tx) => ({
          moved: await desk.tick(tx),
          closed: await alerts.tick(tx, clock.now()),
        }))
        await tell(closed, moved)
      }
      const timer = setInterval(() => {
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
        last = clock.now()
        busy = turn()
          // What is due stays due, and the next turn finds it.
          .catch((error: unknown) => parts.troubled('housekeeping', error))
          .finally(() => {
            busy = undefined
          })
      }, HOUSEKEEPING_MS)
      return {
        async stop() {
          clearInterval(timer)
          await busy
        },
      }
    },
  }
}

const saysNothing = ({ detections, verifications, health, firmware, swaps }: AnalysisOutput): boolean =>
  detections.length + verifications.length + health.length + firmware.length + swaps.length === 0
