import type { ApplianceId } from './ids.ts'
import type { QuarantineReason } from './reading.ts'
import type { Millis } from './running/time.ts'

/** Why one value did not count although its reading did. Stable words. */
export type DropReason =
  /** `null`: the appliance says that it has none. */
  | 'null'
  | 'not-a-number'
  /** NaN or an infinity. */
  | 'not-finite'
  /** A sensor's own word for "broken" or "not yet": see the catalog's `sentinels`. */
  | 'sentinel'
  | 'too-long'
  | 'too-many'
  | 'not-a-text'
  /** A total with nothing known before it, or out of order: there is nothing to take it from. */
  | 'no-difference'
  /** A series that never falls, where a count of each interval belongs. */
  | 'looks-like-total'
  /** It fits only in another unit. */
  | 'looks-like-unit'

/** One kind of value that was dropped, counted. */
export interface DroppedValue {
  /** A metric's or a state's name, or `firmware`. */
  metric: string
  why: DropReason
  /** The last one, as it was sent, cut. */
  sample: string
  count: number
  /** Arrival of the last one. */
  lastAt: Millis
}

/** What an appliance said that did not count; nothing is lost that is not counted here. */
export interface Hearing {
  appliance: ApplianceId
  /** At most 48 kinds of it. */
  droppedValues: DroppedValue[]
  /** The last payload or reading of it that was refused; `sample` is how it begins. */
  lastRefused?: { reason: QuarantineReason; detail: string; at: Millis; sample: string }
  /** Refused since the last reading that counted. */
  refusedInARow: number
  /** What its values look like, when they look like another unit, or a total. */
  hints: ValueHint[]
}

export interface ValueHint {
  metric: string
  /** `unit`: the unit that it looks like; `counter`: it looks like a total. */
  looksLike: 'unit' | 'counter'
  unit?: string
  sample: number
}
