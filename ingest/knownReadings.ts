import { type ApplianceId, type FrameGroup, type Offset, Population, type TelemetryStore } from '../core/index.ts'
import type { BatchBuilder } from './batchBuilder.ts'
import type { GroupWork } from './groupWork.ts'
import { decodeGroup } from './journal/journalFrames.ts'
import { encodeWindow, KnownWindow } from './knownWindow.ts'
import { patiently } from './reading/payloadParts.ts'

/** Which readings came before: the newest of each appliance in memory, all others by asking the store. */
export class KnownReadings {
  readonly windows = new Population<KnownWindow>('window', encodeWindow)
  /** Have we heard everything since the world began? */
  isComplete = true
  #known: TelemetryStore['known']
  #latest: TelemetryStore['latest'] | undefined

  /** @param latest without it, a stage that begins in the middle of the journal asks the store about every reading */
  constructor(known: TelemetryStore['known'], latest: TelemetryStore['latest'] | undefined) {
    this.#known = known
    this.#latest = latest
  }

  /** What memory does not know is asked of the store again, appliance by appliance. */
  distrust(): void {
    this.isComplete = false
    this.windows.clear()
  }

  windowOf(appliance: ApplianceId): KnownWindow {
    let window = this.windows.get(appliance)
    if (!window) {
      window = this.isComplete ? new KnownWindow(-Infinity, Infinity) : new KnownWindow(Infinity, -Infinity)
      this.windows.set(appliance, window)
    }
    return window
  }

  /** Begun in the middle of the journal: the store says how far each appliance is that we have not met. */
  async meet(group: FrameGroup): Promise<void> {
    const latest = this.#latest
    if (!latest) return
    const unmet = new Set<ApplianceId>()
    for (const { type, appliance } of decodeGroup(group.bytes)) {
      if ((type === 'telemetry' || type === 'requeue') && !this.windows.has(appliance)) unmet.add(appliance)
    }
    if (!unmet.size) return
    // What it was given is committed first, or it would not tell of it.
    await patiently(() => this.#known([]))
    const found = await patiently(() => latest([...unmet]))
    for (const appliance of unmet) {
      const last = found.get(appliance)
      this.windows.set(appliance, last ? new KnownWindow(last.ts, -Infinity) : new KnownWindow(-Infinity, Infinity))
    }
  }

  async clearDoubts({ doubtful, counters }: GroupWork): Promise<void> {
    const keys = doubtful.map(({ appliance, kind, ts }) => ({ appliance, kind, ts }))
    const stored = await patiently(() => this.#known(keys))
    const known = new Map(stored.map((one) => [`${one.appliance}\n${one.ts}`, one]))
    for (const { appliance, ts, offset, index, hash, former, refuse } of doubtful) {
      const before = known.get(`${appliance}\n${ts}`)
      const isEarlier = before && (before.offset < offset || (before.offset === offset && before.index < index))
      const isSame = [hash, former].some(({ high, low }) => before?.hashHigh === high && before.hashLow === low)
      if (isEarlier && isSame) counters.readings.duplicates++
      else refuse()
    }
  }

  /** Settles the readings that memory could not. @returns the rows that were not new after all */
  async askStore(work: GroupWork): Promise<Map<BatchBuilder, Set<number>>> {
    const { deferred, counters } = work
    const keyOf = ({ builder, row }: { builder: BatchBuilder; row: number }): string =>
      `${builder.applianceOf(row)}\n${builder.tsOf(row)}`
    const keys = deferred.map(({ builder, row }) => ({
      appliance: builder.applianceOf(row),
      kind: builder.kind.kind,
      ts: builder.tsOf(row),
    }))
    const stored = await patiently(() => this.#known(keys))
    const knownHash = new Map<string, { high: number; low: number; offset: Offset; index: number }>()
    const concerned = new Set(keys.map(({ appliance }) => appliance))
    const undecided = new Map<BatchBuilder, Set<number>>()
    for (const { builder, row } of deferred) undecided.set(builder, (undecided.get(builder) ?? new Set()).add(row))
    for (const builder of undecided.keys()) {
      for (let row = 0; row < builder.count; row++) {
        if (!concerned.has(builder.applianceOf(row)) || undecided.get(builder)!.has(row)) continue
        const high = builder.highOf(row)
        knownHash.set(keyOf({ builder, row }), { high, low: builder.lowOf(row), offset: -1, index: 0 })
      }
    }
    for (const { appliance, ts, hashHigh, hashLow, offset, index } of stored) {
      knownHash.set(`${appliance}\n${ts}`, { high: hashHigh, low: hashLow, offset, index })
    }
    const dropped = new Map<BatchBuilder, Set<number>>()
    for (const { builder, row, offset, index, former, refuse: conflict } of deferred) {
      const key = keyOf({ builder, row })
      const known = knownHash.get(key)
      const [high, low] = [builder.highOf(row), builder.lowOf(row)]
      // A replay finds in the store what it stores now, or what comes later: neither was known before it.
      if (!known || known.offset > offset || (known.offset === offset && known.index >= index)) {
        knownHash.set(key, { high, low, offset: -1, index: 0 })
        continue
      }
      const isSame = (hash: { high: number; low: number }): boolean =>
        known.high === hash.high && known.low === hash.low
      if (isSame({ high, low }) || isSame(former)) counters.readings.duplicates++
      else conflict()
      dropped.set(builder, (dropped.get(builder) ?? new Set()).add(row))
    }
    return dropped
  }
}
