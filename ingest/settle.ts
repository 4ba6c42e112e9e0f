import type { Catalog, Kind } from '../catalog/index.ts'
import {
  type AnalysisInput,
  type ApplianceEvent,
  type ApplianceId,
  beginCopy,
  type Copy,
  type Copyable,
  DAY,
  type DetectionControl,
  type FrameGroup,
  type Hearing,
  type IngestCounters,
  MINUTE,
  type Offset,
  type Piece,
  Population,
  type QuarantineReason,
  type QuarantineRow,
  type RefusalNote,
  type SettledBatch,
  type TelemetryStore,
  type WrongClock,
} from '../core/index.ts'
import { BatchBuilder } from './batchBuilder.ts'
import type { JsonObject } from './checkReading.ts'
import { type ClockSpan, ClockWatch } from './clockSkew.ts'
import { contentHash, hashReading } from './contentHash.ts'
import { noCounters } from './counters.ts'
import { HearingBook } from './hearingBook.ts'
import { decodeGroup, type Frame } from './journalFrames.ts'
import { decodeWindow, encodeWindow, KnownWindow, type WindowCopy } from './knownWindow.ts'
import { arrayElements, patiently, readRequeue } from './payloadParts.ts'
import { readPayload } from './readPayload.ts'
import { faultOfUntil, wrongTime } from './readTime.ts'
import { type Dropped, type Readable, readValues } from './readValues.ts'
import { type EventWindow, eventSchema, faultOfEvent, KnownEvents, sayIssues, statusSchema } from './settleEvents.ts'
import { SpokenValues } from './spoken.ts'

export const MAX_PAYLOAD_BYTES = 512 * 1024
export const MAX_READINGS = 1_000
/** Requeued rows whose ids are remembered, so that asking twice does it once. */
const REQUEUED_KNOWN = 65_536
const SNAPSHOT_VERSION = 1

export interface SettlerOptions {
  catalog: Catalog
  clockKind: 'wall' | 'telemetry'
  known: TelemetryStore['known']
  /** Without it, events older than those known by heart are taken for new. */
  events?: TelemetryStore['events']
  /** Without it, a settler that begins in the middle of the journal asks the store about every reading. */
  latest?: TelemetryStore['latest']
}

export interface Settler extends Copyable {
  /**
   * What a synced group comes to. Groups come in order, each once. While the store is away and has to be asked, it waits.
   * The store must have been given every earlier batch before the next is settled.
   */
  settle(group: FrameGroup): Promise<{
    settled: SettledBatch
    input: AnalysisInput
    clocks: WrongClock[]
    hearings: Hearing[]
  }>
  /** Every clock of an appliance that is thought wrong; `settle` says what changed. Under a wall clock alone. */
  wrongClocks(): WrongClock[]
  /** Of every appliance that said something that did not count; `settle` says what changed. */
  hearings(): Hearing[]
  readonly upTo: Offset
}

interface Stretch {
  builders: Map<string, BatchBuilder>
  deferred: Deferred[]
  quarantined: QuarantineRow[]
  events: ApplianceEvent[]
  requeued: string[]
  presence: AnalysisInput['presence']
  refusals: RefusalNote[]
  controls: AnalysisInput['controls']
  ticks: AnalysisInput['ticks']
  counters: IngestCounters
}
/** A reading older than memory holds: taken for now, until the store has been asked. */
interface Deferred {
  builder: BatchBuilder
  row: number
  offset: Offset
  index: number
  refuse: () => void
}
/** A payload, and how to quarantine it or one reading of it. */
interface Payload {
  appliance: ApplianceId
  kind: string
  offset: Offset
  arrivedAt: number
  bytes: Uint8Array
  topic: QuarantineRow['topic']
}

/** @param snapshot the copy of an earlier settler; it goes on after that one's last group */
export function createSettler(options: SettlerOptions, snapshot?: Piece[]): Settler {
  return new JournalSettler(options, snapshot)
}

class JournalSettler implements Settler {
  #options: SettlerOptions
  #kinds: Map<string, { kind: Kind; read: (reading: unknown) => string | Readable }>
  #windows = new Population<KnownWindow>('window', encodeWindow)
  #events: KnownEvents
  #clocks = new ClockWatch()
  #hearing = new HearingBook()
  #spoken = new SpokenValues()
  #requeued = new Set<string>()
  #upTo: Offset = -1
  /** Have we heard everything since the world began? */
  #complete = true
  #futureMs: number

  constructor(options: SettlerOptions, snapshot?: Piece[]) {
    this.#options = options
    this.#kinds = new Map([...options.catalog.kinds].map(([name, kind]) => [name, { kind, read: readValues(kind) }]))
    this.#events = new KnownEvents(options.events)
    this.#futureMs = options.clockKind === 'wall' ? 10 * MINUTE : 400 * DAY
    if (snapshot) this.#restore(snapshot)
  }

  get upTo(): Offset {
    return this.#upTo
  }

  wrongClocks(): WrongClock[] {
    return this.#clocks.wrong()
  }

  hearings(): Hearing[] {
    return [...this.#hearing.population.all.values()]
  }

  async settle(group: FrameGroup): ReturnType<Settler['settle']> {
    if (this.#upTo < 0) this.#complete = group.from === 0
    else if (group.from !== this.#upTo) {
      throw new Error(`groups must follow on, but one from ${group.from} came after ${this.#upTo}`)
    }
    if (!this.#complete) await this.#meet(group)
    const stretch: Stretch = {
      builders: new Map(),
      deferred: [],
      quarantined: [],
      events: [],
      requeued: [],
      presence: [],
      refusals: [],
      controls: [],
      ticks: [],
      counters: noCounters(),
    }
    this.#events.begin()
    for (const frame of decodeGroup(group.bytes)) {
      const waits = this.#settleFrame(stretch, frame)
      if (waits) await waits
    }
    const dropped = stretch.deferred.length ? await this.#askStore(stretch) : new Map<BatchBuilder, Set<number>>()
    const readings = [...stretch.builders.values()]
      .map((builder) => builder.finish(dropped.get(builder) ?? none))
      .filter(({ count }) => count > 0)
    const { counters, quarantined, events, requeued, presence, refusals, controls, ticks } = stretch
    counters.readings.stored = readings.reduce((sum, { count }) => sum + count, 0)
    this.#upTo = group.upTo
    // Those that the store had to be asked about came last.
    refusals.sort((a, b) => a.offset - b.offset)
    return {
      settled: {
        from: group.from,
        upTo: group.upTo,
        readings,
        quarantined,
        events,
        requeued,
        features: [],
        cycles: [],
        counters,
      },
      input: { upTo: group.upTo, readings, events, presence, refusals, controls, ticks },
      clocks: this.#clocks.news(),
      hearings: this.#hearing.news(),
    }
  }

  #settleFrame(stretch: Stretch, frame: Frame): Promise<undefined> | undefined {
    const { appliance, kind, offset, arrivedAt } = frame
    switch (frame.type) {
      case 'telemetry': {
        const { messages } = stretch.counters
        if (frame.withoutPromise) messages.withoutPromise++
        else {
          messages.acked++
          messages.processed++
        }
        this.#settleTelemetry(stretch, { appliance, kind, offset, arrivedAt, bytes: frame.payload, topic: 'telemetry' })
        return undefined
      }
      case 'event':
        return this.#settleEvent(stretch, { appliance, kind, offset, arrivedAt, bytes: frame.payload, topic: 'event' })
      case 'status':
        this.#settleStatus(stretch, { appliance, kind, offset, arrivedAt, bytes: frame.payload, topic: 'status' })
        return undefined
      case 'tick':
        stretch.ticks.push({ at: arrivedAt, offset })
        return undefined
      case 'control': {
        // Our own words, from our own journal: anything else is our bug, and throws.
        const control = JSON.parse(Buffer.from(frame.payload).toString()) as DetectionControl
        this.#spoken.hear(control, (name) => this.#kinds.get(name)?.kind)
        if (control.type === 'register') this.#hearing.unhint(control.appliance)
        if (control.type === 'retire') this.#hearing.forget(control.appliance)
        stretch.controls.push({ control, offset })
        return undefined
      }
      case 'void':
        // What a repair could not save: it has its place, and says nothing. But it may have been stored before it was
        // damaged, so what memory does not know is asked of the store again, appliance by appliance.
        this.#complete = false
        this.#windows.clear()
        this.#events.distrust()
        return undefined
      case 'requeue':
        return this.#settleRequeue(stretch, frame)
    }
  }

  #settleRequeue(stretch: Stretch, frame: Frame): Promise<undefined> | undefined {
    const { row, bytes } = readRequeue(frame.payload)
    if (this.#requeued.has(row.id)) return undefined
    this.#requeued.add(row.id)
    if (this.#requeued.size > REQUEUED_KNOWN) for (const id of this.#requeued) if (this.#requeued.delete(id)) break
    stretch.requeued.push(row.id)
    const { appliance, kind, offset, arrivedAt } = frame
    const payload: Payload = { appliance, kind, offset, arrivedAt, bytes, topic: row.topic }
    const { readings, events } = stretch.counters
    if (row.topic === 'telemetry') {
      readings.received -= row.readings
      readings.quarantined[row.reason] = (readings.quarantined[row.reason] ?? 0) - row.readings
      this.#settleTelemetry(stretch, payload)
      return undefined
    }
    events.received--
    events.quarantined--
    if (row.topic === 'event') return this.#settleEvent(stretch, payload)
    this.#settleStatus(stretch, payload)
    return undefined
  }

  #settleTelemetry(stretch: Stretch, payload: Payload): undefined {
    const refuseWhole = (reason: QuarantineReason, detail: string): undefined => {
      stretch.counters.readings.received++
      this.#refuse(stretch, payload, 0, reason, detail, payload.bytes)
    }
    if (payload.bytes.length > MAX_PAYLOAD_BYTES) {
      return refuseWhole('too-large', `${payload.bytes.length} bytes, ${MAX_PAYLOAD_BYTES} are allowed`)
    }
    const parsed = readPayload(payload.bytes)
    if ('fault' in parsed) return refuseWhole('bad-json', parsed.fault)
    const known = this.#kinds.get(payload.kind)
    if (!Array.isArray(parsed.value)) {
      if (!known) return refuseWhole('bad-shape', `kind ${payload.kind} is not in the catalog`)
      this.#settleReading(stretch, payload, known, parsed.value, 0, () => payload.bytes)
      return
    }
    const readings = parsed.value
    if (readings.length > MAX_READINGS)
      return refuseWhole('too-many', `${readings.length} readings, ${MAX_READINGS} are allowed`)
    if (!known && readings.length) return refuseWhole('bad-shape', `kind ${payload.kind} is not in the catalog`)
    let elements: Uint8Array[] | undefined
    for (let i = 0; i < readings.length; i++) {
      this.#settleReading(stretch, payload, known!, readings[i], i, () => {
        elements ??= arrayElements(payload.bytes)
        return elements[i]!
      })
    }
  }

  #settleReading(
    stretch: Stretch,
    payload: Payload,
    { kind, read }: { kind: Kind; read: (reading: unknown) => string | Readable },
    value: unknown,
    index: number,
    bytes: () => Uint8Array,
  ): undefined {
    const { appliance, offset, arrivedAt } = payload
    stretch.counters.readings.received++
    const reading = read(value)
    if (typeof reading === 'string') return this.#refuse(stretch, payload, index, 'bad-shape', reading, bytes())
    const { ts } = reading
    if (this.#options.clockKind === 'wall') this.#clocks.hear(appliance, ts, arrivedAt)
    const late = wrongTime(ts, arrivedAt, this.#futureMs)
    if (late) return this.#refuse(stretch, payload, index, late.reason, late.detail, bytes())
    let builder = stretch.builders.get(kind.kind)
    if (!builder) {
      builder = new BatchBuilder(kind)
      stretch.builders.set(kind.kind, builder)
    }
    const dropped: Dropped[] = this.#dropped
    dropped.length = 0
    for (const one of reading.dropped) dropped.push(one)
    const metrics = this.#spoken.translate(appliance, kind, ts, reading.metrics, dropped)
    const isUsable = builder.stage(metrics, this.#isMissing)
    if (!isUsable) {
      // A total with nothing before it says nothing by itself, but what follows is measured against it.
      if (dropped.some(({ why }) => why === 'no-difference')) this.#spoken.accept(appliance, ts, reading.metrics)
      if (dropped.length > 0) this.#hearing.dropped(appliance, dropped, arrivedAt)
      return this.#refuse(stretch, payload, index, 'no-valid-metric', sayUnusable(kind, dropped, metrics), bytes())
    }
    hashReading(reading.metrics, reading.states, reading.firmware)
    const { high, low } = contentHash
    const window = this.#windowOf(appliance)
    const inMemory = ts > window.floor
    const place = inMemory ? window.find(ts) : -1
    const conflict = (): undefined =>
      this.#refuse(
        stretch,
        payload,
        index,
        'conflict',
        'another reading of this ts is known, with other content',
        bytes(),
      )
    if (inMemory && place >= 0) {
      if (window.meta[place * 3] === high && window.meta[place * 3 + 1] === low) stretch.counters.readings.duplicates++
      else conflict()
      return
    }
    const row = builder.take(appliance, ts, reading.states, reading.firmware, high, low, offset, index)
    if (inMemory) window.insert(~place, ts, high, low, offset, index)
    else if (ts >= window.oldest) stretch.deferred.push({ builder, row, offset, index, refuse: conflict })
    if (ts < window.oldest) window.oldest = ts
    if (dropped.length > 0) this.#hearing.dropped(appliance, dropped, arrivedAt)
    this.#hearing.heard(appliance)
    this.#spoken.accept(appliance, ts, reading.metrics)
  }

  /** Of the reading that is being settled. */
  #dropped: Dropped[] = []
  #isMissing = (metric: string, value: number): void =>
    void this.#dropped.push({ metric, why: 'sentinel', sample: String(value) })

  async #settleEvent(stretch: Stretch, payload: Payload): Promise<undefined> {
    const { events } = stretch.counters
    events.received++
    const parsed = this.#parseSmall(stretch, payload)
    if (!parsed) return
    const checked = eventSchema.safeParse(parsed.value)
    if (!checked.success) return this.#refuse(stretch, payload, 0, 'bad-shape', sayIssues(checked.error), payload.bytes)
    const { ts, type, code } = checked.data
    const late = wrongTime(ts, payload.arrivedAt, this.#futureMs)
    if (late) return this.#refuse(stretch, payload, 0, late.reason, late.detail, payload.bytes)
    const { appliance, kind, offset } = payload
    const fault = faultOfEvent(checked.data, parsed.value, this.#options.catalog.kind(kind))
    if (fault) return this.#refuse(stretch, payload, 0, 'bad-shape', fault, payload.bytes)
    const event = { appliance, kind, ts, type, code: code ?? null, body: parsed.value as JsonObject, offset }
    if (!(await this.#events.add(event, offset, this.#complete))) {
      events.duplicates++
      return
    }
    events.stored++
    stretch.events.push(event)
  }

  #settleStatus(stretch: Stretch, payload: Payload): void {
    const { events } = stretch.counters
    const before = events.quarantined
    const parsed = this.#parseSmall(stretch, payload)
    const checked = parsed && statusSchema.safeParse(parsed.value)
    if (checked && !checked.success)
      this.#refuse(stretch, payload, 0, 'bad-shape', sayIssues(checked.error), payload.bytes)
    if (events.quarantined > before) events.received++
    if (!checked?.success) return
    const { online, until } = checked.data
    const wrong = until === undefined ? undefined : faultOfUntil(until, payload.arrivedAt + this.#futureMs)
    if (wrong) {
      events.received++
      this.#refuse(stretch, payload, 0, 'bad-shape', wrong, payload.bytes)
      return
    }
    const { appliance, arrivedAt, offset } = payload
    stretch.presence.push({ appliance, online, ...(until === undefined ? {} : { until }), arrivedAt, offset })
  }

  #parseSmall(stretch: Stretch, payload: Payload): { value: unknown } | undefined {
    if (payload.bytes.length > MAX_PAYLOAD_BYTES) {
      this.#refuse(stretch, payload, 0, 'too-large', `${payload.bytes.length} bytes`, payload.bytes)
      return undefined
    }
    const parsed = readPayload(payload.bytes)
    if ('value' in parsed) return parsed
    this.#refuse(stretch, payload, 0, 'bad-json', parsed.fault, payload.bytes)
    return undefined
  }

  #refuse(
    stretch: Stretch,
    { appliance, kind, offset, arrivedAt, topic }: Payload,
    index: number,
    reason: QuarantineReason,
    detail: string,
    bytes: Uint8Array,
  ): undefined {
    const { readings, events } = stretch.counters
    if (topic === 'telemetry') {
      readings.quarantined[reason] = (readings.quarantined[reason] ?? 0) + 1
      this.#hearing.refused(appliance, reason, detail, arrivedAt, bytes)
      const note = { appliance, kind, why: `${detail} (${reason})`, offset }
      const { refusals } = stretch
      // Of one payload the last will do.
      if (refusals.at(-1)?.offset === offset) refusals[refusals.length - 1] = note
      else refusals.push(note)
    } else events.quarantined++
    const row = { id: `${offset}-${index}`, appliance, kind, reason, detail, at: arrivedAt, topic }
    stretch.quarantined.push({ ...row, bytes: Uint8Array.from(bytes), readings: 1 })
  }

  #windowOf(appliance: ApplianceId): KnownWindow {
    let window = this.#windows.get(appliance)
    if (!window) {
      window = this.#complete ? new KnownWindow(-Infinity, Infinity) : new KnownWindow(Infinity, -Infinity)
      this.#windows.set(appliance, window)
    }
    return window
  }

  /** Begun in the middle of the journal: the store says how far each appliance is that we have not met. */
  async #meet(group: FrameGroup): Promise<void> {
    const { latest } = this.#options
    if (!latest) return
    const unmet = new Set<ApplianceId>()
    for (const { type, appliance } of decodeGroup(group.bytes)) {
      if ((type === 'telemetry' || type === 'requeue') && !this.#windows.has(appliance)) unmet.add(appliance)
    }
    if (!unmet.size) return
    // What it was given is committed first, or it would not tell of it.
    await patiently(() => this.#options.known([]))
    const found = await patiently(() => latest([...unmet]))
    for (const appliance of unmet) {
      const last = found.get(appliance)
      this.#windows.set(appliance, last ? new KnownWindow(last.ts, -Infinity) : new KnownWindow(-Infinity, Infinity))
    }
  }

  /** Settles the readings that memory could not. @returns the rows that were not new after all */
  async #askStore(stretch: Stretch): Promise<Map<BatchBuilder, Set<number>>> {
    const { deferred, counters } = stretch
    const keyOf = ({ builder, row }: { builder: BatchBuilder; row: number }): string =>
      `${builder.applianceOf(row)}\n${builder.tsOf(row)}`
    const keys = deferred.map(({ builder, row }) => ({
      appliance: builder.applianceOf(row),
      kind: builder.kind.kind,
      ts: builder.tsOf(row),
    }))
    const stored = await patiently(() => this.#options.known(keys))
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
    for (const { builder, row, offset, index, refuse: conflict } of deferred) {
      const key = keyOf({ builder, row })
      const known = knownHash.get(key)
      const [high, low] = [builder.highOf(row), builder.lowOf(row)]
      // A replay finds in the store what it stores now, or what comes later: neither was known before it.
      if (!known || known.offset > offset || (known.offset === offset && known.index >= index)) {
        knownHash.set(key, { high, low, offset: -1, index: 0 })
        continue
      }
      if (known.high === high && known.low === low) counters.readings.duplicates++
      else conflict()
      dropped.set(builder, (dropped.get(builder) ?? new Set()).add(row))
    }
    return dropped
  }

  copy(out: (piece: Piece) => void): Copy {
    const small = {
      version: SNAPSHOT_VERSION,
      upTo: this.#upTo,
      complete: this.#complete,
      requeued: [...this.#requeued],
    }
    return beginCopy(
      out,
      ['settler', '', small],
      [this.#windows, this.#events.windows, this.#clocks.population, this.#hearing.population, this.#spoken.population],
    )
  }

  #restore(pieces: Piece[]): void {
    for (const [section, id, value] of pieces) {
      // Written by `copy` of the same version.
      if (section === 'settler') {
        const { version, upTo, complete, requeued } = value as {
          version: number
          upTo: number
          complete: boolean
          requeued: string[]
        }
        if (version !== SNAPSHOT_VERSION) throw new Error(`a settler's snapshot of version ${version}`)
        this.#upTo = upTo
        this.#complete = complete
        this.#requeued = new Set(requeued)
      } else if (section === 'window') this.#windows.set(id, decodeWindow(value as WindowCopy))
      else if (section === 'events') this.#events.windows.set(id, value as EventWindow)
      else if (section === 'clock') this.#clocks.population.set(id, value as ClockSpan)
      else if (section === 'hearing') this.#hearing.population.set(id, value as Hearing)
      else if (section === 'spoken') this.#spoken.restore(id, value)
    }
  }
}

const none: ReadonlySet<number> = new Set()

/** Why nothing of a reading is usable, by what it had. */
function sayUnusable(kind: Kind, dropped: readonly Dropped[], metrics: JsonObject): string {
  if (dropped.length > 0) {
    const said = dropped.map(({ metric, why, sample }) => `${metric} ${sample} (${why})`)
    return `nothing usable is left: ${said.slice(0, MOST_SAID).join(', ')}`
  }
  const names = Object.keys(metrics)
  if (names.length === 0) return 'metrics is empty'
  const outside = names.slice(0, MOST_SAID).map((name) => {
    const [low, high] = kind.metrics[name]?.plausible ?? []
    return `${name} ${metrics[name]} is not within ${low} to ${high}`
  })
  return `no metric is within its plausible range: ${outside.join(', ')}`
}
const MOST_SAID = 5
