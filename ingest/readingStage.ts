import type { Kind } from '../catalog/index.ts'
import { jsonFault, type QuarantineReason } from '../core/index.ts'
import { BatchBuilder } from './batchBuilder.ts'
import { ClockWatch } from './clockSkew.ts'
import { type GroupWork, type KnownKind, notInCatalog, type Payload, refuse, sayFailure } from './groupWork.ts'
import type { HearingBook } from './hearingBook.ts'
import type { KnownReadings } from './knownReadings.ts'
import type { JsonObject } from './reading/checkReading.ts'
import { contentHash, hashReading } from './reading/contentHash.ts'
import { arrayElements } from './reading/payloadParts.ts'
import { readPayload } from './reading/readPayload.ts'
import { wrongTime } from './reading/readTime.ts'
import type { Dropped, Readable } from './reading/readValues.ts'
import { SpokenValues } from './reading/spoken.ts'
import { SuspectValues } from './reading/suspectValues.ts'

export const MAX_PAYLOAD_BYTES = 512 * 1024
export const MAX_READINGS = 1_000

/** Payloads of telemetry: each reading is accepted, a duplicate, or refused with its reason. */
export class ReadingStage {
  readonly clocks = new ClockWatch()
  readonly spoken = new SpokenValues()
  readonly suspects = new SuspectValues()
  #hearing: HearingBook
  #known: KnownReadings
  #isWall: boolean
  #futureMs: number

  constructor(hearing: HearingBook, known: KnownReadings, isWall: boolean, futureMs: number) {
    this.#hearing = hearing
    this.#known = known
    this.#isWall = isWall
    this.#futureMs = futureMs
  }

  /** @param known its kind as it is judged by; absent: not in the catalog */
  take(work: GroupWork, payload: Payload, known: KnownKind | undefined): undefined {
    const refuseWhole = (reason: QuarantineReason, detail: string): undefined => {
      work.counters.readings.received++
      refuse(work, this.#hearing, payload, 0, reason, detail, payload.bytes)
    }
    if (payload.bytes.length > MAX_PAYLOAD_BYTES) {
      return refuseWhole('too-large', `${payload.bytes.length} bytes, ${MAX_PAYLOAD_BYTES} are allowed`)
    }
    const parsed = readPayload(payload.bytes)
    if ('fault' in parsed) return refuseWhole('bad-json', parsed.fault)
    if (!Array.isArray(parsed.value)) {
      if (!known) return refuseWhole('bad-shape', notInCatalog(payload.kind))
      this.#takeReading(work, payload, known, parsed.value, 0, () => payload.bytes)
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
      this.#takeReading(work, payload, known!, readings[i], i, () => {
        elements ??= arrayElements(payload.bytes)
        return elements[i]!
      })
    }
  }

  #takeReading(
    work: GroupWork,
    payload: Payload,
    known: KnownKind,
    value: unknown,
    index: number,
    bytes: () => Uint8Array,
  ): undefined {
    work.counters.readings.received++
    try {
      this.#judgeReading(work, payload, known, value, index, bytes)
    } catch (error) {
      // Whatever can fail comes before the first change: a reading that failed has left nothing behind.
      refuse(work, this.#hearing, payload, index, 'unprocessable', sayFailure(error), bytes())
    }
  }

  #judgeReading(
    work: GroupWork,
    payload: Payload,
    { kind, read, states: known }: KnownKind,
    value: unknown,
    index: number,
    bytes: () => Uint8Array,
  ): undefined {
    const { appliance, offset, arrivedAt, judgedAt } = payload
    const reading = beyondBounds(value) ?? read(value)
    if (typeof reading === 'string') return refuse(work, this.#hearing, payload, index, 'bad-shape', reading, bytes())
    const { ts } = reading
    const late = wrongTime(ts, judgedAt, this.#futureMs)
    // A retry says nothing of when its reading was on its way.
    if (this.#isWall && judgedAt === arrivedAt && !late?.isNoClock) this.clocks.hear(appliance, ts, arrivedAt)
    if (late) return refuse(work, this.#hearing, payload, index, late.reason, late.detail, bytes())
    hashReading(reading.metrics, reading.states, reading.firmware, known)
    const { high, low } = contentHash
    const window = this.#known.windowOf(appliance)
    const inMemory = ts > window.floor
    const place = inMemory ? window.find(ts) : -1
    if (inMemory && place >= 0) {
      const [knownHigh, knownLow] = [window.meta[place * 3], window.meta[place * 3 + 1]]
      const isSame = (hash: { high: number; low: number }): boolean => knownHigh === hash.high && knownLow === hash.low
      // First of all: what a value counts for may have changed since, as a total's or a suspect's does. What came has not.
      if (isSame({ high, low }) || isSame(formerHash(reading))) {
        work.counters.readings.duplicates++
        return
      }
    }
    let builder = work.builders.get(kind)
    if (!builder) {
      builder = new BatchBuilder(kind)
      work.builders.set(kind, builder)
    }
    const dropped: Dropped[] = this.#dropped
    dropped.length = 0
    for (const one of reading.dropped) dropped.push(one)
    const translated = this.spoken.translate(appliance, kind, reading, dropped)
    const metrics = this.suspects.sift(
      appliance,
      kind,
      ts,
      translated,
      (metric) => this.spoken.declares(appliance, metric),
      dropped,
      (metric, hint) => (hint ? this.#hearing.hint(appliance, hint) : this.#hearing.unhint(appliance, metric)),
    )
    const isUsable = builder.stage(metrics, this.#isMissing)
    if (!isUsable) {
      // A total with nothing before it says nothing by itself, but what follows is measured against it.
      if (dropped.some(({ why }) => why === 'no-difference')) this.spoken.accept(appliance, kind, reading)
      if (dropped.length > 0) this.#hearing.dropped(appliance, dropped, arrivedAt)
      const why = sayUnusable(kind, dropped, metrics)
      const unusable = (): undefined => refuse(work, this.#hearing, payload, index, 'no-valid-metric', why, bytes())
      if (inMemory || ts < window.oldest) return unusable()
      const hash = { high, low }
      const former = formerHash(reading)
      work.doubtful.push({ appliance, kind: kind.kind, ts, offset, index, hash, former, refuse: unusable })
      return
    }
    const conflict = (): undefined => {
      const why = 'another reading of this ts is known, with other content'
      return refuse(work, this.#hearing, payload, index, 'conflict', why, bytes())
    }
    if (inMemory && place >= 0) return conflict()
    const row = builder.take(appliance, ts, reading.states, reading.firmware, high, low, offset, index)
    if (inMemory) window.insert(~place, ts, high, low, offset, index)
    else if (ts >= window.oldest) {
      work.deferred.push({ builder, row, offset, index, former: formerHash(reading), refuse: conflict })
    }
    if (ts < window.oldest) window.oldest = ts
    if (dropped.length > 0) this.#hearing.dropped(appliance, dropped, arrivedAt)
    this.#hearing.heard(appliance)
    this.spoken.accept(appliance, kind, reading)
  }

  /** Of the reading that is being taken. */
  #dropped: Dropped[] = []
  #isMissing = (metric: string, value: number): void =>
    void this.#dropped.push({ metric, why: 'sentinel', sample: String(value) })
}

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
