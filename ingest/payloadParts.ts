import { type FrameIn, Problem, type QuarantineRow } from '../core/index.ts'

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
export type Requeued = Pick<QuarantineRow, 'id' | 'reason' | 'readings' | 'topic'>

/** A row of the quarantine as a frame of the journal. Its bytes are judged by the time they first came. */
export function requeueFrame(row: QuarantineRow): FrameIn {
  const { id, reason, readings, topic } = row
  const head = Buffer.from(JSON.stringify({ id, reason, readings, topic } satisfies Requeued))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(head.length)
  const payload = Buffer.concat([length, head, row.bytes])
  return { type: 'requeue', appliance: row.appliance, kind: row.kind, payload, arrivedAt: row.at }
}

export function readRequeue(payload: Uint8Array): { row: Requeued; bytes: Uint8Array } {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
  const end = 4 + bytes.readUInt32LE(0)
  return { row: JSON.parse(bytes.toString('utf8', 4, end)) as Requeued, bytes: bytes.subarray(end) }
}

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 2_000

/** Asks again, for as long as it takes, while the answer is a Problem that trying again can help. */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof Problem) || !error.retryable) throw error
      await new Promise((resolve) => setTimeout(resolve, waitMs))
    }
  }
}
