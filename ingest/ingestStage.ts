import type { Catalog } from '../catalog/index.ts'
import {
  type AnalysisInput,
  beginCopy,
  type Copy,
  type Copyable,
  DAY,
  type DetectionControl,
  type FrameGroup,
  type Hearing,
  MINUTE,
  type Offset,
  type Piece,
  type StoredBatch,
  type TelemetryStore,
  type WrongClock,
} from '../core/index.ts'
import type { BatchBuilder } from './batchBuilder.ts'
import type { ClockSpan } from './clockSkew.ts'
import type { EventWindow } from './eventChecks.ts'
import { EventStage } from './eventStage.ts'
import {
  type GroupWork,
  type KnownKind,
  knownKinds,
  newGroupWork,
  type Payload,
  refuse,
  sayFailure,
} from './groupWork.ts'
import { HearingBook } from './hearingBook.ts'
import { type CatalogVersions, readCatalogFrame } from './journal/catalogVersions.ts'
import { decodeGroup, type Frame } from './journal/journalFrames.ts'
import { KnownReadings } from './knownReadings.ts'
import { decodeWindow, type WindowCopy } from './knownWindow.ts'
import { readAside, readRequeue } from './reading/payloadParts.ts'
import { ReadingStage } from './readingStage.ts'
import { translateBatch } from './translateBatch.ts'

const SNAPSHOT_VERSION = 1
/** Requeued rows whose ids are remembered, so that asking twice does it once. */
const REQUEUED_KNOWN = 65_536

export interface IngestStageOptions {
  catalog: Catalog
  clockKind: 'wall' | 'telemetry'
  known: TelemetryStore['known']
  /** Without it, events older than those known by heart are taken for new. */
  events?: TelemetryStore['events']
  /** Without it, one that begins in the middle of the journal asks the store about every reading. */
  latest?: TelemetryStore['latest']
  /** Without it, all of the journal is judged by `catalog`. */
  versions?: CatalogVersions
  /** Why a frame is set aside unheard; undefined for all others. */
  asideBecause?: (offset: Offset) => string | undefined
  /** One of our own frames could not be understood: it is left out, and this is told. */
  onRetryableError?: (error: Error) => void
}

export interface IngestStage extends Copyable {
  /**
   * What a synced group comes to. Groups come in order, each once. While the store is away and has to be asked, it waits.
   * The store must have been given every earlier batch before the next group is taken.
   */
  take(group: FrameGroup): Promise<{
    batch: StoredBatch
    input: AnalysisInput
    clocks: WrongClock[]
    hearings: Hearing[]
  }>
  /** Every clock of an appliance that is thought wrong; `take` says what changed. Under a wall clock alone. */
  wrongClocks(): WrongClock[]
  /** Of every appliance that said something that did not count; `take` says what changed. */
  hearings(): Hearing[]
  readonly upTo: Offset
}

/** @param snapshot the copy of an earlier stage; it goes on after that one's last group */
export function createIngestStage(options: IngestStageOptions, snapshot?: Piece[]): IngestStage {
  return new JournalIngestStage(options, snapshot)
}

class JournalIngestStage implements IngestStage {
  #options: IngestStageOptions
  #kinds: Map<string, KnownKind>
  /** Of the catalog; undefined: no frame has said it yet. */
  #version: string | undefined
  #hearing = new HearingBook()
  #known: KnownReadings
  #readings: ReadingStage
  #events: EventStage
  #requeued = new Set<string>()
  #upTo: Offset = -1

  constructor(options: IngestStageOptions, snapshot?: Piece[]) {
    this.#options = options
    this.#kinds = knownKinds(options.catalog.kinds)
    const isWall = options.clockKind === 'wall'
    const futureMs = isWall ? 10 * MINUTE : 400 * DAY
    this.#known = new KnownReadings(options.known, options.latest)
    this.#readings = new ReadingStage(this.#hearing, this.#known, isWall, futureMs)
    this.#events = new EventStage(this.#hearing, options.events, futureMs)
    if (snapshot) this.#restore(snapshot)
  }

  get upTo(): Offset {
    return this.#upTo
  }
  wrongClocks(): WrongClock[] {
    return this.#readings.clocks.wrong()
  }
  hearings(): Hearing[] {
    return [...this.#hearing.population.all.values()]
  }
  async take(group: FrameGroup): ReturnType<IngestStage['take']> {
    if (this.#upTo < 0) this.#known.isComplete = group.from === 0
    else if (group.from !== this.#upTo) {
      throw new Error(`groups must follow on, but one from ${group.from} came after ${this.#upTo}`)
    }
    if (!this.#known.isComplete) await this.#known.meet(group)
    const work = newGroupWork()
    this.#events.known.begin()
    for (const frame of decodeGroup(group.bytes)) {
      const waits = this.#takeFrame(work, frame)
      if (waits) await waits
    }
    if (work.doubtful.length) await this.#known.clearDoubts(work)
    const dropped = work.deferred.length ? await this.#known.askStore(work) : new Map<BatchBuilder, Set<number>>()
    const { catalog, versions } = this.#options
    const kept = versions?.withFormer ?? catalog
    const readings = [...work.builders]
      .map(([kind, builder]) =>
        translateBatch(builder.finish(dropped.get(builder) ?? new Set()), kind, kept.kind(kind.kind)),
      )
      .filter(({ count }) => count > 0)
    const { counters, quarantined, events, requeued, presence, refusals, controls, ticks } = work
    counters.readings.stored = readings.reduce((sum, { count }) => sum + count, 0)
    this.#upTo = group.upTo
    // Those that the store had to be asked about came last.
    refusals.sort((a, b) => a.offset - b.offset)
    return {
      batch: {
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
      clocks: this.#readings.clocks.news(),
      hearings: this.#hearing.news(),
    }
  }

  #takeFrame(work: GroupWork, frame: Frame): Promise<undefined> | undefined {
    const { appliance, kind, offset, arrivedAt } = frame
    const payload = { appliance, kind, offset, arrivedAt, judgedAt: arrivedAt, bytes: frame.payload }
    switch (frame.type) {
      case 'telemetry': {
        const { messages } = work.counters
        if (frame.withoutPromise) messages.withoutPromise++
        else {
          messages.acked++
          messages.processed++
        }
        return this.#takePayload(work, { ...payload, topic: 'telemetry' })
      }
      case 'event':
      case 'status':
        return this.#takePayload(work, { ...payload, topic: frame.type })
      case 'tick':
        work.ticks.push({ at: arrivedAt, offset })
        return undefined
      case 'control':
        this.#heed(frame, () => {
          const control = JSON.parse(Buffer.from(frame.payload).toString()) as DetectionControl
          this.#readings.spoken.hear(control, (name) => this.#kinds.get(name)?.kind)
          if (control.type === 'register') {
            this.#hearing.unhint(control.appliance)
            this.#readings.suspects.forget(control.appliance)
          }
          if (control.type === 'retire') {
            this.#hearing.forget(control.appliance)
            this.#readings.suspects.forget(control.appliance)
          }
          work.controls.push({ control, offset })
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
          work.quarantined.push({ ...row, bytes: Uint8Array.from(bytes) })
        })
        return undefined
      case 'void':
        // What a repair could not save: it has its place, and says nothing. But it may have been stored before it was
        // damaged, so what memory does not know is asked of the store again, appliance by appliance.
        this.#known.distrust()
        this.#events.known.distrust()
        return undefined
      case 'requeue':
        return this.#takeRequeue(work, frame)
    }
  }

  /** What failed at one payload is a fault of that payload: it goes into the quarantine, and the next is heard. */
  #takePayload(work: GroupWork, payload: Payload): Promise<undefined> | undefined {
    const because = this.#options.asideBecause?.(payload.offset)
    const { readings, events } = work.counters
    const count = payload.topic === 'telemetry' ? readings : events
    const setAside = (why: string): undefined => {
      count.received++
      refuse(work, this.#hearing, payload, 0, 'unprocessable', why, payload.bytes)
    }
    if (because !== undefined) return setAside(because)
    const known = this.#kinds.get(payload.kind)
    if (payload.topic === 'event') {
      return this.#events
        .take(work, payload, known?.kind, this.#known.isComplete)
        .catch((error: unknown) => setAside(sayFailure(error)))
    }
    try {
      if (payload.topic === 'telemetry') this.#readings.take(work, payload, known)
      else this.#events.takeStatus(work, payload, known?.kind)
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
      this.#options.onRetryableError?.(new Error(message, { cause: error }))
    }
  }

  #judgeBy(version: string): void {
    const { versions } = this.#options
    if (!versions || version === this.#version) return
    this.#kinds = knownKinds(versions.kindsOf(version))
    this.#readings.spoken.judgeAnew()
    this.#version = version
  }

  #takeRequeue(work: GroupWork, frame: Frame): Promise<undefined> | undefined {
    let read: ReturnType<typeof readRequeue> | undefined
    this.#heed(frame, () => {
      read = readRequeue(frame.payload)
    })
    if (!read) return undefined
    const { row, bytes } = read
    if (this.#requeued.has(row.id)) return undefined
    this.#requeued.add(row.id)
    if (this.#requeued.size > REQUEUED_KNOWN) for (const id of this.#requeued) if (this.#requeued.delete(id)) break
    work.requeued.push(row.id)
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
    const { readings, events } = work.counters
    if (row.topic === 'telemetry') {
      readings.received -= row.readings
      readings.quarantined[row.reason] = (readings.quarantined[row.reason] ?? 0) - row.readings
      return this.#takePayload(work, payload)
    }
    events.received -= row.readings
    events.quarantined -= row.readings
    return this.#takePayload(work, payload)
  }

  copy(out: (piece: Piece) => void): Copy {
    const small = {
      version: SNAPSHOT_VERSION,
      upTo: this.#upTo,
      complete: this.#known.isComplete,
      requeued: [...this.#requeued],
      catalog: this.#version,
    }
    return beginCopy(
      out,
      ['settler', '', small],
      [
        this.#known.windows,
        this.#events.known.windows,
        this.#readings.clocks.population,
        this.#hearing.population,
        this.#readings.spoken.population,
        this.#readings.suspects.population,
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
        this.#known.isComplete = complete
        this.#requeued = new Set(requeued)
        if (catalog !== undefined) this.#judgeBy(catalog)
      } else if (section === 'window') this.#known.windows.set(id, decodeWindow(value as WindowCopy))
      else if (section === 'events') this.#events.known.windows.set(id, value as EventWindow)
      else if (section === 'clock') this.#readings.clocks.population.set(id, value as ClockSpan)
      else if (section === 'hearing') this.#hearing.population.set(id, value as Hearing)
      else if (section === 'spoken') this.#readings.spoken.restore(id, value)
      else if (section === 'suspect') this.#readings.suspects.restore(id, value)
    }
  }
}
