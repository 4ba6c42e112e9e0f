/**
 * Frames of one partition as an edge sends them on: the first has the sequence `first`, the others follow without a hole.
 * A sequence counts what the edge acknowledged in this partition, from 1.
 */
export interface Entry {
  edge: string
  /** Of one go of sending: it is another one each time that the edge begins anew somewhere. */
  epoch: string
  partition: number
  first: number
  count: number
  /** The frames, in the encoding of the journal. */
  frames: Uint8Array
}
export interface CarriedEntry extends Entry {
  /** Its place in the stream of its partition. */
  at: string
}
/** Partition → a place in its stream; absent: its beginning. */
export type StreamPlaces = ReadonlyMap<number, string>

/**
 * Carries entries from edges to whoever takes them in; a stream for each partition, in the order of publishing. It promises
 * no more: it may lose anything at any time, and may carry an entry twice. The journals are the truth, and sequences tell.
 */
export interface EntryStream {
  /** Resolves when all are carried. Rejects with the retryable Problem `carrier-unavailable`: some may be carried all the same. */
  publish(entries: readonly Entry[]): Promise<void>
  /**
   * What comes after these places, in order within a partition, a bounded number at once.
   * @returns nothing when nothing came within `waitMs`, or when it was closed. Rejects with `carrier-unavailable`
   */
  read(after: StreamPlaces, waitMs: number): Promise<CarriedEntry[]>
  /** Nobody needs what is there up to these places. Rejects with `carrier-unavailable` */
  trim(upTo: StreamPlaces): Promise<void>
  close(): Promise<void>
}
