import type { Kind } from '../catalog/index.ts'
import type {
  AnalysisInput,
  ApplianceEvent,
  ApplianceId,
  IngestCounters,
  Offset,
  QuarantineReason,
  QuarantineRow,
  RefusalNote,
} from '../core/index.ts'
import type { BatchBuilder } from './batchBuilder.ts'
import { noCounters } from './counters.ts'
import type { HearingBook } from './hearingBook.ts'
import { type Readable, readValues } from './reading/readValues.ts'

/** A kind as one version of the catalog has it, with what is made of it once. */
export interface KnownKind {
  kind: Kind
  read: (reading: unknown) => string | Readable
  states: ReadonlySet<string>
}

export const knownKinds = (kinds: Map<string, Kind>): Map<string, KnownKind> =>
  new Map([...kinds].map(([name, kind]) => [name, { kind, read: readValues(kind), states: new Set(kind.stateNames) }]))

/** What a group has come to so far. */
export interface GroupWork {
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
export interface Deferred {
  builder: BatchBuilder
  row: number
  offset: Offset
  index: number
  /** The hash by which an earlier program would know it. */
  former: { high: number; low: number }
  refuse: () => void
}
/** A reading of which nothing counts, older than memory holds: a repeat, where the store knows it from when something did. */
export interface Doubtful {
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
export interface Payload {
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

export const newGroupWork = (): GroupWork => ({
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
})

/** Puts a payload, or one reading of it, into the quarantine; its appliance is told why. */
export function refuse(
  { counters, quarantined, refusals }: GroupWork,
  hearing: HearingBook,
  { appliance, kind, offset, arrivedAt, topic }: Payload,
  index: number,
  reason: QuarantineReason,
  detail: string,
  bytes: Uint8Array,
): undefined {
  const { readings, events } = counters
  if (topic === 'telemetry') {
    readings.quarantined[reason] = (readings.quarantined[reason] ?? 0) + 1
    hearing.refused(appliance, reason, detail, arrivedAt, bytes)
    const note = { appliance, kind, why: `${detail} (${reason})`, offset }
    // Of one payload the last will do.
    if (refusals.at(-1)?.offset === offset) refusals[refusals.length - 1] = note
    else refusals.push(note)
  } else events.quarantined++
  const row = { id: `${offset}-${index}`, appliance, kind, reason, detail, at: arrivedAt, topic }
  quarantined.push({ ...row, bytes: Uint8Array.from(bytes), readings: 1 })
}

export const notInCatalog = (kind: string): string => `kind ${kind} is not in the catalog`

/** An error as a row of the quarantine says it: where, and what. */
export const sayFailure = (error: unknown): string =>
  `settle: ${error instanceof Error ? error.message : String(error)}`
