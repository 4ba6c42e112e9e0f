import type { Kind } from '../catalog/index.ts'
import { jsonFault, type QuarantineReason, type TelemetryStore } from '../core/index.ts'
import { eventSchema, faultOfEvent, KnownEvents, sayIssues, statusSchema } from './eventChecks.ts'
import { type GroupWork, notInCatalog, type Payload, refuse } from './groupWork.ts'
import type { HearingBook } from './hearingBook.ts'
import { isJsonObject, type JsonObject } from './reading/checkReading.ts'
import { readPayload } from './reading/readPayload.ts'
import { faultOfTs, faultOfUntil, wrongTime } from './reading/readTime.ts'
import { MAX_PAYLOAD_BYTES } from './readingStage.ts'

/** What appliances say besides readings: events, and that they are on or off. */
export class EventStage {
  readonly known: KnownEvents
  #hearing: HearingBook
  #futureMs: number

  constructor(hearing: HearingBook, events: TelemetryStore['events'] | undefined, futureMs: number) {
    this.known = new KnownEvents(events)
    this.#hearing = hearing
    this.#futureMs = futureMs
  }

  /** Counts an event once it is judged: what throws has counted nothing. */
  async take(work: GroupWork, payload: Payload, kind: Kind | undefined, isComplete: boolean): Promise<undefined> {
    const { events } = work.counters
    const refused = (reason: QuarantineReason, why: string): undefined => {
      events.received++
      refuse(work, this.#hearing, payload, 0, reason, why, payload.bytes)
    }
    const parsed = parseSmall(payload)
    if ('reason' in parsed) return refused(parsed.reason, parsed.detail)
    const noTime = isJsonObject(parsed.value) && faultOfTs(parsed.value.ts)
    if (noTime) return refused('bad-shape', noTime)
    const checked = eventSchema.safeParse(parsed.value)
    if (!checked.success) return refused('bad-shape', sayIssues(checked.error))
    const { ts, type, code } = checked.data
    const late = wrongTime(ts, payload.judgedAt, this.#futureMs)
    if (late) return refused(late.reason, late.detail)
    if (!kind) return refused('bad-shape', notInCatalog(payload.kind))
    const fault = faultOfEvent(checked.data, parsed.value, kind)
    if (fault) return refused('bad-shape', fault)
    const { appliance, offset } = payload
    const event = { appliance, kind: kind.kind, ts, type, code: code ?? null, body: parsed.value as JsonObject, offset }
    const isNew = await this.known.add(event, offset, isComplete)
    events.received++
    if (!isNew) {
      events.duplicates++
      return
    }
    events.stored++
    work.events.push(event)
  }

  takeStatus(work: GroupWork, payload: Payload, kind: Kind | undefined): undefined {
    const refused = (reason: QuarantineReason, why: string): undefined => {
      work.counters.events.received++
      refuse(work, this.#hearing, payload, 0, reason, why, payload.bytes)
    }
    const parsed = parseSmall(payload)
    if ('reason' in parsed) return refused(parsed.reason, parsed.detail)
    const checked = statusSchema.safeParse(parsed.value)
    if (!checked.success) return refused('bad-shape', sayIssues(checked.error))
    if (!kind) return refused('bad-shape', notInCatalog(payload.kind))
    const { online, until } = checked.data
    const wrong = until == null ? undefined : faultOfUntil(until, payload.judgedAt + this.#futureMs)
    if (wrong) return refused('bad-shape', wrong)
    const { appliance, arrivedAt, offset } = payload
    work.presence.push({ appliance, online, ...(until == null ? {} : { until }), arrivedAt, offset })
  }
}

/** What an event or a status message says, or why it is not heard. */
function parseSmall({ bytes }: Payload): { value: unknown } | { reason: QuarantineReason; detail: string } {
  if (bytes.length > MAX_PAYLOAD_BYTES) return { reason: 'too-large', detail: `${bytes.length} bytes` }
  const parsed = readPayload(bytes)
  if ('fault' in parsed) return { reason: 'bad-json', detail: parsed.fault }
  const fault = jsonFault(parsed.value)
  if (!fault) return parsed
  return { reason: isJsonObject(parsed.value) ? 'bad-shape' : 'bad-json', detail: `it ${fault}` }
}
