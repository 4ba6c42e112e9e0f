import type { Alerts } from '../alerts/index.ts'
import {
  type Alert,
  type AnalysisOutput,
  type ApplianceId,
  type Database,
  type Offset,
  Problem,
  type TicketId,
  type UnitOfWork,
  wallClock,
} from '../core/index.ts'
import type { EventHub } from '../dashboards/index.ts'
import { commitConsumed, consumed, savepoint } from '../database/index.ts'
import type { HealthStore, ModelRegistry, Registry, TicketService } from '../service/index.ts'
import type { Sample } from './protocol.ts'

type Decided = Pick<AnalysisOutput, 'detections' | 'verifications' | 'firmware' | 'health' | 'swaps'>
/** What is told and remembered after the commit. */
type Effect = () => Promise<void>

/** Turns what detection said into alerts and tickets, in one transaction with its offset, and tells the pages. */
export function createDecider(parts: {
  database: Database
  registry: Registry
  alerts: Alerts
  desk: TicketService
  models: ModelRegistry
  healthStore: HealthStore
  events: EventHub
  /** Other models judge from now on. */
  swapped: () => void
  /** An alert stands after a commit; `began`: when deciding of it did, by the wall. */
  opened?: ((alert: Alert, began: number) => void) | undefined
  /** Something could not be done now and is tried again. */
  onRetryableError: (what: string, error: unknown) => void
}) {
  const { database, registry, alerts, desk, models, healthStore, events } = parts
  /** Of the transaction that was tried last. */
  let untold: { upTo: Offset; effects: Effect[] } | undefined

  /** The pages hear of what was committed; that they may not must not undo it. */
  async function tell(changed: Alert[], tickets: Iterable<TicketId>): Promise<void> {
    if (events.listeners === 0) return
    try {
      for (const alert of changed) events.publish({ type: 'alert', id: alert.id })
      for (const id of new Set(tickets)) events.ticket(await desk.get(id))
    } catch (error) {
      parts.onRetryableError('stream', error)
    }
  }

  /** What one part of an output changes, inside a transaction. @returns what it leads to once that has committed */
  async function apply(
    tx: UnitOfWork,
    { detections, verifications, firmware, health, swaps }: Decided,
  ): Promise<Effect> {
    const began = wallClock.now()
    const learned = await registry.heardFirmware(tx, firmware)
    const changed = await alerts.apply(tx, detections)
    const verified = await desk.verified(tx, verifications)
    const shown = await healthStore.save(tx, health)
    await models.swapped(tx, swaps)
    return async () => {
      learned()
      shown()
      if (swaps.length > 0) parts.swapped()
      for (const alert of changed) parts.opened?.(alert, began)
      await tell(changed, [...changed.flatMap(({ ticket }) => (ticket ? [ticket] : [])), ...verified])
      for (const { appliance } of health) events.publish({ type: 'health', id: appliance })
    }
  }

  /** The same in a savepoint. @throws what trying again can help: the database is away, and nothing of the rest is decided */
  async function applyApart(tx: UnitOfWork, part: Decided, failed: (error: Error) => Promise<void>): Promise<Effect[]> {
    try {
      return [await savepoint(tx, () => apply(tx, part))]
    } catch (error) {
      if (error instanceof Problem && error.retryable) throw error
      await failed(error as Error)
      return []
    }
  }

  /**
   * Decides in one transaction with the offset. What the database has already is skipped: a restart hears again what came
   * after the snapshot, and what people did since then stands.
   */
  async function commit(
    outputs: AnalysisOutput[],
    decideFresh: (tx: UnitOfWork, fresh: AnalysisOutput[]) => Promise<Effect[]>,
  ): Promise<void> {
    const last = outputs.at(-1)
    if (!last || outputs.every(saysNothing)) return
    const effects = await database.transaction(async (tx) => {
      const decidedUpTo = await consumed(tx, 'decisions')
      // The answer to a commit may be lost although it was done: then it is only told.
      if (decidedUpTo >= last.upTo && untold?.upTo === last.upTo) return untold.effects
      const fresh = outputs.filter((output) => output.upTo > decidedUpTo)
      if (fresh.every(saysNothing)) return []
      const done = await decideFresh(tx, fresh)
      await commitConsumed(tx, 'decisions', last.upTo)
      untold = { upTo: last.upTo, effects: done }
      return done
    })
    untold = undefined
    for (const effect of effects) await effect()
  }

  return {
    /** Outputs in order; those of one call commit together. */
    decide: (outputs: AnalysisOutput[]): Promise<void> =>
      commit(outputs, async (tx, fresh) => [await apply(tx, together(fresh))]),
    /**
     * The same of one output, each appliance's part in a savepoint of its own, for when it fails as a whole: so the rest is
     * decided. `failed` is told whose part it was before anything commits: a kill between may tell it twice, and never hides it.
     * @throws Problem, retryable, while the database is away
     */
    decideApart: (
      output: AnalysisOutput,
      failed: (appliance: ApplianceId, error: Error) => Promise<void>,
    ): Promise<void> =>
      commit([output], async (tx) => {
        const effects: Effect[] = []
        for (const appliance of appliancesOf(output))
          effects.push(...(await applyApart(tx, partOf(output, appliance), (error) => failed(appliance, error))))
        const swaps = { ...nothing, swaps: output.swaps }
        effects.push(...(await applyApart(tx, swaps, async (error) => parts.onRetryableError('models', error))))
        return effects
      }),
    seen(samples: Sample[]): void {
      for (const sample of samples) events.publish({ type: 'reading', id: sample.appliance, ...sample })
    },
    tell,
  }
}
export type Decider = ReturnType<typeof createDecider>

const saysNothing = ({ detections, verifications, health, firmware, swaps }: AnalysisOutput): boolean =>
  detections.length + verifications.length + health.length + firmware.length + swaps.length === 0

const nothing: Decided = { detections: [], verifications: [], firmware: [], health: [], swaps: [] }

/** Several outputs as one; how an appliance fares is what was said of it last. */
const together = (outputs: AnalysisOutput[]): Decided => ({
  detections: outputs.flatMap(({ detections }) => detections),
  verifications: outputs.flatMap(({ verifications }) => verifications),
  firmware: outputs.flatMap(({ firmware }) => firmware),
  health: [...new Map(outputs.flatMap(({ health }) => health.map((row) => [row.appliance, row] as const))).values()],
  swaps: outputs.flatMap(({ swaps }) => swaps),
})

const appliancesOf = ({ detections, verifications, firmware, health }: Decided): Set<ApplianceId> =>
  new Set([...detections, ...verifications, ...firmware, ...health].map(({ appliance }) => appliance))

function partOf({ detections, verifications, firmware, health }: Decided, id: ApplianceId): Decided {
  const its = <T extends { appliance: ApplianceId }>(rows: T[]): T[] => rows.filter(({ appliance }) => appliance === id)
  return {
    detections: its(detections),
    verifications: its(verifications),
    firmware: its(firmware),
    health: its(health),
    swaps: [],
  }
}
