import {
  type ApplianceId,
  type DroppedValue,
  type Hearing,
  type Millis,
  Population,
  type QuarantineReason,
  type ValueHint,
} from '../core/index.ts'
import type { Dropped } from './reading/readValues.ts'

const MOST_KINDS = 48
const MOST_HINTS = 16
const SAMPLE_BYTES = 200

/**
 * What each appliance said that did not count. It has only those of which there is something to tell, so a sound fleet
 * costs nothing; of one appliance it keeps a bounded number of kinds, the newest.
 */
export class HearingBook {
  readonly population = new Population<Hearing>('hearing')
  #news = new Set<ApplianceId>()

  dropped(appliance: ApplianceId, values: readonly Dropped[], at: Millis): void {
    const hearing = this.#of(appliance)
    for (const { metric, why, sample } of values) {
      const known = hearing.droppedValues.find((one) => one.metric === metric && one.why === why)
      if (known) {
        known.count++
        known.sample = sample
        known.lastAt = Math.max(known.lastAt, at)
      } else hearing.droppedValues.push({ metric, why, sample, count: 1, lastAt: at })
    }
    if (hearing.droppedValues.length > MOST_KINDS) {
      hearing.droppedValues.sort(byNewest)
      hearing.droppedValues.length = MOST_KINDS
    }
  }

  refused(appliance: ApplianceId, reason: QuarantineReason, detail: string, at: Millis, bytes: Uint8Array): void {
    const hearing = this.#of(appliance)
    hearing.lastRefused = { reason, detail, at, sample: Buffer.from(bytes.subarray(0, SAMPLE_BYTES)).toString('utf8') }
    hearing.refusedInARow++
  }

  /** A reading of it counted. Costs a look-up where nothing was ever wrong. */
  heard(appliance: ApplianceId): void {
    const known = this.population.all.get(appliance)
    if (known && known.refusedInARow > 0) this.#of(appliance).refusedInARow = 0
  }

  /** @param hint of one metric; the same is said once */
  hint(appliance: ApplianceId, hint: ValueHint): void {
    const { hints } = this.#of(appliance)
    if (hints.length < MOST_HINTS && !hints.some(({ metric }) => metric === hint.metric)) hints.push(hint)
  }
  unhint(appliance: ApplianceId, metric?: string): void {
    if (!this.population.all.get(appliance)?.hints.length) return
    const hearing = this.#of(appliance)
    hearing.hints = hearing.hints.filter((one) => metric !== undefined && one.metric !== metric)
  }

  forget(appliance: ApplianceId): void {
    if (!this.population.all.has(appliance)) return
    this.population.delete(appliance)
    this.#news.delete(appliance)
  }

  /** What changed since the last call. */
  news(): Hearing[] {
    const news = [...this.#news].flatMap((appliance) => this.population.all.get(appliance) ?? [])
    this.#news.clear()
    return news.map((one) => structuredClone(one))
  }

  #of(appliance: ApplianceId): Hearing {
    this.#news.add(appliance)
    let hearing = this.population.get(appliance)
    if (!hearing) {
      hearing = { appliance, droppedValues: [], refusedInARow: 0, hints: [] }
      this.population.set(appliance, hearing)
    }
    return hearing
  }
}

const byNewest = (a: DroppedValue, b: DroppedValue): number => b.lastAt - a.lastAt
