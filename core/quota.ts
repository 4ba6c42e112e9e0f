import type { Millis } from './running/time.ts'

/** What one appliance may send within an hour; 0: as much as it likes. */
export interface HourlyQuota {
  messages: number
  /** Of payloads. */
  bytes: number
}

/**
 * How an appliance stands with its quota. An hour's worth may come at once; what is used frees up again evenly, the
 * whole of it within an hour.
 */
export interface QuotaState {
  messages: { used: number; limit: number }
  bytes: { used: number; limit: number }
  /** Beyond it: these wait, unacknowledged, and are taken in as room frees up. */
  heldBack: { messages: number; bytes: number }
  /** When all that waits now will have been taken in; absent while nothing waits. By the wall clock. */
  until?: Millis
  /** Sent without a promise (QoS 0) beyond it, and dropped, since the start. */
  dropped: number
}

/** What the quarantine keeps of one appliance. */
export interface QuarantineBounds {
  rows: number
  /** Of payloads. */
  bytes: number
}
export const quarantineBounds: QuarantineBounds = { rows: 50_000, bytes: 8 * 2 ** 20 }

/** What the quarantine has of one appliance. */
export interface QuarantineUse {
  rows: { used: number; limit: number }
  bytes: { used: number; limit: number }
  /** Rows that are there without their payload: there was no room for it. */
  withoutPayload: number
  /** Rows that went, since there was no room; the counters count them still. */
  forgotten: number
}
