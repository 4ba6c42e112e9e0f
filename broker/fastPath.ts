import type { Duplex } from 'node:stream'
import type { Client } from 'aedes'
import type { Problem } from '../core/index.ts'

/** Keeps a message; `done` says once whether it is on disk. @returns false when it is not one for the fast path. */
export type Keep = (client: Client, topic: string, payload: Buffer, done: (refused?: Problem) => void) => boolean

export interface FastPathBounds {
  /** Bytes that a connection may have unacknowledged before it is read no more. */
  unackedBytes: number
  /** Bytes of acknowledgements that a connection may leave unread before it is read no more. */
  unreadBytes: number
}

/** What of Aedes 1.2 the fast path leans on, none of it public: so it looks first whether all of it is there. */
interface Inside {
  connackSent: boolean
  closed: boolean
  _parser: {
    parse: (bytes: Buffer) => number
    _queue: unknown[] | null
    _stateCounter: number
    _list: { length: number }
  }
  _parsingBatch: number
  _nextBatch: () => void
  _keepaliveTimer: NodeJS.Timeout | null
  pause(): void
  resume(): void
}

const PUBACK = 0x40
const PUBACK_BYTES = 4
/** With success and no properties it ends after its id, in both versions (MQTT 5, 3.4.2.1). */
export const puback = (id: number): Buffer => Buffer.from([PUBACK, 2, id >> 8, id & 255])
/** PUBLISH at QoS 1 without the retain flag; whether it is sent again (bit 3) makes no difference. */
export const isQos1 = (byte: number): boolean => (byte & 0xf7) === 0x32

/**
 * Takes whole QoS 1 publishes out of what a client sends before MQTT's own parser sees them, and acknowledges them in
 * order, many in one write: the parser, its event and a closure a packet are most of what a reading costs. All else
 * goes to the parser, and while that is inside a packet it gets every byte. A packet that has not come whole waits here.
 * @returns false, and changes nothing, when Aedes is not built as expected: then everything goes the slow way
 */
export function addFastPath(client: Client, stream: Duplex, keep: Keep, bounds: FastPathBounds): boolean {
  const inside = client as unknown as Inside
  if (!isAsExpected(inside)) return false
  const parser = inside._parser
  const slow = parser.parse.bind(parser)
  /** The beginning of a packet whose end has not come. */
  let begun: Buffer | undefined
  let midPacket = false
  let unacked = 0
  let paused = false
  let acks: number[] = []
  const feed = (bytes: Buffer): number => {
    const left = slow(bytes)
    midPacket = parser._stateCounter !== 0 || parser._list.length > 0
    return left
  }
  const pause = (): void => {
    paused = true
    inside.pause()
  }
  const resume = (): void => {
    if (!paused || unacked > bounds.unackedBytes / 2 || stream.writableLength > bounds.unreadBytes) return
    paused = false
    // While paused Aedes does not count down what it has handled.
    inside._parsingBatch = 0
    inside.resume()
  }
  const sendAcks = (): void => {
    const bytes = Buffer.allocUnsafe(acks.length * PUBACK_BYTES)
    for (const [i, id] of acks.entries()) {
      bytes[i * PUBACK_BYTES] = PUBACK
      bytes[i * PUBACK_BYTES + 1] = 2
      bytes.writeUInt16BE(id, i * PUBACK_BYTES + 2)
    }
    acks = []
    if (inside.closed || stream.destroyed) return
    stream.write(bytes)
    if (stream.writableLength > bounds.unreadBytes) {
      pause()
      stream.once('drain', resume)
    }
    resume()
  }
  const take = (packet: Publish): boolean =>
    keep(client, packet.topic, packet.payload, (refused) => {
      unacked -= packet.payload.length
      if (refused) {
        client.emit('error', refused)
        return
      }
      // The microtask runs once the journal has told all that share a group.
      if (acks.push(packet.id) === 1) queueMicrotask(sendAcks)
    })

  parser.parse = (read) => {
    if (!inside.connackSent || parser._queue !== null || midPacket) return feed(read)
    const bytes = begun ? Buffer.concat([begun, read]) : read
    begun = undefined
    let at = 0
    let isAlive = false
    while (at < bytes.length && isQos1(bytes[at]!)) {
      const packet = readPublish(bytes, at)
      if (packet === 'not whole') {
        begun = Buffer.from(bytes.subarray(at))
        at = bytes.length
        break
      }
      if (packet === 'odd') break
      unacked += packet.payload.length
      if (!take(packet)) {
        unacked -= packet.payload.length
        break
      }
      at = packet.end
      isAlive = true
    }
    // A packet that is never finished keeps nobody alive.
    if (isAlive) inside._keepaliveTimer?.refresh()
    if (unacked > bounds.unackedBytes && !paused) pause()
    return at < bytes.length ? feed(bytes.subarray(at)) : 0
  }
  return true
}

function isAsExpected(inside: Inside): boolean {
  const parser = inside._parser
  return (
    typeof parser?.parse === 'function' &&
    Array.isArray(parser._queue) &&
    parser._stateCounter === 0 &&
    parser._list?.length === 0 &&
    typeof inside._parsingBatch === 'number' &&
    inside.connackSent === false &&
    inside._keepaliveTimer === null &&
    typeof inside.resume === 'function'
  )
}

export interface Publish {
  topic: string
  id: number
  payload: Buffer
  end: number
}

/** A packet of more bytes is not waited for here: who sends it in pieces would have them put together again and again. */
const MOST_WAITED_FOR = 16 * 1024

/** One QoS 1 PUBLISH (3.3), in version 5 one without properties. `odd` is for the parser to judge. */
export function readPublish(bytes: Buffer, from: number, version: 4 | 5 = 4): Publish | 'not whole' | 'odd' {
  let length = 0
  let at = from + 1
  for (let shift = 0; ; shift += 7) {
    if (at >= bytes.length) return shift < 28 ? 'not whole' : 'odd'
    if (shift === 28) return 'odd'
    const byte = bytes[at++]!
    length += (byte & 127) << shift
    if (byte < 128) break
  }
  const end = at + length
  if (end > bytes.length) return length > MOST_WAITED_FOR ? 'odd' : 'not whole'
  if (length < 2) return 'odd'
  const topicEnd = at + 2 + bytes.readUInt16BE(at)
  if (topicEnd + 2 > end) return 'odd'
  const id = bytes.readUInt16BE(topicEnd)
  if (id === 0) return 'odd'
  // Beyond ASCII it matches no topic of ours, and so goes to the parser.
  const topic = bytes.toString('latin1', at + 2, topicEnd)
  if (version === 4) return { topic, id, payload: bytes.subarray(topicEnd + 2, end), end }
  return bytes[topicEnd + 2] === 0 && topicEnd + 3 <= end
    ? { topic, id, payload: bytes.subarray(topicEnd + 3, end), end }
    : 'odd'
}
