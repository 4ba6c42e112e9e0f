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
  jsonFault,
  MINUTE,
  type Offset,
  type Piece,
  Population,
  type QuarantineReason,
  type QuarantineRow,
  type RefusalNote,
  type StoredBatch,
  type TelemetryStore,
  type WrongClock,
} from '../core/index.ts'
import { BatchBuilder } from './batchBuilder.ts'
import { type ClockSpan, ClockWatch } from './clockSkew.ts'
import { noCounters } from './counters.ts'
import { type EventWindow, eventSchema, faultOfEvent, KnownEvents, sayIssues, statusSchema } from './eventStage.ts'
import { HearingBook } from './hearingBook.ts'
import { type CatalogVersions, readCatalogFrame } from './journal/catalogVersions.ts'
import { decodeGroup, type Frame } from './journal/journalFrames.ts'
import { decodeWindow, encodeWindow, KnownWindow, type WindowCopy } from './knownWindow.ts'
import { isJsonObject, type JsonObject } from './reading/checkReading.ts'
import { contentHash, hashReading } from './reading/contentHash.ts'
import { arrayElements, patiently, readAside, readRequeue } from './reading/payloadParts.ts'
import { readPayload } from './reading/readPayload.ts'
import { faultOfTs, faultOfUntil, wrongTime } from './reading/readTime.ts'
import { type Dropped, type Readable, readValues } from './reading/readValues.ts'
import { SpokenValues } from './reading/spoken.ts'
import { SuspectValues } from './reading/suspectValues.ts'
import { translateBatch } from './translateBatch.ts'

export const MAX_PAYLOAD_BYTES = 512 * 1024
export const MAX_READINGS = 1_000
/** Requeued rows whose ids are remembered, so that asking twice does it once. */
const REQUEUED_KNOWN = 65_536
const SNAPSHOT_VERSION = 1

export interface IngestStageOptions {
  catalog: Catalog
  clockKind: 'wall' | 'telemetry'
  known: TelemetryStore['known']
  /** Without it, events older than those known by heart are taken for new. */
  events?: TelemetryStore['events']
  /** Without it, a settler that begins in the middle of the journal asks the store about every reading. */
  latest?: TelemetryStore['latest']
  /** Without it, all of the journal is judged by `catalog`. */
  versions?: CatalogVersions
  /** Why a frame is set aside unheard; undefined for all others. */
  asideBecause?: (offset: Offset) => string | undefined
  /** One of our own frames could not be understood: it is left out, and this is told. */
  troubled?: (error: Error) => void
}

/** A kind as one version of the catalog has it, with what is made of it once. */
interface KnownKind {
  kind: Kind
  read: (reading: unknown) => string | Readable
  states: ReadonlySet<string>
}

export interface IngestStage extends Copyable {
  /**
   * What a synced group comes to. Groups come in order, each once. While the store is away and has to be asked, it waits.
   * The store must have been given every earlier batch before the next is settled.
   */
  settle(group: FrameGroup): Promise<{
    settled: StoredBatch
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
  builders: Map<Kind, BatchBuilder>
  deferred: Deferred[]
  doubtful: Doubtful[]
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
  /** The hash by which an earlier program would know it. */
  former: { high: number; low: number }
  refuse: () => void
}
/** A reading of which nothing counts, older than memory holds: a repeat, where the store knows it from when something did. */
interface Doubtful {
  appliance: ApplianceId
  kind: string
  ts: number
  offset: Offset
  index: number
  hash: { high: number; low: number }
  former: { high: number; low: number }
  refuse: () => void
}
/** A payload, and how to quarantine it or one reading of it. */
interface Payload {
  appliance: ApplianceId
  kind: string
  offset: Offset
  /** When its bytes first came. */
  arrivedAt: number
  /** By whose clock it is judged: of its arrival, or of the retry. */
  judgedAt: number
  bytes: Uint8Array
  topic: QuarantineRow['topic']
}

/** @param snapshot the copy of an earlier settler; it goes on after that one's last group */
export function createIngestStage(options: IngestStageOptions, snapshot?: Piece[]): IngestStage {
  return new JournalSettler(options, snapshot)
}

class JournalSettler implements IngestStage {
  #options: IngestStageOptions
  #kinds: Map<string, KnownKind>
  /** Of the catalog; undefined: no frame has said it yet. */
  #version: string | undefined
  #windows = new Population<KnownWindow>('window', encodeWindow)
  #events: KnownEvents
  #clocks = new ClockWatch()
  #hearing = new HearingBook()
  #spoken = new SpokenValues()
  #suspects = new SuspectValues()
  #requeued = new Set<string>()
  #upTo: Offset = -1
  /** Have we heard everything since the world began? */
  #complete = true
  #futureMs: number

  constructor(options: IngestStageOptions, snapshot?: Piece[]) {
    this.#options = options
    this.#kinds = knownKinds(options.catalog.kinds)
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

  async settle(group: FrameGroup): ReturnType<IngestStage['settle']> {
    if (this.#upTo < 0) this.#complete = group.from === 0
    else if (group.from !== this.#upTo) {
      throw new Error(`groups must follow on, but one from ${group.from} came after ${this.#upTo}`)
    }
    if (!this.#complete) await this.#meet(group)
    const stretch: Stretch = {
      builders: new Map(),
      deferred: [],
      doubtful: [],
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
    if (stretch.doubtful.length) await this.#clearDoubts(stretch)
    const dropped = stretch.deferred.length ? await this.#askStore(stretch) : new Map<BatchBuilder, Set<number>>()
    const { catalog, versions } = this.#options
    const kept = versions?.withFormer ?? catalog
    const readings = [...stretch.builders]
      .map(([kind, builder]) =>
        translateBatch(builder.finish(dropped.get(builder) ?? none), kind, kept.kind(kind.kind)),
      )
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
        frames: group.frames,
        readings,
        quarantined,
        events,
        requeued,
        features: [],
        cycles: [],
        counters,
      },
      // Of a kind that is gone everything is kept, and nothing is watched any more.
      input: {
        upTo: group.upTo,
        readings: readings.filter(({ kind }) => catalog.kinds.has(kind)),
        events: events.filter(({ kind }) => catalog.kinds.has(kind)),
        presence,
        refusals: refusals.filter(({ kind }) => catalog.kinds.has(kind)),
        controls,
        ticks,
      },
      clocks: this.#clocks.news(),
      hearings: this.#hearing.news(),
    }
  }

  #settleFrame(stretch: Stretch, frame: Frame): Promise<undefined> | undefined {
    const { appliance, kind, offset, arrivedAt } = frame
    const payload = { appliance, kind, offset, arrivedAt, judgedAt: arrivedAt, bytes: frame.payload }
    switch (frame.type) {
      case 'telemetry': {
        const { messages } = stretch.counters
        if (frame.withoutPromise) messages.withoutPromise++
        else {
          messages.acked++
          messages.processed++
        }
        return this.#settlePayload(stretch, { ...payload, topic: 'telemetry' })
      }
      case 'event':
      case 'status':
        return this.#settlePayload(stretch, { ...payload, topic: frame.type })
      case 'tick':
        stretch.ticks.push({ at: arrivedAt, offset })
        return undefined
      case 'control':
        this.#heed(frame, () => {
          const control = JSON.parse(Buffer.from(frame.payload).toString()) as DetectionControl
          this.#spoken.hear(control, (name) => this.#kinds.get(name)?.kind)
          if (control.type === 'register') {
            this.#hearing.unhint(control.appliance)
            this.#suspects.forget(control.appliance)
          }
          if (control.type === 'retire') {
            this.#hearing.forget(control.appliance)
            this.#suspects.forget(control.appliance)
          }
          stretch.controls.push({ control, offset })
        })
        return undefined
      case 'catalog':
        this.#judgeBy(readCatalogFrame(frame.payload))
        return undefined
      case 'aside':
        this.#heed(frame, () => {
          const { aside, bytes } = readAside(frame.payload)
          // Its readings are stored and counted as that: the row only keeps and shows it.
          const row = { id: `${offset}-0`, appliance, kind, reason: 'unprocessable' as const, readings: 0, ...aside }
          stretch.quarantined.push({ ...row, bytes: Uint8Array.from(bytes) })
        })
        return undefined
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

  /** What failed at one payload is a fault of that payload: it goes into the quarantine, and the next is heard. */
  #settlePayload(stretch: Stretch, payload: Payload): Promise<undefined> | undefined {
    const because = this.#options.asideBecause?.(payload.offset)
    const { readings, events } = stretch.counters
    const count = payload.topic === 'telemetry' ? readings : events
    const setAside = (why: string): undefined => {
      count.received++
      this.#refuse(stretch, payload, 0, 'unprocessable', why, payload.bytes)
    }
    if (because !== undefined) return setAside(because)
    if (payload.topic === 'event') {
      return this.#settleEvent(stretch, payload).catch((error: unknown) => setAside(sayFailure(error)))
    }
    try {
      if (payload.topic === 'telemetry') this.#settleTelemetry(stretch, payload)
      else this.#settleStatus(stretch, payload)
    } catch (error) {
      setAside(sayFailure(error))
    }
    return undefined
  }

  /** Our own words, from our own journal: one that makes no sense is our bug, is told, and ends nothing. */
  #heed(frame: Frame, hear: () => void): void {
    const because = this.#options.asideBecause?.(frame.offset)
    try {
      if (because !== undefined) throw new Error(because)
      hear()
    } catch (error) {
      const message = `the ${frame.type} frame at ${frame.offset} is left out: ${(error as Error).message}`
      this.#options.troubled?.(new Error(message, { cause: error }))
    }
  }

  #judgeBy(version: string): void {
    const { versions } = this.#options
    if (!versions || version === this.#version) return
    this.#kinds = knownKinds(versions.kindsOf(version))
    this.#spoken.judgeAnew()
    this.#version = version
  }

  #settleRequeue(stretch: Stretch, frame: Frame): Promise<undefined> | undefined {
    let read: ReturnType<typeof readRequeue> | undefined
    this.#heed(frame, () => {
      read = readRequeue(frame.payload)
    })
    if (!read) return undefined
    const { row, bytes } = read
    if (this.#requeued.has(row.id)) return undefined
    this.#requeued.add(row.id)
    if (this.#requeued.size > REQUEUED_KNOWN) for (const id of this.#requeued) if (this.#requeued.delete(id)) break
    stretch.requeued.push(row.id)
    const { appliance, kind, offset, arrivedAt } = frame
    const judgedAt = arrivedAt
    const payload: Payload = {
      appliance,
      kind,
      offset,
      arrivedAt: row.at ?? arrivedAt,
      judgedAt,
      bytes,
      topic: row.topic,
    }
    const { readings, events } = stretch.counters
    if (row.topic === 'telemetry') {
      readings.received -= row.readings
      readings.quarantined[row.reason] = (readings.quarantined[row.reason] ?? 0) - row.readings
      return this.#settlePayload(stretch, payload)
    }
    events.received -= row.readings
    events.quarantined -= row.readings
    return this.#settlePayload(stretch, payload)
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
      if (!known) return refuseWhole('bad-shape', notInCatalog(payload.kind))
      this.#settleReading(stretch, payload, known, parsed.value, 0, () => payload.bytes)
      return
    }
    const readings = parsed.value
    for (const reading of readings) {
      const fault = Array.isArray(reading) ? jsonFault(reading, 1) : undefined
      if (fault) return refuseWhole('bad-json', `the payload ${fault}`)
    }
    if (readings.length > MAX_READINGS)
      return refuseWhole('too-many', `${readings.length} readings, ${MAX_READINGS} are allowed`)
    if (!known && readings.length) return refuseWhole('bad-shape', notInCatalog(payload.kind))
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
    known: KnownKind,
    value: unknown,
    index: number,
    bytes: () => Uint8Array,
  ): undefined {
    stretch.counters.readings.received++
    try {
      this.#judgeReading(stretch, payload, known, value, index, bytes)
    } catch (error) {
      // Whatever can fail comes before the first change: a reading that failed has left nothing behind.
      this.#refuse(stretch, payload, index, 'unprocessable', sayFailure(error), bytes())
    }
  }

  #judgeReading(
    stretch: Stretch,
    payload: Payload,
    { kind, read, states: known }: KnownKind,
    value: unknown,
    index: number,
    bytes: () => Uint8Array,
  ): undefined {
    const { appliance, offset, arrivedAt, judgedAt } = payload
    const reading = beyondBounds(value) ?? read(value)
    if (typeof reading === 'string') return this.#refuse(stretch, payload, index, 'bad-shape', reading, bytes())
    const { ts } = reading
    const late = wrongTime(ts, judgedAt, this.#futureMs)
    // A retry says nothing of when its reading was on its way.
    if (this.#options.clockKind === 'wall' && judgedAt === arrivedAt && !late?.isNoClock)
      this.#clocks.hear(appliance, ts, arrivedAt)
    if (late) return this.#refuse(stretch, payload, index, late.reason, late.detail, bytes())
    hashReading(reading.metrics, reading.states, reading.firmware, known)
    const { high, low } = contentHash
    const window = this.#windowOf(appliance)
    const inMemory = ts > window.floor
    const place = inMemory ? window.find(ts) : -1
    if (inMemory && place >= 0) {
      const [knownHigh, knownLow] = [window.meta[place * 3], window.meta[place * 3 + 1]]
      const isSame = (hash: { high: number; low: number }): boolean => knownHigh === hash.high && knownLow === hash.low
      // First of all: what a value counts for may have changed since, as a total's or a suspect's does. What came has not.
      if (isSame({ high, low }) || isSame(formerHash(reading))) {
        stretch.counters.readings.duplicates++
        return
      }
    }
    let builder = stretch.builders.get(kind)
    if (!builder) {
      builder = new BatchBuilder(kind)
      stretch.builders.set(kind, builder)
    }
    const dropped: Dropped[] = this.#dropped
    dropped.length = 0
    for (const one of reading.dropped) dropped.push(one)
    const translated = this.#spoken.translate(appliance, kind, reading, dropped)
    const metrics = this.#suspects.sift(
      appliance,
      kind,
      ts,
      translated,
      (metric) => this.#spoken.declares(appliance, metric),
      dropped,
      (metric, hint) => (hint ? this.#hearing.hint(appliance, hint) : this.#hearing.unhint(appliance, metric)),
    )
    const isUsable = builder.stage(metrics, this.#isMissing)
    if (!isUsable) {
      // A total with nothing before it says nothing by itself, but what follows is measured against it.
      if (dropped.some(({ why }) => why === 'no-difference')) this.#spoken.accept(appliance, kind, reading)
      if (dropped.length > 0) this.#hearing.dropped(appliance, dropped, arrivedAt)
      const why = sayUnusable(kind, dropped, metrics)
      const refuse = (): undefined => this.#refuse(stretch, payload, index, 'no-valid-metric', why, bytes())
      if (inMemory || ts < window.oldest) return refuse()
      const hash = { high, low }
      const former = formerHash(reading)
      stretch.doubtful.push({ appliance, kind: kind.kind, ts, offset, index, hash, former, refuse })
      return
    }
    const conflict = (): undefined => {
      const why = 'another reading of this ts is known, with other content'
      return this.#refuse(stretch, payload, index, 'conflict', why, bytes())
    }
    if (inMemory && place >= 0) return conflict()
    const row = builder.take(appliance, ts, reading.states, reading.firmware, high, low, offset, index)
    if (inMemory) window.insert(~place, ts, high, low, offset, index)
    else if (ts >= window.oldest) {
      stretch.deferred.push({ builder, row, offset, index, former: formerHash(reading), refuse: conflict })
    }
    if (ts < window.oldest) window.oldest = ts
    if (dropped.length > 0) this.#hearing.dropped(appliance, dropped, arrivedAt)
    this.#hearing.heard(appliance)
    this.#spoken.accept(appliance, kind, reading)
  }

  /** Of the reading that is being settled. */
  #dropped: Dropped[] = []
  #isMissing = (metric: string, value: number): void =>
    void this.#dropped.push({ metric, why: 'sentinel', sample: String(value) })

  /** Counts an event once it is judged: what throws has counted nothing. */
  async #settleEvent(stretch: Stretch, payload: Payload): Promise<undefined> {
    const { events } = stretch.counters
    const refused = (reason: QuarantineReason, why: string): undefined => {
      events.received++
      this.#refuse(stretch, payload, 0, reason, why, payload.bytes)
    }
    const parsed = this.#parseSmall(payload)
    if ('reason' in parsed) return refused(parsed.reason, parsed.detail)
    const noTime = isJsonObject(parsed.value) && faultOfTs(parsed.value.ts)
    if (noTime) return refused('bad-shape', noTime)
    const checked = eventSchema.safeParse(parsed.value)
    if (!checked.success) return refused('bad-shape', sayIssues(checked.error))
    const { ts, type, code } = checked.data
    const late = wrongTime(ts, payload.judgedAt, this.#futureMs)
    if (late) return refused(late.reason, late.detail)
    const { appliance, kind, offset } = payload
    const known = this.#kinds.get(kind)
    if (!known) return refused('bad-shape', notInCatalog(kind))
    const fault = faultOfEvent(checked.data, parsed.value, known.kind)
    if (fault) return refused('bad-shape', fault)
    const event = { appliance, kind, ts, type, code: code ?? null, body: parsed.value as JsonObject, offset }
    const isNew = await this.#events.add(event, offset, this.#complete)
    events.received++
    if (!isNew) {
      events.duplicates++
      return
    }
    events.stored++
    stretch.events.push(event)
  }

  #settleStatus(stretch: Stretch, payload: Payload): undefined {
    const refused = (reason: QuarantineReason, why: string): undefined => {
      stretch.counters.events.received++
      this.#refuse(stretch, payload, 0, reason, why, payload.bytes)
    }
    const parsed = this.#parseSmall(payload)
    if ('reason' in parsed) return refused(parsed.reason, parsed.detail)
    const checked = statusSchema.safeParse(parsed.value)
    if (!checked.success) return refused('bad-shape', sayIssues(checked.error))
    if (!this.#kinds.has(payload.kind)) return refused('bad-shape', notInCatalog(payload.kind))
    const { online, until } = checked.data
    const wrong = until == null ? undefined : faultOfUntil(until, payload.judgedAt + this.#futureMs)
    if (wrong) return refused('bad-shape', wrong)
    const { appliance, arrivedAt, offset } = payload
    stretch.presence.push({ appliance, online, ...(until == null ? {} : { until }), arrivedAt, offset })
  }

  /** What an event or a status message says, or why it is not heard. */
  #parseSmall({ bytes }: Payload): { value: unknown } | { reason: QuarantineReason; detail: string } {
    if (bytes.length > MAX_PAYLOAD_BYTES) return { reason: 'too-large', detail: `${bytes.length} bytes` }
    const parsed = readPayload(bytes)
    if ('fault' in parsed) return { reason: 'bad-json', detail: parsed.fault }
    const fault = jsonFault(parsed.value)
    if (!fault) return parsed
    return { reason: isJsonObject(parsed.value) ? 'bad-shape' : 'bad-json', detail: `it ${fault}` }
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

  async #clearDoubts({ doubtful, counters }: Stretch): Promise<void> {
    const stored = await patiently(() => this.#options.known(doubtful))
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

  copy(out: (piece: Piece) => void): Copy {
    const small = {
      version: SNAPSHOT_VERSION,
      upTo: this.#upTo,
      complete: this.#complete,
      requeued: [...this.#requeued],
      catalog: this.#version,
    }
    return beginCopy(
      out,
      ['settler', '', small],
      [
        this.#windows,
        this.#events.windows,
        this.#clocks.population,
        this.#hearing.population,
        this.#spoken.population,
        this.#suspects.population,
      ],
    )
  }

  #restore(pieces: Piece[]): void {
    for (const [section, id, value] of pieces) {
      // Written by `copy` of the same version.
      if (section === 'settler') {
        const { version, upTo, complete, requeued, catalog } = value as {
          version: number
          upTo: number
          complete: boolean
          requeued: string[]
          /** Absent where an earlier program wrote it. */
          catalog?: string
        }
        if (version !== SNAPSHOT_VERSION) throw new Error(`a settler's snapshot of version ${version}`)
        this.#upTo = upTo
        this.#complete = complete
        this.#requeued = new Set(requeued)
        if (catalog !== undefined) this.#judgeBy(catalog)
      } else if (section === 'window') this.#windows.set(id, decodeWindow(value as WindowCopy))
      else if (section === 'events') this.#events.windows.set(id, value as EventWindow)
      else if (section === 'clock') this.#clocks.population.set(id, value as ClockSpan)
      else if (section === 'hearing') this.#hearing.population.set(id, value as Hearing)
      else if (section === 'spoken') this.#spoken.restore(id, value)
      else if (section === 'suspect') this.#suspects.restore(id, value)
    }
  }
}

const none: ReadonlySet<number> = new Set()

const knownKinds = (kinds: Map<string, Kind>): Map<string, KnownKind> =>
  new Map([...kinds].map(([name, kind]) => [name, { kind, read: readValues(kind), states: new Set(kind.stateNames) }]))

const notInCatalog = (kind: string): string => `kind ${kind} is not in the catalog`

/** What of a reading exceeds the bounds; what is no object is named as that elsewhere. */
function beyondBounds(reading: unknown): string | undefined {
  const fault = jsonFault(reading)
  return fault && `the reading ${fault}`
}

/** The hash that a program gave a reading which hashed unknown states, too: what it stored is still known by it. */
function formerHash({ metrics, states, firmware }: Readable) {
  hashReading(metrics, states, firmware, undefined)
  return { high: contentHash.high, low: contentHash.low }
}

/** An error as a row of the quarantine says it: where, and what. */
const sayFailure = (error: unknown): string => `settle: ${error instanceof Error ? error.message : String(error)}`

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
