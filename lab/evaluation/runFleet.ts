// Drives a simulated fleet through the real analysis on the virtual clock: an hour of every appliance at a time.
import type { Catalog, Kind } from '../../catalog/index.ts'
import {
  type Analysis,
  type AnalysisInput,
  type AnalysisOutput,
  HOUR,
  type Millis,
  type ReadingBatch,
} from '../../core/index.ts'

/** What is asked of a fleet, whichever family made it. */
export interface ReadFleet {
  appliances: readonly {
    registration: { id: string; kind: string; model: string; cadenceSeconds?: number | undefined }
    kind: string
    ts: Millis
    values: Float64Array
    states: Record<string, string>
    faults: readonly { onset: Millis; abrupt: boolean }[]
    nextAt(): Millis
    next(): boolean
  }[]
}

export interface FleetRun {
  readings: number
  /** By appliance: when it was first seen to work after the onset of its abrupt fault. */
  affectedAt: Map<string, Millis>
  /** Time spent inside the analysis, ms. */
  analysisMs: number
}

/**
 * @param on hears every output, with the analysis as it then is
 * @param now monotonic milliseconds
 */
export async function runFleet(
  fleet: ReadFleet,
  analysis: Analysis,
  catalog: Catalog,
  from: Millis,
  to: Millis,
  on: (out: AnalysisOutput) => void,
  now: () => number,
): Promise<FleetRun> {
  const kinds = [...new Set(fleet.appliances.map(({ kind }) => kind))].map(
    (kind) => new FleetColumns(catalog.kind(kind), fleet),
  )
  let offset = 1
  let readings = 0
  let analysisMs = 0
  const controls: AnalysisInput['controls'] = fleet.appliances.map(({ registration }) => ({
    control: {
      type: 'register',
      appliance: registration.id,
      kind: registration.kind,
      model: registration.model,
      ...(registration.cadenceSeconds ? { cadenceSeconds: registration.cadenceSeconds } : {}),
    },
    offset: offset++,
  }))
  for (let hour = from; hour < to; hour += HOUR) {
    for (const columns of kinds) offset = columns.fill(hour + HOUR, offset)
    const batches = kinds.map((columns) => columns.batch())
    readings += batches.reduce((sum, { count }) => sum + count, 0)
    const began = now()
    const out = await analysis.accept({
      upTo: offset,
      readings: batches,
      events: [],
      presence: [],
      controls: controls.splice(0),
      ticks: [],
    })
    analysisMs += now() - began
    on(out)
  }
  return { readings, analysisMs, affectedAt: new Map(kinds.flatMap((columns) => [...columns.affectedAt])) }
}

/** The readings of one kind, in columns that are used again every hour. */
export class FleetColumns {
  #kind: Kind
  #own: { appliance: ReadFleet['appliances'][number]; index: number }[]
  #batch: ReadingBatch
  #room: number
  /** @param hours that one `fill` spans at most */
  constructor(kind: Kind, fleet: ReadFleet, hours = 1) {
    this.#kind = kind
    this.#own = fleet.appliances
      .filter((one) => one.kind === kind.kind)
      .map((appliance, index) => ({ appliance, index }))
    this.#room = this.#own.length * 750 * hours
    const room = this.#room
    const words: string[] = []
    this.#batch = {
      kind: kind.kind,
      count: 0,
      applianceIndex: new Uint32Array(room),
      appliances: this.#own.map(({ appliance }) => appliance.registration.id),
      ts: new Float64Array(room),
      values: kind.metricNames.map(() => new Float64Array(room)),
      invalid: new Uint32Array(room * ((kind.metricNames.length + 31) >> 5)),
      states: kind.stateNames.map(() => new Int32Array(room)),
      words,
      firmware: new Int32Array(room).fill(-1),
      extras: new Map(),
      hashHigh: new Uint32Array(0),
      hashLow: new Uint32Array(0),
      offset: new Float64Array(room),
      index: new Uint32Array(room),
    }
  }
  /** @param isLost what never arrives, by when it was measured */
  fill(until: Millis, offset: number, isLost?: (at: Millis) => boolean): number {
    const { applianceIndex, ts, values, states } = this.#batch
    const words = this.#kind.stateNames.map((state) => this.#kind.states[state]!)
    let r = 0
    let at = offset
    for (const { appliance, index } of this.#own) {
      at++
      while (appliance.nextAt() <= until) {
        if (!appliance.next() || isLost?.(appliance.ts)) continue
        if (r >= this.#room) throw new Error('more readings in an hour than columns have room for')
        applianceIndex[r] = index
        this.#noteAffected(appliance)
        ts[r] = appliance.ts
        for (let m = 0; m < values.length; m++) values[m]![r] = appliance.values[m]!
        for (let s = 0; s < states.length; s++) {
          const list = words[s]!
          states[s]![r] = list === 'text' ? -1 : list.indexOf(appliance.states[this.#kind.stateNames[s]!] ?? '')
        }
        this.#batch.offset[r] = at
        r++
      }
    }
    this.#batch.count = r
    return at
  }
  readonly affectedAt = new Map<string, Millis>()
  /** A fault shows once the appliance is at work: a washer that rests does not heat. */
  #noteAffected({ registration: { id }, faults, ts, states }: ReadFleet['appliances'][number]): void {
    const first = faults[0]
    if (!first?.abrupt || ts < first.onset || this.affectedAt.has(id)) return
    if (states.phase !== 'idle' && states.mode !== 'off') this.affectedAt.set(id, ts)
  }
  batch(): ReadingBatch {
    return this.#batch
  }
}
