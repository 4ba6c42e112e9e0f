import { type FrameIn, type Millis, Problem, type QuarantineRow } from '../../core/index.ts'

/**
 * The bytes of each element of a JSON array, as they came: for the quarantine, which keeps what was sent and not what
 * we made of it. The text is known to parse. O(bytes).
 */
export function arrayElements(payload: Uint8Array): Uint8Array[] {
  const elements: Uint8Array[] = []
  let depth = 0
  let inText = false
  let from = -1
  const end = (at: number): void => {
    let to = at
    while (to > from && payload[to - 1]! <= 0x20) to--
    elements.push(payload.slice(from, to))
    from = -1
  }
  for (let at = 0; at < payload.length; at++) {
    const byte = payload[at]!
    if (inText) {
      if (byte === 0x5c) at++
      else if (byte === 0x22) inText = false
      continue
    }
    if (depth === 1 && from < 0 && byte > 0x20 && byte !== 0x5d && byte !== 0x2c) from = at
    if (byte === 0x22) inText = true
    else if (byte === 0x5b || byte === 0x7b) depth++
    else if (byte === 0x5d || byte === 0x7d) {
      depth--
      if (depth === 0 && from >= 0) end(at)
    } else if (byte === 0x2c && depth === 1) end(at)
  }
  return elements
}

/** What a `requeue` frame says before the bytes: which row it tries again, and how that row was counted. */
export type Requeued = Pick<QuarantineRow, 'id' | 'reason' | 'readings' | 'topic'> & {
  /** When its bytes first came; absent in frames of an earlier program, whose own time that is. */
  at?: Millis
}

/** A row of the quarantine as a frame of the journal. @param now its bytes are judged by the time of the retry */
export function requeueFrame(row: QuarantineRow, now: Millis): FrameIn {
  const { id, reason, readings, topic, at } = row
  const payload = withHead({ id, reason, readings, topic, at } satisfies Requeued, row.bytes)
  return { type: 'requeue', appliance: row.appliance, kind: row.kind, payload, arrivedAt: now }
}
export function readRequeue(payload: Uint8Array): { row: Requeued; bytes: Uint8Array } {
  const { head, bytes } = splitHead(payload)
  return { row: head as Requeued, bytes }
}

/** What an `aside` frame says before the bytes: a frame that is stored, and at which what follows from it failed. */
export type Aside = Pick<QuarantineRow, 'detail' | 'topic' | 'at'>

export function asideFrame(aside: Aside, frame: Pick<FrameIn, 'appliance' | 'kind' | 'payload'>, now: Millis): FrameIn {
  const { appliance, kind, payload } = frame
  return { type: 'aside', appliance, kind, payload: withHead(aside, payload), arrivedAt: now }
}
export function readAside(payload: Uint8Array): { aside: Aside; bytes: Uint8Array } {
  const { head, bytes } = splitHead(payload)
  return { aside: head as Aside, bytes }
}

function withHead(head: object, bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(JSON.stringify(head))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(text.length)
  return Buffer.concat([length, text, bytes])
}
function splitHead(payload: Uint8Array): { head: unknown; bytes: Uint8Array } {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
  const end = 4 + bytes.readUInt32LE(0)
  return { head: JSON.parse(bytes.toString('utf8', 4, end)), bytes: bytes.subarray(end) }
}

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 2_000

/** Asks again, for as long as it takes or until `isOver`, while the answer is a Problem that trying again can help. */
export async function patiently<T>(ask: () => Promise<T>, isOver: () => boolean = () => false): Promise<T> {
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof Problem) || !error.retryable || isOver()) throw error
      await new Promise((resolve) => setTimeout(resolve, waitMs))
    }
  }
}
