import type { Problem } from './errors.ts'
import type { ApplianceId } from './ids.ts'
import type { FrameType, Offset } from './reading.ts'
import type { Millis } from './running/time.ts'

export interface FrameIn {
  type: FrameType
  /** Whom it is from or about; empty for ticks. */
  appliance: ApplianceId
  kind: string
  payload: Uint8Array
  arrivedAt: Millis
  /** QoS 0: accepted without the promise, counted apart. */
  withoutPromise?: boolean
  /** Whose acknowledgement it waits for, where that is known: once it is gone, it sends again what it was not told of. */
  sender?: { readonly closed: boolean } | undefined
  /** It was acknowledged elsewhere, and this is which one it is there. */
  origin?: FrameOrigin
}
/** The edge that acknowledged a frame, and its number there within its partition, from 1. */
export interface FrameOrigin {
  edge: string
  sequence: number
}

/** Frames that were synced together, in the journal's own encoding; the bytes may be transferred to another thread. */
export interface FrameGroup {
  from: Offset
  upTo: Offset
  bytes: Uint8Array
  frames: number
}

/** Called once: with nothing when the frame is on disk, synced, or with why it was refused. */
export type Taken = (refused: Problem | undefined, offset: Offset) => void

/** Where frames from outside go. */
export interface FrameIngress {
  /** As `TelemetryLog.append`, without a promise for each frame. `done` may be called before this returns. */
  take(frame: FrameIn, done: Taken): void
}

/**
 * The truth of what was received. `append` resolves when the frame is on disk, synced. Refuses with Problem
 * `journal-full` (retryable) above its bound, and with `journal-failed` for ever after a failed sync.
 */
export interface TelemetryLog extends FrameIngress {
  append(frame: FrameIn): Promise<Offset>
  /** Called with each synced group, in order, from now on. */
  onGroup(listener: (group: FrameGroup) => void): void
  /** All groups after `from`, from disk, up to what is synced now. */
  read(from: Offset): AsyncIterable<FrameGroup>
  /** Every consumer is past here: older segments may go. */
  release(upTo: Offset): Promise<void>
  /** Nothing goes until what is returned is called, once: somebody copies it. */
  hold(): () => Promise<void>
  /** Where what is still kept begins. */
  readonly begin: Offset
  readonly end: Offset
  close(): Promise<void>
}
